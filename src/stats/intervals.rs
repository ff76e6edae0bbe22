//! Intervals around one proportion or one Poisson rate.
//!
//! Wilson's score interval is the one that rates are printed with, on the number of draws divided
//! by the design effect ([`wilson_clustered`]); the design effect itself is reckoned in
//! [`crate::clustering`]. The exact intervals stand beside it for checks and small counts.
//! Comparisons of two rates stand in [`crate::comparisons`].

use crate::distributions::{beta_quantile, chi2_quantile, normal_quantile};

/// The standard normal quantile of a two-sided 95 % interval.
pub const Z_95: f64 = 1.959963984540054;

/// The two ends of an interval, in the unit of the quantity that it surrounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end; it may be infinite where the text of a function says so.
    pub high: f64,
}

impl Interval {
    /// What is known of a proportion without a single draw: anything from 0 to 1.
    pub const UNKNOWN_SHARE: Interval = Interval {
        low: 0.0,
        high: 1.0,
    };

    /// Whether `value` lies between the ends, the ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// Wilson's score interval of `successes` out of `n` draws at the normal quantile `z`.
///
/// (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), Wilson 1927, method 3 of Newcombe 1998.
/// Both numbers may be fractional, since an effective number of draws is. Without draws the
/// interval is 0 to 1. The lower end is exactly 0 where there is no success, the upper exactly 1
/// where there is no failure.
///
/// ```
/// use catchment_stats::intervals::{Z_95, wilson};
/// let interval = wilson(81.0, 263.0, Z_95);
/// assert!((interval.low - 0.2552885199).abs() < 1e-9);
/// assert!((interval.high - 0.3662095770).abs() < 1e-9);
/// ```
pub fn wilson(successes: f64, n: f64, z: f64) -> Interval {
    if n <= 0.0 || n.is_nan() {
        return Interval::UNKNOWN_SHARE;
    }
    let p = (successes / n).clamp(0.0, 1.0);
    let square = z * z;
    let centre = p + square / (2.0 * n);
    let reach = z * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt();
    let scale = 1.0 + square / n;
    Interval {
        low: if p == 0.0 {
            0.0
        } else {
            ((centre - reach) / scale).clamp(0.0, p)
        },
        high: if p == 1.0 {
            1.0
        } else {
            ((centre + reach) / scale).clamp(p, 1.0)
        },
    }
}

/// Wilson's 95 % interval of `successes` out of `n` on `n / design_effect` draws.
///
/// The proportion stays what it is; only the number of draws that it is worth falls. A design
/// effect under 1, or not a number, counts as 1.
///
/// ```
/// use catchment_stats::intervals::{Z_95, wilson, wilson_clustered};
/// // Clusters that make four draws worth one: 40 of 120 is worth 10 of 30.
/// assert_eq!(wilson_clustered(40, 120, 4.0), wilson(10.0, 30.0, Z_95));
/// ```
pub fn wilson_clustered(successes: u64, n: u64, design_effect: f64) -> Interval {
    let effect = design_effect.max(1.0);
    wilson(successes as f64 / effect, n as f64 / effect, Z_95)
}

/// The exact (Clopper-Pearson) interval of `successes` out of `n` draws at a `confidence` such as
/// 0.95; 0 to 1 without draws.
///
/// The ends are quantiles of Beta(x, n - x + 1) and Beta(x + 1, n - x).
///
/// ```
/// use catchment_stats::intervals::clopper_pearson;
/// let interval = clopper_pearson(0, 20, 0.95);
/// assert_eq!(interval.low, 0.0);
/// assert!((interval.high - (1.0 - 0.025f64.powf(0.05))).abs() < 1e-12);
/// ```
pub fn clopper_pearson(successes: u64, n: u64, confidence: f64) -> Interval {
    if n == 0 {
        return Interval::UNKNOWN_SHARE;
    }
    let hits = successes.min(n) as f64;
    let misses = n as f64 - hits;
    let tail = (1.0 - confidence) / 2.0;
    Interval {
        low: if hits == 0.0 {
            0.0
        } else {
            beta_quantile(tail, hits, misses + 1.0)
        },
        high: if misses == 0.0 {
            1.0
        } else {
            beta_quantile(1.0 - tail, hits + 1.0, misses)
        },
    }
}

/// The exact (Garwood) interval of a Poisson rate, of `count` events in `exposure` units at a
/// `confidence` such as 0.95. `None` where the exposure is not positive.
///
/// χ²(a/2; 2x)/2 and χ²(1 - a/2; 2x + 2)/2, each divided by the exposure.
///
/// ```
/// use catchment_stats::intervals::poisson_exact;
/// let interval = poisson_exact(137, 24.19893, 0.95).unwrap();
/// assert!((interval.low - 4.753124805).abs() < 1e-8);
/// assert!((interval.high - 6.692709334).abs() < 1e-8);
/// ```
pub fn poisson_exact(count: u64, exposure: f64, confidence: f64) -> Option<Interval> {
    if exposure <= 0.0 || exposure.is_nan() {
        return None;
    }
    let events = count as f64;
    let tail = (1.0 - confidence) / 2.0;
    let low = if count == 0 {
        0.0
    } else {
        chi2_quantile(tail, 2.0 * events) / 2.0
    };
    let high = chi2_quantile(1.0 - tail, 2.0 * events + 2.0) / 2.0;
    Some(Interval {
        low: low / exposure,
        high: high / exposure,
    })
}

/// Byar's approximation of [`poisson_exact`]: close enough from about ten events on, and a cube
/// instead of a quantile search. `None` where the exposure is not positive.
///
/// x (1 - 1/9x - z/3√x)³ and the same of x + 1 with the other sign (Breslow and Day 1987, p. 69).
///
/// ```
/// use catchment_stats::intervals::poisson_byar;
/// assert_eq!(poisson_byar(0, 1.0, 0.95).unwrap().low, 0.0);
/// ```
pub fn poisson_byar(count: u64, exposure: f64, confidence: f64) -> Option<Interval> {
    if exposure <= 0.0 || exposure.is_nan() {
        return None;
    }
    let z = normal_quantile(0.5 + confidence / 2.0);
    let end = |x: f64, z: f64| x * (1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt())).powi(3);
    let events = count as f64;
    Some(Interval {
        low: if count == 0 {
            0.0
        } else {
            end(events, -z).max(0.0) / exposure
        },
        high: end(events + 1.0, z) / exposure,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_drawn_is_nothing_known() {
        assert_eq!(wilson(0.0, 0.0, Z_95), Interval::UNKNOWN_SHARE);
        assert_eq!(wilson(0.0, f64::NAN, Z_95), Interval::UNKNOWN_SHARE);
        assert_eq!(wilson_clustered(0, 0, 3.0), Interval::UNKNOWN_SHARE);
        assert_eq!(clopper_pearson(0, 0, 0.95), Interval::UNKNOWN_SHARE);
        assert_eq!(poisson_exact(3, 0.0, 0.95), None);
        assert_eq!(poisson_byar(3, -1.0, 0.95), None);
    }

    #[test]
    fn a_design_effect_below_one_counts_as_one() {
        assert_eq!(wilson_clustered(3, 10, 0.2), wilson(3.0, 10.0, Z_95));
        assert_eq!(wilson_clustered(3, 10, f64::NAN), wilson(3.0, 10.0, Z_95));
    }

    /// Byar's ends are within one per cent of the exact ones from ten events on.
    #[test]
    fn byar_is_near_the_exact_interval() {
        for count in [10, 25, 137, 5000] {
            let exact = poisson_exact(count, 2.0, 0.95).unwrap();
            let byar = poisson_byar(count, 2.0, 0.95).unwrap();
            assert!((byar.low / exact.low - 1.0).abs() < 0.01, "{count}");
            assert!((byar.high / exact.high - 1.0).abs() < 0.01, "{count}");
        }
    }

    /// Breslow and Day's table of exact limits for ten events: 4.80 and 18.39.
    #[test]
    fn poisson_table_of_ten_events() {
        let interval = poisson_exact(10, 1.0, 0.95).unwrap();
        assert!((interval.low - 4.795).abs() < 1e-3);
        assert!((interval.high - 18.390).abs() < 1e-3);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        /// The ends are where the score test is just at its critical value: the definition of the
        /// interval, solved by nobody's formula.
        #[test]
        fn wilson_ends_solve_the_score_equation(n in 1u32..5000, share in 0.0..=1.0f64) {
            let n = f64::from(n);
            let successes = (n * share).round();
            let interval = wilson(successes, n, Z_95);
            for end in [interval.low, interval.high] {
                if end > 0.0 && end < 1.0 {
                    let score = (successes / n - end) / (end * (1.0 - end) / n).sqrt();
                    prop_assert!((score.abs() - Z_95).abs() < 1e-6, "{score}");
                }
            }
            prop_assert!(interval.contains(successes / n));
        }

        #[test]
        fn more_clustering_is_never_surer(n in 1u64..3000, hits in 0u64..3000, effect in 1.0..20.0f64) {
            let hits = hits.min(n);
            let plain = wilson_clustered(hits, n, 1.0);
            let clustered = wilson_clustered(hits, n, effect);
            prop_assert!(clustered.low <= plain.low + 1e-15);
            prop_assert!(clustered.high >= plain.high - 1e-15);
        }

        /// At the ends of the exact interval each tail holds exactly 2.5 %.
        #[test]
        fn clopper_pearson_ends_have_their_tails(n in 1u64..400, hits in 0u64..400) {
            let hits = hits.min(n);
            let interval = clopper_pearson(hits, n, 0.95);
            let mass = |k: u64, p: f64| crate::distributions::ln_binomial(k, n, p).exp();
            if hits > 0 {
                let upper: f64 = (hits..=n).map(|k| mass(k, interval.low)).sum();
                prop_assert!((upper - 0.025).abs() < 1e-9, "{upper}");
            }
            if hits < n {
                let lower: f64 = (0..=hits).map(|k| mass(k, interval.high)).sum();
                prop_assert!((lower - 0.025).abs() < 1e-9, "{lower}");
            }
        }
    }
}
