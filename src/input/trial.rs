//! A mapping tried out on a file: what its first rows become, what became of all of them, and which
//! words no vocabulary knows. Nothing is written.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::cleaning::Cleaned;
use super::joining::Joined;
use super::recognition::Recognised;
use super::row::{Reason, Tally};
use super::rows::{Run, Source};
use super::staging::{Settings, Stager, found_of, told, unknown_columns};
use super::survey::survey;
use crate::base::progress::Progress;
use crate::base::{Error, Result};
use crate::mapping::canonical::Kind;
use crate::mapping::vocabulary;

/// A word that stands in fewer rows than this is not shown: it may be somebody's name.
const SHOWN: u64 = 2;
/// A longer word is a sentence.
const LONGEST_WORD: usize = 40;

/// What a mapping does to a file.
#[derive(Debug, Default)]
pub struct Trial {
    /// The columns that are fed: name, the file's columns that feed it, and filled cells.
    pub columns: Vec<Fed>,
    /// The first rows.
    pub rows: Vec<TriedRow>,
    /// What became of all rows.
    pub tally: Tally,
    /// Rows of the file.
    pub rows_read: u64,
    /// Lines that are no rows.
    pub skipped_lines: u64,
    /// How the file is written, where that is worth telling.
    pub told: Vec<String>,
    /// Words that no vocabulary knows, by column, with their number.
    pub unknown_words: BTreeMap<(&'static str, String), u64>,
    /// Columns of the file that nothing reads.
    pub unknown_columns: Vec<String>,
    /// Columns that the mapping names and the file does not have.
    pub absent: Vec<String>,
}

/// A canonical column that a file feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fed {
    /// Its name.
    pub name: &'static str,
    /// The file's columns that it is made of.
    pub from: Vec<String>,
    /// Cells that hold a value, of rows that are stored.
    pub filled: u64,
}

/// A row as the mapping makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedRow {
    /// Its number, as a spreadsheet shows it.
    pub number: i64,
    /// Why it would not be stored; none where it would.
    pub refused: Option<String>,
    /// Its cells, in the order of the fed columns. Patients are shortened.
    pub cells: Vec<String>,
}

/// Tries a mapping out on a file; at most `most` rows are shown.
pub fn try_out(
    recognised: &Recognised<'_>,
    joined: &[&Joined],
    settings: &Settings<'_>,
    most: usize,
    progress: &dyn Progress,
) -> Result<Trial> {
    let source = Source::new(recognised, joined)?;
    let survey = survey(&source, settings.zone, progress)?;
    let stager = Stager::new(&source, progress);
    let rules = stager.rules(&survey, settings, "");
    let layout = rules.layout;
    let fed: Vec<usize> = (0..layout.columns.len())
        .filter(|at| source.bound.value(*at).is_some())
        .collect();
    let mut trial = Trial {
        columns: fed.iter().map(|at| fed_by(&source, *at)).collect(),
        told: told(&source, &survey),
        unknown_columns: unknown_columns(&source),
        absent: source.bound.absent().to_vec(),
        ..Trial::default()
    };
    let mut failed = None;
    let audit = stager.each(
        |run| (stager.clean(run, &rules), unknown_words(run, &source)),
        |(cleaned, words)| {
            let cleaned = cleaned.map_err(|e| stager.failed(e))?;
            for (word, n) in words {
                *trial.unknown_words.entry(word).or_default() += n;
            }
            trial.tally.add(&cleaned.tally);
            if let Err(error) = trial.take(&cleaned, &fed, most) {
                failed = Some(error);
            }
            Ok(())
        },
    )?;
    if failed.is_some() {
        return Err(Error::internal("the rows can't be shown").at(&recognised.path));
    }
    let torn = audit.malformed.len() as u64;
    if torn > 0 {
        trial.tally.quarantined += torn;
        trial
            .tally
            .reasons
            .insert(Reason::MalformedRow.code(), torn);
    }
    trial.unknown_words.retain(|_, n| *n >= SHOWN);
    trial.rows_read = audit.records;
    trial.skipped_lines = audit.skipped_lines;
    Ok(trial)
}

fn fed_by(source: &Source<'_>, column: usize) -> Fed {
    let value = source.bound.value(column);
    let places = value.map(|value| value.places()).unwrap_or_default();
    Fed {
        name: source.recognised.mapping.table.columns[column].name,
        from: places.iter().map(|p| source.header[*p].clone()).collect(),
        filled: 0,
    }
}

impl Trial {
    fn take(&mut self, cleaned: &Cleaned, fed: &[usize], most: usize) -> PolarsResult<()> {
        let stored = &cleaned.stored;
        for (at, column) in fed.iter().zip(&mut self.columns) {
            let cells = &stored.columns()[*at];
            column.filled += (cells.len() - cells.null_count()) as u64;
        }
        let missing = most.saturating_sub(self.rows.len());
        let numbers = stored.column("row_number")?.i64()?;
        for row in 0..stored.height().min(missing) {
            let mut cells = Vec::new();
            for at in fed {
                cells.push(shown(&stored.columns()[*at], row)?);
            }
            self.rows.push(TriedRow {
                number: numbers.get(row).unwrap_or_default(),
                refused: None,
                cells,
            });
        }
        for refused in cleaned.quarantined.iter().take(missing) {
            self.rows.push(TriedRow {
                number: refused.row,
                refused: Some(found_of(refused)),
                cells: vec![String::new(); fed.len()],
            });
        }
        self.rows.sort_by_key(|r| r.number);
        self.rows.truncate(most);
        Ok(())
    }
}

/// A cell as a person reads it. Hashes of patients are cut short.
fn shown(column: &Column, row: usize) -> PolarsResult<String> {
    let value = column.get(row)?;
    let text = match value.get_str() {
        Some(text) => text.to_string(),
        None if value.is_null() => String::new(),
        None => value.to_string(),
    };
    let is_patient = column.name() == "patient_id";
    Ok(if is_patient && text.len() > 8 {
        format!("{}…", &text[..8])
    } else {
        text
    })
}

/// Words of vocabulary columns that no vocabulary knows, in a run of rows.
fn unknown_words(run: &Run<'_>, source: &Source<'_>) -> BTreeMap<(&'static str, String), u64> {
    let layout = source.recognised.mapping.table;
    let all: Vec<usize> = (0..run.rows.len()).collect();
    let mut words = BTreeMap::new();
    for (at, column) in layout.columns.iter().enumerate() {
        let is_known: &dyn Fn(&str) -> bool = match column.kind {
            Kind::Status => &|text| vocabulary::status(text).is_some(),
            Kind::Reason => &|text| vocabulary::reason(text) != "other",
            Kind::Word(list) => &move |text| vocabulary::word_of(list, text).is_some(),
            _ => continue,
        };
        for text in run
            .texts(&source.bound, at, &all)
            .iter()
            .flatten()
            .flatten()
        {
            let word = text.trim();
            let is_word = word.len() <= LONGEST_WORD && !word.bytes().any(|b| b.is_ascii_digit());
            if is_word && !column.kind.is_missing(word) && !is_known(word) {
                *words.entry((column.name, word.to_string())).or_default() += 1;
            }
        }
    }
    words
}
