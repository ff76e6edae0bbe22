//! What every model of repeat buying can do, and the log-likelihood of many histories.

use super::history::{History, Population, Row, SameCount};
use crate::hypergeometric::gauss_2f1_times;
use crate::special::ln_one_plus_exp;
use rayon::prelude::*;

/// Sums over histories run in blocks of this many, merged in order, so that the number of threads
/// leaves no trace in the result.
const BLOCK: usize = 4096;

/// How likely a model makes a history. What only the number of repeats decides, and what that
/// number and one time decide, is reckoned once for all who share it.
pub trait Likelihood: Copy + Send + Sync {
    /// What follows from the number of repeats.
    type Count: Copy + Send + Sync;
    /// What follows from the number of repeats and one time.
    type Time: Copy + Send + Sync;

    /// What follows from `x` repeats.
    fn of_count(&self, x: u32) -> Self::Count;

    /// What follows from `time`, which is that of the last event or that of the end.
    fn of_time(&self, x: u32, time: f64) -> Self::Time;

    /// ln of the likelihood of a history with its last event at `last`, observed up to `end`.
    fn ln_of(&self, count: &Self::Count, last: &Self::Time, end: &Self::Time) -> f64;

    /// ln of the likelihood of one history.
    fn ln_likelihood(&self, history: &History) -> f64 {
        let at = |time| self.of_time(history.x, time);
        self.ln_of(&self.of_count(history.x), &at(history.t_x), &at(history.t))
    }
}

/// A model of repeat buying with four positive parameters: two of the rate, then two of the
/// dropout. Its default has the parameters 1 and is a family rather than a model of anything.
pub trait Model: Likelihood + Default {
    /// The names of the parameters, in their order.
    const NAMES: [&'static str; 4];

    /// The same model in which nobody ever drops out.
    type Staying: Likelihood;

    /// A model of the same family with these parameters, in the order of the names.
    fn with_parameters(&self, parameters: [f64; 4]) -> Self;

    /// The parameters, in the order of the names.
    fn parameters(&self) -> [f64; 4];

    /// The model of the same family in which nobody drops out, with these two parameters of the
    /// rate.
    fn staying(&self, rate: [f64; 2]) -> Self::Staying;

    /// Whether the model can say anything of this history.
    fn accepts(&self, history: &History) -> bool {
        history.is_possible()
    }

    /// The probability that whoever has this history is still active.
    fn p_alive(&self, history: &History) -> f64;

    /// The number of repeat events expected of someone new within `time` of their first event.
    fn expected(&self, time: f64) -> f64;

    /// The number of events expected of whoever has this history in the `time` that follows the
    /// observation, dropout before or during it included.
    fn expected_after(&self, history: &History, time: f64) -> f64;
}

/// The log-likelihood of all histories together; the same bits for any number of threads.
pub fn ln_likelihood<L: Likelihood>(model: &L, all: &Population) -> f64 {
    let of_group = |group: &SameCount| -> f64 {
        let count = model.of_count(group.x);
        let of_time = |time: &f64| model.of_time(group.x, *time);
        let times: Vec<L::Time> = if group.times.len() <= BLOCK {
            group.times.iter().map(of_time).collect()
        } else {
            group.times.par_iter().map(of_time).collect()
        };
        let block_sum = |block: &[Row]| -> f64 {
            let mut sum = 0.0;
            for row in block {
                if let (Some(last), Some(end)) =
                    (times.get(row.last as usize), times.get(row.end as usize))
                {
                    sum += row.weight * model.ln_of(&count, last, end);
                }
            }
            sum
        };
        let sums: Vec<f64> = if group.rows.len() <= BLOCK {
            group.rows.chunks(BLOCK).map(block_sum).collect()
        } else {
            group.rows.par_chunks(BLOCK).map(block_sum).collect()
        };
        sums.iter().sum()
    };
    let sums: Vec<f64> = if all.different() <= BLOCK {
        all.groups.iter().map(of_group).collect()
    } else {
        all.groups.par_iter().map(of_group).collect()
    };
    sums.iter().sum()
}

/// What BG/NBD and MBG/NBD make of a number of repeats.
#[derive(Debug, Clone, Copy)]
pub struct RandomCount {
    /// r + x, the shape of the rate that is left.
    pub(super) shape: f64,
    /// The part of ln of the likelihood that no time decides.
    pub(super) ln_count: f64,
    /// ln of the odds of having dropped out at the last event, were no time observed after it.
    pub(super) ln_odds: f64,
}

impl RandomCount {
    /// ln of the likelihood, from ln(α + t_x) and ln(α + T).
    pub(super) fn ln_of(&self, last: f64, end: f64) -> f64 {
        let odds = self.ln_odds + self.shape * (end - last);
        self.ln_count - self.shape * end + ln_one_plus_exp(odds)
    }
}

/// The mean of (1 - e^{-λ p t}) / p over λ ~ Gamma(shape, rate) and p ~ Beta(a, b): the events that
/// an active buyer with dropout probability p after each event makes within `time`.
///
/// (a + b - 1)/(a - 1) [1 - (rate/(rate + t))^shape 2F1(shape, b; a + b - 1; t/(rate + t))]. At
/// a = 1 it is 0/0 with a finite limit; there, as in BTYDplus, `a` is moved by 0.01.
pub(super) fn events_until_dropout(a: f64, b: f64, shape: f64, rate: f64, time: f64) -> f64 {
    if time <= 0.0 {
        return 0.0;
    }
    // At a + b = 1 the function has a pole that the factor before it cancels; a step beside it is
    // as good as the limit.
    let nudge = if (a + b - 1.0).abs() < 1e-6 {
        1e-5
    } else {
        0.0
    };
    let a = off_the_pole(a + nudge);
    (a + b - 1.0) / (a - 1.0) * dropout_bracket(a, b, shape, rate, time)
}

/// The bracket of [`events_until_dropout`].
pub(super) fn dropout_bracket(a: f64, b: f64, shape: f64, rate: f64, time: f64) -> f64 {
    let ln_kept = -shape * (time / rate).ln_1p();
    1.0 - gauss_2f1_times(ln_kept, shape, b, a + b - 1.0, time / (rate + time))
}

/// `a`, moved by 0.01 where it is within 0.005 of the pole at 1.
pub(super) fn off_the_pole(a: f64) -> f64 {
    if (a - 1.0).abs() < 0.005 { a + 0.01 } else { a }
}

/// 1 / (1 + e^`ln_odds`): the probability of being alive at these log-odds of having dropped out.
pub(super) fn alive_at(ln_odds: f64) -> f64 {
    1.0 / (1.0 + ln_odds.exp())
}
