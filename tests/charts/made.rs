//! Made tables of the charts: a usual quarter, the longest names, one row, and none.

mod change;
mod competitors;
mod counties;
mod dependence;
mod destinations;
mod flows;
mod followed;
mod leakage;
pub mod network;
mod payers;
mod prospects;
mod referrers;
mod refusals;

use catchment_base::{Day, Quarter, Table, TableBuilder};
use catchment_charts::Tables;

/// Which tables are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Usual,
    Longest,
    One,
    None,
    Withheld,
    Unknown,
    Calm,
}

pub const CASES: [Case; 7] = [
    Case::Usual,
    Case::Longest,
    Case::One,
    Case::None,
    Case::Withheld,
    Case::Unknown,
    Case::Calm,
];

impl Case {
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// So many of the rows of a usual quarter.
    fn rows<T: Clone>(self, usual: &[T]) -> Vec<T> {
        match self {
            Case::One => usual[..1].to_vec(),
            Case::None => Vec::new(),
            _ => usual.to_vec(),
        }
    }

    fn long(self, name: &str) -> String {
        match self {
            Case::Longest => {
                format!(
                    "{name} and Physical Medicine & Rehabilitation Associates of the Greater Susquehanna Valley, P.C."
                )
            }
            _ => name.to_string(),
        }
    }

    fn known<T>(self, value: T) -> Option<T> {
        (self != Case::Withheld).then_some(value)
    }
}

pub fn quarter() -> Quarter {
    Quarter::of(2026, 3)
}

pub fn tables(case: Case) -> Tables {
    Tables::new([
        volume(case),
        leakage(case),
        lapsed(case),
        underserved(case),
        overflow(case),
        change::leakage_change(case),
        flows::flows(case),
        counties::leakage_map(case),
        referrers::splitters(case),
        dependence::concentration(case),
        dependence::fragility(case),
        leakage::ledger(case),
        destinations::destinations(case),
        competitors::competitors(case),
        payers::payers(case),
        refusals::refusals(case),
        leakage::reasons(case),
        network::network_nodes(case),
        network::network_ties(case),
        prospects::prospects(case),
        followed::lapsed_summary(case),
        followed::bridge(case),
        followed::cohorts(case),
        followed::backtest(case),
    ])
}

type Volume = (&'static str, i64, f64, &'static str);

/// Quarter, referrals, a working day, signal.
#[rustfmt::skip]
const VOLUME: [Volume; 12] = [
    ("2023Q4", 2178, 35.7, "none"),
    ("2024Q1", 2234, 36.6, "none"),
    ("2024Q2", 2201, 34.4, "none"),
    ("2024Q3", 2259, 35.3, "none"),
    ("2024Q4", 2196, 35.4, "none"),
    ("2025Q1", 2227, 36.5, "none"),
    ("2025Q2", 1862, 29.1, "below"),
    ("2025Q3", 2304, 36.0, "none"),
    ("2025Q4", 2215, 36.3, "none"),
    ("2026Q1", 2264, 37.1, "none"),
    ("2026Q2", 2411, 38.3, "none"),
    ("2026Q3", 2733, 42.7, "above"),
];

fn volume(case: Case) -> Table {
    let usual = match case {
        Case::One => vec![VOLUME[11]],
        Case::Calm => VOLUME
            .map(|(q, n, a, _)| (q, n / 100, a / 100.0, "none"))
            .to_vec(),
        _ => case.rows(&VOLUME),
    };
    let last = |value: f64| {
        usual
            .iter()
            .map(move |r| (r.0 == "2026Q3" && case != Case::One).then_some(value))
            .collect::<Vec<_>>()
    };
    let whole = |value: f64| {
        let value = if case == Case::Calm {
            value / 100.0
        } else {
            value
        };
        usual
            .iter()
            .map(move |_| (case != Case::One).then_some(value))
            .collect::<Vec<_>>()
    };
    let calm = case == Case::Calm;
    TableBuilder::new("volume")
        .text("quarter", usual.iter().map(|r| Some(r.0)))
        .int("working_days", usual.iter().map(|_| Some(64)))
        .int("inbound_external", usual.iter().map(|r| case.known(r.1)))
        .real("inbound_per_day", usual.iter().map(|r| case.known(r.2)))
        .int("inbound_internal", usual.iter().map(|_| Some(5120)))
        .int("aligned", usual.iter().map(|_| Some(6002)))
        .int("kept", usual.iter().map(|_| Some(4410)))
        .real("inbound_external_change_year", last(1.184))
        .real(
            "inbound_external_change_year_low",
            last(if calm { 0.62 } else { 1.09 }),
        )
        .real(
            "inbound_external_change_year_high",
            last(if calm { 2.1 } else { 1.286 }),
        )
        .real(
            "inbound_external_change_year_q",
            last(if calm { 0.4 } else { 0.001 }),
        )
        .real("mean", whole(36.12))
        .real("limit_low", whole(30.33))
        .real("limit_high", whole(41.91))
        .text("signal", usual.iter().map(|r| Some(r.3)))
        .finish()
        .unwrap()
}

type Eligible = (&'static str, i64, i64, f64, f64, f64, i64, i64);

/// Specialty, eligible, leaked, shrunk, change in points with its half width, unknown, not offered.
#[rustfmt::skip]
const LEAKAGE: [Eligible; 14] = [
    ("all", 6212, 1701, 0.274, 0.008, 0.012, 388, 611),
    ("Cardiology", 1234, 508, 0.405, 0.063, 0.041, 52, 0),
    ("Orthopedic Surgery", 1011, 391, 0.382, 0.021, 0.045, 70, 0),
    ("Gastroenterology", 802, 188, 0.236, -0.058, 0.05, 41, 0),
    ("Dermatology", 640, 160, 0.251, 0.004, 0.051, 30, 0),
    ("Physical Medicine & Rehabilitation", 310, 102, 0.322, -0.012, 0.07, 22, 0),
    ("Neurology", 488, 121, 0.249, 0.034, 0.066, 25, 0),
    ("Urology", 402, 71, 0.181, -0.02, 0.06, 18, 0),
    ("Endocrinology", 377, 44, 0.125, -0.041, 0.039, 20, 0),
    ("Pulmonary Disease", 351, 58, 0.17, 0.011, 0.055, 12, 0),
    ("Rheumatology", 204, 31, 0.158, 0.002, 0.068, 49, 0),
    ("Ophthalmology", 197, 17, 0.098, -0.004, 0.05, 8, 0),
    ("Pediatric Hematology & Oncology", 18, 9, 0.33, 0.1, 0.3, 1, 0),
    ("Reproductive Endocrinology", 11, 1, 0.26, -0.1, 0.3, 1, 0),
];

fn specialty_name(case: Case, row: &Eligible) -> String {
    if row.0 == "all" {
        row.0.to_string()
    } else {
        case.long(row.0)
    }
}

fn leakage(case: Case) -> Table {
    let one = [LEAKAGE[1]];
    let rows = if case == Case::One {
        one.to_vec()
    } else {
        case.rows(&LEAKAGE)
    };
    let unknown = |r: &Eligible| if case == Case::Unknown { r.6 * 3 } else { r.6 };
    let placed = |r: &Eligible| (r.1 + unknown(r)) as f64;
    let half = |r: &Eligible| 1.3 / (r.1 as f64).sqrt();
    let everything = |r: &Eligible| (r.2 + r.7) as f64 / (r.1 + r.7) as f64;
    let recoverable = |column: &str| -> Vec<_> {
        let of = |r| leakage::recoverable(r, case, column);
        rows.iter().map(of).collect()
    };
    let int = |of: &dyn Fn(&Eligible) -> i64| -> Vec<_> {
        rows.iter().map(|r| case.known(of(r))).collect()
    };
    let real = |of: &dyn Fn(&Eligible) -> f64| -> Vec<_> {
        rows.iter().map(|r| case.known(of(r))).collect()
    };
    let high = |r: &Eligible| (r.2 + unknown(r)) as f64 / placed(r);
    leakage_rates(case, &rows)
        .int("unknown_destination", int(&unknown))
        .real("leakage_bound_low", real(&|r| r.2 as f64 / placed(r)))
        .real("leakage_bound_high", real(&high))
        .int("not_offered", int(&|r| r.7))
        .real("leakage_all", real(&everything))
        .real("leakage_all_low", real(&|r| everything(r) - half(r)))
        .real("leakage_all_high", real(&|r| everything(r) + half(r)))
        .int("not_addressable", int(&|r| r.2 - r.2 * 7 / 10))
        .int("addressable", int(&|r| r.2 * 7 / 10))
        .int("rank", rows.iter().map(|r| leakage::rank(r, case)))
        .int("recoverable", recoverable("recoverable"))
        .int(
            "recoverable_if_covered",
            recoverable("recoverable_if_covered"),
        )
        .finish()
        .unwrap()
}

/// Keys, counts, leakage and its change.
fn leakage_rates(case: Case, rows: &[Eligible]) -> TableBuilder {
    let rate = |r: &Eligible| r.2 as f64 / r.1 as f64;
    let half = |r: &Eligible| 1.3 / (r.1 as f64).sqrt();
    let name = |r: &Eligible| specialty_name(case, r);
    let change = |r: &Eligible| if case == Case::Calm { 0.0 } else { r.4 };
    let q = |r: &Eligible| if r.4.abs() > r.5 { 0.01 } else { 0.4 };
    let real = |of: &dyn Fn(&Eligible) -> f64| -> Vec<_> {
        rows.iter().map(|r| case.known(of(r))).collect()
    };
    let compared = |of: &dyn Fn(&Eligible) -> f64| -> Vec<_> {
        rows.iter()
            .map(|r| (case != Case::One).then(|| of(r)))
            .collect()
    };
    let single = rows.iter().map(|r| (r.0 != "all").then(|| q(r)));
    TableBuilder::new("leakage_by_specialty")
        .text("specialty", rows.iter().map(|r| Some(name(r))))
        .text("quarter", rows.iter().map(|_| Some("2026Q3")))
        .int("n", rows.iter().map(|r| case.known(r.1)))
        .int("leaked", rows.iter().map(|r| case.known(r.2)))
        .real("leakage", real(&rate))
        .real("leakage_low", real(&|r| (rate(r) - half(r)).max(0.0)))
        .real("leakage_high", real(&|r| (rate(r) + half(r)).min(1.0)))
        .real("leakage_change", compared(&change))
        .real("leakage_change_low", compared(&|r| change(r) - r.5))
        .real("leakage_change_high", compared(&|r| change(r) + r.5))
        .real("leakage_change_q", single)
        .real("shrunk_leakage", real(&|r| r.3))
}

type Lapsed = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    [i64; 4],
    f64,
    f64,
    i32,
    f64,
);

/// Name, practice, specialty, county, quarters, former, present, days silent, loss.
#[rustfmt::skip]
const LAPSED: [Lapsed; 14] = [
    ("Maria Delgado, MD", "Tunkhannock Family Medicine", "Cardiology", "Wyoming", [14, 11, 2, 0], 13.8, 0.4, 151, 13.4),
    ("James Okafor, DO", "Northern Tier Primary Care", "Orthopedic Surgery", "Bradford", [12, 9, 0, 0], 11.2, 0.6, 188, 10.6),
    ("Priya Raman, MD", "Lakeside Internal Medicine", "Gastroenterology", "Wayne", [9, 10, 6, 0], 9.9, 0.8, 96, 9.1),
    ("Helen Strand, CRNP", "Honesdale Women's Health", "Urology", "Wayne", [8, 8, 1, 0], 8.3, 0.5, 129, 7.8),
    ("Thomas Bielski, MD", "Valley Pediatrics", "Dermatology", "Luzerne", [7, 6, 5, 0], 7.4, 0.9, 88, 6.5),
    ("Grace Lindqvist, MD", "Dallas Family Practice", "Neurology", "Luzerne", [6, 7, 0, 0], 6.9, 0.4, 174, 6.5),
    ("Omar Haddad, MD", "Montrose Medical Group", "Cardiology", "Susquehanna", [5, 6, 2, 0], 6.1, 0.7, 140, 5.4),
    ("Susan Kerr, PA-C", "Carbondale Health Partners", "Orthopedic Surgery", "Lackawanna", [6, 4, 1, 0], 5.6, 0.6, 133, 5.0),
    ("Wei Zhang, MD", "Clarks Summit Internists", "Endocrinology", "Lackawanna", [4, 5, 3, 0], 5.2, 0.9, 91, 4.3),
    ("Robert Fenn, MD", "Sayre Family Care", "Pulmonary Disease", "Bradford", [4, 3, 0, 0], 4.4, 0.4, 201, 4.0),
    ("Anna Kowalczyk, MD", "Nanticoke Primary Care", "Rheumatology", "Luzerne", [3, 4, 0, 0], 4.1, 0.4, 166, 3.7),
    ("David Moyer, DO", "Hawley Family Medicine", "Cardiology", "Pike", [3, 3, 1, 0], 3.8, 0.6, 121, 3.2),
    ("Linda Prentiss, MD", "Towanda Medical", "Neurology", "Bradford", [3, 2, 0, 0], 3.1, 0.4, 180, 2.7),
    ("Paul Rossi, MD", "Old Forge Internal Medicine", "Urology", "Lackawanna", [2, 3, 0, 0], 2.9, 0.3, 177, 2.6),
];

const CAUSES: [&str; 6] = [
    "stopped",
    "switched",
    "retired",
    "affiliation_changed",
    "moved",
    "id_changed",
];

fn lapsed(case: Case) -> Table {
    let rows = case.rows(&LAPSED);
    let q = |back: usize| {
        rows.iter()
            .map(|r| Some(r.4[back]))
            .collect::<Vec<Option<i64>>>()
    };
    let table = TableBuilder::new("lapsed")
        .text(
            "referring_npi",
            (0..rows.len()).map(|at| Some(format!("10000000{at:02}"))),
        )
        .text("referring_name", rows.iter().map(|r| Some(case.long(r.0))))
        .text(
            "practice_id",
            (0..rows.len()).map(|at| Some(format!("P{at:03}"))),
        )
        .text("practice_name", rows.iter().map(|r| Some(case.long(r.1))))
        .text("county", rows.iter().map(|r| Some(r.3)))
        .text("specialty", rows.iter().map(|r| Some(r.2)))
        .day(
            "last_on",
            rows.iter().map(|r| Some(Day(quarter_end().0 - r.7))),
        )
        .int("days_silent", rows.iter().map(|r| Some(i64::from(r.7))))
        .int("q_3", q(0))
        .int("q_2", q(1))
        .int("q_1", q(2))
        .int("q_0", q(3))
        .real("former_per_quarter", rows.iter().map(|r| Some(r.5)))
        .real("present_per_quarter", rows.iter().map(|r| Some(r.6)))
        .real("expected_lapse_loss", rows.iter().map(|r| case.known(r.8)));
    // A calm quarter's table says nothing of causes.
    let table = if case == Case::Calm {
        table
    } else {
        table.text(
            "cause",
            (0..rows.len()).map(|at| Some(CAUSES[at % CAUSES.len()])),
        )
    };
    table
        .int("rank", (1..).take(rows.len()).map(Some))
        .finish()
        .unwrap()
}

fn quarter_end() -> Day {
    quarter().last_day()
}

type Place = (
    &'static str,
    &'static str,
    i64,
    f64,
    f64,
    f64,
    f64,
    bool,
    bool,
);

/// County, specialty, population, access, benchmark, gap, nearest, edge, short.
#[rustfmt::skip]
const UNDERSERVED: [Place; 16] = [
    ("Bradford", "Cardiology", 60_323, 2.1, 8.4, 3.8, 41.2, false, true),
    ("Susquehanna", "Orthopedic Surgery", 40_328, 1.0, 7.9, 2.8, 38.0, false, true),
    ("Wayne", "Cardiology", 51_361, 3.4, 8.4, 2.6, 29.5, true, false),
    ("Bradford", "Neurology", 60_323, 1.2, 5.1, 2.4, 44.9, false, true),
    ("Pike", "Gastroenterology", 55_809, 1.9, 5.6, 2.1, 33.3, true, false),
    ("Wyoming", "Orthopedic Surgery", 26_794, 2.7, 7.9, 1.4, 24.6, false, true),
    ("Luzerne", "Dermatology", 317_417, 3.1, 3.5, 1.3, 9.8, false, false),
    ("Wayne", "Urology", 51_361, 1.1, 3.4, 1.2, 31.0, true, false),
    ("Sullivan", "Cardiology", 6_066, 1.8, 8.4, 0.4, 52.7, false, false),
    ("Susquehanna", "Endocrinology", 40_328, 0.7, 2.0, 0.5, 36.1, false, true),
    ("Lackawanna", "Rheumatology", 209_674, 1.5, 1.7, 0.4, 8.1, false, false),
    ("Wyoming", "Neurology", 26_794, 3.9, 5.1, 0.3, 22.0, false, false),
    ("Luzerne", "Cardiology", 317_417, 9.8, 8.4, 0.0, 6.3, false, false),
    ("Lackawanna", "Cardiology", 209_674, 10.9, 8.4, 0.0, 5.2, false, false),
    ("Lackawanna", "Urology", 209_674, 4.0, 3.4, 0.0, 7.7, false, false),
    ("Luzerne", "Neurology", 317_417, 5.9, 5.1, 0.0, 8.8, false, false),
];

fn underserved(case: Case) -> Table {
    let rows = case.rows(&UNDERSERVED);
    TableBuilder::new("underserved")
        .text("county", rows.iter().map(|r| Some(case.long(r.0))))
        .text("specialty", rows.iter().map(|r| Some(case.long(r.1))))
        .text("quarter", rows.iter().map(|_| Some("2026Q3")))
        .int("population", rows.iter().map(|r| case.known(r.2)))
        .int("providers", rows.iter().map(|_| Some(3)))
        .real("access", rows.iter().map(|r| case.known(r.3)))
        .real("benchmark", rows.iter().map(|r| Some(r.4)))
        .text(
            "benchmark_name",
            rows.iter()
                .map(|_| Some("mean of all counties not at the edge")),
        )
        .real("gap_fte", rows.iter().map(|r| case.known(r.5)))
        .real("nearest_km", rows.iter().map(|r| Some(r.6)))
        .flag("edge", rows.iter().map(|r| Some(r.7)))
        .int("rank", (1..).take(rows.len()).map(Some))
        .flag(
            "underserved",
            rows.iter().map(|r| case.known(r.8 && case != Case::Calm)),
        )
        .finish()
        .unwrap()
}

type Demand = (
    &'static str,
    &'static str,
    f64,
    f64,
    f64,
    f64,
    f64,
    f64,
    &'static str,
);

/// Site, specialty, demand, slots, utilisation of four quarters, backlog, wait, half width, status.
#[rustfmt::skip]
const OVERFLOW: [Demand; 12] = [
    ("Wilkes-Barre Heart Center", "Cardiology", 48.2, 36.0, 1.31, 7.4, 44.0, 5.0, "over_capacity"),
    ("Scranton Orthopedics", "Orthopedic Surgery", 39.5, 33.0, 1.17, 5.1, 36.0, 4.0, "over_capacity"),
    ("Scranton Digestive Health", "Gastroenterology", 27.1, 25.5, 1.04, 4.3, 31.0, 4.0, "over_capacity"),
    ("Honesdale Specialty Clinic", "Cardiology", 12.4, 12.0, 0.99, 3.0, 27.0, 6.0, "tight"),
    ("Tunkhannock Specialty Clinic", "Neurology", 9.8, 10.5, 0.93, 2.8, 25.0, 7.0, "tight"),
    ("Wilkes-Barre Skin Center", "Dermatology", 22.6, 25.0, 0.90, 2.1, 19.0, 3.0, "tight"),
    ("Scranton Neurology", "Neurology", 17.9, 22.0, 0.81, 1.4, 15.0, 3.0, "balanced"),
    ("Montrose Specialty Clinic", "Urology", 6.6, 8.5, 0.78, 1.2, 14.0, 5.0, "balanced"),
    ("Wilkes-Barre Urology", "Urology", 14.1, 20.0, 0.70, 0.9, 11.0, 2.0, "slack"),
    ("Sayre Specialty Clinic", "Cardiology", 7.2, 12.0, 0.60, 0.6, 9.0, 3.0, "slack"),
    ("Hawley Specialty Clinic", "Orthopedic Surgery", 5.4, 11.0, 0.49, 0.5, 8.0, 3.0, "slack"),
    ("Dallas Specialty Clinic", "Endocrinology", 8.8, 0.0, 0.0, 0.0, 22.0, 6.0, "no_capacity_known"),
];

fn overflow(case: Case) -> Table {
    let rows: Vec<_> = match case {
        Case::Calm => OVERFLOW[3..].to_vec(),
        _ => case.rows(&OVERFLOW),
    };
    let known: Vec<bool> = rows.iter().map(|r| r.8 != "no_capacity_known").collect();
    let column = |pick: fn(&Demand) -> f64| {
        rows.iter()
            .zip(&known)
            .map(|(r, k)| k.then_some(pick(r)))
            .collect::<Vec<_>>()
    };
    TableBuilder::new("overflow")
        .text(
            "practice_id",
            (0..rows.len()).map(|at| Some(format!("S{at:03}"))),
        )
        .text("practice_name", rows.iter().map(|r| Some(case.long(r.0))))
        .text("county", rows.iter().map(|_| Some("Luzerne")))
        .text("specialty", rows.iter().map(|r| Some(r.1)))
        .text("quarter", rows.iter().map(|_| Some("2026Q3")))
        .real("weekly_demand", rows.iter().map(|r| case.known(r.2)))
        .real("weekly_slots", column(|r| r.3))
        .real("utilisation_4q", column(|r| r.4))
        .real("backlog_weeks", column(|r| r.5))
        .real("median_wait_days", rows.iter().map(|r| Some(r.6)))
        .real("median_wait_days_low", rows.iter().map(|r| Some(r.6 - r.7)))
        .real(
            "median_wait_days_high",
            rows.iter().map(|r| Some(r.6 + r.7)),
        )
        .text("status", rows.iter().map(|r| Some(r.8)))
        .finish()
        .unwrap()
}
