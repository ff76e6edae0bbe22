//! Screens silences: of referrers, or of practices. The gap test, the change of rate, the loss, the
//! chance of a stop, and the status that follows. The method is docs/methods/referrers.md.

use super::referrer_history::{History, Holidays, Rhythm};
use super::referrer_priors::Priors;
use crate::base::config::{LapseRule, Lapsed};
use crate::base::{Day, Quarter};
use crate::stats::comparisons::{Change, poisson_rate_ratio};
use crate::stats::gap::{gap_days, gap_p};
use crate::stats::multiplicity::q_values;
use crate::stats::shrinkage::GammaPrior;
use crate::stats::stopping::{Observed, stop_rate};

/// At risk from here on: more doubtful than lapsed, worth a look.
pub(super) const AT_RISK: f64 = 0.20;
const SIGNIFICANT: f64 = 0.05;
/// A day so far ahead tells nobody anything.
const MOST_DAYS_AHEAD: f64 = 7305.0;
const DAYS_OF_GRACE: i32 = 14;
/// The former and the present rate are means of so many quarters.
pub(super) const QUARTERS: f64 = 2.0;

/// A referrer, or a practice, whose silence may be judged.
pub(super) struct Case {
    pub history: History,
    pub rhythm: Option<Rhythm>,
    /// Whose pace is expected before the own history is looked at.
    pub group: String,
    /// The last complete day of the source.
    pub complete: Day,
    /// Whether a silence is judged at all.
    pub screened: bool,
    /// Referrals in the last four quarters, oldest first.
    pub quarters: [u64; 4],
    /// Referrals in the last two quarters and in the same two a year before.
    pub present: u64,
    pub former: u64,
}

impl Case {
    pub(super) fn new(
        history: History,
        (group, complete, screened): (String, Day, bool),
        (quarter, holidays): (Quarter, &Holidays),
    ) -> Self {
        let of = |back: i32| {
            let quarter = quarter.plus(-back);
            history.referrals(quarter.first_day(), quarter.last_day())
        };
        Self {
            rhythm: history.rhythm(quarter, complete, holidays),
            group,
            complete,
            screened,
            quarters: [3, 2, 1, 0].map(of),
            present: of(0) + of(1),
            former: of(4) + of(5),
            history,
        }
    }

    /// Days from the last referral day to the last complete one, never below 0.
    pub(super) fn silent_days(&self) -> i64 {
        let last = self.history.days.last().map_or(self.complete, |d| d.0);
        i64::from((self.complete.0 - last.0).max(0))
    }

    pub(super) fn typical_gap(&self) -> Option<f64> {
        self.rhythm.and_then(|r| r.typical_gap)
    }

    /// Referral days, and days to have them on, in the four quarters that end a year before.
    fn pace(&self, quarter: Quarter, holidays: &Holidays) -> (u64, f64) {
        let (first, last) = (quarter.plus(-7).first_day(), quarter.plus(-4).last_day());
        let days = holidays.days_between(first.plus(-1), last);
        (self.history.referral_days(first, last), days)
    }
}

/// By what is judged.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub lapsed: &'a Lapsed,
    pub quarter: Quarter,
    /// The first day of the data.
    pub data_begins: Option<Day>,
}

/// Whether the data reach back to the quarters with which the last two are compared; what was never
/// loaded is not nothing. The first days of a quarter may be free of referrals by chance.
pub(super) fn knows_year_before(data_begins: Option<Day>, quarter: Quarter) -> bool {
    let from = quarter.plus(-5).first_day();
    data_begins.is_some_and(|begins| begins <= from.plus(DAYS_OF_GRACE))
}

/// What is reckoned over all cases together, in their order.
pub(super) struct Screening<'a> {
    pub rules: Rules<'a>,
    pub cases: Vec<Case>,
    pub gap_p: Vec<Option<f64>>,
    pub gap_q: Vec<Option<f64>>,
    pub ratios: Vec<Option<Change>>,
    pub ratio_q: Vec<Option<f64>>,
    /// Referrals a quarter that a stop costs.
    pub loss: Vec<f64>,
    /// The chance that they have stopped, and that nothing comes of them in the two quarters ahead.
    pub p_stopped: Vec<Option<f64>>,
    pub p_quiet: Vec<Option<f64>>,
    /// What the gap test knew of each.
    observed: Vec<Option<Observed>>,
    /// The greatest gap_p that is a lapse among these cases.
    provable: f64,
    pub statuses: Vec<&'static str>,
}

impl<'a> Screening<'a> {
    /// Judges all cases as one family.
    pub(super) fn of(cases: Vec<Case>, rules: Rules<'a>) -> Self {
        let holidays = Holidays::around(rules.quarter);
        let group = |c: &Case| c.group.clone();
        let pace = Priors::of(
            cases
                .iter()
                .map(|c| (group(c), c.pace(rules.quarter, &holidays))),
        );
        let gap_p: Vec<Option<f64>> = cases
            .iter()
            .map(|c| silence(c, pace.of_specialty(&c.group)?))
            .collect();
        // The family is everyone with enough referral days in the eight quarters to be screened.
        let is_enough = |c: &Case| {
            c.rhythm
                .is_some_and(|r| r.referral_days >= rules.lapsed.minimum_days)
        };
        let screened: Vec<Option<f64>> = cases
            .iter()
            .zip(&gap_p)
            .map(|(c, p)| p.filter(|_| is_enough(c)))
            .collect();
        let compared = knows_year_before(rules.data_begins, rules.quarter);
        let ratios: Vec<Option<Change>> = cases
            .iter()
            .map(|c| poisson_rate_ratio(c.present, QUARTERS, c.former, QUARTERS))
            .map(|ratio| ratio.filter(|_| compared))
            .collect();
        let ratio_q = q_values(&ratios.iter().map(|r| r.map(|r| r.p)).collect::<Vec<_>>());
        let observed: Vec<Option<Observed>> = cases
            .iter()
            .zip(&screened)
            .map(|(c, p)| p.and(observed(c, pace.of_specialty(&c.group)?)))
            .collect();
        let (p_stopped, p_quiet) = chances(&cases, &observed, rules.quarter, &holidays);
        let mut all = Self {
            gap_q: q_values(&screened),
            loss: losses(&cases),
            gap_p,
            ratios,
            ratio_q,
            p_stopped,
            p_quiet,
            provable: provable(&screened, rules.lapsed.level),
            observed,
            statuses: Vec::new(),
            cases,
            rules,
        };
        all.statuses = (0..all.cases.len()).map(|at| all.status(at)).collect();
        all
    }

    /// The first status that fits, in the order of their definition.
    fn status(&self, at: usize) -> &'static str {
        let (case, lapsed) = (&self.cases[at], self.rules.lapsed);
        let days = &case.history.days;
        let gap_q = self.gap_q[at];
        // Counted to the last complete day: a feed that stopped must not make everybody silent.
        let silent_for = case.silent_days();
        let recent = self.rules.quarter.plus(-1).first_day();
        let ratio = self.ratio(at);
        let has_lapsed = match lapsed.rule {
            LapseRule::Gap => gap_q.is_some_and(|q| q < lapsed.level),
            LapseRule::Days(limit) => silent_for >= i64::from(limit),
        };
        if (days.len() as u32) < lapsed.minimum_days {
            "too_few"
        } else if !case.screened {
            "not_screened"
        } else if has_lapsed {
            "lapsed"
        } else if silent_for as f64 >= self.silence_limit(at) {
            "silent"
        } else if self.returned(at).is_some() {
            "reactivated"
        } else if self.began_lately(days.first().map(|d| d.0), recent) {
            "new"
        } else if self.is_silence(at)
            || ratio.is_some_and(|(ratio, q)| ratio <= 0.5 && q < SIGNIFICANT)
        {
            "at_risk"
        } else {
            match ratio {
                Some((ratio, q)) if q < SIGNIFICANT && ratio < 1.0 => "declining",
                Some((ratio, q)) if q < SIGNIFICANT && ratio > 1.0 => "growing",
                _ => "stable",
            }
        }
    }

    fn ratio(&self, at: usize) -> Option<(f64, f64)> {
        Some((self.ratios[at]?.estimate, self.ratio_q[at]?))
    }

    /// Whether the silence is doubtful by itself, whatever the pace was before it.
    pub(super) fn is_silence(&self, at: usize) -> bool {
        self.gap_q[at].is_some_and(|q| q < AT_RISK)
    }

    /// The day in the last two quarters on which they came back after a silence, and the days of that
    /// silence.
    pub(super) fn returned(&self, at: usize) -> Option<(Day, i64)> {
        let recent = self.rules.quarter.plus(-1).first_day();
        let silence = self.silence_limit(at);
        let mut pairs = self.cases[at].history.days.windows(2);
        let back = pairs
            .find(|pair| pair[1].0 >= recent && f64::from(pair[1].0.0 - pair[0].0.0) >= silence)?;
        Some((back[1].0, i64::from(back[1].0.0 - back[0].0.0)))
    }

    /// Days of further silence after which it is a lapse, below 0 where it was one before the last complete
    /// day; nothing of who is not screened.
    pub(super) fn days_to_lapse(&self, at: usize) -> Option<f64> {
        let seen = self.observed[at]?;
        Some(match self.rules.lapsed.rule {
            LapseRule::Gap => gap_days(seen.exposure, seen.shape, self.provable) - seen.silent_days,
            LapseRule::Days(limit) => f64::from(limit) - self.cases[at].silent_days() as f64,
        })
    }

    /// The day from which the silence is a lapse if nothing comes before, of those whose silence is
    /// doubtful or proved; nothing where it lies more than twenty years ahead.
    pub(super) fn lapse_on(&self, at: usize) -> Option<Day> {
        let is_quiet = match self.statuses[at] {
            "lapsed" | "silent" => true,
            "at_risk" => self.is_silence(at),
            _ => false,
        };
        let days = self.days_to_lapse(at)?.ceil();
        (is_quiet && days <= MOST_DAYS_AHEAD).then(|| self.cases[at].complete.plus(days as i32))
    }

    /// How long they may be quiet: the configured days, or three typical gaps where longer.
    fn silence_limit(&self, at: usize) -> f64 {
        let gap = self.cases[at].typical_gap().unwrap_or(0.0);
        f64::from(self.rules.lapsed.silent_days).max(3.0 * gap)
    }

    /// Whether the first referral fell in the last two quarters, after four quarters of data.
    fn began_lately(&self, first: Option<Day>, recent: Day) -> bool {
        let watched = |first: Day| {
            self.rules
                .data_begins
                .is_some_and(|begins| begins <= first.quarter().plus(-4).last_day())
        };
        first.is_some_and(|first| first >= recent && watched(first))
    }
}

/// The greatest p-value of the family whose q-value is below the level; where there is none, the one
/// that a single lapse would need.
fn provable(screened: &[Option<f64>], level: f64) -> f64 {
    let family = screened.iter().flatten().count().max(1) as f64;
    let q = q_values(screened);
    let lapsed = screened
        .iter()
        .zip(q)
        .filter(|(_, q)| q.is_some_and(|q| q < level));
    lapsed
        .filter_map(|(p, _)| *p)
        .fold(level / family, f64::max)
}

/// The gap test; nothing of who is not screened.
fn silence(case: &Case, prior: GammaPrior) -> Option<f64> {
    let rhythm = case.rhythm.filter(|_| case.screened)?;
    Some(gap_p(
        prior.alpha,
        prior.r,
        rhythm.t_days,
        rhythm.x,
        rhythm.g_days,
        rhythm.dispersion,
    ))
}

fn observed(case: &Case, prior: GammaPrior) -> Option<Observed> {
    let rhythm = case.rhythm?;
    Some(Observed {
        shape: (prior.r + f64::from(rhythm.x)) / rhythm.dispersion.max(1.0),
        exposure: prior.alpha + rhythm.t_days,
        active_days: rhythm.t_days,
        silent_days: rhythm.g_days,
    })
}

type Chances = Vec<Option<f64>>;

/// The chances of having stopped, and of nothing in the two quarters ahead.
fn chances(
    cases: &[Case],
    observed: &[Option<Observed>],
    quarter: Quarter,
    holidays: &Holidays,
) -> (Chances, Chances) {
    let known: Vec<Observed> = observed.iter().flatten().copied().collect();
    let Some(rate) = stop_rate(&known) else {
        return (vec![None; cases.len()], vec![None; cases.len()]);
    };
    let ahead = Holidays::around(quarter.plus(2))
        .days_between(quarter.last_day(), quarter.plus(2).last_day());
    let stopped = observed.iter().map(|o| Some(o.as_ref()?.p_stopped(rate)));
    let quiet = cases.iter().zip(observed).map(|(case, o)| {
        let unseen = holidays.days_between(case.complete, quarter.last_day());
        Some(o.as_ref()?.p_quiet(rate, unseen, ahead))
    });
    (stopped.collect(), quiet.collect())
}

/// Referrals a quarter: the shrunk former rate less the shrunk present rate, never below 0.
fn losses(cases: &[Case]) -> Vec<f64> {
    let volume = Priors::of(
        cases
            .iter()
            .map(|c| (c.group.clone(), (c.former, QUARTERS))),
    );
    cases
        .iter()
        .map(|c| match volume.of_specialty(&c.group) {
            Some(prior) => (prior.posterior_mean(c.former, QUARTERS)
                - prior.posterior_mean(c.present, QUARTERS))
            .max(0.0),
            None => ((c.former as f64 - c.present as f64) / QUARTERS).max(0.0),
        })
        .collect()
}
