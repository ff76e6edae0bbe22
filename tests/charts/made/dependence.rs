//! Made tables of on whom we depend: the curves, and the shares of the first.

use catchment_base::{Table, TableBuilder};

use super::Case;

/// Specialty, referrals, referrers, how steep the curve is, share of the largest practice.
#[rustfmt::skip]
const SPECIALTIES: [(&str, i64, i64, f64, f64); 13] = [
    ("all", 2733, 412, 0.012, 0.071),
    ("Cardiology", 611, 120, 0.031, 0.112),
    ("Dermatology", 240, 70, 0.04, 0.098),
    ("Endocrinology", 131, 22, 0.12, 0.214),
    ("Gastroenterology", 402, 88, 0.035, 0.131),
    ("Neurology", 233, 51, 0.052, 0.155),
    ("Ophthalmology", 77, 31, 0.07, 0.142),
    ("Orthopedic Surgery", 520, 99, 0.028, 0.087),
    ("Physical Medicine & Rehabilitation", 162, 40, 0.06, 0.188),
    ("Pulmonary Disease", 140, 37, 0.064, 0.163),
    ("Reproductive Endocrinology", 17, 6, 0.3, 0.47),
    ("Rheumatology", 64, 8, 0.25, 0.391),
    ("Urology", 136, 14, 0.19, 0.412),
];

fn rows(case: Case) -> Vec<(String, i64, i64, f64, f64)> {
    let own = |r: &(&str, i64, i64, f64, f64)| {
        let name = if r.0 == "all" {
            r.0.to_string()
        } else {
            case.long(r.0)
        };
        let n = if case == Case::Calm { r.1 / 100 } else { r.1 };
        (name, n, r.2, r.3, r.4)
    };
    match case {
        Case::None => Vec::new(),
        Case::One => vec![own(&SPECIALTIES[1])],
        // More than there is room for.
        Case::Unknown => {
            let more = SPECIALTIES[1..].iter().map(|r| {
                let mut more = own(r);
                more.0.push_str(" (children)");
                more
            });
            SPECIALTIES.iter().map(own).chain(more).collect()
        }
        _ => SPECIALTIES.iter().map(own).collect(),
    }
}

/// The share that so many referrers send of all; at the last it is everything.
fn sent(referrers: i64, all: i64, steep: f64) -> f64 {
    let grown = |count: i64| 1.0 - (-steep * count as f64).exp();
    grown(referrers.min(all)) / grown(all)
}

pub fn concentration(case: Case) -> Table {
    let points: Vec<(String, i64, f64)> = rows(case)
        .into_iter()
        .flat_map(|(name, _, all, steep, _)| {
            (1..=all).map(move |count| (name.clone(), count, sent(count, all, steep)))
        })
        .collect();
    TableBuilder::new("concentration_curve")
        .text("specialty", points.iter().map(|p| Some(&p.0)))
        .int("referrers", points.iter().map(|p| Some(p.1)))
        .real("cumulative_share", points.iter().map(|p| case.known(p.2)))
        .finish()
        .unwrap()
}

pub fn fragility(case: Case) -> Table {
    // Each specialty has the row for all practices and one for a practice, which charts leave alone.
    let rows: Vec<_> = rows(case)
        .into_iter()
        .flat_map(|r| [("all", r.clone()), ("P001", r)])
        .collect();
    let first = |count: i64| -> Vec<_> {
        let share = |r: &(&str, (String, i64, i64, f64, f64))| {
            let value = sent(count, r.1.2, r.1.3);
            case.known(if r.0 == "all" { value } else { value / 9.0 })
        };
        rows.iter().map(share).collect()
    };
    // Bridges come with the network, which a calm quarter lacks.
    let bridges = |at: usize| (case != Case::Calm).then_some((at as i64 * 5) % 7);
    TableBuilder::new("fragility")
        .text("specialty", rows.iter().map(|r| Some(&r.1.0)))
        .text("practice_id", rows.iter().map(|r| Some(r.0)))
        .text("practice_name", rows.iter().map(|r| Some(r.0)))
        .int("n", rows.iter().map(|r| case.known(r.1.1)))
        .real(
            "herfindahl",
            rows.iter().map(|r| case.known(r.1.4 * r.1.4 * 1.6)),
        )
        .real("top_1", first(1))
        .real("top_5", first(5))
        .real("top_10", first(10))
        .int(
            "lost_if_top_left",
            rows.iter().map(|r| case.known(r.1.1 / 9)),
        )
        .int("bridges", (0..rows.len()).map(bridges))
        .finish()
        .unwrap()
}
