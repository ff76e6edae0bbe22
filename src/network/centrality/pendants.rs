//! The trees that hang on a network, folded up: a node with one neighbour has
//! no other way than over it.
//!
//! What leads over folded nodes, and from them over the node that they hang on,
//! is counted here and exactly. What leads over the trunk that remains is left
//! to others.

use std::collections::VecDeque;

use crate::graph::Network;

/// Nodes with one neighbour taken off again and again, until none is left.
///
/// After Baglioni, Geraci, Pellegrini and Lastres, "Fast exact computation of
/// betweenness centrality in social networks", ASONAM 2012.
pub(super) struct Pendants {
    /// How many nodes hang on each node, itself included.
    held: Vec<u32>,
    /// On which node a folded node hangs; a node of the trunk names itself.
    hangs_on: Vec<u32>,
    /// The sum of squares of `held` over the nodes that hang on a node directly.
    squares: Vec<u64>,
}

impl Pendants {
    pub(super) fn fold(network: &Network) -> Self {
        let nodes = network.node_count();
        let mut degrees: Vec<usize> = (0..nodes).map(|n| network.neighbours(n).len()).collect();
        let mut folded = Self {
            held: vec![1; degrees.len()],
            hangs_on: (0..nodes).collect(),
            squares: vec![0; degrees.len()],
        };
        // Indices are numbers of nodes, of which all vectors have an entry each.
        let mut ends: VecDeque<u32> = (0..nodes).filter(|&n| degrees[n as usize] == 1).collect();
        while let Some(end) = ends.pop_front() {
            let at = end as usize;
            // The last two of a tree have each other: the first folds.
            if degrees[at] != 1 {
                continue;
            }
            let around = network.neighbours(end);
            let Some(&onto) = around.iter().find(|&&other| !folded.is_folded(other)) else {
                continue;
            };
            let held = folded.held[at];
            folded.hangs_on[at] = onto;
            folded.held[onto as usize] += held;
            folded.squares[onto as usize] += u64::from(held) * u64::from(held);
            degrees[at] = 0;
            degrees[onto as usize] -= 1;
            if degrees[onto as usize] == 1 {
                ends.push_back(onto);
            }
        }
        folded
    }

    pub(super) fn is_folded(&self, node: u32) -> bool {
        self.hangs_on[node as usize] != node
    }

    /// How many nodes hang on a node, itself included.
    pub(super) fn held(&self, node: u32) -> u32 {
        self.held[node as usize]
    }

    /// The node of the trunk that a node hangs on in the end.
    pub(super) fn root(&self, mut node: u32) -> u32 {
        while self.is_folded(node) {
            node = self.hangs_on[node as usize];
        }
        node
    }

    /// The ordered pairs of nodes whose ways lead over `node` because at least
    /// one of them hangs on it, in a component of `size` nodes: pairs in
    /// different branches, and those of a branch with the nodes elsewhere.
    pub(super) fn pairs_over(&self, node: u32, size: u32) -> u64 {
        let held = self.held(node);
        let hanging = u64::from(held - 1);
        // No more than the pairs of a network, so no sum exceeds 64 bits.
        hanging * hanging - self.squares[node as usize] + 2 * hanging * u64::from(size - held)
    }

    /// Gives `change`, for every node on the way from `source` to its root, by
    /// how much more ways from `source` lead over it than over a node that the
    /// source does not hang on, of which `held` - 1 ways lead to what it holds.
    pub(super) fn change_on_way(&self, source: u32, size: u32, mut change: impl FnMut(u32, f64)) {
        change(source, -f64::from(self.held(source) - 1));
        let mut below = source;
        while self.is_folded(below) {
            let node = self.hangs_on[below as usize];
            let beyond = size - self.held(below) - 1;
            change(node, f64::from(beyond) - f64::from(self.held(node) - 1));
            below = node;
        }
    }
}
