//! A network of so many providers that betweenness is estimated from a sample: its standard error
//! stands beside it, and is as large as the estimate is off.

use catchment::base::npi;
use catchment::network::centrality::betweenness::{BetweennessSettings, measure};
use catchment::network::graph::{Network, Tie};

use super::{Row, YEAR, file, near, number};
use crate::workspace::{Fresh, done};

/// A few more than betweenness is exact for.
const PROVIDERS: u32 = 20_400;

fn provider(at: u32) -> String {
    npi::complete(120_000_000 + at)
}

/// Hubs and outsiders, drawn by a fixed sequence (SplitMix64): each provider has a tie to two others,
/// more often to those of low numbers.
fn pairs() -> Vec<(String, String, i64)> {
    let mut state = 11_u64;
    let mut draw = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut pairs = std::collections::BTreeMap::new();
    for from in 0..PROVIDERS {
        for _ in 0..2 {
            let to = (draw().powi(3) * f64::from(PROVIDERS)) as u32;
            let patients = 11 + (draw() * 50.0) as i64;
            if to != from {
                pairs.insert((from, to), patients);
            }
        }
    }
    let told = |((from, to), patients)| (provider(from), provider(to), patients);
    pairs.into_iter().map(told).collect()
}

#[test]
fn estimated_betweenness_has_its_standard_error() {
    let fresh = Fresh::make();
    let pairs = pairs();
    fresh.ingest(&[&file(fresh.path(), &pairs, YEAR)]);
    fresh.run();
    let nodes = fresh.table("network_nodes");
    assert_eq!(nodes.len(), PROVIDERS as usize);
    let node = |npi: &String| nodes.partition_point(|row| row["npi"] < *npi) as u32;
    let ties: Vec<Tie> = pairs
        .iter()
        .map(|(from, to, patients)| Tie {
            from: node(from),
            to: node(to),
            weight: *patients as f64,
        })
        .collect();
    let network = Network::build(PROVIDERS, &ties).unwrap();
    it_is_that_of_the_estimate(&nodes, &network);
    it_says_how_far_the_estimate_is_off(&nodes, &network);
    a_page_about_a_provider_tells_it(&fresh, &nodes);
}

/// Each row has the error of its own provider.
fn it_is_that_of_the_estimate(nodes: &[Row], network: &Network) {
    let sampled = measure(network, &BetweennessSettings::default());
    let errors = sampled.standard_errors.unwrap();
    for (row, (value, error)) in nodes.iter().zip(sampled.values.into_iter().zip(errors)) {
        assert!(near(number(row, "betweenness"), value), "{row:?}");
        assert!(near(number(row, "betweenness_se"), error), "{row:?}");
    }
}

/// Of the fifty providers with the greatest exact values; about four in five of these are expected
/// within 1.96 errors in a network of so few ties, and they err together, being of one sample.
fn it_says_how_far_the_estimate_is_off(nodes: &[Row], network: &Network) {
    let everyone = BetweennessSettings {
        exact_up_to: PROVIDERS,
        ..BetweennessSettings::default()
    };
    let exact = measure(network, &everyone);
    assert!(exact.standard_errors.is_none());
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|a, b| exact.values[*b].total_cmp(&exact.values[*a]));
    let off: Vec<f64> = order[..50]
        .iter()
        .map(|&at| {
            let gap = number(&nodes[at], "betweenness") - exact.values[at];
            gap.abs() / number(&nodes[at], "betweenness_se")
        })
        .collect();
    let within = |errors: f64| off.iter().filter(|off| **off <= errors).count();
    let (one, two, three) = (within(1.0), within(1.96), within(3.0));
    println!("{one} {two} {three}");
    assert!(two >= 35 && three >= 43, "{two} {three} of 50");
    // Errors many times too large would hold everything.
    assert!((18..=45).contains(&one), "{one} of 50");
}

fn a_page_about_a_provider_tells_it(fresh: &Fresh, nodes: &[Row]) {
    let busiest = nodes
        .iter()
        .max_by(|a, b| number(a, "betweenness").total_cmp(&number(b, "betweenness")))
        .unwrap();
    let ask = |more: &[&str]| {
        let mut all = vec![
            "-w",
            fresh.text(),
            "network",
            "show",
            busiest["npi"].as_str(),
        ];
        all.extend(more);
        done(&all)
    };
    let error = number(busiest, "betweenness_se");
    assert!(error > 0.0);
    let said = ask(&[]);
    let words = format!("(an estimate, with a standard error of {error:.4})");
    assert!(said.contains(&words), "{words}: {said}");
    let json: serde_json::Value = serde_json::from_str(&ask(&["--format", "json"])).unwrap();
    assert!(near(json["betweenness_se"].as_f64().unwrap(), error));
}
