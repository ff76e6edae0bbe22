//! MBG/CNBD-k and BG/CNBD-k: Platzer and Reutterer 2016; Reutterer, Platzer and Schröder 2021
//! (International Journal of Research in Marketing 38:194-215).
//!
//! As MBG/NBD and BG/NBD, but gaps are Erlang-k, so that a referrer who comes regularly is missed
//! sooner than one who comes at random. The likelihood leaves out (k - 1) Σ ln(gap), which needs
//! every gap and no parameter; [`super::fit_regular`] adds it where fits of different k are compared.

use super::history::History;
use super::model::{Likelihood, Model, alive_at, dropout_bracket, off_the_pole};
use super::staying::Staying;
use crate::special::{ln_one_plus_exp, ln_rising};

/// An expectation is a sum over at most this many events.
const LONGEST: u32 = 1_000_000;

/// The (M)BG/CNBD-k model: gaps are Erlang-`k` with stages at rates Gamma(`r`, `alpha`), dropout
/// probabilities Beta(`a`, `b`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cnbd {
    /// Stages of a gap, at least 1; 1 is BG/NBD or MBG/NBD.
    pub k: u32,
    /// Whether dropout is possible right after the first event (MBG), not only after repeats (BG).
    pub from_first: bool,
    /// The shape of the rates of stages.
    pub r: f64,
    /// The rate parameter of the rates of stages, in units of time.
    pub alpha: f64,
    /// The first shape of the dropout probabilities.
    pub a: f64,
    /// The second shape of the dropout probabilities.
    pub b: f64,
}

impl Default for Cnbd {
    /// MBG/CNBD-1.
    fn default() -> Self {
        Cnbd::family(1, true)
    }
}

impl Cnbd {
    /// The family with `k` stages a gap (0 counts as 1) and dropout `from_first` or not, to be
    /// fitted.
    pub fn family(k: u32, from_first: bool) -> Self {
        Cnbd {
            k: k.max(1),
            from_first,
            r: 1.0,
            alpha: 1.0,
            a: 1.0,
            b: 1.0,
        }
    }

    fn rate(&self) -> Staying {
        Staying {
            k: self.k,
            r: self.r,
            alpha: self.alpha,
        }
    }

    /// How often dropout could have come and did not, for someone alive after x repeats: x + d.
    fn survived(&self, x: u32) -> u32 {
        x + u32::from(self.from_first)
    }

    /// ln of a/(b + x - 1 + d), the odds of having dropped out at the last event were no time
    /// observed after it; minus infinity where that is impossible.
    fn ln_odds_at_once(&self, x: u32) -> f64 {
        match self.survived(x) {
            0 => f64::NEG_INFINITY,
            survived => (self.a / (self.b + f64::from(survived) - 1.0)).ln(),
        }
    }

    /// ln of S1 / S2, the odds of having dropped out at the last event.
    fn ln_dropout_odds(&self, history: &History) -> f64 {
        let shape = self.rate().shape(history.x);
        let ratio = ((self.alpha + history.t) / (self.alpha + history.t_x)).ln();
        self.ln_odds_at_once(history.x) + shape * ratio
            - self.rate().ln_stages(shape, history.t_x, history.t)
    }

    /// The events expected within `time` of whoever is active and has reached `stage` of a gap,
    /// where the rate of stages is Gamma(`shape`, `rate`) and dropout was possible and did not come
    /// `survived` times so far.
    ///
    /// Σ over m of E[(1 - p)^(m - 1)] P(at least m k - stage stages in time), where the number of
    /// stages is negative binomial; exact, and cut off below the last bit.
    fn events_from_stage(
        &self,
        stage: u32,
        shape: f64,
        rate: f64,
        survived: f64,
        time: f64,
    ) -> f64 {
        let share = time / (rate + time);
        let ln_none = -shape * (time / rate).ln_1p();
        let mut stages = 0u64;
        let mut ln_mass = ln_none;
        // What is left of the distribution at and above `stages`.
        let mut tail = 1.0;
        let mut stays = 1.0;
        let mut sum = 0.0;
        for m in 1..=LONGEST {
            let wanted = u64::from(m) * u64::from(self.k) - u64::from(stage);
            while stages < wanted {
                tail -= ln_mass.exp();
                let n = stages as f64;
                ln_mass += ((shape + n) / (n + 1.0) * share).ln();
                stages += 1;
            }
            let term = stays * tail;
            sum += term;
            let past_the_middle = stages as f64 > shape * share / (1.0 - share);
            if past_the_middle && term <= 1e-13 * sum.max(1e-13) {
                break;
            }
            let events = survived + f64::from(m) - 1.0;
            stays *= (self.b + events) / (self.a + self.b + events);
        }
        sum
    }

    /// The published approximation of [`Model::expected_after`]: the closed form of (M)BG/NBD with
    /// k α for α in its bracket, times P(alive). It takes the gaps that follow for random ones and
    /// does not use how far the present gap has come; with k = 1 it is exact.
    ///
    /// (a + b + x + d - 1)/(a - 1) [1 - G] P(alive), as in the R package BTYDplus without its
    /// correction over all customers.
    ///
    /// ```
    /// use catchment_stats::repeat_buying::{Cnbd, History, Model};
    /// let model = Cnbd { r: 0.9, alpha: 2.0, a: 0.8, b: 2.5, ..Cnbd::family(1, true) };
    /// let history = History { x: 5, t_x: 20.0, t: 24.0 };
    /// let exact = model.expected_after(&history, 13.0);
    /// assert!((model.expected_after_by_rate(&history, 13.0) / exact - 1.0).abs() < 1e-10);
    /// ```
    pub fn expected_after_by_rate(&self, history: &History, time: f64) -> f64 {
        if time <= 0.0 {
            return 0.0;
        }
        let x = f64::from(history.x);
        let b = self.b + f64::from(self.survived(history.x));
        let a = off_the_pole(self.a);
        let rate = f64::from(self.k) * self.alpha + history.t;
        (a + b - 1.0) / (a - 1.0)
            * dropout_bracket(a, b, self.r + x, rate, time)
            * self.p_alive(history)
    }
}

/// What the model makes of a number of repeats.
#[derive(Debug, Clone, Copy)]
pub struct RegularCount {
    /// r + k x, the shape of the rate that is left.
    shape: f64,
    /// The part of ln of the likelihood that no time decides.
    ln_count: f64,
    /// ln of the odds of having dropped out at the last event, were no time observed after it.
    ln_odds: f64,
}

impl Likelihood for Cnbd {
    type Count = RegularCount;
    /// The time itself and ln(α + t).
    type Time = (f64, f64);

    fn of_count(&self, x: u32) -> RegularCount {
        let survived = u64::from(self.survived(x));
        let (shape, ln_count) = self.rate().of_count(x);
        RegularCount {
            shape,
            ln_count: ln_count + ln_rising(self.b, survived) - ln_rising(self.a + self.b, survived),
            ln_odds: self.ln_odds_at_once(x),
        }
    }

    fn of_time(&self, x: u32, time: f64) -> (f64, f64) {
        self.rate().of_time(x, time)
    }

    fn ln_of(&self, count: &RegularCount, last: &(f64, f64), end: &(f64, f64)) -> f64 {
        let ln_stages = self.rate().ln_stages(count.shape, last.0, end.0);
        let odds = count.ln_odds + count.shape * (end.1 - last.1) - ln_stages;
        count.ln_count - count.shape * end.1 + ln_stages + ln_one_plus_exp(odds)
    }
}

impl Model for Cnbd {
    const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];

    type Staying = Staying;

    fn with_parameters(&self, [r, alpha, a, b]: [f64; 4]) -> Self {
        Cnbd {
            r,
            alpha,
            a,
            b,
            ..*self
        }
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }

    fn staying(&self, [r, alpha]: [f64; 2]) -> Staying {
        Staying {
            k: self.k,
            r,
            alpha,
        }
    }

    fn p_alive(&self, history: &History) -> f64 {
        alive_at(self.ln_dropout_odds(history))
    }

    fn expected(&self, time: f64) -> f64 {
        if time <= 0.0 {
            return 0.0;
        }
        // Whoever is left after the first event has survived it where that could end them.
        let survived = f64::from(u32::from(self.from_first));
        let stays = if self.from_first {
            self.b / (self.a + self.b)
        } else {
            1.0
        };
        stays * self.events_from_stage(0, self.r, self.alpha, survived, time)
    }

    /// Exact: the stages that the present gap may have reached, each with the events that follow
    /// from it.
    fn expected_after(&self, history: &History, time: f64) -> f64 {
        if time <= 0.0 {
            return 0.0;
        }
        let rate = self.rate();
        let survived = f64::from(self.survived(history.x));
        let (mut mass, mut sum) = (0.0, 0.0);
        let shape = rate.shape(history.x);
        let weights = rate.stage_weights(shape, history.t_x, history.t);
        for (stage, weight) in (0..).zip(weights) {
            let shape = shape + f64::from(stage);
            mass += weight;
            if weight > 0.0 {
                let from = self.alpha + history.t;
                sum += weight * self.events_from_stage(stage, shape, from, survived, time);
            }
        }
        sum / mass * self.p_alive(history)
    }
}
