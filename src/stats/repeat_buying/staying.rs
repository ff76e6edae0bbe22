//! Referrers who never drop out: gamma-distributed rates and Erlang gaps, what a model of dropout
//! has to beat before its dropout says anything.

use super::model::Likelihood;
use crate::special::{ln_gamma, ln_rising};

/// Gaps are Erlang-`k` at rates λ that are Gamma(`r`, `alpha`), without any dropout; with `k` = 1
/// counts are negative binomial (Ehrenberg's NBD).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Staying {
    /// Stages of a gap, at least 1; the more, the more regular the gaps.
    pub k: u32,
    /// The shape of the rates.
    pub r: f64,
    /// The rate parameter of the rates, in units of time.
    pub alpha: f64,
}

impl Staying {
    /// r + k x, the shape of the rate that is left after x repeats.
    pub(super) fn shape(&self, x: u32) -> f64 {
        self.r + f64::from(self.k) * f64::from(x)
    }

    /// The weights of the k stages that a gap may have reached at the end of the observation, for
    /// whoever is still active; S2 of the formula is their sum.
    ///
    /// (r + k x)_j ((T - t_x)/(α + T))^j / j! for j = 0 to k - 1, where the first factor is the
    /// rising factorial of `shape`.
    pub(super) fn stage_weights(
        &self,
        shape: f64,
        last: f64,
        end: f64,
    ) -> impl Iterator<Item = f64> {
        let share = (end - last) / (self.alpha + end);
        let mut weight = 1.0;
        (0..self.k).map(move |stage| {
            if stage > 0 {
                let j = f64::from(stage);
                weight *= (shape + j - 1.0) * share / j;
            }
            weight
        })
    }

    /// ln of the sum of [`Self::stage_weights`].
    pub(super) fn ln_stages(&self, shape: f64, last: f64, end: f64) -> f64 {
        if self.k == 1 {
            return 0.0;
        }
        self.stage_weights(shape, last, end).sum::<f64>().ln()
    }
}

impl Likelihood for Staying {
    /// r + k x, and the part of ln of the likelihood that no time decides.
    type Count = (f64, f64);
    /// The time itself and ln(α + t).
    type Time = (f64, f64);

    fn of_count(&self, x: u32) -> (f64, f64) {
        let stages = u64::from(self.k) * u64::from(x);
        let ln_count = ln_rising(self.r, stages) - f64::from(x) * ln_gamma(f64::from(self.k))
            + self.r * self.alpha.ln();
        (self.shape(x), ln_count)
    }

    fn of_time(&self, _x: u32, time: f64) -> (f64, f64) {
        (time, (self.alpha + time).ln())
    }

    fn ln_of(&self, count: &(f64, f64), last: &(f64, f64), end: &(f64, f64)) -> f64 {
        count.1 - count.0 * end.1 + self.ln_stages(count.0, last.0, end.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repeat_buying::History;
    use crate::special::ln_beta;

    /// With k = 1 the count in T is negative binomial; its probability is the density of the times
    /// by T^x / x!, the volume of their order.
    #[test]
    fn one_stage_is_the_negative_binomial() {
        let staying = Staying {
            k: 1,
            r: 0.7,
            alpha: 5.0,
        };
        let time: f64 = 30.0;
        let mut total = 0.0;
        for x in 0..400u32 {
            let history = History {
                x,
                t_x: if x > 0 { 20.0 } else { 0.0 },
                t: time,
            };
            let count = f64::from(x);
            let volume = count * time.ln() - ln_gamma(count + 1.0);
            let found = staying.ln_likelihood(&history) + volume;
            // C(x + r - 1, x) (α/(α+T))^r (T/(α+T))^x, with C as 1 / (x B(x, r)).
            let ways = if x == 0 {
                0.0
            } else {
                -count.ln() - ln_beta(count, 0.7)
            };
            let share = time / (5.0 + time);
            let expected = ways + 0.7 * (1.0 - share).ln() + count * share.ln();
            assert!((found - expected).abs() < 1e-10, "{x}: {found} {expected}");
            total += found.exp();
        }
        assert!((total - 1.0).abs() < 1e-9, "{total}");
    }
}
