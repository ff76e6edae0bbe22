//! File formats: how a file becomes rows of text. One file a format, one line in the list.

mod csv;
mod hl7;
mod json;
mod ndjson;
mod parquet;
mod xlsx;

use super::blocks::Reader;
use super::container::Content;
use super::form::Form;
use crate::base::Result;

/// A format that files come in.
pub struct Format {
    /// Its name, which is its file's.
    pub name: &'static str,
    /// The first rows of each part, in each way that they may be read; none where the bytes are of
    /// another format.
    pub(super) heads: fn(&Content, &Hints) -> Result<Option<Vec<Head>>>,
    /// Reads the rows of one part.
    pub(super) read: fn(&Content, &Form, &Wanted) -> Result<Box<dyn Reader>>,
}

/// Every format, in the order in which files are held against them; the last takes any text.
pub static FORMATS: &[Format] = &[
    parquet::FORMAT,
    xlsx::FORMAT,
    ndjson::FORMAT,
    json::FORMAT,
    hl7::FORMAT,
    csv::FORMAT,
];

/// What is known of how files may be written before one is opened.
#[derive(Debug, Clone, Default)]
pub(super) struct Hints {
    /// The delimiter, where the user names it.
    pub delimiter: Option<u8>,
    /// The quote, where the user names it.
    pub quote: Option<Option<u8>>,
    /// The encoding, where the user names it.
    pub encoding: Option<String>,
    /// Delimiters and quotes that mappings name, beyond the usual ones.
    pub further: Vec<(Option<u8>, Option<Option<u8>>)>,
}

/// The first rows of a part of a file under one way to read it.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub form: Form,
    /// Rows from the file's first on, blank ones included.
    pub rows: Vec<Vec<String>>,
    /// The format names its columns: the first row is their names, and no row of the file.
    pub has_names: bool,
}

/// The rows of a head, at most.
pub(super) const HEAD_ROWS: usize = 200;

/// Which columns of a file are read.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The names of all columns.
    pub header: Vec<String>,
    /// The places of those that are read, rising.
    pub places: Vec<usize>,
}

/// The format of a name.
pub(super) fn named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name)
}
