//! Networks as large and as uneven as a national one, drawn from a seed, for
//! tests and benches.

use catchment_network::graph::Tie;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Ties drawn from one stream of random numbers, so that threads can share the
/// work and draw the same.
const BLOCK: usize = 1 << 16;

/// So many ties with both ends on node `i` of their own order with a chance in
/// proportion to `i^-0.6`: the numbers of partners have power-law tails with
/// exponent 1 + 1 / 0.6, about 2.7 (after Chung and Lu, 2002).
///
/// Those who refer to many are others than those to whom many refer, and neither
/// have neighbouring numbers. Weights are 1 to 20. A few ties are self loops,
/// and some are parallel.
pub fn heavy_tailed_ties(nodes: u32, ties: usize, seed: u64) -> Vec<Tie> {
    let mut drawn = vec![
        Tie {
            from: 0,
            to: 0,
            weight: 1.0
        };
        ties
    ];
    drawn
        .par_chunks_mut(BLOCK)
        .enumerate()
        .for_each(|(stream, block)| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(stream as u64);
            for tie in block {
                *tie = Tie {
                    from: scattered(place(nodes, rng.random()), nodes, 2_654_435_761),
                    to: scattered(place(nodes, rng.random()), nodes, 2_246_822_519),
                    weight: f64::from(rng.random_range(1_u8..=20)),
                };
            }
        });
    drawn
}

/// Where in the order of `nodes` an even chance falls: low places are likely.
fn place(nodes: u32, chance: f64) -> u32 {
    (chance.powf(2.5) * f64::from(nodes)) as u32
}

/// Another number for each place, by a prime that does not divide `nodes`.
fn scattered(place: u32, nodes: u32, prime: u64) -> u32 {
    // Below `nodes`, so it fits.
    ((u64::from(place) + 1) * prime % u64::from(nodes)) as u32
}
