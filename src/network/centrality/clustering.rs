//! The local clustering coefficient: how often two partners of a node are
//! partners of each other.
//!
//! Direction and weight play no part. What a closely knit neighbourhood means
//! is left to others.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::graph::Network;

/// Nodes whose triangles are counted by one thread at a time.
const BLOCK: usize = 512;

/// The share of pairs of a node's neighbours that are tied, for every node:
/// `2 T / (k (k - 1))` with `T` the node's triangles and `k` its neighbours, and
/// 0 where there are fewer than two.
///
/// After Watts and Strogatz, "Collective dynamics of small-world networks",
/// Nature 393 (1998). Ties in either direction count, and once.
///
/// # Examples
///
/// A triangle of 0, 1 and 2, with 3 tied to 0 alone.
///
/// ```
/// use catchment_network::centrality::clustering::measure;
/// use catchment_network::graph::{Network, Tie};
///
/// let tie = |from, to| Tie { from, to, weight: 1.0 };
/// let network = Network::build(4, &[tie(0, 1), tie(1, 2), tie(0, 2), tie(3, 0)])?;
/// assert_eq!(measure(&network), [1.0 / 3.0, 1.0, 1.0, 0.0]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn measure(network: &Network) -> Vec<f64> {
    (0..network.node_count())
        .zip(count_triangles(network))
        .map(|(node, triangles)| {
            let degree = network.neighbours(node).len();
            if degree < 2 {
                0.0
            } else {
                2.0 * triangles as f64 / (degree as f64 * (degree - 1) as f64)
            }
        })
        .collect()
}

/// How many triangles each node is a corner of.
///
/// Every edge is pointed from the end with fewer neighbours to the end with
/// more, so that a triangle is found once and from its least end, and no list
/// that is looked through is longer than the root of twice the number of edges
/// (Chiba and Nishizeki, "Arboricity and subgraph listing", 1985). The counts are
/// whole numbers: threads may add them in any order.
pub fn count_triangles(network: &Network) -> Vec<u64> {
    let nodes = network.node_count() as usize;
    let mut order: Vec<u32> = (0..network.node_count()).collect();
    order.par_sort_unstable_by_key(|&node| (network.neighbours(node).len(), node));
    let mut places = vec![0_u32; nodes];
    for (place, &node) in (0..).zip(&order) {
        places[node as usize] = place;
    }
    let pointed: Vec<Rows> = order
        .par_chunks(BLOCK)
        .enumerate()
        .map(|(block, own)| Rows::upward(network, &places, block * BLOCK, own))
        .collect();
    let next = AtomicUsize::new(0);
    let mut counts = (0..rayon::current_num_threads())
        .into_par_iter()
        .map(|_| count_some(&pointed, nodes, &next))
        .reduce(Vec::new, |mut counts, others| {
            for (count, other) in counts.iter_mut().zip(&others) {
                *count += other;
            }
            if counts.is_empty() { others } else { counts }
        });
    // There is a thread at least, so there is a count for each place.
    counts.resize(nodes, 0);
    places.iter().map(|&place| counts[place as usize]).collect()
}

/// For each of some places, all further up that its node is tied to.
struct Rows {
    /// Where the row of each place begins, and behind the last their end.
    starts: Vec<usize>,
    list: Vec<u32>,
}

impl Rows {
    /// The rows of the nodes `own`, which have the places from `first` on.
    fn upward(network: &Network, places: &[u32], first: usize, own: &[u32]) -> Self {
        let mut rows = Self {
            starts: Vec::with_capacity(own.len() + 1),
            list: Vec::new(),
        };
        rows.starts.push(0);
        for (place, &node) in (first..).zip(own) {
            let around = network.neighbours(node).iter();
            let around = around.map(|&other| places[other as usize]);
            rows.list
                .extend(around.filter(|&other| other as usize > place));
            rows.starts.push(rows.list.len());
        }
        rows.list.shrink_to_fit();
        rows
    }

    fn row(&self, place: usize) -> &[u32] {
        &self.list[self.starts[place]..self.starts[place + 1]]
    }
}

/// The triangles at each place, of those whose least corner lies in a block that
/// no other thread took.
fn count_some(pointed: &[Rows], nodes: usize, next: &AtomicUsize) -> Vec<u64> {
    let mut counts = vec![0_u64; nodes];
    // One bit a place: whether the least corner points to it.
    let mut marks = vec![0_u64; nodes.div_ceil(64)];
    // Places are below the number of nodes, and blocks hold BLOCK each.
    loop {
        let block = next.fetch_add(1, Ordering::Relaxed);
        let Some(rows) = pointed.get(block) else {
            return counts;
        };
        for own in 0..rows.starts.len() - 1 {
            let row = rows.row(own);
            if row.len() < 2 {
                continue;
            }
            for &place in row {
                marks[place as usize / 64] |= 1 << (place % 64);
            }
            let mut at_low = 0;
            for &middle in row {
                let middle = middle as usize;
                let mut at_middle = 0;
                for &high in pointed[middle / BLOCK].row(middle % BLOCK) {
                    if marks[high as usize / 64] >> (high % 64) & 1 == 1 {
                        counts[high as usize] += 1;
                        at_middle += 1;
                    }
                }
                counts[middle] += at_middle;
                at_low += at_middle;
            }
            counts[block * BLOCK + own] += at_low;
            for &place in row {
                marks[place as usize / 64] = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    fn complete(nodes: u32) -> Network {
        let pairs = (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| (a, b)));
        let ties: Vec<Tie> = pairs
            .map(|(from, to)| Tie {
                from,
                to,
                weight: 1.0,
            })
            .collect();
        Network::build(nodes, &ties).unwrap()
    }

    #[test]
    fn all_are_tied_in_a_complete_network() {
        let network = complete(9);
        assert_eq!(count_triangles(&network), [28; 9]);
        assert_eq!(measure(&network), [1.0; 9]);
    }

    #[test]
    fn a_star_and_an_empty_network_have_no_triangle() {
        let ties: Vec<Tie> = (1..5)
            .flat_map(|leaf| [(0, leaf), (leaf, 0)])
            .map(|(from, to)| Tie {
                from,
                to,
                weight: 1.0,
            })
            .collect();
        assert_eq!(measure(&Network::build(5, &ties).unwrap()), [0.0; 5]);
        assert!(measure(&Network::build(0, &[]).unwrap()).is_empty());
    }
}
