//! `catchment ingest`: files and folders into the lake, one line a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{Global, print};
use crate::base::progress::Progress;
use crate::base::{Config, Error, Kind, Result, Workspace, units};
use crate::engine::Engine;
use crate::input::{Pseudonyms, Settings, recognise};
use crate::lake::{Lake, Load, Outcome};

/// Load exports, rosters and other files; what each file is shows in its header
#[derive(Args)]
pub(super) struct Arguments {
    /// Files, or folders that are searched whole
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

/// What became of the files of one call.
#[derive(Default)]
pub(super) struct Summary {
    /// Loads that were made now.
    pub loaded: Vec<Load>,
    /// Files that were loaded before.
    pub known: usize,
    /// Files whose header is no table's.
    pub passed_over: usize,
    /// Files that could not be loaded.
    pub failed: usize,
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let workspace = global.workspace()?;
    let config = workspace.config()?;
    let summary = load(&workspace, &config, &arguments.paths, global)?;
    print(&summary.text())?;
    if summary.failed > 0 {
        return Err(Error::input(format!(
            "{} could not be loaded",
            units::counted(summary.failed as i64, "file")
        )));
    }
    Ok(if summary.is_beyond(config.ingest.quarantine_limit) {
        ExitCode::from(3)
    } else {
        ExitCode::SUCCESS
    })
}

/// Loads files and folders into a workspace, and says of each what became of it.
pub(super) fn load(
    workspace: &Workspace,
    config: &Config,
    paths: &[PathBuf],
    global: &Global,
) -> Result<Summary> {
    let files = find_files(paths)?;
    let pseudonyms = Pseudonyms::new(&workspace.key()?);
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, global.threads)?;
    let mut lake = Lake::open(&engine, workspace)?;
    let mut summary = Summary::default();
    let bytes = files
        .iter()
        .filter_map(|f| f.metadata().ok())
        .map(|m| m.len())
        .sum();
    global.terminal.begin("reading", Some(bytes));
    for file in &files {
        let loaded = load_one(&mut lake, config, file, &pseudonyms, scratch.path(), global);
        match loaded {
            Ok(None) => {
                summary.passed_over += 1;
                global.terminal.say(&format!(
                    "{}: passed over, its header is no table's",
                    file.display()
                ));
            }
            Ok(Some(Outcome::Known(_))) => {
                summary.known += 1;
                global
                    .terminal
                    .say(&format!("{}: loaded before", file.display()));
            }
            Ok(Some(Outcome::Loaded(load))) => {
                global
                    .terminal
                    .say(&format!("{}: {}", file.display(), line(&load)));
                summary.loaded.push(load);
            }
            Err(error) if matches!(error.kind(), Kind::Interrupted) => return Err(error),
            Err(error) => {
                summary.failed += 1;
                global.terminal.say(&format!("catchment: {error}"));
            }
        }
        if global.terminal.is_interrupted() {
            return Err(Error::new(
                Kind::Interrupted,
                format!(
                    "stopped; {} loaded, the others wait for the next call",
                    units::counted(summary.loaded.len() as i64, "file")
                ),
            ));
        }
    }
    global.terminal.end();
    Ok(summary)
}

fn load_one(
    lake: &mut Lake<'_>,
    config: &Config,
    file: &Path,
    pseudonyms: &Pseudonyms,
    scratch: &Path,
    global: &Global,
) -> Result<Option<Outcome>> {
    let Some(recognised) = recognise(file)? else {
        return Ok(None);
    };
    let source = config.only_source_of(file)?;
    let settings = Settings {
        scratch,
        pseudonyms,
        zone: source
            .and_then(|(_, s)| s.time_zone)
            .unwrap_or(config.organisation.time_zone),
        source: source.map(|(name, _)| name),
    };
    lake.load(file, &recognised, &settings, &global.terminal)
        .map(Some)
}

/// Every file below the paths, by name; hidden ones are passed over.
fn find_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(Error::usage("is not there").at(path));
        }
        collect(path, &mut files)?;
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let unreadable = |e| Error::io("can't be read", path, e);
    for entry in path.read_dir().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// A load in one line.
fn line(load: &Load) -> String {
    let mut parts = vec![format!("{} accepted", units::count(load.accepted as i64))];
    for (n, word) in [
        (load.superseded, "superseded"),
        (load.duplicate, "duplicate"),
        (load.quarantined, "quarantined"),
        (load.set_aside, "set aside"),
    ] {
        if n > 0 {
            parts.push(format!("{} {word}", units::count(n as i64)));
        }
    }
    let mut text = format!(
        "{}, {}: {}",
        load.table,
        units::counted(load.rows_read as i64, "row"),
        parts.join(", ")
    );
    if load.fields_emptied > 0 {
        text.push_str(&format!(
            "; {} emptied",
            units::counted(load.fields_emptied as i64, "field")
        ));
    }
    if !load.unknown_columns.is_empty() {
        text.push_str(&format!("; columns left out: {}", load.unknown_columns));
    }
    text
}

impl Summary {
    /// A few lines for a person.
    pub(super) fn text(&self) -> String {
        let mut tables: BTreeMap<&str, (i64, i64, i64)> = BTreeMap::new();
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        for load in &self.loaded {
            let sums = tables.entry(&load.table).or_default();
            sums.0 += 1;
            sums.1 += (load.accepted + load.superseded) as i64;
            sums.2 += load.quarantined as i64;
            for (reason, n) in Load::reasons()
                .iter()
                .zip(load.by_reason)
                .filter(|(_, n)| *n > 0)
            {
                *reasons.entry(reason).or_default() += n;
            }
        }
        let mut out = String::new();
        for (table, (files, rows, quarantined)) in &tables {
            out.push_str(&format!(
                "{table}: {} from {}",
                units::counted(*rows, "row"),
                units::counted(*files, "file")
            ));
            if *quarantined > 0 {
                out.push_str(&format!(", {} quarantined", units::count(*quarantined)));
            }
            out.push('\n');
        }
        if !reasons.is_empty() {
            let list: Vec<String> = reasons
                .iter()
                .map(|(reason, n)| format!("{reason} {}", units::count(*n as i64)))
                .collect();
            out.push_str(&format!("quarantined for: {}\n", list.join(", ")));
        }
        if self.known > 0 {
            out.push_str(&format!(
                "{} loaded before\n",
                units::counted(self.known as i64, "file")
            ));
        }
        if self.passed_over > 0 {
            out.push_str(&format!(
                "{} passed over\n",
                units::counted(self.passed_over as i64, "file")
            ));
        }
        if out.is_empty() {
            out.push_str("nothing to load\n");
        }
        out
    }

    /// Whether more rows were quarantined than the user's limit allows.
    fn is_beyond(&self, limit: Option<f64>) -> bool {
        let read: u64 = self.loaded.iter().map(|l| l.rows_read).sum();
        let quarantined: u64 = self.loaded.iter().map(|l| l.quarantined).sum();
        limit.is_some_and(|limit| quarantined as f64 > limit * read as f64)
    }
}
