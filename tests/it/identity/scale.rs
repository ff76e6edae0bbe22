//! The size of a large state, measured.

use std::path::Path;
use std::time::Instant;

use super::people::{Draw, KINDS, Person, varied};
use super::{REFERRALS, Resolved, number};
use crate::workspace::Fresh;

/// Writes a roster and names of the size of a large state, each name in its circumstances on as many
/// rows as `repeats` says.
fn large(folder: &Path, providers: usize, names: usize, repeats: usize) {
    let mut draw = Draw(9);
    let syllables = [
        "Ba", "ker", "lo", "man", "ri", "sen", "to", "val", "win", "zu", "har", "mon", "ster",
        "dell", "gra",
    ];
    let word = |draw: &mut Draw, parts: usize| -> String {
        (0..parts)
            .map(|_| syllables[draw.below(syllables.len())])
            .collect()
    };
    let lasts: Vec<String> = (0..40_000)
        .map(|_| {
            let n = 2 + draw.below(3);
            word(&mut draw, n)
        })
        .collect();
    let givens: Vec<String> = (0..800).map(|_| word(&mut draw, 2)).collect();
    let practices: Vec<String> = (0..30_000)
        .map(|at| format!("{} {} Clinic {at}", word(&mut draw, 2), word(&mut draw, 3)))
        .collect();
    // A few last names are as common as Smith is.
    let last = |draw: &mut Draw| match draw.below(4) {
        0 => lasts[draw.below(100)].clone(),
        _ => lasts[draw.below(lasts.len())].clone(),
    };
    let mut roster = String::from("npi,name,practice_id,practice_name,specialty,zip\n");
    let mut text = REFERRALS.to_string();
    for at in 0..providers {
        let (given, last, practice) = (
            &givens[draw.below(800)],
            last(&mut draw),
            draw.below(30_000),
        );
        roster.push_str(&format!(
            "{},{given} {last},P{practice},{},Cardiology,8{:04}\n",
            number(at as u32),
            practices[practice],
            practice % 9000
        ));
        if at < names {
            let person = Person {
                npi: String::new(),
                given: given.clone(),
                last,
                practice: practices[practice].clone(),
                specialty: String::new(),
            };
            let (name, place) = varied(&person, KINDS[draw.below(KINDS.len())], &mut draw);
            for row in 0..repeats {
                text.push_str(&format!(
                    "{at}-{row},2026-07-01,requested,,\"{name}\",\"{place}\",,{},,,,\n",
                    number(1)
                ));
            }
        }
    }
    std::fs::write(folder.join("providers.csv"), roster).unwrap();
    std::fs::write(folder.join("referrals.csv"), text).unwrap();
}

/// A number of the kernel's about this process, with its unit.
fn of_process(file: &str, word: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(word));
    line.unwrap_or("").to_string()
}

/// Seconds of processor time that this process has used outside the kernel.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = text.split_whitespace().nth(13).and_then(|t| t.parse().ok());
    ticks.unwrap_or(0.0) / 100.0
}

/// Takes a large roster in and resolves it twice; says what the first time took.
fn measure(providers: usize, names: usize, repeats: usize) -> std::time::Duration {
    let folder = tempfile::tempdir().unwrap();
    large(folder.path(), providers, names, repeats);
    let fresh = Fresh::make();
    fresh.ingest(&[folder.path()]);
    let (before, started) = (processor_seconds(), Instant::now());
    let found = Resolved::of(fresh.path());
    let (processor, first) = (processor_seconds() - before, started.elapsed());
    if let Ok(path) = std::env::var("DUMP") {
        std::fs::write(path, found.bytes()).unwrap();
    }
    let started = Instant::now();
    let again = Resolved::of(fresh.path());
    println!(
        "{:?}\nfirst {first:?}, of processors {processor:.1} s, again {:?}; {}",
        found.counts,
        started.elapsed(),
        of_process("status", "VmHWM")
    );
    assert_eq!(again.counts.comparisons, 0);
    first
}

/// 20,000 names against 200,000 providers: seconds.
#[test]
#[ignore = "takes long; measures"]
fn a_large_roster_takes_seconds() {
    let first = measure(200_000, 20_000, 1);
    assert!(first.as_secs() < 60, "{first:?}");
}

/// A million rows without NPI, 200,000 names in their circumstances, against 200,000 providers:
/// under a minute on two cores.
#[test]
#[ignore = "takes long; measures"]
fn a_million_rows_take_less_than_a_minute() {
    let first = measure(200_000, 200_000, 5);
    assert!(first.as_secs() < 60, "{first:?}");
}
