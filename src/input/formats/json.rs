//! A JSON document: a list of objects, a FHIR resource, or a bundle of resources. It is held in memory
//! whole; exports of any size come as NDJSON. How objects become rows is `objects`' business.

use super::{Format, Head, Hints, Wanted};
use crate::base::Result;
use crate::input::blocks::Reader;
use crate::input::container::Content;
use crate::input::form::Form;
use crate::input::objects::{self, Lie};

/// Bytes that are looked at to tell whether a file is JSON.
const SAMPLE: usize = 4096;

pub(super) const FORMAT: Format = Format {
    name: "json",
    heads,
    read,
};

fn heads(content: &Content, _hints: &Hints) -> Result<Option<Vec<Head>>> {
    let sample = content.head(SAMPLE)?;
    let start = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample);
    if !start.trim_ascii_start().starts_with(b"{") && !start.trim_ascii_start().starts_with(b"[") {
        return Ok(None);
    }
    objects::heads(content, FORMAT.name, Lie::Document)
}

fn read(content: &Content, form: &Form, wanted: &Wanted) -> Result<Box<dyn Reader>> {
    objects::read(content, form, wanted, Lie::Document)
}
