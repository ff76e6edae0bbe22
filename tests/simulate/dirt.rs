//! A dirty territory: a reader who follows the rules finds every defect as often as the truth says,
//! and the clean rows behind them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use catchment_base::{Day, npi};
use catchment_simulate::Settings;

use crate::territory::{Made, Row, make, small};

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

const SYNONYMS: [(&str, &str); 5] = [
    ("New Request", "requested"),
    ("Pending Review", "in_review"),
    ("Authorized", "accepted"),
    ("Denied", "declined"),
    ("Canceled", "cancelled"),
];

/// What a reader says of a file.
#[derive(Default)]
struct Read {
    reasons: BTreeMap<String, u64>,
    rows: Vec<Row>,
    count: u64,
}

fn read(path: &Path) -> Read {
    let bytes = fs::read(path).unwrap();
    let mut read = Read::default();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_string)
        .collect();
    let mut previous = csv::StringRecord::new();
    for record in reader.records() {
        let record = record.unwrap();
        read.count += 1;
        let mut reasons: Vec<&str> = Vec::new();
        if record.len() != header.len() {
            reasons.push("malformed_row");
        } else if record == previous {
            reasons.push("duplicate");
        } else {
            let mut row: Row = header
                .iter()
                .cloned()
                .zip(record.iter().map(str::to_string))
                .collect();
            let refused = judge(&mut row, &mut reasons);
            if !refused {
                read.rows.push(row);
            }
        }
        // One defect a row, so that the counts can't be read in two ways.
        assert!(reasons.len() <= 1, "{reasons:?}: {record:?}");
        for reason in reasons {
            *read.reasons.entry(reason.to_string()).or_default() += 1;
        }
        previous = record;
    }
    let mut whole = |reason: &str, is_so: bool| {
        if is_so {
            read.reasons.insert(reason.to_string(), read.count);
        }
    };
    whole("byte_order_mark", bytes.starts_with(b"\xef\xbb\xbf"));
    whole("carriage_returns", bytes.windows(2).any(|w| w == b"\r\n"));
    whole(
        "column_order",
        header[0] != "referral_id" || header[1] != "updated_at",
    );
    read
}

/// Mends a row, noting what was wrong; whether it must be refused.
fn judge(row: &mut Row, reasons: &mut Vec<&str>) -> bool {
    let before = reasons.len();
    if ["referral_id", "referred_on", "status"]
        .iter()
        .any(|c| row[*c].is_empty())
    {
        reasons.push("missing_required");
        return true;
    }
    if !mend_status(row, reasons) {
        return true;
    }
    let Ok(referred) = row["referred_on"].parse::<Day>() else {
        reasons.push("bad_date");
        return true;
    };
    if referred > row["updated_at"][..10].parse().unwrap() {
        reasons.push("future_date");
        return true;
    }
    if !row["appointment_on"].is_empty() && row["appointment_on"].parse::<Day>().unwrap() < referred
    {
        // Void besides, so that a reader who empties the field instead finds the same numbers.
        assert_eq!(row["status"], "void");
        reasons.push("date_order");
        return true;
    }
    mend_npi(row, reasons);
    if reasons.get(before) == Some(&"bad_npi") {
        return true;
    }
    mend_rest(row, reasons);
    false
}

fn mend_status(row: &mut Row, reasons: &mut Vec<&str>) -> bool {
    let cell = row["status"].clone();
    if STATUSES.contains(&cell.as_str()) {
        return true;
    }
    if let Some((_, word)) = SYNONYMS.iter().find(|(word, _)| *word == cell) {
        reasons.push("status_synonym");
        row.insert("status".to_string(), (*word).to_string());
        return true;
    }
    let folded = cell.trim().to_lowercase();
    if STATUSES.contains(&folded.as_str()) {
        reasons.push("status_case");
        row.insert("status".to_string(), folded);
        return true;
    }
    reasons.push("unknown_status");
    false
}

fn mend_npi(row: &mut Row, reasons: &mut Vec<&str>) {
    let cell = row["referring_npi"].clone();
    if cell.is_empty() || npi::is_valid(&cell) {
        return;
    }
    match cell.strip_suffix(".0") {
        Some(npi) if npi::is_valid(npi) => {
            reasons.push("npi_float");
            row.insert("referring_npi".to_string(), npi.to_string());
        }
        _ if row["referring_name"].is_empty() => reasons.push("bad_npi"),
        _ => reasons.push("bad_npi_with_name"),
    }
}

fn mend_rest(row: &mut Row, reasons: &mut Vec<&str>) {
    let zip = row["patient_zip"].clone();
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if zip.len() == 10 && is_digits(&zip[..5]) {
        reasons.push("zip_plus_4");
        row.insert("patient_zip".to_string(), zip[..5].to_string());
    } else if zip.len() == 4 && is_digits(&zip) {
        reasons.push("zip_lost_zero");
        row.insert("patient_zip".to_string(), format!("0{zip}"));
    } else if zip.len() != 5 || !is_digits(&zip) {
        reasons.push("bad_zip");
    }
    if row["referring_department"].contains('\n') {
        reasons.push("line_break");
    }
}

fn agrees(settings: &Settings) -> BTreeMap<String, u64> {
    let dirty = make(&Settings {
        mess: true,
        ..settings.clone()
    });
    let mut truth: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for row in dirty.table("truth/mess.csv") {
        truth.entry(row["truth_file"].clone()).or_default().insert(
            row["truth_reason"].clone(),
            row["truth_rows"].parse().unwrap(),
        );
    }
    let clean = make(settings);
    let (mut all, mut count) = (BTreeMap::new(), 0);
    for (file, clean) in dirty.exports().iter().zip(clean.exports()) {
        let read = read(file);
        count += read.count;
        assert_eq!(
            &read.reasons,
            &truth[file.file_name().unwrap().to_str().unwrap()]
        );
        for (reason, rows) in &read.reasons {
            *all.entry(reason.clone()).or_default() += rows;
        }
        same_rows(&read.rows, &crate::territory::read(&clean));
    }
    assert_eq!(dirty.summary.rows, count);
    same_truth(&dirty, &clean);
    all
}

/// The mended rows are the clean ones, but for the cells that nobody can mend.
fn same_rows(mended: &[Row], clean: &[Row]) {
    assert_eq!(mended.len(), clean.len());
    for (mended, clean) in mended.iter().zip(clean) {
        for (column, cell) in clean {
            let lost = match column.as_str() {
                "referring_npi" => !npi::is_valid(&mended[column]),
                "patient_zip" => mended[column] == "NOZIP",
                "referring_department" => mended[column].contains('\n'),
                _ => false,
            };
            assert!(lost || &mended[column] == cell, "{column}: {mended:?}");
        }
    }
}

fn same_truth(dirty: &Made, clean: &Made) {
    for file in [
        "truth/leakage.csv",
        "truth/volume.csv",
        "truth/referrers.csv",
    ] {
        assert_eq!(dirty.table(file), clean.table(file));
    }
}

#[test]
fn a_reader_finds_what_the_truth_says() {
    let mut all = agrees(&Settings {
        pcps: 150,
        quarters: 3,
        ..small(31)
    });
    // Codes with a leading zero are Massachusetts'.
    let other = agrees(&Settings {
        state: "MA".to_string(),
        pcps: 150,
        quarters: 2,
        ..small(32)
    });
    all.extend(other);
    let expected = [
        "bad_date",
        "bad_npi",
        "bad_npi_with_name",
        "bad_zip",
        "byte_order_mark",
        "carriage_returns",
        "column_order",
        "date_order",
        "duplicate",
        "future_date",
        "line_break",
        "malformed_row",
        "missing_required",
        "npi_float",
        "status_case",
        "status_synonym",
        "unknown_status",
        "zip_lost_zero",
        "zip_plus_4",
    ];
    assert_eq!(all.keys().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn one_dirty_export_agrees_too() {
    agrees(&Settings {
        one_export: true,
        ..small(33)
    });
}
