//! Two-path resource allocation, nearness to a set and fading with distance: against networkx, against
//! twins over the dense matrix, and against what must hold for any network.

use catchment_network::graph::{Network, Tie};
use catchment_network::prospects::decay::{Decay, Stratum};
use catchment_network::prospects::personalised;
use catchment_network::prospects::two_paths::{Asked, Reached, reach};
use proptest::prelude::*;

use crate::{both_ways, crowded, dense, small_networks};

/// Resource allocation from each node to one other: without weights, and with one label for it.
fn resource_allocation(unweighted: &Network, to: u32) -> Vec<f64> {
    let nodes = 0..unweighted.node_count();
    let labels: Vec<Option<u16>> = nodes.clone().map(|n| (n == to).then_some(3)).collect();
    let reached = reach(unweighted, unweighted, &labels, 0.0, &asked(nodes));
    reached.iter().map(|reached| score(reached, 3)).collect()
}

/// The documentation of networkx: any two of five who all know each other.
#[test]
fn five_who_all_know_each_other_as_in_networkx() {
    let pairs = (0..5).flat_map(|b| (0..b).map(move |a| (a, b)));
    let network = Network::build(5, &both_ways(pairs)).unwrap();
    assert_eq!(
        resource_allocation(&network, 1),
        [0.75, 0.0, 0.75, 0.75, 0.75]
    );
}

#[test]
fn the_karate_club_as_in_networkx() {
    let edges = include_str!("data/karate_edges.csv");
    let ties: Vec<Tie> = edges.lines().skip(1).map(tie_of).collect();
    let weighted = Network::build(34, &ties).unwrap();
    let pairs = ties.iter().map(|tie| (tie.from, tie.to));
    let unweighted = Network::build(34, &both_ways(pairs)).unwrap();
    let nearness = |network| {
        let ranked = personalised::rank(network, &[0, 33], &Default::default()).unwrap();
        assert!((ranked.ranks.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        ranked.ranks
    };
    let allocated = resource_allocation(&unweighted, 0);
    let (plain, by_weight) = (nearness(&unweighted), nearness(&weighted));
    let mut lines = include_str!("data/karate_nearness.csv").lines();
    let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(lines.clone().count(), 33);
    for line in lines {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let node = cells[0] as usize;
        for (column, found) in [
            ("resource_allocation_0", allocated[node]),
            ("personalised", plain[node]),
            ("personalised_weighted", by_weight[node]),
        ] {
            let at = columns.iter().position(|name| *name == column).unwrap();
            assert!((found - cells[at]).abs() < 1e-9, "{line}: {found}");
        }
    }
}

fn tie_of(line: &str) -> Tie {
    let cells: Vec<u32> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
    Tie {
        from: cells[0],
        to: cells[1],
        weight: f64::from(cells[2]),
    }
}

/// Both directions of a dense matrix added.
fn undirected(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let nodes = 0..matrix.len();
    nodes
        .clone()
        .map(|a| nodes.clone().map(|b| matrix[a][b] + matrix[b][a]).collect())
        .collect()
}

/// The nodes asked about, with every label counting.
fn asked(nodes: impl IntoIterator<Item = u32>) -> Vec<Asked> {
    let all = nodes.into_iter();
    all.map(|node| Asked { node, except: None }).collect()
}

/// Two-path resource allocation as its formula stands: for each label, over every node between and
/// every node of the label.
fn dense_reach(
    (first, weights): (&[Vec<f64>], &[Vec<f64>]),
    (labels, label): (&[Option<u16>], u16),
    unseen: f64,
    u: usize,
) -> f64 {
    let nodes = 0..weights.len();
    nodes
        .clone()
        .filter(|&z| first[u][z] > 0.0)
        .map(|z| {
            let all: f64 = unseen + weights[z].iter().sum::<f64>();
            let ours = nodes
                .clone()
                .filter(|&s| s != u && labels[s] == Some(label) && weights[z][s] > 0.0);
            ours.map(|s| weights[z][s] / all).sum::<f64>()
        })
        .sum()
}

/// Personalised PageRank by a thousand turns of the dense matrix.
fn dense_personalised(weights: &[Vec<f64>], seeds: &[u32], damping: f64) -> Vec<f64> {
    let nodes = weights.len();
    let start = |v: usize| {
        let is_seed = seeds.contains(&(v as u32));
        f64::from(u8::from(is_seed)) / seeds.len() as f64
    };
    let mut ranks: Vec<f64> = (0..nodes).map(start).collect();
    for _ in 0..1000 {
        let step = |v: usize| {
            let pulled: f64 = (0..nodes)
                .map(|u| {
                    let all: f64 = weights[u].iter().sum();
                    let chance = if all > 0.0 {
                        weights[u][v] / all
                    } else {
                        start(v)
                    };
                    ranks[u] * chance
                })
                .sum();
            (1.0 - damping) * start(v) + damping * pulled
        };
        ranks = (0..nodes).map(step).collect();
    }
    ranks
}

type Labelled = (u32, Vec<Tie>, Vec<Option<u16>>, Vec<u32>);

/// A network, a label of three or none for each node, and new names.
fn labelled_networks() -> impl Strategy<Value = Labelled> {
    small_networks().prop_flat_map(|(nodes, ties)| {
        let label = prop::option::weighted(0.4, 0_u16..3);
        let labels = prop::collection::vec(label, nodes as usize);
        let names = Just((0..nodes).collect::<Vec<u32>>()).prop_shuffle();
        (Just(nodes), Just(ties), labels, names)
    })
}

fn score(reached: &Reached, label: u16) -> f64 {
    let found = reached.labels.iter().find(|r| r.label == label);
    found.map_or(0.0, |r| r.score)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn partners_are_both_directions((nodes, ties) in small_networks()) {
        let network = Network::build(nodes, &ties).unwrap();
        let weights = undirected(&dense(nodes, &ties));
        for node in 0..nodes {
            let row = weights[node as usize].iter().enumerate();
            let expected: Vec<(u32, f64)> =
                row.filter(|entry| *entry.1 > 0.0).map(|(b, &w)| (b as u32, w)).collect();
            prop_assert_eq!(network.strength(node), expected.iter().map(|e| e.1).sum::<f64>());
            prop_assert_eq!(network.partners(node).collect::<Vec<_>>(), expected);
        }
    }

    /// A label that does not count is as if nobody bore it, but for who asks.
    #[test]
    fn a_label_that_does_not_count_is_left_out((nodes, ties, labels, _) in labelled_networks()) {
        let network = Network::build(nodes, &ties).unwrap();
        let without: Vec<Asked> = (0..nodes).map(|node| Asked { node, except: Some(1) }).collect();
        let left: Vec<Option<u16>> = labels.iter().map(|l| l.filter(|&l| l != 1)).collect();
        let found = reach(&network, &network, &labels, 0.0, &without);
        prop_assert_eq!(found, reach(&network, &network, &left, 0.0, &asked(0..nodes)));
    }

    #[test]
    fn two_paths_are_those_of_the_matrix(
        (nodes, ties, labels, _) in labelled_networks(),
        beside in prop::collection::vec((0_u32..9, 0_u32..9), 0..8),
        unseen in prop::sample::select(vec![0.0, 0.5, 6.0]),
    ) {
        let network = Network::build(nodes, &ties).unwrap();
        let weights = dense(nodes, &ties);
        let more = beside.into_iter().filter(|b| b.0 < nodes && b.1 < nodes);
        let more = more.map(|(from, to)| Tie { from, to, weight: 1.0 });
        let all: Vec<Tie> = ties.into_iter().chain(more).collect();
        let first = Network::build(nodes, &all).unwrap();
        let steps = dense(nodes, &all);
        for (u, reached) in reach(&first, &network, &labels, unseen, &asked(0..nodes)).iter().enumerate() {
            for label in 0..3 {
                let exact = dense_reach((&steps, &weights), (&labels, label), unseen, u);
                prop_assert!((score(reached, label) - exact).abs() < 1e-12);
            }
            prop_assert!(reached.labels.is_sorted_by(|a, b| a.label < b.label));
            let leads = |z: usize| {
                (0..nodes as usize).any(|s| s != u && labels[s].is_some() && weights[z][s] > 0.0)
            };
            let through: Vec<u32> = (0..nodes)
                .filter(|&z| steps[u][z as usize] > 0.0 && leads(z as usize))
                .collect();
            prop_assert_eq!(&reached.through, &through);
        }
    }

    /// With weights of 1 and every node a label of its own, it is resource allocation: the sum of
    /// 1 / k over those whom both share, who have k ties each.
    #[test]
    fn without_weights_it_is_resource_allocation((nodes, ties, _, _) in labelled_networks()) {
        let pairs = ties.iter().filter(|t| t.from < t.to).map(|t| (t.from, t.to));
        let single = both_ways(pairs.collect::<std::collections::BTreeSet<_>>());
        let network = Network::build(nodes, &single).unwrap();
        let labels: Vec<Option<u16>> = (0..nodes as u16).map(Some).collect();
        for (u, reached) in (0..).zip(reach(&network, &network, &labels, 0.0, &asked(0..nodes))) {
            for v in (0..nodes).filter(|&v| v != u) {
                let others = network.neighbours(v);
                let both = network.neighbours(u).iter().filter(|z| others.contains(z));
                let expected: f64 = both.map(|&z| 1.0 / network.neighbours(z).len() as f64).sum();
                prop_assert!((score(&reached, v as u16) - expected).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn nearness_is_that_of_the_dense_matrix(
        (nodes, ties, _, names) in labelled_networks(),
        seeds in 1_usize..4,
    ) {
        let network = Network::build(nodes, &ties).unwrap();
        let seeds: Vec<u32> = names.into_iter().take(seeds).collect();
        let weights = undirected(&dense(nodes, &ties));
        let ranked = personalised::rank(&network, &seeds, &Default::default()).unwrap();
        let exact = dense_personalised(&weights, &seeds, 0.85);
        let error: f64 = ranked.ranks.iter().zip(exact).map(|(a, b)| (a - b).abs()).sum();
        prop_assert!(error <= ranked.error_bound + 1e-13, "{error}");
        prop_assert!(ranked.error_bound <= 1e-10);
    }

    #[test]
    fn new_names_and_lonely_nodes_change_nothing((nodes, ties, labels, names) in labelled_networks()) {
        let before = Network::build(nodes, &ties).unwrap();
        let renamed: Vec<Tie> = ties
            .iter()
            .map(|t| Tie { from: names[t.from as usize], to: names[t.to as usize], ..*t })
            .collect();
        // Three who know nobody join, one of them ours.
        let after = Network::build(nodes + 3, &renamed).unwrap();
        let mut new_labels = vec![None; nodes as usize + 3];
        for (label, &name) in labels.iter().zip(&names) {
            new_labels[name as usize] = *label;
        }
        new_labels[nodes as usize] = Some(1);
        let old = reach(&before, &before, &labels, 0.0, &asked(0..nodes));
        let new = reach(&after, &after, &new_labels, 0.0, &asked(names.iter().copied()));
        for (old, new) in old.iter().zip(&new) {
            prop_assert_eq!(old.through.len(), new.through.len());
            for label in 0..3 {
                prop_assert!((score(old, label) - score(new, label)).abs() < 1e-13);
            }
        }
        let lonely = reach(&after, &after, &new_labels, 0.0, &asked(nodes..nodes + 4));
        prop_assert!(lonely.iter().all(|reached| *reached == Reached::default()));
        let seeds: Vec<u32> = (0..nodes).filter(|&n| labels[n as usize].is_some()).collect();
        let new_seeds: Vec<u32> = seeds.iter().map(|&s| names[s as usize]).collect();
        let settings = Default::default();
        let old = personalised::rank(&before, &seeds, &settings).unwrap().ranks;
        let new = personalised::rank(&after, &new_seeds, &settings).unwrap().ranks;
        for (node, &name) in names.iter().enumerate() {
            prop_assert!((old[node] - new[name as usize]).abs() < 1e-12);
        }
        prop_assert!(new[nodes as usize..].iter().all(|&rank| rank == 0.0));
    }

    /// The fitted rate is the best of a fine grid by the likelihood itself.
    #[test]
    fn the_fitted_rate_is_the_most_likely(
        places in prop::collection::vec((0_u32..80, 1_u64..30, 0_u64..30), 1..12),
        others in prop::collection::vec((0_u32..80, 1_u64..30, 0_u64..30), 0..5),
    ) {
        let stratum = |places: Vec<(u32, u64, u64)>| Stratum {
            places: places.into_iter().map(|(km, all, tied)| (f64::from(km), all, tied.min(all))).collect(),
        };
        let strata = [stratum(places), stratum(others)];
        let log_likelihood = |rate: f64| -> f64 {
            strata.iter().filter(|s| s.places.iter().any(|p| p.2 > 0)).map(|s| {
                let chances: f64 = s.places.iter().map(|p| p.1 as f64 * (-rate * p.0).exp()).sum();
                let tie = |km: f64| -rate * km - chances.ln();
                let people: f64 = s.places.iter().map(|p| p.1 as f64).sum();
                // One tie more, had by everybody in equal parts.
                let shared: f64 = s.places.iter().map(|p| p.1 as f64 / people * tie(p.0)).sum();
                shared + s.places.iter().map(|p| p.2 as f64 * tie(p.0)).sum::<f64>()
            }).sum()
        };
        let fitted = Decay::fit(&strata);
        let best = log_likelihood(fitted.rate);
        for step in 0..400 {
            let other = log_likelihood(f64::from(step) * 0.005);
            prop_assert!(other <= best + 1e-7 * best.abs().max(1.0), "{fitted:?}");
        }
    }
}

/// The bits of everything that is computed in parallel, on so many threads.
fn bits(threads: usize) -> Vec<u64> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let network = crowded(5000, 60_000);
        let labels: Vec<Option<u16>> = (0..5000).map(|n| (n % 9 == 0).then_some(n % 7)).collect();
        let reached = reach(&network, &network, &labels, 0.0, &asked(0..5000));
        let scores = reached
            .iter()
            .flat_map(|r| r.labels.iter().map(|r| r.score));
        let ranked = personalised::rank(&network, &[0, 9, 18], &Default::default()).unwrap();
        scores.chain(ranked.ranks).map(f64::to_bits).collect()
    })
}

#[test]
fn one_two_and_five_threads_give_the_same_bytes() {
    let alone = bits(1);
    assert!(alone.len() > 10_000);
    assert!(alone == bits(2));
    assert!(alone == bits(5));
}

/// Ties drawn with a rate of 0.08 a kilometre give it back.
#[test]
fn a_planted_rate_is_found() {
    let mut state = 7_u64;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    let mut places = Vec::new();
    for _ in 0..20_000 {
        let km = 60.0 * draw().sqrt();
        let is_tied = draw() < 0.5 * (-0.08 * km).exp();
        places.push((km, 1, u64::from(is_tied)));
    }
    let decay = Decay::fit(&[Stratum { places }]);
    assert!((decay.rate - 0.08).abs() < 0.004, "{decay:?}");
    assert!((decay.scale_km().unwrap() - 12.5).abs() < 0.7);
}
