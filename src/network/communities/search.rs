//! One search for communities: from one seed, on one thread, to the end.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::aggregation::Coarse;
use super::level::{Level, Objective, Tally, renumber};
use super::moving::move_nodes;
use super::refinement::{Refined, refine};
use crate::undirected::Undirected;

/// The randomness of the refinement in units of the mean weight of an edge, so
/// that the unit in which weights are counted does not matter: theta of Traag,
/// Waltman and van Eck (2019), with their value.
const RANDOMNESS: f64 = 0.01;

/// What a search came to.
pub(super) struct Found {
    /// The community of each node, by any numbers.
    pub(super) communities: Vec<u32>,
    /// How many iterations it took.
    pub(super) iterations: u32,
    /// Whether the last iteration moved nothing.
    pub(super) settled: bool,
}

/// Searches from nodes that are all alone, iteration after iteration, until one
/// moves nothing or the most iterations are done.
pub(super) fn search(
    graph: &Undirected<'_>,
    resolution: f64,
    most_iterations: u32,
    seed: u64,
) -> Found {
    let total = graph.total_strength();
    let mut found = Found {
        communities: (0..graph.node_count()).collect(),
        iterations: 0,
        settled: graph.edge_count() == 0,
    };
    let mut work = Work {
        objective: Objective {
            expected: resolution / total,
            randomness: RANDOMNESS * total / (2 * graph.edge_count()) as f64,
        },
        tally: Tally::new(found.communities.len()),
        rng: ChaCha8Rng::seed_from_u64(seed),
    };
    while !found.settled && found.iterations < most_iterations {
        found.settled = !work.iterate(Level::first(graph), &mut found.communities);
        found.iterations += 1;
    }
    found
}

/// What is at hand on every level.
struct Work {
    objective: Objective,
    tally: Tally,
    rng: ChaCha8Rng,
}

/// The next level: its network, the group that each node of this level is in, and
/// the community of each group.
struct Next {
    network: Coarse,
    group_of: Vec<u32>,
    communities: Vec<u32>,
}

impl Work {
    /// One iteration through all levels: nodes move, communities are refined, and
    /// the subsets are the nodes of the next level, until every community is one
    /// node. Says whether anything moved.
    fn iterate(&mut self, first: Level<'_, f32>, communities: &mut [u32]) -> bool {
        let mut moved = self.move_nodes(first, communities);
        let Some(mut level) = self.next(first, communities) else {
            return moved;
        };
        let mut group_of = std::mem::take(&mut level.group_of);
        loop {
            moved |= self.move_nodes(level.network.level(), &mut level.communities);
            let Some(next) = self.next(level.network.level(), &mut level.communities) else {
                break;
            };
            for group in &mut group_of {
                // A group of this level is a node of the next.
                *group = next.group_of[*group as usize];
            }
            level = next;
        }
        for (community, &group) in communities.iter_mut().zip(&group_of) {
            *community = level.communities[group as usize];
        }
        moved
    }

    fn move_nodes<W: Copy + Into<f64>>(
        &mut self,
        level: Level<'_, W>,
        communities: &mut [u32],
    ) -> bool {
        move_nodes(
            level,
            self.objective,
            &mut self.tally,
            &mut self.rng,
            communities,
        )
    }

    /// The level above this one; none where every community is a single node.
    fn next<W: Copy + Into<f64>>(
        &mut self,
        level: Level<'_, W>,
        communities: &mut [u32],
    ) -> Option<Next> {
        let count = renumber(communities);
        if count == level.nodes() {
            return None;
        }
        let mut refined = refine(
            level,
            self.objective,
            &mut self.tally,
            &mut self.rng,
            communities,
            count,
        );
        if refined.count == level.nodes() {
            // A community that grew behind the back of those who were in it may
            // have none that is well tied. What hangs together in it stays so.
            refined = connected(level, communities);
        }
        let mut of_groups = vec![0; refined.count as usize];
        for (&group, &community) in refined.of.iter().zip(&*communities) {
            // All nodes of a group are in one community.
            of_groups[group as usize] = community;
        }
        if refined.count == level.nodes() {
            communities.copy_from_slice(&refined.of);
            return None;
        }
        Some(Next {
            network: Coarse::of(level, &mut self.tally, &refined.of, refined.count),
            group_of: refined.of,
            communities: of_groups,
        })
    }
}

/// The parts of communities that hang together.
fn connected<W: Copy + Into<f64>>(level: Level<'_, W>, communities: &[u32]) -> Refined {
    let mut of = vec![u32::MAX; communities.len()];
    let mut count = 0;
    let mut reached = Vec::new();
    for start in 0..level.nodes() {
        if of[start as usize] != u32::MAX {
            continue;
        }
        of[start as usize] = count;
        reached.push(start);
        while let Some(node) = reached.pop() {
            for &other in level.rows.others(node) {
                let same = communities[other as usize] == communities[node as usize];
                if same && of[other as usize] == u32::MAX {
                    of[other as usize] = count;
                    reached.push(other);
                }
            }
        }
        count += 1;
    }
    Refined { of, count }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Network, Tie};

    #[test]
    fn what_hangs_together_only_outside_its_community_is_apart() {
        let ties = [(0, 1), (1, 2), (2, 3), (3, 4)].map(|(from, to)| Tie {
            from,
            to,
            weight: 1.0,
        });
        let network = Network::build(6, &ties).unwrap();
        let graph = Undirected::of(&network);
        let parts = connected(Level::first(&graph), &[7, 7, 1, 7, 7, 7]);
        assert_eq!(parts.of, [0, 0, 1, 2, 2, 3]);
        assert_eq!(parts.count, 4);
    }
}
