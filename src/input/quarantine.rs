//! What is kept of rows that can't be stored: their reasons, their place, and their cells without the
//! patient's.

use polars::prelude::*;

use super::blocks::Malformed;
use super::cells::{Cells, is_missing};
use super::cleaning::Rules;
use super::patients::{self, Told};
use super::row::Reason;
use super::rows::Texts;
use crate::mapping::canonical::Kind;
use crate::mapping::values::{self, Read};
use crate::mapping::vocabulary;

/// A quarantined row.
pub(super) struct Quarantined {
    pub row: i64,
    pub reasons: Vec<Reason>,
    pub cells: String,
}

/// The cells of a row as JSON: those that are what their column holds, and the shape of all others.
/// The patient's fields are left out. A name typed into a column of dates is never kept.
pub(super) fn kept_cells(
    raw: &[Texts<'_>],
    columns: &[Cells<'_>],
    row: usize,
    told: Option<&Told<'_>>,
    rules: &Rules<'_>,
) -> String {
    let secrets = told.filter(|t| !t.is_empty()).map(|t| t.of(row));
    let mut kept = serde_json::Map::new();
    for (at, column) in rules.layout.columns.iter().enumerate() {
        let text = raw[at].as_ref().and_then(|texts| texts[row].as_deref());
        let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else {
            continue;
        };
        if is_patients(column.name) {
            continue;
        }
        let tells = secrets.as_ref().is_some_and(|s| s.are_in(text));
        let is_sound = match column.kind {
            Kind::Text => !patients::is_free_text(text),
            Kind::Reason => vocabulary::reason(text) != "other",
            kind if kind.is_date() => {
                matches!(
                    values::day(text, rules.zone, &rules.dates[at]),
                    Read::Value(_)
                )
            }
            _ => !is_missing(&columns[at], row),
        };
        let cell = if is_sound && !tells {
            text.to_string()
        } else {
            patients::shape_of(text)
        };
        kept.insert(column.name.to_string(), cell.into());
    }
    serde_json::Value::Object(kept).to_string()
}

fn is_patients(column: &str) -> bool {
    column.starts_with("patient") || column == "age_band"
}

/// The quarantine's rows of one file: those that were refused, then those that can't be read.
pub(super) fn frame(
    rows: &[Quarantined],
    malformed: &[Malformed],
    table: &str,
    file: &str,
    load_id: &str,
) -> PolarsResult<DataFrame> {
    let height = rows.len() + malformed.len();
    let codes = |r: &Quarantined| {
        r.reasons
            .iter()
            .map(|r| r.code())
            .collect::<Vec<_>>()
            .join(",")
    };
    let torn = || {
        malformed
            .iter()
            .map(|_| Reason::MalformedRow.code().to_string())
    };
    let numbers = rows
        .iter()
        .map(|r| r.row)
        .chain(malformed.iter().map(|m| m.row as i64));
    let cells = rows
        .iter()
        .map(|r| Some(r.cells.as_str()))
        .chain(malformed.iter().map(|_| None));
    let bytes = |of: fn(&Malformed) -> u64| -> Vec<Option<i64>> {
        let known = malformed.iter().map(|m| Some(of(m) as i64));
        rows.iter().map(|_| None).chain(known).collect()
    };
    let columns = vec![
        Column::new("table_name".into(), vec![table; height]),
        Column::new("file".into(), vec![file; height]),
        Column::new("row_number".into(), numbers.collect::<Vec<_>>()),
        Column::new(
            "reasons".into(),
            rows.iter().map(codes).chain(torn()).collect::<Vec<_>>(),
        ),
        Column::new("cells".into(), cells.collect::<Vec<_>>()),
        Column::new("byte_offset".into(), bytes(|m| m.offset)),
        Column::new("byte_length".into(), bytes(|m| m.length)),
        Column::new("load_id".into(), vec![load_id; height]),
    ];
    DataFrame::new(height, columns)
}
