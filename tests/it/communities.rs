//! The table of communities against a recount of the raw files: its counts, its modularity by
//! definition over all pairs, and which community of the quarter before each continues.

use std::collections::{BTreeMap, BTreeSet};

use catchment::base::Quarter;

use crate::leakage::raw::Raw;
use crate::workspace::{Fresh, Territory, read_csv, run};

type Row = BTreeMap<String, String>;

/// Referrals between two providers, by who sent them and who received them.
type Ties = BTreeMap<(String, String), i64>;

/// Counted referrals between two resolved providers in the four quarters up to one.
fn ties(raw: &Raw, last: Quarter) -> Ties {
    let quarters: BTreeSet<String> = last.last(4).iter().map(ToString::to_string).collect();
    let mut ties = Ties::new();
    for order in &raw.orders {
        let (Some(from), Some(to)) = (&order.from, &order.to) else {
            continue;
        };
        if order.counts && from != to && quarters.contains(&order.quarter) {
            *ties.entry((from.clone(), to.clone())).or_default() += 1;
        }
    }
    ties
}

fn int(row: &Row, column: &str) -> i64 {
    row[column].parse().unwrap()
}

fn real(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

/// The community of each provider, as the table of providers has it.
fn members(nodes: &[Row]) -> BTreeMap<String, i64> {
    nodes
        .iter()
        .map(|row| (row["npi"].clone(), int(row, "community")))
        .collect()
}

/// Each community's part of the modularity: referrals between its providers, over all, less the
/// square of its share of all ends.
fn parts(ties: &Ties, of: &BTreeMap<String, i64>) -> BTreeMap<i64, f64> {
    let all: i64 = ties.values().sum();
    let (mut inside, mut ends) = (BTreeMap::new(), BTreeMap::new());
    for ((from, to), n) in ties {
        let (from, to) = (of[from], of[to]);
        *inside.entry(from).or_insert(0) += if from == to { *n } else { 0 };
        *ends.entry(from).or_insert(0) += n;
        *ends.entry(to).or_insert(0) += n;
    }
    let part = |(community, ends): (&i64, &i64)| {
        let inside = inside.get(community).copied().unwrap_or(0);
        let share = *ends as f64 / (2 * all) as f64;
        (*community, inside as f64 / all as f64 - share * share)
    };
    ends.iter().map(part).collect()
}

/// The names that are most common, as many as wanted.
fn most_common(names: impl Iterator<Item = String>, unknown: &str, most: usize) -> String {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut order: Vec<(i64, String)> = counts.into_iter().map(|(name, n)| (-n, name)).collect();
    order.sort();
    let known: Vec<&(i64, String)> = order.iter().filter(|(_, name)| name != unknown).collect();
    if known.is_empty() {
        return unknown.to_string();
    }
    let names: Vec<&str> = known
        .iter()
        .take(most)
        .map(|(_, name)| name.as_str())
        .collect();
    names.join("; ")
}

#[test]
fn communities_are_those_of_the_raw_files() {
    let territory = Territory::with(120, 8, 21, false, true);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    let raw = Raw::read(territory.path());
    let ties = ties(&raw, Quarter::of(2026, 3));
    let nodes = fresh.table("network_nodes");
    let of = members(&nodes);
    let rows = fresh.table("communities");
    assert!(rows.len() >= 3, "{} communities", rows.len());
    let parts = parts(&ties, &of);
    let modularity: f64 = parts.values().sum();
    assert!(modularity > 0.2, "{modularity}");
    let mut sizes = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let community = at as i64 + 1;
        assert_eq!(int(row, "community"), community);
        let is_in = |npi: &String| of[npi] == community;
        let ours = || nodes.iter().filter(|node| is_in(&node["npi"]));
        sizes.push(ours().count() as i64);
        assert_eq!(int(row, "providers"), sizes[at]);
        let sent = |stays: bool| -> i64 {
            let of_these = |(from, to): &(String, String)| is_in(from) && is_in(to) == stays;
            ties.iter()
                .filter(|(ends, _)| of_these(ends))
                .map(|(_, n)| n)
                .sum()
        };
        assert_eq!(int(row, "referrals_inside"), sent(true));
        assert_eq!(int(row, "referrals_leaving"), sent(false));
        let texts = |column: &'static str| ours().map(move |node| node[column].clone());
        assert_eq!(
            row["main_specialties"],
            most_common(texts("specialty"), "Unknown", 3)
        );
        assert_eq!(
            row["main_county"],
            most_common(texts("county"), "unknown", 1)
        );
        assert!((real(row, "modularity") - modularity).abs() < 1e-12);
        assert!((real(row, "modularity_part") - parts[&community]).abs() < 1e-12);
        assert_eq!(row["searches"], "10");
        assert!((0.0..=1.0).contains(&real(row, "stability")));
    }
    assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    our_share_is_of_aligned_referrers(&raw, &rows, &of);
}

fn our_share_is_of_aligned_referrers(raw: &Raw, rows: &[Row], of: &BTreeMap<String, i64>) {
    let quarters: Vec<String> = Quarter::of(2026, 3)
        .last(4)
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut expected: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for order in &raw.orders {
        let (Some(from), Some(to)) = (&order.from, &order.to) else {
            continue;
        };
        let seen = order.counts
            && from != to
            && quarters.contains(&order.quarter)
            && order.from_affiliation == "own"
            && !order.is_unknown();
        if seen {
            let (to_us, n) = expected.entry(of[from]).or_default();
            *to_us += i64::from(order.is_inside());
            *n += 1;
        }
    }
    let mut compared = 0;
    for row in rows {
        let (to_us, n) = expected
            .get(&int(row, "community"))
            .copied()
            .unwrap_or_default();
        assert_eq!(int(row, "our_share_n"), n, "{row:?}");
        if n == 0 {
            assert_eq!(row["our_share"], "");
            continue;
        }
        let share = to_us as f64 / n as f64;
        assert!((real(row, "our_share") - share).abs() < 1e-12);
        assert!(real(row, "our_share_low") <= share && share <= real(row, "our_share_high"));
        compared += 1;
    }
    assert!(compared > 0);
}

/// The earlier communities are those that a run a quarter earlier finds (nothing in these exports
/// was corrected since), and they are matched as their members say.
#[test]
fn a_community_continues_the_one_most_alike() {
    let territory = Territory::with(120, 8, 22, false, true);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    let earlier = run(&["-w", fresh.text(), "run", "--quarter", "2026Q2"]);
    assert!(earlier.status.success());
    let raw = Raw::read(territory.path());
    let folder = fresh.path().join("out/2026Q2/tables");
    let before = members(&read_csv(&folder.join("network_nodes.csv")));
    let now = members(&fresh.table("network_nodes"));
    let mut weights: BTreeMap<&str, i64> = BTreeMap::new();
    for quarter in [Quarter::of(2026, 3), Quarter::of(2026, 2)] {
        for ((from, to), n) in ties(&raw, quarter) {
            for npi in [from, to] {
                let known = now.get_key_value(&npi).or(before.get_key_value(&npi));
                *weights.entry(known.unwrap().0).or_default() += n;
            }
        }
    }
    let similarity = |a: i64, b: i64| {
        let (mut both, mut either) = (0, 0);
        for (npi, weight) in &weights {
            let (in_a, in_b) = (now.get(*npi) == Some(&a), before.get(*npi) == Some(&b));
            both += if in_a && in_b { *weight } else { 0 };
            either += if in_a || in_b { *weight } else { 0 };
        }
        both as f64 / either as f64
    };
    let count = |of: &BTreeMap<String, i64>| of.values().max().copied().unwrap();
    let (last, last_before) = (count(&now), count(&before));
    let first_of_most = |n: i64, of: &dyn Fn(i64) -> f64| {
        let most = (1..=n).map(of).fold(0.0, f64::max);
        (1..=n).find(|&number| of(number) == most)
    };
    let mut matched = 0;
    for row in &fresh.table("communities") {
        let community = int(row, "community");
        let best = first_of_most(last_before, &|b| similarity(community, b)).unwrap();
        let mutual = first_of_most(last, &|a| similarity(a, best)) == Some(community);
        if mutual && similarity(community, best) > 0.0 {
            assert_eq!(int(row, "community_before"), best, "{row:?}");
            let said = real(row, "similarity_before");
            assert!((said - similarity(community, best)).abs() < 1e-12);
            matched += 1;
        } else {
            assert_eq!(row["community_before"], "", "{row:?}");
        }
    }
    assert!(matched >= 2, "{matched} of {last}");
}
