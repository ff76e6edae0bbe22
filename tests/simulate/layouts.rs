//! The same territory as other record systems write it: read back by readers that share nothing
//! with the writers, row for row against the canonical export.

mod epic;
mod flat;
mod json;
mod resources;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use catchment_base::progress::Silent;
use catchment_simulate::{Form, Layout, Settings, Summary, simulate_as};
use tempfile::TempDir;

use crate::territory::{Row, make, read, small};

/// A territory in one form.
pub struct Formed {
    pub folder: TempDir,
    pub summary: Summary,
}

pub fn formed(settings: &Settings, layout: Layout, first: Option<u64>) -> Formed {
    let folder = tempfile::tempdir().unwrap();
    let form = Form { layout, first };
    let summary = simulate_as(folder.path(), settings, form, &Silent).unwrap();
    Formed { folder, summary }
}

impl Formed {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The files that stand in the folder, by their names from its root.
    pub fn bytes(&self) -> BTreeMap<String, Vec<u8>> {
        let root = self.folder.path();
        let mut found = BTreeMap::new();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(root).unwrap().display().to_string();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        found
    }
}

/// The rows of a canonical export by referral.
pub fn canonical(made: &Formed, quarter: &str) -> BTreeMap<String, Row> {
    let rows = read(&made.path(&format!("referrals-{quarter}.csv")));
    let rows = rows.into_iter();
    rows.map(|row| (row["referral_id"].clone(), row)).collect()
}

/// `07/06/2026` as `2026-07-06`.
pub fn iso(day: &str) -> String {
    if day.is_empty() {
        return String::new();
    }
    let parts: Vec<&str> = day.split('/').collect();
    assert_eq!(parts.iter().map(|p| p.len()).collect::<Vec<_>>(), [2, 2, 4]);
    format!("{}-{}-{}", parts[2], parts[0], parts[1])
}

/// `07/06/2026 01:05:00 PM` as `2026-07-06T13:05:00`.
pub fn iso_moment(moment: &str) -> String {
    let (day, rest) = moment.split_once(' ').unwrap();
    let (time, half) = rest.split_once(' ').unwrap();
    let hour: u32 = time[..2].parse().unwrap();
    let hour = hour % 12 + if half == "PM" { 12 } else { 0 };
    format!("{}T{hour:02}{}:00", iso(day), &time[2..5])
}

/// `Anna Smith` as `SMITH, ANNA`.
pub fn folded(name: &str) -> String {
    let (given, surname) = name.split_once(' ').unwrap();
    format!("{surname}, {given}").to_uppercase()
}

/// The names that a roster's rows have in lists, by NPI: persons' surname first.
pub fn listed_names(folder: &Path) -> BTreeMap<String, String> {
    let rows = read(&folder.join("providers.csv")).into_iter();
    rows.map(|row| match row["entity_type"].as_str() {
        "organization" => (row["npi"].clone(), row["name"].clone()),
        _ => (row["npi"].clone(), folded(&row["name"])),
    })
    .collect()
}

/// Whether a name in a list is that of a canonical row's NPI and name.
pub fn is_name_of(name: &str, npi: &str, known: &str, listed: &BTreeMap<String, String>) -> bool {
    match listed.get(npi) {
        Some(listed) => listed == name,
        // A stranger, or a row that names someone without the NPI.
        None => known.is_empty() == name.is_empty() && (known == name || folded(known) == name),
    }
}

pub const QUARTERS: [&str; 3] = ["2026Q1", "2026Q2", "2026Q3"];

pub fn settings() -> Settings {
    Settings {
        quarters: 3,
        ..small(21)
    }
}

/// The same bytes whatever the threads; the tables beside the exports are those of the canonical
/// territory, and so is the number of referrals.
#[test]
fn every_layout_is_the_same_territory_on_any_number_of_threads() {
    let canonical = formed(&settings(), Layout::Canonical, None);
    let expected = canonical.bytes();
    for (word, layout) in Layout::ALL {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().unwrap();
            pool.install(|| formed(&settings(), layout, None))
        };
        let (one, three) = (on(1), on(3));
        let bytes = one.bytes();
        assert!(bytes == three.bytes(), "{word}");
        assert_eq!(one.summary.referrals, canonical.summary.referrals);
        assert_eq!(bytes.len(), one.summary.files.len(), "{word}");
        for (name, expected) in &expected {
            if layout == Layout::Canonical || !name.starts_with("referrals") {
                assert!(&bytes[name] == expected, "{word}: {name}");
            }
        }
        let is_canonical = bytes.contains_key("referrals-2026Q3.csv") && layout != Layout::Ecw;
        assert_eq!(is_canonical, layout == Layout::Canonical, "{word}");
        if layout != Layout::Athena {
            assert_eq!(one.summary.rows, canonical.summary.rows, "{word}");
        }
    }
}

/// The usual way to simulate is the canonical form.
#[test]
fn the_canonical_form_is_what_is_written_without_one() {
    let plain = make(&settings());
    let formed = formed(&settings(), Layout::Canonical, None);
    for (name, bytes) in formed.bytes() {
        let path = plain.folder.path().join(&name);
        assert!(fs::read(path).unwrap() == bytes, "{name}");
    }
    assert_eq!(plain.summary.rows, formed.summary.rows);
}

#[test]
fn the_first_referrals_are_those_with_the_least_numbers() {
    let all = formed(&settings(), Layout::Canonical, None);
    let some = formed(&settings(), Layout::Canonical, Some(40));
    let mut rows = 0;
    for quarter in QUARTERS {
        let mut expected = canonical(&all, quarter);
        expected.retain(|id, _| id[1..].parse::<u64>().unwrap() <= 40);
        rows += expected.len() as u64;
        assert_eq!(canonical(&some, quarter), expected);
    }
    assert!(rows >= 40);
    assert_eq!(some.summary.rows, rows);
    assert_eq!(some.summary.referrals, all.summary.referrals);
}

#[test]
fn dirt_is_the_canonical_layout_s_alone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        mess: true,
        ..settings()
    };
    for (word, layout) in Layout::ALL {
        let form = Form {
            layout,
            first: Some(1),
        };
        let made = simulate_as(folder.path(), &settings, form, &Silent);
        assert_eq!(made.is_ok(), layout == Layout::Canonical, "{word}");
        if let Err(error) = made {
            assert_eq!(error.exit_code(), 2);
        }
    }
}
