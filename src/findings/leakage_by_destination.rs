//! Where leaked referrals go: outside destinations with their share of each specialty's leakage.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, changes, estimates, ranks};
use super::leakage_rates::MOST_UNKNOWN;
use crate::base::{Quarter, Result, Table, TableBuilder, calendar, places};
use crate::stats::changes::{CountCluster, rate_ratio_change};
use crate::stats::clustering::{Cluster, small_sample_design_effect};
use crate::stats::comparisons::Change;
use crate::stats::intervals::wilson_clustered;

pub(super) const FINDING: Finding = Finding {
    name: "leakage_by_destination",
    marts: &["int_leaked_cells", "leakage_by_specialty"],
    make,
};

/// A destination's leaked referrals of one specialty and quarter.
#[derive(Default)]
struct Received {
    name: String,
    by_referrer: BTreeMap<u32, u64>,
    /// Distances in kilometres with the referrals that went them.
    distances: Vec<(f64, u64)>,
}

impl Received {
    fn n(&self) -> u64 {
        self.by_referrer.values().sum()
    }

    /// The median distance over referrals (the lower of two middle ones), where it is known.
    fn median_km(&self) -> Option<f64> {
        let mut sorted = self.distances.clone();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = sorted.iter().map(|d| d.1).sum::<u64>().div_ceil(2);
        let mut seen = 0;
        sorted.into_iter().find_map(|(km, n)| {
            seen += n;
            (seen >= half && half > 0).then_some(km)
        })
    }
}

/// By destination, specialty and quarter.
type Cube = BTreeMap<(String, String, Quarter), Received>;

/// The leaked referrals of each referrer by specialty and quarter; referrers are numbered.
type Leaked = BTreeMap<(String, Quarter), BTreeMap<u32, u64>>;

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let (cube, leaked) = read(context)?;
    let shown = context.quarter.last(8);
    let rows: Vec<(&(String, String, Quarter), &Received)> = cube
        .iter()
        .filter(|((_, _, quarter), _)| shown.contains(quarter))
        .collect();
    let share: Vec<Estimate> = rows
        .iter()
        .map(|(key, received)| share_of(key, received, &leaked))
        .collect();
    let change: Vec<Option<Change>> = rows
        .iter()
        .map(|(key, received)| change_of(key, received, &cube))
        .collect();
    let families: Vec<Option<u32>> = rows
        .iter()
        .map(|((_, s, q), _)| (s != "all").then_some(q.index() as u32))
        .collect();
    let mut out = TableBuilder::new("leakage_by_destination")
        .text("destination_id", rows.iter().map(|(key, _)| Some(&key.0)))
        .text("specialty", rows.iter().map(|(key, _)| Some(&key.1)))
        .text(
            "quarter",
            rows.iter().map(|(key, _)| Some(key.2.to_string())),
        )
        .text("destination_name", rows.iter().map(|(_, r)| Some(&r.name)))
        .int("received", rows.iter().map(|(_, r)| Some(r.n() as i64)));
    out = estimates(out, "share", &share);
    out = changes(out, "received_change", &change, &families);
    out.real("distance_km", rows.iter().map(|(_, r)| r.median_km()))
        .int("rank", rank(&rows, &unranked(context)?))
        .finish()
}

fn read(context: &Context<'_>) -> Result<(Cube, Leaked)> {
    let table = context.warehouse.read("int_leaked_cells")?.sorted_by(&[
        "destination_id",
        "specialty",
        "quarter",
        "referring_npi",
        "referring_practice_id",
    ])?;
    let (ids, specialties) = (table.text("destination_id")?, table.text("specialty")?);
    let (quarters, npis) = (table.text("quarter")?, table.text("referring_npi")?);
    let (names, n) = (table.text("destination_name")?, table.int("n")?);
    let points = [
        table.reals("from_lat")?,
        table.reals("from_lon")?,
        table.reals("to_lat")?,
        table.reals("to_lon")?,
    ];
    let mut numbers: Vec<&str> = npis.iter().flatten().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let (mut cube, mut leaked) = (Cube::new(), Leaked::new());
    for row in 0..table.rows() {
        let count = n.value(row).max(0) as u64;
        let quarter: Quarter = quarters.value(row).parse()?;
        let referrer = numbers.partition_point(|npi| *npi < npis.value(row)) as u32;
        let km = match points.each_ref().map(|p| p[row]) {
            [Some(a), Some(b), Some(c), Some(d)] => Some(places::distance_km((a, b), (c, d))),
            _ => None,
        };
        for specialty in [specialties.value(row), "all"] {
            let key = (ids.value(row).to_string(), specialty.to_string(), quarter);
            let received = cube.entry(key).or_default();
            if received.name.is_empty() {
                received.name = names.value(row).to_string();
            }
            *received.by_referrer.entry(referrer).or_default() += count;
            received.distances.extend(km.map(|km| (km, count)));
            *leaked
                .entry((specialty.to_string(), quarter))
                .or_default()
                .entry(referrer)
                .or_default() += count;
        }
    }
    Ok((cube, leaked))
}

/// The destination's share of the specialty's leaked referrals.
fn share_of(key: &(String, String, Quarter), received: &Received, leaked: &Leaked) -> Estimate {
    let Some(group) = leaked.get(&(key.1.clone(), key.2)) else {
        return Estimate::default();
    };
    let total: u64 = group.values().sum();
    let clusters: Vec<Cluster> = group
        .iter()
        .map(|(referrer, n)| Cluster {
            successes: received.by_referrer.get(referrer).copied().unwrap_or(0),
            n: *n,
        })
        .collect();
    Estimate::share(received.n(), total, || {
        wilson_clustered(received.n(), total, small_sample_design_effect(&clusters))
    })
}

/// The rate ratio a working day against the quarter before; none where nothing came then.
fn change_of(key: &(String, String, Quarter), received: &Received, cube: &Cube) -> Option<Change> {
    let quarter = key.2;
    let before = cube.get(&(key.0.clone(), key.1.clone(), quarter.plus(-1)))?;
    let mut referrers: Vec<&u32> = received
        .by_referrer
        .keys()
        .chain(before.by_referrer.keys())
        .collect();
    referrers.sort_unstable();
    referrers.dedup();
    let clusters: Vec<CountCluster> = referrers
        .into_iter()
        .map(|referrer| CountCluster {
            count: received.by_referrer.get(referrer).copied().unwrap_or(0),
            base_count: before.by_referrer.get(referrer).copied().unwrap_or(0),
        })
        .collect();
    let days = |q: Quarter| calendar::working_days(q.first_day(), q.last_day()) as f64;
    rate_ratio_change(&clusters, days(quarter), days(quarter.plus(-1)))
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

/// Ranks by received within each specialty and quarter, but for quarters that are not ranked.
fn rank(
    rows: &[(&(String, String, Quarter), &Received)],
    unranked: &BTreeSet<String>,
) -> Vec<Option<i64>> {
    let mut groups: BTreeMap<(&str, Quarter), Vec<usize>> = BTreeMap::new();
    for (at, (key, _)) in rows.iter().enumerate() {
        if unranked.contains(&key.2.to_string()) {
            continue;
        }
        groups.entry((&key.1, key.2)).or_default().push(at);
    }
    let mut out = vec![None; rows.len()];
    for at in groups.into_values() {
        let scores: Vec<Option<f64>> = at.iter().map(|row| Some(rows[*row].1.n() as f64)).collect();
        for (row, rank) in at.into_iter().zip(ranks(&scores)) {
            out[row] = rank;
        }
    }
    out
}
