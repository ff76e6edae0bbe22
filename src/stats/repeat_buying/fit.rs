//! Fitting a model of repeat buying by maximum likelihood.

use super::history::{History, aggregate};
use super::model::{Model, ln_likelihood};
use crate::optimise::{Minimum, hessian, inverse_of_positive, nelder_mead, newton_polish};

/// The starts of the search, in the parameters themselves; the fits of the literature converge from
/// both.
const STARTS: [[f64; 4]; 2] = [[1.0, 1.0, 1.0, 1.0], [1.0, 3.0, 1.0, 3.0]];

/// Log-parameters are kept within this range of 0, beyond which a model has degenerated.
const WIDEST: f64 = 20.0;

/// A fit counts as identified where the standard error of no log-parameter is above this: a factor
/// of about 4.5 either way at one standard error.
const LARGEST_ERROR: f64 = 1.5;

/// Why a model could not be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitError {
    /// There was no history.
    Empty,
    /// The history at this place of the input cannot be (see [`History::is_possible`]).
    Impossible(usize),
    /// Nobody ever came back, so the likelihood has no maximum.
    NoRepeats,
}

impl std::fmt::Display for FitError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FitError::Empty => write!(out, "there is no history to fit a model to"),
            FitError::Impossible(place) => write!(
                out,
                "history {place} cannot be: the last event must lie within the time observed, \
                 and at its start exactly where there is no repeat"
            ),
            FitError::NoRepeats => write!(out, "no history has a repeat, so nothing can be fitted"),
        }
    }
}

impl std::error::Error for FitError {}

/// A fitted model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit<M> {
    /// The model at the parameters of largest likelihood.
    pub model: M,
    /// The log-likelihood there.
    pub ln_likelihood: f64,
    /// The standard errors of the logarithms of the parameters, from the second derivatives; `None`
    /// where the likelihood does not bend down in every direction.
    pub ln_errors: Option<[f64; 4]>,
    /// Whether the search ended of itself.
    pub converged: bool,
}

impl<M: Model> Fit<M> {
    /// Whether the histories tell the parameters: the search ended of itself, and every
    /// log-parameter has a standard error of at most 1.5.
    pub fn identified(&self) -> bool {
        let sure = |errors: [f64; 4]| errors.iter().all(|&error| error <= LARGEST_ERROR);
        self.converged && self.ln_errors.is_some_and(sure)
    }
}

/// Fits a model by maximum likelihood over the logarithms of its parameters: Nelder and Mead's
/// simplex from two starts, then Newton steps.
///
/// The same histories give the same bits in any order and with any number of threads.
///
/// ```
/// use catchment_stats::repeat_buying::{FitError, History, MbgNbd, fit};
/// let once = History { x: 0, t_x: 0.0, t: 12.0 };
/// assert_eq!(fit::<MbgNbd>(&[once, once]).unwrap_err(), FitError::NoRepeats);
/// ```
pub fn fit<M: Model>(histories: &[History]) -> Result<Fit<M>, FitError> {
    if histories.is_empty() {
        return Err(FitError::Empty);
    }
    if let Some(place) = histories.iter().position(|h| !h.is_possible()) {
        return Err(FitError::Impossible(place));
    }
    if histories.iter().all(|h| h.x == 0) {
        return Err(FitError::NoRepeats);
    }
    let merged = aggregate(histories);
    let loss = |logs: &[f64; 4]| {
        if logs.iter().any(|log| log.abs() > WIDEST) {
            return f64::INFINITY;
        }
        -ln_likelihood(&M::from_parameters(logs.map(f64::exp)), &merged)
    };
    let [first, second] =
        STARTS.map(|start| newton_polish(loss, nelder_mead(loss, start.map(f64::ln), 0.5)));
    let best = if second.value < first.value {
        second
    } else {
        first
    };
    Ok(finish(loss, best))
}

/// The fit at the end of the search, with its standard errors.
fn finish<M: Model>(loss: impl Fn(&[f64; 4]) -> f64, best: Minimum<4>) -> Fit<M> {
    let mut axis = 0;
    let ln_errors = inverse_of_positive(&hessian(loss, &best.point)).map(|inverse| {
        inverse.map(|row| {
            // `map` goes through the four rows in order, so the diagonal is at 0 to 3.
            let variance: f64 = row[axis];
            axis += 1;
            variance.sqrt()
        })
    });
    Fit {
        model: M::from_parameters(best.point.map(f64::exp)),
        ln_likelihood: -best.value,
        ln_errors,
        converged: best.converged,
    }
}

#[cfg(test)]
mod tests {
    use super::super::MbgNbd;
    use super::*;

    #[test]
    fn what_cannot_be_fitted_is_said() {
        let good = History {
            x: 2,
            t_x: 3.0,
            t: 9.0,
        };
        let bad = History { t_x: 10.0, ..good };
        assert_eq!(fit::<MbgNbd>(&[]).unwrap_err(), FitError::Empty);
        assert_eq!(
            fit::<MbgNbd>(&[good, bad]).unwrap_err(),
            FitError::Impossible(1)
        );
        assert!(FitError::Impossible(7).to_string().contains('7'));
    }

    /// Two histories cannot tell four parameters.
    #[test]
    fn too_little_is_not_identified() {
        let histories = [
            History {
                x: 2,
                t_x: 3.0,
                t: 9.0,
            },
            History {
                x: 1,
                t_x: 4.0,
                t: 9.0,
            },
        ];
        assert!(!fit::<MbgNbd>(&histories).unwrap().identified());
    }
}
