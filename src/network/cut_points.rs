//! Cut points and bridges: the nodes and the ties without which a network, or
//! each of its communities, falls apart.
//!
//! Direction and weight play no part. One walk finds both, and how much each
//! node would cut off; petgraph has a walk for each, neither of which can leave
//! out ties between communities.

use crate::graph::Network;

/// The nodes and ties that hold a network together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutPoints {
    /// For each node how many others would lose their connection to the largest
    /// part that remains of its component without it. Above 0 at cut points
    /// (articulation points) alone.
    pub cut_off: Vec<u32>,
    /// The ties that are the only way between their ends, each with the lesser
    /// node first, in ascending order.
    pub bridges: Vec<(u32, u32)>,
}

/// Finds what holds the whole network together.
///
/// Hopcroft and Tarjan, "Efficient algorithms for graph manipulation",
/// Communications of the ACM 16 (1973): one depth-first walk, here with a list
/// in place of recursion, so that no depth is too great. Time and memory are in
/// proportion to the network.
///
/// # Examples
///
/// Two triangles that share node 2, and a leaf 5 at node 4.
///
/// ```
/// use catchment_network::cut_points::find;
/// use catchment_network::graph::{Network, Tie};
///
/// let pairs = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 2), (5, 4)];
/// let ties = pairs.map(|(from, to)| Tie { from, to, weight: 1.0 });
/// let found = find(&Network::build(6, &ties)?);
/// assert_eq!(found.cut_off, [0, 0, 2, 0, 1, 0]);
/// assert_eq!(found.bridges, [(4, 5)]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn find(network: &Network) -> CutPoints {
    Walk::over(network, |_, _| true)
}

/// Finds what holds each community together: as [`find`], with the ties between
/// communities left out. `community_of` has the community of every node; a node
/// without one is alone.
///
/// # Examples
///
/// The ring 0-1-2-3 falls into the line 0-1-2 and node 3.
///
/// ```
/// use catchment_network::cut_points::find_within;
/// use catchment_network::graph::{Network, Tie};
///
/// let pairs = [(0, 1), (1, 2), (2, 3), (3, 0)];
/// let ties = pairs.map(|(from, to)| Tie { from, to, weight: 1.0 });
/// let found = find_within(&Network::build(4, &ties)?, &[7, 7, 7, 1]);
/// assert_eq!(found.cut_off, [0, 1, 0, 0]);
/// assert_eq!(found.bridges, [(0, 1), (1, 2)]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn find_within(network: &Network, community_of: &[u32]) -> CutPoints {
    let of = |node: u32| community_of.get(node as usize);
    Walk::over(network, |a, b| of(a).is_some() && of(a) == of(b))
}

/// A depth-first walk. The lists have one entry a node, and what is asked of
/// them comes from the network, so no number is out of range.
struct Walk<'a> {
    network: &'a Network,
    /// The turn at which a node was entered, from 1; 0 before that.
    entered: Vec<u32>,
    /// The earliest turn that its subtree is tied to beside the way down.
    earliest: Vec<u32>,
    /// How many of its neighbours were looked at.
    looked: Vec<u32>,
    /// The nodes of its subtree that were left, itself included.
    below: Vec<u32>,
    /// Subtrees right below it that hang on it alone: all their nodes, and those
    /// of the largest.
    hanging: Vec<u32>,
    largest: Vec<u32>,
    /// The nodes in the order in which they were entered.
    order: Vec<u32>,
    bridges: Vec<(u32, u32)>,
}

impl<'a> Walk<'a> {
    fn over(network: &'a Network, joined: impl Fn(u32, u32) -> bool) -> CutPoints {
        let nodes = network.node_count() as usize;
        let mut walk = Walk {
            network,
            entered: vec![0; nodes],
            earliest: vec![0; nodes],
            looked: vec![0; nodes],
            below: vec![1; nodes],
            hanging: vec![0; nodes],
            largest: vec![0; nodes],
            order: Vec::with_capacity(nodes),
            bridges: Vec::new(),
        };
        let mut cut_off = vec![0; nodes];
        for start in 0..network.node_count() {
            if walk.entered[start as usize] == 0 {
                let before = walk.order.len();
                walk.from(start, &joined);
                let component = &walk.order[before..];
                let others = component.len() as u32 - 1;
                for &node in component {
                    let at = node as usize;
                    // What is above the node, and hangs on it the other way round.
                    let above = others - walk.hanging[at];
                    cut_off[at] = others - walk.largest[at].max(above);
                }
            }
        }
        walk.bridges.sort_unstable();
        CutPoints {
            cut_off,
            bridges: walk.bridges,
        }
    }

    /// Walks the component of a node that was not entered.
    fn from(&mut self, start: u32, joined: &impl Fn(u32, u32) -> bool) {
        let mut path = vec![start];
        self.enter(start);
        while let Some(&node) = path.last() {
            let at = node as usize;
            let above = path.len().checked_sub(2).map(|above| path[above]);
            match self.network.neighbours(node).get(self.looked[at] as usize) {
                None => {
                    path.pop();
                    if let Some(above) = above {
                        self.leave(node, above);
                    }
                }
                Some(&next) => {
                    self.looked[at] += 1;
                    if Some(next) == above || !joined(node, next) {
                        continue;
                    }
                    match self.entered[next as usize] {
                        0 => {
                            self.enter(next);
                            path.push(next);
                        }
                        turn => self.earliest[at] = self.earliest[at].min(turn),
                    }
                }
            }
        }
    }

    fn enter(&mut self, node: u32) {
        self.order.push(node);
        let turn = self.order.len() as u32;
        self.entered[node as usize] = turn;
        self.earliest[node as usize] = turn;
    }

    /// Tells the node above what is known of a node whose subtree is walked.
    fn leave(&mut self, node: u32, above: u32) {
        let (at, up) = (node as usize, above as usize);
        self.below[up] += self.below[at];
        self.earliest[up] = self.earliest[up].min(self.earliest[at]);
        if self.earliest[at] >= self.entered[up] {
            self.hanging[up] += self.below[at];
            self.largest[up] = self.largest[up].max(self.below[at]);
        }
        if self.earliest[at] > self.entered[up] {
            self.bridges.push((node.min(above), node.max(above)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    fn network(nodes: u32, pairs: impl IntoIterator<Item = (u32, u32)>) -> Network {
        let tie = |(from, to)| Tie {
            from,
            to,
            weight: 1.0,
        };
        let ties: Vec<Tie> = pairs.into_iter().map(tie).collect();
        Network::build(nodes, &ties).unwrap()
    }

    /// Every tie of a line is a bridge, and each inner node cuts off its shorter
    /// side: no depth is too great.
    #[test]
    fn a_line_of_a_million() {
        let nodes = 1_000_000_u32;
        let found = find(&network(nodes, (1..nodes).map(|node| (node - 1, node))));
        assert_eq!(found.bridges.len() as u32, nodes - 1);
        for (node, cut_off) in (0..).zip(found.cut_off) {
            assert_eq!(cut_off, u32::min(node, nodes - 1 - node));
        }
    }

    #[test]
    fn a_ring_has_none_and_ties_both_ways_are_one() {
        let ring = find(&network(5, (0..5).map(|node| (node, (node + 1) % 5))));
        assert_eq!((ring.cut_off, ring.bridges), (vec![0; 5], vec![]));
        let pair = find(&network(2, [(0, 1), (1, 0)]));
        assert_eq!((pair.cut_off, pair.bridges), (vec![0; 2], vec![(0, 1)]));
    }

    #[test]
    fn the_largest_part_that_remains_is_not_cut_off() {
        // At 0 hang a triangle, a line of two and a leaf.
        let star = network(7, [(0, 1), (1, 2), (2, 3), (3, 1), (0, 4), (4, 5), (0, 6)]);
        assert_eq!(find(&star).cut_off, [3, 2, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn nobody_is_in_no_community() {
        let pair = network(3, [(0, 1), (1, 2)]);
        assert_eq!(find_within(&pair, &[]).bridges, []);
        assert_eq!(find_within(&network(0, []), &[]).cut_off, []);
    }
}
