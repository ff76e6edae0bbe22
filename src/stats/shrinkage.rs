//! Shrinking shares and rates toward what is typical, so that tiny denominators do not lead a
//! table: beta-binomial for shares, gamma-Poisson for counts, and James and Stein's estimator for
//! normal means.
//!
//! The priors are fitted by maximum likelihood over all groups, zeros included. Which groups belong
//! together, and what share a group is expected to have, is the caller's.

use crate::optimise::{minimise_between, nelder_mead, newton_polish};
use crate::special::ln_rising;
use std::collections::BTreeMap;

/// The bounds of a fitted precision or gamma shape. At the upper one a prior is worth a million
/// draws: groups that show no spread beyond chance are shrunk all the way.
const LEAST_PRECISION: f64 = 1e-2;
const LARGEST_PRECISION: f64 = 1e6;

/// Expected shares are kept this far from 0 and 1, where a beta prior does not exist.
const LEAST_SHARE: f64 = 1e-6;

/// A beta prior of a share, as its mean and its precision: the number of draws that it is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaPrior {
    /// The mean share, α / (α + β).
    pub mean: f64,
    /// α + β; at most a million.
    pub precision: f64,
}

impl BetaPrior {
    /// The posterior mean share after `successes` in `n` draws.
    ///
    /// ```
    /// use catchment_stats::shrinkage::BetaPrior;
    /// let prior = BetaPrior { mean: 0.25, precision: 20.0 };
    /// assert_eq!(prior.posterior_mean(5, 5), 0.4);
    /// ```
    pub fn posterior_mean(&self, successes: u64, n: u64) -> f64 {
        (self.mean * self.precision + successes as f64) / (self.precision + n as f64)
    }

    /// ln of the probability of one ordered run of draws with `successes` in `n` (without the
    /// binomial coefficient, which the prior does not change).
    fn ln_likelihood(&self, successes: u64, n: u64) -> f64 {
        ln_rising(self.mean * self.precision, successes)
            + ln_rising((1.0 - self.mean) * self.precision, n - successes)
            - ln_rising(self.precision, n)
    }
}

/// The beta prior of largest likelihood for groups of (successes, draws).
///
/// `None` where no group has a draw. Where the groups do not differ more than chance would have
/// them, the precision is at its bound of a million; so it is where all draws came out alike, and
/// the mean is then (Y + 1/2) / (N + 1). Successes beyond the draws count as all draws.
///
/// ```
/// use catchment_stats::shrinkage::fit_beta_binomial;
/// let prior = fit_beta_binomial(&[(2, 20), (16, 20), (11, 20), (4, 20), (9, 20)]).unwrap();
/// assert!((prior.mean - 0.42).abs() < 0.01);
/// assert!(prior.precision > 2.0 && prior.precision < 10.0);
/// ```
pub fn fit_beta_binomial(groups: &[(u64, u64)]) -> Option<BetaPrior> {
    let tally = tally_shares(groups);
    let draws: u64 = tally.iter().map(|(&(_, n), &count)| n * count).sum();
    let hits: u64 = tally.iter().map(|(&(y, _), &count)| y * count).sum();
    if draws == 0 {
        return None;
    }
    let half_added = (hits as f64 + 0.5) / (draws as f64 + 1.0);
    if hits == 0 || hits == draws {
        return Some(BetaPrior {
            mean: half_added,
            precision: LARGEST_PRECISION,
        });
    }
    let prior_at = |point: &[f64; 2]| BetaPrior {
        mean: (1.0 / (1.0 + (-point[0]).exp())).clamp(LEAST_SHARE, 1.0 - LEAST_SHARE),
        precision: precision_of(point[1]),
    };
    let loss = |point: &[f64; 2]| beta_loss(&tally, &prior_at(point));
    let logit = (half_added / (1.0 - half_added)).ln();
    // The best precision at the plain mean is a start that no flat stretch can hold up.
    let ln_precision = best_ln_precision(|ln| loss(&[logit, ln]));
    let found = nelder_mead(loss, [logit, ln_precision], 0.2);
    let fitted = prior_at(&newton_polish(loss, found).point);
    let no_spread = BetaPrior {
        mean: hits as f64 / draws as f64,
        precision: LARGEST_PRECISION,
    };
    Some(better(&tally, fitted, no_spread))
}

/// The common precision of largest likelihood for groups of (successes, draws) that each have an
/// expected share of their own, such as the one that a referrer's mix of specialties leads to
/// expect.
///
/// Groups without draws are left out. `None` where none remains or the lengths differ. Expected
/// shares are kept a millionth away from 0 and 1. The precision lies between 0.01 and a million;
/// a group's shrunk share is `BetaPrior { mean: expected, precision }.posterior_mean(y, n)`.
pub fn fit_beta_binomial_precision(groups: &[(u64, u64)], expected: &[f64]) -> Option<f64> {
    if groups.len() != expected.len() || groups.iter().all(|group| group.1 == 0) {
        return None;
    }
    let loss = |ln_precision: f64| -> f64 {
        groups
            .iter()
            .zip(expected)
            .map(|(&(successes, n), &mean)| {
                let prior = BetaPrior {
                    mean: mean.clamp(LEAST_SHARE, 1.0 - LEAST_SHARE),
                    precision: ln_precision.exp(),
                };
                -prior.ln_likelihood(successes.min(n), n)
            })
            .sum()
    };
    Some(precision_of(best_ln_precision(loss)))
}

/// The precision of this logarithm within the bounds, exactly a bound where it reaches one.
fn precision_of(ln_precision: f64) -> f64 {
    if ln_precision >= LARGEST_PRECISION.ln() {
        LARGEST_PRECISION
    } else {
        ln_precision.exp().max(LEAST_PRECISION)
    }
}

/// The best logarithm of a precision; of a stretch where it makes no difference, the upper end,
/// since groups that tell nothing of a spread are no reason to believe in one.
fn best_ln_precision(loss: impl Fn(f64) -> f64) -> f64 {
    let (low, high) = (LEAST_PRECISION.ln(), LARGEST_PRECISION.ln());
    let best = minimise_between(&loss, low, high, 60);
    let slack = 1e-9 * (1.0 + loss(best).abs());
    if loss(high) <= loss(best) + slack {
        high
    } else {
        best
    }
}

/// The likelier of a fitted prior and the one without spread; at equal likelihood the latter.
fn better(tally: &ShareTally, fitted: BetaPrior, no_spread: BetaPrior) -> BetaPrior {
    let (here, there) = (beta_loss(tally, &fitted), beta_loss(tally, &no_spread));
    if here < there - 1e-9 * (1.0 + there.abs()) {
        fitted
    } else {
        no_spread
    }
}

/// How many groups have each (successes, draws).
type ShareTally = BTreeMap<(u64, u64), u64>;

fn tally_shares(groups: &[(u64, u64)]) -> ShareTally {
    let mut tally = ShareTally::new();
    for &(successes, n) in groups.iter().filter(|group| group.1 > 0) {
        *tally.entry((successes.min(n), n)).or_default() += 1;
    }
    tally
}

fn beta_loss(tally: &ShareTally, prior: &BetaPrior) -> f64 {
    tally
        .iter()
        .map(|(&(successes, n), &count)| -(count as f64) * prior.ln_likelihood(successes, n))
        .sum()
}

/// A gamma prior of a rate: shape `r` and rate `alpha`, the latter in units of exposure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaPrior {
    /// The shape; at most a million.
    pub r: f64,
    /// The rate parameter; the mean rate is `r / alpha`.
    pub alpha: f64,
}

impl GammaPrior {
    /// The mean rate per unit of exposure, r / α.
    pub fn mean(&self) -> f64 {
        self.r / self.alpha
    }

    /// The posterior mean rate after `count` events in `exposure`, (r + x) / (α + t).
    ///
    /// ```
    /// use catchment_stats::shrinkage::GammaPrior;
    /// let prior = GammaPrior { r: 2.0, alpha: 100.0 };
    /// assert_eq!(prior.posterior_mean(10, 100.0), 0.06);
    /// ```
    pub fn posterior_mean(&self, count: u64, exposure: f64) -> f64 {
        (self.r + count as f64) / (self.alpha + exposure)
    }
}

/// The gamma prior of largest likelihood for groups of (count, exposure), zeros included: the
/// negative binomial fit behind the gap test and the shrunk counts.
///
/// Groups whose exposure is not positive are left out. `None` where none remains or nothing
/// happened in any. Where the counts vary no more than Poisson counts do, the shape is at its bound
/// of a million.
///
/// ```
/// use catchment_stats::shrinkage::fit_gamma_poisson;
/// let prior = fit_gamma_poisson(&[(0, 90.0), (1, 90.0), (14, 90.0), (3, 90.0)]).unwrap();
/// assert!((prior.mean() - 18.0 / 360.0).abs() < 1e-6);
/// ```
pub fn fit_gamma_poisson(groups: &[(u64, f64)]) -> Option<GammaPrior> {
    let tally = tally_counts(groups);
    let exposure: f64 = tally.iter().map(|(_, t, weight)| t * weight).sum();
    let events: f64 = tally.iter().map(|(x, _, weight)| *x as f64 * weight).sum();
    if exposure <= 0.0 || events == 0.0 || !exposure.is_finite() {
        return None;
    }
    let ln_mean = (events / exposure).ln();
    let prior_at = |point: &[f64; 2]| {
        let r = precision_of(point[1]);
        GammaPrior {
            r,
            alpha: r / point[0].exp(),
        }
    };
    let loss = |point: &[f64; 2]| gamma_loss(&tally, &prior_at(point));
    let ln_shape = best_ln_precision(|ln| loss(&[ln_mean, ln]));
    let found = nelder_mead(loss, [ln_mean, ln_shape], 0.2);
    let fitted = newton_polish(loss, found);
    let no_spread = [ln_mean, LARGEST_PRECISION.ln()];
    let limit = loss(&no_spread);
    Some(if fitted.value < limit - 1e-9 * (1.0 + limit.abs()) {
        prior_at(&fitted.point)
    } else {
        prior_at(&no_spread)
    })
}

/// The distinct (count, exposure) with how many groups have them, in order.
fn tally_counts(groups: &[(u64, f64)]) -> Vec<(u64, f64, f64)> {
    let mut sorted: Vec<(u64, f64)> = groups.iter().copied().filter(|g| g.1 > 0.0).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut tally: Vec<(u64, f64, f64)> = Vec::new();
    for (count, exposure) in sorted {
        match tally.last_mut() {
            Some(last) if last.0 == count && last.1 == exposure => last.2 += 1.0,
            _ => tally.push((count, exposure, 1.0)),
        }
    }
    tally
}

/// Minus the negative binomial log-likelihood, without the terms that the prior does not change.
fn gamma_loss(tally: &[(u64, f64, f64)], prior: &GammaPrior) -> f64 {
    tally
        .iter()
        .map(|&(count, exposure, weight)| {
            // (α/(α+t))^r ((1/(α+t))^x) Γ(r+x)/Γ(r); the second factor without t^x / x!.
            let ln_kept = -prior.r * (exposure / prior.alpha).ln_1p();
            let ln_gone = -(count as f64) * (prior.alpha + exposure).ln();
            -weight * (ln_kept + ln_gone + ln_rising(prior.r, count))
        })
        .sum()
}

/// James and Stein's estimates of normal means of one common variance, shrunk toward their mean.
///
/// The factor c = 1 - (k - 3) σ²/S with S the sum of squares about the mean, not below 0 (Efron and
/// Morris 1975); each value becomes mean + c (value - mean). The factor is 1, and the values are
/// what they were, under four values; it is 0 where all are equal.
///
/// ```
/// use catchment_stats::shrinkage::james_stein;
/// let (factor, shrunk) = james_stein(&[0.0, 1.0, 2.0, 3.0], 1.0);
/// assert!((factor - 0.8).abs() < 1e-15);
/// assert!((shrunk[3] - 2.7).abs() < 1e-15);
/// ```
pub fn james_stein(values: &[f64], variance: f64) -> (f64, Vec<f64>) {
    let count = values.len() as f64;
    if values.len() < 4 {
        return (1.0, values.to_vec());
    }
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let factor = if squares > 0.0 {
        (1.0 - (count - 3.0) * variance / squares).max(0.0)
    } else {
        0.0
    };
    let shrunk = values.iter().map(|v| mean + factor * (v - mean)).collect();
    (factor, shrunk)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distributions::ln_binomial;
    use proptest::prelude::*;

    /// Geissler's Saxon families: boys among the first twelve children of 6,115 families. The
    /// maximum likelihood estimates are published as α 34.09558 and β 31.5715, with a maximum of
    /// -12492.9; the ridge is flat, and scipy 1.17.1 climbs it to 34.10288 and 31.57826.
    #[test]
    fn geissler_families() {
        let families = [3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7];
        let groups: Vec<(u64, u64)> = families
            .iter()
            .enumerate()
            .flat_map(|(boys, &count)| vec![(boys as u64, 12); count])
            .collect();
        let prior = fit_beta_binomial(&groups).unwrap();
        let alpha = prior.mean * prior.precision;
        assert!((alpha - 34.10288).abs() < 1e-3, "{alpha}");
        assert!((prior.precision - alpha - 31.57826).abs() < 1e-3);
        let log_likelihood: f64 = groups
            .iter()
            .map(|&(y, n)| {
                // ln C(12, y) from the binomial of a fair coin.
                prior.ln_likelihood(y, n) + ln_binomial(y, n, 0.5) + 12.0 * 2f64.ln()
            })
            .sum();
        assert!((log_likelihood + 12492.9).abs() < 0.1, "{log_likelihood}");
    }

    /// Bliss and Fisher 1953: European red mites on 150 apple leaves, k = 1.02459.
    #[test]
    fn mites_on_apple_leaves() {
        let leaves = [70, 38, 17, 10, 9, 3, 2, 1];
        let groups: Vec<(u64, f64)> = leaves
            .iter()
            .enumerate()
            .flat_map(|(mites, &count)| vec![(mites as u64, 1.0); count])
            .collect();
        let prior = fit_gamma_poisson(&groups).unwrap();
        assert!((prior.r - 1.02459).abs() < 5e-5, "{prior:?}");
        assert!((prior.mean() - 172.0 / 150.0).abs() < 1e-6);
        // In other units of exposure only alpha changes.
        let days: Vec<(u64, f64)> = groups.iter().map(|&(x, t)| (x, 365.0 * t)).collect();
        let in_days = fit_gamma_poisson(&days).unwrap();
        assert!((in_days.r / prior.r - 1.0).abs() < 1e-5);
        assert!((in_days.alpha / prior.alpha / 365.0 - 1.0).abs() < 1e-5);
    }

    #[test]
    fn no_spread_is_full_shrinkage() {
        let alike = fit_beta_binomial(&[(5, 10), (10, 20), (15, 30), (4, 8)]).unwrap();
        assert_eq!(alike.precision, LARGEST_PRECISION);
        assert!((alike.mean - 0.5).abs() < 1e-9);
        let singles = fit_beta_binomial(&[(1, 1), (0, 1), (0, 1), (0, 1)]).unwrap();
        assert_eq!(singles.precision, LARGEST_PRECISION);
        assert!((singles.mean - 0.25).abs() < 1e-9);
        let steady = fit_gamma_poisson(&[(10, 90.0), (10, 90.0), (11, 90.0), (9, 90.0)]).unwrap();
        assert_eq!(steady.r, LARGEST_PRECISION);
        assert!((steady.mean() - 40.0 / 360.0).abs() < 1e-9);
    }

    #[test]
    fn one_sided_and_empty_groups() {
        let none = fit_beta_binomial(&[(0, 10), (0, 5), (0, 0)]).unwrap();
        assert_eq!(
            none,
            BetaPrior {
                mean: 0.5 / 16.0,
                precision: LARGEST_PRECISION
            }
        );
        let all = fit_beta_binomial(&[(10, 10), (5, 5)]).unwrap();
        assert_eq!(all.mean, 15.5 / 16.0);
        assert_eq!(fit_beta_binomial(&[(0, 0)]), None);
        assert_eq!(fit_gamma_poisson(&[(0, 90.0), (0, 90.0)]), None);
        assert_eq!(fit_gamma_poisson(&[(4, 0.0)]), None);
        assert_eq!(fit_beta_binomial_precision(&[(1, 4)], &[]), None);
        assert_eq!(fit_beta_binomial_precision(&[(0, 0)], &[0.4]), None);
        // Groups of nothing but all or none have the smallest precision there is.
        let split = fit_beta_binomial(&[(0, 50), (50, 50), (0, 50), (50, 50)]).unwrap();
        assert!(split.precision < 0.2, "{split:?}");
    }

    /// With one expected share for all, the common precision is that of the full fit at its mean.
    #[test]
    fn expected_shares_that_are_equal_give_the_plain_fit() {
        let groups = [
            (2, 20),
            (16, 20),
            (11, 20),
            (4, 20),
            (9, 20),
            (0, 7),
            (3, 3),
        ];
        let prior = fit_beta_binomial(&groups).unwrap();
        let precision = fit_beta_binomial_precision(&groups, &[prior.mean; 7]).unwrap();
        assert!((precision / prior.precision - 1.0).abs() < 1e-4);
        // Expected shares that explain all of the spread leave none.
        let explained = [0.1, 0.8, 0.55, 0.2, 0.45, 0.0, 1.0];
        let full = fit_beta_binomial_precision(&groups, &explained).unwrap();
        assert!((full / LARGEST_PRECISION - 1.0).abs() < 1e-9, "{full}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn posterior_lies_between_the_raw_and_the_prior(
            y in 0u64..50, extra in 0u64..50, mean in 0.01..0.99f64, precision in 0.1..500.0f64
        ) {
            let n = y + extra + 1;
            let raw = y as f64 / n as f64;
            let shrunk = BetaPrior { mean, precision }.posterior_mean(y, n);
            prop_assert!(shrunk >= raw.min(mean) - 1e-12 && shrunk <= raw.max(mean) + 1e-12);
            let many = BetaPrior { mean, precision }.posterior_mean(y * 1_000_000, n * 1_000_000);
            prop_assert!((many - raw).abs() < 1e-3);
        }

        /// No other prior on a grid around the fitted one is likelier.
        #[test]
        fn nothing_near_is_likelier(
            groups in prop::collection::vec((0u64..15, 1u64..15), 3..25)
        ) {
            let groups: Vec<(u64, u64)> = groups.iter().map(|&(y, n)| (y.min(n), n)).collect();
            let prior = fit_beta_binomial(&groups).unwrap();
            prop_assume!(prior.precision < LARGEST_PRECISION);
            let tally = tally_shares(&groups);
            let best = beta_loss(&tally, &prior);
            for mean_step in [-0.02, 0.0, 0.02] {
                for factor in [0.8, 0.95, 1.0, 1.05, 1.3, 10.0] {
                    let mean = (prior.mean + mean_step).clamp(1e-5, 1.0 - 1e-5);
                    let other = BetaPrior { mean, precision: (prior.precision * factor).clamp(LEAST_PRECISION, LARGEST_PRECISION) };
                    prop_assert!(best <= beta_loss(&tally, &other) + 1e-6 * best.abs().max(1.0));
                }
            }
        }
    }
}
