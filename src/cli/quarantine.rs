//! `catchment quarantine`: the rows that could not be stored, with file, row number and reasons.

use std::process::ExitCode;

use clap::Args;

use super::Global;
use super::query::{Format, write};
use crate::base::{Error, Result, Table, units};
use crate::engine::{Engine, Parameters, Value};
use crate::lake::{Load, Snapshot};

/// List the rows that could not be stored, and why
///
/// Mend the file, or the mapping, and load the file again: its rows come back by themselves. Cells
/// that are not what their column holds are shown by their shape alone (a: letter, 9: digit), since
/// they may be a patient's.
#[derive(Args)]
pub(super) struct Arguments {
    /// Only rows with this reason
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// Only rows of this file (its name without folder)
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// How to print every row [default: counts, then the first rows]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Rows that are shown where no format is asked for.
const FIRST: usize = 20;

/// Letters of a row's cells that are shown there.
const LONGEST: usize = 160;

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let workspace = global.workspace()?;
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, global.threads)?;
    let snapshot = Snapshot::read(&engine, &workspace)?;
    if let Some(reason) = &arguments.reason {
        check_reason(reason)?;
    }
    if let Some(file) = &arguments.file {
        check_file(file, &snapshot.loads)?;
    }
    snapshot.register(&engine)?;
    let text = |value: &Option<String>| Value::Text(value.clone().unwrap_or_default());
    let parameters: Parameters = [
        ("reason".to_string(), text(&arguments.reason)),
        ("file".to_string(), text(&arguments.file)),
    ]
    .into_iter()
    .collect();
    let rows = engine.query(
        "quarantine",
        "select file, row_number, reasons, table_name, cells, byte_offset, byte_length
         from lake_quarantine
         where ($reason = '' or strpos(concat(',', reasons, ','), concat(',', $reason, ',')) > 0)
           and ($file = '' or file = $file)
         order by file, row_number, reasons",
        &parameters,
    )?;
    match arguments.format {
        Some(format) => write(&rows, format)?,
        None => super::print(&told(&rows)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn check_reason(reason: &str) -> Result<()> {
    let known = Load::reasons();
    if known.contains(&reason) {
        return Ok(());
    }
    let error = Error::usage(format!("there is no reason '{reason}'"));
    Err(
        match crate::base::config::nearest(reason, known.into_iter()) {
            Some(nearest) => error.help(format!("did you mean '{nearest}'?")),
            None => error.help(format!("there are {}", known.join(", "))),
        },
    )
}

fn check_file(file: &str, loads: &[Load]) -> Result<()> {
    if loads.iter().any(|l| l.file == file) {
        return Ok(());
    }
    let error = Error::usage(format!("no file '{file}' is loaded"));
    let names = loads.iter().map(|l| l.file.as_str());
    Err(match crate::base::config::nearest(file, names) {
        Some(nearest) => error.help(format!("did you mean '{nearest}'?")),
        None => error.help("'catchment query loads' lists them"),
    })
}

/// Counts by file and reason, then the first rows, one line each.
fn told(rows: &Table) -> Result<String> {
    if rows.rows() == 0 {
        return Ok("no row is quarantined\n".to_string());
    }
    let mut counts = std::collections::BTreeMap::<(String, String), i64>::new();
    for row in 0..rows.rows() {
        let file = rows.cell("file", row)?;
        for reason in rows.cell("reasons", row)?.split(',') {
            *counts
                .entry((file.clone(), reason.to_string()))
                .or_default() += 1;
        }
    }
    let mut out = format!(
        "{} quarantined\n",
        units::counted(rows.rows() as i64, "row")
    );
    for ((file, reason), n) in counts {
        out.push_str(&format!("  {file}: {reason} {}\n", units::count(n)));
    }
    out.push('\n');
    for row in 0..rows.rows().min(FIRST) {
        let cells = rows.cell("cells", row)?;
        let place = if cells.is_empty() {
            format!("at byte {}", rows.cell("byte_offset", row)?)
        } else if cells.chars().count() > LONGEST {
            cells.chars().take(LONGEST).chain(['…']).collect()
        } else {
            cells
        };
        out.push_str(&format!(
            "{}, row {}: {}  {place}\n",
            rows.cell("file", row)?,
            rows.cell("row_number", row)?,
            rows.cell("reasons", row)?.replace(',', ", "),
        ));
    }
    if rows.rows() > FIRST {
        out.push_str(&format!(
            "and {} more: --format csv gives them all\n",
            units::count((rows.rows() - FIRST) as i64)
        ));
    }
    Ok(out)
}
