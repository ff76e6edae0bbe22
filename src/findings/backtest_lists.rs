//! The lists of past quarters' ends, referrer by referrer, with what came of each in the two quarters that
//! followed. The method is docs/methods/backtest.md.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made};
use super::standing::{Standing, Stood};
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::forecasts::bin_of;

pub(super) const FINDING: Finding = Finding {
    name: "backtest_lists",
    marts: &[
        "int_arrival_quarters",
        "int_contact_quarters",
        "int_referrers",
    ],
    make,
};

/// Quarters that are looked at after a list was made.
pub const QUARTERS_AFTER: i32 = 2;
/// Forecasts are looked at in so many bins of equal width.
pub(super) const BINS: usize = 10;

/// A referrer judged at the end of a past quarter, and what came after.
struct Row<'s> {
    standing: &'s Standing,
    stood: &'s Stood,
    /// Their row among those of whom the standing knows who they are.
    row: usize,
    recency: bool,
    referrals_after: u64,
    visited: bool,
}

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let after = After::read(context)?;
    let mut standings: Vec<&Standing> = context.standings().iter().collect();
    standings.sort_by_key(|standing| standing.quarter);
    let rows: Vec<Row<'_>> = standings
        .into_iter()
        .flat_map(|standing| of_quarter(standing, &after))
        .collect();
    let text = |column: &str| -> Result<Vec<Option<String>>> {
        let cell = |r: &Row<'_>| r.standing.who.cell(column, r.row).map(Some);
        rows.iter().map(cell).collect()
    };
    let flag = |get: fn(&Row<'_>) -> bool| -> Vec<Option<bool>> {
        rows.iter().map(|r| Some(get(r))).collect()
    };
    let quarters = rows.iter().map(|r| Some(r.standing.quarter.to_string()));
    let bins = rows
        .iter()
        .map(|r| Some(bin_word(bin_of(r.stood.p_quiet, BINS))));
    TableBuilder::new("backtest_lists")
        .text("as_of_quarter", quarters)
        .text("referring_npi", text("referring_npi")?)
        .text("referring_name", text("referring_name")?)
        .text("practice_id", text("practice_id")?)
        .text("practice_name", text("practice_name")?)
        .text("county", text("county")?)
        .text("territory", text("territory")?)
        .text("status", rows.iter().map(|r| Some(r.stood.status)))
        .int(
            "days_silent",
            rows.iter().map(|r| Some(r.stood.days_silent)),
        )
        .real("p_quiet", rows.iter().map(|r| Some(r.stood.p_quiet)))
        .text("bin", bins)
        .real(
            "weeks_to_lapse",
            rows.iter().map(|r| Some(r.stood.weeks_to_lapse)),
        )
        .flag("recency", flag(|r| r.recency))
        .int(
            "referrals_after",
            rows.iter().map(|r| Some(r.referrals_after as i64)),
        )
        .flag("visited_after", flag(|r| r.visited))
        .flag("as_known", flag(|r| r.standing.as_known()))
        .finish()
}

/// The word of a bin; bins sort as their numbers do.
pub(super) fn bin_word(number: usize) -> String {
    format!("{:02}", number + 1)
}

/// Everyone judged then but those of whom nobody knows what they sent since.
fn of_quarter<'s>(standing: &'s Standing, after: &After) -> Vec<Row<'s>> {
    let quarters: Vec<Quarter> = (1..=QUARTERS_AFTER)
        .map(|step| standing.quarter.plus(step))
        .collect();
    let known: Vec<(usize, &Stood)> = standing
        .referrers
        .iter()
        .enumerate()
        .filter(|(_, stood)| !after.unknown.contains(&stood.referring_npi))
        .collect();
    let longest = longest_silent(&known);
    known
        .into_iter()
        .zip(longest)
        .map(|((row, stood), recency)| {
            let arrivals = |quarter: &Quarter| {
                let key = (stood.referring_npi.clone(), *quarter);
                after.arrivals.get(&key).copied().unwrap_or(0)
            };
            let called = |quarter: &Quarter| {
                let key = (stood.practice_id.clone(), *quarter);
                after.contacts.contains(&key)
            };
            Row {
                standing,
                stood,
                row,
                recency,
                referrals_after: quarters.iter().map(arrivals).sum(),
                visited: quarters.iter().any(called),
            }
        })
        .collect()
}

/// As many of the longest silent as have lapsed by our rule, by NPI among equals.
fn longest_silent(known: &[(usize, &Stood)]) -> Vec<bool> {
    let known: Vec<&Stood> = known.iter().map(|(_, stood)| *stood).collect();
    let ours = known.iter().filter(|s| s.status == "lapsed").count();
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.sort_by_key(|at| (-known[*at].days_silent, &known[*at].referring_npi));
    let mut longest = vec![false; known.len()];
    for at in order.into_iter().take(ours) {
        longest[at] = true;
    }
    longest
}

/// What came after.
struct After {
    /// Referrals by referrer and quarter.
    arrivals: BTreeMap<(String, Quarter), u64>,
    /// Practices with a contact, by quarter.
    contacts: BTreeSet<(String, Quarter)>,
    /// Whose feed has stopped since: nobody knows what they sent.
    unknown: BTreeSet<String>,
}

impl After {
    fn read(context: &Context<'_>) -> Result<Self> {
        let table = context.warehouse.read("int_arrival_quarters")?;
        let (npis, quarters) = (table.text("referring_npi")?, table.text("quarter")?);
        let mut arrivals = BTreeMap::new();
        for (row, n) in table.counts("n")?.into_iter().enumerate() {
            let key = (npis.value(row).to_string(), quarters.value(row).parse()?);
            arrivals.insert(key, n.max(0) as u64);
        }
        let table = context.warehouse.read("int_contact_quarters")?;
        let (practices, quarters) = (table.text("practice_id")?, table.text("quarter")?);
        let mut contacts = BTreeSet::new();
        for row in 0..table.rows() {
            contacts.insert((
                practices.value(row).to_string(),
                quarters.value(row).parse()?,
            ));
        }
        let table = context.warehouse.read("int_referrers")?;
        let (npis, stopped) = (table.text("referring_npi")?, table.flag("feed_stopped")?);
        let of = (0..table.rows()).filter(|row| stopped.value(*row));
        Ok(Self {
            arrivals,
            contacts,
            unknown: of.map(|row| npis.value(row).to_string()).collect(),
        })
    }
}
