//! MBG/NBD: Batislam, Denizel and Filiztekin 2007; Hoppe and Wagner 2007.
//!
//! As BG/NBD, but dropout is possible right after the first event too, so that those who came once
//! can have left. This is the model that the product uses.

use super::history::History;
use super::model::{
    Likelihood, Model, RandomCount, alive_at, dropout_bracket, events_until_dropout, off_the_pole,
};
use super::staying::Staying;
use crate::special::ln_rising;

/// The MBG/NBD model: rates are Gamma(`r`, `alpha`), dropout probabilities Beta(`a`, `b`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MbgNbd {
    /// The shape of the rates.
    pub r: f64,
    /// The rate parameter of the rates, in units of time.
    pub alpha: f64,
    /// The first shape of the dropout probabilities.
    pub a: f64,
    /// The second shape of the dropout probabilities.
    pub b: f64,
}

impl MbgNbd {
    /// ln of a/(b + x) ((α + T)/(α + t_x))^(r + x), the odds of having dropped out at the last
    /// event.
    fn ln_dropout_odds(&self, history: &History) -> f64 {
        let x = f64::from(history.x);
        let ratio = ((self.alpha + history.t) / (self.alpha + history.t_x)).ln();
        (self.a / (self.b + x)).ln() + (self.r + x) * ratio
    }
}

impl Default for MbgNbd {
    fn default() -> Self {
        MbgNbd {
            r: 1.0,
            alpha: 1.0,
            a: 1.0,
            b: 1.0,
        }
    }
}

impl Likelihood for MbgNbd {
    type Count = RandomCount;
    /// ln(α + t).
    type Time = f64;

    fn of_count(&self, x: u32) -> RandomCount {
        let survived = u64::from(x) + 1;
        RandomCount {
            shape: self.r + f64::from(x),
            ln_count: ln_rising(self.r, u64::from(x))
                + self.r * self.alpha.ln()
                + ln_rising(self.b, survived)
                - ln_rising(self.a + self.b, survived),
            ln_odds: (self.a / (self.b + f64::from(x))).ln(),
        }
    }

    fn of_time(&self, _x: u32, time: f64) -> f64 {
        (self.alpha + time).ln()
    }

    fn ln_of(&self, count: &RandomCount, last: &f64, end: &f64) -> f64 {
        count.ln_of(*last, *end)
    }
}

impl Model for MbgNbd {
    const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];

    type Staying = Staying;

    fn with_parameters(&self, [r, alpha, a, b]: [f64; 4]) -> Self {
        MbgNbd { r, alpha, a, b }
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

    /// b/(a - 1) [1 - (α/(α + t))^r 2F1(r, b + 1; a + b; t/(α + t))]; at a = 1 `a` is moved by 0.01.
    fn expected(&self, time: f64) -> f64 {
        if time <= 0.0 {
            return 0.0;
        }
        let a = off_the_pole(self.a);
        self.b / (a - 1.0) * dropout_bracket(a, self.b + 1.0, self.r, self.alpha, time)
    }

    fn expected_after(&self, history: &History, time: f64) -> f64 {
        let x = f64::from(history.x);
        let rate = self.alpha + history.t;
        events_until_dropout(self.a, self.b + x + 1.0, self.r + x, rate, time)
            * self.p_alive(history)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CDNOW: MbgNbd = MbgNbd {
        r: 0.525,
        alpha: 6.183,
        a: 0.891,
        b: 1.614,
    };

    /// The mean of `value` under Beta(a, b), by slices that are fine near both ends.
    fn beta_mean(a: f64, b: f64, value: impl Fn(f64) -> f64) -> f64 {
        let slices = 200_000;
        let (mut mass, mut sum) = (0.0, 0.0);
        for slice in 0..slices {
            let u = (f64::from(slice) + 0.5) / f64::from(slices);
            // p = u^3 (10 - 15 u + 6 u^2) is flat at both ends.
            let p = u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
            let width = 30.0 * u * u * (1.0 - u) * (1.0 - u);
            let weight = ((a - 1.0) * p.ln() + (b - 1.0) * (1.0 - p).ln()).exp() * width;
            mass += weight;
            sum += weight * value(p);
        }
        sum / mass
    }

    /// The expectations from their definition: dropout with probability p after the first event and
    /// each later one, events at rate λ until then.
    #[test]
    fn expectations_equal_their_integrals() {
        let MbgNbd { r, alpha, a, b } = CDNOW;
        for time in [1.0, 39.0, 200.0] {
            let kept = |p: f64, shape: f64, rate: f64| (rate / (rate + p * time)).powf(shape);
            let fresh = beta_mean(a, b, |p| (1.0 - p) / p * (1.0 - kept(p, r, alpha)));
            assert!((CDNOW.expected(time) / fresh - 1.0).abs() < 1e-6, "{time}");
            let history = History {
                x: 3,
                t_x: 20.0,
                t: 30.0,
            };
            let later = beta_mean(a, b + 4.0, |p| (1.0 - kept(p, r + 3.0, alpha + 30.0)) / p);
            let found = CDNOW.expected_after(&history, time);
            assert!((found / (later * CDNOW.p_alive(&history)) - 1.0).abs() < 1e-6);
        }
        assert_eq!(CDNOW.expected(0.0), 0.0);
    }

    #[test]
    fn who_came_once_can_have_left() {
        let once = History {
            x: 0,
            t_x: 0.0,
            t: 38.86,
        };
        assert!((CDNOW.p_alive(&once) - 0.38974).abs() < 1e-5);
    }
}
