//! Files of an export that are joined to its main file: the rows of each join are held in memory by
//! key, from as many files as there are, and each row is counted as joined, as one that nobody refers
//! to, or as one whose parent is missing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks::{Audit, Block, Malformed, Stream};
use super::fingerprint::{content_hash, joined_content_hash};
use super::form::Form;
use super::formats::{self, Wanted};
use super::recognition::JoinedFile;
use crate::base::progress::Progress;
use crate::base::{Error, Result};
use crate::mapping::{BoundJoin, Rank};

/// The rows of one join of a mapping, held in memory.
pub struct Joined {
    /// Its columns as the mapping calls them.
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<Vec<Option<String>>>,
    /// The place of its join in the mapping.
    pub(super) join_place: usize,
    is_reference: bool,
    is_lookup: bool,
    by_key: HashMap<String, usize>,
    /// Whether a row of a main file had the key of this one.
    is_met: Vec<AtomicBool>,
}

/// What is joined to the main files of an export: the rows by join, and the files that they are of.
#[derive(Default)]
pub struct Held {
    /// One a join that has a file, in the mapping's order.
    pub joined: Vec<Joined>,
    /// The files.
    pub files: Vec<HeldFile>,
}

/// A file whose rows are held; all its sheets or kinds of resources together.
pub struct HeldFile {
    /// Where it is.
    pub path: PathBuf,
    /// How it is written; without a sheet where several are joined.
    pub form: Form,
    /// What identifies its bytes as those of a file that this mapping joins. The same file as a table of
    /// its own, or joined by another mapping, is something else: neither takes the other's place.
    pub content_hash: String,
    /// By part and row: in which joins it is held, at which place.
    rows: BTreeMap<(usize, u64), Vec<(usize, Fate)>>,
    /// The parts that are joined, with what their readers counted.
    parts: Vec<(Option<String>, Audit)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    WithoutKey,
    SetAside,
    At(usize),
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
    /// Rows of a directory that nobody refers to.
    pub without_referrer: u64,
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
        let row = *self.by_key.get(plain(key, self.is_reference))?;
        self.is_met[row].store(true, Ordering::Relaxed);
        Some(row)
    }
}

/// A key as it is compared. Of a reference like `Practitioner/17` or `urn:uuid:17` only the end is.
fn plain(key: &str, is_reference: bool) -> &str {
    let key = key.trim();
    match key.rfind(['/', ':']) {
        Some(at) if is_reference => &key[at + 1..],
        _ => key,
    }
}

impl Held {
    /// What became of the rows of a file, once the main files were read.
    pub fn met(&self, file: &HeldFile) -> Met {
        let mut met = Met::default();
        let mut seen = BTreeSet::new();
        for (_, audit) in &file.parts {
            met.rows_read += audit.records;
            met.skipped_lines = met.skipped_lines.max(audit.skipped_lines);
            for torn in &audit.malformed {
                // What can't be read is of no kind: each kind of resource says so.
                if seen.insert((torn.row, torn.offset)) {
                    met.malformed.push(*torn);
                } else {
                    met.rows_read -= 1;
                }
            }
        }
        for ((_, number), fates) in &file.rows {
            let is_met = |(join, fate): &(usize, Fate)| match fate {
                Fate::At(row) => self.joined[*join].is_met[*row].load(Ordering::Relaxed),
                _ => false,
            };
            let has = |wanted: Fate| fates.iter().any(|(_, fate)| *fate == wanted);
            let mut held = fates.iter().filter(|(_, fate)| matches!(fate, Fate::At(_)));
            let has_key = held.clone().next().is_some();
            if fates.iter().any(is_met) {
                met.joined += 1;
            } else if has_key && held.all(|(join, _)| self.joined[*join].is_lookup) {
                met.without_referrer += 1;
            } else if has_key {
                met.without_parent.push(*number);
            } else if has(Fate::SetAside) {
                met.set_aside += 1;
            } else {
                met.without_key.push(*number);
            }
        }
        met
    }

    /// The joins, to be given to a table.
    pub fn all(&self) -> Vec<&Joined> {
        self.joined.iter().collect()
    }

    /// What identifies the files, in one order.
    pub fn content_hashes(&self) -> Vec<String> {
        let mut hashes: Vec<String> = self.files.iter().map(|f| f.content_hash.clone()).collect();
        hashes.sort();
        hashes
    }
}

/// Reads the files that one mapping joins; where several rows of a join hold a key, the greatest
/// counts, whatever the order of the files.
pub fn hold(files: &[JoinedFile<'_>], progress: &dyn Progress) -> Result<Held> {
    let mut held = Held::default();
    let Some(first) = files.first() else {
        return Ok(held);
    };
    for (join_place, join) in first.mapping.joins.iter().enumerate() {
        let of_join: Vec<&JoinedFile<'_>> = files.iter().filter(|f| f.join == join).collect();
        if of_join.is_empty() {
            continue;
        }
        let mut pool = Pool::default();
        for file in of_join {
            let at = held.file_of(file, progress)?;
            let (rows, audit) = pool.read(file, progress)?;
            let place = held.joined.len();
            let part = held.files[at].part_of(&file.form.sheet);
            for (number, fate) in rows {
                let fates = held.files[at].rows.entry((part, number));
                fates.or_default().push((place, fate));
            }
            held.files[at].parts[part].1 = audit;
        }
        held.joined.push(Joined {
            join_place,
            is_reference: join.is_reference,
            is_lookup: join.is_lookup,
            is_met: pool.best.iter().map(|_| AtomicBool::new(false)).collect(),
            columns: pool.columns(),
            names: pool.names,
            by_key: pool.by_key,
        });
    }
    Ok(held)
}

impl Held {
    /// The place of a file, which may be held by several joins.
    fn file_of(&mut self, file: &JoinedFile<'_>, progress: &dyn Progress) -> Result<usize> {
        if let Some(at) = self.files.iter().position(|f| f.path == file.path) {
            return Ok(at);
        }
        let whole = Form {
            sheet: None,
            ..file.form.clone()
        };
        let bytes = content_hash(&file.content, &whole, progress)?;
        self.files.push(HeldFile {
            path: file.path.clone(),
            form: file.form.clone(),
            content_hash: joined_content_hash(&bytes, &file.mapping.name),
            rows: BTreeMap::new(),
            parts: Vec::new(),
        });
        Ok(self.files.len() - 1)
    }
}

impl HeldFile {
    /// The place of a part, which may be held by several joins.
    fn part_of(&mut self, sheet: &Option<String>) -> usize {
        if let Some(at) = self.parts.iter().position(|(known, _)| known == sheet) {
            return at;
        }
        self.parts.push((sheet.clone(), Audit::default()));
        if self.parts.len() > 1 {
            self.form.sheet = None;
        }
        self.parts.len() - 1
    }
}

pub(super) fn interrupted(path: &Path) -> Error {
    Error::new(
        crate::base::Kind::Interrupted,
        "stopped; nothing of this file was kept",
    )
    .at(path)
}

/// The rows of one join, from all its files.
#[derive(Default)]
struct Pool {
    names: Vec<String>,
    by_key: HashMap<String, usize>,
    /// The best row of each key: its rank, then its texts.
    best: Vec<(Vec<Rank>, Vec<Option<String>>)>,
}

impl Pool {
    /// Reads a file; gives what became of each row.
    fn read(
        &mut self,
        file: &JoinedFile<'_>,
        progress: &dyn Progress,
    ) -> Result<(Vec<(u64, Fate)>, Audit)> {
        let bound = file
            .join
            .bind(&file.header, file.mapping)
            .map_err(|e| e.at(&file.path))?;
        let format = formats::named(file.form.format)
            .ok_or_else(|| Error::internal("a format has no name").at(&file.path))?;
        let wanted = Wanted {
            header: file.header.clone(),
            places: bound.needed(),
        };
        let places = self.places_of(&bound);
        let mut rows = Vec::new();
        let mut stream = Stream::start((format.read)(&file.content, &file.form, &wanted)?);
        for block in stream.by_ref() {
            if progress.is_interrupted() {
                return Err(interrupted(&file.path));
            }
            self.take(&block?, file, &bound, &places, &mut rows);
        }
        Ok((rows, stream.audit()?))
    }

    /// For each name of the pool its place in a file; names that are new come behind.
    fn places_of(&mut self, bound: &BoundJoin) -> Vec<Option<usize>> {
        for (name, _) in bound.columns() {
            if !self.names.contains(name) {
                self.names.push(name.clone());
            }
        }
        let place = |name: &String| {
            let mut columns = bound.columns().iter();
            columns
                .find(|(known, _)| known == name)
                .map(|(_, place)| *place)
        };
        self.names.iter().map(place).collect()
    }

    fn take(
        &mut self,
        block: &Block,
        file: &JoinedFile<'_>,
        bound: &BoundJoin,
        places: &[Option<usize>],
        rows: &mut Vec<(u64, Fate)>,
    ) {
        let columns: BTreeMap<usize, _> = bound
            .needed()
            .into_iter()
            .filter_map(|place| Some((place, block.column(place)?)))
            .collect();
        for (row, number) in block.rows.iter().enumerate() {
            let cells = |place: usize| columns.get(&place).and_then(|column| column.get(row));
            let Some(key) = bound.key_of(&cells) else {
                let has_key = cells(bound.key()).is_some_and(|key| !key.trim().is_empty());
                let fate = if has_key {
                    Fate::SetAside
                } else {
                    Fate::WithoutKey
                };
                rows.push((*number, fate));
                continue;
            };
            let cell = |place: &Option<usize>| cells((*place)?).map(str::to_string);
            let texts = places.iter().map(cell).collect();
            let rank = bound.rank(&cells);
            let at = self.put(plain(key, file.join.is_reference), (rank, texts));
            rows.push((*number, Fate::At(at)));
        }
    }

    /// Keeps the greatest row of a key; gives its place.
    fn put(&mut self, key: &str, row: (Vec<Rank>, Vec<Option<String>>)) -> usize {
        if let Some(at) = self.by_key.get(key) {
            if row > self.best[*at] {
                self.best[*at] = row;
            }
            return *at;
        }
        self.by_key.insert(key.to_string(), self.best.len());
        self.best.push(row);
        self.best.len() - 1
    }

    /// The texts by column; a file without a column leaves its cells empty.
    fn columns(&mut self) -> Vec<Vec<Option<String>>> {
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); self.names.len()];
        for (_, mut texts) in std::mem::take(&mut self.best) {
            texts.resize(columns.len(), None);
            for (column, text) in columns.iter_mut().zip(texts) {
                column.push(text);
            }
        }
        columns
    }
}
