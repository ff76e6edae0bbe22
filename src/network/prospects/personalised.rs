//! Personalised PageRank: the share of a long walk spent at each node where the
//! walker starts afresh at chosen nodes only. It says how near a node is to them
//! by ties of any length.
//!
//! The walker takes a tie in either direction. PageRank without chosen nodes, by
//! the direction of ties, is [`crate::centrality::pagerank`].

use rayon::prelude::*;

use crate::centrality::pagerank::{PageRank, PageRankSettings};
use crate::graph::{Network, NetworkError};

/// Nodes whose sums are taken together. It is fixed, so that the sums do not
/// depend on the number of threads.
const BLOCK: usize = 1024;

/// Personalised PageRank by power iteration from the seeds:
/// `r(v) = p(v) (1 - d + d D) + d sum over ties u - v of r(u) w(u, v) / s(u)`,
/// where `p` is 1 / |seeds| at each seed and 0 elsewhere, `w` the weights of
/// both directions added, `s` their sum at a node, and `D` the rank of all nodes
/// without a tie, from which the walker goes to the seeds.
///
/// After Page, Brin, Motwani and Winograd (1999), section 6. A seed named twice
/// counts once, one that the network does not have not at all; without any seed
/// all ranks are 0. The error is bounded as in
/// [`crate::centrality::pagerank::rank`], and the bytes are the same on any
/// number of threads.
///
/// # Errors
///
/// [`NetworkError::DampingOutOfRange`].
///
/// # Examples
///
/// A chain of three with the seed at one end: with `b` the rank of the middle,
/// `a = 0.15 + 0.85 b / 2`, `b = 0.85 (a + c)` and `c = 0.85 b / 2`.
///
/// ```
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::prospects::personalised::rank;
///
/// let tie = |from, to| Tie { from, to, weight: 3.0 };
/// let network = Network::build(3, &[tie(0, 1), tie(2, 1)])?;
/// let ranks = rank(&network, &[0], &Default::default())?.ranks;
/// let b = 0.85 * 0.15 / (1.0 - 0.85 * 0.85);
/// assert!((ranks[1] - b).abs() < 1e-10);
/// assert!((ranks[2] - 0.425 * b).abs() < 1e-10);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn rank(
    network: &Network,
    seeds: &[u32],
    settings: &PageRankSettings,
) -> Result<PageRank, NetworkError> {
    let damping = settings.damping;
    if !(0.0..1.0).contains(&damping) {
        return Err(NetworkError::DampingOutOfRange(damping));
    }
    let starts = starts(network.node_count(), seeds);
    let mut ranks = starts.clone();
    let mut iterations = 0;
    // Two distributions are never further apart than 2.
    let mut error_bound = if seeds.is_empty() { 0.0 } else { 2.0 };
    while error_bound > settings.tolerance && iterations < settings.most_iterations {
        let change;
        (ranks, change) = iterate(network, &starts, damping, &ranks);
        error_bound = damping / (1.0 - damping) * change;
        iterations += 1;
    }
    Ok(PageRank {
        ranks,
        iterations,
        error_bound,
    })
}

/// Where the walker starts afresh: the same chance for every seed.
fn starts(nodes: u32, seeds: &[u32]) -> Vec<f64> {
    let mut seeds: Vec<u32> = seeds.iter().copied().filter(|&s| s < nodes).collect();
    seeds.sort_unstable();
    seeds.dedup();
    let mut starts = vec![0.0; nodes as usize];
    for seed in &seeds {
        starts[*seed as usize] = 1.0 / seeds.len() as f64;
    }
    starts
}

/// One iteration: the new ranks, and the sum of absolute changes.
fn iterate(network: &Network, starts: &[f64], damping: f64, ranks: &[f64]) -> (Vec<f64>, f64) {
    let flows: Vec<f64> = (0..network.node_count())
        .into_par_iter()
        .zip(ranks)
        .map(|(node, rank)| {
            let strength = network.strength(node);
            if strength > 0.0 { rank / strength } else { 0.0 }
        })
        .collect();
    // Only a seed without a tie keeps a rank that it can't hand on.
    let stranded: f64 = (0..)
        .zip(ranks)
        .filter(|&(node, _)| network.neighbours(node).is_empty())
        .map(|(_, rank)| rank)
        .sum();
    let afresh = 1.0 - damping + damping * stranded;
    let mut next = vec![0.0; ranks.len()];
    let changes: Vec<f64> = next
        .par_chunks_mut(BLOCK)
        .enumerate()
        .map(|(block, next)| {
            let first = block * BLOCK;
            let mut change = 0.0;
            for (at, next) in (first..).zip(next) {
                let pulled: f64 = network
                    // A network has at most 2^32 nodes, so a node's number fits.
                    .partners(at as u32)
                    // A partner is a node of the network, and each has a flow.
                    .map(|(partner, weight)| weight * flows[partner as usize])
                    .sum();
                *next = starts[at] * afresh + damping * pulled;
                change += (*next - ranks[at]).abs();
            }
            change
        })
        .collect();
    (next, changes.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    #[test]
    fn without_a_seed_nobody_has_a_rank() {
        let tie = Tie {
            from: 0,
            to: 1,
            weight: 1.0,
        };
        let network = Network::build(2, &[tie]).unwrap();
        let settings = PageRankSettings::default();
        for seeds in [&[][..], &[7]] {
            let ranked = rank(&network, seeds, &settings).unwrap();
            assert_eq!(ranked.ranks, [0.0, 0.0]);
        }
        let nothing = Network::build(0, &[]).unwrap();
        assert!(rank(&nothing, &[], &settings).unwrap().ranks.is_empty());
    }

    #[test]
    fn a_seed_without_a_tie_keeps_the_walker() {
        let network = Network::build(2, &[]).unwrap();
        let settings = PageRankSettings::default();
        let ranked = rank(&network, &[1, 1], &settings).unwrap();
        assert_eq!(ranked.ranks, [0.0, 1.0]);
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
                rank(&network, &[0], &settings),
                Err(NetworkError::DampingOutOfRange(_))
            ));
        }
    }
}
