//! Puts the layout together: the sizes of the discs, their places, the members in them, and one scale
//! for all. How discs are packed and members arranged is left to the files beside this one.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::discs::{self, Disc};
use super::members::{self, Inner};
use crate::graph::{Network, NetworkError, Tie};

/// What a member without a tie adds to the area of its disc, in members with one.
const LOOSE: f64 = 0.15;

/// A place for every node, and the disc of every community.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// `(x, y)` of each node by its number. The whole lies between 0 and 1 in both, a length is the
    /// same across and up, and the longer side is 1.
    pub places: Vec<(f64, f64)>,
    /// The discs, the largest community first; no two meet, and each holds its members.
    pub discs: Vec<Disc>,
}

/// Lays a network out to be read: each community a disc, apart from all others, and its members in it.
///
/// `communities` has the community of each node; a node beyond its end is of community 0.
/// `backbone` are the ties that count within a community, in any order and direction (those of a node
/// to itself do not); the weights of all ties of `network` say which communities belong near each other.
///
/// A disc's area follows its members, one without a tie to another member counting as 0.15. The 400
/// largest communities are packed one by one, each touching two others where it is nearest to the
/// middle and to its partners; further ones stand in rings around. Tied members of a community stand
/// where forces put them (300 steps up to 5,000 members, fewer above, by Barnes and Hut; above 200,000
/// on a spiral by their number of ties), others at the rim of the disc.
///
/// `seed` makes the first places. The bytes are the same on any number of threads, whatever the order
/// and direction of `backbone`. New numbers for the nodes give another picture of the same kind.
///
/// # Errors
///
/// Those of [`Network::build`] for `backbone` over the nodes of `network`.
///
/// # Examples
///
/// ```
/// use catchment_network::graph::{Network, Tie};
/// use catchment_network::layout::place;
///
/// let tie = |from, to| Tie { from, to, weight: 1.0 };
/// let ties = [tie(0, 1), tie(1, 2), tie(3, 4)];
/// let network = Network::build(6, &ties)?;
/// let layout = place(&network, &[1, 1, 1, 2, 2, 3], &ties, 1)?;
/// assert_eq!((layout.places.len(), layout.discs.len()), (6, 3));
/// assert!(layout.places.iter().all(|(x, y)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y)));
/// # Ok::<(), catchment_network::graph::NetworkError>(())
/// ```
pub fn place(
    network: &Network,
    communities: &[u32],
    backbone: &[Tie],
    seed: u64,
) -> Result<Layout, NetworkError> {
    let backbone = Network::build(network.node_count(), backbone)?;
    let groups = Groups::new(network, communities);
    let inner: Vec<Vec<Inner>> = groups.inner_ties(&backbone);
    let radii: Vec<f64> = groups
        .members
        .iter()
        .zip(&inner)
        .map(|(members, ties)| radius(members.len(), ties))
        .collect();
    let (groups, inner, radii) = groups.by_radius(inner, radii);
    let weights = groups.weights(network);
    let middles = discs::pack(&radii, &|one, other| weight(&weights, one, other));
    let arranged: Vec<Vec<(f64, f64)>> = (0..groups.members.len())
        .into_par_iter()
        .map(|group| {
            let members = groups.members.get(group).map_or(&[][..], Vec::as_slice);
            let ties = inner.get(group).map_or(&[][..], Vec::as_slice);
            let angles = groups.angles(group, &backbone, &middles);
            members::arrange(members.len(), ties, &angles, (seed, group as u64))
        })
        .collect();
    Ok(scaled(&groups, &arranged, &middles, &radii))
}

/// The radius of a disc of so many members with these ties.
fn radius(members: usize, ties: &[Inner]) -> f64 {
    let mut tied: Vec<usize> = ties.iter().flat_map(|tie| [tie.one, tie.other]).collect();
    tied.sort_unstable();
    tied.dedup();
    let loose = members - tied.len().min(members);
    (tied.len() as f64 + LOOSE * loose as f64).sqrt()
}

/// The nodes by community.
struct Groups {
    /// The numbers of the communities.
    numbers: Vec<u32>,
    /// The members of each, ascending.
    members: Vec<Vec<u32>>,
    /// For each node the place of its community and its own among the members.
    of: Vec<(usize, usize)>,
}

impl Groups {
    fn new(network: &Network, communities: &[u32]) -> Self {
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for node in 0..network.node_count() {
            let community = communities.get(node as usize).copied().unwrap_or(0);
            members.entry(community).or_default().push(node);
        }
        let (numbers, members) = members.into_iter().unzip();
        let mut groups = Self {
            numbers,
            members,
            of: vec![(0, 0); network.node_count() as usize],
        };
        groups.number();
        groups
    }

    fn number(&mut self) {
        for (group, members) in self.members.iter().enumerate() {
            for (place, node) in members.iter().enumerate() {
                if let Some(of) = self.of.get_mut(*node as usize) {
                    *of = (group, place);
                }
            }
        }
    }

    fn of(&self, node: u32) -> (usize, usize) {
        self.of.get(node as usize).copied().unwrap_or_default()
    }

    /// The ties of the backbone within each community, both directions added.
    fn inner_ties(&self, backbone: &Network) -> Vec<Vec<Inner>> {
        let mut ties: Vec<Vec<Inner>> = vec![Vec::new(); self.members.len()];
        let mut sum = 0.0;
        let mut count = 0.0;
        for node in 0..backbone.node_count() {
            let (group, one) = self.of(node);
            for (partner, weight) in both_ways(backbone, node)
                .into_iter()
                .filter(|(p, _)| *p > node)
            {
                sum += weight;
                count += 1.0;
                let (beside, other) = self.of(partner);
                if beside == group
                    && let Some(ties) = ties.get_mut(group)
                {
                    ties.push(Inner { one, other, weight });
                }
            }
        }
        let mean = sum / f64::max(count, 1.0);
        for tie in ties.iter_mut().flatten() {
            tie.weight /= mean;
        }
        ties
    }

    /// The same with the largest disc first; of two alike the lower number.
    fn by_radius(
        self,
        inner: Vec<Vec<Inner>>,
        radii: Vec<f64>,
    ) -> (Self, Vec<Vec<Inner>>, Vec<f64>) {
        let all = self.numbers.into_iter().zip(self.members).zip(inner);
        let mut all: Vec<_> = all.zip(radii).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.0.0.cmp(&b.0.0.0)));
        let (own, radii): (Vec<_>, Vec<f64>) = all.into_iter().unzip();
        let (named, inner): (Vec<_>, Vec<_>) = own.into_iter().unzip();
        let (numbers, members) = named.into_iter().unzip();
        let mut groups = Self {
            numbers,
            members,
            of: self.of,
        };
        groups.number();
        (groups, inner, radii)
    }

    /// The weights between the communities that are packed, in rows.
    fn weights(&self, network: &Network) -> Vec<Vec<f64>> {
        let most = self.members.len().min(discs::PACKED);
        let mut weights = vec![vec![0.0; most]; most];
        for tie in network.arcs() {
            let (one, other) = (self.of(tie.from).0, self.of(tie.to).0);
            for (one, other) in [(one, other), (other, one)] {
                let cell = weights.get_mut(one).and_then(|row| row.get_mut(other));
                if let Some(cell) = cell.filter(|_| one != other) {
                    *cell += tie.weight;
                }
            }
        }
        weights
    }

    /// The direction of each member's partners in other communities, by the weights of their ties.
    fn angles(&self, group: usize, backbone: &Network, middles: &[(f64, f64)]) -> Vec<Option<f64>> {
        let middle = |group: usize| middles.get(group).copied().unwrap_or_default();
        let here = middle(group);
        let angle = |node: &u32| {
            let (mut x, mut y) = (0.0, 0.0);
            for (partner, weight) in both_ways(backbone, *node) {
                let there = middle(self.of(partner).0);
                let away = (there.0 - here.0).hypot(there.1 - here.1);
                if away > 0.0 {
                    x += weight * (there.0 - here.0) / away;
                    y += weight * (there.1 - here.1) / away;
                }
            }
            (x != 0.0 || y != 0.0).then(|| f64::atan2(y, x))
        };
        let members = self.members.get(group).map_or(&[][..], Vec::as_slice);
        members.iter().map(angle).collect()
    }
}

fn weight(weights: &[Vec<f64>], one: usize, other: usize) -> f64 {
    let row = weights.get(one);
    row.and_then(|row| row.get(other)).copied().unwrap_or(0.0)
}

/// The partners of a node by ascending number, with the weights of both directions added.
fn both_ways(network: &Network, node: u32) -> BTreeMap<u32, f64> {
    let mut weights = BTreeMap::new();
    let partners = network.partners_out(node).chain(network.partners_in(node));
    for (partner, weight) in partners {
        *weights.entry(partner).or_default() += weight;
    }
    weights
}

/// Everything on one scale, from 0 to 1.
fn scaled(
    groups: &Groups,
    arranged: &[Vec<(f64, f64)>],
    middles: &[(f64, f64)],
    radii: &[f64],
) -> Layout {
    let rims = || middles.iter().zip(radii);
    let low = rims().fold((f64::INFINITY, f64::INFINITY), |low, ((x, y), r)| {
        (low.0.min(x - r), low.1.min(y - r))
    });
    let side = rims().fold(f64::MIN_POSITIVE, |side, ((x, y), r)| {
        side.max(x + r - low.0).max(y + r - low.1)
    });
    let mut layout = Layout {
        places: vec![(0.5, 0.5); groups.of.len()],
        discs: Vec::with_capacity(radii.len()),
    };
    let all = groups.numbers.iter().zip(&groups.members).zip(arranged);
    for (((number, members), arranged), ((x, y), radius)) in all.zip(rims()) {
        let disc = Disc {
            community: *number,
            x: (x - low.0) / side,
            y: (y - low.1) / side,
            radius: radius / side,
        };
        for (node, at) in members.iter().zip(arranged) {
            if let Some(place) = layout.places.get_mut(*node as usize) {
                let x = disc.x + at.0 * disc.radius;
                let y = disc.y + at.1 * disc.radius;
                // What lies on the edge may miss it by a rounding error.
                *place = (x.clamp(0.0, 1.0), y.clamp(0.0, 1.0));
            }
        }
        layout.discs.push(disc);
    }
    layout
}
