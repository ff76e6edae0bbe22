//! How probable it is that a referrer has stopped, and that nothing will come of them in some days to
//! come: the gap test's model with an end to it.
//!
//! A referrer has a Poisson rate with a gamma posterior, as in [`crate::gap`], and stops for good after
//! an exponential time whose rate is everyone's. That one rate is found from all referrers together.
//! It is Schmittlein, Morrison and Colombo's Pareto/NBD (1987) with a common rate of stopping, which a
//! few dozen referrers tell where the two parameters of the whole model stay unidentified. Time is in
//! days throughout; which days count is the caller's.

use crate::optimise::minimise_between;

/// What is known of one referrer at the end of the observation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observed {
    /// The shape of the rate's posterior over the dispersion, (r + x) / d; above 0.
    pub shape: f64,
    /// Its exposure in days, alpha + T; above 0.
    pub exposure: f64,
    /// Days from the first to the last referral day.
    pub active_days: f64,
    /// Days since the last referral day.
    pub silent_days: f64,
}

/// Nodes and weights of Gauss and Legendre on the interval from 0 to 1, eight points.
const NODES: [(f64, f64); 8] = [
    (0.019_855_071_751_231_912, 0.050_614_268_145_188_13),
    (0.101_666_761_293_186_64, 0.111_190_517_226_687_24),
    (0.237_233_795_041_835_5, 0.156_853_322_938_943_65),
    (0.408_282_678_752_175_05, 0.181_341_891_689_180_98),
    (0.591_717_321_247_825, 0.181_341_891_689_180_98),
    (0.762_766_204_958_164_5, 0.156_853_322_938_943_65),
    (0.898_333_238_706_813_4, 0.111_190_517_226_687_24),
    (0.980_144_928_248_768_1, 0.050_614_268_145_188_13),
];

/// The integral is cut into panels, each twice as long as the one before, since the integrand falls
/// fastest at the start.
const PANELS: i32 = 8;

/// The probability of no referral in `days` at a rate with this posterior: (e / (e + t))^k.
fn none_within(shape: f64, exposure: f64, days: f64) -> f64 {
    (-shape * (days / exposure).ln_1p()).exp()
}

/// The probability of stopping within `days` without a referral before the stop:
/// the integral of μ e^(-μs) (e / (e + s))^k from 0 to `days`, in ln(1 + s / e).
fn stops_first(shape: f64, exposure: f64, stop_rate: f64, days: f64) -> f64 {
    let end = (days / exposure).ln_1p();
    let (mut from, mut sum) = (0.0, 0.0);
    for panel in 0..PANELS {
        let to = end * 2f64.powi(panel + 1 - PANELS);
        for (node, weight) in NODES {
            let u = from + (to - from) * node;
            let elapsed = exposure * u.exp_m1();
            let density = stop_rate * exposure * (u - shape * u - stop_rate * elapsed).exp();
            sum += weight * (to - from) * density;
        }
        from = to;
    }
    sum
}

impl Observed {
    /// The likelihoods of the silence, still referring and stopped within it, given that the referrer
    /// had not stopped at the last referral day.
    fn silence(&self, stop_rate: f64) -> (f64, f64) {
        let silent = self.silent_days.max(0.0);
        let still = (-stop_rate * silent).exp() * none_within(self.shape, self.exposure, silent);
        (
            still,
            stops_first(self.shape, self.exposure, stop_rate, silent),
        )
    }

    /// The probability that the referrer has stopped, at a rate of stopping a day.
    ///
    /// ```
    /// use catchment_stats::stopping::Observed;
    /// // A referral about every ten days, then ninety days of nothing.
    /// let quiet = Observed { shape: 60.0, exposure: 600.0, active_days: 590.0, silent_days: 90.0 };
    /// assert!((0.9..1.0).contains(&quiet.p_stopped(0.0005)));
    /// assert_eq!(Observed { silent_days: 0.0, ..quiet }.p_stopped(0.0005), 0.0);
    /// ```
    pub fn p_stopped(&self, stop_rate: f64) -> f64 {
        let (still, stopped) = self.silence(stop_rate);
        let both = still + stopped;
        // Both vanish for the busiest after years; nobody of these still refers.
        if both > 0.0 { stopped / both } else { 1.0 }
    }

    /// The probability that no referral comes within `days` that begin `after` days from the end of the
    /// observation: stopped, or stopping without one, or quiet by chance.
    ///
    /// ```
    /// use catchment_stats::stopping::Observed;
    /// let busy = Observed { shape: 60.0, exposure: 600.0, active_days: 590.0, silent_days: 0.0 };
    /// assert!(busy.p_quiet(0.0005, 0.0, 90.0) < 0.05);
    /// assert_eq!(busy.p_quiet(0.0005, 0.0, 0.0), 1.0);
    /// ```
    pub fn p_quiet(&self, stop_rate: f64, after: f64, days: f64) -> f64 {
        let exposure = self.exposure + self.silent_days.max(0.0);
        let stays = (-stop_rate * after).exp();
        let ahead = stops_first(self.shape, exposure, stop_rate, days)
            + (-stop_rate * days).exp() * none_within(self.shape, exposure, days);
        let stopped = self.p_stopped(stop_rate);
        (stopped + (1.0 - stopped) * (1.0 - stays + stays * ahead)).clamp(0.0, 1.0)
    }
}

/// What is known of stopping before anybody is looked at: so many stops in so many days, one in ten a
/// year. It counts for as much as fifty referrers watched for a year, so that a territory in which
/// hardly anybody has stopped yet does not take stopping for impossible.
const PRIOR_STOPS: f64 = 5.0;
const PRIOR_DAYS: f64 = PRIOR_STOPS * 3652.5;

/// The most probable rate of stopping a day, from what is observed of all and a weak gamma prior of one
/// in ten a year; `None` of nobody. It lies between once in 2,700 years and once in ten days.
///
/// ```
/// use catchment_stats::stopping::{Observed, stop_rate};
/// let busy = Observed { shape: 60.0, exposure: 600.0, active_days: 590.0, silent_days: 3.0 };
/// let gone = Observed { silent_days: 300.0, active_days: 290.0, ..busy };
/// // Of a hundred who were seen for 590 days, or 290, ten have stopped: with the prior 15 in all days.
/// let mut all = vec![busy; 90];
/// all.extend([gone; 10]);
/// let found = stop_rate(&all).unwrap();
/// let exact = 15.0 / (90.0 * 593.0 + 10.0 * 300.0 + 5.0 * 3652.5);
/// assert!((found / exact - 1.0).abs() < 0.02, "{found} {exact}");
/// ```
pub fn stop_rate(all: &[Observed]) -> Option<f64> {
    if all.is_empty() {
        return None;
    }
    let unlikely = |ln_rate: f64| {
        let rate = ln_rate.exp();
        let of = |one: &Observed| {
            let (still, stopped) = one.silence(rate);
            rate * one.active_days - (still + stopped).max(f64::MIN_POSITIVE).ln()
        };
        PRIOR_DAYS * rate - PRIOR_STOPS * ln_rate + all.iter().map(of).sum::<f64>()
    };
    let ln_rate = minimise_between(unlikely, (1e-6f64).ln(), (0.1f64).ln(), 24);
    Some(ln_rate.exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Schmittlein, Morrison and Colombo (1987), equation 11, of a known rate: the probability of still
    /// being there is 1 / (1 + μ / (λ + μ) (e^((λ+μ) g) - 1)).
    #[test]
    fn a_known_rate_gives_the_closed_form() {
        for (rate, stop, silent) in [
            (0.1, 0.001, 60.0),
            (0.02, 0.002, 200.0),
            (0.3, 0.0004, 25.0),
        ] {
            // So much exposure makes the posterior a point.
            let exposure = 1e9;
            let seen = Observed {
                shape: rate * exposure,
                exposure,
                active_days: 500.0,
                silent_days: silent,
            };
            let both: f64 = rate + stop;
            let exact = 1.0 / (1.0 + stop / both * (both * silent).exp_m1());
            let found = 1.0 - seen.p_stopped(stop);
            assert!((found - exact).abs() < 1e-6 * exact, "{found} {exact}");
        }
    }

    /// The integral in small steps.
    fn in_slices(seen: &Observed, stop: f64, days: f64) -> f64 {
        let steps = 400_000;
        let width = days / f64::from(steps);
        (0..steps)
            .map(|at| {
                let s = (f64::from(at) + 0.5) * width;
                let none = (1.0 + s / seen.exposure).powf(-seen.shape);
                stop * (-stop * s).exp() * none * width
            })
            .sum()
    }

    #[test]
    fn the_integral_is_that_of_small_slices() {
        for (shape, exposure) in [(0.4, 100.0), (3.0, 200.0), (50.0, 700.0), (300.0, 700.0)] {
            for silent_days in [5.0, 90.0, 600.0] {
                let seen = Observed {
                    shape,
                    exposure,
                    active_days: 100.0,
                    silent_days,
                };
                let exact = in_slices(&seen, 0.002, silent_days);
                let found = stops_first(shape, exposure, 0.002, silent_days);
                assert!((found - exact).abs() < 1e-6 * exact, "{found} {exact}");
            }
        }
    }

    proptest! {
        /// Longer silence speaks for having stopped; a higher rate of stopping too.
        #[test]
        fn silence_and_the_rate_speak_for_a_stop(
            shape in 0.2..200.0f64, exposure in 10.0..900.0f64, silent in 0.0..500.0f64,
            more in 1.0..200.0f64, rate in 1e-5..0.01f64,
        ) {
            let seen = Observed { shape, exposure, active_days: 300.0, silent_days: silent };
            let p = seen.p_stopped(rate);
            prop_assert!((0.0..=1.0).contains(&p));
            let longer = Observed { silent_days: silent + more, ..seen };
            prop_assert!(longer.p_stopped(rate) >= p - 1e-9);
            prop_assert!(seen.p_stopped(rate * 2.0) >= p - 1e-9);
            // More days ahead give more room for a referral, and who may have stopped is quieter.
            let quiet = seen.p_quiet(rate, 0.0, 90.0);
            prop_assert!(seen.p_quiet(rate, 0.0, 180.0) <= quiet + 1e-9);
            prop_assert!(quiet >= p - 1e-9);
            // Days that pass unseen only make a stop likelier.
            prop_assert!(seen.p_quiet(rate, 30.0, 90.0) >= quiet - 1e-9);
        }

        /// Time in other units: the same probabilities.
        #[test]
        fn the_unit_of_time_does_not_matter(shape in 0.2..90.0f64, silent in 1.0..500.0f64, unit in 0.01..30.0f64) {
            let seen = Observed { shape, exposure: 300.0, active_days: 250.0, silent_days: silent };
            let other = Observed {
                shape,
                exposure: 300.0 * unit,
                active_days: 250.0 * unit,
                silent_days: silent * unit,
            };
            prop_assert!((seen.p_stopped(0.001) - other.p_stopped(0.001 / unit)).abs() < 1e-9);
            let quiet = other.p_quiet(0.001 / unit, 10.0 * unit, 180.0 * unit);
            prop_assert!((seen.p_quiet(0.001, 10.0, 180.0) - quiet).abs() < 1e-9);
        }
    }
}
