//! Files and folders into the lake: found, recognised, put together with the files of their export, and
//! loaded one by one. What became of each is told as it happens; printing is the command line's.

mod exports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::base::progress::Progress;
use crate::base::{Config, Error, Kind, Result, Workspace, places};
use crate::engine::Engine;
use crate::input::{
    Found, Held, Nearest, Pseudonyms, Recognised, Settings, Wish, binds, hold, meet, recognise,
};
use crate::lake::{Lake, Load, Outcome};
use crate::mapping::{Library, Reading, Vocabulary};
use exports::{Export, Exports};

/// What is to be taken in.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Files, and folders that are searched whole.
    pub paths: Vec<PathBuf>,
    /// The mapping or layout that is to be used for all of them.
    pub layout: Option<String>,
    /// How they are to be read.
    pub reading: Reading,
    /// Nothing is kept: only what would happen is told.
    pub dry_run: bool,
}

/// What became of a file, or of one of its sheets.
#[derive(Debug)]
pub enum Fate {
    /// It was loaded now, or would be.
    Loaded {
        /// What became of its rows.
        load: Load,
        /// Whether it took the place of an earlier reading of the same content.
        is_again: bool,
    },
    /// It was loaded before, and nothing was done.
    Known(Load),
    /// It is no table.
    PassedOver {
        /// The sheet, where it is one of several.
        sheet: Option<String>,
        /// What it was nearest to.
        nearest: Option<Nearest>,
    },
    /// Its content is known, and not read.
    Stranger {
        /// What it is, and what to ask for instead.
        what: String,
    },
    /// It belongs to a table that was not given with it.
    Parted {
        /// The mapping whose table it belongs to.
        mapping: String,
    },
    /// It could not be loaded.
    Failed(Error),
}

/// A workspace's mappings: the program's, and before them the user's own, with the user's own words,
/// told where the configured territories lie.
pub fn library(workspace: &Workspace, config: &Config) -> Result<Library> {
    let folder = workspace.mappings();
    let mut files = Vec::new();
    if folder.is_dir() {
        let unreadable = |e| Error::io("can't be read", &folder, e);
        for entry in folder.read_dir().map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|e| e == "toml") {
                let text = std::fs::read_to_string(&path)
                    .map_err(|e| Error::io("can't be read", &path, e))?;
                files.push((path, text));
            }
        }
    }
    files.sort();
    let library = Library::with_own(&files)?.within(&states(workspace, config)?);
    Ok(library.with_vocabulary(&Vocabulary::of(workspace)?))
}

/// The states of the configured territories.
fn states(workspace: &Workspace, config: &Config) -> Result<Vec<String>> {
    let territories = || config.territories.values();
    // Where the service area lies is known from what is loaded, so no state is left out before that.
    if territories().any(|t| t.service_area.is_some()) {
        return Ok(Vec::new());
    }
    let zips = territories().flat_map(|t| t.zips.iter().map(String::as_str));
    let counties = territories().flat_map(|t| t.counties.iter().map(String::as_str));
    places::states_of(zips, counties).map_err(|place| {
        Error::usage(format!(
            "no state is known for the place '{place}' of a territory"
        ))
        .at(&workspace.config_file())
        .column("territories")
        .help("write a county as \"Name, ST\", a ZIP code with its five digits")
    })
}

/// Loads what is asked for, and tells of each file what became of it.
pub fn take_in(
    workspace: &Workspace,
    config: &Config,
    asked: &Asked,
    threads: Option<usize>,
    progress: &dyn Progress,
    tell: &mut dyn FnMut(&Path, Fate),
) -> Result<()> {
    let files = find_files(&asked.paths, workspace)?;
    let library = library(workspace, config)?;
    let layouts = config.sources.values().filter_map(|s| s.layout.as_ref());
    for layout in asked.layout.iter().chain(layouts) {
        library.layout(layout)?;
    }
    let pseudonyms = Pseudonyms::new(&workspace.key()?);
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, threads)?;
    let mut intake = Intake {
        lake: Lake::open(&engine, workspace, asked.dry_run)?,
        config,
        pseudonyms,
        scratch: scratch.path(),
        progress,
        tell,
        tables: BTreeSet::new(),
        damaged: BTreeMap::new(),
        joined: BTreeSet::new(),
        wanted: BTreeMap::new(),
        kept: 0,
    };
    let bytes = files.iter().filter_map(|f| f.metadata().ok());
    progress.begin("reading", Some(bytes.map(|m| m.len()).sum()));
    let mut exports = Exports::default();
    for file in &files {
        let found = intake
            .wish(asked, file)
            .and_then(|wish| recognise(file, &library, &wish));
        match found {
            Ok(found) => intake.sort_in(file, found, &mut exports)?,
            Err(error) => {
                intake.damaged.insert(folder_of(file), file.clone());
                intake.fail(file, error)?;
            }
        }
    }
    exports.settle();
    intake.joined = exports.joined();
    intake.wanted = exports.wanted();
    intake.tables.extend(exports.tables());
    for export in exports.into_each() {
        intake.load_export(export)?;
    }
    progress.end();
    Ok(())
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_path_buf()
}

/// The files beside a table that its mapping joins to it, held in memory.
pub fn held_siblings(
    table: &Recognised<'_>,
    library: &Library,
    progress: &dyn Progress,
) -> Result<Held> {
    if table.mapping.joins.is_empty() {
        return Ok(Held::default());
    }
    let folder = table.path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let unreadable = |e| Error::io("can't be read", folder, e);
    let mut files = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        files.push(entry.map_err(unreadable)?.path());
    }
    files.sort();
    let mut joined = Vec::new();
    for file in files.iter().filter(|f| f.is_file()) {
        // A neighbour that can't be read is no part of this export.
        if let Ok(found) = recognise(file, library, &Wish::default()) {
            joined.extend(found.joined);
        }
    }
    joined.retain(|j| j.mapping.name == table.mapping.name);
    hold(&joined, progress)
}

struct Intake<'e, 'a> {
    lake: Lake<'e>,
    config: &'a Config,
    pseudonyms: Pseudonyms,
    scratch: &'a Path,
    progress: &'a dyn Progress,
    tell: &'a mut dyn FnMut(&Path, Fate),
    /// Files that are tables by themselves.
    tables: BTreeSet<PathBuf>,
    /// By folder a file that could not be read.
    damaged: BTreeMap<PathBuf, PathBuf>,
    /// Files that are joined to a table of this call.
    joined: BTreeSet<PathBuf>,
    /// By file the mapping that would join it to a table that was not given.
    wanted: BTreeMap<PathBuf, String>,
    /// Files that were loaded by this call.
    kept: usize,
}

impl Intake<'_, '_> {
    /// What is said of a file: by the call, else by its source.
    fn wish(&self, asked: &Asked, file: &Path) -> Result<Wish> {
        let source = self.config.only_source_of(file)?;
        let by_source = source.and_then(|(_, s)| s.layout.clone());
        Ok(Wish {
            layout: asked.layout.clone().or(by_source),
            reading: asked.reading.clone(),
        })
    }

    /// Loads tables that stand alone, and keeps those that wait for the rest of their export.
    fn sort_in<'l>(
        &mut self,
        file: &Path,
        mut found: Found<'l>,
        exports: &mut Exports<'l>,
    ) -> Result<()> {
        let is_something = !found.joined.is_empty() || !found.tables.is_empty();
        for table in exports.take(file, &mut found) {
            self.load(table, &Held::default())?;
            self.tables.insert(file.to_path_buf());
        }
        let mut passed_over = found.passed_over;
        let has_nearest = passed_over.iter().any(|(_, nearest)| nearest.is_some());
        if let Some(what) = found.stranger.filter(|_| !has_nearest) {
            (self.tell)(file, Fate::Stranger { what });
            return Ok(());
        }
        if is_something {
            // Notes and pivots beside tables are no news, unless they are nearly a table.
            passed_over.retain(|(_, nearest)| nearest.is_some());
        } else if let Some(at) = passed_over
            .iter()
            .position(|(_, nearest)| nearest.is_some())
        {
            passed_over = vec![passed_over.swap_remove(at)];
        } else {
            passed_over.truncate(1);
            passed_over.iter_mut().for_each(|(sheet, _)| *sheet = None);
        }
        for (sheet, nearest) in passed_over {
            (self.tell)(file, Fate::PassedOver { sheet, nearest });
        }
        Ok(())
    }

    fn load_export(&mut self, export: Export<'_>) -> Result<()> {
        let Some(mapping) = export.tables.first().map(|t| t.mapping) else {
            self.part(&export);
            return Ok(());
        };
        let path = export.tables[0].path.clone();
        let damaged = self.damaged.get(&folder_of(&path));
        if let Some(damaged) = damaged.filter(|_| !mapping.joins.is_empty()) {
            let name = damaged.file_name().unwrap_or_default().to_string_lossy();
            let error = Error::input(format!(
                "{name} beside it can't be read, and may belong to it; nothing of this export was loaded"
            ));
            return self.fail(&path, error.at(&path));
        }
        let held = match hold(&export.joined, self.progress) {
            Ok(held) => held,
            // Without this file the tables would lack columns: nothing of the export is loaded.
            Err(error) => return self.fail(&path, error),
        };
        let mut parents = Vec::new();
        for table in export.tables {
            if let Some(mapping) = self.wanted.get(&table.path).cloned()
                && !binds(&table, &held.all())
            {
                self.leave(&table.path, &held, &mapping);
                return Ok(());
            }
            let again = table.clone();
            let Some((load_id, was_known)) = self.load(table, &held)? else {
                return Ok(());
            };
            if was_known {
                meet(&again, &held.all())?;
            }
            parents.push(load_id);
        }
        parents.sort();
        for file in &held.files {
            // A file that is a table itself has a report of its own.
            if self.tables.contains(&file.path) {
                continue;
            }
            let settings = settings(self.config, &self.pseudonyms, self.scratch, &file.path)?;
            let outcome = self
                .lake
                .load_joined(file, &held, mapping, &parents, &settings);
            self.report(&file.path, outcome)?;
        }
        Ok(())
    }

    /// Tells of a table that lacks what it needs, a directory without identifiers, and of what it would
    /// have been joined with: all belong to a table of another mapping.
    fn leave(&mut self, table: &Path, held: &Held, mapping: &str) {
        let companions = held.files.iter().map(|file| file.path.as_path());
        let files: BTreeSet<&Path> = companions.chain([table]).collect();
        for file in files {
            let mapping = mapping.to_string();
            (self.tell)(file, Fate::Parted { mapping });
        }
    }

    /// Tells of files that came without the table that they belong to.
    fn part(&mut self, export: &Export<'_>) {
        let mut told = BTreeSet::new();
        for file in &export.joined {
            let is_placed = self.tables.contains(&file.path) || self.joined.contains(&file.path);
            if !is_placed && told.insert(file.path.clone()) {
                let mapping = file.mapping.name.clone();
                (self.tell)(&file.path, Fate::Parted { mapping });
            }
        }
    }

    /// Loads one table; gives its load's id and whether it was known, or nothing where it failed.
    fn load(&mut self, mut table: Recognised<'_>, held: &Held) -> Result<Option<(String, bool)>> {
        let path = table.path.clone();
        let settings = settings(self.config, &self.pseudonyms, self.scratch, &path)?;
        let outcome = self.lake.load(&mut table, held, &settings, self.progress);
        self.report(&path, outcome)
    }

    fn report(&mut self, path: &Path, outcome: Result<Outcome>) -> Result<Option<(String, bool)>> {
        let (id, was_known) = match outcome {
            Ok(Outcome::Known(load)) => {
                let id = load.load_id.clone();
                (self.tell)(path, Fate::Known(load));
                (id, true)
            }
            Ok(Outcome::Loaded { load, replaced }) => {
                let id = load.load_id.clone();
                self.kept += 1;
                let is_again = replaced > 0;
                (self.tell)(path, Fate::Loaded { load, is_again });
                (id, false)
            }
            Err(error) => {
                self.fail(path, error)?;
                return Ok(None);
            }
        };
        self.heed()?;
        Ok(Some((id, was_known)))
    }

    /// A file that can't be loaded leaves the others; the user's wish to stop does not.
    fn fail(&mut self, path: &Path, error: Error) -> Result<()> {
        if matches!(error.kind(), Kind::Interrupted) {
            return Err(self.stopped());
        }
        (self.tell)(path, Fate::Failed(error));
        self.heed()
    }

    fn heed(&self) -> Result<()> {
        if self.progress.is_interrupted() {
            return Err(self.stopped());
        }
        Ok(())
    }

    fn stopped(&self) -> Error {
        let kept = crate::base::units::counted(self.kept as i64, "file");
        Error::new(
            Kind::Interrupted,
            format!("stopped; {kept} loaded by this call and kept, the others wait for the next"),
        )
    }
}

/// How a file is staged: what its source says, else the organisation.
fn settings<'s>(
    config: &'s Config,
    pseudonyms: &'s Pseudonyms,
    scratch: &'s Path,
    file: &Path,
) -> Result<Settings<'s>> {
    let source = config.only_source_of(file)?;
    Ok(Settings {
        scratch,
        pseudonyms,
        zone: source
            .and_then(|(_, s)| s.time_zone)
            .unwrap_or(config.organisation.time_zone),
        source: source.map(|(name, _)| name),
    })
}

/// Every file below the paths, by name. Hidden files are passed over, and so is what the workspace
/// itself holds: its lake, its results, its own queries and mappings.
fn find_files(paths: &[PathBuf], workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let own = [
        workspace.lake(),
        workspace.results(),
        workspace.queries(),
        workspace.mappings(),
        workspace.config_file(),
        workspace.vocabulary_file(),
        workspace.key_file(),
        workspace.root().join("README.md"),
    ];
    let mut search = Search {
        own: own.iter().filter_map(|p| p.canonicalize().ok()).collect(),
        ..Search::default()
    };
    for path in paths {
        if !path.exists() {
            return Err(Error::usage("is not there").at(path));
        }
        if !path.is_file() && !path.is_dir() {
            return Err(Error::usage("is neither a file nor a folder").at(path));
        }
        search.below(path)?;
    }
    search.files.sort();
    search.files.dedup();
    Ok(search.files)
}

/// A search for files.
#[derive(Default)]
struct Search {
    /// What the workspace holds itself.
    own: Vec<PathBuf>,
    /// Folders that were searched, so that links in a circle end.
    seen: BTreeSet<PathBuf>,
    files: Vec<PathBuf>,
}

impl Search {
    fn below(&mut self, path: &Path) -> Result<()> {
        // A link that leads nowhere is kept, so that it is told of; a pipe or a device is no file.
        let is_broken = !path.exists();
        let real = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        if self.own.iter().any(|own| real.starts_with(own)) {
            return Ok(());
        }
        if path.is_file() || is_broken {
            self.files.push(path.to_path_buf());
            return Ok(());
        }
        // The files of a lake are read through its log alone.
        let is_lake = path.join("_delta_log").is_dir();
        if !path.is_dir() || is_lake || !self.seen.insert(real) {
            return Ok(());
        }
        let unreadable = |e| Error::io("can't be read", path, e);
        for entry in path.read_dir().map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            if !entry.file_name().to_string_lossy().starts_with('.') {
                self.below(&entry.path())?;
            }
        }
        Ok(())
    }
}
