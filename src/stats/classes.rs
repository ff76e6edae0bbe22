//! Loyalist, splitter, leaker: how probable each class is for a referrer's true leakage, given what
//! the referrer's mix of specialties lets expect and what all referrers together show.
//!
//! Each referrer's leakage is drawn from a beta distribution around the expected one; all share one
//! precision, which says how far referrers depart from what is expected of them. What is expected
//! of whom, and from how many referrals on a class is named, is the caller's.

use crate::distributions::beta_quantile;
use crate::intervals::Interval;
use crate::shrinkage::fit_beta_binomial_precision;
use crate::special::beta_regularised;

/// Loyal is who keeps this share and more; who keeps its complement and less leaks.
pub const LOYAL_KEEPS: f64 = 0.8;

/// The expected leakage is kept this far from 0 and 1: nobody is certain before the first referral.
const LEAST_EXPECTED: f64 = 0.001;

/// A referrer by the share kept inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Keeps 80 % or more.
    Loyalist,
    /// Keeps more than 20 % and less than 80 %.
    Splitter,
    /// Keeps 20 % or less.
    Leaker,
}

impl Class {
    /// The class of the plain share, `leaked` of `n`, reckoned in whole numbers; `None` without
    /// referrals.
    ///
    /// ```
    /// use catchment_stats::classes::Class;
    /// assert_eq!(Class::of(3, 15), Some(Class::Loyalist));
    /// assert_eq!(Class::of(4, 15), Some(Class::Splitter));
    /// assert_eq!(Class::of(12, 15), Some(Class::Leaker));
    /// ```
    pub fn of(leaked: u64, n: u64) -> Option<Self> {
        let (leaked, all) = (5 * u128::from(leaked.min(n)), u128::from(n));
        match n {
            0 => None,
            _ if leaked <= all => Some(Class::Loyalist),
            _ if leaked >= 4 * all => Some(Class::Leaker),
            _ => Some(Class::Splitter),
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Class::Loyalist => "loyalist",
            Class::Splitter => "splitter",
            Class::Leaker => "leaker",
        }
    }
}

/// What is known of one referrer in a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Referrer {
    /// Leaked referrals; more than `n` count as `n`.
    pub leaked: u64,
    /// Eligible referrals.
    pub n: u64,
    /// The leakage that the mix of specialties lets expect; kept a thousandth from 0 and 1.
    pub expected: f64,
}

impl Referrer {
    fn prior_mean(&self) -> f64 {
        self.expected.clamp(LEAST_EXPECTED, 1.0 - LEAST_EXPECTED)
    }
}

/// The precision, in referrals, of largest beta-binomial likelihood over all referrers, each around
/// the expected leakage of their own; from 0.01 to a million, the latter where referrers depart from
/// what is expected no more than chance would have them.
///
/// Π B(m_i s + y_i, (1 - m_i) s + n_i - y_i) / B(m_i s, (1 - m_i) s) over referrers i, in s. Referrers
/// without referrals make no difference. `None` where nobody has any.
///
/// ```
/// use catchment_stats::classes::{Referrer, fit_precision};
/// let referrer = |leaked, n| Referrer { leaked, n, expected: 0.4 };
/// let far = fit_precision(&[referrer(0, 20), referrer(20, 20), referrer(4, 20)]).unwrap();
/// let near = fit_precision(&[referrer(3, 20), referrer(13, 20), referrer(8, 20)]).unwrap();
/// assert!(far < 2.0 && near > 5.0);
/// ```
pub fn fit_precision(referrers: &[Referrer]) -> Option<f64> {
    let groups: Vec<(u64, u64)> = referrers.iter().map(|r| (r.leaked, r.n)).collect();
    let expected: Vec<f64> = referrers.iter().map(Referrer::prior_mean).collect();
    fit_beta_binomial_precision(&groups, &expected)
}

/// The beta distribution of a referrer's true leakage after the referrals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// The first parameter: expected × precision + leaked.
    pub leaked: f64,
    /// The second: (1 - expected) × precision + kept.
    pub kept: f64,
}

/// The posterior of a referrer under a precision as [`fit_precision`] gives it; without referrals
/// it is the prior.
///
/// ```
/// use catchment_stats::classes::{Referrer, posterior};
/// // A flat prior (a mean of one half worth two referrals) and one kept referral: the true leakage
/// // has the density 2 (1 - x), so 0.2 and less has the probability 1 - 0.8².
/// let posterior = posterior(&Referrer { leaked: 0, n: 1, expected: 0.5 }, 2.0);
/// assert!((posterior.mean() - 1.0 / 3.0).abs() < 1e-15);
/// assert!((posterior.probabilities().loyalist - 0.36).abs() < 1e-12);
/// ```
pub fn posterior(referrer: &Referrer, precision: f64) -> Posterior {
    let leaked = referrer.leaked.min(referrer.n);
    let mean = referrer.prior_mean();
    Posterior {
        leaked: mean * precision + leaked as f64,
        kept: (1.0 - mean) * precision + (referrer.n - leaked) as f64,
    }
}

impl Posterior {
    /// The shrunk leakage: the posterior mean, between the expected and the plain share.
    pub fn mean(&self) -> f64 {
        self.leaked / (self.leaked + self.kept)
    }

    /// How probable each class is for the true leakage.
    pub fn probabilities(&self) -> ClassProbabilities {
        // Both by their lower tails, so that small probabilities keep their digits.
        let leaks_at_most = 1.0 - LOYAL_KEEPS;
        let loyalist = beta_regularised(self.leaked, self.kept, leaks_at_most);
        let leaker = beta_regularised(self.kept, self.leaked, leaks_at_most);
        ClassProbabilities {
            loyalist,
            splitter: (1.0 - loyalist - leaker).max(0.0),
            leaker,
        }
    }

    /// The interval that holds the true leakage with a probability of 95 %, with 2.5 % on either
    /// side.
    pub fn interval(&self) -> Interval {
        Interval {
            low: beta_quantile(0.025, self.leaked, self.kept),
            high: beta_quantile(0.975, self.leaked, self.kept),
        }
    }
}

/// How probable the classes are; together 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassProbabilities {
    /// Of a leakage of 20 % or less.
    pub loyalist: f64,
    /// Of a leakage between.
    pub splitter: f64,
    /// Of a leakage of 80 % or more.
    pub leaker: f64,
}

impl ClassProbabilities {
    /// The probability of one class.
    pub fn of(&self, class: Class) -> f64 {
        match class {
            Class::Loyalist => self.loyalist,
            Class::Splitter => self.splitter,
            Class::Leaker => self.leaker,
        }
    }

    /// The most probable class; of equals the more loyal.
    pub fn most_probable(&self) -> Class {
        if self.loyalist >= self.splitter && self.loyalist >= self.leaker {
            Class::Loyalist
        } else if self.splitter >= self.leaker {
            Class::Splitter
        } else {
            Class::Leaker
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn after(leaked: u64, n: u64, expected: f64, precision: f64) -> Posterior {
        posterior(
            &Referrer {
                leaked,
                n,
                expected,
            },
            precision,
        )
    }

    /// With a flat prior and referrals that all went one way the beta distribution is a power.
    #[test]
    fn powers_of_the_bounds() {
        for n in [0, 1, 7, 30] {
            let loyal = after(0, n, 0.5, 2.0).probabilities();
            let power = n as i32 + 1;
            assert!((loyal.loyalist - (1.0 - 0.8f64.powi(power))).abs() < 1e-12);
            assert!((loyal.leaker / 0.2f64.powi(power) - 1.0).abs() < 1e-9);
            let leaking = after(n, n, 0.5, 2.0).probabilities();
            assert!((leaking.leaker - loyal.loyalist).abs() < 1e-15);
        }
        // Beta(2, 2) has the distribution function 3x² - 2x³.
        let even = after(1, 2, 0.5, 2.0).probabilities();
        assert!((even.loyalist - (3.0 * 0.04 - 2.0 * 0.008)).abs() < 1e-12);
        assert!((even.splitter - (1.0 - 2.0 * even.loyalist)).abs() < 1e-12);
    }

    #[test]
    fn plain_shares_at_the_bounds_fall_on_the_named_side() {
        for tenth in 1..2000 {
            let n = 5 * tenth;
            assert_eq!(Class::of(tenth, n), Some(Class::Loyalist));
            assert_eq!(Class::of(tenth + 1, n + 1), Some(Class::Splitter));
            assert_eq!(Class::of(4 * tenth, n), Some(Class::Leaker));
            assert_eq!(Class::of(4 * tenth, n + 1), Some(Class::Splitter));
        }
        assert_eq!(Class::of(0, 0), None);
        assert_eq!(Class::of(9, 3), Some(Class::Leaker));
    }

    /// Enough referrals drown any prior; without any there is nothing but the prior.
    #[test]
    fn limits() {
        for (leaked, class) in [
            (19, Class::Loyalist),
            (50, Class::Splitter),
            (81, Class::Leaker),
        ] {
            let many = after(leaked * 1_000_000, 100_000_000, 0.37, 12.0);
            assert!((many.mean() - leaked as f64 / 100.0).abs() < 1e-6);
            let probabilities = many.probabilities();
            assert!(probabilities.of(class) > 1.0 - 1e-9, "{probabilities:?}");
            assert_eq!(probabilities.most_probable(), class);
        }
        assert!((after(0, 0, 0.37, 12.0).mean() - 0.37).abs() < 1e-12);
        // A prior worth a million referrals does not move.
        assert!((after(5, 5, 0.37, 1e6).mean() - 0.37).abs() < 1e-5);
        assert_eq!(fit_precision(&[]), None);
        // Certainty before the first referral is not believed.
        assert!(after(3, 3, 0.0, 50.0).mean() > 0.05);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn probabilities_add_up_and_the_mean_lies_between(
            leaked in 0u64..60, kept in 0u64..60, expected in 0.0..=1.0f64, precision in 0.01..1e6f64
        ) {
            let found = after(leaked, leaked + kept, expected, precision);
            let p = found.probabilities();
            prop_assert!((p.loyalist + p.splitter + p.leaker - 1.0).abs() < 1e-9);
            prop_assert!([p.loyalist, p.splitter, p.leaker].iter().all(|v| (0.0..=1.0).contains(v)));
            if leaked + kept > 0 {
                let raw = leaked as f64 / (leaked + kept) as f64;
                let prior = expected.clamp(0.001, 0.999);
                prop_assert!(found.mean() >= raw.min(prior) - 1e-9);
                prop_assert!(found.mean() <= raw.max(prior) + 1e-9);
            }
            // One more leaked referral makes nobody more loyal.
            let more = after(leaked + 1, leaked + kept + 1, expected, precision).probabilities();
            prop_assert!(more.loyalist <= p.loyalist + 1e-9 && more.leaker >= p.leaker - 1e-9);
        }
    }
}
