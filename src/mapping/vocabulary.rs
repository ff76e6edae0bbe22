//! Words of exports and what they mean here: statuses, reasons, flags. A word is matched without
//! regard to case, spaces and punctuation.

/// What counts of a status, by its usual words: the canonical ones and those of FORMATS' crosswalk.
static STATUSES: &[(&str, &[&str])] = &[
    (
        "requested",
        &[
            "requested",
            "new request",
            "new",
            "open",
            "active",
            "ordered",
            "p",
            "pending",
        ],
    ),
    (
        "in_review",
        &[
            "in review",
            "pending review",
            "incomplete",
            "on hold",
            "received",
            "under review",
        ],
    ),
    (
        "accepted",
        &["accepted", "authorized", "authorised", "approved", "a"],
    ),
    ("scheduled", &["scheduled", "booked", "appointment made"]),
    (
        "completed",
        &["completed", "complete", "seen", "finalized", "done"],
    ),
    (
        "no_show",
        &["no show", "noshow", "did not attend", "missed"],
    ),
    (
        "declined",
        &[
            "declined",
            "denied",
            "rejected",
            "refused",
            "triage reject",
            "r",
        ],
    ),
    ("cancelled", &["cancelled", "canceled", "withdrawn"]),
    (
        "expired",
        &[
            "expired",
            "closed",
            "auto expired",
            "expired auto closed",
            "e",
        ],
    ),
    ("redirected", &["redirected", "sent onward", "forwarded"]),
    (
        "void",
        &[
            "void",
            "voided",
            "deleted",
            "entered in error",
            "test",
            "retro",
        ],
    ),
];

/// Reasons with whether the user's organisation could do something about them, and their words.
/// Not addressable are the patient's preference, the insurer's choice, the physician's judgement
/// (42 CFR 411.354(d)(4)), a service that is not offered, and distance beyond reach.
static REASONS: &[(&str, bool, &[&str])] = &[
    (
        "duplicate",
        true,
        &["duplicate", "duplicate order", "duplicate referral"],
    ),
    (
        "entered_in_error",
        true,
        &[
            "entered in error",
            "error",
            "wrong patient",
            "ordered in error",
        ],
    ),
    (
        "patient_preference",
        false,
        &[
            "patient preference",
            "patient choice",
            "patient request",
            "patient requested",
            "patient declined",
        ],
    ),
    (
        "insurer_choice",
        false,
        &[
            "insurance",
            "insurer",
            "insurer choice",
            "insurance preference",
            "payer",
            "not covered",
            "insurance not accepted",
        ],
    ),
    (
        "physician_judgement",
        false,
        &[
            "physician judgement",
            "physician judgment",
            "provider judgement",
            "provider judgment",
            "continuity of care",
            "medical judgement",
        ],
    ),
    (
        "service_not_offered",
        false,
        &[
            "service not offered",
            "not offered",
            "service not available",
            "no such service",
        ],
    ),
    (
        "distance",
        false,
        &["distance", "too far", "transportation", "travel"],
    ),
    (
        "no_timely_appointment",
        true,
        &[
            "no timely appointment",
            "no appointment",
            "no capacity",
            "wait too long",
            "wait time",
            "capacity",
            "availability",
            "no availability",
        ],
    ),
    (
        "no_answer",
        true,
        &[
            "no answer",
            "no response",
            "unable to reach",
            "could not reach patient",
        ],
    ),
    (
        "incomplete_form",
        true,
        &[
            "incomplete form",
            "missing information",
            "incomplete referral",
            "incomplete",
        ],
    ),
    (
        "habit",
        true,
        &["habit", "existing relationship", "usual provider"],
    ),
    (
        "not_known",
        true,
        &["not known", "unknown", "not stated", "none given"],
    ),
    ("other", true, &["other"]),
];

/// The canonical status of an export's word; `None` where it is unknown, which is never guessed.
///
/// ```
/// use catchment_mapping::vocabulary::status;
/// assert_eq!(status("Pending  Review"), Some("in_review"));
/// assert_eq!(status("whatever"), None);
/// ```
pub fn status(word: &str) -> Option<&'static str> {
    let folded = fold(word);
    STATUSES
        .iter()
        .find(|(name, words)| fold(name) == folded || words.iter().any(|w| fold(w) == folded))
        .map(|(name, _)| *name)
}

/// The canonical reason of an export's words; text outside the vocabulary is `other`.
pub fn reason(words: &str) -> &'static str {
    let folded = fold(words);
    REASONS
        .iter()
        .find(|(name, _, known)| fold(name) == folded || known.iter().any(|w| fold(w) == folded))
        .map_or("other", |(name, _, _)| *name)
}

/// Every canonical status.
pub fn statuses() -> impl Iterator<Item = &'static str> {
    STATUSES.iter().map(|(name, _)| *name)
}

/// Every reason with whether it is addressable.
pub fn reasons() -> impl Iterator<Item = (&'static str, bool)> {
    REASONS
        .iter()
        .map(|(name, addressable, _)| (*name, *addressable))
}

/// What tells one vocabulary from another: a change of it makes a load of its own.
pub fn fingerprint() -> String {
    format!("{STATUSES:?}{REASONS:?}")
}

/// True or false as exports write it.
pub fn flag(word: &str) -> Option<bool> {
    match fold(word).as_str() {
        "true" | "t" | "yes" | "y" | "1" | "10" => Some(true),
        "false" | "f" | "no" | "n" | "0" | "00" => Some(false),
        _ => None,
    }
}

/// The word of a list that an export's word is.
pub fn word_of(list: &'static [&'static str], word: &str) -> Option<&'static str> {
    let folded = fold(word);
    list.iter()
        .copied()
        .find(|w| fold(w) == folded)
        .or_else(|| {
            // "65 and over" and the like are written in many ways; the bands are few.
            let band = match folded.as_str() {
                "65" | "65andover" | "65plus" => "65+",
                "under18" => "0-17",
                _ => return None,
            };
            list.iter().copied().find(|w| *w == band)
        })
}

/// Words that say "no value" in every kind of cell. `NA`, `NONE` and the like are not among them: a
/// person or a town can be called so.
const ABSENT: &[&str] = &[
    "NULL",
    "(NULL)",
    "\\N",
    "N/A",
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NULL!",
    "#NUM!",
    "NOT AVAILABLE",
    "NOT APPLICABLE",
    "-",
    "--",
    ".",
];

/// Further words that say so where a day, a number, a code or a word of a list is expected.
const MISSING: &[&str] = &["NA", "NONE", "NAN", "NAT", "<NA>"];

/// Whether a trimmed cell that may hold any text says that there is no value.
///
/// ```
/// use catchment_mapping::vocabulary::{is_absent, is_missing};
/// assert!(is_absent("N/A") && is_missing("n/a"));
/// assert!(!is_absent("Na") && is_missing("Na"));
/// ```
pub fn is_absent(cell: &str) -> bool {
    // Most cells are longer, or begin otherwise, than any of the words.
    cell.is_empty() || cell.len() <= 14 && is_one_of(ABSENT, cell)
}

/// Whether a trimmed cell in which no free text stands says that there is no value.
pub fn is_missing(cell: &str) -> bool {
    is_absent(cell) || cell.len() <= 4 && is_one_of(MISSING, cell)
}

fn is_one_of(words: &[&str], cell: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(cell))
}

/// Lower-case letters and digits; everything else is passed over.
pub fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_words_are_told_from_names() {
        for cell in [
            "",
            "NULL",
            "null",
            "N/A",
            "#N/A",
            "Not Available",
            "not applicable",
            "-",
            ".",
        ] {
            assert!(is_absent(cell) && is_missing(cell), "{cell}");
        }
        for cell in ["NA", "None", "NaN"] {
            assert!(!is_absent(cell) && is_missing(cell), "{cell}");
        }
        for cell in ["Nan Zhang", "0", "NOT AVAILABLE TODAY", "Nullmeyer"] {
            assert!(!is_absent(cell) && !is_missing(cell), "{cell}");
        }
        let longest = |words: &[&str]| words.iter().map(|word| word.len()).max();
        assert_eq!((longest(ABSENT), longest(MISSING)), (Some(14), Some(4)));
    }

    #[test]
    fn every_canonical_word_finds_itself() {
        for (name, words) in STATUSES {
            assert!(
                words
                    .iter()
                    .chain([name])
                    .all(|word| status(word) == Some(name))
            );
        }
        for (name, _, words) in REASONS {
            assert!(words.iter().chain([name]).all(|word| reason(word) == *name));
        }
    }
}
