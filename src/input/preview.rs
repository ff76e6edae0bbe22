//! A first look at a file that no mapping fits: how it is written, which row is most likely its
//! header, and its first rows. For proposing a mapping; nothing is loaded by it.

use std::collections::BTreeSet;
use std::path::Path;

use super::form::Form;
use super::formats::Head;
use super::recognition::heads;
use crate::base::Result;
use crate::mapping::{Library, Reading};

/// Rows among which the header is looked for.
const HEADER_ROWS: usize = 40;

/// The first rows of a part of a file.
#[derive(Debug, Clone)]
pub struct Preview {
    /// How it is written.
    pub form: Form,
    /// The names of its columns; `column_1` and so on where there is no header.
    pub header: Vec<String>,
    /// The first rows below the header.
    pub rows: Vec<Vec<String>>,
}

/// Looks at a file; one preview a sheet, none where it is no table at all.
pub fn preview(path: &Path, library: &Library, reading: &Reading) -> Result<Vec<Preview>> {
    let (_, heads) = heads(path, library, reading)?;
    let mut previews: Vec<(u64, Preview)> = Vec::new();
    for head in heads {
        let is_other = reading.sheet.is_some() && head.form.sheet.is_some();
        if is_other && head.form.sheet != reading.sheet {
            continue;
        }
        let Some((score, preview)) = best_header(&head, reading.header_row) else {
            continue;
        };
        let same = previews
            .iter_mut()
            .find(|(_, p)| p.form.sheet == preview.form.sheet);
        match same {
            Some(held) if held.0 >= score => {}
            Some(held) => *held = (score, preview),
            None => previews.push((score, preview)),
        }
    }
    Ok(previews.into_iter().map(|(_, preview)| preview).collect())
}

/// The row that looks most like a header: many cells, all different, none of them a value.
fn best_header(head: &Head, wanted: Option<u32>) -> Option<(u64, Preview)> {
    if head.has_names {
        let (header, rows) = head.rows.split_first()?;
        let score = header.len() as u64;
        return Some((score, made(head, 0, header.clone(), rows)));
    }
    if wanted == Some(0) {
        return Some(headless(head));
    }
    let wanted = wanted.map(|row| row as usize - 1);
    let mut best: Option<(u64, usize)> = None;
    for (at, cells) in head.rows.iter().take(HEADER_ROWS).enumerate() {
        if wanted.is_some_and(|wanted| wanted != at) {
            continue;
        }
        let score = score_of(cells, &head.rows[at + 1..]);
        if score > 0 && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, at));
        }
    }
    match best {
        Some((score, at)) => {
            let header = head.rows[at].clone();
            let below = &head.rows[at + 1..];
            Some((score, made(head, at as u64 + 1, header, below)))
        }
        None if head.rows.is_empty() => None,
        None => Some(headless(head)),
    }
}

fn headless(head: &Head) -> (u64, Preview) {
    let width = head.rows.first().map_or(0, Vec::len);
    let header = (1..=width).map(|n| format!("column_{n}")).collect();
    (0, made(head, 0, header, &head.rows))
}

fn made(head: &Head, header_row: u64, header: Vec<String>, below: &[Vec<String>]) -> Preview {
    let mut form = head.form.clone();
    form.header_row = header_row;
    let is_filled = |row: &&Vec<String>| row.iter().any(|c| !c.trim().is_empty());
    Preview {
        form,
        header,
        rows: below.iter().filter(is_filled).cloned().collect(),
    }
}

/// How much a row looks like a header: its names, times the rows below that are as wide; nothing
/// where a cell is a value or two are the same.
fn score_of(cells: &[String], below: &[Vec<String>]) -> u64 {
    let names: Vec<&str> = cells
        .iter()
        .map(|c| c.trim())
        .filter(|c| !c.is_empty())
        .collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    let is_value = |name: &&str| {
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        digits * 2 > name.len() || name.len() > 120
    };
    if names.len() < 2 || distinct.len() < names.len() || names.iter().any(is_value) {
        return 0;
    }
    let as_wide = below.iter().filter(|row| row.len() == cells.len()).count();
    names.len() as u64 * (1 + as_wide as u64)
}
