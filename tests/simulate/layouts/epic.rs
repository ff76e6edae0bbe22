//! Epic's tables, read cell by cell.

use std::collections::BTreeMap;
use std::path::Path;

use catchment_base::Day;
use catchment_simulate::Layout;

use super::{
    Formed, QUARTERS, canonical, formed, is_name_of, iso, iso_moment, listed_names, settings,
};
use crate::territory::Row;

/// The rows of a file whose cells stand between tabs.
fn tabbed(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| line.split('\t'));
    let header: Vec<String> = lines.next().unwrap().map(str::to_string).collect();
    lines
        .map(|cells| {
            let cells: Vec<String> = cells.map(str::to_string).collect();
            assert_eq!(cells.len(), header.len());
            header.iter().cloned().zip(cells).collect()
        })
        .collect()
}

/// The tables of an export, each with its rows by referral.
struct Export {
    tables: BTreeMap<&'static str, BTreeMap<String, Vec<Row>>>,
}

const TABLES: [&str; 6] = [
    "REFERRAL",
    "REFERRAL_2",
    "REFERRAL_3",
    "REFERRAL_4",
    "REFERRAL_APT",
    "REFERRAL_HIST",
];

impl Export {
    fn read(made: &Formed, quarter: &str) -> Self {
        let mut tables = BTreeMap::new();
        for table in TABLES {
            let path = made.path(&format!("referrals-{quarter}/{table}.tsv"));
            let mut by_id: BTreeMap<String, Vec<Row>> = BTreeMap::new();
            for row in tabbed(&path) {
                by_id
                    .entry(row["REFERRAL_ID"].clone())
                    .or_default()
                    .push(row);
            }
            tables.insert(table, by_id);
        }
        Self { tables }
    }

    fn only(&self, table: &str, id: &str) -> &Row {
        let rows = &self.tables[table][id];
        assert_eq!(rows.len(), 1);
        &rows[0]
    }
}

/// Site's words of reasons, and the canonical ones.
const REASONS: [(&str, &str); 11] = [
    ("", ""),
    ("Patient Preference", "patient preference"),
    ("Insurance", "insurance"),
    ("Provider Judgment", "physician judgement"),
    ("No Availability", "no timely appointment"),
    ("Unable to Reach", "no answer"),
    ("Service Not Available", "service not offered"),
    ("Existing Relationship", "habit"),
    ("Missing Information", "incomplete form"),
    ("Duplicate Referral", "duplicate"),
    ("Ordered in Error", "entered-in-error"),
];

fn canonical_reason(word: &str) -> &'static str {
    REASONS
        .iter()
        .find(|(theirs, _)| *theirs == word)
        .unwrap()
        .1
}

/// What became of a referral, told from all tables.
fn state(export: &Export, id: &str) -> (&'static str, String) {
    let main = export.only("REFERRAL", id);
    let second = export.only("REFERRAL_2", id);
    let third = export.only("REFERRAL_3", id);
    let last = export.tables["REFERRAL_HIST"][id].last().unwrap();
    let (booked, seen) = (&main["SCHED_NUM_VISITS"], &main["ACTUAL_NUM_VISITS"]);
    let triage = second["TRIAGE_DECISION_C_NAME"].as_str();
    let close = main["CLOSE_RSN_C_NAME"].as_str();
    let preferred = main["NON_PREF_PROV_RSN_C_NAME"].as_str();
    let (status, ended) = match main["RFL_STATUS_C_NAME"].as_str() {
        _ if last["CHANGE_TYPE_C_NAME"] == "Void Referral" => ("void", ""),
        _ if seen == "1" => ("completed", ""),
        "Canceled" => ("cancelled", third["CANCEL_RSN_C_NAME"].as_str()),
        "Denied" => ("declined", main["DENY_RSN_C_NAME"].as_str()),
        "Closed" if triage == "Reject" => ("declined", second["REJECT_REASON_C_NAME"].as_str()),
        "Closed" if triage == "Redirect" => ("redirected", second["REJECT_REASON_C_NAME"].as_str()),
        "Closed" if close == "Patient No-Show" => ("no_show", ""),
        "Closed" if close == "Expired-Auto Closed" => ("expired", ""),
        "Closed" => ("expired", close),
        _ if booked == "1" => ("scheduled", ""),
        "Authorized" => ("accepted", ""),
        "Open" | "New Request" => ("requested", ""),
        "Pending Review" | "Incomplete" => ("in_review", ""),
        other => panic!("{other}"),
    };
    let reason = if ended.is_empty() { preferred } else { ended };
    (status, canonical_reason(reason).to_string())
}

fn check_row(export: &Export, row: &Row, listed: &BTreeMap<String, String>, has_npis: bool) {
    let id = &row["referral_id"];
    let main = export.only("REFERRAL", id);
    let second = export.only("REFERRAL_2", id);
    let (status, reason) = state(export, id);
    assert_eq!(status, row["status"], "{main:?}");
    assert_eq!(reason, row["status_reason"], "{main:?} {row:?}");
    for (theirs, ours) in [
        ("PAT_ID", "patient_id"),
        ("VENDOR_ID_VENDOR_NAME", "referred_to_organization"),
        ("REFD_BY_LOC_POS_ID_LOC_NAME", "referring_practice"),
        ("REFD_TO_LOC_POS_ID_LOC_NAME", "referred_to_practice"),
        ("REFD_BY_DEPT_ID_EXTERNAL_NAME", "referring_department"),
        ("PAYOR_ID_PAYOR_NAME", "payer"),
    ] {
        assert_eq!(main[theirs], row[ours], "{theirs}");
    }
    for (theirs, ours) in [
        ("RFL_CLASS_C_NAME", "direction"),
        ("PRIORITY_C_NAME", "priority"),
    ] {
        assert_eq!(main[theirs].to_lowercase(), row[ours], "{theirs}");
    }
    assert_eq!(iso(&main["ENTRY_DATE"]), row["referred_on"]);
    assert_eq!(iso(&main["EXP_DATE"]), row["expires_on"]);
    assert_eq!(iso(&second["RPT_SENT_DATE"]), row["report_sent_on"]);
    let specialty = [&main["PROV_SPEC_C_NAME"], &main["REFD_TO_SPEC_C_NAME"]];
    assert_eq!(specialty.map(String::as_str).concat(), row["specialty"]);
    let visits = export.tables["REFERRAL_APT"].get(id);
    let visit = visits.map_or(String::new(), |rows| iso(&rows[0]["SERVICE_DATE"]));
    assert_eq!(visit, row["appointment_on"]);
    let is_renewal = main["RSN_FOR_RFL_C_NAME"] == "Renewal";
    assert_eq!(is_renewal, row["is_renewal"] == "true");
    for (name, npi, known) in [
        (
            "REFERRING_PROV_ID_REFERRING_PROV_NAM",
            "referring_npi",
            "referring_name",
        ),
        (
            "REFERRAL_PROV_ID_PROV_NAME",
            "referred_to_npi",
            "referred_to_name",
        ),
    ] {
        assert!(
            is_name_of(&main[name], &row[npi], &row[known], listed),
            "{main:?}"
        );
    }
    for (theirs, ours) in [
        ("REFERRING_PROV_NPI", "referring_npi"),
        ("REFERRED_TO_PROV_NPI", "referred_to_npi"),
        ("PREVIOUS_REFERRAL_ID", "replaces_id"),
    ] {
        assert_eq!(main.get(theirs), has_npis.then_some(&row[ours]), "{theirs}");
    }
    check_days(export, row);
}

/// The day that is no visit's, its number since 1840, and the history.
fn check_days(export: &Export, row: &Row) {
    let main = export.only("REFERRAL", &row["referral_id"]);
    let service = match main["START_DATE"].as_str() {
        "" => &main["EXP_DATE"],
        start => start,
    };
    assert_eq!(main["SERV_DATE"], service);
    // 67,027 days after 31 December 1840 is 6 July 2024.
    let known: Day = "2024-07-06".parse().unwrap();
    let number: i32 = main["SVC_DATE_REAL"].parse().unwrap();
    assert_eq!(known.plus(number - 67_027).to_string(), iso(service));
    let history = &export.tables["REFERRAL_HIST"][&row["referral_id"]];
    for (at, change) in history.iter().enumerate() {
        assert_eq!(change["LINE"], (at + 1).to_string());
        let moment = iso_moment(&change["CHANGE_LOCAL_DTTM"]);
        assert_eq!(moment[..10], iso(&change["CHANGE_DATE"]));
    }
    let days: Vec<String> = history.iter().map(|c| iso(&c["CHANGE_DATE"])).collect();
    assert!(days.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(history[0]["CHANGE_DATE"], main["ENTRY_DATE"]);
    let last = history.last().unwrap();
    assert_eq!(iso_moment(&last["CHANGE_LOCAL_DTTM"]), row["updated_at"]);
}

fn check(layout: Layout, has_npis: bool) {
    let made = formed(&settings(), layout, None);
    let ours = formed(&settings(), Layout::Canonical, None);
    let listed = listed_names(ours.folder.path());
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows = 0;
    for quarter in QUARTERS {
        let export = Export::read(&made, quarter);
        let expected = canonical(&ours, quarter);
        for row in expected.values() {
            check_row(&export, row, &listed, has_npis);
        }
        rows += expected.len();
        for (id, main) in &export.tables["REFERRAL"] {
            if !expected.contains_key(id) {
                let main = &main[0];
                let kind = match main["REFERRING_PROV_ID_REFERRING_PROV_NAM"].as_str() {
                    "TELEVISION AD" | "INTERNET SEARCH" | "BILLBOARD" => "source",
                    _ => main["RFL_TYPE_C_NAME"].as_str(),
                };
                *others.entry(kind.to_string()).or_default() += 1;
            }
        }
    }
    assert_eq!(rows as u64, made.summary.rows);
    let kinds: Vec<&str> = others.keys().map(String::as_str).collect();
    let expected = [
        "Admission",
        "Inpatient Authorization",
        "Medication Prior Authorization",
        "Prior Authorization",
        "source",
    ];
    assert_eq!(kinds, expected);
    let share = others.values().sum::<usize>() as f64 / rows as f64;
    assert!((0.04..0.08).contains(&share), "{share}");
}

#[test]
fn epic_says_what_the_canonical_export_says() {
    check(Layout::Epic, false);
}

#[test]
fn a_site_s_columns_come_on_top() {
    check(Layout::EpicNpi, true);
}
