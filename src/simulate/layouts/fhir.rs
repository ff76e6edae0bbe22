//! FHIR R4 as a bulk export has it: one folder an export, one file of lines a kind of resource. The
//! request says whether the order lives; task, appointment and encounter say what became of it. Who
//! is named is listed in fhir/lists.rs.

mod lists;

use super::json::{Json, object, one, text};
use super::{Destination, Named, Post, Record, Writer};
use crate::orders::Nature;
use crate::rows::column;
use crate::world::World;
use catchment_base::{Day, specialties};

/// The writer of FHIR.
#[derive(Debug)]
pub(super) struct Fhir;

/// The system of National Provider Identifiers.
const NPI: &str = "http://hl7.org/fhir/sid/us-npi";
const NUCC: &str = "http://nucc.org/provider-taxonomy";
const SNOMED: &str = "http://snomed.info/sct";
const ICD_10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const ENCOUNTER_CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const BUSINESS_STATUS: &str = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS";
/// What the made record system numbers and names by itself.
const REFERRAL_NUMBER: &str = "https://record-system.example/referral";
const DIRECTION: &str = "https://record-system.example/referral-direction";

impl Writer for Fhir {
    fn files(&self) -> Vec<(&'static str, String)> {
        let names = [
            "ServiceRequest.ndjson",
            "Task.ndjson",
            "Appointment.ndjson",
            "Encounter.ndjson",
            "Practitioner.ndjson",
            "PractitionerRole.ndjson",
            "Organization.ndjson",
            "Location.ndjson",
        ];
        names.map(|name| (name, String::new())).to_vec()
    }

    fn write(&self, record: &Record<'_>, files: &mut [Vec<u8>]) {
        let ends = Ends::new(record);
        service_request(record, &ends).push_line(&mut files[0]);
        task(record, &ends).push_line(&mut files[1]);
        if record.state.appointment_on.is_some() {
            appointment(record, &ends).push_line(&mut files[2]);
        }
        if !record.get(column::SETTING).is_empty() {
            order_encounter(record).push_line(&mut files[3]);
        }
        if record.state.completed_on.is_some() {
            visit(record, &ends).push_line(&mut files[3]);
        }
    }

    fn close(&self, world: &World, named: &Named, files: &mut [Vec<u8>]) {
        lists::push(world, named, files);
    }
}

/// Both ends of a referral as references.
struct Ends {
    requester: Json,
    performer: Json,
    location: Json,
}

impl Ends {
    fn new(record: &Record<'_>) -> Self {
        let world = record.world;
        let (performer, location) = match record.destination() {
            Destination::Post(post) => (
                reference(&actor(world, post)),
                reference(&format!("Location/{}", practice_id(world, post))),
            ),
            Destination::Stranger(number) => (
                reference(&format!("PractitionerRole/S{number}-role")),
                text(""),
            ),
            Destination::Nobody => (text(""), text("")),
        };
        Self {
            requester: reference(&actor(world, record.referrer())),
            performer,
            location,
        }
    }
}

/// Who acts at a post: a person in a role, or a facility.
fn actor(world: &World, post: Post) -> String {
    if world.roster.providers[post.0 as usize].is_organization {
        format!("Organization/F{}", role_id(post))
    } else {
        format!("PractitionerRole/{}", role_id(post))
    }
}

fn role_id((provider, place, is_sold): Post) -> String {
    let owner = if is_sold { "later" } else { "first" };
    format!("N{provider}-{place}-{owner}")
}

fn practice_id(world: &World, (provider, place, _): Post) -> &str {
    &world.roster.practice(provider, place).id
}

fn reference(to: &str) -> Json {
    object([("reference", text(to))])
}

fn coded(system: &'static str, code: &str, display: &str) -> Json {
    object([(
        "coding",
        one(object([
            ("system", text(if code.is_empty() { "" } else { system })),
            ("code", text(code)),
            ("display", text(display)),
        ])),
    )])
}

fn worded(words: &str) -> Json {
    object([("text", text(words))])
}

fn id_of(kind: &str, record: &Record<'_>) -> String {
    format!("{kind}{}", record.referral.order.id)
}

fn request_reference(record: &Record<'_>) -> Json {
    reference(&format!(
        "ServiceRequest/{}",
        record.get(column::REFERRAL_ID)
    ))
}

fn patient(record: &Record<'_>) -> Json {
    reference(&format!("Patient/{}", record.get(column::PATIENT_ID)))
}

fn service_request(record: &Record<'_>, ends: &Ends) -> Json {
    let before = match record.get(column::REPLACES_ID) {
        "" => text(""),
        id => one(reference(&format!("ServiceRequest/{id}"))),
    };
    let is_renewal = record.referral.order.nature == Nature::Renewal;
    let nothing = || text("");
    let (renewed, replaced) = match is_renewal {
        true => (before, nothing()),
        false => (nothing(), before),
    };
    let encounter = match record.get(column::SETTING) {
        "" => nothing(),
        _ => reference(&format!("Encounter/{}", id_of("O", record))),
    };
    object([
        ("resourceType", text("ServiceRequest")),
        ("id", text(record.get(column::REFERRAL_ID))),
        ("meta", changed(record)),
        (
            "identifier",
            one(object([
                ("system", text(REFERRAL_NUMBER)),
                ("value", text(record.get(column::REFERRAL_ID))),
            ])),
        ),
        ("basedOn", renewed),
        ("replaces", replaced),
        ("status", text(request_status(record))),
        ("intent", text("order")),
        ("category", Json::List(categories(record))),
        ("priority", text(record.get(column::PRIORITY))),
        ("code", coded(SNOMED, "3457005", "Patient referral")),
        ("subject", patient(record)),
        ("encounter", encounter),
        (
            "occurrencePeriod",
            object([
                ("start", text(record.get(column::REFERRED_ON))),
                ("end", text(record.get(column::EXPIRES_ON))),
            ]),
        ),
        ("authoredOn", text(record.get(column::REFERRED_ON))),
        ("requester", ends.requester.clone()),
        ("performerType", specialty(record.get(column::SPECIALTY))),
        ("performer", one(ends.performer.clone())),
        ("locationReference", one(ends.location.clone())),
        (
            "reasonCode",
            one(coded(ICD_10, record.get(column::REASON_CODE), "")),
        ),
        (
            "insurance",
            one(object([("display", text(record.get(column::PAYER)))])),
        ),
    ])
}

/// The kind of service, and whether the order leaves the house.
fn categories(record: &Record<'_>) -> Vec<Json> {
    let service = match record.get(column::SERVICE_TYPE) {
        "imaging" => coded(SNOMED, "363679005", "Imaging"),
        "lab" => coded(SNOMED, "108252007", "Laboratory procedure"),
        "procedure" => coded(SNOMED, "387713003", "Surgical procedure"),
        other => worded(other),
    };
    vec![service, coded(DIRECTION, record.get(column::DIRECTION), "")]
}

/// A specialty by its code where it is given as one, else in words.
fn specialty(cell: &str) -> Json {
    let is_code = specialties::find(cell).is_some_and(|s| s.nucc_codes.iter().any(|c| c == cell));
    if is_code {
        coded(NUCC, cell, "")
    } else {
        worded(cell)
    }
}

/// Whether the order lives; whether the patient was seen is not said here.
fn request_status(record: &Record<'_>) -> &'static str {
    match record.status() {
        "in_review" => "on-hold",
        "completed" => "completed",
        "declined" | "cancelled" | "expired" | "redirected" => "revoked",
        "void" => "entered-in-error",
        _ => "active",
    }
}

/// The task's status, and its business status by the codes of version 2.0.0.
fn task_status(record: &Record<'_>) -> (&'static str, &'static str, &'static str) {
    match record.status() {
        "requested" => ("requested", "2.0", ""),
        "in_review" => ("received", "", "In review"),
        "accepted" => ("accepted", "3.0", ""),
        "scheduled" => ("in-progress", "5.1.1", ""),
        "completed" if record.state.report_sent_on.is_some() => ("completed", "7.0", ""),
        "completed" => ("completed", "5.1.4", ""),
        "no_show" => ("in-progress", "5.1.2", ""),
        "declined" => ("rejected", "4.0", ""),
        "cancelled" => ("cancelled", "6.0", ""),
        "redirected" => ("rejected", "", "Referred onward"),
        "expired" => ("failed", "", "Expired"),
        _ => ("entered-in-error", "", ""),
    }
}

fn task(record: &Record<'_>, ends: &Ends) -> Json {
    let (status, code, words) = task_status(record);
    let business = if code.is_empty() {
        worded(words)
    } else {
        coded(BUSINESS_STATUS, code, "")
    };
    let report = record.get(column::REPORT_SENT_ON);
    let output = if report.is_empty() {
        text("")
    } else {
        one(object([
            ("type", worded("Consultation report")),
            ("valueDateTime", text(report)),
        ]))
    };
    object([
        ("resourceType", text("Task")),
        ("id", text(id_of("T", record))),
        ("meta", changed(record)),
        ("status", text(status)),
        ("statusReason", worded(record.get(column::STATUS_REASON))),
        ("businessStatus", business),
        ("intent", text("order")),
        ("focus", request_reference(record)),
        ("for", patient(record)),
        ("authoredOn", text(record.get(column::REFERRED_ON))),
        ("lastModified", text(moment_of(record))),
        ("requester", ends.requester.clone()),
        ("owner", ends.performer.clone()),
        ("output", output),
    ])
}

fn appointment(record: &Record<'_>, ends: &Ends) -> Json {
    let status = match record.status() {
        "completed" => "fulfilled",
        "no_show" => "noshow",
        "scheduled" => "booked",
        _ => "cancelled",
    };
    let (start, end) = hours(record.state.appointment_on);
    let taking_part = |actor: Json| {
        let is_nobody = actor == text("");
        object([
            ("actor", actor),
            ("status", text(if is_nobody { "" } else { "accepted" })),
        ])
    };
    let members = vec![
        taking_part(patient(record)),
        taking_part(ends.performer.clone()),
    ];
    object([
        ("resourceType", text("Appointment")),
        ("id", text(id_of("AP", record))),
        ("status", text(status)),
        ("start", text(start)),
        ("end", text(end)),
        ("created", text(record.get(column::SCHEDULED_ON))),
        ("basedOn", one(request_reference(record))),
        ("participant", Json::List(members)),
    ])
}

fn class(code: &str) -> Json {
    object([("system", text(ENCOUNTER_CLASS)), ("code", text(code))])
}

/// Where the order was placed.
fn order_encounter(record: &Record<'_>) -> Json {
    let (code, kind) = match record.get(column::SETTING) {
        "telehealth" => ("VR", ""),
        "ed" => ("EMER", ""),
        "inpatient" => ("IMP", ""),
        "urgent_care" => ("AMB", "Urgent care"),
        _ => ("AMB", ""),
    };
    object([
        ("resourceType", text("Encounter")),
        ("id", text(id_of("O", record))),
        ("status", text("finished")),
        ("class", class(code)),
        ("serviceType", worded(kind)),
        ("subject", patient(record)),
        (
            "period",
            object([("start", text(record.get(column::REFERRED_ON)))]),
        ),
    ])
}

/// What the referral led to.
fn visit(record: &Record<'_>, ends: &Ends) -> Json {
    let (start, end) = hours(record.state.completed_on);
    object([
        ("resourceType", text("Encounter")),
        ("id", text(id_of("V", record))),
        ("status", text("finished")),
        ("class", class("AMB")),
        ("subject", patient(record)),
        ("basedOn", one(request_reference(record))),
        (
            "appointment",
            one(reference(&format!("Appointment/{}", id_of("AP", record)))),
        ),
        (
            "period",
            object([("start", text(start)), ("end", text(end))]),
        ),
        ("location", {
            let location = ends.location.clone();
            one(object([("location", location)]))
        }),
    ])
}

fn changed(record: &Record<'_>) -> Json {
    object([("lastUpdated", text(moment_of(record)))])
}

fn moment_of(record: &Record<'_>) -> String {
    let day = record.state.updated_on;
    format!("{}{}", record.get(column::UPDATED_AT), offset(day))
}

/// Half an hour of a day.
fn hours(day: Option<Day>) -> (String, String) {
    let at = |time: &str| day.map(|d| format!("{d}T{time}:00{}", offset(d)));
    (
        at("09:30").unwrap_or_default(),
        at("10:00").unwrap_or_default(),
    )
}

/// The offset of the eastern time zone by day: summer time lasts from the second Sunday of March to
/// the first of November.
fn offset(day: Day) -> &'static str {
    let year = day.year();
    let sunday = |month: u32, nth: i32| {
        let first = Day::of(year, month, 1).unwrap_or(day);
        // 1970-01-04 was a Sunday.
        let after = (3 - first.0).rem_euclid(7);
        first.plus(after + 7 * (nth - 1))
    };
    if sunday(3, 2) <= day && day < sunday(11, 1) {
        "-04:00"
    } else {
        "-05:00"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The days on which clocks were changed (public).
    #[test]
    fn clocks_change_when_they_do() {
        for (day, expected) in [
            ("2024-03-09", "-05:00"),
            ("2024-03-10", "-04:00"),
            ("2024-11-02", "-04:00"),
            ("2024-11-03", "-05:00"),
            ("2026-03-08", "-04:00"),
            ("2026-11-01", "-05:00"),
        ] {
            assert_eq!(day.parse().map(offset).ok(), Some(expected), "{day}");
        }
    }
}
