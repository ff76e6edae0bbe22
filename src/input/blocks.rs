//! Rows on their way from a format to the cleaning: blocks of text columns with the rows' numbers,
//! read ahead on a thread of their own, and the audit of what could not be read.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;

use polars::prelude::*;

use super::formats::Wanted;
use crate::base::{Error, Result};

/// Rows of one block where a format counts rows and not bytes.
pub(super) const BLOCK_ROWS: usize = 65_536;

/// A record that can't be read: its row as a spreadsheet counts, where it starts, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed {
    pub row: u64,
    /// Bytes from the start of the unpacked UTF-8 text.
    pub offset: u64,
    /// Bytes, line end included.
    pub length: u64,
}

/// What a format counted in a whole file.
#[derive(Debug, Default, Clone)]
pub(super) struct Audit {
    /// Rows of the table, malformed ones included.
    pub records: u64,
    pub malformed: Vec<Malformed>,
    /// Blank lines, preamble, repeated headers and total rows.
    pub skipped_lines: u64,
}

/// Rows as text. Columns are named by their place in the file; empty cells may be null or empty.
pub(super) struct Block {
    pub frame: DataFrame,
    /// The number of each row, as a spreadsheet shows it.
    pub rows: Vec<u64>,
}

impl Block {
    /// The cells of the column at a place of the file.
    pub(super) fn column(&self, place: usize) -> Option<&StringChunked> {
        self.frame.column(&place.to_string()).ok()?.str().ok()
    }
}

/// Reads a file's rows in order.
pub(super) trait Reader: Send {
    /// The next block; `None` at the end.
    fn next(&mut self) -> Result<Option<Block>>;
    /// What was counted so far; whole once there is no next block.
    fn audit(&mut self) -> Audit;
}

/// The blocks of a reader that runs ahead on its own thread. Dropping it ends the reading.
pub(super) struct Stream {
    blocks: Option<Receiver<Result<Block>>>,
    thread: Option<JoinHandle<Audit>>,
}

impl Stream {
    /// Starts to read.
    pub(super) fn start(mut reader: Box<dyn Reader>) -> Self {
        let (send, blocks) = sync_channel(1);
        let thread = std::thread::spawn(move || {
            loop {
                match reader.next() {
                    Ok(None) => break,
                    Ok(Some(block)) => {
                        if send.send(Ok(block)).is_err() {
                            break;
                        }
                    }
                    Err(error) => {
                        send.send(Err(error)).ok();
                        break;
                    }
                }
            }
            reader.audit()
        });
        Self {
            blocks: Some(blocks),
            thread: Some(thread),
        }
    }

    /// What was counted; asked when the last block was taken.
    pub(super) fn audit(mut self) -> Result<Audit> {
        self.blocks = None;
        let thread = self.thread.take();
        thread
            .and_then(|thread| thread.join().ok())
            .ok_or_else(|| Error::internal("the reading of this file broke off"))
    }
}

impl Iterator for Stream {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        self.blocks.as_ref()?.recv().ok()
    }
}

/// Gathers cells that come by name into the columns of a block.
pub(super) struct Gathered {
    by_name: HashMap<String, usize>,
    places: Vec<usize>,
    columns: Vec<Vec<Option<String>>>,
    rows: Vec<u64>,
}

impl Gathered {
    /// For the wanted columns of a file.
    pub(super) fn new(wanted: &Wanted) -> Self {
        let name = |(at, place): (usize, &usize)| Some((wanted.header.get(*place)?.clone(), at));
        Self {
            by_name: wanted.places.iter().enumerate().filter_map(name).collect(),
            places: wanted.places.clone(),
            columns: vec![Vec::new(); wanted.places.len()],
            rows: Vec::new(),
        }
    }

    /// Whether a block is full.
    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= BLOCK_ROWS
    }

    /// Begins a row.
    pub(super) fn begin(&mut self, row: u64) {
        self.rows.push(row);
    }

    /// Puts a cell into the row that was begun. Of several of one name the first counts.
    pub(super) fn put(&mut self, name: &str, cell: String) {
        let Some(at) = self.by_name.get(name) else {
            return;
        };
        let column = &mut self.columns[*at];
        if column.len() < self.rows.len() {
            column.resize(self.rows.len() - 1, None);
            column.push(Some(cell));
        }
    }

    /// The block of what was gathered; none where there was no row.
    pub(super) fn block(&mut self) -> Result<Option<Block>> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        let rows = std::mem::take(&mut self.rows);
        let empty = vec![Vec::new(); self.columns.len()];
        let mut columns = std::mem::replace(&mut self.columns, empty);
        for column in &mut columns {
            column.resize(rows.len(), None);
        }
        let frame = frame_of(&self.places, columns, rows.len())?;
        Ok(Some(Block { frame, rows }))
    }
}

/// A frame of text columns, named by their places.
pub(super) fn frame_of(
    places: &[usize],
    columns: Vec<Vec<Option<String>>>,
    height: usize,
) -> Result<DataFrame> {
    let columns = places
        .iter()
        .zip(columns)
        .map(|(place, cells)| Column::new(place.to_string().into(), cells))
        .collect();
    DataFrame::new(height, columns)
        .map_err(|_| Error::internal("the rows can't be held as columns"))
}
