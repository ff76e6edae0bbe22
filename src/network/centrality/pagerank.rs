//! Weighted PageRank: the share of a long walk along the ties that is spent at
//! each node.
//!
//! The walker follows a tie with a chance in proportion to its weight, and now
//! and then starts afresh anywhere. Which nodes deserve attention for their
//! rank is left to others.

use rayon::prelude::*;

use crate::graph::{Network, NetworkError};

/// Nodes whose sums are taken together. It is fixed, so that the sums do not
/// depend on the number of threads.
const BLOCK: usize = 1024;

/// How PageRank is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageRankSettings {
    /// The chance that the walker follows a tie instead of starting afresh: at
    /// least 0 and below 1.
    pub damping: f64,
    /// Stop as soon as the ranks are provably this close, in the sum of absolute
    /// differences, to the exact ones.
    pub tolerance: f64,
    /// Stop after this many iterations in any case.
    pub most_iterations: u32,
}

impl Default for PageRankSettings {
    /// Damping 0.85, to 1e-10. The distance shrinks at least by the damping in
    /// each iteration, so the 200 allowed are never used up.
    fn default() -> Self {
        Self {
            damping: 0.85,
            tolerance: 1e-10,
            most_iterations: 200,
        }
    }
}

/// The ranks, and how far they were driven.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRank {
    /// One rank a node; together they sum to 1.
    pub ranks: Vec<f64>,
    /// How many iterations were made.
    pub iterations: u32,
    /// No more than this, rounding aside, is the sum of absolute differences to
    /// the exact ranks. It is above the tolerance only where the iterations
    /// allowed were used up.
    pub error_bound: f64,
}

/// PageRank of every node by power iteration from equal ranks:
/// `r(v) = (1 - d) / n + d (sum over arcs u -> v of r(u) w(u, v) / s(u) + D / n)`,
/// where `s` is the out-strength and `D` the rank of all nodes without
/// out-going ties, which is spread evenly.
///
/// After Page, Brin, Motwani and Winograd, "The PageRank Citation Ranking"
/// (1999), with weights as in networkx. An iteration brings any two vectors
/// nearer by the factor `d` at least, so the error is at most `d / (1 - d)`
/// times the last change.
///
/// The bytes are the same on any number of threads.
///
/// # Errors
///
/// [`NetworkError::DampingOutOfRange`].
///
/// # Examples
///
/// Two nodes that both refer to a third, which refers to nobody. With `a` the
/// rank of either, `a = 0.05 + 0.85 c / 3` and `c = a + 1.7 a`.
///
/// ```
/// use catchment_network::centrality::pagerank::{PageRankSettings, rank};
/// use catchment_network::graph::{Network, Tie};
///
/// let tie = |from, to| Tie { from, to, weight: 5.0 };
/// let network = Network::build(3, &[tie(0, 2), tie(1, 2)])?;
/// let pagerank = rank(&network, &PageRankSettings::default())?;
/// let a = 0.05 / (1.0 - 0.85 * 2.7 / 3.0);
/// assert!((pagerank.ranks[0] - a).abs() < 1e-10);
/// assert!((pagerank.ranks[2] - 2.7 * a).abs() < 1e-10);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn rank(network: &Network, settings: &PageRankSettings) -> Result<PageRank, NetworkError> {
    let damping = settings.damping;
    if !(0.0..1.0).contains(&damping) {
        return Err(NetworkError::DampingOutOfRange(damping));
    }
    let nodes = f64::from(network.node_count());
    let mut ranks = vec![1.0 / nodes; network.node_count() as usize];
    let mut flows = vec![0.0; ranks.len()];
    let mut next_flows = vec![0.0; ranks.len()];
    let mut dangling = first_flows(network, 1.0 / nodes, &mut flows);
    let mut iterations = 0;
    // Two distributions are never further apart than 2.
    let mut error_bound = if ranks.is_empty() { 0.0 } else { 2.0 };
    while error_bound > settings.tolerance && iterations < settings.most_iterations {
        let base = (1.0 - damping) / nodes + damping * dangling / nodes;
        let step = iterate(network, base, damping, &flows, &mut ranks, &mut next_flows);
        std::mem::swap(&mut flows, &mut next_flows);
        dangling = step.dangling;
        error_bound = damping / (1.0 - damping) * step.change;
        iterations += 1;
    }
    Ok(PageRank {
        ranks,
        iterations,
        error_bound,
    })
}

/// What an iteration sums over the nodes.
#[derive(Clone, Copy, Default)]
struct Step {
    /// The sum of absolute changes of rank.
    change: f64,
    /// The new rank of all nodes without out-going ties.
    dangling: f64,
}

/// Fills in what each node hands on for a unit of weight when all have the same
/// rank, and gives the rank of those that hand on nothing.
fn first_flows(network: &Network, rank: f64, flows: &mut [f64]) -> f64 {
    let mut dangling = 0.0;
    for (node, flow) in (0..).zip(flows) {
        *flow = per_unit_of_weight(network, node, rank).unwrap_or_else(|| {
            dangling += rank;
            0.0
        });
    }
    dangling
}

/// One iteration: every node pulls from those who refer to it. Nothing is
/// written but the node's own two numbers, and the sums go over fixed blocks
/// that are added in their order.
fn iterate(
    network: &Network,
    base: f64,
    damping: f64,
    flows: &[f64],
    ranks: &mut [f64],
    next_flows: &mut [f64],
) -> Step {
    let blocks: Vec<Step> = ranks
        .par_chunks_mut(BLOCK)
        .zip(next_flows.par_chunks_mut(BLOCK))
        .enumerate()
        .map(|(block, (ranks, next_flows))| {
            let mut step = Step::default();
            // A network has at most 2^32 nodes, so a node's number fits.
            let first = (block * BLOCK) as u32;
            for ((node, rank), next_flow) in (first..).zip(ranks).zip(next_flows) {
                let pulled: f64 = network
                    .partners_in(node)
                    // A partner is a node of the network, and each has a flow.
                    .map(|(partner, weight)| weight * flows[partner as usize])
                    .sum();
                let next = base + damping * pulled;
                step.change += (next - *rank).abs();
                *rank = next;
                *next_flow = per_unit_of_weight(network, node, next).unwrap_or_else(|| {
                    step.dangling += next;
                    0.0
                });
            }
            step
        })
        .collect();
    blocks.iter().fold(Step::default(), |sum, block| Step {
        change: sum.change + block.change,
        dangling: sum.dangling + block.dangling,
    })
}

/// The rank that a node hands on for each unit of weight; none where it has no
/// out-going ties.
fn per_unit_of_weight(network: &Network, node: u32, rank: f64) -> Option<f64> {
    let strength = network.out_strength(node);
    (strength > 0.0).then(|| rank / strength)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    #[test]
    fn a_ring_ranks_all_alike_and_at_once() {
        let ring: Vec<Tie> = (0..7)
            .map(|from| Tie {
                from,
                to: (from + 1) % 7,
                weight: f64::from(from + 1),
            })
            .collect();
        let network = Network::build(7, &ring).unwrap();
        let pagerank = rank(&network, &PageRankSettings::default()).unwrap();
        assert!(pagerank.ranks.iter().all(|r| (r - 1.0 / 7.0).abs() < 1e-15));
        assert_eq!(pagerank.iterations, 1);
    }

    #[test]
    fn a_network_without_ties_or_nodes_has_a_rank_too() {
        let settings = PageRankSettings::default();
        let lonely = rank(&Network::build(4, &[]).unwrap(), &settings).unwrap();
        assert!(lonely.ranks.iter().all(|r| (r - 0.25).abs() < 1e-15));
        let nothing = rank(&Network::build(0, &[]).unwrap(), &settings).unwrap();
        assert!(nothing.ranks.is_empty());
    }

    #[test]
    fn a_damping_of_one_or_none_is_refused() {
        let network = Network::build(1, &[]).unwrap();
        for damping in [1.0, -0.1, f64::NAN] {
            let settings = PageRankSettings {
                damping,
                ..PageRankSettings::default()
            };
            assert!(matches!(
                rank(&network, &settings),
                Err(NetworkError::DampingOutOfRange(_))
            ));
        }
    }

    #[test]
    fn iterations_used_up_are_seen_in_the_bound() {
        let tie = Tie {
            from: 0,
            to: 1,
            weight: 1.0,
        };
        let settings = PageRankSettings {
            most_iterations: 3,
            ..PageRankSettings::default()
        };
        let pagerank = rank(&Network::build(2, &[tie]).unwrap(), &settings).unwrap();
        assert_eq!(pagerank.iterations, 3);
        assert!(pagerank.error_bound > settings.tolerance);
        // The exact ranks are (1 - d / 2) / 2 scaled to sum to 1, that is
        // 1 / (2 + d) and (1 + d) / (2 + d).
        let error = 2.0 * (pagerank.ranks[0] - 1.0 / 2.85).abs();
        assert!(error > 0.0 && error <= pagerank.error_bound);
    }
}
