//! An order as it is placed: from whom, to whom, for what. What becomes of it is life.rs's.

use catchment_base::Day;

use crate::services;

/// Where an order is directed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// A provider of the roster.
    Provider(u32),
    /// Someone of whom only exports know.
    Stranger(u32),
    /// Nobody is named.
    Nobody,
}

/// Whether an order opens an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// It does.
    New,
    /// It renews another.
    Renewal,
    /// It takes the place of one that was redirected.
    Replacement,
}

/// The words of `status_reason`.
pub(crate) const REASONS: [&str; 11] = [
    "",
    "patient preference",
    "insurance",
    "physician judgement",
    "no timely appointment",
    "no answer",
    "service not offered",
    "habit",
    "incomplete form",
    "duplicate",
    "entered-in-error",
];

/// Numbers of [`REASONS`] that are spoken of by name.
pub(crate) mod reason {
    pub(crate) const NONE: u8 = 0;
    pub(crate) const NOT_TIMELY: u8 = 4;
    pub(crate) const NO_ANSWER: u8 = 5;
    pub(crate) const FORM: u8 = 8;
    pub(crate) const DUPLICATE: u8 = 9;
    pub(crate) const ERROR: u8 = 10;
}

/// The words of `service_type`, the first of them unsaid.
pub(crate) const CARES: [&str; 7] = [
    "",
    "consult",
    "procedure",
    "imaging",
    "lab",
    "therapy",
    "post_acute",
];
/// The words of `setting`; the first two both mean the office.
pub(crate) const SETTINGS: [&str; 6] =
    ["", "office", "telehealth", "urgent_care", "ed", "inpatient"];
/// The words of `priority`.
pub(crate) const PRIORITIES: [&str; 3] = ["routine", "urgent", "stat"];

/// An order. Small, since those that are open are kept from quarter to quarter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    /// From 1; 0 until it is numbered.
    pub(crate) id: u64,
    /// The order that it renews or replaces; 0 for none.
    pub(crate) replaces: u64,
    pub(crate) patient: u64,
    pub(crate) day: Day,
    /// In the list of referrers.
    pub(crate) referrer: u32,
    pub(crate) to: To,
    pub(crate) nature: Nature,
    /// The referrer's and the destination's place of work, 0 or 1.
    pub(crate) places: (u8, u8),
    pub(crate) service: u8,
    /// The patient's age band, and whether the order states it.
    pub(crate) age: u8,
    pub(crate) states_age: bool,
    pub(crate) payer: u8,
    /// Numbers of the words above.
    pub(crate) priority: u8,
    pub(crate) setting: u8,
    pub(crate) care: u8,
    /// Why it goes outside.
    pub(crate) reason: u8,
}

impl Order {
    /// The age band as exports state it; 3 where they do not.
    pub(crate) fn stated_age(&self) -> u8 {
        if self.states_age { self.age } else { 3 }
    }

    /// Whether it is for a consult or a procedure: as stated, else by the specialty.
    pub(crate) fn is_clinical(&self) -> bool {
        match self.care {
            0 => services::is_clinical(usize::from(self.service)),
            care => matches!(CARES[usize::from(care)], "consult" | "procedure"),
        }
    }
}
