//! How regular gaps are: by the likelihood of (M)BG/CNBD-k over a grid of k, and by Wheat and
//! Morrison's estimate from pairs of neighbouring gaps (Marketing Science 1990, 9:87-93).

use super::cnbd::Cnbd;
use super::fit::{Fit, FitError, check, fit_population};
use super::history::{History, Population};

/// The largest number of stages that is tried.
const MOST_STAGES: u32 = 12;

/// The best of the fits with 1 to 12 stages a gap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegularFit {
    /// The fit; its `ln_likelihood` leaves out what needs the gaps themselves.
    pub fit: Fit<Cnbd>,
    /// ln of the likelihood with (k - 1) Σ ln(gap), by which fits of different k compare.
    pub ln_likelihood: f64,
    /// How much that gains over k = 1, in ln of the likelihood.
    pub gain_over_random: f64,
}

/// Fits (M)BG/CNBD-k with k = 1, 2, ... up to 12 and takes the likeliest; the search ends where the
/// likelihood has fallen twice in a row.
///
/// `sum_ln_gaps` is the sum of ln of every gap of every history, in the unit of their times; only
/// the choice of k needs it. Dropout right after the first event is possible where `from_first`
/// says so (MBG).
///
/// ```
/// use catchment_stats::repeat_buying::{FitError, fit_regular};
/// assert_eq!(fit_regular(&[], 0.0, true).unwrap_err(), FitError::Empty);
/// ```
pub fn fit_regular(
    histories: &[History],
    sum_ln_gaps: f64,
    from_first: bool,
) -> Result<RegularFit, FitError> {
    check(&Cnbd::family(1, from_first), histories)?;
    let all = Population::of(histories);
    let mut tried: Vec<RegularFit> = Vec::new();
    for k in 1..=MOST_STAGES {
        let fit = fit_population(Cnbd::family(k, from_first), &all);
        let ln_likelihood = fit.ln_likelihood + f64::from(k - 1) * sum_ln_gaps;
        let random = tried.first().map_or(ln_likelihood, |one| one.ln_likelihood);
        tried.push(RegularFit {
            fit,
            ln_likelihood,
            gain_over_random: ln_likelihood - random,
        });
        if let [.., before, last, now] = tried.as_slice()
            && now.ln_likelihood < last.ln_likelihood
            && last.ln_likelihood < before.ln_likelihood
        {
            break;
        }
    }
    let best = tried
        .into_iter()
        .reduce(|best, next| {
            if next.ln_likelihood > best.ln_likelihood {
                next
            } else {
                best
            }
        })
        .ok_or(FitError::Empty)?;
    Ok(best)
}

/// Wheat and Morrison's estimate of k from pairs of neighbouring gaps of the same referrers; `None`
/// under two pairs, or where the shares do not vary.
///
/// M = gap1 / (gap1 + gap2) has, for Erlang-k gaps of any rate, the variance 1/(4 (2 k + 1)), so
/// that k = (1 - 4 Var M) / (8 Var M). A pair without any time is left out. One pair a referrer
/// keeps the frequent ones from outweighing the rest.
///
/// ```
/// use catchment_stats::repeat_buying::regularity;
/// // Shares 1/4 and 3/4: variance 1/8 with n - 1, so k = (1 - 1/2) / 1.
/// assert_eq!(regularity(&[(1.0, 3.0), (6.0, 2.0)]), Some(0.5));
/// ```
pub fn regularity(pairs: &[(f64, f64)]) -> Option<f64> {
    let shares: Vec<f64> = pairs
        .iter()
        .filter(|(first, second)| first + second > 0.0)
        .map(|(first, second)| first / (first + second))
        .collect();
    if shares.len() < 2 {
        return None;
    }
    let n = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / n;
    let squares: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
    let variance = squares / (n - 1.0);
    (variance > 0.0).then(|| (1.0 - 4.0 * variance) / (8.0 * variance))
}
