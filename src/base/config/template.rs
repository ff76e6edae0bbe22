//! The catchment.toml that `init` writes: every key explained, every default shown. Lines that
//! begin with `#:` are examples, valid as soon as that mark is taken away.

use super::sections::{Config, Organisation};

static TEMPLATE: &str = include_str!("template.toml");

/// What stands in the template where the name goes.
const NAME: &str = "\"ORGANISATION\"";

impl Config {
    /// The commented file for an organisation. It says what [`Config::default`] says, apart from
    /// the name; an empty name leaves that of the default.
    ///
    /// ```
    /// use catchment_base::Config;
    /// let config = Config::parse(&Config::template("North \"Star\"")).unwrap();
    /// assert_eq!(config.organisation.name, "North \"Star\"");
    /// ```
    pub fn template(organisation_name: &str) -> String {
        TEMPLATE.replacen(NAME, &quoted(organisation_name), 1)
    }

    /// Whether the line with the organisation's name still is the one that `init` wrote in a
    /// folder of this name, so that nobody has confirmed it yet. Another name is a confirmation,
    /// and so is taking away the remark behind it.
    ///
    /// ```
    /// use catchment_base::Config;
    /// let text = Config::template("north");
    /// assert!(Config::is_as_written(&text, "north"));
    /// assert!(!Config::is_as_written(&text.replace("\"north\"", "\"North Clinic\""), "north"));
    /// ```
    pub fn is_as_written(text: &str, folder_name: &str) -> bool {
        let written = Self::template(folder_name);
        let name_of = format!("name = {}", quoted(folder_name));
        let line = written.lines().find(|line| line.starts_with(&name_of));
        line.is_some_and(|line| text.lines().any(|other| other.trim() == line))
    }
}

/// A name as a TOML text: control characters, which no name may hold, become spaces.
fn quoted(name: &str) -> String {
    let name = name.replace(char::is_control, " ");
    let name = name.trim();
    let default = Organisation::default().name;
    let name = if name.is_empty() { &default } else { name };
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::config::keys::KEYS;

    /// The template with every example made valid.
    pub(in crate::config) fn uncommented() -> String {
        let lines = TEMPLATE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn says_what_the_defaults_say() {
        let mut config = Config::parse(&Config::template("north")).unwrap();
        assert_eq!(config.organisation.name, "north");
        config.organisation.name = Organisation::default().name;
        assert_eq!(config, Config::default());
        assert_eq!(
            Config::parse(&Config::template(" ")).unwrap(),
            Config::default()
        );
    }

    #[test]
    fn every_example_is_valid() {
        let config = Config::parse(&uncommented()).unwrap();
        assert!(!config.sources.is_empty() && !config.network.overrides.is_empty());
        assert!(!config.territories.is_empty() && !config.specialties.is_empty());
        assert!(!config.liaisons.is_empty() && !config.goals.is_empty());
        assert!(config.ingest.quarantine_limit.is_some() && config.cuts.by.is_some());
        assert!(config.deck.template.is_some() && config.deck.logo.is_some());
    }

    /// Each example alone, too: a user takes the mark from one block, not from all.
    #[test]
    fn every_block_of_examples_is_valid_alone() {
        let lines: Vec<&str> = TEMPLATE.lines().collect();
        let blocks = lines.chunk_by(|a, b| a.starts_with("#: ") == b.starts_with("#: "));
        let mut count = 0;
        let mut start = 0;
        for block in blocks {
            let end = start + block.len();
            // What a liaison covers is defined by a block above.
            if block[0].starts_with("#: ") && !block[0].starts_with("#: [liaisons") {
                count += 1;
                let text: Vec<&str> = lines
                    .iter()
                    .enumerate()
                    .map(|(at, line)| match line.strip_prefix("#: ") {
                        Some(rest) if (start..end).contains(&at) => rest,
                        _ => line,
                    })
                    .collect();
                Config::parse(&text.join("\n")).unwrap();
            }
            start = end;
        }
        assert!(count >= 8, "{count}");
    }

    #[test]
    fn every_key_is_explained() {
        let all: toml::Table = uncommented().parse().unwrap();
        for (table, keys) in KEYS.iter().filter(|(table, _)| !table.is_empty()) {
            let mut places = vec![toml::Value::Table(all.clone())];
            for part in table.split('.') {
                let name = part.trim_end_matches("[]");
                places = places
                    .into_iter()
                    .flat_map(|place| below(place, name))
                    .collect();
                if part.ends_with("[]") {
                    places = places
                        .into_iter()
                        .flat_map(|list| list.as_array().unwrap().clone())
                        .collect();
                }
            }
            for key in *keys {
                assert!(
                    places.iter().any(|place| place.get(key).is_some()),
                    "{table} {key}"
                );
            }
        }
        let code = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let tables = TEMPLATE
            .lines()
            .filter(code)
            .filter(|line| line.starts_with('['));
        assert!(tables.count() >= 10);
    }

    fn below(place: toml::Value, name: &str) -> Vec<toml::Value> {
        match place {
            toml::Value::Table(table) if name == "*" => table.into_iter().map(|(_, v)| v).collect(),
            toml::Value::Table(table) => table.get(name).cloned().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_name_of_any_folder_is_written_and_noticed() {
        for name in [
            "north",
            "a \"b\"",
            "back\\slash",
            "Ärzte",
            "'quoted'",
            "tab\there",
        ] {
            let text = Config::template(name);
            let config = Config::parse(&text).unwrap();
            assert_eq!(config.organisation.name, name.replace('\t', " "));
            assert!(Config::is_as_written(&text, name));
            assert!(Config::is_as_written(&text.replace('\n', "\r\n"), name));
            assert!(!Config::is_as_written(&text, "another"));
        }
    }

    #[test]
    fn other_changes_do_not_confirm_the_name_but_taking_away_the_remark_does() {
        let text = Config::template("north").replace("level = 0.05", "level = 0.01");
        assert!(Config::is_as_written(&text, "north"));
        let lines = text.lines().map(|line| match line.split_once("  # ") {
            Some((code, _)) => code,
            None => line,
        });
        assert!(!Config::is_as_written(
            &lines.collect::<Vec<_>>().join("\n"),
            "north"
        ));
        assert!(!Config::is_as_written("", "north"));
    }
}
