//! Why referrals were sent outside, as the exports say it.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, changes, estimates};
use super::leakage_rates::ALL;
use super::tallies::{Source, count_change};
use crate::base::{Result, Table, TableBuilder};
use crate::stats::comparisons::Change;

pub(super) const FINDING: Finding = Finding {
    name: "reasons",
    marts: &["int_reason_cells"],
    make,
};

/// Specialty and reason.
type Key = (String, String);

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context.warehouse.read("int_reason_cells")?;
    let (specialties, reasons) = (table.text("specialty")?, table.text("reason")?);
    let source = Source::read(&table)?;
    let both = |row: usize| [specialties.value(row), ALL].map(str::to_string);
    let counts = source.count("n", |row| {
        both(row).map(|specialty| (specialty, reasons.value(row).to_string()))
    })?;
    let wholes = source.count("n", both)?;
    let flags = table.flag("addressable")?;
    let addressable: BTreeMap<&str, bool> = (0..table.rows())
        .map(|row| (reasons.value(row), flags.value(row)))
        .collect();
    let rows = counts.shown(&context.quarter.last(8));
    let share = |(key, quarter): &(&Key, _)| {
        let whole = wholes.of(&key.0, *quarter);
        counts.of(key, *quarter).share_of(whole)
    };
    let change = |(key, quarter): &(&Key, crate::base::Quarter)| {
        let earlier = quarter.plus(-1);
        count_change(
            (counts.of(key, *quarter), *quarter),
            (counts.of(key, earlier), earlier),
        )
    };
    let shares: Vec<Estimate> = rows.iter().map(share).collect();
    let change: Vec<Option<Change>> = rows.iter().map(change).collect();
    let family =
        |(key, quarter): &(&Key, crate::base::Quarter)| context.family(*quarter, key.0 == ALL);
    let families: Vec<Option<u32>> = rows.iter().map(family).collect();
    let n = rows
        .iter()
        .map(|(key, q)| Some(counts.of(key, *q).n() as i64));
    let mut out = TableBuilder::new("reasons")
        .text("specialty", rows.iter().map(|(key, _)| Some(&key.0)))
        .text("reason", rows.iter().map(|(key, _)| Some(&key.1)))
        .text("quarter", rows.iter().map(|(_, q)| Some(q.to_string())))
        .int("n", n);
    out = estimates(out, "share", &shares);
    let is_addressable = |(key, _): &(&Key, _)| addressable.get(key.1.as_str()).copied();
    out = out.flag("addressable", rows.iter().map(is_addressable));
    changes(out, "n_change", &change, &families).finish()
}
