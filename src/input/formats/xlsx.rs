//! Excel workbooks: every sheet is a part of its own. Cells become text as a careful person would
//! type them: days in ISO 8601, whole numbers without a point.

use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Range, Reader as _, Xlsx};

use super::{Format, HEAD_ROWS, Head, Hints, Wanted};
use crate::base::{Error, Result};
use crate::input::blocks::{Audit, BLOCK_ROWS, Block, Reader, frame_of};
use crate::input::container::{Content, ZIP};
use crate::input::form::Form;
use crate::input::records::is_total;
use crate::mapping::vocabulary::fold;

/// The first bytes of a workbook of Excel 97 to 2003.
const OLD: &[u8] = b"\xd0\xcf\x11\xe0";

pub(super) const FORMAT: Format = Format {
    name: "xlsx",
    heads,
    read,
};

type Book = Xlsx<Cursor<Vec<u8>>>;

fn heads(content: &Content, _hints: &Hints) -> Result<Option<Vec<Head>>> {
    let start = content.head(4)?;
    if start == OLD {
        return Err(
            Error::input("is an old Excel workbook, or one with a password")
                .at(&content.path)
                .help("save it as .xlsx without a password"),
        );
    }
    if start != ZIP {
        return Ok(None);
    }
    let mut book = open(content)?;
    let names = book.sheet_names();
    let is_only = names.len() == 1;
    let mut heads = Vec::new();
    for name in names {
        let range = range_of(&mut book, &name, content)?;
        let mut form = Form::new(FORMAT.name, content.packing.name());
        form.sheet = (!is_only).then_some(name);
        heads.push(Head {
            form,
            rows: (0..HEAD_ROWS.min(height_of(&range)))
                .map(|row| row_of(&range, row))
                .collect(),
            has_names: false,
        });
    }
    Ok(Some(heads))
}

fn open(content: &Content) -> Result<Book> {
    Xlsx::new(Cursor::new(content.bytes()?)).map_err(|_| {
        Error::input("can't be read as an Excel workbook")
            .at(&content.path)
            .help("open it in Excel and save it as .xlsx without a password")
    })
}

fn range_of(book: &mut Book, sheet: &str, content: &Content) -> Result<Range<Data>> {
    book.worksheet_range(sheet).map_err(|_| {
        Error::input(format!("sheet '{sheet}' can't be read"))
            .at(&content.path)
            .help("save the sheet as CSV")
    })
}

/// Rows from the sheet's first to its last filled one.
fn height_of(range: &Range<Data>) -> usize {
    range.end().map_or(0, |(row, _)| row as usize + 1)
}

/// The cells of a row of the sheet, from its first column on.
fn row_of(range: &Range<Data>, row: usize) -> Vec<String> {
    let Some((_, last)) = range.end() else {
        return Vec::new();
    };
    (0..=last)
        .map(|column| {
            range
                .get_value((row as u32, column))
                .map(text_of)
                .unwrap_or_default()
        })
        .collect()
}

/// A cell as text.
fn text_of(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(n) => n.to_string(),
        Data::Float(n) if n.fract() == 0.0 && n.abs() < 9e15 => format!("{n:.0}"),
        Data::Float(n) => n.to_string(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(moment) => moment_of(moment),
        Data::Error(_) => "#N/A".to_string(),
    }
}

fn moment_of(moment: &ExcelDateTime) -> String {
    if !moment.is_datetime() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

fn read(content: &Content, form: &Form, wanted: &Wanted) -> Result<Box<dyn Reader>> {
    let mut book = open(content)?;
    let sheet = match &form.sheet {
        Some(sheet) => sheet.clone(),
        None => book.sheet_names().into_iter().next().unwrap_or_default(),
    };
    let range = range_of(&mut book, &sheet, content)?;
    let header = form.header_row.checked_sub(1).map(|row| {
        let cells = row_of(&range, row as usize);
        cells.iter().map(|c| fold(c)).collect()
    });
    Ok(Box::new(Sheet {
        range,
        header,
        wanted: wanted.clone(),
        at: form.header_row as usize,
        audit: Audit {
            skipped_lines: form.header_row.saturating_sub(1),
            ..Audit::default()
        },
    }))
}

struct Sheet {
    range: Range<Data>,
    header: Option<Vec<String>>,
    wanted: Wanted,
    at: usize,
    audit: Audit,
}

impl Sheet {
    /// Blank lines, the header once more, and rows of totals.
    fn is_no_row(&self, cells: &[String]) -> bool {
        if cells.iter().all(|c| c.trim().is_empty()) {
            return true;
        }
        let named = self.wanted.header.iter().filter(|h| !h.trim().is_empty());
        let is_header = |header: &Vec<String>| {
            header.len() == cells.len() && header.iter().zip(cells).all(|(h, c)| *h == fold(c))
        };
        self.header.as_ref().is_some_and(is_header) || is_total(cells, named.count())
    }
}

impl Reader for Sheet {
    fn next(&mut self) -> Result<Option<Block>> {
        let places = self.wanted.places.clone();
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); places.len()];
        let mut rows = Vec::new();
        let height = height_of(&self.range);
        while self.at < height && rows.len() < BLOCK_ROWS {
            let mut cells = row_of(&self.range, self.at);
            self.at += 1;
            if self.is_no_row(&cells) {
                self.audit.skipped_lines += 1;
                continue;
            }
            self.audit.records += 1;
            rows.push(self.at as u64);
            for (column, place) in columns.iter_mut().zip(&places) {
                column.push(cells.get_mut(*place).map(std::mem::take));
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let frame = frame_of(&places, columns, rows.len())?;
        Ok(Some(Block { frame, rows }))
    }

    fn audit(&mut self) -> Audit {
        std::mem::take(&mut self.audit)
    }
}
