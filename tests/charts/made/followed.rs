//! Made tables of what became of referrers: lost and gained, the bridge, who began, and forecasts.

use catchment_base::{Table, TableBuilder};

use super::Case;

type Lost = (&'static str, i64, f64, f64, f64);

/// Specialty, lapsed, lost, gained, half width.
#[rustfmt::skip]
const LOST: [Lost; 13] = [
    ("all", 41, 118.4, 86.9, 14.2),
    ("Cardiology", 9, 31.2, 11.8, 6.1),
    ("Orthopedic Surgery", 7, 24.6, 14.1, 5.8),
    ("Gastroenterology", 6, 17.9, 19.6, 5.2),
    ("Urology", 4, 12.0, 4.3, 4.4),
    ("Neurology", 4, 9.7, 8.8, 4.0),
    ("Physical Medicine & Rehabilitation", 3, 7.1, 2.9, 3.1),
    ("Dermatology", 3, 6.6, 12.2, 3.9),
    ("Endocrinology", 2, 4.4, 5.1, 2.2),
    ("Pulmonary Disease", 1, 2.6, 3.3, 1.9),
    ("Rheumatology", 1, 1.4, 0.6, 1.1),
    ("Ophthalmology", 1, 0.9, 4.2, 0.9),
    ("Reproductive Endocrinology", 0, 0.0, 0.0, 0.0),
];

fn lost_rows(case: Case) -> Vec<(String, Lost)> {
    let own = |r: &Lost| match r.0 {
        "all" => (r.0.to_string(), *r),
        name => (case.long(name), *r),
    };
    match case {
        Case::None => Vec::new(),
        Case::One => vec![own(&LOST[1])],
        // More than there is room for.
        Case::Unknown => {
            let more = LOST[1..]
                .iter()
                .map(|r| (format!("{} (children)", r.0), *r));
            LOST.iter().map(own).chain(more).collect()
        }
        _ => LOST.iter().map(own).collect(),
    }
}

pub fn lapsed_summary(case: Case) -> Table {
    // Each specialty has a row over all territories and one of a territory, which the chart leaves alone.
    let rows: Vec<_> = lost_rows(case)
        .into_iter()
        .flat_map(|r| [("all", r.clone()), ("North", r)])
        .collect();
    type Row = (&'static str, (String, Lost));
    let calm = |value: f64| {
        if case == Case::Calm {
            value / 40.0
        } else {
            value
        }
    };
    let real = |of: &dyn Fn(&Lost) -> f64| -> Vec<_> {
        let value = |r: &Row| case.known(calm(of(&r.1.1)) / if r.0 == "all" { 1.0 } else { 3.0 });
        rows.iter().map(value).collect()
    };
    let low = |value: f64, half: f64| (value - half).max(0.0);
    TableBuilder::new("lapsed_summary")
        .text("specialty", rows.iter().map(|r| Some(&r.1.0)))
        .text("territory", rows.iter().map(|r| Some(r.0)))
        .int("count", rows.iter().map(|r| case.known(r.1.1.1)))
        .real("lost_per_quarter", real(&|r| r.2))
        .real("lost_per_quarter_low", real(&|r| low(r.2, r.4)))
        .real("lost_per_quarter_high", real(&|r| r.2 + r.4))
        .real("gained_per_quarter", real(&|r| r.3))
        .real("gained_per_quarter_low", real(&|r| low(r.3, r.4)))
        .real("gained_per_quarter_high", real(&|r| r.3 + r.4))
        .real("net", real(&|r| r.3 - r.2))
        .real(
            "net_low",
            real(&|r| r.3 - r.2 - r.4 * if case == Case::Calm { 9.0 } else { 1.4 }),
        )
        .real(
            "net_high",
            real(&|r| r.3 - r.2 + r.4 * if case == Case::Calm { 9.0 } else { 1.4 }),
        )
        .finish()
        .unwrap()
}

/// Before, then the seven parts, then now; they add up.
const BRIDGE: [i64; 9] = [2411, 96, 41, 388, 12, -201, -118, 104, 2733];

pub fn bridge(case: Case) -> Table {
    let rows: Vec<(&str, &str)> = match case {
        Case::None => Vec::new(),
        Case::One => vec![("all", "all")],
        _ => vec![("all", "all"), ("all", "North"), ("Cardiology", "all")],
    };
    let all = match case {
        Case::Calm => [30, 0, 0, 2, 0, -4, 0, 0, 28],
        // Growth of what was nothing.
        Case::One => [0, 12, 0, 0, 0, 0, 0, 0, 12],
        _ => BRIDGE,
    };
    let n = |r: &(&str, &str), at: usize| {
        case.known(if *r == ("all", "all") {
            all[at]
        } else {
            all[at] / 3
        })
    };
    let columns = [
        "from_n",
        "new",
        "reactivated",
        "growing",
        "stable",
        "declining",
        "lapsed",
        "affiliation_changed",
        "to_n",
    ];
    let mut table = TableBuilder::new("inbound_bridge")
        .text("specialty", rows.iter().map(|r| Some(r.0)))
        .text("territory", rows.iter().map(|r| Some(r.1)));
    for (at, column) in columns.iter().enumerate() {
        table = table.int(column, rows.iter().map(|r| n(r, at)));
    }
    table.finish().unwrap()
}

const QUARTERS: [&str; 12] = [
    "2023Q4", "2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4",
    "2026Q1", "2026Q2", "2026Q3",
];

pub fn cohorts(case: Case) -> Table {
    let lines = match case {
        Case::None => 0,
        Case::One => 1,
        Case::Unknown => 30,
        _ => QUARTERS.len(),
    };
    let mut rows: Vec<(String, i64, i64, i64)> = Vec::new();
    for line in 0..lines {
        let n = match case {
            Case::Calm => 4 + line as i64,
            _ => 22 + (line as i64 * 13) % 31,
        };
        // Some lines reach further back than the map has room for.
        let (last, began) = match case {
            Case::Unknown => (14, format!("{}Q{}", 2015 + line / 4, line % 4 + 1)),
            _ => {
                let began = QUARTERS.get(line).copied().unwrap_or_default();
                // In the quarter in which they begin all refer, so one alone is nothing to show.
                ((lines.max(2) - 1 - line) as i64, began.to_string())
            }
        };
        for since in 0..=last {
            let fade = 0.35 + 0.65 * (-0.4 * since as f64).exp();
            let active = if since == 0 {
                n
            } else {
                (n as f64 * fade).round() as i64
            };
            rows.push((began.clone(), since, n, active));
        }
    }
    let real = |of: &dyn Fn(f64, f64) -> f64| -> Vec<_> {
        let value = |r: &(String, i64, i64, i64)| {
            let share = r.3 as f64 / r.2 as f64;
            case.known(of(share, 0.9 / (r.2 as f64).sqrt()))
        };
        rows.iter().map(value).collect()
    };
    TableBuilder::new("referrer_cohorts")
        .text("first_quarter", rows.iter().map(|r| Some(&r.0)))
        .int("quarters_since", rows.iter().map(|r| Some(r.1)))
        .int("n", rows.iter().map(|r| case.known(r.2)))
        .int("active", rows.iter().map(|r| case.known(r.3)))
        .real("share", real(&|share, _| share))
        .real("share_low", real(&|share, half| (share - half).max(0.0)))
        .real("share_high", real(&|share, half| (share + half).min(1.0)))
        .finish()
        .unwrap()
}

/// Bin, referrers, forecast, outcome, half width.
#[rustfmt::skip]
const BINS: [(&str, i64, f64, f64, f64); 10] = [
    ("01", 388, 0.021, 0.028, 0.016),
    ("02", 141, 0.142, 0.128, 0.054),
    ("03", 77, 0.251, 0.286, 0.1),
    ("04", 52, 0.347, 0.327, 0.13),
    ("05", 41, 0.452, 0.512, 0.15),
    ("06", 28, 0.553, 0.464, 0.18),
    ("07", 33, 0.648, 0.727, 0.16),
    ("08", 36, 0.751, 0.694, 0.15),
    ("09", 44, 0.853, 0.886, 0.11),
    ("10", 61, 0.958, 0.934, 0.07),
];

pub fn backtest(case: Case) -> Table {
    let bins = case.rows(&BINS);
    // Two forecasts, and a rule that says yes or no.
    let mut rows = Vec::new();
    for (quarter, rule) in [
        ("2024Q4", "catchment"),
        ("2025Q3", "catchment"),
        ("2025Q3", "days=90"),
    ] {
        rows.extend(bins.iter().map(|bin| (quarter, rule, *bin)));
    }
    let n = |bin: i64| {
        if case == Case::Calm {
            bin / 40 + 1
        } else {
            bin
        }
    };
    type Row = (
        &'static str,
        &'static str,
        (&'static str, i64, f64, f64, f64),
    );
    let real =
        |of: &dyn Fn(&Row) -> f64| -> Vec<_> { rows.iter().map(|r| case.known(of(r))).collect() };
    TableBuilder::new("backtest")
        .text("as_of_quarter", rows.iter().map(|r| Some(r.0)))
        .text("rule", rows.iter().map(|r| Some(r.1)))
        .text("bin", rows.iter().map(|r| Some(r.2.0)))
        .int("n", rows.iter().map(|r| case.known(n(r.2.1))))
        .real("predicted", real(&|r| r.2.2))
        .real("observed", real(&|r| r.2.3))
        .real("observed_low", real(&|r| (r.2.3 - r.2.4).max(0.0)))
        .real("observed_high", real(&|r| (r.2.3 + r.2.4).min(1.0)))
        .flag("as_known", rows.iter().map(|_| Some(case != Case::Unknown)))
        .finish()
        .unwrap()
}
