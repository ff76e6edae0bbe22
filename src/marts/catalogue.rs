//! The marts: embedded SQL files, and a user's own that take precedence or stand beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::explanation::Explanation;
use crate::base::{Error, Result};
use crate::engine::tables_of;
use crate::network::order;

/// The files of queries/: shelf, name, text.
static QUERIES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/queries.rs"));

/// The shelf of the queries behind single cells.
const EXPLAIN: &str = "explain";

/// One SQL file and what its head says.
#[derive(Debug, Clone)]
pub struct Mart {
    /// Its name, which is its file's.
    pub name: String,
    /// staging, intermediate or results.
    pub shelf: String,
    /// One line that says what it is.
    pub title: String,
    /// The columns that make a row unique.
    pub grain: Vec<String>,
    /// What it means, in sentences.
    pub definition: String,
    /// Conditions that every row must meet.
    pub checks: Vec<String>,
    /// The query.
    pub sql: String,
    /// The tables that it selects from.
    pub inputs: BTreeSet<String>,
}

/// Every mart by name, and the explanations of result tables.
#[derive(Debug, Clone)]
pub struct Catalogue {
    marts: BTreeMap<String, Mart>,
    explanations: BTreeMap<String, Explanation>,
}

impl Catalogue {
    /// The program's marts and explanations, and those of a folder with the same shelves.
    ///
    /// # Errors
    /// A wrong use where a file's head or SQL can't be read.
    pub fn read(own: &Path) -> Result<Self> {
        let mut catalogue = Self {
            marts: BTreeMap::new(),
            explanations: BTreeMap::new(),
        };
        for (shelf, name, sql) in QUERIES {
            catalogue.put(shelf, name, sql)?;
        }
        for shelf in ["staging", "intermediate", "results", EXPLAIN] {
            let folder = own.join(shelf);
            let Ok(entries) = std::fs::read_dir(&folder) else {
                continue;
            };
            let mut files: Vec<_> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
            files.sort();
            for file in files
                .iter()
                .filter(|f| f.extension().is_some_and(|e| e == "sql"))
            {
                let sql = std::fs::read_to_string(file)
                    .map_err(|e| Error::io("can't be read", file, e))?;
                let name = file
                    .file_stem()
                    .map(|n| n.to_string_lossy().into_owned())
                    .unwrap_or_default();
                catalogue.put(shelf, &name, &sql).map_err(|e| e.at(file))?;
            }
        }
        Ok(catalogue)
    }

    /// Puts a file on its shelf, in the place of an earlier one of its name.
    fn put(&mut self, shelf: &str, name: &str, sql: &str) -> Result<()> {
        if shelf == EXPLAIN {
            for explanation in Explanation::parse(name, sql)? {
                let table = explanation.table.clone();
                self.explanations.insert(table, explanation);
            }
        } else {
            let mart = parse(shelf, name, sql)?;
            self.marts.insert(name.to_string(), mart);
        }
        Ok(())
    }

    /// The query behind the cells of a result table.
    pub fn explanation(&self, table: &str) -> Option<&Explanation> {
        self.explanations.get(table)
    }

    /// Every explanation, by the table's name.
    pub fn explanations(&self) -> impl Iterator<Item = &Explanation> {
        self.explanations.values()
    }

    /// A mart by its name.
    pub fn get(&self, name: &str) -> Option<&Mart> {
        self.marts.get(name)
    }

    /// Every mart, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Mart> {
        self.marts.values()
    }

    /// The marts that select from one, at first or second hand, but not past those of `whole`.
    pub fn below(&self, mart: &str, whole: &[&str]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![mart];
        while let Some(name) = open.pop() {
            for below in self.marts.values().filter(|m| m.inputs.contains(name)) {
                if !whole.contains(&below.name.as_str()) && found.insert(below.name.clone()) {
                    open.push(&below.name);
                }
            }
        }
        found
    }

    /// The marts that are needed for these, themselves included, each after what it selects from.
    /// A cycle is an error that names it.
    pub fn order(&self, wanted: &[&str]) -> Result<Vec<&Mart>> {
        let dependencies: BTreeMap<String, BTreeSet<String>> = self
            .marts
            .values()
            .map(|m| (m.name.clone(), m.inputs.clone()))
            .collect();
        let needed = order::closure(&dependencies, wanted);
        let dependencies = dependencies
            .into_iter()
            .filter(|(name, _)| needed.contains(name))
            .collect();
        let names = order::order(&dependencies).map_err(|cycle| {
            Error::usage(format!(
                "the marts select from each other in a circle: {cycle}"
            ))
            .help("break the circle in one of these SQL files")
        })?;
        Ok(names
            .iter()
            .filter_map(|name| self.marts.get(name))
            .collect())
    }
}

/// The parts of a text that a character divides, trimmed, without empty ones.
pub(super) fn list(text: String, by: char) -> Vec<String> {
    text.split(by)
        .map(|s| s.trim().to_string())
        .filter(|s| !s.is_empty())
        .collect()
}

fn parse(shelf: &str, name: &str, text: &str) -> Result<Mart> {
    let head = head_of(text);
    let part = |key: &str| head.get(key).cloned().unwrap_or_default();
    let grain = list(part("grain"), ',');
    if grain.is_empty() {
        return Err(Error::usage(format!("mart {name} does not say its grain"))
            .help("begin the file with a comment line such as '-- grain: practice_id, quarter'"));
    }
    Ok(Mart {
        name: name.to_string(),
        shelf: shelf.to_string(),
        title: part("title"),
        grain,
        definition: part("definition"),
        checks: list(part("checks"), ';'),
        sql: text.to_string(),
        inputs: tables_of(name, text)?,
    })
}

/// The parts of a head comment: `-- key: text`, continued by lines that are indented further.
pub(super) fn head_of(text: &str) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines() {
        let Some(line) = line.strip_prefix("--") else {
            break;
        };
        match line.split_once(':') {
            Some((key, value)) if !line.starts_with("  ") && !key.trim().contains(' ') => {
                last = key.trim().to_string();
                parts.insert(last.clone(), value.trim().to_string());
            }
            _ => {
                let part = parts.entry(last.clone()).or_default();
                part.push(' ');
                part.push_str(line.trim());
            }
        }
    }
    parts
}
