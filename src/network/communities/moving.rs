//! Local moving: node after node goes to the community where it gains most, until
//! none wants to go elsewhere.

use std::collections::VecDeque;

use rand_chacha::ChaCha8Rng;

use super::level::{Level, Objective, Tally, shuffled};

/// What a move must gain, as a share of the node's strength. It is far above
/// what rounding does to a gain and far below what a tie is worth, so that
/// rounding cannot send a node in circles.
const LEAST_GAIN: f64 = 1e-12;

/// Moves nodes between communities until no one in the queue gains by a move, and
/// says whether any did.
///
/// The queue begins with all nodes in an order drawn at random. Who moves puts
/// those of its partners back into it who are not in the community that it moved
/// to (Traag, Waltman and van Eck 2019, supplement, `MoveNodesFast`). Of equally
/// good communities the first that the node's row meets is taken.
pub(super) fn move_nodes<W: Copy + Into<f64>>(
    level: Level<'_, W>,
    objective: Objective,
    tally: &mut Tally,
    rng: &mut ChaCha8Rng,
    communities: &mut [u32],
) -> bool {
    let mut standing = Standing::of(level, communities);
    let mut queue: VecDeque<u32> = shuffled(level.nodes(), rng).into();
    let mut waits = vec![true; queue.len()];
    let mut moved = false;
    while let Some(node) = queue.pop_front() {
        // All numbers of nodes and of communities are below the number of nodes,
        // and every list has one entry for each.
        waits[node as usize] = false;
        let Some(target) = standing.better_for(node, level, objective, tally, communities) else {
            continue;
        };
        standing.transfer(node, level, target, communities);
        moved = true;
        for &other in level.rows.others(node) {
            let other = other as usize;
            if communities[other] != target && !waits[other] {
                waits[other] = true;
                queue.push_back(other as u32);
            }
        }
    }
    moved
}

/// How large the communities are while nodes move.
struct Standing {
    strengths: Vec<f64>,
    members: Vec<u32>,
    /// Communities without members.
    empty: Vec<u32>,
}

impl Standing {
    fn of<W: Copy + Into<f64>>(level: Level<'_, W>, communities: &[u32]) -> Self {
        let mut strengths = vec![0.0; communities.len()];
        let mut members = vec![0_u32; communities.len()];
        for (&community, strength) in communities.iter().zip(level.strengths) {
            strengths[community as usize] += strength;
            members[community as usize] += 1;
        }
        let empty = (0..level.nodes())
            .rev()
            .filter(|&community| members[community as usize] == 0)
            .collect();
        Self {
            strengths,
            members,
            empty,
        }
    }

    /// Where the node gains more than where it is, if anywhere; to be alone is a
    /// choice too.
    #[inline]
    fn better_for<W: Copy + Into<f64>>(
        &self,
        node: u32,
        level: Level<'_, W>,
        objective: Objective,
        tally: &mut Tally,
        communities: &[u32],
    ) -> Option<u32> {
        let own = communities[node as usize];
        let strength = level.strengths[node as usize];
        for (other, weight) in level.rows.row(node) {
            tally.add(communities[other as usize], weight);
        }
        let without = self.strengths[own as usize] - strength;
        let staying = objective.gain(tally.to(own), strength, without);
        let mut most = staying + LEAST_GAIN * strength;
        let mut best = own;
        tally.drain(|community, weight| {
            let gain = objective.gain(weight, strength, self.strengths[community as usize]);
            // Its own community's strength holds the node itself, so that it
            // gains less there than by staying and is never taken.
            if gain > most {
                most = gain;
                best = community;
            }
        });
        if most < 0.0 && self.members[own as usize] > 1 {
            return self.empty.last().copied();
        }
        (best != own).then_some(best)
    }

    fn transfer<W: Copy + Into<f64>>(
        &mut self,
        node: u32,
        level: Level<'_, W>,
        target: u32,
        communities: &mut [u32],
    ) {
        let own = std::mem::replace(&mut communities[node as usize], target);
        let strength = level.strengths[node as usize];
        if self.empty.last() == Some(&target) {
            self.empty.pop();
        }
        self.strengths[target as usize] += strength;
        self.members[target as usize] += 1;
        self.strengths[own as usize] -= strength;
        self.members[own as usize] -= 1;
        if self.members[own as usize] == 0 {
            // Rounding may have left something.
            self.strengths[own as usize] = 0.0;
            self.empty.push(own);
        }
    }
}
