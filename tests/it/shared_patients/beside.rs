//! Shared patients beside a roster, and beside referrals.

use std::path::PathBuf;

use super::{MEMBERS, YEAR, file, near, number, planted, provider, sums};
use crate::workspace::{Fresh, Territory, done};

/// A workspace with planted pairs, a few more of which come in to ours from outside, and a roster that
/// knows two of the groups: what was run, and the pairs.
fn with_roster() -> (Fresh, Vec<(String, String, i64)>) {
    let fresh = Fresh::make();
    let mut pairs = planted();
    // What comes in to ours from outside.
    for (from, to, patients) in [(1, 0, 20), (2, 2, 60), (2, 1, 15)] {
        pairs.push((provider(1, from), provider(0, to), patients));
    }
    let mut roster = String::from("npi,name,specialty,organization_id,practice_id,practice_name\n");
    for group in 0..2 {
        for at in 0..MEMBERS {
            let specialty = ["Cardiology", "Family Medicine"][at % 2];
            let npi = provider(group, at);
            roster.push_str(&format!(
                "{npi},Person {group}{at},{specialty},O{group},P{group},Place {group}\n"
            ));
        }
    }
    let organizations = "organization_id,name,affiliation\nO0,Ours,own\nO1,Theirs,competitor\n";
    let put = |name: &str, text: &str| {
        let path = fresh.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let files = [
        put("providers.csv", &roster),
        put("organizations.csv", organizations),
        file(fresh.path(), &pairs, YEAR),
    ];
    fresh.ingest(&files.each_ref().map(PathBuf::as_path));
    fresh.run();
    (fresh, pairs)
}

/// A roster says who is who: the first group is ours, the second a competitor's, the third nobody's.
#[test]
fn a_roster_beside_them_says_who_is_who() {
    let (fresh, pairs) = with_roster();
    let into = sums(&pairs, |pair| pair.1.as_str());
    let of = |group: usize, is_in: &dyn Fn(usize) -> bool| -> i64 {
        let members = (0..MEMBERS).filter(|at| is_in(*at));
        members.map(|at| into[provider(group, at).as_str()]).sum()
    };
    let rows = fresh.table("competitors");
    let market = |organization: &str, specialty: &str| {
        let found = rows.iter().find(|row| {
            row["quarter"] == "2026Q3"
                && row["specialty"] == specialty
                && row["organization_id"] == organization
        });
        let row = found.unwrap_or_else(|| panic!("{organization} {specialty}"));
        (
            number(row, "market_share"),
            number(row, "concentration"),
            row["is_us"].clone(),
        )
    };
    let (ours, theirs) = (
        of(0, &|at| at % 2 == 0) as f64,
        of(1, &|at| at % 2 == 0) as f64,
    );
    let (share, index, is_us) = market("O0", "Cardiology");
    assert!(near(share, ours / (ours + theirs)) && is_us == "true");
    let squares = |parts: &[f64]| -> f64 {
        let whole: f64 = parts.iter().sum();
        parts
            .iter()
            .map(|part| (100.0 * part / whole).powi(2))
            .sum()
    };
    assert!((index - squares(&[ours, theirs])).abs() < 1e-6);
    assert_eq!(market("O1", "Cardiology").2, "false");
    // Of all together, those of no organization stand each for themselves.
    let mut parts = vec![of(0, &|_| true) as f64, of(1, &|_| true) as f64];
    parts.extend((0..MEMBERS).map(|at| into[provider(2, at).as_str()] as f64));
    assert!((market("O0", "all").1 - squares(&parts)).abs() < 1e-6);
    let nodes = fresh.table("network_nodes");
    let first = nodes
        .iter()
        .find(|node| node["npi"] == provider(0, 0))
        .unwrap();
    let said = ["name", "affiliation", "specialty", "practice_name"].map(|c| first[c].as_str());
    assert_eq!(said, ["Person 00", "own", "Cardiology", "Place 0"]);
    we_depend_on_who_shares_patients_with_us(&fresh);
}

/// In Cardiology 60 and 20 patients of two referrers at one practice; 15 more of the first elsewhere.
fn we_depend_on_who_shares_patients_with_us(fresh: &Fresh) {
    let rows = fresh.table("fragility");
    let row = |specialty: &str, practice: &str| {
        let found = rows
            .iter()
            .find(|row| row["specialty"] == specialty && row["practice_id"] == practice);
        found.unwrap_or_else(|| panic!("{specialty} {practice}"))
    };
    let by_practice = row("Cardiology", "all");
    assert_eq!(
        (number(by_practice, "n"), number(by_practice, "top_1")),
        (80.0, 1.0)
    );
    let by_referrer = row("Cardiology", "P1");
    assert_eq!(
        (
            number(by_referrer, "top_1"),
            number(by_referrer, "herfindahl")
        ),
        (0.75, 6250.0)
    );
    assert_eq!(by_referrer["lost_if_top_left"], "");
    let curve: Vec<(String, f64)> = fresh
        .table("concentration_curve")
        .iter()
        .filter(|row| row["specialty"] == "all")
        .map(|row| (row["referrers"].clone(), number(row, "cumulative_share")))
        .collect();
    assert_eq!(
        curve,
        [("1".to_string(), 75.0 / 95.0), ("2".to_string(), 1.0)]
    );
    let said = done(&[
        "-w",
        fresh.text(),
        "explain",
        "fragility",
        "Cardiology",
        "P1",
    ]);
    assert!(said.contains("  n 80: the sum"), "{said}");
    for chart in ["fragility", "concentration"] {
        let svg = std::fs::read_to_string(fresh.out().join(format!("charts/{chart}.svg"))).unwrap();
        assert!(
            svg.contains("shared patients") && !svg.contains("referrals"),
            "{chart}"
        );
    }
}

/// Where both are loaded, referrals make the network, byte for byte as without the pairs, and the
/// pairs make the market.
#[test]
fn referrals_go_before_shared_patients() {
    let territory = Territory::make(20, 5, 6);
    let alone = Fresh::make();
    alone.ingest(&[territory.path()]);
    alone.run();
    let both = Fresh::make();
    let pairs = file(both.path(), &planted(), YEAR);
    both.ingest(&[territory.path(), &pairs]);
    let said = both.run();
    assert!(!said.contains("a missing tie is not zero"), "{said}");
    let (without, with) = (alone.bytes_of_tables(), both.bytes_of_tables());
    for table in [
        "network_nodes.parquet",
        "network_ties.parquet",
        "leakage_by_specialty.csv",
    ] {
        assert!(without[table] == with[table], "{table} is another");
    }
    assert_eq!(both.table("run_info")[0]["network_of"], "referrals");
    let market = |fresh: &Fresh| {
        let rows = fresh.table("competitors");
        rows.iter()
            .filter(|row| !row["market_share"].is_empty())
            .count()
    };
    assert!(market(&alone) == 0 && market(&both) > 0);
}
