//! A partition: every node in just one community, and the communities numbered.

use std::cmp::Reverse;

/// Which community each node is in.
///
/// Communities are numbered from 1: the largest is 1, and of communities of one
/// size that with the least node comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    of: Vec<u32>,
    sizes: Vec<u32>,
}

impl Partition {
    /// The partition in which nodes with the same label are together, whatever
    /// the labels are.
    ///
    /// # Examples
    ///
    /// ```
    /// use catchment_network::communities::partition::Partition;
    ///
    /// let partition = Partition::of_labels(&[70, 9, 4, 9, 70, 9]);
    /// assert_eq!(partition.of(), [2, 1, 3, 1, 2, 1]);
    /// assert_eq!(partition.sizes(), [3, 2, 1]);
    /// ```
    pub fn of_labels(labels: &[u32]) -> Self {
        Self::numbered(labels, |_| false)
    }

    /// As [`Partition::of_labels`], but of communities of one size those whose
    /// least node is to come last come after the others.
    pub(super) fn numbered(labels: &[u32], comes_last: impl Fn(u32) -> bool) -> Self {
        let mut distinct = labels.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let mut sizes = vec![0_u32; distinct.len()];
        let mut least = vec![0_u32; distinct.len()];
        let places: Vec<usize> = (0..)
            .zip(labels)
            .map(|(node, label)| {
                // Every label is among the distinct ones.
                let place = distinct.binary_search(label).unwrap_or_default();
                if sizes[place] == 0 {
                    least[place] = node;
                }
                sizes[place] += 1;
                place
            })
            .collect();
        let mut order: Vec<usize> = (0..distinct.len()).collect();
        order.sort_unstable_by_key(|&place| {
            let first = least[place];
            (Reverse(sizes[place]), comes_last(first), first)
        });
        let mut number = vec![0_u32; order.len()];
        for (next, &place) in (1..).zip(&order) {
            number[place] = next;
        }
        Self {
            of: places.iter().map(|&place| number[place]).collect(),
            sizes: order.iter().map(|&place| sizes[place]).collect(),
        }
    }

    /// For each node the number of its community, from 1.
    pub fn of(&self) -> &[u32] {
        &self.of
    }

    /// How many nodes each community has: the first entry is community 1.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// The index of a node's community in [`Partition::sizes`]; nothing for a
    /// node that the partition does not have.
    pub(super) fn index_of(&self, node: u32) -> Option<usize> {
        // Numbers begin with 1.
        self.of.get(node as usize).map(|&of| of as usize - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_sizes_the_least_node_comes_first() {
        let partition = Partition::of_labels(&[u32::MAX, 0, 5, 0, u32::MAX, 2]);
        assert_eq!(partition.of(), [1, 2, 3, 2, 1, 4]);
        assert_eq!(partition.sizes(), [2, 2, 1, 1]);
        assert_eq!(partition.index_of(2), Some(2));
        assert_eq!(partition.index_of(6), None);
        assert!(Partition::of_labels(&[]).sizes().is_empty());
    }

    #[test]
    fn what_comes_last_does_so_among_its_size_alone() {
        let partition = Partition::numbered(&[3, 3, 8, 1], |node| node == 0 || node == 2);
        assert_eq!(partition.of(), [1, 1, 3, 2]);
    }
}
