//! On whom inbound referrals depend: fragility and its curve, recounted from the files.

use std::collections::{BTreeMap, BTreeSet};

use super::order::Order;
use super::others::{both, inbound};
use super::raw::{Raw, quarter};
use super::{Complaints, Row};
use crate::workspace::Fresh;

/// By sender.
type Senders = BTreeMap<String, u64>;

/// Who stands at either end of the referrals of a row.
type Ends = BTreeMap<Vec<String>, BTreeSet<String>>;

/// Who sent it, by number, else by name.
fn sender(order: &Order) -> Option<String> {
    let name = Some(order.from_text.clone()).filter(|name| !name.is_empty());
    order.from.clone().or(name)
}

/// External inbound referrals of the last four quarters by practice and referrer.
pub fn check(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let last: BTreeSet<String> = quarter().last(4).iter().map(ToString::to_string).collect();
    let is_external = |o: &&Order| last.contains(&o.quarter) && o.from_affiliation != "own";
    let mut by_practice: BTreeMap<Vec<String>, Senders> = BTreeMap::new();
    let mut curve: BTreeMap<String, Senders> = BTreeMap::new();
    let mut ends = Ends::new();
    for order in inbound(raw).filter(is_external) {
        let Some(sender) = sender(order) else {
            continue;
        };
        let whole = match order.from_practice.as_str() {
            "unknown" => &sender,
            practice => practice,
        };
        for specialty in both(order) {
            for practice in ["all", &order.from_practice] {
                let key = vec![specialty.clone(), practice.to_string()];
                let of = ends.entry(key).or_default();
                of.extend(
                    [Some(sender.clone()), order.to.clone()]
                        .into_iter()
                        .flatten(),
                );
            }
            for (practice, who) in [("all", whole), (&order.from_practice, sender.as_str())] {
                let key = vec![specialty.clone(), practice.to_string()];
                let counts = by_practice.entry(key).or_default();
                *counts.entry(who.to_string()).or_default() += 1;
            }
            let counts = curve.entry(specialty).or_default();
            *counts.entry(sender.clone()).or_default() += 1;
        }
    }
    check_fragility(complaints, fresh, &by_practice);
    check_bridges(complaints, fresh, &ends);
    check_curve(complaints, fresh, curve);
}

fn check_fragility(
    complaints: &mut Complaints,
    fresh: &Fresh,
    by_practice: &BTreeMap<Vec<String>, Senders>,
) {
    let n = |counts: &Senders| [counts.values().sum::<u64>() as i64];
    let keyed = by_practice
        .iter()
        .map(|(key, counts)| (key.clone(), n(counts)));
    let keys = ["specialty", "practice_id"];
    let rows = fresh.table("fragility");
    complaints.compare("fragility", &rows, &keys, ["n"], &keyed.collect());
    for row in &rows {
        let key = keys.map(|k| row[k].clone()).to_vec();
        if let Some(counts) = by_practice.get(&key) {
            check_concentration(complaints, &format!("fragility {key:?}"), row, counts);
        }
    }
}

/// Of those who send or receive the ones whose loss splits a community, each once.
fn check_bridges(complaints: &mut Complaints, fresh: &Fresh, ends: &Ends) {
    let nodes = fresh.table("network_nodes");
    let splitting: BTreeSet<&String> = nodes
        .iter()
        .filter(|row| row["splits_community"] == "true")
        .map(|row| &row["npi"])
        .collect();
    let bridges = |of: &BTreeSet<String>| of.iter().filter(|npi| splitting.contains(npi)).count();
    let keyed: BTreeMap<Vec<String>, [i64; 1]> = ends
        .iter()
        .map(|(key, of)| (key.clone(), [bridges(of) as i64]))
        .collect();
    if keyed.values().all(|bridges| *bridges == [0]) {
        complaints.add("fragility: nobody splits a community".to_string());
    }
    let keys = ["specialty", "practice_id"];
    let rows = fresh.table("fragility");
    complaints.compare("fragility", &rows, &keys, ["bridges"], &keyed);
}

fn check_concentration(complaints: &mut Complaints, place: &str, row: &Row, counts: &Senders) {
    let mut sizes: Vec<f64> = counts.values().map(|n| *n as f64).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = sizes.iter().sum();
    let top = |k: usize| sizes.iter().take(k).sum::<f64>() / total;
    let points = 10_000.0 * sizes.iter().map(|n| (n / total).powi(2)).sum::<f64>();
    for (column, expected) in [
        ("herfindahl", points),
        ("top_1", top(1)),
        ("top_5", top(5)),
        ("top_10", top(10)),
        ("lost_if_top_left", sizes[0] / 4.0),
    ] {
        complaints.near(&format!("{place} {column}"), &row[column], Some(expected));
    }
}

fn check_curve(complaints: &mut Complaints, fresh: &Fresh, curve: BTreeMap<String, Senders>) {
    let mut expected = BTreeMap::new();
    for (specialty, counts) in curve {
        let mut sizes: Vec<u64> = counts.into_values().collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let total: u64 = sizes.iter().sum();
        for at in 1..=sizes.len() {
            let share = sizes[..at].iter().sum::<u64>() as f64 / total as f64;
            expected.insert(vec![specialty.clone(), at.to_string()], share);
        }
    }
    let rows = fresh.table("concentration_curve");
    if rows.len() != expected.len() {
        let (expected, found) = (expected.len(), rows.len());
        complaints.add(format!(
            "concentration_curve: {expected} rows expected, {found} found"
        ));
    }
    for row in &rows {
        let key = vec![row["specialty"].clone(), row["referrers"].clone()];
        let place = format!("concentration_curve {key:?}");
        complaints.near(
            &place,
            &row["cumulative_share"],
            expected.get(&key).copied(),
        );
    }
}
