//! Whether and where a series changed: the Mann-Kendall test of a trend, Sen's slope, Pettitt's test
//! of one break and the break that leaves the least squares.
//!
//! The series is in order of time and evenly spaced. A p-value after a search for the best break is
//! no test of that break; what is done with one is the caller's.

use crate::distributions::normal_two_sided;

/// The Mann-Kendall test of a trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// S, the later values that are larger less those that are smaller, over all pairs.
    pub s: i64,
    /// S in standard deviations, moved one towards 0 for continuity.
    pub z: f64,
    /// The two-sided p-value of the normal approximation.
    pub p: f64,
}

/// The Mann-Kendall test of a trend in `values`; `None` under two values, where one is not finite or
/// where all are the same.
///
/// S = Σ sign(x_j - x_i) over i < j; Var S = (n (n - 1) (2 n + 5) - Σ t (t - 1) (2 t + 5)) / 18 over
/// the groups of t ties; z = (S -+ 1)/sd (Mann 1945, Kendall 1975).
///
/// ```
/// use catchment_stats::trend::mann_kendall;
/// let rising = mann_kendall(&[1.0, 2.0, 4.0, 9.0]).unwrap();
/// assert_eq!(rising.s, 6);
/// // Var S = 4 * 3 * 13 / 18.
/// assert!((rising.z - 5.0 / (26f64 / 3.0).sqrt()).abs() < 1e-15);
/// ```
pub fn mann_kendall(values: &[f64]) -> Option<MannKendall> {
    if values.len() < 2 || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let mut s = 0i64;
    for (place, later) in values.iter().enumerate() {
        for earlier in values.iter().take(place) {
            s += i64::from(later > earlier) - i64::from(later < earlier);
        }
    }
    let spread = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let ties: f64 = sorted
        .chunk_by(|a, b| a == b)
        .map(|same| spread(same.len() as f64))
        .sum();
    let variance = (spread(values.len() as f64) - ties) / 18.0;
    if variance <= 0.0 {
        return None;
    }
    let z = (s - s.signum()) as f64 / variance.sqrt();
    Some(MannKendall {
        s,
        z,
        p: normal_two_sided(z),
    })
}

/// Sen's slope: the median of the slopes between all pairs, per step; `None` under two values or
/// where one is not finite.
///
/// ```
/// use catchment_stats::trend::sen_slope;
/// assert_eq!(sen_slope(&[1.0, 2.0, 40.0, 4.0]), Some(1.0));
/// ```
pub fn sen_slope(values: &[f64]) -> Option<f64> {
    if values.len() < 2 || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let mut slopes = Vec::with_capacity(values.len() * (values.len() - 1) / 2);
    for (place, later) in values.iter().enumerate() {
        for (from, earlier) in values.iter().take(place).enumerate() {
            slopes.push((later - earlier) / (place - from) as f64);
        }
    }
    slopes.sort_by(f64::total_cmp);
    let upper = slopes.get(slopes.len() / 2)?;
    let lower = slopes.get((slopes.len() - 1) / 2)?;
    Some(0.5 * (lower + upper))
}

/// A series cut in two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Break {
    /// How many values stand before the break.
    pub before: usize,
    /// Their mean.
    pub mean_before: f64,
    /// The mean of the others.
    pub mean_after: f64,
}

/// The break at which two means leave the least squares; of equals the first. `None` under two values
/// or where one is not finite.
///
/// ```
/// use catchment_stats::trend::least_squares_break;
/// let found = least_squares_break(&[5.0, 5.0, 4.0, 1.0, 1.0]).unwrap();
/// assert_eq!((found.before, found.mean_after), (3, 1.0));
/// ```
pub fn least_squares_break(values: &[f64]) -> Option<Break> {
    if values.len() < 2 || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let (n, whole) = (values.len() as f64, values.iter().sum::<f64>());
    let mut best: Option<(f64, Break)> = None;
    let mut sum = 0.0;
    for (place, value) in values.iter().enumerate().take(values.len() - 1) {
        sum += value;
        let before = place as f64 + 1.0;
        let (mean_before, mean_after) = (sum / before, (whole - sum) / (n - before));
        // The squares between the two parts: what is largest leaves the least within.
        let gained = before * (n - before) / n * (mean_before - mean_after).powi(2);
        if best.is_none_or(|(most, _)| gained > most * (1.0 + 1e-12)) {
            let cut = Break {
                before: place + 1,
                mean_before,
                mean_after,
            };
            best = Some((gained, cut));
        }
    }
    best.map(|(_, cut)| cut)
}

/// Pettitt's test of one break.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pettitt {
    /// K, the largest of |U_t|.
    pub k: u64,
    /// How many values stand before the break; of equals the first.
    pub before: usize,
    /// The approximate two-sided p-value 2 exp(-6 K² / (n³ + n²)), at most 1.
    pub p: f64,
}

/// Pettitt's test of one break at an unknown place (Applied Statistics 1979, 28:126-135); `None` under
/// two values or where one is not finite.
///
/// U_t = Σ sign(x_i - x_j) over i <= t < j.
///
/// ```
/// use catchment_stats::trend::pettitt;
/// let found = pettitt(&[3.0, 4.0, 1.0, 2.0]).unwrap();
/// assert_eq!((found.k, found.before), (4, 2));
/// ```
pub fn pettitt(values: &[f64]) -> Option<Pettitt> {
    if values.len() < 2 || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let mut found = Pettitt {
        k: 0,
        before: 0,
        p: 1.0,
    };
    let mut u = 0i64;
    for (place, value) in values.iter().enumerate().take(values.len() - 1) {
        // One more value before the break: it meets all others, and those before it no longer count.
        let signs = |other: &f64| i64::from(value > other) - i64::from(value < other);
        u += values.iter().map(signs).sum::<i64>();
        if u.unsigned_abs() > found.k {
            found.k = u.unsigned_abs();
            found.before = place + 1;
        }
    }
    let n = values.len() as f64;
    let k = found.k as f64;
    found.p = (2.0 * (-6.0 * k * k / (n * n * n + n * n)).exp()).min(1.0);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_to_test_is_none() {
        assert_eq!(mann_kendall(&[3.0; 5]), None);
        assert_eq!(mann_kendall(&[1.0]), None);
        assert_eq!(sen_slope(&[1.0, f64::NAN]), None);
        assert_eq!(least_squares_break(&[2.0]), None);
        assert_eq!(pettitt(&[]), None);
        assert_eq!(pettitt(&[3.0; 5]).unwrap().p, 1.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
        /// Pettitt's U and the best break by all pairs and all cuts; order reversed turns the trend.
        #[test]
        fn equal_their_sums(values in prop::collection::vec(0u8..9, 2..30)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let (mut k, mut within) = (0i64, Vec::new());
            for cut in 1..values.len() {
                let (before, after) = values.split_at(cut);
                let mut u = 0i64;
                for a in before {
                    for b in after {
                        u += i64::from(a > b) - i64::from(a < b);
                    }
                }
                k = k.max(u.abs());
                let squares = |part: &[f64]| {
                    let mean = part.iter().sum::<f64>() / part.len() as f64;
                    part.iter().map(|v| (v - mean).powi(2)).sum::<f64>()
                };
                within.push(squares(before) + squares(after));
            }
            prop_assert_eq!(pettitt(&values).unwrap().k, k as u64);
            let least = within.iter().copied().fold(f64::INFINITY, f64::min);
            let found = least_squares_break(&values).unwrap().before;
            prop_assert!((within[found - 1] - least).abs() < 1e-9);
            let reversed: Vec<f64> = values.iter().rev().copied().collect();
            let (there, back) = (mann_kendall(&values), mann_kendall(&reversed));
            prop_assert_eq!(there.map(|t| -t.s), back.map(|t| t.s));
            let slope = |v: &[f64]| sen_slope(v).unwrap();
            prop_assert!((slope(&values) + slope(&reversed)).abs() < 1e-12);
        }
    }
}
