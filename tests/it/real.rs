//! Extracts of files that nobody made for this program, loaded through small mappings: every count is
//! made a second time here, from the cells alone.

mod sets;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::inbox::{Inbox, Said, number};

/// A row by the names of its columns.
type Row = BTreeMap<String, String>;

/// An extract, and what becomes of each of its rows: `accepted`, `set_aside` or a reason.
struct Extract {
    file: &'static str,
    delimiter: u8,
    mapping: &'static str,
    judge: fn(&Row) -> &'static str,
}

const EXTRACTS: [Extract; 8] = [
    Extract {
        file: "cms_carrier.csv",
        delimiter: b'|',
        mapping: "cms_rif_carrier",
        judge: |row| of_npi(&row["PRF_PHYSN_NPI"]),
    },
    Extract {
        file: "cms_outpatient.csv",
        delimiter: b'|',
        mapping: "cms_rif_outpatient",
        judge: |row| match (row["REV_CNTR"].as_str(), row["HCPCS_CD"].as_str()) {
            ("0001", "") => "set_aside",
            _ => of_npi(&row["RNDRNG_PHYSN_NPI"]),
        },
    },
    Extract {
        file: "cms_claims.csv",
        delimiter: b',',
        mapping: "cms_idr_claims",
        judge: |row| match row["CLM_LTST_CLM_IND"].as_str() {
            "Y" => of_npi(rendering(row)),
            _ => "set_aside",
        },
    },
    Extract {
        file: "shared_patient_pairs.csv",
        delimiter: b',',
        mapping: "pairs",
        judge: |row| match of_npi(&row["Initial"]) {
            "accepted" => of_npi(&row["Secondary"]),
            reason => reason,
        },
    },
    Extract {
        file: "clinic_appointments.csv",
        delimiter: b',',
        mapping: "appointments",
        judge: |row| match row["status"].as_str() {
            "unknown" => "set_aside",
            _ => "accepted",
        },
    },
    Extract {
        file: "hospitals.csv",
        delimiter: b',',
        mapping: "hospitals",
        judge: |row| match row["STATUS"].as_str() {
            "CLOSED" => "set_aside",
            _ => "accepted",
        },
    },
    Extract {
        file: "synthea_organizations.csv",
        delimiter: b',',
        mapping: "synthea_organizations",
        judge: |_| "accepted",
    },
    Extract {
        file: "nppes.csv",
        delimiter: b',',
        mapping: "nppes_providers",
        judge: |row| of_npi(&row["NPI"]),
    },
];

/// Extracts that no mapping takes.
const NO_TABLES: [&str; 9] = [
    "clinic_slots.csv",
    "county_areas.csv",
    "emergency_log.csv",
    "hospital_beds.csv",
    "hospital_information.csv",
    "rural_codes.csv",
    "synthea_claims.csv",
    "synthea_encounters.csv",
    "synthea_providers.csv",
];

/// The first identifier of a claim that is filled in.
fn rendering(row: &Row) -> &str {
    [
        "CLM_RNDRG_PRVDR_NPI_NUM",
        "CLM_ATNDG_PRVDR_NPI_NUM",
        "PRVDR_BLG_PRVDR_NPI_NUM",
        "CLM_BLG_PRVDR_NPI_NUM",
    ]
    .iter()
    .map(|column| row[*column].as_str())
    .find(|cell| !cell.is_empty() && *cell != "~")
    .unwrap_or_default()
}

/// What a row comes to by an identifier that it must have, by the Luhn formula over 80840.
fn of_npi(cell: &str) -> &'static str {
    let text = cell.strip_suffix(".0").unwrap_or(cell);
    if text.is_empty() {
        return "missing_required";
    }
    let digits: Vec<u32> = format!("80840{text}")
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .collect();
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    let is_valid = text.len() == 10 && text.starts_with(['1', '2']) && sum.is_multiple_of(10);
    if is_valid { "accepted" } else { "bad_npi" }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real")
}

fn rows_of(file: &str, delimiter: u8) -> Vec<Row> {
    let bytes = std::fs::read(folder().join(file)).unwrap();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(bytes);
    reader.deserialize().map(Result::unwrap).collect()
}

/// A workspace with the mappings of the extracts.
fn mapped() -> Inbox {
    let inbox = Inbox::make();
    for entry in folder().join("mappings").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        inbox.mapping(name, &std::fs::read_to_string(&path).unwrap());
    }
    inbox
}

/// The tables of the folder; what lies in folders of its own is `sets`' business.
fn tables() -> Vec<PathBuf> {
    let files = folder().read_dir().unwrap().map(|f| f.unwrap().path());
    let mut tables: Vec<PathBuf> = files
        .filter(|path| path.extension() == Some("csv".as_ref()))
        .collect();
    tables.sort();
    tables
}

/// Takes all extracts in at once.
fn everything() -> (Inbox, Said) {
    let inbox = mapped();
    let said = inbox.take_paths(&tables(), &[]);
    assert_eq!(said.code, 0, "{said:?}");
    (inbox, said)
}

#[test]
fn every_row_of_the_extracts_becomes_what_its_cells_say() {
    let (_, said) = everything();
    for extract in &EXTRACTS {
        let rows = rows_of(extract.file, extract.delimiter);
        let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
        for row in &rows {
            *expected.entry((extract.judge)(row)).or_default() += 1;
        }
        let load = said.file(extract.file);
        assert_eq!(load["mapping"], extract.mapping);
        let mut became: BTreeMap<&str, u64> = BTreeMap::new();
        for key in ["accepted", "set_aside", "superseded", "duplicate"] {
            became.insert(key, number(load, key));
        }
        // A row may bear further reasons; the one that its cells give is among them.
        for (reason, n) in load["quarantined_by_reason"].as_object().unwrap() {
            if expected.contains_key(reason.as_str()) {
                became.insert(reason, n.as_u64().unwrap());
            }
        }
        became.retain(|_, n| *n > 0);
        let stored = expected.get("accepted").unwrap_or(&0);
        let aside = expected.get("set_aside").unwrap_or(&0);
        let refused = rows.len() as u64 - stored - aside;
        assert_eq!(number(load, "quarantined"), refused, "{}", extract.file);
        assert_eq!(became, expected, "{}", extract.file);
        assert_eq!(number(load, "rows_read"), rows.len() as u64);
        assert_eq!(number(load, "skipped_lines"), 0, "{}", extract.file);
    }
}

#[test]
fn extracts_that_no_mapping_takes_are_passed_over_in_one_line() {
    let (_, said) = everything();
    for file in NO_TABLES {
        let path = folder().join(file);
        let lines: Vec<&str> = said
            .lines
            .lines()
            .filter(|line| line.starts_with(path.to_str().unwrap()))
            .collect();
        assert_eq!(lines.len(), 1, "{file}: {lines:?}");
        assert!(lines[0].contains("passed over"), "{lines:?}");
    }
    // Each file of the folder is one or the other, but for this list, the program and the mappings.
    let known = EXTRACTS.len() + NO_TABLES.len();
    assert_eq!(tables().len(), known);
}

#[test]
fn what_is_said_of_each_extract() {
    let (_, said) = everything();
    let place = format!("{}/", folder().display());
    let mut lines: Vec<String> = said
        .lines
        .lines()
        .map(|line| line.replace(&place, ""))
        .filter(|line| line.contains(".csv: "))
        .collect();
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_primary_taxonomy_counts_and_what_was_deactivated_is_known() {
    let (inbox, _) = everything();
    let stored = inbox.rows(
        "select npi, entity_type, taxonomy_code, zip, deactivated_on, name from lake_providers order by npi",
    );
    let mut expected: Vec<Vec<String>> = rows_of("nppes.csv", b',')
        .iter()
        .map(|row| {
            let primary = (1..=15)
                .find(|n| row[&format!("Healthcare Provider Primary Taxonomy Switch_{n}")] == "Y");
            let others = (1..=15).filter(|n| Some(*n) != primary);
            let codes: Vec<String> = primary
                .into_iter()
                .chain(others)
                .map(|n| row[&format!("Healthcare Provider Taxonomy Code_{n}")].clone())
                .filter(|code| !code.is_empty())
                .collect();
            let kind = match row["Entity Type Code"].as_str() {
                "1.0" => "individual",
                "2.0" => "organization",
                _ => "",
            };
            vec![
                row["NPI"].clone(),
                kind.to_string(),
                codes.join(";"),
                zip(&row["Provider Business Practice Location Address Postal Code"]),
                deactivated(row),
                name(row),
            ]
        })
        .collect();
    expected.sort();
    assert_eq!(stored, expected);
    let later = expected.iter().filter(|row| !row[2].is_empty()).count();
    assert!(later > 20 && expected.iter().filter(|row| !row[4].is_empty()).count() > 5);
}

/// A code that was a number once: nine digits, or five, less the zeros that were lost.
fn zip(cell: &str) -> String {
    let digits = cell.strip_suffix(".0").unwrap_or(cell);
    let whole = if digits.len() > 5 { 9 } else { 5 };
    let padded = format!("{digits:0>whole$}");
    if digits.is_empty() {
        String::new()
    } else {
        padded[..5].to_string()
    }
}

fn deactivated(row: &Row) -> String {
    let cell = &row["NPI Deactivation Date"];
    if cell.is_empty() || !row["NPI Reactivation Date"].is_empty() {
        return String::new();
    }
    format!("{}-{}-{}", &cell[6..], &cell[..2], &cell[3..5])
}

fn name(row: &Row) -> String {
    let part = |column: &str| row[column].trim().to_string();
    let organization = part("Provider Organization Name (Legal Business Name)");
    if !organization.is_empty() {
        return organization;
    }
    let filled = |parts: [String; 2], between: &str| {
        let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        parts.join(between)
    };
    let given = [part("Provider First Name"), part("Provider Middle Name")];
    let last = part("Provider Last Name (Legal Name)");
    filled([last, filled(given, " ")], ", ")
}

#[test]
fn cells_of_the_other_extracts_are_stored_as_they_mean() {
    let (inbox, _) = everything();
    let pairs = rows_of("shared_patient_pairs.csv", b',');
    let whole = |row: &Row, columns: [&str; 2]| -> i64 {
        let cell = columns.iter().map(|c| &row[*c]).find(|c| !c.is_empty());
        cell.unwrap().parse::<f64>().unwrap() as i64
    };
    let sum = |columns: [&str; 2]| pairs.iter().map(|row| whole(row, columns)).sum::<i64>();
    let sql = "select sum(transactions), sum(patients), sum(same_day) from lake_shared_patients";
    let sums = [
        sum(["Total2014", "Total"]),
        sum(["Unique2014", "Unique"]),
        sum(["Same Day2014", "Same Day"]),
    ];
    assert_eq!(inbox.rows(sql), [sums.map(|n| n.to_string())]);

    let visits = rows_of("clinic_appointments.csv", b',');
    let seen = visits.iter().filter(|row| row["status"] == "attended");
    let young = visits
        .iter()
        .filter(|row| row["status"] != "unknown" && row["age"].parse::<u32>().unwrap() < 18);
    let sql = "select count(completed_on), sum(case when age_band = '0-17' then 1 else 0 end), \
        count(distinct patient_id), min(length(patient_id)) from lake_referrals";
    let patients: std::collections::BTreeSet<&String> = visits
        .iter()
        .filter(|row| row["status"] != "unknown")
        .map(|row| &row["patient_id"])
        .collect();
    assert_eq!(
        inbox.rows(sql),
        [[seen.count(), young.count(), patients.len(), 64].map(|n| n.to_string())]
    );
    // Leading zeros of identifiers stay.
    let sql = "select count(*) from lake_organizations where organization_id = '0053391362'";
    assert_eq!(inbox.cell(sql), "1");
}
