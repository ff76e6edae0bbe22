//! How many referrers send how much of what comes in: the cumulative share by size.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::dependence::{MART, senders};
use crate::base::{Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "concentration_curve",
    marts: &[MART],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let mut rows: Vec<(String, i64, f64)> = Vec::new();
    for (specialty, practices) in senders(context)? {
        // Who refers from two practices is one referrer.
        let mut referrers: BTreeMap<String, u64> = BTreeMap::new();
        for (referrer, n) in practices.into_values().flat_map(|p| p.referrers) {
            *referrers.entry(referrer).or_default() += n;
        }
        let mut counts: Vec<u64> = referrers.into_values().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let total: u64 = counts.iter().sum();
        let mut sum = 0;
        for (place, n) in (1..).zip(counts) {
            sum += n;
            rows.push((specialty.clone(), place, sum as f64 / total as f64));
        }
    }
    TableBuilder::new("concentration_curve")
        .text("specialty", rows.iter().map(|row| Some(&row.0)))
        .int("referrers", rows.iter().map(|row| Some(row.1)))
        .real("cumulative_share", rows.iter().map(|row| Some(row.2)))
        .finish()
}
