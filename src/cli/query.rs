//! `catchment query`: a mart, a result table, or SQL over both, as of a quarter's end.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use arrow::util::pretty::pretty_format_batches;
use clap::{Args, ValueEnum};

use super::Global;
use crate::base::progress::Silent;
use crate::base::{Error, Quarter, Result, Table, Workspace};
use crate::engine::{Engine, Parameters, Value, tables_of};
use crate::findings::FINDINGS;
use crate::lake::Snapshot;
use crate::marts::Warehouse;
use crate::standpoint::{last_whole_quarter, prepare};

/// Ask the lake, the marts and the result tables
///
/// A name shows that table whole. SQL reads, as of the quarter's end: referrals, providers,
/// organizations, population, capacity, visits, shared_patients, claims, satisfaction, the marts by
/// name, the result tables of the last run of that quarter; and, whatever the quarter,
/// referral_versions with every version, quarantine and loads.
#[derive(Args)]
pub(super) struct Arguments {
    /// The name of a table, or SQL
    #[arg(value_name = "NAME|SQL")]
    query: String,
    /// The quarter [default: the last whole one that is loaded]
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// A value for a $placeholder of the SQL, as name=value
    #[arg(short, long = "parameter", value_name = "K=V")]
    parameters: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Table,
    Csv,
    Json,
    Parquet,
}

/// Names that users ask for, and the marts behind them.
const ALIASES: &[(&str, &str)] = &[
    ("referrals", "int_referrals"),
    ("providers", "int_roster"),
    ("organizations", "stg_organizations"),
    ("population", "stg_population"),
    ("capacity", "stg_capacity"),
    ("visits", "stg_visits"),
    ("shared_patients", "stg_shared_patients"),
    ("claims", "stg_claims"),
    ("satisfaction", "stg_satisfaction"),
];

/// Names of what the lake holds beyond a quarter's view.
const LAKE: &[(&str, &str)] = &[
    ("referral_versions", "lake_referrals"),
    ("quarantine", "lake_quarantine"),
    ("loads", "lake_loads"),
];

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let quarter = arguments
        .quarter
        .as_deref()
        .map(str::parse::<Quarter>)
        .transpose()?;
    let parameters = arguments
        .parameters
        .iter()
        .map(|p| parameter(p))
        .collect::<Result<Parameters>>()?;
    let workspace = global.workspace()?;
    let config = workspace.config()?;
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, global.threads)?;
    let snapshot = Snapshot::read(&engine, &workspace)?;
    let is_name = arguments
        .query
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_');
    let sql = if is_name {
        format!("select * from {}", arguments.query)
    } else {
        arguments.query.clone()
    };
    let wanted = tables_of("given", &sql)?;
    if wanted.iter().all(|name| lake_table(name).is_some()) {
        // What the lake holds needs no quarter, and no referrals.
        snapshot.register(&engine)?;
        for (name, table) in wanted.iter().filter_map(|n| Some((n, lake_table(n)?))) {
            if name != table {
                engine.alias(table, name)?;
            }
        }
        return write(&engine.query("given", &sql, &parameters)?, arguments.format)
            .map(|()| ExitCode::SUCCESS);
    }
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
    provide(&engine, &warehouse, &workspace, quarter, &wanted)?;
    let table = engine.query("given", &sql, &parameters)?;
    write(&table, arguments.format)?;
    Ok(ExitCode::SUCCESS)
}

/// The table of the lake that a name stands for.
fn lake_table(name: &str) -> Option<&str> {
    let alias = LAKE.iter().find(|(alias, _)| *alias == name);
    let table = alias.map_or(name, |(_, table)| table);
    table.starts_with("lake_").then_some(table)
}

fn parameter(text: &str) -> Result<(String, Value)> {
    let (name, value) = text.split_once('=').ok_or_else(|| {
        Error::usage(format!("'{text}' is no parameter")).help("write it as name=value")
    })?;
    Ok((name.trim_start_matches('$').to_string(), Value::read(value)))
}

/// Registers what a query selects from: result tables of the quarter's run, marts, aliases.
fn provide(
    engine: &Engine,
    warehouse: &Warehouse<'_>,
    workspace: &Workspace,
    quarter: Quarter,
    wanted: &BTreeSet<String>,
) -> Result<()> {
    let known = engine.tables();
    for name in wanted {
        if FINDINGS.iter().any(|f| f.name == name) {
            let file = workspace
                .out(quarter)
                .join("tables")
                .join(format!("{name}.parquet"));
            provide_result(engine, name, &file, quarter)?;
        } else if let Some((_, mart)) = ALIASES.iter().find(|(alias, _)| alias == name) {
            warehouse.build(&[mart], &Silent)?;
            warehouse.alias(mart, name)?;
        } else if let Some((_, table)) = LAKE.iter().find(|(alias, _)| alias == name) {
            engine.alias(table, name)?;
        } else if warehouse.catalogue().get(name).is_some() {
            warehouse.build(&[name], &Silent)?;
        } else if !known.contains(name) {
            return Err(unknown(name, warehouse));
        }
    }
    Ok(())
}

pub(super) fn provide_result(
    engine: &Engine,
    name: &str,
    file: &Path,
    quarter: Quarter,
) -> Result<()> {
    if !file.is_file() {
        return Err(Error::usage(format!("{name} of {quarter} is not made yet"))
            .help(format!("run first: catchment run --quarter {quarter}")));
    }
    engine.forget(name)?;
    engine.register_file(name, file)
}

fn unknown(name: &str, warehouse: &Warehouse<'_>) -> Error {
    let names: Vec<&str> = ALIASES
        .iter()
        .map(|(alias, _)| *alias)
        .chain(LAKE.iter().map(|(alias, _)| *alias))
        .chain(FINDINGS.iter().map(|f| f.name))
        .chain(warehouse.catalogue().iter().map(|m| m.name.as_str()))
        .collect();
    let nearest = crate::base::config::nearest(name, names.iter().copied());
    let error = Error::usage(format!("there is no table '{name}'"));
    match nearest {
        Some(nearest) => error.help(format!("did you mean '{nearest}'?")),
        None => error.help("'catchment query --help' says what can be asked"),
    }
}

pub(super) fn write(table: &Table, format: Format) -> Result<()> {
    let failed =
        |e: arrow::error::ArrowError| Error::internal("the rows can't be written").because(e);
    match format {
        Format::Table => {
            let text =
                pretty_format_batches(std::slice::from_ref(table.batch())).map_err(failed)?;
            super::print(&format!("{text}\n"))
        }
        Format::Csv => {
            let mut text = Vec::new();
            table.to_csv(&mut text)?;
            super::print(&String::from_utf8_lossy(&text))
        }
        Format::Json => {
            let mut writer = arrow::json::ArrayWriter::new(Vec::new());
            writer
                .write(table.batch())
                .and_then(|()| writer.finish())
                .map_err(failed)?;
            let text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
            super::print(&format!("{}\n", if text.is_empty() { "[]" } else { &text }))
        }
        Format::Parquet => {
            let mut bytes = Vec::new();
            table.to_parquet(&mut bytes)?;
            let mut out = std::io::stdout().lock();
            out.write_all(&bytes)
                .map_err(|e| Error::internal("standard output can't be written").because(e))
        }
    }
}
