//! What became of every aligned referral: each in exactly one class.

use super::context::{Context, Finding, Made};
use super::leakage_cells::shown;
use crate::base::{Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "leakage_ledger",
    marts: &["leakage_ledger"],
    make,
};

/// The classes in the order in which they are told: the first that fits counts.
pub(super) const CLASSES: [&str; 9] = [
    "same_provider",
    "unknown_destination",
    "not_offered",
    "left_directed",
    "left_redirected",
    "declined_by_us",
    "kept_not_done",
    "kept_completed",
    "kept_pending",
];

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = shown(
        context,
        "leakage_ledger",
        &["specialty", "class", "quarter"],
    )?;
    let classes = table.text("class")?;
    let place = |row: &usize| CLASSES.iter().position(|c| *c == classes.value(*row));
    let (specialties, quarters) = (table.text("specialty")?, table.text("quarter")?);
    let mut order: Vec<usize> = (0..table.rows()).collect();
    order.sort_by_key(|row| (specialties.value(*row), quarters.value(*row), place(row)));
    let table = table.pick(&order)?;
    let (n, total) = (table.counts("n")?, table.counts("total")?);
    let share = n
        .iter()
        .zip(&total)
        .map(|(n, total)| *n as f64 / *total as f64);
    TableBuilder::new("leakage_ledger")
        .text("specialty", table.text("specialty")?.iter())
        .text("class", table.text("class")?.iter())
        .text("quarter", table.text("quarter")?.iter())
        .int("n", n.iter().map(|n| Some(*n)))
        .real("share", share.map(Some))
        .finish()
}
