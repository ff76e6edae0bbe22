//! One mapping file as it is written: every key read and checked by itself, with its line. What the
//! file extends, and what the whole means, is `language`'s business.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use catchment_base::config::Keys;
use catchment_base::config::document::{self, Found, Section};
use catchment_base::{Error, Result};

use crate::dates::DatePattern;
use crate::expression::{self, Condition, Expression, Value};
use crate::shapes::Shape;
use crate::spellings::{date_patterns, delimiter, encoding, quote, shape};
use crate::tokens::Fault;
use crate::vocabulary::fold;

/// Every table of a mapping with its keys.
pub(crate) const KEYS: Keys = &[
    (
        "",
        &[
            "title",
            "table",
            "source",
            "extends",
            "recognise",
            "read",
            "columns",
            "words",
            "set_aside",
            "join",
        ],
    ),
    ("recognise", &["columns", "any_of", "share", "shapes"]),
    (
        "read",
        &[
            "header_row",
            "names",
            "delimiter",
            "quote",
            "encoding",
            "sheet",
            "dates",
            "missing",
        ],
    ),
    ("columns.*", &["from", "value", "expression", "dates"]),
    ("set_aside[]", &["name", "when"]),
    (
        "join[]",
        &[
            "name",
            "columns",
            "on",
            "parent",
            "latest",
            "references",
            "lookup",
            "where",
        ],
    ),
];

/// Where something stands, for what is said of it later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    file: PathBuf,
    key: String,
    line: u64,
}

impl Origin {
    /// An error about what stands there.
    pub(crate) fn fault(&self, what: impl Into<String>, help: impl Into<String>) -> Error {
        Error::usage(what)
            .at(&self.file)
            .row(self.line)
            .column(self.key.clone())
            .help(help)
    }
}

/// Something with the place at which it stands.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

/// Where a column's values come from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    /// The first of these columns that is filled in.
    From(Vec<String>),
    /// The same in every row.
    Constant(String),
    /// What an expression comes to.
    Computed(Expression<Value>),
}

#[derive(Debug, Clone)]
pub(crate) struct ColumnDraft {
    pub(crate) origin: Origin,
    pub(crate) source: Option<Placed<Source>>,
    pub(crate) dates: Option<Placed<Vec<DatePattern>>>,
}

/// Words of a column: how the export writes them, folded, and what they mean here.
#[derive(Debug, Clone)]
pub(crate) struct WordsDraft {
    pub(crate) origin: Origin,
    pub(crate) words: BTreeMap<String, Placed<String>>,
}

#[derive(Debug, Clone)]
pub(crate) struct FilterDraft {
    pub(crate) name: String,
    pub(crate) when: Expression<Condition>,
}

#[derive(Debug, Clone)]
pub(crate) struct JoinDraft {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    pub(crate) on: String,
    pub(crate) parent: Option<String>,
    pub(crate) latest: Vec<String>,
    pub(crate) filter: Option<Expression<Condition>>,
    pub(crate) is_reference: bool,
    pub(crate) is_lookup: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ReadDraft {
    pub(crate) header_row: Option<Placed<u32>>,
    pub(crate) names: Option<Placed<Vec<String>>>,
    pub(crate) delimiter: Option<u8>,
    pub(crate) quote: Option<Option<u8>>,
    pub(crate) encoding: Option<String>,
    pub(crate) sheet: Option<String>,
    pub(crate) dates: Option<Vec<DatePattern>>,
    pub(crate) missing: Option<Vec<String>>,
}

/// A mapping file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) file: PathBuf,
    pub(crate) title: Option<String>,
    pub(crate) table: Option<Placed<String>>,
    pub(crate) source: Option<String>,
    pub(crate) extends: Option<Placed<String>>,
    pub(crate) recognised: Option<Placed<Vec<String>>>,
    pub(crate) any_of: Option<Placed<Vec<String>>>,
    /// Per cent of a file's columns that must be known.
    pub(crate) share: Option<u32>,
    pub(crate) shapes: Option<Placed<Vec<Shape>>>,
    pub(crate) read: ReadDraft,
    pub(crate) columns: BTreeMap<String, ColumnDraft>,
    pub(crate) words: BTreeMap<String, WordsDraft>,
    pub(crate) set_aside: Vec<Placed<FilterDraft>>,
    pub(crate) joins: Vec<Placed<JoinDraft>>,
}

impl Draft {
    /// Reads a file.
    pub(crate) fn parse(file: &Path, text: &str) -> Result<Self> {
        Reader { file }.draft(text).map_err(|e| e.at(file))
    }

    /// A key that the file does not have.
    pub(crate) fn lacking(&self, key: &str) -> Origin {
        Origin {
            file: self.file.clone(),
            key: key.to_string(),
            line: 1,
        }
    }
}

struct Reader<'f> {
    file: &'f Path,
}

impl Reader<'_> {
    fn draft(&self, text: &str) -> Result<Draft> {
        let table = document::parse(text)?;
        let file = Section::document(text, table.get_ref(), KEYS)?;
        let recognise = file.section("recognise")?;
        Ok(Draft {
            file: self.file.to_path_buf(),
            title: file.maybe("title", Found::text)?,
            table: file.maybe("table", |found| self.placed(found, Found::text))?,
            source: file.maybe("source", Found::text)?,
            extends: file.maybe("extends", |found| self.placed(found, Found::text))?,
            recognised: recognise.maybe("columns", |found| self.placed(found, names))?,
            any_of: recognise.maybe("any_of", |found| self.placed(found, names))?,
            share: recognise.maybe("share", |found| {
                found.whole("a whole number of per cent", 1..=100)
            })?,
            shapes: recognise.maybe("shapes", |found| {
                self.placed(found, |found| found.list(shape))
            })?,
            read: self.reading(&file.section("read")?)?,
            columns: self.columns(&file.free("columns")?)?,
            words: self.words(&file.free("words")?)?,
            set_aside: self.each(&file, "set_aside", "set_aside[]", Self::filter)?,
            joins: self.each(&file, "join", "join[]", Self::join)?,
        })
    }

    fn origin(&self, key: &str, line: u64) -> Origin {
        Origin {
            file: self.file.to_path_buf(),
            key: key.to_string(),
            line,
        }
    }

    fn placed<'a, T>(
        &self,
        found: &Found<'a>,
        read: impl FnOnce(&Found<'a>) -> Result<T>,
    ) -> Result<Placed<T>> {
        Ok(Placed {
            value: read(found)?,
            origin: self.origin(found.key(), found.line()),
        })
    }

    fn reading(&self, section: &Section) -> Result<ReadDraft> {
        let row = |found: &Found| {
            let expected = "a row as a spreadsheet counts, or 0 where the file has no header";
            found.whole(expected, 0..=1_000_000)
        };
        Ok(ReadDraft {
            header_row: section.maybe("header_row", |found| self.placed(found, row))?,
            names: section.maybe("names", |found| self.placed(found, names))?,
            delimiter: section.maybe("delimiter", delimiter)?,
            quote: section.maybe("quote", quote)?,
            encoding: section.maybe("encoding", encoding)?,
            sheet: section.maybe("sheet", Found::text)?,
            dates: section.maybe("dates", date_patterns)?,
            missing: section.maybe("missing", |found| found.list(Found::text))?,
        })
    }

    fn columns(&self, section: &Section) -> Result<BTreeMap<String, ColumnDraft>> {
        let columns = section.entries().map(|(name, found)| {
            let origin = self.origin(found.key(), found.line());
            let (source, dates) = if found.is_table() {
                self.column(&found.section("columns.*")?)?
            } else {
                (Some(self.placed(found, from)?), None)
            };
            let draft = ColumnDraft {
                origin,
                source,
                dates,
            };
            Ok((name.to_string(), draft))
        });
        columns.collect()
    }

    #[allow(clippy::type_complexity)]
    fn column(
        &self,
        section: &Section,
    ) -> Result<(Option<Placed<Source>>, Option<Placed<Vec<DatePattern>>>)> {
        let sources = [
            section.maybe("from", |found| self.placed(found, from))?,
            section.maybe("value", |found| self.placed(found, constant))?,
            section.maybe("expression", |found| self.placed(found, computed))?,
        ];
        let dates = section.maybe("dates", |found| self.placed(found, date_patterns))?;
        let mut sources = sources.into_iter().flatten();
        let source = sources.next();
        if sources.next().is_some() {
            let help = "give one of from, value and expression";
            return Err(section.fault_of_all("has more than one origin", help));
        }
        Ok((source, dates))
    }

    fn words(&self, section: &Section) -> Result<BTreeMap<String, WordsDraft>> {
        let mut all = BTreeMap::new();
        for (column, found) in section.entries() {
            let mut words: BTreeMap<String, Placed<String>> = BTreeMap::new();
            for (word, target) in section.free(column)?.entries() {
                let ours = target.verbatim().map(str::trim);
                let ours = ours.filter(|text| !text.contains(char::is_control));
                let ours =
                    ours.ok_or_else(|| target.refuse("a text in quotes; \"\" for no value"))?;
                let placed = Placed {
                    value: ours.to_string(),
                    origin: self.origin(target.key(), target.line()),
                };
                if words.insert(word_key(word), placed).is_some() {
                    let what = "another word differs only by case, spaces and punctuation";
                    let error = Error::usage(what).column(target.key()).row(target.line());
                    return Err(error.help("keep one of the two"));
                }
            }
            let origin = self.origin(found.key(), found.line());
            all.insert(column.to_string(), WordsDraft { origin, words });
        }
        Ok(all)
    }

    fn each<T>(
        &self,
        file: &Section,
        key: &str,
        known: &str,
        read: impl Fn(&Section) -> Result<(String, T)>,
    ) -> Result<Vec<Placed<T>>> {
        let mut seen: Vec<String> = Vec::new();
        let mut all = Vec::new();
        for section in file.each(key, known)? {
            let (name, value) = read(&section)?;
            if seen.contains(&fold(&name)) {
                let help = "give each a name of its own";
                return Err(section.fault("name", format!("'{name}' is there twice"), help));
            }
            seen.push(fold(&name));
            let origin = self.origin(section.key(), section.line());
            all.push(Placed { value, origin });
        }
        Ok(all)
    }

    fn filter(section: &Section) -> Result<(String, FilterDraft)> {
        let name = section.need("name", Found::text)?;
        let when = section.need("when", condition)?;
        Ok((name.clone(), FilterDraft { name, when }))
    }

    fn join(section: &Section) -> Result<(String, JoinDraft)> {
        let name = section.need("name", Found::text)?;
        if name.contains('.') || fold(&name).is_empty() {
            let what = format!("found '{name}'");
            return Err(section.fault("name", what, "expected a name without a dot"));
        }
        let draft = JoinDraft {
            name: name.clone(),
            columns: section.need("columns", names)?,
            on: section.need("on", name_of)?,
            parent: section.maybe("parent", name_of)?,
            latest: section.maybe("latest", name_or_names)?.unwrap_or_default(),
            is_reference: section.maybe("references", Found::flag)?.unwrap_or(false),
            is_lookup: section.maybe("lookup", Found::flag)?.unwrap_or(false),
            filter: section.maybe("where", condition)?,
        };
        if draft.columns.is_empty() {
            let help = "name the columns by which that file is recognised";
            return Err(section.fault("columns", "found an empty list", help));
        }
        Ok((name, draft))
    }
}

/// By what a word of an export is found: without regard to case, spaces and punctuation, or as it
/// is where it has nothing else.
pub(crate) fn word_key(word: &str) -> String {
    let folded = fold(word);
    if folded.is_empty() {
        word.trim().to_string()
    } else {
        folded
    }
}

/// The name of a column of a file.
fn name_of(found: &Found) -> Result<String> {
    let name = found.text()?;
    if fold(&name).is_empty() {
        return Err(found.refuse("a column's name with a letter or a digit"));
    }
    Ok(name)
}

fn names(found: &Found) -> Result<Vec<String>> {
    found.list(name_of)
}

/// One column, or several in a list.
fn name_or_names(found: &Found) -> Result<Vec<String>> {
    if found.is_list() {
        names(found)
    } else {
        Ok(vec![name_of(found)?])
    }
}

fn from(found: &Found) -> Result<Source> {
    if !found.is_list() {
        return match found.verbatim() {
            Some(_) => Ok(Source::From(name_or_names(found)?)),
            None => Err(found.refuse("a column of the file in quotes, or a table in { }")),
        };
    }
    let names = names(found)?;
    if names.is_empty() {
        return Err(found.refuse("at least one column of the file"));
    }
    Ok(Source::From(names))
}

fn constant(found: &Found) -> Result<Source> {
    let text = match found.verbatim() {
        Some(_) => found.text()?,
        None => match (found.flag(), found.number("", |_| true)) {
            (Ok(flag), _) => flag.to_string(),
            (_, Ok(number)) => number.to_string(),
            _ => found
                .day()
                .map_err(|_| found.refuse("a text, a number, a day, true or false"))?
                .to_string(),
        },
    };
    Ok(Source::Constant(text))
}

fn computed(found: &Found) -> Result<Source> {
    expressed(found, expression::value).map(Source::Computed)
}

fn condition(found: &Found) -> Result<Expression<Condition>> {
    expressed(found, expression::condition)
}

fn expressed<T>(
    found: &Found,
    read: impl Fn(&str) -> Result<Expression<T>, Fault>,
) -> Result<Expression<T>> {
    let text = found
        .verbatim()
        .ok_or_else(|| found.refuse("an expression in quotes"))?;
    read(text).map_err(|fault| {
        let place = text.get(..fault.at).unwrap_or_default().chars().count() + 1;
        Error::usage(format!("{} at character {place}", fault.what))
            .column(found.key())
            .row(found.line_inside(fault.at))
            .help(fault.help)
    })
}
