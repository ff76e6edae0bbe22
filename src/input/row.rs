//! What can be wrong with a row, and the tally of what became of them.

use std::collections::BTreeMap;

/// Why a row was quarantined, or a field emptied: one code a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A required cell is empty.
    MissingRequired,
    /// No day that there is.
    BadDate,
    /// A day after its row or file was written.
    FutureDate,
    /// A day before the order's.
    DateOrder,
    /// No NPI.
    BadNpi,
    /// A status that no vocabulary has.
    UnknownStatus,
    /// No ZIP code.
    BadZip,
    /// No number, or one out of its range.
    BadNumber,
    /// A record that can't be read.
    MalformedRow,
    /// A row of a joined file whose key no main file has.
    MissingParent,
    /// A word outside its list; it empties a field and never a row.
    UnknownWord,
    /// A text that gives the row's patient away; it empties a field and never a row.
    PatientText,
    /// A text longer than names and codes are; it empties a field and never a row.
    FreeText,
}

impl Reason {
    /// Every reason that quarantines a row.
    pub const QUARANTINE: [Reason; 10] = [
        Self::MissingRequired,
        Self::BadDate,
        Self::FutureDate,
        Self::DateOrder,
        Self::BadNpi,
        Self::UnknownStatus,
        Self::BadZip,
        Self::BadNumber,
        Self::MalformedRow,
        Self::MissingParent,
    ];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingRequired => "missing_required",
            Self::BadDate => "bad_date",
            Self::FutureDate => "future_date",
            Self::DateOrder => "date_order",
            Self::BadNpi => "bad_npi",
            Self::UnknownStatus => "unknown_status",
            Self::BadZip => "bad_zip",
            Self::BadNumber => "bad_number",
            Self::MalformedRow => "malformed_row",
            Self::MissingParent => "missing_parent",
            Self::UnknownWord => "unknown_word",
            Self::PatientText => "patient_text",
            Self::FreeText => "free_text",
        }
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// The faults of a run of rows.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// For each row the reasons that quarantine it, as bits.
    rows: Vec<u16>,
    /// Fields that were emptied: row, column, reason.
    emptied: Vec<(usize, usize, Reason)>,
}

impl Faults {
    pub(super) fn new(rows: usize) -> Self {
        Self {
            rows: vec![0; rows],
            emptied: Vec::new(),
        }
    }

    /// A row is to be quarantined.
    pub(super) fn quarantine(&mut self, row: usize, reason: Reason) {
        self.rows[row] |= reason.bit();
    }

    /// A field was emptied.
    pub(super) fn empty(&mut self, row: usize, column: usize, reason: Reason) {
        self.emptied.push((row, column, reason));
    }

    /// Why a column's field was emptied in a row, if it was.
    pub(super) fn emptied_at(&self, row: usize, column: usize) -> Option<Reason> {
        self.emptied
            .iter()
            .find(|e| e.0 == row && e.1 == column)
            .map(|e| e.2)
    }

    /// Whether a row can be stored.
    pub(super) fn is_sound(&self, row: usize) -> bool {
        self.rows[row] == 0
    }

    /// The reasons of a row in their order.
    pub(super) fn reasons(&self, row: usize) -> Vec<Reason> {
        Reason::QUARANTINE
            .into_iter()
            .filter(|r| self.rows[row] & r.bit() != 0)
            .collect()
    }

    /// The fields that were emptied in rows that are stored.
    pub(super) fn emptied(&self) -> impl Iterator<Item = (usize, Reason)> + '_ {
        self.emptied
            .iter()
            .filter(|e| self.is_sound(e.0))
            .map(|e| (e.1, e.2))
    }
}

/// What became of a file's rows and fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that were stored, before versions are told apart.
    pub stored: u64,
    /// Rows that were quarantined.
    pub quarantined: u64,
    /// Quarantined rows by reason; a row may have several.
    pub reasons: BTreeMap<&'static str, u64>,
    /// Rows that a filter of the mapping takes, by the filter's name.
    pub set_aside: BTreeMap<String, u64>,
    /// Emptied fields by column and reason.
    pub emptied: BTreeMap<(&'static str, &'static str), u64>,
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: &Tally) {
        self.stored += other.stored;
        self.quarantined += other.quarantined;
        for (reason, n) in &other.reasons {
            *self.reasons.entry(reason).or_default() += n;
        }
        for (filter, n) in &other.set_aside {
            *self.set_aside.entry(filter.clone()).or_default() += n;
        }
        for (place, n) in &other.emptied {
            *self.emptied.entry(*place).or_default() += n;
        }
    }

    /// All rows that filters take.
    pub fn all_set_aside(&self) -> u64 {
        self.set_aside.values().sum()
    }

    /// All emptied fields.
    pub fn fields_emptied(&self) -> u64 {
        self.emptied.values().sum()
    }
}
