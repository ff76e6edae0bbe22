//! What a person settled: `identity/answers.csv` in the workspace, which wins over everything, and
//! the sheet on which names are handed out and taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, Schema};

use super::nobody::{Meaning, meaning};
use crate::base::{Error, Result, Table, TableBuilder, Workspace, npi};

/// What a person said of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It means this provider.
    Provider(String),
    /// It means a provider whom the roster does not have.
    None,
    /// It means nobody.
    Nobody,
}

impl Answer {
    fn read(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "none" => Some(Self::None),
            "nobody" => Some(Self::Nobody),
            _ => npi::read(text)
                .filter(|npi| npi::is_valid(npi))
                .map(|npi| Self::Provider(npi.to_string())),
        }
    }

    /// As it is written: an NPI, `none` or `nobody`.
    pub fn word(&self) -> &str {
        match self {
            Self::Provider(npi) => npi,
            Self::None => "none",
            Self::Nobody => "nobody",
        }
    }
}

/// The key of a name in its circumstances: sixteen letters, so that no spreadsheet takes it for a
/// number. `end` is `referring` (then come name, practice and department) or `referred_to` (name,
/// practice, organization and specialty); what is not said is empty.
pub fn key(end: &str, circumstances: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in std::iter::once(&end).chain(circumstances) {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    let hash = hasher.finalize();
    let nibbles = hash.as_bytes().iter().flat_map(|b| [b >> 4, b & 15]);
    nibbles.take(16).map(|n| char::from(b'a' + n)).collect()
}

/// The file of a workspace's answers.
pub fn answers_file(workspace: &Workspace) -> PathBuf {
    workspace.root().join("identity").join("answers.csv")
}

/// The columns of the file.
const COLUMNS: [&str; 3] = ["key", "name", "answer"];

/// Reads the answers of a workspace; none where there is no file.
pub(super) fn read(workspace: &Workspace) -> Result<BTreeMap<String, (String, Answer)>> {
    let path = answers_file(workspace);
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let sheet = Sheet::read(&path)?;
    let [key, name, answer] = COLUMNS.map(|column| sheet.column(column));
    let (key, name, answer) = (key?, name?, answer?);
    let mut found = BTreeMap::new();
    for (row, cells) in &sheet.rows {
        let said = Answer::read(&cells[answer]).ok_or_else(|| {
            wrong_answer(&path, *row).help("mend the line or take it out of the file")
        })?;
        found.insert(cells[key].clone(), (cells[name].clone(), said));
    }
    Ok(found)
}

fn wrong_answer(path: &Path, row: u64) -> Error {
    Error::input("is no NPI with a right check digit, and neither 'none' nor 'nobody'")
        .at(path)
        .row(row)
        .column("answer")
}

/// What was taken back from a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Names that were answered.
    pub answered: usize,
    /// Of these, those with another answer than before.
    pub changed: usize,
    /// Names of the sheet that still have none.
    pub open: usize,
}

/// Takes an answered sheet back into the workspace's answers. `known` are the names of the
/// workspace by key. In the column `answer` stands an NPI, `yes` for the row's own candidate,
/// `none` or `nobody`; an empty cell says nothing.
///
/// # Errors
/// Nothing is taken where a row has a key that no name has, an answer that is none, or where two
/// rows of one name have different answers. The error names the row.
pub(super) fn take(
    workspace: &Workspace,
    known: &BTreeMap<String, String>,
    path: &Path,
) -> Result<Taken> {
    let sheet = Sheet::read(path)?;
    let (key, answer) = (sheet.column("key")?, sheet.column("answer")?);
    let candidate = sheet.column("candidate_npi").ok();
    let mut said = BTreeMap::<String, Answer>::new();
    let mut asked = BTreeSet::new();
    for (row, cells) in &sheet.rows {
        let id = cells[key].trim();
        if !known.contains_key(id) {
            return Err(Error::input("is the key of no name that is loaded")
                .at(path)
                .row(*row)
                .column("key")
                .help("make the sheet anew with 'catchment identity review --out FILE.csv'"));
        }
        asked.insert(id.to_string());
        let text = match cells[answer].trim() {
            "" => continue,
            text if text.eq_ignore_ascii_case("yes") => candidate.map_or("", |at| &cells[at]),
            text => text,
        };
        let found = Answer::read(text).ok_or_else(|| {
            wrong_answer(path, *row).help("write an NPI, yes, none or nobody, or leave it empty")
        })?;
        let before = said.insert(id.to_string(), found.clone());
        if before.is_some_and(|before| before != found) {
            return Err(
                Error::input("answers a name that an earlier row answers differently")
                    .at(path)
                    .row(*row)
                    .column("answer"),
            );
        }
    }
    let mut answers = read(workspace)?;
    let mut taken = Taken {
        answered: said.len(),
        open: asked.len() - said.len(),
        ..Taken::default()
    };
    for (id, answer) in said {
        let name = known.get(&id).cloned().unwrap_or_default();
        let before = answers.insert(id, (name, answer.clone()));
        taken.changed += usize::from(before.is_none_or(|before| before.1 != answer));
    }
    write(workspace, &answers)?;
    Ok(taken)
}

/// Writes the answers aside and puts them into their place at once.
fn write(workspace: &Workspace, answers: &BTreeMap<String, (String, Answer)>) -> Result<()> {
    let path = answers_file(workspace);
    let failed = |e| Error::io("can't be written", &path, e);
    // A name that means a patient is no one's to keep.
    let name_of = |name: &String| (meaning(name) != Meaning::PatientSelf).then(|| name.clone());
    let mut bytes = Vec::new();
    TableBuilder::new("answers")
        .text(COLUMNS[0], answers.keys().map(Some))
        .text(COLUMNS[1], answers.values().map(|(name, _)| name_of(name)))
        .text(COLUMNS[2], answers.values().map(|(_, a)| Some(a.word())))
        .finish()?
        .to_csv(&mut bytes)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let aside = path.with_extension("csv.part");
    let mut file = fs::File::create(&aside).map_err(failed)?;
    file.write_all(&bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&aside, &path))
        .map_err(failed)
}

/// A sheet as a person gives it back: comma or semicolon, with or without a byte order mark.
struct Sheet {
    path: PathBuf,
    header: Vec<String>,
    /// With their row numbers, as a spreadsheet shows them.
    rows: Vec<(u64, Vec<String>)>,
}

impl Sheet {
    fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(|e| Error::io("can't be read", path, e))?;
        let refused = || {
            Error::input("is no CSV file in UTF-8")
                .at(path)
                .help("save the sheet as CSV (UTF-8)")
        };
        let text = std::str::from_utf8(&bytes).map_err(|e| refused().because(e))?;
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or("");
        let is_semicolon = first.contains(';') && !first.contains(',');
        let format = Format::default()
            .with_header(true)
            .with_delimiter(if is_semicolon { b';' } else { b',' });
        let unread = |e: arrow::error::ArrowError| refused().because(e);
        let named = format.infer_schema(text.as_bytes(), Some(0));
        let fields: Vec<Field> = named
            .map_err(unread)?
            .0
            .fields()
            .iter()
            .map(|f| Field::new(f.name().trim().to_lowercase(), DataType::Utf8, true))
            .collect();
        let header = fields.iter().map(|f| f.name().clone()).collect();
        let reader = ReaderBuilder::new(Arc::new(Schema::new(fields)))
            .with_format(format)
            .build(text.as_bytes())
            .map_err(unread)?;
        let mut rows = Vec::new();
        for batch in reader {
            let table = Table::new("sheet", &batch.map_err(unread)?)?;
            let columns: Vec<Vec<Option<String>>> = table
                .columns()
                .iter()
                .map(|column| table.texts(column))
                .collect::<Result<_>>()?;
            for row in 0..table.rows() {
                let cells = columns.iter().map(|c| c[row].clone().unwrap_or_default());
                // The header is row 1.
                rows.push((rows.len() as u64 + 2, cells.collect()));
            }
        }
        Ok(Self {
            path: path.to_path_buf(),
            header,
            rows,
        })
    }

    fn column(&self, name: &str) -> Result<usize> {
        let found = self.header.iter().position(|h| h == name);
        found.ok_or_else(|| {
            Error::input(format!("has no column '{name}'"))
                .at(&self.path)
                .help("make the sheet with 'catchment identity review --out FILE.csv'")
        })
    }
}
