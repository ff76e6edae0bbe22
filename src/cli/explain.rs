//! `catchment explain`: where a number came from.

use std::process::ExitCode;

use clap::Args;

use super::query::{Format, write};
use super::{Global, print};
use crate::base::{Quarter, Result, Table, metrics, units};
use crate::engine::{Engine, Value};
use crate::explanation::{Explained, explain, method};
use crate::lake::Snapshot;
use crate::standpoint::{last_whole_quarter, prepare};

/// Show where a number came from: what it means, its SQL, what went in, and its rows
///
/// The key is that of the table, in its order; a quarter at its end may be left out and is the run's.
/// For example: catchment explain leakage_by_specialty Cardiology 2026Q3. The rows are pseudonymous.
#[derive(Args)]
pub(super) struct Arguments {
    /// A result table of the run
    #[arg(required_unless_present = "method")]
    table: Option<String>,
    /// The row's key
    key: Vec<String>,
    /// The quarter of the run [default: the last whole quarter]
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// How many of the rows to show
    #[arg(long, value_name = "N")]
    rows: Option<usize>,
    /// The rows alone, all of them unless --rows says how many
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Print the method page of this name instead
    #[arg(long, value_name = "NAME", conflicts_with_all = ["table", "key", "rows", "format"])]
    method: Option<String>,
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    if let Some(name) = &arguments.method {
        print(method(name)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let quarter = arguments
        .quarter
        .as_deref()
        .map(str::parse::<Quarter>)
        .transpose()?;
    let workspace = global.workspace()?;
    let config = workspace.config()?;
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, global.threads)?;
    let snapshot = Snapshot::read(&engine, &workspace)?;
    let quarter = match quarter {
        Some(quarter) => quarter,
        None => last_whole_quarter(&snapshot)?,
    };
    let warehouse = prepare(
        &engine,
        &workspace,
        &config,
        &snapshot,
        quarter,
        scratch.path(),
    )?;
    // Clap sees to it that a table is given where no method is.
    let table = arguments.table.as_deref().unwrap_or_default();
    let asked = (table, arguments.key.as_slice());
    let explained = explain(&warehouse, &engine, &workspace, quarter, asked)?;
    match arguments.format {
        Some(format) => {
            let count = arguments.rows.unwrap_or(usize::MAX);
            write(&first(&explained.rows, count)?, format)?;
        }
        None => {
            print(&told(&explained)?)?;
            if let Some(count) = arguments.rows {
                write(&first(&explained.rows, count)?, Format::Table)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn first(rows: &Table, count: usize) -> Result<Table> {
    let rows_shown: Vec<usize> = (0..rows.rows().min(count)).collect();
    rows.pick(&rows_shown)
}

/// All but the rows.
fn told(explained: &Explained) -> Result<String> {
    let key: Vec<String> = explained
        .key
        .iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let mut out = format!("{}: {}\n\n", explained.table, key.join(", "));
    out.push_str(&format!("{}\n", explained.definition));
    out.push_str(&format!(
        "method: catchment explain --method {}\n\n",
        explained.table
    ));
    out.push_str(&values(explained)?);
    out.push_str("\nwhat went in:\n");
    for (mart, rows) in &explained.inputs {
        out.push_str(&format!("  {mart}: {}\n", units::counted(*rows, "row")));
    }
    let count = units::counted(explained.rows.rows() as i64, "row");
    out.push_str(&format!("\nthe rows: {} ({count})\n", explained.title));
    for number in &explained.numbers {
        let value = number.value.as_ref().map_or("none".to_string(), written);
        out.push_str(&format!(
            "  {} {value}: {}\n",
            number.column, number.made_of
        ));
    }
    let bound: Vec<String> = explained.bound.iter().map(bound).collect();
    out.push_str(&format!(
        "\nSQL, with {}:\n\n{}\n",
        bound.join(", "),
        explained.sql.trim_end()
    ));
    Ok(out)
}

fn bound((name, value): (&String, &Value)) -> String {
    match value {
        Value::Text(text) => format!("${name} = '{text}'"),
        other => format!("${name} = {}", written(other)),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}

/// Each number of the row with what it is made of.
fn values(explained: &Explained) -> Result<String> {
    let row = &explained.row;
    let is_key = |column: &String| explained.key.iter().any(|(name, _)| name == column);
    let mut out = String::new();
    for column in row.columns().iter().filter(|column| !is_key(column)) {
        let cell = row.cell(column, 0)?;
        let shown = if cell.is_empty() {
            "none"
        } else {
            cell.as_str()
        };
        out.push_str(&format!("  {column} {shown}"));
        if let Some(metric) = metrics::of(&explained.table, column)
            && !metric.denominator.is_empty()
            && metric.name == column
        {
            let part = |name: &str| match row.has(name) {
                true => Ok::<String, crate::base::Error>(format!("{name} {}", row.cell(name, 0)?)),
                false => Ok(name.to_string()),
            };
            out.push_str(&format!(
                " = {} / {}",
                part(metric.numerator)?,
                part(metric.denominator)?
            ));
        }
        out.push('\n');
    }
    Ok(out)
}
