//! How often the list was wrong: the lists of past quarters' ends held against the two quarters that
//! followed. The method is docs/methods/backtest.md.

use super::backtest_lists::{BINS, bin_word};
use super::backtest_rules::{Case, RULES, Rule};
use super::context::{Context, Finding, Made, made};
use super::estimates::{Estimate, estimates};
use crate::base::{Result, Table, TableBuilder};
use crate::stats::forecasts::{Share, bin_of, calibration};

pub(super) const FINDING: Finding = Finding {
    name: "backtest",
    marts: &[],
    make,
};

/// The row of all quarters together, and the one of all bins.
const ALL: &str = "all";

fn make(_context: &Context<'_>, tables: &Made) -> Result<Table> {
    let lists = made(tables, "backtest_lists")?;
    let quarters = lists.texts("as_of_quarter")?;
    let known = lists.flag("as_known")?;
    let cases = cases(lists)?;
    let mut names: Vec<&str> = quarters.iter().flatten().map(String::as_str).collect();
    names.dedup();
    let mut rows = Vec::new();
    for name in &names {
        let of: Vec<usize> = (0..cases.len())
            .filter(|row| quarters[*row].as_deref() == Some(*name))
            .collect();
        let own: Vec<Case> = of.iter().map(|row| cases[*row].clone()).collect();
        rows.extend(judged(name, &own, of.iter().all(|row| known.value(*row))));
    }
    if names.len() > 1 {
        let all = (0..cases.len()).all(|row| known.value(row));
        rows.extend(judged(ALL, &cases, all));
    }
    assemble(&rows)
}

fn cases(lists: &Table) -> Result<Vec<Case>> {
    let (npis, statuses) = (lists.text("referring_npi")?, lists.text("status")?);
    let (silent, after) = (
        lists.counts("days_silent")?,
        lists.counts("referrals_after")?,
    );
    let (quiet, weeks) = (lists.real("p_quiet")?, lists.real("weeks_to_lapse")?);
    let (recency, visited) = (lists.flag("recency")?, lists.flag("visited_after")?);
    let case = |row: usize| Case {
        cluster: cluster(npis.value(row)),
        status: statuses.value(row).to_string(),
        p_quiet: quiet.value(row),
        days_silent: silent[row],
        weeks_to_lapse: weeks.value(row),
        recency: recency.value(row),
        referrals_after: after[row].max(0) as u64,
        visited: visited.value(row),
    };
    Ok((0..lists.rows()).map(case).collect())
}

/// The quarters of one referrer belong together: their number, else a sum over the text.
fn cluster(npi: &str) -> u64 {
    npi.parse().unwrap_or_else(|_| {
        npi.bytes().fold(0, |sum: u64, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        })
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
    rows.extend(bins.iter().map(|bin| {
        let of = cases
            .iter()
            .filter(|case| bin_of(case.p_quiet, BINS) == bin.number);
        let of: Vec<Case> = of.cloned().collect();
        Row {
            n: bin.observed.n,
            predicted: Some(bin.stated),
            observed: share(&bin.observed),
            // A bin holds those of like forecasts, whom no area could tell apart.
            judged: Rule::judge(RULES[0], &of).map(Rule::without_area),
            ..row(RULES[0], bin_word(bin.number))
        }
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
        rules
            .map(|rule| rule.map(get).unwrap_or_default())
            .collect()
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
        .int(
            "came_back",
            count(|rule| rule.came_back.map(|c| c.referrers)),
        )
        .int(
            "came_back_visited",
            count(|rule| rule.came_back_visited.map(|c| c.referrers)),
        )
        .int(
            "referrals_back",
            count(|rule| rule.came_back.map(|c| c.referrals)),
        )
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
