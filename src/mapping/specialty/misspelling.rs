//! Words that are misspelt: which known words are near enough to be meant.

use super::lexicon::Lexicon;
use super::wording::sound;

/// The least share of letters that are right, as the word sounds: one slip in five letters or more,
/// two in ten or more. At 0.75 two slips in eight would pass, which is what "oncology" and "otology"
/// are apart; at 0.85 one slip in five or six ("dentl") would be lost.
pub const ALIKE: f64 = 0.8;

/// The most slips in a word of any length: with three, "transportation" is "transplantation".
const MOST_SLIPS: usize = 2;

/// Shorter words are near too many others.
pub(super) const LEAST_LETTERS: usize = 5;

/// A known word as it may be written and sounds, with the number of its root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    sound: String,
    letters: usize,
    /// One bit for each letter that it has.
    has: u32,
    id: u32,
}

impl Spelling {
    pub(super) fn new(sound: &str, id: u32) -> Self {
        Self {
            sound: sound.to_string(),
            letters: sound.chars().count(),
            has: letters_of(sound),
            id,
        }
    }

    /// Slips that there are at least: a letter that one of the two lacks is one.
    fn least_slips(&self, other: &Self) -> usize {
        let lacking = (self.has & !other.has)
            .count_ones()
            .max((other.has & !self.has).count_ones());
        // A count of bits is a small number.
        self.letters.abs_diff(other.letters).max(lacking as usize)
    }
}

fn letters_of(word: &str) -> u32 {
    let known = word.bytes().filter(u8::is_ascii_lowercase);
    known.fold(0, |has, letter| has | 1 << (letter - b'a'))
}

/// The numbers of the known words that may be meant, all equally near, and the share of letters
/// that are right. The first sound must be right, since "radiology" is one slip from "cardiology"
/// without it.
pub(super) fn mended(lexicon: &Lexicon, word: &str) -> Option<(Vec<u32>, f64)> {
    let is_word = word.chars().all(char::is_alphabetic);
    if !is_word || word.chars().count() < LEAST_LETTERS {
        return None;
    }
    let word = Spelling::new(&sound(word), 0);
    let mut fewest = MOST_SLIPS;
    let mut nearest: Vec<u32> = Vec::new();
    let mut share = 0.0_f64;
    for known in lexicon.spellings(word.sound.chars().next()?) {
        if word.least_slips(known) > fewest {
            continue;
        }
        let slips = strsim::osa_distance(&word.sound, &known.sound);
        let likeness = likeness(slips, word.letters.max(known.letters));
        if slips > fewest || likeness < ALIKE {
            continue;
        }
        if slips < fewest {
            nearest.clear();
            share = 0.0;
        }
        fewest = slips;
        share = share.max(likeness);
        if !nearest.contains(&known.id) {
            nearest.push(known.id);
        }
    }
    (!nearest.is_empty()).then_some((nearest, share))
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
    fn the_nearest_words_are_found() {
        let lexicon = lexicon();
        let meant = |word: &str| {
            mended(lexicon, word)
                .map(|(ids, _)| ids)
                .unwrap_or_default()
        };
        for (slip, word) in [
            ("cardiolgy", "cardiology"),
            ("cradiology", "cardiology"),
            ("kardiology", "cardiology"),
            ("nefrology", "nephrology"),
            ("opthamology", "ophthalmology"),
            ("gastroentrolgy", "gastroenterology"),
            ("dermatoligist", "dermatology"),
            ("orthepedics", "orthopedic"),
        ] {
            let known = lexicon.id(&words(word)[0]);
            assert_eq!(meant(&words(slip)[0]), Vec::from_iter(known), "{slip}");
        }
        // As near to hematology as to hepatology.
        assert_eq!(meant("hetatology").len(), 2);
        // Too short, too far, and no words.
        for word in [
            "card",
            "astrology",
            "gastrabcterology",
            "zzzzzzzz",
            "car1iology",
        ] {
            assert!(meant(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn the_threshold_is_what_its_comment_says() {
        for (slips, letters, is_alike) in
            [(1, 5, true), (1, 4, false), (2, 10, true), (2, 8, false)]
        {
            assert_eq!(
                likeness(slips, letters) >= ALIKE,
                is_alike,
                "{slips} of {letters}"
            );
        }
    }
}
