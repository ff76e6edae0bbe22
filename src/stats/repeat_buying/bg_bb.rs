//! BG/BB: Fader, Hardie and Shang 2010 (Marketing Science 29:1086-1108), for exports that only say
//! in which periods a referrer came.
//!
//! Time is counted in periods: `x` is the number of periods with an event, `t_x` the last of them
//! (1 is the first), `t` the periods observed. The event that made the referrer known is before
//! period 1 and in none of the counts.

use super::history::History;
use super::model::{Likelihood, Model};
use crate::special::{ln_beta, ln_gamma, log_sum_exp};

/// The BG/BB model: who is active comes in a period with a probability that is Beta(`alpha`,
/// `beta`), and drops out before a period with one that is Beta(`gamma`, `delta`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    /// The first shape of the probabilities of coming.
    pub alpha: f64,
    /// The second shape of the probabilities of coming.
    pub beta: f64,
    /// The first shape of the dropout probabilities.
    pub gamma: f64,
    /// The second shape of the dropout probabilities.
    pub delta: f64,
}

impl Default for BgBb {
    fn default() -> Self {
        BgBb {
            alpha: 1.0,
            beta: 1.0,
            gamma: 1.0,
            delta: 1.0,
        }
    }
}

impl BgBb {
    /// ln of B(α + x, β + n - x) B(γ, δ + n + m), up to the factor that all terms share: alive `m`
    /// periods after the observation.
    fn ln_alive_after(&self, history: &History, periods: f64) -> f64 {
        let (x, n) = (f64::from(history.x), history.t);
        ln_beta(self.alpha + x, self.beta + n - x) + ln_beta(self.gamma, self.delta + n + periods)
    }

    /// ln of the likelihood without its common denominator B(α, β) B(γ, δ): alive at the end, or
    /// dropped out in one of the periods since the last event.
    fn ln_numerator(&self, history: &History) -> f64 {
        let x = f64::from(history.x);
        let quiet = (history.t - history.t_x).max(0.0) as u32;
        let mut terms = vec![self.ln_alive_after(history, 0.0)];
        terms.extend((0..quiet).map(|i| {
            let i = f64::from(i);
            ln_beta(self.alpha + x, self.beta + history.t_x - x + i)
                + ln_beta(self.gamma + 1.0, self.delta + history.t_x + i)
        }));
        log_sum_exp(&terms)
    }

    /// The probability of being active `periods` after the observation.
    ///
    /// ```
    /// use catchment_stats::repeat_buying::{BgBb, History};
    /// let donors = BgBb { alpha: 1.2035, beta: 0.7497, gamma: 0.6567, delta: 2.7834 };
    /// // Two gifts in six years, the last in the fourth: .59 in table 4 of the paper.
    /// let donor = History { x: 2, t_x: 4.0, t: 6.0 };
    /// assert!((donors.p_alive_after(&donor, 1.0) - 0.59).abs() < 5e-3);
    /// ```
    pub fn p_alive_after(&self, history: &History, periods: f64) -> f64 {
        (self.ln_alive_after(history, periods) - self.ln_numerator(history)).exp()
    }

    /// ln Γ(γ + δ + n) and its like: Γ(1 + δ + n) / Γ(γ + δ + n) over the same at n = 0.
    fn ln_left(&self, n: f64) -> f64 {
        let at = |n: f64| ln_gamma(1.0 + self.delta + n) - ln_gamma(self.gamma + self.delta + n);
        at(n) - at(0.0)
    }

    /// The periods that someone who is active before period `from + 1` is active in, of those up to
    /// `to`, times δ/(γ - 1) of the formula; with its limit at γ = 1.
    fn active_periods(&self, from: f64, to: f64) -> f64 {
        let gamma = self.gamma;
        if (gamma - 1.0).abs() < 1e-6 {
            // Γ(1 + δ + n)/Γ(γ + δ + n) falls as n^(1 - γ): its slope in γ is a sum of 1/(δ + i).
            let (mut sum, mut period) = (0.0, from);
            while period < to {
                period += 1.0;
                sum += self.delta / (self.delta + period);
            }
            return sum;
        }
        self.delta / (gamma - 1.0) * (self.ln_left(from).exp() - self.ln_left(to).exp())
    }
}

impl Likelihood for BgBb {
    /// The number itself, and less ln of B(α, β) B(γ, δ).
    type Count = (u32, f64);
    /// The time itself.
    type Time = f64;

    fn of_count(&self, x: u32) -> (u32, f64) {
        let whole = ln_beta(self.alpha, self.beta) + ln_beta(self.gamma, self.delta);
        (x, -whole)
    }

    fn of_time(&self, _x: u32, time: f64) -> f64 {
        time
    }

    fn ln_of(&self, count: &(u32, f64), last: &f64, end: &f64) -> f64 {
        let history = History {
            x: count.0,
            t_x: *last,
            t: *end,
        };
        count.1 + self.ln_numerator(&history)
    }
}

/// Referrers who come in each period with a probability that is Beta(`alpha`, `beta`), for ever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BetaBernoulli {
    /// The first shape.
    pub alpha: f64,
    /// The second shape.
    pub beta: f64,
}

impl Likelihood for BetaBernoulli {
    /// The number itself, and less ln of B(α, β).
    type Count = (f64, f64);
    /// The time itself.
    type Time = f64;

    fn of_count(&self, x: u32) -> (f64, f64) {
        (f64::from(x), -ln_beta(self.alpha, self.beta))
    }

    fn of_time(&self, _x: u32, time: f64) -> f64 {
        time
    }

    fn ln_of(&self, &(x, ln_whole): &(f64, f64), _last: &f64, end: &f64) -> f64 {
        ln_whole + ln_beta(self.alpha + x, self.beta + end - x)
    }
}

impl Model for BgBb {
    const NAMES: [&'static str; 4] = ["alpha", "beta", "gamma", "delta"];

    type Staying = BetaBernoulli;

    fn with_parameters(&self, [alpha, beta, gamma, delta]: [f64; 4]) -> Self {
        BgBb {
            alpha,
            beta,
            gamma,
            delta,
        }
    }

    fn parameters(&self) -> [f64; 4] {
        [self.alpha, self.beta, self.gamma, self.delta]
    }

    fn staying(&self, [alpha, beta]: [f64; 2]) -> BetaBernoulli {
        BetaBernoulli { alpha, beta }
    }

    /// Whole periods, and no more events than periods up to the last.
    fn accepts(&self, history: &History) -> bool {
        let whole = history.t_x.fract() == 0.0 && history.t.fract() == 0.0;
        history.is_possible() && whole && f64::from(history.x) <= history.t_x
    }

    /// The probability of being active in the last period observed.
    fn p_alive(&self, history: &History) -> f64 {
        self.p_alive_after(history, 0.0)
    }

    /// α/(α + β) δ/(γ - 1) [1 - Γ(γ + δ)/Γ(γ + δ + n) Γ(1 + δ + n)/Γ(1 + δ)].
    fn expected(&self, time: f64) -> f64 {
        self.alpha / (self.alpha + self.beta) * self.active_periods(0.0, time)
    }

    fn expected_after(&self, history: &History, time: f64) -> f64 {
        let (x, n) = (f64::from(history.x), history.t);
        let ln_came = ln_beta(self.alpha + x + 1.0, self.beta + n - x)
            - ln_beta(self.alpha, self.beta)
            - self.ln_likelihood(history);
        ln_came.exp() * self.active_periods(n, n + time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The likelihood and the expectation by the mean over both shares: a grid of p and of theta,
    /// and for each the sum over the period of dropout.
    fn by_slices(model: &BgBb, history: &History, periods: u32) -> (f64, f64) {
        let slices = 400;
        let (mut likelihood, mut future) = (0.0, 0.0);
        let (mut mass_p, mut mass_q) = (0.0, 0.0);
        let place = |slice: u32| {
            let u = (f64::from(slice) + 0.5) / f64::from(slices);
            let p = u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
            (p, 30.0 * u * u * (1.0 - u) * (1.0 - u))
        };
        let weight =
            |p: f64, width: f64, a: f64, b: f64| p.powf(a - 1.0) * (1.0 - p).powf(b - 1.0) * width;
        for i in 0..slices {
            let (p, width) = place(i);
            mass_p += weight(p, width, model.alpha, model.beta);
            mass_q += weight(p, width, model.gamma, model.delta);
        }
        let (x, last, n) = (history.x as i32, history.t_x as i32, history.t as i32);
        for i in 0..slices {
            let (p, width) = place(i);
            let w = weight(p, width, model.alpha, model.beta) / mass_p;
            for j in 0..slices {
                let (q, width) = place(j);
                let v = w * weight(q, width, model.gamma, model.delta) / mass_q;
                let alive = p.powi(x) * (1.0 - p).powi(n - x) * (1.0 - q).powi(n);
                let gone: f64 = (last..n)
                    .map(|m| p.powi(x) * (1.0 - p).powi(m - x) * q * (1.0 - q).powi(m))
                    .sum();
                likelihood += v * (alive + gone);
                let stay: f64 = (1..=periods as i32).map(|m| (1.0 - q).powi(m)).sum();
                future += v * alive * p * stay;
            }
        }
        (likelihood.ln(), future / likelihood)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn equals_its_sums(
            alpha in 0.9..3.0f64, beta in 0.9..3.0f64, gamma in 0.9..3.0f64, delta in 0.9..4.0f64,
            last in 0u32..6, quiet in 0u32..5, missed in 0u32..3
        ) {
            let model = BgBb { alpha, beta, gamma, delta };
            let x = if last == 0 { 0 } else { last.saturating_sub(missed).max(1) };
            let history = History { x, t_x: f64::from(last), t: f64::from(last + quiet) };
            let (likelihood, future) = by_slices(&model, &history, 4);
            prop_assert!((model.ln_likelihood(&history) - likelihood).abs() < 1e-3);
            let found = model.expected_after(&history, 4.0);
            prop_assert!((found / future - 1.0).abs() < 2e-3, "{found} {future}");
        }
    }

    #[test]
    fn the_pole_at_one_is_a_limit() {
        let at = |gamma: f64| {
            let model = BgBb {
                alpha: 1.2,
                beta: 0.75,
                gamma,
                delta: 2.8,
            };
            (model.expected(10.0), model.active_periods(6.0, 11.0))
        };
        let (near, pole) = (at(1.0 + 2e-6), at(1.0));
        assert!((near.0 - pole.0).abs() < 1e-4 && (near.1 - pole.1).abs() < 1e-4);
    }

    #[test]
    fn half_periods_are_refused() {
        let accepts = |x, t_x, t| BgBb::default().accepts(&History { x, t_x, t });
        assert!(accepts(2, 4.0, 6.0) && accepts(0, 0.0, 6.0));
        assert!(!accepts(2, 3.5, 6.0) && !accepts(5, 4.0, 6.0) && !accepts(1, 2.0, 6.5));
    }
}
