//! Burt's constraint: how far a node's partners are each other's partners too,
//! so that it has few others to turn to.
//!
//! Low values are brokers, with partners who would not meet without them. Which
//! brokers matter is left to others.

use rayon::prelude::*;

use crate::graph::Network;

/// How much longer a partner's list must be before it is searched for the own
/// partners instead of walked.
const MUCH_LONGER: usize = 16;

/// The constraint of every node, nothing for a node without ties.
///
/// Burt, "Structural Holes" (1992): with `p_ij` the share of all that `i`
/// exchanges, in both directions, that it exchanges with `j`,
/// `c_i = sum_j (p_ij + sum_q p_iq p_qj)^2` over the partners `j` and `q` of `i`.
/// A node with one partner has 1, one with many partners of equal weight who do
/// not know each other 1 over their number; a small closed circle can pass 1.
///
/// For each pair of partners the shorter of the two lists is walked, so a node
/// with many partners costs no more than its ties. Every node is added up on
/// its own and in the order of its partners: the bytes are the same on any
/// number of threads.
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
    let nodes = network.node_count();
    // Each part of the nodes gets a list as long as all nodes; fewer parts make
    // fewer lists, and enough are left to share out evenly.
    let least = (nodes as usize / 256).max(16);
    (0..nodes)
        .into_par_iter()
        .with_min_len(least)
        .map_init(
            || vec![0.0; nodes as usize],
            |reach, node| constraint_of(network, node, reach),
        )
        .collect()
}

/// The constraint of one node; `reach` has a 0 for every node, before and after.
fn constraint_of(network: &Network, node: u32, reach: &mut [f64]) -> Option<f64> {
    let partners = network.neighbours(node);
    if partners.is_empty() {
        return None;
    }
    let strength = total(network, node);
    for (partner, weight) in both_ways(network, node) {
        reach[partner as usize] += weight;
    }
    // p_iq for the sum over j, kept while `reach` becomes p_iq over what q
    // exchanges in all.
    let shares: Vec<f64> = partners
        .iter()
        .map(|&partner| reach[partner as usize] / strength)
        .collect();
    for (&partner, share) in partners.iter().zip(&shares) {
        reach[partner as usize] = share / total(network, partner);
    }
    let mut constraint = 0.0;
    for (&partner, share) in partners.iter().zip(&shares) {
        let over_others: f64 = if partners.len() * MUCH_LONGER < network.neighbours(partner).len() {
            let weight = |other| network.weight(partner, other) + network.weight(other, partner);
            let others = partners.iter();
            others.map(|&q| reach[q as usize] * weight(q)).sum()
        } else {
            let exchanged = both_ways(network, partner);
            exchanged
                .map(|(q, weight)| reach[q as usize] * weight)
                .sum()
        };
        constraint += (share + over_others).powi(2);
    }
    for &partner in partners {
        reach[partner as usize] = 0.0;
    }
    Some(constraint)
}

/// All that a node exchanges, in both directions.
fn total(network: &Network, node: u32) -> f64 {
    network.out_strength(node) + network.in_strength(node)
}

/// What a node refers, and then what it is referred; a partner in both
/// directions comes twice.
fn both_ways(network: &Network, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
    network.partners_out(node).chain(network.partners_in(node))
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

    /// The few partners of a leaf are looked up in the long list of its hub,
    /// and the hub's in the short lists of the leaves: both by hand.
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
