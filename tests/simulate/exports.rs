//! What every file keeps to: the canonical layout, one row a referral, nothing from the future.

use std::collections::BTreeMap;

use catchment_base::npi;
use catchment_base::progress::Silent;
use catchment_simulate::{Settings, simulate};
use proptest::prelude::*;

use crate::territory::{Made, Roster, Row, day, make, quarter, read, small};

const STATUSES: [&str; 11] = [
    "requested",
    "in_review",
    "accepted",
    "scheduled",
    "completed",
    "no_show",
    "declined",
    "cancelled",
    "expired",
    "redirected",
    "void",
];

/// Columns that never change between versions.
const FIXED: [&str; 12] = [
    "referred_on",
    "specialty",
    "service_type",
    "referring_npi",
    "referring_name",
    "referring_practice",
    "referred_to_npi",
    "referred_to_name",
    "referred_to_practice",
    "direction",
    "age_band",
    "replaces_id",
];

fn check_row(row: &Row, last: catchment_base::Day) {
    let date = |column: &str| day(&row[column]);
    let referred = date("referred_on").unwrap();
    let updated = date("updated_at").unwrap();
    assert!(referred <= updated && updated <= last, "{row:?}");
    assert!(STATUSES.contains(&row["status"].as_str()));
    for column in ["scheduled_on", "completed_on", "report_sent_on"] {
        assert!(
            date(column).is_none_or(|d| referred <= d && d <= updated),
            "{column}: {row:?}"
        );
    }
    let scheduled = date("scheduled_on");
    assert!(date("appointment_on").is_none_or(|d| Some(d) >= scheduled && scheduled.is_some()));
    assert!(date("report_sent_on").is_none_or(|d| Some(d) >= date("completed_on")));
    assert_eq!(date("completed_on").is_some(), row["status"] == "completed");
    assert_eq!(date("expires_on"), Some(referred.plus(180)));
    for column in ["referring_npi", "referred_to_npi"] {
        assert!(row[column].is_empty() || npi::is_valid(&row[column]));
    }
    assert!(!row["referring_npi"].is_empty() || !row["referring_name"].is_empty());
}

fn check(made: &Made) {
    let mut known: BTreeMap<String, Row> = BTreeMap::new();
    let mut rows = 0;
    for file in made.exports() {
        let quarter = quarter(&file).unwrap();
        let mut previous = 0;
        for row in read(&file) {
            rows += 1;
            check_row(&row, quarter.last_day());
            let number: u64 = row["referral_id"][1..].parse().unwrap();
            // Strictly, so a file has one row a referral.
            assert!(previous < number, "{previous} before {number}");
            previous = number;
            let placed = day(&row["referred_on"]).unwrap().quarter();
            match known.get(&row["referral_id"]) {
                None => assert_eq!(placed, quarter),
                Some(before) => {
                    assert!(day(&row["updated_at"]).unwrap() >= quarter.first_day());
                    assert!(FIXED.iter().all(|c| before[*c] == row[*c]));
                    assert!(before["updated_at"] < row["updated_at"]);
                }
            }
            if !row["replaces_id"].is_empty() {
                assert!(known.contains_key(&row["replaces_id"]));
            }
            known.insert(row["referral_id"].clone(), row);
        }
    }
    assert_eq!(made.summary.rows, rows);
    assert_eq!(made.summary.referrals, known.len() as u64);
}

/// Both ends of every referral are at work on the day, and see the patient.
fn check_ends(made: &Made) {
    let roster = Roster::of(made);
    for row in made.latest().values() {
        let on = day(&row["referred_on"]).unwrap();
        let from = roster
            .npi(&row["referring_npi"], &row["referring_name"])
            .unwrap();
        let is_own = roster.affiliation(from, on) == "own";
        let to = roster.npi(&row["referred_to_npi"], &row["referred_to_name"]);
        if let Some(to) = to {
            let provider = &roster.by_npi[to][0];
            assert!(day(&provider["deactivated_on"]).is_none_or(|d| on < d));
            let bands = &provider["age_bands"];
            assert!(row["age_band"].is_empty() || bands.contains(&row["age_band"]));
            // Exports hold what our own order, and what arrives at us.
            assert!(is_own || roster.affiliation(to, on) == "own");
        } else {
            assert!(is_own);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_file_keeps_to_the_layout(
        seed in any::<u64>(),
        pcps in 20u32..90,
        quarters in 1u32..6,
        state in prop::sample::select(vec!["NM", "DE", "RI", "WY", "MA"]),
    ) {
        let made = make(&Settings { seed, pcps, quarters, state: state.to_string(), ..Settings::default() });
        check(&made);
        check_ends(&made);
        for row in made.table("providers.csv") {
            prop_assert!(npi::is_valid(&row["npi"]));
        }
    }
}

/// The latest of the quarterly versions is the row of the single export.
#[test]
fn one_export_is_the_latest_of_all() {
    let quarterly = make(&small(7));
    let single = make(&Settings {
        one_export: true,
        ..small(7)
    });
    assert_eq!(single.exports().len(), 1);
    let rows = read(&single.exports()[0]);
    assert_eq!(rows.len() as u64, single.summary.rows);
    assert_eq!(single.summary.referrals, quarterly.summary.referrals);
    assert_eq!(single.latest(), quarterly.latest());
}

/// Every status, renewals, replacements and rows with a name alone occur.
#[test]
fn a_territory_has_everything() {
    let made = make(&small(8));
    let latest = made.latest();
    for status in STATUSES {
        assert!(latest.values().any(|r| r["status"] == status), "{status}");
    }
    let share = |is: &dyn Fn(&Row) -> bool| {
        latest.values().filter(|r| is(r)).count() as f64 / latest.len() as f64
    };
    assert!(share(&|r| r["is_renewal"] == "true") > 0.01);
    assert!(share(&|r| r["is_renewal"] != "true" && !r["replaces_id"].is_empty()) > 0.001);
    assert!((share(&|r| r["referring_npi"].is_empty()) - 0.02).abs() < 0.008);
    for kind in ["imaging", "procedure", "consult"] {
        assert!(share(&|r| r["service_type"] == kind) > 0.001, "{kind}");
    }
    let roster = made.table("providers.csv");
    let of = |column: &str, word: &str| roster.iter().filter(|r| r[column] == word).count();
    assert!(of("entity_type", "organization") > 0 && of("role", "app") > 0);
    assert!(roster.iter().any(|r| !r["deactivated_on"].is_empty()));
    assert!(roster.iter().any(|r| r["is_primary"] == "true"));
    assert!(roster.iter().any(|r| r["affiliation"].is_empty()));
    assert_eq!(made.table("truth/acquisitions.csv").len(), 2);
}

#[test]
fn a_data_sample_is_small() {
    let made = make(&Settings {
        pcps: 60,
        quarters: 8,
        ..Settings::default()
    });
    let bytes: u64 = made
        .summary
        .files
        .iter()
        .map(|f| f.metadata().unwrap().len())
        .sum();
    assert!(bytes < 5_000_000, "{bytes}");
}

/// No file of `truth/` has the required columns of a table, and nobody's people are lost.
#[test]
fn truth_is_no_input_and_people_add_up() {
    let made = make(&small(9));
    for file in &made.summary.files {
        if file.parent().unwrap().ends_with("truth") && file.extension().unwrap() == "csv" {
            let mut reader = csv::Reader::from_path(file).unwrap();
            assert!(
                reader
                    .headers()
                    .unwrap()
                    .iter()
                    .all(|h| h.starts_with("truth_"))
            );
        }
    }
    let people: u64 = made
        .table("population.csv")
        .iter()
        .map(|r| r["population"].parse::<u64>().unwrap())
        .sum();
    // The Census Bureau's estimate for New Mexico in 2018.
    assert_eq!(people, 2_095_428);
}

#[test]
fn refuses_what_it_cannot_simulate() {
    let folder = tempfile::tempdir().unwrap();
    for settings in [
        Settings {
            state: "CT".to_string(),
            ..Settings::default()
        },
        Settings {
            quarters: 0,
            ..Settings::default()
        },
    ] {
        let error = simulate(folder.path(), &settings, &Silent)
            .map(|_| ())
            .unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }
}
