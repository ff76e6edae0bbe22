//! How the values of `[read]` and `[recognise]` are spelled in a mapping's file: kinds of cells, signs,
//! encodings and forms of dates. Which keys there are is the draft's business.

use catchment_base::Result;
use catchment_base::config::document::Found;
use catchment_base::config::{nearest, one_of};

use crate::dates::{DatePattern, TOKENS};
use crate::shapes::Shape;

/// The encodings that `read.encoding` may name.
const ENCODINGS: &[&str] = &[
    "utf-8",
    "utf-16",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "iso-8859-1",
];

/// The kind of a cell, by its word.
pub(crate) fn shape(found: &Found) -> Result<Shape> {
    let word = found.text()?;
    let words: Vec<&str> = Shape::ALL.iter().map(|shape| shape.word()).collect();
    let known = Shape::ALL.iter().find(|shape| shape.word() == word);
    known.copied().ok_or_else(|| {
        let near = nearest(&word, words.iter().copied()).unwrap_or_default();
        found.refuse(format!("{}; the nearest is '{near}'", one_of(&words)))
    })
}

/// The byte between fields.
pub(crate) fn delimiter(found: &Found) -> Result<u8> {
    let text = found.verbatim().unwrap_or_default();
    match text.as_bytes() {
        [b'"' | b'\n' | b'\r' | b'\''] => {}
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() => return Ok(*byte),
        _ if text.eq_ignore_ascii_case("tab") => return Ok(b'\t'),
        _ => {}
    }
    Err(found.refuse("one sign like \",\" or \"|\", or \"tab\""))
}

/// The byte around fields, or none.
pub(crate) fn quote(found: &Found) -> Result<Option<u8>> {
    let text = found.verbatim().unwrap_or("no text");
    match text.as_bytes() {
        [] => Ok(None),
        [byte] if byte.is_ascii_punctuation() => Ok(Some(*byte)),
        _ if text.eq_ignore_ascii_case("none") => Ok(None),
        _ => Err(found.refuse("one sign like \"'\", or \"none\"")),
    }
}

/// How letters are written.
pub(crate) fn encoding(found: &Found) -> Result<String> {
    let text = found.text()?.to_lowercase();
    if ENCODINGS.contains(&text.as_str()) {
        return Ok(text);
    }
    let near = nearest(&text, ENCODINGS.iter().copied()).unwrap_or_default();
    Err(found.refuse(format!("{}; the nearest is '{near}'", one_of(ENCODINGS))))
}

/// Forms of dates.
pub(crate) fn date_patterns(found: &Found) -> Result<Vec<DatePattern>> {
    found.list(|form| {
        let text = form.text()?;
        DatePattern::parse(&text).map_err(|why| {
            form.refuse(format!(
                "a form of a date like MM/DD/YYYY, of {TOKENS}: {why}"
            ))
        })
    })
}
