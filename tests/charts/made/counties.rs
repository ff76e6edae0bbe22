//! Made tables of leakage by county of the referring practice.

use catchment_base::{Table, TableBuilder};

use super::Case;

type County = (&'static str, i64, i64, f64, i64);

/// County, eligible, leaked, shrunk, unknown.
#[rustfmt::skip]
const COUNTIES: [County; 13] = [
    ("Luzerne", 2011, 498, 0.249, 88),
    ("Lackawanna", 1688, 377, 0.225, 71),
    ("Wayne", 512, 171, 0.331, 20),
    ("Bradford", 466, 192, 0.402, 14),
    ("Susquehanna", 301, 98, 0.322, 9),
    ("Wyoming", 288, 51, 0.181, 12),
    ("Pike", 270, 111, 0.398, 49),
    ("Monroe", 244, 109, 0.431, 8),
    ("Columbia", 121, 33, 0.271, 3),
    ("Sullivan", 19, 6, 0.29, 0),
    // In no list of places.
    ("Grand Lake, ON", 44, 13, 0.28, 1),
    // Practices that nobody can place, with a rate above all others.
    ("unknown", 61, 58, 0.91, 2),
    // Of an earlier quarter.
    ("Tioga", 80, 79, 0.9, 0),
];

/// Counties of Pennsylvania with more than the list has room for.
#[rustfmt::skip]
const MANY: [&str; 30] = [
    "Adams", "Berks", "Blair", "Bucks", "Cambria", "Cameron", "Carbon", "Centre", "Chester", "Clearfield",
    "Clinton", "Cumberland", "Dauphin", "Delaware", "Elk", "Franklin", "Fulton", "Huntingdon", "Juniata",
    "Lancaster", "Lebanon", "Lehigh", "Lycoming", "McKean", "Mifflin", "Montgomery", "Montour",
    "Northumberland", "Perry", "Schuylkill",
];

/// Each county under the name that it has in this case.
fn rows(case: Case) -> Vec<(String, County)> {
    let mut rows: Vec<(String, County)> = match case {
        Case::One => vec![("Luzerne".to_string(), COUNTIES[0])],
        Case::None => Vec::new(),
        Case::Longest => COUNTIES
            .iter()
            .map(|c| match c.0 {
                // The last can't be placed, and has the longest name that there is.
                "Grand Lake, ON" => (case.long("Grand Lake"), *c),
                "Tioga" | "unknown" => (c.0.to_string(), *c),
                name => (format!("{name} County, PA"), *c),
            })
            .collect(),
        _ => COUNTIES.iter().map(|c| (c.0.to_string(), *c)).collect(),
    };
    if case == Case::Unknown {
        rows.extend(MANY.iter().enumerate().map(|(at, name)| {
            let n = 40 + (at as i64 * 37) % 300;
            let leaked = n * (10 + (at as i64 * 13) % 50) / 100;
            (
                (*name).to_string(),
                (*name, n, leaked, leaked as f64 / n as f64, 1),
            )
        }));
    }
    rows
}

pub fn leakage_map(case: Case) -> Table {
    let rows = rows(case);
    let n = |c: &County| if case == Case::Calm { c.1 / 100 } else { c.1 };
    let leaked = |c: &County| if case == Case::Calm { c.2 / 100 } else { c.2 };
    let real = |of: &dyn Fn(&County) -> Option<f64>| -> Vec<_> {
        rows.iter()
            .map(|r| case.known(of(&r.1)).flatten())
            .collect()
    };
    let rate = |c: &County| (n(c) > 0).then(|| leaked(c) as f64 / n(c) as f64);
    let half = |c: &County| 1.1 / (n(c).max(1) as f64).sqrt();
    let quarter = |c: &County| if c.0 == "Tioga" { "2026Q2" } else { "2026Q3" };
    TableBuilder::new("leakage_by_referring_county")
        .text("county", rows.iter().map(|r| Some(&r.0)))
        .text("quarter", rows.iter().map(|r| Some(quarter(&r.1))))
        .int("n", rows.iter().map(|r| case.known(n(&r.1))))
        .int("leaked", rows.iter().map(|r| case.known(leaked(&r.1))))
        .real("leakage", real(&rate))
        .real(
            "leakage_low",
            real(&|c| rate(c).map(|r| (r - half(c)).max(0.0))),
        )
        .real(
            "leakage_high",
            real(&|c| rate(c).map(|r| (r + half(c)).min(1.0))),
        )
        .real("shrunk_leakage", real(&|c| Some(c.3)))
        .int(
            "unknown_destination",
            rows.iter().map(|r| case.known(r.1.4)),
        )
        .real(
            "leakage_bound_low",
            real(&|c| Some(c.2 as f64 / (c.1 + c.4) as f64)),
        )
        .real(
            "leakage_bound_high",
            real(&|c| Some((c.2 + c.4) as f64 / (c.1 + c.4) as f64)),
        )
        .finish()
        .unwrap()
}
