//! Made tables of prospects.

use catchment_base::{Table, TableBuilder};

use super::{Case, LAPSED};

type Prospect = (&'static str, f64, f64, f64, i64, &'static str);

/// County, latitude, longitude, expected referrals, our referrers tied, reasons.
#[rustfmt::skip]
const PROSPECTS: [Prospect; 18] = [
    ("Luzerne", 41.245, -75.881, 9.4, 23, "tied to 23 providers who work with our specialists; less than 1 km from our Cardiology; shares patients with Joan Weston"),
    ("Lackawanna", 41.409, -75.662, 8.1, 19, "new in the area since March"),
    ("Wayne", 41.577, -75.259, 7.7, 14, "refers to us once a quarter, peers six times"),
    ("Luzerne", 41.246, -75.880, 7.2, 17, "next door to Valley Pediatrics"),
    ("Bradford", 41.979, -76.516, 6.3, 9, "practice lost its cardiologist"),
    ("Susquehanna", 41.834, -75.877, 5.9, 11, "shares patients with 11 of our referrers"),
    ("Wyoming", 41.539, -75.947, 5.2, 8, "shares patients with 8 of our referrers"),
    ("Lackawanna", 41.452, -75.609, 4.4, 12, "shares patients with 12 of our referrers"),
    ("Pike", 41.322, -74.802, 4.1, 6, "shares patients with 6 of our referrers"),
    ("Monroe", 40.987, -75.195, 3.8, 5, "shares patients with 5 of our referrers"),
    ("Luzerne", 41.336, -75.964, 3.3, 7, "shares patients with 7 of our referrers"),
    ("Lackawanna", 41.490, -75.701, 3.1, 4, "shares patients with 4 of our referrers"),
    ("Wayne", 41.655, -75.282, 2.7, 3, "shares patients with 3 of our referrers"),
    ("Bradford", 41.768, -76.443, 2.2, 2, "shares patients with 2 of our referrers"),
    ("Susquehanna", 41.945, -75.527, 1.9, 2, "shares patients with 2 of our referrers"),
    ("Luzerne", 41.201, -76.005, 1.1, 1, "shares patients with 1 of our referrers"),
    ("Pike", 41.476, -75.043, 0.8, 1, "shares patients with 1 of our referrers"),
    ("Columbia", 41.004, -76.455, 0.6, 1, "shares patients with 1 of our referrers"),
];

pub fn prospects(case: Case) -> Table {
    let rows = case.rows(&PROSPECTS);
    let person = |at: usize| LAPSED[(at * 5 + 3) % LAPSED.len()];
    // Of some nobody knows the place, and in a calm quarter of all.
    let placed = |at: usize| case != Case::Calm && at % 8 != 7;
    let at = |of: fn(&Prospect) -> f64| -> Vec<_> {
        let places = rows.iter().enumerate();
        places.map(|(at, r)| placed(at).then_some(of(r))).collect()
    };
    // A calm quarter has too few before it to judge what a score brings.
    let expected = |n: f64| case.known(n).filter(|_| case != Case::Calm);
    let mut table = TableBuilder::new("prospects")
        .text(
            "npi",
            (0..rows.len()).map(|at| Some(format!("4000{at:06}"))),
        )
        .text(
            "name",
            (0..rows.len()).map(|at| Some(case.long(person(at).0))),
        )
        .text(
            "practice_id",
            (0..rows.len()).map(|at| Some(format!("Q{at:03}"))),
        )
        .text(
            "practice_name",
            (0..rows.len()).map(|at| Some(case.long(person(at).1))),
        )
        .text("county", rows.iter().map(|r| Some(r.0)))
        .real("lat", at(|r| r.1))
        .real("lon", at(|r| r.2))
        .real("score", rows.iter().map(|r| case.known(r.3 / 10.0)))
        .text("reasons", rows.iter().map(|r| Some(case.long(r.5))))
        .real("expected_referrals", rows.iter().map(|r| expected(r.3)))
        .int("rank", (1..).take(rows.len()).map(Some));
    // A table of an earlier version lacks the last column.
    if case != Case::Calm && case != Case::Withheld {
        table = table.int("our_referrers_tied", rows.iter().map(|r| Some(r.4)));
    }
    table.finish().unwrap()
}
