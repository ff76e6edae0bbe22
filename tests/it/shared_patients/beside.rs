//! Shared patients beside a roster, and beside referrals.

use std::path::PathBuf;

use super::{MEMBERS, YEAR, file, near, number, planted, provider, sums};
use crate::workspace::{Fresh, Territory};

/// A roster says who is who: the first group is ours, the second a competitor's, the third nobody's.
#[test]
fn a_roster_beside_them_says_who_is_who() {
    let fresh = Fresh::make();
    let pairs = planted();
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
        rows.iter().filter(|row| row["market_share"] != "").count()
    };
    assert!(market(&alone) == 0 && market(&both) > 0);
}
