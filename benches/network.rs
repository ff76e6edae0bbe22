//! How long the network room takes on a hundred thousand nodes and a million
//! ties, a few of which are hubs.

use std::hint::black_box;

use catchment_network::centrality::betweenness::BetweennessSettings;
use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::components;
use catchment_network::graph::{Network, Tie};
use catchment_network::prospects::personalised;
use catchment_network::prospects::two_paths::{Asked, reach};
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
    let labels: Vec<Option<u16>> = (0..NODES)
        .map(|node| (node % 200 == 0).then_some((node / 200 % 40) as u16))
        .collect();
    let asked: Vec<Asked> = (0..NODES)
        .map(|node| Asked { node, except: None })
        .collect();
    criterion.bench_function("network/two paths of every node to 500 of 40 labels", |b| {
        b.iter(|| reach(black_box(&network), &network, &labels, 6.0, &asked));
    });
    let seeds: Vec<u32> = (0..NODES).step_by(200).collect();
    criterion.bench_function("network/personalised pagerank, 500 seeds", |b| {
        b.iter(|| personalised::rank(black_box(&network), &seeds, &Default::default()));
    });
    let sampled = BetweennessSettings {
        sources: 64,
        ..BetweennessSettings::default()
    };
    criterion.bench_function("network/betweenness, 64 sources", |b| {
        b.iter(|| betweenness::measure(black_box(&network), &sampled));
    });
    criterion.final_summary();
}
