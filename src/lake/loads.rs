//! One row a load: what was read and what became of it. Its presence alone makes the load visible.

use arrow::datatypes::{DataType, Field, Schema};

use crate::base::{Day, Result, Table, TableBuilder};

/// The quarantine reasons in the order of their columns.
const REASONS: [&str; 10] = [
    "missing_required",
    "bad_date",
    "future_date",
    "date_order",
    "bad_npi",
    "unknown_status",
    "bad_zip",
    "bad_number",
    "malformed_row",
    "missing_parent",
];

/// A load: a file under one layout and one vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    /// What identifies it.
    pub load_id: String,
    /// The table that it feeds.
    pub table: String,
    /// The file's name, without its folder; its sheet behind a `#` where it has several.
    pub file: String,
    /// The mapping that it was read through.
    pub mapping: String,
    /// The exporting system.
    pub source: String,
    /// The hash of the file's bytes.
    pub content_hash: String,
    /// The file's latest day.
    pub latest_on: Option<Day>,
    /// Rows below the header.
    pub rows_read: u64,
    /// Stored, and the latest known of their key.
    pub accepted: u64,
    /// Stored, but a later version was known.
    pub superseded: u64,
    /// Stored already.
    pub duplicate: u64,
    /// Not stored, with reasons.
    pub quarantined: u64,
    /// Quarantined rows by reason, in the order of [`Load::reasons`].
    pub by_reason: [u64; 10],
    /// Left out by a filter.
    pub set_aside: u64,
    /// How many each filter left out, as `name n`, parted by commas.
    pub set_aside_by: String,
    /// Rows of a file that is only joined to another.
    pub joined: u64,
    /// Optional fields that were emptied.
    pub fields_emptied: u64,
    /// Rows of one key and time with different content.
    pub conflicting: u64,
    /// Lines that are no rows.
    pub skipped_lines: u64,
    /// Columns of the file that are kept out of the lake.
    pub unknown_columns: String,
    /// How the file is written, where that is worth telling.
    pub form: String,
    /// The first and last day of the order of the rows that were stored.
    pub first_on: Option<Day>,
    /// See `first_on`.
    pub last_on: Option<Day>,
}

impl Load {
    /// The quarantine reasons in their order.
    pub fn reasons() -> [&'static str; 10] {
        REASONS
    }

    /// Whether every row is accounted for.
    pub fn adds_up(&self) -> bool {
        self.rows_read
            == self.accepted
                + self.superseded
                + self.duplicate
                + self.quarantined
                + self.set_aside
                + self.joined
    }
}

/// The schema of the loads table.
pub(super) fn schema() -> Schema {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let count = |name: &str| Field::new(name, DataType::Int64, true);
    let day = |name: &str| Field::new(name, DataType::Date32, true);
    let mut fields = vec![
        text("load_id"),
        text("table_name"),
        text("file"),
        text("mapping"),
        text("source"),
        text("content_hash"),
        day("latest_on"),
    ];
    fields.extend(
        [
            "rows_read",
            "accepted",
            "superseded",
            "duplicate",
            "quarantined",
        ]
        .map(count),
    );
    fields.extend(REASONS.map(|r| count(&quarantined_for(r))));
    fields.extend(
        [
            "set_aside",
            "fields_emptied",
            "conflicting",
            "skipped_lines",
            "joined",
        ]
        .map(count),
    );
    fields.extend(["unknown_columns", "set_aside_by", "form"].map(text));
    fields.extend(["first_on", "last_on"].map(day));
    Schema::new(fields)
}

fn quarantined_for(reason: &str) -> String {
    format!("quarantined_{reason}")
}

/// Loads as a table of the loads' schema.
pub(super) fn to_table(loads: &[Load]) -> Result<Table> {
    let text = |get: fn(&Load) -> &str| loads.iter().map(move |l| Some(get(l).to_string()));
    let mut out = TableBuilder::new("loads")
        .text("load_id", text(|l| &l.load_id))
        .text("table_name", text(|l| &l.table))
        .text("file", text(|l| &l.file))
        .text("mapping", text(|l| &l.mapping))
        .text("source", text(|l| &l.source))
        .text("content_hash", text(|l| &l.content_hash))
        .day("latest_on", loads.iter().map(|l| l.latest_on));
    out = counts(out, loads);
    out.int("joined", loads.iter().map(|l| Some(l.joined as i64)))
        .text("unknown_columns", text(|l| &l.unknown_columns))
        .text("set_aside_by", text(|l| &l.set_aside_by))
        .text("form", text(|l| &l.form))
        .day("first_on", loads.iter().map(|l| l.first_on))
        .day("last_on", loads.iter().map(|l| l.last_on))
        .finish()
}

/// A column of counts and where a load has it.
type Counted = (&'static str, fn(&Load) -> u64);

fn counts(mut out: TableBuilder, loads: &[Load]) -> TableBuilder {
    let first: [Counted; 5] = [
        ("rows_read", |l| l.rows_read),
        ("accepted", |l| l.accepted),
        ("superseded", |l| l.superseded),
        ("duplicate", |l| l.duplicate),
        ("quarantined", |l| l.quarantined),
    ];
    let last: [Counted; 4] = [
        ("set_aside", |l| l.set_aside),
        ("fields_emptied", |l| l.fields_emptied),
        ("conflicting", |l| l.conflicting),
        ("skipped_lines", |l| l.skipped_lines),
    ];
    for (name, get) in first {
        out = out.int(name, loads.iter().map(|l| Some(get(l) as i64)));
    }
    for (at, reason) in REASONS.iter().enumerate() {
        out = out.int(
            &quarantined_for(reason),
            loads.iter().map(|l| Some(l.by_reason[at] as i64)),
        );
    }
    for (name, get) in last {
        out = out.int(name, loads.iter().map(|l| Some(get(l) as i64)));
    }
    out
}

/// Loads of a table of the loads' schema.
pub(super) fn from_table(table: &Table) -> Result<Vec<Load>> {
    let count = |name: &str| -> Result<Vec<u64>> {
        Ok(table
            .ints(name)?
            .into_iter()
            .map(|n| n.unwrap_or(0).max(0) as u64)
            .collect())
    };
    let by_reason = REASONS
        .iter()
        .map(|r| count(&quarantined_for(r)))
        .collect::<Result<Vec<_>>>()?;
    let (rows_read, accepted) = (count("rows_read")?, count("accepted")?);
    let (superseded, duplicate) = (count("superseded")?, count("duplicate")?);
    let (quarantined, set_aside) = (count("quarantined")?, count("set_aside")?);
    let (emptied, conflicting) = (count("fields_emptied")?, count("conflicting")?);
    let (skipped, joined) = (count("skipped_lines")?, count("joined")?);
    let text = |name: &str, row: usize| table.cell(name, row);
    let (latest, first, last) = (
        table.days("latest_on")?,
        table.days("first_on")?,
        table.days("last_on")?,
    );
    (0..table.rows())
        .map(|row| {
            Ok(Load {
                load_id: text("load_id", row)?,
                table: text("table_name", row)?,
                file: text("file", row)?,
                mapping: text("mapping", row)?,
                source: text("source", row)?,
                content_hash: text("content_hash", row)?,
                latest_on: latest[row],
                rows_read: rows_read[row],
                accepted: accepted[row],
                superseded: superseded[row],
                duplicate: duplicate[row],
                quarantined: quarantined[row],
                by_reason: std::array::from_fn(|at| by_reason[at][row]),
                set_aside: set_aside[row],
                set_aside_by: text("set_aside_by", row)?,
                joined: joined[row],
                fields_emptied: emptied[row],
                conflicting: conflicting[row],
                skipped_lines: skipped[row],
                unknown_columns: text("unknown_columns", row)?,
                form: text("form", row)?,
                first_on: first[row],
                last_on: last[row],
            })
        })
        .collect()
}

/// The load report: one row a load, by table and file.
pub fn load_report(loads: &[Load]) -> Result<Table> {
    let mut loads = loads.to_vec();
    loads.sort_by(|a, b| (&a.file, &a.table, &a.load_id).cmp(&(&b.file, &b.table, &b.load_id)));
    let text = |get: fn(&Load) -> &str| {
        loads
            .iter()
            .map(move |l| Some(get(l).to_string()))
            .collect::<Vec<_>>()
    };
    let out = TableBuilder::new("load_report").text("file", text(|l| &l.file));
    counts(out, &loads)
        .text("table_name", text(|l| &l.table))
        .text("source", text(|l| &l.source))
        .day("latest_on", loads.iter().map(|l| l.latest_on))
        .text("unknown_columns", text(|l| &l.unknown_columns))
        .text("set_aside_by", text(|l| &l.set_aside_by))
        .int("joined", loads.iter().map(|l| Some(l.joined as i64)))
        .text("mapping", text(|l| &l.mapping))
        .text("form", text(|l| &l.form))
        .text("load_id", text(|l| &l.load_id))
        .finish()
}
