//! Delimited text: CSV, TSV and their kin, of any delimiter, quoting and encoding. Records are cut by
//! `records`; Polars parses the sound ones.

use std::io::{Cursor, Read};
use std::sync::Arc;

use polars::prelude::*;

use super::{Format, HEAD_ROWS, Head, Hints, Wanted};
use crate::base::{Error, Result};
use crate::input::blocks::{Audit, Block, Reader};
use crate::input::container::Content;
use crate::input::encoding;
use crate::input::form::Form;
use crate::input::records::{Dialect, Records, Shape, Sound, first_records};

/// Bytes that are looked at for the head.
const SAMPLE: usize = 1 << 20;
/// The delimiters that files use; the first of the list is taken where several would do.
const DELIMITERS: &[u8] = b",\t;|^~\x1f\x01";

pub(super) const FORMAT: Format = Format {
    name: "csv",
    heads,
    read,
};

fn heads(content: &Content, hints: &Hints) -> Result<Option<Vec<Head>>> {
    let head = content.head(SAMPLE)?;
    let is_whole = head.len() < SAMPLE;
    let encoding = match &hints.encoding {
        Some(name) => encoding::named(name, &content.path)?,
        None => match encoding::of_head(&head) {
            Some(encoding) => encoding,
            None => return Ok(None),
        },
    };
    let is_marked = encoding_rs::Encoding::for_bom(&head).is_some();
    let returns = !head.contains(&b'\n') && head.contains(&b'\r');
    let mut text = Vec::new();
    encoding::decoded(Box::new(Cursor::new(head)), encoding, returns)
        .read_to_end(&mut text)
        .map_err(|e| content.failed(e))?;
    if encoding::is_binary(&text) {
        return Ok(None);
    }
    let heads = dialects(&text, hints).into_iter().map(|dialect| {
        let mut form = Form::new(FORMAT.name, content.packing.name());
        form.encoding = Some(encoding);
        form.delimiter = Some(dialect.delimiter);
        form.quote = dialect.quote;
        form.ends_lines_by_return = returns;
        form.is_marked = is_marked;
        Head {
            form,
            rows: first_records(&text, dialect, is_whole, HEAD_ROWS),
            has_names: false,
        }
    });
    Ok(Some(heads.collect()))
}

/// The ways to cut this text: what the user says, else every delimiter that stands in it.
fn dialects(text: &[u8], hints: &Hints) -> Vec<Dialect> {
    let first_line = text.split(|b| *b == b'\n').find(|l| !l.is_empty());
    let by_apostrophe = first_line.is_some_and(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        line.len() > 2 && line.starts_with(b"'") && line.ends_with(b"'")
    });
    let usual = if by_apostrophe { b'\'' } else { b'"' };
    let quote = hints.quote.unwrap_or(Some(usual));
    if let Some(delimiter) = hints.delimiter {
        return vec![Dialect { delimiter, quote }];
    }
    let mut found: Vec<Dialect> = DELIMITERS
        .iter()
        .filter(|d| text.contains(d))
        .map(|delimiter| Dialect {
            delimiter: *delimiter,
            quote,
        })
        .collect();
    if found.is_empty() {
        found.push(Dialect {
            delimiter: b',',
            quote,
        });
    }
    for (delimiter, quoted) in &hints.further {
        let delimiters: Vec<u8> = match delimiter {
            Some(delimiter) => vec![*delimiter],
            None => found.iter().map(|d| d.delimiter).collect(),
        };
        for delimiter in delimiters {
            let dialect = Dialect {
                delimiter,
                quote: quoted.unwrap_or(quote),
            };
            if text.contains(&delimiter) && !found.contains(&dialect) {
                found.push(dialect);
            }
        }
    }
    found
}

fn read(content: &Content, form: &Form, wanted: &Wanted) -> Result<Box<dyn Reader>> {
    let encoding = form.encoding.unwrap_or(encoding_rs::UTF_8);
    let dialect = Dialect {
        delimiter: form.delimiter.unwrap_or(b','),
        quote: form.quote,
    };
    let mark = content.head(3)?;
    let offset = if mark == b"\xef\xbb\xbf" { 3 } else { 0 };
    let text = encoding::decoded(content.reader()?, encoding, form.ends_lines_by_return);
    let names = (0..wanted.header.len()).map(|place| {
        let name: PlSmallStr = place.to_string().into();
        Field::new(name, DataType::String)
    });
    Ok(Box::new(Delimited {
        content: content.clone(),
        records: Records::new(
            text,
            Shape {
                dialect,
                header_row: form.header_row,
                header: wanted.header.clone(),
            },
            offset,
        ),
        dialect,
        schema: Arc::new(names.collect()),
        places: Arc::new(wanted.places.clone()),
    }))
}

struct Delimited {
    content: Content,
    records: Records,
    dialect: Dialect,
    schema: SchemaRef,
    places: Arc<Vec<usize>>,
}

impl Delimited {
    fn parse(&self, sound: Sound) -> PolarsResult<Block> {
        let height = sound.rows.len();
        let frame = if self.places.is_empty() {
            DataFrame::new(height, Vec::new())?
        } else {
            let quote = self.dialect.quote;
            CsvReadOptions::default()
                .with_has_header(false)
                .with_schema(Some(Arc::clone(&self.schema)))
                .with_projection(Some(Arc::clone(&self.places)))
                .with_raise_if_empty(false)
                .with_rechunk(true)
                .map_parse_options(|options| {
                    options
                        .with_separator(self.dialect.delimiter)
                        .with_quote_char(quote)
                })
                .into_reader_with_file_handle(Cursor::new(sound.bytes))
                .finish()?
        };
        Ok(Block {
            frame,
            rows: sound.rows,
        })
    }
}

impl Reader for Delimited {
    fn next(&mut self) -> Result<Option<Block>> {
        let Some(sound) = self.records.next().map_err(|e| self.content.failed(e))? else {
            return Ok(None);
        };
        let rows = sound.rows.len();
        // The engine's words may quote cells, so they are not passed on.
        let block = self
            .parse(sound)
            .map_err(|_| Error::input("can't be read as a table").at(&self.content.path))?;
        if block.frame.height() != rows {
            return Err(Error::internal(format!(
                "{rows} rows were cut and {} read",
                block.frame.height()
            ))
            .at(&self.content.path));
        }
        Ok(Some(block))
    }

    fn audit(&mut self) -> Audit {
        self.records.audit()
    }
}
