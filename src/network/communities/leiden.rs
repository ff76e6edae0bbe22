//! The Leiden algorithm: the partition of greatest modularity that searches from
//! several seeds find, and how far the searches agree.
//!
//! What a community means is left to others.

use rayon::prelude::*;

use super::agreement::{adjusted_rand, greatest_jaccard};
use super::modularity::modularity;
use super::partition::Partition;
use super::search::{Found, search};
use crate::graph::NetworkError;
use crate::undirected::Undirected;

/// Ends of edges that the searches which run at one time may have between them:
/// about six gigabytes. Two searches may always run at one time.
const ENDS_AT_ONCE: usize = 1 << 28;

/// What is sought, and how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeidenSettings {
    /// Above 1 communities are smaller, below 1 larger.
    pub resolution: f64,
    /// How many searches there are: the seeds are 1, 2 and so on. One is the least.
    pub seeds: u32,
    /// A search ends after this many iterations even if the last one moved a node.
    /// One is the least.
    pub most_iterations: u32,
}

/// Up to so many pairs communities are sought as long as it takes.
const PAIRS: usize = 1_000_000;

impl LeidenSettings {
    /// How long to search a network of so many tied pairs: ten searches to the end
    /// up to a million pairs; beyond, as many as look at ten million pairs between
    /// them, two at the least, and each for ten iterations, after which little is
    /// gained.
    ///
    /// # Examples
    ///
    /// ```
    /// use catchment_network::communities::leiden::LeidenSettings;
    ///
    /// let seeds = [1, 1_000_000, 2_000_000, 9_000_000].map(|n| LeidenSettings::for_pairs(n).seeds);
    /// assert_eq!(seeds, [10, 10, 5, 2]);
    /// assert_eq!(LeidenSettings::for_pairs(1_000_001).most_iterations, 10);
    /// ```
    pub fn for_pairs(pairs: usize) -> Self {
        let whole = Self::default();
        if pairs <= PAIRS {
            return whole;
        }
        Self {
            // At most ten.
            seeds: (10 * PAIRS / pairs).max(2) as u32,
            most_iterations: 10,
            ..whole
        }
    }
}

impl Default for LeidenSettings {
    /// Resolution 1, ten seeds, each until nothing moves.
    fn default() -> Self {
        Self {
            resolution: 1.0,
            seeds: 10,
            most_iterations: u32::MAX,
        }
    }
}

/// One search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Its seed.
    pub seed: u64,
    /// The modularity of the partition that it found.
    pub modularity: f64,
    /// How many iterations it took.
    pub iterations: u32,
    /// Whether the last iteration moved nothing.
    pub settled: bool,
}

/// The communities of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// Who is in which. A node without ties is a community of its own, and these
    /// have the greatest numbers.
    pub partition: Partition,
    /// The modularity of the partition.
    pub modularity: f64,
    /// For each community, the first entry for community 1, the mean over the other
    /// searches of the greatest Jaccard similarity that any of their communities has
    /// with it (Hennig 2007): 1 where all found it. None from a single search.
    pub stability: Option<Vec<f64>>,
    /// The mean adjusted Rand index of the other searches' partitions with this one.
    /// None from a single search.
    pub agreement: Option<f64>,
    /// All searches, by seed.
    pub searches: Vec<Search>,
}

/// The communities of the network by modularity: of the partitions that the
/// searches find that of the greatest, and of equal ones that of the first seed.
///
/// Each search is the algorithm of Traag, Waltman and van Eck, "From Louvain to
/// Leiden: guaranteeing well-connected communities", Scientific Reports 9 (2019):
/// nodes move between communities, communities are refined into subsets, subsets
/// become the nodes of the next level, and this again until nothing moves. Every
/// community is connected.
///
/// A search runs on one thread, several of them at one time; the bytes are the same
/// on any number of threads. One search needs up to 24 bytes for each edge beyond
/// the network itself.
///
/// # Errors
///
/// [`NetworkError::ResolutionOutOfRange`].
///
/// # Examples
///
/// Two triangles that one edge joins.
///
/// ```
/// use catchment_network::communities::leiden::{LeidenSettings, find};
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::undirected::Undirected;
///
/// let pairs = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (0, 3)];
/// let ties = pairs.map(|(from, to)| Tie { from, to, weight: 1.0 });
/// let network = Network::build(7, &ties)?;
/// let communities = find(&Undirected::of(&network), &LeidenSettings::default())?;
/// assert_eq!(communities.partition.of(), [1, 1, 1, 2, 2, 2, 3]);
/// assert!((communities.modularity - 5.0 / 14.0).abs() < 1e-15);
/// assert_eq!(communities.stability, Some(vec![1.0, 1.0, 1.0]));
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn find(
    graph: &Undirected<'_>,
    settings: &LeidenSettings,
) -> Result<Communities, NetworkError> {
    let resolution = settings.resolution;
    if !(resolution > 0.0 && resolution.is_finite()) {
        return Err(NetworkError::ResolutionOutOfRange(resolution));
    }
    let seeds: Vec<u64> = (1..=u64::from(settings.seeds.max(1))).collect();
    let at_once = (ENDS_AT_ONCE / (2 * graph.edge_count()).max(1)).max(2);
    let mut partitions = Vec::with_capacity(seeds.len());
    let mut searches = Vec::with_capacity(seeds.len());
    for seeds in seeds.chunks(at_once) {
        let most = settings.most_iterations.max(1);
        let found: Vec<(u64, Found)> = seeds
            .par_iter()
            .map(|&seed| (seed, search(graph, resolution, most, seed)))
            .collect();
        for (seed, found) in found {
            let partition =
                Partition::numbered(&found.communities, |node| graph.partners(node).len() == 0);
            searches.push(Search {
                seed,
                modularity: modularity(graph, &partition, resolution),
                iterations: found.iterations,
                settled: found.settled,
            });
            partitions.push(partition);
        }
    }
    let mut best = 0;
    for (at, search) in searches.iter().enumerate() {
        if search.modularity > searches[best].modularity {
            best = at;
        }
    }
    // There is at least one seed, so there is a best.
    let partition = partitions.swap_remove(best);
    Ok(Communities {
        modularity: searches[best].modularity,
        stability: stability(&partition, &partitions),
        agreement: agreement(&partition, &partitions),
        partition,
        searches,
    })
}

/// For each community of a partition its mean greatest similarity in the others.
fn stability(partition: &Partition, others: &[Partition]) -> Option<Vec<f64>> {
    let similar: Vec<Vec<f64>> = others
        .par_iter()
        .map(|other| greatest_jaccard(partition, other))
        .collect();
    let mut sums = vec![0.0; partition.sizes().len()];
    for similar in &similar {
        for (sum, value) in sums.iter_mut().zip(similar) {
            *sum += value;
        }
    }
    let count = others.len() as f64;
    (!others.is_empty()).then(|| sums.into_iter().map(|sum| sum / count).collect())
}

/// The mean agreement of a partition with the others.
fn agreement(partition: &Partition, others: &[Partition]) -> Option<f64> {
    let agreed: Vec<f64> = others
        .par_iter()
        .map(|other| adjusted_rand(partition, other))
        .collect();
    (!others.is_empty()).then(|| agreed.iter().sum::<f64>() / others.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Network;

    #[test]
    fn a_network_without_ties_is_all_alone() {
        let network = Network::build(3, &[]).unwrap();
        let found = find(&Undirected::of(&network), &LeidenSettings::default()).unwrap();
        assert_eq!(found.partition.of(), [1, 2, 3]);
        assert_eq!((found.modularity, found.agreement), (0.0, Some(1.0)));
        let nothing = Network::build(0, &[]).unwrap();
        let found = find(&Undirected::of(&nothing), &LeidenSettings::default()).unwrap();
        assert!(found.partition.of().is_empty());
        assert!(found.searches.iter().all(|search| search.settled));
    }

    #[test]
    fn a_single_search_knows_no_stability() {
        let network = Network::build(2, &[]).unwrap();
        for seeds in [0, 1] {
            let settings = LeidenSettings {
                seeds,
                ..LeidenSettings::default()
            };
            let found = find(&Undirected::of(&network), &settings).unwrap();
            assert_eq!(found.searches.len(), 1);
            assert_eq!((found.stability, found.agreement), (None, None));
        }
    }

    #[test]
    fn a_resolution_that_is_no_resolution_is_refused() {
        let network = Network::build(1, &[]).unwrap();
        for resolution in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let settings = LeidenSettings {
                resolution,
                ..LeidenSettings::default()
            };
            assert!(matches!(
                find(&Undirected::of(&network), &settings),
                Err(NetworkError::ResolutionOutOfRange(_))
            ));
        }
    }
}
