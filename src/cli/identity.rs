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
    Specialties(Specialties),
}

/// Show which texts of specialties are known as none, and what the others mean
///
/// A text that is not known counts as specialty Unknown. Say in vocabulary.toml of the workspace,
/// under [specialty], which one it is, or "Unknown" where it means none; runs know it at once.
#[derive(Args)]
struct Specialties {
    /// Show the texts that are known too, with how they were read
    #[arg(long)]
    all: bool,
    /// Print lines for vocabulary.toml, to be filled in
    #[arg(long, conflicts_with = "all")]
    draft: bool,
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
        Some(What::Specialties(asked)) => specialties(&engine, &workspace, asked)?,
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

/// The texts of specialties: those outside the set, or all.
fn specialties(engine: &Engine, workspace: &Workspace, asked: &Specialties) -> Result<String> {
    let texts = identity::specialty_texts(engine, workspace)?;
    let (text, specialty) = (texts.texts("text")?, texts.texts("specialty")?);
    let (method, rows) = (texts.texts("method")?, texts.counts("rows")?);
    let shown: Vec<usize> = (0..texts.rows())
        .filter(|row| {
            asked.all || specialty[*row].is_none() && method[*row].as_deref() != Some("person")
        })
        .collect();
    let mut out = String::new();
    if asked.draft {
        out.push_str("[specialty]\n");
        for row in &shown {
            let text = text[*row].as_deref().unwrap_or_default();
            let key = serde_json::Value::from(text).to_string();
            out.push_str(&format!(
                "# {key} = \"\"  # {}\n",
                units::counted(rows[*row], "referral")
            ));
        }
        return Ok(out);
    }
    let unknown = (0..texts.rows())
        .filter(|row| specialty[*row].is_none())
        .count();
    out.push_str(&format!(
        "{} of {} outside the set\n",
        units::count(unknown as i64),
        units::counted(texts.rows() as i64, "specialty text")
    ));
    for row in shown {
        out.push_str(&format!(
            "  {}  {}",
            units::counted(rows[row], "referral"),
            text[row].as_deref().unwrap_or_default()
        ));
        if let (Some(found), Some(method)) = (&specialty[row], &method[row]) {
            out.push_str(&format!("  = {found} ({method})"));
        }
        out.push('\n');
    }
    Ok(out)
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
