//! On how few our inbound referrals hang: by specialty over practices, and by practice over its
//! referrers; and how many of these hold their community together.

use std::collections::BTreeSet;

use super::context::{Context, Finding, Made, made};
use super::dependence::{MART, Practice, are_referrals, senders};
use super::leakage_rates::ALL;
use crate::base::{Result, Table, TableBuilder};
use crate::stats::concentration::{measure, top_share};

pub(super) const FINDING: Finding = Finding {
    name: "fragility",
    marts: &[MART],
    make,
};

/// Quarters over which the referrals are counted.
const QUARTERS: f64 = 4.0;

/// What a specialty has of a practice's referrers, or of all its practices.
struct Row {
    specialty: String,
    practice_id: String,
    /// Name, county and territory.
    labels: [String; 3],
    counts: Vec<u64>,
    /// Referrers whose loss would split their community.
    bridges: usize,
}

impl Row {
    fn n(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// A practice is one sender; of referrers of no known practice each is.
fn senders_of((practice_id, practice): (&String, &Practice)) -> Vec<u64> {
    match practice_id.as_str() {
        "unknown" => practice.referrers.values().copied().collect(),
        _ => vec![practice.n()],
    }
}

/// The providers whose loss would split their community.
fn splitting(network_nodes: &Table) -> Result<BTreeSet<&str>> {
    let (npis, splits) = (
        network_nodes.text("npi")?,
        network_nodes.flag("splits_community")?,
    );
    let both = npis.iter().flatten().zip(splits.iter());
    let splitting = both.filter(|(_, splits)| *splits == Some(true));
    Ok(splitting.map(|(npi, _)| npi).collect())
}

fn make(context: &Context<'_>, tables: &Made) -> Result<Table> {
    let splitting = splitting(made(tables, "network_nodes")?)?;
    let bridges = |referrers: BTreeSet<&String>| {
        let splits = |npi: &&&String| splitting.contains(npi.as_str());
        referrers.iter().filter(splits).count()
    };
    let mut rows = Vec::new();
    for (specialty, practices) in senders(context)? {
        rows.push(Row {
            specialty: specialty.clone(),
            practice_id: ALL.to_string(),
            labels: [ALL; 3].map(str::to_string),
            counts: practices.iter().flat_map(senders_of).collect(),
            bridges: bridges(
                practices
                    .values()
                    .flat_map(|p| p.referrers.keys())
                    .collect(),
            ),
        });
        rows.extend(practices.into_iter().map(|(practice_id, practice)| Row {
            specialty: specialty.clone(),
            practice_id,
            bridges: bridges(practice.referrers.keys().collect()),
            counts: practice.referrers.into_values().collect(),
            labels: practice.labels,
        }));
    }
    rows.sort_by(|a, b| (&a.specialty, &a.practice_id).cmp(&(&b.specialty, &b.practice_id)));
    let top = |k: usize| rows.iter().map(move |row| top_share(&row.counts, k));
    let label = |at: usize| rows.iter().map(move |row| Some(&row.labels[at]));
    let points = |row: &Row| measure(&row.counts).map(|measured| measured.points());
    // Of shared patients nobody knows how many would go with whom.
    let are_referrals = are_referrals(context)?;
    let lost = |row: &Row| {
        let most = row.counts.iter().max().filter(|_| are_referrals);
        most.map(|n| *n as f64 / QUARTERS)
    };
    TableBuilder::new("fragility")
        .text("specialty", rows.iter().map(|row| Some(&row.specialty)))
        .text("practice_id", rows.iter().map(|row| Some(&row.practice_id)))
        .text("practice_name", label(0))
        .text("county", label(1))
        .text("territory", label(2))
        .int("n", rows.iter().map(|row| Some(row.n() as i64)))
        .real("herfindahl", rows.iter().map(points))
        .real("top_1", top(1))
        .real("top_5", top(5))
        .real("top_10", top(10))
        .real("lost_if_top_left", rows.iter().map(lost))
        .int("bridges", rows.iter().map(|row| Some(row.bridges as i64)))
        .finish()
}
