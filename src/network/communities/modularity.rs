//! Modularity: how much more weight lies inside the communities of a partition
//! than would if the same strengths were tied at random.

use rayon::prelude::*;

use super::partition::Partition;
use crate::undirected::Undirected;

/// The modularity of a partition: `Q = 1 / 2m sum (A_ij - r k_i k_j / 2m)` over
/// all ordered pairs of nodes in one community, with `A` the weights, `k` the
/// strengths, `2m` their sum and `r` the resolution.
///
/// After Newman and Girvan, "Finding and evaluating community structure in
/// networks", Physical Review E 69 (2004), with the resolution of Reichardt and
/// Bornholdt (2006). A greater resolution favours smaller communities. A node
/// that the partition does not have counts as a community of its own; a network
/// without ties has 0.
///
/// # Examples
///
/// Two triangles that one edge joins: of 7 edges 6 lie inside, and each triangle
/// has half of the strength, so `Q = 6 / 7 - 2 (1 / 2)^2`.
///
/// ```
/// use catchment_network::communities::modularity::modularity;
/// use catchment_network::communities::partition::Partition;
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::undirected::Undirected;
///
/// let pairs = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (0, 3)];
/// let ties = pairs.map(|(from, to)| Tie { from, to, weight: 1.0 });
/// let network = Network::build(6, &ties)?;
/// let triangles = Partition::of_labels(&[0, 0, 0, 1, 1, 1]);
/// let q = modularity(&Undirected::of(&network), &triangles, 1.0);
/// assert!((q - 5.0 / 14.0).abs() < 1e-15);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn modularity(graph: &Undirected<'_>, partition: &Partition, resolution: f64) -> f64 {
    let alone: f64 = (0..graph.node_count())
        .filter(|&node| partition.index_of(node).is_none())
        .map(|node| part(0.0, graph.strength(node), graph, resolution))
        .sum();
    alone + parts(graph, partition, resolution).iter().sum::<f64>()
}

/// What each community adds to the modularity of a partition, the first entry
/// for community 1: the share of weight inside it, less the share expected. It
/// is negative where a community holds less weight than chance would give it.
///
/// The bytes are the same on any number of threads.
pub fn parts(graph: &Undirected<'_>, partition: &Partition, resolution: f64) -> Vec<f64> {
    // Each node's weight inside is summed by itself; the nodes are then added in
    // their order.
    let inside: Vec<f64> = (0..graph.node_count())
        .into_par_iter()
        .map(|node| {
            let own = partition.index_of(node);
            graph
                .partners(node)
                .filter(|&(other, _)| own.is_some() && partition.index_of(other) == own)
                .map(|(_, weight)| weight)
                .sum()
        })
        .collect();
    let mut sums = vec![(0.0, 0.0); partition.sizes().len()];
    for (node, inside) in (0..).zip(inside) {
        if let Some(own) = partition.index_of(node) {
            // An index of a community is below the number of communities.
            sums[own].0 += inside;
            sums[own].1 += graph.strength(node);
        }
    }
    sums.into_iter()
        .map(|(inside, strength)| part(inside, strength, graph, resolution))
        .collect()
}

/// The part of a community with so much weight inside, counted from both ends,
/// and so much strength.
fn part(inside: f64, strength: f64, graph: &Undirected<'_>, resolution: f64) -> f64 {
    let total = graph.total_strength();
    if total > 0.0 {
        let share = strength / total;
        inside / total - resolution * share * share
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Network, Tie};

    #[test]
    fn a_network_without_ties_has_none() {
        let network = Network::build(3, &[]).unwrap();
        let partition = Partition::of_labels(&[1, 1, 2]);
        let graph = Undirected::of(&network);
        assert_eq!(modularity(&graph, &partition, 1.0), 0.0);
        assert_eq!(parts(&graph, &partition, 1.0), [0.0, 0.0]);
    }

    #[test]
    fn all_together_have_one_less_the_resolution() {
        let ties = [(0, 1), (1, 2), (2, 3)].map(|(from, to)| Tie {
            from,
            to,
            weight: 2.5,
        });
        let network = Network::build(4, &ties).unwrap();
        let graph = Undirected::of(&network);
        let together = Partition::of_labels(&[0; 4]);
        assert_eq!(modularity(&graph, &together, 1.0), 0.0);
        assert_eq!(modularity(&graph, &together, 0.25), 0.75);
        // Whoever is left out is alone.
        let one = Partition::of_labels(&[0]);
        let apart = Partition::of_labels(&[0, 1, 2, 3]);
        let alone = modularity(&graph, &apart, 1.0);
        assert!((modularity(&graph, &one, 1.0) - alone).abs() < 1e-15);
        assert!((alone + 10.0 / 36.0).abs() < 1e-15);
    }
}
