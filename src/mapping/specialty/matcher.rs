//! A code or a text of a specialty to its row of the set: the user's word, a code, a whole name, the
//! words of the text, and last its misspelt words. What is not certain stays unknown.

use catchment_base::specialties::{self, Specialty};

use super::lexicon::{Lexicon, lexicon};
use super::misspelling::mended;
use super::reading::{Reading, Word, narrowest, read};
use super::wording::words;
use crate::own_vocabulary::{Meant, Vocabulary};

/// How a row was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// A person said so, in vocabulary.toml.
    Person,
    /// By a NUCC taxonomy code or a CMS specialty code.
    Code,
    /// The whole text is a name of the set or one of its usual other words.
    Name,
    /// By the words in it.
    Words,
    /// By its words, of which at least one is misspelt.
    Alike,
    /// It was not found.
    Unknown,
}

impl Method {
    /// The word that tables show.
    ///
    /// ```
    /// assert_eq!(catchment_mapping::specialty::Method::Alike.word(), "alike");
    /// ```
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Code => "code",
            Self::Name => "name",
            Self::Words => "words",
            Self::Alike => "alike",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found for a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The row; none where the text names none, or several equally, or where a person said so.
    pub specialty: Option<&'static Specialty>,
    /// How it was found.
    pub method: Method,
    /// How sure it is, from 0 to 1, as a measure and no probability: 1 for a person's word, a code
    /// or a name; for words the share of letters, decorations aside, that were understood; for
    /// misspelt words that share times the share of letters that are right; 0 where unknown.
    pub score: f64,
}

impl Found {
    const UNKNOWN: Self = Self {
        specialty: None,
        method: Method::Unknown,
        score: 0.0,
    };

    fn whole(specialty: &'static Specialty, method: Method) -> Self {
        Self {
            specialty: Some(specialty),
            method,
            score: 1.0,
        }
    }
}

/// Finds the row of the specialty set that a code or a text means. Case, punctuation and what
/// orders have around their names (AMB REF TO, CONSULT, REF12) mean nothing. Where two rows are
/// named equally, nothing is guessed.
///
/// ```
/// use catchment_mapping::Vocabulary;
/// use catchment_mapping::specialty::{Method, find};
/// let own = Vocabulary::default();
/// let name = |text: &str| find(text, &own).specialty.map(|row| row.name.as_str());
/// assert_eq!(name("207RC0000X Heart docs"), Some("Cardiology"));
/// assert_eq!(name("AMB REF TO PEDS CARDIOLOGY (REF100)"), Some("Pediatric Cardiology"));
/// assert_eq!(name("colonoscopy"), Some("Gastroenterology"));
/// assert_eq!(name("cardiology or pulmonology"), None);
/// assert_eq!(name("SECOND OPINION"), None);
/// let misspelt = find("Opthamology consult", &own);
/// assert_eq!(misspelt.specialty.map(|row| row.name.as_str()), Some("Ophthalmology"));
/// assert_eq!(misspelt.method, Method::Alike);
/// ```
pub fn find(text: &str, vocabulary: &Vocabulary) -> Found {
    if let Some(meant) = vocabulary.specialty(text) {
        return Found {
            specialty: match meant {
                Meant::Row(row) => Some(row),
                Meant::Nothing => None,
            },
            method: Method::Person,
            score: 1.0,
        };
    }
    if let Some(row) = specialties::find(text) {
        // "Unknown" is a row that says that there is none. Names and aliases have no digits.
        return match row.name.as_str() {
            specialties::UNKNOWN => Found::UNKNOWN,
            _ if text.bytes().any(|b| b.is_ascii_digit()) => Found::whole(row, Method::Code),
            _ => Found::whole(row, Method::Name),
        };
    }
    let lexicon = lexicon();
    if let Some(row) = coded(lexicon, text) {
        return Found::whole(row, Method::Code);
    }
    by_words(lexicon, text)
}

/// The most ways in which the misspelt words of one text are read; a text of more is no order's.
const MOST_WAYS: usize = 16;

fn by_words(lexicon: &Lexicon, text: &str) -> Found {
    let written = words(text);
    let known: Vec<Word> = written.iter().map(|word| word_of(lexicon, word)).collect();
    let exact = read(lexicon, &known);
    let mut likeness = 1.0_f64;
    let mut ways = vec![known];
    for (at, text) in written.iter().enumerate() {
        if ways[0][at].id.is_some() {
            continue;
        }
        let Some((ids, share)) = mended(lexicon, text) else {
            continue;
        };
        likeness = likeness.min(share);
        let with = |id: &u32| {
            let mut all = ways.clone();
            all.iter_mut().for_each(|way| way[at].id = Some(*id));
            all
        };
        ways = ids.iter().flat_map(with).collect();
        if ways.len() > MOST_WAYS {
            return found(exact, Method::Words, 1.0);
        }
    }
    // "Orthopdic surgery" without its misspelt word is a surgery like any other: what the mended
    // words say stands, also where they say that two rows are named.
    let mended: Vec<Reading> = ways.iter().map(|way| read(lexicon, way)).collect();
    let mut named = mended.iter().filter(|reading| reading.row.is_some());
    let meant = named.next().copied().unwrap_or(mended[0]);
    let is_one = named.all(|other| other.row == meant.row);
    match meant.row {
        row if row == exact.row => found(exact, Method::Words, 1.0),
        _ if is_one => found(meant, Method::Alike, likeness),
        _ => Found::UNKNOWN,
    }
}

fn word_of(lexicon: &Lexicon, word: &str) -> Word {
    Word {
        id: lexicon.id(word),
        letters: word.chars().count(),
        is_number: word.chars().all(char::is_numeric),
    }
}

fn found(reading: Reading, method: Method, likeness: f64) -> Found {
    match reading.row {
        None => Found::UNKNOWN,
        Some(row) => Found {
            specialty: Some(&specialties::all()[row]),
            method,
            score: (reading.share * likeness).clamp(0.0, 1.0),
        },
    }
}

/// The row of the codes in a text: taxonomy codes anywhere, a CMS code beside words that say that
/// it is a code. A bare number among other words is none: "REF 10" is no gastroenterology.
fn coded(lexicon: &Lexicon, text: &str) -> Option<&'static Specialty> {
    let lower = text.to_ascii_lowercase();
    let tokens = || {
        lower
            .split(|c: char| !c.is_alphanumeric())
            .filter(|t| !t.is_empty())
    };
    let taxonomy = tokens().filter(|token| is_taxonomy(token));
    let rows = taxonomy.filter_map(|code| specialties::find(code).or_else(|| lexicon.coded(code)));
    let places = rows.filter_map(|row| specialties::all().iter().position(|r| r == row));
    let places: Vec<usize> = places.collect();
    if !places.is_empty() {
        return narrowest(lexicon, &places).map(|at| &specialties::all()[at]);
    }
    let tokens: Vec<&str> = tokens().collect();
    let codes = (0..tokens.len()).filter(|at| is_labelled(&tokens[..*at]));
    let mut rows = codes.filter_map(|at| {
        let row = specialties::find(tokens[at])?;
        let is_code = row
            .cms_codes
            .iter()
            .any(|code| code.eq_ignore_ascii_case(tokens[at]));
        is_code.then_some(row)
    });
    rows.next()
}

/// Whether the words right before a token say that it is a code of CMS.
fn is_labelled(before: &[&str]) -> bool {
    const LABELS: &[&str] = &["cms", "medicare", "specialty", "provider", "type", "code"];
    let labels: Vec<&str> = before
        .iter()
        .rev()
        .copied()
        .take_while(|t| LABELS.contains(t))
        .collect();
    let has = |label: &str| labels.contains(&label);
    has("cms") || has("medicare") || has("specialty") && has("code")
}

/// Whether a token in lower case has the form of a NUCC code: ten signs, three digits first, an X last.
fn is_taxonomy(token: &str) -> bool {
    token.len() == 10
        && token.ends_with('x')
        && token.bytes().take(3).all(|b| b.is_ascii_digit())
        && token.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> &'static str {
        let found = find(text, &Vocabulary::default());
        found.specialty.map_or("-", |row| &row.name)
    }

    fn method(text: &str) -> Method {
        find(text, &Vocabulary::default()).method
    }

    /// Texts of each step and what they mean; "-" where that is not known.
    const TEXTS: &[(&str, &str)] = &[
        ("207RC0000X", "Cardiology"),
        ("207RC0000X Cardiology", "Cardiology"),
        ("207RC0000X, 207RI0011X", "Interventional Cardiology"),
        ("207RC0000X / 207N00000X", "-"),
        ("taxonomy 207ND0101X", "Dermatology"),
        ("CMS 06", "Cardiology"),
        ("REF 10", "-"),
        ("REF12", "-"),
        ("AMB REF TO CARDIOLOGY", "Cardiology"),
        (
            "Ambulatory Referral to Cardiology (REF12) - EXTERNAL",
            "Cardiology",
        ),
        ("CONSULT, ADULT UROLOGY, URGENT", "Urology"),
        ("cardiologist referral", "Cardiology"),
        ("heart doctor", "Cardiology"),
        ("pediatric cardiology", "Pediatric Cardiology"),
        ("PEDS - GI", "Pediatric Gastroenterology"),
        ("Cardiology, Pediatric", "Pediatric Cardiology"),
        ("adult and pediatric cardiology", "Cardiology"),
        ("pediatric urology", "Urology"),
        ("child with seizures", "Pediatric Neurology"),
        ("vascular surgery", "Vascular Surgery"),
        ("Surgery - Vascular", "Vascular Surgery"),
        ("surgery", "General Surgery"),
        ("hand surgery", "Orthopedic Surgery"),
        ("physical therapy", "Physical Therapy"),
        ("PT eval and treat", "Physical Therapy"),
        ("NEW PT CARDIOLOGY", "Cardiology"),
        ("physical medicine", "Physical Medicine & Rehabilitation"),
        ("physical / speech therapy", "-"),
        ("PT/OT", "-"),
        ("colonoscopy", "Gastroenterology"),
        ("sleep study", "Sleep Medicine"),
        ("Internal Medicine, Cardiovascular Disease", "Cardiology"),
        ("Psychiatry & Neurology, Psychiatry", "Psychiatry"),
        ("Cardiology EP", "Cardiac Electrophysiology"),
        ("GI for weakness", "Gastroenterology"),
        ("cardiology or pulmonology", "-"),
        ("Orthopdic surgery", "Orthopedic Surgery"),
        ("Physcial therapy", "Physical Therapy"),
        ("Pulmonolgy/cardiology", "-"),
        ("REFERRAL", "-"),
        ("SPECIALIST", "-"),
        ("SECOND OPINION", "-"),
        ("NEW PATIENT VISIT", "-"),
        ("Unknown", "-"),
        ("astrology", "-"),
        ("", "-"),
    ];

    #[test]
    fn texts_find_their_rows() {
        let found: Vec<(&str, &str)> = TEXTS.iter().map(|(text, _)| (*text, name(text))).collect();
        assert_eq!(found, TEXTS);
    }

    #[test]
    fn the_method_says_which_step_found_it() {
        for (text, by) in [
            ("207RC0000X", Method::Code),
            ("6", Method::Code),
            ("207RC0000X Cardiology", Method::Code),
            ("OB-GYN", Method::Name),
            ("AMB REF TO OB-GYN", Method::Words),
            ("Opthamology", Method::Alike),
            ("xyz", Method::Unknown),
        ] {
            assert_eq!(method(text), by, "{text}");
        }
        let score = |text: &str| find(text, &Vocabulary::default()).score;
        assert_eq!(
            (score("OB-GYN"), score("CONSULT UROLOGY"), score("-")),
            (1.0, 1.0, 0.0)
        );
        assert_eq!(score("urology lomas"), 7.0 / 12.0);
        assert_eq!(score("urolgy"), 1.0 - 1.0 / 7.0);
    }

    /// What stands before and behind a name in orders.
    const AROUND: &[(&str, &str)] = &[
        ("AMB REF TO ", ""),
        ("Ambulatory referral to ", " (REF100)"),
        ("CONSULT TO ", " - EXTERNAL"),
        ("REF12 ", " EVAL AND TREAT"),
        ("new patient: ", ", urgent"),
        ("Referral for ", " specialist"),
        ("INCOMING ", " CLINIC"),
    ];

    #[test]
    fn every_name_is_found_in_every_decoration() {
        for row in specialties::all()
            .iter()
            .filter(|row| row.name != specialties::UNKNOWN)
        {
            for (before, behind) in AROUND {
                let text = format!("{before}{}{behind}", row.name);
                assert_eq!(name(&text), row.name, "{text}");
            }
            for alias in row.aliases.iter().filter(|alias| alias.len() > 3) {
                assert_eq!(name(&format!("AMB REF TO {alias}")), row.name, "{alias}");
            }
        }
    }

    /// The cells of a line, of which some stand in double quotes.
    fn cells(line: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut is_quoted = false;
        for c in line.chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(String::new()),
                _ => cells.last_mut().unwrap().push(c),
            }
        }
        cells
    }

    /// The rows of a labelled list that are read otherwise, and how many rows there are.
    fn misread(list: &str) -> (Vec<String>, usize) {
        let (mut all, mut wrong) = (0, Vec::new());
        for line in list.lines().skip(1).filter(|line| !line.is_empty()) {
            let cells = cells(line);
            let meant = if cells[1] == specialties::UNKNOWN {
                "-"
            } else {
                &cells[1]
            };
            let (found, by) = (name(&cells[0]), method(&cells[0]).word());
            all += 1;
            if found != meant {
                wrong.push(format!("'{}' is {meant}, found {found} by {by}", cells[0]));
            }
        }
        (wrong, all)
    }

    /// Texts as orders have them, labelled by somebody who did not see the words that ship. By the
    /// first list the words were mended; the second was read once, when they stood.
    #[test]
    fn of_labelled_texts_at_least_19_in_20_are_right() {
        let lists = [
            include_str!("../../../tests/specialty_texts.csv"),
            include_str!("../../../tests/specialty_texts_more.csv"),
        ];
        for (list, least) in lists.into_iter().zip([400, 200]) {
            let (wrong, all) = misread(list);
            println!("{} of {all} are misread\n{}", wrong.len(), wrong.join("\n"));
            assert!(
                all >= least && wrong.len() * 20 <= all,
                "{} of {all}",
                wrong.len()
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it_and_scores_are_shares(text in "\\PC{0,80}") {
            let found = find(&text, &Vocabulary::default());
            prop_assert!((0.0..=1.0).contains(&found.score));
            prop_assert_eq!(found.method == Method::Unknown, found.specialty.is_none());
            prop_assert_eq!(found, find(&text, &Vocabulary::default()));
        }

        #[test]
        fn case_and_punctuation_mean_nothing(
            at in 0..TEXTS.len(), signs in "[ ,;:_/()-]{1,3}", upper in any::<bool>(),
        ) {
            let (text, row) = TEXTS[at];
            // What is a whole text or not, as a bare number is, is not for signs to say.
            let text = text.replace([' ', '/'], &signs);
            let text = if upper { text.to_uppercase() } else { text.to_lowercase() };
            prop_assert_eq!(name(&text), row);
        }

        #[test]
        fn decorations_mean_nothing(at in 0..TEXTS.len(), around in 0..AROUND.len()) {
            let (text, row) = TEXTS[at];
            let (before, behind) = AROUND[around];
            prop_assert_eq!(name(&format!("{before}{text}{behind}")), row);
        }
    }
}
