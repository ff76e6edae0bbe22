//! How long the network room takes on a hundred thousand nodes and a million
//! ties, a few of which are hubs.

use std::hint::black_box;

use catchment_network::centrality::betweenness::BetweennessSettings;
use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::communities::leiden::{LeidenSettings, find};
use catchment_network::graph::{Network, Tie};
use catchment_network::shared_patients::Seen;
use catchment_network::undirected::Undirected;
use catchment_network::{backbone, brokerage, care_density, components, cut_points, roles};
use criterion::Criterion;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const NODES: u32 = 100_000;
const TIES: u32 = 1_000_000;

/// Ties whose ends fall on node `i` with a chance in proportion to `i^-0.6`, so
/// that the number of partners has a power-law tail with exponent 1 + 1 / 0.6,
/// about 2.7 (after Chung and Lu, 2002).
fn heavy_tailed_ties() -> Vec<Tie> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut node = || {
        let uniform: f64 = rng.random();
        (uniform.powf(2.5) * f64::from(NODES)) as u32
    };
    let ends: Vec<(u32, u32)> = (0..TIES).map(|_| (node(), node())).collect();
    ends.into_iter()
        .map(|(from, to)| Tie {
            from,
            to,
            weight: f64::from(1 + (from ^ to) % 20),
        })
        .collect()
}

fn main() {
    let ties = heavy_tailed_ties();
    let network = Network::build(NODES, &ties).expect("the ties are in range");
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    criterion.bench_function("network/build", |b| {
        b.iter(|| Network::build(NODES, black_box(&ties)));
    });
    criterion.bench_function("network/pagerank", |b| {
        b.iter(|| pagerank::rank(black_box(&network), &Default::default()));
    });
    criterion.bench_function("network/components", |b| {
        b.iter(|| components::find(black_box(&network)));
    });
    criterion.bench_function("network/clustering", |b| {
        b.iter(|| clustering::measure(black_box(&network)));
    });
    let graph = Undirected::of(&network);
    let once = LeidenSettings {
        seeds: 1,
        ..LeidenSettings::default()
    };
    criterion.bench_function("network/communities, one seed", |b| {
        b.iter(|| find(black_box(&graph), &once));
    });
    let sampled = BetweennessSettings {
        sources: 64,
        ..BetweennessSettings::default()
    };
    criterion.bench_function("network/betweenness, 64 sources", |b| {
        b.iter(|| betweenness::measure(black_box(&network), &sampled));
    });
    bench_standing(&mut criterion, &network, &ties);
    criterion.final_summary();
}

/// How ties and nodes stand among others. Patients are the nodes that the ties come from.
fn bench_standing(criterion: &mut Criterion, network: &Network, ties: &[Tie]) {
    criterion.bench_function("network/backbone", |b| {
        b.iter(|| {
            backbone::measure(black_box(network))
                .map(|tie| tie.p())
                .sum::<f64>()
        });
    });
    criterion.bench_function("network/constraint", |b| {
        b.iter(|| brokerage::measure_constraint(black_box(network)));
    });
    criterion.bench_function("network/cut points", |b| {
        b.iter(|| cut_points::find(black_box(network)));
    });
    let communities: Vec<u32> = (0..NODES).map(|node| node / 100).collect();
    criterion.bench_function("network/standing", |b| {
        b.iter(|| roles::stand(black_box(network), &communities));
    });
    let seen = Seen::build(ties.iter().map(|tie| (tie.from, tie.to)).collect());
    criterion.bench_function("network/care density", |b| {
        b.iter(|| care_density::of_patients(black_box(&seen)));
    });
}
