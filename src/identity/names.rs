//! Names in one form: case, spaces, punctuation and word order folded.

/// Words that stand beside a name and are none of it.
const TITLES: &[&str] = &[
    "MD", "DO", "NP", "PA", "PAC", "DR", "PHD", "APRN", "CNP", "FNP", "DPM", "DDS", "JR", "SR",
];

/// Names that mean nobody; they are never matched.
const NOBODY: &[&str] = &[
    "NOT IN PROVIDER SYSTEM",
    "NO PCP",
    "UNKNOWN",
    "TEST",
    "NONE",
    "PROVIDER UNKNOWN",
    "EXTERNAL PROVIDER",
    "OUTSIDE PROVIDER",
    "PROVIDER TEST",
    "PROVIDER UNLISTED",
];

/// Names that mean a patient who comes alone.
const SELF: &[&str] = &[
    "REFERRED SELF",
    "SELF",
    "REFERRAL SELF",
    "PATIENT SELF",
    "PATIENT",
];

/// A name with its words in upper case and in order.
///
/// ```
/// use catchment::identity::fold;
/// assert_eq!(fold("Smith,  anna"), fold("ANNA SMITH"));
/// assert_eq!(fold("Anna O'Neil, MD"), "ANNA ONEIL");
/// ```
pub fn fold(name: &str) -> String {
    let upper = name.to_uppercase().replace(['\'', '’', '.'], "");
    let mut words: Vec<&str> = upper
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let named: Vec<&str> = words
        .iter()
        .copied()
        .filter(|w| !TITLES.contains(w))
        .collect();
    if !named.is_empty() {
        words = named;
    }
    words.sort_unstable();
    words.join(" ")
}

/// Whether a folded name means nobody.
pub(super) fn is_nobody(folded: &str) -> bool {
    folded.is_empty() || NOBODY.contains(&folded)
}

/// Whether a folded name means a patient who comes alone.
pub(super) fn is_self(folded: &str) -> bool {
    SELF.contains(&folded)
}
