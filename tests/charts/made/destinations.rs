//! A made table of where leaked referrals go.

use catchment_base::{Table, TableBuilder};

use super::Case;

type Destination = (&'static str, &'static str, i64, f64, f64);

/// Id, name, received of Cardiology; change as a ratio with its q-value.
#[rustfmt::skip]
const DESTINATIONS: [Destination; 11] = [
    ("P900", "Geisinger Heart and Vascular, Danville", 171, 1.19, 0.01),
    ("P901", "Guthrie Cardiology, Sayre", 96, 1.02, 0.7),
    ("P902", "Lehigh Valley Heart Specialists", 71, 0.94, 0.6),
    ("P903", "Commonwealth Cardiology", 52, 0.71, 0.02),
    ("P904", "Regional Hospital of Scranton", 39, 1.0, 0.9),
    ("P905", "Moses Taylor Cardiology", 27, 1.12, 0.5),
    ("P906", "Penn Medicine Cherry Hill", 18, 1.3, 0.3),
    ("P907", "Upstate Cardiology, Binghamton", 14, 0.8, 0.4),
    ("P908", "Evangelical Heart and Vascular", 9, 1.1, 0.8),
    ("P909", "UPMC Williamsport", 6, 0.9, 0.8),
    ("P910", "Lourdes Cardiology, Binghamton", 5, 1.4, 0.6),
];

/// The rows of Cardiology and of all specialties, which come to three times Cardiology here, in
/// another order.
fn rows(one: &[Destination]) -> Vec<(&'static str, Destination)> {
    let all = one.iter().rev().zip(one);
    let all = all.map(|(r, other)| (r.0, r.1, other.2 * 3, other.3, other.4));
    let first = one.iter().map(|r| ("Cardiology", *r));
    first.chain(all.map(|r| ("all", r))).collect()
}

pub(super) fn destinations(case: Case) -> Table {
    let one = case.rows(&DESTINATIONS);
    let part = if case == Case::Calm { 30 } else { 1 };
    let rows = rows(&one);
    let total = |specialty: &str| -> i64 {
        rows.iter()
            .filter(|r| r.0 == specialty)
            .map(|r| r.1.2 / part)
            .sum()
    };
    let totals = [total("Cardiology"), total("all")];
    let whole = |r: &(&str, Destination)| totals[usize::from(r.0 == "all")] as f64;
    let share = |r: &(&str, Destination)| (r.1.2 / part) as f64 / whole(r);
    let half = |r: &(&str, Destination)| 2.2 * (share(r) * (1.0 - share(r)) / whole(r)).sqrt();
    let specialty = |r: &(&str, Destination)| {
        if r.0 == "all" {
            "all".to_string()
        } else {
            case.long(r.0)
        }
    };
    let real = |of: &dyn Fn(&(&str, Destination)) -> f64| -> Vec<_> {
        rows.iter().map(|r| case.known(of(r))).collect()
    };
    let compared = |of: &dyn Fn(&Destination) -> f64| -> Vec<_> {
        let known = |r: &(&str, Destination)| (case != Case::One).then(|| of(&r.1));
        rows.iter().map(known).collect()
    };
    let width = |r: &Destination| if r.4 < 0.05 { 0.12 } else { 0.6 };
    let rank = |at: usize| {
        case.known(1 + (at % one.len().max(1)) as i64)
            .filter(|_| case != Case::Unknown)
    };
    TableBuilder::new("leakage_by_destination")
        .text("destination_id", rows.iter().map(|r| Some(r.1.0)))
        .text("specialty", rows.iter().map(|r| Some(specialty(r))))
        .text("quarter", rows.iter().map(|_| Some("2026Q3")))
        .text(
            "destination_name",
            rows.iter().map(|r| Some(case.long(r.1.1))),
        )
        .int("received", rows.iter().map(|r| case.known(r.1.2 / part)))
        .real("share", real(&share))
        .real("share_low", real(&|r| (share(r) - half(r)).max(0.0)))
        .real("share_high", real(&|r| (share(r) + half(r)).min(1.0)))
        .real("received_change", compared(&|r| r.3))
        .real("received_change_low", compared(&|r| r.3 - width(r)))
        .real("received_change_high", compared(&|r| r.3 + width(r)))
        .real("received_change_q", compared(&|r| r.4))
        .real("distance_km", rows.iter().map(|_| Some(41.0)))
        .int("rank", (0..rows.len()).map(rank))
        .finish()
        .unwrap()
}
