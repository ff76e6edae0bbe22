//! The head of a query that explains a cell: what its rows are, its key, and what they add up to.
//! Running it is left to the room that explains.

use std::collections::BTreeSet;

use super::catalogue::{head_of, list};
use crate::base::{Error, Result};
use crate::engine::tables_of;

/// The query behind a cell of a result table: the rows that it was made of.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The result table's name.
    pub table: String,
    /// What the rows are.
    pub title: String,
    /// The columns of the table's key, in the order in which a person gives them; each is a
    /// placeholder of the query, bound as text.
    pub key: Vec<String>,
    /// Columns of the rows, counts or numbers, that add up to the table's columns of the same names.
    pub adds: Vec<String>,
    /// Columns of the table that the rows give otherwise.
    pub gives: Vec<(String, Rule)>,
    /// The query.
    pub sql: String,
    /// The tables that it selects from: marts, the lake's, and the run's own as `result_NAME`.
    pub inputs: BTreeSet<String>,
}

/// How rows give a column of the table, where they don't add up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// One sum over another. An end is a column of the rows, else a column of the table's own row,
    /// else a number.
    Ratio(String, String),
    /// The least of a column of days.
    Least(String),
    /// The greatest of a column of days.
    Greatest(String),
    /// How many different texts or days a column has.
    Distinct(String),
}

impl Explanation {
    /// Reads a query and its head: one for each of the tables that the head names as `tables`, or for the
    /// one with the file's name.
    ///
    /// # Errors
    /// A wrong use where the head has no title, key or adds, or a rule that can't be read.
    pub(super) fn parse(file: &str, text: &str) -> Result<Vec<Self>> {
        let tables = head_of(text).get("tables").cloned();
        list(tables.unwrap_or_else(|| file.to_string()), ',')
            .iter()
            .map(|table| Self::of(table, text))
            .collect()
    }

    fn of(table: &str, text: &str) -> Result<Self> {
        let head = head_of(text);
        let part = |name: &str| {
            let found = head.get(name).filter(|part| !part.is_empty());
            found.cloned().ok_or_else(|| {
                Error::usage(format!("explanation {table} does not say its {name}")).help(format!(
                    "begin the file with comment lines; one of them is '-- {name}: ...'"
                ))
            })
        };
        let rules = list(head.get("gives").cloned().unwrap_or_default(), ';');
        let rule = |text: &String| {
            Rule::read(text).ok_or_else(|| {
                Error::usage(format!(
                    "explanation {table} gives '{text}', which is no rule"
                ))
                .help("write 'column = a / b', or 'column = least a', 'greatest a' or 'distinct a'")
            })
        };
        let mut adds = list(part("adds")?, ',');
        adds.retain(|column| column != "none");
        Ok(Self {
            table: table.to_string(),
            title: part("title")?,
            key: list(part("key")?, ','),
            adds,
            gives: rules.iter().map(rule).collect::<Result<_>>()?,
            sql: text.to_string(),
            inputs: tables_of(table, text)?,
        })
    }
}

impl Rule {
    fn read(text: &str) -> Option<(String, Self)> {
        let (column, rule) = text.split_once('=')?;
        let words: Vec<&str> = rule.split_whitespace().collect();
        let rule = match words.as_slice() {
            [over, "/", under] => Self::Ratio((*over).to_string(), (*under).to_string()),
            ["least", of] => Self::Least((*of).to_string()),
            ["greatest", of] => Self::Greatest((*of).to_string()),
            ["distinct", of] => Self::Distinct((*of).to_string()),
            _ => return None,
        };
        Some((column.trim().to_string(), rule))
    }
}
