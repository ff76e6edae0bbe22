//! CSV as it goes to disk: cells quoted where they must be, files written in one go or row by row.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use catchment_base::{Error, Result};

/// Adds a cell, quoted where a reader would misread it otherwise (RFC 4180).
pub(crate) fn push_cell(line: &mut Vec<u8>, cell: &str) {
    if cell
        .bytes()
        .any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'))
    {
        line.push(b'"');
        line.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        line.push(b'"');
    } else {
        line.extend_from_slice(cell.as_bytes());
    }
}

/// Adds a row that ends with a line feed.
pub(crate) fn push_row<'a>(line: &mut Vec<u8>, cells: impl IntoIterator<Item = &'a str>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        push_cell(line, cell);
    }
    line.push(b'\n');
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct Sheet {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Sheet {
    /// Begins a file, in place of one that may be there.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path)
            .map_err(|error| Error::io("this file can't be written", path, error))?;
        Ok(Self {
            path: path.to_path_buf(),
            file: BufWriter::with_capacity(1 << 20, file),
        })
    }

    /// Begins a CSV file with its header.
    pub(crate) fn with_header(path: &Path, header: &[&str]) -> Result<Self> {
        let mut sheet = Self::create(path)?;
        sheet.row(header)?;
        Ok(sheet)
    }

    /// Writes bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(|error| Error::io("this file can't be written", &self.path, error))
    }

    /// Writes a row.
    pub(crate) fn row<S: AsRef<str>>(&mut self, cells: &[S]) -> Result<()> {
        let mut line = Vec::with_capacity(128);
        push_row(&mut line, cells.iter().map(AsRef::as_ref));
        self.bytes(&line)
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> Result<PathBuf> {
        self.file
            .flush()
            .map_err(|error| Error::io("this file can't be written", &self.path, error))?;
        Ok(self.path)
    }
}

/// A day as ISO 8601 writes it, or nothing.
pub(crate) fn date(day: Option<catchment_base::Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The csv crate reads back what is written.
        #[test]
        fn cells_survive(cells in prop::collection::vec("[a-z,\"\r\n ]{0,8}", 2..6)) {
            let mut line = Vec::new();
            push_row(&mut line, cells.iter().map(String::as_str));
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_slice());
            let read = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), cells);
        }
    }
}
