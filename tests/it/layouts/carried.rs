//! What each layout carries of a canonical row, and what it cannot.

use std::collections::BTreeMap;
use std::path::Path;

use catchment::base::specialties;

use crate::workspace::read_csv;

/// A row by its columns.
pub type Row = BTreeMap<String, String>;

/// The columns of a version, but for its source.
pub const COLUMNS: [&str; 30] = [
    "referral_id",
    "updated_at",
    "referred_on",
    "status",
    "status_reason",
    "referring_npi",
    "referring_name",
    "referring_practice",
    "referring_department",
    "setting",
    "referred_to_npi",
    "referred_to_name",
    "referred_to_practice",
    "referred_to_organization",
    "direction",
    "specialty",
    "service_type",
    "is_renewal",
    "replaces_id",
    "reason_code",
    "priority",
    "patient_id",
    "patient_zip",
    "age_band",
    "payer",
    "scheduled_on",
    "appointment_on",
    "completed_on",
    "report_sent_on",
    "expires_on",
];

/// What a layout carries.
pub struct Carried {
    /// Its word for `--layout`.
    pub word: &'static str,
    /// The mapping that reads it.
    pub mapping: &'static str,
    /// The file of the referrals, where others stand beside it.
    pub main: &'static str,
    /// Columns that it does not have.
    pub without: &'static [&'static str],
    /// A canonical row as far as the layout carries it; `None` where it does not hold it.
    pub of: fn(&Rows, Row) -> Option<Row>,
    /// How many rows are to be set aside, by filter, counted from the files.
    pub set_aside: fn(&Path) -> BTreeMap<String, u64>,
}

/// A layout by its word.
pub fn named(word: &str) -> &'static Carried {
    CARRIED.iter().find(|carried| carried.word == word).unwrap()
}

pub static CARRIED: [Carried; 5] = [
    Carried {
        word: "epic",
        mapping: "epic_referrals",
        main: "REFERRAL.tsv",
        // Providers by name; nothing of the patient but the number.
        without: &[
            "setting",
            "reason_code",
            "patient_zip",
            "age_band",
            "scheduled_on",
            "referring_npi",
            "referred_to_npi",
            "replaces_id",
        ],
        of: |rows, row| Some(cleared(rows.listed(row), "epic")),
        set_aside: epic_others,
    },
    Carried {
        word: "epic-npi",
        mapping: "epic_referrals",
        main: "REFERRAL.tsv",
        without: &[
            "setting",
            "reason_code",
            "patient_zip",
            "age_band",
            "scheduled_on",
        ],
        of: |rows, row| Some(cleared(rows.listed(row), "epic-npi")),
        set_aside: epic_others,
    },
    Carried {
        word: "ecw",
        mapping: "ecw_referrals",
        main: "",
        without: &[
            "status_reason",
            "referring_department",
            "setting",
            "referred_to_organization",
            "service_type",
            "is_renewal",
            "replaces_id",
            "reason_code",
            "patient_zip",
            "age_band",
            "payer",
            "scheduled_on",
        ],
        of: ecw,
        set_aside: |_| BTreeMap::new(),
    },
    Carried {
        word: "athena",
        mapping: "athena_referrals",
        main: "DOCUMENT.csv",
        without: &[
            "referring_department",
            "setting",
            "referred_to_practice",
            "referred_to_organization",
            "direction",
            "is_renewal",
            "replaces_id",
            "reason_code",
            "patient_zip",
            "age_band",
            "payer",
            "scheduled_on",
            "appointment_on",
            "completed_on",
            "expires_on",
        ],
        of: athena,
        set_aside: athena_others,
    },
    Carried {
        word: "fhir",
        mapping: "fhir_referrals",
        main: "ServiceRequest.ndjson",
        // Patients are not exported; a request names no department.
        without: &["referring_department", "patient_zip", "age_band"],
        of: |rows, row| {
            Some(cleared(
                given_first(rows.identified(rows.listed(row))),
                "fhir",
            ))
        },
        set_aside: |_| BTreeMap::new(),
    },
];

fn cleared(mut row: Row, word: &str) -> Row {
    for column in named(word).without {
        row.insert((*column).to_string(), String::new());
    }
    row
}

fn is_mistake(row: &Row) -> bool {
    let reason = row["status_reason"].as_str();
    row["status"] == "cancelled" && ["duplicate", "entered-in-error"].contains(&reason)
}

fn set(row: &mut Row, column: &str, value: &str) {
    row.insert(column.to_string(), value.to_string());
}

/// Names as people say them: a list's `DOE, JANE` is Jane Doe.
fn given_first(mut row: Row) -> Row {
    let spoken = |word: &str| {
        let parts = word.split('-').map(|part| {
            let mut letters = part.chars();
            let first: String = letters.next().into_iter().collect();
            first + &letters.as_str().to_lowercase()
        });
        parts.collect::<Vec<_>>().join("-")
    };
    for (_, name) in ENDS {
        if let Some((surname, given)) = row[name].clone().split_once(", ")
            && row[name] == row[name].to_uppercase()
        {
            set(
                &mut row,
                name,
                &format!("{} {}", spoken(given), spoken(surname)),
            );
        }
    }
    row
}

/// Mistakes are deleted; a direction is known of what comes in; of that, when a report went back is
/// not.
fn ecw(rows: &Rows, row: Row) -> Option<Row> {
    let mut row = rows.listed(row);
    if is_mistake(&row) {
        set(&mut row, "status", "void");
    }
    if row["direction"] == "incoming" {
        set(&mut row, "report_sent_on", "");
    } else {
        set(&mut row, "direction", "");
    }
    Some(cleared(row, "ecw"))
}

/// Only what our own order. What became of it is known by a report, a denial, or that it was dropped;
/// the export is a picture of its day, so its versions have no time of their own.
fn athena(rows: &Rows, row: Row) -> Option<Row> {
    if row["direction"] == "incoming" {
        return None;
    }
    let mut row = rows.identified(rows.listed(row));
    let dropped = ["cancelled", "declined", "redirected", "void"];
    if row["direction"] != "outgoing" || dropped.contains(&row["status"].as_str()) {
        let was_mistake = is_mistake(&row);
        set(&mut row, "status_reason", "");
        if was_mistake {
            set(&mut row, "status", "void");
        }
    }
    let status = match row["status"].as_str() {
        "completed" if row["report_sent_on"].is_empty() => "requested",
        "accepted" | "scheduled" | "no_show" => "requested",
        "redirected" => "cancelled",
        other => other,
    }
    .to_string();
    set(&mut row, "status", &status);
    if !["imaging", "lab", "procedure"].contains(&row["service_type"].as_str()) {
        set(&mut row, "service_type", "");
    }
    let specialty = match row["specialty"].as_str() {
        "" => rows.specialties[&row["referred_to_npi"]].clone(),
        text => specialties::find(text).unwrap().name.clone(),
    };
    set(&mut row, "specialty", &specialty);
    set(&mut row, "updated_at", "");
    Some(cleared(row, "athena"))
}

/// What the roster says of those whom rows name.
pub struct Rows {
    /// Names as lists have them, by NPI.
    names: BTreeMap<String, String>,
    /// NPIs by such a name.
    npis: BTreeMap<String, String>,
    specialties: BTreeMap<String, String>,
}

const ENDS: [(&str, &str); 2] = [
    ("referring_npi", "referring_name"),
    ("referred_to_npi", "referred_to_name"),
];

fn surname_first(name: &str) -> String {
    match name.split_once(' ') {
        Some((given, surname)) if !given.ends_with(',') => {
            format!("{surname}, {given}").to_uppercase()
        }
        _ => name.to_string(),
    }
}

impl Rows {
    pub fn of(folder: &Path) -> Self {
        let (mut names, mut npis, mut specialties) =
            (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for row in read_csv(&folder.join("providers.csv")) {
            let name = match row["entity_type"].as_str() {
                "organization" => row["name"].clone(),
                _ => surname_first(&row["name"]),
            };
            npis.insert(name.clone(), row["npi"].clone());
            names.insert(row["npi"].clone(), name);
            specialties.insert(row["npi"].clone(), row["specialty"].clone());
        }
        Self {
            names,
            npis,
            specialties,
        }
    }

    /// Everyone by the name that lists have.
    fn listed(&self, mut row: Row) -> Row {
        for (npi, name) in ENDS {
            let listed = match self.names.get(&row[npi]) {
                Some(listed) => listed.clone(),
                None => surname_first(&row[name]),
            };
            set(&mut row, name, &listed);
        }
        row
    }

    /// Everyone of the roster with the NPI.
    fn identified(&self, mut row: Row) -> Row {
        for (npi, name) in ENDS {
            if row[npi].is_empty()
                && let Some(found) = self.npis.get(&row[name])
            {
                set(&mut row, npi, found);
            }
        }
        row
    }
}

/// What finds a cell of a row by its column.
type Cell<'a> = &'a dyn Fn(&str) -> String;

/// Counts rows of files by what a filter is to call them.
fn counted(
    made: &Path,
    file: &str,
    separator: char,
    name: fn(Cell<'_>) -> Option<&'static str>,
) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for folder in super::exports(made) {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let rows: Vec<Vec<String>> = match separator {
            ',' => crate::workspace::records(&text),
            _ => text
                .lines()
                .map(|line| line.split(separator).map(str::to_string).collect())
                .collect(),
        };
        for row in &rows[1..] {
            let cell = |column: &str| {
                let at = rows[0].iter().position(|c| c == column).unwrap();
                row[at].clone()
            };
            if let Some(name) = name(&cell) {
                *counts.entry(name.to_string()).or_insert(0) += 1;
            }
        }
    }
    assert!(counts.values().all(|n| *n > 5), "{counts:?}");
    counts
}

fn epic_others(made: &Path) -> BTreeMap<String, u64> {
    let counts = counted(made, "REFERRAL.tsv", '\t', |cell| {
        let source = cell("REFERRING_PROV_ID_REFERRING_PROV_NAM");
        match cell("RFL_TYPE_C_NAME").as_str() {
            "Prior Authorization" => Some("prior authorisations"),
            "Admission" | "Inpatient Authorization" => Some("admissions"),
            "Medication Prior Authorization" => Some("drug approvals"),
            _ if ["TELEVISION AD", "INTERNET SEARCH", "BILLBOARD"].contains(&source.as_str()) => {
                Some("sources that are no clinicians")
            }
            _ => None,
        }
    });
    assert_eq!(counts.len(), 4);
    counts
}

fn athena_others(made: &Path) -> BTreeMap<String, u64> {
    let counts = counted(made, "DOCUMENT.csv", ',', |cell| {
        match (
            cell("document_class").as_str(),
            cell("document_id").starts_with('D'),
        ) {
            ("ORDER", true) => Some("orders other than referrals"),
            ("ORDER", false) => None,
            _ => Some("documents other than orders"),
        }
    });
    assert_eq!(counts.len(), 2);
    counts
}
