//! Dirt, counted: what exports of real systems do to rows, each row at most once. What a reader
//! can mend is done to real rows; what it must refuse is added as rows of its own, so that a
//! reader who mends and refuses rightly finds the clean numbers.

use std::collections::BTreeMap;

use crate::random::{Subject, mix, mix_unit};
use crate::rows::{COLUMNS, Cells, column};
use crate::sheets::push_cell;

/// Rows by what was done to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dirt {
    /// The words are those of the quarantine where it has one.
    pub(crate) rows: BTreeMap<&'static str, u64>,
    extra: u64,
}

impl Dirt {
    fn count(&mut self, reason: &'static str) {
        *self.rows.entry(reason).or_default() += 1;
    }

    /// Adds what another holds.
    pub(crate) fn add(&mut self, other: &Self) {
        for (reason, rows) in &other.rows {
            *self.rows.entry(reason).or_default() += rows;
        }
        self.extra += other.extra;
    }

    /// How many rows stand beside the real ones.
    pub(crate) fn extra_rows(&self) -> u64 {
        self.extra
    }
}

/// What is done to real rows.
const MENDED: [&str; 9] = [
    "status_synonym",
    "status_case",
    "npi_float",
    "zip_plus_4",
    "zip_lost_zero",
    "bad_zip",
    "line_break",
    "bad_npi_with_name",
    "duplicate",
];
/// What is added as rows of their own: the reason, and the column that it befalls.
const ADDED: [(&str, usize); 10] = [
    ("bad_npi", column::REFERRING_NPI),
    ("bad_date", column::REFERRED_ON),
    ("future_date", column::REFERRED_ON),
    ("date_order", column::APPOINTMENT_ON),
    ("unknown_status", column::STATUS),
    ("missing_required", column::REFERRAL_ID),
    ("missing_required", column::REFERRED_ON),
    ("missing_required", column::STATUS),
    ("malformed_row", 12),
    ("malformed_row", COLUMNS.len() + 2),
];
/// The share of rows that meet with each.
const SHARE: f64 = 0.0025;

/// The header of a clean file.
pub(crate) fn clean_header(bytes: &mut Vec<u8>) {
    crate::sheets::push_row(bytes, COLUMNS);
}

/// The row of a clean file.
pub(crate) fn push_clean(cells: &Cells, bytes: &mut Vec<u8>) {
    crate::sheets::push_row(bytes, (0..COLUMNS.len()).map(|column| cells.get(column)));
}

/// Makes the dirt of one file.
#[derive(Debug, Clone)]
pub(crate) struct Mess {
    seed: u64,
    file: usize,
    /// The order of the columns.
    order: Vec<usize>,
}

impl Mess {
    /// For a file by its number: the first one has a byte order mark, the second ends its lines
    /// with carriage returns, and all but the first have the columns in an order of their own.
    pub(crate) fn of(seed: u64, file: usize) -> Self {
        let mut order: Vec<usize> = (0..COLUMNS.len()).collect();
        if file > 0 {
            order.sort_by_key(|&column| mix(seed, Subject::Rows, file as u64, column as u64));
        }
        Self { seed, file, order }
    }

    fn has_mark(&self) -> bool {
        self.file == 0
    }

    fn has_carriage_returns(&self) -> bool {
        self.file == 1
    }

    /// The first bytes of the file.
    pub(crate) fn header(&self, bytes: &mut Vec<u8>) {
        if self.has_mark() {
            bytes.extend_from_slice(b"\xef\xbb\xbf");
        }
        let names: Vec<String> = COLUMNS.iter().map(|name| (*name).to_string()).collect();
        self.push_row(&names, COLUMNS.len(), bytes);
    }

    /// Notes what was done to the whole file, with its rows.
    pub(crate) fn note_file(&self, rows: u64, dirt: &mut Dirt) {
        let done = [
            ("byte_order_mark", self.has_mark()),
            ("carriage_returns", self.has_carriage_returns()),
            ("column_order", self.file > 0),
        ];
        for (reason, _) in done.into_iter().filter(|(_, is_done)| *is_done) {
            dirt.rows.insert(reason, rows);
        }
    }

    /// Writes `fields` of the cells in the file's order; beyond the columns come empty ones.
    fn push_row(&self, cells: &[String], fields: usize, bytes: &mut Vec<u8>) {
        for at in 0..fields {
            if at > 0 {
                bytes.push(b',');
            }
            push_cell(
                bytes,
                self.order
                    .get(at)
                    .map_or("x", |&column| cells[column].as_str()),
            );
        }
        bytes.extend_from_slice(if self.has_carriage_returns() {
            b"\r\n"
        } else {
            b"\n"
        });
    }

    /// Writes the row of a referral, with the dirt that befalls it. `is_known` says whether the
    /// referrer can be told by the name alone.
    pub(crate) fn push(
        &self,
        (id, is_known): (u64, bool),
        cells: &Cells,
        bytes: &mut Vec<u8>,
        dirt: &mut Dirt,
    ) {
        let mut row: Vec<String> = (0..COLUMNS.len())
            .map(|column| cells.get(column).to_string())
            .collect();
        let roll = mix_unit(self.seed, Subject::Rows, id, 1000 + self.file as u64);
        let kind = (roll / SHARE) as usize;
        let Some(reason) = MENDED.get(kind) else {
            self.push_row(&row, COLUMNS.len(), bytes);
            if let Some(&(reason, at)) = ADDED.get(kind - MENDED.len()) {
                row[column::REFERRAL_ID] = format!("X{id}-{}", self.file + 1);
                let fields = spoil(reason, at, &mut row);
                self.push_row(&row, fields, bytes);
                dirt.count(reason);
                dirt.extra += 1;
            }
            return;
        };
        let is_done = soil(reason, (id, is_known), &mut row);
        self.push_row(&row, COLUMNS.len(), bytes);
        if is_done {
            dirt.count(reason);
            if *reason == "duplicate" {
                self.push_row(&row, COLUMNS.len(), bytes);
                dirt.extra += 1;
            }
        }
    }
}

/// Does to a real row what a reader can mend; whether it applies to this row.
fn soil(reason: &str, (id, is_known): (u64, bool), row: &mut [String]) -> bool {
    match reason {
        "status_synonym" => match synonym(&row[column::STATUS]) {
            Some(word) => row[column::STATUS] = word.to_string(),
            None => return false,
        },
        "status_case" => {
            row[column::STATUS] = format!(" {} ", row[column::STATUS].to_uppercase());
        }
        "npi_float" if !row[column::REFERRING_NPI].is_empty() => {
            row[column::REFERRING_NPI].push_str(".0");
        }
        "zip_plus_4" => row[column::PATIENT_ZIP].push_str(&format!("-{:04}", id % 9_000 + 1_000)),
        "zip_lost_zero" if row[column::PATIENT_ZIP].starts_with('0') => {
            row[column::PATIENT_ZIP].remove(0);
        }
        "bad_zip" => row[column::PATIENT_ZIP] = "NOZIP".to_string(),
        "line_break" => {
            row[column::REFERRING_DEPARTMENT].push_str(&format!(",\nSuite \"{}\"", id % 400 + 1));
        }
        "bad_npi_with_name"
            if is_known
                && !row[column::REFERRING_NAME].is_empty()
                && !row[column::REFERRING_NPI].is_empty() =>
        {
            row[column::REFERRING_NPI] = wrong_npi(&row[column::REFERRING_NPI]);
        }
        "duplicate" => {}
        _ => return false,
    }
    true
}

/// Turns a copy of a row into one that a reader must refuse; how many fields it has then.
fn spoil(reason: &str, at: usize, row: &mut [String]) -> usize {
    let year = row[column::REFERRED_ON]
        .get(..4)
        .and_then(|y| y.parse::<i32>().ok())
        .unwrap_or(2000);
    match reason {
        "bad_npi" => {
            row[at] = wrong_npi(&row[at]);
            row[column::REFERRING_NAME].clear();
        }
        "bad_date" => row[at] = format!("{year}-02-31"),
        "future_date" => {
            clear_dates(row);
            // The year after has no 29 February.
            let rest = row[at].get(4..).unwrap_or("").replace("-02-29", "-02-28");
            row[at] = format!("{}{rest}", year + 1);
        }
        "date_order" => {
            clear_dates(row);
            // Whether a reader refuses the row or the field, a void row counts nowhere.
            row[column::STATUS] = "void".to_string();
            row[column::STATUS_REASON].clear();
            row[at] = format!("{}-01-15", year - 1);
        }
        "unknown_status" => row[at] = "zz-17".to_string(),
        "missing_required" => row[at].clear(),
        _ => return at,
    }
    COLUMNS.len()
}

fn clear_dates(row: &mut [String]) {
    for cell in &mut row[column::SCHEDULED_ON..] {
        cell.clear();
    }
}

/// An NPI with another check digit, which is then wrong.
fn wrong_npi(npi: &str) -> String {
    let digit = npi
        .bytes()
        .last()
        .map_or(0, |b| (b.wrapping_sub(b'0') + 1) % 10);
    let body = npi.get(..9).unwrap_or("123456789");
    format!("{body}{}", if npi.len() == 10 { digit } else { 0 })
}

/// A word that some record system has for a status.
fn synonym(status: &str) -> Option<&'static str> {
    Some(match status {
        "requested" => "New Request",
        "in_review" => "Pending Review",
        "accepted" => "Authorized",
        "declined" => "Denied",
        "cancelled" => "Canceled",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use catchment_base::npi;

    #[test]
    fn wrong_npis_are_wrong() {
        for body in 123_456_000..123_456_100 {
            assert!(!npi::is_valid(&wrong_npi(&npi::complete(body))));
        }
        assert_eq!(wrong_npi(""), "1234567890");
        assert!(!npi::is_valid("1234567890"));
    }

    #[test]
    fn spoils_one_thing_at_a_time() {
        let mut row = vec![String::new(); COLUMNS.len()];
        row[column::REFERRED_ON] = "2024-02-29".to_string();
        assert_eq!(spoil("future_date", column::REFERRED_ON, &mut row), 30);
        assert_eq!(row[column::REFERRED_ON], "2025-02-28");
        assert_eq!(spoil("bad_date", column::REFERRED_ON, &mut row), 30);
        assert_eq!(row[column::REFERRED_ON], "2025-02-31");
        assert_eq!(spoil("malformed_row", 12, &mut row), 12);
    }
}
