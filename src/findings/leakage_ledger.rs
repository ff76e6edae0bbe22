//! What became of every aligned referral: each in exactly one class.

use super::context::{Context, Finding, Made};
use super::leakage_cells::shown;
use crate::base::{Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "leakage_ledger",
    marts: &["leakage_ledger"],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = shown(
        context,
        "leakage_ledger",
        &["specialty", "class", "quarter"],
    )?;
    let (n, total) = (table.counts("n")?, table.counts("total")?);
    let share = n
        .iter()
        .zip(&total)
        .map(|(n, total)| *n as f64 / *total as f64);
    let mut out = TableBuilder::new("leakage_ledger");
    for key in ["specialty", "class", "quarter"] {
        out = out.text(key, table.text(key)?.iter());
    }
    out.int("n", n.iter().map(|n| Some(*n)))
        .real("share", share.map(Some))
        .finish()
}
