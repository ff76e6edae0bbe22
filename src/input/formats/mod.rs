//! File formats: how a file becomes records. One file a format, one line in the list.

pub mod csv;

/// A format that files come in.
#[derive(Debug)]
pub struct Format {
    /// Its name, which is its file's.
    pub name: &'static str,
    /// The delimiters that it may use.
    pub delimiters: &'static [u8],
}

/// Every format.
pub static FORMATS: &[Format] = &[Format {
    name: "csv",
    delimiters: b",\t;|",
}];
