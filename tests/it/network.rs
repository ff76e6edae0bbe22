//! The tables of the network: what became of ties, held against planted changes and the raw rows, and
//! how providers stand, held against removing, adding up and counting all over again.

mod changes;
mod standing;

use std::collections::BTreeMap;

/// A row of a result table.
type Row = BTreeMap<String, String>;

fn real(row: &Row, column: &str) -> f64 {
    let cell = &row[column];
    cell.parse()
        .unwrap_or_else(|_| panic!("{column} is {cell:?} in {row:?}"))
}

fn near(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0)
}
