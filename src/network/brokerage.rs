//! Burt's constraint: how far a node's partners are each other's partners too,
//! so that it has few others to turn to.
//!
//! Low values are brokers, with partners who would not meet without them. Which
//! brokers matter is left to others.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::graph::Network;
use crate::triangles::PointedEdges;

/// One, in the unit in which roundabout shares are added up. The shares of a
/// pair add up to at most one, so whole numbers hold them, and threads may add
/// them in any order; what is rounded is far below a float's own precision.
const ONE: f64 = (1_u64 << 62) as f64;

/// The constraint of every node, nothing for a node without ties.
///
/// Burt, "Structural Holes" (1992): with `p_ij` the share of all that `i`
/// exchanges, in both directions, that it exchanges with `j`,
/// `c_i = sum_j (p_ij + sum_q p_iq p_qj)^2` over the partners `j` and `q` of `i`.
/// A node with one partner has 1, one with many partners of equal weight who do
/// not know each other 1 over their number; a small closed circle can pass 1.
///
/// Each triangle is looked at once, so that hubs cost little. The bytes are the
/// same on any number of threads.
///
/// # Examples
///
/// Node 0 stands between two who are not tied; node 3 has one partner.
///
/// ```
/// use catchment_network::brokerage::measure_constraint;
/// use catchment_network::graph::{Network, Tie};
///
/// let tie = |from, to| Tie { from, to, weight: 1.0 };
/// let network = Network::build(5, &[tie(0, 1), tie(2, 0), tie(2, 3)])?;
/// let constraint = measure_constraint(&network);
/// assert_eq!(constraint, [Some(0.5), Some(1.0), Some(0.5), Some(1.0), None]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn measure_constraint(network: &Network) -> Vec<Option<f64>> {
    let edges = PointedEdges::of(network);
    let exchanged = exchanged(network, &edges);
    let roundabout = roundabout(network, &edges, &exchanged);
    let mut constraint = vec![0.0; network.node_count() as usize];
    for (low, &node) in (0..).zip(edges.nodes()) {
        for edge in edges.edges_from(low) {
            let other = edges.nodes()[edges.upper_end(edge) as usize];
            for (node, shares) in [node, other].into_iter().zip(&roundabout[edge]) {
                let shares = shares.load(Ordering::Relaxed) as f64 / ONE;
                constraint[node as usize] +=
                    (exchanged[edge] / network.strength(node) + shares).powi(2);
            }
        }
    }
    let has_ties = |node: u32| !network.neighbours(node).is_empty();
    (0..)
        .zip(constraint)
        .map(|(node, constraint)| has_ties(node).then_some(constraint))
        .collect()
}

/// What the ends of each edge exchange, in both directions.
fn exchanged(network: &Network, edges: &PointedEdges) -> Vec<f64> {
    let nodes = edges.nodes();
    (0..nodes.len() as u32)
        .into_par_iter()
        .flat_map_iter(|low| {
            edges.edges_from(low).map(move |edge| {
                let ends = (nodes[low as usize], nodes[edges.upper_end(edge) as usize]);
                network.weight(ends.0, ends.1) + network.weight(ends.1, ends.0)
            })
        })
        .collect()
}

/// For each edge `sum_q p_iq p_qj` from its lower end `i` to its upper end `j`,
/// and the same the other way.
fn roundabout(network: &Network, edges: &PointedEdges, exchanged: &[f64]) -> Vec<[AtomicU64; 2]> {
    let nothing = || [AtomicU64::new(0), AtomicU64::new(0)];
    let sums: Vec<[AtomicU64; 2]> = (0..edges.len()).map(|_| nothing()).collect();
    let places = edges.nodes().iter();
    let inverse: Vec<f64> = places.map(|&node| 1.0 / network.strength(node)).collect();
    let add = |sum: &AtomicU64, share: f64| {
        sum.fetch_add((share * ONE) as u64, Ordering::Relaxed);
    };
    // For each place the edge that leads to it from the corner, where one does.
    let nowhere = || vec![0_usize; edges.nodes().len()];
    edges.walk(nowhere, |edge_to, corner| {
        let low = corner.low;
        for edge in edges.edges_from(low) {
            edge_to[edges.upper_end(edge) as usize] = edge;
        }
        for to_middle in edges.edges_from(low) {
            let middle = edges.upper_end(to_middle);
            for onward in corner.edges_to_third(middle) {
                let high = edges.upper_end(onward);
                let to_high = edge_to[high as usize];
                let spent = |place: u32| inverse[place as usize];
                // Of each pair: what both exchange with the third, by what the
                // one and then the third spend in all.
                let pairs = [
                    (to_middle, to_high, onward, low, middle, high),
                    (to_high, to_middle, onward, low, high, middle),
                    (onward, to_middle, to_high, middle, high, low),
                ];
                for (edge, one, other, from, to, over) in pairs {
                    let both = exchanged[one] * exchanged[other] * spent(over);
                    add(&sums[edge][0], both * spent(from));
                    add(&sums[edge][1], both * spent(to));
                }
            }
        }
    });
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    /// Of n who all know each other, everyone spends 1 / (n - 1) on each, and
    /// n - 2 roundabout ways of 1 / (n - 1)^2 lead to each.
    #[test]
    fn a_closed_circle() {
        for nodes in [2_u32, 3, 4, 40] {
            let ties: Vec<Tie> = (0..nodes)
                .flat_map(|from| (0..nodes).map(move |to| (from, to)))
                .map(|(from, to)| Tie {
                    from,
                    to,
                    weight: 3.0,
                })
                .collect();
            let p = 1.0 / f64::from(nodes - 1);
            let each = p + f64::from(nodes - 2) * p * p;
            let expected = f64::from(nodes - 1) * each * each;
            for constraint in measure_constraint(&Network::build(nodes, &ties).unwrap()) {
                assert!((constraint.unwrap() - expected).abs() < 1e-12);
            }
        }
    }

    /// By hand.
    #[test]
    fn a_hub_with_many_leaves_two_of_them_tied() {
        let leaves = 1000_u32;
        let mut ties: Vec<Tie> = (1..=leaves)
            .map(|leaf| Tie {
                from: leaf,
                to: 0,
                weight: 1.0,
            })
            .collect();
        ties.push(Tie {
            from: 1,
            to: 2,
            weight: 1.0,
        });
        let constraint = measure_constraint(&Network::build(leaves + 1, &ties).unwrap());
        let n = f64::from(leaves);
        // A tied leaf spends half on the hub, and half on the other that spends
        // half on the hub; the other also through the hub, which spends 1 / n.
        let tied = 0.75_f64.powi(2) + (0.5 + 0.5 / n).powi(2);
        assert!((constraint[1].unwrap() - tied).abs() < 1e-12);
        assert!((constraint[2].unwrap() - tied).abs() < 1e-12);
        assert!((constraint[3].unwrap() - 1.0).abs() < 1e-12);
        let hub = (n - 2.0) / (n * n) + 2.0 * (1.5 / n).powi(2);
        assert!((constraint[0].unwrap() - hub).abs() < 1e-12);
    }
}
