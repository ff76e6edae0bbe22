//! The same bytes whatever the number of threads.

use catchment_network::centrality::betweenness::BetweennessSettings;
use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::communities::leiden::{LeidenSettings, find};
use catchment_network::components;
use catchment_network::undirected::Undirected;

use crate::crowded;

/// The bits of everything that is computed in parallel, on so many threads.
fn bits(threads: usize) -> Vec<u64> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let network = crowded(5000, 60_000);
        let ranked = pagerank::rank(&network, &Default::default()).unwrap();
        let settings = BetweennessSettings {
            exact_up_to: 0,
            sources: 300,
            seed: 4,
        };
        let between = betweenness::measure(&network, &settings);
        let communities = find(&Undirected::of(&network), &LeidenSettings::default()).unwrap();
        let floats = [
            ranked.ranks,
            vec![ranked.error_bound],
            between.values,
            between.standard_errors.unwrap(),
            clustering::measure(&network),
            network.arcs().map(|tie| tie.weight).collect(),
            communities.searches.iter().map(|s| s.modularity).collect(),
            communities.stability.unwrap(),
            vec![communities.agreement.unwrap()],
        ];
        let mut bits: Vec<u64> = floats
            .concat()
            .iter()
            .map(|value| value.to_bits())
            .collect();
        let numbers = [
            components::find(&network).of.as_slice(),
            communities.partition.of(),
        ]
        .concat();
        bits.extend(numbers.into_iter().map(u64::from));
        bits
    })
}

#[test]
fn one_two_and_five_threads_give_the_same_bytes() {
    let alone = bits(1);
    assert!(alone == bits(2));
    assert!(alone == bits(5));
}
