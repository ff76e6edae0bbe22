//! `catchment status`: what is loaded, what can be run, what was run.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

use clap::Args;

use super::{Global, init, print};
use crate::base::{Config, Result, Workspace, units};
use crate::engine::Engine;
use crate::identity;
use crate::lake::{Load, Snapshot};
use crate::run::last_whole_quarter;

/// Show what is loaded, which quarter can be run, and what was run
#[derive(Args)]
pub(super) struct Arguments {}

pub(super) fn call(_arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let workspace = global.workspace()?;
    let config = workspace.config()?;
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, global.threads)?;
    let snapshot = Snapshot::read(&engine, &workspace)?;
    let mut out = format!("{}\n", config.organisation.name);
    if is_untouched(&workspace) {
        out.push_str("  (the folder's name: set yours under [organisation] in catchment.toml)\n");
    }
    out.push_str(&loaded(&snapshot.loads));
    if !snapshot.loads.is_empty() {
        snapshot.register(&engine)?;
        let names = identity::resolve(&engine)?;
        out.push_str(&format!(
            "\nnames: {} of {} resolved to a provider\nspecialties: {} of {} texts are outside the set\n",
            units::count(names.resolved as i64),
            units::counted(names.names as i64, "distinct name"),
            units::count(names.unknown_specialty_texts as i64),
            units::count(names.specialty_texts as i64),
        ));
    }
    match last_whole_quarter(&snapshot) {
        Ok(quarter) => out.push_str(&format!("\nlast whole quarter: {quarter}\n")),
        Err(_) => out.push_str("\nno referrals are loaded: begin with 'catchment ingest PATH'\n"),
    }
    out.push_str(&format!("runs: {}\n", runs(&workspace)));
    print(&out)?;
    Ok(ExitCode::SUCCESS)
}

fn is_untouched(workspace: &Workspace) -> bool {
    let text = fs::read_to_string(workspace.config_file()).unwrap_or_default();
    Config::is_as_written(&text, &init::folder_name(workspace.root()))
}

fn loaded(loads: &[Load]) -> String {
    #[derive(Default)]
    struct Sums {
        files: i64,
        stored: i64,
        quarantined: i64,
        emptied: i64,
        days: Option<(crate::base::Day, crate::base::Day)>,
    }
    let mut tables: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    for load in loads {
        let sums = tables.entry((&load.table, &load.source)).or_default();
        sums.files += 1;
        sums.stored += (load.accepted + load.superseded) as i64;
        sums.quarantined += load.quarantined as i64;
        sums.emptied += load.fields_emptied as i64;
        if let (Some(first), Some(last)) = (load.first_on, load.last_on) {
            let (low, high) = sums.days.unwrap_or((first, last));
            sums.days = Some((low.min(first), high.max(last)));
        }
    }
    let mut out = String::new();
    for ((table, source), sums) in tables {
        out.push_str(&format!(
            "\n{table} from {source}: {} in {}",
            units::counted(sums.stored, "row"),
            units::counted(sums.files, "file")
        ));
        if let Some((first, last)) = sums.days {
            out.push_str(&format!(", {first} to {last}"));
        }
        if sums.quarantined > 0 {
            out.push_str(&format!(", {} quarantined", units::count(sums.quarantined)));
        }
        if sums.emptied > 0 {
            out.push_str(&format!(
                ", {} emptied",
                units::counted(sums.emptied, "field")
            ));
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn runs(workspace: &Workspace) -> String {
    let mut names: Vec<String> = fs::read_dir(workspace.root().join("out"))
        .map(|entries| {
            entries
                .filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned()))
                .filter(|n| !n.starts_with('.'))
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    if names.is_empty() {
        "none yet".to_string()
    } else {
        names.join(", ")
    }
}
