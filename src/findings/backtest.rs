//! How often the list was wrong: the lists of past quarters' ends held against the two quarters that
//! followed. The method is docs/methods/backtest.md.

use std::collections::{BTreeMap, BTreeSet};

use super::backtest_rules::{Case, RULES, Rule};
use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, estimates};
use super::standing::Standing;
use crate::base::{Quarter, Result, TableBuilder, Table};
use crate::stats::forecasts::{Share, calibration};

pub(super) const FINDING: Finding = Finding {
    name: "backtest",
    marts: &["int_arrival_quarters", "int_contact_quarters", "int_referrers"],
    make,
};

/// The row of all quarters together, and the one of all bins.
const ALL: &str = "all";
/// Quarters that are looked at after a list was made.
pub const QUARTERS_AFTER: i32 = 2;
const BINS: usize = 10;

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let after = After::read(context)?;
    let mut rows = Vec::new();
    let mut together = Vec::new();
    for standing in context.standings() {
        let cases = cases(standing, &after);
        rows.extend(judged(
            &standing.quarter.to_string(),
            &cases,
            standing.as_known(),
        ));
        together.extend(cases);
    }
    if context.standings().len() > 1 {
        let known = context.standings().iter().all(Standing::as_known);
        rows.extend(judged(ALL, &together, known));
    }
    assemble(&rows)
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
            contacts.insert((practices.value(row).to_string(), quarters.value(row).parse()?));
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

/// Everyone judged then, with what came after.
fn cases(standing: &Standing, after: &After) -> Vec<Case> {
    let quarters: Vec<Quarter> = (1..=QUARTERS_AFTER)
        .map(|step| standing.quarter.plus(step))
        .collect();
    standing
        .referrers
        .iter()
        .filter(|stood| !after.unknown.contains(&stood.referring_npi))
        .map(|stood| {
            let of = |quarter: &Quarter| {
                let key = (stood.referring_npi.clone(), *quarter);
                after.arrivals.get(&key).copied().unwrap_or(0)
            };
            let called = |quarter: &Quarter| {
                let key = (stood.practice_id.clone(), *quarter);
                after.contacts.contains(&key)
            };
            Case {
                cluster: cluster(&stood.referring_npi),
                status: stood.status,
                p_quiet: stood.p_quiet,
                days_silent: stood.days_silent,
                weeks_to_lapse: stood.weeks_to_lapse,
                referrals_after: quarters.iter().map(of).sum(),
                visited: quarters.iter().any(called),
            }
        })
        .collect()
}

/// The quarters of one referrer belong together: their number, else a sum over the text.
fn cluster(npi: &str) -> u64 {
    npi.parse().unwrap_or_else(|_| {
        npi.bytes()
            .fold(0, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
    })
}

/// A row of the table.
struct Row {
    as_of: String,
    rule: String,
    bin: String,
    n: u64,
    predicted: Option<f64>,
    observed: Estimate,
    judged: Option<Rule>,
    as_known: bool,
}

/// The rows of one quarter's list, or of all together: one a rule, and one a bin of what was forecast.
fn judged(as_of: &str, cases: &[Case], as_known: bool) -> Vec<Row> {
    let quiet: Vec<bool> = cases.iter().map(|case| case.referrals_after == 0).collect();
    let clusters: Vec<u64> = cases.iter().map(|case| case.cluster).collect();
    let stated: Vec<f64> = cases.iter().map(|case| case.p_quiet).collect();
    let row = |rule: &str, bin: String| Row {
        as_of: as_of.to_string(),
        rule: rule.to_string(),
        bin,
        n: 0,
        predicted: None,
        observed: Estimate::default(),
        judged: None,
        as_known,
    };
    let mut rows = Vec::new();
    for name in RULES {
        let Some(rule) = Rule::judge(name, cases) else {
            continue;
        };
        rows.push(Row {
            n: rule.n,
            predicted: rule.predicted,
            observed: share(&rule.observed),
            judged: Some(rule),
            ..row(name, ALL.to_string())
        });
    }
    let bins = calibration(&stated, &quiet, &clusters, BINS).unwrap_or_default();
    rows.extend(bins.iter().enumerate().map(|(at, bin)| Row {
        n: bin.observed.n,
        predicted: Some(bin.stated),
        observed: share(&bin.observed),
        ..row(RULES[0], format!("{:02}", at + 1))
    }));
    rows.sort_by(|a, b| (&a.rule, &a.bin).cmp(&(&b.rule, &b.bin)));
    rows
}

pub(super) fn share(share: &Share) -> Estimate {
    match share.estimate() {
        Some(value) => Estimate::of(value, share.interval),
        None => Estimate::default(),
    }
}

fn assemble(rows: &[Row]) -> Result<Table> {
    let of = |get: fn(&Rule) -> Estimate| -> Vec<Estimate> {
        let rules = rows.iter().map(|row| row.judged.as_ref());
        rules.map(|rule| rule.map(get).unwrap_or_default()).collect()
    };
    let count = |get: fn(&Rule) -> Option<u64>| {
        let rules = rows.iter().map(|row| row.judged.as_ref());
        rules.map(move |rule| Some(get(rule?)? as i64))
    };
    let mut out = TableBuilder::new("backtest")
        .text("as_of_quarter", rows.iter().map(|r| Some(&r.as_of)))
        .text("rule", rows.iter().map(|r| Some(&r.rule)))
        .text("bin", rows.iter().map(|r| Some(&r.bin)))
        .int("n", rows.iter().map(|r| Some(r.n as i64)))
        .real("predicted", rows.iter().map(|r| r.predicted));
    let observed: Vec<Estimate> = rows.iter().map(|r| r.observed).collect();
    out = estimates(out, "observed", &observed);
    out = estimates(out, "precision", &of(|rule| rule.precision));
    out = estimates(out, "recall", &of(|rule| rule.recall));
    out = estimates(out, "auc", &of(|rule| rule.auc));
    out = estimates(out, "false_alarm_rate", &of(|rule| rule.false_alarm_rate));
    out = out
        .flag("as_known", rows.iter().map(|r| Some(r.as_known)))
        .int("flagged", count(|rule| Some(rule.flagged)));
    estimates(out, "auc_gain", &of(|rule| rule.auc_gain))
        .int("came_back", count(|rule| rule.came_back.map(|c| c.referrers)))
        .int("came_back_visited", count(|rule| rule.came_back_visited.map(|c| c.referrers)))
        .int("referrals_back", count(|rule| rule.came_back.map(|c| c.referrals)))
        .int(
            "referrals_back_visited",
            count(|rule| rule.came_back_visited.map(|c| c.referrals)),
        )
        .int("flagged_visited", count(|rule| rule.flagged_visited))
        .real(
            "weeks_ahead",
            rows.iter().map(|r| r.judged.as_ref()?.weeks_ahead),
        )
        .finish()
}
