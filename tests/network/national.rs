//! A network of national size, in the memory of a common machine.
//!
//! `cargo test --release -p catchment-network --test network national -- --ignored --nocapture`
//! prints seconds and memory.

use std::time::Instant;

use catchment_network::centrality::{clustering, pagerank};
use catchment_network::graph::Network;
use catchment_network::{components, reciprocity};

use crate::generator::heavy_tailed_ties;

/// The most memory that the process has held, where the system tells.
fn peak_gib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0 / 1024.0)
}

fn told<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{name:14} {seconds:7.2} s, peak {:.2} GiB",
        peak_gib().unwrap_or(f64::NAN)
    );
    result
}

#[test]
#[ignore = "takes a minute and three gigabytes"]
fn a_million_providers_and_sixty_million_ties() {
    let nodes = 1_000_000;
    let ties = told("draw", || heavy_tailed_ties(nodes, 60_600_000, 1));
    let network = told("build", || Network::build_from(nodes, ties)).unwrap();
    println!("{} ties", network.arc_count());
    assert!(network.arc_count() >= 60_000_000);

    let ranked = told("pagerank", || pagerank::rank(&network, &Default::default())).unwrap();
    assert!(ranked.error_bound <= 1e-10);
    assert!((ranked.ranks.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let found = told("components", || components::find(&network));
    assert_eq!(found.sizes.iter().sum::<u32>(), nodes);
    let (share, sum) = told("reciprocity", || {
        let shares = reciprocity::measure(&network).map(|m| (m.share_of_out, m.reciprocity));
        shares.fold((0.0, 0.0), |sum, of| (sum.0 + of.0, sum.1 + of.1))
    });
    let referring = (0..nodes).filter(|&n| network.out_degree(n) > 0).count();
    assert!((share - referring as f64).abs() < 1e-3 && sum > 0.0);

    told("undirected", || network.edge_count());
    let clustered = told("clustering", || clustering::measure(&network));
    assert!(clustered.iter().all(|value| (0.0..=1.0).contains(value)));
    if let Some(peak) = peak_gib() {
        assert!(peak < 12.0, "{peak} GiB");
    }
}
