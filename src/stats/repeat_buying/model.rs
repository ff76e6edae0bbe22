//! What every model of repeat buying can do, and the log-likelihood of many histories.

use super::history::{History, Weighted};
use crate::hypergeometric::gauss_2f1_times;
use rayon::prelude::*;

/// Sums over histories run in blocks of this many, merged in order, so that the number of threads
/// leaves no trace in the result.
const BLOCK: usize = 512;

/// How likely a model makes a history, in two parts, so that what only the number of repeats
/// decides is reckoned once for all who share it.
pub trait Likelihood: Copy + Send + Sync {
    /// The part of ln of the likelihood that only the number of repeats decides.
    fn ln_of_count(&self, x: u32) -> f64;

    /// The rest of it.
    fn ln_of_times(&self, history: &History) -> f64;

    /// ln of the likelihood of one history.
    fn ln_likelihood(&self, history: &History) -> f64 {
        self.ln_of_count(history.x) + self.ln_of_times(history)
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
///
/// Histories as [`super::aggregate`] sorts them are the quickest.
pub fn ln_likelihood<L: Likelihood>(model: &L, histories: &[Weighted]) -> f64 {
    let block_sum = |block: &[Weighted]| -> f64 {
        let mut sum = 0.0;
        for same_count in block.chunk_by(|a, b| a.history.x == b.history.x) {
            let ln_of_count = same_count
                .first()
                .map_or(0.0, |row| model.ln_of_count(row.history.x));
            sum += same_count
                .iter()
                .map(|row| row.weight * (ln_of_count + model.ln_of_times(&row.history)))
                .sum::<f64>();
        }
        sum
    };
    let sums: Vec<f64> = if histories.len() <= 2 * BLOCK {
        histories.chunks(BLOCK).map(block_sum).collect()
    } else {
        histories.par_chunks(BLOCK).map(block_sum).collect()
    };
    sums.iter().sum()
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
