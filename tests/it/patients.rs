//! No patient can be read in a workspace: whatever a row says of its patient is planted in every other
//! column of the row, in every form of a file, and then looked for in every byte and every message.

use std::collections::BTreeSet;
use std::path::Path;

use catchment::mapping::canonical::{LAYOUTS, REFERRALS};
use rust_xlsxwriter::Workbook;
use serde_json::{Map, Value};

use crate::inbox::{Inbox, number};
use crate::workspace::{Fresh, program};

/// What the file says of patients beside the canonical columns.
const OF_PATIENTS: [&str; 7] = [
    "PAT_NAME",
    "Patient First Name",
    "Patient Last Name",
    "MRN",
    "BIRTH_DATE",
    "SSN",
    "Home Phone",
];

/// What must not be read anywhere, in lower case.
const SECRETS: [&str; 17] = [
    "quillfeather",
    "zacharias",
    "mrn-7700",
    "7700417",
    "pat-8841",
    "1931-05-07",
    "19310507",
    "05/07/1931",
    "5/7/1931",
    "07-may-1931",
    "may 7, 1931",
    "5/7/31",
    "913-44-7782",
    "913447782",
    "505-555-0142",
    "5055550142",
    "505.555.0142",
];

/// What a row says of its patient, in the order of `OF_PATIENTS`; the record number is the row's own.
fn own(n: usize) -> Vec<String> {
    vec![
        "Quillfeather, Zacharias".to_string(),
        "Zacharias".to_string(),
        "Quillfeather".to_string(),
        format!("MRN-7700417{n:03}"),
        "1931-05-07".to_string(),
        "913-44-7782".to_string(),
        "(505) 555-0142".to_string(),
    ]
}

/// What somebody may have typed into another column of the row.
fn planted(n: usize) -> Vec<String> {
    let mut texts = vec![
        "Zacharias Quillfeather".to_string(),
        "QUILLFEATHER,ZACHARIAS".to_string(),
        "see Zacharias T. Quillfeather, urgent".to_string(),
        "dob 05/07/1931".to_string(),
        "DOB: 5/7/31".to_string(),
        "born May 7, 1931.".to_string(),
        "5/7/1931".to_string(),
        "1931-05-07".to_string(),
        "1931-05-07 00:00:00".to_string(),
        "19310507".to_string(),
        "07-May-1931".to_string(),
        "May 7, 1931".to_string(),
        "913-44-7782".to_string(),
        "913447782".to_string(),
        "505-555-0142".to_string(),
        "5055550142".to_string(),
        "(505) 555-0142".to_string(),
        "call +1 505.555.0142".to_string(),
    ];
    texts.push(format!("MRN-7700417{n:03}"));
    texts.push(format!("mrn-7700417{n:03} / chart 2"));
    texts.push(format!("PAT-8841{n:04}"));
    texts
}

/// A sound row of the canonical columns.
fn sound(n: usize, column: &str) -> String {
    match column {
        "referral_id" => format!("R{n}"),
        "updated_at" => "2026-09-30".to_string(),
        "referred_on" => "2026-07-06".to_string(),
        "status" => "requested".to_string(),
        "referring_npi" => "1234567893".to_string(),
        "referring_name" => "Smith, Ann".to_string(),
        "patient_id" => format!("PAT-8841{n:04}"),
        "patient_zip" => "87102".to_string(),
        "specialty" => "Cardiology".to_string(),
        "scheduled_on" | "appointment_on" | "completed_on" | "report_sent_on" | "expires_on" => {
            "2026-07-20".to_string()
        }
        _ => String::new(),
    }
}

/// One row for each canonical column and each text that is planted in it, and each of them again with
/// a status that quarantines it.
fn export() -> (Vec<String>, Vec<Vec<String>>) {
    let canonical: Vec<&str> = REFERRALS.columns.iter().map(|c| c.name).collect();
    let header = OF_PATIENTS.iter().chain(&canonical);
    let header: Vec<String> = header.map(ToString::to_string).collect();
    let mut rows = Vec::new();
    for column in &canonical {
        if *column == "patient_id" {
            continue;
        }
        for at in 0..planted(0).len() {
            for is_refused in [false, true] {
                let n = rows.len();
                let mut row = own(n);
                for name in &canonical {
                    row.push(match name {
                        name if name == column => planted(n)[at].clone(),
                        &"status" if is_refused => "gone fishing".to_string(),
                        name => sound(n, name),
                    });
                }
                rows.push(row);
            }
        }
    }
    (header, rows)
}

fn csv(header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let line = |row: &[String]| {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
            .collect();
        cells.join(",") + "\n"
    };
    let lines = rows.iter().map(|row| line(row));
    std::iter::once(line(header))
        .chain(lines)
        .collect::<String>()
        .into_bytes()
}

fn xlsx(header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, row) in std::iter::once(header)
        .chain(rows.iter().map(Vec::as_slice))
        .enumerate()
    {
        for (place, cell) in row.iter().enumerate() {
            sheet.write(at as u32, place as u16, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn ndjson(header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut text = String::new();
    for row in rows {
        let cells = header.iter().zip(row);
        let object: Map<String, Value> = cells
            .map(|(name, cell)| (name.clone(), cell.as_str().into()))
            .collect();
        text.push_str(&format!("{}\n", Value::Object(object)));
    }
    text.into_bytes()
}

/// Every secret that stands in a text.
fn found_in(text: &str) -> Vec<&'static str> {
    let lower = text.to_lowercase();
    SECRETS
        .into_iter()
        .filter(|secret| lower.contains(secret))
        .collect()
}

/// Every file of a folder whose bytes tell, and what they tell.
fn telling_files(folder: &Path, found: &mut BTreeSet<String>) -> usize {
    let mut files = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += telling_files(&path, found);
            continue;
        }
        files += 1;
        let bytes = std::fs::read(&path).unwrap();
        for secret in found_in(&String::from_utf8_lossy(&bytes)) {
            found.insert(format!("{secret} in {}", path.display()));
        }
    }
    files
}

/// Every row of the lake whose cells tell, through the engine, since what is stored is packed.
fn telling_rows(inbox: &Inbox, found: &mut BTreeSet<String>) -> usize {
    let mut tables = vec!["lake_loads".to_string(), "lake_quarantine".to_string()];
    tables.extend(LAYOUTS.iter().map(|l| format!("lake_{}", l.table)));
    let mut seen = 0;
    for table in tables {
        for row in inbox.rows(&format!("select * from {table}")) {
            seen += 1;
            for cell in &row {
                for secret in found_in(cell) {
                    let is_hash = cell.len() >= 32 && cell.bytes().all(|b| b.is_ascii_hexdigit());
                    if !is_hash {
                        found.insert(format!("{secret} in {table}: {cell}"));
                    }
                }
            }
        }
    }
    seen
}

fn assert_hidden(name: &str, bytes: &[u8], rows: usize) {
    let inbox = Inbox::make();
    let file = inbox.put(name, bytes);
    let output = program(&["-w", inbox.fresh.text(), "ingest", "--json"])
        .arg(&file)
        .env("CATCHMENT_LOG", "trace")
        .output()
        .unwrap();
    let tail = String::from_utf8_lossy(&output.stderr[output.stderr.len().saturating_sub(500)..]);
    assert!(output.status.success(), "{name}: {tail}");
    let reports: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let load = &reports[0];
    let [read, accepted, quarantined] =
        ["rows_read", "accepted", "quarantined"].map(|key| number(load, key));
    assert_eq!(
        (read, accepted + quarantined),
        (rows as u64, read),
        "{load}"
    );
    assert!(quarantined >= read / 2 && accepted > read / 3, "{load}");

    let mut found = BTreeSet::new();
    let messages = [&output.stdout[..], &output.stderr].concat();
    assert!(messages.len() > 2_000, "the log was asked for");
    messages_tell(&messages, "ingest", &mut found);
    for arguments in [
        vec!["run"],
        vec!["status"],
        vec!["query", "select * from referral_versions"],
    ] {
        let output = program(&["-w", inbox.fresh.text()])
            .args(&arguments)
            .env("CATCHMENT_LOG", "trace")
            .output()
            .unwrap();
        let messages = [output.stdout, output.stderr].concat();
        messages_tell(&messages, arguments[0], &mut found);
    }
    assert!(telling_files(inbox.fresh.path(), &mut found) > 30);
    assert!(telling_rows(&inbox, &mut found) > rows);
    let found: Vec<String> = found.into_iter().collect();
    assert!(
        found.is_empty(),
        "{name}: {} places\n{}",
        found.len(),
        found.join("\n")
    );
}

fn messages_tell(messages: &[u8], of: &str, found: &mut BTreeSet<String>) {
    for line in String::from_utf8_lossy(messages).lines() {
        for secret in found_in(line) {
            found.insert(format!("{secret} said by {of}: {line}"));
        }
    }
}

#[test]
fn what_a_row_says_of_its_patient_is_nowhere_in_the_workspace() {
    let (header, rows) = export();
    assert!(rows.len() > 1_000);
    assert_hidden("export.csv", &csv(&header, &rows), rows.len());
    assert_hidden("export.xlsx", &xlsx(&header, &rows), rows.len());
    assert_hidden("export.ndjson", &ndjson(&header, &rows), rows.len());
}

#[test]
fn a_planted_secret_is_seen() {
    let fresh = Fresh::make();
    std::fs::write(fresh.path().join("leak.txt"), "x ZACHARIAS y").unwrap();
    let mut found = BTreeSet::new();
    telling_files(fresh.path(), &mut found);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found_in("born 05/07/1931"), ["05/07/1931"]);
}
