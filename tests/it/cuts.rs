//! Leakage tables cut by payer, priority, territory and age band: the parts add up to the whole.

use std::collections::BTreeMap;
use std::path::Path;

use catchment::base::TableBuilder;
use catchment::cuts::with_q_values;

use crate::workspace::{Fresh, Territory, done, read_csv, refused};

type Row = BTreeMap<String, String>;

/// Columns that are counts of referrals, wherever they stand.
const COUNTS: [&str; 16] = [
    "n",
    "leaked",
    "own",
    "affiliated",
    "outside",
    "unknown_destination",
    "not_offered",
    "not_addressable",
    "addressable",
    "recoverable_if_covered",
    "realised_leakage_n",
    "leakage_all_n",
    "received",
    "ordered_outside",
    "declined",
    "expired",
];

/// Tables whose rows count by a key alone, with that key.
const TABLES: [(&str, &[&str]); 12] = [
    ("leakage_by_specialty", &["specialty", "quarter"]),
    ("leakage_by_referrer", &["referring_npi", "quarter"]),
    ("leakage_by_practice", &["practice_id", "quarter"]),
    ("leakage_by_referring_county", &["county", "quarter"]),
    ("leakage_by_patient_county", &["county", "quarter"]),
    (
        "leakage_by_destination",
        &["destination_id", "specialty", "quarter"],
    ),
    ("leakage_ledger", &["specialty", "class", "quarter"]),
    (
        "leakage_flows",
        &["practice_id", "specialty", "destination_id"],
    ),
    ("reasons", &["specialty", "reason", "quarter"]),
    (
        "our_refusals",
        &["specialty", "receiving_practice_id", "reason", "quarter"],
    ),
    ("leakage_chains", &["specialty", "quarter"]),
    ("payer_mix", &["payer", "specialty", "quarter"]),
];

/// The sums of the counts by key, without keys that have nothing.
fn sums(rows: &[Row], key: &[&str]) -> BTreeMap<Vec<String>, BTreeMap<&'static str, i64>> {
    let mut out: BTreeMap<Vec<String>, BTreeMap<&str, i64>> = BTreeMap::new();
    for row in rows {
        let key = key.iter().map(|column| row[*column].clone()).collect();
        let counts = out.entry(key).or_default();
        for name in COUNTS {
            let cell = row.get(name).map(String::as_str).unwrap_or_default();
            *counts.entry(name).or_default() += cell.parse::<i64>().unwrap_or(0);
        }
    }
    out.retain(|_, counts| counts.values().any(|n| *n > 0));
    out
}

fn check(whole: &Path, by: &str) {
    let folder = whole.join(format!("by_{by}"));
    for (table, key) in TABLES {
        let file = format!("{table}.csv");
        if by == "payer" && table == "payer_mix" {
            assert!(!folder.join(&file).exists());
            continue;
        }
        let (all, parts) = (read_csv(&whole.join(&file)), read_csv(&folder.join(&file)));
        let (mut all, mut sum) = (sums(&all, key), sums(&parts, key));
        // Who has no eligible referral in a part, and what came in without being turned away there, is
        // not listed.
        let not_listed: &[&str] = match table {
            "leakage_by_referrer" => &["unknown_destination", "not_offered", "leakage_all_n"],
            "our_refusals" => &["received"],
            _ => &[],
        };
        let rows = all.values_mut().chain(sum.values_mut());
        rows.for_each(|counts| counts.retain(|name, _| !not_listed.contains(name)));
        assert_eq!(all, sum, "{table} by {by}");
        let column = match by {
            "territory" => "referring_territory",
            by => by,
        };
        let values: Vec<&String> = parts.iter().map(|row| &row[column]).collect();
        assert!(values.is_sorted(), "{table} by {by}");
        let mut distinct = values.clone();
        distinct.dedup();
        assert!(
            distinct.len() > 1 || by == "territory",
            "{table} by {by}: {distinct:?}"
        );
    }
}

/// Fifteen p-values of Benjamini and Hochberg (1995, Journal of the Royal Statistical Society B 57:289)
/// and what R's p.adjust makes of them, over two values of a cut.
#[test]
fn one_family_is_one_cut_table() {
    const P: [f64; 15] = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0000,
    ];
    const FIRST: [f64; 6] = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571429];
    // A row of another quarter and a row `all` are in no family of theirs.
    let p: Vec<Option<f64>> = P.iter().copied().chain([0.04, 0.03]).map(Some).collect();
    let value = |at: usize| {
        Some(if at.is_multiple_of(2) {
            "Medicare"
        } else {
            "Medicaid"
        })
    };
    let quarter = |at: usize| Some(if at == 15 { "2026Q2" } else { "2026Q3" });
    let specialty = |at: usize| Some(if at == 16 { "all" } else { "Cardiology" });
    let table = TableBuilder::new("made")
        .text("payer", (0..17).map(value))
        .text("specialty", (0..17).map(specialty))
        .text("quarter", (0..17).map(quarter))
        .real("n_change_q", p)
        .finish()
        .unwrap();
    let q = with_q_values(&table).unwrap().reals("n_change_q").unwrap();
    for (found, expected) in q.iter().zip(FIRST) {
        assert!((found.unwrap() - expected).abs() < 1e-10, "{q:?}");
    }
    assert_eq!(q[15..], [Some(0.04), Some(0.03)]);
}

/// Where a cut has one value, its tables are the whole ones, q-values too.
#[test]
fn a_cut_of_one_value_is_the_whole() {
    let territory = Territory::make(60, 12, 9);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    done(&["-w", fresh.text(), "run", "--by", "territory"]);
    let tables = fresh.out().join("tables");
    let mut settled = 0;
    for (table, _) in TABLES {
        let file = format!("{table}.csv");
        let whole = read_csv(&tables.join(&file));
        let mut part = read_csv(&tables.join("by_territory").join(&file));
        for row in &mut part {
            assert_eq!(row.remove("referring_territory").as_deref(), Some("all"));
        }
        let q = |row: &Row| {
            row.iter()
                .filter(|(name, cell)| name.ends_with("_q") && !cell.is_empty())
                .count()
        };
        settled += part.iter().map(q).sum::<usize>();
        assert_eq!(whole, part, "{table}");
    }
    assert!(settled > 100, "{settled} q-values");
}

#[test]
fn the_parts_add_up_to_the_whole() {
    let territory = Territory::make(60, 10, 8);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    let file = fresh.path().join("catchment.toml");
    let plain = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        format!("{plain}\n[territories.North]\ncounties = [\"Bernalillo\"]\n[territories.South]\ncounties = [\"Dona Ana\"]\n"),
    )
    .unwrap();
    let mut before = None;
    for by in ["payer", "priority", "territory", "age_band"] {
        done(&["-w", fresh.text(), "run", "--by", by]);
        let tables = fresh.out().join("tables");
        check(&tables, by);
        // The whole is the same, whatever it is cut by.
        let whole = fresh.bytes_of_tables();
        assert!(before.is_none_or(|before| before == whole));
        before = Some(whole);
    }
    done(&["-w", fresh.text(), "run"]);
    assert!(!fresh.out().join("tables/by_age_band").exists());
    let said = refused(&["-w", fresh.text(), "run", "--by", "payr"], 2);
    assert!(said.contains("'payer'"), "{said}");
}
