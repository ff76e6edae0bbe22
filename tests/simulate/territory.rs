//! Makes a territory in a fresh folder and reads it back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use catchment_base::progress::Silent;
use catchment_base::{Day, Quarter};
use catchment_simulate::{Settings, Summary, simulate};
use tempfile::TempDir;

/// A row by its columns.
pub type Row = BTreeMap<String, String>;

/// A made territory.
pub struct Made {
    pub folder: TempDir,
    pub settings: Settings,
    pub summary: Summary,
}

/// A small territory of a seed.
pub fn small(seed: u64) -> Settings {
    Settings {
        pcps: 60,
        quarters: 5,
        seed,
        ..Settings::default()
    }
}

/// Makes it.
pub fn make(settings: &Settings) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let summary = simulate(folder.path(), settings, &Silent).unwrap();
    Made {
        folder,
        settings: settings.clone(),
        summary,
    }
}

/// The rows of a CSV file.
pub fn read(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_string)
        .collect();
    let row = |r: csv::StringRecord| {
        header
            .iter()
            .cloned()
            .zip(r.iter().map(str::to_string))
            .collect::<Row>()
    };
    reader.records().map(|r| row(r.unwrap())).collect()
}

impl Made {
    pub fn table(&self, name: &str) -> Vec<Row> {
        read(&self.folder.path().join(name))
    }

    /// The referral exports in the order of time.
    pub fn exports(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self
            .summary
            .files
            .iter()
            .filter(|f| {
                f.file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .starts_with("referrals")
            })
            .filter(|f| f.parent() == Some(self.folder.path()))
            .cloned()
            .collect();
        files.sort();
        files
    }

    /// The last version of every referral.
    pub fn latest(&self) -> BTreeMap<String, Row> {
        let mut latest: BTreeMap<String, Row> = BTreeMap::new();
        for file in self.exports() {
            for row in read(&file) {
                let known = latest.get(&row["referral_id"]);
                if known.is_none_or(|k| k["updated_at"] <= row["updated_at"]) {
                    latest.insert(row["referral_id"].clone(), row);
                }
            }
        }
        latest
    }
}

/// The day of a cell, where it has one.
pub fn day(cell: &str) -> Option<Day> {
    (!cell.is_empty()).then(|| cell[..10].parse().unwrap())
}

/// The quarter of a file's name.
pub fn quarter(file: &Path) -> Option<Quarter> {
    file.file_stem()
        .unwrap()
        .to_str()
        .unwrap()
        .strip_prefix("referrals-")
        .map(|q| q.parse().unwrap())
}

/// Whether a referral counts: neither void nor a mistake, and no renewal or replacement.
pub fn counts(row: &Row) -> bool {
    let is_mistake = row["status"] == "cancelled"
        && ["duplicate", "entered-in-error"].contains(&row["status_reason"].as_str());
    row["status"] != "void"
        && !is_mistake
        && row["is_renewal"] != "true"
        && row["replaces_id"].is_empty()
}

/// The roster as a reader joins it.
pub struct Roster {
    /// Rows by NPI.
    pub by_npi: BTreeMap<String, Vec<Row>>,
    /// NPI by upper-case "SURNAME, GIVEN", where it is one person's.
    by_name: BTreeMap<String, Vec<String>>,
    organizations: BTreeMap<String, Row>,
    organization_names: BTreeMap<String, String>,
}

impl Roster {
    pub fn of(made: &Made) -> Self {
        let mut by_npi: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in made.table("providers.csv") {
            if let Some((given, surname)) = row["name"].split_once(' ') {
                let npis = by_name
                    .entry(format!("{surname}, {given}").to_uppercase())
                    .or_default();
                if !npis.contains(&row["npi"]) {
                    npis.push(row["npi"].clone());
                }
            }
            by_npi.entry(row["npi"].clone()).or_default().push(row);
        }
        let organizations: BTreeMap<String, Row> = made
            .table("organizations.csv")
            .into_iter()
            .map(|row| (row["organization_id"].clone(), row))
            .collect();
        let organization_names = organizations
            .values()
            .map(|row| (row["name"].clone(), row["affiliation"].clone()))
            .collect();
        Self {
            by_npi,
            by_name,
            organizations,
            organization_names,
        }
    }

    /// The NPI that a referral's cells name, if the roster has it.
    pub fn npi(&self, npi: &str, name: &str) -> Option<&str> {
        if let Some((npi, _)) = self.by_npi.get_key_value(npi) {
            return Some(npi);
        }
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([npi]) => Some(npi),
            _ => None,
        }
    }

    /// The affiliation of an NPI on a day.
    pub fn affiliation(&self, npi: &str, on: Day) -> &str {
        let covers = |row: &&Row| {
            day(&row["effective_from"]).is_none_or(|d| d <= on)
                && day(&row["effective_to"]).is_none_or(|d| on <= d)
        };
        let row = self.by_npi[npi].iter().find(covers).unwrap();
        match row["affiliation"].as_str() {
            "" => &self.organizations[&row["organization_id"]]["affiliation"],
            word => word,
        }
    }

    /// The affiliation of an organization's name.
    pub fn affiliation_of_name(&self, name: &str) -> Option<&str> {
        self.organization_names.get(name).map(String::as_str)
    }
}
