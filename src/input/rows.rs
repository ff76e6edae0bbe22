//! From the columns of a file to those of a canonical table: a mapping's values read from runs of
//! rows, with the columns of joined files beside the file's own.

use std::borrow::Cow;

use rayon::prelude::*;

use super::blocks::{Audit, Block, Stream};
use super::formats::{self, Wanted};
use super::joining::Joined;
use super::recognition::Recognised;
use crate::base::{Error, Result};
use crate::mapping::Bound;

/// Rows that are worked on at once by one thread.
const RUN: usize = 16_384;

/// The texts of a canonical column over a run of rows; none where the file does not have it.
pub(super) type Texts<'a> = Option<Vec<Option<Cow<'a, str>>>>;

/// A recognised table with everything that is needed to read its rows.
pub(super) struct Source<'a> {
    pub recognised: &'a Recognised<'a>,
    pub bound: Bound,
    /// The joined files that are there, each with its mapping's place.
    pub joined: Vec<&'a Joined>,
    /// The header, then the columns of the joined files.
    pub header: Vec<String>,
}

impl<'a> Source<'a> {
    /// Binds a mapping to a file's header and the files that are joined to it.
    pub(super) fn new(recognised: &'a Recognised<'a>, joined: &[&'a Joined]) -> Result<Self> {
        let mut header = recognised.header.clone();
        for file in joined {
            header.extend(file.names.iter().cloned());
        }
        let bound = recognised
            .mapping
            .bind(&header)
            .map_err(|e| e.at(&recognised.path))?;
        Ok(Self {
            recognised,
            bound,
            joined: joined.to_vec(),
            header,
        })
    }

    fn own_width(&self) -> usize {
        self.recognised.header.len()
    }

    /// The place of the key that a joined file's rows are found by.
    fn key_place(&self, joined: &Joined) -> Option<usize> {
        self.bound.join_keys().get(joined.join_place).copied()?
    }

    /// Works on every run of rows, several at once, and takes what comes of them in order. `places`
    /// are those of the whole header that the work looks at.
    pub(super) fn each_run<T: Send>(
        &self,
        places: &[usize],
        work: impl Fn(&Run<'_>) -> T + Sync,
        mut take: impl FnMut(T) -> Result<()>,
    ) -> Result<Audit> {
        let mut own: Vec<usize> = places
            .iter()
            .copied()
            .filter(|place| *place < self.own_width())
            .collect();
        let keys: Vec<usize> = self
            .joined
            .iter()
            .filter_map(|j| self.key_place(j))
            .collect();
        // The key of a joined file may be a column of another joined one.
        let mut places = places.to_vec();
        places.extend(keys.iter().filter(|place| **place >= self.own_width()));
        own.extend(keys.iter().filter(|place| **place < self.own_width()));
        own.sort_unstable();
        own.dedup();
        let places = places.as_slice();
        let mut stream = self.stream(&own)?;
        for block in stream.by_ref() {
            let block = block?;
            let height = block.rows.len();
            let starts: Vec<usize> = (0..height).step_by(RUN).collect();
            let done: Vec<T> = starts
                .par_iter()
                .map(|start| {
                    let end = (*start + RUN).min(height);
                    work(&self.run(&block, &own, places, *start, end))
                })
                .collect();
            for one in done {
                take(one)?;
            }
        }
        stream.audit()
    }

    fn stream(&self, places: &[usize]) -> Result<Stream> {
        let recognised = self.recognised;
        let format = formats::named(recognised.form.format)
            .ok_or_else(|| Error::internal("a format has no name").at(&recognised.path))?;
        let wanted = Wanted {
            header: recognised.header.clone(),
            places: places.to_vec(),
        };
        let reader = (format.read)(&recognised.content, &recognised.form, &wanted)?;
        Ok(Stream::start(reader))
    }

    /// A run of a block with its cells by place.
    fn run<'b>(
        &'b self,
        block: &'b Block,
        own: &[usize],
        places: &[usize],
        start: usize,
        end: usize,
    ) -> Run<'b> {
        let mut cells: Vec<Option<Vec<Option<&'b str>>>> = vec![None; self.header.len()];
        for place in own {
            if let Some(column) = block.column(*place) {
                let run = (start..end).map(|row| column.get(row));
                cells[*place] = Some(run.collect());
            }
        }
        let mut first = self.own_width();
        for joined in &self.joined {
            let keys = self
                .key_place(joined)
                .and_then(|place| cells[place].clone());
            let found: Vec<Option<usize>> = match keys {
                Some(keys) => keys.iter().map(|key| joined.find((*key)?)).collect(),
                None => vec![None; end - start],
            };
            for (at, column) in joined.columns.iter().enumerate() {
                if places.contains(&(first + at)) {
                    let run = found.iter().map(|row| column[(*row)?].as_deref());
                    cells[first + at] = Some(run.collect());
                }
            }
            first += joined.names.len();
        }
        let rows = block.rows[start..end].iter().map(|r| *r as i64).collect();
        Run { cells, rows }
    }
}

/// A run of rows of a file.
pub(super) struct Run<'a> {
    /// For each place of the header its cells, where they were asked for.
    pub cells: Vec<Option<Vec<Option<&'a str>>>>,
    /// The rows' numbers, as a spreadsheet shows them.
    pub rows: Vec<i64>,
}

impl<'a> Run<'a> {
    /// The cell of a row.
    pub(super) fn cell(&self, place: usize, row: usize) -> Option<&'a str> {
        self.cells.get(place)?.as_ref()?[row]
    }

    /// Which filter takes each row, where the mapping has filters.
    pub(super) fn set_aside(&self, bound: &Bound, has_filters: bool) -> Vec<Option<usize>> {
        if !has_filters {
            return vec![None; self.rows.len()];
        }
        (0..self.rows.len())
            .map(|row| bound.set_aside(&|place| self.cell(place, row)))
            .collect()
    }

    /// The texts of a canonical column in these rows of the run.
    pub(super) fn texts(&self, bound: &'a Bound, column: usize, rows: &[usize]) -> Texts<'a> {
        let value = bound.value(column)?;
        if let Some(place) = value.plain() {
            let cells = self.cells.get(place)?.as_ref()?;
            return Some(rows.iter().map(|r| cells[*r].map(Cow::Borrowed)).collect());
        }
        let read = |row: &usize| value.read(&|place| self.cell(place, *row));
        Some(rows.iter().map(read).collect())
    }
}
