//! Words that are misspelt: which known word is meant, if one alone is near enough.

use super::lexicon::Lexicon;

/// The least share of letters that are right: one slip in five letters or more, two in ten, three
/// in fifteen. At 0.75 "nephrology" would be two slips in eight from "urology" and its like; at
/// 0.85 "opthamology" and "gastroentrolgy", which real order names have, would be lost.
pub const ALIKE: f64 = 0.8;

/// Shorter words are near too many others.
pub(super) const LEAST_LETTERS: usize = 5;

/// A known word as it may be written, with the number of its root.
#[derive(Debug, Clone)]
pub(super) struct Spelling {
    pub(super) word: String,
    pub(super) id: u32,
}

/// The number of the known word that is meant, and the share of letters that are right. None where
/// two words are equally near: what might be either is neither. The first letter must be right,
/// since "radiology" is one slip from "cardiology" without it.
pub(super) fn mended(lexicon: &Lexicon, word: &str) -> Option<(u32, f64)> {
    let letters = word.chars().count();
    if letters < LEAST_LETTERS || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let mut best: Option<(usize, u32, f64)> = None;
    let mut is_shared = false;
    for known in lexicon.spellings(word.chars().next()?) {
        let length = known.word.chars().count();
        let longer = letters.max(length);
        if likeness(letters.abs_diff(length), longer) < ALIKE {
            continue;
        }
        let slips = strsim::osa_distance(word, &known.word);
        let share = likeness(slips, longer);
        if share < ALIKE {
            continue;
        }
        match best {
            Some((fewest, _, _)) if slips > fewest => {}
            Some((fewest, id, _)) if slips == fewest => is_shared |= id != known.id,
            _ => {
                best = Some((slips, known.id, share));
                is_shared = false;
            }
        }
    }
    best.filter(|_| !is_shared)
        .map(|(_, id, share)| (id, share))
}

/// One slip is a letter too many, too few or wrong, or two that changed places.
fn likeness(slips: usize, letters: usize) -> f64 {
    // Words have few letters, which floats hold exactly.
    1.0 - slips as f64 / letters.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::lexicon;
    use super::super::wording::words;
    use super::*;

    #[test]
    fn one_word_alone_is_meant_or_none() {
        let lexicon = lexicon();
        let meant = |word: &str| mended(lexicon, word).map(|(id, _)| id);
        for (slip, word) in [
            ("cardiolgy", "cardiology"),
            ("cradiology", "cardiology"),
            ("opthamology", "ophthalmology"),
            ("gastroentrolgy", "gastroenterology"),
            ("dermatoligist", "dermatology"),
            ("orthepedics", "orthopedic"),
        ] {
            let known = lexicon.id(&words(word)[0]);
            assert!(known.is_some() && meant(slip) == known, "{slip}");
        }
        // As near to hematology as to hepatology; too short; too far.
        for word in ["hetatology", "card", "astrology", "zzzzzzzz", "car1iology"] {
            assert_eq!(meant(word), None, "{word}");
        }
    }

    #[test]
    fn the_threshold_is_what_its_comment_says() {
        for (slips, letters, is_alike) in
            [(1, 5, true), (2, 10, true), (3, 15, true), (2, 9, false)]
        {
            assert_eq!(
                likeness(slips, letters) >= ALIKE,
                is_alike,
                "{slips} of {letters}"
            );
        }
    }
}
