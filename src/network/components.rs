//! Weakly connected components: which nodes can reach each other when the
//! direction of ties is left aside.

use std::cmp::Reverse;

use petgraph::unionfind::UnionFind;

use crate::graph::Network;

/// Ties of each node that are looked at before the largest component is guessed.
const FIRST_TIES: usize = 2;

/// The component of every node, and how large each is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// For each node the number of its component, from 1: the largest is 1, and
    /// of components of one size that with the least node comes first.
    pub of: Vec<u32>,
    /// How many nodes each component has: the first entry is component 1.
    pub sizes: Vec<u32>,
}

/// Finds the weakly connected components by uniting the ends of ties.
///
/// A few ties of each node already unite most of the largest component, after
/// which ties within it need no look: only nodes outside it go on with all of
/// theirs (Sutton, Ben-Nun and Barak, "Optimizing parallel graph connectivity
/// computation via subgraph sampling", 2018).
///
/// # Examples
///
/// ```
/// use catchment_network::components::find;
/// use catchment_network::graph::{Network, Tie};
///
/// let tie = |from, to| Tie { from, to, weight: 1.0 };
/// let network = Network::build(6, &[tie(1, 5), tie(4, 3), tie(2, 3)])?;
/// let components = find(&network);
/// assert_eq!(components.of, [3, 2, 1, 1, 1, 2]);
/// assert_eq!(components.sizes, [3, 2, 1]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn find(network: &Network) -> Components {
    let nodes = network.node_count();
    let mut united = UnionFind::<u32>::new(nodes as usize);
    for node in 0..nodes {
        for (other, _) in network.partners_out(node).take(FIRST_TIES) {
            united.union(node, other);
        }
    }
    let largest = most_frequent(&united.clone().into_labeling());
    for node in 0..nodes {
        // A tie with one end outside is met from that end.
        if Some(united.find_mut(node)) != largest.map(|node| united.find_mut(node)) {
            for (other, _) in network.partners_out(node).skip(FIRST_TIES) {
                united.union(node, other);
            }
            for (other, _) in network.partners_in(node) {
                united.union(node, other);
            }
        }
    }
    let labels = united.into_labeling();

    // A label is the number of a node, so it indexes vectors of one entry a node.
    let mut sizes = vec![0_u32; labels.len()];
    // The labels in the order of their least nodes.
    let mut found: Vec<u32> = Vec::new();
    for &label in &labels {
        if sizes[label as usize] == 0 {
            found.push(label);
        }
        sizes[label as usize] += 1;
    }
    // The sort is stable, so that order decides between equal sizes.
    found.sort_by_key(|&label| Reverse(sizes[label as usize]));
    let mut number_of = vec![0_u32; labels.len()];
    for (number, &label) in (1..).zip(&found) {
        number_of[label as usize] = number;
    }
    Components {
        of: labels
            .iter()
            .map(|&label| number_of[label as usize])
            .collect(),
        sizes: found.iter().map(|&label| sizes[label as usize]).collect(),
    }
}

/// The label that most nodes have, if there are nodes.
fn most_frequent(labels: &[u32]) -> Option<u32> {
    let mut sizes = vec![0_u32; labels.len()];
    for &label in labels {
        sizes[label as usize] += 1;
    }
    (0..)
        .zip(sizes)
        .max_by_key(|&(_, size)| size)
        .map(|(label, _)| label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_without_ties_are_components_of_one() {
        let components = find(&Network::build(3, &[]).unwrap());
        assert_eq!(components.of, [1, 2, 3]);
        assert_eq!(components.sizes, [1, 1, 1]);
        let nothing = find(&Network::build(0, &[]).unwrap());
        assert!(nothing.of.is_empty() && nothing.sizes.is_empty());
    }
}
