//! HL7 messages, FHIR bundles and JSON documents: rows that are made of trees.

use serde_json::json;

use super::gzipped;
use crate::inbox::{Inbox, number, reason};

/// Two referrals, a cancelled one, and a schedule that is none, as an interface engine writes them.
const MESSAGES: &str = "FHS|^~\\&|ENGINE\r\
MSH|^~\\&|A|B|C|D|202607041530||REF^I12^REF_I12|1|P|2.8\r\
RF1|P^Pending|S^Stat|Med||O|R-1^EHR|20260704|20261004||NA|EXT-1\r\
PRD|RP^Referring Provider|DOE^JANE||^^^Mesa Family Medicine|||1234567893^NPI~77^SL\r\
PRD|RT^Referred to|ROE^JOHN||^^^City Heart|||1003033051^NPI|||City Heart \\T\\ Lung\r\
PID|1||M-10001^^^H^MR||QUILLFEATHER^ZACHARIAS||19610615|M|||1 Main St^^Taos^NM^87571\r\
DG1|1||I25.10^Heart disease\r\
MSH|^~\\&|A|B|C|D|20260705091500||REF^I14^REF_I14|2|P|2.8\r\
RF1|A^Accepted|R||||R-2^EHR|20260703\r\
PRD|RP|DOE^JANE|||||1234567893^NPI\r\
PID|1||M-10002^^^H^MR||QUILLFEATHER^MARY||20150615|F\r\
MSH|^~\\&|A|B|C|D|20260705091500||SIU^S12|3|P|2.8\r\
PID|1||M-10003^^^H^MR||QUILLFEATHER^ANN||19400615|F\r\
FTS|1\r";

const STORED: &str = "select referral_id, referred_on, status, priority, referring_npi, referring_name, \
    referring_practice, referred_to_npi, referred_to_organization, reason_code, patient_zip, age_band, \
    updated_at, expires_on from lake_referrals order by 1";

#[test]
fn hl7_messages_are_rows_and_what_is_no_referral_is_set_aside() {
    let inbox = Inbox::make();
    inbox.put("feed.hl7", MESSAGES);
    let said = inbox.take(&[]);
    let report = said.only();
    let counts = ["rows_read", "accepted", "set_aside", "skipped_lines"].map(|k| number(report, k));
    assert_eq!(counts, [3, 2, 1, 2], "{said:?}");
    assert_eq!(report["set_aside_by"], "messages that are no referrals 1");
    let rows = inbox.rows(STORED);
    assert_eq!(
        rows[0],
        [
            "R-1",
            "2026-07-04",
            "requested",
            "stat",
            "1234567893",
            "DOE, JANE",
            "Mesa Family Medicine",
            "1003033051",
            "City Heart & Lung",
            "I25.10",
            "87571",
            "65+",
            "2026-07-04T15:30:00",
            "2026-10-04"
        ]
    );
    // A message that deletes makes its referral void.
    assert_eq!(
        rows[1][..5],
        ["R-2", "2026-07-03", "void", "routine", "1234567893"]
    );
    assert_eq!(rows[1][11], "0-17");
    // Names of columns are places, never what stands there.
    let told = format!(
        "{}{:?}{:?}",
        said.lines,
        said.reports,
        inbox.rows("select * from lake_loads")
    );
    for secret in ["QUILL", "ZACHARIAS", "MARY", "M-1000"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
}

/// A request, a draft, the requester by an address, the performer's role and person, the task that is
/// done, and the patient.
fn resources() -> [serde_json::Value; 7] {
    let npi = |value: &str| json!([{"system": "http://hl7.org/fhir/sid/us-npi", "value": value}]);
    let request = json!({
        "resourceType": "ServiceRequest", "id": "R1", "status": "active", "intent": "order",
        "authoredOn": "2026-07-04", "meta": {"lastUpdated": "2026-07-06T10:00:00-04:00"},
        "subject": {"reference": "Patient/M-10001", "display": "Zacharias Quillfeather"},
        "requester": {"reference": "urn:uuid:77"}, "performer": [{"reference": "PractitionerRole/5"}],
        "performerType": {"text": "Cardiology"},
    });
    let draft = json!({"resourceType": "ServiceRequest", "id": "R2", "status": "draft", "intent": "order",
        "authoredOn": "2026-07-04", "requester": {"reference": "urn:uuid:77"}});
    let doctor = json!({"resourceType": "Practitioner", "identifier": npi("1234567893"),
        "name": [{"family": "Doe", "given": ["Jane"]}]});
    let role = json!({"resourceType": "PractitionerRole", "id": "5",
        "practitioner": {"reference": "Practitioner/9"}});
    let other = json!({"resourceType": "Practitioner", "id": "9", "identifier": npi("1003033051"),
        "name": [{"family": "Roe", "given": ["John"]}]});
    let task = json!({"resourceType": "Task", "id": "T", "focus": {"reference": "ServiceRequest/R1"},
        "status": "completed", "lastModified": "2026-07-06T10:00:00-04:00"});
    let patient = json!({"resourceType": "Patient", "id": "M-10001", "birthDate": "1950-02-03",
        "address": [{"postalCode": "87571"}], "name": [{"family": "Quillfeather"}]});
    [request, draft, doctor, role, other, task, patient]
}

#[test]
fn a_bundle_is_read_resource_by_resource_and_equals_the_files_of_an_export() {
    let [request, draft, mut doctor, role, other, task, patient] = resources();
    let entry =
        |resource: &serde_json::Value, url: &str| json!({"fullUrl": url, "resource": resource});
    let bundle = json!({"resourceType": "Bundle", "entry": [
        entry(&request, "urn:uuid:1"), entry(&draft, "urn:uuid:2"), entry(&doctor, "urn:uuid:77"),
        entry(&role, "urn:uuid:3"), entry(&other, "urn:uuid:4"), entry(&task, "urn:uuid:5"),
        entry(&patient, "urn:uuid:6"),
    ]});
    let columns = "referral_id, status, updated_at, referring_npi, referring_name, referred_to_npi, \
        referred_to_name, specialty, patient_zip, age_band";
    let sql = format!("select {columns} from lake_referrals order by 1");
    let expected = [
        "R1",
        "completed",
        "2026-07-06T10:00:00",
        "1234567893",
        "Jane Doe",
        "1003033051",
        "John Roe",
        "Cardiology",
        "87571",
        "65+",
    ];
    let pretty = serde_json::to_string_pretty(&bundle).unwrap();
    doctor["id"] = "77".into();
    let lines = [&request, &draft, &doctor, &role, &other, &task, &patient];
    let lines = lines.map(|resource| format!("{resource}\n")).concat();
    let forms: [(&str, Vec<u8>); 3] = [
        ("bundle.json", pretty.clone().into_bytes()),
        ("bundle.json.gz", gzipped(pretty.as_bytes())),
        ("mixed.ndjson", lines.into_bytes()),
    ];
    for (name, bytes) in forms {
        let inbox = Inbox::make();
        inbox.put(name, bytes);
        let said = inbox.take(&[]);
        assert_eq!(said.code, 0, "{said:?}");
        let rows = inbox.rows(&sql);
        assert_eq!(rows, [expected], "{name} {said:?}");
        let told = format!(
            "{}{:?}{:?}",
            said.lines,
            said.reports,
            inbox.rows("select * from lake_loads")
        );
        assert!(
            !told.contains("Quillfeather") && !told.contains("M-10001"),
            "{told}"
        );
    }
}

#[test]
fn a_list_of_objects_is_a_table() {
    let inbox = Inbox::make();
    let row = |id: &str, status: &str| {
        json!({"referral_id": id, "referred_on": "2026-07-04", "status": status,
            "referring_npi": "1234567893"})
    };
    let list = json!([row("R1", "requested"), row("R2", "whatever"), 7]);
    inbox.put("list.json", serde_json::to_string_pretty(&list).unwrap());
    let said = inbox.take(&[]);
    let report = said.only();
    assert_eq!(
        (number(report, "rows_read"), number(report, "accepted")),
        (3, 1),
        "{said:?}"
    );
    assert_eq!(
        (
            reason(report, "malformed_row"),
            reason(report, "unknown_status")
        ),
        (1, 1)
    );
}

/// Two mappings that fit alike are a question, and names that a mapping gives itself are no header.
#[test]
fn what_two_mappings_take_alike_is_asked() {
    let inbox = Inbox::make();
    let text = "table = \"organizations\"\n[columns]\norganization_id = \"npi\"\naffiliation = { value = \"own\" }\n";
    inbox.mapping("a", text).mapping("b", text);
    inbox.put("list.csv", "npi,name\n1234567893,Mesa\n");
    let line = inbox.refused(&[]);
    assert!(
        line.contains("could be organizations (a) as well as organizations (b)"),
        "{line}"
    );
    let said = inbox.take(&["--layout", "b"]);
    assert_eq!(said.only()["mapping"], "b", "{said:?}");

    let inbox = Inbox::make();
    let layout = catchment::mapping::Library::built_in()
        .get("cms_shared_patients")
        .unwrap();
    inbox.put(
        "pairs.csv",
        format!("{}\n1,2,3,4,5\n", layout.read.names.join(",")),
    );
    let said = inbox.take(&[]);
    assert_eq!(said.reports[0]["fate"], "passed_over", "{said:?}");
}
