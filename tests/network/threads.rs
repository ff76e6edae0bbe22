//! The same bytes whatever the number of threads.

use catchment_network::centrality::betweenness::BetweennessSettings;
use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::communities::leiden::{LeidenSettings, find};
use catchment_network::graph::Network;
use catchment_network::shared_patients::Seen;
use catchment_network::undirected::Undirected;
use catchment_network::{backbone, brokerage, care_density, components, roles};

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
            betweenness::dependencies(&network, &(0..200).collect::<Vec<u32>>()),
            clustering::measure(&network),
            network.arcs().map(|tie| tie.weight).collect(),
            backbone::measure(&network).map(|tie| tie.p()).collect(),
            known(brokerage::measure_constraint(&network)),
            standings(&network),
            care_densities(&network),
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

fn known(values: Vec<Option<f64>>) -> Vec<f64> {
    values.into_iter().flatten().collect()
}

fn standings(network: &Network) -> Vec<f64> {
    let communities: Vec<u32> = (0..network.node_count()).map(|node| node % 40).collect();
    let standings = roles::stand(network, &communities);
    standings
        .iter()
        .flat_map(|s| [s.within_z, s.between_z, s.participation])
        .collect()
}

/// Care density where the arcs lead from patients to those who have seen them.
fn care_densities(network: &Network) -> Vec<f64> {
    let seen = Seen::build(network.arcs().map(|tie| (tie.from, tie.to)).collect());
    let densities = care_density::of_patients(&seen);
    [
        known(care_density::of_providers(&seen, &densities)),
        known(densities),
    ]
    .concat()
}

#[test]
fn one_two_and_five_threads_give_the_same_bytes() {
    let alone = bits(1);
    assert!(alone == bits(2));
    assert!(alone == bits(5));
}
