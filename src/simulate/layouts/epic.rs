//! Epic's tables of referrals as an extract has them: one folder an export, tab between cells, the
//! column names of Epic's published tables. Beside the referrals stand what shares the table with
//! them: prior authorisations, admissions, drug approvals, and sources that are advertisements.

use catchment_base::Day;

use super::{Record, Writer, american, half_day, push_tabbed};
use crate::course::{Ending, NEVER};
use crate::orders::{CARES, REASONS, reason};
use crate::rows::{column, time_of};

/// Epic's writer.
#[derive(Debug)]
pub(super) struct Epic {
    /// Whether the site added columns for NPIs and for the referral that an onward one follows.
    pub(super) has_npis: bool,
}

/// The columns of REFERRAL; those that only some sites have begin with a star.
const REFERRAL: [&str; 39] = [
    "REFERRAL_ID",
    "EXTERNAL_ID_NUM",
    "PAT_ID",
    "ENTRY_DATE",
    "RFL_STATUS_C_NAME",
    "REFERRING_PROV_ID",
    "REFERRING_PROV_ID_REFERRING_PROV_NAM",
    "*REFERRING_PROV_NPI",
    "VENDOR_ID_VENDOR_NAME",
    "REFERRAL_PROV_ID_PROV_NAME",
    "*REFERRED_TO_PROV_NPI",
    "PROV_SPEC_C_NAME",
    "RFL_TYPE_C_NAME",
    "RSN_FOR_RFL_C_NAME",
    "RFL_CLASS_C_NAME",
    "START_DATE",
    "EXP_DATE",
    "PEND_RSN_C_NAME",
    "DENY_RSN_C_NAME",
    "SVC_DATE_REAL",
    "PAYOR_ID_PAYOR_NAME",
    "SERV_DATE",
    "RETRO_FLAG_YN",
    "REFD_BY_LOC_POS_ID_LOC_NAME",
    "REFD_TO_LOC_POS_ID_LOC_NAME",
    "REFD_TO_DEPT_ID_EXTERNAL_NAME",
    "REFD_TO_SPEC_C_NAME",
    "PRIORITY_C_NAME",
    "ACTUAL_NUM_VISITS",
    "SCHED_NUM_VISITS",
    "REQUEST_NUM_VISITS",
    "REFD_BY_DEPT_ID_EXTERNAL_NAME",
    "CLOSE_RSN_C_NAME",
    "SCHED_STATUS_C_NAME",
    "SCHED_BY_DATE",
    "NON_PREF_PROV_RSN_C_NAME",
    "*PREVIOUS_REFERRAL_ID",
    "AUTH_NUM",
    "DECISION_DATE",
];
const REFERRAL_2: [&str; 6] = [
    "REFERRAL_ID",
    "RFL_RECEIVED_DATE",
    "RPT_SENT_DATE",
    "RPT_RECEIVED_DATE",
    "TRIAGE_DECISION_C_NAME",
    "REJECT_REASON_C_NAME",
];
const REFERRAL_3: [&str; 3] = [
    "REFERRAL_ID",
    "REFERRING_DEP_SPC_C_NAME",
    "CANCEL_RSN_C_NAME",
];
const REFERRAL_4: [&str; 4] = [
    "REFERRAL_ID",
    "RFL_NET_LVL_C_NAME",
    "RFL_DIRECTION_C_NAME",
    "IS_LEAKED_YN",
];
const REFERRAL_APT: [&str; 4] = [
    "REFERRAL_ID",
    "LINE_COUNT",
    "SERVICE_DATE",
    "SERVICE_TYPE_C_NAME",
];
const REFERRAL_HIST: [&str; 6] = [
    "REFERRAL_ID",
    "LINE",
    "CHANGE_DATE",
    "CHANGE_TYPE_C_NAME",
    "CHANGE_USER_ID",
    "CHANGE_LOCAL_DTTM",
];

/// The words that the site has for [`REASONS`].
const REASON_NAMES: [&str; 11] = [
    "",
    "Patient Preference",
    "Insurance",
    "Provider Judgment",
    "No Availability",
    "Unable to Reach",
    "Service Not Available",
    "Existing Relationship",
    "Missing Information",
    "Duplicate Referral",
    "Ordered in Error",
];
/// The words that the site has for [`CARES`].
const TYPE_NAMES: [&str; 7] = [
    "Referral",
    "Consultation",
    "Procedure",
    "Diagnostic Imaging",
    "Laboratory",
    "Therapy",
    "Post-Acute Care",
];

/// What shares the table with referrals: the type, and up to which share it stands beside one.
const OTHERS: [(&str, f64); 5] = [
    ("Prior Authorization", 0.02),
    ("Admission", 0.03),
    ("Inpatient Authorization", 0.035),
    ("Medication Prior Authorization", 0.05),
    ("Advertisement", 0.06),
];
/// Sources that are no clinicians.
const SOURCES: [&str; 3] = ["TELEVISION AD", "INTERNET SEARCH", "BILLBOARD"];

impl Writer for Epic {
    fn files(&self) -> Vec<(&'static str, String)> {
        let head = |columns: &[&str]| format!("{}\n", columns.join("\t"));
        let main: Vec<&str> = REFERRAL
            .iter()
            .filter_map(|name| match name.strip_prefix('*') {
                Some(name) => self.has_npis.then_some(name),
                None => Some(*name),
            })
            .collect();
        vec![
            ("REFERRAL.tsv", head(&main)),
            ("REFERRAL_2.tsv", head(&REFERRAL_2)),
            ("REFERRAL_3.tsv", head(&REFERRAL_3)),
            ("REFERRAL_4.tsv", head(&REFERRAL_4)),
            ("REFERRAL_APT.tsv", head(&REFERRAL_APT)),
            ("REFERRAL_HIST.tsv", head(&REFERRAL_HIST)),
        ]
    }

    fn write(&self, record: &Record<'_>, files: &mut [Vec<u8>]) {
        let row = Row::new(record);
        self.push(&row, files);
        let roll = record.roll(1);
        if let Some((kind, _)) = OTHERS.iter().find(|(_, share)| roll < *share) {
            self.push(&row.beside(kind), files);
        }
    }
}

impl Epic {
    fn push(&self, row: &Row<'_>, files: &mut [Vec<u8>]) {
        let main: Vec<&str> = REFERRAL
            .iter()
            .filter(|name| self.has_npis || !name.starts_with('*'))
            .map(|name| row.main(name.trim_start_matches('*')))
            .collect();
        push_tabbed(&mut files[0], &main);
        row.push_second(&mut files[1]);
        row.push_third(&mut files[2]);
        row.push_fourth(&mut files[3]);
        row.push_visit(&mut files[4]);
        row.push_history(&mut files[5]);
    }
}

/// What is written of a referral.
struct Row<'a> {
    record: &'a Record<'a>,
    id: String,
    kind: &'static str,
    source: String,
    status: &'static str,
    /// The order's own reason, and that of its end.
    reasons: [&'static str; 2],
    dates: Dates,
    texts: Texts,
}

/// Days as Epic writes them; the number of days since 1840 too.
struct Dates {
    entry: String,
    start: String,
    expiry: String,
    service: String,
    service_number: String,
    decision: String,
    schedule_by: String,
}

/// Texts that are made.
struct Texts {
    referrer_id: String,
    destination: String,
    priority: String,
    visits: [&'static str; 2],
    close: &'static str,
    authorization: String,
}

impl<'a> Row<'a> {
    fn new(record: &'a Record<'a>) -> Self {
        let order = &record.referral.order;
        let is_over = record.is_over();
        let why = match record.referral.course.reason {
            why if is_over && why != reason::NONE => REASON_NAMES[usize::from(why)],
            _ => "",
        };
        Self {
            record,
            id: record.get(column::REFERRAL_ID).to_string(),
            kind: TYPE_NAMES[usize::from(order.care).min(CARES.len() - 1)],
            source: record.referrer_name(),
            status: status(record),
            reasons: [
                REASON_NAMES[usize::from(order.reason).min(REASONS.len() - 1)],
                why,
            ],
            dates: dates(record),
            texts: texts(record),
        }
    }

    /// Another kind of authorisation that stands beside the referral in the table.
    fn beside(&self, kind: &'static str) -> Row<'a> {
        let mut other = Row::new(self.record);
        let number = self.record.referral.order.id;
        other.id = format!("A{number}");
        if kind == "Advertisement" {
            other.source = SOURCES[number as usize % SOURCES.len()].to_string();
        } else {
            other.kind = kind;
        }
        other
    }

    /// The specialty stands in the provider's column or in the department's.
    fn specialty(&self, is_provider: bool) -> &str {
        let has_provider = self.record.roll(2) < 0.8;
        if has_provider == is_provider {
            self.record.get(column::SPECIALTY)
        } else {
            ""
        }
    }

    fn main(&self, name: &str) -> &str {
        let record = self.record;
        match name {
            "REFERRAL_ID" => &self.id,
            "PAT_ID" => record.get(column::PATIENT_ID),
            "ENTRY_DATE" => &self.dates.entry,
            "RFL_STATUS_C_NAME" => self.status,
            "REFERRING_PROV_ID" => &self.texts.referrer_id,
            "REFERRING_PROV_ID_REFERRING_PROV_NAM" => &self.source,
            "REFERRING_PROV_NPI" => record.get(column::REFERRING_NPI),
            "VENDOR_ID_VENDOR_NAME" => record.get(column::REFERRED_TO_ORGANIZATION),
            "REFERRAL_PROV_ID_PROV_NAME" => &self.texts.destination,
            "REFERRED_TO_PROV_NPI" => record.get(column::REFERRED_TO_NPI),
            "PROV_SPEC_C_NAME" => self.specialty(true),
            "REFD_TO_SPEC_C_NAME" => self.specialty(false),
            "RFL_TYPE_C_NAME" => self.kind,
            "RSN_FOR_RFL_C_NAME" if record.get(column::IS_RENEWAL) == "true" => "Renewal",
            "RSN_FOR_RFL_C_NAME" => "Specialty Services Required",
            "RFL_CLASS_C_NAME" => class(record),
            "START_DATE" => &self.dates.start,
            "EXP_DATE" => &self.dates.expiry,
            "PEND_RSN_C_NAME" if record.status() == "in_review" => "Clinical Review",
            "DENY_RSN_C_NAME" if self.status == "Denied" => self.reasons[1],
            "SVC_DATE_REAL" => &self.dates.service_number,
            "PAYOR_ID_PAYOR_NAME" => record.get(column::PAYER),
            "SERV_DATE" => &self.dates.service,
            "RETRO_FLAG_YN" => "N",
            "REFD_BY_LOC_POS_ID_LOC_NAME" => record.get(column::REFERRING_PRACTICE),
            "REFD_TO_LOC_POS_ID_LOC_NAME" => record.get(column::REFERRED_TO_PRACTICE),
            "PRIORITY_C_NAME" => &self.texts.priority,
            "ACTUAL_NUM_VISITS" => self.texts.visits[1],
            "SCHED_NUM_VISITS" => self.texts.visits[0],
            "REQUEST_NUM_VISITS" => "1",
            "REFD_BY_DEPT_ID_EXTERNAL_NAME" => record.get(column::REFERRING_DEPARTMENT),
            "CLOSE_RSN_C_NAME" if record.status() == "expired" && !self.reasons[1].is_empty() => {
                self.reasons[1]
            }
            "CLOSE_RSN_C_NAME" => self.texts.close,
            "SCHED_STATUS_C_NAME" if self.texts.visits[0] == "1" => "Scheduled",
            "SCHED_STATUS_C_NAME" if record.is_over() => "Do Not Schedule",
            "SCHED_STATUS_C_NAME" => "Ready to Schedule",
            "SCHED_BY_DATE" => &self.dates.schedule_by,
            "NON_PREF_PROV_RSN_C_NAME" => self.reasons[0],
            "PREVIOUS_REFERRAL_ID" => record.get(column::REPLACES_ID),
            // An authorisation of the payer's, which names no other referral.
            "EXTERNAL_ID_NUM" | "AUTH_NUM" => &self.texts.authorization,
            "DECISION_DATE" => &self.dates.decision,
            _ => "",
        }
    }

    fn push_second(&self, file: &mut Vec<u8>) {
        let record = self.record;
        let report = record.american(column::REPORT_SENT_ON);
        let (decision, why) = match record.status() {
            "declined" if self.status == "Closed" => ("Reject", self.reasons[1]),
            "redirected" => ("Redirect", self.reasons[1]),
            "accepted" | "scheduled" | "completed" => ("Accept", ""),
            _ => ("", ""),
        };
        let cells = [&self.id, &self.dates.entry, &report, "", decision, why];
        push_tabbed(file, &cells);
    }

    fn push_third(&self, file: &mut Vec<u8>) {
        let department = self.record.get(column::REFERRING_DEPARTMENT);
        let specialty = department.strip_suffix(" Clinic").unwrap_or("");
        let why = match self.record.status() {
            "cancelled" => self.reasons[1],
            _ => "",
        };
        push_tabbed(file, &[&self.id, specialty, why]);
    }

    /// The insurer's network, and Epic's own judgements, which say nothing of ours.
    fn push_fourth(&self, file: &mut Vec<u8>) {
        let network = match self.record.roll(3) {
            0.0..0.7 => "In Network",
            0.7..0.9 => "Out of Network",
            _ => "N/A",
        };
        let direction = match class(self.record) {
            "Incoming" => "Inbound",
            "" => "",
            _ => "Outbound",
        };
        let is_leaked = if self.record.roll(4) < 0.3 { "Y" } else { "" };
        push_tabbed(file, &[&self.id, network, direction, is_leaked]);
    }

    fn push_visit(&self, file: &mut Vec<u8>) {
        let day = self.record.american(column::APPOINTMENT_ON);
        if !day.is_empty() {
            push_tabbed(file, &[&self.id, "1", &day, "Visit"]);
        }
    }

    fn push_history(&self, file: &mut Vec<u8>) {
        let seed = self.record.world.settings.seed;
        let order = self.record.referral.order.id;
        for (line, (day, what)) in (1..).zip(changes(self.record)) {
            let date = american(&day.to_string());
            let time = half_day(time_of(seed, order, day), true);
            let moment = format!("{date} {time}");
            let line = line.to_string();
            let user = format!("U{}", order % 17);
            push_tabbed(file, &[&self.id, &line, &date, what, &user, &moment]);
        }
    }
}

fn status(record: &Record<'_>) -> &'static str {
    match record.status() {
        "requested" if record.roll(5) < 0.5 => "Open",
        "requested" => "New Request",
        "in_review" if record.roll(5) < 0.2 => "Incomplete",
        "in_review" => "Pending Review",
        // A triage nurse of ours rejects; a payer or another office denies.
        "declined" if record.roll(5) < 0.6 => "Denied",
        "cancelled" => "Canceled",
        "completed" if record.roll(5) < 0.3 => "Authorized",
        "accepted" | "scheduled" | "void" => "Authorized",
        _ => "Closed",
    }
}

fn class(record: &Record<'_>) -> &'static str {
    match record.get(column::DIRECTION) {
        "internal" => "Internal",
        "outgoing" => "Outgoing",
        "incoming" => "Incoming",
        _ => "",
    }
}

fn dates(record: &Record<'_>) -> Dates {
    let order = &record.referral.order;
    let accepted = record.referral.course.accepted;
    let start = order.day.plus(i32::from(accepted));
    let start = (accepted != NEVER && start <= record.day).then_some(start);
    let expiry = record.american(column::EXPIRES_ON);
    let text = |day: Option<Day>| day.map(|d| american(&d.to_string())).unwrap_or_default();
    // The authorised start, and where there is none the expiry: no day of any visit.
    let service = start.or_else(|| record.get(column::EXPIRES_ON).parse().ok());
    let epoch = Day::of(1840, 12, 31).unwrap_or(Day(0));
    let number = service.map(|day| (day.0 - epoch.0).to_string());
    Dates {
        entry: record.american(column::REFERRED_ON),
        start: text(start),
        service: text(service),
        service_number: number.unwrap_or_default(),
        decision: text(Some(record.state.updated_on)),
        schedule_by: text(Some(order.day.plus(14))),
        expiry,
    }
}

fn texts(record: &Record<'_>) -> Texts {
    let order = &record.referral.order;
    let mut priority = record.get(column::PRIORITY).to_string();
    if priority == "stat" {
        priority.make_ascii_uppercase();
    } else if let Some(first) = priority.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let is_booked = record.state.scheduled_on.is_some();
    let is_seen = record.state.completed_on.is_some();
    let number = |is: bool| if is { "1" } else { "0" };
    let has_number = record.roll(6) < 0.3;
    Texts {
        referrer_id: format!("{}", 100_000 + record.referrer().0),
        destination: record.destination_name(),
        priority,
        visits: [number(is_booked), number(is_seen)],
        close: match record.status() {
            "expired" => "Expired-Auto Closed",
            "no_show" => "Patient No-Show",
            "redirected" => "Referred Onward",
            "completed" if status(record) == "Closed" => "Visits Completed",
            _ => "",
        },
        authorization: if has_number {
            format!("{}", 7_000_000 + order.id)
        } else {
            String::new()
        },
    }
}

/// The last change of each day on which the referral changed, up to the day of the export.
fn changes(record: &Record<'_>) -> Vec<(Day, &'static str)> {
    let course = &record.referral.course;
    let end = match course.ending {
        Ending::Completed => "Change Visit Info",
        Ending::NoShow | Ending::Redirected => "Closed Manually",
        Ending::Declined => "Reject Referral",
        Ending::Cancelled => "Change Status",
        Ending::Expired => "Auto Expired by Nightly Processing",
        Ending::Void => "Void Referral",
    };
    let steps = [
        (0, "Create Referral"),
        (course.reviewed, "Assign Referral"),
        (course.accepted, "Accept Referral"),
        (course.scheduled, "Change Visit Info"),
        (course.closed, end),
        (course.reported, "Change Close Reason"),
    ];
    let mut changes: Vec<(Day, &'static str)> = Vec::new();
    for (after, what) in steps {
        let day = record.referral.order.day.plus(i32::from(after));
        if after != NEVER && day <= record.day {
            changes.retain(|(known, _)| *known != day);
            changes.push((day, what));
        }
    }
    changes.sort_by_key(|(day, _)| *day);
    changes
}
