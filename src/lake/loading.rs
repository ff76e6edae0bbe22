//! A file into the lake: stage it, tell new rows from known ones, commit data and quarantine, and
//! last the row that makes the load visible. One process writes at a time; a load that was cut off
//! is cleared away before the next one begins.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::delta::{Delta, sync_file};
use super::loads::{self, Load};
use super::snapshot::{LOADS, QUARANTINE, Snapshot, load_of};
use super::versions::{Judgement, judge};
use crate::base::progress::Progress;
use crate::base::{Error, Result, Workspace};
use crate::engine::Engine;
use crate::input::{Recognised, Settings, Staged, fingerprint, rewrite_without, stage};
use crate::mapping::canonical::quarantine_schema;

/// What became of a file.
#[derive(Debug)]
pub enum Outcome {
    /// It was loaded now.
    Loaded(Load),
    /// This content was loaded before under the same layout; nothing was done.
    Known(Load),
}

/// The lake of a workspace, open for loading. Other processes wait until it is dropped.
pub struct Lake<'e> {
    engine: &'e Engine,
    workspace: &'e Workspace,
    snapshot: Snapshot,
    _lock: File,
}

impl<'e> Lake<'e> {
    /// Opens the lake for loading, waits for other processes that load, and clears away what a
    /// load that was cut off has left.
    pub fn open(engine: &'e Engine, workspace: &'e Workspace) -> Result<Self> {
        let folder = workspace.lake();
        std::fs::create_dir_all(&folder).map_err(|e| Error::io("can't be made", &folder, e))?;
        let path = folder.join(".lock");
        let lock = File::create(&path).map_err(|e| Error::io("can't be written", &path, e))?;
        lock.lock()
            .map_err(|e| Error::io("can't be locked", &path, e))?;
        let snapshot = Snapshot::read(engine, workspace)?;
        let mut lake = Self {
            engine,
            workspace,
            snapshot,
            _lock: lock,
        };
        lake.clear_orphans()?;
        Ok(lake)
    }

    fn clear_orphans(&mut self) -> Result<()> {
        let orphans: Vec<(String, PathBuf)> = self
            .snapshot
            .orphans()
            .map(|(t, f)| (t.to_string(), f.to_path_buf()))
            .collect();
        for (table, file) in &orphans {
            if let Some(mut delta) = Delta::open(self.engine, &self.workspace.lake().join(table))? {
                delta.remove(load_of(file).unwrap_or(""), file)?;
                // Nobody ever saw these bytes: readers pass over files without a load.
                std::fs::remove_file(file).ok();
                tracing::info!(table, "cleared away what an interrupted load had left");
            }
        }
        Ok(())
    }

    /// The loads that are visible.
    pub fn loads(&self) -> &[Load] {
        &self.snapshot.loads
    }

    /// Loads one file.
    pub fn load(
        &mut self,
        path: &Path,
        recognised: &Recognised,
        settings: &Settings<'_>,
        progress: &dyn Progress,
    ) -> Result<Outcome> {
        let fingerprint = fingerprint(path, recognised, settings, progress)?;
        if let Some(known) = self
            .snapshot
            .loads
            .iter()
            .find(|l| l.load_id == fingerprint.load_id)
        {
            return Ok(Outcome::Known(known.clone()));
        }
        let staged = stage(path, recognised, fingerprint, settings, progress)?;
        let load = self
            .commit(path, recognised, &staged)
            .map_err(|e| e.at(path))?;
        self.snapshot = Snapshot::read(self.engine, self.workspace)?;
        Ok(Outcome::Loaded(load))
    }

    fn commit(&mut self, path: &Path, recognised: &Recognised, staged: &Staged) -> Result<Load> {
        let layout = recognised.layout;
        let judgement = judge(
            self.engine,
            layout,
            &staged.data,
            self.snapshot.files(layout.table),
            &staged.data.with_extension("known.parquet"),
        )?;
        let mut data = staged.data.clone();
        if !judgement.duplicates.is_empty() {
            let rewritten = data.with_extension("new.parquet");
            rewrite_without(&data, &judgement.duplicates, &rewritten)?;
            std::fs::remove_file(&data).ok();
            data = rewritten;
        }
        let new = judgement.accepted + judgement.superseded;
        if new > 0 {
            self.table(layout.table, &layout.schema())?
                .append(&staged.load_id, &data, new)?;
        } else {
            std::fs::remove_file(&data).ok();
        }
        if let Some(quarantine) = &staged.quarantine {
            self.table(QUARANTINE, &quarantine_schema())?.append(
                &staged.load_id,
                quarantine,
                staged.tally.quarantined,
            )?;
        }
        let load = account(path, recognised, staged, &judgement);
        if !load.adds_up() {
            return Err(Error::internal(
                "rows are not accounted for; nothing was loaded",
            ));
        }
        self.make_visible(&load, &staged.data)?;
        Ok(load)
    }

    /// The row that makes a load visible, committed after everything else.
    fn make_visible(&self, load: &Load, staged: &Path) -> Result<()> {
        let path = staged.with_extension("load.parquet");
        loads::to_table(std::slice::from_ref(load))?.write_parquet(&path)?;
        sync_file(&path)?;
        self.table(LOADS, &loads::schema())?
            .append(&load.load_id, &path, 1)
    }

    fn table(&self, name: &str, schema: &arrow::datatypes::Schema) -> Result<Delta<'e>> {
        Delta::open_or_create(self.engine, &self.workspace.lake().join(name), schema)
    }
}

/// The row of a load: what was read and what became of it.
fn account(path: &Path, recognised: &Recognised, staged: &Staged, judgement: &Judgement) -> Load {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let reasons = |reason: &'static str| staged.tally.reasons.get(reason).copied().unwrap_or(0);
    Load {
        load_id: staged.load_id.clone(),
        table: recognised.layout.table.to_string(),
        file: name.unwrap_or_default(),
        source: staged.source.clone(),
        content_hash: staged.content_hash.clone(),
        latest_on: staged.latest_on,
        rows_read: staged.rows_read,
        accepted: judgement.accepted,
        superseded: judgement.superseded,
        duplicate: judgement.duplicates.len() as u64,
        quarantined: staged.tally.quarantined,
        by_reason: Load::reasons().map(reasons),
        set_aside: 0,
        fields_emptied: staged.tally.fields_emptied(),
        conflicting: judgement.conflicting,
        skipped_lines: staged.skipped_lines,
        unknown_columns: recognised.unknown_columns.join(", "),
        first_on: judgement.first_on,
        last_on: judgement.last_on,
    }
}
