//! Tail probabilities and quantiles of the normal, chi-squared, Student t, beta and binomial
//! distributions.
//!
//! The normal and chi-squared distributions come from statrs; those that rest on the incomplete
//! beta function use our own, which is exact enough for large counts. Intervals and tests made of
//! them stand in [`crate::intervals`] and [`crate::comparisons`].

use crate::special::{beta_regularised, gamma_upper, ln_beta, ln_gamma};
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

/// P(Z <= `z`) of the standard normal distribution.
pub fn normal_cdf(z: f64) -> f64 {
    let tail = 0.5 * normal_two_sided(z);
    if z < 0.0 { tail } else { 1.0 - tail }
}

/// The two-sided tail of the standard normal distribution, P(|Z| >= |`z`|).
///
/// ```
/// use catchment_stats::distributions::normal_two_sided;
/// assert!((normal_two_sided(1.959963984540054) - 0.05).abs() < 1e-12);
/// ```
pub fn normal_two_sided(z: f64) -> f64 {
    // The square is chi-squared with one degree of freedom; statrs' erfc has only eleven digits.
    gamma_upper(0.5, 0.5 * z * z)
}

/// The value below which the standard normal distribution has the probability `p`; minus and plus
/// infinity at 0 and 1, NaN outside.
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    Normal::standard().inverse_cdf(p)
}

/// P(X >= `x`) of the chi-squared distribution with `freedom` degrees of freedom.
pub fn chi2_upper(x: f64, freedom: f64) -> f64 {
    gamma_upper(freedom / 2.0, x / 2.0)
}

/// The value below which the chi-squared distribution with `freedom` degrees of freedom has the
/// probability `p`; NaN for a probability outside 0 to 1 or a freedom that is not positive.
pub fn chi2_quantile(p: f64, freedom: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    ChiSquared::new(freedom).map_or(f64::NAN, |chi2| chi2.inverse_cdf(p))
}

/// The two-sided tail of Student's t distribution, P(|T| >= |`t`|), with `freedom` degrees of
/// freedom.
///
/// ```
/// use catchment_stats::distributions::t_two_sided;
/// // One degree of freedom is the Cauchy distribution: a quarter on either side of 1.
/// assert!((t_two_sided(1.0, 1.0) - 0.5).abs() < 1e-14);
/// ```
pub fn t_two_sided(t: f64, freedom: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    beta_regularised(freedom / 2.0, 0.5, freedom / (freedom + t * t))
}

/// The value below which Student's t distribution with `freedom` degrees of freedom has the
/// probability `p`; NaN where `p` is not above 0 and below 1 or the freedom is not positive.
///
/// ```
/// use catchment_stats::distributions::t_quantile;
/// assert!((t_quantile(0.975, 4.0) - 2.7764451051977934).abs() < 1e-10);
/// ```
pub fn t_quantile(p: f64, freedom: f64) -> f64 {
    if !(p > 0.0 && p < 1.0 && freedom > 0.0) {
        return f64::NAN;
    }
    if p < 0.5 {
        return -t_quantile(1.0 - p, freedom);
    }
    let tails = 2.0 * (1.0 - p);
    let mut high = 2.0;
    while t_two_sided(high, freedom) > tails {
        high *= 2.0;
    }
    let ln_norm = -0.5 * freedom.ln() - ln_beta(freedom / 2.0, 0.5);
    let density = |t: f64| (ln_norm - 0.5 * (freedom + 1.0) * (t * t / freedom).ln_1p()).exp();
    let excess = |t: f64| tails - t_two_sided(t, freedom);
    increasing_root(excess, |t| 2.0 * density(t), 0.0, high)
}

/// The value below which the beta distribution with shapes `a` and `b` has the probability `p`;
/// NaN for a probability outside 0 to 1 or a shape that is not positive.
///
/// ```
/// use catchment_stats::distributions::beta_quantile;
/// assert!((beta_quantile(0.25, 1.0, 1.0) - 0.25).abs() < 1e-14);
/// ```
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if !((0.0..=1.0).contains(&p) && a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return p;
    }
    let ln_norm = ln_beta(a, b);
    let density = |x: f64| ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - ln_norm).exp();
    increasing_root(|x| beta_regularised(a, b, x) - p, density, 0.0, 1.0)
}

/// P(X <= `k`) of the binomial distribution of `n` draws with probability `p`.
pub fn binomial_lower(k: u64, n: u64, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    beta_regularised((n - k) as f64, k as f64 + 1.0, 1.0 - p)
}

/// P(X >= `k`) of the binomial distribution of `n` draws with probability `p`.
pub fn binomial_upper(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n {
        return 0.0;
    }
    beta_regularised(k as f64, (n - k) as f64 + 1.0, p)
}

/// ln P(X = `k`) of the binomial distribution of `n` draws with probability `p`, for `k <= n`.
pub fn ln_binomial(k: u64, n: u64, p: f64) -> f64 {
    let (hits, draws) = (k as f64, n as f64);
    let misses = draws - hits;
    let term = |count: f64, ln_p: f64| if count == 0.0 { 0.0 } else { count * ln_p };
    ln_gamma(draws + 1.0) - ln_gamma(hits + 1.0) - ln_gamma(misses + 1.0)
        + term(hits, p.ln())
        + term(misses, (-p).ln_1p())
}

/// The root of an increasing function between `low` and `high`, by Newton steps that fall back to
/// halving whenever they leave the bracket.
fn increasing_root(
    value: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
    low: f64,
    high: f64,
) -> f64 {
    let (mut low, mut high) = (low, high);
    let mut x = 0.5 * (low + high);
    // Halving alone reaches the smallest positive float in 1,100 turns.
    for _ in 0..1100 {
        let here = value(x);
        if here == 0.0 {
            return x;
        }
        if here < 0.0 {
            low = x;
        } else {
            high = x;
        }
        let newton = x - here / slope(x);
        let next = if newton > low && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
        if (next - x).abs() <= 2.0 * f64::EPSILON * next.abs() {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
        assert!(
            (found - expected).abs() <= tolerance * expected.abs().max(1e-300),
            "{what}: {found}, not {expected}"
        );
    }

    // All expected values of this module are of scipy 1.17.1 (stats.t, chi2, beta, binom, norm).

    #[test]
    fn t_equals_scipy() {
        for (p, freedom, expected) in [
            (0.975, 1.0, 12.706204736174694),
            (0.975, 4.0, 2.7764451051977934),
            (0.975, 59.0, 2.000995378088267),
            (0.995, 7.5, 3.421422688124044),
            (0.6, 3.0, 0.2766706623326898),
            (0.975, 100000.0, 1.9599877075346095),
        ] {
            close(t_quantile(p, freedom), expected, 1e-10, "t quantile");
            close(t_quantile(1.0 - p, freedom), -expected, 1e-10, "t quantile");
        }
        for (t, freedom, expected) in [
            (2.0, 4.0, 0.11611652351681556),
            (0.3, 59.0, 0.7652316086778882),
            (12.0, 30.0, 5.580185415199261e-13),
            (0.001, 2.0, 0.9992928933955901),
        ] {
            close(t_two_sided(t, freedom), expected, 1e-12, "t tails");
            close(t_two_sided(-t, freedom), expected, 1e-12, "t tails");
        }
        assert_eq!(t_two_sided(f64::INFINITY, 3.0), 0.0);
        assert!(t_quantile(1.0, 3.0).is_nan());
        assert!(t_quantile(0.9, 0.0).is_nan());
    }

    #[test]
    fn chi2_equals_scipy() {
        for (p, freedom, expected) in [
            (0.025, 2.0, 0.05063561596857975),
            (0.025, 274.0, 230.04106886759715),
            (0.975, 276.0, 323.9128093761468),
            (0.5, 1.0, 0.454936423119572),
            (0.999, 10.0, 29.58829844507442),
        ] {
            close(chi2_quantile(p, freedom), expected, 1e-10, "chi2 quantile");
        }
        for (x, freedom, expected) in [
            (16.792940989216547, 1.0, 4.168809109334511e-05),
            (122.24912557300637, 1.0, 2.0359832222853224e-28),
            (3.0, 4.0, 0.5578254003710748),
        ] {
            close(chi2_upper(x, freedom), expected, 1e-11, "chi2 tail");
        }
        assert!(chi2_quantile(1.5, 1.0).is_nan());
        assert!(chi2_quantile(0.5, 0.0).is_nan());
    }

    #[test]
    fn beta_equals_scipy() {
        for (p, a, b, expected) in [
            (0.025, 81.0, 183.0, 0.25273674558527126),
            (0.975, 82.0, 182.0, 0.36762192260135135),
            (0.025, 1.0, 29.0, 0.000872646883579922),
            (0.5, 0.01, 3.0, 1.771156265056217e-31),
            (0.975, 50000.0, 60000.0, 0.4574887400470676),
        ] {
            close(beta_quantile(p, a, b), expected, 1e-10, "beta quantile");
        }
        assert_eq!(beta_quantile(0.0, 2.0, 3.0), 0.0);
        assert_eq!(beta_quantile(1.0, 2.0, 3.0), 1.0);
        assert!(beta_quantile(0.5, -1.0, 3.0).is_nan());
    }

    #[test]
    fn binomial_equals_scipy() {
        for (k, n, p, lower, ln_mass) in [
            (3, 10, 0.2, 0.8791261183999999, -1.6028268537197223),
            (137, 400, 0.3, 0.9707483706544181, -4.847853439970052),
            (0, 5, 0.1, 0.59049, -0.5268025782891316),
            (9900, 20000, 0.5, 0.07969171799236709, -6.177514295399305),
        ] {
            close(binomial_lower(k, n, p), lower, 1e-10, "binomial tail");
            close(ln_binomial(k, n, p), ln_mass, 1e-10, "binomial mass");
            close(binomial_upper(k + 1, n, p), 1.0 - lower, 1e-8, "upper");
        }
        assert_eq!(binomial_lower(5, 5, 0.3), 1.0);
        assert_eq!(binomial_upper(0, 5, 0.3), 1.0);
        assert_eq!(binomial_upper(6, 5, 0.3), 0.0);
    }

    #[test]
    fn normal_equals_scipy() {
        close(normal_quantile(0.975), 1.959963984540054, 1e-14, "normal");
        close(normal_quantile(1e-10), -6.361340902404056, 1e-13, "normal");
        close(normal_quantile(0.2), -0.8416212335729142, 1e-13, "normal");
        close(normal_cdf(-8.0), 6.22096057427174e-16, 1e-11, "normal");
        close(normal_cdf(1.0), 0.8413447460685429, 1e-14, "normal");
        close(
            normal_two_sided(-8.0),
            2.0 * 6.22096057427174e-16,
            1e-9,
            "normal",
        );
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert!(normal_quantile(-0.1).is_nan());
    }
}
