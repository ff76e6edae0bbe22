//! What is visible: the live files of loads that have their row, as plain Parquet for the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::delta::Delta;
use super::loads::{self, Load};
use crate::base::{Day, Result, Table, Workspace};
use crate::engine::{Engine, Parameters};
use crate::mapping::canonical::{LAYOUTS, SHARED_PATIENTS, quarantine_schema};

/// The name of the quarantine table.
pub(super) const QUARANTINE: &str = "quarantine";
/// The name of the loads table.
pub(super) const LOADS: &str = "loads";

/// The visible state of the lake at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The loads, by file, table and id.
    pub loads: Vec<Load>,
    files: BTreeMap<String, Vec<PathBuf>>,
    orphans: BTreeMap<String, Vec<PathBuf>>,
    /// The version of each Delta table.
    pub versions: BTreeMap<String, u64>,
    /// What the shared-patient files hold, where any is loaded.
    pub shared: Option<SharedPairs>,
}

/// What the visible shared-patient files hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedPairs {
    /// How many rows of pairs.
    pub pairs: i64,
    /// The first day of a period, where a file says it.
    pub from_on: Option<Day>,
    /// The greatest last day of a period, where a file says it.
    pub to_on: Option<Day>,
}

impl Snapshot {
    /// Reads the lake of a workspace. A workspace without one has an empty snapshot.
    pub fn read(engine: &Engine, workspace: &Workspace) -> Result<Self> {
        let lake = workspace.lake();
        let mut versions = BTreeMap::new();
        let loads = match Delta::open(engine, &lake.join(LOADS))? {
            Some(delta) => {
                versions.insert(LOADS.to_string(), delta.version());
                read_loads(engine, &delta.files()?)?
            }
            None => Vec::new(),
        };
        let known: BTreeSet<&str> = loads.iter().map(|l| l.load_id.as_str()).collect();
        let (mut files, mut orphans) = (BTreeMap::new(), BTreeMap::new());
        let names = LAYOUTS.iter().map(|l| l.table).chain([QUARANTINE]);
        for name in names {
            let Some(delta) = Delta::open(engine, &lake.join(name))? else {
                continue;
            };
            versions.insert(name.to_string(), delta.version());
            let (visible, hidden): (Vec<_>, Vec<_>) = delta
                .files()?
                .into_iter()
                .partition(|f| load_of(f).is_some_and(|id| known.contains(id)));
            files.insert(name.to_string(), visible);
            orphans.insert(name.to_string(), hidden);
        }
        let shared = match files.get(SHARED_PATIENTS.table) {
            Some(files) if !files.is_empty() => Some(read_shared(engine, files)?),
            _ => None,
        };
        Ok(Self {
            shared,
            loads,
            files,
            orphans,
            versions,
        })
    }

    /// The visible files of a table.
    pub fn files(&self, table: &str) -> &[PathBuf] {
        self.files.get(table).map_or(&[], Vec::as_slice)
    }

    /// Files that were committed by loads that never finished.
    pub(super) fn orphans(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.orphans
            .iter()
            .flat_map(|(table, files)| files.iter().map(move |f| (table.as_str(), f.as_path())))
    }

    /// Registers every table of the lake as `lake_NAME`.
    pub fn register(&self, engine: &Engine) -> Result<()> {
        for layout in LAYOUTS {
            let name = format!("lake_{}", layout.table);
            engine.register_parquet(&name, self.files(layout.table), &layout.schema())?;
        }
        engine.register_parquet(
            "lake_quarantine",
            self.files(QUARANTINE),
            &quarantine_schema(),
        )?;
        let loads = loads::to_table(&self.loads)?;
        engine.register(&loads.renamed("lake_loads"))
    }

    /// The greatest latest day of any referral export.
    pub fn latest_on(&self) -> Option<Day> {
        self.loads
            .iter()
            .filter(|l| l.table == "referrals")
            .filter_map(|l| l.latest_on)
            .max()
    }
}

/// The load that a file of the lake belongs to.
pub(super) fn load_of(file: &Path) -> Option<&str> {
    file.file_stem().and_then(|stem| stem.to_str())
}

fn read_shared(engine: &Engine, files: &[PathBuf]) -> Result<SharedPairs> {
    let name = "lake_shared_patients";
    engine.register_parquet(name, files, &SHARED_PATIENTS.schema())?;
    let sql = "select count(*) as pairs, min(period_from) as from_on, max(period_to) as to_on \
               from lake_shared_patients";
    let table = engine.query(name, sql, &Parameters::new())?;
    engine.forget(name)?;
    let day = |column: &str| -> Result<Option<Day>> {
        Ok(table.days(column)?.first().copied().flatten())
    };
    Ok(SharedPairs {
        pairs: table.counts("pairs")?.first().copied().unwrap_or(0),
        from_on: day("from_on")?,
        to_on: day("to_on")?,
    })
}

fn read_loads(engine: &Engine, files: &[PathBuf]) -> Result<Vec<Load>> {
    engine.register_parquet(LOADS, files, &loads::schema())?;
    let sql = "select * from loads order by file, table_name, load_id";
    let table: Table = engine.query(LOADS, sql, &Parameters::new())?;
    engine.forget(LOADS)?;
    loads::from_table(&table)
}
