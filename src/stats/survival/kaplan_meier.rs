//! Kaplan and Meier's curve with Greenwood's standard errors.

use super::order::{SurvivalError, moments};
use crate::intervals::{Interval, Z_95};

/// How the pointwise 95 % limits of a curve are reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// S e^(± z se/S), cut at 1: the default of R's `survfit`.
    Log,
    /// S^(e^(± z se/(S ln S))): better for few waits, and never outside 0 to 1.
    LogLog,
}

/// A place where the curve falls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// The time of the fall.
    pub time: f64,
    /// How many were still waiting, and watched, just before.
    pub at_risk: u64,
    /// How many waits ended then.
    pub ended: u64,
    /// The share still waiting just after.
    pub survival: f64,
    /// Greenwood's standard error of that share; 0 where the curve has reached 0.
    pub error: f64,
}

impl SurvivalStep {
    /// The pointwise 95 % limits of the share still waiting; `None` where the curve has reached 0,
    /// where neither way gives any.
    pub fn interval(&self, confidence: Confidence) -> Option<Interval> {
        let share = self.survival;
        if share <= 0.0 {
            return None;
        }
        let (one, other) = match confidence {
            Confidence::Log => {
                let reach = Z_95 * self.error / share;
                (share * (-reach).exp(), (share * reach.exp()).min(1.0))
            }
            Confidence::LogLog => {
                let reach = Z_95 * self.error / (share * share.ln());
                (share.powf(reach.exp()), share.powf((-reach).exp()))
            }
        };
        Some(Interval {
            low: one.min(other),
            high: one.max(other),
        })
    }
}

/// A curve of the share still waiting: 1 before the first step, and as its last step says from there
/// on, as long as anyone was watched.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// The steps, in order of time; none where no wait ended.
    pub steps: Vec<SurvivalStep>,
}

/// How far a share may pass a level by rounding alone and still count as having reached it.
const ROUNDING: f64 = 1e-9;

impl KaplanMeier {
    /// The share still waiting after `time`, ends at `time` included.
    pub fn survival_at(&self, time: f64) -> f64 {
        let before = self.steps.partition_point(|step| step.time <= time);
        let step = before.checked_sub(1).and_then(|last| self.steps.get(last));
        step.map_or(1.0, |step| step.survival)
    }

    /// The first time at which the share of waits that have ended reaches `share` (0.5 for the
    /// median); `None` where the curve does not get so far.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let level = 1.0 - share + ROUNDING;
        let reached = self.steps.iter().find(|step| step.survival <= level);
        reached.map(|step| step.time)
    }

    /// The 95 % limits of [`KaplanMeier::quantile`]: the first times at which the lower and the
    /// upper pointwise limit reach the level. A limit that does not get so far is `None`; the upper
    /// end is then open.
    pub fn quantile_interval(
        &self,
        share: f64,
        confidence: Confidence,
    ) -> (Option<f64>, Option<f64>) {
        let level = 1.0 - share + ROUNDING;
        let first = |end: fn(Interval) -> f64| {
            let reaches = |step: &&SurvivalStep| {
                let interval = step.interval(confidence);
                interval.is_some_and(|interval| end(interval) <= level)
            };
            self.steps.iter().find(reaches).map(|step| step.time)
        };
        (
            first(|interval| interval.low),
            first(|interval| interval.high),
        )
    }
}

/// Kaplan and Meier's curve of waits given as (time, whether the wait ended then); those that did
/// not end were censored.
///
/// S = Π (1 - d/n), Greenwood's Var = S² Σ d/(n (n - d)).
///
/// ```
/// use catchment_stats::survival::kaplan_meier;
/// let curve = kaplan_meier(&[(3.0, true), (5.0, false), (5.0, true), (8.0, true)]).unwrap();
/// assert_eq!(curve.quantile(0.5), Some(5.0));
/// assert_eq!(curve.survival_at(4.0), 0.75);
/// ```
pub fn kaplan_meier(waits: &[(f64, bool)]) -> Result<KaplanMeier, SurvivalError> {
    let caused: Vec<(f64, u32)> = waits.iter().map(|w| (w.0, u32::from(w.1))).collect();
    let mut survival = 1.0;
    let mut hazard_variance = 0.0;
    let mut steps = Vec::new();
    for moment in moments(&caused, 1)? {
        let ended: u64 = moment.ends.iter().sum();
        if ended == 0 {
            continue;
        }
        let (n, d) = (moment.at_risk as f64, ended as f64);
        survival *= (n - d) / n;
        let error = if ended < moment.at_risk {
            hazard_variance += d / (n * (n - d));
            survival * hazard_variance.sqrt()
        } else {
            0.0
        };
        steps.push(SurvivalStep {
            time: moment.time,
            at_risk: moment.at_risk,
            ended,
            survival,
            error,
        });
    }
    Ok(KaplanMeier { steps })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bad_waits_are_said() {
        assert_eq!(kaplan_meier(&[]), Err(SurvivalError::Empty));
        let bad = [(1.0, true), (-1.0, true)];
        assert_eq!(kaplan_meier(&bad), Err(SurvivalError::BadTime(1)));
        let nan = [(f64::NAN, true)];
        assert_eq!(kaplan_meier(&nan), Err(SurvivalError::BadTime(0)));
    }

    #[test]
    fn nothing_ended_is_a_level_line() {
        let curve = kaplan_meier(&[(1.0, false), (9.0, false)]).unwrap();
        assert!(curve.steps.is_empty());
        assert_eq!(curve.survival_at(100.0), 1.0);
        assert_eq!(curve.quantile(0.5), None);
        assert_eq!(curve.quantile_interval(0.5, Confidence::Log), (None, None));
    }

    /// Exactly half is reached, in spite of the product's rounding.
    #[test]
    fn exactly_half_is_the_median() {
        let waits: Vec<(f64, bool)> = (1..=14).map(|t| (f64::from(t), true)).collect();
        assert_eq!(kaplan_meier(&waits).unwrap().quantile(0.5), Some(7.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
        /// Without censoring the curve is the share of longer waits, with the binomial's error.
        #[test]
        fn without_censoring_it_is_the_empirical_share(times in prop::collection::vec(0u32..40, 1..60)) {
            let waits: Vec<(f64, bool)> = times.iter().map(|&t| (f64::from(t), true)).collect();
            let curve = kaplan_meier(&waits).unwrap();
            let n = times.len() as f64;
            for step in &curve.steps {
                let longer = times.iter().filter(|&&t| f64::from(t) > step.time).count() as f64 / n;
                prop_assert!((step.survival - longer).abs() < 1e-12);
                prop_assert!((step.error - (longer * (1.0 - longer) / n).sqrt()).abs() < 1e-12);
            }
        }

        #[test]
        fn a_change_of_unit_and_of_order_moves_only_the_times(
            waits in prop::collection::vec((0u32..60, any::<bool>()), 1..60), unit in 0.1..30.0f64
        ) {
            let plain: Vec<(f64, bool)> = waits.iter().map(|w| (f64::from(w.0), w.1)).collect();
            let scaled: Vec<(f64, bool)> = plain.iter().rev().map(|w| (w.0 * unit, w.1)).collect();
            let (a, b) = (kaplan_meier(&plain).unwrap(), kaplan_meier(&scaled).unwrap());
            prop_assert_eq!(a.steps.len(), b.steps.len());
            for (a, b) in a.steps.iter().zip(&b.steps) {
                prop_assert_eq!(b.time, a.time * unit);
                prop_assert_eq!((a.survival, a.error), (b.survival, b.error));
                for confidence in [Confidence::Log, Confidence::LogLog] {
                    if let Some(interval) = a.interval(confidence) {
                        prop_assert!(interval.contains(a.survival));
                        prop_assert!(interval.low >= 0.0 && interval.high <= 1.0);
                    }
                }
            }
        }
    }
}
