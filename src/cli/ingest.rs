//! `catchment ingest`: files and folders into the lake, one line a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::reading::Reading;
use super::{Global, print, some_of};
use crate::base::{Config, Error, Result, Workspace, units};
use crate::intake::{Asked, Fate, take_in};
use crate::lake::Load;

/// Load exports, rosters and other files; what each file is shows in its header
#[derive(Args)]
pub(super) struct Arguments {
    /// Files, or folders that are searched whole
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Show what would happen, and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the report of every file as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
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
    /// Nothing was kept.
    pub is_dry: bool,
    /// One object a file, for scripts.
    pub reports: Vec<Value>,
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let workspace = global.workspace()?;
    let config = workspace.config()?;
    let asked = Asked {
        paths: arguments.paths.clone(),
        layout: arguments.reading.layout.clone(),
        reading: arguments.reading.asked()?,
        dry_run: arguments.dry_run,
    };
    let summary = load(&workspace, &config, &asked, global)?;
    if arguments.json {
        let reports = Value::Array(summary.reports.clone());
        print(&format!("{reports:#}\n"))?;
    } else {
        print(&summary.text())?;
    }
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
    asked: &Asked,
    global: &Global,
) -> Result<Summary> {
    let mut summary = Summary {
        is_dry: asked.dry_run,
        ..Summary::default()
    };
    let terminal = &global.terminal;
    let mut tell = |path: &Path, fate: Fate| {
        terminal.say(&sentence(path, &fate));
        summary.add(path, fate);
    };
    take_in(
        workspace,
        config,
        asked,
        global.threads,
        terminal,
        &mut tell,
    )?;
    Ok(summary)
}

/// What became of a file, in one line.
fn sentence(path: &Path, fate: &Fate) -> String {
    let file = path.display();
    match fate {
        Fate::Loaded { load, is_again } => {
            let again = if *is_again {
                "; it takes the place of an earlier reading"
            } else {
                ""
            };
            format!("{file}: {}{again}", line(load))
        }
        Fate::Known(_) => format!("{file}: loaded before, unchanged"),
        Fate::Stranger { what } => format!("{file}: passed over, {what}"),
        Fate::PassedOver { sheet, nearest } => {
            let sheet = sheet.as_ref().map(|s| format!(", sheet '{s}'"));
            let near = nearest
                .as_ref()
                .map(|n| format!("; the nearest is {}, but {}", n.mapping, n.why()));
            format!(
                "{file}{}: passed over, its header is no table's{}",
                sheet.unwrap_or_default(),
                near.unwrap_or_default()
            )
        }
        Fate::Parted { mapping } => format!(
            "{file}: belongs to an export of {mapping}; load it together with the table that it belongs to"
        ),
        Fate::Failed(error) => format!("catchment: {error}"),
    }
}

/// How a file was read, in words that go on from there.
pub(super) fn read_how(form: &str) -> String {
    if form.starts_with("without ") {
        format!("read {form}")
    } else {
        format!("read as {form}")
    }
}

/// A load in one line.
fn line(load: &Load) -> String {
    let mut parts = Vec::new();
    if load.joined == 0 {
        parts.push(format!("{} accepted", units::count(load.accepted as i64)));
    }
    for (n, word) in [
        (load.superseded, "superseded"),
        (load.duplicate, "duplicate"),
        (load.quarantined, "quarantined"),
        (load.set_aside, "set aside"),
        (load.joined, "joined"),
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
    if !load.set_aside_by.is_empty() {
        text.push_str(&format!("; set aside: {}", load.set_aside_by));
    }
    if !load.form.is_empty() {
        text.push_str(&format!("; {}", read_how(&load.form)));
    }
    if !load.unknown_columns.is_empty() {
        let names: Vec<&str> = load.unknown_columns.split(", ").collect();
        text.push_str(&format!("; columns left out: {}", some_of(&names)));
    }
    text
}

impl Summary {
    fn add(&mut self, path: &Path, fate: Fate) {
        let file = path.display().to_string();
        self.reports.push(match &fate {
            Fate::Loaded { load, .. } => report(&file, "loaded", load),
            Fate::Known(load) => report(&file, "known", load),
            Fate::Stranger { what } => {
                json!({"path": file, "fate": "passed_over", "message": what})
            }
            Fate::PassedOver { .. } => json!({"path": file, "fate": "passed_over"}),
            Fate::Parted { .. } => json!({"path": file, "fate": "parted"}),
            Fate::Failed(error) => {
                json!({"path": file, "fate": "failed", "message": error.to_string()})
            }
        });
        match fate {
            Fate::Loaded { load, .. } => self.loaded.push(load),
            Fate::Known(_) => self.known += 1,
            Fate::PassedOver { .. } | Fate::Stranger { .. } | Fate::Parted { .. } => {
                self.passed_over += 1;
            }
            Fate::Failed(_) => self.failed += 1,
        }
    }

    /// A few lines for a person.
    pub(super) fn text(&self) -> String {
        let mut tables: BTreeMap<&str, (i64, i64, i64, i64)> = BTreeMap::new();
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        for load in &self.loaded {
            let sums = tables.entry(&load.table).or_default();
            sums.0 += 1;
            sums.1 += (load.accepted + load.superseded) as i64;
            sums.3 += load.set_aside as i64;
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
        if self.is_dry {
            out.push_str("nothing was kept; this is what would happen\n");
        }
        for (table, (files, rows, quarantined, aside)) in &tables {
            out.push_str(&format!(
                "{table}: {} from {}",
                units::counted(*rows, "row"),
                units::counted(*files, "file")
            ));
            if *quarantined > 0 {
                out.push_str(&format!(", {} quarantined", units::count(*quarantined)));
            }
            if *aside > 0 {
                out.push_str(&format!(", {} set aside", units::count(*aside)));
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

/// A load as scripts read it; the names are the load report's.
fn report(path: &str, fate: &str, load: &Load) -> Value {
    let reasons: serde_json::Map<String, Value> = Load::reasons()
        .iter()
        .zip(load.by_reason)
        .filter(|(_, n)| *n > 0)
        .map(|(reason, n)| ((*reason).to_string(), n.into()))
        .collect();
    json!({
        "path": path,
        "fate": fate,
        "file": load.file,
        "table_name": load.table,
        "mapping": load.mapping,
        "source": load.source,
        "form": load.form,
        "latest_on": load.latest_on.map(|d| d.to_string()),
        "rows_read": load.rows_read,
        "accepted": load.accepted,
        "superseded": load.superseded,
        "duplicate": load.duplicate,
        "quarantined": load.quarantined,
        "quarantined_by_reason": reasons,
        "set_aside": load.set_aside,
        "set_aside_by": load.set_aside_by,
        "joined": load.joined,
        "fields_emptied": load.fields_emptied,
        "conflicting": load.conflicting,
        "skipped_lines": load.skipped_lines,
        "unknown_columns": load.unknown_columns,
        "load_id": load.load_id,
    })
}
