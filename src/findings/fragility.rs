//! On how few our inbound referrals hang: by specialty over practices, and by practice over its
//! referrers; and how many at either end hold their community together.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made, made};
use super::dependence::{MART, Practice, Senders, are_referrals, senders};
use super::leakage_rates::ALL;
use crate::base::{Result, Table, TableBuilder};
use crate::stats::concentration::{measure, top_share};

pub(super) const FINDING: Finding = Finding {
    name: "fragility",
    marts: &[MART, RECEIVERS],
    make,
};

/// The mart of who receives it.
const RECEIVERS: &str = "int_dependence_receivers";

/// Quarters over which the referrals are counted.
const QUARTERS: f64 = 4.0;

/// What a specialty has of a practice's referrers, or of all its practices.
struct Row {
    specialty: String,
    practice_id: String,
    /// Name, county and territory.
    labels: [String; 3],
    counts: Vec<u64>,
    /// Referrers and receivers whose loss would split their community.
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

/// By specialty and practice, `all` of each included, who splits a community among those who send or
/// receive.
type Bridges<'n> = BTreeMap<(String, String), BTreeSet<&'n str>>;

fn bridges<'n>(
    context: &Context<'_>,
    senders: &Senders,
    splitting: &BTreeSet<&'n str>,
) -> Result<Bridges<'n>> {
    let mut found = Bridges::new();
    let mut add = |specialty: &str, practice: &str, npi: &str| {
        let Some(npi) = splitting.get(npi) else {
            return;
        };
        for practice in [practice, ALL] {
            let key = (specialty.to_string(), practice.to_string());
            found.entry(key).or_default().insert(npi);
        }
    };
    for (specialty, practices) in senders {
        for (practice_id, practice) in practices {
            for npi in practice.referrers.keys() {
                add(specialty, practice_id, npi);
            }
        }
    }
    let table = context.warehouse.read(RECEIVERS)?;
    let [specialties, practices, npis] =
        ["specialty", "practice_id", "npi"].map(|name| table.text(name));
    let (specialties, practices, npis) = (specialties?, practices?, npis?);
    for row in 0..table.rows() {
        for specialty in [specialties.value(row), ALL] {
            add(specialty, practices.value(row), npis.value(row));
        }
    }
    Ok(found)
}

fn make(context: &Context<'_>, tables: &Made) -> Result<Table> {
    let splitting = splitting(made(tables, "network_nodes")?)?;
    let senders = senders(context)?;
    let bridges = bridges(context, &senders, &splitting)?;
    let bridges_of = |specialty: &str, practice_id: &str| {
        let key = (specialty.to_string(), practice_id.to_string());
        bridges.get(&key).map_or(0, BTreeSet::len)
    };
    let mut rows = Vec::new();
    for (specialty, practices) in senders {
        rows.push(Row {
            specialty: specialty.clone(),
            practice_id: ALL.to_string(),
            labels: [ALL; 3].map(str::to_string),
            counts: practices.iter().flat_map(senders_of).collect(),
            bridges: bridges_of(&specialty, ALL),
        });
        rows.extend(practices.into_iter().map(|(practice_id, practice)| Row {
            specialty: specialty.clone(),
            bridges: bridges_of(&specialty, &practice_id),
            practice_id,
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
