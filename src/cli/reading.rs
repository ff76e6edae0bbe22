//! What the user says on the command line of how files are to be read; shared by the commands that
//! read files.

use clap::Args;

use crate::base::{Error, Result};
use crate::mapping::{self, DatePattern};

/// How files are read where the program should not find out by itself.
#[derive(Args, Default)]
#[command(next_help_heading = "How files are read, where it should not be found out")]
pub(super) struct Reading {
    /// The mapping to use ('catchment mapping list' shows them), or all of one source's
    #[arg(long, value_name = "NAME")]
    pub layout: Option<String>,
    /// What stands between two cells: a character, or 'tab'
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    /// What stands around a cell: a character, or 'none'
    #[arg(long, value_name = "CHARACTER")]
    quote: Option<String>,
    /// How letters are written: utf-8, utf-16le, windows-1252, ...
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// The row of the header as a spreadsheet counts; 0 where there is none
    #[arg(long, value_name = "ROW")]
    header_row: Option<u32>,
    /// The sheet of a workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// How dates are written, as MM/DD/YYYY or DD/MM/YYYY; may be given several times
    #[arg(long, value_name = "PATTERN")]
    dates: Vec<String>,
}

impl Reading {
    /// The same as the mappings say it.
    pub(super) fn asked(&self) -> Result<mapping::Reading> {
        let dates = self.dates.iter().map(|text| {
            DatePattern::parse(text).map_err(|why| Error::usage(why).column("--dates"))
        });
        let quote = match self.quote.as_deref() {
            None => None,
            Some("none" | "") => Some(None),
            Some(text) => Some(Some(byte_of(text, "--quote")?)),
        };
        Ok(mapping::Reading {
            header_row: self.header_row,
            delimiter: match self.delimiter.as_deref() {
                None => None,
                Some("tab" | "\\t") => Some(b'\t'),
                Some(text) => Some(byte_of(text, "--delimiter")?),
            },
            quote,
            encoding: self.encoding.clone(),
            sheet: self.sheet.clone(),
            dates: dates.collect::<Result<_>>()?,
            ..mapping::Reading::default()
        })
    }
}

fn byte_of(text: &str, option: &str) -> Result<u8> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err(Error::usage("is no single character").column(option)),
    }
}
