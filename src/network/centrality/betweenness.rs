//! Betweenness: the share of shortest ways between others that lead over a node.
//!
//! Direction and weight play no part. Large networks are estimated from a
//! sample of starting nodes, with a standard error; whether an estimate is
//! good enough for a use is left to others.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::pendants::Pendants;
use super::traversal::{Dependencies, LANES, Share, Source, Traversal};
use super::trunk::Trunk;
use crate::components::{self, Components};
use crate::graph::Network;

/// About how many sums each thread may hold until they are added up.
const HELD: usize = 1 << 21;

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
    /// exact. Its square is unbiased, but where few sources depend much on a node
    /// a sample without them shows neither: of the nodes that matter most about
    /// nine in ten lie within 1.96 errors and 19 in 20 within three, of lesser
    /// ones fewer. A node that no sampled way led over has the error 0, which
    /// says little: its value is small, not certainly 0.
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
/// proportional to the network; trees that hang on the rest are folded before
/// and counted exactly. Sampled sources are a simple random sample (Brandes and
/// Pich, 2007), whose sum is scaled by `n / sources`; the standard error is that
/// of such a sum, `n sqrt((1 - k / n) S^2 / k)` for `k` sources with variance
/// `S^2` between them. A sampled source is told of each way in proportion to the
/// distance of what lies between (Geisberger, Sanders and Schultes, 2008), which
/// leaves the estimate unbiased and lessens `S^2`.
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
    let prepared = Prepared::new(network);
    let (sources, taken, share) = if exact {
        (prepared.all(), nodes, Share::Whole)
    } else {
        let drawn = sample(nodes, wanted, settings.seed);
        (prepared.roots(&drawn), wanted, Share::ByDistance)
    };
    let sums = prepared.sum_over(&sources, share);

    let (n, k) = (f64::from(nodes), f64::from(taken));
    // Every pair is met from both its ends, so the sums are twice the pairs'.
    let pairs = if nodes < 3 {
        f64::INFINITY
    } else {
        (n - 1.0) * (n - 2.0)
    };
    // What hangs on the trunk needs no sample.
    let hanging = |node| {
        let size = prepared.component_size(node);
        prepared.pendants.pairs_over(node, size) as f64
    };
    let mut values: Vec<f64> = (0..nodes).map(|node| hanging(node) / pairs).collect();
    for (&node, sum) in prepared.trunk.names.iter().zip(&sums.first) {
        values[node as usize] += sum * (n / k) / pairs;
    }
    let standard_errors = (!exact).then(|| {
        let mut errors = vec![0.0; values.len()];
        let found = sums.first.iter().zip(&sums.squares);
        for (&node, (sum, square)) in prepared.trunk.names.iter().zip(found) {
            // Rounding may take a variance of nothing below 0.
            let variance = ((square - sum * sum / k) / (k - 1.0)).max(0.0);
            errors[node as usize] = n * ((1.0 - k / n) * variance / k).sqrt() / pairs;
        }
        errors
    });
    Betweenness {
        values,
        standard_errors,
        sources: taken,
    }
}

/// How much the given sources depend on every node: the sum over the sources,
/// and over all nodes other than the source and the node itself, of the share of
/// shortest ways between them that lead over it. Sources that the network does
/// not have depend on nobody; one that is given twice counts twice.
///
/// From all nodes it is `(n - 1) (n - 2)` times the betweenness.
///
/// # Examples
///
/// ```
/// use catchment_network::centrality::betweenness::dependencies;
/// use catchment_network::graph::{Network, Tie};
///
/// let tie = |from, to| Tie { from, to, weight: 1.0 };
/// let network = Network::build(4, &[tie(0, 1), tie(1, 2), tie(2, 3)])?;
/// assert_eq!(dependencies(&network, &[0]), [0.0, 2.0, 1.0, 0.0]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn dependencies(network: &Network, sources: &[u32]) -> Vec<f64> {
    let prepared = Prepared::new(network);
    let known = sources.iter().copied();
    let known: Vec<u32> = known.filter(|&node| node < network.node_count()).collect();
    let sums = prepared.sum_over(&prepared.roots(&known), Share::Whole);

    let mut sources_in = vec![0_u32; prepared.components.sizes.len()];
    for &source in &known {
        sources_in[prepared.components.of[source as usize] as usize - 1] += 1;
    }
    let mut values: Vec<f64> = (0..network.node_count())
        .map(|node| {
            let component = prepared.components.of[node as usize] as usize - 1;
            // All ways to what hangs on a node lead over it.
            f64::from(sources_in[component]) * f64::from(prepared.pendants.held(node) - 1)
        })
        .collect();
    for &source in &known {
        let size = prepared.component_size(source);
        prepared
            .pendants
            .change_on_way(source, size, |node, change| values[node as usize] += change);
    }
    for (&node, sum) in prepared.trunk.names.iter().zip(sums.first) {
        values[node as usize] += sum;
    }
    values
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

/// A network made ready for traversals: its trunk, and what hangs on it.
struct Prepared {
    components: Components,
    pendants: Pendants,
    trunk: Trunk,
}

/// For each node of the trunk, what the sources found.
struct Sums {
    /// The sum of dependencies.
    first: Vec<f64>,
    /// The sum of their squares; 0 where shares are whole.
    squares: Vec<f64>,
}

impl Prepared {
    fn new(network: &Network) -> Self {
        let components = components::find(network);
        let pendants = Pendants::fold(network);
        let trunk = Trunk::new(network, &pendants, &components);
        Self {
            components,
            pendants,
            trunk,
        }
    }

    /// How many nodes there are in the component of a node.
    fn component_size(&self, node: u32) -> u32 {
        // Components are numbered from 1.
        self.components.sizes[self.components.of[node as usize] as usize - 1]
    }

    /// Every node of the trunk, for as many sources as it stands for.
    fn all(&self) -> Vec<Source> {
        let times = self.trunk.stands_for.iter();
        (0..)
            .zip(times)
            .map(|(node, &times)| Source { node, times })
            .collect()
    }

    /// The nodes of the trunk on which the given nodes hang, ascending, each for
    /// as many of them as it stands for.
    fn roots(&self, sources: &[u32]) -> Vec<Source> {
        let mut times = vec![0_u32; self.trunk.len()];
        for &source in sources {
            times[self.trunk.number(self.pendants.root(source)) as usize] += 1;
        }
        let met = (0..).zip(times).filter(|&(_, times)| times > 0);
        met.map(|(node, times)| Source {
            node,
            times: f64::from(times),
        })
        .collect()
    }

    /// Adds up the dependencies of the sources, which ascend, on every node of
    /// the trunk: so many sources at a time, and the sums in their order.
    fn sum_over(&self, sources: &[Source], share: Share) -> Sums {
        let nodes = self.trunk.len();
        let mut total = Sums {
            first: vec![0.0; nodes],
            squares: vec![0.0; nodes],
        };
        let batches = self.batches(sources);
        // Every thread has a traversal and takes one batch after the other. Only
        // as many results are held at a time as keep the threads busy, and they
        // are added in the order of batches whoever found them.
        let threads = rayon::current_num_threads().min(batches.len());
        let mut traversals: Vec<Traversal> =
            (0..threads).map(|_| Traversal::new(&self.trunk)).collect();
        let held = (HELD / nodes.max(1)).clamp(8, 128) * threads.max(1);
        for round in batches.chunks(held) {
            let next = AtomicUsize::new(0);
            let mut done: Vec<(usize, Dependencies)> = traversals
                .par_iter_mut()
                .flat_map_iter(|traversal| {
                    let mut own = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some((part, batch)) = round.get(at) else {
                            return own;
                        };
                        own.push((at, traversal.dependencies(part, batch, share)));
                    }
                })
                .collect();
            done.sort_unstable_by_key(|(at, _)| *at);
            for (_, found) in done {
                let place = found.nodes.start as usize..found.nodes.end as usize;
                add(&mut total.first[place.clone()], &found.sums);
                add(&mut total.squares[place], &found.squares);
            }
        }
        total
    }

    /// The sources of each component, as many as are followed at a time. A
    /// component of one node has nothing to depend on.
    fn batches<'a>(&self, mut sources: &'a [Source]) -> Vec<(Range<u32>, &'a [Source])> {
        let mut batches = Vec::new();
        for part in self.trunk.parts() {
            let (own, rest) =
                sources.split_at(sources.partition_point(|source| source.node < part.end));
            sources = rest;
            if part.len() > 1 {
                batches.extend(own.chunks(LANES).map(|batch| (part.clone(), batch)));
            }
        }
        batches
    }
}

fn add(sums: &mut [f64], values: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
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
