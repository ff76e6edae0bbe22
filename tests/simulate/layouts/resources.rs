//! FHIR resources, read from their lines: every reference leads somewhere, what R4 requires is
//! there, and the canonical row is found again.

use std::collections::{BTreeMap, BTreeSet};

use catchment_simulate::Layout;

use super::json::Json;
use super::{QUARTERS, canonical, formed, settings};
use crate::territory::Row;

const KINDS: [&str; 8] = [
    "ServiceRequest",
    "Task",
    "Appointment",
    "Encounter",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
];

/// What R4 requires of each kind beyond its id (http://hl7.org/fhir/R4).
const REQUIRED: [(&str, &[&str]); 8] = [
    ("ServiceRequest", &["status", "intent", "subject"]),
    ("Task", &["status", "intent"]),
    ("Appointment", &["status", "participant/0/status"]),
    ("Encounter", &["status", "class/code"]),
    ("Practitioner", &["name/0/family"]),
    ("PractitionerRole", &["practitioner/reference"]),
    ("Organization", &["name"]),
    ("Location", &["name"]),
];

/// The codes that R4 knows for a status, and that are used.
const STATUSES: [(&str, &[&str]); 4] = [
    (
        "ServiceRequest",
        &[
            "active",
            "on-hold",
            "revoked",
            "completed",
            "entered-in-error",
        ],
    ),
    (
        "Task",
        &[
            "requested",
            "received",
            "accepted",
            "rejected",
            "cancelled",
            "in-progress",
            "failed",
            "completed",
            "entered-in-error",
        ],
    ),
    (
        "Appointment",
        &["booked", "fulfilled", "noshow", "cancelled"],
    ),
    ("Encounter", &["finished"]),
];

/// The resources of an export by `Kind/id`.
type Resources = BTreeMap<String, Json>;

fn resources(folder: &std::path::Path) -> Resources {
    let mut all = Resources::new();
    for kind in KINDS {
        let text = std::fs::read_to_string(folder.join(format!("{kind}.ndjson"))).unwrap();
        for line in text.lines() {
            let resource = Json::read(line);
            assert_eq!(resource.text("resourceType"), kind);
            let id = resource.text("id").to_string();
            let is_sign = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
            assert!(
                (1..=64).contains(&id.len()) && id.chars().all(is_sign),
                "{id}"
            );
            assert!(
                all.insert(format!("{kind}/{id}"), resource).is_none(),
                "{kind}/{id}"
            );
        }
    }
    all
}

fn check_forms(all: &Resources) -> BTreeSet<String> {
    let mut met = BTreeSet::new();
    for (name, resource) in all {
        let kind = name.split('/').next().unwrap();
        let (_, required) = REQUIRED.iter().find(|(k, _)| *k == kind).unwrap();
        assert!(
            required.iter().all(|path| resource.at(path).is_some()),
            "{resource:?}"
        );
        if let Some((_, statuses)) = STATUSES.iter().find(|(k, _)| *k == kind) {
            assert!(statuses.contains(&resource.text("status")), "{resource:?}");
        }
        resource.walk("", &mut |member, value| {
            match value {
                Json::List(items) => assert!(!items.is_empty()),
                Json::Object(members) => assert!(!members.is_empty()),
                Json::Text(text) => assert!(!text.is_empty(), "{resource:?}"),
            }
            if let (Some(to), "reference") = (value_text(value), member) {
                met.insert(to.to_string());
            }
            if let (Some(at), "lastUpdated" | "lastModified" | "start" | "end") =
                (value_text(value), member)
            {
                // A day, or a moment with its offset.
                assert!(
                    at.len() == 10 || at.ends_with("-05:00") || at.ends_with("-04:00"),
                    "{at}"
                );
            }
        });
    }
    met
}

fn value_text(value: &Json) -> Option<&str> {
    match value {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

/// The NPI and the name, given name first, of whom a reference leads to.
fn who(all: &Resources, reference: &str) -> (String, String, String, String) {
    let actor = &all[reference];
    let (person, organization) = match reference.starts_with("PractitionerRole/") {
        true => (
            &all[actor.text("practitioner/reference")],
            actor.text("organization/reference"),
        ),
        false => (actor, actor.text("partOf/reference")),
    };
    let name = match person.at("name/0") {
        Some(_) => format!(
            "{} {}",
            person.text("name/0/given/0"),
            person.text("name/0/family")
        ),
        None => person.text("name").to_string(),
    };
    if let Some(identifier) = person.at("identifier/0") {
        assert_eq!(identifier.text("system"), "http://hl7.org/fhir/sid/us-npi");
    }
    let place = actor.text("location/0/reference");
    (
        person.text("identifier/0/value").to_string(),
        name,
        all[organization].text("name").to_string(),
        all.get(place)
            .map_or("", |place| place.text("name"))
            .to_string(),
    )
}

fn check_end(all: &Resources, reference: &str, row: &Row, [npi, name]: [&str; 2]) {
    let found = who(all, reference);
    assert!(row[npi].is_empty() || found.0 == row[npi], "{row:?}");
    let known = row[name].as_str();
    let surname_first = found
        .1
        .split_once(' ')
        .map(|(g, s)| format!("{s}, {g}").to_uppercase());
    let is_it = known.is_empty() || known == found.1 || surname_first.as_deref() == Some(known);
    assert!(is_it, "{known} {found:?}");
}

/// The status that request, task and business status tell together.
fn status(request: &Json, task: &Json) -> &'static str {
    let business = task.text("businessStatus/coding/0/code");
    match (request.text("status"), task.text("status"), business) {
        ("active", "requested", "2.0") => "requested",
        ("on-hold", "received", "") => "in_review",
        ("active", "accepted", "3.0") => "accepted",
        ("active", "in-progress", "5.1.1") => "scheduled",
        ("active", "in-progress", "5.1.2") => "no_show",
        ("completed", "completed", "5.1.4" | "7.0") => "completed",
        ("revoked", "rejected", "4.0") => "declined",
        ("revoked", "rejected", "") => "redirected",
        ("revoked", "cancelled", "6.0") => "cancelled",
        ("revoked", "failed", "") => "expired",
        ("entered-in-error", "entered-in-error", "") => "void",
        other => panic!("{other:?}"),
    }
}

fn check_row(all: &Resources, row: &Row) {
    let id = &row["referral_id"];
    let number = &id[1..];
    let request = &all[&format!("ServiceRequest/{id}")];
    let task = &all[&format!("Task/T{number}")];
    assert_eq!(task.text("focus/reference"), format!("ServiceRequest/{id}"));
    assert_eq!(status(request, task), row["status"], "{request:?}");
    assert_eq!(task.text("statusReason/text"), row["status_reason"]);
    assert_eq!(task.text("output/0/valueDateTime"), row["report_sent_on"]);
    assert_eq!(request.text("identifier/0/value"), id);
    assert_eq!(request.text("authoredOn"), row["referred_on"]);
    assert_eq!(request.text("occurrencePeriod/end"), row["expires_on"]);
    assert_eq!(request.text("priority"), row["priority"]);
    assert_eq!(
        request.text("subject/reference"),
        format!("Patient/{}", row["patient_id"])
    );
    assert_eq!(request.text("insurance/0/display"), row["payer"]);
    assert_eq!(
        request.text("reasonCode/0/coding/0/code"),
        row["reason_code"]
    );
    assert_eq!(request.text("meta/lastUpdated")[..19], row["updated_at"]);
    let specialty = [
        request.text("performerType/text"),
        request.text("performerType/coding/0/code"),
    ];
    assert_eq!(specialty.concat(), row["specialty"]);
    let before = [
        request.text("basedOn/0/reference"),
        request.text("replaces/0/reference"),
    ];
    let expected = match row["replaces_id"].as_str() {
        "" => String::new(),
        id => format!("ServiceRequest/{id}"),
    };
    assert_eq!(before.concat(), expected);
    assert_eq!(!before[0].is_empty(), row["is_renewal"] == "true");
    check_end(
        all,
        request.text("requester/reference"),
        row,
        ["referring_npi", "referring_name"],
    );
    let from = who(all, request.text("requester/reference"));
    assert_eq!(from.3, row["referring_practice"]);
    let to = request.text("performer/0/reference");
    assert_eq!(to.is_empty(), row["referred_to_organization"].is_empty());
    if !to.is_empty() {
        check_end(all, to, row, ["referred_to_npi", "referred_to_name"]);
        assert_eq!(who(all, to).2, row["referred_to_organization"]);
    }
    let place = all.get(request.text("locationReference/0/reference"));
    assert_eq!(
        place.map_or("", |p| p.text("name")),
        row["referred_to_practice"]
    );
    check_visits(all, row, number);
}

fn check_visits(all: &Resources, row: &Row, number: &str) {
    let day = |text: &str| text.get(..10).unwrap_or("").to_string();
    let nothing = Json::Object(BTreeMap::new());
    let find = |kind: &str| all.get(&format!("{kind}{number}")).unwrap_or(&nothing);
    let appointment = find("Appointment/AP");
    assert_eq!(day(appointment.text("start")), row["appointment_on"]);
    assert_eq!(appointment.text("created"), row["scheduled_on"]);
    let visit = find("Encounter/V");
    assert_eq!(day(visit.text("period/start")), row["completed_on"]);
    let placed = find("Encounter/O");
    let setting = match (placed.text("class/code"), placed.text("serviceType/text")) {
        ("AMB", "Urgent care") => "urgent_care",
        ("AMB", "") => "office",
        ("VR", "") => "telehealth",
        ("EMER", "") => "ed",
        ("IMP", "") => "inpatient",
        _ => "",
    };
    assert_eq!(setting, row["setting"]);
}

#[test]
fn fhir_says_what_the_canonical_export_says() {
    let made = formed(&settings(), Layout::Fhir, None);
    let ours = formed(&settings(), Layout::Canonical, None);
    for quarter in QUARTERS {
        let all = resources(&made.path(&format!("referrals-{quarter}")));
        let expected = canonical(&ours, quarter);
        for row in expected.values() {
            check_row(&all, row);
        }
        let of = |kind: &str| all.keys().filter(|name| name.starts_with(kind)).count();
        assert_eq!(of("ServiceRequest/"), expected.len());
        assert_eq!(of("Task/"), expected.len());
        let met = check_forms(&all);
        for to in &met {
            // Patients are not exported, and what a referral follows may have ended before.
            let is_elsewhere = to.starts_with("Patient/") || to.starts_with("ServiceRequest/");
            assert!(is_elsewhere || all.contains_key(to), "{to}");
        }
        let lists = [
            "Practitioner/",
            "PractitionerRole/",
            "Organization/",
            "Location/",
        ];
        for name in all
            .keys()
            .filter(|n| lists.iter().any(|list| n.starts_with(list)))
        {
            assert!(met.contains(name), "nothing refers to {name}");
        }
    }
}
