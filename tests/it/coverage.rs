//! What is known of each source, held against a recount of the files themselves: two feeds made by
//! hand, of which one stops in a week of August, and a made territory.

mod feeds;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use catchment::base::Day;
use feeds::{Feeds, REFERRERS, day, npi_of, practices_of};

use crate::workspace::{Fresh, Territory, done, read_csv};

type Row = BTreeMap<String, String>;
type Counts = BTreeMap<String, i64>;

/// The latest version of each referral of these files.
fn latest(files: &[PathBuf]) -> Vec<Row> {
    let mut kept: BTreeMap<(String, String), Row> = BTreeMap::new();
    for row in files.iter().flat_map(|f| read_csv(f)) {
        let source = row.get("source").cloned().unwrap_or_default();
        let key = (source, row["referral_id"].clone());
        match kept.get(&key) {
            Some(known) if known["updated_at"] > row["updated_at"] => {}
            _ => {
                kept.insert(key, row);
            }
        }
    }
    kept.into_values().collect()
}

fn quarter_of(row: &Row) -> String {
    day(&row["referred_on"]).quarter().to_string()
}

/// Who referred by NPI, where the row tells it.
fn referrer_of(row: &Row) -> Option<u32> {
    let by_name = |n: &u32| row["referring_name"] == format!("Anna Number{n}");
    let by_npi = |n: &u32| row["referring_npi"] == npi_of(*n);
    (0..REFERRERS)
        .find(by_npi)
        .or_else(|| (0..REFERRERS).find(by_name))
}

fn specialty_of(row: &Row) -> &str {
    match (row["specialty"].as_str(), row["referred_to_npi"].as_str()) {
        ("Cardiology", _) => "Cardiology",
        ("", npi) if !npi.is_empty() => "Cardiology",
        _ => "Unknown",
    }
}

fn practice_of(row: &Row) -> String {
    match referrer_of(row) {
        Some(referrer) => practices_of(referrer)[0].to_string(),
        None if row["referring_practice"].is_empty() => row["referring_name"].clone(),
        None => row["referring_practice"].clone(),
    }
}

fn is_nothing(row: &Row) -> bool {
    row["status"] == "void" || row["status"] == "cancelled"
}

/// Referrals like one at most 90 days before, each compared with all others.
fn possible_repeats(rows: &[Row]) -> BTreeSet<(String, String)> {
    let place = |r: &Row| {
        (
            r["referred_on"].clone(),
            r["source"].clone(),
            r["referral_id"].clone(),
        )
    };
    let alike = |a: &Row, b: &Row| {
        a["patient_id"] == b["patient_id"]
            && specialty_of(a) == specialty_of(b)
            && practice_of(a) == practice_of(b)
    };
    let can: Vec<&Row> = rows
        .iter()
        .filter(|r| !is_nothing(r) && !r["patient_id"].is_empty())
        .collect();
    can.iter()
        .filter(|r| r["is_renewal"].is_empty() && r["replaces_id"].is_empty())
        .filter(|r| {
            can.iter().any(|first| {
                place(first) < place(r)
                    && alike(first, r)
                    && day(&r["referred_on"]).0 - day(&first["referred_on"]).0 <= 90
            })
        })
        .map(|r| (r["source"].clone(), r["referral_id"].clone()))
        .collect()
}

/// Everything that coverage counts, counted once more from the rows.
fn recount(rows: &[Row]) -> BTreeMap<(String, String), Counts> {
    let repeats = possible_repeats(rows);
    let mut out: BTreeMap<(String, String), Counts> = BTreeMap::new();
    for row in rows {
        let has = |column: &str| !row[column].is_empty();
        let referrer = referrer_of(row);
        let is_done = row["status"] == "completed";
        let key = (row["source"].clone(), row["referral_id"].clone());
        let facts = [
            ("rows", true),
            ("referring_resolved", referrer.is_some()),
            ("destination_resolved", has("referred_to_npi")),
            ("specialty_known", specialty_of(row) != "Unknown"),
            ("booked_known", has("scheduled_on")),
            ("appointment_known", has("appointment_on")),
            ("completed_known", has("completed_on")),
            ("report_known", has("report_sent_on")),
            ("possible_repeats", repeats.contains(&key)),
            (
                "ambiguous_practice",
                referrer == Some(9) && !has("referring_practice"),
            ),
            (
                "destination_placed",
                has("referred_to_npi") || has("referred_to_organization"),
            ),
            ("completed", is_done),
            ("completed_booked", is_done && has("scheduled_on")),
            ("completed_appointment", is_done && has("appointment_on")),
            ("completed_dated", is_done && has("completed_on")),
            ("completed_reported", is_done && has("report_sent_on")),
        ];
        let counts = out
            .entry((row["source"].clone(), quarter_of(row)))
            .or_default();
        for (name, is) in facts {
            *counts.entry(name.to_string()).or_default() += i64::from(is);
        }
    }
    out
}

fn latest_day(file: &Path) -> Day {
    let days = read_csv(file).into_iter().map(|r| day(&r["updated_at"]));
    days.max().unwrap()
}

/// The days that 95 % of a source's referrals do not exceed from the order to the export before the
/// one that first held them.
fn entry_lag(feeds: &Feeds, source: &str) -> i64 {
    let exports = feeds.named(source);
    let [early, late] = exports.as_slice() else {
        panic!("{source} has two exports")
    };
    let first: BTreeSet<String> = read_csv(early)
        .iter()
        .map(|r| r["referral_id"].clone())
        .collect();
    let ended = latest_day(early).0;
    let mut lags: Vec<i64> = vec![0; first.len()];
    for row in read_csv(late) {
        if !first.contains(&row["referral_id"]) {
            lags.push(i64::from((ended - day(&row["referred_on"]).0).max(0)));
        }
    }
    lags.sort_unstable();
    lags[(lags.len() * 95).div_ceil(100) - 1]
}

/// A share with its two counts, and what is thin where it is low.
const SHARES: &[(&str, &str, &str, &str)] = &[
    (
        "referring_resolved_share",
        "referring_resolved",
        "rows",
        "referrer",
    ),
    (
        "destination_resolved_share",
        "destination_resolved",
        "rows",
        "",
    ),
    (
        "destination_placed_share",
        "destination_placed",
        "rows",
        "destination",
    ),
    (
        "specialty_known_share",
        "specialty_known",
        "rows",
        "specialty",
    ),
    (
        "booked_known_share",
        "completed_booked",
        "completed",
        "day of booking",
    ),
    (
        "appointment_known_share",
        "completed_appointment",
        "completed",
        "day of appointment",
    ),
    (
        "completed_known_share",
        "completed_dated",
        "completed",
        "day of visit",
    ),
    ("report_known_share", "completed_reported", "completed", ""),
];

/// Checks every count of a run's table against the files, and every share against its counts.
fn check_counts(table: &[Row], expected: &BTreeMap<(String, String), Counts>) {
    let int = |row: &Row, column: &str| row[column].parse::<i64>().unwrap();
    for row in table {
        let none = Counts::new();
        let counts = expected
            .get(&(row["source"].clone(), row["quarter"].clone()))
            .unwrap_or(&none);
        for name in expected.values().next().unwrap().keys() {
            let theirs = counts.get(name).copied().unwrap_or(0);
            assert_eq!(int(row, name), theirs, "{name} of {row:?}");
        }
        let mut thin = Vec::new();
        for (share, over, under, word) in SHARES {
            let (over, under) = (int(row, over), int(row, under));
            if under == 0 {
                assert_eq!(row[*share], "", "{row:?}");
                continue;
            }
            assert_eq!(
                row[*share].parse::<f64>().unwrap(),
                over as f64 / under as f64
            );
            if under >= 30 && over * 10 < under * 9 && !word.is_empty() {
                thin.push(*word);
            }
        }
        assert_eq!(row["thin"], thin.join(", "));
    }
}

/// West stops in the middle of August, whether its exports go on without a new referral or stay away.
#[test]
fn a_feed_that_stops_is_named_and_every_count_equals_the_files() {
    for west_ends in ["2026-09-30", "2026-08-28"] {
        let feeds = Feeds::make(west_ends);
        let fresh = Fresh::make();
        fresh.ingest(&[feeds.folder.path()]);
        let summary = fresh.run();
        let warning = "the feed west has no referrals since 2026-08-14; it may have stopped";
        assert!(summary.contains(warning), "{summary}");
        assert_eq!(summary.matches("may have stopped").count(), 1, "{summary}");
        let page = std::fs::read_to_string(fresh.out().join("report.html")).unwrap();
        assert!(page.contains(warning) && page.contains("id=\"part-coverage-caption\""));

        let table = fresh.table("coverage");
        assert_eq!(table.len(), 16);
        let expected = recount(&latest(
            &[feeds.named("east"), feeds.named("west")].concat(),
        ));
        check_counts(&table, &expected);
        for name in ["possible_repeats", "ambiguous_practice", "completed_booked"] {
            let sum: i64 = expected.values().map(|c| c[name]).sum();
            assert!(sum > 20, "{name} is {sum}");
        }
        let all: BTreeSet<&str> = table.iter().map(|r| r["thin"].as_str()).collect();
        assert!(all.iter().any(|t| t.contains("destination")), "{all:?}");
        for row in &table {
            let is_silent = row["source"] == "west" && row["quarter"] == "2026Q3";
            assert_eq!(row["silent"], is_silent.to_string(), "{row:?}");
            assert_eq!(row["reconstructed"], "0");
        }
        for source in ["east", "west"] {
            let lag = entry_lag(&feeds, source);
            assert!(lag > 3, "{source}: {lag}");
            let now = table
                .iter()
                .find(|r| r["source"] == source && r["quarter"] == "2026Q3")
                .unwrap();
            assert_eq!(now["entry_lag_p95_days"], lag.to_string(), "{source}");
            let newest = latest_day(&feeds.named(source)[1]).min(day("2026-09-30"));
            assert_eq!(
                now["last_complete_on"],
                newest.plus(-(lag as i32)).to_string()
            );
        }
    }
}

/// The quarter before the stop: nothing is silent, and what has a version of September alone is
/// reconstructed.
#[test]
fn at_an_earlier_quarters_end_nothing_has_stopped_yet() {
    let feeds = Feeds::make("2026-09-30");
    let fresh = Fresh::make();
    let september = feeds.named("september");
    fresh.ingest(&september.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    let summary = done(&["-w", fresh.text(), "run", "--quarter", "2026Q2"]);
    assert!(!summary.contains("may have stopped"), "{summary}");
    let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in latest(&september) {
        *expected
            .entry((row["source"].clone(), quarter_of(&row)))
            .or_default() += 1;
    }
    let table = read_csv(&fresh.path().join("out/2026Q2/tables/coverage.csv"));
    assert_eq!(table.len(), 16);
    let mut seen = 0;
    for row in &table {
        let key = (row["source"].clone(), row["quarter"].clone());
        let n = expected.get(&key).copied().unwrap_or(0);
        assert_eq!(row["rows"], n.to_string(), "{row:?}");
        assert_eq!(row["reconstructed"], n.to_string(), "{row:?}");
        assert!(row["completed_known"].parse::<i64>().unwrap() <= n);
        seen += n;
    }
    assert!(seen > 30, "{seen}");
}

/// A made territory has no feed that stops, and its files hold what coverage says.
#[test]
fn a_territory_is_covered_as_its_files_are() {
    let territory = Territory::make(60, 10, 9);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    let summary = fresh.run();
    assert!(!summary.contains("may have stopped"), "{summary}");
    let rows = latest(&territory.exports());
    let table = fresh.table("coverage");
    assert_eq!(table.len(), 8);
    for covered in &table {
        let of: Vec<&Row> = rows
            .iter()
            .filter(|r| quarter_of(r) == covered["quarter"])
            .collect();
        let count = |is: &dyn Fn(&Row) -> bool| of.iter().filter(|r| is(r)).count().to_string();
        let has = |column: &'static str| move |row: &Row| !row[column].is_empty();
        assert!(of.len() > 100);
        assert_eq!(covered["rows"], of.len().to_string());
        for (ours, theirs) in [
            ("booked_known", "scheduled_on"),
            ("appointment_known", "appointment_on"),
            ("completed_known", "completed_on"),
            ("report_known", "report_sent_on"),
        ] {
            assert_eq!(
                covered[ours],
                count(&has(theirs)),
                "{ours} of {}",
                covered["quarter"]
            );
        }
        assert_eq!(covered["completed"], count(&|r| r["status"] == "completed"));
        let nowhere = |r: &Row| {
            r["referred_to_npi"].is_empty()
                && r["referred_to_name"].is_empty()
                && r["referred_to_organization"].is_empty()
                && r["direction"].is_empty()
        };
        let unknown: i64 = count(&nowhere).parse().unwrap();
        let int = |column: &str| covered[column].parse::<i64>().unwrap();
        assert_eq!(int("rows") - int("destination_placed"), unknown);
        assert!(unknown > 0 && int("destination_resolved") <= int("destination_placed"));
        assert_eq!(
            (
                covered["silent"].as_str(),
                covered["reconstructed"].as_str()
            ),
            ("false", "0")
        );
    }
}
