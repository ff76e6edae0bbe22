//! How much of what a node's partners hand on is handed to ours: two-path
//! resource allocation from a node to a set of labelled nodes, along the ties.
//!
//! The labels stand for what the nodes are to us (a specialty, say); which nodes
//! bear one, and which nodes are asked about, is left to others.

use rayon::prelude::*;

use crate::graph::Network;

/// A node that is asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// The node.
    pub node: u32,
    /// A label that does not count for it.
    pub except: Option<u16>,
}

/// What leads from a node to the nodes of one label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The label.
    pub label: u16,
    /// The sum over the node's partners of the share of what they give that goes
    /// to this label.
    pub score: f64,
    /// How many of the partners give to it.
    pub through: u32,
}

/// What leads from a node to all labelled nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reached {
    /// The labels reached, ascending.
    pub labels: Vec<Reach>,
    /// The partners who give to a label that counts, ascending.
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
        match (self.starts.get(node), self.starts.get(node + 1)) {
            // The starts ascend and the last is the length of the list.
            (Some(&start), Some(&end)) => &self.entries[start..end],
            _ => &[],
        }
    }
}

/// For each of the nodes asked about, what leads over one partner to labelled
/// nodes: `score(u, l) = sum over first ties u -> z of W(z, l) / (s(z) + unseen)`.
///
/// `W(z, l)` is the weight of z's second ties to nodes of the label other than
/// u, `s(z)` that of all second ties from z. `unseen` is a weight that everybody
/// gives elsewhere besides, at least 0: with it a partner of a tie or two, who
/// would seem to be wholly ours, tells little. The first step may go along more
/// ties than the second (to whom one works beside, say); the nodes are the same
/// in both. Without `unseen`, and where both networks are one, in which every tie goes both ways with
/// weight 1, it is the resource allocation index of Zhou, Lü and Zhang (2009),
/// added up over the label's nodes; in general it is the chance that a second
/// step from each partner ends at the label, added up. A tie from u itself to a
/// labelled node counts only by what that node gives to others.
///
/// Nothing leads from a node that the networks do not have; `labels` may be
/// shorter than they are, and the rest then bears none. The bytes are the same
/// on any number of threads.
///
/// # Examples
///
/// Node 0 refers to 1 and 2. Of node 1's four referrals three go to node 3, which
/// is ours; node 2 refers to nobody.
///
/// ```
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::prospects::two_paths::{Asked, reach};
///
/// let tie = |from, to, weight| Tie { from, to, weight };
/// let ties = [tie(0, 1, 1.0), tie(1, 3, 3.0), tie(1, 2, 1.0), tie(0, 2, 1.0)];
/// let network = Network::build(4, &ties)?;
/// let asked = Asked { node: 0, except: None };
/// let labels = [None, None, None, Some(7)];
/// let reached = reach(&network, &network, &labels, 0.0, &[asked]);
/// assert_eq!(reached[0].labels.len(), 1);
/// assert_eq!(reached[0].labels[0].label, 7);
/// assert_eq!(reached[0].labels[0].score, 0.75);
/// assert_eq!(reached[0].through, [1]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn reach(
    first: &Network,
    second: &Network,
    labels: &[Option<u16>],
    unseen: f64,
    asked: &[Asked],
) -> Vec<Reached> {
    let label = |node: u32| labels.get(node as usize).copied().flatten();
    let holdings = hold(second, &label);
    asked
        .par_iter()
        .map(|asked| {
            let share = |partner: u32, weight: f64| {
                let given = second.out_strength(partner) + unseen.max(0.0);
                weight / given
            };
            let back = second.partners_in(asked.node);
            reach_from(first, back, &holdings, share, (asked, label(asked.node)))
        })
        .collect()
}

fn hold(network: &Network, label: &(dyn Fn(u32) -> Option<u16> + Sync)) -> Holdings {
    let lists: Vec<Vec<(u16, f64)>> = (0..network.node_count())
        .into_par_iter()
        .map(|node| {
            let ties = network.partners_out(node);
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

/// What leads from one node, given what is tied back to it and a partner's share
/// of a weight.
fn reach_from(
    first: &Network,
    back: impl Iterator<Item = (u32, f64)>,
    holdings: &Holdings,
    share: impl Fn(u32, f64) -> f64,
    (asked, own_label): (&Asked, Option<u16>),
) -> Reached {
    let mut found: Vec<(u16, f64)> = Vec::new();
    let mut through = Vec::new();
    // Both lists ascend, so one walk along them finds all that is returned.
    let mut returned = back.peekable();
    for (partner, _) in first.partners_out(asked.node) {
        while returned.next_if(|&(from, _)| from < partner).is_some() {}
        let back = returned
            .next_if(|&(from, _)| from == partner)
            .map_or(0.0, |(_, weight)| weight);
        let before = found.len();
        for &(label, held) in holdings.of(partner) {
            // What leads back to the node itself leads nowhere.
            let back = if own_label == Some(label) { back } else { 0.0 };
            if asked.except != Some(label) && held - back > 0.0 {
                found.push((label, share(partner, held - back)));
            }
        }
        if found.len() > before {
            through.push(partner);
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

    fn asked(node: u32) -> Asked {
        Asked { node, except: None }
    }

    #[test]
    fn a_labelled_node_does_not_lead_to_itself() {
        let ties = [
            tie(0, 1, 2.0),
            tie(1, 0, 3.0),
            tie(1, 2, 3.0),
            tie(2, 1, 1.0),
        ];
        let network = Network::build(3, &ties).unwrap();
        let labels = [Some(4), None, None];
        let reached = reach(
            &network,
            &network,
            &labels,
            0.0,
            &[asked(0), asked(1), asked(2), asked(9)],
        );
        assert_eq!(reached[0], Reached::default());
        // Node 1 refers to it, but nobody to whom node 1 refers does.
        assert_eq!(reached[1], Reached::default());
        assert_eq!(reached[2].labels[0].score, 0.5);
        assert_eq!(reached[3], Reached::default());
    }

    #[test]
    fn labels_are_kept_apart_and_one_may_not_count() {
        let ties = [
            tie(0, 1, 1.0),
            tie(1, 2, 2.0),
            tie(1, 3, 5.0),
            tie(1, 4, 1.0),
            tie(0, 2, 1.0),
        ];
        let network = Network::build(5, &ties).unwrap();
        let labels = [None, None, Some(1), Some(0)];
        let reached = &reach(&network, &network, &labels, 0.0, &[asked(0)])[0];
        let found: Vec<(u16, f64, u32)> = reached
            .labels
            .iter()
            .map(|r| (r.label, r.score, r.through))
            .collect();
        assert_eq!(found, [(0, 0.625, 1), (1, 0.25, 1)]);
        assert_eq!(reached.through, [1]);
        let without = Asked {
            node: 0,
            except: Some(0),
        };
        let reached = &reach(&network, &network, &labels, 0.0, &[without])[0];
        assert_eq!(reached.labels.len(), 1);
        assert_eq!(reached.labels[0].label, 1);
    }

    #[test]
    fn ties_are_followed_in_their_direction() {
        let network = Network::build(3, &[tie(1, 0, 1.0), tie(1, 2, 1.0)]).unwrap();
        // Who is referred to by somebody who refers to us is nobody's referrer.
        let reached = reach(&network, &network, &[None, None, Some(0)], 0.0, &[asked(0)]);
        assert_eq!(reached[0], Reached::default());
    }

    #[test]
    fn the_second_step_goes_along_its_own_ties() {
        let beside = Network::build(4, &[tie(0, 1, 1.0), tie(1, 0, 1.0), tie(1, 3, 9.0)]).unwrap();
        let referred = Network::build(4, &[tie(1, 2, 3.0), tie(1, 0, 1.0)]).unwrap();
        let labels = [Some(5), None, Some(5), Some(6)];
        let reached = &reach(&beside, &referred, &labels, 0.0, &[asked(0)])[0];
        // Node 3 is only worked beside, and what comes back to node 0 leads nowhere.
        assert_eq!(reached.labels.len(), 1);
        assert_eq!(
            (reached.labels[0].label, reached.labels[0].score),
            (5, 0.75)
        );
    }

    #[test]
    fn what_is_not_seen_weighs_too() {
        let network = Network::build(3, &[tie(0, 1, 1.0), tie(1, 2, 2.0)]).unwrap();
        let reached = &reach(&network, &network, &[None, None, Some(0)], 6.0, &[asked(0)])[0];
        assert_eq!(reached.labels[0].score, 0.25);
    }
}
