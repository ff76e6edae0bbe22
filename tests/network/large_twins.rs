//! Results again by textbook means, on networks large enough for every way that
//! the quick means can take.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use catchment_network::centrality::betweenness::{BetweennessSettings, dependencies, measure};
use catchment_network::centrality::clustering;
use catchment_network::components;
use catchment_network::graph::{Network, Tie};

use crate::crowded;
use crate::generator::heavy_tailed_ties;

#[test]
fn a_network_of_many_ties_is_its_map() {
    let ties = heavy_tailed_ties(3000, 60_000, 3);
    let mut weights: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    let mut around: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); 3000];
    for tie in ties.iter().filter(|tie| tie.from != tie.to) {
        // Whole numbers, so no order of adding matters.
        *weights.entry((tie.from, tie.to)).or_default() += tie.weight;
        around[tie.from as usize].insert(tie.to);
        around[tie.to as usize].insert(tie.from);
    }
    assert!(weights.len() < ties.len(), "some ties are parallel");
    let network = Network::build(3000, &ties).unwrap();
    let arcs: Vec<((u32, u32), f64)> = network
        .arcs()
        .map(|tie| ((tie.from, tie.to), tie.weight))
        .collect();
    assert!(arcs.iter().copied().eq(weights.clone()));
    let backwards: BTreeMap<(u32, u32), f64> = (0..3000)
        .flat_map(|to| {
            network
                .partners_in(to)
                .map(move |(from, w)| ((from, to), w))
        })
        .collect();
    assert_eq!(backwards, weights);
    for (node, around) in (0..).zip(&around) {
        assert!(network.partners_in(node).is_sorted_by(|a, b| a.0 < b.0));
        assert!(network.neighbours(node).iter().eq(around));
    }
}

/// What one source depends on, as Brandes wrote it down in 2001.
fn textbook(network: &Network, source: u32) -> Vec<f64> {
    let nodes = network.node_count() as usize;
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    let mut ways = vec![0.0; nodes];
    let mut steps = vec![usize::MAX; nodes];
    ways[source as usize] = 1.0;
    steps[source as usize] = 0;
    let mut waiting = VecDeque::from([source]);
    let mut reached = Vec::new();
    while let Some(node) = waiting.pop_front() {
        reached.push(node);
        for &other in network.neighbours(node) {
            if steps[other as usize] == usize::MAX {
                steps[other as usize] = steps[node as usize] + 1;
                waiting.push_back(other);
            }
            if steps[other as usize] == steps[node as usize] + 1 {
                ways[other as usize] += ways[node as usize];
                before[other as usize].push(node);
            }
        }
    }
    let mut depends = vec![0.0; nodes];
    for &node in reached.iter().rev() {
        for &other in &before[node as usize] {
            let share = ways[other as usize] / ways[node as usize];
            depends[other as usize] += share * (1.0 + depends[node as usize]);
        }
    }
    depends[source as usize] = 0.0;
    depends
}

#[test]
fn betweenness_is_that_of_the_textbook() {
    // Sparse with many trees and components, ordinary, and dense.
    for (nodes, ties) in [(700, 450), (700, 2000), (300, 9000)] {
        let network = crowded(nodes, ties);
        let mut sums = vec![0.0; nodes as usize];
        for source in 0..nodes {
            for (sum, value) in sums.iter_mut().zip(textbook(&network, source)) {
                *sum += value;
            }
        }
        let all: Vec<u32> = (0..nodes).collect();
        let pairs = f64::from(nodes - 1) * f64::from(nodes - 2);
        let exact = measure(&network, &BetweennessSettings::default()).values;
        for ((ours, exact), textbook) in dependencies(&network, &all).iter().zip(exact).zip(sums) {
            assert!((ours - textbook).abs() < 1e-10 * textbook.max(1.0));
            assert!((exact * pairs - textbook).abs() < 1e-10 * textbook.max(1.0));
        }
    }
}

#[test]
fn triangles_are_those_of_all_triples() {
    let network = crowded(1300, 12_000);
    let mut expected = vec![0_u64; 1300];
    for a in 0..1300 {
        let around = network.neighbours(a);
        for (at, &b) in around.iter().enumerate().filter(|(_, b)| **b > a) {
            for &c in &around[at + 1..] {
                if network.neighbours(b).binary_search(&c).is_ok() {
                    for corner in [a, b, c] {
                        expected[corner as usize] += 1;
                    }
                }
            }
        }
    }
    assert!(expected.iter().sum::<u64>() > 10_000);
    assert_eq!(clustering::count_triangles(&network), expected);
}

#[test]
fn components_are_those_of_a_flood() {
    let network = crowded(3000, 2500);
    let found = components::find(&network);
    let mut met = vec![false; 3000];
    let mut sizes = Vec::new();
    for start in 0..3000 {
        if std::mem::replace(&mut met[start as usize], true) {
            continue;
        }
        let mut waiting = vec![start];
        let mut size = 0;
        while let Some(node) = waiting.pop() {
            size += 1;
            assert_eq!(found.of[node as usize], found.of[start as usize]);
            for &other in network.neighbours(node) {
                if !std::mem::replace(&mut met[other as usize], true) {
                    waiting.push(other);
                }
            }
        }
        sizes.push(size);
    }
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(found.sizes, sizes);
    assert!(sizes.len() > 100 && sizes[1] > 1);
}

/// A network is its ties, wherever they lay.
#[test]
fn ties_given_and_taken_build_the_same() {
    let tie = |from, to, weight| Tie { from, to, weight };
    let ties = vec![
        tie(1, 0, 2.0),
        tie(0, 1, 1.0),
        tie(1, 0, 0.5),
        tie(2, 2, 1.0),
    ];
    let given = Network::build(3, &ties).unwrap();
    let taken = Network::build_from(3, ties).unwrap();
    assert!(given.arcs().eq(taken.arcs()));
    assert!((0..3).all(|node| given.partners_in(node).eq(taken.partners_in(node))));
}
