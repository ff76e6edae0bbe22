//! athenaOne's documents as its data view has them: the orders of our own providers, among other
//! orders and documents, with the lists that give names to their numbers. An order says what it is
//! for by its name alone, and what became of it by the times that are filled in.

use std::sync::LazyLock;

use super::{Destination, Named, Record, Writer, surname_first};
use crate::names::folded;
use crate::orders::CARES;
use crate::rows::column;
use crate::services::SERVICES;
use crate::sheets::push_row;
use crate::world::World;

/// athenaOne's writer.
#[derive(Debug)]
pub(super) struct Athena;

const DOCUMENT: [&str; 18] = [
    "document_id",
    "document_class",
    "clinical_order_type",
    "clinical_order_type_group",
    "clinical_provider_id",
    "department_id",
    "patient_id",
    "provider_username",
    "order_datetime",
    "created_datetime",
    "received_datetime",
    "reviewed_datetime",
    "denied_datetime",
    "deactivated_datetime",
    "deleted_datetime",
    "priority",
    "status",
    "out_of_network_ref_reason_name",
];
const CLINICAL_PROVIDER: [&str; 18] = [
    "clinical_provider_id",
    "name",
    "first_name",
    "middle_name",
    "last_name",
    "title",
    "gender",
    "npi",
    "address1",
    "address2",
    "city",
    "state",
    "zip",
    "country",
    "phone",
    "fax",
    "created_datetime",
    "deleted_datetime",
];
const PROVIDER: [&str; 4] = [
    "provider_id",
    "provider_username",
    "scheduling_name",
    "provider_npi",
];
const DEPARTMENT: [&str; 3] = ["department_id", "department_name", "billing_name"];

/// Numbers of clinical providers: those of the roster, and of strangers.
const ROSTER: u32 = 20_000;
const STRANGERS: u32 = 90_000;

/// The reasons that a practice may give for sending an order outside, as [`crate::orders::REASONS`].
const REASON_NAMES: [(&str, &str); 8] = [
    ("patient preference", "PATIENT CHOICE"),
    ("insurance", "INSURANCE NOT ACCEPTED"),
    ("physician judgement", "CONTINUITY OF CARE"),
    ("no timely appointment", "NO AVAILABILITY"),
    ("no answer", "NO RESPONSE"),
    ("service not offered", "SERVICE NOT AVAILABLE"),
    ("habit", "EXISTING RELATIONSHIP"),
    ("incomplete form", "MISSING INFORMATION"),
];

/// By service the names of its orders.
static ORDERS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let named = |service: &str| {
        let lines = include_str!("athena_orders.txt").lines();
        let named = lines.filter_map(|line| line.split_once(": "));
        named
            .filter(|(name, _)| *name == service)
            .map(|(_, order)| order)
            .collect()
    };
    SERVICES.iter().map(|service| named(service.name)).collect()
});

/// Documents that are no referrals: class, order, group, and up to which share of referrals one
/// stands beside them.
const OTHERS: [(&str, &str, &str, f64); 4] = [
    ("ORDER", "LIPID PANEL, SERUM", "LAB", 0.02),
    ("ORDER", "XR, CHEST, 2 VIEWS", "IMAGING", 0.03),
    ("PRESCRIPTION", "ATORVASTATIN 20 MG TABLET", "", 0.045),
    ("DME", "WALKER, FOLDING", "DME", 0.05),
];

impl Writer for Athena {
    fn files(&self) -> Vec<(&'static str, String)> {
        let head = |columns: &[&str]| format!("{}\n", columns.join(","));
        vec![
            ("DOCUMENT.csv", head(&DOCUMENT)),
            ("CLINICALPROVIDER.csv", head(&CLINICAL_PROVIDER)),
            ("PROVIDER.csv", head(&PROVIDER)),
            ("DEPARTMENT.csv", head(&DEPARTMENT)),
        ]
    }

    /// What others order is no order of this practice.
    fn holds(&self, record: &Record<'_>) -> bool {
        record.is_own()
    }

    fn write(&self, record: &Record<'_>, files: &mut [Vec<u8>]) {
        let mut cells = document(record);
        push_row(&mut files[0], cells.iter().map(String::as_str));
        let roll = record.roll(1);
        if let Some((class, order, group, _)) = OTHERS.iter().find(|(.., share)| roll < *share) {
            cells[0] = format!("D{}", record.referral.order.id);
            cells[1] = (*class).to_string();
            cells[2] = (*order).to_string();
            cells[3] = (*group).to_string();
            push_row(&mut files[0], cells.iter().map(String::as_str));
        }
    }

    fn close(&self, world: &World, named: &Named, files: &mut [Vec<u8>]) {
        let mut seen = Vec::new();
        for (provider, _, _) in &named.to {
            if seen.last() != Some(provider) {
                let name = surname_first(world, *provider);
                let npi = &world.roster.providers[*provider as usize].npi;
                clinical_provider(&mut files[1], provider + ROSTER, &name, npi);
                seen.push(*provider);
            }
        }
        for number in &named.strangers {
            let stranger = &world.strangers[*number as usize];
            let npi = stranger.npi.as_deref().unwrap_or("");
            let name = folded(&stranger.name);
            clinical_provider(&mut files[1], number + STRANGERS, &name, npi);
        }
        people(world, named, &mut files[2]);
        departments(world, named, &mut files[3]);
    }
}

fn clinical_provider(file: &mut Vec<u8>, number: u32, name: &str, npi: &str) {
    let number = number.to_string();
    let cells = CLINICAL_PROVIDER.iter().map(|column| match *column {
        "clinical_provider_id" => number.as_str(),
        "name" => name,
        "npi" => npi,
        "country" => "USA",
        _ => "",
    });
    push_row(file, cells);
}

fn people(world: &World, named: &Named, file: &mut Vec<u8>) {
    let mut last = None;
    for (provider, _, _) in &named.from {
        if last == Some(provider) {
            continue;
        }
        last = Some(provider);
        let row = &world.roster.providers[*provider as usize];
        let cells = [
            (provider + 100).to_string(),
            username(world, *provider),
            surname_first(world, *provider),
            row.npi.clone(),
        ];
        push_row(file, cells.iter().map(String::as_str));
    }
}

fn departments(world: &World, named: &Named, file: &mut Vec<u8>) {
    let posts = named.from.iter();
    let numbers = posts.map(|(provider, place, _)| practice_number(world, *provider, *place));
    let numbers: std::collections::BTreeSet<u32> = numbers.collect();
    for number in numbers {
        let name = &world.roster.practices[number as usize].name;
        push_row(file, [(number + 1).to_string().as_str(), name, name]);
    }
}

fn practice_number(world: &World, provider: u32, place: u8) -> u32 {
    world.roster.providers[provider as usize].practices[usize::from(place)]
}

/// The first letter of the given name, the surname, and a number.
fn username(world: &World, provider: u32) -> String {
    let name = &world.roster.providers[provider as usize].name;
    let (given, surname) = name.split_once(' ').unwrap_or(("", name));
    let first = given.get(..1).unwrap_or("");
    let letters = surname.chars().filter(char::is_ascii_alphabetic);
    format!("{first}{}{provider}", letters.collect::<String>()).to_lowercase()
}

fn document(record: &Record<'_>) -> Vec<String> {
    DOCUMENT.iter().map(|name| cell(record, name)).collect()
}

/// The time at which something was done on a day; the hour says nothing.
fn at(day: &str, hour: u32) -> String {
    if day.is_empty() {
        String::new()
    } else {
        format!("{day} {hour:02}:15:00")
    }
}

fn cell(record: &Record<'_>, name: &str) -> String {
    let order = &record.referral.order;
    let ordered = record.get(column::REFERRED_ON);
    let changed = record.state.updated_on.to_string();
    let when = |is: bool| at(if is { &changed } else { "" }, 16);
    let is_deleted = record.status() == "void" || record.is_mistake();
    let is_dropped = matches!(record.status(), "cancelled" | "redirected") && !is_deleted;
    match name {
        "document_id" => record.get(column::REFERRAL_ID).to_string(),
        "document_class" => "ORDER".to_string(),
        "clinical_order_type" => {
            let names = &ORDERS[usize::from(order.service)];
            let at = (record.roll(2) * names.len() as f64) as usize;
            names.get(at).copied().unwrap_or("REFERRAL").to_string()
        }
        "clinical_order_type_group" => group(CARES[usize::from(order.care)]).to_string(),
        "clinical_provider_id" => match record.destination() {
            Destination::Post((provider, _, _)) => (provider + ROSTER).to_string(),
            Destination::Stranger(number) => (number + STRANGERS).to_string(),
            Destination::Nobody => String::new(),
        },
        "department_id" => {
            let (provider, place, _) = record.referrer();
            (practice_number(record.world, provider, place) + 1).to_string()
        }
        "patient_id" => record.get(column::PATIENT_ID).to_string(),
        "provider_username" => username(record.world, record.referrer().0),
        "order_datetime" => at(ordered, 10),
        "created_datetime" => at(ordered, 9),
        "received_datetime" => at(record.get(column::REPORT_SENT_ON), 11),
        "reviewed_datetime" => at(record.get(column::REPORT_SENT_ON), 15),
        "denied_datetime" => when(record.status() == "declined"),
        "deactivated_datetime" => when(is_dropped),
        "deleted_datetime" => when(is_deleted),
        "priority" => record.get(column::PRIORITY).to_uppercase(),
        "status" if is_deleted => "DELETED".to_string(),
        "status" => status(record).to_string(),
        "out_of_network_ref_reason_name" => reason(record).to_string(),
        _ => String::new(),
    }
}

fn group(care: &str) -> &'static str {
    match care {
        "imaging" => "IMAGING",
        "lab" => "LAB",
        "procedure" => "PROCEDURE",
        _ => "REFERRAL",
    }
}

/// Whom nobody told of the visit still waits: the document knows of the report alone.
fn status(record: &Record<'_>) -> &'static str {
    match record.status() {
        "in_review" => "REVIEW",
        "expired" | "declined" | "cancelled" | "redirected" => "CLOSED",
        "completed" if record.state.report_sent_on.is_some() => "CLOSED",
        _ => "SUBMITTED",
    }
}

/// Said only of orders that leave the network and still stand.
fn reason(record: &Record<'_>) -> &'static str {
    let is_dropped = ["cancelled", "declined", "redirected", "void"].contains(&record.status());
    if record.get(column::DIRECTION) != "outgoing" || is_dropped {
        return "";
    }
    let why = record.get(column::STATUS_REASON);
    let known = REASON_NAMES.iter().find(|(ours, _)| *ours == why);
    known.map_or("", |(_, theirs)| theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_several_orders_and_no_name_two_services() {
        let names: Vec<&str> = ORDERS.iter().flatten().copied().collect();
        assert!(ORDERS.iter().all(|names| names.len() >= 2));
        assert!(names.iter().all(|name| name.contains("REFERRAL")));
        let different: std::collections::BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(different.len(), names.len());
    }
}
