//! JSON objects on their way to rows: one a line, or all of one document; the resources of a FHIR
//! bundle one by one. A value is named by its path (`requester.display`, `name.0.family`). Beside
//! its place, what a FHIR identifier or code is stands under a name of its own (`identifier.npi`).

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::io::{BufRead, BufReader};

use serde_json::{Map, Value};

use super::blocks::{Audit, Block, Gathered, Malformed, Reader};
use super::container::Content;
use super::encoding;
use super::form::Form;
use super::formats::{HEAD_ROWS, Head, Wanted};
use crate::base::Result;

/// Columns of a table at most.
const MOST_PATHS: usize = 4096;
/// Parts of a path at most; what lies deeper is left out.
const DEPTH: usize = 8;
/// Items of a list at most.
const ITEMS: usize = 16;
/// Names under which nothing is looked for: free text, and what is not of the resource itself.
const LEFT_OUT: &[&str] = &["extension", "contained", "note", "div"];
/// Systems of identifiers and codes that have a name of their own.
const SYSTEMS: &[(&str, &str)] = &[
    ("http://hl7.org/fhir/sid/us-npi", "npi"),
    ("http://nucc.org/provider-taxonomy", "nucc"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "icd10"),
];

type Text = BufReader<Box<dyn std::io::Read + Send>>;
type Object = Map<String, Value>;

/// How the objects of a file lie in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lie {
    /// One a line.
    Lines,
    /// In one document.
    Document,
}

/// An object, or what could not be read as one, with its place.
struct Item {
    object: Option<Object>,
    row: u64,
    offset: u64,
    length: u64,
}

/// The objects of a file, in its order.
struct Objects {
    text: Text,
    lie: Lie,
    row: u64,
    offset: u64,
    waiting: VecDeque<Item>,
    skipped: u64,
}

impl Objects {
    fn open(content: &Content, lie: Lie) -> Result<Self> {
        let text = encoding::decoded(content.reader()?, encoding_rs::UTF_8, false);
        let mark = content.head(3)?;
        Ok(Self {
            text: BufReader::with_capacity(1 << 20, text),
            lie,
            row: 0,
            offset: if mark == b"\xef\xbb\xbf" { 3 } else { 0 },
            waiting: VecDeque::new(),
            skipped: 0,
        })
    }

    fn next(&mut self) -> std::io::Result<Option<Item>> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Ok(Some(item));
            }
            let mut bytes = Vec::new();
            let read = match self.lie {
                Lie::Lines => self.text.read_until(b'\n', &mut bytes)?,
                Lie::Document => std::io::Read::read_to_end(&mut self.text, &mut bytes)?,
            };
            if read == 0 {
                return Ok(None);
            }
            self.row += 1;
            let (row, offset) = (self.row, self.offset);
            self.offset += read as u64;
            if bytes.trim_ascii().is_empty() {
                self.skipped += 1;
                continue;
            }
            let objects = objects_of(&bytes, self.lie);
            let is_whole = self.lie == Lie::Document;
            for (at, object) in objects.into_iter().enumerate() {
                self.waiting.push_back(Item {
                    object,
                    row: if is_whole { at as u64 + 1 } else { row },
                    offset,
                    length: read as u64,
                });
            }
        }
    }
}

/// The objects of a JSON text: those of a bundle one by one, and those of a list where the list is the
/// whole document.
fn objects_of(bytes: &[u8], lie: Lie) -> Vec<Option<Object>> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => {
            let is_bundle = object.get("resourceType").is_some_and(|t| t == "Bundle");
            match object.get("entry") {
                Some(Value::Array(entries)) if is_bundle => entries.iter().map(resource).collect(),
                _ => vec![Some(object)],
            }
        }
        Ok(Value::Array(items)) if lie == Lie::Document => items
            .into_iter()
            .map(|item| match item {
                Value::Object(object) => Some(object),
                _ => None,
            })
            .collect(),
        _ => vec![None],
    }
}

/// The resource of a bundle's entry; it is known by the entry's address where it has no id.
fn resource(entry: &Value) -> Option<Object> {
    let mut resource = entry.get("resource")?.as_object()?.clone();
    let address = entry.get("fullUrl").and_then(Value::as_str);
    if let (false, Some(address)) = (resource.contains_key("id"), address) {
        resource.insert("id".to_string(), address.into());
    }
    Some(resource)
}

/// Whether the first line of a file is an object by itself.
pub(super) fn first_line_is_object(content: &Content) -> Result<bool> {
    let mut objects = Objects::open(content, Lie::Lines)?;
    let first = objects.next().map_err(|e| content.failed(e))?;
    Ok(first.is_some_and(|item| item.object.is_some()))
}

type Cells = HashMap<String, String>;

/// The names and first rows of the objects of one kind.
#[derive(Default)]
struct Survey {
    names: BTreeSet<String>,
    rows: Vec<Cells>,
}

/// The first rows of a file, a part a resource type where there are several. None where it holds
/// more names than any table has: such a file is a map or a document.
pub(super) fn heads(
    content: &Content,
    format: &'static str,
    lie: Lie,
) -> Result<Option<Vec<Head>>> {
    let mut kinds: BTreeMap<String, Survey> = BTreeMap::new();
    let mut objects = Objects::open(content, lie)?;
    while let Some(item) = objects.next().map_err(|e| content.failed(e))? {
        let Some(object) = item.object else {
            continue;
        };
        let survey = kinds.entry(kind_of(&object).to_string()).or_default();
        let mut cells = Cells::new();
        flatten(&object, &mut String::new(), 0, &mut |path, cell| {
            if !survey.names.contains(path) {
                survey.names.insert(path.to_string());
            }
            cells.entry(path.to_string()).or_insert(cell);
        });
        if survey.names.len() > MOST_PATHS {
            return Ok(None);
        }
        if survey.rows.len() < HEAD_ROWS {
            survey.rows.push(cells);
        }
    }
    let is_only = kinds.len() == 1;
    let head = |(kind, survey): (String, Survey)| {
        let mut form = Form::new(format, content.packing.name());
        form.header_row = 0;
        form.sheet = (!is_only).then_some(kind);
        let cell = |row: &Cells, name: &String| row.get(name).cloned().unwrap_or_default();
        let mut rows: Vec<Vec<String>> = vec![survey.names.iter().cloned().collect()];
        for row in &survey.rows {
            rows.push(survey.names.iter().map(|name| cell(row, name)).collect());
        }
        Head {
            form,
            rows,
            has_names: true,
        }
    };
    Ok((!kinds.is_empty()).then(|| kinds.into_iter().map(head).collect()))
}

/// The type of a FHIR resource; empty for every other object.
fn kind_of(object: &Object) -> &str {
    let kind = object.get("resourceType").and_then(Value::as_str);
    let is_name = |kind: &&str| kind.len() < 40 && kind.bytes().all(|b| b.is_ascii_alphabetic());
    kind.filter(is_name).unwrap_or_default()
}

/// Gives each scalar of an object with its path.
fn flatten(object: &Object, path: &mut String, depth: usize, take: &mut dyn FnMut(&str, String)) {
    name_by_system(object, path, take);
    for (key, value) in object {
        // The text of a resource is a page of HTML, that of a code a few words.
        let is_page = key == "text" && value.is_object();
        if !is_page && !LEFT_OUT.contains(&key.as_str()) {
            below(key, value, path, depth, take);
        }
    }
}

/// What an identifier, a code or a reference is, under a name of its own.
fn name_by_system(object: &Object, path: &str, take: &mut dyn FnMut(&str, String)) {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    if path.is_empty() {
        let kind = kind_of(object);
        if !kind.is_empty() {
            take(&format!("resourceType.{kind}"), "true".to_string());
        }
        return;
    }
    // An item of a list is named as the list is.
    let list = path.trim_end_matches(|c: char| c.is_ascii_digit());
    let name = list.strip_suffix('.').unwrap_or(path);
    if let (Some(system), Some(value)) = (text("system"), text("value").or(text("code")))
        && let Some((_, short)) = SYSTEMS.iter().find(|(known, _)| *known == system)
    {
        take(&format!("{name}.{short}"), value.to_string());
    }
    // `Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893` names its end by itself.
    if let Some((_, searched)) = text("reference").and_then(|r| r.split_once("?identifier=")) {
        let (system, value) = searched.rsplit_once('|').unwrap_or(("", searched));
        let is_npi = system.ends_with("us-npi");
        take(
            &format!("{name}.{}", if is_npi { "npi" } else { "searched" }),
            value.to_string(),
        );
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
            for (at, item) in items.iter().take(ITEMS).enumerate() {
                below(&at.to_string(), item, path, depth + 1, take);
            }
        }
    }
    path.truncate(length);
}

/// Reads the objects of one part of a file as rows.
pub(super) fn read(
    content: &Content,
    form: &Form,
    wanted: &Wanted,
    lie: Lie,
) -> Result<Box<dyn Reader>> {
    Ok(Box::new(Rows {
        objects: Objects::open(content, lie)?,
        content: content.clone(),
        kind: form.sheet.clone(),
        gathered: Gathered::new(wanted),
        audit: Audit::default(),
    }))
}

struct Rows {
    objects: Objects,
    content: Content,
    /// The only type that is read, where the file has several.
    kind: Option<String>,
    gathered: Gathered,
    audit: Audit,
}

impl Reader for Rows {
    fn next(&mut self) -> Result<Option<Block>> {
        while !self.gathered.is_full() {
            let Some(item) = self.objects.next().map_err(|e| self.content.failed(e))? else {
                break;
            };
            let Some(object) = item.object else {
                // What can't be read is of no type: each part of the file says so.
                self.audit.records += 1;
                self.audit.malformed.push(Malformed {
                    row: item.row,
                    offset: item.offset,
                    length: item.length,
                });
                continue;
            };
            if self
                .kind
                .as_deref()
                .is_some_and(|kind| kind != kind_of(&object))
            {
                continue;
            }
            self.audit.records += 1;
            self.gathered.begin(item.row);
            flatten(&object, &mut String::new(), 0, &mut |path, cell| {
                self.gathered.put(path, cell);
            });
        }
        self.gathered.block()
    }

    fn audit(&mut self) -> Audit {
        let mut audit = std::mem::take(&mut self.audit);
        audit.skipped_lines = self.objects.skipped;
        audit
    }
}
