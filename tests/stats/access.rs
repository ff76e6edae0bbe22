//! Floating catchment areas against PySAL access: a made-up hospital with three tracts, and Cook
//! County (data/access_cook_euclidean/SOURCE.txt).

use crate::table::{number, rows};
use catchment_stats::access::{Decay, Link, gravity, relative, two_step, two_step_modified};

const COOK: &str = include_str!("data/access_cook_euclidean/tracts.csv");

/// access/tests/test_hospital_example.py (BSD 3-Clause): minutes from tract (row) to hospital
/// (column) under four states of the roads, and the access that follows.
const HOSPITALS: [([[f64; 3]; 3], [f64; 3]); 4] = [
    (
        [[1.0, 80.0, 40.0], [80.0, 1.0, 40.0], [40.0, 40.0, 1.0]],
        [0.3314441169802766, 0.5798281320669381, 7.286418169862544],
    ),
    (
        [[1.0, 80.0, 20.0], [80.0, 1.0, 20.0], [40.0, 40.0, 1.0]],
        [0.4353402208763805, 0.683724235963042, 5.727976611420986],
    ),
    (
        [[1.0, 80.0, 40.0], [80.0, 1.0, 40.0], [20.0, 20.0, 1.0]],
        [0.3310719131614654, 0.5778577857785778, 7.299991939492457],
    ),
    (
        [[1.0, 40.0, 20.0], [40.0, 1.0, 20.0], [20.0, 20.0, 1.0]],
        [0.4425683953985841, 0.6667582799658271, 5.7405246461850234],
    ),
];

#[test]
fn three_tracts_and_their_hospitals() {
    let decay = Decay::Inverse {
        nearest: 1.0,
        reach: 61.0,
    };
    for (minutes, expected) in HOSPITALS {
        let mut links = Vec::new();
        for (demand, row) in minutes.iter().enumerate() {
            for (supply, &distance) in row.iter().enumerate() {
                links.push(Link {
                    demand,
                    supply,
                    distance,
                });
            }
        }
        let found = two_step(&links, &[100.0, 50.0, 10.0], &[15.0, 20.0, 100.0], &decay).unwrap();
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }
}

struct Cook {
    links: Vec<Link>,
    people: Vec<f64>,
    doctors: Vec<f64>,
}

/// All pairs of tracts up to 15 km, in kilometres.
fn cook() -> Cook {
    let table = rows(COOK);
    let column = |at: usize| -> Vec<f64> { table.iter().map(|row| number(row[at])).collect() };
    let (x, y) = (column(2), column(3));
    let mut links = Vec::new();
    for demand in 0..x.len() {
        for supply in 0..x.len() {
            let distance = (x[demand] - x[supply]).hypot(y[demand] - y[supply]) / 1000.0;
            if distance <= 15.0 {
                links.push(Link {
                    demand,
                    supply,
                    distance,
                });
            }
        }
    }
    Cook {
        links,
        people: column(1),
        doctors: column(4),
    }
}

fn check_column(found: &[f64], column: usize, mean: f64) {
    for (found, row) in found.iter().zip(rows(COOK)) {
        let expected = number(row[column]);
        assert!((found / expected - 1.0).abs() < 1e-9, "{row:?}: {found}");
    }
    let average = found.iter().sum::<f64>() / found.len() as f64;
    assert!((average / mean - 1.0).abs() < 1e-10, "{average}");
}

#[test]
fn cook_county() {
    let Cook {
        links,
        people,
        doctors,
    } = cook();
    assert_eq!(people.len(), 1318);
    let plain = Decay::Bands(vec![(10.0, 1.0)]);
    let steps = Decay::Bands(vec![(5.0, 1.0), (10.0, 0.68), (15.0, 0.22)]);
    let curve = Decay::Gaussian {
        sigma: 5.0,
        reach: 15.0,
    };
    let potential = Decay::Inverse {
        nearest: 0.5,
        reach: 15.0,
    };
    let access = |decay: &Decay| two_step(&links, &people, &doctors, decay).unwrap();
    check_column(&access(&plain), 5, 0.0010157124690875487);
    let enhanced = access(&steps);
    check_column(&enhanced, 6, 0.0010118509366623982);
    check_column(&access(&curve), 7, 0.0010174427670688714);
    let pull = gravity(&links, people.len(), &doctors, &potential).unwrap();
    check_column(&pull, 8, 279.1855735376039);
    let total = |access: &[f64]| access.iter().zip(&people).map(|(a, p)| a * p).sum::<f64>();
    assert!((total(&enhanced) - 5065.0).abs() < 1e-8);
    let modified = two_step_modified(&links, &people, &doctors, &steps).unwrap();
    assert!(
        (total(&modified) - 3424.01410516973).abs() < 1e-7,
        "{}",
        total(&modified)
    );
    let spar = relative(&enhanced, &people).unwrap();
    assert!((total(&spar) / people.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}
