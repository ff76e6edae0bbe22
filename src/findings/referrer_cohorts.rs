//! How long new referrers stay: of those who began in a quarter, how many referred in each that
//! followed. The method is docs/methods/referrer_cohorts.md.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, estimates};
use super::referrer_history::History;
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::intervals::wilson_clustered;

pub(super) const FINDING: Finding = Finding {
    name: "referrer_cohorts",
    marts: &["int_referrer_days", "int_referral_span"],
    make,
};

/// Quarters of data without a referral that a beginning needs before it.
const QUARTERS_BEFORE: i32 = 4;

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let begins = context.data_begins()?;
    let mut cohorts: BTreeMap<Quarter, Vec<History>> = BTreeMap::new();
    for history in History::read(context)?.into_values() {
        let first = history.days.first().map(|day| day.0.quarter());
        let watched = |first: &Quarter| {
            begins.is_some_and(|day| day.quarter().plus(QUARTERS_BEFORE) <= *first)
        };
        if let Some(first) = first.filter(watched) {
            cohorts.entry(first).or_default().push(history);
        }
    }
    let mut rows: Vec<(Quarter, i32, u64, u64)> = Vec::new();
    for (first, members) in &cohorts {
        for since in 0..=context.quarter.index() - first.index() {
            let quarter = first.plus(since);
            let is_active = |h: &&History| h.referrals(quarter.first_day(), quarter.last_day()) > 0;
            let active = members.iter().filter(is_active).count() as u64;
            rows.push((*first, since, members.len() as u64, active));
        }
    }
    let shares: Vec<Estimate> = rows
        .iter()
        .map(|(_, _, n, active)| {
            Estimate::share(*active, *n, || wilson_clustered(*active, *n, 1.0))
        })
        .collect();
    let out = TableBuilder::new("referrer_cohorts")
        .text("first_quarter", rows.iter().map(|r| Some(r.0.to_string())))
        .int("quarters_since", rows.iter().map(|r| Some(i64::from(r.1))))
        .int("n", rows.iter().map(|r| Some(r.2 as i64)))
        .int("active", rows.iter().map(|r| Some(r.3 as i64)));
    estimates(out, "share", &shares).finish()
}
