//! Assignments against trying everything, against petgraph's flows, and at the size of a quarter.

use std::time::Instant;

use catchment_network::assignment::{Assignment, Demand, assign};
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Capacities, the groups of each kind, and demands with distinct ranks.
type Case = (Vec<u32>, Vec<Vec<u32>>, Vec<Demand<u32>>);

fn cases(groups: u32, kinds: usize, demands: usize) -> impl Strategy<Value = Case> {
    (1..=groups).prop_flat_map(move |groups| {
        let lists = prop::collection::vec(prop::collection::vec(0..groups, 0..4), 1..=kinds);
        (prop::collection::vec(0_u32..4, groups as usize), lists).prop_flat_map(
            move |(capacities, lists)| {
                let of = prop::collection::vec(0..lists.len() as u32, 0..=demands);
                (Just(capacities), Just(lists), of.prop_flat_map(ranked))
            },
        )
    })
}

fn ranked(kinds: Vec<u32>) -> impl Strategy<Value = Vec<Demand<u32>>> {
    let ranks: Vec<u32> = (0..kinds.len() as u32).collect();
    Just(ranks).prop_shuffle().prop_map(move |ranks| {
        let both = kinds.iter().zip(ranks);
        both.map(|(&kind, rank)| Demand { kind, rank }).collect()
    })
}

/// Whether these kinds of demands can all have slots, by trying every choice.
fn all_fit(kinds: &[u32], admissible: &[Vec<u32>], left: &mut Vec<u32>) -> bool {
    let Some((&kind, rest)) = kinds.split_first() else {
        return true;
    };
    for &group in &admissible[kind as usize] {
        if left[group as usize] > 0 {
            left[group as usize] -= 1;
            let fit = all_fit(rest, admissible, left);
            left[group as usize] += 1;
            if fit {
                return true;
            }
        }
    }
    false
}

/// Of all sets of demands that fit, the largest; of those, the one whose sorted ranks come first.
fn by_trying((capacities, admissible, demands): &Case) -> Vec<u32> {
    let mut best: Vec<u32> = Vec::new();
    for set in 0_u32..1 << demands.len() {
        let chosen = || (0..demands.len()).filter(|i| set >> i & 1 == 1);
        let kinds: Vec<u32> = chosen().map(|i| demands[i].kind).collect();
        let mut ranks: Vec<u32> = chosen().map(|i| demands[i].rank).collect();
        ranks.sort_unstable();
        let better = ranks.len() > best.len() || ranks.len() == best.len() && ranks < best;
        if better && all_fit(&kinds, admissible, &mut capacities.clone()) {
            best = ranks;
        }
    }
    best
}

/// The ranks that have a slot, sorted.
fn served(demands: &[Demand<u32>], assignment: &Assignment) -> Vec<u32> {
    let pairs = demands.iter().zip(&assignment.group_of);
    let mut ranks: Vec<u32> = pairs
        .filter(|(_, group)| group.is_some())
        .map(|(demand, _)| demand.rank)
        .collect();
    ranks.sort_unstable();
    ranks
}

/// Every demand stands in an admissible group, and no group has more than its slots.
fn assert_keeps_the_rules((capacities, admissible, demands): &Case, assignment: &Assignment) {
    let mut used = vec![0; capacities.len()];
    for (demand, group) in demands.iter().zip(&assignment.group_of) {
        if let Some(group) = group {
            assert!(admissible[demand.kind as usize].contains(group));
            used[*group as usize] += 1;
        }
    }
    assert_eq!(used, assignment.used);
    assert!(used.iter().zip(capacities).all(|(used, most)| used <= most));
    let size = assignment.group_of.iter().flatten().count();
    assert_eq!(size, assignment.size);
}

/// The size alone, as petgraph's Dinic finds it on one node a kind and one a group.
fn largest_flow((capacities, admissible, demands): &Case) -> usize {
    let mut graph: DiGraph<(), u32> = DiGraph::new();
    let (source, sink) = (graph.add_node(()), graph.add_node(()));
    let groups: Vec<NodeIndex> = capacities.iter().map(|_| graph.add_node(())).collect();
    for (&group, &slots) in groups.iter().zip(capacities) {
        graph.add_edge(group, sink, slots);
    }
    for (kind, list) in admissible.iter().enumerate() {
        let node = graph.add_node(());
        let wanted = demands.iter().filter(|d| d.kind as usize == kind).count() as u32;
        graph.add_edge(source, node, wanted);
        for &group in list {
            graph.add_edge(node, groups[group as usize], wanted);
        }
    }
    dinics(&graph, source, sink).0 as usize
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn equals_trying_everything(case in cases(4, 5, 9)) {
        let assignment = assign(&case.0, &case.1, &case.2).unwrap();
        assert_keeps_the_rules(&case, &assignment);
        prop_assert_eq!(served(&case.2, &assignment), by_trying(&case));
    }

    #[test]
    fn is_as_large_as_a_flow(case in cases(12, 20, 40)) {
        let assignment = assign(&case.0, &case.1, &case.2).unwrap();
        assert_keeps_the_rules(&case, &assignment);
        prop_assert_eq!(assignment.size, largest_flow(&case));
    }

    /// Neither the order of demands, of kinds and of lists nor splitting a kind in two changes
    /// who is served; the former two do not change where, either.
    #[test]
    fn the_order_of_the_input_makes_no_difference(case in cases(8, 8, 30), seed in 0_u64..1000) {
        let (capacities, admissible, demands) = &case;
        let first = assign(capacities, admissible, demands).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut numbers: Vec<u32> = (0..admissible.len() as u32).collect();
        numbers.shuffle(&mut random);
        let mut lists = vec![Vec::new(); admissible.len()];
        for (list, &number) in admissible.iter().zip(&numbers) {
            lists[number as usize] = list.clone();
            lists[number as usize].shuffle(&mut random);
        }
        let mut places: Vec<usize> = (0..demands.len()).collect();
        places.shuffle(&mut random);
        let renamed: Vec<Demand<u32>> = places
            .iter()
            .map(|&at| Demand { kind: numbers[demands[at].kind as usize], rank: demands[at].rank })
            .collect();
        let again = assign(capacities, &lists, &renamed).unwrap();
        for (&place, group) in places.iter().zip(&again.group_of) {
            prop_assert_eq!(first.group_of[place], *group);
        }
        let doubled: Vec<Vec<u32>> = admissible.iter().chain(admissible).cloned().collect();
        let split: Vec<Demand<u32>> = demands
            .iter()
            .map(|d| Demand { kind: d.kind + d.rank % 2 * admissible.len() as u32, rank: d.rank })
            .collect();
        let apart = assign(capacities, &doubled, &split).unwrap();
        prop_assert_eq!(served(&split, &apart), served(demands, &first));
    }
}

/// A hundred thousand demands and twenty thousand groups of somewhat fewer slots. In `parts` (weeks
/// times specialties) that share nothing, each demand may use up to 200 groups: those nearest along
/// a line where `near`, else any of its part. Each demand is a kind of its own, the worst case.
fn quarter(parts: u32, near: bool) -> Case {
    let (groups, demands) = (20_000_u32, 100_000_u32);
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let capacities = (0..groups).map(|_| random.random_range(0..10)).collect();
    let size = groups / parts;
    let mut admissible = Vec::new();
    let mut line = Vec::new();
    for rank in 0..demands {
        let first = size * random.random_range(0..parts);
        let count = random.random_range(size.min(200) / 2..size.min(200));
        let list = if near {
            let start = random.random_range(0..size);
            (start..size.min(start + count)).collect()
        } else {
            (0..count)
                .map(|_| random.random_range(0..size))
                .collect::<Vec<u32>>()
        };
        admissible.push(list.into_iter().map(|group| first + group).collect());
        line.push(Demand { kind: rank, rank });
    }
    (capacities, admissible, line)
}

/// No larger assignment exists where some set of groups is full and whoever is left out may use
/// none but these, nor may those who hold them (König 1931).
fn assert_none_is_larger((capacities, admissible, demands): &Case, assignment: &Assignment) {
    let mut holders = vec![Vec::new(); capacities.len()];
    let mut queue = Vec::new();
    for (demand, group) in demands.iter().zip(&assignment.group_of) {
        match group {
            Some(group) => holders[*group as usize].push(demand.kind),
            None => queue.push(demand.kind),
        }
    }
    let mut seen = vec![false; capacities.len()];
    while let Some(kind) = queue.pop() {
        for &group in &admissible[kind as usize] {
            if !std::mem::replace(&mut seen[group as usize], true) {
                assert_eq!(assignment.used[group as usize], capacities[group as usize]);
                queue.append(&mut holders[group as usize]);
            }
        }
    }
}

#[test]
fn a_quarter_takes_seconds() {
    for (parts, near) in [(260, true), (20, true), (260, false), (1, false)] {
        let case = quarter(parts, near);
        let start = Instant::now();
        let assignment = assign(&case.0, &case.1, &case.2).unwrap();
        let (size, took) = (assignment.size, start.elapsed());
        println!("{parts} parts, near {near}: {size} in {took:?}");
        assert_keeps_the_rules(&case, &assignment);
        assert_none_is_larger(&case, &assignment);
        assert!(size > 70_000 && size < 100_000);
    }
}
