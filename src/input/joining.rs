//! Files of an export that are only joined to its main file: their rows are held in memory by key,
//! and each is counted as joined, or as one whose parent is missing.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks::{Audit, Malformed, Stream};
use super::fingerprint::content_hash;
use super::formats::{self, Wanted};
use super::recognition::JoinedFile;
use crate::base::progress::Progress;
use crate::base::{Error, Result};

/// A file that is held in memory to be joined.
pub struct Joined {
    /// The file's name for its mapping.
    pub name: String,
    /// What identifies its bytes.
    pub content_hash: String,
    /// Its columns as the mapping calls them.
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<Vec<Option<String>>>,
    /// The place of its join in the mapping.
    pub(super) join_place: usize,
    by_key: HashMap<String, usize>,
    /// Whether a row of a main file had the key of this one.
    is_met: Vec<AtomicBool>,
    /// For each row of the file its number and the held row of its key; none where it has no key.
    rows: Vec<(u64, Option<usize>)>,
    set_aside: u64,
    audit: Audit,
}

/// What became of the rows of a joined file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Met {
    /// Rows of the file.
    pub rows_read: u64,
    /// Rows whose key is in a main file.
    pub joined: u64,
    /// Rows that the join's filter leaves out.
    pub set_aside: u64,
    /// Rows without a key.
    pub without_key: Vec<u64>,
    /// Rows whose key no main file has.
    pub without_parent: Vec<u64>,
    pub(super) malformed: Vec<Malformed>,
    /// Lines that are no rows.
    pub skipped_lines: u64,
}

impl Joined {
    /// The held row of a key.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        let row = *self.by_key.get(key.trim())?;
        self.is_met[row].store(true, Ordering::Relaxed);
        Some(row)
    }

    /// What became of the rows, once the main files were read.
    pub fn met(&self) -> Met {
        let mut met = Met {
            rows_read: self.audit.records,
            set_aside: self.set_aside,
            malformed: self.audit.malformed.clone(),
            skipped_lines: self.audit.skipped_lines,
            ..Met::default()
        };
        for (number, held) in &self.rows {
            match held {
                None => met.without_key.push(*number),
                Some(row) if self.is_met[*row].load(Ordering::Relaxed) => met.joined += 1,
                Some(_) => met.without_parent.push(*number),
            }
        }
        met
    }
}

/// Reads the files of one join of a mapping; where several hold a key, the greatest row counts.
pub fn hold(file: &JoinedFile<'_>, progress: &dyn Progress) -> Result<Joined> {
    let at = |e: Error| e.at(&file.path);
    let bound = file.join.bind(&file.header, file.mapping).map_err(at)?;
    let needed = bound.needed();
    let format = formats::named(file.form.format)
        .ok_or_else(|| Error::internal("a format has no name").at(&file.path))?;
    let wanted = Wanted {
        header: file.header.clone(),
        places: needed.clone(),
    };
    let mut held = Held::default();
    let width = bound.columns().len();
    let mut stream = Stream::start((format.read)(&file.content, &file.form, &wanted)?);
    for block in stream.by_ref() {
        let block = block?;
        if progress.is_interrupted() {
            return Err(interrupted(&file.path));
        }
        let columns: BTreeMap<usize, _> = needed
            .iter()
            .filter_map(|place| Some((*place, block.column(*place)?)))
            .collect();
        for (row, number) in block.rows.iter().enumerate() {
            let cells = |place: usize| columns.get(&place).and_then(|column| column.get(row));
            let Some(key) = bound.key_of(&cells) else {
                let has_key = cells(bound.key()).is_some_and(|key| !key.trim().is_empty());
                if has_key {
                    held.set_aside += 1;
                } else {
                    held.rows.push((*number, None));
                }
                continue;
            };
            let texts = bound.columns().iter().map(|(_, place)| cells(*place));
            let texts: Vec<Option<String>> = texts.map(|t| t.map(str::to_string)).collect();
            let rank = bound.rank(&cells).into_owned();
            held.take(key.trim(), *number, rank, texts);
        }
    }
    let join_place = file.mapping.joins.iter().position(|j| j == file.join);
    let names = bound.columns().iter().map(|(name, _)| name.clone());
    Ok(Joined {
        name: file.join.name.clone(),
        content_hash: content_hash(&file.content, &file.form, progress)?,
        names: names.collect(),
        join_place: join_place.unwrap_or_default(),
        is_met: (0..held.best.len())
            .map(|_| AtomicBool::new(false))
            .collect(),
        columns: held.columns(width),
        by_key: held.by_key,
        rows: held.rows,
        set_aside: held.set_aside,
        audit: stream.audit()?,
    })
}

pub(super) fn interrupted(path: &Path) -> Error {
    Error::new(
        crate::base::Kind::Interrupted,
        "stopped; nothing of this file was kept",
    )
    .at(path)
}

#[derive(Default)]
struct Held {
    by_key: HashMap<String, usize>,
    /// The best row of each key: its rank, then its texts.
    best: Vec<(String, Vec<Option<String>>)>,
    rows: Vec<(u64, Option<usize>)>,
    set_aside: u64,
}

impl Held {
    fn take(&mut self, key: &str, number: u64, rank: String, texts: Vec<Option<String>>) {
        let row = (rank, texts);
        let at = match self.by_key.get(key) {
            Some(at) => {
                if row > self.best[*at] {
                    self.best[*at] = row;
                }
                *at
            }
            None => {
                self.by_key.insert(key.to_string(), self.best.len());
                self.best.push(row);
                self.best.len() - 1
            }
        };
        self.rows.push((number, Some(at)));
    }

    fn columns(&mut self, width: usize) -> Vec<Vec<Option<String>>> {
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); width];
        for (_, texts) in std::mem::take(&mut self.best) {
            for (column, text) in columns.iter_mut().zip(texts) {
                column.push(text);
            }
        }
        columns
    }
}
