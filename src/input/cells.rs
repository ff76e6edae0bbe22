//! The cells of a column as Rust has them between raw text and Polars: texts are borrowed where they
//! stay as they are.

use std::borrow::Cow;

use polars::prelude::*;

use super::pseudonyms::hex;
use crate::mapping::canonical::Layout;

pub(super) enum Cells<'a> {
    Text(Vec<Option<Cow<'a, str>>>),
    Day(Vec<Option<i32>>),
    Moment(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Count(Vec<Option<i64>>),
    Flag(Vec<Option<bool>>),
}

pub(super) fn missing<'c>(cells: &'c Cells<'_>) -> impl Iterator<Item = usize> + 'c {
    (0..length(cells)).filter(|row| is_missing(cells, *row))
}

pub(super) fn length(cells: &Cells<'_>) -> usize {
    match cells {
        Cells::Text(v) => v.len(),
        Cells::Day(v) => v.len(),
        Cells::Moment(v) => v.len(),
        Cells::Real(v) => v.len(),
        Cells::Count(v) => v.len(),
        Cells::Flag(v) => v.len(),
    }
}

pub(super) fn is_missing(cells: &Cells<'_>, row: usize) -> bool {
    match cells {
        Cells::Text(v) => v[row].is_none(),
        Cells::Day(v) => v[row].is_none(),
        Cells::Moment(v) => v[row].is_none(),
        Cells::Real(v) => v[row].is_none(),
        Cells::Count(v) => v[row].is_none(),
        Cells::Flag(v) => v[row].is_none(),
    }
}

pub(super) fn days_of<'c, 'a>(
    columns: &'c mut [Cells<'a>],
    at: usize,
) -> Option<&'c mut Vec<Option<i32>>> {
    match &mut columns[at] {
        Cells::Day(days) => Some(days),
        _ => None,
    }
}

pub(super) fn series(name: &str, cells: &Cells<'_>, sound: &[usize]) -> PolarsResult<Series> {
    let name: PlSmallStr = name.into();
    Ok(match cells {
        Cells::Text(v) => {
            StringChunked::from_iter_options(name, sound.iter().map(|r| v[*r].as_deref()))
                .into_series()
        }
        Cells::Day(v) => Int32Chunked::from_iter_options(name, sound.iter().map(|r| v[*r]))
            .into_series()
            .cast(&DataType::Date)?,
        Cells::Moment(v) => Int64Chunked::from_iter_options(name, sound.iter().map(|r| v[*r]))
            .into_series()
            .cast(&DataType::Datetime(TimeUnit::Microseconds, None))?,
        Cells::Real(v) => {
            Float64Chunked::from_iter_options(name, sound.iter().map(|r| v[*r])).into_series()
        }
        Cells::Count(v) => {
            Int64Chunked::from_iter_options(name, sound.iter().map(|r| v[*r])).into_series()
        }
        Cells::Flag(v) => {
            BooleanChunked::from_iter_options(name, sound.iter().map(|r| v[*r])).into_series()
        }
    })
}

/// The hash of a row's content: every cell but its source and the time of its version.
pub(super) fn content_hash(columns: &[Cells<'_>], layout: &Layout, row: usize) -> String {
    let mut hasher = blake3::Hasher::new();
    for (column, cells) in layout.columns.iter().zip(columns) {
        if matches!(column.name, "source" | "updated_at") {
            continue;
        }
        match cells {
            Cells::Text(v) => hasher.update(v[row].as_deref().unwrap_or("").as_bytes()),
            Cells::Day(v) => hasher.update(&v[row].unwrap_or(i32::MIN).to_le_bytes()),
            Cells::Moment(v) | Cells::Count(v) => {
                hasher.update(&v[row].unwrap_or(i64::MIN).to_le_bytes())
            }
            Cells::Real(v) => hasher.update(&v[row].unwrap_or(f64::NAN).to_bits().to_le_bytes()),
            Cells::Flag(v) => hasher.update(&[v[row].map_or(2, u8::from)]),
        };
        hasher.update(&[0x1f]);
    }
    hex(&hasher.finalize().as_bytes()[..16])
}
