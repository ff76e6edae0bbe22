//! Two rates against each other where the draws are independent: the exact conditional comparison
//! of two Poisson rates, and the score comparison of two proportions.
//!
//! Referrals of many referrers are not independent draws; their changes are judged in
//! [`crate::changes`], which falls back on these where there are too few referrers to see a spread.

use crate::distributions::{binomial_lower, binomial_upper, ln_binomial, normal_two_sided};
use crate::intervals::{Z_95, clopper_pearson, wilson};

/// A change with its 95 % interval and its two-sided p-value.
///
/// For a difference of shares no change is 0; for a ratio of rates it is 1, and `high` is infinite
/// where nothing bounds the ratio from above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The difference or ratio itself; infinite where the reference rate of a ratio is 0.
    pub estimate: f64,
    /// The lower end of the 95 % interval.
    pub low: f64,
    /// The upper end of the 95 % interval.
    pub high: f64,
    /// The two-sided p-value of no change.
    pub p: f64,
}

/// The ratio of two Poisson rates, `count` in `exposure` against `base_count` in `base_exposure`,
/// with the exact conditional interval and p-value.
///
/// Given the sum of the two counts, the first is binomial with probability
/// `exposure / (exposure + base_exposure)` under equal rates; the interval is Clopper-Pearson's on
/// that scale, and the p-value adds the probabilities of all outcomes that are no likelier than the
/// one seen, as R's `poisson.test` does. With `count` 0 the ratio and its lower end are 0; with
/// `base_count` 0 the ratio and its upper end are infinite. `None` where both counts are 0 or an
/// exposure is not positive.
///
/// ```
/// use catchment_stats::comparisons::poisson_rate_ratio;
/// let change = poisson_rate_ratio(11, 800.0, 21, 3011.0).unwrap();
/// assert!((change.estimate - 1.971488).abs() < 1e-6);
/// assert!((change.low - 0.8584264).abs() < 1e-6);
/// assert!((change.high - 4.2772659).abs() < 1e-6);
/// assert!((change.p - 0.0796686).abs() < 1e-7);
/// ```
pub fn poisson_rate_ratio(
    count: u64,
    exposure: f64,
    base_count: u64,
    base_exposure: f64,
) -> Option<Change> {
    let total = count + base_count;
    let exposed = exposure > 0.0 && base_exposure > 0.0 && (exposure + base_exposure).is_finite();
    if total == 0 || !exposed {
        return None;
    }
    let share = clopper_pearson(count, total, 0.95);
    let ratio = |p: f64| {
        if p >= 1.0 {
            f64::INFINITY
        } else {
            p / (1.0 - p) * base_exposure / exposure
        }
    };
    let estimate = if base_count == 0 {
        f64::INFINITY
    } else {
        (count as f64 / exposure) / (base_count as f64 / base_exposure)
    };
    Some(Change {
        estimate,
        low: ratio(share.low),
        high: ratio(share.high),
        p: binomial_two_sided(count, total, exposure / (exposure + base_exposure)),
    })
}

/// The exact two-sided p-value of `k` successes in `n` draws of probability `p`: the probability
/// of all outcomes that are no likelier than `k`, with R's allowance of 1e-7 for ties.
fn binomial_two_sided(k: u64, n: u64, p: f64) -> f64 {
    let mean = n as f64 * p;
    let observed = k as f64;
    if observed == mean {
        return 1.0;
    }
    let limit = ln_binomial(k, n, p) + 1e-7f64.ln_1p();
    let as_rare = |i: u64| ln_binomial(i, n, p) <= limit;
    // Beyond the mean the probabilities fall steadily, so the outcomes that are no likelier than
    // the observed one begin at one place, which halving finds.
    if observed < mean {
        let first = first_where(mean.ceil() as u64, n + 1, as_rare);
        (binomial_lower(k, n, p) + binomial_upper(first, n, p)).min(1.0)
    } else {
        let floor = mean.floor() as u64;
        let unlikely = floor + 1 - first_where(0, floor + 1, |back| as_rare(floor - back));
        let below = unlikely
            .checked_sub(1)
            .map_or(0.0, |last| binomial_lower(last, n, p));
        (below + binomial_upper(k, n, p)).min(1.0)
    }
}

/// The first number from `low` up to but not including `high` that fits, where all after a fitting
/// one fit too; `high` where none does.
fn first_where(low: u64, high: u64, fits: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (low, high.max(low));
    while low < high {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The difference of two independent proportions, `successes` of `n` less `base_successes` of
/// `base_n`, with Newcombe's score interval and the p-value of the pooled score test.
///
/// The interval is method 10 of Newcombe 1998 (Statistics in Medicine 17:873-890), made of the two
/// Wilson intervals, without continuity correction. The p-value is that of the pooled z test, 1
/// where all draws came out alike. `None` where either side has no draws.
///
/// ```
/// use catchment_stats::comparisons::newcombe_difference;
/// let change = newcombe_difference(56, 70, 48, 80).unwrap();
/// assert!((change.estimate - 0.2).abs() < 1e-12);
/// assert!((change.low - 0.0524).abs() < 5e-5);
/// assert!((change.high - 0.3339).abs() < 5e-5);
/// ```
pub fn newcombe_difference(
    successes: u64,
    n: u64,
    base_successes: u64,
    base_n: u64,
) -> Option<Change> {
    if n == 0 || base_n == 0 {
        return None;
    }
    let (hits, draws) = (successes as f64, n as f64);
    let (base_hits, base_draws) = (base_successes as f64, base_n as f64);
    let (p, base_p) = (hits / draws, base_hits / base_draws);
    let (own, base) = (
        wilson(hits, draws, Z_95),
        wilson(base_hits, base_draws, Z_95),
    );
    let estimate = p - base_p;
    let pooled = (hits + base_hits) / (draws + base_draws);
    let variance = pooled * (1.0 - pooled) * (1.0 / draws + 1.0 / base_draws);
    Some(Change {
        estimate,
        low: estimate - (p - own.low).hypot(base.high - base_p),
        high: estimate + (own.high - p).hypot(base_p - base.low),
        p: if variance > 0.0 {
            normal_two_sided(estimate / variance.sqrt())
        } else {
            1.0
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Newcombe 1998, Table II, method 10.
    #[test]
    fn newcombe_equals_the_published_table() {
        for (a, m, b, n, low, high) in [
            (56, 70, 48, 80, 0.0524, 0.3339),
            (9, 10, 3, 10, 0.1705, 0.8090),
            (6, 7, 2, 7, 0.0582, 0.8062),
            (5, 56, 0, 29, -0.0381, 0.1926),
            (0, 10, 0, 20, -0.1611, 0.2775),
            (0, 10, 0, 10, -0.2775, 0.2775),
            (10, 10, 0, 20, 0.6791, 1.0),
            (10, 10, 0, 10, 0.6075, 1.0),
        ] {
            let change = newcombe_difference(a, m, b, n).unwrap();
            assert!(
                (change.low - low).abs() < 5.1e-5,
                "{a}/{m} {b}/{n} {change:?}"
            );
            assert!(
                (change.high - high).abs() < 5.1e-5,
                "{a}/{m} {b}/{n} {change:?}"
            );
        }
    }

    #[test]
    fn alike_draws_have_no_evidence_of_change() {
        assert_eq!(newcombe_difference(0, 10, 0, 20).unwrap().p, 1.0);
        assert_eq!(newcombe_difference(1, 0, 0, 20), None);
        assert_eq!(newcombe_difference(1, 4, 0, 0), None);
    }

    #[test]
    fn an_empty_side_gives_an_open_ratio() {
        let gone = poisson_rate_ratio(0, 60.0, 12, 60.0).unwrap();
        assert_eq!((gone.estimate, gone.low), (0.0, 0.0));
        // Twelve of twelve on one side of a fair coin, both tails.
        assert!((gone.p - 2.0 * 0.5f64.powi(12)).abs() < 1e-15);
        assert!((gone.high - (1.0 / 0.025f64.powf(1.0 / 12.0) - 1.0)).abs() < 1e-10);
        let come = poisson_rate_ratio(12, 60.0, 0, 60.0).unwrap();
        assert_eq!((come.estimate, come.high), (f64::INFINITY, f64::INFINITY));
        assert!((come.low * gone.high - 1.0).abs() < 1e-10);
        assert_eq!(poisson_rate_ratio(0, 60.0, 0, 60.0), None);
        assert_eq!(poisson_rate_ratio(1, 0.0, 1, 60.0), None);
    }

    /// The p-value as its definition says, adding up every outcome.
    fn brute_two_sided(k: u64, n: u64, p: f64) -> f64 {
        let limit = ln_binomial(k, n, p).exp() * (1.0 + 1e-7);
        let sum: f64 = (0..=n)
            .map(|i| ln_binomial(i, n, p).exp())
            .filter(|&mass| mass <= limit)
            .sum();
        sum.min(1.0)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn two_sided_tail_equals_adding_up(n in 1u64..200, k in 0u64..200, p in 0.02..0.98f64) {
            let k = k.min(n);
            let found = binomial_two_sided(k, n, p);
            let expected = brute_two_sided(k, n, p);
            prop_assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }

        #[test]
        fn swapping_the_sides_inverts_the_ratio(a in 0u64..300, b in 0u64..300, t in 1.0..90.0f64) {
            prop_assume!(a + b > 0);
            let there = poisson_rate_ratio(a, t, b, 60.0).unwrap();
            let back = poisson_rate_ratio(b, 60.0, a, t).unwrap();
            prop_assert!((there.p - back.p).abs() < 1e-9);
            prop_assert!(there.low == 0.0 || (there.low * back.high - 1.0).abs() < 1e-9);
            prop_assert!(there.low <= there.estimate && there.estimate <= there.high);
        }

        #[test]
        fn swapping_the_sides_negates_the_difference(a in 0u64..80, b in 0u64..80) {
            let there = newcombe_difference(a, 80, b, 90).unwrap();
            let back = newcombe_difference(b, 90, a, 80).unwrap();
            prop_assert!((there.low + back.high).abs() < 1e-14);
            prop_assert!((there.p - back.p).abs() < 1e-14);
            prop_assert!(there.low >= -1.0 - 1e-12 && there.high <= 1.0 + 1e-12);
        }
    }
}
