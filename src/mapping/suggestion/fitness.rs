//! What the cells of a column say for and against its being a canonical one. How names are compared
//! is `naming`'s business, what both together come to is `assignment`'s.

use super::profile::{
    Profile, is_diagnosis, is_payer, is_procedure, is_specialty, is_taxonomy, knows,
};
use crate::canonical::{Column, Kind};
use crate::vocabulary::fold;

/// What the cells of a column say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitness {
    /// How much they speak for the canonical column, 0 to 1, whatever its name.
    pub(super) support: f64,
    /// What they leave of what the name says, 0 to 1.
    pub(super) leaves: f64,
    /// The same in words.
    pub(super) words: Option<String>,
}

/// How much cells that all fit speak for a column of each kind.
const NPI: f64 = 0.45;
const VOCABULARY: f64 = 0.6;
const TAXONOMY: f64 = 0.6;
const SPECIALTY: f64 = 0.5;
const CODE: f64 = 0.4;
const PLACE: f64 = 0.35;
const PAYER: f64 = 0.3;
const DAY: f64 = 0.25;
const UNIQUE: f64 = 0.2;
const NUMBER: f64 = 0.1;

impl Fitness {
    fn neutral() -> Self {
        Self {
            support: 0.0,
            leaves: 1.0,
            words: None,
        }
    }

    fn against(leaves: f64, words: impl Into<String>) -> Self {
        Self {
            support: 0.0,
            leaves,
            words: Some(words.into()),
        }
    }

    /// A share of cells that fit: it speaks for the column from `enough` on, else against it.
    fn of_share(share: f64, enough: f64, weight: f64, what: &str) -> Self {
        let words = Some(format!("{} of the cells are {what}", percent(share)));
        if share >= enough {
            Self {
                support: weight * share,
                leaves: 1.0,
                words,
            }
        } else {
            Self {
                support: 0.0,
                leaves: share.max(0.05),
                words,
            }
        }
    }
}

/// A share in words; never 100 % or 0 % where it is not whole.
fn percent(share: f64) -> String {
    let whole = (share * 100.0).round();
    let whole = if share < 1.0 { whole.min(99.0) } else { whole };
    let whole = if share > 0.0 { whole.max(1.0) } else { whole };
    format!("{whole} %")
}

/// What the cells of a column say of its being a canonical one.
pub(super) fn fitness(column: &Column, profile: &Profile) -> Fitness {
    if profile.is_empty() {
        return Fitness::neutral();
    }
    let mut fitness = match column.kind {
        Kind::Npi => Fitness::of_share(profile.npis, 0.5, NPI, "NPIs"),
        kind if kind.is_date() => Fitness::of_share(profile.days, 0.7, DAY, "days"),
        Kind::Zip => zip(profile),
        Kind::Status | Kind::Reason | Kind::Word(_) | Kind::Flag | Kind::AgeBands => {
            word(column, profile)
        }
        Kind::Count => Fitness::of_share(profile.counts, 0.8, NUMBER, "whole numbers"),
        Kind::Amount => Fitness::of_share(profile.numbers, 0.8, NUMBER, "numbers"),
        Kind::Between(least, most) => between(column, profile, f64::from(least), f64::from(most)),
        Kind::Patient => patient(profile),
        _ => text(column, profile),
    };
    fitness.support *= profile.belief();
    fitness
}

fn zip(profile: &Profile) -> Fitness {
    let mended = profile.share(|cell| crate::values::zip(cell).value().is_some());
    if profile.zips < 0.5 && mended >= 0.8 {
        // Spreadsheets lose leading zeros; such cells can be anything.
        return Fitness::neutral();
    }
    Fitness::of_share(profile.zips, 0.7, PLACE, "ZIP codes")
}

/// Columns of words: known ones speak for it, and what is no short list of words against it.
fn word(column: &Column, profile: &Profile) -> Fitness {
    let known = profile.known(column.kind);
    let what = match column.kind {
        Kind::Status => "known statuses",
        Kind::Reason => "known reasons",
        Kind::Flag => "yes or no",
        Kind::AgeBands => "age bands",
        _ if column.name == "priority" => "known priorities",
        _ if column.name == "affiliation" => "known affiliations",
        _ if column.name == "age_band" => "age bands",
        _ => "known words",
    };
    let coded = profile.share(|cell| code_of(column.name, cell).is_some());
    if coded >= 0.9 {
        return Fitness::of_share(coded, 0.5, NUMBER, "known codes");
    }
    if known >= 0.5 {
        let weight = match column.kind {
            Kind::Flag => NUMBER,
            // One word alone, such as "active" or "office", stands in many columns.
            _ if profile.distinct < 2 => VOCABULARY / 3.0,
            _ => VOCABULARY,
        };
        return Fitness::of_share(known, 0.5, weight, what);
    }
    match column.kind {
        Kind::Flag => Fitness::against(0.15, "the cells are not yes or no"),
        Kind::Reason if profile.prose >= 0.5 => Fitness::against(0.5, "the cells are free text"),
        // Reasons may be written freely.
        Kind::Reason if profile.numbers < 0.5 && profile.days < 0.5 && profile.npis < 0.5 => {
            Fitness::neutral()
        }
        _ if profile.numbers >= 0.8 => Fitness::against(0.2, "the cells are numbers"),
        _ if profile.people >= 0.5 => Fitness::against(0.2, "the cells look like names of people"),
        _ if !profile.is_vocabulary() => {
            Fitness::against(0.2, "the cells are no short list of words")
        }
        Kind::Status => Fitness {
            words: Some(format!(
                "a short list of words, {} of the cells known statuses",
                percent(known)
            )),
            ..Fitness::neutral()
        },
        _ if known == 0.0 => Fitness::against(0.55, "none of its words is known"),
        _ => Fitness::of_share(known, 0.3, VOCABULARY, what),
    }
}

/// What an export's code of a column means, where a published standard says so: NPPES' entity types.
pub(super) fn code_of(column: &str, code: &str) -> Option<&'static str> {
    match (column, code.strip_suffix(".0").unwrap_or(code)) {
        ("entity_type", "1") => Some("individual"),
        ("entity_type", "2") => Some("organization"),
        _ => None,
    }
}

fn between(column: &Column, profile: &Profile, least: f64, most: f64) -> Fitness {
    let number = |cell: &str| crate::values::number(cell);
    let inside = profile.share(|cell| number(cell).is_some_and(|n| (least..=most).contains(&n)));
    let exact = profile.share(|cell| cell.contains('.'));
    // Where the United States and their territories lie.
    let here = match column.name {
        "lat" => profile.share(|cell| number(cell).is_some_and(|n| (13.0..72.0).contains(&n))),
        "lon" => profile.share(|cell| number(cell).is_some_and(|n| (-180.0..-64.0).contains(&n))),
        _ => return Fitness::of_share(inside, 0.8, NUMBER, "numbers"),
    };
    let what = if column.name == "lat" {
        "latitudes"
    } else {
        "longitudes"
    };
    if here < 0.9 || exact < 0.8 {
        return Fitness::of_share(inside, 0.9, 0.0, &format!("possible {what}"));
    }
    // A latitude could be a price, a longitude is hardly anything else.
    let weight = if column.name == "lat" { NUMBER } else { PLACE };
    Fitness::of_share(here, 0.9, weight, what)
}

fn patient(profile: &Profile) -> Fitness {
    if profile.people >= 0.3 {
        return Fitness::against(0.0, "the cells look like names of people");
    }
    if profile.days >= 0.5 && profile.counts < 0.5 {
        return Fitness::against(0.0, "the cells are days");
    }
    Fitness::of_share(profile.codes, 0.7, NUMBER, "identifiers")
}

/// Columns of any text: what it is that the canonical column holds is told by its name.
fn text(column: &Column, profile: &Profile) -> Fitness {
    let is_id = column.name.ends_with("_id");
    if profile.days >= 0.7 && !(is_id && profile.counts >= 0.7) {
        return Fitness::against(0.05, "the cells are days");
    }
    match column.name {
        "taxonomy_code" => {
            Fitness::of_share(profile.share(is_taxonomy), 0.5, TAXONOMY, "taxonomy codes")
        }
        "reason_code" | "diagnosis_code" => {
            Fitness::of_share(profile.share(is_diagnosis), 0.5, CODE, "ICD-10 codes")
        }
        "procedure_code" => {
            Fitness::of_share(profile.share(is_procedure), 0.5, PLACE, "procedure codes")
        }
        "specialty" => specialty(profile),
        "payer" | "payers_accepted" => payer(profile),
        "state" => {
            let letters =
                |cell: &str| cell.len() == 2 && cell.bytes().all(|b| b.is_ascii_alphabetic());
            match profile.share(letters) {
                share if share >= 0.8 => Fitness::of_share(share, 0.8, UNIQUE, "two letters"),
                _ => Fitness::neutral(),
            }
        }
        name if profile.npis >= 0.5 && name != "organization_id" => {
            Fitness::against(0.1, "the cells are NPIs")
        }
        "referral_id" => unique(profile),
        _ if is_id => identifier(profile),
        name if name.ends_with("name") => named(column, profile),
        "referring_practice"
        | "referring_department"
        | "referred_to_practice"
        | "referred_to_organization"
        | "county" => named(column, profile),
        _ => Fitness::neutral(),
    }
}

fn specialty(profile: &Profile) -> Fitness {
    let known = profile.share(is_specialty);
    if known >= 0.5 {
        return Fitness::of_share(known, 0.5, SPECIALTY, "known specialties");
    }
    if profile.share(|cell| catchment_base::specialties::find(cell).is_some()) >= 0.5 {
        return Fitness::neutral();
    }
    if profile.people >= 0.5 || profile.prose >= 0.5 || profile.npis >= 0.5 {
        return Fitness::against(0.2, "the cells are no specialties");
    }
    Fitness::neutral()
}

fn payer(profile: &Profile) -> Fitness {
    let known = profile.share(is_payer);
    match known {
        known if known >= 0.4 => Fitness::of_share(known, 0.4, PAYER, "payers"),
        _ if profile.numbers >= 0.8 => Fitness::against(0.4, "the cells are numbers"),
        _ => Fitness::neutral(),
    }
}

fn unique(profile: &Profile) -> Fitness {
    if profile.people >= 0.5 || profile.prose >= 0.3 {
        return Fitness::against(0.1, "the cells are no identifiers");
    }
    match profile.variety() {
        share if share >= 0.95 => Fitness {
            support: UNIQUE * profile.codes,
            leaves: 1.0,
            words: Some("each cell is another".to_string()),
        },
        // Versions of one referral share its identifier.
        share if share >= 0.3 || profile.cells.len() < 5 => Fitness::neutral(),
        _ => Fitness::against(0.5, "few cells differ"),
    }
}

fn identifier(profile: &Profile) -> Fitness {
    if profile.prose >= 0.5 {
        return Fitness::against(0.2, "the cells are free text");
    }
    Fitness {
        support: 0.05 * profile.codes,
        ..Fitness::neutral()
    }
}

fn named(column: &Column, profile: &Profile) -> Fitness {
    if profile.numbers >= 0.5 || profile.npis >= 0.5 {
        return Fitness::against(0.1, "the cells are numbers");
    }
    if profile.prose >= 0.5 {
        return Fitness::against(0.3, "the cells are free text");
    }
    let is_persons = matches!(column.name, "referring_name" | "referred_to_name" | "name");
    if is_persons && profile.people >= 0.5 {
        return Fitness::of_share(profile.people, 0.5, NUMBER, "names of people");
    }
    let is_place = !is_persons && column.name != "county";
    if is_place && profile.people >= 0.9 && profile.share(|cell| cell.contains(',')) >= 0.9 {
        return Fitness::against(0.4, "the cells look like names of people");
    }
    Fitness::neutral()
}

/// Words of a column of words that no vocabulary knows and that a user may be shown: those that
/// stand at least twice, are short and have no digits.
pub(super) fn unknown_words<'r>(column: &Column, profile: &Profile<'r>) -> Vec<(&'r str, usize)> {
    if !profile.is_vocabulary() || profile.people >= 0.5 {
        return Vec::new();
    }
    let is_shown = |(word, times): &(&str, usize)| {
        *times >= 2
            && word.chars().count() <= 40
            && !word.chars().any(|c| c.is_numeric() || c.is_control())
            && !fold(word).is_empty()
            && crate::vocabulary::status(word).is_none_or(|_| column.kind != Kind::Status)
            && !knows(column.kind, word)
    };
    let mut words: Vec<(&str, usize)> = profile.words().into_iter().filter(is_shown).collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{PROVIDERS, REFERRALS};

    fn rows(cells: &[&str]) -> Vec<Vec<String>> {
        let all = cells.iter().cycle().take(cells.len().max(20));
        all.map(|cell| vec![(*cell).to_string()]).collect()
    }

    fn said(column: &str, cells: &[&str]) -> Fitness {
        let column = &REFERRALS.columns[REFERRALS.index(column).unwrap()];
        fitness(column, &Profile::of(&rows(cells), 0, &[]))
    }

    #[test]
    fn cells_speak_for_or_against() {
        let npis = ["1003033051", "1234567893"];
        assert!(said("referring_npi", &npis).support > 0.4);
        assert!(said("referring_name", &npis).leaves <= 0.1);
        assert!(said("status", &["Open", "Closed", "Denied"]).support > 0.5);
        assert!(said("status", &["Smith, Ann", "Jones, Bob"]).leaves <= 0.2);
        assert!(said("patient_id", &["Smith, Ann", "Jones, Bob"]).leaves == 0.0);
        assert!(said("referred_on", &["soon", "later"]).leaves <= 0.05);
        assert_eq!(said("referred_on", &[]), Fitness::neutral());
    }

    #[test]
    fn what_is_said_are_shares() {
        let npis = ["1003033051", "1003033051", "1003033052", "1234567893"];
        let words = said("referring_npi", &npis).words;
        assert_eq!(words.as_deref(), Some("75 % of the cells are NPIs"));
        assert_eq!(
            [percent(0.999), percent(0.001), percent(1.0)],
            ["99 %", "1 %", "100 %"]
        );
    }

    #[test]
    fn words_are_shown_only_where_they_can_be_no_secret() {
        let status = &REFERRALS.columns[REFERRALS.index("status").unwrap()];
        let long = "x".repeat(41);
        let cells = ["Open", "Sent over", "Once", "Room 5", &long];
        let mut rows = rows(&cells);
        rows.truncate(20);
        rows.push(vec!["Only one".to_string()]);
        let found = unknown_words(status, &Profile::of(&rows, 0, &[]));
        assert_eq!(found, [("Once", 4), ("Sent over", 4)]);
        let entity = &PROVIDERS.columns[PROVIDERS.index("entity_type").unwrap()];
        assert_eq!(code_of(entity.name, "2"), Some("organization"));
    }
}
