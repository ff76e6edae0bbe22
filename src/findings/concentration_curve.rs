//! How many referrers send how much of what comes in: the cumulative share by size.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::dependence::{MART, senders};
use crate::base::{Result, Table, TableBuilder};
use crate::stats::concentration::cumulative_shares;

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
        let counts: Vec<u64> = referrers.into_values().collect();
        let shares = (1..).zip(cumulative_shares(&counts));
        rows.extend(shares.map(|(place, share)| (specialty.clone(), place, share)));
    }
    TableBuilder::new("concentration_curve")
        .text("specialty", rows.iter().map(|row| Some(&row.0)))
        .int("referrers", rows.iter().map(|row| Some(row.1)))
        .real("cumulative_share", rows.iter().map(|row| Some(row.2)))
        .finish()
}
