//! From raw cells to typed rows: every rule of a layout over one run of rows. What can't be stored
//! goes to the quarantine with its reasons.

use std::borrow::Cow;

use chrono_tz::Tz;
use polars::prelude::*;

use super::cells::{Cells, content_hash, series};
use super::patients::{self, Told};
use super::pseudonyms::Pseudonyms;
use super::quarantine::{Quarantined, kept_cells};
use super::row::{Faults, Reason, Tally};
use super::rows::Texts;
use crate::mapping::canonical::{Kind, Layout};
use crate::mapping::values::{self, Dates, Read};
use crate::mapping::vocabulary;

/// What the rules need to know of the file and the workspace.
#[derive(Clone)]
pub(super) struct Rules<'a> {
    pub layout: &'static Layout,
    pub pseudonyms: &'a Pseudonyms,
    pub zone: Tz,
    /// The source of rows that name none.
    pub source: &'a str,
    pub load_id: &'a str,
    /// No day may lie after this one where its row says nothing itself.
    pub last_possible: Option<i32>,
    /// The file's latest day, where it is known already.
    pub latest: Option<i32>,
    /// For each column how its dates are written.
    pub dates: &'a [Dates],
}

/// What became of a run of rows.
pub(super) struct Cleaned {
    pub stored: DataFrame,
    pub quarantined: Vec<Quarantined>,
    pub tally: Tally,
    /// The greatest day of stored rows that counts for the file's latest day.
    pub latest: Option<i32>,
}

/// Cleans a run of rows. `raw` has for each column of the layout its texts, where the file has
/// them; `rows` are the rows' numbers in the file; `told` is what the rows say of their patients.
pub(super) fn clean(
    raw: &[Texts<'_>],
    rows: &[i64],
    told: Option<&Told<'_>>,
    rules: &Rules<'_>,
) -> PolarsResult<Cleaned> {
    let mut faults = Faults::new(rows.len());
    let mut columns: Vec<Cells<'_>> = rules
        .layout
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let mut bad = |row: usize, reason: Reason| {
                if column.required && reason != Reason::UnknownWord {
                    faults.quarantine(row, reason);
                } else {
                    faults.empty(row, at, reason);
                }
            };
            read(raw[at].as_deref(), at, rows.len(), rules, &mut bad)
        })
        .collect();
    keep_patients_out(raw, &mut columns, told, rules, &mut faults);
    super::rules::apply(&mut columns, rules, &mut faults);
    assemble(raw, &columns, rows, told, rules, &faults)
}

/// Empties what gives a patient away, and free text. An id that does is hashed, since versions are
/// told apart by it.
fn keep_patients_out(
    raw: &[Texts<'_>],
    columns: &mut [Cells<'_>],
    told: Option<&Told<'_>>,
    rules: &Rules<'_>,
    faults: &mut Faults,
) {
    let rows = columns.first().map_or(0, super::cells::length);
    let told = told.filter(|t| !t.is_empty());
    for row in 0..rows {
        let secrets = told.map(|t| t.of(row));
        for (at, column) in rules.layout.columns.iter().enumerate() {
            match (&mut columns[at], &secrets) {
                (Cells::Text(texts), _) if column.kind == Kind::Text => {
                    let Some(text) = texts[row].as_deref() else {
                        continue;
                    };
                    let tells = secrets.as_ref().is_some_and(|s| s.are_in(text));
                    if tells && column.name.ends_with("_id") {
                        texts[row] = Some(Cow::Owned(rules.pseudonyms.of(text)));
                    } else if tells || patients::is_free_text(text) {
                        texts[row] = None;
                        let reason = if tells {
                            Reason::PatientText
                        } else {
                            Reason::FreeText
                        };
                        faults.empty(row, at, reason);
                    }
                }
                (Cells::Text(zips), Some(secrets)) if column.kind == Kind::Zip => {
                    let text = raw[at].as_ref().and_then(|texts| texts[row].as_deref());
                    if zips[row].is_some() && text.is_some_and(|text| secrets.are_in(text)) {
                        zips[row] = None;
                        faults.empty(row, at, Reason::PatientText);
                    }
                }
                (Cells::Day(days), Some(secrets))
                    if days[row].is_some_and(|day| secrets.have_day(day)) =>
                {
                    days[row] = None;
                    if column.required {
                        faults.quarantine(row, Reason::BadDate);
                    } else {
                        faults.empty(row, at, Reason::BadDate);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The texts of a column as they are borrowed.
type Borrowed<'a> = Option<&'a [Option<Cow<'a, str>>]>;

fn read<'a>(
    raw: Borrowed<'a>,
    at: usize,
    rows: usize,
    rules: &Rules<'_>,
    bad: &mut dyn FnMut(usize, Reason),
) -> Cells<'a> {
    let kind = rules.layout.columns[at].kind;
    match kind {
        Kind::Day | Kind::PastDay => Cells::Day(typed(raw, rows, Reason::BadDate, bad, |c| {
            values::day(c, rules.zone, &rules.dates[at])
        })),
        Kind::Moment => Cells::Moment(typed(raw, rows, Reason::BadDate, bad, |c| {
            values::moment(c, rules.zone, &rules.dates[at])
        })),
        Kind::Amount => Cells::Real(typed(raw, rows, Reason::BadNumber, bad, |c| {
            at_least(values::real(c), 0.0)
        })),
        Kind::Between(low, high) => {
            Cells::Real(typed(
                raw,
                rows,
                Reason::BadNumber,
                bad,
                |c| match values::real(c) {
                    Read::Value(n) if n < f64::from(low) || n > f64::from(high) => Read::Bad,
                    other => other,
                },
            ))
        }
        Kind::Count => Cells::Count(typed(raw, rows, Reason::BadNumber, bad, values::count)),
        Kind::Flag => Cells::Flag(typed(raw, rows, Reason::UnknownWord, bad, |c| {
            if kind.is_missing(c) {
                Read::Missing
            } else {
                vocabulary::flag(c).map_or(Read::Bad, Read::Value)
            }
        })),
        Kind::Zip => Cells::Text(typed(raw, rows, Reason::BadZip, bad, values::zip)),
        Kind::Npi => Cells::Text(typed(raw, rows, Reason::BadNpi, bad, values::npi)),
        _ => read_text(raw, kind, rows, rules, bad),
    }
}

fn read_text<'a>(
    raw: Borrowed<'a>,
    kind: Kind,
    rows: usize,
    rules: &Rules<'_>,
    bad: &mut dyn FnMut(usize, Reason),
) -> Cells<'a> {
    let reason = match kind {
        Kind::Status => Reason::UnknownStatus,
        _ => Reason::UnknownWord,
    };
    Cells::Text(typed(raw, rows, reason, bad, |cell| {
        if kind.is_missing(cell) {
            return Read::Missing;
        }
        let found = match kind {
            Kind::Status => vocabulary::status(cell).map(Cow::Borrowed),
            Kind::Reason => Some(Cow::Borrowed(vocabulary::reason(cell))),
            Kind::Word(list) => vocabulary::word_of(list, cell).map(Cow::Borrowed),
            Kind::AgeBands => age_bands(cell).map(Cow::Owned),
            Kind::Patient => Some(Cow::Owned(rules.pseudonyms.of(cell))),
            _ => Some(Cow::Borrowed(cell)),
        };
        found.map_or(Read::Bad, Read::Value)
    }))
}

/// Reads the cells of a column; the closure sees them trimmed.
fn typed<'a, T>(
    raw: Borrowed<'a>,
    rows: usize,
    reason: Reason,
    bad: &mut dyn FnMut(usize, Reason),
    parse: impl Fn(&'a str) -> Read<T>,
) -> Vec<Option<T>> {
    let Some(raw) = raw else {
        return (0..rows).map(|_| None).collect();
    };
    raw.iter()
        .enumerate()
        .map(
            |(row, cell)| match parse(cell.as_deref().unwrap_or("").trim()) {
                Read::Value(value) => Some(value),
                Read::Missing => None,
                Read::Bad => {
                    bad(row, reason);
                    None
                }
            },
        )
        .collect()
}

fn at_least(read: Read<f64>, least: f64) -> Read<f64> {
    match read {
        Read::Value(n) if n < least => Read::Bad,
        other => other,
    }
}

/// A list of age bands in one form: `0-17;65+`. `None` where a word is no band.
fn age_bands(cell: &str) -> Option<String> {
    const BANDS: &[&str] = &["0-17", "18-64", "65+"];
    let mut found = [false; 3];
    for word in cell
        .split([';', '|', ','])
        .map(str::trim)
        .filter(|w| !w.is_empty())
    {
        let band = vocabulary::word_of(BANDS, word)?;
        found[BANDS.iter().position(|b| *b == band)?] = true;
    }
    let bands: Vec<&str> = BANDS
        .iter()
        .zip(found)
        .filter(|(_, f)| *f)
        .map(|(b, _)| *b)
        .collect();
    (!bands.is_empty()).then(|| bands.join(";"))
}

fn assemble(
    raw: &[Texts<'_>],
    columns: &[Cells<'_>],
    rows: &[i64],
    told: Option<&Told<'_>>,
    rules: &Rules<'_>,
    faults: &Faults,
) -> PolarsResult<Cleaned> {
    let sound: Vec<usize> = (0..rows.len()).filter(|r| faults.is_sound(*r)).collect();
    let mut out: Vec<Column> = rules
        .layout
        .columns
        .iter()
        .zip(columns)
        .map(|(column, cells)| series(column.name, cells, &sound).map(Column::from))
        .collect::<PolarsResult<_>>()?;
    let hashes: Vec<String> = sound
        .iter()
        .map(|r| content_hash(columns, rules.layout, *r))
        .collect();
    let numbers: Vec<i64> = sound.iter().map(|r| rows[*r]).collect();
    let latest = Series::new("file_latest_on".into(), vec![rules.latest; sound.len()])
        .cast(&DataType::Date)?;
    out.push(latest.into());
    out.push(Column::new("content_hash".into(), hashes));
    out.push(Column::new_scalar(
        "load_id".into(),
        Scalar::from(PlSmallStr::from_str(rules.load_id)),
        sound.len(),
    ));
    out.push(Column::new("row_number".into(), numbers));
    let (tally, quarantined) = account(raw, columns, rows, told, rules, faults);
    let stored = DataFrame::new(sound.len(), out)?;
    Ok(Cleaned {
        stored,
        quarantined,
        tally,
        latest: latest_day(columns, rules.layout, &sound),
    })
}

/// Counts what became of rows and fields, and keeps what is left of refused rows.
fn account(
    raw: &[Texts<'_>],
    columns: &[Cells<'_>],
    rows: &[i64],
    told: Option<&Told<'_>>,
    rules: &Rules<'_>,
    faults: &Faults,
) -> (Tally, Vec<Quarantined>) {
    let (mut tally, mut quarantined) = (Tally::default(), Vec::new());
    for (column, reason) in faults.emptied() {
        let place = (rules.layout.columns[column].name, reason.code());
        *tally.emptied.entry(place).or_default() += 1;
    }
    for (row, number) in rows.iter().enumerate() {
        if faults.is_sound(row) {
            tally.stored += 1;
            continue;
        }
        let reasons = faults.reasons(row);
        for reason in &reasons {
            *tally.reasons.entry(reason.code()).or_default() += 1;
        }
        tally.quarantined += 1;
        let cells = kept_cells(raw, columns, row, told, rules);
        quarantined.push(Quarantined {
            row: *number,
            reasons,
            cells,
        });
    }
    (tally, quarantined)
}

/// Where no row says when it was updated, the latest of these days is the file's.
const LATEST: &[&str] = &[
    "referred_on",
    "scheduled_on",
    "completed_on",
    "report_sent_on",
];

fn latest_day(columns: &[Cells<'_>], layout: &Layout, sound: &[usize]) -> Option<i32> {
    LATEST
        .iter()
        .filter_map(|name| match &columns[layout.index(name)?] {
            Cells::Day(days) => sound.iter().filter_map(|r| days[*r]).max(),
            _ => None,
        })
        .max()
}
