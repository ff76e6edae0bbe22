//! Roles: what a node is to its own community and to the others, in four words.
//!
//! The communities, and which nodes hold the network together, come from
//! elsewhere; the words for readers are the caller's.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::graph::Network;

/// From here on a node stands out in its own community: so many standard
/// deviations above the mean of its members (Guimerà and Amaral's hubs).
pub const STANDS_OUT: f64 = 2.5;
/// Above this a node that stands out reaches beyond its own community: about
/// four fifths of what it exchanges stays inside below it, where the rest goes
/// to one other (Guimerà and Amaral's border of provincial and connector hubs).
pub const REACHES_OUT: f64 = 0.30;
/// Above this any node is spread over communities: more than two must have a
/// fair part (Guimerà and Amaral's border of peripheral and connector nodes).
pub const SPREAD: f64 = 0.62;

/// What a node is, the first that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Stands out in its own community and reaches beyond it.
    Hub,
    /// Stands out in its own community, and stays in it.
    Anchor,
    /// Does not stand out, but is spread over communities; or reaches beyond its
    /// own, and others would be cut off without it.
    Bridge,
    /// Everyone else.
    Periphery,
}

impl Role {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Hub => "hub",
            Role::Anchor => "anchor",
            Role::Bridge => "bridge",
            Role::Periphery => "periphery",
        }
    }

    /// The role of a node that stands so in its own community and among all;
    /// `is_cut_point` says whether others would be cut off without it.
    ///
    /// ```
    /// use catchment_network::roles::{Role, Standing};
    ///
    /// let of = |within_z, participation, is_cut_point| {
    ///     Role::at(&Standing { within_z, participation }, is_cut_point)
    /// };
    /// assert_eq!(of(2.5, 0.31, false), Role::Hub);
    /// assert_eq!(of(2.5, 0.30, true), Role::Anchor);
    /// assert_eq!(of(2.4, 0.63, false), Role::Bridge);
    /// assert_eq!(of(2.4, 0.31, true), Role::Bridge);
    /// assert_eq!(of(2.4, 0.62, false), Role::Periphery);
    /// ```
    pub fn at(standing: &Standing, is_cut_point: bool) -> Self {
        let reaches_out = standing.participation > REACHES_OUT;
        if standing.within_z >= STANDS_OUT {
            if reaches_out { Role::Hub } else { Role::Anchor }
        } else if standing.participation > SPREAD || reaches_out && is_cut_point {
            Role::Bridge
        } else {
            Role::Periphery
        }
    }
}

/// How a node stands in its own community and among all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// What it exchanges inside its community, in standard deviations from the
    /// mean of the community's members; 0 where all exchange the same.
    pub within_z: f64,
    /// How evenly what it exchanges is spread over the communities: 0 where all
    /// stays in one, towards 1 the more there are; 0 without ties.
    pub participation: f64,
}

/// How every node stands. `community_of` has the community of every node.
///
/// Guimerà and Amaral, "Functional cartography of complex metabolic networks",
/// Nature 433 (2005), on weights added over both directions: with `k_s` what a
/// node exchanges with the community `s` and `k` with all,
/// `z = (k_own - mean) / sd` over its community's members (with their number as
/// divisor) and the participation `P = 1 - sum_s (k_s / k)^2`. Of `n` members
/// none passes a `z` of the root of `n - 1`, so with fewer than eight nobody
/// stands out.
///
/// # Examples
///
/// Node 2 has a tie in its own community and one beyond it.
///
/// ```
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::roles::stand;
///
/// let tie = |from, to| Tie { from, to, weight: 2.0 };
/// let network = Network::build(4, &[tie(0, 1), tie(1, 2), tie(3, 2)])?;
/// let standings = stand(&network, &[1, 1, 1, 2]);
/// assert_eq!(standings[2].participation, 0.5);
/// // Inside are exchanged 2, 4 and 2: a mean of 8 / 3 and a deviation of the root of 8 / 9.
/// assert!((standings[1].within_z - 2.0_f64.sqrt()).abs() < 1e-12);
/// assert_eq!(standings[3].within_z, 0.0);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn stand(network: &Network, community_of: &[u32]) -> Vec<Standing> {
    let exchanged: Vec<(f64, f64)> = (0..network.node_count())
        .into_par_iter()
        .map(|node| exchanged(network, community_of, node))
        .collect();
    // Added in the order of the nodes, so that the threads change no bit.
    let mut inside: BTreeMap<Option<u32>, (f64, f64)> = BTreeMap::new();
    let community = |node: usize| community_of.get(node).copied();
    for (node, (own, _)) in exchanged.iter().enumerate() {
        let (members, sum) = inside.entry(community(node)).or_default();
        *members += 1.0;
        *sum += own;
    }
    let means: BTreeMap<Option<u32>, f64> = inside
        .iter()
        .map(|(community, (members, sum))| (*community, sum / members))
        .collect();
    let mut squares: BTreeMap<Option<u32>, f64> = BTreeMap::new();
    for (node, (own, _)) in exchanged.iter().enumerate() {
        let community = community(node);
        *squares.entry(community).or_default() += (own - means[&community]).powi(2);
    }
    let standing = |(node, (own, participation)): (usize, &(f64, f64))| {
        let community = community(node);
        // Every node's community was entered above.
        let deviation = (squares[&community] / inside[&community].0).sqrt();
        let above = own - means[&community];
        Standing {
            within_z: if deviation > 0.0 {
                above / deviation
            } else {
                0.0
            },
            participation: *participation,
        }
    };
    exchanged.iter().enumerate().map(standing).collect()
}

/// What a node exchanges inside its own community, and its participation.
fn exchanged(network: &Network, community_of: &[u32], node: u32) -> (f64, f64) {
    let community = |node: u32| community_of.get(node as usize).copied();
    let own = community(node);
    let mut by_community: BTreeMap<Option<u32>, f64> = BTreeMap::new();
    let all = network.partners_out(node).chain(network.partners_in(node));
    for (partner, weight) in all {
        *by_community.entry(community(partner)).or_default() += weight;
    }
    let total: f64 = by_community.values().sum();
    let squares: f64 = by_community.values().map(|k| (k / total).powi(2)).sum();
    let participation = if total > 0.0 { 1.0 - squares } else { 0.0 };
    let inside = by_community.get(&own).copied().unwrap_or(0.0);
    (inside, participation.max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    #[test]
    fn the_borders_belong_where_they_are_said_to() {
        let below = |x: f64| x - 1e-12;
        let above = |x: f64| x + 1e-12;
        for (within_z, participation, cuts, role) in [
            (STANDS_OUT, above(REACHES_OUT), false, Role::Hub),
            (STANDS_OUT, above(REACHES_OUT), true, Role::Hub),
            (STANDS_OUT, REACHES_OUT, true, Role::Anchor),
            (STANDS_OUT, 0.0, false, Role::Anchor),
            (below(STANDS_OUT), above(SPREAD), false, Role::Bridge),
            (below(STANDS_OUT), SPREAD, false, Role::Periphery),
            (below(STANDS_OUT), above(REACHES_OUT), true, Role::Bridge),
            (below(STANDS_OUT), REACHES_OUT, true, Role::Periphery),
            (-1.0, 0.0, false, Role::Periphery),
        ] {
            let standing = Standing {
                within_z,
                participation,
            };
            assert_eq!(Role::at(&standing, cuts), role, "{standing:?} {cuts}");
        }
    }

    /// A centre with ten leaves in one community, and one tie to each of two
    /// others: z is the root of the ten leaves, and P by hand.
    #[test]
    fn the_centre_of_a_star() {
        let leaves = (1..=10).map(|to| Tie {
            from: 0,
            to,
            weight: 3.0,
        });
        let others = (11..=12).map(|from| Tie {
            from,
            to: 0,
            weight: 6.0,
        });
        let ties: Vec<Tie> = leaves.chain(others).collect();
        let community_of: Vec<u32> = [vec![1; 11], vec![2, 3]].concat();
        let standings = stand(&Network::build(13, &ties).unwrap(), &community_of);
        assert!((standings[0].within_z - 10.0_f64.sqrt()).abs() < 1e-12);
        let expected = 1.0 - (30.0_f64.powi(2) + 2.0 * 6.0_f64.powi(2)) / 42.0_f64.powi(2);
        assert!((standings[0].participation - expected).abs() < 1e-12);
        assert_eq!(standings[1].participation, 0.0);
        // Alone in its community: all that it exchanges goes to one other.
        assert_eq!(
            (standings[12].within_z, standings[12].participation),
            (0.0, 0.0)
        );
    }

    #[test]
    fn without_ties_nobody_stands_out() {
        let standings = stand(&Network::build(3, &[]).unwrap(), &[1, 1, 2]);
        let nothing = Standing {
            within_z: 0.0,
            participation: 0.0,
        };
        assert_eq!(standings, [nothing; 3]);
    }
}
