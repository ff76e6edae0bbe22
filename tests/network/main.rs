//! The network crate against published results, against slow and simple twins,
//! and against what must hold for any network.

mod assignment;
mod closed_forms;
mod communities;
mod generator;
mod large_twins;
mod layout;
mod matching;
mod metamorphic;
mod national;
mod prospects;
mod published;
mod standing;
mod threads;
mod twins;

use catchment_network::graph::{Network, Tie};
use proptest::prelude::*;

/// Ties of weight 1 in both directions of each pair, which is how an undirected
/// network is given to a directed one.
fn both_ways(pairs: impl IntoIterator<Item = (u32, u32)>) -> Vec<Tie> {
    pairs
        .into_iter()
        .flat_map(|(a, b)| [(a, b), (b, a)])
        .map(|(from, to)| Tie {
            from,
            to,
            weight: 1.0,
        })
        .collect()
}

/// Up to nine nodes with ties between any of them: self loops, parallel ties,
/// one-way ties, nodes without any, weights in halves.
fn small_networks() -> impl Strategy<Value = (u32, Vec<Tie>)> {
    (1_u32..=9).prop_flat_map(|nodes| {
        let tie = (0..nodes, 0..nodes, 1_u32..20).prop_map(|(from, to, halves)| Tie {
            from,
            to,
            weight: f64::from(halves) / 2.0,
        });
        (Just(nodes), prop::collection::vec(tie, 0..30))
    })
}

/// The weights as a dense matrix, which is all that the twins know of a network.
fn dense(nodes: u32, ties: &[Tie]) -> Vec<Vec<f64>> {
    let mut matrix = vec![vec![0.0; nodes as usize]; nodes as usize];
    for tie in ties.iter().filter(|tie| tie.from != tie.to) {
        matrix[tie.from as usize][tie.to as usize] += tie.weight;
    }
    matrix
}

/// Whether two nodes are tied in either direction.
fn tied(matrix: &[Vec<f64>], a: usize, b: usize) -> bool {
    matrix[a][b] > 0.0 || matrix[b][a] > 0.0
}

/// Hubs and outsiders: both ends crowd towards the low numbers.
fn crowded(nodes: u32, ties: u32) -> Network {
    let mut state = 1_u64;
    // Knuth's linear congruential generator, of which the upper bits are good.
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    let ties: Vec<Tie> = (0..ties)
        .map(|_| Tie {
            from: (draw().powi(2) * f64::from(nodes)) as u32,
            to: (draw().powi(3) * f64::from(nodes)) as u32,
            weight: 1.0 / (1.0 + (draw() * 9.0).floor()),
        })
        .collect();
    Network::build(nodes, &ties).expect("the ties are in range")
}
