//! How far partitions of the same nodes agree: two as wholes, and one community
//! with the best that another partition has to set against it.

use super::partition::Partition;

/// The adjusted Rand index of two partitions: the pairs of nodes that are together
/// in both, above what chance would give for communities of the same sizes, over
/// the most that could be. 1 for equal partitions, about 0 for unrelated ones.
///
/// After Hubert and Arabie, "Comparing partitions", Journal of Classification 2
/// (1985). Where chance alone gives the most that could be (all nodes together or
/// all alone in both) it is 1. Nodes that either partition does not have are left
/// out.
///
/// # Examples
///
/// Of 15 pairs 2 are together in both, 6 in the first and 3 in the second:
/// `(2 - 6 x 3 / 15) / ((6 + 3) / 2 - 6 x 3 / 15)`.
///
/// ```
/// use catchment_network::communities::agreement::adjusted_rand;
/// use catchment_network::communities::partition::Partition;
///
/// let halves = Partition::of_labels(&[0, 0, 0, 1, 1, 1]);
/// let thirds = Partition::of_labels(&[0, 0, 1, 1, 2, 2]);
/// assert!((adjusted_rand(&halves, &thirds) - 0.8 / 3.3).abs() < 1e-15);
/// assert_eq!(adjusted_rand(&halves, &halves), 1.0);
/// ```
pub fn adjusted_rand(one: &Partition, other: &Partition) -> f64 {
    let table = Table::of(one, other);
    let both: f64 = table.shared.iter().map(|cell| pairs(cell.nodes)).sum();
    let in_one: f64 = table.sizes_of_one.iter().map(|&size| pairs(size)).sum();
    let in_other: f64 = table.sizes_of_other.iter().map(|&size| pairs(size)).sum();
    let nodes: u32 = table.sizes_of_one.iter().sum();
    let all = pairs(nodes);
    let expected = if all > 0.0 {
        in_one * in_other / all
    } else {
        0.0
    };
    let most = (in_one + in_other) / 2.0;
    if most > expected {
        (both - expected) / (most - expected)
    } else {
        1.0
    }
}

/// For each community of the first partition the greatest Jaccard similarity that
/// any community of the second has with it: shared nodes over the nodes of either.
///
/// Its mean over repeated partitions is the stability of a community after Hennig,
/// "Cluster-wise assessment of cluster stability", Computational Statistics and
/// Data Analysis 52 (2007), who takes communities at 0.75 or more as valid and
/// below 0.6 as not to be trusted.
///
/// # Examples
///
/// ```
/// use catchment_network::communities::agreement::greatest_jaccard;
/// use catchment_network::communities::partition::Partition;
///
/// let one = Partition::of_labels(&[0, 0, 0, 0, 1, 1]);
/// let other = Partition::of_labels(&[0, 0, 0, 1, 1, 1]);
/// assert_eq!(greatest_jaccard(&one, &other), [0.75, 2.0 / 3.0]);
/// ```
pub fn greatest_jaccard(one: &Partition, other: &Partition) -> Vec<f64> {
    let table = Table::of(one, other);
    let mut greatest = vec![0.0_f64; one.sizes().len()];
    for cell in &table.shared {
        // Cells name communities of their own partitions only.
        let sizes = table.sizes_of_one[cell.one] + table.sizes_of_other[cell.other];
        let similarity = f64::from(cell.nodes) / f64::from(sizes - cell.nodes);
        greatest[cell.one] = greatest[cell.one].max(similarity);
    }
    greatest
}

/// How many unordered pairs there are of so many.
fn pairs(nodes: u32) -> f64 {
    f64::from(nodes) * (f64::from(nodes) - 1.0) / 2.0
}

/// Nodes by their communities in both partitions.
struct Table {
    /// The pairs of communities that share nodes, in order.
    shared: Vec<Cell>,
    sizes_of_one: Vec<u32>,
    sizes_of_other: Vec<u32>,
}

/// Two communities, as indices, and how many nodes are in both.
struct Cell {
    one: usize,
    other: usize,
    nodes: u32,
}

impl Table {
    fn of(one: &Partition, other: &Partition) -> Self {
        let mut together: Vec<(u32, u32)> = one
            .of()
            .iter()
            .copied()
            .zip(other.of().iter().copied())
            .collect();
        together.sort_unstable();
        let mut table = Self {
            shared: Vec::new(),
            sizes_of_one: vec![0; one.sizes().len()],
            sizes_of_other: vec![0; other.sizes().len()],
        };
        for cell in together.chunk_by(|a, b| a == b) {
            // A chunk is never empty, and communities are numbered from 1.
            let (one, other) = (cell[0].0 as usize - 1, cell[0].1 as usize - 1);
            // Not more than there are nodes, which a `u32` counts.
            let nodes = cell.len() as u32;
            table.sizes_of_one[one] += nodes;
            table.sizes_of_other[other] += nodes;
            table.shared.push(Cell { one, other, nodes });
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pair_together_and_none_apart_is_agreement() {
        let alone = Partition::of_labels(&[0, 1, 2]);
        let together = Partition::of_labels(&[5, 5, 5]);
        assert_eq!(adjusted_rand(&alone, &alone), 1.0);
        assert_eq!(adjusted_rand(&together, &together), 1.0);
        assert_eq!(adjusted_rand(&alone, &together), 0.0);
        let nobody = Partition::of_labels(&[]);
        assert_eq!(adjusted_rand(&nobody, &nobody), 1.0);
        assert!(greatest_jaccard(&nobody, &alone).is_empty());
    }

    /// A case of Hubert and Arabie's kind, worked by hand: cells 1, 1, 0 / 1, 2, 1 /
    /// 0, 0, 4.
    #[test]
    fn a_table_of_three_by_three() {
        let one = Partition::of_labels(&[1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
        let other = Partition::of_labels(&[1, 2, 1, 2, 2, 3, 3, 3, 3, 3]);
        // Pairs: 1 + 6 in both, 1 + 6 + 6 in one, 1 + 3 + 10 in the other, of 45.
        let expected = 13.0 * 14.0 / 45.0;
        let index = (7.0 - expected) / (13.5 - expected);
        assert!((adjusted_rand(&one, &other) - index).abs() < 1e-15);
        assert!((adjusted_rand(&other, &one) - index).abs() < 1e-15);
    }
}
