//! How a file is written: its format, packing, encoding, delimiter, header row and sheet, as found in
//! the file or as the user says. What its columns mean is left to the mappings.

use encoding_rs::{Encoding, UTF_8};

/// How one part of a file (the file itself, or one sheet) is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The format's name.
    pub format: &'static str,
    /// How the file is packed, where it is.
    pub packing: Option<&'static str>,
    /// How its letters are written; none where the format settles it.
    pub(super) encoding: Option<&'static Encoding>,
    /// The byte between fields, where the format has one.
    pub delimiter: Option<u8>,
    /// The byte around fields; none where there is no quoting.
    pub quote: Option<u8>,
    /// The row of the header, as a spreadsheet counts; 0 where there is none.
    pub header_row: u64,
    /// The sheet, where the file has several.
    pub sheet: Option<String>,
    /// Lines end by a carriage return alone.
    pub(super) ends_lines_by_return: bool,
    /// A byte order mark says how the letters are written.
    pub(super) is_marked: bool,
}

impl Form {
    /// The form of a format, with nothing found yet.
    pub(super) fn new(format: &'static str, packing: Option<&'static str>) -> Self {
        Self {
            format,
            packing,
            encoding: None,
            delimiter: None,
            quote: None,
            header_row: 1,
            sheet: None,
            ends_lines_by_return: false,
            is_marked: false,
        }
    }

    /// What is worth telling: everything that is not comma, UTF-8 and a header in the first row.
    pub fn told(&self) -> Vec<String> {
        let mut out = Vec::new();
        out.extend(self.packing.map(|p| format!("unpacked from {p}")));
        if self.format != "csv" {
            out.push(self.format.to_string());
        }
        out.extend(self.sheet.as_ref().map(|s| format!("sheet '{s}'")));
        if let Some(encoding) = self.encoding.filter(|e| *e != UTF_8) {
            out.push(encoding.name().to_string());
        }
        if let Some(delimiter) = self.delimiter.filter(|d| *d != b',') {
            out.push(format!("{}-delimited", name_of(delimiter)));
        }
        if self.delimiter.is_some() && self.quote != Some(b'"') {
            out.push(match self.quote {
                Some(quote) => format!("quoted by {}", char::from(quote)),
                None => "without quoting".to_string(),
            });
        }
        // Elsewhere values bear names of their own, and there is no header to lack.
        let is_of_rows = matches!(self.format, "csv" | "xlsx");
        match self.header_row {
            0 if !is_of_rows => {}
            0 => out.push("no header".to_string()),
            1 => {}
            row => out.push(format!("header in row {row}")),
        }
        out
    }
}

/// A delimiter as a person calls it.
fn name_of(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".to_string(),
        b';' => "semicolon".to_string(),
        b'|' => "pipe".to_string(),
        byte if byte.is_ascii_graphic() => char::from(byte).to_string(),
        byte => format!("byte {byte}"),
    }
}
