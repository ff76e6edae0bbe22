//! Who pays for what comes in, and how much leaks by payer.

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, changes, estimates};
use super::leakage_rates::ALL;
use super::tallies::{Source, Wholes};
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::comparisons::Change;

pub(super) const FINDING: Finding = Finding {
    name: "payer_mix",
    marts: &["int_payer_cells"],
    make,
};

/// Payer and specialty.
type Key = (String, String);

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context.warehouse.read("int_payer_cells")?;
    let (payers, specialties) = (table.text("payer")?, table.text("specialty")?);
    let source = Source::read(&table)?;
    let both = |row: usize| [specialties.value(row), ALL].map(str::to_string);
    let keys = |row: usize| both(row).map(|s| (payers.value(row).to_string(), s));
    let received = source.count("received", keys)?;
    let wholes = source.count("received", both)?;
    let (eligible, leaked) = (
        source.count("eligible", keys)?,
        source.count("leaked", keys)?,
    );
    let last = context.quarter.last(8);
    let mut rows = received.shown(&last);
    rows.extend(eligible.shown(&last));
    rows.sort();
    rows.dedup();
    let of_wholes = Wholes::new(&wholes, 4);
    let part =
        |key: &Key, quarter: Quarter| (received.of(key, quarter), wholes.of(&key.1, quarter));
    let share = |(key, quarter): &(&Key, Quarter)| {
        let (part, whole) = part(key, *quarter);
        part.share_of(whole)
    };
    let leakage = |(key, quarter): &(&Key, Quarter)| {
        leaked
            .of(key, *quarter)
            .share_of(eligible.of(key, *quarter))
    };
    let change = |(key, quarter): &(&Key, Quarter)| {
        let parts = (
            received.of(key, *quarter),
            received.of(key, quarter.plus(-4)),
        );
        of_wholes.change(&key.1, *quarter, parts)
    };
    let shares: Vec<Estimate> = rows.iter().map(share).collect();
    let leakages: Vec<Estimate> = rows.iter().map(leakage).collect();
    let change: Vec<Option<Change>> = rows.iter().map(change).collect();
    let family = |(key, q): &(&Key, Quarter)| context.family(*q, key.1 == ALL);
    let families: Vec<Option<u32>> = rows.iter().map(family).collect();
    let mut out = TableBuilder::new("payer_mix")
        .text("payer", rows.iter().map(|(key, _)| Some(&key.0)))
        .text("specialty", rows.iter().map(|(key, _)| Some(&key.1)))
        .text("quarter", rows.iter().map(|(_, q)| Some(q.to_string())));
    let count = |n: u64| Some(n as i64);
    out = out.int(
        "n",
        rows.iter().map(|(key, q)| count(received.of(key, *q).n())),
    );
    out = estimates(estimates(out, "share", &shares), "leakage", &leakages);
    out = out.int(
        "leakage_n",
        rows.iter().map(|(key, q)| count(eligible.of(key, *q).n())),
    );
    changes(out, "share_change_year", &change, &families).finish()
}
