//! A text as a row of plain words, and the form in which two words are the same: case, punctuation,
//! plurals, British spellings and the words for persons (cardiologist, surgeon) mean nothing.

/// Words that are passed over wherever they stand.
const SMALL: &[&str] = &["and", "of", "the"];

/// Endings of words for persons and of adjectives, and of the word for their field.
const ENDINGS: &[(&str, &str)] = &[
    ("ologist", "ology"),
    ("ological", "ology"),
    ("ologic", "ology"),
    ("iatrician", "iatry"),
    ("iatrist", "iatry"),
    ("iatric", "iatry"),
    ("surgeon", "surgery"),
    ("surgical", "surgery"),
    ("therapist", "therapy"),
    ("ometrist", "ometry"),
    ("ometric", "ometry"),
    ("opedist", "opedic"),
    ("odontist", "odontic"),
    ("eticist", "etic"),
    ("stetrician", "stetric"),
];

/// The words of a text in lower case. Letters and digits are words of their own, an apostrophe
/// divides nothing, and single letters in a row are one word: "E.N.T." is "ent".
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_digit = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        // Accents that are letters of their own divide nothing either.
        if matches!(c, '\'' | '\u{2019}' | '`' | '\u{300}'..='\u{36f}') {
            continue;
        }
        let is_digit = c.is_numeric();
        if !c.is_alphanumeric() || is_digit != was_digit {
            take(&mut word, &mut words);
        }
        if c.is_alphanumeric() {
            word.push(plain(c));
        }
        was_digit = is_digit;
    }
    take(&mut word, &mut words);
    joined(words)
}

/// A letter of western languages without its accent.
fn plain(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        _ => c,
    }
}

fn take(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() && !SMALL.contains(&word.as_str()) {
        words.push(british_off(word));
    }
    word.clear();
}

/// "haematology" and "orthopaedic" as they are spelt in the United States.
fn british_off(word: &str) -> String {
    if word.len() < 6 {
        return word.to_string();
    }
    word.replace("ae", "e").replace("oe", "e")
}

fn joined(words: Vec<String>) -> Vec<String> {
    let is_letter = |word: &str| {
        let mut chars = word.chars();
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    };
    let mut all: Vec<String> = Vec::with_capacity(words.len());
    let mut was_letter = false;
    for word in words {
        let is_one = is_letter(&word);
        match all.last_mut() {
            Some(last) if is_one && was_letter => last.push_str(&word),
            _ => all.push(word),
        }
        was_letter = is_one;
    }
    all
}

/// The form in which words are compared: singular, and the field in place of the person.
pub(super) fn root(word: &str) -> String {
    let word = singular(word);
    for (ending, field) in ENDINGS {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{field}");
        }
    }
    word
}

fn singular(word: &str) -> String {
    if word.len() > 4
        && let Some(stem) = word.strip_suffix("ies")
    {
        return format!("{stem}y");
    }
    let stays = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    match word.strip_suffix('s') {
        Some(stem) if word.len() > 3 && !stays => stem.to_string(),
        _ => word.to_string(),
    }
}

/// A word as it sounds: what is written by ear differs from it by less. Doubled letters are one.
pub(super) fn sound(word: &str) -> String {
    let word = word
        .replace("ph", "f")
        .replace("rh", "r")
        .replace("ck", "k");
    let mut all = String::with_capacity(word.len());
    for c in word.chars() {
        let c = match c {
            'k' => 'c',
            'z' => 's',
            'y' => 'i',
            _ => c,
        };
        if !all.ends_with(c) {
            all.push(c);
        }
    }
    all
}

/// How a word may be written whose misspellings are looked for: itself, and the person of a field.
pub(super) fn spellings(word: &str) -> Vec<String> {
    let mut all = vec![word.to_string()];
    let base = root(word);
    for (ending, field) in ENDINGS {
        if let Some(stem) = base.strip_suffix(field) {
            all.push(format!("{stem}{ending}"));
        }
    }
    all.push(base);
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_its_words() {
        let of = |text: &str| words(text).join(" ");
        assert_eq!(of("Ear, Nose & Throat"), "ear nose throat");
        assert_eq!(of("E.N.T. / REF12"), "ent ref 12");
        assert_eq!(
            of("Children\u{2019}s HAEMATOLOGY_2"),
            "childrens hematology 2"
        );
        assert_eq!(of("PM&R"), "pm r");
        assert_eq!(of("Cardiología"), of("CARDIOLOGI\u{301}A"));
        assert_eq!(of("  --  "), "");
    }

    #[test]
    fn persons_and_fields_have_one_root() {
        for (one, other) in [
            ("cardiologists", "cardiology"),
            ("pediatrician", "pediatrics"),
            ("neurosurgeon", "neurosurgical"),
            ("podiatrist", "podiatric"),
            ("orthopedist", "orthopedics"),
            ("optometrist", "optometry"),
            ("orthodontist", "orthodontics"),
            ("geneticist", "genetics"),
            ("obstetrician", "obstetrics"),
            ("allergies", "allergy"),
        ] {
            assert_eq!(root(one), root(other));
        }
        assert_ne!(root("virus"), "viru");
    }

    #[test]
    fn what_sounds_alike_is_one() {
        for (one, other) in [
            ("nefrology", "nephrology"),
            ("fysical", "physical"),
            ("kardiology", "cardiology"),
            ("oftalmology", "ophtalmology"),
            ("alergy", "allergy"),
        ] {
            assert_eq!(sound(one), sound(other));
        }
    }
}
