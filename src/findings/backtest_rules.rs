//! The rules that a backtest compares, and what each got right on the same cases.

use super::backtest::share;
use super::estimates::Estimate;
use crate::stats::forecasts::{auc_clustered, auc_difference, judge};

/// The rules in the order in which they are compared. The first is ours; the last warns before a lapse.
pub(super) const RULES: [&str; 5] = ["catchment", "days=90", "days=180", "recency", "at_risk"];

/// A referrer judged at the end of a past quarter, and what came after.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// The quarters of one referrer share a number.
    pub cluster: u64,
    pub status: String,
    pub p_quiet: f64,
    pub days_silent: i64,
    pub weeks_to_lapse: f64,
    /// Whether as many as lapsed by our rule were no longer silent.
    pub recency: bool,
    pub referrals_after: u64,
    /// Whether the practice was visited or called in the time after.
    pub visited: bool,
}

/// Those flagged who referred again.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Back {
    pub referrers: u64,
    pub referrals: u64,
}

/// What one rule got right.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub n: u64,
    pub flagged: u64,
    /// The mean chance that was stated, whatever the rule.
    pub predicted: f64,
    /// Of all cases, those of whom nothing came.
    pub observed: Estimate,
    pub precision: Estimate,
    pub recall: Estimate,
    pub false_alarm_rate: Estimate,
    pub auc: Estimate,
    /// Our area less this rule's.
    pub auc_gain: Estimate,
    /// Of those flagged and not visited after it, those who referred again; and of those visited.
    pub came_back: Back,
    pub came_back_visited: Back,
    pub flagged_visited: u64,
    /// Half of the warnings that came true came so many weeks before the lapse was provable.
    pub weeks_ahead: Option<f64>,
}

impl Rule {
    /// Judges a rule; nothing where no case is left to it.
    pub(super) fn judge(name: &str, cases: &[Case]) -> Option<Self> {
        // A warning is judged among those who might be warned of: not of those who are silent already.
        let is_warning = name == "at_risk";
        let open =
            |case: &&Case| !is_warning || !["lapsed", "silent"].contains(&case.status.as_str());
        let cases: Vec<&Case> = cases.iter().filter(open).collect();
        if cases.is_empty() {
            return None;
        }
        let (scores, flagged) = scored(name, &cases);
        let quiet: Vec<bool> = cases.iter().map(|c| c.referrals_after == 0).collect();
        let clusters: Vec<u64> = cases.iter().map(|c| c.cluster).collect();
        let judged = judge(&flagged, &quiet, &clusters)?;
        let everyone = vec![true; cases.len()];
        let observed = judge(&everyone, &quiet, &clusters)?.precision;
        let area = auc_clustered(&scores, &quiet, &clusters);
        let ours: Vec<f64> = cases.iter().map(|c| c.p_quiet).collect();
        let gain = auc_difference(&ours, &scores, &quiet, &clusters);
        let is_ours = name == RULES[0];
        let compared = !is_ours && !is_warning;
        let (back, back_visited, visited) = came_back(&cases, &flagged);
        Some(Self {
            n: cases.len() as u64,
            flagged: flagged.iter().filter(|f| **f).count() as u64,
            predicted: ours.iter().sum::<f64>() / ours.len() as f64,
            observed: share(&observed),
            precision: share(&judged.precision),
            recall: share(&judged.recall),
            false_alarm_rate: share(&judged.false_alarm_rate),
            auc: area
                .filter(|_| !is_warning)
                .map(|a| Estimate::of(a.estimate, a.interval))
                .unwrap_or_default(),
            auc_gain: gain
                .filter(|_| compared)
                .map(|g| Estimate::of(g.estimate, g.interval))
                .unwrap_or_default(),
            came_back: back,
            came_back_visited: back_visited,
            flagged_visited: visited,
            weeks_ahead: is_warning.then(|| weeks_ahead(&cases, &flagged)).flatten(),
        })
    }

    /// The same without an area.
    pub(super) fn without_area(self) -> Self {
        Self {
            auc: Estimate::default(),
            ..self
        }
    }
}

/// What a rule scores each case, higher ones speaking for a stop, and whom it flags. Recency flags as
/// many as ours does, the longest silent first.
fn scored(name: &str, cases: &[&Case]) -> (Vec<f64>, Vec<bool>) {
    let status = |word: &str| -> Vec<bool> { cases.iter().map(|c| c.status == word).collect() };
    let days = |limit: i64| -> Vec<bool> { cases.iter().map(|c| c.days_silent >= limit).collect() };
    let yes_or_no = |flagged: Vec<bool>| {
        let scores = flagged.iter().map(|f| f64::from(u8::from(*f))).collect();
        (scores, flagged)
    };
    match name {
        "days=90" => yes_or_no(days(90)),
        "days=180" => yes_or_no(days(180)),
        "at_risk" => yes_or_no(status("at_risk")),
        "recency" => {
            let scores = cases.iter().map(|c| c.days_silent as f64).collect();
            (scores, cases.iter().map(|c| c.recency).collect())
        }
        _ => {
            let scores = cases.iter().map(|c| c.p_quiet).collect();
            (scores, status("lapsed"))
        }
    }
}

/// Those flagged who referred again without a visit and with one, and how many flagged were visited.
fn came_back(cases: &[&Case], flagged: &[bool]) -> (Back, Back, u64) {
    let (mut alone, mut visited, mut visits) = (Back::default(), Back::default(), 0);
    for case in cases
        .iter()
        .zip(flagged)
        .filter_map(|(c, f)| f.then_some(c))
    {
        visits += u64::from(case.visited);
        let back = if case.visited {
            &mut visited
        } else {
            &mut alone
        };
        back.referrers += u64::from(case.referrals_after > 0);
        back.referrals += case.referrals_after;
    }
    (alone, visited, visits)
}

/// The median over the warnings that came true of the weeks until the silence was provable.
fn weeks_ahead(cases: &[&Case], flagged: &[bool]) -> Option<f64> {
    let right = |(case, flag): (&&Case, &bool)| {
        (*flag && case.referrals_after == 0).then_some(case.weeks_to_lapse)
    };
    let mut weeks: Vec<f64> = cases.iter().zip(flagged).filter_map(right).collect();
    weeks.sort_by(f64::total_cmp);
    let upper = *weeks.get(weeks.len() / 2)?;
    Some(0.5 * (upper + weeks[(weeks.len() - 1) / 2]))
}
