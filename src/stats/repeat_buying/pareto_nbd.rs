//! Pareto/NBD: Schmittlein, Morrison and Colombo 1987, in the closed forms of Fader and Hardie's
//! note of 2005.
//!
//! Dropout may come at any time, not only at an event. The likelihood is flat on short windows;
//! whether a fit says anything is told by [`super::Fit::identified`].

use super::history::History;
use super::model::{Likelihood, Model, alive_at};
use super::staying::Staying;
use crate::hypergeometric::gauss_2f1_of_one;
use crate::special::{ln_one_plus_exp, ln_rising, log_difference_exp};

/// The Pareto/NBD model: rates of events are Gamma(`r`, `alpha`), rates of dropout
/// Gamma(`s`, `beta`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    /// The shape of the rates of events.
    pub r: f64,
    /// The rate parameter of the rates of events, in units of time.
    pub alpha: f64,
    /// The shape of the rates of dropout.
    pub s: f64,
    /// The rate parameter of the rates of dropout, in units of time.
    pub beta: f64,
}

impl ParetoNbd {
    /// ln of s/(r + s + x) A0, where A0 is the difference of the two hypergeometric terms at the
    /// last event and at the end of the observation.
    fn ln_dropped_out(&self, history: &History) -> f64 {
        let shape = self.r + self.s + f64::from(history.x);
        let from_last = self.ln_term(history.x, history.t_x);
        let to_end = self.ln_term(history.x, history.t);
        // At equal times rounding may leave the later term a bit above the earlier.
        (self.s / shape).ln() + log_difference_exp(from_last, to_end.min(from_last))
    }

    /// ln of 2F1(r+s+x, q; r+s+x+1; z) / (m + t)^(r+s+x) with m = max(α, β), z = |α - β|/(m + t)
    /// and q = s + 1 where α >= β, else r + x.
    ///
    /// Euler's transformation makes it (1 - z)^(1-q) 2F1(1, r+s+x+1-q; r+s+x+1; z).
    fn ln_term(&self, x: u32, time: f64) -> f64 {
        let events = self.r + f64::from(x);
        let shape = events + self.s;
        let edge = self.alpha.max(self.beta) + time;
        let z = (self.alpha - self.beta).abs() / edge;
        let near = self.alpha.min(self.beta) + time;
        let ln_rest = (near / edge).ln();
        let (power, b) = if self.alpha >= self.beta {
            (-self.s, events)
        } else {
            (1.0 - events, self.s + 1.0)
        };
        power * ln_rest + gauss_2f1_of_one(b, shape + 1.0, z).ln() - shape * edge.ln()
    }

    /// ln of (α + T)^-(r + x) (β + T)^-s: still active at the end.
    fn ln_survived(&self, history: &History) -> f64 {
        let events = self.r + f64::from(history.x);
        -events * (self.alpha + history.t).ln() - self.s * (self.beta + history.t).ln()
    }

    /// [1 - (from/(from + time))^(s - 1)] / (s - 1), with its limit ln((from + time)/from) at s = 1.
    fn active_time(&self, from: f64, time: f64) -> f64 {
        let power = self.s - 1.0;
        let ln_ratio = -(time / from).ln_1p();
        if power == 0.0 {
            -ln_ratio
        } else {
            -(power * ln_ratio).exp_m1() / power
        }
    }
}

impl Default for ParetoNbd {
    fn default() -> Self {
        ParetoNbd {
            r: 1.0,
            alpha: 1.0,
            s: 1.0,
            beta: 1.0,
        }
    }
}

impl Likelihood for ParetoNbd {
    /// ln of s/(r + s + x), and the part of ln of the likelihood that no time decides.
    type Count = (f64, f64);
    /// ln of the hypergeometric term, and of having survived up to here.
    type Time = (f64, f64);

    fn of_count(&self, x: u32) -> (f64, f64) {
        let ln_count =
            ln_rising(self.r, u64::from(x)) + self.r * self.alpha.ln() + self.s * self.beta.ln();
        let shape = self.r + self.s + f64::from(x);
        ((self.s / shape).ln(), ln_count)
    }

    fn of_time(&self, x: u32, time: f64) -> (f64, f64) {
        let events = self.r + f64::from(x);
        let survived = -events * (self.alpha + time).ln() - self.s * (self.beta + time).ln();
        (self.ln_term(x, time), survived)
    }

    fn ln_of(&self, count: &(f64, f64), last: &(f64, f64), end: &(f64, f64)) -> f64 {
        // At equal times rounding may leave the later term a bit above the earlier.
        let dropped_out = count.0 + log_difference_exp(last.0, end.0.min(last.0));
        count.1 + end.1 + ln_one_plus_exp(dropped_out - end.1)
    }
}

impl Model for ParetoNbd {
    const NAMES: [&'static str; 4] = ["r", "alpha", "s", "beta"];

    type Staying = Staying;

    fn with_parameters(&self, [r, alpha, s, beta]: [f64; 4]) -> Self {
        ParetoNbd { r, alpha, s, beta }
    }

    fn staying(&self, [r, alpha]: [f64; 2]) -> Staying {
        Staying { k: 1, r, alpha }
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    fn p_alive(&self, history: &History) -> f64 {
        alive_at(self.ln_dropped_out(history) - self.ln_survived(history))
    }

    /// r β/(α (s - 1)) [1 - (β/(β + t))^(s - 1)].
    fn expected(&self, time: f64) -> f64 {
        self.r * self.beta / self.alpha * self.active_time(self.beta, time)
    }

    fn expected_after(&self, history: &History, time: f64) -> f64 {
        let from = self.beta + history.t;
        let rate = (self.r + f64::from(history.x)) / (self.alpha + history.t);
        rate * from * self.active_time(from, time) * self.p_alive(history)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CDNOW: ParetoNbd = ParetoNbd {
        r: 0.553,
        alpha: 10.578,
        s: 0.606,
        beta: 11.669,
    };

    /// s/(r+s+x) A0 is s times the integral of (α + y)^-(r+x) (β + y)^-(s+1) over y from t_x to T:
    /// dropout at y.
    #[test]
    fn dropout_term_equals_its_integral() {
        for model in [
            CDNOW,
            ParetoNbd {
                alpha: 30.0,
                beta: 2.0,
                ..CDNOW
            },
            ParetoNbd {
                alpha: 7.0,
                beta: 7.0,
                ..CDNOW
            },
            ParetoNbd {
                alpha: 0.02,
                beta: 60.0,
                ..CDNOW
            },
        ] {
            for (x, t_x, t) in [
                (0, 0.0, 38.86),
                (2, 30.43, 38.86),
                (29, 37.71, 38.0),
                (3, 5.57, 36.0),
            ] {
                let slices = 400_000;
                let width = (t - t_x) / f64::from(slices);
                let integral: f64 = (0..slices)
                    .map(|slice| {
                        let y = t_x + (f64::from(slice) + 0.5) * width;
                        (model.alpha + y).powf(-model.r - f64::from(x))
                            * (model.beta + y).powf(-model.s - 1.0)
                    })
                    .sum();
                let expected = (model.s * integral * width).ln();
                let found = model.ln_dropped_out(&History { x, t_x, t });
                assert!(
                    (found - expected).abs() < 1e-5,
                    "{model:?} {x}: {found} {expected}"
                );
            }
        }
    }

    /// The R package BTYD's unit tests print P(alive) .9979 and 25.46 events in 52 weeks for
    /// (26, 30.86, 31), at the unrounded estimates.
    #[test]
    fn btyd_prints_the_same() {
        let model = ParetoNbd {
            r: 0.5533,
            alpha: 10.5776,
            s: 0.6062,
            beta: 11.6679,
        };
        let history = History {
            x: 26,
            t_x: 30.86,
            t: 31.0,
        };
        assert!((model.p_alive(&history) - 0.9979).abs() < 5e-5);
        assert!((model.expected_after(&history, 52.0) - 25.46).abs() < 5e-3);
    }

    #[test]
    fn hundreds_of_events_do_not_underflow() {
        let history = History {
            x: 700,
            t_x: 100.0,
            t: 104.0,
        };
        let value = CDNOW.ln_likelihood(&history);
        assert!(value.is_finite());
        assert!(CDNOW.p_alive(&history) < 1e-6);
        let to_the_end = History {
            t_x: 104.0,
            ..history
        };
        assert!((CDNOW.p_alive(&to_the_end) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_dropout_shape_of_one_is_a_limit() {
        let at = |s: f64| ParetoNbd { s, ..CDNOW }.expected(39.0);
        assert!((at(1.0) - at(1.0 + 1e-7)).abs() < 1e-6);
    }
}
