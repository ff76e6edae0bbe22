//! Networks of national size, in the memory of a common machine.
//!
//! `cargo test --release -p catchment-network --test network national -- --ignored --nocapture`
//! prints seconds, seconds of processor time over all threads, and memory.

use std::time::Instant;

use catchment_network::centrality::{clustering, pagerank};
use catchment_network::communities::leiden::{LeidenSettings, find};
use catchment_network::graph::{Network, Tie};
use catchment_network::prospects::decay::{Decay, Stratum};
use catchment_network::prospects::personalised;
use catchment_network::prospects::two_paths::{Asked, reach};
use catchment_network::undirected::Undirected;
use catchment_network::{components, reciprocity};

use crate::generator::heavy_tailed_ties;

/// The most memory that the process has held, where the system tells.
fn peak_gib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0 / 1024.0)
}

/// What the process has used of the processor, over all threads; 0 where the system does not tell.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold blanks: the 12th and 13th word are hundredths in the program
    // and in the system.
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|word| word.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn told<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let (started, before) = (Instant::now(), processor_seconds());
    let result = work();
    println!(
        "{name:14} {:7.2} s, {:7.2} s of processor time, peak {:.2} GiB",
        started.elapsed().as_secs_f64(),
        processor_seconds() - before,
        peak_gib().unwrap_or(f64::NAN)
    );
    result
}

#[test]
#[ignore = "takes minutes and gigabytes"]
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
    drop(clustered);

    // As a quarter's run seeks them in a network of this size.
    let settings = LeidenSettings::for_pairs(network.edge_count());
    let graph = Undirected::of(&network);
    let communities = told("communities", || find(&graph, &settings)).unwrap();
    let sizes = communities.partition.sizes();
    println!(
        "{} communities, modularity {:.4}, {:?}",
        sizes.len(),
        communities.modularity,
        communities.searches
    );
    assert_eq!(sizes.iter().sum::<u32>(), nodes);
    assert!(communities.modularity > 0.0);
    if let Some(peak) = peak_gib() {
        assert!(peak < 12.0, "{peak} GiB");
    }
}

/// Prospects of a large state: everybody who is not ours is a candidate, eight work at each place,
/// and ours are two thousand of forty specialties.
#[test]
#[ignore = "takes half a minute and two gigabytes"]
fn prospects_among_two_hundred_thousand_providers() {
    let nodes = 200_000_u32;
    let mut ties = told("draw", || heavy_tailed_ties(nodes, 5_100_000, 1));
    let observed = told("build observed", || Network::build(nodes, &ties)).unwrap();
    println!("{} ties", observed.arc_count());
    assert!(observed.arc_count() >= 5_000_000);
    let beside = (0..nodes).flat_map(|node| {
        let first = node / 8 * 8;
        (first..first + 8).map(move |other| (node, other))
    });
    ties.extend(beside.map(|(from, to)| Tie {
        from,
        to,
        weight: 1.0,
    }));
    let network = told("build whole", || Network::build_from(nodes, ties)).unwrap();
    assert!(network.arc_count() > observed.arc_count());

    let label = |node: u32| (node / 100 % 40) as u16;
    let labels: Vec<Option<u16>> = (0..nodes)
        .map(|node| (node % 100 == 0).then(|| label(node)))
        .collect();
    let asked: Vec<Asked> = (0..nodes)
        .filter(|node| node % 100 != 0)
        .map(|node| Asked { node, except: None })
        .collect();
    let reached = told("two paths", || {
        reach(&network, &observed, &labels, 6.0, &asked)
    });
    // Shares of what each partner gives can't come to more than the partners.
    for (asked, reached) in asked.iter().zip(&reached) {
        let score: f64 = reached.labels.iter().map(|found| found.score).sum();
        assert!(score <= network.out_degree(asked.node) as f64);
    }
    let ours: Vec<u32> = (0..nodes).step_by(100).collect();
    let ranked = told("nearness", || {
        personalised::rank(&network, &ours, &Default::default())
    })
    .unwrap();
    assert!((ranked.ranks.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    // Eight at each of 25,000 places, and every specialty a stratum.
    let strata: Vec<Stratum> = (0..40_u32)
        .map(|label| Stratum {
            places: (0..nodes / 8)
                .map(|place| {
                    (
                        f64::from((place * 7 + label) % 500),
                        8,
                        u64::from(place % 9 < 2),
                    )
                })
                .collect(),
        })
        .collect();
    let decay = told("decay", || Decay::fit(&strata));
    assert!(decay.rate.is_finite());
    if let Some(peak) = peak_gib() {
        assert!(peak < 8.0, "{peak} GiB");
    }
}
