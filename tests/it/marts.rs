//! Runs tests/marts: one sqllogictest file a mart, with rows made by hand and results reckoned by
//! hand. Every table is there, empty, before a file begins; beside SQL a statement may be
//!
//! - `mart NAME`: runs that mart's SQL as a run does, checks its grain and its checks, and stores
//!   it under its name;
//! - `quarter 2026Q3`: empties every table, and stands at the end of that quarter (the default);
//! - `episode_days N`: binds that number;
//! - `configure`, and lines of catchment.toml below it: registers what that configuration says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use arrow::datatypes::{DataType, Schema};
use catchment::base::{Config, Error, Quarter, Result, Table, Workspace};
use catchment::engine::{Engine, Parameters, Value};
use catchment::lake::Snapshot;
use catchment::marts::{Catalogue, Mart, register_references};
use catchment::standpoint::prepare;
use sqllogictest::{DB, DBOutput, DefaultColumnType, Runner, strict_column_validator};
use tempfile::TempDir;

/// The configuration that a new workspace has.
const PLAIN: &str = "[organisation]\nname = \"Made Health\"\n";

/// An engine in which every table stands, and the marts that may be run in it.
struct Bench {
    engine: Engine,
    folder: TempDir,
    catalogue: Catalogue,
    parameters: Parameters,
    quarter: Quarter,
}

impl Bench {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir().map_err(|e| Error::internal("no scratch").because(e))?;
        let engine = Engine::new(folder.path(), Some(1 << 30), Some(2))?;
        let catalogue = Catalogue::read(&folder.path().join("queries"))?;
        let mut bench = Self {
            engine,
            folder,
            catalogue,
            parameters: Parameters::new(),
            quarter: Quarter::of(2026, 3),
        };
        bench.stand_at(bench.quarter)?;
        Ok(bench)
    }

    /// Empties every table, and stands at the end of a quarter.
    fn stand_at(&mut self, quarter: Quarter) -> Result<()> {
        self.quarter = quarter;
        let workspace = Workspace::at(self.folder.path());
        let config = Config::parse(PLAIN)?;
        let snapshot = Snapshot::read(&self.engine, &workspace)?;
        let scratch = self.folder.path();
        let warehouse = prepare(
            &self.engine,
            &workspace,
            &config,
            &snapshot,
            quarter,
            scratch,
        )?;
        self.parameters = warehouse.parameters().clone();
        for (name, schema) in schemas(&self.engine, &self.catalogue, &self.parameters)? {
            self.engine.register_parquet(name, &[], schema)?;
        }
        Ok(())
    }

    fn obey(&mut self, statement: &str) -> Result<Option<Table>> {
        let (word, rest) = statement
            .split_once(char::is_whitespace)
            .unwrap_or((statement, ""));
        match word {
            "mart" => self.make(rest.trim())?,
            "quarter" => self.stand_at(rest.trim().parse()?)?,
            "episode_days" => {
                self.parameters
                    .insert("episode_days".into(), Value::read(rest.trim()));
            }
            "configure" => {
                let config = Config::parse(&format!("{PLAIN}{rest}"))?;
                register_references(&self.engine, &config, self.quarter)?;
            }
            _ => {
                return self
                    .engine
                    .query("given", statement, &Parameters::new())
                    .map(Some);
            }
        }
        Ok(None)
    }

    fn make(&self, name: &str) -> Result<()> {
        let mart = self
            .catalogue
            .get(name)
            .ok_or_else(|| Error::usage(format!("no mart {name}")))?;
        let path = self.folder.path().join(format!("{name}.parquet"));
        let stored = self
            .engine
            .store(name, &mart.sql, &self.parameters, &path)?;
        self.engine.register_stored(name, &stored)?;
        self.check(mart)
    }

    /// Fails where the mart's grain repeats or is null, or where a row fails one of its checks.
    fn check(&self, mart: &Mart) -> Result<()> {
        let (name, grain) = (&mart.name, mart.grain.join(", "));
        let nulls: Vec<String> = mart.grain.iter().map(|c| format!("{c} is null")).collect();
        let mut questions = vec![
            format!("select 1 from {name} group by {grain} having count(*) > 1"),
            format!("select 1 from {name} where {}", nulls.join(" or ")),
        ];
        questions.extend(
            mart.checks
                .iter()
                .map(|c| format!("select 1 from {name} where not coalesce({c}, false)")),
        );
        for question in questions {
            if self.engine.query(name, &question, &self.parameters)?.rows() > 0 {
                return Err(Error::internal(format!("mart {name} fails: {question}")));
            }
        }
        Ok(())
    }
}

/// Every mart's columns, planned once over empty inputs.
fn schemas(
    engine: &Engine,
    catalogue: &Catalogue,
    parameters: &Parameters,
) -> Result<&'static BTreeMap<String, Schema>> {
    static SCHEMAS: OnceLock<BTreeMap<String, Schema>> = OnceLock::new();
    if let Some(known) = SCHEMAS.get() {
        return Ok(known);
    }
    let mut found = BTreeMap::new();
    let names: Vec<&str> = catalogue.iter().map(|m| m.name.as_str()).collect();
    for mart in catalogue.order(&names)? {
        let schema = engine.schema(&mart.name, &mart.sql, parameters)?;
        engine.register_parquet(&mart.name, &[], &schema)?;
        found.insert(mart.name.clone(), schema);
    }
    Ok(SCHEMAS.get_or_init(|| found))
}

impl DB for Bench {
    type Error = Error;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, statement: &str) -> Result<DBOutput<DefaultColumnType>> {
        let Some(table) = self.obey(statement)? else {
            return Ok(DBOutput::StatementComplete(0));
        };
        let fields = table.batch().schema();
        let types = fields
            .fields()
            .iter()
            .map(|f| letter(f.data_type()))
            .collect();
        let columns = table.columns();
        let rows = (0..table.rows())
            .map(|row| {
                columns
                    .iter()
                    .map(|column| cell(&table, column, row))
                    .collect()
            })
            .collect::<Result<_>>()?;
        Ok(DBOutput::Rows { types, rows })
    }
}

fn letter(kind: &DataType) -> DefaultColumnType {
    match kind {
        DataType::Int64 => DefaultColumnType::Integer,
        DataType::Float64 => DefaultColumnType::FloatingPoint,
        _ => DefaultColumnType::Text,
    }
}

/// A cell as the files write it: null is NULL, and the empty text is (empty).
fn cell(table: &Table, column: &str, row: usize) -> Result<String> {
    let text = table.cell(column, row)?;
    let null = table
        .batch()
        .column_by_name(column)
        .is_none_or(|c| c.is_null(row));
    Ok(match (null, text.is_empty()) {
        (true, _) => "NULL".to_string(),
        (false, true) => "(empty)".to_string(),
        _ => text,
    })
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/marts");
    let mut files: Vec<PathBuf> = folder
        .read_dir()
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files
}

/// Runs a file to its end, whatever fails on the way.
fn run_file(file: &Path) -> std::result::Result<(), String> {
    let mut runner = Runner::new(|| async { Bench::new() });
    runner.with_column_validator(strict_column_validator);
    let records = sqllogictest::parse_file(file).map_err(|e| e.to_string())?;
    let failures: Vec<String> = records
        .into_iter()
        .filter_map(|record| {
            runner
                .run(record)
                .err()
                .map(|e| e.display(false).to_string())
        })
        .collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n\n"))
    }
}

#[test]
fn marts_give_what_was_reckoned_by_hand() {
    // MART=name runs one file alone.
    let only = std::env::var("MART").ok();
    let files = files();
    let failures: Vec<String> = files
        .iter()
        .filter(|f| {
            only.as_ref()
                .is_none_or(|name| f.file_stem().is_some_and(|s| s == name.as_str()))
        })
        .filter_map(|f| run_file(f).err())
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} files fail\n{}",
        failures.len(),
        files.len(),
        failures.join("\n\n")
    );
}

/// A file that expects a wrong row, or runs a mart whose grain repeats, must be refused.
#[test]
fn a_wrong_expectation_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let refuse = |text: &str, part: &str| {
        let file = folder.path().join("made.slt");
        std::fs::write(&file, text).unwrap();
        let failure = run_file(&file).unwrap_err();
        assert!(failure.contains(part), "{failure}");
    };
    refuse(
        "query I\nselect 1 + 1 as n\n----\n3\n",
        "query result mismatch",
    );
    refuse("query T\nselect 1 + 1 as n\n----\n2\n", "column");
    refuse("statement ok\nmart nothing\n", "no mart nothing");
    let twice = "statement ok\ninsert into stg_organizations (organization_id, name, starts_on) values\n  \
        ('A', 'Acme', date '2026-01-01'), ('A', 'Acme', date '2026-01-01')\n\n\
        statement ok\nmart int_organization_names\n";
    refuse(twice, "mart int_organization_names fails");
}
