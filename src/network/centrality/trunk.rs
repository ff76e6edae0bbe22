//! What remains of a network without its pendants, laid out for many traversals.
//!
//! Nodes are numbered anew: component by component, and in each breadth first
//! from the node with most neighbours, so that nodes that are near each other
//! are near in memory. What is counted on the way is left to others.

use std::ops::Range;

use super::pendants::Pendants;
use crate::components::Components;
use crate::graph::Network;

/// No number of the trunk.
const NONE: u32 = u32::MAX;

/// The trunk of a network: numbers below are its own unless said otherwise.
pub(super) struct Trunk {
    /// The number that each node has in the network.
    pub(super) names: Vec<u32>,
    /// The number here of each node of the network, `NONE` for folded ones.
    numbers: Vec<u32>,
    /// How many nodes of the network each node stands for.
    pub(super) stands_for: Vec<f64>,
    /// The nodes of each component, in the order of components.
    parts: Vec<Range<u32>>,
    /// Where each node's neighbours begin, and behind the last their end.
    starts: Vec<usize>,
    list: Vec<u32>,
}

impl Trunk {
    pub(super) fn new(network: &Network, pendants: &Pendants, components: &Components) -> Self {
        let (names, parts) = breadth_first(network, pendants, components);
        let mut numbers = vec![NONE; network.node_count() as usize];
        for (number, &name) in (0..).zip(&names) {
            numbers[name as usize] = number;
        }
        let mut starts = Vec::with_capacity(names.len() + 1);
        let mut list = Vec::with_capacity(2 * network.edge_count());
        starts.push(0);
        for &name in &names {
            let around = network.neighbours(name).iter();
            let numbered = around.map(|&other| numbers[other as usize]);
            list.extend(numbered.filter(|&other| other != NONE));
            // Near ones next to each other, as they are in memory.
            list[starts[starts.len() - 1]..].sort_unstable();
            starts.push(list.len());
        }
        Self {
            stands_for: names.iter().map(|&n| f64::from(pendants.held(n))).collect(),
            names,
            numbers,
            parts,
            starts,
            list,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of a node of the network that is not folded.
    pub(super) fn number(&self, name: u32) -> u32 {
        self.numbers[name as usize]
    }

    /// The nodes of every component.
    pub(super) fn parts(&self) -> &[Range<u32>] {
        &self.parts
    }

    pub(super) fn neighbours(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.list[self.starts[node]..self.starts[node + 1]]
    }

    pub(super) fn degree(&self, node: u32) -> usize {
        self.neighbours(node).len()
    }

    /// How many neighbours the nodes have together.
    pub(super) fn degrees(&self, nodes: &Range<u32>) -> usize {
        self.starts[nodes.end as usize] - self.starts[nodes.start as usize]
    }
}

/// The nodes that are not folded, component by component and breadth first, and
/// where each component lies.
fn breadth_first(
    network: &Network,
    pendants: &Pendants,
    components: &Components,
) -> (Vec<u32>, Vec<Range<u32>>) {
    // Of each component the node with most neighbours, of several the first.
    let mut first = vec![NONE; components.sizes.len()];
    for node in (0..network.node_count()).filter(|&node| !pendants.is_folded(node)) {
        // Components are numbered from 1.
        let place = &mut first[components.of[node as usize] as usize - 1];
        let degree = |node: u32| network.neighbours(node).len();
        if *place == NONE || degree(node) > degree(*place) {
            *place = node;
        }
    }
    let mut met = vec![false; network.node_count() as usize];
    let mut order = Vec::new();
    let mut parts = Vec::with_capacity(first.len());
    for first in first {
        let begin = order.len();
        met[first as usize] = true;
        order.push(first);
        let mut at = begin;
        while let Some(&node) = order.get(at) {
            at += 1;
            for &other in network.neighbours(node) {
                if !met[other as usize] && !pendants.is_folded(other) {
                    met[other as usize] = true;
                    order.push(other);
                }
            }
        }
        // No more than the nodes of a network, so they fit.
        parts.push(begin as u32..order.len() as u32);
    }
    (order, parts)
}
