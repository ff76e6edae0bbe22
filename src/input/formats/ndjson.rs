//! NDJSON: one JSON object a line, such as a FHIR bulk export gives. A line that is no object is
//! malformed. How objects become rows is `objects`' business.

use super::{Format, Head, Hints, Wanted};
use crate::base::Result;
use crate::input::blocks::Reader;
use crate::input::container::Content;
use crate::input::form::Form;
use crate::input::objects::{self, Lie, first_line_is_object};

/// Bytes that are looked at to tell whether a file is JSON.
const SAMPLE: usize = 4096;

pub(super) const FORMAT: Format = Format {
    name: "ndjson",
    heads,
    read,
};

fn heads(content: &Content, _hints: &Hints) -> Result<Option<Vec<Head>>> {
    let sample = content.head(SAMPLE)?;
    let start = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample);
    if !start.trim_ascii_start().starts_with(b"{") || !first_line_is_object(content)? {
        return Ok(None);
    }
    objects::heads(content, FORMAT.name, Lie::Lines)
}

fn read(content: &Content, form: &Form, wanted: &Wanted) -> Result<Box<dyn Reader>> {
    objects::read(content, form, wanted, Lie::Lines)
}
