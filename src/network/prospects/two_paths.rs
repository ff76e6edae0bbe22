//! How much of what a node's neighbours are tied to is ours: two-path resource
//! allocation from a node to a set of labelled nodes.
//!
//! The labels stand for what the nodes are to us (a specialty, say); which nodes
//! bear one, and which nodes are asked about, is left to others.

use rayon::prelude::*;

use crate::graph::Network;

/// What leads from a node to the nodes of one label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The label.
    pub label: u16,
    /// The sum over the node's neighbours of the share of their ties that go to
    /// this label.
    pub score: f64,
    /// How many of the neighbours have such a tie.
    pub through: u32,
}

/// What leads from a node to all labelled nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reached {
    /// The labels reached, ascending.
    pub labels: Vec<Reach>,
    /// The neighbours with a tie to a node of any label, ascending.
    pub through: Vec<u32>,
}

/// Weights of a node's ties to each label, in one list for all nodes.
struct Holdings {
    starts: Vec<usize>,
    entries: Vec<(u16, f64)>,
}

impl Holdings {
    fn of(&self, node: u32) -> &[(u16, f64)] {
        let node = node as usize;
        &self.entries[self.starts[node]..self.starts[node + 1]]
    }
}

/// For each of the nodes asked about, what leads over one neighbour to labelled
/// nodes: `score(u, l) = sum over neighbours z of u of W(z, l) / s(z)`.
///
/// `W(z, l)` is the weight of z's ties with nodes of the label other than u,
/// `s(z)` that of all its ties; ties count in either direction, their weights
/// added. With weights of 1 it is the resource allocation index of Zhou, Lü and
/// Zhang (2009), added up over the label's nodes; with weights it is the chance
/// that a step from each neighbour ends at the label, added up. A tie of u
/// itself with a labelled node counts only by what that node has in common with
/// others of a label.
///
/// A node that the network does not have, or without a label in `labels`, has
/// none. The bytes are the same on any number of threads.
///
/// # Examples
///
/// Node 0 knows 1 and 2. Of node 1's four referrals three go to node 3, which is
/// ours; node 2 knows nobody else.
///
/// ```
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::prospects::two_paths::reach;
///
/// let tie = |from, to, weight| Tie { from, to, weight };
/// let network = Network::build(4, &[tie(0, 1, 1.0), tie(1, 3, 3.0), tie(0, 2, 1.0)])?;
/// let reached = reach(&network, &[None, None, None, Some(7)], &[0]);
/// assert_eq!(reached[0].labels.len(), 1);
/// assert_eq!(reached[0].labels[0].label, 7);
/// assert_eq!(reached[0].labels[0].score, 0.75);
/// assert_eq!(reached[0].through, [1]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn reach(network: &Network, labels: &[Option<u16>], asked: &[u32]) -> Vec<Reached> {
    let label = |node: u32| labels.get(node as usize).copied().flatten();
    let holdings = hold(network, &label);
    asked
        .par_iter()
        .map(|&node| reach_from(network, &holdings, label(node), node))
        .collect()
}

fn hold(network: &Network, label: &(dyn Fn(u32) -> Option<u16> + Sync)) -> Holdings {
    let lists: Vec<Vec<(u16, f64)>> = (0..network.node_count())
        .into_par_iter()
        .map(|node| {
            let ties = network.partners(node);
            let mut held: Vec<(u16, f64)> = ties
                .filter_map(|(other, weight)| Some((label(other)?, weight)))
                .collect();
            // The sort is stable: weights of a label are added by ascending partner.
            held.sort_by_key(|&(label, _)| label);
            held.chunk_by(|a, b| a.0 == b.0)
                // A chunk is never empty.
                .map(|chunk| (chunk[0].0, chunk.iter().map(|entry| entry.1).sum()))
                .collect()
        })
        .collect();
    let mut starts = Vec::with_capacity(lists.len() + 1);
    starts.push(0);
    for list in &lists {
        starts.push(starts.last().copied().unwrap_or(0) + list.len());
    }
    Holdings {
        starts,
        entries: lists.concat(),
    }
}

fn reach_from(
    network: &Network,
    holdings: &Holdings,
    own_label: Option<u16>,
    node: u32,
) -> Reached {
    let mut found: Vec<(u16, f64)> = Vec::new();
    let mut through = Vec::new();
    for (neighbour, weight) in network.partners(node) {
        let before = found.len();
        for &(label, held) in holdings.of(neighbour) {
            // What leads back to the node itself leads nowhere.
            let back = if own_label == Some(label) {
                weight
            } else {
                0.0
            };
            if held - back > 0.0 {
                found.push((label, (held - back) / network.strength(neighbour)));
            }
        }
        if found.len() > before {
            through.push(neighbour);
        }
    }
    found.sort_by_key(|&(label, _)| label);
    let labels = found
        .chunk_by(|a, b| a.0 == b.0)
        .map(|chunk| Reach {
            // A chunk is never empty.
            label: chunk[0].0,
            score: chunk.iter().map(|entry| entry.1).sum(),
            through: chunk.len() as u32,
        })
        .collect();
    Reached { labels, through }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    fn tie(from: u32, to: u32, weight: f64) -> Tie {
        Tie { from, to, weight }
    }

    #[test]
    fn a_labelled_node_does_not_lead_to_itself() {
        let network = Network::build(3, &[tie(0, 1, 2.0), tie(1, 2, 2.0)]).unwrap();
        let labels = [Some(4), None, None];
        let reached = reach(&network, &labels, &[0, 1, 2, 9]);
        assert_eq!(reached[0], Reached::default());
        // Node 1 is tied to it, but nobody whom it knows is.
        assert_eq!(reached[1], Reached::default());
        assert_eq!(reached[2].labels[0].score, 0.5);
        assert_eq!(reached[3], Reached::default());
    }

    #[test]
    fn labels_are_kept_apart() {
        let ties = [
            tie(0, 1, 1.0),
            tie(1, 2, 2.0),
            tie(3, 1, 5.0),
            tie(0, 2, 1.0),
        ];
        let network = Network::build(4, &ties).unwrap();
        let labels = [None, None, Some(1), Some(0)];
        let reached = &reach(&network, &labels, &[0])[0];
        let expected = [(0, 0.625, 1), (1, 0.25, 1)];
        let found: Vec<(u16, f64, u32)> = reached
            .labels
            .iter()
            .map(|r| (r.label, r.score, r.through))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(reached.through, [1]);
    }
}
