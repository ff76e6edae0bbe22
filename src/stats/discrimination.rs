//! How well a score tells those who will from those who won't: the area under the receiver
//! operating characteristic, and how many of the highest scored were right.
//!
//! Scores need no scale: only their order counts, and equal scores are worth half each way.

use crate::forecasts::auc;
use crate::intervals::{Interval, Z_95, wilson};

/// The area under the curve with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// The chance that a positive drawn at random has a higher score than a negative, equal scores
    /// counted half.
    pub value: f64,
    /// Its interval.
    pub interval: Interval,
}

/// The area of [`auc`], the Mann-Whitney statistic over all pairs of a positive and a negative, with an
/// interval for few positives that are independent. None where either is missing, or a score is not a
/// number.
///
/// The interval is the score-type one of Newcombe (Statistics in Medicine 25:559, 2006, method 5):
/// the areas θ with |θ̂ - θ| ≤ z √V(θ), V being [`hanley_mcneil`]'s variance with m and n replaced
/// by their mean within its brackets. It never leaves 0 to 1, and has a width where the scores part
/// the two without fault.
///
/// ```
/// use catchment_stats::discrimination::area;
/// // Of six pairs four are in order, and one is equal.
/// let area = area(&[(0.9, true), (0.4, true), (0.5, false), (0.4, false), (0.1, false)]).unwrap();
/// assert_eq!(area.value, 4.5 / 6.0);
/// assert!(area.interval.low < 0.75 && area.interval.high > 0.75);
/// ```
pub fn area(scored: &[(f64, bool)]) -> Option<Area> {
    let (scores, events): (Vec<f64>, Vec<bool>) = scored.iter().copied().unzip();
    let value = auc(&scores, &events)?.estimate;
    let positives = events.iter().filter(|is_positive| **is_positive).count();
    let (m, n) = (positives as f64, (events.len() - positives) as f64);
    Some(Area {
        value,
        interval: area_interval(value, m, n),
    })
}

/// The variance of an area θ over m positives and n negatives whose scores are exponential, Hanley
/// and McNeil (Radiology 143:29, 1982):
/// (θ(1-θ) + (m-1)(Q1-θ²) + (n-1)(Q2-θ²)) / mn with Q1 = θ/(2-θ) and Q2 = 2θ²/(1+θ).
///
/// ```
/// use catchment_stats::discrimination::hanley_mcneil;
/// // Their example: 0.893 over 51 abnormal and 58 normal pictures has a standard error of 0.032.
/// assert!((hanley_mcneil(0.893, 51.0, 58.0).sqrt() - 0.0325).abs() < 5e-5);
/// ```
pub fn hanley_mcneil(area: f64, positives: f64, negatives: f64) -> f64 {
    let square = area * area;
    let (q1, q2) = (area / (2.0 - area), 2.0 * square / (1.0 + area));
    (area * (1.0 - area) + (positives - 1.0) * (q1 - square) + (negatives - 1.0) * (q2 - square))
        / (positives * negatives)
}

fn area_interval(value: f64, m: f64, n: f64) -> Interval {
    let mean = 0.5 * (m + n);
    // With both numbers their mean the variance is that over mean × mean pairs.
    let variance = |area: f64| hanley_mcneil(area, mean, mean) * mean * mean / (m * n);
    let is_possible = |area: f64| (value - area).abs() <= Z_95 * variance(area).max(0.0).sqrt();
    let edge = |impossible: f64| {
        let (mut inner, mut outer) = (value, impossible);
        // Halving sixty times leaves nothing that a double could tell apart.
        for _ in 0..60 {
            let middle = 0.5 * (inner + outer);
            if is_possible(middle) {
                inner = middle;
            } else {
                outer = middle;
            }
        }
        inner
    };
    Interval {
        low: if value == 0.0 { 0.0 } else { edge(0.0) },
        high: if value == 1.0 { 1.0 } else { edge(1.0) },
    }
}

/// How many of the highest scored were right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Precision {
    /// How many were looked at.
    pub looked_at: u64,
    /// How many of them were positive: where scores are equal across the edge, as many as would be
    /// there on average if chance chose among the equal.
    pub right: f64,
    /// The share that was right.
    pub value: f64,
    /// Wilson's 95 % interval of the share.
    pub interval: Interval,
}

/// The share of positives among the `most` highest scored, among all where there are fewer; none
/// where there is nobody.
///
/// ```
/// use catchment_stats::discrimination::precision_at;
/// // One is surely among the two highest; the other is one of two equals, one of them right.
/// let scored = [(3.0, true), (2.0, false), (2.0, true), (1.0, false)];
/// let precision = precision_at(2, &scored).unwrap();
/// assert_eq!((precision.right, precision.value), (1.5, 0.75));
/// ```
pub fn precision_at(most: u64, scored: &[(f64, bool)]) -> Option<Precision> {
    let looked_at = most.min(scored.len() as u64);
    if looked_at == 0 {
        return None;
    }
    let mut order: Vec<(f64, bool)> = scored.to_vec();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut left, mut right) = (looked_at, 0.0);
    for level in order.chunk_by(|a, b| a.0 == b.0) {
        let positives = level.iter().filter(|(_, is_positive)| *is_positive).count();
        let taken = left.min(level.len() as u64);
        right += taken as f64 * positives as f64 / level.len() as f64;
        left -= taken;
        if left == 0 {
            break;
        }
    }
    let n = looked_at as f64;
    Some(Precision {
        looked_at,
        right,
        value: right / n,
        interval: wilson(right, n, Z_95),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scores() -> impl Strategy<Value = Vec<(f64, bool)>> {
        proptest::collection::vec((0..8i32, any::<bool>()), 1..40).prop_map(|drawn| {
            drawn
                .into_iter()
                .map(|(s, is)| (f64::from(s), is))
                .collect()
        })
    }

    /// The area from every pair.
    fn from_pairs(scored: &[(f64, bool)]) -> Option<f64> {
        let of = |wanted: bool| scored.iter().filter(move |s| s.1 == wanted).map(|s| s.0);
        let won = |p: f64, n: f64| match p.total_cmp(&n) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        let pairs: Vec<f64> = of(true)
            .flat_map(|p| of(false).map(move |n| won(p, n)))
            .collect();
        (!pairs.is_empty()).then(|| pairs.iter().sum::<f64>() / pairs.len() as f64)
    }

    /// The precision over every way to break ties: each order of the equal is as likely, and the
    /// mean over the rotations of each level is the mean over its orders.
    fn over_ties(most: usize, scored: &[(f64, bool)]) -> f64 {
        let most = most.min(scored.len());
        let chance = |at: usize| {
            let above = scored.iter().filter(|s| s.0 > scored[at].0).count();
            let equal = scored.iter().filter(|s| s.0 == scored[at].0).count();
            ((most as f64 - above as f64) / equal as f64).clamp(0.0, 1.0)
        };
        let right: f64 = (0..scored.len())
            .filter(|at| scored[*at].1)
            .map(chance)
            .sum();
        right / most as f64
    }

    proptest! {
        #[test]
        fn the_area_is_that_of_all_pairs(scored in scores()) {
            match (area(&scored), from_pairs(&scored)) {
                (Some(area), Some(exact)) => {
                    prop_assert!((area.value - exact).abs() < 1e-12);
                    prop_assert!(area.interval.low <= exact + 1e-12 && exact - 1e-12 <= area.interval.high);
                    prop_assert!(0.0 <= area.interval.low && area.interval.high <= 1.0);
                    // Turned round, it is the rest to 1, and so are the interval's ends.
                    let turned: Vec<(f64, bool)> = scored.iter().map(|s| (-s.0, s.1)).collect();
                    let other = super::area(&turned).unwrap();
                    prop_assert!((area.value + other.value - 1.0).abs() < 1e-12);
                    prop_assert!((area.interval.low + other.interval.high - 1.0).abs() < 1e-9);
                }
                (area, exact) => prop_assert!(area.is_none() && exact.is_none()),
            }
        }

        #[test]
        fn precision_is_the_mean_over_ties(scored in scores(), most in 1..50usize) {
            let precision = precision_at(most as u64, &scored).unwrap();
            prop_assert!((precision.value - over_ties(most, &scored)).abs() < 1e-12);
            prop_assert!(precision.interval.contains(precision.value));
        }

        /// At the ends the area is just as far away as its variance there allows.
        #[test]
        fn the_ends_solve_their_equation(value in 0.02..0.98f64, m in 2..300u32, n in 2..300u32) {
            let (m, n) = (f64::from(m), f64::from(n));
            let found = area_interval(value, m, n);
            for end in [found.low, found.high] {
                let star = 0.5 * (m + n) - 1.0;
                let bracket = 1.0 + star * ((1.0 - end) / (2.0 - end) + end / (1.0 + end));
                let reach = Z_95 * (end * (1.0 - end) * bracket / (m * n)).sqrt();
                prop_assert!(((value - end).abs() - reach).abs() < 1e-9, "{end}");
            }
        }
    }

    #[test]
    fn without_both_kinds_there_is_no_area() {
        assert_eq!(area(&[]), None);
        assert_eq!(area(&[(1.0, true)]), None);
        assert_eq!(area(&[(1.0, false), (2.0, false)]), None);
        assert_eq!(area(&[(f64::NAN, true), (2.0, false)]), None);
        assert_eq!(precision_at(100, &[]), None);
    }

    /// Parted without fault, the area is 1 and yet not sure.
    #[test]
    fn a_perfect_score_keeps_an_interval() {
        let scored: Vec<(f64, bool)> = (0..20).map(|at| (f64::from(at), at >= 10)).collect();
        let area = area(&scored).unwrap();
        assert_eq!((area.value, area.interval.high), (1.0, 1.0));
        assert!((0.6..0.95).contains(&area.interval.low), "{area:?}");
    }
}
