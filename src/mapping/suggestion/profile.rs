//! What the cells of one column look like: how many are NPIs, days, ZIP codes, whole numbers, names
//! of people and so on. It keeps shares and a few facts; the cells stay where they are.

use std::collections::BTreeMap;

use catchment_base::specialties;

use super::forms;
use crate::canonical::Kind;
use crate::values;
use crate::vocabulary::{self, fold, is_absent};

/// Cells of a column beyond which no more are looked at.
const SAMPLE: usize = 2_000;
/// A vocabulary has at most so many words.
const VOCABULARY: usize = 40;

/// The cells of a column of the sample that are filled in, and what they look like.
#[derive(Debug, Clone)]
pub(super) struct Profile<'r> {
    /// The trimmed cells that are filled in.
    pub(super) cells: Vec<&'r str>,
    /// How many different ones there are.
    pub(super) distinct: usize,
    /// Shares of the cells, 0 to 1.
    pub(super) npis: f64,
    pub(super) days: f64,
    pub(super) zips: f64,
    pub(super) numbers: f64,
    pub(super) counts: f64,
    pub(super) people: f64,
    pub(super) codes: f64,
    pub(super) prose: f64,
}

impl<'r> Profile<'r> {
    /// Looks at a column of the sample; `missing` are further words for "no value".
    pub(super) fn of(rows: &'r [Vec<String>], at: usize, missing: &[String]) -> Self {
        let is_missing = |cell: &str| {
            is_absent(cell) || missing.iter().any(|word| word.eq_ignore_ascii_case(cell))
        };
        let cells = rows.iter().filter_map(|row| row.get(at)).take(SAMPLE);
        let cells = cells.map(|cell| cell.trim());
        let cells: Vec<&str> = cells.filter(|cell| !is_missing(cell)).collect();
        let mut profile = Self {
            distinct: 0,
            npis: 0.0,
            days: 0.0,
            zips: 0.0,
            numbers: 0.0,
            counts: 0.0,
            people: 0.0,
            codes: 0.0,
            prose: 0.0,
            cells,
        };
        profile.distinct = profile.words().len();
        profile.npis = profile.share(|cell| values::npi(cell).value().is_some());
        profile.days = profile.share(forms::is_day);
        profile.zips = profile.share(is_zip);
        profile.numbers = profile.share(|cell| values::number(cell).is_some());
        profile.counts = profile.share(|cell| values::count(cell).value().is_some());
        profile.people = profile.share(is_person);
        profile.codes = profile.share(is_code);
        profile.prose = profile.share(|cell| cell.len() > 40 || cell.split(' ').count() > 6);
        profile
    }

    /// The share of the filled cells for which something holds; 0 where none is filled.
    pub(super) fn share(&self, holds: impl Fn(&str) -> bool) -> f64 {
        if self.cells.is_empty() {
            return 0.0;
        }
        let holding = self.cells.iter().filter(|cell| holds(cell)).count();
        holding as f64 / self.cells.len() as f64
    }

    /// Whether nothing is known of the cells.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// How far so few cells are to be believed: wholly from ten on.
    pub(super) fn belief(&self) -> f64 {
        (self.cells.len() as f64 / 10.0).min(1.0).sqrt()
    }

    /// The share of different cells.
    pub(super) fn variety(&self) -> f64 {
        if self.cells.is_empty() {
            return 0.0;
        }
        self.distinct as f64 / self.cells.len() as f64
    }

    /// Whether the cells are words of a short list.
    pub(super) fn is_vocabulary(&self) -> bool {
        let is_short = self.distinct <= VOCABULARY
            && (self.distinct <= 6 || self.distinct * 2 <= self.cells.len());
        is_short && self.prose < 0.2 && self.days < 0.5 && self.npis < 0.5
    }

    /// The words of the column as they are first written, with how often each stands.
    pub(super) fn words(&self) -> Vec<(&'r str, usize)> {
        let mut all: BTreeMap<String, (&'r str, usize)> = BTreeMap::new();
        for cell in &self.cells {
            all.entry(fold(cell)).or_insert((*cell, 0)).1 += 1;
        }
        all.into_values().collect()
    }

    /// The share of the cells that a vocabulary of this kind knows.
    pub(super) fn known(&self, kind: Kind) -> f64 {
        self.share(|cell| knows(kind, cell))
    }
}

/// Whether a vocabulary knows a word. Single letters are known too, but say nothing of a column.
pub(super) fn knows(kind: Kind, cell: &str) -> bool {
    match kind {
        Kind::Status => cell.len() > 1 && vocabulary::status(cell).is_some(),
        Kind::Reason => fold(cell) != "other" && vocabulary::reason(cell) != "other",
        Kind::Word(list) => vocabulary::word_of(list, cell).is_some(),
        Kind::Flag => vocabulary::flag(cell).is_some(),
        Kind::AgeBands => {
            let bands = cell.split([',', ';', '|']).map(str::trim);
            bands.clone().count() > 0 && bands.into_iter().all(is_age_band)
        }
        _ => false,
    }
}

fn is_age_band(word: &str) -> bool {
    matches!(
        fold(word).as_str(),
        "017" | "1864" | "65" | "65plus" | "65andover" | "under18"
    )
}

fn is_zip(cell: &str) -> bool {
    let cell = cell.strip_suffix(".0").unwrap_or(cell);
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match cell.split_once(['-', ' ']) {
        Some((five, four)) => digits(five, 5) && digits(four, 4),
        None => digits(cell, 5) || digits(cell, 9),
    }
}

/// `Last, First M` or two to four words of letters that all begin with a capital.
fn is_person(cell: &str) -> bool {
    let is_name = |c: char| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '-' | '\'');
    if cell.len() > 50 || !cell.chars().all(is_name) || specialties::find(cell).is_some() {
        return false;
    }
    let words: Vec<&str> = cell
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    let has_capital = |word: &&str| word.chars().next().is_some_and(char::is_uppercase);
    (2..=4).contains(&words.len())
        && words.iter().all(has_capital)
        && (cell.contains(',') || cell.chars().any(char::is_lowercase))
}

/// An identifier: no spaces, and at least one digit, or a long row of digits and letters.
fn is_code(cell: &str) -> bool {
    !cell.contains(' ')
        && cell.len() <= 64
        && cell.bytes().any(|b| b.is_ascii_digit())
        && cell
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_./:#".contains(&b))
}

/// A code of the NUCC's set of taxonomies: ten signs of which the last is an X.
pub(super) fn is_taxonomy(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    bytes.len() == 10
        && bytes[..3].iter().all(u8::is_ascii_alphanumeric)
        && bytes[..3]
            .iter()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && bytes[3].is_ascii_alphabetic()
        && matches!(bytes[9], b'X' | b'x')
}

/// A code of ICD-10-CM, with or without its dot.
pub(super) fn is_diagnosis(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    (3..=8).contains(&bytes.len())
        && bytes[0].is_ascii_alphabetic()
        && bytes[1].is_ascii_digit()
        && bytes[2].is_ascii_alphanumeric()
        && (bytes.len() == 3
            || bytes[3..]
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || *b == b'.'))
        && (bytes.len() < 8 || bytes[3] == b'.')
        && !is_procedure_of_letters(bytes)
}

/// `G0101`: a letter and four digits, of which no diagnosis without a dot has so many zeros ahead.
fn is_procedure_of_letters(bytes: &[u8]) -> bool {
    bytes.len() == 5 && bytes[1..].iter().all(u8::is_ascii_digit) && matches!(bytes[0], b'G' | b'J')
}

/// A code of CPT or HCPCS.
pub(super) fn is_procedure(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    bytes.len() == 5
        && bytes[0].is_ascii_alphanumeric()
        && bytes[1..4].iter().all(u8::is_ascii_digit)
        && bytes[4].is_ascii_alphanumeric()
}

/// A specialty by its name; codes are left to other columns.
pub(super) fn is_specialty(cell: &str) -> bool {
    !cell.bytes().any(|b| b.is_ascii_digit()) && specialties::find(cell).is_some()
}

/// Words of which one stands in nearly every payer's name.
const PAYERS: &[&str] = &[
    "medicare",
    "medicaid",
    "blue",
    "bcbs",
    "aetna",
    "cigna",
    "united",
    "uhc",
    "humana",
    "tricare",
    "commercial",
    "self pay",
    "selfpay",
    "anthem",
    "kaiser",
    "insurance",
    "health plan",
    "hmo",
    "ppo",
    "wellcare",
    "molina",
    "centene",
    "advantage",
];

/// A payer by a usual word in its name.
pub(super) fn is_payer(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    PAYERS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(cells: &[&str]) -> Vec<Vec<String>> {
        cells.iter().map(|cell| vec![(*cell).to_string()]).collect()
    }

    #[test]
    fn shares_are_of_the_filled_cells() {
        let rows = rows(&[
            "1003033051",
            "1234567893",
            "1234567890",
            "gone",
            "",
            "N/A",
            "1003033051",
        ]);
        let profile = Profile::of(&rows, 0, &["GONE".to_string()]);
        assert_eq!((profile.cells.len(), profile.distinct), (4, 3));
        assert_eq!(
            (profile.npis, profile.counts, profile.days),
            (0.75, 1.0, 0.0)
        );
        assert!(Profile::of(&rows, 1, &[]).is_empty());
        assert_eq!(Profile::of(&rows, 1, &[]).variety(), 0.0);
    }

    #[test]
    fn single_cells_are_told_apart() {
        for cell in ["Smith, Ann", "Ann B. Smith", "O'Neil, Mary-Jane"] {
            assert!(is_person(cell), "{cell}");
        }
        for cell in [
            "Cardiology",
            "Family Medicine",
            "sent to specialist",
            "Smith",
            "Unit 4 West",
        ] {
            assert!(!is_person(cell), "{cell}");
        }
        assert!(is_taxonomy("207RC0000X") && !is_taxonomy("1234567893"));
        assert!(is_diagnosis("I48.91") && is_diagnosis("M545") && !is_diagnosis("99213"));
        assert!(is_procedure("99213") && is_procedure("G0101") && !is_procedure("I48.91"));
        assert!(is_zip("02139-4307") && is_zip("37205") && !is_zip("3720"));
        assert!(is_specialty("Cardiology") && !is_specialty("06"));
        assert!(knows(Kind::Status, "Pending Review") && !knows(Kind::Status, "a"));
        assert!(knows(Kind::AgeBands, "0-17; 18-64") && !knows(Kind::AgeBands, "12"));
    }
}
