//! `catchment mapping`: the mappings that there are, one of them as text, what one does to a file, and a
//! proposal for a file that none fits.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::ingest::read_how;
use super::reading::Reading;
use super::{Global, print, some_of};
use crate::base::progress::Silent;
use crate::base::{Error, Result, Workspace, units};
use crate::input::{Pseudonyms, Recognised, Settings, Trial, Wish, preview, recognise, try_out};
use crate::intake::{held_siblings, library};
use crate::mapping::{self, Library, suggest};

/// See, try out and propose mappings: what the columns of an export mean
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the mappings: the program's, and your own in the folder mappings/
    List,
    /// Print a mapping as text, to copy and change
    Show {
        /// Its name
        name: String,
    },
    /// Propose a mapping for a file that none fits, and say how sure each column is
    Suggest {
        /// The file
        file: PathBuf,
        /// Write the mapping to this file, to be changed and kept in mappings/
        #[arg(long, value_name = "FILE.toml")]
        out: Option<PathBuf>,
        #[command(flatten)]
        reading: Reading,
    },
    /// Show what a mapping would do to a file; nothing is kept
    Check {
        /// The file
        file: PathBuf,
        /// How many rows to show
        #[arg(long, default_value_t = 3, value_name = "N")]
        rows: usize,
        #[command(flatten)]
        reading: Reading,
    },
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let workspace = global.workspace();
    let library = match &workspace {
        Ok(workspace) => library(workspace, &workspace.config()?)?,
        // The program's own can be seen anywhere.
        Err(_) => Library::with_own(&[])?,
    };
    match &arguments.command {
        Command::List => print(&list(&library))?,
        Command::Show { name } => print(&show(&library, name)?)?,
        Command::Check {
            file,
            rows,
            reading,
        } => print(&check(&workspace?, &library, file, *rows, reading)?)?,
        Command::Suggest { file, out, reading } => {
            propose(&library, file, out.as_deref(), reading)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(library: &Library) -> String {
    let mut mappings: Vec<_> = library.iter().collect();
    mappings.sort_by_key(|m| (!m.is_own, m.table.table, m.name.clone()));
    let width = mappings.iter().map(|m| m.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for mapping in mappings {
        let own = if mapping.is_own { "your own  " } else { "" };
        out.push_str(&format!(
            "{:width$}  {:16} {own}{}\n",
            mapping.name, mapping.table.table, mapping.title
        ));
    }
    out
}

fn show(library: &Library, name: &str) -> Result<String> {
    let text = library.text_of(name).ok_or_else(|| {
        let error = Error::usage(format!("there is no mapping '{name}'"));
        match library.nearest(name) {
            Some(nearest) => error.help(format!("did you mean '{nearest}'?")),
            None => error.help("'catchment mapping list' shows them"),
        }
    })?;
    Ok(text.to_string())
}

/// Prints a proposal, or writes it; what has to be answered goes to standard error.
fn propose(library: &Library, file: &Path, out: Option<&Path>, reading: &Reading) -> Result<()> {
    let said = reading.asked()?;
    let name = out.unwrap_or(file).file_stem();
    let name = name_of(&name.unwrap_or_default().to_string_lossy());
    let mut texts = Vec::new();
    if let Some(what) = recognise(file, library, &Wish::default())?.stranger {
        return Err(Error::input(what).at(file));
    }
    for preview in preview(file, library, &said)? {
        let form = &preview.form;
        let found = mapping::Reading {
            header_row: (form.header_row != 1).then_some(form.header_row as u32),
            names: if form.header_row == 0 && form.format != "ndjson" && form.format != "parquet" {
                preview.header.clone()
            } else {
                Vec::new()
            },
            delimiter: said.delimiter,
            quote: said.quote,
            encoding: said.encoding.clone(),
            sheet: form.sheet.clone(),
            dates: said.dates.clone(),
            ..mapping::Reading::default()
        };
        let suggestion = suggest(&name, &preview.header, &preview.rows, &found);
        if suggestion.table.is_none() {
            continue;
        }
        for question in &suggestion.questions {
            eprintln!("to be answered: {question}");
        }
        for column in &suggestion.missing {
            eprintln!("to be found: no column looks like {column}, which the table needs");
        }
        texts.push(suggestion.toml);
    }
    if texts.is_empty() {
        return Err(Error::input("looks like none of the tables that are read")
            .at(file)
            .help("name the row of its header with --header-row, or see docs/mappings.md"));
    }
    let text = texts.join("\n");
    match out {
        None => print(&text),
        Some(path) if path.exists() => Err(Error::usage("is there already")
            .at(path)
            .help("nothing was written")),
        Some(path) => {
            std::fs::write(path, text).map_err(|e| Error::io("can't be written", path, e))
        }
    }
}

/// A file's name as a mapping's: lower-case letters, digits and `_`.
fn name_of(file: &str) -> String {
    let sign = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase(),
        _ => '_',
    };
    file.chars().map(sign).collect()
}

fn check(
    workspace: &Workspace,
    library: &Library,
    file: &Path,
    rows: usize,
    reading: &Reading,
) -> Result<String> {
    let config = workspace.config()?;
    let source = config.only_source_of(file)?;
    let wish = Wish {
        layout: reading.layout.clone().or_else(|| source?.1.layout.clone()),
        reading: reading.asked()?,
    };
    let found = recognise(file, library, &wish)?;
    if found.tables.is_empty() {
        if let Some(what) = found.stranger {
            return Err(Error::input(what).at(file));
        }
        let error = Error::input("no mapping fits its header").at(file);
        let nearest = found
            .passed_over
            .into_iter()
            .find_map(|(_, nearest)| nearest);
        return Err(match nearest {
            Some(n) => error.help(format!(
                "the nearest is {}, but {}; 'catchment mapping suggest' proposes one",
                n.mapping,
                n.why()
            )),
            None => error.help("'catchment mapping suggest' proposes one"),
        });
    }
    let pseudonyms = Pseudonyms::new(&workspace.key()?);
    let scratch = workspace.new_scratch()?;
    let settings = Settings {
        scratch: scratch.path(),
        pseudonyms: &pseudonyms,
        zone: source
            .and_then(|(_, s)| s.time_zone)
            .unwrap_or(config.organisation.time_zone),
        source: source.map(|(name, _)| name),
    };
    let mut out = String::new();
    for table in &found.tables {
        let held = held_siblings(table, library, &Silent)?;
        let trial = try_out(table, &held.all(), &settings, rows, &Silent)?;
        out.push_str(&told(table, &trial));
    }
    Ok(out)
}

/// What a mapping does to a file, for a person.
fn told(table: &Recognised<'_>, trial: &Trial) -> String {
    let mut out = format!(
        "{}: {} through {}{}\n{}\n\n",
        table.path.display(),
        table.mapping.table.table,
        table.mapping.name,
        if trial.told.is_empty() {
            String::new()
        } else {
            format!(", {}", read_how(&trial.told.join(", ")))
        },
        fates(trial)
    );
    out.push_str(&columns(trial));
    for row in trial.rows.iter().filter(|r| r.refused.is_some()) {
        let reasons = row.refused.as_deref().unwrap_or_default();
        out.push_str(&format!(
            "row {} would be quarantined: {reasons}\n",
            row.number
        ));
    }
    for ((column, reason), n) in &trial.tally.emptied {
        out.push_str(&format!(
            "{column}: {} would be emptied: {reason}\n",
            units::counted(*n as i64, "cell")
        ));
    }
    for ((column, word), n) in &trial.unknown_words {
        out.push_str(&format!(
            "{column}: no vocabulary knows '{word}' ({}); add it under [words.{column}]\n",
            units::counted(*n as i64, "row")
        ));
    }
    for (what, names) in [
        ("nothing reads", &trial.unknown_columns),
        ("not in the file", &trial.absent),
    ] {
        if !names.is_empty() {
            out.push_str(&format!("{what}: {}\n", some_of(names)));
        }
    }
    out.push('\n');
    out
}

fn fates(trial: &Trial) -> String {
    let tally = &trial.tally;
    let mut parts = vec![format!(
        "{} would be stored",
        units::count(tally.stored as i64)
    )];
    let list = |counts: Vec<(String, u64)>| {
        let texts: Vec<String> = counts
            .into_iter()
            .map(|(name, n)| format!("{name} {}", units::count(n as i64)))
            .collect();
        texts.join(", ")
    };
    if tally.quarantined > 0 {
        let reasons = tally.reasons.iter().map(|(r, n)| ((*r).to_string(), *n));
        parts.push(format!(
            "{} quarantined ({})",
            units::count(tally.quarantined as i64),
            list(reasons.collect())
        ));
    }
    if tally.all_set_aside() > 0 {
        let filters = tally.set_aside.iter().map(|(f, n)| (f.clone(), *n));
        parts.push(format!(
            "{} set aside ({})",
            units::count(tally.all_set_aside() as i64),
            list(filters.collect())
        ));
    }
    if trial.skipped_lines > 0 {
        let lines = units::counted(trial.skipped_lines as i64, "line");
        parts.push(format!("{lines} passed over"));
    }
    let rows = units::counted(trial.rows_read as i64, "row");
    format!("{rows}: {}", parts.join(", "))
}

/// The fed columns, one a line, with their origin, how full they are, and the first rows' cells.
fn columns(trial: &Trial) -> String {
    let shown: Vec<_> = trial.rows.iter().filter(|r| r.refused.is_none()).collect();
    let mut lines = vec![vec![
        "column".to_string(),
        "from".to_string(),
        "filled".to_string(),
    ]];
    lines[0].extend(shown.iter().map(|r| format!("row {}", r.number)));
    for (at, column) in trial.columns.iter().enumerate() {
        let filled = if trial.tally.stored == 0 {
            "-".to_string()
        } else {
            units::percent(column.filled as f64 / trial.tally.stored as f64, 0)
        };
        let from = if column.from.is_empty() {
            "(constant)".to_string()
        } else {
            column.from.join(", ")
        };
        let mut line = vec![column.name.to_string(), from, filled];
        line.extend(shown.iter().map(|r| r.cells[at].clone()));
        lines.push(line);
    }
    aligned(&lines)
}

/// Lines of cells under each other; a long cell is cut.
fn aligned(lines: &[Vec<String>]) -> String {
    const LONGEST: usize = 28;
    let cut = |cell: &String| -> String {
        if cell.chars().count() > LONGEST {
            cell.chars().take(LONGEST - 1).chain(['…']).collect()
        } else {
            cell.clone()
        }
    };
    let cells: Vec<Vec<String>> = lines.iter().map(|l| l.iter().map(cut).collect()).collect();
    let width = |at: usize| {
        let lengths = cells.iter().filter_map(|l| l.get(at));
        lengths.map(|c| c.chars().count()).max().unwrap_or(0)
    };
    let mut out = String::new();
    for line in &cells {
        let padded: Vec<String> = line
            .iter()
            .enumerate()
            .map(|(at, cell)| format!("{cell:w$}", w = width(at)))
            .collect();
        out.push_str(padded.join("  ").trim_end());
        out.push('\n');
    }
    out
}
