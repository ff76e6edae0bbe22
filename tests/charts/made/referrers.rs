//! Made tables of leakage by referrer.

use catchment_base::{Table, TableBuilder};

use super::{Case, LAPSED};

/// Eligible, share leaked: enough for every class; the names go round.
fn usual(case: Case) -> Vec<(i64, f64)> {
    let count = match case {
        Case::None => 0,
        Case::One => 1,
        // More than there is room for.
        Case::Unknown => 700,
        _ => 90,
    };
    (0..count)
        .map(|at: i64| {
            let n = if case == Case::Calm {
                4
            } else {
                12 + (at * at * 7 + at * 31) % 97
            };
            let share = ((at * 53 + at * at * 11) % 100) as f64 / 100.0;
            // A few send little.
            (
                if at % 9 == 8 { 3 + at % 7 } else { n },
                share * share.sqrt(),
            )
        })
        .collect()
}

fn class(n: i64, share: f64) -> &'static str {
    match (n, share) {
        (..11, _) => "too_few",
        (_, ..=0.2) => "loyalist",
        (_, 0.8..) => "leaker",
        _ => "splitter",
    }
}

pub fn splitters(case: Case) -> Table {
    let rows = usual(case);
    let person = |at: usize| LAPSED[at % LAPSED.len()];
    let half = |n: i64| 1.0 / (n as f64).sqrt();
    // The last one is of an earlier quarter.
    let quarter = |at: usize| {
        if at > 0 && at + 1 == rows.len() {
            "2026Q2"
        } else {
            "2026Q3"
        }
    };
    let real = |of: &dyn Fn(i64, f64) -> f64| -> Vec<_> {
        rows.iter().map(|r| case.known(of(r.0, r.1))).collect()
    };
    let shrunk = |n: i64, share: f64| (share * n as f64 + 0.27 * 9.0) / (n as f64 + 9.0);
    TableBuilder::new("leakage_by_referrer")
        .text(
            "referring_npi",
            (0..rows.len()).map(|at| Some(format!("2000000{at:03}"))),
        )
        .text("quarter", (0..rows.len()).map(|at| Some(quarter(at))))
        .text(
            "referring_name",
            (0..rows.len()).map(|at| Some(case.long(person(at).0))),
        )
        .text(
            "practice_id",
            (0..rows.len()).map(|at| Some(format!("P{at:03}"))),
        )
        .text(
            "practice_name",
            (0..rows.len()).map(|at| Some(case.long(person(at).1))),
        )
        .int("n", rows.iter().map(|r| Some(r.0)))
        .real("leakage", real(&|_, share| share))
        .real("leakage_low", real(&|n, share| (share - half(n)).max(0.0)))
        .real("leakage_high", real(&|n, share| (share + half(n)).min(1.0)))
        .real("shrunk_leakage", real(&shrunk))
        .text("class", rows.iter().map(|r| Some(class(r.0, r.1))))
        .finish()
        .unwrap()
}
