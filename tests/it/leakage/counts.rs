//! Leakage by every key, the destinations and the ledger, against planted truth and a recount.

use std::collections::{BTreeMap, BTreeSet};

use super::order::{Class, Order};
use super::raw::{EARTH_KM, Raw, shown};
use super::{Complaints, Row, tally};
use crate::workspace::{Fresh, Territory};

/// What is planted, and the columns that say it.
const PLANTED: [(&str, &str); 5] = [
    ("n", "truth_eligible"),
    ("leaked", "truth_leaked"),
    ("outside", "truth_leaked"),
    ("unknown_destination", "truth_unknown"),
    ("not_offered", "truth_not_offered"),
];

/// Leakage by specialty and referrer is what the simulator says that it planted.
pub fn check_planted(complaints: &mut Complaints, fresh: &Fresh, territory: &Territory) {
    let columns = PLANTED.map(|p| p.0);
    let planted = |file: &str, key: &str, is_row: fn(&Row) -> bool| {
        let rows = territory.rows(file);
        let rows = rows
            .iter()
            .filter(|r| shown().contains(&r["truth_quarter"]) && is_row(r));
        let of = |row: &Row| {
            let key = vec![row[key].clone(), row["truth_quarter"].clone()];
            (key, PLANTED.map(|p| row[p.1].parse::<i64>().unwrap()))
        };
        rows.map(of).collect::<BTreeMap<_, _>>()
    };
    let expected = planted("truth/leakage.csv", "truth_specialty", |_| true);
    let rows = fresh.table("leakage_by_specialty");
    let leaked: i64 = expected.values().map(|e| e[1]).sum();
    assert!(rows.len() > 150 && leaked > 400, "{} {leaked}", rows.len());
    let table = "leakage_by_specialty";
    complaints.compare(table, &rows, &["specialty", "quarter"], columns, &expected);
    let expected = planted("truth/leakage_referrers.csv", "truth_npi", |row| {
        row["truth_eligible"] != "0"
    });
    let table = "leakage_by_referrer";
    let rows = fresh.table(table);
    complaints.compare(
        table,
        &rows,
        &["referring_npi", "quarter"],
        columns,
        &expected,
    );
}

/// The whole numbers of a row of leakage.
const COUNTS: [&str; 11] = [
    "n",
    "leaked",
    "own",
    "affiliated",
    "outside",
    "unknown_destination",
    "not_offered",
    "leakage_all_n",
    "not_addressable",
    "addressable",
    "realised_leakage_n",
];

/// The same of an order, and two that stand in rates alone: what left of all, and what ended outside.
fn ones(order: &&Order) -> [bool; 13] {
    let class = order.class();
    let is = |one: Class| class == Some(one);
    let (leaked, kept) = (is(Class::Leaked), is(Class::Kept));
    let (own, can) = (order.to_affiliation == "own", order.is_addressable());
    let outside = !order.is_inside();
    [
        leaked || kept,
        leaked,
        kept && own,
        kept && !own,
        leaked,
        is(Class::Unknown),
        is(Class::NotOffered),
        leaked || kept || is(Class::NotOffered),
        leaked && !can,
        leaked && can,
        order.ended_outside().is_some(),
        leaked || is(Class::NotOffered) && outside,
        order.ended_outside() == Some(true),
    ]
}

/// The aligned referrals of the quarters that tables show.
pub fn aligned(raw: &Raw) -> impl Iterator<Item = &Order> {
    let quarters = shown();
    let orders = raw.orders.iter().filter(|o| o.class().is_some());
    orders.filter(move |o| quarters.contains(&o.quarter))
}

/// The leakage tables with their keys.
type Key = fn(&Order) -> Vec<String>;
pub const TABLES: [(&str, &str, Key); 5] = [
    ("leakage_by_specialty", "specialty", |o| {
        vec![o.specialty.clone(), "all".to_string()]
    }),
    ("leakage_by_referrer", "referring_npi", |o| {
        vec![o.from.clone().unwrap()]
    }),
    ("leakage_by_practice", "practice_id", |o| {
        vec![o.from_practice.clone()]
    }),
    ("leakage_by_referring_county", "county", |o| {
        vec![o.from_county.clone()]
    }),
    ("leakage_by_patient_county", "county", |o| {
        vec![o.patient_county.clone()]
    }),
];

/// Every leakage table is what a recount of the files gives, rates and bounds included.
pub fn check_places(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    for (table, key, of) in TABLES {
        let keys = |o: &&Order| {
            let keys = of(o).into_iter();
            keys.map(|key| vec![key, o.quarter.clone()]).collect()
        };
        let mut all = tally(aligned(raw), keys, ones);
        if table == "leakage_by_referrer" {
            all.retain(|_, counts| counts[0] > 0);
        }
        let first = |counts: &[i64; 13]| std::array::from_fn(|at| counts[at]);
        let expected = all.iter().map(|(key, counts)| (key.clone(), first(counts)));
        let expected: BTreeMap<Vec<String>, [i64; 11]> = expected.collect();
        let rows = fresh.table(table);
        complaints.compare(table, &rows, &[key, "quarter"], COUNTS, &expected);
        for row in &rows {
            let id = vec![row[key].clone(), row["quarter"].clone()];
            if let Some(counts) = all.get(&id) {
                check_rates(complaints, &format!("{table} {id:?}"), row, counts);
            }
        }
    }
}

fn check_rates(complaints: &mut Complaints, place: &str, row: &Row, counts: &[i64; 13]) {
    let rate = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
    let [n, leaked, .., all_leaked, realised] = *counts;
    let (unknown, all_n, realised_n) = (counts[5], counts[7], counts[10]);
    let expected = [
        ("leakage", rate(leaked, n)),
        ("leakage_bound_low", rate(leaked, n + unknown)),
        ("leakage_bound_high", rate(leaked + unknown, n + unknown)),
        ("leakage_all", rate(all_leaked, all_n)),
        ("realised_leakage", rate(realised, realised_n)),
    ];
    for (column, expected) in expected {
        complaints.near(&format!("{place} {column}"), &row[column], expected);
    }
    for rate in ["leakage", "leakage_all", "realised_leakage"] {
        let of = |end: &str| row[&format!("{rate}{end}")].parse::<f64>();
        if let (Ok(low), Ok(rate), Ok(high)) = (of("_low"), of(""), of("_high"))
            && !(0.0 <= low && low <= rate + 1e-12 && rate <= high + 1e-12 && high <= 1.0)
        {
            complaints.add(format!("{place} {rate}: not within {low} to {high}"));
        }
    }
}

/// The great-circle distance by the chord between two points.
pub fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (x, y) = (point(a), point(b));
    let chord: f64 = x
        .iter()
        .zip(y)
        .map(|(x, y)| (x - y).powi(2))
        .sum::<f64>()
        .sqrt();
    2.0 * EARTH_KM * (chord / 2.0).min(1.0).asin()
}

/// A point on the unit sphere.
fn point((lat, lon): (f64, f64)) -> [f64; 3] {
    let (lat, lon) = (lat.to_radians(), lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// Leaked referrals by destination, their shares and the median way to it.
pub fn check_destinations(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let leaked = || aligned(raw).filter(|o| o.class() == Some(Class::Leaked));
    let keys = |o: &&Order| {
        let both = [o.specialty.clone(), "all".to_string()];
        both.map(|s| vec![o.destination.clone(), s, o.quarter.clone()])
            .to_vec()
    };
    let expected = tally(leaked(), keys, |_| [true]);
    let (table, columns) = (
        "leakage_by_destination",
        ["destination_id", "specialty", "quarter"],
    );
    let rows = fresh.table(table);
    complaints.compare(table, &rows, &columns, ["received"], &expected);
    let mut ways: BTreeMap<Vec<String>, Vec<f64>> = BTreeMap::new();
    let mut wholes: BTreeMap<Vec<String>, f64> = BTreeMap::new();
    for order in leaked() {
        let point = |practice: &str| raw.practice(practice).and_then(|s| s.point);
        let to = order.to_practice.as_deref().and_then(point);
        let way = point(&order.from_practice)
            .zip(to)
            .map(|(a, b)| distance_km(a, b));
        for key in keys(&order) {
            *wholes.entry(key[1..].to_vec()).or_default() += 1.0;
            ways.entry(key).or_default().extend(way);
        }
    }
    for row in &rows {
        let key: Vec<String> = columns.iter().map(|c| row[*c].clone()).collect();
        let (Some(ways), Some(whole)) = (ways.get_mut(&key), wholes.get(&key[1..])) else {
            continue;
        };
        ways.sort_by(f64::total_cmp);
        let median = (!ways.is_empty()).then(|| ways[(ways.len() - 1) / 2]);
        let place = format!("{table} {key:?}");
        let found = row["distance_km"].parse::<f64>().ok();
        if found.zip(median).is_some_and(|(a, b)| (a - b).abs() > 1e-5)
            || found.is_some() != median.is_some()
        {
            complaints.add(format!(
                "{place} distance_km: {median:?} expected, {found:?} found"
            ));
        }
        let received: f64 = row["received"].parse().unwrap();
        complaints.near(
            &format!("{place} share"),
            &row["share"],
            Some(received / whole),
        );
    }
}

/// Every aligned referral stands in exactly one class of the ledger.
pub fn check_ledger(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let keys = |o: &&Order| {
        let class = o.ledger().unwrap().to_string();
        let both = [o.specialty.clone(), "all".to_string()];
        both.map(|s| vec![s, class.clone(), o.quarter.clone()])
            .to_vec()
    };
    let expected = tally(aligned(raw), keys, |_| [true]);
    let classes: BTreeSet<&String> = expected.keys().map(|key| &key[1]).collect();
    assert!(classes.len() >= 7, "{classes:?}");
    let rows = fresh.table("leakage_ledger");
    let columns = ["specialty", "class", "quarter"];
    complaints.compare("leakage_ledger", &rows, &columns, ["n"], &expected);
    let wholes = tally(aligned(raw), |o| vec![vec![o.quarter.clone()]], |_| [true]);
    for (quarter, [whole]) in wholes {
        let of = rows
            .iter()
            .filter(|r| r["specialty"] == "all" && r["quarter"] == quarter[0]);
        let (n, share): (Vec<i64>, Vec<f64>) = of
            .map(|r| {
                (
                    r["n"].parse::<i64>().unwrap(),
                    r["share"].parse::<f64>().unwrap(),
                )
            })
            .unzip();
        let (n, share): (i64, f64) = (n.iter().sum(), share.iter().sum());
        if n != whole || (share - 1.0).abs() > 1e-9 {
            complaints.add(format!(
                "leakage_ledger {quarter:?}: {whole} aligned, {n} in classes, {share}"
            ));
        }
    }
}

/// Rows by place add up to the row `all` in every quarter.
pub fn check_sums(complaints: &mut Complaints, fresh: &Fresh) {
    let all = fresh.table("leakage_by_specialty");
    let more = ["recoverable", "recoverable_if_covered"];
    for (table, ..) in TABLES {
        let rows = fresh.table(table);
        for total in all.iter().filter(|r| r["specialty"] == "all") {
            let of = |r: &&Row| {
                r["quarter"] == total["quarter"] && r.get("specialty").is_none_or(|s| s != "all")
            };
            for column in COUNTS.iter().chain(&more) {
                // Referrers without an eligible referral have no row.
                let is_partial =
                    ["unknown_destination", "not_offered", "leakage_all_n"].contains(column);
                if table == "leakage_by_referrer" && is_partial {
                    continue;
                }
                let number = |r: &Row| r[*column].parse::<i64>().unwrap_or(0);
                let sum: i64 = rows.iter().filter(of).map(number).sum();
                if sum != number(total) {
                    let quarter = &total["quarter"];
                    let expected = &total[*column];
                    complaints.add(format!(
                        "{table} {quarter} {column}: adds up to {sum}, all is {expected}"
                    ));
                }
            }
        }
    }
}
