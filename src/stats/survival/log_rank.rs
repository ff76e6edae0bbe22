//! The log-rank test of two groups of waits.

use super::order::SurvivalError;
use crate::distributions::chi2_upper;

/// The result of a log-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRank {
    /// The test statistic, chi-squared with one degree of freedom under equal hazards.
    pub chi2: f64,
    /// Its p-value.
    pub p: f64,
}

/// The log-rank test of two groups of waits, each given as (time, whether the wait ended then).
///
/// (O - E)²/V with the hypergeometric variance at every time of an end (Mantel 1966; R's
/// `survdiff`). Where nothing can be compared (no time of an end with someone at risk on both
/// sides) the statistic is 0 and p is 1. An error if a group is empty or a time is bad; its place
/// counts through the first group and on into the second.
///
/// ```
/// use catchment_stats::survival::log_rank;
/// let quick = [(1.0, true), (2.0, true), (3.0, true), (4.0, true)];
/// let slow = [(9.0, true), (10.0, true), (11.0, false), (12.0, true)];
/// assert!(log_rank(&quick, &slow).unwrap().p < 0.01);
/// ```
pub fn log_rank(first: &[(f64, bool)], second: &[(f64, bool)]) -> Result<LogRank, SurvivalError> {
    if first.is_empty() || second.is_empty() {
        return Err(SurvivalError::Empty);
    }
    let mut waits: Vec<(f64, bool, bool)> = Vec::with_capacity(first.len() + second.len());
    waits.extend(first.iter().map(|w| (w.0, w.1, true)));
    waits.extend(second.iter().map(|w| (w.0, w.1, false)));
    if let Some(place) = waits.iter().position(|w| !w.0.is_finite() || w.0 < 0.0) {
        return Err(SurvivalError::BadTime(place));
    }
    waits.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = |run: &[(f64, bool, bool)], fits: fn(&(f64, bool, bool)) -> bool| {
        run.iter().filter(|w| fits(w)).count() as f64
    };
    let (mut at_risk, mut at_risk_first) = (waits.len() as f64, first.len() as f64);
    let (mut excess, mut variance) = (0.0, 0.0);
    for run in waits.chunk_by(|a, b| a.0 == b.0) {
        let ended = count(run, |w| w.1);
        if ended > 0.0 {
            let share = at_risk_first / at_risk;
            excess += count(run, |w| w.1 && w.2) - ended * share;
            if at_risk > 1.0 {
                variance += ended * share * (1.0 - share) * (at_risk - ended) / (at_risk - 1.0);
            }
        }
        at_risk -= run.len() as f64;
        at_risk_first -= count(run, |w| w.2);
    }
    let chi2 = if variance > 0.0 {
        excess * excess / variance
    } else {
        0.0
    };
    Ok(LogRank {
        chi2,
        p: chi2_upper(chi2, 1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_to_compare() {
        let ended = [(1.0, true)];
        assert_eq!(log_rank(&ended, &[]), Err(SurvivalError::Empty));
        assert_eq!(
            log_rank(&ended, &[(f64::INFINITY, true)]),
            Err(SurvivalError::BadTime(1))
        );
        let open = log_rank(&[(3.0, false)], &[(4.0, false)]).unwrap();
        assert_eq!((open.chi2, open.p), (0.0, 1.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_groups_may_be_swapped_and_the_unit_changed(
            first in prop::collection::vec((0u32..30, any::<bool>()), 1..40),
            second in prop::collection::vec((0u32..30, any::<bool>()), 1..40),
        ) {
            let waits = |group: &[(u32, bool)], unit: f64| -> Vec<(f64, bool)> {
                group.iter().map(|w| (f64::from(w.0) * unit, w.1)).collect()
            };
            let there = log_rank(&waits(&first, 1.0), &waits(&second, 1.0)).unwrap();
            let back = log_rank(&waits(&second, 7.0), &waits(&first, 7.0)).unwrap();
            prop_assert!((there.chi2 - back.chi2).abs() < 1e-9 * (1.0 + there.chi2));
            let same = log_rank(&waits(&first, 1.0), &waits(&first, 1.0)).unwrap();
            prop_assert!(same.chi2 < 1e-18);
        }
    }
}
