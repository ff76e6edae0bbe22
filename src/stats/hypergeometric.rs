//! The Gauss hypergeometric function 2F1(a, b; c; z) for 0 <= z < 1, as the models of repeat
//! buying need it.
//!
//! Two ways, chosen by the caller: the power series (with Euler's transformation where that has
//! positive terms that fall faster), and Gauss's continued fraction for a = 1, which stays short
//! where z comes near 1. Values for other z are left out, since nothing here asks for them.

/// A series longer than this has not converged in any use that we know of; the value is then NaN.
const LONGEST_SERIES: u32 = 2_000_000;

/// 2F1(a, b; c; z) for `0 <= z < 1` and c not 0, -1, -2, ...; NaN outside, or where the series
/// does not converge.
///
/// DLMF 15.2.1 for the series, 15.8.1 for Euler's transformation
/// (1 - z)^(c-a-b) 2F1(c - a, c - b; c; z).
///
/// ```
/// use catchment_stats::hypergeometric::gauss_2f1;
/// // 2F1(1, 1; 2; z) = -ln(1 - z) / z.
/// assert!((gauss_2f1(1.0, 1.0, 2.0, 0.5) - 2.0 * 2f64.ln()).abs() < 1e-14);
/// ```
pub fn gauss_2f1(a: f64, b: f64, c: f64, z: f64) -> f64 {
    gauss_2f1_times(0.0, a, b, c, z)
}

/// e^`ln_factor` 2F1(a, b; c; z), multiplied so that neither a huge function value nor a tiny
/// factor leaves the range of a float on the way. Domain as for [`gauss_2f1`].
pub fn gauss_2f1_times(ln_factor: f64, a: f64, b: f64, c: f64, z: f64) -> f64 {
    if !(0.0..1.0).contains(&z) || (c <= 0.0 && c == c.floor()) {
        return f64::NAN;
    }
    let (euler_a, euler_b, excess) = (c - a, c - b, c - a - b);
    // Between -1 and 0 all terms after the first are of one sign and their sum is moderate: a digit
    // may be lost, but near z = 1 the plain series would need more terms than anybody waits for.
    let positive = euler_a >= 0.0 && euler_b >= 0.0;
    let near_the_border = z > 0.9 && euler_a > -1.0 && euler_b > -1.0;
    if excess < 0.0 && (positive || near_the_border) {
        scaled_series(ln_factor + excess * (-z).ln_1p(), euler_a, euler_b, c, z)
    } else {
        scaled_series(ln_factor, a, b, c, z)
    }
}

/// e^`ln_factor` times the power series. Term and sum are scaled down together whenever they grow
/// large.
fn scaled_series(ln_factor: f64, a: f64, b: f64, c: f64, z: f64) -> f64 {
    const LARGE: f64 = 1e200;
    let mut ln_scale = ln_factor;
    let mut term = 1.0f64;
    let mut sum = 1.0f64;
    for index in 0..LONGEST_SERIES {
        let k = f64::from(index);
        let growth = (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        term *= growth;
        sum += term;
        // The tail after this term is at most term / (1 - growth) once growth is below 1; a
        // negative c can make early terms vanish beside later ones, so its poles come first.
        let past_poles = k + c > 0.0 && k + a >= 0.0 && k + b >= 0.0;
        if term == 0.0 || (past_poles && growth < 1.0 && tail_is_spent(term, growth, z, sum)) {
            return sum.signum() * (sum.abs().ln() + ln_scale).exp();
        }
        if term.abs().max(sum.abs()) > LARGE {
            term /= LARGE;
            sum /= LARGE;
            ln_scale += LARGE.ln();
        }
    }
    f64::NAN
}

/// Whether everything after `term` is below the last bit of `sum`.
fn tail_is_spent(term: f64, growth: f64, z: f64, sum: f64) -> bool {
    let ratio = growth.max(z);
    term.abs() * ratio / (1.0 - ratio) <= 0.25 * f64::EPSILON * sum.abs()
}

/// 2F1(1, b; c; z) for `c >= b >= 0`, `c > 0` and `0 <= z < 1`; NaN outside.
///
/// By Gauss's continued fraction (DLMF 15.7.5 with a = 1), which needs about a thousand turns at
/// z = 0.9999, where the series would need hundreds of thousands. With c >= b all its coefficients
/// are positive and it converges without cancellation.
///
/// ```
/// use catchment_stats::hypergeometric::gauss_2f1_of_one;
/// assert!((gauss_2f1_of_one(1.0, 2.0, 0.5) - 2.0 * 2f64.ln()).abs() < 1e-14);
/// ```
pub fn gauss_2f1_of_one(b: f64, c: f64, z: f64) -> f64 {
    const TINY: f64 = 1e-300;
    if !((0.0..1.0).contains(&z) && b >= 0.0 && c >= b && c > 0.0) {
        return f64::NAN;
    }
    let keep = |v: f64| if v.abs() < TINY { TINY } else { v };
    // 1 / (1 - k1 z / (1 - k2 z / (1 - ...))), the denominators by the modified Lentz method.
    let mut denominator = 1.0f64;
    let mut upper = 1.0f64;
    let mut lower = 0.0f64;
    for turn in 1..LONGEST_SERIES {
        let m = f64::from(turn / 2);
        let coefficient = if turn % 2 == 1 {
            (b + m) * (c - 1.0 + m) / ((c + 2.0 * m - 1.0) * (c + 2.0 * m))
        } else {
            m * (c - b + m - 1.0) / ((c + 2.0 * m - 2.0) * (c + 2.0 * m - 1.0))
        };
        // With c = 1 the first coefficient would be 0 / 0; its limit is b / c.
        let coefficient = if turn == 1 { b / c } else { coefficient };
        lower = 1.0 / keep(1.0 - coefficient * z * lower);
        upper = keep(1.0 - coefficient * z / upper);
        denominator *= upper * lower;
        if (upper * lower - 1.0).abs() <= f64::EPSILON {
            return 1.0 / denominator;
        }
    }
    f64::NAN
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Values of mpmath 1.4.1 at 40 digits (`hyp2f1`).
    const MPMATH_2F1: [(f64, f64, f64, f64, f64); 8] = [
        (0.243, 2.426, 2.219, 0.9464, 2.389387434408586),
        (29.243, 31.426, 31.219, 0.4791, 218172276.2807619),
        (0.243, 0.1, -0.4, 0.6, 0.9036080518860135),
        (0.525, 2.614, 2.505, 0.8963, 3.606802138353834),
        (500.2, 502.4, 502.2, 0.1, 7.888849585620013e+22),
        (26.2, 28.4, 28.2, 0.999, 1.5614300908889907e+79),
        (0.3, 0.2, 1.7, 0.9, 1.0481302105913572),
        (2.0, 5.5, 12.0, 0.97, 4.06718377046551),
    ];

    const MPMATH_2F1_OF_ONE: [(f64, f64, f64, f64); 6] = [
        (0.553, 2.159, 0.3, 1.0908171189724785),
        (29.553, 31.159, 0.0279, 1.0271825255519986),
        (1.606, 2.159, 0.9999, 144.03347786082924),
        (1.606, 1.606, 0.5, 2.0),
        (0.0, 2.0, 0.7, 1.0),
        (300.5, 302.1, 0.99, 69.60486413115318),
    ];

    #[test]
    fn equals_mpmath() {
        for (a, b, c, z, expected) in MPMATH_2F1 {
            let found = gauss_2f1(a, b, c, z);
            assert!(
                (found / expected - 1.0).abs() < 1e-11,
                "2F1({a}, {b}; {c}; {z}) = {found}, not {expected}"
            );
        }
    }

    #[test]
    fn continued_fraction_equals_mpmath() {
        for (b, c, z, expected) in MPMATH_2F1_OF_ONE {
            let found = gauss_2f1_of_one(b, c, z);
            assert!(
                (found / expected - 1.0).abs() < 1e-12,
                "2F1(1, {b}; {c}; {z}) = {found}, not {expected}"
            );
        }
    }

    /// 2F1(a, b; b; z) = (1 - z)^-a, here far beyond the range of a float.
    #[test]
    fn factor_keeps_a_huge_value_in_range() {
        let z: f64 = 0.5;
        let found = gauss_2f1_times(3000.0 * (1.0 - z).ln(), 3000.0, 4.5, 4.5, z);
        assert!((found - 1.0).abs() < 1e-10, "{found}");
    }

    #[test]
    fn outside_the_domain_is_nan() {
        assert!(gauss_2f1(1.0, 1.0, 2.0, 1.0).is_nan());
        assert!(gauss_2f1(1.0, 1.0, 2.0, -0.1).is_nan());
        assert!(gauss_2f1(1.0, 1.0, -2.0, 0.3).is_nan());
        assert!(gauss_2f1_of_one(1.0, 0.5, 0.3).is_nan());
        assert_eq!(gauss_2f1(3.0, 4.0, 5.0, 0.0), 1.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn series_and_fraction_agree(b in 0.0..30.0f64, more in 0.0..30.0f64, z in 0.0..0.97f64) {
            let c = b + more + 1e-3;
            let series = gauss_2f1(1.0, b, c, z);
            let fraction = gauss_2f1_of_one(b, c, z);
            prop_assert!((series / fraction - 1.0).abs() < 1e-10, "{series} {fraction}");
        }
    }
}
