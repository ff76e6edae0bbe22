//! Ties and nodes as they stand among others, again by trying everything:
//! backbone, constraint, cut points, care density and roles.

use std::collections::BTreeSet;

use catchment_network::graph::{Network, Tie};
use catchment_network::shared_patients::Seen;
use catchment_network::{backbone, brokerage, care_density, cut_points, roles};
use proptest::prelude::*;

use crate::{dense, small_networks, tied};

/// The chance as an integral, by Simpson's rule: `1 - (k - 1) int_0^p (1 - x)^(k - 2) dx`.
fn integrated_alpha(weight: f64, weights: &[f64]) -> f64 {
    let partners = weights.iter().filter(|&&w| w > 0.0).count();
    if partners < 2 {
        return 1.0;
    }
    let p = weight / weights.iter().sum::<f64>();
    let (steps, powers) = (2000, partners as i32 - 2);
    let step = p / f64::from(steps);
    let sum: f64 = (0..=steps)
        .map(|at| {
            let factor = match at {
                0 => 1.0,
                _ if at == steps => 1.0,
                _ if at % 2 == 1 => 4.0,
                _ => 2.0,
            };
            factor * (1.0 - f64::from(at) * step).powi(powers)
        })
        .sum();
    1.0 - (partners as f64 - 1.0) * sum * step / 3.0
}

/// Burt's constraint by the sums as they are written, over all nodes.
fn written_out_constraint(matrix: &[Vec<f64>], node: usize) -> Option<f64> {
    let nodes = matrix.len();
    let exchanged = |a: usize, b: usize| matrix[a][b] + matrix[b][a];
    let share = |a: usize, b: usize| {
        let all: f64 = (0..nodes).map(|other| exchanged(a, other)).sum();
        if all > 0.0 {
            exchanged(a, b) / all
        } else {
            0.0
        }
    };
    let partners: Vec<usize> = (0..nodes).filter(|&j| tied(matrix, node, j)).collect();
    let term = |&j: &usize| {
        let others: f64 = (0..nodes).map(|q| share(node, q) * share(q, j)).sum();
        (share(node, j) + others).powi(2)
    };
    (!partners.is_empty()).then(|| partners.iter().map(term).sum())
}

/// Whom a node reaches over these pairs, itself included, where one other is left out.
fn reached(
    pairs: &BTreeSet<(u32, u32)>,
    nodes: u32,
    without: Option<u32>,
    start: u32,
) -> BTreeSet<u32> {
    let mut found = BTreeSet::from([start]);
    for _ in 0..nodes {
        for &(a, b) in pairs {
            if Some(a) != without
                && Some(b) != without
                && (found.contains(&a) || found.contains(&b))
            {
                found.extend([a, b]);
            }
        }
    }
    found
}

/// How many of a node's component are not in the largest part that remains without it.
fn cut_off_by_removal(pairs: &BTreeSet<(u32, u32)>, nodes: u32, node: u32) -> u32 {
    let mut others = reached(pairs, nodes, None, node);
    others.remove(&node);
    let part = |&other: &u32| reached(pairs, nodes, Some(node), other).len();
    let largest = others.iter().map(part).max().unwrap_or(0);
    (others.len() - largest) as u32
}

fn pairs_within(ties: &[Tie], community_of: &[u32]) -> BTreeSet<(u32, u32)> {
    let of = |node: u32| community_of[node as usize];
    ties.iter()
        .filter(|tie| tie.from != tie.to && of(tie.from) == of(tie.to))
        .map(|tie| (tie.from.min(tie.to), tie.from.max(tie.to)))
        .collect()
}

/// Both z and P from the matrix, by the definitions.
fn written_out_standing(matrix: &[Vec<f64>], community_of: &[u32], node: usize) -> [f64; 3] {
    let nodes = matrix.len();
    let with = |a: usize, community: u32| -> f64 {
        (0..nodes)
            .filter(|&b| community_of[b] == community)
            .map(|b| matrix[a][b] + matrix[b][a])
            .sum()
    };
    let own = community_of[node];
    let members: Vec<f64> = (0..nodes)
        .filter(|&a| community_of[a] == own)
        .map(|a| with(a, own))
        .collect();
    let all = |a: usize| (0..5).map(|community| with(a, community)).sum::<f64>();
    let beyond = |a: usize| all(a) - with(a, community_of[a]);
    let everyone: Vec<f64> = (0..nodes).map(beyond).collect();
    let squares: f64 = (0..5)
        .map(|community| (with(node, community) / all(node)).powi(2))
        .sum();
    [
        written_out_z(with(node, own), &members),
        written_out_z(beyond(node), &everyone),
        if all(node) > 0.0 { 1.0 - squares } else { 0.0 },
    ]
}

fn written_out_z(value: f64, values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|k| k * k).sum::<f64>() / n - mean * mean;
    if variance > 1e-9 {
        (value - mean) / variance.sqrt()
    } else {
        0.0
    }
}

fn networks_in_communities() -> impl Strategy<Value = (u32, Vec<Tie>, Vec<u32>)> {
    small_networks().prop_flat_map(|(nodes, ties)| {
        let communities = prop::collection::vec(0_u32..5, nodes as usize);
        (Just(nodes), Just(ties), communities)
    })
}

/// Few ties, so that there is something to cut.
fn sparse_networks() -> impl Strategy<Value = (u32, Vec<Tie>, Vec<u32>)> {
    let tie = (0_u32..12, 0_u32..12).prop_map(|(from, to)| Tie {
        from,
        to,
        weight: 1.0,
    });
    let communities = prop::collection::vec(0_u32..2, 12);
    (Just(12), prop::collection::vec(tie, 0..18), communities)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn surprises_are_the_integral((nodes, ties) in small_networks()) {
        let matrix = dense(nodes, &ties);
        let network = Network::build(nodes, &ties).unwrap();
        let mut seen = 0;
        for surprise in backbone::measure(&network) {
            let (a, b) = (surprise.tie.from as usize, surprise.tie.to as usize);
            let column: Vec<f64> = matrix.iter().map(|row| row[b]).collect();
            let out_alpha = integrated_alpha(matrix[a][b], &matrix[a]);
            let in_alpha = integrated_alpha(matrix[a][b], &column);
            prop_assert!((surprise.out_alpha - out_alpha).abs() < 1e-10);
            prop_assert!((surprise.in_alpha - in_alpha).abs() < 1e-10);
            prop_assert_eq!(surprise.p(), surprise.out_alpha.min(surprise.in_alpha));
            seen += 1;
        }
        prop_assert_eq!(seen, network.arc_count());
    }

    #[test]
    fn the_unit_of_weight_surprises_nobody((nodes, ties) in small_networks()) {
        let thrice: Vec<Tie> =
            ties.iter().map(|tie| Tie { weight: tie.weight * 3.0, ..*tie }).collect();
        let before = Network::build(nodes, &ties).unwrap();
        let after = Network::build(nodes, &thrice).unwrap();
        for (one, other) in backbone::measure(&before).zip(backbone::measure(&after)) {
            prop_assert!((one.out_alpha - other.out_alpha).abs() < 1e-13);
            prop_assert!((one.in_alpha - other.in_alpha).abs() < 1e-13);
        }
    }

    #[test]
    fn constraint_is_that_of_the_matrix((nodes, ties) in small_networks()) {
        let matrix = dense(nodes, &ties);
        let measured = brokerage::measure_constraint(&Network::build(nodes, &ties).unwrap());
        for (node, ours) in measured.into_iter().enumerate() {
            match (ours, written_out_constraint(&matrix, node)) {
                (Some(ours), Some(theirs)) => prop_assert!((ours - theirs).abs() < 1e-12),
                (ours, theirs) => prop_assert_eq!(ours, theirs),
            }
        }
    }

    #[test]
    fn cut_points_are_what_removal_cuts_off(
        (nodes, ties, communities) in prop_oneof![networks_in_communities(), sparse_networks()],
    ) {
        let network = Network::build(nodes, &ties).unwrap();
        let everyone = vec![0; nodes as usize];
        for (found, of) in [
            (cut_points::find(&network), &everyone),
            (cut_points::find_within(&network, &communities), &communities),
        ] {
            let pairs = pairs_within(&ties, of);
            for node in 0..nodes {
                let expected = cut_off_by_removal(&pairs, nodes, node);
                prop_assert_eq!(found.cut_off[node as usize], expected);
            }
            let is_bridge = |pair: &&(u32, u32)| {
                let mut rest = pairs.clone();
                rest.remove(pair);
                !reached(&rest, nodes, None, pair.0).contains(&pair.1)
            };
            let expected: Vec<(u32, u32)> = pairs.iter().filter(is_bridge).copied().collect();
            prop_assert_eq!(found.bridges, expected);
        }
    }

    #[test]
    fn care_density_is_that_of_all_pairs(
        pairs in prop::collection::vec((0_u32..7, 0_u32..6), 0..40),
    ) {
        let distinct: BTreeSet<(u32, u32)> = pairs.iter().copied().collect();
        let providers = |patient| -> Vec<u32> {
            (0..6).filter(|&provider| distinct.contains(&(patient, provider))).collect()
        };
        let both = |a, b| {
            (0..7).filter(|&p| providers(p).contains(&a) && providers(p).contains(&b)).count()
        };
        let seen = Seen::build(pairs);
        let of_patients = care_density::of_patients(&seen);
        for patient in 0..seen.patient_count() {
            let of = providers(patient);
            prop_assert_eq!(seen.providers_of(patient), &of[..]);
            let shared: Vec<usize> = of
                .iter()
                .flat_map(|&a| of.iter().filter(move |&&b| a < b).map(move |&b| both(a, b)))
                .collect();
            let mean = shared.iter().sum::<usize>() as f64 / shared.len() as f64;
            prop_assert_eq!(of_patients[patient as usize], (of.len() > 1).then_some(mean));
        }
        for (provider, ours) in (0..).zip(care_density::of_providers(&seen, &of_patients)) {
            let known: Vec<f64> = seen
                .patients_of(provider)
                .iter()
                .filter_map(|&patient| of_patients[patient as usize])
                .collect();
            // Added in another order here, so that the last bits may differ.
            let mean = known.iter().sum::<f64>() / known.len() as f64;
            match ours {
                Some(ours) => prop_assert!((ours - mean).abs() < 1e-12, "{ours} {mean}"),
                None => prop_assert!(known.is_empty()),
            }
        }
    }

    #[test]
    fn standings_are_those_of_the_matrix((nodes, ties, communities) in networks_in_communities()) {
        let matrix = dense(nodes, &ties);
        let network = Network::build(nodes, &ties).unwrap();
        for (node, standing) in roles::stand(&network, &communities).into_iter().enumerate() {
            let [within, between, participation] =
                written_out_standing(&matrix, &communities, node);
            prop_assert!((standing.within_z - within).abs() < 1e-6, "{standing:?} {within}");
            prop_assert!((standing.between_z - between).abs() < 1e-6, "{standing:?} {between}");
            prop_assert!((standing.participation - participation).abs() < 1e-12);
        }
    }
}
