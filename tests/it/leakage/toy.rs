//! The reference case toy_leakage, which is this project's own: leakages, their intervals and bounds,
//! and the concentration of three shares.

use catchment::stats::concentration::measure;
use catchment::stats::intervals::{wilson, wilson_clustered};

use super::hand::{Hand, Sent};

/// A referrer's orders inside, outside and to nobody known; leakage, Wilson's interval and the bounds.
type Case = (&'static str, [usize; 3], f64, [f64; 2], [f64; 2]);

const CASES: [Case; 4] = [
    (
        "R1",
        [40, 10, 0],
        0.2,
        [0.1124375001577611, 0.3303710593222542],
        [0.2, 0.2],
    ),
    (
        "R2",
        [5, 45, 0],
        0.9,
        [0.7863976856252035, 0.9565242350681096],
        [0.9, 0.9],
    ),
    ("R3", [9, 0, 3], 0.0, [0.0, 0.2991450484195441], [0.0, 0.25]),
    ("R4", [0, 7, 0], 1.0, [0.6456695649333126, 1.0], [1.0, 1.0]),
];

fn near(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() < 1e-9,
        "{what}: {found}, not {expected}"
    );
}

#[test]
fn the_functions_give_the_reference() {
    for (name, [kept, leaked, _], rate, [low, high], _) in CASES {
        let n = kept + leaked;
        // The reference takes z = 1.959963984540054.
        let interval = wilson(leaked as f64, n as f64, 1.959963984540054);
        near(interval.low, low, name);
        near(interval.high, high, name);
        let clustered = wilson_clustered(leaked as u64, n as u64, 1.0);
        near(clustered.low, low, name);
        near(clustered.high, high, name);
        near(leaked as f64 / n as f64, rate, name);
    }
    let measured = measure(&[50, 30, 20]).unwrap();
    near(measured.points(), 3800.0, "points");
    near(
        1.0 / (measured.points() / 10_000.0),
        2.6315789473684212,
        "effective number",
    );
    near(measure(&[10]).unwrap().points(), 10_000.0, "one");
    near(measure(&[1, 1]).unwrap().points(), 5_000.0, "two alike");
    near(measure(&[5, 3, 2]).unwrap().points(), 3_800.0, "three");
}

/// The same orders in files: a row about one referrer takes Wilson's interval as it is.
#[test]
fn the_table_by_referrer_gives_the_reference() {
    let mut hand = Hand::new();
    let mut npis = Vec::new();
    for (name, [kept, leaked, unknown], ..) in CASES {
        let npi = hand.referrer(name, "P1", "own");
        for (to, n) in [
            (Sent::Inside, kept),
            (Sent::Outside, leaked),
            (Sent::Nowhere, unknown),
        ] {
            for _ in 0..n {
                hand.order(&npi, "Cardiology", "2026-08-03", to.clone());
            }
        }
        npis.push(npi);
    }
    let fresh = hand.run();
    let rows = fresh.table("leakage_by_referrer");
    assert_eq!(rows.len(), CASES.len());
    for ((name, [kept, leaked, unknown], rate, [low, high], bounds), npi) in CASES.iter().zip(&npis)
    {
        let row = rows.iter().find(|r| r["referring_npi"] == *npi).unwrap();
        let of = |column: &str| row[column].parse::<f64>().unwrap();
        assert_eq!(of("n") as usize, kept + leaked, "{name}");
        assert_eq!(of("unknown_destination") as usize, *unknown, "{name}");
        for (column, expected) in [
            ("leakage", rate),
            ("leakage_low", low),
            ("leakage_high", high),
            ("leakage_bound_low", &bounds[0]),
            ("leakage_bound_high", &bounds[1]),
        ] {
            near(of(column), *expected, &format!("{name} {column}"));
        }
    }
}
