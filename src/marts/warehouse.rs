//! Runs marts for one quarter and keeps them: each is stored as Parquet once and read by name.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::catalogue::{Catalogue, Mart};
use crate::base::progress::Progress;
use crate::base::{Error, Quarter, Result, Table};
use crate::engine::{Engine, Parameters, Stored, Value};

/// The marts of one quarter.
pub struct Warehouse<'e> {
    engine: &'e Engine,
    catalogue: Catalogue,
    folder: PathBuf,
    parameters: Parameters,
    built: RefCell<BTreeMap<String, Stored>>,
}

impl<'e> Warehouse<'e> {
    /// Marts as of a quarter's end, stored in a folder that exists.
    pub fn new(
        engine: &'e Engine,
        catalogue: Catalogue,
        folder: &Path,
        quarter: Quarter,
        episode_days: u32,
    ) -> Self {
        let mut parameters = Parameters::new();
        parameters.insert("as_of_on".into(), Value::Day(quarter.last_day()));
        parameters.insert("episode_days".into(), Value::Int(i64::from(episode_days)));
        Self {
            engine,
            catalogue,
            folder: folder.to_path_buf(),
            parameters,
            built: RefCell::default(),
        }
    }

    /// The marts that there are.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The values that every mart's placeholders are bound to.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Builds these marts and all that they need, where it isn't done.
    pub fn build(&self, wanted: &[&str], progress: &dyn Progress) -> Result<()> {
        let order = self.catalogue.order(wanted)?;
        let missing: Vec<&Mart> = order
            .into_iter()
            .filter(|m| !self.built.borrow().contains_key(&m.name))
            .collect();
        for mart in missing {
            if progress.is_interrupted() {
                return Err(Error::new(
                    crate::base::Kind::Interrupted,
                    "stopped; the results of the last run are as they were",
                ));
            }
            self.make(mart)?;
            progress.advance(1);
        }
        Ok(())
    }

    fn make(&self, mart: &Mart) -> Result<()> {
        let started = std::time::Instant::now();
        let path = self.folder.join(format!("{}.parquet", mart.name));
        let stored = self
            .engine
            .store(&mart.name, &mart.sql, &self.parameters, &path)?;
        self.engine.register_stored(&mart.name, &stored)?;
        let rows = stored.rows;
        self.check_grain(mart, rows)?;
        self.check_rows(mart)?;
        self.built.borrow_mut().insert(mart.name.clone(), stored);
        tracing::debug!(
            mart = mart.name,
            rows,
            milliseconds = started.elapsed().as_millis() as u64,
            "mart built"
        );
        Ok(())
    }

    fn check_grain(&self, mart: &Mart, rows: u64) -> Result<()> {
        let grain = mart.grain.join(", ");
        let nulls: Vec<String> = mart.grain.iter().map(|c| format!("{c} is null")).collect();
        let sql = format!(
            "select (select count(*) from (select 1 from {name} group by {grain})) as keys,
               (select count(*) from {name} where {nulls}) as nulls",
            name = mart.name,
            nulls = nulls.join(" or "),
        );
        let table =
            self.engine
                .query(&format!("grain of {}", mart.name), &sql, &Parameters::new())?;
        let one = |column: &str| -> Result<u64> {
            Ok(table
                .ints(column)?
                .first()
                .copied()
                .flatten()
                .unwrap_or(0)
                .max(0) as u64)
        };
        if one("keys")? != rows || one("nulls")? > 0 {
            return Err(Error::internal(format!(
                "mart {} is not unique by {grain}, or null in it",
                mart.name
            )));
        }
        Ok(())
    }

    fn check_rows(&self, mart: &Mart) -> Result<()> {
        if mart.checks.is_empty() {
            return Ok(());
        }
        let failing: Vec<String> = mart
            .checks
            .iter()
            .enumerate()
            .map(|(at, check)| format!("sum(case when {check} then 0 else 1 end) as check_{at}"))
            .collect();
        let sql = format!("select {} from {}", failing.join(", "), mart.name);
        let table =
            self.engine
                .query(&format!("checks of {}", mart.name), &sql, &self.parameters)?;
        for (at, check) in mart.checks.iter().enumerate() {
            let failed = table
                .ints(&format!("check_{at}"))?
                .first()
                .copied()
                .flatten()
                .unwrap_or(0);
            if failed > 0 {
                return Err(Error::internal(format!(
                    "{failed} rows of mart {} fail its check '{check}'",
                    mart.name
                )));
            }
        }
        Ok(())
    }

    /// The same marts over a part of one mart's rows: those for which `filter` holds with `$cut` bound
    /// to a value. What selects from it is built anew, in a folder of its own, but for the marts of
    /// `whole`, which stay as they are. Until [`Warehouse::restore`] the engine knows the part's.
    pub fn part(
        &self,
        number: usize,
        mart: &str,
        (filter, value): (&str, &str),
        whole: &[&str],
    ) -> Result<Self> {
        let folder = self.folder.join(format!("part-{number}"));
        std::fs::create_dir_all(&folder).map_err(|e| Error::io("can't be made", &folder, e))?;
        let mut built = self.built.borrow().clone();
        self.alias(mart, "whole_rows")?;
        for name in self.catalogue.below(mart, whole) {
            built.remove(&name);
        }
        let mut parameters = self.parameters.clone();
        parameters.insert("cut".into(), Value::Text(value.to_string()));
        let path = folder.join(format!("{mart}.parquet"));
        let sql = format!("select * from whole_rows where {filter}");
        let stored = self.engine.store(mart, &sql, &parameters, &path)?;
        self.engine.register_stored(mart, &stored)?;
        self.engine.forget("whole_rows")?;
        built.insert(mart.to_string(), stored);
        Ok(Self {
            engine: self.engine,
            catalogue: self.catalogue.clone(),
            folder,
            parameters: self.parameters.clone(),
            built: RefCell::new(built),
        })
    }

    /// Forgets what was built of a table that has changed, so that it is built again when it is asked for.
    pub fn forget_below(&self, table: &str) {
        let below = self.catalogue.below(table, &[]);
        self.built
            .borrow_mut()
            .retain(|name, _| !below.contains(name));
    }

    /// Registers every mart that was built again, after parts of them were.
    pub fn restore(&self) -> Result<()> {
        for (name, stored) in self.built.borrow().iter() {
            self.engine.register_stored(name, stored)?;
        }
        Ok(())
    }

    /// Registers a mart that was built under a second name.
    pub fn alias(&self, mart: &str, name: &str) -> Result<()> {
        let built = self.built.borrow();
        let stored = built
            .get(mart)
            .ok_or_else(|| Error::internal(format!("mart {mart} is not built")))?;
        self.engine.register_stored(name, stored)
    }

    /// The rows of a mart that was built, or of a query over marts.
    pub fn read(&self, name: &str) -> Result<Table> {
        if let Some(stored) = self.built.borrow().get(name) {
            // The engine takes files that are gone for a table without rows.
            if let Some(file) = stored.files.iter().find(|file| !file.exists()) {
                return Err(Error::internal(format!("the rows of mart {name} are gone")).at(file));
            }
        }
        self.engine
            .query(name, &format!("select * from {name}"), &Parameters::new())
    }

    /// The rows of a query over marts that were built.
    pub fn ask(&self, name: &str, sql: &str) -> Result<Table> {
        self.engine.query(name, sql, &self.parameters)
    }
}
