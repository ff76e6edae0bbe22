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

/// Whether a cell says that there is no value.
pub fn is_missing(cell: &str) -> bool {
    matches!(
        cell.to_ascii_uppercase().as_str(),
        "" | "-" | "--" | "NULL" | "N/A" | "NA" | "NONE" | "NOT AVAILABLE" | "NAN" | "."
    )
}

/// Lower-case letters and digits; everything else is passed over.
pub fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
