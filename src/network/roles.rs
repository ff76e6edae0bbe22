//! Roles: what a node is to its own community and to the others, in four words.
//!
//! The communities, and which nodes hold the network together, come from
//! elsewhere; the words for readers are the caller's.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::graph::Network;

/// From here on a node stands out: so many standard deviations above the mean
/// (the border of Guimerà and Amaral's hubs).
pub const STANDS_OUT: f64 = 2.5;
/// Above this a node reaches beyond its own community: where the rest goes to one
/// other, more than about a fifth of what it exchanges (the border of Guimerà and
/// Amaral's provincial and connector hubs).
pub const REACHES_OUT: f64 = 0.30;

/// What a node is, the first that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Stands out in its own community, and among all by what it exchanges with
    /// other communities.
    Hub,
    /// Stands out in its own community.
    Anchor,
    /// Stands out by what it exchanges with other communities; or reaches beyond
    /// its own, and others would be cut off without it.
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

    /// The role of a node that stands so; `is_cut_point` says whether others would
    /// be cut off without it.
    ///
    /// ```
    /// use catchment_network::roles::{Role, Standing};
    ///
    /// let of = |within_z, between_z, participation, is_cut_point| {
    ///     let standing = Standing { within_z, between_z, participation };
    ///     Role::at(&standing, is_cut_point)
    /// };
    /// assert_eq!(of(2.5, 2.5, 0.5, false), Role::Hub);
    /// assert_eq!(of(2.5, 2.4, 0.5, true), Role::Anchor);
    /// assert_eq!(of(2.4, 2.5, 0.5, false), Role::Bridge);
    /// assert_eq!(of(0.0, 0.0, 0.31, true), Role::Bridge);
    /// assert_eq!(of(2.4, 2.4, 0.9, false), Role::Periphery);
    /// ```
    pub fn at(standing: &Standing, is_cut_point: bool) -> Self {
        let stands_out = [standing.within_z, standing.between_z].map(|z| z >= STANDS_OUT);
        let only_link = is_cut_point && standing.participation > REACHES_OUT;
        match stands_out {
            [true, true] => Role::Hub,
            [true, false] => Role::Anchor,
            [false, true] => Role::Bridge,
            [false, false] if only_link => Role::Bridge,
            [false, false] => Role::Periphery,
        }
    }
}

/// How a node stands in its own community and among all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// What it exchanges inside its community, in standard deviations from the
    /// mean of the community's members; 0 where all exchange the same.
    pub within_z: f64,
    /// What it exchanges with other communities, in standard deviations from the
    /// mean of all nodes; 0 where all exchange the same.
    pub between_z: f64,
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
/// divisor) and the participation `P = 1 - sum_s (k_s / k)^2`. Theirs is one `z`;
/// the one of what goes to others, `k - k_own` over all nodes, is ours: `P` is
/// high by chance for who has few ties, and says nothing of how many. Of `n`
/// members none passes a `z` of the root of `n - 1`, so with fewer than eight
/// nobody stands out.
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
/// // Beyond are exchanged 0, 0, 2 and 2: a mean of 1 and a deviation of 1.
/// assert_eq!(standings.iter().map(|s| s.between_z).collect::<Vec<_>>(), [-1.0, -1.0, 1.0, 1.0]);
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn stand(network: &Network, community_of: &[u32]) -> Vec<Standing> {
    let exchanged: Vec<Exchanged> = (0..network.node_count())
        .into_par_iter()
        .map(|node| Exchanged::of(network, community_of, node))
        .collect();
    let community = |node: usize| community_of.get(node).copied();
    let inside: Vec<f64> = exchanged.iter().map(|e| e.inside).collect();
    let beyond: Vec<f64> = exchanged.iter().map(|e| e.beyond).collect();
    let within = deviations(&inside, community);
    let between = deviations(&beyond, |_| None);
    let both = within.into_iter().zip(between);
    both.zip(exchanged)
        .map(|((within_z, between_z), exchanged)| Standing {
            within_z,
            between_z,
            participation: exchanged.participation,
        })
        .collect()
}

/// How far each value is from the mean of its group, in the group's standard
/// deviations; 0 where these are 0. Added in order, so that threads change no bit.
fn deviations(values: &[f64], group_of: impl Fn(usize) -> Option<u32>) -> Vec<f64> {
    let mut means: BTreeMap<Option<u32>, (f64, f64)> = BTreeMap::new();
    for (at, value) in values.iter().enumerate() {
        let (members, mean) = means.entry(group_of(at)).or_default();
        *members += 1.0;
        *mean += value;
    }
    for (members, mean) in means.values_mut() {
        *mean /= *members;
    }
    let mut squares: BTreeMap<Option<u32>, f64> = BTreeMap::new();
    for (at, value) in values.iter().enumerate() {
        // Every group was entered above.
        let above = value - means[&group_of(at)].1;
        *squares.entry(group_of(at)).or_default() += above * above;
    }
    let deviation = |(at, value): (usize, &f64)| {
        let group = group_of(at);
        let (members, mean) = means[&group];
        let sd = (squares[&group] / members).sqrt();
        if sd > 0.0 { (value - mean) / sd } else { 0.0 }
    };
    values.iter().enumerate().map(deviation).collect()
}

/// What a node exchanges.
struct Exchanged {
    inside: f64,
    beyond: f64,
    participation: f64,
}

impl Exchanged {
    fn of(network: &Network, community_of: &[u32], node: u32) -> Self {
        let community = |node: u32| community_of.get(node as usize).copied();
        let mut by_community: BTreeMap<Option<u32>, f64> = BTreeMap::new();
        let all = network.partners_out(node).chain(network.partners_in(node));
        for (partner, weight) in all {
            *by_community.entry(community(partner)).or_default() += weight;
        }
        let total: f64 = by_community.values().sum();
        let squares: f64 = by_community.values().map(|k| (k / total).powi(2)).sum();
        let participation = if total > 0.0 { 1.0 - squares } else { 0.0 };
        let inside = by_community.remove(&community(node)).unwrap_or(0.0);
        Self {
            inside,
            beyond: by_community.values().sum(),
            participation: participation.max(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Tie;

    #[test]
    fn the_borders_belong_where_they_are_said_to() {
        let below = STANDS_OUT - 1e-12;
        let above = REACHES_OUT + 1e-12;
        for (within_z, between_z, participation, cuts, role) in [
            (STANDS_OUT, STANDS_OUT, 0.0, false, Role::Hub),
            (STANDS_OUT, STANDS_OUT, above, true, Role::Hub),
            (STANDS_OUT, below, above, true, Role::Anchor),
            (STANDS_OUT, -1.0, 0.0, false, Role::Anchor),
            (below, STANDS_OUT, 0.0, false, Role::Bridge),
            (below, below, above, true, Role::Bridge),
            (below, below, REACHES_OUT, true, Role::Periphery),
            (below, below, above, false, Role::Periphery),
            (-1.0, -1.0, 0.9, false, Role::Periphery),
        ] {
            let standing = Standing {
                within_z,
                between_z,
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
        // Beyond its own the centre exchanges 12, two others 6 each, ten nothing.
        let mean: f64 = 24.0 / 13.0;
        let sd = ((144.0 + 72.0) / 13.0 - mean * mean).sqrt();
        assert!((standings[0].between_z - (12.0 - mean) / sd).abs() < 1e-12);
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
            between_z: 0.0,
            participation: 0.0,
        };
        assert_eq!(standings, [nothing; 3]);
    }
}
