//! A file into the lake: stage it, tell new rows from known ones, commit data and quarantine, and
//! last the row that makes the load visible. One process writes at a time; a load that was cut off
//! is cleared away before the next one begins.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::delta::{Delta, sync_file};
use super::loads::{self, Load};
use super::snapshot::{LOADS, QUARANTINE, Snapshot, load_of};
use super::versions::{Judgement, judge};
use crate::base::progress::Progress;
use crate::base::{Error, Result, Workspace};
use crate::engine::Engine;
use crate::input::{
    Held, HeldFile, Recognised, Settings, Staged, Tally, file_name, fingerprint, joined_load_id,
    rewrite_without, stage, stage_joined,
};
use crate::mapping::Mapping;
use crate::mapping::canonical::quarantine_schema;

/// What became of a file.
#[derive(Debug)]
pub enum Outcome {
    /// It was loaded now.
    Loaded {
        /// What became of its rows.
        load: Load,
        /// How many loads of the same content it took the place of.
        replaced: usize,
    },
    /// This content was loaded before under the same layout; nothing was done.
    Known(Load),
}

/// The lake of a workspace, open for loading. Other processes wait until it is dropped.
pub struct Lake<'e> {
    engine: &'e Engine,
    workspace: &'e Workspace,
    snapshot: Snapshot,
    /// Loads that took the place of another since the lake was opened, with the other's id.
    renewed: BTreeMap<String, String>,
    /// Nothing is kept.
    is_dry: bool,
    _lock: Option<File>,
}

impl<'e> Lake<'e> {
    /// Opens the lake for loading, waits for other processes that load, and clears away what a
    /// load that was cut off has left. A dry one changes nothing and waits for nobody.
    pub fn open(engine: &'e Engine, workspace: &'e Workspace, is_dry: bool) -> Result<Self> {
        let lock = if is_dry { None } else { Some(lock(workspace)?) };
        let mut lake = Self {
            engine,
            workspace,
            snapshot: Snapshot::read(engine, workspace)?,
            renewed: BTreeMap::new(),
            is_dry,
            _lock: lock,
        };
        if !is_dry {
            lake.take_out_orphans(true)?;
        }
        Ok(lake)
    }

    /// Takes out files that no visible load has. Bytes that nobody ever saw are deleted too; those
    /// of a load that another took the place of may be read by someone, and stay.
    fn take_out_orphans(&mut self, never_seen: bool) -> Result<()> {
        let orphans: Vec<(String, PathBuf)> = self
            .snapshot
            .orphans()
            .map(|(t, f)| (t.to_string(), f.to_path_buf()))
            .collect();
        for (table, file) in &orphans {
            if let Some(mut delta) = Delta::open(self.engine, &self.workspace.lake().join(table))? {
                delta.remove(load_of(file).unwrap_or(""), file)?;
                if never_seen {
                    std::fs::remove_file(file).ok();
                    tracing::info!(table, "cleared away what an interrupted load had left");
                }
            }
        }
        Ok(())
    }

    /// Loads one table of a file, with the files that are joined to it.
    pub fn load(
        &mut self,
        recognised: &mut Recognised<'_>,
        held: &Held,
        settings: &Settings<'_>,
        progress: &dyn Progress,
    ) -> Result<Outcome> {
        let fingerprint = fingerprint(recognised, &held.content_hashes(), settings, progress)?;
        if let Some(known) = self.known(&fingerprint.load_id) {
            return Ok(Outcome::Known(known.clone()));
        }
        let staged = stage(recognised, &held.all(), &fingerprint, settings, progress)?;
        let load = self
            .commit(recognised, &staged)
            .map_err(|e| e.at(&recognised.path))?;
        Ok(load)
    }

    /// Records what became of the rows of a file that is only joined to others. `parents` are the
    /// ids of the loads that it was joined to.
    pub fn load_joined(
        &mut self,
        file: &HeldFile,
        held: &Held,
        mapping: &Mapping,
        parents: &[String],
        settings: &Settings<'_>,
    ) -> Result<Outcome> {
        let load_id = joined_load_id(&file.content_hash, parents);
        if let Some(known) = self.known(&load_id) {
            return Ok(Outcome::Known(known.clone()));
        }
        let met = held.met(file);
        let table = mapping.table.table;
        let (tally, quarantine) =
            stage_joined(&met, table, &file.path, &load_id, settings.scratch)?;
        let name = file
            .path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned());
        let load = Load {
            table: table.to_string(),
            file: name.unwrap_or_default(),
            mapping: mapping.name.clone(),
            source: settings.source.unwrap_or(&mapping.source).to_string(),
            content_hash: file.content_hash.clone(),
            rows_read: met.rows_read,
            quarantined: tally.quarantined,
            by_reason: reasons_of(&tally),
            set_aside: met.set_aside + met.without_referrer,
            set_aside_by: names_of(&[
                ("rows that the join leaves out".to_string(), met.set_aside),
                (
                    "rows that nobody refers to".to_string(),
                    met.without_referrer,
                ),
            ]),
            joined: met.joined,
            skipped_lines: met.skipped_lines,
            form: file.form.told().join(", "),
            load_id,
            ..Load::default()
        };
        if self.is_dry {
            return Ok(Outcome::Loaded { load, replaced: 0 });
        }
        if let Some(quarantine) = &quarantine {
            self.table(QUARANTINE, &quarantine_schema())?.append(
                &load.load_id,
                quarantine,
                tally.quarantined,
            )?;
        }
        let stale = self.left_behind(held, parents);
        let staged = settings.scratch.join("joined.parquet");
        self.make_visible(load, &staged, stale)
            .map_err(|e| e.at(&file.path))
    }

    /// The loads of joined files whose parents were read anew, and which are not given again: a
    /// later edition of the file took their place.
    fn left_behind(&self, held: &Held, parents: &[String]) -> Vec<Load> {
        let before = |id: &String| self.renewed.get(id).unwrap_or(id).clone();
        let mut former: Vec<String> = parents.iter().map(before).collect();
        former.sort();
        if former == parents {
            return Vec::new();
        }
        let is_given = |load: &Load| {
            held.files
                .iter()
                .any(|f| f.content_hash == load.content_hash)
        };
        let is_child = |l: &&Load| joined_load_id(&l.content_hash, &former) == l.load_id;
        let loads = self.snapshot.loads.iter().filter(is_child);
        loads.filter(|l| !is_given(l)).cloned().collect()
    }

    /// The visible load of an id.
    pub fn known(&self, load_id: &str) -> Option<&Load> {
        self.snapshot.loads.iter().find(|l| l.load_id == load_id)
    }

    /// The loads that a new one of this content takes the place of: the same bytes, read otherwise.
    pub fn replaced_by(&self, load_id: &str, content_hash: &str) -> Vec<Load> {
        let same = |l: &&Load| l.content_hash == content_hash && l.load_id != load_id;
        self.snapshot.loads.iter().filter(same).cloned().collect()
    }

    fn commit(&mut self, recognised: &Recognised<'_>, staged: &Staged) -> Result<Outcome> {
        let layout = recognised.mapping.table;
        let replaced = self.replaced_by(&staged.load_id, &staged.content_hash);
        let is_kept = |file: &&PathBuf| {
            let id = load_of(file).unwrap_or_default();
            !replaced.iter().any(|l| l.load_id == id)
        };
        let files = self.snapshot.files(layout.table).iter();
        let stored: Vec<PathBuf> = files.filter(is_kept).cloned().collect();
        let judgement = judge(
            self.engine,
            layout,
            &staged.data,
            &stored,
            &staged.data.with_extension("known.parquet"),
        )?;
        let load = account(recognised, staged, &judgement);
        if self.is_dry {
            return Ok(Outcome::Loaded {
                load,
                replaced: replaced.len(),
            });
        }
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
        self.make_visible(load, &staged.data, Vec::new())
    }

    /// The row that makes a load visible, committed after everything else. In the same commit the
    /// rows of loads go whose place it takes; with them their data is no longer seen.
    fn make_visible(&mut self, load: Load, staged: &Path, stale: Vec<Load>) -> Result<Outcome> {
        if !load.adds_up() {
            return Err(Error::internal(
                "rows are not accounted for; nothing was loaded",
            ));
        }
        let mut replaced = self.replaced_by(&load.load_id, &load.content_hash);
        replaced.extend(stale);
        let ids: Vec<String> = replaced.iter().map(|l| l.load_id.clone()).collect();
        if let [former] = ids.as_slice() {
            self.renewed.insert(load.load_id.clone(), former.clone());
        }
        let path = staged.with_extension("load.parquet");
        loads::to_table(std::slice::from_ref(&load))?.write_parquet(&path)?;
        sync_file(&path)?;
        self.table(LOADS, &loads::schema())?
            .replace(&load.load_id, &path, 1, &ids)?;
        self.snapshot = Snapshot::read(self.engine, self.workspace)?;
        self.take_out_orphans(false)?;
        Ok(Outcome::Loaded {
            load,
            replaced: replaced.len(),
        })
    }

    fn table(&self, name: &str, schema: &arrow::datatypes::Schema) -> Result<Delta<'e>> {
        Delta::open_or_create(self.engine, &self.workspace.lake().join(name), schema)
    }
}

/// Waits until no other process loads.
fn lock(workspace: &Workspace) -> Result<File> {
    let folder = workspace.lake();
    std::fs::create_dir_all(&folder).map_err(|e| Error::io("can't be made", &folder, e))?;
    let path = folder.join(".lock");
    let lock = File::create(&path).map_err(|e| Error::io("can't be written", &path, e))?;
    lock.lock()
        .map_err(|e| Error::io("can't be locked", &path, e))?;
    Ok(lock)
}

/// The quarantined rows of a tally in the order of the load's reasons.
fn reasons_of(tally: &Tally) -> [u64; 10] {
    Load::reasons().map(|reason| tally.reasons.get(reason).copied().unwrap_or(0))
}

/// Counts by name in one text; those of zero are left out.
fn names_of(counts: &[(String, u64)]) -> String {
    let filled = counts.iter().filter(|(_, n)| *n > 0);
    let texts: Vec<String> = filled.map(|(name, n)| format!("{name} {n}")).collect();
    texts.join(", ")
}

/// The row of a load: what was read and what became of it.
fn account(recognised: &Recognised<'_>, staged: &Staged, judgement: &Judgement) -> Load {
    let aside: Vec<(String, u64)> = staged
        .tally
        .set_aside
        .iter()
        .map(|(name, n)| (name.clone(), *n))
        .collect();
    Load {
        load_id: staged.load_id.clone(),
        table: recognised.mapping.table.table.to_string(),
        file: file_name(recognised),
        mapping: recognised.mapping.name.clone(),
        source: staged.source.clone(),
        content_hash: staged.content_hash.clone(),
        latest_on: staged.latest_on,
        rows_read: staged.rows_read,
        accepted: judgement.accepted,
        superseded: judgement.superseded,
        duplicate: judgement.duplicates.len() as u64,
        quarantined: staged.tally.quarantined,
        by_reason: reasons_of(&staged.tally),
        set_aside: staged.tally.all_set_aside(),
        set_aside_by: names_of(&aside),
        joined: 0,
        fields_emptied: staged.tally.fields_emptied(),
        conflicting: judgement.conflicting,
        skipped_lines: staged.skipped_lines,
        unknown_columns: staged.unknown_columns.join(", "),
        form: staged.told.join(", "),
        first_on: judgement.first_on,
        last_on: judgement.last_on,
    }
}
