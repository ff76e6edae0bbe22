//! Where leaked referrals go: outside destinations with their share of each specialty's leakage.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, changes, estimates, ranks};
use super::leakage_rates::{ALL, MOST_UNKNOWN};
use super::tallies::{Cube, Source, count_change};
use crate::base::{Quarter, Result, Table, TableBuilder, places};
use crate::stats::comparisons::Change;

pub(super) const FINDING: Finding = Finding {
    name: "leakage_by_destination",
    marts: &["int_leaked_cells", "leakage_by_specialty"],
    make,
};

/// Destination and specialty.
type Key = (String, String);

/// Distances in kilometres with the referrals that went them, by destination, specialty and quarter.
type Distances = BTreeMap<(Key, Quarter), Vec<(f64, u64)>>;

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context.warehouse.read("int_leaked_cells")?;
    let (ids, specialties) = (table.text("destination_id")?, table.text("specialty")?);
    let source = Source::read(&table)?;
    let both = |row: usize| [specialties.value(row), ALL].map(str::to_string);
    let keys = |row: usize| both(row).map(|specialty| (ids.value(row).to_string(), specialty));
    let (received, leaked) = (source.count("n", keys)?, source.count("n", both)?);
    let distances = distances(&table, &source, &keys)?;
    let names = names(&table)?;
    let rows = received.shown(&context.quarter.last(8));
    let share = |(key, quarter): &(&Key, Quarter)| {
        let whole = leaked.of(&key.1, *quarter);
        received.of(key, *quarter).share_of(whole)
    };
    let change = |(key, quarter): &(&Key, Quarter)| {
        let earlier = quarter.plus(-1);
        count_change(
            (received.of(key, *quarter), *quarter),
            (received.of(key, earlier), earlier),
        )
    };
    let shares: Vec<Estimate> = rows.iter().map(share).collect();
    let change: Vec<Option<Change>> = rows.iter().map(change).collect();
    let family = |(key, q): &(&Key, Quarter)| context.family(*q, key.1 == ALL);
    let families: Vec<Option<u32>> = rows.iter().map(family).collect();
    let count = |(key, q): &(&Key, Quarter)| Some(received.of(key, *q).n() as i64);
    let mut out = TableBuilder::new("leakage_by_destination")
        .text("destination_id", rows.iter().map(|(key, _)| Some(&key.0)))
        .text("specialty", rows.iter().map(|(key, _)| Some(&key.1)))
        .text("quarter", rows.iter().map(|(_, q)| Some(q.to_string())))
        .text(
            "destination_name",
            rows.iter().map(|(key, _)| names.get(&key.0)),
        )
        .int("received", rows.iter().map(count));
    out = estimates(out, "share", &shares);
    out = changes(out, "received_change", &change, &families);
    let km = |(key, q): &(&Key, Quarter)| median(distances.get(&((*key).clone(), *q))?);
    out.real("distance_km", rows.iter().map(km))
        .int("rank", rank(&rows, &received, &unranked(context)?))
        .finish()
}

/// The name of each destination: the first of its names in their order.
fn names(table: &Table) -> Result<BTreeMap<String, String>> {
    let (ids, names) = (
        table.text("destination_id")?,
        table.text("destination_name")?,
    );
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for row in 0..table.rows() {
        let name = names.value(row);
        let known = out
            .entry(ids.value(row).to_string())
            .or_insert_with(|| name.to_string());
        if name < known.as_str() {
            *known = name.to_string();
        }
    }
    Ok(out)
}

fn distances<const N: usize>(
    table: &Table,
    source: &Source<'_>,
    keys: &dyn Fn(usize) -> [Key; N],
) -> Result<Distances> {
    let n = table.counts("n")?;
    let [from_lat, from_lon] = ["from_lat", "from_lon"].map(|name| table.reals(name));
    let [to_lat, to_lon] = ["to_lat", "to_lon"].map(|name| table.reals(name));
    let points = [from_lat?, from_lon?, to_lat?, to_lon?];
    let mut out = Distances::new();
    for (row, n) in n.iter().enumerate() {
        let [Some(a), Some(b), Some(c), Some(d)] = points.each_ref().map(|p| p[row]) else {
            continue;
        };
        let km = places::distance_km((a, b), (c, d));
        for key in keys(row) {
            let place = (key, source.quarter(row));
            out.entry(place).or_default().push((km, (*n).max(0) as u64));
        }
    }
    for distances in out.values_mut() {
        distances.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    Ok(out)
}

/// The median distance over referrals (the lower of two middle ones), of distances that rise.
fn median(distances: &[(f64, u64)]) -> Option<f64> {
    let half = distances.iter().map(|d| d.1).sum::<u64>().div_ceil(2);
    let mut seen = 0;
    distances.iter().find_map(|(km, n)| {
        seen += n;
        (seen >= half && half > 0).then_some(*km)
    })
}

/// The quarters in which too many destinations are unknown for any rank.
pub(super) fn unranked(context: &Context<'_>) -> Result<BTreeSet<String>> {
    let all = context
        .warehouse
        .read("leakage_by_specialty")?
        .only("specialty", "all")?;
    let (n, unknown) = (all.reals("n")?, all.reals("unknown_destination")?);
    let is_beyond = |row: &usize| {
        let (n, unknown) = (n[*row].unwrap_or(0.0), unknown[*row].unwrap_or(0.0));
        unknown > MOST_UNKNOWN * (n + unknown)
    };
    (0..all.rows())
        .filter(is_beyond)
        .map(|row| all.cell("quarter", row))
        .collect()
}

/// Ranks by received within each specialty and quarter, but for quarters that are not ranked and
/// destinations that nobody names.
fn rank(
    rows: &[(&Key, Quarter)],
    received: &Cube<Key>,
    unranked: &BTreeSet<String>,
) -> Vec<Option<i64>> {
    let mut groups: BTreeMap<(&str, Quarter), Vec<usize>> = BTreeMap::new();
    for (at, (key, quarter)) in rows.iter().enumerate() {
        if !unranked.contains(&quarter.to_string()) {
            groups.entry((&key.1, *quarter)).or_default().push(at);
        }
    }
    let mut out = vec![None; rows.len()];
    for at in groups.into_values() {
        let score = |row: &usize| {
            let (key, quarter) = rows[*row];
            (key.0 != "unknown").then(|| received.of(key, quarter).n() as f64)
        };
        let scores: Vec<Option<f64>> = at.iter().map(score).collect();
        for (row, rank) in at.into_iter().zip(ranks(&scores)) {
            out[row] = rank;
        }
    }
    out
}
