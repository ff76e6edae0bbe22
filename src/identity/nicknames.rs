//! Short forms of given names: a small list of the project's own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// A full name and its short forms a line.
const LIST: &str = include_str!("nicknames.csv");

type Groups = BTreeMap<&'static str, BTreeSet<usize>>;

fn groups() -> &'static (Groups, Vec<Vec<&'static str>>) {
    static READ: OnceLock<(Groups, Vec<Vec<&'static str>>)> = OnceLock::new();
    READ.get_or_init(|| {
        let lines: Vec<Vec<&str>> = LIST
            .lines()
            .skip(1)
            .map(|line| line.split([',', ' ']).filter(|w| !w.is_empty()).collect())
            .collect();
        let mut groups = Groups::new();
        for (at, words) in lines.iter().enumerate() {
            for word in words {
                groups.entry(word).or_default().insert(at);
            }
        }
        (groups, lines)
    })
}

/// Whether a given name (upper case) has other forms.
pub(super) fn is_known(given: &str) -> bool {
    groups().0.contains_key(given)
}

/// Whether two given names (upper case) can be forms of one.
pub(super) fn are_one(a: &str, b: &str) -> bool {
    let groups = &groups().0;
    match (groups.get(a), groups.get(b)) {
        (Some(a), Some(b)) => !a.is_disjoint(b),
        _ => false,
    }
}

/// The first letters of a given name and of all its other forms.
pub(super) fn initials(given: &str) -> BTreeSet<char> {
    let (groups, lines) = groups();
    let mut found: BTreeSet<char> = given.chars().take(1).collect();
    if let Some(of) = groups.get(given) {
        let forms = of.iter().flat_map(|&at| &lines[at]);
        found.extend(forms.filter_map(|form| form.chars().next()));
    }
    found
}
