//! How charts say what tables write as one word: reasons, the classes of the ledger, and keys that
//! are not known.

/// A reason as people say it. A word that is not of the vocabulary keeps its letters.
pub(crate) fn reason(word: &str) -> String {
    let said = match word {
        "duplicate" => "Duplicate",
        "entered_in_error" => "Entered in error",
        "patient_preference" => "Patient’s preference",
        "insurer_choice" => "Insurer’s choice",
        "physician_judgement" => "Physician’s judgement",
        "service_not_offered" => "Service not offered",
        "distance" => "Distance",
        "no_timely_appointment" => "No timely appointment",
        "no_answer" => "Patient not reached",
        "incomplete_form" => "Incomplete form",
        "habit" => "Habit",
        "not_known" => "Reason not known",
        "other" => "Another reason",
        "not_stated" => "No reason stated",
        _ => return spoken(word),
    };
    said.to_string()
}

/// A class of the ledger as people say it.
pub(crate) fn class(word: &str) -> String {
    let said = match word {
        "same_provider" => "To oneself",
        "unknown_destination" => "Destination unknown",
        "not_offered" => "Not offered by us",
        "left_directed" => "Sent outside",
        "left_redirected" => "Redirected outside",
        "declined_by_us" => "Declined by us",
        "kept_not_done" => "With us, not done",
        "kept_completed" => "Completed with us",
        "kept_pending" => "Open with us",
        _ => return spoken(word),
    };
    said.to_string()
}

/// Why a referrer lapsed, as people say it in a word or two.
pub(crate) fn cause(word: &str) -> String {
    let said = match word {
        "id_changed" => "Another NPI",
        "acquired_by_competitor" => "Acquired",
        "affiliation_changed" => "New affiliation",
        "insurer_changed" => "Insurer",
        "clinic_closed" => "Clinic closed",
        "feed_stopped" => "Feed stopped",
        _ => return spoken(word),
    };
    said.to_string()
}

/// A key; an empty one is the text `unknown` in every table.
pub(crate) fn key(text: &str) -> String {
    match text {
        "unknown" => "Not known".to_string(),
        _ => text.to_string(),
    }
}

/// The same with its first letter small, within a sentence.
pub(crate) fn within(said: &str) -> String {
    let mut letters = said.chars();
    let first = letters.next().map(|letter| letter.to_lowercase());
    first.into_iter().flatten().chain(letters).collect()
}

fn spoken(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_uppercase());
    let spoken: String = first.into_iter().flatten().chain(letters).collect();
    spoken.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_tables_become_words_of_people() {
        assert_eq!(reason("no_answer"), "Patient not reached");
        assert_eq!(reason("new_word"), "New word");
        assert_eq!(class("left_directed"), "Sent outside");
        assert_eq!(
            (cause("id_changed"), cause("retired"), cause("")),
            ("Another NPI".into(), "Retired".into(), String::new())
        );
        assert_eq!(within("Insurer’s choice"), "insurer’s choice");
        assert_eq!(
            (key("unknown"), key("Aetna")),
            ("Not known".into(), "Aetna".into())
        );
    }
}
