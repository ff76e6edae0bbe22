//! Keeps what a row says of its patient out of every other column of the row: identifiers, names and
//! birth dates, wherever they were typed. What leaves this file is the judgement alone.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::rows::{Run, Source, Texts};
use crate::mapping::canonical::Kind;
use crate::mapping::patients::is_patient_field;
use crate::mapping::values::{self, Dates, DayOrder, Read};

/// An identifier shorter than this stands in other cells by chance.
const SHORTEST: usize = 4;
/// A cell longer than this is free text.
const LONGEST: usize = 160;

/// The places of a header that hold a patient's own data, beyond the one that is hashed.
pub(super) fn places(source: &Source<'_>) -> Vec<usize> {
    if !source.recognised.mapping.table.has_patients() {
        return Vec::new();
    }
    (0..source.header.len())
        .filter(|place| is_patient_field(&source.header[*place]))
        .collect()
}

/// What the rows of a run say of their patients.
pub(super) struct Told<'a> {
    cells: Vec<&'a [Option<&'a str>]>,
    is_name: Vec<bool>,
    identifiers: Texts<'a>,
    zone: Tz,
    rows: &'a [usize],
}

impl<'a> Told<'a> {
    /// Gathers the patient's fields of the rows of a run.
    pub(super) fn new(
        run: &'a Run<'a>,
        source: &'a Source<'_>,
        places: &[usize],
        rows: &'a [usize],
        zone: Tz,
    ) -> Self {
        let columns = source.recognised.mapping.table.columns;
        let patient = columns.iter().position(|c| c.kind == Kind::Patient);
        let (mut cells, mut is_name) = (Vec::new(), Vec::new());
        for place in places {
            if let Some(column) = run.cells.get(*place).and_then(Option::as_ref) {
                cells.push(column.as_slice());
                is_name.push(names_somebody(&source.header[*place]));
            }
        }
        Self {
            cells,
            is_name,
            identifiers: patient.and_then(|at| run.texts(&source.bound, at, rows)),
            zone,
            rows,
        }
    }

    /// Whether nothing is known of any patient.
    pub(super) fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.identifiers.is_none()
    }

    /// What a row says of its patient.
    pub(super) fn of(&self, row: usize) -> Secrets<'_> {
        let mut secrets = Secrets {
            identifiers: Vec::new(),
            words: BTreeSet::new(),
            days: Vec::new(),
            zone: self.zone,
        };
        let own = self
            .identifiers
            .as_ref()
            .and_then(|ids| ids[row].as_deref());
        if let Some(id) = own.map(str::trim).filter(|id| id.len() >= SHORTEST) {
            secrets.identifiers.push(id);
        }
        for (cells, is_name) in self.cells.iter().zip(&self.is_name) {
            let Some(cell) = cells[self.rows[row]].map(str::trim) else {
                continue;
            };
            secrets.add(cell, *is_name);
        }
        secrets
    }
}

/// Whether a patient's field holds a name, and not a place or a code.
fn names_somebody(header: &str) -> bool {
    let folded = crate::mapping::vocabulary::fold(header);
    [
        "name", "first", "last", "middle", "maiden", "surname", "given",
    ]
    .iter()
    .any(|part| folded.contains(part))
}

/// What a row says of its patient.
pub(super) struct Secrets<'a> {
    identifiers: Vec<&'a str>,
    words: BTreeSet<String>,
    days: Vec<i32>,
    zone: Tz,
}

impl<'a> Secrets<'a> {
    fn add(&mut self, cell: &'a str, is_name: bool) {
        let days = self.days_of(cell);
        if !days.is_empty() {
            self.days.extend(days);
        } else if is_name {
            self.words.extend(words_of(cell));
        } else if cell.len() >= SHORTEST && cell.bytes().any(|b| b.is_ascii_digit() || b == b'@') {
            self.identifiers.push(cell);
        }
    }

    /// The days that a cell can mean, in either order.
    fn days_of(&self, cell: &str) -> Vec<i32> {
        if cell.len() < 6 || !cell.bytes().any(|b| b.is_ascii_digit()) {
            return Vec::new();
        }
        let orders = [DayOrder::MonthFirst, DayOrder::DayFirst];
        let mut days: Vec<i32> = orders
            .into_iter()
            .filter_map(|order| {
                let dates = Dates {
                    order: Some(order),
                    ..Dates::default()
                };
                match values::day(cell, self.zone, &dates) {
                    Read::Value(day) => Some(day),
                    _ => None,
                }
            })
            .collect();
        days.dedup();
        days
    }

    /// Whether a day is the patient's.
    pub(super) fn have_day(&self, day: i32) -> bool {
        self.days.contains(&day)
    }

    /// Whether a text gives the patient away.
    pub(super) fn are_in(&self, text: &str) -> bool {
        self.identifiers.iter().any(|id| holds(text, id))
            || self.hold_words_of(text)
            || (!self.days.is_empty() && self.holds_day(text))
    }

    /// At least two words of the patient's name, or the only one as the whole text.
    fn hold_words_of(&self, text: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let words: BTreeSet<String> = words_of(text).collect();
        let shared = words.intersection(&self.words).count();
        shared > 1 || (shared == 1 && words.len() == 1 && self.words.len() == 1)
    }

    fn holds_day(&self, text: &str) -> bool {
        text.split([' ', ',', ';', '(', ')'])
            .any(|part| self.days_of(part).iter().any(|day| self.have_day(*day)))
    }
}

/// Whether a text holds an identifier as a word of its own.
fn holds(text: &str, id: &str) -> bool {
    if text.len() < id.len() {
        return false;
    }
    let is_edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(id).any(|(at, _)| {
        is_edge(text[..at].chars().next_back()) && is_edge(text[at + id.len()..].chars().next())
    })
}

fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() > 1)
        .map(str::to_lowercase)
}

/// Whether a text is longer than a name or a code ever is.
pub(super) fn is_free_text(text: &str) -> bool {
    text.len() > LONGEST
}

/// What is kept of a cell that must not be kept: its shape. Letters become `a`, digits `9`.
pub(super) fn shape_of(text: &str) -> String {
    let mut shape: String = text
        .chars()
        .take(40)
        .map(|c| match c {
            c if c.is_alphabetic() => 'a',
            c if c.is_numeric() => '9',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    if text.chars().nth(40).is_some() {
        shape.push('…');
    }
    shape
}
