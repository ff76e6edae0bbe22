//! Fitting a model of repeat buying by maximum likelihood.

use super::history::{History, Population};
use super::model::{Model, ln_likelihood};
use crate::optimise::{
    Minimum, NewtonMinimum, hessian, inverse_of_positive, nelder_mead, newton, newton_polish,
};

/// The starts of the search, in the parameters themselves; the fits of the literature converge from
/// both.
const STARTS: [[f64; 4]; 2] = [[1.0, 1.0, 1.0, 1.0], [1.0, 3.0, 1.0, 3.0]];

/// Log-parameters are kept within this range of 0, beyond which a model has degenerated.
const WIDEST: f64 = 20.0;

/// Where there are more different histories than twice the first of these, the search is over a
/// sample of so many referrers, and then from its end over the next.
const SAMPLES: [usize; 2] = [1024, 32_768];

/// A fit counts as identified where the standard error of no log-parameter is above this: a factor
/// of about 4.5 either way at one standard error.
const LARGEST_ERROR: f64 = 1.5;

/// ... and where ln of the likelihood falls by at least this, half the 95 % quantile of chi-squared
/// with one degree of freedom, when both parameters of the rate or both of the dropout are multiplied
/// or divided by e^3, which leaves their mean as it is: else a whole ridge of them fits as well, up to
/// everybody being alike. Second derivatives far out on such a ridge are rounding alone.
const LEAST_FALL: f64 = 1.920729410347062;
const ALONG_THE_RIDGE: f64 = 3.0;

/// ... and where ln of the likelihood is better than without any dropout by at least half of this,
/// the 95 % quantile of chi-squared with two degrees of freedom for the two parameters of dropout.
/// With no dropout they lie on the border of what can be, so that far fewer than 5 % reach it.
const LEAST_GAIN: f64 = 5.991464547107979;

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
    /// The largest log-likelihood of the same model in which nobody ever drops out.
    pub ln_likelihood_staying: f64,
    /// The standard errors of the logarithms of the parameters, from the second derivatives; `None`
    /// where the likelihood does not bend down in every direction.
    pub ln_errors: Option<[f64; 4]>,
    /// Whether the search ended of itself.
    pub converged: bool,
    /// Whether the two parameters of the rate, or those of the dropout, may be multiplied or divided
    /// by e^3 together with hardly any loss of likelihood.
    pub on_a_ridge: bool,
}

impl<M: Model> Fit<M> {
    /// Whether the histories tell the parameters, so that P(alive) says something of those who
    /// have them. All of:
    ///
    /// * the search ended of itself, and no parameter at the border of its range (e^-20 and e^20);
    /// * the likelihood bends down in every direction, and no log-parameter has a standard error
    ///   above 1.5;
    /// * there is no ridge: ln L falls by at least 1.92 where both parameters of the rate, or both of
    ///   the dropout, are multiplied or divided by e^3;
    /// * dropout is seen at all: twice the gain in ln L over the same model without dropout is at
    ///   least 5.99.
    pub fn identified(&self) -> bool {
        let sure = |errors: [f64; 4]| errors.iter().all(|&error| error <= LARGEST_ERROR);
        let inside = |p: &f64| p.ln().abs() < WIDEST - 0.5;
        self.converged
            && !self.on_a_ridge
            && self.ln_errors.is_some_and(sure)
            && self.model.parameters().iter().all(inside)
            && self.dropout_gain() >= LEAST_GAIN
    }

    /// Twice the gain in ln of the likelihood over the same model in which nobody drops out.
    pub fn dropout_gain(&self) -> f64 {
        2.0 * (self.ln_likelihood - self.ln_likelihood_staying)
    }
}

/// Fits a model by maximum likelihood over the logarithms of its parameters: Nelder and Mead's
/// simplex from two starts, then Newton steps. Of many thousand different histories a
/// sample is fitted first, and larger ones up to all of them by Newton's steps from there.
///
/// The same histories give the same bits in any order and with any number of threads.
///
/// ```
/// use catchment_stats::repeat_buying::{FitError, History, MbgNbd, fit};
/// let once = History { x: 0, t_x: 0.0, t: 12.0 };
/// assert_eq!(fit::<MbgNbd>(&[once, once]).unwrap_err(), FitError::NoRepeats);
/// ```
pub fn fit<M: Model>(histories: &[History]) -> Result<Fit<M>, FitError> {
    fit_family(M::default(), histories)
}

/// Fits the family of `family`, whose own parameters do not matter, as [`fit`] does.
///
/// ```
/// use catchment_stats::repeat_buying::{Cnbd, FitError, fit_family};
/// let none = fit_family(Cnbd::family(3, true), &[]);
/// assert_eq!(none.unwrap_err(), FitError::Empty);
/// ```
pub fn fit_family<M: Model>(family: M, histories: &[History]) -> Result<Fit<M>, FitError> {
    check(&family, histories)?;
    Ok(fit_population(family, &Population::of(histories)))
}

/// Whether the histories can be fitted.
pub(super) fn check<M: Model>(family: &M, histories: &[History]) -> Result<(), FitError> {
    if histories.is_empty() {
        return Err(FitError::Empty);
    }
    if let Some(place) = histories.iter().position(|h| !family.accepts(h)) {
        return Err(FitError::Impossible(place));
    }
    if histories.iter().all(|h| h.x == 0) {
        return Err(FitError::NoRepeats);
    }
    Ok(())
}

/// The fit to a population that [`check`] has let pass.
pub(super) fn fit_population<M: Model>(family: M, all: &Population) -> Fit<M> {
    let loss = |logs: &[f64; 4], some: &Population| {
        if logs.iter().any(|log| log.abs() > WIDEST) {
            return f64::INFINITY;
        }
        -ln_likelihood(&family.with_parameters(logs.map(f64::exp)), some)
    };
    let (best, inverse) = minimise(loss, &STARTS, all);
    let along = |[rate, dropout]: [f64; 2]| {
        let [a, b, c, d] = best.point;
        loss(&[a + rate, b + rate, c + dropout, d + dropout], all) - best.value
    };
    let step = ALONG_THE_RIDGE;
    let ways = [[step, 0.0], [-step, 0.0], [0.0, step], [0.0, -step]];
    let on_a_ridge = ways.into_iter().any(|way| along(way) < LEAST_FALL);
    let staying = |logs: &[f64; 2], some: &Population| {
        if logs.iter().any(|log| log.abs() > WIDEST) {
            return f64::INFINITY;
        }
        -ln_likelihood(&family.staying(logs.map(f64::exp)), some)
    };
    let [rate, scale, ..] = best.point.map(f64::exp);
    let (without, _) = minimise(staying, &[[rate, scale], [1.0, 1.0]], all);
    let mut axis = 0;
    let ln_errors = inverse.map(|inverse| {
        inverse.map(|row| {
            // `map` goes through the four rows in order, so the diagonal is at 0 to 3.
            let variance: f64 = row[axis];
            axis += 1;
            variance.sqrt()
        })
    });
    Fit {
        model: family.with_parameters(best.point.map(f64::exp)),
        ln_likelihood: -best.value,
        ln_likelihood_staying: -without.value,
        ln_errors,
        converged: best.converged,
        on_a_ridge,
    }
}

/// The least loss over everyone, and the inverse of its second derivatives where it bends up in
/// every direction. The starts are parameters, the point found is of their logarithms.
fn minimise<const N: usize>(
    loss: impl Fn(&[f64; N], &Population) -> f64,
    starts: &[[f64; N]],
    all: &Population,
) -> (Minimum<N>, Option<[[f64; N]; N]>) {
    if let Some(end) = from_samples(&loss, starts, all) {
        return (end.minimum, Some(end.inverse));
    }
    let of_all = |logs: &[f64; N]| loss(logs, all);
    let best = search(of_all, starts);
    (best, inverse_of_positive(&hessian(of_all, &best.point)))
}

/// The same by way of samples; `None` where there are too few histories for that, or Newton's steps
/// do not lead from one to the next.
fn from_samples<const N: usize>(
    loss: impl Fn(&[f64; N], &Population) -> f64,
    starts: &[[f64; N]],
    all: &Population,
) -> Option<NewtonMinimum<N>> {
    let [few, more] = SAMPLES;
    if all.different() <= 2 * few {
        return None;
    }
    let sample = all.sample(few);
    let mut point = search(|logs| loss(logs, &sample), starts).point;
    if all.different() > 2 * more {
        let sample = all.sample(more);
        point = newton(|logs| loss(logs, &sample), point)?.minimum.point;
    }
    newton(|logs| loss(logs, all), point)
}

/// The best end of a search from several starts.
fn search<const N: usize>(loss: impl Fn(&[f64; N]) -> f64, starts: &[[f64; N]]) -> Minimum<N> {
    let mut best = Minimum {
        point: [0.0; N],
        value: f64::INFINITY,
        converged: false,
    };
    for start in starts {
        let rough = nelder_mead(&loss, start.map(f64::ln), 0.5);
        let end = newton_polish(&loss, rough);
        if end.value < best.value {
            best = end;
        }
    }
    best
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
