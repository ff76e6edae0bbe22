//! A made table of other organizations: their shares and ranks over eight quarters, and how
//! concentrated each specialty's market is.

use catchment_base::{Quarter, Table, TableBuilder};

use super::{Case, quarter};

/// Organization and its ranks over the eight quarters.
#[rustfmt::skip]
const ORGANIZATIONS: [(&str, [i64; 8]); 10] = [
    ("Geisinger", [1, 1, 1, 1, 1, 1, 1, 1]),
    ("Susquehanna Health Partners", [4, 4, 3, 3, 3, 2, 2, 2]),
    ("Lehigh Valley Health Network", [6, 6, 7, 6, 6, 5, 6, 3]),
    ("Commonwealth Health", [2, 2, 2, 2, 2, 3, 3, 4]),
    ("Guthrie", [3, 3, 4, 4, 4, 4, 4, 5]),
    ("Penn Medicine", [9, 8, 8, 8, 7, 7, 7, 6]),
    ("Evangelical Community Hospital", [5, 5, 5, 5, 5, 6, 5, 7]),
    ("Lourdes", [7, 7, 6, 7, 8, 8, 8, 8]),
    ("UPMC", [8, 9, 9, 9, 9, 9, 9, 9]),
    ("Wayne Memorial", [10, 10, 10, 10, 10, 10, 10, 10]),
];

type Row = (String, String, Quarter, i64, f64, i64, Option<f64>);

/// Specialty, its index, and the referrals behind it.
#[rustfmt::skip]
const MARKETS: [(&str, f64, i64); 6] = [
    ("Cardiology", 3120.0, 812),
    ("Orthopedic Surgery", 2240.0, 640),
    ("Dermatology", 1430.0, 377),
    ("Neurology", 1790.0, 290),
    ("Gastroenterology", 1985.0, 455),
    ("Pediatric Hematology & Oncology", 5200.0, 12),
];

/// Organization, specialty, quarter, received, share, rank and the market's index.
fn rows(case: Case) -> Vec<Row> {
    let mut rows = Vec::new();
    // Without claims we are not among them, and the others move up.
    let claims = case != Case::Calm;
    let organizations = case.rows(&ORGANIZATIONS);
    for (name, ranks) in organizations
        .iter()
        .filter(|o| claims || !o.0.starts_with("Susq"))
    {
        for (place, rank) in (0..).zip(ranks) {
            let ours = ORGANIZATIONS[1].1[place as usize];
            let rank = rank - i64::from(!claims && *rank > ours);
            let received = 420 / (rank + 1) / if claims { 1 } else { 20 };
            let index = claims.then_some(1650.0);
            let at = quarter().plus(place - 7);
            let share = 0.36 / (rank as f64 + 0.6);
            rows.push((
                name.to_string(),
                "all".to_string(),
                at,
                received,
                share,
                rank,
                index,
            ));
        }
    }
    for (specialty, index, n) in case.rows(&MARKETS) {
        for (rank, name) in (1..).zip(["Geisinger", "Guthrie"]) {
            let share = 0.5 / f64::from(rank);
            let received = (n as f64 * share) as i64;
            let (name, specialty) = (name.to_string(), case.long(specialty));
            let index = claims.then_some(index);
            rows.push((
                name,
                specialty,
                quarter(),
                received,
                share,
                i64::from(rank),
                index,
            ));
        }
    }
    rows
}

pub(super) fn competitors(case: Case) -> Table {
    let rows = rows(case);
    let claims = case != Case::Calm;
    let ours = |r: &Row| r.0.starts_with("Susq");
    let named = |r: &Row| {
        if ours(r) {
            r.0.clone()
        } else {
            case.long(&r.0)
        }
    };
    let observed = |r: &Row| case.known(r.4).filter(|_| !ours(r));
    let market = |r: &Row| case.known(r.4).filter(|_| claims);
    // One organization's share moved clearly in the last quarter.
    let clear = |r: &Row| claims && r.0.starts_with("Lehigh") && r.2 == quarter();
    let change = |r: &Row| if clear(r) { 0.031 } else { 0.002 };
    let compared = |of: &dyn Fn(&Row) -> f64| -> Vec<_> {
        let known = |r| (case != Case::One).then(|| of(r));
        rows.iter().map(known).collect()
    };
    let column = |of: &dyn Fn(&Row) -> Option<f64>| -> Vec<_> { rows.iter().map(of).collect() };
    TableBuilder::new("competitors")
        .text(
            "organization_id",
            rows.iter().map(|r| Some(r.0.to_lowercase())),
        )
        .text("organization_name", rows.iter().map(|r| Some(named(r))))
        .text("specialty", rows.iter().map(|r| Some(&r.1)))
        .text("quarter", rows.iter().map(|r| Some(r.2.to_string())))
        .int("received", rows.iter().map(|r| case.known(r.3)))
        .real("observed_share", column(&observed))
        .real(
            "observed_share_low",
            column(&|r| observed(r).map(|s| s * 0.9)),
        )
        .real(
            "observed_share_high",
            column(&|r| observed(r).map(|s| s * 1.1)),
        )
        .real("market_share", column(&market))
        .real("market_share_low", column(&|r| market(r).map(|s| s * 0.9)))
        .real("market_share_high", column(&|r| market(r).map(|s| s * 1.1)))
        .int("rank", rows.iter().map(|r| case.known(r.5)))
        .real("share_change", compared(&change))
        .real("share_change_low", compared(&|r| change(r) - 0.02))
        .real("share_change_high", compared(&|r| change(r) + 0.02))
        .real(
            "share_change_q",
            compared(&|r| if clear(r) { 0.01 } else { 0.6 }),
        )
        .real(
            "concentration",
            rows.iter().map(|r| r.6.and_then(|c| case.known(c))),
        )
        .finish()
        .unwrap()
}
