//! The network with direction left aside: each pair of nodes that is tied in at
//! least one direction, with the weights of both directions added.
//!
//! Who is tied to whom stands in the network already and is borrowed from it, so
//! that this view costs four bytes for each end of an edge. What communities or
//! others make of it is left to them.

use rayon::prelude::*;

use crate::graph::Network;

/// Nodes whose weights are filled in by one piece of work.
const BLOCK: usize = 1 << 12;

/// A weighted network without direction, self loops or parallel edges.
///
/// Weights are kept as `f32`, like those of the network: sums of both directions
/// up to 16,777,216 are exact where the weights are whole. All sums over them
/// are `f64`.
#[derive(Clone, Debug)]
pub struct Undirected<'a> {
    starts: &'a [usize],
    neighbours: &'a [u32],
    weights: Vec<f32>,
    strengths: Vec<f64>,
    total: f64,
}

impl<'a> Undirected<'a> {
    /// The network without direction.
    ///
    /// # Examples
    ///
    /// ```
    /// use catchment_network::graph::{Network, Tie};
    /// use catchment_network::undirected::Undirected;
    ///
    /// let tie = |from, to, weight| Tie { from, to, weight };
    /// let network = Network::build(3, &[tie(0, 1, 2.0), tie(1, 0, 3.0), tie(2, 1, 1.0)])?;
    /// let undirected = Undirected::of(&network);
    /// assert_eq!(undirected.edge_count(), 2);
    /// assert_eq!(undirected.partners(1).collect::<Vec<_>>(), [(0, 5.0), (2, 1.0)]);
    /// assert_eq!(undirected.strength(1), 6.0);
    /// assert_eq!(undirected.total_strength(), 12.0);
    /// # Ok::<(), catchment_network::graph::NetworkError>(())
    /// ```
    pub fn of(network: &'a Network) -> Self {
        let (starts, neighbours) = network.neighbour_rows();
        let weights = summed_weights(network, starts, neighbours.len());
        let rows = Rows {
            starts,
            neighbours,
            weights: &weights,
        };
        let strengths: Vec<f64> = (0..network.node_count())
            .into_par_iter()
            .map(|node| rows.row(node).map(|(_, weight)| weight).sum())
            .collect();
        let total = strengths.iter().sum();
        Self {
            starts,
            neighbours,
            weights,
            strengths,
            total,
        }
    }

    /// How many nodes there are, tied or not.
    pub fn node_count(&self) -> u32 {
        // As many as the network has, which counts them in this type.
        self.strengths.len() as u32
    }

    /// How many edges there are: unordered pairs of nodes with a tie.
    pub fn edge_count(&self) -> usize {
        self.neighbours.len() / 2
    }

    /// With whom `node` is tied and how much in both directions together, by
    /// ascending number; nobody for a node that does not exist.
    pub fn partners(&self, node: u32) -> impl ExactSizeIterator<Item = (u32, f64)> + '_ {
        self.rows().row(node)
    }

    /// The sum of the weights of a node's edges.
    pub fn strength(&self, node: u32) -> f64 {
        self.strengths.get(node as usize).copied().unwrap_or(0.0)
    }

    /// The strengths of all nodes together: twice the weight of all edges.
    pub fn total_strength(&self) -> f64 {
        self.total
    }

    /// The strength of every node.
    pub(crate) fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    /// The rows as they are held.
    pub(crate) fn rows(&self) -> Rows<'_, f32> {
        Rows {
            starts: self.starts,
            neighbours: self.neighbours,
            weights: &self.weights,
        }
    }
}

/// For each node the other ends of its edges and their weights, in two long
/// lists, and where each node's part begins. An edge stands in the rows of both
/// its ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a, W> {
    /// One entry more than there are nodes; they ascend to the length of the lists.
    pub(crate) starts: &'a [usize],
    /// The other ends.
    pub(crate) neighbours: &'a [u32],
    /// The weights, all above 0.
    pub(crate) weights: &'a [W],
}

impl<'a, W: Copy + Into<f64>> Rows<'a, W> {
    /// How many nodes have a row.
    pub(crate) fn nodes(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The other ends of a node's edges.
    #[inline]
    pub(crate) fn others(&self, node: u32) -> &'a [u32] {
        let node = node as usize;
        match (self.starts.get(node), self.starts.get(node + 1)) {
            // The starts ascend and the last is the length of the list.
            (Some(&start), Some(&end)) => &self.neighbours[start..end],
            _ => &[],
        }
    }

    /// The other ends of a node's edges, with their weights.
    #[inline]
    pub(crate) fn row(&self, node: u32) -> impl ExactSizeIterator<Item = (u32, f64)> + use<'a, W> {
        let node = node as usize;
        let (others, weights) = match (self.starts.get(node), self.starts.get(node + 1)) {
            // As above; both lists are of one length.
            (Some(&start), Some(&end)) => (&self.neighbours[start..end], &self.weights[start..end]),
            _ => (&[][..], &[][..]),
        };
        others
            .iter()
            .zip(weights)
            .map(|(&other, &weight)| (other, weight.into()))
    }
}

/// The weights of both directions added, in the order of the network's
/// neighbours. Every block of nodes has a part of the list to itself.
fn summed_weights(network: &Network, starts: &[usize], length: usize) -> Vec<f32> {
    let mut weights = vec![0.0_f32; length];
    let mut blocks = Vec::new();
    let mut rest = weights.as_mut_slice();
    let mut first = 0_usize;
    let nodes = network.node_count() as usize;
    while first < nodes {
        let end = nodes.min(first + BLOCK);
        // The starts ascend, and there is one for `nodes` too.
        let (block, behind) = rest.split_at_mut(starts[end] - starts[first]);
        // A node's number fits the type in which the network counts them.
        blocks.push((first as u32..end as u32, block));
        rest = behind;
        first = end;
    }
    blocks.into_par_iter().for_each(|(nodes, block)| {
        let mut slots = block.iter_mut();
        for node in nodes {
            let mut out = network.partners_out(node).peekable();
            let mut back = network.partners_in(node).peekable();
            for &other in network.neighbours(node) {
                let of = |tie: Option<(u32, f64)>| tie.map_or(0.0, |(_, weight)| weight);
                let sum =
                    of(out.next_if(|tie| tie.0 == other)) + of(back.next_if(|tie| tie.0 == other));
                if let Some(slot) = slots.next() {
                    // Two weights that can be kept may have a sum that cannot.
                    *slot = (sum as f32).min(f32::MAX);
                }
            }
        }
    });
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    fn tie(from: u32, to: u32, weight: f64) -> Tie {
        Tie { from, to, weight }
    }

    #[test]
    fn both_ends_of_an_edge_see_the_same_weight() {
        // More nodes than a block, so that the parts must be cut at the right places.
        let nodes = 3 * BLOCK as u32 + 7;
        let ties: Vec<Tie> = (0..nodes)
            .flat_map(|from| {
                let to = (from * 7 + 1) % nodes;
                [
                    tie(from, to, f64::from(from % 5 + 1)),
                    tie(to, from, 0.5),
                    tie(from, (from + 1) % nodes, 2.0),
                ]
            })
            .collect();
        let network = Network::build(nodes, &ties).unwrap();
        let undirected = Undirected::of(&network);
        let mut sum = 0.0;
        for node in 0..nodes {
            let partners: Vec<(u32, f64)> = undirected.partners(node).collect();
            assert!(partners.is_sorted_by(|a, b| a.0 < b.0));
            for &(other, weight) in &partners {
                assert!(
                    undirected
                        .partners(other)
                        .any(|back| back == (node, weight))
                );
            }
            let strength: f64 = partners.iter().map(|partner| partner.1).sum();
            assert_eq!(undirected.strength(node), strength);
            assert_eq!(
                strength,
                network.out_strength(node) + network.in_strength(node)
            );
            sum += strength;
        }
        assert_eq!(undirected.total_strength(), sum);
        let arcs: f64 = network.arcs().map(|arc| arc.weight).sum();
        assert_eq!(sum, 2.0 * arcs);
    }

    #[test]
    fn a_node_that_does_not_exist_has_no_partner() {
        let network = Network::build(2, &[tie(0, 1, 3e38), tie(1, 0, 3e38)]).unwrap();
        let undirected = Undirected::of(&network);
        assert_eq!(undirected.partners(2).len(), 0);
        assert_eq!(undirected.strength(u32::MAX), 0.0);
        // The sum of both directions is more than can be kept, and stays finite.
        assert_eq!(undirected.strength(0), f64::from(f32::MAX));
        let nothing = Network::build(0, &[]).unwrap();
        assert_eq!(Undirected::of(&nothing).edge_count(), 0);
    }
}
