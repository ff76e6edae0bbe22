//! Which source a file belongs to by its path: the patterns of `[sources.NAME] paths`.

use std::path::{Component, Path};

use super::sections::{Config, SourceConfig};
use crate::error::{Error, Result};

impl Config {
    /// The source whose paths claim a file; the first by name where several do, `None` where none
    /// does. [`Config::only_source_of`] refuses a file that several claim.
    ///
    /// A pattern is read part by part. Within a part `*` stands for any letters (none too) and
    /// `?` for one; the part `**` stands for any folders (none too). A pattern that ends in a
    /// slash, or whose last part has neither `*` nor `?`, may name a folder, and then everything
    /// below it is claimed. `/` and `\` mean the same; case counts. A pattern from the root (`/` or
    /// `C:`) is held against the whole path, any other against the path's end from any folder on,
    /// so that it claims the same files whether the path is relative or absolute.
    ///
    /// ```
    /// use std::path::Path;
    /// use catchment_base::Config;
    /// let config = Config::parse("[sources.epic]\npaths = ['exports/epic', 'ref_*.csv']").unwrap();
    /// let name = |path| config.source_of(Path::new(path)).map(|(name, _)| name);
    /// assert_eq!(name("exports/epic/2026/q3.xlsx"), Some("epic"));
    /// assert_eq!(name("/home/ana/north/exports/epic/q3.csv"), Some("epic"));
    /// assert_eq!(name("inbox/ref_july.csv"), Some("epic"));
    /// assert_eq!(name("inbox/athena.csv"), None);
    /// ```
    pub fn source_of(&self, path: &Path) -> Option<(&str, &SourceConfig)> {
        self.claims(path).next()
    }

    /// The source whose paths claim a file, `None` where none does.
    ///
    /// # Errors
    /// A wrong use where two sources claim the file: its referrals would be loaded under the
    /// wrong name.
    pub fn only_source_of(&self, path: &Path) -> Result<Option<(&str, &SourceConfig)>> {
        let mut claims = self.claims(path);
        match (claims.next(), claims.next()) {
            (Some((one, _)), Some((other, _))) => Err(Error::usage(format!(
                "the sources '{one}' and '{other}' both claim this file"
            ))
            .at(path)
            .help(format!(
                "narrow the paths of sources.{one} or sources.{other} in catchment.toml"
            ))),
            (claim, _) => Ok(claim),
        }
    }

    fn claims(&self, path: &Path) -> impl Iterator<Item = (&str, &SourceConfig)> {
        let path = parts_of(path);
        self.sources
            .iter()
            .filter(move |(_, source)| source.paths.iter().any(|pattern| claims(pattern, &path)))
            .map(|(name, source)| (name.as_str(), source))
    }
}

/// Whether a pattern claims a path that is cut into its parts.
fn claims(pattern: &str, path: &[String]) -> bool {
    let is_slash = |c: char| c == '/' || c == '\\';
    let mut parts: Vec<&str> = pattern
        .split(is_slash)
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let last_is_plain = parts.last().is_some_and(|part| !part.contains(['*', '?']));
    let may_be_folder = pattern.ends_with(is_slash) || last_is_plain;
    if pattern.starts_with(is_slash) {
        parts.insert(0, "/");
    }
    let from_root = parts
        .first()
        .is_some_and(|part| *part == "/" || part.ends_with(':'));
    let starts = if from_root { 1 } else { path.len() };
    (0..starts).any(|start| fits(&parts, path.get(start..).unwrap_or_default(), may_be_folder))
}

fn fits(pattern: &[&str], path: &[String], may_be_folder: bool) -> bool {
    match (pattern, path) {
        ([], rest) => rest.is_empty() || may_be_folder,
        (["**", pattern @ ..], path) => (0..=path.len())
            .any(|skip| fits(pattern, path.get(skip..).unwrap_or_default(), may_be_folder)),
        ([_, ..], []) => false,
        ([part, pattern @ ..], [name, path @ ..]) => {
            let (part, name): (Vec<char>, Vec<char>) =
                (part.chars().collect(), name.chars().collect());
            part_fits(&part, &name) && fits(pattern, path, may_be_folder)
        }
    }
}

/// Whether a name fits a part of a pattern, where `*` is any letters and `?` one.
fn part_fits(part: &[char], name: &[char]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Where the last star stands, and how much of the name it has taken so far.
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match (part.get(at), star) {
            (Some('*'), _) => {
                star = Some((at, seen));
                at += 1;
            }
            (Some(&c), _) if c == '?' || name.get(seen) == Some(&c) => {
                at += 1;
                seen += 1;
            }
            (_, Some((place, taken))) => {
                star = Some((place, taken + 1));
                at = place + 1;
                seen = taken + 1;
            }
            (_, None) => return false,
        }
    }
    part.iter().skip(at).all(|&c| c == '*')
}

fn parts_of(path: &Path) -> Vec<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Prefix(drive) => {
                parts.push(drive.as_os_str().to_string_lossy().into_owned())
            }
            // After a drive the root says nothing more.
            Component::RootDir if parts.is_empty() => parts.push("/".to_string()),
            Component::RootDir | Component::CurDir => {}
            Component::ParentDir => parts.push("..".to_string()),
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claimed(pattern: &str, path: &str) -> bool {
        claims(pattern, &parts_of(Path::new(path)))
    }

    #[test]
    fn patterns_claim_what_they_say() {
        for (pattern, path, expected) in [
            ("*.csv", "q3.csv", true),
            ("*.csv", "a/b/q3.csv", true),
            ("*.csv", "q3.csv.gz", false),
            ("*.csv*", "q3.csv.gz", true),
            ("q?.csv", "q3.csv", true),
            ("q?.csv", "q13.csv", false),
            ("epic/*.csv", "x/epic/q3.csv", true),
            ("epic/*.csv", "epic/2026/q3.csv", false),
            ("epic/**/*.csv", "epic/2026/07/q3.csv", true),
            ("epic/**/*.csv", "epic/q3.csv", true),
            ("epic/", "epic/2026/q3.csv", true),
            ("epic", "epic/q3.csv", true),
            ("epic*/", "epic_2026/q3.csv", true),
            // A last part with a star names files only, not a folder on the way to them.
            ("epic*", "epic_2026/q3.csv", false),
            ("./epic/q3.csv", "epic/q3.csv", true),
            ("epic\\q3.csv", "epic/q3.csv", true),
            ("pic", "epic/q3.csv", false),
            ("/data/epic", "/data/epic/q3.csv", true),
            ("/data/epic", "/mnt/data/epic/q3.csv", false),
            ("/data/epic", "data/epic/q3.csv", false),
            ("Epic/*", "epic/q3.csv", false),
        ] {
            assert_eq!(claimed(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_file_that_two_sources_claim_is_refused() {
        let text = "[sources.north]\npaths = ['in/*.csv']\n[sources.east]\npaths = ['*.csv']";
        let config = Config::parse(text).unwrap();
        let path = Path::new("in/q3.csv");
        assert_eq!(config.source_of(path).unwrap().0, "east");
        let error = config.only_source_of(path).unwrap_err();
        assert_eq!(
            error.to_string(),
            "in/q3.csv: the sources 'east' and 'north' both claim this file; narrow the paths of \
             sources.east or sources.north in catchment.toml"
        );
        assert_eq!(
            config
                .only_source_of(Path::new("q3.csv"))
                .unwrap()
                .unwrap()
                .0,
            "east"
        );
        assert!(
            config
                .only_source_of(Path::new("q3.xlsx"))
                .unwrap()
                .is_none()
        );
    }

    /// The plain recursive definition of a glob.
    fn twin(part: &[char], name: &[char]) -> bool {
        match (part, name) {
            ([], _) => name.is_empty(),
            (['*', rest @ ..], _) => (0..=name.len()).any(|skip| twin(rest, &name[skip..])),
            (['?', rest @ ..], [_, name @ ..]) => twin(rest, name),
            ([c, rest @ ..], [d, name @ ..]) => c == d && twin(rest, name),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_part_fits_as_its_definition_says(part in "[ab*?]{0,7}", name in "[ab]{0,9}") {
            let (part, name): (Vec<char>, Vec<char>) = (part.chars().collect(), name.chars().collect());
            prop_assert_eq!(part_fits(&part, &name), twin(&part, &name));
        }

        #[test]
        fn a_folder_before_the_path_changes_no_claim(pattern in "[ab*]{1,3}(/[ab*]{1,3}){0,2}", path in "[ab]{1,3}(/[ab]{1,3}){0,3}") {
            if claimed(&pattern, &path) {
                let absolute = format!("/zz/{path}");
                prop_assert!(claimed(&pattern, &absolute));
            }
        }
    }
}
