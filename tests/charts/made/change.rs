//! Made tables of what explains the change in leakage.

use catchment_base::{Table, TableBuilder};

use super::Case;

/// Parts are rate, mix, new, lost, affiliation, coverage; they add up to the change.
type Explained = (
    &'static str,
    &'static str,
    &'static str,
    f64,
    f64,
    f64,
    [f64; 6],
);

/// Specialty, comparison, from, leakage then and now, half width of the change, parts.
#[rustfmt::skip]
const EXPLAINED: [Explained; 4] = [
    ("Cardiology", "quarter_before", "2026Q2", 0.349, 0.412, 0.041, [0.031, 0.012, 0.016, -0.004, 0.0, 0.008]),
    ("all", "quarter_before", "2026Q2", 0.255, 0.274, 0.012, [0.004, -0.006, 0.018, 0.005, -0.004, 0.002]),
    ("all", "year_before", "2025Q3", 0.297, 0.274, 0.014, [-0.019, 0.003, 0.006, -0.011, 0.0, -0.002]),
    ("Urology", "quarter_before", "2026Q2", 0.197, 0.177, 0.06, [-0.013, -0.004, 0.0, -0.003, 0.0, 0.0]),
];

pub fn leakage_change(case: Case) -> Table {
    let rows: Vec<Explained> = match case {
        Case::None => Vec::new(),
        Case::One => EXPLAINED[1..2].to_vec(),
        _ => EXPLAINED.to_vec(),
    };
    let half = |r: &Explained| if case == Case::Calm { 0.05 } else { r.5 };
    let change = |r: &Explained| r.4 - r.3;
    let real = |of: &dyn Fn(&Explained) -> f64| -> Vec<_> {
        rows.iter().map(|r| case.known(of(r))).collect()
    };
    let mut table = TableBuilder::new("leakage_change_explained")
        .text("specialty", rows.iter().map(|r| Some(r.0)))
        .text("comparison", rows.iter().map(|r| Some(r.1)))
        .text("from_quarter", rows.iter().map(|r| Some(r.2)))
        .text("to_quarter", rows.iter().map(|_| Some("2026Q3")))
        .real("leakage_from", real(&|r| r.3))
        .real("leakage_to", real(&|r| r.4))
        .real("change", real(&change))
        .real("change_low", real(&|r| change(r) - half(r)))
        .real("change_high", real(&|r| change(r) + half(r)));
    // The table has mix before rate.
    for (column, part) in [
        ("mix", 1),
        ("rate", 0),
        ("new_referrers", 2),
        ("lost_referrers", 3),
        ("affiliation", 4),
        ("coverage", 5),
    ] {
        table = table.real(column, real(&|r| r.6[part]));
    }
    table.finish().unwrap()
}
