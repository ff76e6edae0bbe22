//! How often the list was wrong: the lists of past quarters' ends held against the two quarters that
//! followed. The method is docs/methods/backtest.md.

use std::collections::{BTreeMap, BTreeSet};

use super::backtest_lists::{BINS, bin_word};
use super::backtest_rules::{Case, RULES, Rule};
use super::context::{Context, Finding, Made, made};
use super::estimates::{Estimate, estimates};
use crate::base::{Result, Table, TableBuilder};
use crate::stats::forecasts::{Share, bin_of};

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
    // The quarters of one referrer belong together.
    let everyone: BTreeSet<&str> = npis.iter().flatten().collect();
    let number_of: BTreeMap<&str, u64> = everyone.into_iter().zip(0..).collect();
    let case = |row: usize| Case {
        cluster: number_of.get(npis.value(row)).copied().unwrap_or_default(),
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

/// A row of the table.
struct Row {
    as_of: String,
    rule: &'static str,
    bin: String,
    judged: Rule,
    as_known: bool,
}

/// The rows of one quarter's list, or of all together: one a rule, and one a bin of what was forecast.
fn judged(as_of: &str, cases: &[Case], as_known: bool) -> Vec<Row> {
    let row = |rule: &'static str, bin: String, judged: Rule| Row {
        as_of: as_of.to_string(),
        rule,
        bin,
        judged,
        as_known,
    };
    let mut rows = Vec::new();
    for name in RULES {
        let judged = Rule::judge(name, cases);
        rows.extend(judged.map(|judged| row(name, ALL.to_string(), judged)));
    }
    for number in 0..BINS {
        let in_bin = |case: &&Case| bin_of(case.p_quiet, BINS) == number;
        let of: Vec<Case> = cases.iter().filter(in_bin).cloned().collect();
        // A bin holds those of like forecasts, whom no area could tell apart.
        let judged = Rule::judge(RULES[0], &of).map(Rule::without_area);
        rows.extend(judged.map(|judged| row(RULES[0], bin_word(number), judged)));
    }
    rows.sort_by(|a, b| (a.rule, &a.bin).cmp(&(b.rule, &b.bin)));
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
        rows.iter().map(|row| get(&row.judged)).collect()
    };
    let count = |get: fn(&Rule) -> u64| rows.iter().map(move |row| Some(get(&row.judged) as i64));
    let mut out = TableBuilder::new("backtest")
        .text("as_of_quarter", rows.iter().map(|r| Some(&r.as_of)))
        .text("rule", rows.iter().map(|r| Some(r.rule)))
        .text("bin", rows.iter().map(|r| Some(&r.bin)))
        .int("n", count(|rule| rule.n))
        .real("predicted", rows.iter().map(|r| Some(r.judged.predicted)));
    out = estimates(out, "observed", &of(|rule| rule.observed));
    out = estimates(out, "precision", &of(|rule| rule.precision));
    out = estimates(out, "recall", &of(|rule| rule.recall));
    out = estimates(out, "auc", &of(|rule| rule.auc));
    out = estimates(out, "false_alarm_rate", &of(|rule| rule.false_alarm_rate));
    out = out
        .flag("as_known", rows.iter().map(|r| Some(r.as_known)))
        .int("flagged", count(|rule| rule.flagged));
    estimates(out, "auc_gain", &of(|rule| rule.auc_gain))
        .int("came_back", count(|rule| rule.came_back.referrers))
        .int(
            "came_back_visited",
            count(|rule| rule.came_back_visited.referrers),
        )
        .int("referrals_back", count(|rule| rule.came_back.referrals))
        .int(
            "referrals_back_visited",
            count(|rule| rule.came_back_visited.referrals),
        )
        .int("flagged_visited", count(|rule| rule.flagged_visited))
        .real("weeks_ahead", rows.iter().map(|r| r.judged.weeks_ahead))
        .finish()
}
