//! Aalen and Johansen's cumulative incidence: the share of waits that have ended in one way, where
//! other ends compete with it.

use super::order::{Moment, SurvivalError, moments};
use crate::intervals::{Interval, Z_95};

/// A place where the cumulative incidence rises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IncidenceStep {
    /// The time of the rise.
    pub time: f64,
    /// How many were still waiting, and watched, just before.
    pub at_risk: u64,
    /// How many waits ended in this way then.
    pub ended: u64,
    /// The share of all waits that have ended in this way by then.
    pub incidence: f64,
    /// The standard error of that share.
    pub error: f64,
}

impl IncidenceStep {
    /// The pointwise 95 % limits of the incidence, by log(-log) of the share that has not ended in
    /// this way; with no competing end they are those of the Kaplan-Meier curve. `None` where the
    /// incidence has reached 1.
    pub fn interval(&self) -> Option<Interval> {
        let rest = 1.0 - self.incidence;
        if rest <= 0.0 {
            return None;
        }
        let reach = Z_95 * self.error / (rest * rest.ln()).abs();
        Some(Interval {
            low: 1.0 - rest.powf((-reach).exp()),
            high: 1.0 - rest.powf(reach.exp()),
        })
    }
}

/// The cumulative incidence of one cause: 0 before the first step, and level after the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Incidence {
    /// The steps, in order of time; none where no wait ended in this way.
    pub steps: Vec<IncidenceStep>,
}

/// How far a share may miss a level by rounding alone and still count as having reached it.
const ROUNDING: f64 = 1e-9;

impl Incidence {
    /// The share of all waits that have ended in this way by `time`, ends at `time` included.
    pub fn at(&self, time: f64) -> f64 {
        let before = self.steps.partition_point(|step| step.time <= time);
        let step = before.checked_sub(1).and_then(|last| self.steps.get(last));
        step.map_or(0.0, |step| step.incidence)
    }

    /// The share of all waits that end in this way within the time watched.
    pub fn reached(&self) -> f64 {
        self.steps.last().map_or(0.0, |step| step.incidence)
    }

    /// The first time by which `share` of all waits have ended in this way; `None` where they never
    /// do within the time watched, because the others ended otherwise or still wait.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let level = share - ROUNDING;
        let reached = self.steps.iter().find(|step| step.incidence >= level);
        reached.map(|step| step.time)
    }

    /// The 95 % limits of [`Incidence::quantile`]: the first times at which the upper and the lower
    /// pointwise limit reach `share`. A limit that does not get so far is `None`: the upper end is
    /// then open, and where the lower end is `None` too, nothing is known.
    pub fn quantile_interval(&self, share: f64) -> (Option<f64>, Option<f64>) {
        let level = share - ROUNDING;
        let first = |end: fn(Interval) -> f64| {
            let reaches = |step: &&IncidenceStep| {
                let interval = step.interval();
                interval.is_some_and(|interval| end(interval) >= level)
            };
            self.steps.iter().find(reaches).map(|step| step.time)
        };
        (
            first(|interval| interval.high),
            first(|interval| interval.low),
        )
    }

    /// The first time by which `share` of those who end in this way within the time watched have
    /// done so: with 0.5, the median wait of those who are seen. `None` where nobody ends in this
    /// way. It is the quantile of `share` times [`Incidence::reached`], and
    /// [`Incidence::quantile_interval`] of that product gives limits that take the reached share as
    /// known.
    pub fn quantile_of_reached(&self, share: f64) -> Option<f64> {
        if self.steps.is_empty() {
            return None;
        }
        self.quantile(share * self.reached())
    }
}

/// The cumulative incidence of `cause` among waits given as (time, cause of the end), where cause 0
/// means censored and any other number a way of ending.
///
/// F(t) = Σ S(t-) d_k/n with S the Kaplan-Meier curve of an end of any kind, and the variance by
/// the delta method (Marubini and Valsecchi 1995, p. 341; the same as Gaynor and others 1993). A
/// `cause` of 0 or one that nobody has gives no steps.
///
/// ```
/// use catchment_stats::survival::cumulative_incidence;
/// // Seen after 3 and 8 days, given up after 5, still waiting after 6.
/// let waits = [(3.0, 1), (5.0, 2), (6.0, 0), (8.0, 1)];
/// let seen = cumulative_incidence(&waits, 1).unwrap();
/// assert_eq!((seen.at(3.0), seen.at(8.0)), (0.25, 0.75));
/// assert_eq!(seen.quantile(0.5), Some(8.0));
/// ```
pub fn cumulative_incidence(waits: &[(f64, u32)], cause: u32) -> Result<Incidence, SurvivalError> {
    // Two kinds of end are enough: the one asked for, and all others.
    let two: Vec<(f64, u32)> = waits
        .iter()
        .map(|&(time, end)| {
            let kind = match end {
                0 => 0,
                end if end == cause => 1,
                _ => 2,
            };
            (time, kind)
        })
        .collect();
    let mut course = Course::default();
    let mut steps = Vec::new();
    for moment in moments(&two, 2)? {
        if let Some(step) = course.pass(&moment) {
            steps.push(step);
        }
    }
    Ok(Incidence { steps })
}

/// The running sums of an Aalen-Johansen curve.
///
/// The delta variance at t is Σ (F(t) - F_j)² A_j + Σ B_j - 2 Σ (F(t) - F_j) C_j over the moments
/// up to t, with A = d/(n (n - d)), B = S²(d_k/n²)((n - d_k)/n) and C = S d_k/n²; the squares are
/// multiplied out, so that each moment is passed once.
struct Course {
    /// The share still waiting.
    waiting: f64,
    incidence: f64,
    a: f64,
    a_f: f64,
    a_ff: f64,
    b: f64,
    c: f64,
    c_f: f64,
}

impl Default for Course {
    fn default() -> Self {
        Course {
            waiting: 1.0,
            incidence: 0.0,
            a: 0.0,
            a_f: 0.0,
            a_ff: 0.0,
            b: 0.0,
            c: 0.0,
            c_f: 0.0,
        }
    }
}

impl Course {
    /// Passes one moment; a step where the incidence rises.
    fn pass(&mut self, moment: &Moment) -> Option<IncidenceStep> {
        let all: u64 = moment.ends.iter().sum();
        if all == 0 {
            return None;
        }
        let own = moment.ends.first().copied().unwrap_or(0);
        let (n, d, d_own) = (moment.at_risk as f64, all as f64, own as f64);
        self.incidence += self.waiting * d_own / n;
        let f = self.incidence;
        if all < moment.at_risk {
            // Where everybody left has ended, the term is infinite times a difference of 0.
            let a = d / (n * (n - d));
            self.a += a;
            self.a_f += a * f;
            self.a_ff += a * f * f;
        }
        let c = self.waiting * d_own / (n * n);
        self.b += self.waiting * c * (n - d_own) / n;
        self.c += c;
        self.c_f += c * f;
        self.waiting *= (n - d) / n;
        let variance = f * f * self.a - 2.0 * f * self.a_f + self.a_ff + self.b
            - 2.0 * (f * self.c - self.c_f);
        (own > 0).then_some(IncidenceStep {
            time: moment.time,
            at_risk: moment.at_risk,
            ended: own,
            incidence: f,
            error: variance.max(0.0).sqrt(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier::{Confidence, kaplan_meier};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nobody_ends_so() {
        let waits = [(3.0, 2), (5.0, 0)];
        let never = cumulative_incidence(&waits, 1).unwrap();
        assert!(never.steps.is_empty());
        assert_eq!(never.quantile(0.5), None);
        assert_eq!(never.quantile_of_reached(0.5), None);
        assert_eq!((never.reached(), never.at(9.0)), (0.0, 0.0));
        assert!(cumulative_incidence(&waits, 0).unwrap().steps.is_empty());
        assert_eq!(cumulative_incidence(&[], 1), Err(SurvivalError::Empty));
    }

    #[test]
    fn the_median_of_all_and_of_those_who_are_seen() {
        // Ten waits: four seen on days 1 to 4, five given up on day 5, one still waiting.
        let mut waits: Vec<(f64, u32)> = (1..=4).map(|day| (f64::from(day), 1)).collect();
        waits.extend([(5.0, 2); 5]);
        waits.push((9.0, 0));
        let seen = cumulative_incidence(&waits, 1).unwrap();
        assert!((seen.reached() - 0.4).abs() < 1e-12);
        assert_eq!(seen.quantile(0.5), None);
        assert_eq!(seen.quantile(0.4), Some(4.0));
        assert_eq!(seen.quantile_of_reached(0.5), Some(2.0));
        let (low, high) = seen.quantile_interval(0.2);
        assert_eq!(low, Some(1.0));
        assert_eq!(high, None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_single_cause_is_the_kaplan_meier_curve(
            waits in prop::collection::vec((0u32..40, 0u32..2), 1..80)
        ) {
            let waits: Vec<(f64, u32)> = waits.iter().map(|w| (f64::from(w.0), w.1)).collect();
            let plain: Vec<(f64, bool)> = waits.iter().map(|w| (w.0, w.1 == 1)).collect();
            let curve = kaplan_meier(&plain).unwrap();
            let incidence = cumulative_incidence(&waits, 1).unwrap();
            prop_assert_eq!(curve.steps.len(), incidence.steps.len());
            for (s, f) in curve.steps.iter().zip(&incidence.steps) {
                prop_assert!((s.survival + f.incidence - 1.0).abs() < 1e-12);
                if s.survival > 1e-9 {
                    prop_assert!((s.error - f.error).abs() < 1e-7, "{} {}", s.error, f.error);
                    let limits = s.interval(Confidence::LogLog).unwrap();
                    let own = f.interval().unwrap();
                    prop_assert!((limits.low + own.high - 1.0).abs() < 1e-6);
                    prop_assert!((limits.high + own.low - 1.0).abs() < 1e-6);
                }
            }
        }

        #[test]
        fn all_causes_and_the_waiting_add_up(waits in prop::collection::vec((0u32..40, 0u32..4), 1..80)) {
            let waits: Vec<(f64, u32)> = waits.iter().map(|w| (f64::from(w.0), w.1)).collect();
            let any: Vec<(f64, bool)> = waits.iter().map(|w| (w.0, w.1 > 0)).collect();
            let waiting = kaplan_meier(&any).unwrap();
            for day in 0..41 {
                let time = f64::from(day);
                let ended: f64 = (1..4)
                    .map(|cause| cumulative_incidence(&waits, cause).unwrap().at(time))
                    .sum();
                prop_assert!((ended + waiting.survival_at(time) - 1.0).abs() < 1e-12);
            }
        }
    }
}
