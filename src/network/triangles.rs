//! Every triangle of a network once: its edges pointed so that no list of
//! neighbours is long, and a walk along two such lists.
//!
//! What is counted or added up at a triangle is left to others.

use std::ops::Range;

use crate::graph::Network;

/// Every edge once, from the end with fewer neighbours (or as many and the
/// lesser number) to the other end.
///
/// No list of upper ends is longer than the root of twice the number of edges,
/// and each triangle is found once, from its lowest corner (Chiba and Nishizeki,
/// "Arboricity and subgraph listing", SIAM Journal on Computing 14 (1985)).
pub(crate) struct PointedEdges {
    starts: Vec<usize>,
    upward: Vec<u32>,
}

impl PointedEdges {
    /// The edges of a network.
    pub(crate) fn of(network: &Network) -> Self {
        let standing = |node: u32| (network.neighbours(node).len(), node);
        let mut starts = Vec::with_capacity(network.node_count() as usize + 1);
        let mut upward = Vec::with_capacity(network.edge_count());
        starts.push(0);
        for node in 0..network.node_count() {
            let own = standing(node);
            let above = network.neighbours(node).iter().copied();
            upward.extend(above.filter(|&other| standing(other) > own));
            starts.push(upward.len());
        }
        Self { starts, upward }
    }

    /// The numbers of the edges that point upwards from a node. Edges are
    /// numbered from 0 by their lower end, those of one by their upper end.
    pub(crate) fn edges_from(&self, node: u32) -> Range<usize> {
        // The starts have one entry more than there are nodes.
        self.starts[node as usize]..self.starts[node as usize + 1]
    }

    /// The upper end of an edge.
    pub(crate) fn upper_end(&self, edge: usize) -> u32 {
        self.upward[edge]
    }

    /// How many edges there are.
    pub(crate) fn len(&self) -> usize {
        self.upward.len()
    }

    /// Calls `found` for every triangle over an edge from `low` and a third node
    /// above both ends, with the number of the edge to it from the lower and
    /// from the upper end.
    pub(crate) fn for_each_above(
        &self,
        low: u32,
        edge: usize,
        mut found: impl FnMut(usize, usize),
    ) {
        let mut left = self.edges_from(low);
        let mut right = self.edges_from(self.upper_end(edge));
        while left.start < left.end && right.start < right.end {
            let (a, b) = (self.upward[left.start], self.upward[right.start]);
            if a == b {
                found(left.start, right.start);
            }
            left.start += usize::from(a <= b);
            right.start += usize::from(b <= a);
        }
    }
}
