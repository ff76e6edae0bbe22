//! Betweenness: the share of shortest ways between others that lead over a node.
//!
//! Direction and weight play no part. Large networks are estimated from a
//! sample of starting nodes, with a standard error; whether an estimate is
//! good enough for a use is left to others.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::graph::Network;

/// Sources whose contributions are added up together. It is fixed, so that the
/// sums do not depend on the number of threads.
const BLOCK: usize = 32;

/// The level of a node that a traversal has not reached.
const UNSEEN: u32 = u32::MAX;

/// When betweenness is exact, and how it is estimated where it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BetweennessSettings {
    /// Up to this many nodes every node is a source and the result is exact.
    pub exact_up_to: u32,
    /// Above that, this many sources are drawn without repetition. Fewer than
    /// two have no spread to tell an error from, so two are the least taken;
    /// as many as there are nodes, or more, make the result exact.
    pub sources: u32,
    /// Which sources are drawn.
    pub seed: u64,
}

impl Default for BetweennessSettings {
    /// Exact up to 20,000 nodes, then 512 sources.
    fn default() -> Self {
        Self {
            exact_up_to: 20_000,
            sources: 512,
            seed: 1,
        }
    }
}

/// The betweenness of every node.
#[derive(Clone, Debug, PartialEq)]
pub struct Betweenness {
    /// One value a node, from 0 to 1 (an estimate may exceed 1).
    pub values: Vec<f64>,
    /// One standard error a node, in the same unit; none where the values are
    /// exact. A node that no sampled way led over has the error 0, which says
    /// little: its value is small, not certainly 0.
    pub standard_errors: Option<Vec<f64>>,
    /// How many sources the values rest on.
    pub sources: u32,
}

/// Betweenness of every node: the sum over pairs of other nodes of the share of
/// shortest ways between them that lead over it, divided by
/// `(n - 1) (n - 2) / 2`; 0 with fewer than three nodes.
///
/// Each source is worked by Brandes, "A faster algorithm for betweenness
/// centrality", Journal of Mathematical Sociology 25 (2001), in time and space
/// proportional to the network. Sampled sources are a simple random sample
/// (Brandes and Pich, 2007), whose sum is scaled by `n / sources`; the standard
/// error is that of such a sum, `n sqrt((1 - k / n) S^2 / k)` for `k` sources
/// with variance `S^2` between them.
///
/// Ways are counted in `f64`, so a count above 2^53 is rounded. The bytes are
/// the same on any number of threads.
///
/// # Examples
///
/// On a line of four, three of the six pairs are without the second node, and
/// two of them are joined over it.
///
/// ```
/// use catchment_network::centrality::betweenness::{BetweennessSettings, measure};
/// use catchment_network::graph::{Network, Tie};
///
/// let tie = |from, to| Tie { from, to, weight: 1.0 };
/// let network = Network::build(4, &[tie(0, 1), tie(1, 2), tie(2, 3)])?;
/// let betweenness = measure(&network, &BetweennessSettings::default());
/// assert_eq!(betweenness.values, [0.0, 2.0 / 3.0, 2.0 / 3.0, 0.0]);
/// assert!(betweenness.standard_errors.is_none());
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn measure(network: &Network, settings: &BetweennessSettings) -> Betweenness {
    let nodes = network.node_count();
    let wanted = settings.sources.max(2);
    let exact = nodes <= settings.exact_up_to || wanted >= nodes;
    let sources = if exact {
        (0..nodes).collect()
    } else {
        sample(nodes, wanted, settings.seed)
    };
    let sums = sum_over(network, &sources, !exact);

    let n = f64::from(nodes);
    let k = sources.len() as f64;
    // Every pair is met from both its ends, so the sums are twice the pairs'.
    let pairs = if nodes < 3 {
        f64::INFINITY
    } else {
        (n - 1.0) * (n - 2.0)
    };
    let values = sums.first.iter().map(|sum| sum * (n / k) / pairs).collect();
    let standard_errors = (!exact).then(|| {
        let of = |sum: f64, square: f64| {
            // Rounding may take a variance of nothing below 0.
            let variance = ((square - sum * sum / k) / (k - 1.0)).max(0.0);
            n * ((1.0 - k / n) * variance / k).sqrt() / pairs
        };
        let both = sums.first.iter().zip(&sums.squares);
        both.map(|(&sum, &square)| of(sum, square)).collect()
    });
    Betweenness {
        values,
        standard_errors,
        sources: sources.len() as u32,
    }
}

/// `wanted` of the numbers below `nodes`, ascending, every set of them as likely
/// as any other (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S).
fn sample(nodes: u32, wanted: u32, seed: u64) -> Vec<u32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut missing = wanted;
    (0..nodes)
        .filter(|node| {
            let taken = rng.random_range(0..nodes - node) < missing;
            missing -= u32::from(taken);
            taken
        })
        .collect()
}

/// For each node, what the sources found.
struct Sums {
    /// The sum of dependencies.
    first: Vec<f64>,
    /// The sum of their squares; empty where no one asked.
    squares: Vec<f64>,
}

impl Sums {
    fn zero(nodes: usize, with_squares: bool) -> Self {
        Self {
            first: vec![0.0; nodes],
            squares: vec![0.0; if with_squares { nodes } else { 0 }],
        }
    }

    fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.first, &other.first),
            (&mut self.squares, &other.squares),
        ] {
            for (sum, value) in mine.iter_mut().zip(theirs) {
                *sum += value;
            }
        }
    }
}

/// Adds up the dependencies on every node over the sources: block by block,
/// and the blocks in their order.
fn sum_over(network: &Network, sources: &[u32], with_squares: bool) -> Sums {
    let nodes = network.node_count() as usize;
    let blocks: Vec<&[u32]> = sources.chunks(BLOCK).collect();
    let mut total = Sums::zero(nodes, with_squares);
    // Only so many blocks are held at once as keep the threads busy. This does
    // not change the order in which they are added.
    for wave in blocks.chunks(2 * rayon::current_num_threads()) {
        let done: Vec<Sums> = wave
            .par_iter()
            .map(|block| {
                let mut sums = Sums::zero(nodes, with_squares);
                let mut traversal = Traversal::new(nodes);
                for &source in *block {
                    traversal.add_dependencies(network, source, &mut sums);
                }
                sums
            })
            .collect();
        for sums in &done {
            total.add(sums);
        }
    }
    total
}

/// What a traversal from one source needs to know of each node. It is used again
/// for the next source, and wiped only where it was written.
struct Traversal {
    /// Steps from the source.
    level: Vec<u32>,
    /// Shortest ways from the source.
    ways: Vec<f64>,
    /// The node's part in the shortest ways from the source to all others.
    dependency: Vec<f64>,
    /// The nodes in the order in which they were reached.
    reached: Vec<u32>,
}

impl Traversal {
    fn new(nodes: usize) -> Self {
        Self {
            level: vec![UNSEEN; nodes],
            ways: vec![0.0; nodes],
            dependency: vec![0.0; nodes],
            reached: Vec::new(),
        }
    }

    /// Adds to `sums` how much the source depends on each other node. Indices
    /// are numbers of nodes, of which all the vectors have one entry each.
    fn add_dependencies(&mut self, network: &Network, source: u32, sums: &mut Sums) {
        self.count_ways(network, source);
        for &node in self.reached.iter().rev() {
            let at = node as usize;
            let handed_on = (1.0 + self.dependency[at]) / self.ways[at];
            for &other in network.neighbours(node) {
                let other = other as usize;
                // One step nearer to the source. A neighbour is always reached.
                if self.level[other] + 1 == self.level[at] {
                    self.dependency[other] += self.ways[other] * handed_on;
                }
            }
            if node != source {
                let dependency = self.dependency[at];
                sums.first[at] += dependency;
                if let Some(square) = sums.squares.get_mut(at) {
                    *square += dependency * dependency;
                }
            }
        }
        for &node in &self.reached {
            self.level[node as usize] = UNSEEN;
            self.ways[node as usize] = 0.0;
            self.dependency[node as usize] = 0.0;
        }
        self.reached.clear();
    }

    /// Reaches, breadth first, all that can be reached, and counts the shortest
    /// ways to each.
    fn count_ways(&mut self, network: &Network, source: u32) {
        self.level[source as usize] = 0;
        self.ways[source as usize] = 1.0;
        self.reached.push(source);
        let mut at = 0;
        while let Some(&node) = self.reached.get(at) {
            at += 1;
            let ways = self.ways[node as usize];
            let beyond = self.level[node as usize] + 1;
            for &other in network.neighbours(node) {
                if self.level[other as usize] == UNSEEN {
                    self.level[other as usize] = beyond;
                    self.reached.push(other);
                }
                if self.level[other as usize] == beyond {
                    self.ways[other as usize] += ways;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    fn star(leaves: u32) -> Network {
        let ties: Vec<Tie> = (1..=leaves)
            .map(|from| Tie {
                from,
                to: 0,
                weight: 1.0,
            })
            .collect();
        Network::build(leaves + 1, &ties).unwrap()
    }

    #[test]
    fn all_ways_lead_over_the_middle_of_a_star() {
        let values = measure(&star(6), &BetweennessSettings::default()).values;
        assert_eq!(values, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn fewer_than_three_nodes_have_none() {
        let settings = BetweennessSettings::default();
        assert_eq!(measure(&star(1), &settings).values, [0.0, 0.0]);
        assert_eq!(measure(&star(0), &settings).values, [0.0]);
        let nothing = Network::build(0, &[]).unwrap();
        assert!(measure(&nothing, &settings).values.is_empty());
    }

    #[test]
    fn a_sample_is_ascending_distinct_and_of_the_size_wanted() {
        for seed in 0..50 {
            let drawn = sample(40, 7, seed);
            assert_eq!(drawn.len(), 7);
            assert!(drawn.is_sorted_by(|a, b| a < b));
            assert!(drawn.iter().all(|&node| node < 40));
        }
        assert_ne!(sample(40, 7, 1), sample(40, 7, 2));
    }

    #[test]
    fn every_node_is_as_likely_to_be_drawn() {
        let mut times = [0_u32; 10];
        for seed in 0..4000 {
            for node in sample(10, 3, seed) {
                times[node as usize] += 1;
            }
        }
        // Each count is binomial with mean 1200 and deviation 29.
        assert!(times.iter().all(|&count| count.abs_diff(1200) < 4 * 29));
    }

    #[test]
    fn as_many_sources_as_nodes_make_it_exact() {
        let settings = BetweennessSettings {
            exact_up_to: 0,
            sources: 7,
            seed: 1,
        };
        let exact = measure(&star(6), &settings);
        assert_eq!(exact.sources, 7);
        assert!(exact.standard_errors.is_none());
    }
}
