//! The samples of data-samples/layouts: each folder is recognised by the mapping of its name, and what
//! becomes of its rows is known; of those that are no territory's, what is stored too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::inbox::{Inbox, Said, number};

/// What became of rows: read, stored, duplicate, quarantined, set aside, joined.
type Counts = [u64; 6];

/// A folder of samples, the mapping of every file in it, and what becomes of the rows of all files.
const SAMPLES: &[(&str, &str, Counts)] = &[
    ("athena", "athena_referrals", [86, 32, 0, 0, 2, 52]),
    (
        "careset_hop_teaming",
        "careset_hop_teaming",
        [5, 5, 0, 0, 0, 0],
    ),
    (
        "cms_doctors_and_clinicians",
        "cms_doctors_and_clinicians",
        [8, 7, 1, 0, 0, 0],
    ),
    ("cms_idr_claims", "cms_idr_claims", [4, 2, 0, 1, 1, 0]),
    ("cms_rif_carrier", "cms_rif_carrier", [5, 4, 0, 1, 0, 0]),
    (
        "cms_rif_outpatient",
        "cms_rif_outpatient",
        [4, 3, 0, 0, 1, 0],
    ),
    (
        "cms_shared_patients",
        "cms_shared_patients",
        [5, 5, 0, 0, 0, 0],
    ),
    ("ecw", "ecw_referrals", [41, 41, 0, 0, 0, 0]),
    ("epic", "epic_referrals", [405, 41, 0, 0, 2, 362]),
    ("epic-npi", "epic_referrals", [405, 41, 0, 0, 2, 362]),
    ("fhir", "fhir_referrals", [301, 41, 0, 0, 0, 260]),
    (
        "fhir_practitioners",
        "fhir_practitioners",
        [3, 3, 0, 0, 0, 0],
    ),
    ("fhir_providers", "fhir_providers", [15, 5, 0, 1, 1, 8]),
    ("hl7_referrals", "hl7_referrals", [7, 6, 0, 0, 1, 0]),
    ("medical_claims", "medical_claims", [4, 3, 0, 1, 0, 0]),
    ("nppes", "nppes_providers", [20, 20, 0, 0, 0, 0]),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/layouts")
}

fn taken(name: &str) -> (Inbox, Said) {
    let inbox = Inbox::make();
    let said = inbox.take_path(&folder().join(name), &[]);
    assert_eq!(said.code, 0, "{name}: {said:?}");
    (inbox, said)
}

fn counts(reports: &[Value]) -> Counts {
    let sum = |keys: &[&str]| -> u64 {
        let each = reports.iter();
        each.map(|r| keys.iter().map(|key| number(r, key)).sum::<u64>())
            .sum()
    };
    [
        sum(&["rows_read"]),
        sum(&["accepted", "superseded"]),
        sum(&["duplicate"]),
        sum(&["quarantined"]),
        sum(&["set_aside"]),
        sum(&["joined"]),
    ]
}

#[test]
fn every_sample_is_recognised_by_the_mapping_of_its_name() {
    let mut found: BTreeMap<String, (String, Counts)> = BTreeMap::new();
    for entry in folder().read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        if !path.is_dir() {
            continue;
        }
        let (_, said) = taken(&name);
        let mapping = said.reports[0]["mapping"].as_str().unwrap().to_string();
        for report in &said.reports {
            assert_eq!(report["fate"], "loaded", "{name}: {report}");
            assert_eq!(report["mapping"], mapping.as_str(), "{name}: {report}");
        }
        found.insert(name, (mapping, counts(&said.reports)));
    }
    let expected: BTreeMap<String, (String, Counts)> = SAMPLES
        .iter()
        .map(|(name, mapping, counts)| (name.to_string(), (mapping.to_string(), *counts)))
        .collect();
    assert_eq!(found, expected);
}

/// Whether a mapping ships with a sample of its own, and is told of in docs/layouts.md.
#[test]
fn every_layout_that_ships_has_a_sample_and_stands_in_the_manual() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("docs/layouts.md")).unwrap();
    let table = manual.split("\n## ").next().unwrap();
    for entry in root.join("layouts").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name.starts_with("canonical_") {
            continue;
        }
        assert!(table.contains(&format!("| `{name}` |")), "{name}");
        let has_sample = SAMPLES.iter().any(|(_, mapping, _)| *mapping == name);
        assert!(has_sample, "{name}");
    }
}

#[test]
fn each_address_of_a_clinician_is_a_place_of_work() {
    let (inbox, _) = taken("cms_doctors_and_clinicians");
    let rows = inbox.rows(
        "select npi, name, role, specialty, organization_id, practice_id, practice_name, zip \
         from lake_providers order by npi, practice_id",
    );
    let heart = "4789000011-NM875010000SA100XXSTXX300";
    assert_eq!(
        rows[0],
        [
            "2999100003",
            "HALDERSTON, MIRIAM J",
            "",
            "CARDIOVASCULAR DISEASE (CARDIOLOGY)",
            "4789000011",
            heart,
            "MESA HEART GROUP",
            "87501"
        ]
    );
    let river = "4789000011-NM875710000TA8XXXXRDXX300";
    assert_eq!(
        (rows[1][0].as_str(), rows[1][5].as_str()),
        ("2999100003", river)
    );
    // Another group at the same address is another practice; two enrolments there are one.
    let other = "4789000022-NM875710000TA8XXXXRDXX300";
    assert_eq!(
        (rows[2][0].as_str(), rows[2][5].as_str()),
        ("2999101373", other)
    );
    assert_eq!(rows[3][..3], ["2999102744", "ORSWELL, PETRA L", "app"]);
    assert_eq!(rows[4][..3], ["2999104112", "VANTREES, CALLUM R", "app"]);
    // Nobody's group; and the header of an earlier edition.
    assert_eq!(rows[5][4..7], ["", "NM875010000SA77XXXPLXX300", ""]);
    assert_eq!(
        rows[6],
        [
            "2999106851",
            "TILLOTSON, AMBROSE",
            "",
            "NEUROLOGY",
            "4789000011",
            heart,
            "MESA HEART GROUP",
            "87501"
        ]
    );
    assert_eq!(rows.len(), 7);
}

const CLAIM: &str = "select claim_id, service_date, rendering_npi, referring_npi, billing_npi, \
    procedure_code, cast(paid_amount as varchar) from lake_claims order by claim_id desc, service_date, procedure_code";

/// Numbers that stand for nobody are no providers: a claim without any other is refused, and as a
/// referrer they are nobody, without a field that counts as emptied.
#[test]
fn numbers_that_stand_for_nobody_are_dropped_from_claims() {
    let (inbox, said) = taken("cms_rif_carrier");
    let rows = inbox.rows(CLAIM);
    let referrers: Vec<&str> = rows.iter().map(|r| r[3].as_str()).collect();
    assert_eq!(referrers, ["2999105481", "", "2999101373", "2999101373"]);
    assert_eq!(
        rows[2],
        [
            "-700001",
            "2026-03-05",
            "2999100003",
            "2999101373",
            "2999113709",
            "93000",
            "15.1"
        ]
    );
    let report = said.only();
    assert_eq!(number(report, "fields_emptied"), 0);
    assert_eq!(crate::inbox::reason(report, "missing_required"), 1);

    let (inbox, _) = taken("cms_rif_outpatient");
    let rows = inbox.rows(CLAIM);
    let of: Vec<[&str; 4]> = rows
        .iter()
        .map(|r| [&r[0], &r[1], &r[2], &r[3]].map(String::as_str))
        .collect();
    assert_eq!(
        of,
        [
            // Who answers for the stay, on the day of the claim.
            ["-710002", "2026-04-09", "2999100003", ""],
            // Who did it; and who operated, where that is nobody.
            ["-710001", "2026-04-07", "2999106851", "2999101373"],
            ["-710001", "2026-04-08", "2999105481", "2999101373"],
        ]
    );
    let (inbox, _) = taken("cms_idr_claims");
    let rows = inbox.rows(CLAIM);
    assert_eq!(
        rows[0][..5],
        ["8100003", "2026-02-05", "2999106851", "", "2999116447"]
    );
    assert_eq!(
        rows[1][..5],
        [
            "8100001",
            "2026-02-03",
            "2999100003",
            "2999101373",
            "2999113709"
        ]
    );
}

#[test]
fn claims_under_usual_names_are_recognised_and_no_other_table_is() {
    let (inbox, _) = taken("medical_claims");
    let rows = inbox.rows(CLAIM);
    assert_eq!(
        rows.iter().map(|r| r[6].as_str()).collect::<Vec<_>>(),
        ["-90.0", "140.0", "1101.4"]
    );
    assert_eq!(rows[1][3], "");
    // The canonical names alone stay canonical; a mixed header goes to the one that reads more of it.
    let named = |header: &str| {
        let inbox = Inbox::make();
        inbox.put(
            "a.csv",
            format!("{header}\n1,2026-01-13,1234567893,1003033051\n"),
        );
        let said = inbox.take(&[]);
        said.reports[0]["mapping"]
            .as_str()
            .unwrap_or("none")
            .to_string()
    };
    assert_eq!(
        named("claim_id,service_date,rendering_npi,referring_npi"),
        "canonical_claims"
    );
    assert_eq!(
        named("Claim ID,Service Date,Rendering NPI,Billing NPI"),
        "canonical_claims"
    );
    assert_eq!(
        named("claim_id,service_date,rendering_npi,Referring Provider NPI"),
        "medical_claims"
    );
    assert_eq!(named("Claim #,DOS,Servicing NPI,Ref NPI"), "medical_claims");
    assert_eq!(named("Claim #,DOS,Provider,Ref NPI"), "none");
    assert_eq!(
        named("Referral #,DOS,Rendering Provider NPI,Referring Provider NPI"),
        "none"
    );
}

#[test]
fn pairs_of_providers_are_stored_as_their_columns_say() {
    let sql = "select npi_from, npi_to, transactions, patients, same_day from lake_shared_patients \
        where npi_from = '2999100003'";
    let (inbox, _) = taken("cms_shared_patients");
    assert_eq!(
        inbox.rows(sql),
        [["2999100003", "2999101373", "40", "22", "3"]]
    );
    // The other file has the persons before the transactions, and no column of the same day.
    let (inbox, _) = taken("careset_hop_teaming");
    assert_eq!(
        inbox.rows(sql),
        [["2999100003", "2999101373", "40", "22", ""]]
    );
}

#[test]
fn a_response_changes_the_status_of_its_referral() {
    let (inbox, _) = taken("hl7_referrals");
    let sql = "select referral_id, updated_at, status, status_reason, priority, referring_npi, \
        referred_to_npi, referred_to_organization from lake_referrals order by 1, 2";
    let rows = inbox.rows(sql);
    let joined: Vec<String> = rows.iter().map(|row| row.join("; ")).collect();
    let heart = "2999101373; 2999100003; MESA HEART GROUP";
    let skin = "2999101373; 2999105481; ";
    assert_eq!(
        joined,
        [
            format!("R-1; 2026-07-06T11:15:00; requested; ; routine; {heart}"),
            format!("R-1; 2026-07-09T10:00:00; accepted; ; routine; {heart}"),
            format!("R-2; 2026-07-07T12:15:00; requested; ; stat; {skin}"),
            format!("R-2; 2026-07-10T10:00:00; declined; no_timely_appointment; stat; {skin}"),
            format!("R-3; 2026-07-08T13:15:00; requested; ; urgent; {heart}"),
            // Deleted by a message of its own.
            format!("R-3; 2026-07-10T11:00:00; void; ; urgent; {heart}"),
        ]
    );
}

#[test]
fn people_without_roles_are_providers_without_places() {
    let (inbox, _) = taken("fhir_practitioners");
    let sql =
        "select npi, name, role, taxonomy_code, zip, practice_id from lake_providers order by npi";
    assert_eq!(
        inbox.rows(sql),
        [
            [
                "2999100003",
                "Halderston, Miriam J",
                "",
                "207RC0000X",
                "87501",
                ""
            ],
            // Where she lives is left out.
            ["2999102744", "Orswell, Petra", "app", "363LF0000X", "", ""],
            ["2999106851", "Tillotson, Ambrose", "", "", "", ""],
        ]
    );
}
