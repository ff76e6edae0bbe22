//! Exports in folders of their own: HL7 v2 messages held against the FHIR resources that another program
//! made of them, a bulk export of FHIR, messages of the British standard, and documents that are not read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::folder;
use crate::inbox::{Inbox, Said, number, reason};

fn set(name: &str) -> PathBuf {
    folder().join(name)
}

fn taken(name: &str) -> (Inbox, Said) {
    let inbox = Inbox::make();
    let said = inbox.take_path(&set(name), &[]);
    assert_eq!(said.code, 0, "{said:?}");
    (inbox, said)
}

/// The lines that name a file.
fn lines_of<'s>(said: &'s Said, file: &str) -> Vec<&'s str> {
    said.lines.lines().filter(|l| l.contains(file)).collect()
}

/// The resources of a bundle by their addresses.
struct Bundle(BTreeMap<String, Value>);

impl Bundle {
    fn read(path: &str) -> Self {
        let text = std::fs::read(folder().join(path)).unwrap();
        let bundle: Value = serde_json::from_slice(&text).unwrap();
        let entries = bundle["entry"].as_array().unwrap().iter();
        let resources = entries.map(|entry| {
            let resource = entry["resource"].clone();
            let word = |key: &str| resource[key].as_str().unwrap().to_string();
            (format!("{}/{}", word("resourceType"), word("id")), resource)
        });
        Self(resources.collect())
    }

    /// The first resource of a kind that has a value at a place.
    fn of(&self, kind: &str, place: &str) -> &Value {
        let of_kind = self
            .0
            .iter()
            .filter(|(a, _)| a.starts_with(&format!("{kind}/")));
        let mut found = of_kind
            .map(|(_, r)| r)
            .filter(|r| r.pointer(place).is_some());
        found.next().unwrap()
    }

    /// What stands behind a reference.
    fn behind(&self, reference: &Value) -> &Value {
        &self.0[reference["reference"].as_str().unwrap()]
    }

    /// The person, the house and the site of a role.
    fn role(&self, reference: &Value) -> [&Value; 3] {
        let role = self.behind(reference);
        ["practitioner", "organization"]
            .map(|key| self.behind(&role[key]))
            .into_iter()
            .chain([self.behind(&role["location"][0])])
            .collect::<Vec<_>>()
            .try_into()
            .unwrap()
    }
}

fn name_of(person: &Value) -> String {
    let name = &person["name"][0];
    format!(
        "{}, {}",
        name["family"].as_str().unwrap(),
        name["given"][0].as_str().unwrap()
    )
}

fn npi_of(person: &Value) -> &str {
    let identifiers = person["identifier"].as_array().unwrap().iter();
    let mut npis = identifiers.filter(|i| i["system"] == "http://hl7.org/fhir/sid/us-npi");
    npis.next().map_or("", |i| i["value"].as_str().unwrap())
}

/// Field by field what Microsoft's converter makes of the message. Not compared, since the resources
/// have them otherwise or not at all: the status (a pending referral is on hold there, and requested
/// here), the kind of identifier (the first is the sender's), the patient (hashed, ZIP and birth date
/// made coarser), and the performers that RF1-18 and RF1-19 name besides the provider of the role.
#[test]
fn a_referral_message_is_what_another_program_makes_of_it() {
    let inbox = Inbox::make();
    let said = inbox.take_path(&set("hl7/REF-I12-01.hl7"), &[]);
    assert_eq!(number(said.only(), "accepted"), 1, "{said:?}");
    let bundle = Bundle::read("hl7/REF-I12-01-expected.json");
    let request = bundle.of("ServiceRequest", "/identifier");
    let [from, _, from_site] = bundle.role(&request["requester"]);
    let performers = request["performer"].as_array().unwrap().iter();
    let mut roles = performers.filter(|p| {
        p["reference"]
            .as_str()
            .unwrap()
            .starts_with("PractitionerRole/")
    });
    let [to, to_house, to_site] = bundle.role(roles.next().unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_string();
    let condition = bundle.of("Condition", "/code/coding/0/code");
    let header = bundle.of("Provenance", "/occurredDateTime");
    let coverage = bundle.of("Coverage", "/payor/0/reference");
    let expected: BTreeMap<&str, String> = [
        ("referral_id", text(&request["identifier"][0]["value"])),
        ("referred_on", text(&request["authoredOn"])),
        ("expires_on", text(&request["occurrencePeriod"]["end"])),
        ("priority", text(&request["priority"])),
        ("reason_code", text(&condition["code"]["coding"][0]["code"])),
        ("referring_name", name_of(from)),
        ("referring_npi", npi_of(from).to_string()),
        ("referring_practice", text(&from_site["name"])),
        ("referred_to_name", name_of(to)),
        ("referred_to_npi", npi_of(to).to_string()),
        ("referred_to_practice", text(&to_site["name"])),
        ("referred_to_organization", text(&to_house["name"])),
        ("payer", text(&bundle.behind(&coverage["payor"][0])["name"])),
    ]
    .into();
    let columns: Vec<&str> = expected.keys().copied().collect();
    let rows = inbox.rows(&format!(
        "select {} from lake_referrals",
        columns.join(", ")
    ));
    let found: BTreeMap<&str, String> = columns.iter().copied().zip(rows[0].clone()).collect();
    assert_eq!(found, expected);
    // The moment of the message is UTC there and the workspace's wall clock here.
    assert_eq!(text(&header["occurredDateTime"]), "2022-01-25T16:20:00Z");
    let sql = "select updated_at, status from lake_referrals";
    assert_eq!(inbox.rows(sql), [["2022-01-25T11:20:00", "requested"]]);
    assert_eq!(request["status"], "on-hold");
}

#[test]
fn a_message_that_cancels_makes_its_referral_void_and_appointments_are_no_referrals() {
    let files = ["REF-I12-01.hl7", "REF-I14-01.hl7", "SIU-S12-01.hl7"];
    let inbox = Inbox::make();
    let said = inbox.take_paths(&files.map(|file| set("hl7").join(file)), &[]);
    // The two messages are of one minute and one referral: the one that cancels is another version.
    let sql = "select status, count(*) from referral_versions group by status order by status";
    assert_eq!(
        inbox.ask(sql).lines().skip(1).collect::<Vec<_>>(),
        ["requested,1", "void,1"]
    );
    let lines = lines_of(&said, "SIU-S12-01.hl7");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].ends_with(
            "passed over, HL7 v2 messages of type SIU are not read: referrals are REF and RRI"
        ),
        "{lines:?}"
    );
}

fn rows_of(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join(path)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A bulk export without requests is a roster. Its identifiers are made up and begin with 9, so that
/// every role is refused for its NPI.
#[test]
fn a_bulk_export_without_requests_is_a_roster() {
    let (_, said) = taken("bulk_fhir");
    let roles = rows_of("bulk_fhir/PractitionerRole.000.ndjson");
    let report = said.file("PractitionerRole.000.ndjson");
    assert_eq!(report["mapping"], "fhir_providers");
    assert_eq!(number(report, "rows_read"), roles.len() as u64);
    assert_eq!(reason(report, "bad_npi"), roles.len() as u64);
    for kind in ["Practitioner", "Organization", "Location"] {
        let name = format!("{kind}.000.ndjson");
        let rows = rows_of(&format!("bulk_fhir/{name}")).len() as u64;
        let report = said.file(&name);
        // One that no role refers to is among them.
        let counts = ["rows_read", "joined", "set_aside"].map(|key| number(report, key));
        assert_eq!(
            counts,
            [rows, roles.len() as u64, rows - roles.len() as u64],
            "{name}"
        );
    }
}

/// With valid NPIs in place of the made ones every role is a place of work.
#[test]
fn roles_of_a_bulk_export_are_places_of_work() {
    let roles = rows_of("bulk_fhir/PractitionerRole.000.ndjson");
    let inbox = Inbox::make();
    let valid = valid_npis(roles.len());
    for kind in [
        "PractitionerRole",
        "Practitioner",
        "Organization",
        "Location",
    ] {
        let name = format!("{kind}.000.ndjson");
        let mut text = std::fs::read_to_string(set("bulk_fhir").join(&name)).unwrap();
        for (role, npi) in roles.iter().zip(&valid) {
            let known = role["practitioner"]["identifier"]["value"]
                .as_str()
                .unwrap();
            text = text.replace(known, npi);
        }
        inbox.put(&name, text);
    }
    inbox.take(&[]);
    let sql = "select npi, name, taxonomy_code, organization_id, practice_id, practice_name, zip, \
        cast(lat as varchar) from lake_providers order by npi";
    assert_eq!(inbox.rows(sql), places_of(&roles, &valid));
}

/// What each role says, through the files of people and sites.
fn places_of(roles: &[Value], npis: &[String]) -> Vec<Vec<String>> {
    let people = rows_of("bulk_fhir/Practitioner.000.ndjson");
    let sites = rows_of("bulk_fhir/Location.000.ndjson");
    let mut expected: Vec<Vec<String>> = roles
        .iter()
        .zip(npis)
        .map(|(role, npi)| {
            let by = |rows: &[Value], value: &Value| {
                let mut found = rows
                    .iter()
                    .filter(|r| r["identifier"][0]["value"] == *value);
                found.next().unwrap().clone()
            };
            let person = by(&people, &role["practitioner"]["identifier"]["value"]);
            let site = by(&sites, &role["location"][0]["identifier"]["value"]);
            let text = |value: &Value| value.as_str().unwrap().to_string();
            vec![
                npi.clone(),
                name_of(&person),
                text(&role["specialty"][0]["coding"][0]["code"]),
                text(&role["organization"]["identifier"]["value"]),
                text(&site["id"]),
                text(&site["name"]),
                text(&site["address"]["postalCode"])[..5].to_string(),
                site["position"]["latitude"].to_string(),
            ]
        })
        .collect();
    expected.sort();
    expected
}

/// Identifiers with the right check digit that nobody bears.
fn valid_npis(count: usize) -> Vec<String> {
    let with_check = |body: u32| {
        let mut all = (0..10).map(|digit| format!("{body}{digit}"));
        all.find(|npi| super::of_npi(npi) == "accepted").unwrap()
    };
    (0..count as u32)
        .map(|n| with_check(299_920_000 + n))
        .collect()
}

/// Requests of the British standard are all called plans: they are set aside by that name, and a mapping
/// of one's own takes them in, by the names of people who have no NPI.
#[test]
fn british_messages_are_told_in_a_line_each_and_load_by_names_where_that_is_wanted() {
    let (inbox, said) = taken("nhs_bars");
    let files = set("nhs_bars").read_dir().unwrap();
    for file in files {
        let name = file.unwrap().file_name().to_string_lossy().into_owned();
        let lines = lines_of(&said, &format!("/{name}: "));
        assert_eq!(lines.len(), 1, "{name}: {lines:?}");
    }
    let said_of = |file: &str| {
        lines_of(&said, file)[0]
            .split_once(": ")
            .unwrap()
            .1
            .to_string()
    };
    assert_eq!(
        said_of("Endpoint__success_bundle.json"),
        "passed over, FHIR Endpoint: nothing of it is read"
    );
    assert_eq!(
        said_of("operation_outcome_not_found.json"),
        "passed over, FHIR OperationOutcome: nothing of it is read"
    );
    assert_eq!(
        said_of("service_request__PATCH-body.json"),
        "passed over, its header is no table's; the nearest is fhir_referrals, but it lacks \
         authoredOn or occurrencePeriod.start or occurrenceDateTime"
    );
    let request = "process_message__request__ValidationRequest_POST.json";
    assert!(
        said_of(request).starts_with(
            "referrals, 1 row: 0 accepted, 1 set aside; set aside: drafts and plans 1"
        ),
        "{said:?}"
    );
    assert_eq!(inbox.cell("select count(*) from lake_referrals"), "0");

    let inbox = Inbox::make();
    inbox.mapping(
        "bars",
        "extends = \"fhir_referrals\"\n[[set_aside]]\nname = \"drafts and plans\"\nwhen = \"status = 'draft'\"\n",
    );
    let said = inbox.take_path(&set("nhs_bars").join(request), &[]);
    assert_eq!(number(said.only(), "accepted"), 1, "{said:?}");
    let sql = "select referred_on, status, referring_npi, referring_name, referred_to_name from lake_referrals";
    let rows = inbox.rows(sql);
    assert_eq!(rows[0][..4], ["2021-11-26", "requested", "", "Marcy BLAKE"]);
    // Who is asked is a service, not a person.
    assert_eq!(rows[0][4], "");
}

const FHIR_XML: &str = "<?xml version=\"1.0\"?>\n<!-- a request -->\n<ServiceRequest xmlns=\"http://hl7.org/fhir\">\n\
    <id value=\"R1\"/></ServiceRequest>\n";

/// Files that are not read, with what is said of each.
fn strangers() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let bytes = |path: &str| std::fs::read(folder().join(path)).unwrap();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(FHIR_XML.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let claim = String::from_utf8(bytes("x12/professional_claim.837")).unwrap();
    vec![
        (
            "note.csv",
            bytes("ccda/Referral_Note.ccda"),
            "C-CDA documents (XML) are not read: ask for a FHIR, HL7 v2 or table export",
        ),
        (
            "request.txt",
            FHIR_XML.into(),
            "FHIR in XML is not read: ask for it in JSON, as a bulk export or as bundles",
        ),
        (
            "wide.xml",
            utf16,
            "FHIR in XML is not read: ask for it in JSON, as a bulk export or as bundles",
        ),
        (
            "other.xml",
            "<orders xmlns=\"urn:x\"><order/></orders>".into(),
            "XML is not read: ask for a FHIR, HL7 v2 or table export",
        ),
        (
            "page.xls",
            "<!DOCTYPE html><html><table><tr><td>npi</td></tr></table></html>".into(),
            "web pages (HTML) are not read: save the table as CSV or XLSX",
        ),
        (
            "claims.csv",
            claim.clone().into_bytes(),
            "X12 837 files (claims) are not read: ask for the claims as a table",
        ),
        (
            "line.edi",
            claim.replace(['\r', '\n'], "").into_bytes(),
            "X12 837 files (claims) are not read: ask for the claims as a table",
        ),
        (
            "other.edi",
            claim.replace('*', "|").into_bytes(),
            "X12 837 files (claims) are not read: ask for the claims as a table",
        ),
        (
            "payment.csv",
            bytes("x12/payment.835"),
            "X12 835 files (payments) are not read: ask for a table export",
        ),
    ]
}

/// What is not read is said in one line, alone and beside tables, by content and not by name.
#[test]
fn documents_that_are_not_read_are_named_by_their_content() {
    let inbox = Inbox::make();
    let files = strangers();
    for (name, bytes, what) in &files {
        let alone = Inbox::make();
        alone.put(name, bytes);
        let said = alone.take(&[]);
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(said.reports[0]["message"], *what, "{name}");
        assert_eq!(said.lines.lines().count(), 1, "{said:?}");
        inbox.put(name, bytes);
    }
    inbox.put("roster.csv", "npi,name\n1234567893,Smith\n");
    // A table whose first column is called so is a table.
    let wide = "ISA*a*b*c*d*e*f*g*h*i*j*k*l*m*n*o*p*q\nST*837*c*d*e*f*g*h*i*j*k*l*m*n*o*p*q*r\n";
    inbox.put("isa.csv", wide);
    inbox.put("tags.csv", "<npi>,name\n1234567893,Smith\n");
    let said = inbox.take(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    for (name, _, what) in &files {
        let expected = format!("{name}: passed over, {what}");
        assert_eq!(said.lines.matches(&expected).count(), 1, "{name}: {said:?}");
    }
    assert_eq!(said.file("roster.csv")["fate"], "loaded");
    assert_eq!(
        inbox.cell("select count(*) from lake_providers where name = 'Smith'"),
        "1"
    );
    for name in ["isa.csv", "tags.csv"] {
        assert!(!said.line(name).contains("not read"), "{said:?}");
    }
    let file = inbox.path().join("note.csv");
    for command in ["check", "suggest"] {
        let arguments = [
            "-w",
            inbox.fresh.text(),
            "mapping",
            command,
            file.to_str().unwrap(),
        ];
        let message = crate::workspace::refused(&arguments, 1);
        assert!(
            message.contains("C-CDA documents (XML) are not read"),
            "{message}"
        );
    }
}

/// A bundle with a role, but without requests and identifiers, is no roster: it belongs to an export.
#[test]
fn directories_without_identifiers_are_no_roster() {
    let inbox = Inbox::make();
    let file = "process_message__POST-body.json";
    let said = inbox.take_path(&set("nhs_bars").join(file), &[]);
    assert_eq!((said.code, said.lines.lines().count()), (0, 1), "{said:?}");
    assert!(
        said.line(file).ends_with("belongs to an export of fhir_referrals; load it together with the table that it belongs to"),
        "{said:?}"
    );
    // In files of their own each is told of once.
    let inbox = Inbox::make();
    let text = std::fs::read(set("nhs_bars").join(file)).unwrap();
    let bundle: Value = serde_json::from_slice(&text).unwrap();
    let mut kinds = BTreeMap::new();
    for entry in bundle["entry"].as_array().unwrap() {
        let resource = &entry["resource"];
        kinds.insert(
            resource["resourceType"].as_str().unwrap().to_string(),
            resource.clone(),
        );
    }
    kinds.retain(|kind, _| {
        [
            "PractitionerRole",
            "Practitioner",
            "Organization",
            "Patient",
        ]
        .contains(&kind.as_str())
    });
    for (kind, resource) in &mut kinds {
        resource["id"] = "1".into();
        if kind == "PractitionerRole" {
            resource["practitioner"] = serde_json::json!({"reference": "Practitioner/1"});
        }
        inbox.put(&format!("{kind}.ndjson"), format!("{resource}\n"));
    }
    let said = inbox.take(&[]);
    assert_eq!((said.code, said.lines.lines().count()), (0, 4), "{said:?}");
    assert!(
        said.reports.iter().all(|r| r["fate"] == "parted"),
        "{said:?}"
    );
}
