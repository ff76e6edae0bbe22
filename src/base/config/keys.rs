//! The tree of known keys, and the known key or word that lies nearest to a wrong one.

/// Every table of a kind of file with its keys. `*` stands for a name that the user chooses, and
/// `[]` for a table that may be given many times.
pub type Keys = &'static [(&'static str, &'static [&'static str])];

/// Every table of catchment.toml with its keys.
pub(super) const KEYS: Keys = &[
    (
        "",
        &[
            "organisation",
            "sources",
            "network",
            "territories",
            "specialties",
            "ingest",
            "counting",
            "underserved",
            "overflow",
            "lapsed",
            "liaisons",
            "privacy",
            "cuts",
            "goals",
            "deck",
        ],
    ),
    ("organisation", &["name", "time_zone"]),
    ("sources.*", &["paths", "layout", "time_zone"]),
    ("network", &["aligned", "exclude", "overrides"]),
    (
        "network.overrides[]",
        &["organization_id", "npi", "affiliation", "from", "to"],
    ),
    (
        "territories.*",
        &["counties", "zips", "service_area", "liaison"],
    ),
    (
        "specialties.*",
        &[
            "group",
            "offered",
            "reach_km",
            "benchmark_per_100k",
            "contribution",
        ],
    ),
    ("ingest", &["quarantine_limit"]),
    ("counting", &["episode_days", "service_types"]),
    ("underserved", &["bands_km", "weights", "standard", "short"]),
    (
        "overflow",
        &["over", "tight", "slack", "max_km", "visits_per_referral"],
    ),
    (
        "lapsed",
        &[
            "level",
            "minimum_days",
            "silent_days",
            "rule",
            "backtest_quarters",
        ],
    ),
    ("liaisons.*", &["territory", "visits_per_week"]),
    ("privacy", &["min_cell"]),
    ("cuts", &["by"]),
    ("goals[]", &["name", "measure", "target", "by", "direction"]),
    ("deck", &["template", "logo"]),
];

/// The keys of a table, written as in the tree.
pub(super) fn of(tree: Keys, table: &str) -> &'static [&'static str] {
    tree.iter()
        .find(|(name, _)| *name == table)
        .map_or(&[], |(_, keys)| keys)
}

/// The known key nearest to an unknown one of a table: one of the same table where any is as
/// near, else a key of another table, written with its table.
pub(super) fn nearest_key(tree: Keys, table: &str, unknown: &str) -> String {
    let here = of(tree, table)
        .iter()
        .map(|key| (likeness(unknown, key) + 0.1, (*key).to_string()));
    let there = tree
        .iter()
        .filter(|(name, _)| !name.is_empty() && *name != table)
        .flat_map(|(name, keys)| {
            let table = name.replace('*', "NAME").replace("[]", "");
            keys.iter()
                .map(move |key| (likeness(unknown, key), format!("{table}.{key}")))
        });
    best(here.chain(there)).unwrap_or_default()
}

/// The word of a list that lies nearest to a text by Jaro-Winkler likeness; the first of equals,
/// `None` of an empty list.
pub fn nearest<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    best(words.map(|word| (likeness(text, word), word)))
}

fn best<T>(scored: impl Iterator<Item = (f64, T)>) -> Option<T> {
    scored
        .fold(None, |best: Option<(f64, T)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, word)| word)
}

fn likeness(one: &str, other: &str) -> f64 {
    let fold = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    strsim::jaro_winkler(&fold(one), &fold(other))
}

/// A list of words as a sentence has it: `a, b or c`.
pub fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_string(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_the_one_meant() {
        assert_eq!(nearest_key(KEYS, "", "organization"), "organisation");
        assert_eq!(nearest_key(KEYS, "lapsed", "min_days"), "minimum_days");
        assert_eq!(nearest_key(KEYS, "underserved", "band_km"), "bands_km");
        assert_eq!(
            nearest_key(KEYS, "network.overrides[]", "organisation_id"),
            "organization_id"
        );
        // A key of another table is named with its table.
        assert_eq!(nearest_key(KEYS, "", "min_cell"), "privacy.min_cell");
        assert_eq!(
            nearest_key(KEYS, "network", "layout"),
            "sources.NAME.layout"
        );
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(one_of(&["a"]), "a");
        assert_eq!(one_of(&["a", "b", "c"]), "a, b or c");
        assert_eq!(nearest("x", std::iter::empty()), None);
    }
}
