//! A referral of the raw files, and what is to be said of it by the definitions of the tables.

use catchment::base::Day;

use super::raw::{is_inside, quarter};

/// What leakage makes of an aligned referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Same,
    Unknown,
    NotOffered,
    Leaked,
    Kept,
}

/// A referral in its latest version.
#[derive(Debug, Clone)]
pub struct Order {
    pub id: String,
    pub day: Day,
    pub quarter: String,
    pub specialty: String,
    pub service: String,
    pub status: String,
    /// The canonical word of what the export states, `unknown` where it states nothing.
    pub reason: String,
    pub from: Option<String>,
    pub from_text: String,
    pub from_practice: String,
    pub from_county: String,
    pub from_affiliation: String,
    pub patient: Option<String>,
    pub patient_county: String,
    pub zip: String,
    pub age: String,
    pub payer: String,
    pub to: Option<String>,
    pub to_practice: Option<String>,
    pub to_organization: Option<String>,
    /// `own`, `affiliated`, anything else outside, or `unknown`.
    pub to_affiliation: String,
    pub destination: String,
    pub counts: bool,
    pub offered: bool,
    pub booked: Option<Day>,
    pub visit: Option<Day>,
    pub completed: Option<Day>,
    /// The first day on which an order that replaces it went outside.
    pub onward: Option<Day>,
    pub follows: bool,
    pub is_renewal: bool,
    pub replaces: Option<String>,
}

/// Reasons as the made exports write them: the canonical word, and whether we could do something.
const REASONS: [(&str, &str, bool); 11] = [
    ("", "unknown", true),
    ("patient preference", "patient_preference", false),
    ("insurance", "insurer_choice", false),
    ("physician judgement", "physician_judgement", false),
    ("service not offered", "service_not_offered", false),
    ("distance", "distance", false),
    ("no timely appointment", "no_timely_appointment", true),
    ("no answer", "no_answer", true),
    ("incomplete form", "incomplete_form", true),
    ("habit", "habit", true),
    ("duplicate", "duplicate", true),
];

pub fn canonical(text: &str) -> String {
    if text.replace(['-', '_'], " ") == "entered in error" {
        return "entered_in_error".to_string();
    }
    let found = REASONS.iter().find(|r| r.0 == text);
    found
        .unwrap_or_else(|| panic!("reason {text}"))
        .1
        .to_string()
}

impl Order {
    pub fn is_inside(&self) -> bool {
        is_inside(&self.to_affiliation)
    }

    pub fn is_unknown(&self) -> bool {
        self.to_affiliation == "unknown"
    }

    pub fn is_same(&self) -> bool {
        self.from.is_some() && self.from == self.to
    }

    pub fn is_clinical(&self) -> bool {
        ["consult", "procedure"].contains(&self.service.as_str())
    }

    /// What leakage makes of it; nothing where its referrer is not own on that day.
    pub fn class(&self) -> Option<Class> {
        if !self.counts || !self.is_clinical() || self.from_affiliation != "own" {
            return None;
        }
        Some(match self {
            _ if self.is_same() => Class::Same,
            _ if self.is_unknown() => Class::Unknown,
            _ if !self.offered => Class::NotOffered,
            _ if self.is_inside() => Class::Kept,
            _ => Class::Leaked,
        })
    }

    /// Why it was sent where it was: of a visit that was called off or missed that is not known.
    pub fn why(&self) -> &str {
        match self.status.as_str() {
            "cancelled" | "no_show" => "unknown",
            _ => &self.reason,
        }
    }

    pub fn is_addressable(&self) -> bool {
        REASONS
            .iter()
            .find(|r| r.1 == self.why())
            .is_none_or(|r| r.2)
    }

    pub fn ledger(&self) -> Option<&'static str> {
        Some(match self.class()? {
            Class::Same => "same_provider",
            Class::Unknown => "unknown_destination",
            Class::NotOffered => "not_offered",
            Class::Leaked => "left_directed",
            Class::Kept if self.onward.is_some() => "left_redirected",
            Class::Kept => match self.status.as_str() {
                "declined" => "declined_by_us",
                "cancelled" | "expired" | "no_show" | "redirected" => "kept_not_done",
                "completed" => "kept_completed",
                _ => "kept_pending",
            },
        })
    }

    /// Whether the care took place outside, as far as it is known 90 days after the quarter.
    pub fn ended_outside(&self) -> Option<bool> {
        let ends = self.day.quarter().last_day();
        if quarter().last_day().0 - ends.0 < 90 {
            return None;
        }
        let late = ends.plus(90);
        let came_to_nothing = ["cancelled", "declined", "expired", "no_show"];
        match self.class()? {
            Class::Leaked => (!came_to_nothing.contains(&self.status.as_str())).then_some(true),
            Class::Kept if self.onward.is_some_and(|day| day <= late) => Some(true),
            Class::Kept => {
                let seen = self.completed.or(self.visit);
                let is_seen = self.status == "completed" && seen.is_none_or(|day| day <= late);
                is_seen.then_some(false)
            }
            _ => None,
        }
    }

    /// Neither void nor cancelled as a mistake.
    pub fn can_count(&self) -> bool {
        let is_mistake = ["duplicate", "entered_in_error"].contains(&self.reason.as_str());
        self.status != "void" && !(self.status == "cancelled" && is_mistake)
    }
}
