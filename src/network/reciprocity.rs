//! What a single tie is to its two ends: its share of what each gives and gets,
//! and how far it is returned.

use std::iter::Peekable;

use crate::graph::{Network, Tie};

/// A tie and its measures, each a share from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TieMeasures {
    /// The tie itself, parallel ones merged.
    pub tie: Tie,
    /// Its share of all that its `from` refers.
    pub share_of_out: f64,
    /// Its share of all that its `to` is referred.
    pub share_of_in: f64,
    /// The lesser weight of the two directions over the greater: 1 for an even
    /// exchange, 0 where nothing is returned.
    pub reciprocity: f64,
}

/// Measures every tie, in the order of [`Network::arcs`].
///
/// # Examples
///
/// ```
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::reciprocity::measure;
///
/// let tie = |from, to, weight| Tie { from, to, weight };
/// let network = Network::build(3, &[tie(0, 1, 3.0), tie(0, 2, 1.0), tie(1, 0, 2.0)])?;
/// let measures: Vec<_> = measure(&network).collect();
/// assert_eq!(measures[0].share_of_out, 0.75);
/// assert_eq!(measures[0].reciprocity, 2.0 / 3.0);
/// assert_eq!(measures[1].reciprocity, 0.0);
/// assert_eq!(measures[2].reciprocity, 2.0 / 3.0);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn measure(network: &Network) -> impl Iterator<Item = TieMeasures> + '_ {
    (0..network.node_count()).flat_map(move |from| {
        // Both lists ascend, so one walk along them finds all that is returned.
        let mut back = network.partners_in(from).peekable();
        network.partners_out(from).map(move |(to, weight)| {
            let returned = weight_from(&mut back, to);
            TieMeasures {
                tie: Tie { from, to, weight },
                share_of_out: weight / network.out_strength(from),
                share_of_in: weight / network.in_strength(to),
                reciprocity: weight.min(returned) / weight.max(returned),
            }
        })
    })
}

/// Moves on to the partner `wanted` and gives its weight, 0 where it is missing.
fn weight_from(back: &mut Peekable<impl Iterator<Item = (u32, f64)>>, wanted: u32) -> f64 {
    while back.next_if(|&(partner, _)| partner < wanted).is_some() {}
    back.next_if(|&(partner, _)| partner == wanted)
        .map_or(0.0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_ties_no_measures() {
        assert_eq!(measure(&Network::build(2, &[]).unwrap()).count(), 0);
    }
}
