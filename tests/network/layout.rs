//! The layout: communities apart, everybody within their own, tied nodes near each other, the same
//! bytes on any number of threads, and the sum of forces against all pairs.

use catchment_network::graph::{Network, NetworkError, Tie};
use catchment_network::layout::{Layout, place, repulsion};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Communities with hubs: each member sends to one of the first members of its own community, now
/// and then to a neighbour in it, and a few to a hub elsewhere. Every tenth has no tie.
fn planted(sizes: &[u32]) -> (Network, Vec<u32>, Vec<Tie>) {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut communities = Vec::new();
    let mut ties = Vec::new();
    let starts: Vec<u32> = sizes
        .iter()
        .scan(0, |sum, size| {
            *sum += size;
            Some(*sum - size)
        })
        .collect();
    for (number, (size, start)) in sizes.iter().zip(&starts).enumerate() {
        for member in 0..*size {
            communities.push(number as u32 + 1);
            if member % 10 == 9 {
                continue;
            }
            let hubs = (size / 12).max(1);
            let mut tie = |to: u32, weight: u32| {
                ties.push(Tie {
                    from: start + member,
                    to,
                    weight: f64::from(weight),
                });
            };
            tie(start + rng.random_range(0..hubs), rng.random_range(1..40));
            if rng.random::<f64>() < 0.5 {
                tie(start + rng.random_range(0..*size), rng.random_range(1..10));
            }
            if rng.random::<f64>() < 0.1 {
                let there = (number + 1 + rng.random_range(0..2)) % sizes.len();
                tie(starts[there], rng.random_range(1..10));
            }
        }
    }
    let nodes = communities.len() as u32;
    (Network::build(nodes, &ties).unwrap(), communities, ties)
}

fn laid(sizes: &[u32]) -> (Layout, Vec<u32>, Vec<Tie>) {
    let (network, communities, ties) = planted(sizes);
    let layout = place(&network, &communities, &ties, 1).unwrap();
    (layout, communities, ties)
}

fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

const USUAL: [u32; 12] = [120, 90, 70, 66, 50, 41, 30, 28, 17, 9, 5, 2];

#[test]
fn communities_are_apart_and_hold_their_members() {
    for sizes in [&USUAL[..], &[1], &[3, 1, 1, 1], &[40; 30], &[2; 450]] {
        let (layout, communities, _) = laid(sizes);
        assert_eq!(layout.discs.len(), sizes.len());
        for (place, one) in layout.discs.iter().enumerate() {
            for other in &layout.discs[..place] {
                let room = apart((one.x, one.y), (other.x, other.y)) - one.radius - other.radius;
                assert!(room > 0.0, "{one:?} {other:?}");
            }
            let within = |at: f64| at - one.radius > -1e-9 && at + one.radius < 1.0 + 1e-9;
            assert!(within(one.x) && within(one.y), "{one:?}");
        }
        let mut ends = (0.0f64, 0.0f64);
        for (at, community) in layout.places.iter().zip(&communities) {
            let disc = layout
                .discs
                .iter()
                .find(|d| d.community == *community)
                .unwrap();
            assert!(
                apart(*at, (disc.x, disc.y)) <= disc.radius + 1e-9,
                "{at:?} {disc:?}"
            );
            assert!((0.0..=1.0).contains(&at.0) && (0.0..=1.0).contains(&at.1));
            ends = (ends.0.max(at.0), ends.1.max(at.1));
        }
        let filled = layout
            .discs
            .iter()
            .map(|d| (d.x + d.radius).max(d.y + d.radius));
        let filled = filled.fold(0.0, f64::max);
        assert!((filled - 1.0).abs() < 1e-9, "the longer side is 1");
    }
}

#[test]
fn the_largest_community_has_the_largest_disc_and_areas_follow_members() {
    let (layout, communities, ties) = laid(&USUAL);
    let tied: Vec<bool> = (0..communities.len() as u32)
        .map(|node| {
            let own = communities[node as usize];
            ties.iter().any(|tie| {
                let ends = [tie.from, tie.to];
                tie.from != tie.to
                    && ends.contains(&node)
                    && ends.iter().all(|end| communities[*end as usize] == own)
            })
        })
        .collect();
    let mut areas = Vec::new();
    for disc in &layout.discs {
        let members = communities.iter().zip(&tied);
        let weight: f64 = members
            .filter(|(community, _)| **community == disc.community)
            .map(|(_, tied)| if *tied { 1.0 } else { 0.15 })
            .sum();
        areas.push(disc.radius * disc.radius / weight);
    }
    assert_eq!(layout.discs[0].community, 1);
    assert!(
        areas
            .iter()
            .all(|area| (area / areas[0] - 1.0).abs() < 1e-9),
        "{areas:?}"
    );
}

/// Within a community two with a tie are nearer than two without, on average, by a third at least.
#[test]
fn tied_members_are_nearer_than_others() {
    let (layout, communities, ties) = laid(&USUAL);
    for community in 1..=8 {
        let members: Vec<usize> = (0..communities.len())
            .filter(|node| communities[*node] == community)
            .collect();
        let (mut near, mut far) = ((0.0, 0.0), (0.0, 0.0));
        for (a, b) in members
            .iter()
            .flat_map(|a| members.iter().map(move |b| (*a, *b)))
        {
            if a < b {
                let ends = [a as u32, b as u32];
                let tied = ties.iter().any(|tie| {
                    ends.contains(&tie.from) && ends.contains(&tie.to) && tie.from != tie.to
                });
                let sum = if tied { &mut near } else { &mut far };
                sum.0 += apart(layout.places[a], layout.places[b]);
                sum.1 += 1.0;
            }
        }
        let (near, far) = (near.0 / near.1, far.0 / far.1);
        assert!(
            near < far * 2.0 / 3.0,
            "community {community}: {near} beside {far}"
        );
    }
}

/// Communities with more referrals between them are nearer to each other.
#[test]
fn communities_with_many_ties_are_near() {
    let sizes = [30u32; 16];
    let mut ties = Vec::new();
    let mut communities = Vec::new();
    for (group, size) in sizes.iter().enumerate() {
        let start = group as u32 * size;
        for member in 0..*size {
            communities.push(group as u32 + 1);
            // Within the community, and much to the one that follows in a circle of eight.
            let next = (group as u32 / 8 * 8 + (group as u32 + 1) % 8) * size;
            for (to, weight) in [(start + (member + 1) % size, 1.0), (next + member, 9.0)] {
                ties.push(Tie {
                    from: start + member,
                    to,
                    weight,
                });
            }
        }
    }
    let network = Network::build(communities.len() as u32, &ties).unwrap();
    let layout = place(&network, &communities, &ties, 1).unwrap();
    let at = |community: usize| {
        let disc = layout
            .discs
            .iter()
            .find(|d| d.community == community as u32 + 1)
            .unwrap();
        (disc.x, disc.y)
    };
    let (mut linked, mut others) = (Vec::new(), Vec::new());
    for (a, b) in (0..16).flat_map(|a| (0..a).map(move |b| (a, b))) {
        let next = a / 8 == b / 8 && ((a + 1) % 8 == b % 8 || (b + 1) % 8 == a % 8);
        if next { &mut linked } else { &mut others }.push(apart(at(a), at(b)));
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    assert!(
        mean(&linked) < 0.75 * mean(&others),
        "{} {}",
        mean(&linked),
        mean(&others)
    );
}

#[test]
fn no_two_nodes_stand_at_one_place() {
    let (layout, ..) = laid(&USUAL);
    let mut bits: Vec<_> = layout
        .places
        .iter()
        .map(|at| (at.0.to_bits(), at.1.to_bits()))
        .collect();
    bits.sort_unstable();
    bits.dedup();
    assert_eq!(bits.len(), layout.places.len());
}

fn bits(layout: &Layout) -> Vec<u64> {
    let places = layout.places.iter().flat_map(|at| [at.0, at.1]);
    let discs = layout.discs.iter().flat_map(|d| [d.x, d.y, d.radius]);
    places.chain(discs).map(f64::to_bits).collect()
}

#[test]
fn one_two_and_five_threads_give_the_same_picture() {
    let sizes = [2500, 700, 300, 40, 3, 1];
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| bits(&laid(&sizes).0))
    };
    let alone = on(1);
    assert!(alone == on(2));
    assert!(alone == on(5));
}

/// What the picture may not depend on: the order and direction of ties, the unit of their weights,
/// the names of communities beyond their order.
#[test]
fn order_direction_and_unit_of_ties_change_no_byte() {
    let (network, communities, ties) = planted(&USUAL);
    let plain = bits(&place(&network, &communities, &ties, 1).unwrap());
    let turned: Vec<Tie> = ties
        .iter()
        .rev()
        .map(|tie| Tie {
            from: tie.to,
            to: tie.from,
            weight: tie.weight * 4.0,
        })
        .collect();
    let other = Network::build(network.node_count(), &turned).unwrap();
    let renamed: Vec<u32> = communities.iter().map(|c| c * 10).collect();
    assert!(plain == bits(&place(&other, &renamed, &turned, 1).unwrap()));
    let seeded = bits(&place(&network, &communities, &ties, 2).unwrap());
    assert!(plain != seeded, "another seed gives another picture");
}

#[test]
fn a_backbone_of_other_nodes_is_refused_and_missing_communities_are_one() {
    let (network, communities, _) = planted(&[9, 9]);
    let strange = [Tie {
        from: 0,
        to: 99,
        weight: 1.0,
    }];
    assert_eq!(
        place(&network, &communities, &strange, 1).unwrap_err(),
        NetworkError::NodeOutOfRange {
            node: 99,
            nodes: 18
        }
    );
    let layout = place(&network, &communities[..9], &[], 1).unwrap();
    let numbers: Vec<u32> = layout.discs.iter().map(|d| d.community).collect();
    assert_eq!(numbers, [0, 1]);
    let nothing = Network::build(0, &[]).unwrap();
    assert!(place(&nothing, &[], &[], 1).unwrap().places.is_empty());
}

/// The sum over all pairs, as it is written.
fn all_pairs(points: &[(f64, f64)], weights: &[f64]) -> Vec<(f64, f64)> {
    let push = |one: usize| {
        let (mut x, mut y) = (0.0, 0.0);
        for other in (0..points.len()).filter(|other| points[*other] != points[one]) {
            let (dx, dy) = (
                points[one].0 - points[other].0,
                points[one].1 - points[other].1,
            );
            let by = weights[one] * weights[other] / (dx * dx + dy * dy);
            x += by * dx;
            y += by * dy;
        }
        (x, y)
    };
    (0..points.len()).map(push).collect()
}

fn points() -> impl Strategy<Value = Vec<((f64, f64), f64)>> {
    // Some at one place, some far away.
    let at = prop_oneof![
        (-1.0f64..1.0, -1.0f64..1.0),
        (0.0f64..1e-3, 0.0f64..1e-3),
        Just((0.25, -0.5)),
        (-1e3f64..1e3, -1e3f64..1e3),
    ];
    prop::collection::vec((at, 0.5f64..50.0), 0..120)
}

proptest! {
    #[test]
    fn forces_are_the_sum_over_all_pairs(points in points()) {
        let (places, weights): (Vec<(f64, f64)>, Vec<f64>) = points.into_iter().unzip();
        let exact = all_pairs(&places, &weights);
        let tree = repulsion::sum(&places, &weights, 0.0);
        for ((ours, exact), one) in tree.iter().zip(&exact).zip(0..) {
            // The error of a sum is measured by the sum of its parts.
            let parts: f64 = (0..places.len())
                .filter(|other| places[*other] != places[one])
                .map(|other| weights[one] * weights[other] / apart(places[one], places[other]))
                .sum();
            prop_assert!(apart(*ours, *exact) <= 1e-12 * parts + 1e-300, "{ours:?} {exact:?}");
        }
    }
}

/// Far groups as one point: the mean error is below a fiftieth of the mean force, and forces between
/// all points still cancel nearly.
#[test]
fn far_groups_as_one_point_change_forces_little() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let places: Vec<(f64, f64)> = (0..3000)
        .map(|_| (rng.random::<f64>().powi(2), rng.random::<f64>()))
        .collect();
    let weights: Vec<f64> = (0..3000).map(|n| 1.0 + f64::from(n % 7)).collect();
    let exact = all_pairs(&places, &weights);
    let tree = repulsion::sum(&places, &weights, 0.6);
    let mean = |all: &mut dyn Iterator<Item = f64>| all.sum::<f64>() / 3000.0;
    let error = mean(&mut tree.iter().zip(&exact).map(|(a, b)| apart(*a, *b)));
    let size = mean(&mut exact.iter().map(|force| force.0.hypot(force.1)));
    assert!(error > 0.0 && error < 0.02 * size, "{error} of {size}");
}
