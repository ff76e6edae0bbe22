//! The local clustering coefficient: how often two partners of a node are
//! partners of each other.
//!
//! Direction and weight play no part. What a closely knit neighbourhood means
//! is left to others.

use crate::graph::Network;
use crate::triangles::PointedEdges;

/// The share of pairs of a node's neighbours that are tied, for every node:
/// `2 T / (k (k - 1))` with `T` the node's triangles and `k` its neighbours, and
/// 0 where there are fewer than two.
///
/// After Watts and Strogatz, "Collective dynamics of small-world networks",
/// Nature 393 (1998). Ties in either direction count, and once.
///
/// # Examples
///
/// A triangle of 0, 1 and 2, with 3 tied to 0 alone.
///
/// ```
/// use catchment_network::centrality::clustering::measure;
/// use catchment_network::graph::{Network, Tie};
///
/// let tie = |from, to| Tie { from, to, weight: 1.0 };
/// let network = Network::build(4, &[tie(0, 1), tie(1, 2), tie(0, 2), tie(3, 0)])?;
/// assert_eq!(measure(&network), [1.0 / 3.0, 1.0, 1.0, 0.0]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn measure(network: &Network) -> Vec<f64> {
    (0..network.node_count())
        .zip(count_triangles(network))
        .map(|(node, triangles)| {
            let degree = network.neighbours(node).len();
            if degree < 2 {
                0.0
            } else {
                2.0 * triangles as f64 / (degree as f64 * (degree - 1) as f64)
            }
        })
        .collect()
}

/// How many triangles each node is a corner of. The counts are whole numbers:
/// threads may add them in any order.
pub fn count_triangles(network: &Network) -> Vec<u64> {
    let edges = PointedEdges::of(network);
    let at_none = || vec![0_u64; edges.nodes().len()];
    let counted = edges.walk(at_none, |counts, corner| {
        let mut at_low = 0;
        for to_middle in edges.edges_from(corner.low) {
            let middle = edges.upper_end(to_middle);
            let mut at_middle = 0;
            for onward in corner.edges_to_third(middle) {
                counts[edges.upper_end(onward) as usize] += 1;
                at_middle += 1;
            }
            counts[middle as usize] += at_middle;
            at_low += at_middle;
        }
        counts[corner.low as usize] += at_low;
    });
    let mut triangles = at_none();
    for counts in counted {
        for (count, node) in counts.into_iter().zip(edges.nodes()) {
            triangles[*node as usize] += count;
        }
    }
    triangles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    fn complete(nodes: u32) -> Network {
        let pairs = (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| (a, b)));
        let ties: Vec<Tie> = pairs
            .map(|(from, to)| Tie {
                from,
                to,
                weight: 1.0,
            })
            .collect();
        Network::build(nodes, &ties).unwrap()
    }

    #[test]
    fn all_are_tied_in_a_complete_network() {
        let network = complete(9);
        assert_eq!(count_triangles(&network), [28; 9]);
        assert_eq!(measure(&network), [1.0; 9]);
    }

    #[test]
    fn a_star_and_an_empty_network_have_no_triangle() {
        let ties: Vec<Tie> = (1..5)
            .flat_map(|leaf| [(0, leaf), (leaf, 0)])
            .map(|(from, to)| Tie {
                from,
                to,
                weight: 1.0,
            })
            .collect();
        assert_eq!(measure(&Network::build(5, &ties).unwrap()), [0.0; 5]);
        assert!(measure(&Network::build(0, &[]).unwrap()).is_empty());
    }
}
