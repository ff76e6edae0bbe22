//! BG/NBD: Fader, Hardie and Lee 2005 (Marketing Science 24:275-284).
//!
//! Dropout is possible after every repeat event, so whoever came only once counts as active for
//! ever: do not rank by its probability of being alive. MBG/NBD mends that.

use super::history::History;
use super::model::{Likelihood, Model, RandomCount, alive_at, events_until_dropout};
use super::staying::Staying;
use crate::special::{ln_gamma, ln_rising};

/// The BG/NBD model: rates are Gamma(`r`, `alpha`), dropout probabilities Beta(`a`, `b`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgNbd {
    /// The shape of the rates.
    pub r: f64,
    /// The rate parameter of the rates, in units of time.
    pub alpha: f64,
    /// The first shape of the dropout probabilities.
    pub a: f64,
    /// The second shape of the dropout probabilities.
    pub b: f64,
}

impl BgNbd {
    /// ln of a/(b + x - 1) ((α + T)/(α + t_x))^(r + x), the odds of having dropped out at the last
    /// event; minus infinity where there was no repeat.
    fn ln_dropout_odds(&self, history: &History) -> f64 {
        if history.x == 0 {
            return f64::NEG_INFINITY;
        }
        let x = f64::from(history.x);
        let ratio = ((self.alpha + history.t) / (self.alpha + history.t_x)).ln();
        (self.a / (self.b + x - 1.0)).ln() + (self.r + x) * ratio
    }

    /// The probability of exactly `x` repeat events within `time` of the first event (equation 8 of
    /// the paper). The sum of the second term cancels for long times, so probabilities under 1e-12
    /// are not to be relied on.
    ///
    /// ```
    /// use catchment_stats::repeat_buying::BgNbd;
    /// let model = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
    /// assert!((model.probability_of(0, 39.0) - 0.5737864).abs() < 1e-7);
    /// ```
    pub fn probability_of(&self, x: u32, time: f64) -> f64 {
        let events = f64::from(x);
        let ln_kept = -self.r * (time / self.alpha).ln_1p();
        let ln_share = (time / (self.alpha + time)).ln();
        // The negative binomial probability of j events in `time`, without any dropout.
        let ln_active = |j: u32| {
            let count = f64::from(j);
            let paid = if j == 0 { 0.0 } else { count * ln_share };
            ln_rising(self.r, u64::from(j)) - ln_gamma(count + 1.0) + ln_kept + paid
        };
        let ln_survive =
            |j: u32| ln_rising(self.b, u64::from(j)) - ln_rising(self.a + self.b, u64::from(j));
        let still_here = (ln_survive(x) + ln_active(x)).exp();
        if x == 0 {
            return still_here;
        }
        let ln_drop = ln_survive(x) + (self.a / (self.b + events - 1.0)).ln();
        let fewer: f64 = (0..x).map(|j| ln_active(j).exp()).sum();
        still_here + ln_drop.exp() * (1.0 - fewer)
    }
}

impl Default for BgNbd {
    fn default() -> Self {
        BgNbd {
            r: 1.0,
            alpha: 1.0,
            a: 1.0,
            b: 1.0,
        }
    }
}

impl Likelihood for BgNbd {
    type Count = RandomCount;
    /// ln(α + t).
    type Time = f64;

    fn of_count(&self, x: u32) -> RandomCount {
        let repeats = u64::from(x);
        RandomCount {
            shape: self.r + f64::from(x),
            ln_count: ln_rising(self.r, repeats)
                + self.r * self.alpha.ln()
                + ln_rising(self.b, repeats)
                - ln_rising(self.a + self.b, repeats),
            ln_odds: if x == 0 {
                f64::NEG_INFINITY
            } else {
                (self.a / (self.b + f64::from(x) - 1.0)).ln()
            },
        }
    }

    fn of_time(&self, _x: u32, time: f64) -> f64 {
        (self.alpha + time).ln()
    }

    fn ln_of(&self, count: &RandomCount, last: &f64, end: &f64) -> f64 {
        count.ln_of(*last, *end)
    }
}

impl Model for BgNbd {
    const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];

    type Staying = Staying;

    fn with_parameters(&self, [r, alpha, a, b]: [f64; 4]) -> Self {
        BgNbd { r, alpha, a, b }
    }

    fn staying(&self, [r, alpha]: [f64; 2]) -> Staying {
        Staying { k: 1, r, alpha }
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }

    fn p_alive(&self, history: &History) -> f64 {
        alive_at(self.ln_dropout_odds(history))
    }

    fn expected(&self, time: f64) -> f64 {
        events_until_dropout(self.a, self.b, self.r, self.alpha, time)
    }

    fn expected_after(&self, history: &History, time: f64) -> f64 {
        let x = f64::from(history.x);
        let rate = self.alpha + history.t;
        events_until_dropout(self.a, self.b + x, self.r + x, rate, time) * self.p_alive(history)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CDNOW: BgNbd = BgNbd {
        r: 0.243,
        alpha: 4.414,
        a: 0.793,
        b: 2.426,
    };

    /// The unit tests of the R package BTYD print these for the CDNOW parameters.
    #[test]
    fn probabilities_of_btyd() {
        assert!((CDNOW.probability_of(10, 2.0) / 1.07869e-7 - 1.0).abs() < 1e-5);
        let at_30 = [
            0.0019995214,
            0.0015170236,
            0.001163315,
            0.0009003148,
            0.0007023638,
            0.0005517902,
            0.0004361913,
            0.0003467171,
            0.0002769613,
            0.000222226,
        ];
        for (x, expected) in (11..).zip(at_30) {
            assert!(
                (CDNOW.probability_of(x, 30.0) - expected).abs() < 1e-9,
                "{x}"
            );
        }
    }

    #[test]
    fn probabilities_add_up_and_give_the_mean() {
        let all: Vec<f64> = (0..400).map(|x| CDNOW.probability_of(x, 39.0)).collect();
        assert!((all.iter().sum::<f64>() - 1.0).abs() < 1e-6);
        let mean: f64 = all.iter().enumerate().map(|(x, p)| x as f64 * p).sum();
        assert!((mean - CDNOW.expected(39.0)).abs() < 1e-4, "{mean}");
    }

    /// Hardie's spreadsheet prints the first five to four decimals at the unrounded estimates; the
    /// second column is of lifetimes 0.11.3 at the rounded ones, equal to mpmath's to 1e-13.
    #[test]
    fn expectation_of_the_spreadsheet() {
        let model = BgNbd {
            r: 0.24259,
            alpha: 4.41353,
            a: 0.79289,
            b: 2.42575,
        };
        for (time, printed, rounded) in [
            (1.0 / 7.0, 0.0078, None),
            (1.0, 0.0532, Some(0.05326789117165627)),
            (3.0, 0.1506, Some(0.15086523089304896)),
            (31.8571, 1.0405, Some(1.0419960608521959)),
            (32.0, 1.0437, Some(1.045243328374436)),
        ] {
            assert!((model.expected(time) - printed).abs() < 6e-5, "{time}");
            if let Some(rounded) = rounded {
                assert!((CDNOW.expected(time) - rounded).abs() < 1e-9, "{time}");
            }
        }
        assert!((CDNOW.expected(78.0) - 1.8605190579427455).abs() < 1e-12);
        assert_eq!(model.expected(0.0), 0.0);
    }

    #[test]
    fn the_pole_at_one_is_bridged() {
        let at = |a: f64| BgNbd { a, ..CDNOW }.expected(39.0);
        assert!((at(1.0) - at(0.99)).abs() < 0.05);
        assert!((at(1.0) - at(1.02)).abs() < 0.05);
    }
}
