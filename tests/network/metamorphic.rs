//! What must follow in the results from a change to the network.

use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::components;
use catchment_network::graph::{Network, Tie};
use proptest::prelude::*;

use crate::small_networks;

/// PageRank, betweenness, clustering.
fn measures(network: &Network) -> [Vec<f64>; 3] {
    [
        pagerank::rank(network, &Default::default()).unwrap().ranks,
        betweenness::measure(network, &Default::default()).values,
        clustering::measure(network),
    ]
}

fn networks_and_new_names() -> impl Strategy<Value = (u32, Vec<Tie>, Vec<u32>)> {
    small_networks().prop_flat_map(|(nodes, ties)| {
        let names = Just((0..nodes).collect::<Vec<u32>>()).prop_shuffle();
        (Just(nodes), Just(ties), names)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn new_names_permute_the_results((nodes, ties, names) in networks_and_new_names()) {
        let renamed: Vec<Tie> = ties
            .iter()
            .map(|tie| Tie {
                from: names[tie.from as usize],
                to: names[tie.to as usize],
                ..*tie
            })
            .collect();
        let before = Network::build(nodes, &ties).unwrap();
        let after = Network::build(nodes, &renamed).unwrap();
        for (before, after) in measures(&before).iter().zip(measures(&after)) {
            for (value, &name) in before.iter().zip(&names) {
                prop_assert!((value - after[name as usize]).abs() < 1e-13);
            }
        }
        let (before, after) = (components::find(&before), components::find(&after));
        prop_assert_eq!(&before.sizes, &after.sizes);
        for (&component, &name) in before.of.iter().zip(&names) {
            let size = |found: &components::Components, of: u32| found.sizes[of as usize - 1];
            prop_assert_eq!(
                size(&before, component),
                size(&after, after.of[name as usize])
            );
        }
    }

    #[test]
    fn the_order_of_ties_changes_no_byte(
        (nodes, ties) in small_networks(),
        by in 0_usize..30,
    ) {
        let mut turned = ties.clone();
        turned.reverse();
        turned.rotate_left(by % ties.len().max(1));
        let before = measures(&Network::build(nodes, &ties).unwrap());
        let after = measures(&Network::build(nodes, &turned).unwrap());
        prop_assert_eq!(before, after);
    }

    #[test]
    fn a_node_without_ties_changes_the_divisors_alone((nodes, ties) in small_networks()) {
        let before = Network::build(nodes, &ties).unwrap();
        let after = Network::build(nodes + 1, &ties).unwrap();
        let [ranks, between, clustered] = measures(&before);
        let [more_ranks, more_between, more_clustered] = measures(&after);
        let new = nodes as usize;

        prop_assert_eq!(&more_clustered[..new], clustered);
        prop_assert_eq!((more_clustered[new], more_between[new]), (0.0, 0.0));
        let pairs = |nodes: u32| (f64::from(nodes) - 1.0) * (f64::from(nodes) - 2.0);
        for (value, more) in between.iter().zip(&more_between) {
            prop_assert!((value * pairs(nodes) - more * pairs(nodes + 1)).abs() < 1e-12);
        }
        // All others keep their proportions, and make room for the new one.
        for (rank, more) in ranks.iter().zip(&more_ranks) {
            prop_assert!((rank * (1.0 - more_ranks[new]) - more).abs() < 1e-9);
        }
        let (before, after) = (components::find(&before), components::find(&after));
        prop_assert_eq!(&after.of[..new], before.of);
        prop_assert_eq!(after.of[new] as usize, before.sizes.len() + 1);
    }

    #[test]
    fn the_unit_of_weight_does_not_matter((nodes, ties) in small_networks()) {
        let quarters: Vec<Tie> =
            ties.iter().map(|tie| Tie { weight: tie.weight / 4.0, ..*tie }).collect();
        let before = measures(&Network::build(nodes, &ties).unwrap());
        let after = measures(&Network::build(nodes, &quarters).unwrap());
        prop_assert_eq!(before, after);
    }
}
