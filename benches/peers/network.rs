//! The network room's side of a comparison with another library on the same
//! ties: `network.py` beside this file runs both and prints the table.
//!
//! ```text
//! make NODES TIES SEED FILE      draws ties, and writes the distinct ones
//! measure NODES FILE SOURCES OUT reads ties, measures, and prints seconds
//! ```
//!
//! FILE holds all `from`s (u32), then all `to`s (u32), then all weights (f64),
//! SOURCES node numbers (u32), and OUT is a folder for one file of f64 a result;
//! all are little-endian.

#[path = "../../tests/network/generator.rs"]
mod generator;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use catchment_network::centrality::{betweenness, clustering, pagerank};
use catchment_network::communities::leiden::{LeidenSettings, find};
use catchment_network::graph::{Network, Tie};
use catchment_network::undirected::Undirected;
use catchment_network::{components, reciprocity};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// How often communities are improved, as the other library does by default.
const ITERATIONS: u32 = 2;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", nodes, ties, seed, file] => {
            make(nodes.parse()?, ties.parse()?, seed.parse()?, file)
        }
        ["measure", nodes, file, sources, out] => {
            measure(nodes.parse()?, file, sources, Path::new(out))
        }
        _ => Err("make NODES TIES SEED FILE, or measure NODES FILE SOURCES OUT".into()),
    }
}

/// Writes distinct ties without self loops, in no order, so that a library that
/// does not merge them holds the same network.
fn make(nodes: u32, ties: usize, seed: u64, file: &str) -> Outcome<()> {
    let drawn = generator::heavy_tailed_ties(nodes, ties, seed);
    let network = Network::build_from(nodes, drawn)?;
    let mut ties: Vec<Tie> = network.arcs().collect();
    ties.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let mut bytes = Vec::with_capacity(16 * ties.len());
    bytes.extend(ties.iter().flat_map(|tie| tie.from.to_le_bytes()));
    bytes.extend(ties.iter().flat_map(|tie| tie.to.to_le_bytes()));
    bytes.extend(ties.iter().flat_map(|tie| tie.weight.to_le_bytes()));
    fs::write(file, bytes)?;
    println!("{}", ties.len());
    Ok(())
}

fn read_ties(file: &str) -> Outcome<Vec<Tie>> {
    let bytes = fs::read(file)?;
    let count = bytes.len() / 16;
    let (ends, weights) = bytes.split_at(8 * count);
    let (from, to) = ends.split_at(4 * count);
    let from = numbers(from);
    let ends = from.zip(numbers(to));
    let weights = weights.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b));
    Ok(ends
        .zip(weights)
        .map(|((from, to), weight)| Tie { from, to, weight })
        .collect())
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.as_chunks().0.iter().map(|b| u32::from_le_bytes(*b))
}

/// Seconds of each step, and seconds of processor time over all threads.
struct Clock {
    lines: Vec<String>,
}

impl Clock {
    fn time<T>(&mut self, name: &str, work: impl FnOnce() -> T) -> T {
        let before = processor_seconds();
        let started = Instant::now();
        let result = work();
        let seconds = started.elapsed().as_secs_f64();
        let worked = processor_seconds() - before;
        self.lines
            .push(format!("\"{name}\": [{seconds:.6}, {worked:.6}]"));
        result
    }
}

/// What the process has used so far, in hundredths as Linux tells it; 0 where
/// nothing does.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold blanks: the 12th and 13th word are the
    // ticks in the program and in the system.
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|word| word.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn measure(nodes: u32, file: &str, sources: &str, out: &Path) -> Outcome<()> {
    let ties = read_ties(file)?;
    let sources: Vec<u32> = numbers(&fs::read(sources)?).collect();
    let mut clock = Clock { lines: Vec::new() };
    let network = clock.time("build", || Network::build(nodes, &ties))?;
    let ranked = clock.time("pagerank", || pagerank::rank(&network, &Default::default()))?;
    write(out, "pagerank", ranked.ranks)?;

    // Without weights, as the other library is quickest.
    let mut even = ties;
    for tie in &mut even {
        tie.weight = 1.0;
    }
    let even = Network::build_from(nodes, even)?;
    let ranked = clock.time("pagerank, unweighted", || {
        pagerank::rank(&even, &Default::default())
    })?;
    write(out, "pagerank, unweighted", ranked.ranks)?;
    drop(even);

    let found = clock.time("components", || components::find(&network));
    write(out, "components", found.of.iter().map(|&of| f64::from(of)))?;
    let returned = clock.time("reciprocity", || {
        reciprocity::measure(&network)
            .filter(|measured| measured.reciprocity > 0.0)
            .count()
    });
    let share = returned as f64 / network.arc_count() as f64;
    write(out, "reciprocity", [share])?;
    let edges = clock.time("undirected view", || network.edge_count());
    write(out, "undirected view", [edges as f64])?;
    let clustered = clock.time("clustering", || clustering::measure(&network));
    write(out, "clustering", clustered)?;
    let depends = clock.time("betweenness", || {
        betweenness::dependencies(&network, &sources)
    });
    write(out, "betweenness", depends)?;
    let graph = Undirected::of(&network);
    let settings = LeidenSettings {
        seeds: 1,
        most_iterations: ITERATIONS,
        ..LeidenSettings::default()
    };
    let found = clock.time("communities", || find(&graph, &settings))?;
    write(out, "communities", [found.modularity])?;
    println!("{{{}}}", clock.lines.join(", "));
    Ok(())
}

fn write(out: &Path, name: &str, values: impl IntoIterator<Item = f64>) -> Outcome<()> {
    let bytes: Vec<u8> = values.into_iter().flat_map(f64::to_le_bytes).collect();
    Ok(fs::write(out.join(name), bytes)?)
}
