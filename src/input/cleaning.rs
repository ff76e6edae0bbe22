//! From raw cells to typed rows: every rule of a layout over one run of rows. What can't be stored
//! goes to the quarantine with its reasons.

use std::borrow::Cow;

use chrono_tz::Tz;
use polars::prelude::*;

use super::canonical::{Kind, Layout};
use super::pseudonyms::{Pseudonyms, hex};
use super::row::{Faults, Reason, Tally};
use super::values::{self, Read};
use super::vocabulary;
use crate::base::npi;

const MICROS_A_DAY: i64 = 86_400_000_000;

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
}

/// A quarantined row.
pub(super) struct Quarantined {
    pub row: i64,
    pub reasons: Vec<Reason>,
    pub cells: String,
}

/// What became of a run of rows.
pub(super) struct Cleaned {
    pub stored: DataFrame,
    pub quarantined: Vec<Quarantined>,
    pub tally: Tally,
    /// The greatest day of stored rows that counts for the file's latest day.
    pub latest: Option<i32>,
}

enum Cells<'a> {
    Text(Vec<Option<Cow<'a, str>>>),
    Day(Vec<Option<i32>>),
    Moment(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Count(Vec<Option<i64>>),
    Flag(Vec<Option<bool>>),
}

/// Cleans a run of rows. `raw` has for each column of the layout its raw cells, where the file has
/// them; `rows` are the rows' numbers in the file.
pub(super) fn clean(raw: &[Option<&StringChunked>], rows: &[i64], rules: &Rules<'_>) -> PolarsResult<Cleaned> {
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
            read(raw[at], column.kind, rows.len(), rules, &mut bad)
        })
        .collect();
    require(&columns, rules.layout, &mut faults);
    forbid_future(&mut columns, rules, &mut faults);
    forbid_disorder(&mut columns, rules.layout, &mut faults);
    fill(&mut columns, rules);
    assemble(raw, &columns, rows, rules, &faults)
}

fn read<'a>(
    raw: Option<&'a StringChunked>,
    kind: Kind,
    rows: usize,
    rules: &Rules<'_>,
    bad: &mut dyn FnMut(usize, Reason),
) -> Cells<'a> {
    match kind {
        Kind::Day | Kind::PastDay => {
            Cells::Day(typed(raw, rows, Reason::BadDate, bad, |c| values::day(c, rules.zone)))
        }
        Kind::Moment => {
            Cells::Moment(typed(raw, rows, Reason::BadDate, bad, |c| values::moment(c, rules.zone)))
        }
        Kind::Amount => Cells::Real(typed(raw, rows, Reason::BadNumber, bad, |c| at_least(values::real(c), 0.0))),
        Kind::Between(low, high) => Cells::Real(typed(raw, rows, Reason::BadNumber, bad, |c| {
            match values::real(c) {
                Read::Value(n) if n < f64::from(low) || n > f64::from(high) => Read::Bad,
                other => other,
            }
        })),
        Kind::Count => Cells::Count(typed(raw, rows, Reason::BadNumber, bad, values::count)),
        Kind::Flag => Cells::Flag(typed(raw, rows, Reason::UnknownWord, bad, |c| {
            if c.is_empty() { Read::Missing } else { vocabulary::flag(c).map_or(Read::Bad, Read::Value) }
        })),
        Kind::Zip => Cells::Text(typed(raw, rows, Reason::BadZip, bad, |c| match values::zip(c) {
            Read::Value(zip) => Read::Value(Cow::Owned(zip)),
            Read::Missing => Read::Missing,
            Read::Bad => Read::Bad,
        })),
        _ => read_text(raw, kind, rows, rules, bad),
    }
}

fn read_text<'a>(
    raw: Option<&'a StringChunked>,
    kind: Kind,
    rows: usize,
    rules: &Rules<'_>,
    bad: &mut dyn FnMut(usize, Reason),
) -> Cells<'a> {
    let reason = match kind {
        Kind::Npi => Reason::BadNpi,
        Kind::Status => Reason::UnknownStatus,
        _ => Reason::UnknownWord,
    };
    Cells::Text(typed(raw, rows, reason, bad, |cell| {
        if cell.is_empty() {
            return Read::Missing;
        }
        let found = match kind {
            Kind::Npi if vocabulary::is_missing(cell) => return Read::Missing,
            Kind::Npi => npi::read(cell).map(Cow::Borrowed),
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
    raw: Option<&'a StringChunked>,
    rows: usize,
    reason: Reason,
    bad: &mut dyn FnMut(usize, Reason),
    parse: impl Fn(&'a str) -> Read<T>,
) -> Vec<Option<T>> {
    let Some(raw) = raw else { return (0..rows).map(|_| None).collect() };
    raw.iter()
        .enumerate()
        .map(|(row, cell)| match parse(cell.unwrap_or("").trim()) {
            Read::Value(value) => Some(value),
            Read::Missing => None,
            Read::Bad => {
                bad(row, reason);
                None
            }
        })
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
    for word in cell.split([';', '|', ',']).map(str::trim).filter(|w| !w.is_empty()) {
        let band = vocabulary::word_of(BANDS, word)?;
        found[BANDS.iter().position(|b| *b == band)?] = true;
    }
    let bands: Vec<&str> = BANDS.iter().zip(found).filter(|(_, f)| *f).map(|(b, _)| *b).collect();
    (!bands.is_empty()).then(|| bands.join(";"))
}

/// Quarantines rows that lack what they must have.
fn require(columns: &[Cells<'_>], layout: &Layout, faults: &mut Faults) {
    for (at, column) in layout.columns.iter().enumerate().filter(|(_, c)| c.required) {
        for row in missing(&columns[at]) {
            if faults.is_sound(row) || !faults.reasons(row).contains(&Reason::MissingRequired) {
                // A required cell that could not be read has its own reason already.
                if faults.emptied_at(row, at).is_some() || !was_bad(faults, row, column.kind) {
                    faults.quarantine(row, Reason::MissingRequired);
                }
            }
        }
    }
    let group: Vec<usize> = layout.one_of.iter().filter_map(|c| layout.index(c)).collect();
    let Some((first, rest)) = group.split_first() else { return };
    for row in missing(&columns[*first]) {
        if rest.iter().all(|at| is_missing(&columns[*at], row)) {
            let reason = group.iter().find_map(|at| faults.emptied_at(row, *at));
            faults.quarantine(row, reason.unwrap_or(Reason::MissingRequired));
        }
    }
}

/// Whether a row is quarantined for the reason that a bad cell of this kind gives.
fn was_bad(faults: &Faults, row: usize, kind: Kind) -> bool {
    let reason = match kind {
        Kind::Day | Kind::PastDay | Kind::Moment => Reason::BadDate,
        Kind::Amount | Kind::Between(..) | Kind::Count => Reason::BadNumber,
        Kind::Npi => Reason::BadNpi,
        Kind::Zip => Reason::BadZip,
        Kind::Status => Reason::UnknownStatus,
        _ => return false,
    };
    faults.reasons(row).contains(&reason)
}

fn missing<'c>(cells: &'c Cells<'_>) -> impl Iterator<Item = usize> + 'c {
    (0..length(cells)).filter(|row| is_missing(cells, *row))
}

fn length(cells: &Cells<'_>) -> usize {
    match cells {
        Cells::Text(v) => v.len(),
        Cells::Day(v) => v.len(),
        Cells::Moment(v) => v.len(),
        Cells::Real(v) => v.len(),
        Cells::Count(v) => v.len(),
        Cells::Flag(v) => v.len(),
    }
}

fn is_missing(cells: &Cells<'_>, row: usize) -> bool {
    match cells {
        Cells::Text(v) => v[row].is_none(),
        Cells::Day(v) => v[row].is_none(),
        Cells::Moment(v) => v[row].is_none(),
        Cells::Real(v) => v[row].is_none(),
        Cells::Count(v) => v[row].is_none(),
        Cells::Flag(v) => v[row].is_none(),
    }
}

fn days_of<'c, 'a>(columns: &'c mut [Cells<'a>], at: usize) -> Option<&'c mut Vec<Option<i32>>> {
    match &mut columns[at] {
        Cells::Day(days) => Some(days),
        _ => None,
    }
}

/// Days that lie after their row was written, or after their file was.
fn forbid_future(columns: &mut [Cells<'_>], rules: &Rules<'_>, faults: &mut Faults) {
    let updated: Option<Vec<Option<i64>>> =
        rules.layout.index("updated_at").and_then(|at| match &columns[at] {
            Cells::Moment(moments) => Some(moments.clone()),
            _ => None,
        });
    for (at, column) in rules.layout.columns.iter().enumerate() {
        if column.kind != Kind::PastDay {
            continue;
        }
        let Some(days) = days_of(columns, at) else { continue };
        for (row, day) in days.iter_mut().enumerate() {
            let own = updated.as_ref().and_then(|u| u[row]).map(|m| m.div_euclid(MICROS_A_DAY) as i32);
            let Some(last) = own.or(rules.last_possible) else { continue };
            if day.is_some_and(|d| d > last) {
                *day = None;
                if column.required {
                    faults.quarantine(row, Reason::FutureDate);
                } else {
                    faults.empty(row, at, Reason::FutureDate);
                }
            }
        }
    }
}

/// What may not come before what: the second of a pair is emptied where it does.
const ORDER: &[(&str, &str)] = &[
    ("referred_on", "scheduled_on"),
    ("referred_on", "appointment_on"),
    ("referred_on", "completed_on"),
    ("referred_on", "report_sent_on"),
    ("referred_on", "expires_on"),
    ("effective_from", "effective_to"),
];

fn forbid_disorder(columns: &mut [Cells<'_>], layout: &Layout, faults: &mut Faults) {
    for (first, second) in ORDER {
        let (Some(first), Some(second)) = (layout.index(first), layout.index(second)) else { continue };
        let Some(firsts) = days_of(columns, first).map(|d| d.clone()) else { continue };
        let Some(seconds) = days_of(columns, second) else { continue };
        for (row, (first, day)) in firsts.iter().zip(seconds.iter_mut()).enumerate() {
            if let (Some(from), Some(to)) = (first, *day)
                && to < *from
            {
                *day = None;
                faults.empty(row, second, Reason::DateOrder);
            }
        }
    }
}

/// Fills the source, and the time of versions that have none.
fn fill<'a>(columns: &mut [Cells<'a>], rules: &Rules<'a>) {
    if let Some(at) = rules.layout.index("source")
        && let Cells::Text(sources) = &mut columns[at]
    {
        for source in sources.iter_mut().filter(|s| s.is_none()) {
            *source = Some(Cow::Borrowed(rules.source));
        }
    }
    if let (Some(at), Some(latest)) = (rules.layout.index("updated_at"), rules.latest)
        && let Cells::Moment(moments) = &mut columns[at]
    {
        for moment in moments.iter_mut().filter(|m| m.is_none()) {
            *moment = Some(i64::from(latest) * MICROS_A_DAY);
        }
    }
}

fn assemble(
    raw: &[Option<&StringChunked>],
    columns: &[Cells<'_>],
    rows: &[i64],
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
    let hashes: Vec<String> = sound.iter().map(|r| content_hash(columns, rules.layout, *r)).collect();
    let numbers: Vec<i64> = sound.iter().map(|r| rows[*r]).collect();
    let latest = Series::new("file_latest_on".into(), vec![rules.latest; sound.len()]).cast(&DataType::Date)?;
    out.push(latest.into());
    out.push(Column::new("content_hash".into(), hashes));
    out.push(Column::new_scalar("load_id".into(), Scalar::from(PlSmallStr::from_str(rules.load_id)), sound.len()));
    out.push(Column::new("row_number".into(), numbers));
    let mut tally = Tally { stored: sound.len() as u64, ..Tally::default() };
    for (column, reason) in faults.emptied() {
        *tally.emptied.entry((rules.layout.columns[column].name, reason.code())).or_default() += 1;
    }
    let mut quarantined = Vec::new();
    for row in (0..rows.len()).filter(|r| !faults.is_sound(*r)) {
        let reasons = faults.reasons(row);
        for reason in &reasons {
            *tally.reasons.entry(reason.code()).or_default() += 1;
        }
        tally.quarantined += 1;
        quarantined.push(Quarantined { row: rows[row], reasons, cells: raw_cells(raw, rules.layout, row) });
    }
    let stored = DataFrame::new(sound.len(), out)?;
    Ok(Cleaned { stored, quarantined, tally, latest: latest_day(columns, rules.layout, &sound) })
}

fn series(name: &str, cells: &Cells<'_>, sound: &[usize]) -> PolarsResult<Series> {
    let name: PlSmallStr = name.into();
    Ok(match cells {
        Cells::Text(v) => StringChunked::from_iter_options(name, sound.iter().map(|r| v[*r].as_deref())).into_series(),
        Cells::Day(v) => Int32Chunked::from_iter_options(name, sound.iter().map(|r| v[*r])).into_series().cast(&DataType::Date)?,
        Cells::Moment(v) => Int64Chunked::from_iter_options(name, sound.iter().map(|r| v[*r]))
            .into_series()
            .cast(&DataType::Datetime(TimeUnit::Microseconds, None))?,
        Cells::Real(v) => Float64Chunked::from_iter_options(name, sound.iter().map(|r| v[*r])).into_series(),
        Cells::Count(v) => Int64Chunked::from_iter_options(name, sound.iter().map(|r| v[*r])).into_series(),
        Cells::Flag(v) => BooleanChunked::from_iter_options(name, sound.iter().map(|r| v[*r])).into_series(),
    })
}

/// The hash of a row's content: every cell but its source and the time of its version.
fn content_hash(columns: &[Cells<'_>], layout: &Layout, row: usize) -> String {
    let mut hasher = blake3::Hasher::new();
    for (column, cells) in layout.columns.iter().zip(columns) {
        if matches!(column.name, "source" | "updated_at") {
            continue;
        }
        match cells {
            Cells::Text(v) => hasher.update(v[row].as_deref().unwrap_or("").as_bytes()),
            Cells::Day(v) => hasher.update(&v[row].unwrap_or(i32::MIN).to_le_bytes()),
            Cells::Moment(v) | Cells::Count(v) => hasher.update(&v[row].unwrap_or(i64::MIN).to_le_bytes()),
            Cells::Real(v) => hasher.update(&v[row].unwrap_or(f64::NAN).to_bits().to_le_bytes()),
            Cells::Flag(v) => hasher.update(&[v[row].map_or(2, u8::from)]),
        };
        hasher.update(&[0x1f]);
    }
    hex(&hasher.finalize().as_bytes()[..16])
}

/// The raw cells of a row as JSON, without the patient's.
fn raw_cells(raw: &[Option<&StringChunked>], layout: &Layout, row: usize) -> String {
    let cells: serde_json::Map<String, serde_json::Value> = layout
        .columns
        .iter()
        .zip(raw)
        .filter(|(column, _)| !is_patients(column.name))
        .filter_map(|(column, cells)| Some((column.name.to_string(), cells.as_ref()?.get(row)?.into())))
        .collect();
    serde_json::Value::Object(cells).to_string()
}

fn is_patients(column: &str) -> bool {
    column.starts_with("patient") || column == "age_band"
}

/// Where no row says when it was updated, the latest of these days is the file's.
const LATEST: &[&str] = &["referred_on", "scheduled_on", "completed_on", "report_sent_on"];

fn latest_day(columns: &[Cells<'_>], layout: &Layout, sound: &[usize]) -> Option<i32> {
    LATEST
        .iter()
        .filter_map(|name| match &columns[layout.index(name)?] {
            Cells::Day(days) => sound.iter().filter_map(|r| days[*r]).max(),
            _ => None,
        })
        .max()
}
