//! How like two nodes are by those with whom both have a tie. Ties count in
//! either direction, and their weights do not count.
//!
//! The measures are those of Liben-Nowell and Kleinberg, "The Link-Prediction
//! Problem for Social Networks" (2007), and of Zhou, Lü and Zhang, "Predicting
//! Missing Links via Local Information" (2009). What follows from a likeness is
//! left to others.

use std::cmp::Ordering;

use crate::graph::Network;

/// Those with whom both nodes have a tie, by ascending number: |N(u) ∩ N(v)|
/// is their count.
///
/// # Examples
///
/// ```
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::prospects::likeness::common_neighbours;
///
/// let tie = |from, to| Tie { from, to, weight: 2.0 };
/// let network = Network::build(4, &[tie(0, 1), tie(2, 1), tie(3, 0), tie(0, 2)])?;
/// assert_eq!(common_neighbours(&network, 0, 2).collect::<Vec<_>>(), [1]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn common_neighbours(network: &Network, u: u32, v: u32) -> impl Iterator<Item = u32> + '_ {
    Common {
        left: network.neighbours(u),
        right: network.neighbours(v),
    }
}

/// |N(u) ∩ N(v)| / |N(u) ∪ N(v)|; 0 where neither has a tie.
pub fn jaccard(network: &Network, u: u32, v: u32) -> f64 {
    let common = common_neighbours(network, u, v).count();
    let either = degree(network, u) + degree(network, v) - common;
    if either == 0 {
        0.0
    } else {
        common as f64 / either as f64
    }
}

/// The sum of 1 / ln(k) over those whom both share, k being the number of
/// others with whom each has a tie: who knows few tells more. (Adamic and Adar
/// 2003.) Somebody shared has two ties or more, unless `u` is `v`; one of a
/// single tie then counts nothing.
pub fn adamic_adar(network: &Network, u: u32, v: u32) -> f64 {
    shared(network, u, v)
        .filter(|&degree| degree > 1)
        .map(|degree| 1.0 / (degree as f64).ln())
        .sum()
}

/// The sum of 1 / k over those whom both share: what reaches `v` of a unit that
/// `u` gives to each of its neighbours, each of whom hands it on in equal parts.
///
/// # Examples
///
/// ```
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::prospects::likeness::resource_allocation;
///
/// // Two whom a third shares, which has a fourth tie besides.
/// let tie = |from, to| Tie { from, to, weight: 1.0 };
/// let network = Network::build(4, &[tie(0, 2), tie(1, 2), tie(3, 2)])?;
/// assert_eq!(resource_allocation(&network, 0, 1), 1.0 / 3.0);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn resource_allocation(network: &Network, u: u32, v: u32) -> f64 {
    shared(network, u, v)
        .map(|degree| 1.0 / degree as f64)
        .sum()
}

/// k(u) × k(v): who has many ties gains more. (Barabási and Albert 1999; as a
/// forecast of ties Newman 2001.)
pub fn preferential_attachment(network: &Network, u: u32, v: u32) -> f64 {
    degree(network, u) as f64 * degree(network, v) as f64
}

fn degree(network: &Network, node: u32) -> usize {
    network.neighbours(node).len()
}

/// The degrees of those whom both share.
fn shared(network: &Network, u: u32, v: u32) -> impl Iterator<Item = usize> + '_ {
    common_neighbours(network, u, v).map(|z| degree(network, z))
}

/// The numbers that are in both of two ascending lists, ascending.
struct Common<'a> {
    left: &'a [u32],
    right: &'a [u32],
}

impl Iterator for Common<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while let (Some((left, lefts)), Some((right, rights))) =
            (self.left.split_first(), self.right.split_first())
        {
            let order = left.cmp(right);
            if order != Ordering::Greater {
                self.left = lefts;
            }
            if order != Ordering::Less {
                self.right = rights;
            }
            if order == Ordering::Equal {
                return Some(*left);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_share_nobody() {
        let network = Network::build(3, &[]).unwrap();
        for (u, v) in [(0, 1), (0, 0), (2, 7)] {
            assert_eq!(common_neighbours(&network, u, v).count(), 0);
            assert_eq!(jaccard(&network, u, v), 0.0);
            assert_eq!(adamic_adar(&network, u, v), 0.0);
            assert_eq!(resource_allocation(&network, u, v), 0.0);
            assert_eq!(preferential_attachment(&network, u, v), 0.0);
        }
    }
}
