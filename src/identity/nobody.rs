//! Names that mean nobody, and those of a patient who comes alone: a list that ships.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::names::plain;

/// What a name says of whom it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Somebody, who may be found or not.
    Somebody,
    /// Nobody: "PROVIDER, NOT IN SYSTEM".
    Nobody,
    /// The patient, who came alone: "SELF, REFERRED".
    PatientSelf,
}

/// The list: words of a name in any order, and what they mean.
const LIST: &str = include_str!("nobody.csv");

/// Words that say nothing of who is meant, beside one of the list.
const FILLERS: &[&str] = &[
    "PROVIDER",
    "PROVIDERS",
    "PHYSICIAN",
    "PHYSICIANS",
    "DOCTOR",
    "CLINICIAN",
    "PRACTITIONER",
    "MD",
    "DO",
    "DR",
    "THE",
    "A",
    "OUR",
    "THIS",
];

/// What a name means. Only whole names are on the list: Anna Self and Theo Test are somebody.
///
/// ```
/// use catchment::identity::{Meaning, meaning};
/// assert_eq!(meaning("PROVIDER, NOT IN SYSTEM"), Meaning::Nobody);
/// assert_eq!(meaning("Self, Referred"), Meaning::PatientSelf);
/// assert_eq!(meaning("Self, Anna"), Meaning::Somebody);
/// ```
pub fn meaning(name: &str) -> Meaning {
    static READ: OnceLock<BTreeMap<String, Meaning>> = OnceLock::new();
    let list = READ.get_or_init(|| {
        LIST.lines()
            .skip(1)
            .filter_map(|line| line.split_once(','))
            .map(|(words, means)| (sorted(words.split(' ').collect()), means))
            .map(|(words, means)| match means {
                "patient_self" => (words, Meaning::PatientSelf),
                _ => (words, Meaning::Nobody),
            })
            .collect()
    });
    let plain = plain(&name.replace('.', ""), &[]);
    let all: Vec<&str> = plain.split_whitespace().collect();
    let without = all.iter().copied().filter(|w| !FILLERS.contains(w));
    let found = list
        .get(&sorted(all.clone()))
        .or_else(|| list.get(&sorted(without.collect())));
    found.copied().unwrap_or(Meaning::Somebody)
}

fn sorted(mut words: Vec<&str>) -> String {
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.join(" ")
}
