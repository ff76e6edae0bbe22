//! What must hold whatever the files say: bounds hold what was blanked, and no join makes a row more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;

use super::counts::check_sums;
use super::{Complaints, Row, rewrite};
use crate::workspace::{Fresh, Territory, done, read_csv, records};

/// A random number of an id, the same for every version of a referral.
fn draw(seed: u64, id: &str) -> f64 {
    let mut state = seed ^ 0x9E37_79B9_7F4A_7C15;
    for byte in id.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        state ^= state >> 29;
    }
    (state.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1u64 << 53) as f64
}

fn run(folder: &Path) -> Fresh {
    let fresh = Fresh::make();
    fresh.ingest(&[folder]);
    fresh.run();
    fresh
}

/// The tables with bounds, and their keys.
const BOUNDED: [(&str, &str); 5] = [
    ("leakage_by_specialty", "specialty"),
    ("leakage_by_practice", "practice_id"),
    ("leakage_by_referring_county", "county"),
    ("leakage_by_patient_county", "county"),
    ("leakage_by_referrer", "referring_npi"),
];

const DESTINATION: [&str; 5] = [
    "referred_to_npi",
    "referred_to_name",
    "referred_to_practice",
    "referred_to_organization",
    "direction",
];

/// Rows whose bounds do not hold the leakage of the files as they were, and how many do.
fn outside_of_bounds(before: &Fresh, after: &Fresh) -> (Vec<String>, usize) {
    let (mut wrong, mut held) = (Vec::new(), 0);
    for (table, key) in BOUNDED {
        let of = |row: &Row| (row[key].clone(), row["quarter"].clone());
        let after = after.table(table);
        let after: BTreeMap<_, &Row> = after.iter().map(|row| (of(row), row)).collect();
        for row in before.table(table).iter().filter(|row| row["n"] != "0") {
            let Some(blanked) = after.get(&of(row)) else {
                // Who has no eligible referral left has no row.
                assert_eq!(table, "leakage_by_referrer", "{row:?}");
                continue;
            };
            let number = |row: &Row, column: &str| row[column].parse::<f64>().unwrap_or(f64::NAN);
            let (low, high) = (
                number(blanked, "leakage_bound_low"),
                number(blanked, "leakage_bound_high"),
            );
            let truth = number(row, "leakage");
            if low <= truth + 1e-12 && truth <= high + 1e-12 {
                held += 1;
            } else {
                wrong.push(format!(
                    "{table} {:?}: {truth} not within {low} to {high}",
                    of(row)
                ));
            }
        }
    }
    (wrong, held)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, max_shrink_iters: 0, ..ProptestConfig::default() })]
    /// Destinations that are blanked at random: the bounds hold what leaked before.
    #[test]
    fn bounds_hold_the_truth(seed in any::<u64>(), share in 0.02..0.6_f64) {
        let territory = Territory::with(40, 5, 1 + seed % 50, false, true);
        let before = run(territory.path());
        let mut blanked = 0;
        for export in territory.exports() {
            rewrite(&export, |row| {
                // Without a specialty the destination's would be it.
                if !row["specialty"].is_empty() && draw(seed, &row["referral_id"]) < share {
                    blanked += 1;
                    for column in DESTINATION {
                        row.insert(column.to_string(), String::new());
                    }
                }
            });
        }
        let after = run(territory.path());
        let (wrong, held) = outside_of_bounds(&before, &after);
        prop_assert!(wrong.is_empty(), "{wrong:#?}");
        prop_assert!(held > 100 && blanked > 5, "{held} {blanked}");
    }

    /// Rosters full of concurrent rows, namesakes, organizations of one name and registers: every
    /// referral stays one row.
    #[test]
    fn no_join_makes_a_row_more(seed in any::<u64>(), share in 0.1..0.9_f64) {
        let territory = Territory::with(30, 3, 1 + seed % 50, false, true);
        crowd(&territory, seed, share);
        let fresh = run(territory.path());
        let registered = done(&["-w", fresh.text(), "query", "select count(*) from lake_providers where is_register", "--format", "csv"]);
        prop_assert!(registered.lines().nth(1).unwrap().parse::<u32>().unwrap() > 10);
        let mut complaints = Complaints::of(&format!("seed {seed} {share}"));
        check_sums(&mut complaints, &fresh);
        let ids: BTreeSet<String> = territory
            .exports()
            .iter()
            .flat_map(|export| read_csv(export))
            .map(|row| row["referral_id"].clone())
            .collect();
        for (what, found, expected) in counted(&fresh, ids.len() as i64) {
            if found != expected {
                complaints.add(format!("{what}: {expected} rows expected, {found} found"));
            }
        }
        complaints.end();
    }
}

/// Questions of one number each, asked at once.
fn ask(fresh: &Fresh, questions: &[String]) -> Vec<i64> {
    let numbered = questions.iter().enumerate();
    let parts = numbered.map(|(at, sql)| format!("select {at} as at, ({sql}) as n"));
    let sql = parts.collect::<Vec<_>>().join(" union all ") + " order by at";
    let said = done(&["-w", fresh.text(), "query", &sql, "--format", "csv"]);
    let rows = records(&said).split_off(1);
    let number = |row: &Vec<String>| row[1].parse().unwrap_or(0);
    rows.iter().map(number).collect()
}

/// Marts with a row a referral.
const SINGLE: [&str; 3] = ["int_referrals", "int_episodes", "int_placed_referrals"];

/// Sums, and the leakage rows or the placed ones that they must add up to.
const SUMS: [(&str, &str); 11] = [
    (
        "count(*) from int_leakage_referrals",
        "int_leakage_referrals",
    ),
    (
        "sum(referrals) from int_leakage_cells",
        "int_leakage_referrals",
    ),
    (
        "sum(referrals) / 3 from int_leakage_place_cells",
        "int_leakage_referrals",
    ),
    (
        "sum(n) from leakage_ledger where specialty = 'all'",
        "int_leakage_referrals",
    ),
    (
        "count(*) from int_recoverable_referrals",
        "int_leakage_referrals where leakage_class = 'leaked' and addressable",
    ),
    (
        "sum(n) from int_leaked_cells",
        "int_leakage_referrals where leakage_class = 'leaked'",
    ),
    (
        "sum(n) from int_competitor_cells",
        "int_leakage_referrals where leakage_class = 'leaked'",
    ),
    (
        "sum(n) from int_reason_cells",
        "int_leakage_referrals where leakage_class = 'leaked'",
    ),
    (
        "sum(eligible) from int_payer_cells",
        "int_leakage_referrals where leakage_class in ('leaked', 'kept')",
    ),
    (
        "sum(received) from int_refusal_cells",
        "int_placed_referrals where counts and destination_side = 'inside'",
    ),
    (
        "sum(received) from int_payer_cells",
        "int_placed_referrals where counts and destination_side = 'inside'",
    ),
];

/// How many rows each mart has, and how many it must have.
fn counted(fresh: &Fresh, ids: i64) -> Vec<(String, i64, i64)> {
    let distinct = |of: &str| format!("select count(distinct referral_id) from {of}");
    let whole = SINGLE.map(|mart| format!("select count(*) from {mart}"));
    let sums = SUMS.map(|(sum, of)| [format!("select {sum}"), distinct(of)]);
    let questions: Vec<String> = whole
        .iter()
        .cloned()
        .chain(sums.into_iter().flatten())
        .collect();
    let answers = ask(fresh, &questions);
    let (whole, sums) = answers.split_at(SINGLE.len());
    let mut out: Vec<(String, i64, i64)> = SINGLE
        .iter()
        .zip(whole)
        .map(|(mart, n)| (mart.to_string(), *n, ids))
        .collect();
    for ((sum, of), n) in SUMS.iter().zip(sums.chunks(2)) {
        assert!(n[1] > 20, "{of}: {}", n[1]);
        out.push((sum.to_string(), n[0], n[1]));
    }
    out
}

fn append(path: &Path, rows: &[Row]) {
    let mut text = std::fs::read_to_string(path).unwrap();
    let header = records(&text).swap_remove(0);
    for row in rows {
        let cells: Vec<String> = header
            .iter()
            .map(|column| super::quoted(&row[column]))
            .collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    std::fs::write(path, text).unwrap();
}

/// Fills the roster with rows that could be joined twice.
fn crowd(territory: &Territory, seed: u64, share: f64) {
    let roster = territory.rows("providers.csv");
    let chosen = |what: &str, id: &str| draw(seed, &format!("{what} {id}")) < share;
    let set = |row: &mut Row, column: &str, value: &str| {
        row.insert(column.to_string(), value.to_string());
    };
    let mut rows = Vec::new();
    for (at, row) in roster.iter().enumerate() {
        let other = &roster[(at * 7 + 3) % roster.len()];
        // A second place of work at the same time, under the name of the first.
        if chosen("namesake", &row["npi"]) {
            let mut more = row.clone();
            set(&mut more, "practice_id", &format!("Z{at}"));
            rows.push(more);
        }
        // A place at another's practice, primary too, in another organization.
        if chosen("elsewhere", &row["npi"]) && other["practice_id"] != row["practice_id"] {
            let mut more = other.clone();
            set(&mut more, "npi", &row["npi"]);
            set(&mut more, "name", &row["name"]);
            set(&mut more, "is_primary", "true");
            rows.push(more);
        }
        // A later period of the same place that overlaps the open one.
        if chosen("overlap", &row["npi"]) && row["effective_to"].is_empty() {
            let mut more = row.clone();
            set(&mut more, "effective_from", "2026-05-10");
            set(&mut more, "fte", "0.5");
            rows.push(more);
        }
        // Another provider of the same name.
        if chosen("bearer", &row["npi"]) {
            let mut more = other.clone();
            set(&mut more, "name", &row["name"]);
            rows.push(more);
        }
    }
    append(&territory.file("providers.csv"), &rows);
    let mut rows = Vec::new();
    for row in territory.rows("organizations.csv") {
        let mut more = row.clone();
        if chosen("twin", &row["organization_id"]) {
            set(
                &mut more,
                "organization_id",
                &format!("{}X", row["organization_id"]),
            );
        } else {
            set(&mut more, "effective_from", "2026-06-15");
        }
        rows.push(more);
    }
    append(&territory.file("organizations.csv"), &rows);
    register(territory, &roster, &|npi| chosen("register", npi));
}

/// A register that has some of the roster's providers and all that only exports name.
fn register(territory: &Territory, roster: &[Row], is_in: &dyn Fn(&str) -> bool) {
    let sample =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/layouts/nppes/npidata_pfile.csv");
    let header = records(&std::fs::read_to_string(sample).unwrap()).swap_remove(0);
    let known: BTreeSet<&String> = roster.iter().map(|row| &row["npi"]).collect();
    let mut people: BTreeMap<String, String> = BTreeMap::new();
    for row in roster.iter().filter(|row| is_in(&row["npi"])) {
        people.insert(row["npi"].clone(), row["name"].clone());
    }
    for row in territory
        .exports()
        .iter()
        .flat_map(|export| read_csv(export))
    {
        let npi = &row["referred_to_npi"];
        if !npi.is_empty() && !known.contains(npi) {
            people.insert(npi.clone(), row["referred_to_name"].clone());
        }
    }
    let mut text = header.join(",") + "\n";
    for (npi, name) in people {
        let (first, last) = name.split_once(' ').unwrap_or(("Ann", "Doe"));
        let cells = header.iter().map(|column| match column.as_str() {
            "NPI" => npi.clone(),
            "Entity Type Code" => "1".to_string(),
            "Provider First Name" => super::quoted(first),
            "Provider Last Name (Legal Name)" => super::quoted(last),
            "Healthcare Provider Taxonomy Code_1" => "207RC0000X".to_string(),
            "Healthcare Provider Primary Taxonomy Switch_1" => "Y".to_string(),
            "Provider First Line Business Practice Location Address" => "1 Main St".to_string(),
            "Provider Business Practice Location Address Postal Code" => "871020000".to_string(),
            "Provider Business Practice Location Address State Name" => "NM".to_string(),
            "Last Update Date" => "01/05/2026".to_string(),
            _ => String::new(),
        });
        text += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    std::fs::write(territory.file("npidata_pfile.csv"), text).unwrap();
}
