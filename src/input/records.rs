//! Delimited text cut into records: where each one ends, which can't be read, which lines are no rows.
//! Records are handed on in blocks of sound bytes; values are left to others.

use std::io::Read;

use super::blocks::{Audit, Malformed};
use crate::mapping::vocabulary::fold;

/// Bytes of a block.
const BLOCK: usize = 8 << 20;
/// Bytes that are read at once.
const STEP: usize = 1 << 20;
/// A record longer than this is taken for one whose quote never closes.
pub(super) const LONGEST_RECORD: usize = 1 << 20;

/// What parts the fields of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: u8,
    pub quote: Option<u8>,
}

/// What a record must look like.
pub(super) struct Shape {
    pub dialect: Dialect,
    /// 0 where there is no header.
    pub header_row: u64,
    /// The names of the columns.
    pub header: Vec<String>,
}

impl Shape {
    fn width(&self) -> usize {
        self.header.len()
    }

    /// Columns at the end whose header is empty: a record may leave them out.
    fn nameless_tail(&self) -> usize {
        let is_nameless = |name: &&String| name.trim().is_empty();
        self.header.iter().rev().take_while(is_nameless).count()
    }
}

/// Sound records in one plain form, and the row of each.
#[derive(Default)]
pub(super) struct Sound {
    pub bytes: Vec<u8>,
    pub rows: Vec<u64>,
}

/// Cuts a UTF-8 stream into records.
pub(super) struct Records {
    inner: Box<dyn Read + Send>,
    shape: Shape,
    buffer: Vec<u8>,
    start: usize,
    offset: u64,
    row: u64,
    is_whole: bool,
    header_line: Vec<u8>,
    audit: Audit,
}

impl Records {
    /// Records of a stream of UTF-8 text without a byte order mark. `offset` is the place of its
    /// first byte in the file.
    pub(super) fn new(inner: Box<dyn Read + Send>, shape: Shape, offset: u64) -> Self {
        Self {
            inner,
            shape,
            buffer: Vec::with_capacity(2 * STEP),
            start: 0,
            offset,
            row: 0,
            is_whole: false,
            header_line: Vec::new(),
            audit: Audit::default(),
        }
    }

    /// The next sound records; `None` at the end.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Sound>> {
        let mut sound = Sound::default();
        loop {
            self.read_ahead()?;
            if self.start == self.buffer.len() {
                break;
            }
            self.take_one(&mut sound);
            if sound.bytes.len() >= BLOCK {
                break;
            }
        }
        Ok((!sound.rows.is_empty()).then_some(sound))
    }

    /// What was counted so far.
    pub(super) fn audit(&mut self) -> Audit {
        std::mem::take(&mut self.audit)
    }

    fn read_ahead(&mut self) -> std::io::Result<()> {
        while !self.is_whole && self.buffer.len() - self.start < LONGEST_RECORD {
            self.buffer.drain(..self.start);
            self.start = 0;
            let old = self.buffer.len();
            Read::by_ref(&mut self.inner)
                .take(STEP as u64)
                .read_to_end(&mut self.buffer)?;
            self.is_whole = self.buffer.len() - old < STEP;
        }
        Ok(())
    }

    /// Counts one record, and keeps it where it can be read.
    fn take_one(&mut self, sound: &mut Sound) {
        let rest = &self.buffer[self.start..];
        let record = match scan(rest, self.shape.dialect, self.is_whole) {
            Scan::Record(record) => record,
            Scan::Unfinished => first_line(rest),
        };
        self.row += 1;
        let content = trim_line_end(&rest[..record.end]);
        let mut taken = record.end;
        if self.row <= self.shape.header_row {
            if self.row == self.shape.header_row {
                self.header_line = content.to_vec();
            } else {
                self.audit.skipped_lines += 1;
            }
        } else if self.is_no_row(content, &record) {
            self.audit.skipped_lines += 1;
        } else {
            self.audit.records += 1;
            if !keep(&self.shape, content, &record, sound) {
                // A quote that never closes swallows the lines below it: only the first goes.
                if record.lines > 1 {
                    taken = first_line(rest).end;
                }
                self.audit.malformed.push(Malformed {
                    row: self.row,
                    offset: self.offset,
                    length: taken as u64,
                });
            } else {
                sound.rows.push(self.row);
            }
        }
        self.start += taken;
        self.offset += taken as u64;
    }

    /// Blank lines, the header once more, and rows of totals.
    fn is_no_row(&self, content: &[u8], record: &Record) -> bool {
        let dialect = self.shape.dialect;
        let filler = |b: &u8| *b == b' ' || *b == dialect.delimiter || Some(*b) == dialect.quote;
        let Some(first) = content.iter().find(|b| !filler(b)) else {
            return true;
        };
        if self.shape.header_row > 0 && content == self.header_line {
            return true;
        }
        matches!(first.to_ascii_lowercase(), b't' | b'g' | b's')
            && !record.unclosed
            && is_total(&fields(content, dialect), self.shape.width())
    }
}

/// Whether a row holds totals: its first filled cell says so, and at least half are empty.
pub(super) fn is_total<S: AsRef<str>>(cells: &[S], width: usize) -> bool {
    let filled = |cell: &&S| !cell.as_ref().trim().is_empty();
    let Some(first) = cells.iter().find(filled) else {
        return false;
    };
    let folded = fold(first.as_ref());
    let word = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(
        word,
        "total" | "totals" | "grandtotal" | "subtotal" | "sum" | "totalrows" | "totalrecords"
    ) && width > 2
        && cells.iter().filter(filled).count() <= width / 2 + 1
}

/// Adds a record to the sound ones in a form that any reader reads the same; false where it can't be
/// read.
fn keep(shape: &Shape, content: &[u8], record: &Record, sound: &mut Sound) -> bool {
    let width = shape.width();
    let ends_empty = content.last() == Some(&shape.dialect.delimiter);
    let has_one_more = record.fields == width + 1 && ends_empty;
    let lacks_tail = record.fields < width && record.fields + shape.nameless_tail() >= width;
    let fits = record.fields == width || has_one_more || lacks_tail;
    let is_text = std::str::from_utf8(content).is_ok() && memchr::memchr(0, content).is_none();
    if record.unclosed || !fits || !is_text {
        return false;
    }
    if record.stray_quote {
        let mut cells = fields(content, shape.dialect);
        cells.resize(width, String::new());
        write_plain(&mut sound.bytes, &cells, shape.dialect);
        return true;
    }
    let kept = if has_one_more {
        &content[..content.len() - 1]
    } else {
        content
    };
    sound.bytes.extend_from_slice(kept);
    let missing = width.saturating_sub(record.fields);
    sound
        .bytes
        .extend(std::iter::repeat_n(shape.dialect.delimiter, missing));
    sound.bytes.push(b'\n');
    true
}

/// The first records of a text, as fields. The last one is left out where the text is cut.
pub(super) fn first_records(
    text: &[u8],
    dialect: Dialect,
    is_whole: bool,
    most: usize,
) -> Vec<Vec<String>> {
    let (mut out, mut start) = (Vec::new(), 0);
    while start < text.len() && out.len() < most {
        let rest = &text[start..];
        let record = match scan(rest, dialect, is_whole) {
            Scan::Record(record) => record,
            Scan::Unfinished if is_whole || rest.len() >= LONGEST_RECORD => first_line(rest),
            Scan::Unfinished => break,
        };
        out.push(fields(&rest[..record.end], dialect));
        start += record.end;
    }
    out
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
fn scan(bytes: &[u8], dialect: Dialect, is_whole: bool) -> Scan {
    let (mut fields, mut lines, mut stray) = (1, 1, false);
    let (mut quoted, mut at_start) = (false, true);
    let mut at = 0;
    while at < bytes.len() && at < LONGEST_RECORD {
        let byte = bytes[at];
        if let (true, Some(quote)) = (quoted, dialect.quote) {
            // Inside quotes only a quote or a line end matters; most bytes are passed over at once.
            let Some(step) = memchr::memchr2(quote, b'\n', &bytes[at..]) else {
                break;
            };
            at += step;
            if bytes[at] == b'\n' {
                lines += 1;
            } else if bytes.get(at + 1) == Some(&quote) {
                at += 1;
            } else {
                quoted = false;
                let next = bytes.get(at + 1).copied().unwrap_or(b'\n');
                stray |= next != dialect.delimiter && !matches!(next, b'\n' | b'\r');
            }
            at += 1;
            continue;
        }
        if byte == b'\n' {
            return Scan::Record(Record {
                end: at + 1,
                fields,
                lines,
                unclosed: false,
                stray_quote: stray,
            });
        }
        if Some(byte) == dialect.quote {
            quoted = at_start;
            stray |= !at_start;
        }
        at_start = byte == dialect.delimiter;
        fields += usize::from(at_start);
        at += 1;
    }
    if is_whole && at >= bytes.len() && !quoted {
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
fn fields(record: &[u8], dialect: Dialect) -> Vec<String> {
    let content = trim_line_end(record);
    let (mut out, mut field, mut at, mut quoted) = (Vec::new(), Vec::new(), 0, false);
    let mut at_start = true;
    while at < content.len() {
        let byte = content[at];
        let is_quote = Some(byte) == dialect.quote;
        if quoted {
            if !is_quote {
                field.push(byte);
            } else if content.get(at + 1) == Some(&byte) {
                field.push(byte);
                at += 1;
            } else {
                quoted = false;
            }
        } else if byte == dialect.delimiter {
            out.push(String::from_utf8_lossy(&field).into_owned());
            field.clear();
            at_start = true;
            at += 1;
            continue;
        } else if is_quote && at_start {
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
fn write_plain(out: &mut Vec<u8>, cells: &[String], dialect: Dialect) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(dialect.delimiter);
        }
        let Some(quote) = dialect.quote else {
            out.extend_from_slice(cell.as_bytes());
            continue;
        };
        let is_plain = !cell
            .bytes()
            .any(|b| b == dialect.delimiter || b == quote || matches!(b, b'\n' | b'\r'));
        if is_plain {
            out.extend_from_slice(cell.as_bytes());
            continue;
        }
        out.push(quote);
        for byte in cell.bytes() {
            out.push(byte);
            if byte == quote {
                out.push(quote);
            }
        }
        out.push(quote);
    }
    out.push(b'\n');
}
