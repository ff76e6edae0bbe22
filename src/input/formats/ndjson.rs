//! NDJSON: one JSON object a line. Nested values are named by their path (`requester.display`,
//! `identifier.0.value`). A line that is no object is malformed.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};

use serde_json::{Map, Value};

use super::{Format, HEAD_ROWS, Head, Hints, Wanted};
use crate::base::Result;
use crate::input::blocks::{Audit, BLOCK_ROWS, Block, Malformed, Reader, frame_of};
use crate::input::container::Content;
use crate::input::encoding;
use crate::input::form::Form;

/// Bytes that are looked at to tell whether a file is NDJSON.
const SAMPLE: usize = 1 << 16;
/// Columns of a table at most.
const MOST_PATHS: usize = 4096;
/// Parts of a path at most; what lies deeper is left out.
const DEPTH: usize = 8;

pub(super) const FORMAT: Format = Format {
    name: "ndjson",
    heads,
    read,
};

type Text = BufReader<Box<dyn std::io::Read + Send>>;

fn open(content: &Content) -> Result<Text> {
    let text = encoding::decoded(content.reader()?, encoding_rs::UTF_8, false);
    Ok(BufReader::with_capacity(1 << 20, text))
}

fn heads(content: &Content, _hints: &Hints) -> Result<Option<Vec<Head>>> {
    let sample = content.head(SAMPLE)?;
    let start = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample);
    let start = start.trim_ascii_start();
    if !start.starts_with(b"{") || !first_line_is_object(content)? {
        return Ok(None);
    }
    let Some((names, rows)) = survey(content)? else {
        return Ok(None);
    };
    let mut cells: Vec<Vec<String>> = vec![names.iter().cloned().collect()];
    for row in rows {
        cells.push(
            names
                .iter()
                .map(|n| row.get(n).cloned().unwrap_or_default())
                .collect(),
        );
    }
    let mut form = Form::new(FORMAT.name, content.packing.name());
    form.header_row = 0;
    Ok(Some(vec![Head {
        form,
        rows: cells,
        has_names: true,
    }]))
}

/// A document over many lines begins with a brace too, and is no NDJSON.
fn first_line_is_object(content: &Content) -> Result<bool> {
    let mut text = open(content)?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = text
            .read_until(b'\n', &mut line)
            .map_err(|e| content.failed(e))?;
        if read == 0 {
            return Ok(false);
        }
        if !line.trim_ascii().is_empty() {
            return Ok(object_of(&line).is_some());
        }
    }
}

fn object_of(line: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

type Cells = HashMap<String, String>;

/// Every path that stands in the file, and the cells of its first rows. None where there are more
/// than any table has: such a file is a map or a document.
fn survey(content: &Content) -> Result<Option<(BTreeSet<String>, Vec<Cells>)>> {
    let (mut names, mut rows) = (BTreeSet::new(), Vec::new());
    let mut text = open(content)?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = text
            .read_until(b'\n', &mut line)
            .map_err(|e| content.failed(e))?;
        if read == 0 {
            return Ok(Some((names, rows)));
        }
        let Some(object) = object_of(&line) else {
            continue;
        };
        let mut cells = Cells::new();
        flatten(&object, &mut String::new(), 0, &mut |path, cell| {
            if !names.contains(path) {
                names.insert(path.to_string());
            }
            if rows.len() < HEAD_ROWS {
                cells.insert(path.to_string(), cell);
            }
        });
        if names.len() > MOST_PATHS {
            return Ok(None);
        }
        if rows.len() < HEAD_ROWS {
            rows.push(cells);
        }
    }
}

/// Gives each scalar of an object with its path.
fn flatten(
    object: &Map<String, Value>,
    path: &mut String,
    depth: usize,
    take: &mut dyn FnMut(&str, String),
) {
    for (key, value) in object {
        below(key, value, path, depth, take);
    }
}

fn below(
    key: &str,
    value: &Value,
    path: &mut String,
    depth: usize,
    take: &mut dyn FnMut(&str, String),
) {
    if depth >= DEPTH {
        return;
    }
    let length = path.len();
    if length > 0 {
        path.push('.');
    }
    path.push_str(key);
    match value {
        Value::Null => {}
        Value::String(text) => take(path, text.clone()),
        Value::Bool(_) | Value::Number(_) => take(path, value.to_string()),
        Value::Object(inner) => flatten(inner, path, depth + 1, take),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                below(&at.to_string(), item, path, depth + 1, take);
            }
        }
    }
    path.truncate(length);
}

fn read(content: &Content, _form: &Form, wanted: &Wanted) -> Result<Box<dyn Reader>> {
    let places = &wanted.places;
    let by_name = places
        .iter()
        .enumerate()
        .filter_map(|(at, place)| Some((wanted.header.get(*place)?.clone(), at)));
    let mark = content.head(3)?;
    Ok(Box::new(Lines {
        text: open(content)?,
        content: content.clone(),
        by_name: by_name.collect(),
        places: places.clone(),
        row: 0,
        offset: if mark == b"\xef\xbb\xbf" { 3 } else { 0 },
        audit: Audit::default(),
    }))
}

struct Lines {
    text: Text,
    content: Content,
    by_name: HashMap<String, usize>,
    places: Vec<usize>,
    row: u64,
    offset: u64,
    audit: Audit,
}

impl Reader for Lines {
    fn next(&mut self) -> Result<Option<Block>> {
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); self.places.len()];
        let mut rows = Vec::new();
        let mut line = Vec::new();
        while rows.len() < BLOCK_ROWS {
            line.clear();
            let read = self
                .text
                .read_until(b'\n', &mut line)
                .map_err(|e| self.content.failed(e))?;
            if read == 0 {
                break;
            }
            self.row += 1;
            let offset = self.offset;
            self.offset += read as u64;
            if line.trim_ascii().is_empty() {
                self.audit.skipped_lines += 1;
                continue;
            }
            self.audit.records += 1;
            let Some(object) = object_of(&line) else {
                self.audit.malformed.push(Malformed {
                    row: self.row,
                    offset,
                    length: read as u64,
                });
                continue;
            };
            rows.push(self.row);
            flatten(&object, &mut String::new(), 0, &mut |path, cell| {
                if let Some(at) = self.by_name.get(path) {
                    columns[*at].resize(rows.len() - 1, None);
                    columns[*at].push(Some(cell));
                }
            });
        }
        if rows.is_empty() {
            return Ok(None);
        }
        for column in &mut columns {
            column.resize(rows.len(), None);
        }
        let frame = frame_of(&self.places, columns, rows.len())?;
        Ok(Some(Block { frame, rows }))
    }

    fn audit(&mut self) -> Audit {
        std::mem::take(&mut self.audit)
    }
}
