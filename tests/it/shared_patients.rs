//! Workspaces that have shared-patient files: alone, beside a roster, beside referrals. What can be
//! told from them is reckoned a second time here, and what can't be is not there.

mod beside;
mod periods;
mod sampled;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use catchment::base::npi;
use catchment::findings::FINDINGS;

use crate::workspace::{Fresh, done};

/// A row of a table, by column.
type Row = BTreeMap<String, String>;

/// Groups whose members share patients with each other above all.
const GROUPS: usize = 3;
/// Members of a group.
const MEMBERS: usize = 8;

/// Member `at` of a group.
fn provider(group: usize, at: usize) -> String {
    npi::complete(120_000_000 + (group * MEMBERS + at) as u32)
}

/// Planted groups: everybody of one shares 30 to 58 patients with every other of it, in each
/// direction, and a pair of the first two groups shares 11. The third stands alone.
fn planted() -> Vec<(String, String, i64)> {
    let mut pairs = Vec::new();
    for group in 0..GROUPS {
        for from in 0..MEMBERS {
            for to in (0..MEMBERS).filter(|to| *to != from) {
                let patients = 30 + (from * 4 + to) as i64 % 29;
                pairs.push((provider(group, from), provider(group, to), patients));
            }
        }
    }
    pairs.push((provider(0, 0), provider(1, 0), 11));
    pairs
}

/// A file of the canonical layout, its rows over one period.
fn file(folder: &Path, pairs: &[(String, String, i64)], period: [&str; 2]) -> PathBuf {
    let mut text = String::from("npi_from,npi_to,patients,period_from,period_to\n");
    for (from, to, patients) in pairs {
        let [first, last] = period;
        text.push_str(&format!("{from},{to},{patients},{first},{last}\n"));
    }
    let path = folder.join(format!("pairs-{}.csv", period[1]));
    std::fs::write(&path, text).unwrap();
    path
}

/// The year that ends with 2026Q3.
const YEAR: [&str; 2] = ["2025-10-01", "2026-09-30"];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn number(row: &Row, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column} of {row:?}"))
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// Sums of patients by a key of the pair.
fn sums<'p>(
    pairs: &'p [(String, String, i64)],
    key: impl Fn(&'p (String, String, i64)) -> &'p str,
) -> BTreeMap<&'p str, i64> {
    let mut sums = BTreeMap::new();
    for pair in pairs {
        *sums.entry(key(pair)).or_default() += pair.2;
    }
    sums
}

#[test]
fn files_alone_make_the_network_and_the_market() {
    let fresh = Fresh::make();
    let pairs = planted();
    fresh.ingest(&[&file(fresh.path(), &pairs, YEAR)]);
    let said = fresh.run();
    for words in [
        "2026 Q3 (Jul–Sep)",
        "shared patients, from 2025-10-01 to 2026-09-30",
        "a missing tie is not zero",
        "missing: no referrals loaded",
        "missing: no providers loaded",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    the_ties_are_the_pairs(&fresh, &pairs);
    the_nodes_are_their_ends(&fresh, &pairs);
    the_market_is_of_providers(&fresh, &pairs);
    all_else_is_silent(&fresh);
    commands_answer(&fresh, &pairs);
}

fn the_ties_are_the_pairs(fresh: &Fresh, pairs: &[(String, String, i64)]) {
    let ties = fresh.table("network_ties");
    assert_eq!(ties.len(), pairs.len());
    let known: BTreeMap<(&str, &str), i64> = pairs
        .iter()
        .map(|(from, to, n)| ((from.as_str(), to.as_str()), *n))
        .collect();
    let (out, into) = (sums(pairs, |p| p.0.as_str()), sums(pairs, |p| p.1.as_str()));
    for tie in &ties {
        let (from, to) = (tie["npi_from"].as_str(), tie["npi_to"].as_str());
        let n = known[&(from, to)];
        assert_eq!(tie["patients"], n.to_string());
        for empty in ["referrals", "first_on", "last_on", "change_ratio"] {
            assert_eq!(tie[empty], "", "{empty} of {tie:?}");
        }
        assert_eq!(tie["change"], "not_observed");
        assert!(near(
            number(tie, "share_of_out"),
            n as f64 / out[from] as f64
        ));
        assert!(near(number(tie, "share_of_in"), n as f64 / into[to] as f64));
        let back = known.get(&(to, from)).copied().unwrap_or(0);
        let reciprocity = n.min(back) as f64 / n.max(back) as f64;
        assert!(near(number(tie, "reciprocity"), reciprocity), "{tie:?}");
    }
}

fn the_nodes_are_their_ends(fresh: &Fresh, pairs: &[(String, String, i64)]) {
    let nodes = fresh.table("network_nodes");
    assert_eq!(nodes.len(), GROUPS * MEMBERS);
    let (out, into) = (sums(pairs, |p| p.0.as_str()), sums(pairs, |p| p.1.as_str()));
    let mut rank = 0.0;
    for node in &nodes {
        let npi = node["npi"].as_str();
        assert_eq!(
            (
                node["referrals_in"].as_str(),
                node["referrals_out"].as_str()
            ),
            ("", "")
        );
        assert_eq!(node["patients_in"], into[npi].to_string());
        assert_eq!(node["patients_out"], out[npi].to_string());
        // Of so few providers betweenness is exact.
        assert_eq!(node["betweenness_se"], "");
        let partners = pairs.iter().filter(|pair| pair.1 == npi).count();
        assert_eq!(node["partners_in"], partners.to_string());
        assert_eq!(
            (node["name"].as_str(), node["affiliation"].as_str()),
            (npi, "unknown")
        );
        rank += number(node, "pagerank");
    }
    assert!((rank - 1.0).abs() < 1e-6, "{rank}");
    // The first two groups hang together by one tie, which all paths between them take.
    let of = |group: usize, at: usize| {
        let npi = provider(group, at);
        nodes.iter().find(|node| node["npi"] == npi).unwrap()
    };
    let parts: Vec<&str> = (0..GROUPS)
        .map(|group| of(group, 3)["component"].as_str())
        .collect();
    assert_eq!(parts, ["1", "1", "2"]);
    assert!(number(of(0, 0), "betweenness") > number(of(0, 1), "betweenness"));
    assert_eq!(number(of(2, 0), "betweenness"), 0.0);
    assert_eq!(number(of(2, 0), "clustering"), 1.0);
    planted_groups_are_communities(fresh, pairs, &|group, at| {
        of(group, at)["community"].as_str()
    });
}

/// Each group is a community, with the patients of its own ties inside it and none leaving, but for
/// the one tie between two groups. Of referrals nothing is said.
fn planted_groups_are_communities<'n>(
    fresh: &Fresh,
    pairs: &[(String, String, i64)],
    community: &dyn Fn(usize, usize) -> &'n str,
) {
    let rows = fresh.table("communities");
    assert_eq!(rows.len(), GROUPS);
    for group in 0..GROUPS {
        let number = community(group, 0);
        assert!(
            (0..MEMBERS).all(|at| community(group, at) == number),
            "group {group} is torn"
        );
        let row = rows.iter().find(|row| row["community"] == number).unwrap();
        let members: Vec<String> = (0..MEMBERS).map(|at| provider(group, at)).collect();
        let sent = |inside: bool| -> i64 {
            let from_here = pairs.iter().filter(|pair| members.contains(&pair.0));
            let such = from_here.filter(|pair| members.contains(&pair.1) == inside);
            such.map(|pair| pair.2).sum()
        };
        assert_eq!(row["providers"], MEMBERS.to_string());
        assert_eq!(row["patients_inside"], sent(true).to_string());
        assert_eq!(row["patients_leaving"], sent(false).to_string());
        assert_eq!(
            (
                row["referrals_inside"].as_str(),
                row["referrals_leaving"].as_str()
            ),
            ("", "")
        );
    }
}

fn the_market_is_of_providers(fresh: &Fresh, pairs: &[(String, String, i64)]) {
    let into = sums(pairs, |pair| pair.1.as_str());
    let whole: i64 = into.values().sum();
    let index: f64 = into
        .values()
        .map(|n| (100.0 * *n as f64 / whole as f64).powi(2))
        .sum();
    let rows = fresh.table("competitors");
    let quarters: BTreeSet<&str> = rows.iter().map(|row| row["quarter"].as_str()).collect();
    // The file's period holds four quarters.
    assert_eq!(
        quarters.into_iter().collect::<Vec<_>>(),
        ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    );
    let now: Vec<&Row> = rows
        .iter()
        .filter(|row| row["quarter"] == "2026Q3" && row["specialty"] == "all")
        .collect();
    assert_eq!(now.len(), into.len());
    for row in now {
        let share = into[row["organization_id"].as_str()] as f64 / whole as f64;
        assert!(near(number(row, "market_share"), share), "{row:?}");
        assert!(
            (number(row, "concentration") - index).abs() < 1e-6,
            "{row:?} is not {index}"
        );
        assert_eq!(
            (row["is_us"].as_str(), row["observed_share"].as_str()),
            ("false", "")
        );
    }
}

/// Tables that a network of shared patients fills, some of them only together with others.
const FILLED: [&str; 7] = [
    "run_info",
    "network_nodes",
    "network_ties",
    "competitors",
    "communities",
    "prospects",
    "prospects_judged",
];

/// Every table is written; those of which shared patients say nothing have no row.
fn all_else_is_silent(fresh: &Fresh) {
    let full: Vec<&str> = FINDINGS
        .iter()
        .map(|finding| finding.name)
        .filter(|name| !FILLED.contains(name) && !fresh.table(name).is_empty())
        .collect();
    assert!(full.is_empty(), "{full:?} say something of nothing");
    let info = &fresh.table("run_info")[0];
    let said =
        ["network_of", "network_from_on", "network_to_on", "first_on"].map(|c| info[c].as_str());
    assert_eq!(said, ["shared_patients", "2025-10-01", "2026-09-30", ""]);
    for made in [
        "report.html",
        "call_list.xlsx",
        "charts/volume.svg",
        "charts/hhi.png",
    ] {
        assert!(fresh.out().join(made).is_file(), "{made}");
    }
}

fn commands_answer(fresh: &Fresh, pairs: &[(String, String, i64)]) {
    let ask = |arguments: &[&str]| {
        let mut all = vec!["-w", fresh.text()];
        all.extend(arguments);
        done(&all)
    };
    let status = ask(&["status"]);
    for words in [
        "shared patients: 169 pairs, 2025-10-01 to 2026-09-30",
        "last whole quarter: 2026Q3",
    ] {
        assert!(status.contains(words), "{words}: {status}");
    }
    let sql = "select count(*) as n, sum(patients) as patients from shared_patients";
    let whole: i64 = pairs.iter().map(|pair| pair.2).sum();
    let said = ask(&["query", sql, "--format", "csv"]);
    assert_eq!(said, format!("n,patients\n{},{whole}\n", pairs.len()));
    // What is explained comes to what the table has, and what it has not is none.
    let (from, to, patients) = &pairs[0];
    let said = ask(&["explain", "network_ties", from, to]);
    for words in [
        format!("  patients {patients}: the sum"),
        "  referrals none: the sum".to_string(),
    ] {
        assert!(said.contains(&words), "{words}: {said}");
    }
    let into = sums(pairs, |pair| pair.1.as_str());
    let said = ask(&["explain", "network_nodes", from]);
    for words in [
        format!("  patients_in {}: the sum", into[from.as_str()]),
        "  referrals_in none: the sum".to_string(),
    ] {
        assert!(said.contains(&words), "{words}: {said}");
    }
}
