//! The gap test: how unlikely a referrer's present silence is, given their own rhythm.
//!
//! The rhythm is a Poisson rate with a gamma prior whose parameters come from
//! [`crate::shrinkage::fit_gamma_poisson`]; bursts (clinic days, batches) are allowed for by the
//! dispersion of monthly counts. Which days count, and what status follows, is the caller's.

/// The probability that a referrer who is still active stays silent for `gap_days` or longer.
///
/// ((α + T) / (α + T + g))^((r + x) / d), the NBD gap test (Fader, Hardie and Lee 2005) with the
/// exponent divided by the dispersion. `r` and `alpha` (in days) are the gamma prior of the rate,
/// `observed_days` T is the time from the first to the last referral day, `repeats` x the referral
/// days after the first, `gap_days` g the silence since the last one, and `dispersion` d is at
/// least 1 (a smaller one, or not a number, counts as 1). A silence of 0 days or less gives 1.
///
/// ```
/// use catchment_stats::gap::gap_p;
/// // A referral about every two weeks for two years, then 120 days of silence.
/// let p = gap_p(30.0, 1.0, 730.0, 51, 120.0, 1.0);
/// assert!((p - (760.0f64 / 880.0).powi(52)).abs() < 1e-15);
/// ```
pub fn gap_p(
    alpha: f64,
    r: f64,
    observed_days: f64,
    repeats: u32,
    gap_days: f64,
    dispersion: f64,
) -> f64 {
    if gap_days <= 0.0 {
        return 1.0;
    }
    let exponent = (r + f64::from(repeats)) / dispersion.max(1.0);
    (-exponent * (gap_days / (alpha + observed_days)).ln_1p()).exp()
}

/// The days of silence after which [`gap_p`] is `p`, for `exposure` α + T in days and `shape`
/// (r + x) / d: the gap test solved for g. Without end for a shape of 0.
///
/// ```
/// use catchment_stats::gap::{gap_days, gap_p};
/// let days = gap_days(760.0, 52.0, 0.001);
/// assert!((gap_p(30.0, 1.0, 730.0, 51, days, 1.0) - 0.001).abs() < 1e-12);
/// ```
pub fn gap_days(exposure: f64, shape: f64, p: f64) -> f64 {
    exposure * (-p.ln() / shape).exp_m1()
}

/// The dispersion of referral days a month: their variance (with n - 1) over their mean, at least
/// 1; 1 where there are under three months or nothing in them.
///
/// ```
/// use catchment_stats::gap::dispersion;
/// assert_eq!(dispersion(&[0, 12, 0]), 12.0);
/// assert_eq!(dispersion(&[4, 4, 4, 4]), 1.0);
/// assert_eq!(dispersion(&[0, 30]), 1.0);
/// ```
pub fn dispersion(monthly_counts: &[u32]) -> f64 {
    if monthly_counts.len() < 3 {
        return 1.0;
    }
    let months = monthly_counts.len() as f64;
    let mean = monthly_counts.iter().map(|&c| f64::from(c)).sum::<f64>() / months;
    if mean == 0.0 {
        return 1.0;
    }
    let squares: f64 = monthly_counts
        .iter()
        .map(|&c| (f64::from(c) - mean).powi(2))
        .sum();
    (squares / (months - 1.0) / mean).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// After one year of a steady rhythm and with a flat prior, p < 0.005 needs about 98 weeks of
    /// silence at 6 referrals a year, 32 at 12 and 13 at 24.
    #[test]
    fn weeks_of_silence_that_prove_a_lapse() {
        for (a_year, expected) in [(6u32, 98), (12, 32), (24, 13)] {
            let weeks = (1..400i32)
                .find(|&weeks| {
                    let days = f64::from(weeks) * 7.0;
                    gap_p(0.0, 0.0, 365.25, a_year - 1, days, 1.0) < 0.005
                })
                .unwrap();
            assert!((weeks - expected).abs() <= 1, "{a_year}: {weeks}");
        }
    }

    #[test]
    fn bursts_make_a_silence_less_telling() {
        let steady = gap_p(10.0, 1.0, 600.0, 40, 60.0, 1.0);
        let bursty = gap_p(10.0, 1.0, 600.0, 40, 60.0, 2.0);
        assert!((bursty - steady.sqrt()).abs() < 1e-15);
        assert_eq!(gap_p(10.0, 1.0, 600.0, 40, 60.0, 0.3), steady);
        assert_eq!(gap_p(10.0, 1.0, 600.0, 40, 0.0, 1.0), 1.0);
    }

    /// Counts 2, 4, 9: mean 5, squares 9 + 1 + 16 = 26, variance 13, over 5.
    #[test]
    fn dispersion_by_hand() {
        assert!((dispersion(&[2, 4, 9]) - 13.0 / 5.0).abs() < 1e-15);
        assert_eq!(dispersion(&[0, 0, 0, 0]), 1.0);
        assert_eq!(dispersion(&[]), 1.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
        /// The probability of no event within g under a gamma mixture of Poisson rates, by adding
        /// up slices of the mixture.
        #[test]
        fn equals_the_mixture_of_rates(
            r in 0.5..4.0f64, alpha in 20.0..200.0f64, x in 2u32..30, t in 100.0..700.0f64, g in 1.0..200.0f64
        ) {
            let (shape, rate) = (r + f64::from(x), alpha + t);
            let (mut mass, mut silent) = (0.0, 0.0);
            let top = (shape + 12.0 * shape.sqrt() + 20.0) / rate;
            for slice in 0..20_000 {
                let lambda = (f64::from(slice) + 0.5) / 20_000.0 * top;
                let weight = ((shape - 1.0) * (lambda * rate).ln() - lambda * rate).exp();
                mass += weight;
                silent += weight * (-lambda * g).exp();
            }
            let found = gap_p(alpha, r, t, x, g, 1.0);
            prop_assert!((found - silent / mass).abs() < 1e-5, "{found} {}", silent / mass);
        }
    }
}
