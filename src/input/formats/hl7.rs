//! HL7 version 2 messages in their usual form (ER7): segments on lines, fields between bars. Each
//! message is a row; a value is named by its place, as in `RF1-6.1` for segment, field and component.
//! Providers stand by their role (`PRD.RP-2.1`), identifiers by their type (`PRD.RP-7.NPI`). Of what
//! repeats otherwise the first counts. Which messages are referrals is the mapping's to say.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Cursor, Read};

use super::{Format, HEAD_ROWS, Head, Hints, Wanted};
use crate::base::Result;
use crate::input::blocks::{Audit, Block, Gathered, Malformed, Reader};
use crate::input::container::Content;
use crate::input::encoding;
use crate::input::form::Form;

/// Bytes that are looked at for the encoding.
const SAMPLE: usize = 1 << 20;

pub(super) const FORMAT: Format = Format {
    name: "hl7",
    heads,
    read,
};

type Cells = BTreeMap<String, String>;

fn heads(content: &Content, hints: &Hints) -> Result<Option<Vec<Head>>> {
    let head = content.head(SAMPLE)?;
    let encoding = match &hints.encoding {
        Some(name) => encoding::named(name, &content.path)?,
        None => match encoding::of_head(&head) {
            Some(encoding) => encoding,
            None => return Ok(None),
        },
    };
    let mut text = Vec::new();
    encoding::decoded(Box::new(Cursor::new(head)), encoding, false)
        .read_to_end(&mut text)
        .map_err(|e| content.failed(e))?;
    let start = text.trim_ascii_start();
    // A batch has headers of its own around the messages.
    if ![b"MSH", b"FHS", b"BHS"]
        .iter()
        .any(|s| start.starts_with(*s))
    {
        return Ok(None);
    }
    let mut form = Form::new(FORMAT.name, content.packing.name());
    form.encoding = Some(encoding);
    form.header_row = 0;
    let (mut names, mut rows) = (BTreeSet::new(), Vec::new());
    let mut messages = Messages::open(content, &form)?;
    while let Some(message) = messages.next().map_err(|e| content.failed(e))? {
        let Some(cells) = cells_of(&message.segments) else {
            continue;
        };
        names.extend(cells.keys().cloned());
        if rows.len() < HEAD_ROWS {
            rows.push(cells);
        }
    }
    let mut table: Vec<Vec<String>> = vec![names.iter().cloned().collect()];
    table.extend(rows.iter().map(|row| {
        let cell = |name: &String| row.get(name).cloned().unwrap_or_default();
        names.iter().map(cell).collect()
    }));
    Ok(Some(vec![Head {
        form,
        rows: table,
        has_names: true,
    }]))
}

/// A message: its segments, where it starts, and how long it is.
struct Message {
    segments: Vec<String>,
    offset: u64,
    length: u64,
}

/// Cuts a text into messages.
struct Messages {
    text: BufReader<Box<dyn Read + Send>>,
    offset: u64,
    /// The first segment of the next message.
    next: Option<(String, u64)>,
    skipped: u64,
}

impl Messages {
    fn open(content: &Content, form: &Form) -> Result<Self> {
        let encoding = form.encoding.unwrap_or(encoding_rs::UTF_8);
        // Segments end by a carriage return; a file may have line feeds beside or instead of them.
        let text = encoding::decoded(content.reader()?, encoding, true);
        Ok(Self {
            text: BufReader::with_capacity(1 << 20, text),
            offset: 0,
            next: None,
            skipped: 0,
        })
    }

    fn next(&mut self) -> std::io::Result<Option<Message>> {
        let (mut segments, mut start) = (Vec::new(), self.offset);
        if let Some((first, offset)) = self.next.take() {
            (start, segments) = (offset, vec![first]);
        }
        let mut line = Vec::new();
        loop {
            line.clear();
            let at = self.offset;
            let read = self.text.read_until(b'\n', &mut line)?;
            self.offset += read as u64;
            let segment = String::from_utf8_lossy(&line).trim().to_string();
            let is_first = segment.starts_with("MSH");
            if is_first && !segments.is_empty() {
                self.next = Some((segment, at));
                break;
            }
            if read == 0 {
                break;
            }
            match segment.get(..3) {
                Some("FHS" | "BHS" | "BTS" | "FTS") => self.skipped += 1,
                None | Some("") => {}
                Some(_) if is_first => {
                    start = at;
                    segments.push(segment);
                }
                Some(_) => segments.push(segment),
            }
        }
        let length = self.next.as_ref().map_or(self.offset, |next| next.1) - start;
        Ok((!segments.is_empty()).then_some(Message {
            segments,
            offset: start,
            length,
        }))
    }
}

/// What parts the parts of a message.
struct Marks {
    field: char,
    component: char,
    repetition: char,
    escape: char,
    part: char,
}

impl Marks {
    /// As the message's first segment says; none where it is no message.
    fn of(first: &str) -> Option<Self> {
        let mut letters = first.strip_prefix("MSH")?.chars();
        Some(Self {
            field: letters.next()?,
            component: letters.next()?,
            repetition: letters.next()?,
            escape: letters.next()?,
            part: letters.next()?,
        })
    }

    /// A text without escapes.
    fn plain(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut parts = text.split(self.escape);
        out.push_str(parts.next().unwrap_or_default());
        let mut is_code = true;
        for part in parts {
            let code = match part {
                "F" => self.field,
                "S" => self.component,
                "R" => self.repetition,
                "E" => self.escape,
                "T" => self.part,
                _ => ' ',
            };
            if is_code {
                out.push(code);
            } else {
                out.push_str(part);
            }
            is_code = !is_code;
        }
        out.trim().to_string()
    }
}

/// Roles of providers (HL7 table 0286).
const ROLES: &[&str] = &["RP", "RT", "PP", "CP"];

/// The values of a message by their places; none where it is no message.
fn cells_of(segments: &[String]) -> Option<Cells> {
    let marks = Marks::of(segments.first()?)?;
    let mut cells = Cells::new();
    for segment in segments {
        let mut fields: Vec<&str> = segment.split(marks.field).collect();
        let code = fields[0];
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            continue;
        }
        let mut name = code.to_string();
        if code == "MSH" {
            // The first field of this segment is the mark between fields itself.
            fields.insert(1, "");
            fields[2] = "";
        } else if code == "PRD" {
            let role = fields.get(1).and_then(|f| f.split(marks.component).next());
            let role = role.filter(|r| ROLES.contains(r)).unwrap_or("other");
            name = format!("PRD.{role}");
        }
        for (at, field) in fields.iter().enumerate().skip(1) {
            take_field(&marks, &format!("{name}-{at}"), field, &mut cells);
        }
    }
    Some(cells)
}

/// The values of one field: its components, and identifiers by their type.
fn take_field(marks: &Marks, name: &str, field: &str, cells: &mut Cells) {
    let mut take = |name: String, text: &str| {
        let plain = marks.plain(text);
        if !plain.is_empty() && plain != "\"\"" {
            cells.entry(name).or_insert(plain);
        }
    };
    for (nth, repetition) in field.split(marks.repetition).enumerate() {
        let components: Vec<&str> = repetition.split(marks.component).collect();
        if nth == 0 {
            for (at, component) in components.iter().enumerate() {
                let first = component.split(marks.part).next().unwrap_or_default();
                take(format!("{name}.{}", at + 1), first);
            }
        }
        let kind = kind_at(name).and_then(|at| components.get(at).copied());
        if let Some(kind) = kind.filter(|kind| KINDS.contains(kind)) {
            take(format!("{name}.{kind}"), components[0]);
        }
    }
}

/// Types of identifiers (HL7 table 0203) that mappings ask for. Other words never become the name of
/// a column: they may be anybody's.
const KINDS: &[&str] = &["NPI", "MR", "PI", "PT", "MC", "AN", "VN", "UPIN"];

/// The component that has the type of a field's identifiers.
fn kind_at(name: &str) -> Option<usize> {
    match name {
        "PID-3" => Some(4),
        _ if name.starts_with("PRD.") && name.ends_with("-7") => Some(1),
        _ => None,
    }
}

fn read(content: &Content, form: &Form, wanted: &Wanted) -> Result<Box<dyn Reader>> {
    Ok(Box::new(Rows {
        messages: Messages::open(content, form)?,
        content: content.clone(),
        gathered: Gathered::new(wanted),
        row: 0,
        audit: Audit::default(),
    }))
}

struct Rows {
    messages: Messages,
    content: Content,
    gathered: Gathered,
    row: u64,
    audit: Audit,
}

impl Reader for Rows {
    fn next(&mut self) -> Result<Option<Block>> {
        while !self.gathered.is_full() {
            let message = self.messages.next().map_err(|e| self.content.failed(e))?;
            let Some(message) = message else {
                break;
            };
            self.row += 1;
            self.audit.records += 1;
            let Some(cells) = cells_of(&message.segments) else {
                self.audit.malformed.push(Malformed {
                    row: self.row,
                    offset: message.offset,
                    length: message.length,
                });
                continue;
            };
            self.gathered.begin(self.row);
            for (name, cell) in cells {
                self.gathered.put(&name, cell);
            }
        }
        self.gathered.block()
    }

    fn audit(&mut self) -> Audit {
        let mut audit = std::mem::take(&mut self.audit);
        audit.skipped_lines = self.messages.skipped;
        audit
    }
}
