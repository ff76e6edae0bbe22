//! Aggregation: the network whose nodes are groups of nodes.

use super::level::{Level, Tally, grouped};
use crate::undirected::Rows;

/// A network of groups. The weight inside a group is part of its strength, but it
/// is no edge: wherever the group goes, it goes along.
pub(super) struct Coarse {
    starts: Vec<usize>,
    neighbours: Vec<u32>,
    weights: Vec<f64>,
    strengths: Vec<f64>,
}

impl Coarse {
    /// Adds up the edges between groups, of which there are `count`, numbered from
    /// 0, each with members.
    pub(super) fn of<W: Copy + Into<f64>>(
        level: Level<'_, W>,
        tally: &mut Tally,
        group_of: &[u32],
        count: u32,
    ) -> Self {
        let order: Vec<u32> = (0..level.nodes()).collect();
        let (bounds, members) = grouped(&order, group_of, count);
        let mut coarse = Self {
            starts: vec![0],
            neighbours: Vec::new(),
            weights: Vec::new(),
            strengths: Vec::with_capacity(count as usize),
        };
        for (group, bounds) in (0..count).zip(bounds.windows(2)) {
            let mut strength = 0.0;
            // The bounds ascend to the number of members.
            for &node in &members[bounds[0]..bounds[1]] {
                strength += level.strengths[node as usize];
                for (other, weight) in level.rows.row(node) {
                    let other = group_of[other as usize];
                    if other != group {
                        tally.add(other, weight);
                    }
                }
            }
            coarse.strengths.push(strength);
            tally.drain(|other, weight| {
                coarse.neighbours.push(other);
                coarse.weights.push(weight);
            });
            coarse.starts.push(coarse.neighbours.len());
        }
        coarse.neighbours.shrink_to_fit();
        coarse.weights.shrink_to_fit();
        coarse
    }

    /// The network as a level of the search.
    pub(super) fn level(&self) -> Level<'_, f64> {
        Level {
            rows: Rows {
                starts: &self.starts,
                neighbours: &self.neighbours,
                weights: &self.weights,
            },
            strengths: &self.strengths,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Network, Tie};
    use crate::undirected::Undirected;

    #[test]
    fn edges_between_groups_are_added_and_those_inside_are_not() {
        let ties = [
            (0, 1, 1.0),
            (1, 2, 2.0),
            (2, 3, 4.0),
            (3, 0, 8.0),
            (2, 0, 16.0),
        ];
        let ties = ties.map(|(from, to, weight)| Tie { from, to, weight });
        let network = Network::build(5, &ties).unwrap();
        let graph = Undirected::of(&network);
        let mut tally = Tally::new(5);
        let coarse = Coarse::of(Level::first(&graph), &mut tally, &[1, 1, 0, 0, 2], 3);
        let level = coarse.level();
        assert_eq!(level.nodes(), 3);
        assert_eq!(level.rows.row(0).collect::<Vec<_>>(), [(1, 26.0)]);
        assert_eq!(level.rows.row(1).collect::<Vec<_>>(), [(0, 26.0)]);
        assert_eq!(level.rows.row(2).len(), 0);
        assert_eq!(level.strengths, [34.0, 28.0, 0.0]);
    }
}
