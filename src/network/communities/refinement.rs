//! Refinement: each community taken apart into subsets that hang together well,
//! which become the nodes of the next level.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::level::{Level, Objective, Tally, grouped, renumber, shuffled};

/// Differences in gain, in units of the objective's randomness, above which the
/// lesser choice is out of the question: its chance is below 1e-17.
const HOPELESS: f64 = 40.0;

/// The subset of every node, numbered from 0, and how many there are.
pub(super) struct Refined {
    pub(super) of: Vec<u32>,
    pub(super) count: u32,
}

/// Takes every community apart into its nodes, and merges these into subsets: each
/// node that is still alone and well tied to its community goes into one of the
/// well tied subsets where it loses nothing, the more likely the more it gains.
///
/// After Traag, Waltman and van Eck, "From Louvain to Leiden: guaranteeing
/// well-connected communities", Scientific Reports 9 (2019), supplement,
/// `MergeNodesSubset`. Subsets are connected, because a node gains only with those
/// to whom it is tied.
pub(super) fn refine<W: Copy + Into<f64>>(
    level: Level<'_, W>,
    objective: Objective,
    tally: &mut Tally,
    rng: &mut ChaCha8Rng,
    communities: &[u32],
    count: u32,
) -> Refined {
    let (starts, members) = grouped(&shuffled(level.nodes(), rng), communities, count);
    let mut subsets = Subsets::of(level);
    for bounds in starts.windows(2) {
        // The starts ascend to the number of members.
        let community = &members[bounds[0]..bounds[1]];
        if community.len() > 1 {
            subsets.merge(community, level, objective, tally, rng, communities);
        }
    }
    let mut of = subsets.of;
    let count = renumber(&mut of);
    Refined { of, count }
}

/// The subsets while they grow. A subset bears the number of its first node; all
/// lists have one entry a node.
struct Subsets {
    of: Vec<u32>,
    strengths: Vec<f64>,
    /// The weight from the subset to the rest of its community.
    outward: Vec<f64>,
    alone: Vec<bool>,
    /// Where a node may go; kept so that the list is allocated once.
    choices: Vec<Choice>,
}

/// A subset to go to, the weight that ties the node to it, and what it gains.
struct Choice {
    subset: u32,
    weight: f64,
    gain: f64,
}

impl Subsets {
    fn of<W: Copy + Into<f64>>(level: Level<'_, W>) -> Self {
        let nodes = level.nodes();
        Self {
            of: (0..nodes).collect(),
            strengths: level.strengths.to_vec(),
            outward: vec![0.0; nodes as usize],
            alone: vec![true; nodes as usize],
            choices: Vec::new(),
        }
    }

    /// Merges the nodes of one community, in their order.
    fn merge<W: Copy + Into<f64>>(
        &mut self,
        community: &[u32],
        level: Level<'_, W>,
        objective: Objective,
        tally: &mut Tally,
        rng: &mut ChaCha8Rng,
        communities: &[u32],
    ) {
        let mut whole = 0.0;
        for &node in community {
            let own = communities[node as usize];
            whole += level.strengths[node as usize];
            self.outward[node as usize] = level
                .rows
                .row(node)
                .filter(|&(other, _)| communities[other as usize] == own)
                .map(|(_, weight)| weight)
                .sum();
        }
        for &node in community {
            let at = node as usize;
            if !self.alone[at] || !self.well_tied(node, whole, objective) {
                continue;
            }
            for (other, weight) in level.rows.row(node) {
                if communities[other as usize] == communities[at] {
                    tally.add(self.of[other as usize], weight);
                }
            }
            let strength = level.strengths[at];
            let mut choices = std::mem::take(&mut self.choices);
            choices.clear();
            tally.drain(|subset, weight| {
                let gain = objective.gain(weight, strength, self.strengths[subset as usize]);
                if gain >= 0.0 && self.well_tied(subset, whole, objective) {
                    choices.push(Choice {
                        subset,
                        weight,
                        gain,
                    });
                }
            });
            if let Some(choice) = choose(&choices, objective, rng) {
                let subset = choice.subset as usize;
                self.of[at] = choice.subset;
                self.alone[subset] = false;
                self.alone[at] = false;
                self.strengths[subset] += strength;
                self.outward[subset] += self.outward[at] - 2.0 * choice.weight;
            }
            self.choices = choices;
        }
    }

    /// Whether a subset is tied to the rest of its community, which has this
    /// strength as a whole, at least as much as chance would have it.
    #[inline]
    fn well_tied(&self, subset: u32, whole: f64, objective: Objective) -> bool {
        let strength = self.strengths[subset as usize];
        objective.gain(self.outward[subset as usize], strength, whole - strength) >= 0.0
    }
}

/// One of the choices, or none to stay alone, which gains nothing: each with a
/// chance in proportion to the exponential of its gain over the randomness.
fn choose<'a>(
    choices: &'a [Choice],
    objective: Objective,
    rng: &mut ChaCha8Rng,
) -> Option<&'a Choice> {
    let most = choices.iter().map(|choice| choice.gain).fold(0.0, f64::max);
    let chance = |gain: f64| {
        let behind = (most - gain) / objective.randomness;
        if behind < HOPELESS {
            (-behind).exp()
        } else {
            0.0
        }
    };
    let all: f64 = choices.iter().map(|choice| chance(choice.gain)).sum();
    let mut drawn = rng.random::<f64>() * (all + chance(0.0)) - chance(0.0);
    if drawn < 0.0 {
        return None;
    }
    for choice in choices {
        drawn -= chance(choice.gain);
        if drawn < 0.0 {
            return Some(choice);
        }
    }
    // Rounding may leave a little behind the last choice.
    choices.last()
}
