//! The traps of real files, each with what must come of it: a value, an emptied field, or a quarantined
//! row with its reason.

mod days;
mod lines;

use std::collections::BTreeMap;

use crate::inbox::{Inbox, Said, number, reason};

/// What becomes of a cell.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// It is stored so.
    Stored(&'static str),
    /// There is no value, and nothing is wrong.
    Missing,
    /// The field is emptied and counted.
    Emptied,
    /// The row is quarantined for this reason.
    Quarantined(&'static str),
}

use Fate::{Emptied, Missing, Quarantined, Stored};

/// A file with one trap a row: a sound row, of which one cell is replaced.
struct Trapped {
    /// The lake's table.
    table: &'static str,
    /// Its columns with the cells of a sound row; the first holds a number a row.
    sound: &'static [(&'static str, &'static str)],
}

const REFERRALS: Trapped = Trapped {
    table: "referrals",
    sound: &[
        ("referral_id", ""),
        ("updated_at", "2026-07-31"),
        ("referred_on", "2026-07-06"),
        ("status", "requested"),
        ("referring_npi", "1234567893"),
        ("referring_name", "Ann Smith"),
        ("referred_to_npi", "1003033051"),
        ("patient_zip", "87102"),
        ("scheduled_on", "2026-07-07"),
        ("appointment_on", "2026-07-08"),
        ("setting", "office"),
        ("specialty", "Cardiology"),
        ("is_renewal", "no"),
        ("priority", "routine"),
    ],
};

const POPULATION: Trapped = Trapped {
    table: "population",
    sound: &[
        ("county", ""),
        ("zip", "87102"),
        ("population", "22000"),
        ("population_65_plus", "3000"),
        ("lat", "35.08"),
        ("growth_5y", "1.5"),
        ("county_type", "metro"),
    ],
};

impl Trapped {
    /// Loads one row a trap, and holds each to its fate. Sound rows stand between them.
    fn spring(&self, traps: &[(&str, &str, Fate)], options: &[&str]) -> Said {
        let inbox = Inbox::make();
        let header: Vec<&str> = self.sound.iter().map(|(name, _)| *name).collect();
        let mut text = format!("{}\n", header.join(","));
        for (n, (column, cell, _)) in traps.iter().enumerate() {
            assert!(header.contains(column), "{column}");
            let row = self.sound.iter().enumerate().map(|(at, (name, sound))| {
                let cell = if name == column { cell } else { sound };
                match at {
                    0 => format!("T{n}"),
                    _ => format!("\"{}\"", cell.replace('"', "\"\"")),
                }
            });
            text.push_str(&row.collect::<Vec<_>>().join(","));
            text.push('\n');
        }
        inbox.put("traps.csv", text);
        let said = inbox.take(options);
        self.hold(&inbox, traps, &said);
        said
    }

    fn hold(&self, inbox: &Inbox, traps: &[(&str, &str, Fate)], said: &Said) {
        let id = self.sound[0].0;
        let table = self.table;
        let sql =
            format!("select row_number, reasons from lake_quarantine where table_name = '{table}'");
        let refused: BTreeMap<String, String> = inbox
            .rows(&sql)
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect();
        let mut emptied = 0;
        let mut wrong = Vec::new();
        for (n, (column, cell, fate)) in traps.iter().enumerate() {
            let sql = format!("select {column} from lake_{table} where {id} = 'T{n}'");
            let stored = inbox.rows(&sql);
            let stored = stored.first().map(|row| row[0].as_str());
            let why = refused.get(&(n + 2).to_string()).map(String::as_str);
            let is_right = match fate {
                Stored(value) => stored == Some(*value) && why.is_none(),
                Missing | Emptied => stored == Some("") && why.is_none(),
                Quarantined(code) => stored.is_none() && why == Some(*code),
            };
            emptied += u64::from(matches!(fate, Emptied));
            if !is_right {
                wrong.push(format!(
                    "{column} '{cell}': stored {stored:?}, quarantined {why:?}, not {fate:?}"
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(number(said.only(), "fields_emptied"), emptied, "{said:?}");
        assert_eq!(number(said.only(), "quarantined"), refused.len() as u64);
    }
}

#[test]
fn npis_of_referrals() {
    REFERRALS.spring(
        &[
            ("referring_npi", "1234567893", Stored("1234567893")),
            ("referring_npi", " 1234567893 ", Stored("1234567893")),
            ("referring_npi", "1234567893.0", Stored("1234567893")),
            ("referring_npi", "1.234567893E9", Stored("1234567893")),
            ("referring_npi", "1.234567893e+09", Stored("1234567893")),
            // Excel shows so much of ten digits and no more.
            ("referring_npi", "1.23457E+09", Emptied),
            ("referring_npi", "1.0E9", Emptied),
            // The check digit is wrong, and a name stands beside.
            ("referring_npi", "1234567890", Emptied),
            ("referring_npi", "0123456789", Emptied),
            ("referring_npi", "9999999999", Emptied),
            ("referring_npi", "9999999995", Emptied),
            ("referring_npi", "1111111111", Emptied),
            ("referring_npi", "123456789", Emptied),
            ("referring_npi", "12345678933", Emptied),
            ("referring_npi", "1234567893 / 1003033051", Emptied),
            ("referring_npi", "", Missing),
            ("referring_npi", "NULL", Missing),
            ("referring_npi", "N/A", Missing),
            ("referring_npi", "-", Missing),
            ("referring_npi", "0", Emptied),
            ("referred_to_npi", "9999999999", Emptied),
            // A name need not be there where the identifier is.
            ("referring_name", "", Missing),
        ],
        &[],
    );
}

#[test]
fn a_bad_npi_without_a_name_quarantines_the_row() {
    let inbox = Inbox::make();
    let mut text = "referral_id,referred_on,status,referring_npi,referring_name\n".to_string();
    for (n, npi) in [
        "1234567890",
        "0123456789",
        "1.0E9",
        "9999999999",
        "",
        "NULL",
    ]
    .iter()
    .enumerate()
    {
        text.push_str(&format!("R{n},2026-07-06,requested,{npi},\n"));
    }
    inbox.put("bad.csv", text);
    let said = inbox.take(&[]);
    let load = said.only();
    assert_eq!(number(load, "accepted"), 0);
    assert_eq!(
        (reason(load, "bad_npi"), reason(load, "missing_required")),
        (4, 2)
    );
}

#[test]
fn npis_of_a_roster_are_needed() {
    let inbox = Inbox::make();
    let mut text = "npi,name,zip,fte,effective_from\n".to_string();
    let rows = [
        ("1234567893", ""),
        ("1003033051.0", ""),
        ("1.932102084E9", ""),
        ("0123456789", "bad_npi"),
        ("1234567890", "bad_npi"),
        ("9999999999", "bad_npi"),
        ("NOT AVAILABLE", "missing_required"),
        ("", "missing_required"),
    ];
    for (npi, _) in rows {
        text.push_str(&format!("{npi},\"SMITH, JOHN\",02139,1,2020-01-01\n"));
    }
    inbox.put("roster.csv", text);
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "quarantined"), 5, "{said:?}");
    for (n, (npi, why)) in rows
        .iter()
        .enumerate()
        .filter(|(_, (_, why))| !why.is_empty())
    {
        let sql = format!(
            "select reasons from lake_quarantine where row_number = {}",
            n + 2
        );
        assert_eq!(inbox.cell(&sql), *why, "{npi}");
    }
    // One legal name may be many people.
    let sql = "select count(distinct npi) from lake_providers where name = 'SMITH, JOHN'";
    assert_eq!(inbox.cell(sql), "3");
}

#[test]
fn zip_codes() {
    REFERRALS.spring(
        &[
            ("patient_zip", "37205", Stored("37205")),
            ("patient_zip", "37205-1234", Stored("37205")),
            ("patient_zip", "372051234.0", Stored("37205")),
            ("patient_zip", "372051234", Stored("37205")),
            ("patient_zip", "37205.0", Stored("37205")),
            ("patient_zip", "2139", Stored("02139")),
            ("patient_zip", "2139.0", Stored("02139")),
            ("patient_zip", "501", Stored("00501")),
            ("patient_zip", "21394307.0", Stored("02139")),
            ("patient_zip", "5010001.0", Stored("00501")),
            ("patient_zip", "372051", Emptied),
            ("patient_zip", "K1A 0B1", Emptied),
            ("patient_zip", "12", Emptied),
            ("patient_zip", "SANTA FE", Emptied),
            ("patient_zip", "-999", Emptied),
            ("patient_zip", "NOT AVAILABLE", Missing),
            ("patient_zip", "", Missing),
            ("patient_zip", "NaN", Missing),
        ],
        &[],
    );
    POPULATION.spring(
        &[
            ("zip", "2139", Stored("02139")),
            ("zip", "1001.0", Stored("01001")),
            ("zip", "372051", Quarantined("bad_zip")),
            ("zip", "", Quarantined("missing_required")),
            ("zip", "NULL", Quarantined("missing_required")),
        ],
        &[],
    );
}

#[test]
fn a_zip_code_in_several_counties_is_told() {
    let inbox = Inbox::make();
    inbox.put(
        "population.csv",
        "zip,county,population\n37205,Davidson,22000\n37205,Williamson,9000\n37206,Davidson,100\n",
    );
    let said = inbox.take(&[]);
    assert_eq!(number(said.only(), "accepted"), 3);
    assert_eq!(number(said.only(), "conflicting"), 2);
}

#[test]
fn numbers() {
    POPULATION.spring(
        &[
            ("population", " 1,420", Stored("1420")),
            ("population", "1,234,567", Stored("1234567")),
            ("population", "22.0", Stored("22")),
            ("population", "0", Stored("0")),
            ("population", "-", Quarantined("missing_required")),
            ("population", "-999", Quarantined("missing_required")),
            (
                "population",
                "NOT AVAILABLE",
                Quarantined("missing_required"),
            ),
            (
                "population",
                "Not Available",
                Quarantined("missing_required"),
            ),
            ("population", "NULL", Quarantined("missing_required")),
            ("population", "", Quarantined("missing_required")),
            ("population", "-5", Quarantined("bad_number")),
            ("population", "1,42", Quarantined("bad_number")),
            ("population", "22.5", Quarantined("bad_number")),
            ("population", "many", Quarantined("bad_number")),
            ("population", "1e400", Quarantined("bad_number")),
            ("population", "inf", Quarantined("bad_number")),
            ("population_65_plus", "-999", Missing),
            ("population_65_plus", "-", Missing),
            ("population_65_plus", "NULL", Missing),
            ("population_65_plus", " 1,420", Stored("1420")),
            ("population_65_plus", "12%", Emptied),
            ("lat", "-999", Missing),
            ("lat", "90.5", Emptied),
            ("lat", "35,08", Emptied),
            ("growth_5y", "102.5", Stored("102.5")),
            ("growth_5y", "-3.2", Stored("-3.2")),
            ("growth_5y", "5000", Emptied),
            ("county_type", "suburb", Emptied),
            ("county_type", "#N/A", Missing),
        ],
        &[],
    );
}

#[test]
fn words_outside_their_lists_empty_the_field() {
    REFERRALS.spring(
        &[
            ("setting", "Urgent Care", Stored("urgent_care")),
            ("setting", "Moon base", Emptied),
            ("priority", "STAT", Stored("stat")),
            ("priority", "asap!!", Emptied),
            ("is_renewal", "Y", Stored("true")),
            ("is_renewal", "perhaps", Emptied),
            ("specialty", "N/A", Missing),
            ("specialty", "null", Missing),
            ("status", "Pending Review", Stored("in_review")),
            ("status", "no-show", Stored("no_show")),
            ("status", "Sent to the moon", Quarantined("unknown_status")),
            ("status", "", Quarantined("missing_required")),
            (
                "referring_name",
                "O'Brien, \"Bo\"",
                Stored("O'Brien, \"Bo\""),
            ),
        ],
        &[],
    );
}
