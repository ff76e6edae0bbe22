//! Kinds of cells by which a file without a header is recognised.

use catchment_base::npi;

use crate::days::{Dates, DayOrder, moment_of};
use crate::values;
use crate::vocabulary::is_missing;

/// What the cells of a column look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// National Provider Identifiers.
    Npi,
    /// Whole numbers of zero or more.
    Count,
    /// Numbers.
    Number,
    /// Days in any form.
    Day,
    /// ZIP codes.
    Zip,
    /// Anything.
    Text,
}

impl Shape {
    /// Every shape.
    pub const ALL: &[Self] = &[
        Self::Npi,
        Self::Count,
        Self::Number,
        Self::Day,
        Self::Zip,
        Self::Text,
    ];

    /// How it is written in a mapping.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Npi => "npi",
            Self::Count => "count",
            Self::Number => "number",
            Self::Day => "day",
            Self::Zip => "zip",
            Self::Text => "text",
        }
    }

    /// Whether a cell looks so. Identifiers and counts are never missing.
    pub fn fits(self, cell: &str, dates: &Dates) -> bool {
        let cell = cell.trim();
        match self {
            Self::Npi => npi::read(cell).is_some(),
            Self::Count => values::count(cell).value().is_some(),
            Self::Text => true,
            _ if is_missing(cell) => true,
            Self::Number => values::number(cell).is_some(),
            Self::Zip => values::zip(cell).value().is_some(),
            Self::Day => [None, Some(DayOrder::MonthFirst), Some(DayOrder::DayFirst)]
                .into_iter()
                .any(|order| {
                    let patterns = dates.patterns.clone();
                    moment_of(cell, chrono_tz::UTC, &Dates { patterns, order }).is_some()
                }),
        }
    }
}

/// Whether rows look as a list of shapes says: each has as many cells, and nine in ten of the rows
/// fit wholly (published files have a wrong identifier here and there).
pub(crate) fn fit(shapes: &[Shape], rows: &[Vec<String>], dates: &Dates) -> bool {
    let fits = |row: &&Vec<String>| {
        row.iter()
            .zip(shapes)
            .all(|(cell, shape)| shape.fits(cell, dates))
    };
    let fitting = rows.iter().filter(fits).count();
    !rows.is_empty()
        && rows.iter().all(|row| row.len() == shapes.len())
        && fitting * 10 >= rows.len() * 9
}
