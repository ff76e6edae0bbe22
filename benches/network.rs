//! How long the network room takes on a hundred thousand nodes and a million
//! ties, a few of which are hubs.

#[path = "../tests/network/generator.rs"]
mod generator;

use std::hint::black_box;

use catchment_network::centrality::betweenness::BetweennessSettings;
use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::graph::Network;
use catchment_network::{components, reciprocity};
use criterion::Criterion;

const NODES: u32 = 100_000;
const TIES: usize = 1_000_000;
/// A territory of a few thousand primary care providers, worked exactly.
const FEW_NODES: u32 = 4000;
const FEW_TIES: usize = 60_000;

fn main() {
    let ties = generator::heavy_tailed_ties(NODES, TIES, 1);
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
    criterion.bench_function("network/reciprocity", |b| {
        b.iter(|| {
            reciprocity::measure(black_box(&network))
                .map(|m| m.reciprocity)
                .sum::<f64>()
        });
    });
    criterion.bench_function("network/clustering", |b| {
        b.iter(|| clustering::measure(black_box(&network)));
    });
    let sampled = BetweennessSettings {
        sources: 64,
        ..BetweennessSettings::default()
    };
    criterion.bench_function("network/betweenness, 64 sources", |b| {
        b.iter(|| betweenness::measure(black_box(&network), &sampled));
    });
    let few = generator::heavy_tailed_ties(FEW_NODES, FEW_TIES, 1);
    let few = Network::build(FEW_NODES, &few).expect("the ties are in range");
    criterion.bench_function("network/betweenness, exact, 4,000 nodes", |b| {
        b.iter(|| betweenness::measure(black_box(&few), &Default::default()));
    });
    criterion.final_summary();
}
