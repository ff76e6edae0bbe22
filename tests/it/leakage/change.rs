//! Why leakage changed: the parts add up without a remainder, and are those of a recount of the files.

use std::collections::BTreeMap;

use catchment::base::Quarter;

use super::order::Order;
use super::raw::{Raw, is_inside, quarter};
use super::{Complaints, Row};
use crate::workspace::Fresh;

/// The parts of a change, in the order of the columns.
pub const PARTS: [&str; 6] = [
    "mix",
    "rate",
    "new_referrers",
    "lost_referrers",
    "affiliation",
    "coverage",
];

/// Millionths of a point.
pub fn millionths(cell: &str) -> i64 {
    let number: f64 = cell.parse().unwrap_or_else(|_| panic!("'{cell}'"));
    let whole = (number * 1e8).round();
    assert!(
        (number * 1e8 - whole).abs() < 1e-4,
        "{cell} is no whole number of millionths"
    );
    whole as i64
}

/// The parts add up to the change, and the change is the difference of the leakages.
pub fn check_remainder(complaints: &mut Complaints, row: &Row) {
    let of = |column: &str| millionths(&row[column]);
    let sum: i64 = PARTS.iter().map(|part| of(part)).sum();
    if sum != of("change") || of("leakage_to") - of("leakage_from") != of("change") {
        complaints.add(format!(
            "leakage_change_explained {row:?}: the parts add up to {sum}"
        ));
    }
}

/// Leaked and all.
type Counts = (f64, f64);

/// By referrer and specialty.
type Cells = BTreeMap<(String, String), Counts>;

fn rate(cells: &Cells, of: impl Fn(&str) -> bool) -> Option<f64> {
    let mut sum = (0.0, 0.0);
    for (_, (leaked, n)) in cells.iter().filter(|((npi, _), _)| of(npi)) {
        sum = (sum.0 + leaked, sum.1 + n);
    }
    (sum.1 > 0.0).then(|| sum.0 / sum.1)
}

/// The eligible orders of a quarter by referrer and specialty, as counted and by the affiliations of
/// another day.
fn cells(raw: &Raw, specialty: &str, of: Quarter, fixed_on: Quarter) -> [Cells; 2] {
    let mut out = [Cells::new(), Cells::new()];
    let fixed = |npi: &Option<String>, practice: Option<&str>, else_by: &str| {
        let found = npi
            .as_ref()
            .zip(practice)
            .and_then(|(npi, practice)| raw.affiliation(npi, practice, fixed_on.last_day()));
        found.unwrap_or(else_by.to_string())
    };
    let is_eligible = |o: &&Order| {
        o.counts
            && o.is_clinical()
            && o.offered
            && !o.is_same()
            && !o.is_unknown()
            && o.from.is_some()
    };
    let quarter = of.to_string();
    for order in raw
        .orders
        .iter()
        .filter(is_eligible)
        .filter(|o| o.quarter == quarter)
    {
        if !["all", order.specialty.as_str()].contains(&specialty) {
            continue;
        }
        let key = (order.from.clone().unwrap(), order.specialty.clone());
        let from = fixed(
            &order.from,
            Some(&order.from_practice),
            &order.from_affiliation,
        );
        let to = fixed(
            &order.to,
            order.to_practice.as_deref(),
            &order.to_affiliation,
        );
        let ways = [
            (&order.from_affiliation, &order.to_affiliation),
            (&from, &to),
        ];
        for (cells, (from, to)) in out.iter_mut().zip(ways) {
            if from == "own" {
                let cell = cells.entry(key.clone()).or_default();
                cell.0 += f64::from(u8::from(!is_inside(to)));
                cell.1 += 1.0;
            }
        }
    }
    out
}

/// The part of other rates among the referrers of both quarters.
fn rate_part(cells: &[Cells; 2], is_both: impl Fn(&str) -> bool) -> f64 {
    let of = |at: usize, key: &(String, String)| cells[at].get(key).copied().unwrap_or_default();
    let total = |at: usize| {
        let both = cells[at].iter().filter(|((npi, _), _)| is_both(npi));
        both.map(|(_, (_, n))| n).sum::<f64>()
    };
    let of_specialty = |at: usize, specialty: &str| {
        let mut of = cells[at].clone();
        of.retain(|(_, s), _| s == specialty);
        rate(&of, &is_both)
    };
    let totals = [total(0), total(1)];
    let mut keys: Vec<&(String, String)> = cells[0].keys().chain(cells[1].keys()).collect();
    keys.sort();
    keys.dedup();
    let mut sum = 0.0;
    for key in keys.into_iter().filter(|(npi, _)| is_both(npi)) {
        let counts = [of(0, key), of(1, key)];
        let leakage = |at: usize| match counts[at] {
            (_, 0.0) => of_specialty(at, &key.1),
            (leaked, n) => Some(leaked / n),
        };
        let weight = counts[0].1 / totals[0] + counts[1].1 / totals[1];
        // Where neither tells a rate, it takes its own of the other quarter: none has changed.
        if let (Some(before), Some(after)) = (leakage(0), leakage(1)) {
            sum += weight / 2.0 * (after - before);
        }
    }
    sum
}

/// The parts by the page's formulas; nothing where a quarter has no referral at a step.
fn parts(raw: &Raw, specialty: &str, from: Quarter) -> Option<BTreeMap<&'static str, f64>> {
    let [[counted_0, fixed_0], [counted_1, fixed_1]] =
        [from, quarter()].map(|q| cells(raw, specialty, q, from));
    let fixed = [fixed_0, fixed_1];
    let all = |_: &str| true;
    let is_both = |npi: &str| {
        fixed
            .iter()
            .all(|cells| cells.keys().any(|key| key.0 == npi))
    };
    let (l0, l1) = (rate(&counted_0, all)?, rate(&counted_1, all)?);
    let (a0, a1) = (rate(&fixed[0], all)?, rate(&fixed[1], all)?);
    let (r0, r1) = (rate(&fixed[0], is_both)?, rate(&fixed[1], is_both)?);
    let rate = rate_part(&fixed, is_both);
    Some(BTreeMap::from([
        ("leakage_from", l0),
        ("leakage_to", l1),
        ("change", l1 - l0),
        ("coverage", 0.0),
        ("affiliation", (l1 - a1) - (l0 - a0)),
        ("new_referrers", a1 - r1),
        ("lost_referrers", r0 - a0),
        ("rate", rate),
        ("mix", r1 - r0 - rate),
    ]))
}

/// Every row adds up in millionths, agrees with leakage_by_specialty, and has the parts of the recount.
pub fn check(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let leakage = fresh.table("leakage_by_specialty");
    let rows = fresh.table("leakage_change_explained");
    assert!(rows.len() > 30);
    let mut told_apart = 0;
    for row in &rows {
        check_remainder(complaints, row);
        let back = if row["comparison"] == "year_before" {
            4
        } else {
            1
        };
        let from = quarter().plus(-back);
        let place = format!(
            "leakage_change_explained {} {}",
            row["specialty"], row["comparison"]
        );
        for (column, of) in [("leakage_from", from), ("leakage_to", quarter())] {
            let of = of.to_string();
            let is_row = |r: &&Row| r["specialty"] == row["specialty"] && r["quarter"] == of;
            let rate: f64 = leakage.iter().find(is_row).unwrap()["leakage"]
                .parse()
                .unwrap();
            if (rate - row[column].parse::<f64>().unwrap()).abs() > 0.6e-8 {
                complaints.add(format!(
                    "{place} {column}: {rate} expected, {} found",
                    row[column]
                ));
            }
        }
        let Some(parts) = parts(raw, &row["specialty"], from) else {
            continue;
        };
        told_apart += 1;
        for (part, expected) in parts {
            let found: f64 = row[part].parse().unwrap();
            // Each of four leakages and the rate is rounded to 1e-8.
            if (found - expected).abs() > 3e-8 {
                complaints.add(format!(
                    "{place} {part}: {expected} expected, {found} found"
                ));
            }
        }
    }
    assert!(told_apart > 20, "{told_apart}");
    check_rows(complaints, &leakage, &rows);
}

/// A row stands for each specialty with eligible referrals in both quarters, and for no other.
fn check_rows(complaints: &mut Complaints, leakage: &[Row], rows: &[Row]) {
    for (comparison, back) in [("quarter_before", 1), ("year_before", 4)] {
        let quarters = [quarter().to_string(), quarter().plus(-back).to_string()];
        let mut both: BTreeMap<&String, usize> = BTreeMap::new();
        for row in leakage
            .iter()
            .filter(|r| quarters.contains(&r["quarter"]) && r["n"] != "0")
        {
            *both.entry(&row["specialty"]).or_default() += 1;
        }
        let found: Vec<&String> = rows
            .iter()
            .filter(|r| r["comparison"] == comparison)
            .map(|r| &r["specialty"])
            .collect();
        let expected: Vec<&String> = both.into_iter().filter(|b| b.1 == 2).map(|b| b.0).collect();
        if found != expected {
            complaints.add(format!(
                "leakage_change_explained {comparison}: {expected:?} expected, {found:?} found"
            ));
        }
    }
}
