//! What is kept of rows that can't be stored: their reasons, their place, and their cells without the
//! patient's.

use polars::prelude::*;

use super::formats::csv::Malformed;
use super::row::Reason;
use crate::mapping::canonical::Layout;

/// A quarantined row.
pub(super) struct Quarantined {
    pub row: i64,
    pub reasons: Vec<Reason>,
    pub cells: String,
}

/// The raw cells of a row as JSON, without the patient's.
pub(super) fn raw_cells(raw: &[Option<&StringChunked>], layout: &Layout, row: usize) -> String {
    let cells: serde_json::Map<String, serde_json::Value> = layout
        .columns
        .iter()
        .zip(raw)
        .filter(|(column, _)| !is_patients(column.name))
        .filter_map(|(column, cells)| {
            Some((column.name.to_string(), cells.as_ref()?.get(row)?.into()))
        })
        .collect();
    serde_json::Value::Object(cells).to_string()
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
