//! The audit of a delimited file: one pass over its bytes that hashes the content, counts records,
//! finds malformed ones with their row and place, and, only where something needs it, writes a
//! copy that any reader reads the same. Cleaning of values is left to others.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::base::{Error, Result};

const BLOCK: usize = 4 << 20;
/// A record longer than this is taken for one whose quote never closes.
const LONGEST_RECORD: usize = 1 << 20;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A record that can't be read: its row as a spreadsheet counts, where it starts, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// The header is row 1.
    pub row: u64,
    /// Bytes from the file's start.
    pub offset: u64,
    /// Bytes, line end included.
    pub length: u64,
}

/// What the audit found.
#[derive(Debug)]
pub struct Audit {
    /// The blake3 hash of the file's bytes.
    pub content_hash: String,
    /// The fields of the first record.
    pub header: Vec<String>,
    /// The byte between fields.
    pub delimiter: u8,
    /// Records below the header, malformed ones included.
    pub records: u64,
    /// Records that can't be read.
    pub malformed: Vec<Malformed>,
    /// Lines with nothing on them.
    pub blank_lines: u64,
    /// The file to read: the original, or the copy without what can't be read.
    pub readable: PathBuf,
    /// Rows of the original that the readable file leaves out, rising.
    pub left_out: Vec<u64>,
}

impl Audit {
    /// The row in the original file of a record of the readable file (its first record is 0).
    pub fn row_of(&self, record: u64) -> u64 {
        let mut row = record + 2;
        // Rows left out are few, and rising: each one at or before the row shifts it by one.
        let mut at = self.left_out.partition_point(|&left| left <= row);
        loop {
            let shifted = record + 2 + at as u64;
            if shifted == row {
                return row;
            }
            row = shifted;
            at = self.left_out.partition_point(|&left| left <= row);
        }
    }
}

/// The header of a file and its delimiter, without reading the rest. `None` where the file has no
/// bytes that could be a header.
pub fn header(path: &Path) -> Result<Option<(Vec<String>, u8)>> {
    let file = File::open(path).map_err(|e| Error::io("can't be read", path, e))?;
    let mut block = Vec::new();
    file.take(LONGEST_RECORD as u64)
        .read_to_end(&mut block)
        .map_err(|e| Error::io("can't be read", path, e))?;
    let body = block.strip_prefix(BOM).unwrap_or(&block);
    if body.is_empty()
        || body.contains(&0)
        || std::str::from_utf8(&body[..body.len().min(4096)])
            .is_err_and(|e| e.error_len().is_some())
    {
        return Ok(None);
    }
    let delimiter = delimiter_of(body);
    let whole = (block.len() as u64) < LONGEST_RECORD as u64;
    Ok(match scan(body, delimiter, whole) {
        Scan::Record(record) => Some((fields(&body[..record.end], delimiter), delimiter)),
        Scan::Unfinished => None,
    })
}

/// The delimiter that splits the first line into the most fields.
fn delimiter_of(body: &[u8]) -> u8 {
    let line = body.split(|b| *b == b'\n').next().unwrap_or(body);
    let count = |d: u8| line.iter().filter(|b| **b == d).count();
    let candidates = super::FORMATS
        .iter()
        .flat_map(|f| f.delimiters.iter().copied());
    // The first of the list wins a tie.
    candidates.rev().max_by_key(|d| count(*d)).unwrap_or(b',')
}

/// Audits a file; a copy, where one is needed, goes to `copy`.
pub fn audit(path: &Path, copy: &Path, seen: &mut dyn FnMut(u64)) -> Result<Audit> {
    let Some((header, delimiter)) = header(path)? else {
        return Err(Error::input("holds no header that can be read")
            .at(path)
            .help("save it as UTF-8 CSV with a header in its first row"));
    };
    let first = pass(path, delimiter, header.len(), None, seen)?;
    if !first.needs_copy {
        return Ok(first.into_audit(header, delimiter, path.to_path_buf()));
    }
    let file = File::create(copy).map_err(|e| Error::io("can't be written", copy, e))?;
    let mut out = BufWriter::with_capacity(BLOCK, file);
    let second = pass(path, delimiter, header.len(), Some(&mut out), &mut |_| {})?;
    out.flush()
        .map_err(|e| Error::io("can't be written", copy, e))?;
    Ok(second.into_audit(header, delimiter, copy.to_path_buf()))
}

#[derive(Default)]
struct Pass {
    hash: String,
    records: u64,
    malformed: Vec<Malformed>,
    blank_lines: u64,
    left_out: Vec<u64>,
    needs_copy: bool,
}

impl Pass {
    fn into_audit(self, header: Vec<String>, delimiter: u8, readable: PathBuf) -> Audit {
        Audit {
            content_hash: self.hash,
            header,
            delimiter,
            records: self.records,
            malformed: self.malformed,
            blank_lines: self.blank_lines,
            readable,
            left_out: self.left_out,
        }
    }
}

/// One pass over the file's records; those that can be read are written to `out` in one plain form.
fn pass(
    path: &Path,
    delimiter: u8,
    width: usize,
    mut out: Option<&mut dyn Write>,
    seen: &mut dyn FnMut(u64),
) -> Result<Pass> {
    let unreadable = |e| Error::io("can't be read", path, e);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hasher = blake3::Hasher::new();
    let mut found = Pass::default();
    let (mut buffer, mut start, mut offset) = (Vec::with_capacity(2 * BLOCK), 0usize, 0u64);
    let (mut row, mut whole) = (0u64, false);
    loop {
        if !whole && buffer.len() - start < LONGEST_RECORD {
            buffer.drain(..start);
            start = 0;
            let old = buffer.len();
            Read::by_ref(&mut file)
                .take(BLOCK as u64)
                .read_to_end(&mut buffer)
                .map_err(unreadable)?;
            let new = &buffer[old..];
            whole = new.len() < BLOCK;
            hasher.update(new);
            seen(new.len() as u64);
            if row == 0 && offset == 0 && buffer.starts_with(BOM) {
                (start, offset) = (BOM.len(), BOM.len() as u64);
            }
        }
        if start == buffer.len() && whole {
            break;
        }
        let rest = &buffer[start..];
        let record = match scan(rest, delimiter, whole) {
            Scan::Record(record) => record,
            Scan::Unfinished => first_line(rest),
        };
        row += 1;
        let bytes = &rest[..record.end];
        let taken = judge(
            &mut found, bytes, &record, rest, row, offset, width, delimiter,
        );
        if let (Some(out), true) = (out.as_deref_mut(), taken.readable) {
            write_plain(out, &bytes[..taken.length], delimiter, row == 1)
                .map_err(|e| Error::io("can't be copied for reading", path, e))?;
        }
        start += taken.length;
        offset += taken.length as u64;
    }
    found.hash = hasher.finalize().to_hex().to_string();
    Ok(found)
}

struct Taken {
    length: usize,
    readable: bool,
}

/// Counts one record, and says how many bytes it takes and whether it can be read.
#[expect(
    clippy::too_many_arguments,
    reason = "one step of the loop above, with its whole state"
)]
fn judge(
    found: &mut Pass,
    bytes: &[u8],
    record: &Record,
    rest: &[u8],
    row: u64,
    offset: u64,
    width: usize,
    delimiter: u8,
) -> Taken {
    let content = trim_line_end(bytes);
    let is_header = row == 1;
    let blank = content.iter().all(|b| *b == b' ' || *b == delimiter);
    if blank && !is_header {
        found.blank_lines += 1;
        found.left_out.push(row);
        found.needs_copy = true;
        return Taken {
            length: record.end,
            readable: false,
        };
    }
    if !is_header {
        found.records += 1;
    }
    let sound = !record.unclosed && record.fields == width && std::str::from_utf8(content).is_ok();
    if sound || is_header {
        found.needs_copy |= record.stray_quote;
        return Taken {
            length: record.end,
            readable: true,
        };
    }
    // A quote that never closes swallows the lines below it: only the first is taken away.
    let length = if record.lines > 1 {
        first_line(rest).end
    } else {
        record.end
    };
    found.malformed.push(Malformed {
        row,
        offset,
        length: length as u64,
    });
    found.left_out.push(row);
    found.needs_copy = true;
    Taken {
        length,
        readable: false,
    }
}

struct Record {
    end: usize,
    fields: usize,
    lines: usize,
    unclosed: bool,
    stray_quote: bool,
}

enum Scan {
    Record(Record),
    Unfinished,
}

/// Finds the end of the record that starts the bytes. Unfinished: more bytes are needed.
fn scan(bytes: &[u8], delimiter: u8, whole: bool) -> Scan {
    let (mut fields, mut lines, mut stray) = (1, 1, false);
    let (mut quoted, mut at_start) = (false, true);
    let mut at = 0;
    while at < bytes.len() && at < LONGEST_RECORD {
        let byte = bytes[at];
        if quoted {
            // Inside quotes only a quote or a line end matters; most bytes are passed over at once.
            let Some(step) = memchr::memchr2(b'"', b'\n', &bytes[at..]) else {
                break;
            };
            at += step;
            if bytes[at] == b'\n' {
                lines += 1;
            } else if bytes.get(at + 1) == Some(&b'"') {
                at += 1;
            } else {
                quoted = false;
            }
            at += 1;
            continue;
        }
        match byte {
            b'\n' => {
                return Scan::Record(Record {
                    end: at + 1,
                    fields,
                    lines,
                    unclosed: false,
                    stray_quote: stray,
                });
            }
            b'"' if at_start => quoted = true,
            b'"' => stray = true,
            _ => {}
        }
        at_start = byte == delimiter;
        fields += usize::from(at_start);
        at += 1;
    }
    if whole && at >= bytes.len() && !quoted {
        return Scan::Record(Record {
            end: bytes.len(),
            fields,
            lines,
            unclosed: false,
            stray_quote: stray,
        });
    }
    Scan::Unfinished
}

/// The first line alone, as a record that can't be read.
fn first_line(bytes: &[u8]) -> Record {
    let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
    Record {
        end,
        fields: 0,
        lines: 1,
        unclosed: true,
        stray_quote: false,
    }
}

fn trim_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// The fields of a record, unquoted.
fn fields(record: &[u8], delimiter: u8) -> Vec<String> {
    let content = trim_line_end(record);
    let (mut out, mut field, mut at, mut quoted) = (Vec::new(), Vec::new(), 0, false);
    let mut at_start = true;
    while at < content.len() {
        let byte = content[at];
        if quoted {
            if byte != b'"' {
                field.push(byte);
            } else if content.get(at + 1) == Some(&b'"') {
                field.push(b'"');
                at += 1;
            } else {
                quoted = false;
            }
        } else if byte == delimiter {
            out.push(String::from_utf8_lossy(&field).into_owned());
            field.clear();
            at_start = true;
            at += 1;
            continue;
        } else if byte == b'"' && at_start {
            quoted = true;
        } else {
            field.push(byte);
        }
        at_start = false;
        at += 1;
    }
    out.push(String::from_utf8_lossy(&field).into_owned());
    out
}

/// Writes a record with every field quoted where it must be.
fn write_plain(
    out: &mut dyn Write,
    record: &[u8],
    delimiter: u8,
    is_header: bool,
) -> std::io::Result<()> {
    for (at, field) in fields(record, delimiter).iter().enumerate() {
        if at > 0 {
            out.write_all(&[delimiter])?;
        }
        let plain = !field
            .bytes()
            .any(|b| b == delimiter || matches!(b, b'"' | b'\n' | b'\r'));
        if plain && !(is_header && field.is_empty()) {
            out.write_all(field.as_bytes())?;
        } else {
            write!(out, "\"{}\"", field.replace('"', "\"\""))?;
        }
    }
    out.write_all(b"\n")
}
