//! Keeps what a row says of its patient out of every other column of the row: identifiers, names and
//! birth dates, wherever they were typed. What leaves this file is the judgement alone.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::rows::{Run, Source, Texts};
use crate::mapping::canonical::Kind;
use crate::mapping::patients::{is_name_field, is_patient_field};
use crate::mapping::values::{self, Dates, DayOrder, Read};
use crate::mapping::vocabulary::fold;

/// An identifier shorter than this stands in other cells by chance.
const SHORTEST: usize = 4;
/// A cell longer than this is free text.
const LONGEST: usize = 160;
/// Digits that are looked for however they are parted, as those of a telephone number are.
const DIGITS: usize = 9;
/// A date has so many digits at least: those of a day and of a year, or of three short numbers.
const DIGITS_OF_A_DATE: usize = 4;

/// The places of a header that hold a patient's own data, beyond the one that is hashed.
pub(super) fn places(source: &Source<'_>) -> Vec<usize> {
    if !source.recognised.mapping.table.has_patients() {
        return Vec::new();
    }
    let own = source.recognised.header.len();
    // Of joined files only that of the patients holds what is a patient's: the others are lists of
    // providers, places and events.
    let is_theirs = |place: usize| {
        let folded = fold(&source.header[place]);
        place < own || folded.starts_with("patient") || folded.starts_with("subject")
    };
    // What feeds a ZIP code is kept on purpose, also where its header calls it a part of an address.
    let columns = source.recognised.mapping.table.columns.iter().enumerate();
    let kept: Vec<usize> = columns
        .filter(|(_, column)| column.kind == Kind::Zip)
        .filter_map(|(at, _)| source.bound.value(at))
        .flat_map(|value| value.places())
        .collect();
    (0..source.header.len())
        .filter(|place| {
            !kept.contains(place) && is_theirs(*place) && is_patient_field(&source.header[*place])
        })
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
                is_name.push(is_name_field(&source.header[*place]));
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
            numbers: Vec::new(),
            words: BTreeSet::new(),
            days: Vec::new(),
            zone: self.zone,
        };
        let own = self
            .identifiers
            .as_ref()
            .and_then(|ids| ids[row].as_deref());
        if let Some(id) = own.map(str::trim).filter(|id| id.len() >= SHORTEST) {
            secrets.identify(id);
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

/// What a row says of its patient.
pub(super) struct Secrets<'a> {
    identifiers: Vec<&'a str>,
    /// The digits of identifiers that have many.
    numbers: Vec<String>,
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
            self.identify(cell);
        }
    }

    fn identify(&mut self, id: &'a str) {
        self.identifiers.push(id);
        let digits: String = id.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= DIGITS {
            self.numbers.push(digits);
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
            || self.hold_number_of(text)
            || (!self.days.is_empty() && self.holds_day(text))
    }

    /// An identifier's digits, however they are parted: `505.555.0142` is `(505) 555-0142`.
    fn hold_number_of(&self, text: &str) -> bool {
        if self.numbers.is_empty() || text.len() < DIGITS {
            return false;
        }
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/'))
            .collect();
        self.numbers.iter().any(|number| plain.contains(number))
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

    /// A date may stand in a text by itself, and be written in up to three words.
    fn holds_day(&self, text: &str) -> bool {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if digits < DIGITS_OF_A_DATE {
            return false;
        }
        let parts = text.split([' ', ';', ':', '(', ')']);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        let means = |text: &str| {
            let text = text.trim_end_matches([',', '.']);
            self.days_of(text).iter().any(|day| self.have_day(*day))
                || self.days.iter().any(|day| is_short_form(text, *day))
        };
        (1..=3).any(|n| parts.windows(n).any(|part| means(&part.join(" "))))
    }
}

/// Whether a text is a day with two digits for its year, in either order.
fn is_short_form(text: &str, day: i32) -> bool {
    let numbers: Vec<u32> = text
        .split(['/', '-', '.'])
        .map_while(|part| part.parse().ok())
        .collect();
    let (&[first, second, year], Some(date)) =
        (numbers.as_slice(), NaiveDate::from_epoch_days(day))
    else {
        return false;
    };
    let (of_year, of_month) = (date.month(), date.day());
    year == date.year().unsigned_abs() % 100
        && ((first, second) == (of_year, of_month) || (second, first) == (of_year, of_month))
}

/// Whether a text holds an identifier as a word of its own, in capitals or not.
fn holds(text: &str, id: &str) -> bool {
    let (bytes, id) = (text.as_bytes(), id.as_bytes());
    let is_edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    let is_here = |at: usize| {
        let end = at + id.len();
        bytes[at..end].eq_ignore_ascii_case(id)
            && text.is_char_boundary(at)
            && text.is_char_boundary(end)
            && is_edge(text[..at].chars().next_back())
            && is_edge(text[end..].chars().next())
    };
    bytes.len() >= id.len() && (0..=bytes.len() - id.len()).any(is_here)
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
