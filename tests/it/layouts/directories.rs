//! Directories of FHIR exports: names beside requests, a roster without them; and, for any layout, that
//! a file which accompanies an export is no table of its own.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::inbox::{Inbox, Said, number};

fn sample(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data-samples/layouts")
        .join(path)
}

/// Copies the files of a folder into an inbox.
fn copy(inbox: &Inbox, from: &str, into: &str) {
    for entry in sample(from).read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        inbox.put(&format!("{into}{name}"), std::fs::read(&path).unwrap());
    }
}

const ROSTER: &str = "select npi, name, role, taxonomy_code, specialty, organization_id, practice_id, \
    practice_name, zip, effective_from, effective_to from lake_providers order by npi, practice_id";

/// By references, by identifiers, and by searches; the last is no longer active, and its house is not
/// there.
const PLACES: [&str; 5] = [
    "2999100003; Halderston, Miriam J; ; 207RC0000X; Cardiovascular Disease Physician; o1; l1; Mesa Heart Santa Fe; 87501; 2020-01-01; ",
    "2999100003; Halderston, Miriam J; ; 207RC0000X; Cardiovascular Disease Physician; o1; l2; River Road Clinic; 87571; 2021-03-01; 2025-12-31",
    "2999101373; Quenby, Tobias; ; 207Q00000X; Family Medicine Physician; o2; l2; River Road Clinic; 87571; ; ",
    "2999102744; Orswell, Petra; app; 363LF0000X; Family Nurse Practitioner; o2; l2; River Road Clinic; 87571; ; ",
    "2999105481; Merridew, Isolde; ; 207N00000X; Dermatology Physician; o9; l1; Mesa Heart Santa Fe; 87501; ; 2026-06-30",
];

#[test]
fn roles_are_places_of_work_with_the_names_of_people_houses_and_sites() {
    let inbox = Inbox::make();
    copy(&inbox, "fhir_providers", "");
    inbox.take(&[]);
    let rows = inbox.rows(ROSTER);
    let joined: Vec<String> = rows.iter().map(|row| row.join("; ")).collect();
    assert_eq!(joined, PLACES);
    // The directory says nothing of who belongs to whom.
    assert_eq!(
        inbox.cell("select count(affiliation) from lake_providers"),
        "0"
    );
}

/// The mapping of a file, and what became of its rows.
fn loaded<'s>(said: &'s Said, name: &str, keys: &[&str]) -> (&'s str, Vec<u64>) {
    let report = said.file(name);
    assert_eq!(report["fate"], "loaded", "{report}");
    let counts = keys.iter().map(|key| number(report, key)).collect();
    (report["mapping"].as_str().unwrap(), counts)
}

const FATES: [&str; 5] = [
    "rows_read",
    "accepted",
    "quarantined",
    "set_aside",
    "joined",
];

#[test]
fn beside_requests_a_directory_gives_names_and_no_roster() {
    let inbox = Inbox::make();
    copy(&inbox, "fhir/referrals-2026Q2", "export/");
    let said = inbox.take(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    for report in &said.reports {
        assert_eq!(report["mapping"], "fhir_referrals", "{report}");
    }
    let roles = loaded(&said, "PractitionerRole.ndjson", &FATES);
    assert!(roles.1[4] > 10 && roles.1[1] == 0, "{roles:?}");
    assert_eq!(inbox.cell("select count(*) from lake_providers"), "0");
    assert!(inbox.cell("select count(referred_to_name) from lake_referrals") != "0");

    // Asked for by name, the same files are a roster; neither reading takes the other's place.
    let asked = inbox.take(&["--layout", "fhir_providers"]);
    let roster = loaded(&asked, "PractitionerRole.ndjson", &FATES);
    assert_eq!(roster.0, "fhir_providers");
    assert_eq!(roster.1[0], roles.1[0]);
    assert_eq!(roster.1[1] + roster.1[2], roster.1[0], "{roster:?}");
    let count = inbox.cell("select count(*) from lake_providers");
    assert_ne!(count, "0");
    let again = inbox.take(&[]);
    assert!(
        again.reports.iter().all(|r| r["fate"] == "known"),
        "{again:?}"
    );
    assert_eq!(inbox.cell("select count(*) from lake_providers"), count);
}

#[test]
fn a_directory_in_a_folder_of_its_own_is_a_roster_whatever_lies_beside_the_folder() {
    let inbox = Inbox::make();
    copy(&inbox, "fhir/referrals-2026Q2", "export/");
    copy(&inbox, "fhir_providers", "directory/");
    copy(&inbox, "fhir_practitioners", "people/");
    let said = inbox.take(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    let mappings =
        inbox.rows("select mapping, count(*) from lake_loads group by mapping order by mapping");
    assert_eq!(
        mappings,
        [
            ["fhir_practitioners", "1"],
            ["fhir_providers", "4"],
            ["fhir_referrals", "8"]
        ]
    );
    assert_eq!(inbox.cell("select count(*) from lake_providers"), "8");
}

/// A bundle with requests and roles is referrals; one with roles alone is a roster, in one report.
#[test]
fn resources_of_a_bundle_accompany_its_requests() {
    let npi = |value: &str| json!([{"system": "http://hl7.org/fhir/sid/us-npi", "value": value}]);
    let request = json!({"resource": {"resourceType": "ServiceRequest", "id": "R1", "status": "active", "intent": "order",
        "authoredOn": "2026-07-04", "requester": {"reference": "PractitionerRole/5"}}});
    let role = json!({"resource": {"resourceType": "PractitionerRole", "id": "5",
        "practitioner": {"reference": "Practitioner/9"}, "location": [{"reference": "Location/3"}]}});
    let person = json!({"resource": {"resourceType": "Practitioner", "id": "9", "identifier": npi("1003033051"),
        "name": [{"family": "Roe", "given": ["John"]}]}});
    let site = json!({"resource": {"resourceType": "Location", "id": "3", "name": "City Heart"}});
    let bundle = |entries: &[&serde_json::Value]| {
        json!({"resourceType": "Bundle", "entry": entries}).to_string()
    };
    let inbox = Inbox::make();
    inbox.put("a.json", bundle(&[&request, &role, &person, &site]));
    let said = inbox.take(&[]);
    assert_eq!(said.reports.len(), 1, "{said:?}");
    let row =
        inbox.rows("select referring_npi, referring_name, referring_practice from lake_referrals");
    assert_eq!(row, [["1003033051", "John Roe", "City Heart"]]);
    assert_eq!(inbox.cell("select count(*) from lake_providers"), "0");

    // The same resources in two files: the companions have one report together.
    let inbox = Inbox::make();
    inbox.put("request.json", bundle(&[&request]));
    inbox.put(
        "directory.json",
        bundle(&[
            &role,
            &person,
            &site,
            &json!({"resource": {"resourceType": "Slot", "id": "7"}}),
        ]),
    );
    let said = inbox.take(&[]);
    let directory = loaded(&said, "directory.json", &FATES);
    assert_eq!(directory, ("fhir_referrals", vec![3, 0, 0, 0, 3]));
    assert_eq!(said.lines.matches("directory.json").count(), 1, "{said:?}");
    assert_eq!(
        inbox.rows("select referring_npi, referring_name, referring_practice from lake_referrals"),
        row
    );

    let inbox = Inbox::make();
    inbox.put("a.json", bundle(&[&role, &person, &site]));
    let said = inbox.take(&[]);
    assert_eq!(
        said.file("a.json#PractitionerRole")["mapping"],
        "fhir_providers",
        "{said:?}"
    );
    assert_eq!(
        inbox.rows("select npi, name, practice_id, practice_name from lake_providers"),
        [["1003033051", "Roe, John", "3", "City Heart"]]
    );
}

/// athenaOne's list of clinical providers, cut to the columns that are used, looks like a roster.
#[test]
fn a_list_that_accompanies_an_export_is_no_table_though_it_fits_one() {
    let documents = std::fs::read(sample("athena/referrals-2026Q2/DOCUMENT.csv")).unwrap();
    let list = "clinical_provider_id,name,npi\n20079,\"HALLOW, AARON\",2624262186\n1,\"NOBODY\",\n";
    let inbox = Inbox::make();
    inbox.put("list.csv", list);
    inbox.put("document.csv", &documents);
    let said = inbox.take(&[]);
    let report = loaded(&said, "list.csv", &FATES);
    assert_eq!(report, ("athena_referrals", vec![2, 0, 0, 1, 1]));
    assert_eq!(inbox.cell("select count(*) from lake_providers"), "0");
    let sql = "select count(*) from lake_referrals where referred_to_npi = '2624262186'";
    assert_ne!(inbox.cell(sql), "0");

    // Alone it is what it looks like.
    let alone = Inbox::make();
    alone.put("list.csv", list);
    let said = alone.take(&[]);
    assert_eq!(loaded(&said, "list.csv", &FATES).0, "canonical_providers");

    // A mapping of the user's own makes it a table besides.
    let own = Inbox::make();
    own.mapping(
        "our_clinicians",
        "table = \"providers\"\n[recognise]\ncolumns = [\"clinical_provider_id\", \"npi\"]\n[columns]\nnpi = \"npi\"\nname = \"name\"\n",
    );
    own.put("list.csv", list);
    own.put("document.csv", &documents);
    let said = own.take(&[]);
    let report = loaded(&said, "list.csv", &FATES);
    assert_eq!(report.0, "our_clinicians");
    assert_ne!(own.cell("select count(*) from lake_providers"), "0");
    assert_ne!(own.cell(sql), "0");
}

/// Two mappings of which each wants the other's table as its companion: both stand.
#[test]
fn tables_that_want_each_other_are_both_loaded() {
    let inbox = Inbox::make();
    let mapping = |table: &str, own: &str, other: &str| {
        format!(
            "table = \"organizations\"\n[recognise]\ncolumns = [\"{table}\"]\n[columns]\norganization_id = \"{table}\"\n\
             name = \"OTHER.{own}\"\naffiliation = {{ value = \"own\" }}\n\
             [[join]]\nname = \"OTHER\"\ncolumns = [\"{other}\"]\non = \"{other}\"\nparent = \"{table}\"\n"
        )
    };
    inbox.mapping("one", &mapping("alpha", "label", "beta"));
    inbox.mapping("two", &mapping("beta", "label", "alpha"));
    inbox.put("a.csv", "alpha,label\n1,x\n2,y\n");
    inbox.put("b.csv", "beta,label\n1,z\n");
    let said = inbox.take(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.file("a.csv")["mapping"], "one");
    assert_eq!(said.file("b.csv")["mapping"], "two");
}
