//! Networks whose numbers follow from a formula.

use catchment_network::centrality::betweenness::{BetweennessSettings, dependencies, measure};
use catchment_network::centrality::{clustering, pagerank};
use catchment_network::components;
use catchment_network::graph::{Network, Tie};

use crate::both_ways;

fn undirected(nodes: u32, pairs: impl IntoIterator<Item = (u32, u32)>) -> Network {
    Network::build(nodes, &both_ways(pairs)).unwrap()
}

/// The betweenness of every node before it is divided by the number of pairs.
fn pairs_over(network: &Network) -> Vec<f64> {
    let n = f64::from(network.node_count());
    let values = measure(network, &BetweennessSettings::default()).values;
    let pairs = (n - 1.0) * (n - 2.0) / 2.0;
    values.iter().map(|value| value * pairs).collect()
}

fn assert_near(actual: f64, expected: f64) {
    let allowed = 1e-10 * expected.abs().max(1.0);
    assert!((actual - expected).abs() < allowed, "{actual} {expected}");
}

#[test]
fn on_a_line_the_nodes_before_meet_those_behind() {
    let network = undirected(900, (1..900).map(|node| (node - 1, node)));
    for (before, value) in (0..).zip(pairs_over(&network)) {
        assert_near(value, f64::from(before * (899 - before)));
    }
}

#[test]
fn on_a_ring_all_lie_on_as_many_ways() {
    for nodes in [3_u32, 4, 5, 8, 1000, 1001] {
        let network = undirected(nodes, (0..nodes).map(|node| (node, (node + 1) % nodes)));
        let n = f64::from(nodes);
        // Of an even ring the opposite node is reached both ways round.
        let expected = if nodes % 2 == 0 {
            (n - 2.0).powi(2) / 8.0
        } else {
            (n - 1.0) * (n - 3.0) / 8.0
        };
        for value in pairs_over(&network) {
            assert_near(value, expected);
        }
    }
}

#[test]
fn between_two_sides_each_pair_of_a_side_meets_on_the_other() {
    let (left, right) = (7_u32, 13_u32);
    let pairs = (0..left).flat_map(|a| (left..left + right).map(move |b| (a, b)));
    let network = undirected(left + right, pairs);
    for (node, value) in (0..).zip(pairs_over(&network)) {
        let (own, other) = if node < left {
            (left, right)
        } else {
            (right, left)
        };
        assert_near(value, f64::from(other * (other - 1)) / 2.0 / f64::from(own));
    }
    assert!(
        clustering::count_triangles(&network)
            .iter()
            .all(|&t| t == 0)
    );
}

/// Every node of a ring of cliques' hubs, with leaves on them: all ways between
/// a leaf and the rest lead over its hub.
#[test]
fn leaves_hang_on_what_they_are_tied_to() {
    // Four hubs that all know each other, each with five leaves.
    let hubs = (0..4_u32).flat_map(|a| (a + 1..4).map(move |b| (a, b)));
    let leaves = (4..24_u32).map(|leaf| (leaf % 4, leaf));
    let network = undirected(24, hubs.chain(leaves));
    let between = pairs_over(&network);
    for hub in &between[..4] {
        // Pairs of own leaves, and own leaves with all that are not its own.
        assert_near(*hub, 10.0 + 5.0 * 18.0);
    }
    assert!(between[4..].iter().all(|&value| value == 0.0));
    // From one leaf: its hub is on the way to all others, another hub on the
    // way to its leaves.
    let from_leaf = dependencies(&network, &[4]);
    assert_eq!(from_leaf[..4], [22.0, 5.0, 5.0, 5.0]);
}

#[test]
fn a_wheel_is_knit_at_the_rim() {
    let rim = 9_u32;
    let spokes = (1..=rim).map(|node| (0, node));
    let ring = (1..=rim).map(|node| (node, node % rim + 1));
    let clustered = clustering::measure(&undirected(rim + 1, spokes.chain(ring)));
    assert_near(clustered[0], 2.0 / f64::from(rim - 1));
    for value in &clustered[1..] {
        assert_near(*value, 2.0 / 3.0);
    }
}

/// Leaves that all refer to a middle, which refers back to all of them:
/// `m = (1 - d) / n + d (1 - m)`.
#[test]
fn the_middle_of_a_star_ranks_by_formula() {
    let leaves = 40_u32;
    let network = undirected(leaves + 1, (1..=leaves).map(|leaf| (0, leaf)));
    let ranks = pagerank::rank(&network, &Default::default()).unwrap().ranks;
    let middle = (0.15 / f64::from(leaves + 1) + 0.85) / 1.85;
    assert_near(ranks[0], middle);
    for rank in &ranks[1..] {
        assert_near(*rank, (1.0 - middle) / f64::from(leaves));
    }
}

/// Ranks flow in proportion to weight: a source that gives `p` of its weight to
/// one of two sinks.
#[test]
fn ranks_flow_by_weight() {
    let tie = |to, weight| Tie {
        from: 0,
        to,
        weight,
    };
    let network = Network::build(3, &[tie(1, 30.0), tie(2, 10.0)]).unwrap();
    let ranks = pagerank::rank(&network, &Default::default()).unwrap().ranks;
    // With s the source's rank: s = base, and the sinks base + d s p.
    assert_near(ranks[1] - ranks[0], 0.85 * ranks[0] * 0.75);
    assert_near(ranks[2] - ranks[0], 0.85 * ranks[0] * 0.25);
}

#[test]
fn rings_apart_are_components() {
    // Rings of 3, 4, ..., 12 nodes, with ties one way.
    let mut pairs = Vec::new();
    let mut first = 0;
    for size in 3..=12 {
        pairs.extend((0..size).map(|node| (first + node, first + (node + 1) % size)));
        first += size;
    }
    let ties: Vec<Tie> = both_ways(pairs).into_iter().step_by(2).collect();
    let found = components::find(&Network::build(first, &ties).unwrap());
    assert_eq!(found.sizes, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    assert_eq!((found.of[0], found.of[first as usize - 1]), (10, 1));
}
