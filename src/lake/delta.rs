//! One Delta table on the disk: made, listed, appended to, cleared of files that no load made
//! visible. Everything is synced before it is called done.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use arrow::datatypes::Schema;
use deltalake::DeltaTable;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, Remove, StructType, Transaction};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};

use crate::base::{Error, Kind, Result};
use crate::engine::Engine;

/// A Delta table in a folder.
pub(super) struct Delta<'e> {
    engine: &'e Engine,
    folder: PathBuf,
    table: DeltaTable,
}

impl<'e> Delta<'e> {
    /// Opens the table in a folder; `None` where there is none.
    pub(super) fn open(engine: &'e Engine, folder: &Path) -> Result<Option<Self>> {
        if !folder.join("_delta_log").is_dir() {
            return Ok(None);
        }
        let table = engine
            .wait(deltalake::open_table(url_of(folder)?))
            .map_err(|e| failed(folder, e))?;
        Ok(Some(Self {
            engine,
            folder: folder.to_path_buf(),
            table,
        }))
    }

    /// Opens the table in a folder, and makes it where there is none. A table of an earlier version of
    /// the program gets the columns that it lacks.
    pub(super) fn open_or_create(
        engine: &'e Engine,
        folder: &Path,
        schema: &Schema,
    ) -> Result<Self> {
        if let Some(found) = Self::open(engine, folder)? {
            return found.widened(schema);
        }
        std::fs::create_dir_all(folder).map_err(|e| Error::io("can't be made", folder, e))?;
        let fields: StructType = schema.try_into_kernel().map_err(|e| failed(folder, e))?;
        let name = folder
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        let create = CreateBuilder::new()
            .with_location(url_of(folder)?.to_string())
            .with_table_name(name)
            .with_save_mode(SaveMode::Ignore)
            .with_columns(fields.fields().cloned());
        let table = engine
            .wait(create.into_future())
            .map_err(|e| failed(folder, e))?;
        let delta = Self {
            engine,
            folder: folder.to_path_buf(),
            table,
        };
        delta.sync_log()?;
        Ok(delta)
    }

    fn widened(mut self, schema: &Schema) -> Result<Self> {
        let state = self.table.snapshot().map_err(|e| failed(&self.folder, e))?;
        let known = state.schema();
        let fields: StructType = schema
            .try_into_kernel()
            .map_err(|e| failed(&self.folder, e))?;
        let lacking = fields.fields().filter(|f| !known.contains(f.name()));
        let lacking: Vec<_> = lacking.cloned().collect();
        if !lacking.is_empty() {
            let add = self.table.clone().add_columns().with_fields(lacking);
            let added = self.engine.wait(add.into_future());
            self.table = added.map_err(|e| failed(&self.folder, e))?;
            self.sync_log()?;
        }
        Ok(self)
    }

    /// The live Parquet files.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>> {
        let uris = self
            .table
            .get_file_uris()
            .map_err(|e| failed(&self.folder, e))?;
        let mut files: Vec<PathBuf> = uris
            .filter_map(|uri| {
                Path::new(&uri)
                    .file_name()
                    .map(|name| self.folder.join(name))
            })
            .collect();
        files.sort();
        Ok(files)
    }

    /// The version that the table is at.
    pub(super) fn version(&self) -> u64 {
        self.table.version().unwrap_or_default()
    }

    /// Moves a finished Parquet file into the table under the load's name and commits it.
    pub(super) fn append(&mut self, load_id: &str, staged: &Path, rows: u64) -> Result<()> {
        self.replace(load_id, staged, rows, &[])
    }

    /// The same, and takes the files of other loads out in the same commit.
    pub(super) fn replace(
        &mut self,
        load_id: &str,
        staged: &Path,
        rows: u64,
        replaced: &[String],
    ) -> Result<()> {
        let name = format!("{load_id}.parquet");
        let path = self.folder.join(&name);
        sync_file(staged)?;
        std::fs::rename(staged, &path)
            .map_err(|e| Error::io("can't be moved into the lake", &path, e))?;
        sync_folder(&self.folder)?;
        let size = path
            .metadata()
            .map_err(|e| Error::io("can't be read", &path, e))?
            .len();
        let add = Add {
            path: name,
            partition_values: HashMap::new(),
            size: size as i64,
            modification_time: milliseconds_now(),
            data_change: true,
            stats: Some(format!("{{\"numRecords\":{rows}}}")),
            ..Add::default()
        };
        let removed = replaced.iter().map(|id| removal(format!("{id}.parquet")));
        let actions = std::iter::once(Action::Add(add)).chain(removed);
        self.commit(load_id, actions.collect())
    }

    /// Takes a file out of the table; its bytes stay until nobody can be reading them.
    pub(super) fn remove(&mut self, load_id: &str, file: &Path) -> Result<()> {
        let name = file
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        self.commit(&format!("{load_id}-removed"), vec![removal(name)])
    }

    fn commit(&mut self, application: &str, actions: Vec<Action>) -> Result<()> {
        let state = self.table.snapshot().map_err(|e| failed(&self.folder, e))?;
        let known = self
            .engine
            .wait(state.transaction_version(self.table.log_store().as_ref(), application))
            .map_err(|e| failed(&self.folder, e))?;
        let transaction = Transaction::new(application, known.unwrap_or(0) + 1);
        let operation = DeltaOperation::Write {
            mode: SaveMode::Append,
            partition_by: None,
            predicate: None,
        };
        let properties = CommitProperties::default().with_application_transaction(transaction);
        let commit = CommitBuilder::from(properties).with_actions(actions).build(
            Some(state),
            self.table.log_store(),
            operation,
        );
        self.engine
            .wait(commit.into_future())
            .map_err(|e| failed(&self.folder, e))?;
        self.engine
            .wait(self.table.update_state())
            .map_err(|e| failed(&self.folder, e))?;
        self.sync_log()
    }

    /// The store under Delta never syncs: the log's newest entry and folder are synced here.
    fn sync_log(&self) -> Result<()> {
        let log = self.folder.join("_delta_log");
        let entry = log.join(format!("{:020}.json", self.version()));
        if entry.is_file() {
            sync_file(&entry)?;
        }
        sync_folder(&log)
    }
}

/// The action that takes a file out of a table.
fn removal(path: String) -> Action {
    Action::Remove(Remove {
        path,
        data_change: true,
        deletion_timestamp: Some(milliseconds_now()),
        ..Remove::default()
    })
}

fn url_of(folder: &Path) -> Result<url::Url> {
    let absolute =
        std::path::absolute(folder).map_err(|e| Error::io("can't be found", folder, e))?;
    url::Url::from_directory_path(&absolute)
        .map_err(|()| Error::internal("is no path of this system").at(folder))
}

fn failed(folder: &Path, error: impl std::fmt::Display) -> Error {
    let text = error.to_string();
    let kind = if text.contains("os error") {
        Kind::System
    } else {
        Kind::Internal
    };
    Error::new(kind, "the lake table can't be used")
        .at(folder)
        .because(text)
}

/// Makes a file's bytes safe against a loss of power.
pub(super) fn sync_file(path: &Path) -> Result<()> {
    File::open(path)
        .and_then(|f| f.sync_all())
        .map_err(|e| Error::io("can't be made safe on the disk", path, e))
}

fn sync_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    sync_file(path)?;
    Ok(())
}

/// Delta wants the time of writing beside each file; no rule of ours reads it.
fn milliseconds_now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64)
}
