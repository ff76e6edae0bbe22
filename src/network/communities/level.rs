//! What a search looks at: the network itself, or one whose nodes are groups of
//! its nodes.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::undirected::{Rows, Undirected};

/// A network of one level of a search.
#[derive(Clone, Copy)]
pub(super) struct Level<'a, W> {
    /// Who is tied to whom and how much.
    pub(super) rows: Rows<'a, W>,
    /// The strength of every node, with the weight inside it where it is a group.
    pub(super) strengths: &'a [f64],
}

impl<'a> Level<'a, f32> {
    /// The network itself.
    pub(super) fn first(graph: &'a Undirected<'_>) -> Self {
        Self {
            rows: graph.rows(),
            strengths: graph.strengths(),
        }
    }
}

impl<W: Copy + Into<f64>> Level<'_, W> {
    /// How many nodes there are.
    pub(super) fn nodes(&self) -> u32 {
        // Groups are fewer than the nodes that they are of, which fit the type.
        self.rows.nodes() as u32
    }
}

/// What is sought, in units of weight.
#[derive(Clone, Copy)]
pub(super) struct Objective {
    /// The weight that chance would lay between two nodes, over the product of
    /// their strengths: the resolution over the sum of all strengths.
    pub(super) expected: f64,
    /// How much less a choice may gain and still be likely.
    pub(super) randomness: f64,
}

impl Objective {
    /// What a node of one strength gains by being with others of another, to whom
    /// it is tied with this weight.
    #[inline]
    pub(super) fn gain(&self, weight: f64, strength: f64, others: f64) -> f64 {
        weight - self.expected * strength * others
    }
}

/// Weights from one node to groups. It is used again for the next node, and
/// wiped only where it was written.
pub(super) struct Tally {
    weights: Vec<f64>,
    /// The groups with a weight, in the order in which they came, and room for as
    /// many as there are and one more.
    touched: Vec<u32>,
    count: usize,
}

impl Tally {
    /// For groups with numbers below this.
    pub(super) fn new(groups: usize) -> Self {
        Self {
            weights: vec![0.0; groups],
            touched: vec![0; groups + 1],
            count: 0,
        }
    }

    /// Adds a weight above 0 to a group.
    #[inline]
    pub(super) fn add(&mut self, group: u32, weight: f64) {
        let sum = &mut self.weights[group as usize];
        // Written in any case and kept only where it is new: which it is can't be
        // foreseen, and a branch would be taken wrong every other time.
        self.touched[self.count] = group;
        self.count += usize::from(*sum == 0.0);
        *sum += weight;
    }

    /// The weight so far.
    #[inline]
    pub(super) fn to(&self, group: u32) -> f64 {
        self.weights[group as usize]
    }

    /// Hands over every group with a weight, in the order in which they came, and
    /// forgets them.
    #[inline]
    pub(super) fn drain(&mut self, mut each: impl FnMut(u32, f64)) {
        for &group in &self.touched[..self.count] {
            each(group, std::mem::take(&mut self.weights[group as usize]));
        }
        self.count = 0;
    }
}

/// All numbers below `count` in an order drawn at random (Fisher and Yates).
pub(super) fn shuffled(count: u32, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last as usize, rng.random_range(0..=last) as usize);
    }
    order
}

/// The given nodes by their groups, and where each group begins: one entry more
/// than there are groups. Within a group they keep their order.
pub(super) fn grouped(order: &[u32], group_of: &[u32], groups: u32) -> (Vec<usize>, Vec<u32>) {
    let mut starts = vec![0_usize; groups as usize + 1];
    for &node in order {
        starts[group_of[node as usize] as usize + 1] += 1;
    }
    for group in 1..starts.len() {
        starts[group] += starts[group - 1];
    }
    let mut next = starts.clone();
    let mut members = vec![0_u32; order.len()];
    for &node in order {
        let slot = &mut next[group_of[node as usize] as usize];
        members[*slot] = node;
        *slot += 1;
    }
    (starts, members)
}

/// Numbers the groups that have members from 0, in the order in which the nodes
/// meet them; gives how many there are.
pub(super) fn renumber(group_of: &mut [u32]) -> u32 {
    let mut number = vec![u32::MAX; group_of.len()];
    let mut count = 0;
    for group in group_of {
        // Groups are named for one of the nodes, so each is below their number.
        let known = &mut number[*group as usize];
        if *known == u32::MAX {
            *known = count;
            count += 1;
        }
        *group = *known;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn every_order_is_as_likely() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut times = std::collections::BTreeMap::new();
        for _ in 0..6000 {
            *times.entry(shuffled(3, &mut rng)).or_insert(0_u32) += 1;
        }
        // Each count is binomial with mean 1000 and deviation 29.
        assert_eq!(times.len(), 6);
        assert!(times.values().all(|count| count.abs_diff(1000) < 4 * 29));
        assert!(shuffled(0, &mut rng).is_empty());
    }

    #[test]
    fn members_stand_by_group_and_in_their_order() {
        let (starts, members) = grouped(&[4, 0, 3, 1, 2], &[1, 0, 1, 3, 1], 4);
        assert_eq!(starts, [0, 1, 4, 4, 5]);
        assert_eq!(members, [1, 4, 0, 2, 3]);
    }

    #[test]
    fn numbers_are_given_in_the_order_of_nodes() {
        let mut groups = [4, 1, 4, 0, 1];
        assert_eq!(renumber(&mut groups), 3);
        assert_eq!(groups, [0, 1, 0, 2, 1]);
    }

    #[test]
    fn a_tally_forgets_what_it_handed_over() {
        let mut tally = Tally::new(3);
        tally.add(2, 1.0);
        tally.add(0, 0.5);
        tally.add(2, 2.0);
        assert_eq!((tally.to(2), tally.to(1)), (3.0, 0.0));
        let mut seen = Vec::new();
        tally.drain(|group, weight| seen.push((group, weight)));
        assert_eq!(seen, [(2, 3.0), (0, 0.5)]);
        tally.drain(|_, _| panic!("nothing is left"));
    }
}
