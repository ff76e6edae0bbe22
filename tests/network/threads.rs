//! The same bytes whatever the number of threads.

use catchment_network::centrality::betweenness::BetweennessSettings;
use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::components;

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
        let floats = [
            ranked.ranks,
            vec![ranked.error_bound],
            between.values,
            between.standard_errors.unwrap(),
            betweenness::dependencies(&network, &(0..200).collect::<Vec<u32>>()),
            clustering::measure(&network),
            network.arcs().map(|tie| tie.weight).collect(),
        ];
        let mut bits: Vec<u64> = floats
            .concat()
            .iter()
            .map(|value| value.to_bits())
            .collect();
        bits.extend(
            components::find(&network)
                .of
                .iter()
                .map(|&of| u64::from(of)),
        );
        bits
    })
}

#[test]
fn one_two_and_five_threads_give_the_same_bytes() {
    let alone = bits(1);
    assert!(alone == bits(2));
    assert!(alone == bits(5));
}
