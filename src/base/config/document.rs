//! A TOML file that a user wrote, with its lines: tables whose keys are all known, and typed values
//! whose errors say the key, its line, what was found and what is expected. catchment.toml is read
//! by it, and so are the mappings. What the values mean is its readers' business.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Keys};
use crate::error::{Error, Result};
use crate::quarter::Day;

/// A table of the file, or the empty one where the file has none. Every key in it is known.
pub struct Section<'a> {
    text: &'a str,
    tree: Keys,
    key: String,
    line: u64,
    values: BTreeMap<&'a str, Found<'a>>,
}

/// A value of the file with its key and line.
pub struct Found<'a> {
    text: &'a str,
    tree: Keys,
    key: String,
    line: u64,
    /// Where the value begins in the text.
    start: usize,
    value: &'a DeValue<'a>,
}

impl<'a> Section<'a> {
    /// The whole file, whose tables have the keys of `tree` and no others.
    ///
    /// # Errors
    /// A wrong use: a key of the outermost table that `tree` does not have.
    pub fn document(text: &'a str, table: &'a DeTable<'a>, tree: Keys) -> Result<Self> {
        Self::open(text, tree, String::new(), "", 1, table)
    }

    /// A table whose keys are those of `known` (as the tree writes it); others are refused.
    fn open(
        text: &'a str,
        tree: Keys,
        key: String,
        known: &str,
        line: u64,
        table: &'a DeTable<'a>,
    ) -> Result<Self> {
        let section = Self::any(text, tree, key, line, table);
        let wrong = section
            .values
            .iter()
            .filter(|(k, _)| !keys::of(tree, known).contains(*k));
        // The first in the file, so that a user mends from the top.
        match wrong.min_by_key(|(_, found)| found.line) {
            None => Ok(section),
            Some((name, found)) => Err(Error::usage("this key is unknown")
                .column(found.key.clone())
                .row(found.line)
                .help(format!(
                    "the nearest known one is '{}'",
                    keys::nearest_key(tree, known, name)
                ))),
        }
    }

    /// A table whose keys are names that the user chose.
    fn any(text: &'a str, tree: Keys, key: String, line: u64, table: &'a DeTable<'a>) -> Self {
        let values = table
            .iter()
            .map(|(name, value)| {
                let name_line = line_of(text, name);
                let name: &str = name.get_ref();
                let line = if value.get_ref().is_table() {
                    name_line
                } else {
                    line_of(text, value)
                };
                let found = Found {
                    text,
                    tree,
                    key: joined(&key, name),
                    line,
                    start: value.span().start,
                    value: value.get_ref(),
                };
                (name, found)
            })
            .collect();
        Self {
            text,
            tree,
            key,
            line,
            values,
        }
    }

    /// The value of a key, read; `None` where the file has none.
    pub fn maybe<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Found<'a>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.values.get(key).map(read).transpose()
    }

    /// Sets `place`, which holds the default, where the file has a value for the key.
    pub fn set<T>(
        &self,
        key: &str,
        place: &mut T,
        read: impl FnOnce(&Found<'a>) -> Result<T>,
    ) -> Result<()> {
        if let Some(value) = self.maybe(key, read)? {
            *place = value;
        }
        Ok(())
    }

    /// The value of a key that has no default.
    pub fn need<T>(&self, key: &str, read: impl FnOnce(&Found<'a>) -> Result<T>) -> Result<T> {
        self.maybe(key, read)?
            .ok_or_else(|| self.fault(key, "is missing", "give it a value"))
    }

    /// The table of a key, empty where the file has none.
    pub fn section(&self, key: &'static str) -> Result<Self> {
        match self.values.get(key) {
            None => Ok(self.empty(key)),
            Some(found) => Self::open(
                self.text,
                self.tree,
                found.key.clone(),
                key,
                found.line,
                found.table()?,
            ),
        }
    }

    /// The tables below a key, by the names that the user chose, in the order of the names.
    pub fn named(&self, key: &str) -> Result<Vec<(String, Self)>> {
        let Some(found) = self.values.get(key) else {
            return Ok(Vec::new());
        };
        let known = format!("{key}.*");
        let tables = found.open()?;
        let open = |(name, found): (&'a str, Found<'a>)| {
            if name.trim().is_empty() {
                return Err(found.refuse("a name between the quotes"));
            }
            let (key, line) = (found.key.clone(), found.line);
            Ok((
                name.to_string(),
                Self::open(self.text, self.tree, key, &known, line, found.table()?)?,
            ))
        };
        tables.values.into_iter().map(open).collect()
    }

    /// The tables of a list of tables, in the order of the file.
    pub fn each(&self, key: &str, known: &str) -> Result<Vec<Self>> {
        let open = |found: &Found<'a>| {
            Self::open(
                self.text,
                self.tree,
                found.key.clone(),
                known,
                found.line,
                found.table()?,
            )
        };
        Ok(self
            .maybe(key, |found| found.list(open))?
            .unwrap_or_default())
    }

    /// The table of a key whose keys are all the user's own, empty where the file has none.
    ///
    /// # Errors
    /// A wrong use: the key has something else than a table.
    pub fn free(&self, key: &str) -> Result<Self> {
        match self.values.get(key) {
            None => Ok(self.empty(key)),
            Some(found) => found.open(),
        }
    }

    /// Every key with its value, in the order of the keys.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, &Found<'a>)> {
        self.values.iter().map(|(key, found)| (*key, found))
    }

    /// The key of this table, as TOML writes it.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The line, counted from 1, on which it begins.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// An error about a key of this table: what is wrong with it, and what to do.
    pub fn fault(&self, key: &str, what: impl Into<String>, help: impl Into<String>) -> Error {
        let line = self.values.get(key).map_or(self.line, |found| found.line);
        Error::usage(what)
            .column(joined(&self.key, key))
            .row(line)
            .help(help)
    }

    /// An error about this table as a whole.
    pub fn fault_of_all(&self, what: impl Into<String>, help: impl Into<String>) -> Error {
        Error::usage(what)
            .column(self.key.clone())
            .row(self.line)
            .help(help)
    }

    fn empty(&self, key: &str) -> Self {
        Self {
            text: self.text,
            tree: self.tree,
            key: joined(&self.key, key),
            line: self.line,
            values: BTreeMap::new(),
        }
    }
}

impl<'a> Found<'a> {
    /// Its key, as TOML writes it.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The line, counted from 1, on which it begins.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The line of a place in this text (a byte of the value), where the text has several lines.
    pub fn line_inside(&self, at: usize) -> u64 {
        let written = self.text.get(self.start..).unwrap_or_default();
        let opened = written.starts_with("\"\"\"") || written.starts_with("'''");
        // TOML cuts a line break right after the opening marks.
        let cut = opened && written[3..].trim_start_matches('\r').starts_with('\n');
        let before = self.value.as_str().and_then(|text| text.get(..at));
        let breaks = before.map_or(0, |text| text.matches('\n').count());
        self.line + u64::from(cut) + breaks as u64
    }

    /// The text as it stands, whatever it holds; `None` where the value is no text.
    pub fn verbatim(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the value is a table.
    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// The value as a table whose keys are those of `known` (as the tree writes it).
    ///
    /// # Errors
    /// A wrong use: it is no table, or has another key.
    pub fn section(&self, known: &str) -> Result<Section<'a>> {
        let table = self.table()?;
        Section::open(
            self.text,
            self.tree,
            self.key.clone(),
            known,
            self.line,
            table,
        )
    }

    fn open(&self) -> Result<Section<'a>> {
        let table = self.table()?;
        Ok(Section::any(
            self.text,
            self.tree,
            self.key.clone(),
            self.line,
            table,
        ))
    }

    /// The error that this is not what is expected.
    pub fn refuse(&self, expected: impl Display) -> Error {
        Error::usage(format!("found {}", self.shown()))
            .column(self.key.clone())
            .row(self.line)
            .help(format!("expected {expected}"))
    }

    /// A text that holds more than spaces and no control characters; spaces around it are cut.
    pub fn text(&self) -> Result<String> {
        match self.value {
            DeValue::String(text)
                if !text.trim().is_empty() && !text.contains(char::is_control) =>
            {
                Ok(text.trim().to_string())
            }
            DeValue::String(_) => Err(self.refuse("a text of one line that is not empty")),
            _ => Err(self.refuse("a text in quotes")),
        }
    }

    /// A word of a closed list.
    pub fn word<T: FromStr<Err = Error>>(&self) -> Result<T> {
        // The list's own error has no place yet.
        self.text()?
            .parse()
            .map_err(|e: Error| e.column(self.key.clone()).row(self.line))
    }

    /// A finite number for which `fits` holds; `expected` says the same in words.
    pub fn number(&self, expected: &str, fits: impl FnOnce(f64) -> bool) -> Result<f64> {
        let number = match self.value {
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            // Whole numbers beyond 2^53 fit no key here, so that nothing is lost by the cast.
            DeValue::Integer(_) => self.integer().map(|whole| whole as f64),
            _ => None,
        };
        number
            .filter(|&n| n.is_finite() && fits(n))
            .ok_or_else(|| self.refuse(expected))
    }

    /// A whole number within a range; `expected` says the same in words.
    pub fn whole(&self, expected: &str, range: RangeInclusive<u32>) -> Result<u32> {
        let whole = self.integer().and_then(|whole| u32::try_from(whole).ok());
        whole
            .filter(|n| range.contains(n))
            .ok_or_else(|| self.refuse(expected))
    }

    /// `true` or `false`.
    pub fn flag(&self) -> Result<bool> {
        self.value
            .as_bool()
            .ok_or_else(|| self.refuse("true or false, without quotes"))
    }

    /// A day, as a TOML date or as text.
    pub fn day(&self) -> Result<Day> {
        let day = match self.value {
            DeValue::String(text) => text.trim().parse().ok(),
            DeValue::Datetime(at) if at.time.is_none() => at
                .date
                .and_then(|d| Day::of(d.year.into(), d.month.into(), d.day.into())),
            _ => None,
        };
        day.ok_or_else(|| self.refuse("a day like 2026-03-31"))
    }

    /// A list whose values are each read.
    pub fn list<T>(&self, read: impl Fn(&Self) -> Result<T>) -> Result<Vec<T>> {
        let values = self
            .value
            .as_array()
            .ok_or_else(|| self.refuse("a list in [ ]"))?;
        values
            .iter()
            .map(|value| {
                read(&Self {
                    text: self.text,
                    tree: self.tree,
                    key: self.key.clone(),
                    line: line_of(self.text, value),
                    start: value.span().start,
                    value: value.get_ref(),
                })
            })
            .collect()
    }

    fn table(&self) -> Result<&'a DeTable<'a>> {
        self.value
            .as_table()
            .ok_or_else(|| self.refuse(format!("the table [{}]", self.key)))
    }

    fn integer(&self) -> Option<i64> {
        let whole = self.value.as_integer()?;
        i64::from_str_radix(whole.as_str(), whole.radix()).ok()
    }

    /// What the file holds, in short.
    fn shown(&self) -> String {
        match self.value {
            DeValue::String(text) if text.chars().count() > 60 => {
                format!(
                    "'{}…'",
                    text.chars().take(60).collect::<String>().escape_debug()
                )
            }
            DeValue::String(text) => format!("'{}'", text.escape_debug()),
            DeValue::Integer(whole) => whole.to_string(),
            DeValue::Float(float) => float.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(at) => at.to_string(),
            DeValue::Array(list) => format!("a list of {}", list.len()),
            DeValue::Table(_) => "a table".to_string(),
        }
    }
}

/// The tables of a text.
///
/// # Errors
/// A wrong use that names the line: no TOML.
pub fn parse(text: &str) -> Result<Spanned<DeTable<'_>>> {
    DeTable::parse(text).map_err(|e| {
        let error = Error::usage(format!("is no valid TOML: {}", e.message()));
        match e.span() {
            Some(span) => error.row(line_at(text, span.start)),
            None => error,
        }
    })
}

/// The line, counted from 1, on which a part of the text begins.
fn line_at(text: &str, start: usize) -> u64 {
    text.bytes()
        .take(start)
        .filter(|&byte| byte == b'\n')
        .count() as u64
        + 1
}

fn line_of<T>(text: &str, part: &Spanned<T>) -> u64 {
    line_at(text, part.span().start)
}

/// A key below a table, as TOML writes it.
fn joined(table: &str, key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let quoted = if !key.is_empty() && key.chars().all(is_bare) {
        key.to_string()
    } else {
        format!("\"{}\"", key.escape_debug())
    };
    if table.is_empty() {
        quoted
    } else {
        format!("{table}.{quoted}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_shown_as_toml_writes_them() {
        assert_eq!(joined("", "lapsed"), "lapsed");
        assert_eq!(
            joined("specialties", "Heart & Vascular"),
            "specialties.\"Heart & Vascular\""
        );
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!(line_at("a\nb\nc", 0), 1);
        assert_eq!(line_at("a\nb\nc", 2), 2);
        assert_eq!(line_at("a\r\nb", 3), 2);
    }
}
