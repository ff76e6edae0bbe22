//! What both XML formats need: elements written one a line, and cells as their attributes.

use std::borrow::Cow;
use std::io::{self, Write};

use arrow::array::Array;
use arrow::datatypes::DataType;
use catchment_base::{Error, Result, Table};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document that is being written.
pub(super) struct Document<W: Write> {
    writer: Writer<W>,
}

impl<W: Write> Document<W> {
    /// Begins a document of XML 1.0 in UTF-8.
    pub(super) fn begin(writer: W) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(writer, b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self { writer })
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.writer
            .write_event(Event::Start(element(name, attributes)))
    }

    /// Closes an element.
    pub(super) fn close(&mut self, name: &str) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.writer
            .write_event(Event::Empty(element(name, attributes)))
    }

    /// An element with a text.
    pub(super) fn text(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> io::Result<()> {
        let text = allowed(text);
        self.open(name, attributes)?;
        self.writer
            .write_event(Event::Text(BytesText::new(&text)))?;
        self.close(name)
    }

    /// Ends the document.
    pub(super) fn end(mut self) -> io::Result<()> {
        let out = self.writer.get_mut();
        out.write_all(b"\n")?;
        out.flush()
    }
}

fn element<'a>(name: &'a str, attributes: &[(&'a str, &'a str)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, allowed(value).as_ref()));
    }
    element
}

/// A text without the characters that XML 1.0 can't hold, not even escaped.
fn allowed(text: &str) -> Cow<'_, str> {
    let barred = |c: char| {
        let is_control = c < ' ' && !matches!(c, '\t' | '\n' | '\r');
        is_control || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    match text.contains(barred) {
        true => Cow::Owned(text.replace(barred, "")),
        false => Cow::Borrowed(text),
    }
}

/// A failure of the writer, told as the program tells it.
pub(super) fn failed(error: io::Error) -> Error {
    Error::new(catchment_base::Kind::System, "the network can't be written").because(error)
}

/// An attribute of nodes or of edges: a column, and what both formats call its kind.
pub(super) struct Attribute {
    /// The column's name.
    pub(super) name: String,
    /// `string`, `long`, `double` or `boolean`.
    pub(super) kind: &'static str,
}

/// The columns of a table that are attributes, without those that have a place of their own.
pub(super) fn attributes(table: &Table, without: &[&str]) -> Vec<Attribute> {
    let schema = table.batch().schema();
    let fields = schema.fields().iter();
    fields
        .filter(|field| !without.contains(&field.name().as_str()))
        .map(|field| Attribute {
            name: field.name().clone(),
            kind: match field.data_type() {
                DataType::Int64 => "long",
                DataType::Float64 => "double",
                DataType::Boolean => "boolean",
                _ => "string",
            },
        })
        .collect()
}

/// A row's cells under these attributes, without those that hold nothing.
pub(super) fn cells<'a>(
    table: &Table,
    attributes: &'a [Attribute],
    row: usize,
) -> Result<Vec<(&'a Attribute, String)>> {
    let mut cells = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let column = table.batch().column_by_name(&attribute.name);
        if column.is_some_and(|column| column.is_valid(row)) {
            cells.push((attribute, table.cell(&attribute.name, row)?));
        }
    }
    Ok(cells)
}
