//! How many referrals to us we turned away, at which practice and why.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, estimates};
use super::leakage_rates::ALL;
use super::tallies::{Cube, Source};
use crate::base::{Quarter, Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "our_refusals",
    marts: &["int_refusal_cells", "int_practices"],
    make,
};

/// The ways in which a referral is turned away, as columns.
const WAYS: [&str; 3] = ["declined", "expired", "unscheduled_after_14_days"];

/// Specialty, practice and reason.
type Key = (String, String, String);

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context.warehouse.read("int_refusal_cells")?;
    let (specialties, reasons) = (table.text("specialty")?, table.text("reason")?);
    let practices = table.text("receiving_practice_id")?;
    let source = Source::read(&table)?;
    let places = |row: usize| {
        [specialties.value(row), ALL]
            .map(|specialty| (specialty.to_string(), practices.value(row).to_string()))
    };
    let keys = |row: usize| {
        places(row)
            .map(|(specialty, practice)| (specialty, practice, reasons.value(row).to_string()))
    };
    let received = source.count("received", places)?;
    let ways = WAYS.map(|way| source.count(way, keys));
    let [declined, expired, unscheduled] = ways;
    let ways = [declined?, expired?, unscheduled?];
    let mut refused: Cube<Key> = Cube::default();
    for (row, n) in refusals(&table)?.into_iter().enumerate() {
        for key in keys(row) {
            source.add_to(&mut refused, key, row, n);
        }
    }
    let rows = refused.shown(&context.quarter.last(8));
    assemble(context, &rows, &refused, &received, &ways)
}

/// What was turned away in each row of the mart.
fn refusals(table: &Table) -> Result<Vec<u64>> {
    let mut sums = vec![0; table.rows()];
    for way in WAYS {
        for (sum, n) in sums.iter_mut().zip(table.counts(way)?) {
            *sum += n.max(0) as u64;
        }
    }
    Ok(sums)
}

fn assemble(
    context: &Context<'_>,
    rows: &[(&Key, Quarter)],
    refused: &Cube<Key>,
    received: &Cube<(String, String)>,
    ways: &[Cube<Key>; 3],
) -> Result<Table> {
    let names = practices(context)?;
    let label = |at: usize| {
        let name = |(key, _): &(&Key, Quarter)| names.get(&key.1).map(|labels| labels[at].clone());
        let name = |row| Some(name(row).unwrap_or_else(|| "unknown".to_string()));
        rows.iter().map(name).collect::<Vec<_>>()
    };
    let whole = |key: &Key| (key.0.clone(), key.1.clone());
    let count = |cube: &Cube<Key>| {
        let counts = rows
            .iter()
            .map(|(key, q)| Some(cube.of(key, *q).n() as i64));
        counts.collect::<Vec<_>>()
    };
    let all = |(key, q): &(&Key, Quarter)| received.of(&whole(key), *q);
    let shares: Vec<Estimate> = rows
        .iter()
        .map(|row| refused.of(row.0, row.1).share_of(all(row)))
        .collect();
    let mut out = TableBuilder::new("our_refusals")
        .text("specialty", rows.iter().map(|(key, _)| Some(&key.0)))
        .text(
            "receiving_practice_id",
            rows.iter().map(|(key, _)| Some(&key.1)),
        )
        .text("reason", rows.iter().map(|(key, _)| Some(&key.2)))
        .text("quarter", rows.iter().map(|(_, q)| Some(q.to_string())));
    let labels = ["receiving_practice_name", "county", "territory"];
    for (at, name) in labels.into_iter().enumerate() {
        out = out.text(name, label(at));
    }
    out = estimates(out.int("n", count(refused)), "share", &shares);
    for (way, cube) in WAYS.iter().zip(ways) {
        out = out.int(way, count(cube));
    }
    let received = rows.iter().map(|row| Some(all(row).n() as i64));
    out.int("received", received).finish()
}

/// Name, county and territory of each practice.
fn practices(context: &Context<'_>) -> Result<BTreeMap<String, [String; 3]>> {
    let table = context.warehouse.read("int_practices")?;
    let labels = |row: usize| -> Result<(String, [String; 3])> {
        let cell = |column: &str| table.cell(column, row);
        Ok((
            cell("practice_id")?,
            [cell("practice_name")?, cell("county")?, cell("territory")?],
        ))
    };
    (0..table.rows()).map(labels).collect()
}
