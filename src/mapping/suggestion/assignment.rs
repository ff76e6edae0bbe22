//! Which column of a file feeds which canonical column: the certainty of each pair from its name and
//! its cells, and the pairs by falling certainty, so that a column is used once.

use std::collections::BTreeSet;

use super::fitness::{Fitness, fitness};
use super::naming::{Likeness, Name, likeness};
use super::profile::Profile;
use crate::canonical::{Column, Kind, Layout, SHARED_PATIENTS};
use crate::patients::is_patient_field;

/// Below this certainty nothing is proposed.
pub(super) const LEAST: f64 = 0.3;
/// What a name that is one of the usual ones comes to without a look at the cells.
const NAME: f64 = 0.93;
/// What a name that is not a usual one comes to at most.
const UNSURE: f64 = 0.89;
/// What counts of cells that fit where the name says nothing, or something else.
const NAMELESS: f64 = 0.8;
const CONTRARY: f64 = 0.25;
/// What is left of a name where neither it nor the cells speak of the identifier it should hold.
const UNPROVEN: f64 = 0.5;
/// A column that is used already feeds a required one as well from this certainty on.
const SECOND_USE: f64 = 0.6;

/// A column of the file, with all that is known of it.
#[derive(Debug, Clone)]
pub(super) struct Source<'r> {
    /// Its name as it stands in the file.
    pub(super) raw: String,
    /// Its name as the mapping writes it.
    pub(super) header: String,
    pub(super) name: Name,
    pub(super) profile: Profile<'r>,
    /// Whether a mapping can name it: it has a name, and no other column has the same.
    pub(super) is_usable: bool,
    /// Whether its name is one of a patient's own data, in a table about patients.
    pub(super) is_patients: bool,
}

impl<'r> Source<'r> {
    /// Every column of a header; `missing` are further words for "no value".
    pub(super) fn all(header: &[String], rows: &'r [Vec<String>], missing: &[String]) -> Vec<Self> {
        let names: Vec<Name> = header.iter().map(|name| Name::of(name)).collect();
        let is_usable = |at: usize| {
            let folded = &names[at].folded;
            let same = names.iter().filter(|name| name.folded == *folded);
            !folded.is_empty() && same.count() == 1
        };
        let sources = header.iter().enumerate().map(|(at, header)| Self {
            raw: header.clone(),
            header: plain(header),
            name: names[at].clone(),
            profile: Profile::of(rows, at, missing),
            is_usable: is_usable(at),
            is_patients: is_patient_field(header),
        });
        sources.collect()
    }

    /// Whether it is a patient's own: as its name reads in a table about patients, and in every
    /// other where the name says so itself.
    pub(super) fn is_withheld(&self, layout: &Layout) -> bool {
        self.is_patients && (layout.has_patients() || self.name.has("patient"))
    }

    /// Whether it is the day of a patient's birth.
    pub(super) fn is_birth_date(&self) -> bool {
        let words = [
            "dob",
            "birth",
            "birthdate",
            "birthday",
            "born",
            "bdate",
            "bday",
        ];
        self.is_patients
            && self.name.words.iter().any(|word| {
                let folded = word.as_str();
                words.contains(&folded) || folded.ends_with("dob")
            })
            && (self.profile.is_empty() || self.profile.days >= 0.5)
    }
}

/// A header in one line and without signs that a mapping or an expression could stumble over; names
/// are found without regard to them.
fn plain(header: &str) -> String {
    let spaced = header.chars().map(|c| match c {
        '"' | '\\' => ' ',
        c if c.is_control() => ' ',
        c => c,
    });
    let spaced: String = spaced.collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A column of the file proposed for a canonical one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    /// The canonical column's place in its layout.
    pub(super) column: usize,
    /// The places of the file's columns, as the origin reads them.
    pub(super) sources: Vec<usize>,
    pub(super) certainty: f64,
    pub(super) why: String,
}

/// The pairs of a table, in the order of its columns.
pub(super) fn assigned(layout: &'static Layout, sources: &[Source]) -> Vec<Pair> {
    let mut all = candidates(layout, sources);
    all.sort_by(|a, b| {
        let places = |pair: &Pair| (pair.column, pair.sources.clone());
        b.certainty
            .total_cmp(&a.certainty)
            .then_with(|| places(a).cmp(&places(b)))
    });
    let mut pairs: Vec<Pair> = Vec::new();
    let mut used = BTreeSet::new();
    for pair in &all {
        let is_free = pair.sources.iter().all(|source| !used.contains(source));
        if is_free && pairs.iter().all(|other| other.column != pair.column) {
            used.extend(pair.sources.iter().copied());
            pairs.push(pair.clone());
        }
    }
    for (at, column) in layout.columns.iter().enumerate() {
        let is_fed = pairs.iter().any(|pair| pair.column == at);
        let again = all
            .iter()
            .find(|pair| pair.column == at && pair.certainty >= SECOND_USE);
        if let Some(pair) = again.filter(|_| column.required && !is_fed) {
            pairs.push(pair.clone());
        }
    }
    pairs.sort_by_key(|pair| pair.column);
    pairs
}

fn candidates(layout: &'static Layout, sources: &[Source]) -> Vec<Pair> {
    let mut all = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        if !source.is_usable {
            continue;
        }
        for (place, column) in layout.columns.iter().enumerate() {
            if source.is_withheld(layout) && !takes_patients(column, source) {
                continue;
            }
            let (certainty, why) = certainty(layout, column, source);
            if certainty >= LEAST {
                all.push(Pair {
                    column: place,
                    sources: vec![at],
                    certainty,
                    why,
                });
            }
        }
    }
    all.extend(pairs_of_names(layout, sources));
    all
}

/// A patient's own column feeds nothing but the identifier, and that only where it is a number of
/// the export: never a social security number, a name or a day.
fn takes_patients(column: &Column, source: &Source) -> bool {
    let is_secret = |word: &String| {
        [
            "ssn", "social", "security", "birth", "dob", "name", "first", "last", "phone", "email",
            "address",
        ]
        .contains(&word.as_str())
    };
    column.kind == Kind::Patient && !source.name.words.iter().any(is_secret)
}

/// How certain it is that a column of the file is a canonical one, and why.
fn certainty(layout: &'static Layout, column: &'static Column, source: &Source) -> (f64, String) {
    let likeness = likeness(&source.name, layout.table, column.name);
    let fitness = fitness(column, &source.profile);
    let gate = match (likeness.has_conflict, likeness.score > 0.0) {
        (true, _) => CONTRARY,
        (false, false) => NAMELESS,
        (false, true) => 1.0,
    };
    let is_usual = likeness.is_exact && likeness.score >= 1.0;
    // A name that does not speak of NPIs needs cells that do.
    let is_unproven = column.kind == Kind::Npi
        && !is_usual
        && !source.name.has("npi")
        && source.profile.npis < 0.5;
    let leaves = fitness.leaves * if is_unproven { UNPROVEN } else { 1.0 };
    let by_name = NAME * likeness.score * leaves;
    let certainty = 1.0 - (1.0 - by_name) * (1.0 - fitness.support * gate);
    let is_same_words = likeness.score >= 0.96 && !likeness.has_conflict;
    let most = if is_usual || is_same_words {
        0.99
    } else {
        UNSURE
    };
    (certainty.min(most), reason(&likeness, &fitness))
}

fn reason(likeness: &Likeness, fitness: &Fitness) -> String {
    let name = match likeness.score {
        score if score <= 0.0 => None,
        _ if likeness.is_exact => Some(format!("name matches '{}'", likeness.usual)),
        _ => Some(format!("name is like '{}'", likeness.usual)),
    };
    let parts: Vec<String> = name.into_iter().chain(fitness.words.clone()).collect();
    parts.join("; ")
}

/// Columns that hold the two parts of a clinician's name.
fn pairs_of_names(layout: &'static Layout, sources: &[Source]) -> Vec<Pair> {
    let targets = [
        ("referring_name", "sender"),
        ("referred_to_name", "target"),
        ("name", "provider"),
    ];
    let is_part = |source: &Source, part: &str, whose: &str| {
        let words = &source.name.words;
        let folded = source.name.folded.as_str();
        let is_joined = folded == format!("{part}name");
        let rest = words.iter().all(|word| {
            [part, whose, "name", "provider", &format!("{part}name")].contains(&word.as_str())
        });
        let is_whose = whose == "provider" || source.name.has(whose);
        (source.name.has(part) || is_joined || source.name.has(&format!("{part}name")))
            && rest
            && is_whose
            && source.is_usable
            && !source.is_withheld(layout)
            && source.profile.numbers < 0.2
    };
    let mut pairs = Vec::new();
    for (target, whose) in targets {
        let Some(column) = layout
            .index(target)
            .filter(|_| layout.table != "organizations")
        else {
            continue;
        };
        let find = |part: &str| {
            sources
                .iter()
                .position(|source| is_part(source, part, whose))
        };
        if let (Some(last), Some(first)) = (find("last"), find("first")) {
            let mut read = vec![last, first];
            read.extend(
                (target == "name")
                    .then(|| organization_name(sources))
                    .flatten(),
            );
            pairs.push(Pair {
                column,
                sources: read,
                certainty: 0.92,
                why: "last and first name stand in columns of their own".to_string(),
            });
        }
    }
    pairs
}

/// Two columns of NPIs with nothing but whole numbers beside them, as published files of shared
/// patients have them: the first names the sender.
pub(super) fn numeric_pairs(sources: &[Source], rows: &[Vec<String>]) -> Option<Vec<Pair>> {
    let is_npi = |at: &usize| sources[*at].profile.npis >= 0.9;
    let (npis, others): (Vec<usize>, Vec<usize>) = (0..sources.len()).partition(is_npi);
    let is_count = |at: &usize| sources[*at].profile.counts >= 0.98;
    let ([from, to], true) = (&npis[..], others.iter().all(is_count)) else {
        return None;
    };
    let mut found = counts(&others, rows)?;
    found.push(("npi_from", *from, 0.7, "the first of two columns of NPIs"));
    found.push(("npi_to", *to, 0.7, "the second of two columns of NPIs"));
    let pair = |(name, source, certainty, why): Meant| {
        let column = SHARED_PATIENTS.index(name)?;
        let (sources, why) = (vec![source], why.to_string());
        Some(Pair {
            column,
            sources,
            certainty,
            why,
        })
    };
    let mut pairs: Vec<Pair> = found.into_iter().filter_map(pair).collect();
    pairs.sort_by_key(|pair| pair.column);
    Some(pairs)
}

/// A canonical column, the file's column that it is, the certainty, and why.
type Meant = (&'static str, usize, f64, &'static str);

/// What the numbers beside two NPIs are: of two the greater counts what happened and the smaller
/// whom it happened to.
fn counts(places: &[usize], rows: &[Vec<String>]) -> Option<Vec<Meant>> {
    let at_most = |less: usize, more: usize| {
        let number = |row: &Vec<String>, at: usize| crate::values::count(row.get(at)?).value();
        let holds = |row: &&Vec<String>| number(row, less) <= number(row, more);
        rows.iter().filter(holds).count() * 100 >= rows.len() * 99
    };
    match places {
        [only] => Some(vec![(
            "patients",
            *only,
            0.62,
            "the only column of whole numbers",
        )]),
        [one, two, rest @ ..] if rest.len() < 2 => {
            let (more, less) = match (at_most(*two, *one), at_most(*one, *two)) {
                (true, _) => (*one, *two),
                (false, true) => (*two, *one),
                _ => return None,
            };
            let mut found = vec![
                (
                    "transactions",
                    more,
                    0.65,
                    "the greater of two whole numbers",
                ),
                ("patients", less, 0.65, "the smaller of two whole numbers"),
            ];
            let same_day = rest.first().filter(|at| at_most(**at, more));
            found.extend(
                same_day.map(|at| ("same_day", *at, 0.6, "the last of three whole numbers")),
            );
            Some(found)
        }
        _ => None,
    }
}

/// NPPES names organizations in a column of their own.
fn organization_name(sources: &[Source]) -> Option<usize> {
    sources.iter().position(|source| {
        source.is_usable && source.name.folded == "providerorganizationnamelegalbusinessname"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{PROVIDERS, REFERRALS};

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_string()).collect()
    }

    fn found(layout: &'static Layout, names: &[&str]) -> Vec<(&'static str, Vec<usize>)> {
        let sources = Source::all(&header(names), &[], &[]);
        let pairs = assigned(layout, &sources);
        pairs
            .into_iter()
            .map(|pair| (layout.columns[pair.column].name, pair.sources))
            .collect()
    }

    #[test]
    fn a_column_is_used_once_by_the_most_certain() {
        let pairs = found(
            &REFERRALS,
            &["Ref From", "Referring Provider Name", "Ref To"],
        );
        assert_eq!(
            pairs,
            [("referring_name", vec![1]), ("referred_to_name", vec![2])]
        );
    }

    #[test]
    fn names_in_two_columns_are_put_together() {
        let pairs = found(&PROVIDERS, &["NPI", "First Name", "Last Name"]);
        assert_eq!(pairs, [("npi", vec![0]), ("name", vec![2, 1])]);
        let pairs = found(
            &REFERRALS,
            &[
                "Referring Provider Last Name",
                "Referring Provider First Name",
                "Last Name",
                "First Name",
            ],
        );
        assert_eq!(pairs, [("referring_name", vec![0, 1])]);
    }

    #[test]
    fn what_can_not_be_named_and_what_is_a_patients_feeds_nothing() {
        assert!(found(&PROVIDERS, &["NPI", "npi", "", "?"]).is_empty());
        assert!(
            found(
                &REFERRALS,
                &["Patient Name", "Patient SSN", "PAT_NAME", "DOB"]
            )
            .is_empty()
        );
        assert_eq!(plain("Referring\r\nNPI \"old\""), "Referring NPI old");
    }
}
