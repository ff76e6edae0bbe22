//! How long the network room takes on a hundred thousand nodes and a million
//! ties, a few of which are hubs.

#[path = "../tests/network/generator.rs"]
mod generator;

use std::hint::black_box;

use catchment_network::centrality::betweenness::BetweennessSettings;
use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::communities::leiden::{LeidenSettings, find};
use catchment_network::graph::{Network, Tie};
use catchment_network::prospects::personalised;
use catchment_network::prospects::two_paths::{Asked, reach};
use catchment_network::shared_patients::Seen;
use catchment_network::undirected::Undirected;
use catchment_network::{
    backbone, brokerage, care_density, components, cut_points, reciprocity, roles,
};
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
    let graph = Undirected::of(&network);
    let once = LeidenSettings {
        seeds: 1,
        ..LeidenSettings::default()
    };
    criterion.bench_function("network/communities, one seed", |b| {
        b.iter(|| find(black_box(&graph), &once));
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
    let few = generator::heavy_tailed_ties(FEW_NODES, FEW_TIES, 1);
    let few = Network::build(FEW_NODES, &few).expect("the ties are in range");
    criterion.bench_function("network/betweenness, exact, 4,000 nodes", |b| {
        b.iter(|| betweenness::measure(black_box(&few), &Default::default()));
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
