//! Made tables of where leaked referrals go.

use catchment_base::{Table, TableBuilder};

use super::Case;

/// Practice, county, referring providers.
#[rustfmt::skip]
const PRACTICES: [(&str, &str, i64); 14] = [
    ("Dallas Family Practice", "Luzerne", 9),
    ("Clarks Summit Internists", "Lackawanna", 8),
    ("Honesdale Women's Health", "Wayne", 6),
    ("Sayre Family Care", "Bradford", 7),
    ("Montrose Medical Group", "Susquehanna", 5),
    ("Tunkhannock Family Medicine", "Wyoming", 4),
    ("Hawley Family Medicine", "Pike", 5),
    ("Stroudsburg Primary Care", "Monroe", 6),
    ("Jim Thorpe Medical", "Carbon", 4),
    ("Bloomsburg Internal Medicine", "Columbia", 3),
    ("Dushore Rural Health", "Sullivan", 3),
    ("Nanticoke Primary Care", "Luzerne", 5),
    ("Towanda Solo Practice", "Bradford", 1),
    ("Old Forge Internal Medicine", "Lackawanna", 2),
];

#[rustfmt::skip]
const DESTINATIONS: [&str; 11] = [
    "Geisinger Wyoming Valley", "Lehigh Valley Pocono", "Guthrie Robert Packer", "Regional Hospital of Scranton",
    "St. Luke's Monroe", "Evangelical Community", "Arnot Ogden", "Lourdes Binghamton",
    "Hershey Medical Center", "Temple University", "Jefferson Health",
];

/// Practice, specialty, destination, referrals: the counts fall off from the first of each list.
fn usual() -> Vec<(usize, &'static str, usize, i64)> {
    let mut out = Vec::new();
    for practice in 0..PRACTICES.len() {
        for destination in 0..DESTINATIONS.len() {
            let n = 190 / (practice as i64 + 2) / (destination as i64 + 1)
                + ((practice * 5 + destination * 7) % 11) as i64
                - 4;
            if n > 0 && (practice + destination) % 4 != 3 {
                out.push((practice, "Cardiology", destination, n));
                if n > 12 {
                    out.push((practice, "Urology", destination, n / 4));
                }
            }
        }
    }
    out
}

pub fn flows(case: Case) -> Table {
    let rows = match case {
        Case::None => Vec::new(),
        Case::One => vec![(0, "Cardiology", 0, 88)],
        _ => usual(),
    };
    let practice = |row: &(usize, &str, usize, i64)| PRACTICES[row.0];
    // In a calm quarter every practice is too small to be placed.
    let providers = |n: i64| if case == Case::Calm { 2 } else { n };
    // What is withheld in one row leaves the others of its county standing.
    let n = |at: usize, n: i64| {
        let hidden = case == Case::Unknown && at % 5 == 4;
        (!hidden).then(|| case.known(n)).flatten()
    };
    TableBuilder::new("leakage_flows")
        .text(
            "practice_id",
            rows.iter().map(|r| Some(format!("P{:03}", r.0))),
        )
        .text(
            "practice_name",
            rows.iter().map(|r| Some(case.long(practice(r).0))),
        )
        .text(
            "county",
            rows.iter().map(|r| Some(case.long(practice(r).1))),
        )
        .text("territory", rows.iter().map(|_| Some("north")))
        .text("specialty", rows.iter().map(|r| Some(r.1)))
        .text(
            "destination_id",
            rows.iter().map(|r| Some(format!("D{:03}", r.2))),
        )
        .text(
            "destination_name",
            rows.iter().map(|r| Some(case.long(DESTINATIONS[r.2]))),
        )
        .int("n", rows.iter().enumerate().map(|(at, r)| n(at, r.3)))
        .int(
            "providers",
            rows.iter().map(|r| Some(providers(practice(r).2))),
        )
        .finish()
        .unwrap()
}
