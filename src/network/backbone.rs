//! The backbone: which ties are more than an end with that many partners would
//! have by chance.
//!
//! Each end of a tie judges it against its own other ties, so that a small
//! practice's main tie counts as much as a large one's. Where the line is drawn
//! is left to others.

use crate::graph::{Network, Tie};

/// A tie and how surprising each of its ends finds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surprise {
    /// The tie itself, parallel ones merged.
    pub tie: Tie,
    /// The chance that a tie of `from` weighs as much, were all that it refers
    /// split among its partners at random.
    pub out_alpha: f64,
    /// The chance that a tie of `to` weighs as much, were all that it is
    /// referred split among those who refer to it at random.
    pub in_alpha: f64,
}

impl Surprise {
    /// The lesser of the two chances: a tie is kept in the backbone where it is
    /// below the level, which is where either end is surprised.
    pub fn p(&self) -> f64 {
        self.out_alpha.min(self.in_alpha)
    }
}

/// Measures every tie, in the order of [`Network::arcs`].
///
/// The disparity filter (Serrano, Boguñá and Vespignani, PNAS 106 (2009)):
/// to an end with `k` partners and the strength `s`, a tie of weight `w` has the
/// chance `(1 - w / s)^(k - 1)`: that one given piece of a stick, broken at
/// random into `k`, is as large. On a directed network the ties that leave an
/// end and those that reach it are two sticks. An end with a single partner is
/// never surprised: its chance is 1. The unit of weight does not matter.
///
/// # Examples
///
/// Nine of ten referrals go to one of two partners: 1 in 10. That partner knows
/// nobody else and can't tell.
///
/// ```
/// use catchment_network::backbone::measure;
/// use catchment_network::graph::{Network, Tie};
///
/// let tie = |from, to, weight| Tie { from, to, weight };
/// let network = Network::build(3, &[tie(0, 1, 9.0), tie(0, 2, 1.0)])?;
/// let surprises: Vec<_> = measure(&network).collect();
/// assert_eq!((surprises[0].out_alpha, surprises[0].in_alpha), (0.1, 1.0));
/// assert_eq!(surprises[0].p(), 0.1);
/// assert_eq!(surprises[1].p(), 0.9);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn measure(network: &Network) -> impl Iterator<Item = Surprise> + '_ {
    network.arcs().map(|tie| Surprise {
        tie,
        out_alpha: alpha(
            tie.weight,
            network.out_strength(tie.from),
            network.out_degree(tie.from),
        ),
        in_alpha: alpha(
            tie.weight,
            network.in_strength(tie.to),
            network.in_degree(tie.to),
        ),
    })
}

/// The chance that one of `partners` random pieces of `strength` is at least
/// `weight`.
fn alpha(weight: f64, strength: f64, partners: usize) -> f64 {
    if partners < 2 {
        return 1.0;
    }
    ((strength - weight) / strength).powf((partners - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equal pieces: (1 - 1 / k)^(k - 1), which falls towards 1 / e.
    #[test]
    fn equal_ties_surprise_nobody() {
        for partners in [2_u32, 3, 10, 1000] {
            let ties: Vec<Tie> = (1..=partners)
                .map(|to| Tie {
                    from: 0,
                    to,
                    weight: 7.0,
                })
                .collect();
            let network = Network::build(partners + 1, &ties).unwrap();
            let k = f64::from(partners);
            let expected = ((k - 1.0) * (-1.0 / k).ln_1p()).exp();
            for surprise in measure(&network) {
                assert!((surprise.out_alpha - expected).abs() < 1e-12);
                assert_eq!(surprise.in_alpha, 1.0);
                assert!(surprise.p() > (-1.0_f64).exp());
            }
        }
    }

    #[test]
    fn no_ties_no_surprise() {
        assert_eq!(measure(&Network::build(2, &[]).unwrap()).count(), 0);
    }
}
