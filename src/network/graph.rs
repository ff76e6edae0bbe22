//! The network: who is tied to whom, held compactly in both directions.
//!
//! Nodes are numbers from 0. A network is built once, from all its ties, and
//! then only read: sixty million ties take about one and a half gigabytes. What
//! the numbers stand for, and what follows from the ties, is left to others.

use std::fmt;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::arcs::{Rows, merged, rows, turn};
use crate::neighbours::Neighbours;

/// A weighted arc from one node to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tie {
    /// The node that refers.
    pub from: u32,
    /// The node that is referred to.
    pub to: u32,
    /// How much: referrals, or patients. Greater than 0.
    pub weight: f64,
}

/// Why a set of ties is no network, or a setting makes no sense on one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NetworkError {
    /// A tie names a node that the network does not have.
    NodeOutOfRange {
        /// The node named.
        node: u32,
        /// How many nodes there are: the numbers 0 to `nodes` - 1 are in range.
        nodes: u32,
    },
    /// A weight, single or summed over parallel ties, that is not above 0 and
    /// finite once rounded to `f32`.
    WeightOutOfRange(Tie),
    /// A damping that is not at least 0 and below 1.
    DampingOutOfRange(f64),
    /// A resolution that is not above 0 and finite.
    ResolutionOutOfRange(f64),
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeOutOfRange { node, nodes } => {
                write!(f, "a tie names node {node}, but there are {nodes} nodes")
            }
            Self::WeightOutOfRange(Tie { from, to, weight }) => write!(
                f,
                "the tie from {from} to {to} has weight {weight}, which is not a positive finite number"
            ),
            Self::DampingOutOfRange(damping) => {
                write!(f, "a damping of {damping} is not at least 0 and below 1")
            }
            Self::ResolutionOutOfRange(resolution) => {
                write!(f, "a resolution of {resolution} is not above 0 and finite")
            }
        }
    }
}

impl std::error::Error for NetworkError {}

/// A directed, weighted network without self loops or parallel ties.
///
/// Weights are kept as `f32`: counts up to 16,777,216 are exact, other values
/// keep seven digits. Every function that takes a node answers for a node that
/// the network does not have as for one without ties.
#[derive(Clone, Debug)]
pub struct Network {
    nodes: u32,
    outgoing: Rows,
    incoming: Rows,
    out_strength: Vec<f64>,
    in_strength: Vec<f64>,
    /// Made when first asked for: not every measure needs them.
    neighbours: OnceLock<Neighbours>,
}

impl Network {
    /// A network of the nodes 0 to `nodes` - 1 and the given ties, in any order.
    ///
    /// A tie of a node to itself is dropped. Parallel ties become one, their
    /// weights added from the least to the greatest, so that the order in which
    /// they come changes no bit.
    ///
    /// # Errors
    ///
    /// [`NetworkError::NodeOutOfRange`] and [`NetworkError::WeightOutOfRange`].
    ///
    /// # Examples
    ///
    /// ```
    /// use catchment_network::graph::{Network, Tie};
    ///
    /// let tie = |from, to, weight| Tie { from, to, weight };
    /// let network = Network::build(3, &[tie(0, 1, 2.0), tie(0, 1, 3.0), tie(1, 1, 9.0), tie(2, 0, 1.0)])?;
    /// assert_eq!(network.arc_count(), 2);
    /// assert_eq!(network.partners_out(0).collect::<Vec<_>>(), [(1, 5.0)]);
    /// assert_eq!(network.partners_in(0).collect::<Vec<_>>(), [(2, 1.0)]);
    /// assert_eq!(network.neighbours(0), [1, 2]);
    /// # Ok::<(), catchment_network::graph::NetworkError>(())
    /// ```
    pub fn build(nodes: u32, ties: &[Tie]) -> Result<Self, NetworkError> {
        Self::build_from(nodes, ties.to_vec())
    }

    /// As [`Network::build`], but in the memory of the ties themselves: at its
    /// peak it holds, beside them, only the network.
    ///
    /// # Errors
    ///
    /// As [`Network::build`].
    pub fn build_from(nodes: u32, ties: Vec<Tie>) -> Result<Self, NetworkError> {
        let mut arcs = merged(nodes, ties)?;
        let outgoing = rows(nodes, &arcs);
        turn(&mut arcs, nodes);
        let incoming = rows(nodes, &arcs);
        drop(arcs);
        Ok(Self {
            nodes,
            out_strength: strengths(nodes, &outgoing),
            in_strength: strengths(nodes, &incoming),
            outgoing,
            incoming,
            neighbours: OnceLock::new(),
        })
    }

    /// How many nodes there are, tied or not.
    pub fn node_count(&self) -> u32 {
        self.nodes
    }

    /// How many arcs there are: ordered pairs of nodes with a tie.
    pub fn arc_count(&self) -> usize {
        self.outgoing.edge_count()
    }

    /// How many edges there are: unordered pairs of nodes with a tie in at
    /// least one direction.
    pub fn edge_count(&self) -> usize {
        self.either_way().len() / 2
    }

    /// To whom `node` refers and how much, by ascending number.
    pub fn partners_out(&self, node: u32) -> impl ExactSizeIterator<Item = (u32, f64)> + '_ {
        partners(&self.outgoing, node)
    }

    /// Who refers to `node` and how much, by ascending number.
    pub fn partners_in(&self, node: u32) -> impl ExactSizeIterator<Item = (u32, f64)> + '_ {
        partners(&self.incoming, node)
    }

    /// How much `from` refers to `to`; 0 where there is no tie.
    pub fn weight(&self, from: u32, to: u32) -> f64 {
        let (others, weights) = row(&self.outgoing, from);
        // Others and weights have one entry an arc.
        let at = others.binary_search(&to).ok();
        at.map_or(0.0, |at| f64::from(weights[at]))
    }

    /// All with whom `node` has a tie in either direction, by ascending number,
    /// each once.
    pub fn neighbours(&self, node: u32) -> &[u32] {
        self.either_way().of(node)
    }

    fn either_way(&self) -> &Neighbours {
        self.neighbours
            .get_or_init(|| Neighbours::new(self.nodes, &self.outgoing, &self.incoming))
    }

    /// The neighbours of all nodes in one list, and where each node's begin: one
    /// entry more than there are nodes.
    pub(crate) fn neighbour_rows(&self) -> (&[usize], &[u32]) {
        self.either_way().rows()
    }

    /// With whom `node` has a tie and how much, the weights of both directions
    /// added, by ascending number.
    ///
    /// # Examples
    ///
    /// ```
    /// use catchment_network::graph::{Network, Tie};
    ///
    /// let tie = |from, to, weight| Tie { from, to, weight };
    /// let network = Network::build(3, &[tie(0, 1, 2.0), tie(1, 0, 3.0), tie(2, 0, 1.0)])?;
    /// assert_eq!(network.partners(0).collect::<Vec<_>>(), [(1, 5.0), (2, 1.0)]);
    /// # Ok::<(), catchment_network::graph::NetworkError>(())
    /// ```
    pub fn partners(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
        let mut given = self.partners_out(node).peekable();
        let mut got = self.partners_in(node).peekable();
        self.neighbours(node).iter().map(move |&other| {
            // Every neighbour stands in one of the two lists or in both.
            let is_other = |partner: &(u32, f64)| partner.0 == other;
            let there = given.next_if(is_other).map_or(0.0, |(_, weight)| weight);
            let back = got.next_if(is_other).map_or(0.0, |(_, weight)| weight);
            (other, there + back)
        })
    }

    /// The sum of weights from and to `node`.
    pub fn strength(&self, node: u32) -> f64 {
        self.out_strength(node) + self.in_strength(node)
    }

    /// To how many others `node` refers.
    pub fn out_degree(&self, node: u32) -> usize {
        row(&self.outgoing, node).0.len()
    }

    /// How many others refer to `node`.
    pub fn in_degree(&self, node: u32) -> usize {
        row(&self.incoming, node).0.len()
    }

    /// The sum of weights from `node`.
    pub fn out_strength(&self, node: u32) -> f64 {
        self.out_strength.get(node as usize).copied().unwrap_or(0.0)
    }

    /// The sum of weights to `node`.
    pub fn in_strength(&self, node: u32) -> f64 {
        self.in_strength.get(node as usize).copied().unwrap_or(0.0)
    }

    /// Every arc, ordered by `from` and then by `to`.
    pub fn arcs(&self) -> impl Iterator<Item = Tie> + '_ {
        (0..self.nodes).flat_map(|from| {
            self.partners_out(from)
                .map(move |(to, weight)| Tie { from, to, weight })
        })
    }
}

/// The other ends and the weights of a node's arcs; nothing for a node that
/// does not exist, where the rows themselves would panic.
pub(crate) fn row(rows: &Rows, node: u32) -> (&[u32], &[f32]) {
    if (node as usize) < rows.node_count() {
        (rows.neighbors_slice(node), rows.edges_slice(node))
    } else {
        (&[], &[])
    }
}

fn partners(rows: &Rows, node: u32) -> impl ExactSizeIterator<Item = (u32, f64)> + '_ {
    let (others, weights) = row(rows, node);
    others
        .iter()
        .zip(weights)
        .map(|(&other, &weight)| (other, f64::from(weight)))
}

fn strengths(nodes: u32, rows: &Rows) -> Vec<f64> {
    (0..nodes)
        .into_par_iter()
        .map(|node| partners(rows, node).map(|(_, weight)| weight).sum())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tie(from: u32, to: u32, weight: f64) -> Tie {
        Tie { from, to, weight }
    }

    #[test]
    fn ties_are_held_in_both_directions() {
        let ties = [
            tie(3, 1, 4.0),
            tie(1, 3, 1.0),
            tie(1, 0, 2.0),
            tie(3, 1, 0.5),
            tie(1, 1, 7.0),
        ];
        let network = Network::build(6, &ties).unwrap();
        assert_eq!(network.node_count(), 6);
        assert_eq!((network.arc_count(), network.edge_count()), (3, 2));
        let arcs: Vec<Tie> = network.arcs().collect();
        assert_eq!(arcs, [tie(1, 0, 2.0), tie(1, 3, 1.0), tie(3, 1, 4.5)]);
        assert_eq!(network.partners_in(1).collect::<Vec<_>>(), [(3, 4.5)]);
        let weights =
            [(3, 1), (1, 3), (1, 0), (0, 1), (1, 1), (9, 1)].map(|(a, b)| network.weight(a, b));
        assert_eq!(weights, [4.5, 1.0, 2.0, 0.0, 0.0, 0.0]);
        assert_eq!((network.out_degree(1), network.in_degree(1)), (2, 1));
        assert_eq!(
            (network.out_strength(1), network.in_strength(1)),
            (3.0, 4.5)
        );
        assert_eq!(network.neighbours(1), [0, 3]);
        assert_eq!(network.neighbours(3), [1]);
        // Node 5 has no tie, and node 6 does not exist.
        for node in [5, 6, u32::MAX] {
            assert!(network.neighbours(node).is_empty());
            assert_eq!(network.partners_out(node).len(), 0);
            assert_eq!(network.in_degree(node), 0);
            assert_eq!(network.out_strength(node), 0.0);
        }
    }

    #[test]
    fn no_nodes_and_no_ties_are_networks() {
        assert_eq!(Network::build(0, &[]).unwrap().arcs().count(), 0);
        let empty = Network::build(4, &[]).unwrap();
        assert_eq!((empty.node_count(), empty.arc_count()), (4, 0));
        assert!(empty.neighbours(3).is_empty());
    }

    #[test]
    fn parallel_ties_add_up_to_the_same_bits_in_any_order() {
        // Halfway between two weights that can be kept. The small ones tip it
        // over together, but one by one are too small to be noticed.
        let small = 2.0_f64.powi(-29);
        for weights in [
            [small, small, 16_777_217.0],
            [small, 16_777_217.0, small],
            [16_777_217.0, small, small],
        ] {
            let network = Network::build(2, &weights.map(|w| tie(0, 1, w))).unwrap();
            assert_eq!(network.out_strength(0), 16_777_218.0);
        }
    }

    #[test]
    fn counts_to_two_to_the_twenty_fourth_are_exact() {
        let network = Network::build(2, &[tie(0, 1, 16_777_215.0), tie(0, 1, 1.0)]).unwrap();
        assert_eq!(network.out_strength(0), 16_777_216.0);
    }

    #[test]
    fn bad_ties_are_refused() {
        let out_of_range = NetworkError::NodeOutOfRange { node: 2, nodes: 2 };
        assert_eq!(
            Network::build(2, &[tie(0, 2, 1.0)]).unwrap_err(),
            out_of_range
        );
        assert_eq!(
            out_of_range.to_string(),
            "a tie names node 2, but there are 2 nodes"
        );
        for weight in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e39, 1e-50] {
            let refused = Network::build(2, &[tie(0, 1, weight)]).unwrap_err();
            assert!(matches!(refused, NetworkError::WeightOutOfRange(_)));
        }
        // Each can be kept, but not their sum.
        let heavy = tie(0, 1, 3e38);
        let refused = Network::build(2, &[heavy, heavy]).unwrap_err();
        assert_eq!(
            refused,
            NetworkError::WeightOutOfRange(Tie {
                weight: 6e38,
                ..heavy
            })
        );
    }
}
