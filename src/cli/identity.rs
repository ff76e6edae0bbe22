//! `catchment identity`: how many names were matched how, and the names that wait for a person.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Global, print};
use crate::base::{Error, Result, Workspace, units};
use crate::engine::Engine;
use crate::identity::{self, Counts};
use crate::lake::Snapshot;

/// Show how names were matched to providers, and settle those that are open
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    Review(Review),
}

/// Hand out the names that a person should settle, or take the answers back
///
/// The sheet has one row a candidate. In its column 'answer' write yes for the row's candidate, an
/// NPI, 'none' where the roster lacks the provider, or 'nobody'; one row a name is enough. Answers
/// are kept in identity/answers.csv and win over everything.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Review {
    /// Write the open names with their candidates
    #[arg(long, value_name = "FILE.csv")]
    out: Option<PathBuf>,
    /// Take an answered sheet back
    #[arg(long, value_name = "FILE.csv")]
    take: Option<PathBuf>,
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let workspace = global.workspace()?;
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, global.threads)?;
    Snapshot::read(&engine, &workspace)?.register(&engine)?;
    let told = match &arguments.what {
        None => told(&identity::resolve(&engine, &workspace)?),
        Some(What::Review(review)) => match (&review.out, &review.take) {
            (Some(path), _) => hand_out(&engine, &workspace, path)?,
            (_, Some(path)) => take_back(&engine, &workspace, path)?,
            // One of the two is required.
            (None, None) => String::new(),
        },
    };
    print(&told)?;
    Ok(ExitCode::SUCCESS)
}

/// What became of the distinct names, by method.
fn told(counts: &Counts) -> String {
    if counts.names == 0 {
        return "no referral names a provider without an NPI\n".to_string();
    }
    let mut out = format!(
        "{} of {} resolved to a provider\n",
        units::count(counts.resolved as i64),
        units::counted(counts.names as i64, "distinct name")
    );
    for (method, n) in &counts.methods {
        out.push_str(&format!("  {method} {}\n", units::count(*n as i64)));
    }
    if counts.in_review > 0 {
        out.push_str(&format!(
            "{} of the unresolved wait for a person: 'catchment identity review --out FILE.csv'\n",
            units::count(counts.in_review as i64)
        ));
    }
    out
}

/// Comma-separated text is all that is written and read.
fn check_ending(path: &Path) -> Result<()> {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    if ending.eq_ignore_ascii_case("csv") {
        return Ok(());
    }
    Err(Error::usage("is no .csv file")
        .at(path)
        .help("name a file that ends in .csv; spreadsheets open and save it"))
}

fn hand_out(engine: &Engine, workspace: &Workspace, path: &Path) -> Result<String> {
    check_ending(path)?;
    let sheet = identity::review(engine, workspace)?;
    let mut keys = sheet.texts("key")?;
    keys.dedup();
    sheet.write_csv(path)?;
    Ok(format!(
        "{} with {} written to {}\n",
        units::counted(keys.len() as i64, "name"),
        units::counted(sheet.rows() as i64, "candidate"),
        path.display()
    ))
}

fn take_back(engine: &Engine, workspace: &Workspace, path: &Path) -> Result<String> {
    check_ending(path)?;
    let taken = identity::take(engine, workspace, path)?;
    Ok(format!(
        "{} taken ({} new or changed), {} left open\n",
        units::counted(taken.answered as i64, "answer"),
        units::count(taken.changed as i64),
        units::count(taken.open as i64)
    ))
}
