//! eClinicalWorks' table of referrals: one file an export in which everything is text, dates too. A
//! deleted referral stays with a flag; who refers and where to are numbers of its own, names, and
//! NPIs where the provider is known to its network.

use super::{Record, Writer, american, half_day};
use crate::rows::{column, time_of};
use crate::sheets::push_row;

/// eClinicalWorks' writer.
#[derive(Debug)]
pub(super) struct Ecw;

const COLUMNS: [&str; 32] = [
    "ReferralId",
    "patientID",
    "insId",
    "refFrom",
    "authNo",
    "date",
    "reason",
    "diagnosis",
    "refStDate",
    "refEnddate",
    "visitsAllowed",
    "visitsUsed",
    "RefTo",
    "notes",
    "deleteFlag",
    "referralType",
    "priority",
    "assignedTo",
    "status",
    "fromfacility",
    "ToFacility",
    "speciality",
    "ReferralNumber",
    "apptDate",
    "ReceivedDate",
    "ApptTime",
    "refFromP2pNPI",
    "refFromName",
    "refToP2pNPI",
    "refToName",
    "modifiedDate",
    "statusUpdateDate",
];

impl Writer for Ecw {
    fn files(&self) -> Vec<(&'static str, String)> {
        vec![("referral.csv", format!("{}\n", COLUMNS.join(",")))]
    }

    fn write(&self, record: &Record<'_>, files: &mut [Vec<u8>]) {
        let cells: Vec<String> = COLUMNS.iter().map(|name| cell(record, name)).collect();
        push_row(&mut files[0], cells.iter().map(String::as_str));
    }
}

fn cell(record: &Record<'_>, name: &str) -> String {
    let text = |column: usize| record.get(column).to_string();
    let order = &record.referral.order;
    let is_deleted = record.status() == "void" || record.is_mistake();
    match name {
        "ReferralId" => text(column::REFERRAL_ID),
        "patientID" => text(column::PATIENT_ID),
        "insId" => (order.payer + 11).to_string(),
        "refFrom" => (record.referrer().0 + 5_000).to_string(),
        "date" | "refStDate" => record.american(column::REFERRED_ON),
        "diagnosis" => text(column::REASON_CODE),
        "refEnddate" => record.american(column::EXPIRES_ON),
        "visitsAllowed" => "1".to_string(),
        "visitsUsed" => u8::from(record.state.completed_on.is_some()).to_string(),
        "RefTo" if !record.destination_name().is_empty() => (order.id % 900 + 9_000).to_string(),
        "RefTo" => "0".to_string(),
        "deleteFlag" => u8::from(is_deleted).to_string(),
        "referralType" if text(column::DIRECTION) == "incoming" => "I".to_string(),
        "referralType" => "O".to_string(),
        "priority" => PRIORITIES[usize::from(order.priority).min(2)].to_string(),
        "assignedTo" => format!("staff{}", order.id % 7),
        "status" => status(record).to_string(),
        "fromfacility" => text(column::REFERRING_PRACTICE),
        "ToFacility" => text(column::REFERRED_TO_PRACTICE),
        "speciality" => text(column::SPECIALTY),
        "ReferralNumber" => order.id.to_string(),
        "apptDate" if text(column::APPOINTMENT_ON).is_empty() => "01/01/1901".to_string(),
        "apptDate" => record.american(column::APPOINTMENT_ON),
        // Of an incoming referral it is the day on which that came in.
        "ReceivedDate" if text(column::DIRECTION) == "incoming" => {
            record.american(column::REFERRED_ON)
        }
        "ReceivedDate" => record.american(column::REPORT_SENT_ON),
        "ApptTime" if !text(column::APPOINTMENT_ON).is_empty() => "09:30 AM".to_string(),
        "refFromP2pNPI" => or_zero(text(column::REFERRING_NPI)),
        "refFromName" => record.referrer_name(),
        "refToP2pNPI" => or_zero(text(column::REFERRED_TO_NPI)),
        "refToName" => record.destination_name(),
        "modifiedDate" => modified(record),
        "statusUpdateDate" => american(&record.state.updated_on.to_string()),
        _ => String::new(),
    }
}

/// The words of `priority`, in the order of the canonical ones.
const PRIORITIES: [&str; 3] = ["Routine", "Urgent", "STAT"];

fn or_zero(npi: String) -> String {
    if npi.is_empty() { "0".to_string() } else { npi }
}

fn modified(record: &Record<'_>) -> String {
    let day = record.state.updated_on;
    let seed = record.world.settings.seed;
    let time = time_of(seed, record.referral.order.id, day);
    format!("{} {}", american(&day.to_string()), half_day(time, false))
}

/// Addressed means dealt with, whether or not the patient was seen.
fn status(record: &Record<'_>) -> &'static str {
    match record.status() {
        "in_review" => "Pending Review",
        "accepted" | "scheduled" => "Consult Pending",
        "completed" | "expired" => "Addressed",
        "no_show" => "No Show",
        "declined" => "Denied",
        "cancelled" => "Cancelled",
        "redirected" => "Forwarded",
        _ => "Open",
    }
}
