//! Weakly connected components: which nodes can reach each other when the
//! direction of ties is left aside.

use std::cmp::Reverse;

use petgraph::unionfind::UnionFind;

use crate::graph::Network;

/// The component of every node, and how large each is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// For each node the number of its component, from 1: the largest is 1, and
    /// of components of one size that with the least node comes first.
    pub of: Vec<u32>,
    /// How many nodes each component has: the first entry is component 1.
    pub sizes: Vec<u32>,
}

/// Finds the weakly connected components by uniting the ends of every tie.
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
    for tie in network.arcs() {
        united.union(tie.from, tie.to);
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
