//! What a file is: its format, how it is written, and which mapping its header fits. Never the file's
//! name decides. A workbook may hold several tables, one a sheet.

use std::path::{Path, PathBuf};

use super::container::Content;
use super::encoding;
use super::form::Form;
use super::formats::{FORMATS, Head, Hints};
use super::strangers;
use crate::base::{Error, Result};
use crate::mapping::vocabulary::fold;
use crate::mapping::{Fit, Join, Library, Mapping, Reading};

/// Rows among which the header is looked for.
const HEADER_ROWS: usize = 40;
/// A header with more columns than these is no table's.
const MOST_COLUMNS: usize = 4096;
/// Columns that a header may lack for its mapping to be named as the nearest.
const NEAR: usize = 3;

/// What the user says of a file beyond its mapping.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The mapping or source layout that is to be used.
    pub layout: Option<String>,
    /// How the file is to be read.
    pub reading: Reading,
}

/// A table that was found in a file.
#[derive(Debug, Clone)]
pub struct Recognised<'l> {
    /// The mapping that its header fits.
    pub mapping: &'l Mapping,
    /// How it is written.
    pub form: Form,
    /// The names of its columns.
    pub header: Vec<String>,
    /// The file.
    pub path: PathBuf,
    /// What the user said of this file.
    pub reading: Reading,
    pub(super) content: Content,
}

/// A file that is only joined to another of the same export.
#[derive(Debug, Clone)]
pub struct JoinedFile<'l> {
    /// The mapping that joins it.
    pub mapping: &'l Mapping,
    /// How it is joined.
    pub join: &'l Join,
    /// How it is written.
    pub form: Form,
    /// The names of its columns.
    pub header: Vec<String>,
    /// The file.
    pub path: PathBuf,
    pub(super) content: Content,
}

/// The mapping that a header was nearest to, and what it lacked.
#[derive(Debug, Clone)]
pub struct Nearest {
    /// The mapping's name.
    pub mapping: String,
    /// The columns that the header lacks.
    pub lacks: Vec<String>,
    /// Where it lacks none: how many of its columns the mapping knows, and how many have a name.
    pub few: Option<(usize, usize)>,
}

impl Nearest {
    /// Why it does not fit.
    pub fn why(&self) -> String {
        match self.few {
            Some((known, named)) => format!(
                "it knows {known} of {named} columns (--layout {} takes it all the same)",
                self.mapping
            ),
            None => format!("it lacks {}", self.lacks.join(", ")),
        }
    }
}

/// What was found in a file.
#[derive(Debug, Default)]
pub struct Found<'l> {
    /// The tables, by sheet.
    pub tables: Vec<Recognised<'l>>,
    /// What it is where it belongs to other files: an entry a join that takes it.
    pub joined: Vec<JoinedFile<'l>>,
    /// Sheets that are no tables, or none where the whole file is none; with what was nearest.
    pub passed_over: Vec<(Option<String>, Option<Nearest>)>,
    /// What the file is, where nothing of it is read and its content tells.
    pub stranger: Option<String>,
}

/// The parts of a file with their first rows, however they may be read.
pub(super) fn heads(
    path: &Path,
    library: &Library,
    reading: &Reading,
) -> Result<(Content, Vec<Head>)> {
    let content = Content::of(path)?;
    let hints = Hints {
        delimiter: reading.delimiter,
        quote: reading.quote,
        encoding: reading.encoding.clone(),
        further: library
            .iter()
            .map(|m| (m.read.delimiter, m.read.quote))
            .filter(|(delimiter, quote)| delimiter.is_some() || quote.is_some())
            .collect(),
    };
    for format in FORMATS {
        if let Some(mut found) = (format.heads)(&content, &hints)? {
            // A document on one line would be cut into as many columns as it has commas.
            found.retain(|head| head.rows.iter().all(|row| row.len() <= MOST_COLUMNS));
            return Ok((content, found));
        }
    }
    Ok((content, Vec::new()))
}

/// Finds out what a file is.
pub fn recognise<'l>(path: &Path, library: &'l Library, wish: &Wish) -> Result<Found<'l>> {
    let allowed = allowed(library, wish)?;
    let (content, heads) = heads(path, library, &wish.reading)?;
    let mut found = Found::default();
    let mut sheets: Vec<Option<String>> = Vec::new();
    for head in &heads {
        if !sheets.contains(&head.form.sheet) {
            sheets.push(head.form.sheet.clone());
        }
    }
    for sheet in sheets {
        if wish.reading.sheet.is_some() && sheet.is_some() && sheet != wish.reading.sheet {
            continue;
        }
        let part: Vec<&Head> = heads.iter().filter(|h| h.form.sheet == sheet).collect();
        let joined = joined_files(&part, &allowed, path, &content);
        let best = best_fit(&part, &allowed, wish).map_err(|e| e.at(path))?;
        match best {
            Some(mut fit) => {
                if let (Some(name), None) = (&fit.mapping.read.encoding, &wish.reading.encoding) {
                    fit.form.encoding = Some(encoding::named(name, path)?);
                }
                found.tables.push(fit.recognised(path, &content, wish));
            }
            None if joined.is_empty() => found.passed_over.push((sheet, nearest(&part, &allowed))),
            None => {}
        }
        found.joined.extend(joined);
    }
    if heads.is_empty() {
        found.passed_over.push((None, None));
    }
    if found.tables.is_empty() && found.joined.is_empty() {
        found.stranger = match strangers::kinds(&heads) {
            Some(kinds) => Some(kinds),
            None => strangers::stranger(&content)?,
        };
    }
    Ok(found)
}

/// The mappings that may be used: all of them, or those that the user names.
fn allowed<'l>(library: &'l Library, wish: &Wish) -> Result<Vec<&'l Mapping>> {
    match &wish.layout {
        None => Ok(library.iter().collect()),
        Some(layout) => library.layout(layout),
    }
}

/// One way to read a part.
struct Candidate<'l> {
    mapping: &'l Mapping,
    form: Form,
    header: Vec<String>,
    known: usize,
}

impl<'l> Candidate<'l> {
    fn recognised(self, path: &Path, content: &Content, wish: &Wish) -> Recognised<'l> {
        Recognised {
            mapping: self.mapping,
            form: self.form,
            header: self.header,
            path: path.to_path_buf(),
            reading: wish.reading.clone(),
            content: content.clone(),
        }
    }

    /// Which of two is better: the user's own, then more known columns, then the earlier header.
    fn rank(&self) -> (bool, usize, std::cmp::Reverse<u64>) {
        (
            self.mapping.is_own,
            self.known,
            std::cmp::Reverse(self.form.header_row),
        )
    }
}

fn best_fit<'l>(
    part: &[&Head],
    mappings: &[&'l Mapping],
    wish: &Wish,
) -> Result<Option<Candidate<'l>>> {
    let mut best: Option<Candidate<'l>> = None;
    let mut rival: Option<&'l Mapping> = None;
    for head in part {
        for candidate in fits_of(head, mappings, wish) {
            match &best {
                Some(other) if other.rank() > candidate.rank() => {}
                Some(other) if other.rank() == candidate.rank() => {
                    if other.mapping.name != candidate.mapping.name {
                        rival = Some(candidate.mapping);
                    }
                }
                _ => {
                    best = Some(candidate);
                    rival = None;
                }
            }
        }
    }
    if let (Some(best), Some(rival)) = (&best, rival) {
        return Err(Error::input(format!(
            "could be {} ({}) as well as {} ({})",
            best.mapping.table.table, best.mapping.name, rival.table.table, rival.name
        ))
        .help("name the mapping with --layout, or add a column that tells them apart"));
    }
    Ok(best)
}

/// Every mapping that fits a head, at every row that may be the header.
fn fits_of<'l>(head: &Head, mappings: &[&'l Mapping], wish: &Wish) -> Vec<Candidate<'l>> {
    let mut found = Vec::new();
    for mapping in mappings.iter().copied().filter(|m| suits(m, &head.form)) {
        let wanted_row = wish.reading.header_row.or(mapping.read.header_row);
        if wanted_row != Some(0) {
            let is_named = wish.layout.as_ref() == Some(&mapping.name);
            found.extend(with_header(head, mapping, wanted_row, is_named));
        }
        if !head.has_names && wanted_row.unwrap_or(0) == 0 {
            found.extend(without_header(head, mapping, wish));
        }
    }
    found
}

/// Whether a mapping's own words on how its files are written allow this way to read one.
fn suits(mapping: &Mapping, form: &Form) -> bool {
    let read = &mapping.read;
    (read.delimiter.is_none() || form.delimiter.is_none() || read.delimiter == form.delimiter)
        && (read.quote.is_none() || form.delimiter.is_none() || read.quote == Some(form.quote))
        && (read.sheet.is_none() || form.sheet.is_none() || read.sheet == form.sheet)
}

fn with_header<'l>(
    head: &Head,
    mapping: &'l Mapping,
    wanted_row: Option<u32>,
    is_named: bool,
) -> Vec<Candidate<'l>> {
    let rows = if head.has_names {
        1
    } else {
        HEADER_ROWS.max(wanted_row.unwrap_or(0) as usize)
    };
    let mut found = Vec::new();
    for (at, header) in head.rows.iter().take(rows).enumerate() {
        let row = at as u64 + 1;
        if wanted_row.is_some_and(|wanted| u64::from(wanted) != row) && !head.has_names {
            continue;
        }
        let known = match mapping.fit(header) {
            Fit::Yes { known } => Some(known),
            // Who names the mapping knows what the file is.
            Fit::Few { known, .. } => is_named.then_some(known),
            Fit::No { .. } => None,
        };
        if let Some(known) = known {
            let mut form = head.form.clone();
            form.header_row = if head.has_names { 0 } else { row };
            found.push(Candidate {
                mapping,
                form,
                header: header.clone(),
                known,
            });
        }
    }
    found
}

/// A file without a header: by the names that the user gives, or by the shapes of its cells.
fn without_header<'l>(head: &Head, mapping: &'l Mapping, wish: &Wish) -> Option<Candidate<'l>> {
    let named = &wish.reading.names;
    let names = if named.is_empty() {
        &mapping.read.names
    } else {
        named
    };
    let width = head.rows.first().map_or(0, Vec::len);
    if names.is_empty() || names.len() != width {
        return None;
    }
    let fits = mapping.fits_shapes(&head.rows)
        || (!named.is_empty() && matches!(mapping.fit(named), Fit::Yes { .. }));
    fits.then(|| {
        let mut form = head.form.clone();
        form.header_row = 0;
        Candidate {
            mapping,
            form,
            header: names.clone(),
            known: names.len(),
        }
    })
}

/// The file as one that mappings join to others, by each join that takes it.
fn joined_files<'l>(
    part: &[&Head],
    mappings: &[&'l Mapping],
    path: &Path,
    content: &Content,
) -> Vec<JoinedFile<'l>> {
    let mut found = Vec::new();
    for mapping in mappings {
        for join in &mapping.joins {
            if let Some((form, header)) = part.iter().find_map(|head| header_of(head, join)) {
                found.push(JoinedFile {
                    mapping,
                    join,
                    form,
                    header,
                    path: path.to_path_buf(),
                    content: content.clone(),
                });
            }
        }
    }
    found
}

/// The header of a joined file in a head, where it has it.
fn header_of(head: &Head, join: &Join) -> Option<(Form, Vec<String>)> {
    let rows = if head.has_names { 1 } else { HEADER_ROWS };
    let mut rows = head.rows.iter().take(rows).enumerate();
    let (at, header) = rows.find(|(_, header)| join.fits(header))?;
    let mut form = head.form.clone();
    form.header_row = if head.has_names { 0 } else { at as u64 + 1 };
    Some((form, header.clone()))
}

/// The mapping that lacks the fewest columns, where it lacks few.
fn nearest(part: &[&Head], mappings: &[&Mapping]) -> Option<Nearest> {
    let mut best: Option<Nearest> = None;
    for head in part {
        for header in head.rows.iter().take(HEADER_ROWS) {
            for mapping in mappings {
                let Some(near) = nearness(mapping, header) else {
                    continue;
                };
                let least = best.as_ref().map_or(NEAR + 1, |b| b.lacks.len());
                if near.lacks.len() < least {
                    best = Some(near);
                }
            }
        }
    }
    best
}

/// How near a header is to a mapping that does not fit it.
fn nearness(mapping: &Mapping, header: &[String]) -> Option<Nearest> {
    let name = mapping.name.clone();
    match mapping.fit(header) {
        Fit::Yes { .. } => None,
        Fit::Few { known, named } => (known > 1).then_some(Nearest {
            mapping: name,
            lacks: Vec::new(),
            few: Some((known, named)),
        }),
        Fit::No { lacks } => {
            let is_near = known_of(mapping, header) > NEAR * lacks.len();
            (is_near || mapping.is_of_kind(header)).then_some(Nearest {
                mapping: name,
                lacks,
                few: None,
            })
        }
    }
}

/// Columns of a header that are called as the table's own.
fn known_of(mapping: &Mapping, header: &[String]) -> usize {
    let columns = mapping.table.columns;
    let is_known = |name: &&String| columns.iter().any(|c| fold(c.name) == fold(name));
    header.iter().filter(is_known).count()
}
