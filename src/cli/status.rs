//! `catchment status`: what is loaded, what can be run, what was run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::ExitCode;

use clap::Args;

use super::{Global, init, print};
use crate::base::{Config, Day, Quarter, Result, Table, Workspace, units};
use crate::engine::{Engine, Parameters};
use crate::identity;
use crate::lake::{Load, Snapshot};
use crate::run;
use crate::standpoint::{last_whole_quarter, prepare};

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
    out.push_str(&shared(&snapshot));
    match last_whole_quarter(&snapshot) {
        Ok(quarter) => {
            out.push_str(&known(&workspace, &config, &engine, &snapshot, quarter)?);
            out.push_str(&format!("\nlast whole quarter: {quarter}\n"));
        }
        Err(_) if snapshot.shared.is_none() => {
            out.push_str("\nno referrals are loaded: begin with 'catchment ingest PATH'\n");
        }
        Err(unknown) => out.push_str(&format!("\n{unknown}\n")),
    }
    out.push_str(&format!("runs: {}\n", runs(&workspace)));
    print(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// The period of the shared-patient files, and what they make where there are no referrals.
fn shared(snapshot: &Snapshot) -> String {
    let Some(shared) = snapshot.shared else {
        return String::new();
    };
    let day = |day: Option<Day>| day.map_or("a day not stated".to_string(), |day| day.to_string());
    let mut out = format!(
        "\nshared patients: {}, {} to {}\n",
        units::counted(shared.pairs, "pair"),
        day(shared.from_on),
        day(shared.to_on)
    );
    if snapshot.latest_on().is_none() {
        out.push_str("  no referrals are loaded: they make the network and the market alone\n");
    }
    out
}

/// What the referrals say and do not say: names, and by source what each quarter holds.
fn known(
    workspace: &Workspace,
    config: &Config,
    engine: &Engine,
    snapshot: &Snapshot,
    quarter: Quarter,
) -> Result<String> {
    let scratch = workspace.new_scratch()?;
    let warehouse = prepare(engine, workspace, config, snapshot, quarter, scratch.path())?;
    let names = identity::resolve(engine, workspace)?;
    let coverage = run::coverage(&warehouse, config, quarter)?;
    Ok(format!(
        "\nnames: {} of {} resolved to a provider{}\nspecialties: {} of {} texts are outside the set{}\n{}{}",
        units::count(names.resolved as i64),
        units::counted(names.names as i64, "distinct name"),
        by_method(&names),
        units::count(names.unknown_specialty_texts as i64),
        units::count(names.specialty_texts as i64),
        match names.unknown_specialty_texts {
            0 => "",
            _ => ": 'catchment identity specialties' shows them",
        },
        sources(&coverage, quarter)?,
        changes(&coverage, engine, workspace, quarter)?,
    ))
}

/// How many names were matched how, in brackets.
fn by_method(names: &identity::Counts) -> String {
    let said = names.methods.iter();
    let said: Vec<String> = said
        .map(|(method, n)| format!("{method} {}", units::count(*n as i64)))
        .collect();
    match said.as_slice() {
        [] => String::new(),
        said => format!(" ({})", said.join(", ")),
    }
}

/// One block a source: its last quarters, what is thin, how late rows come, whether it fell silent.
fn sources(coverage: &Table, quarter: Quarter) -> Result<String> {
    let mut out = String::new();
    let names: BTreeSet<String> = coverage.texts("source")?.into_iter().flatten().collect();
    for name in names {
        let rows = coverage.only("source", &name)?;
        out.push_str(&format!("\nreferrals of {name}, by quarter:"));
        let counts = rows.counts("rows")?;
        for (at, n) in counts
            .iter()
            .enumerate()
            .skip(counts.len().saturating_sub(5))
        {
            let at = rows.cell("quarter", at)?;
            out.push_str(&format!("  {at} {}", units::count(*n)));
        }
        let now = rows.only("quarter", &quarter.to_string())?;
        if now.rows() == 0 {
            out.push('\n');
            continue;
        }
        if let Some(days) = now.ints("entry_lag_p95_days")?[0] {
            out.push_str(&format!(
                "\n  95 of 100 rows come in within {}",
                units::counted(days, "day")
            ));
        }
        if let Some(day) = now.days("last_complete_on")?[0] {
            out.push_str(&format!("; complete to {day}"));
        }
        if let Some(thin) = &now.texts("thin")?[0] {
            out.push_str(&format!(
                "\n  thin in {quarter}: {thin} known of fewer than 90 %"
            ));
        }
        let reconstructed = now.counts("reconstructed")?[0];
        if reconstructed > 0 {
            out.push_str(&format!(
                "\n  {} walked back from a later export",
                units::count(reconstructed)
            ));
        }
        if now.flag("silent")?.iter().flatten().any(|silent| silent) {
            let last = now.cell("last_on", 0)?;
            out.push_str(&format!(
                "\n  no referrals since {last}: the feed may have stopped"
            ));
        }
        out.push('\n');
    }
    Ok(out)
}

/// What was loaded since the quarter was last run.
fn changes(
    coverage: &Table,
    engine: &Engine,
    workspace: &Workspace,
    quarter: Quarter,
) -> Result<String> {
    let path = workspace.out(quarter).join("tables/coverage.parquet");
    if !path.is_file() {
        return Ok(String::new());
    }
    engine.register_file("coverage_before", &path)?;
    let before = engine.query(
        "the coverage of the last run",
        "select source, quarter, rows from coverage_before order by source, quarter",
        &Parameters::new(),
    )?;
    let counts = |table: &Table| -> Result<BTreeMap<(String, String), i64>> {
        let rows = table.counts("rows")?;
        (0..table.rows())
            .map(|row| {
                Ok((
                    (table.cell("source", row)?, table.cell("quarter", row)?),
                    rows[row],
                ))
            })
            .collect()
    };
    let (old, new) = (counts(&before)?, counts(coverage)?);
    let places: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let differences: Vec<String> = places
        .into_iter()
        .filter_map(|place| {
            let n = new.get(place).unwrap_or(&0) - old.get(place).unwrap_or(&0);
            (n != 0).then(|| format!("{} in {} {}", place.0, place.1, units::signed(n as f64, 0)))
        })
        .collect();
    Ok(if differences.is_empty() {
        format!("\nsince the last run of {quarter}: the same referrals\n")
    } else {
        format!(
            "\nsince the last run of {quarter}: {} referrals; run it again\n",
            differences.join(", ")
        )
    })
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
