//! Where a number came from: the definition of a cell of a result table, the query behind it with its
//! bound values, what went in, and the rows. Printing is the command line's.

use crate::base::config::nearest;
use crate::base::progress::Silent;
use crate::base::{Error, Quarter, Result, Table, Workspace};
use crate::engine::{Engine, Parameters, Value};
use crate::marts::{Catalogue, Explanation, Warehouse};

/// The method pages, by name.
static METHODS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// A row of a result table, explained.
#[derive(Debug)]
pub struct Explained {
    /// The result table.
    pub table: String,
    /// The key's columns with their values.
    pub key: Vec<(String, String)>,
    /// The row of the result table.
    pub row: Table,
    /// What the table is, in a sentence or more.
    pub definition: String,
    /// The SQL of the mart of the table's name; of the rows' query where there is none.
    pub sql: String,
    /// The values of its placeholders.
    pub bound: Parameters,
    /// The marts that the rows come from, each after what it selects from, with their numbers of rows.
    pub inputs: Vec<(String, i64)>,
    /// What the rows are.
    pub title: String,
    /// The rows, pseudonymous.
    pub rows: Table,
    /// The sums of columns of the rows that make up columns of the table.
    pub sums: Vec<(String, i64)>,
}

/// The text of a method page.
///
/// # Errors
/// A wrong use where there is none of this name.
pub fn method(name: &str) -> Result<&'static str> {
    let found = METHODS.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text).ok_or_else(|| {
        let error = Error::usage(format!("there is no method page '{name}'"));
        match nearest(name, METHODS.iter().map(|(known, _)| *known)) {
            Some(near) => error.help(format!("did you mean '{near}'?")),
            None => error.help("a page has the name of its table"),
        }
    })
}

/// Explains the row of a table with this key: its parts in the order of the table's key. A missing
/// last quarter is the run's.
///
/// # Errors
/// A wrong use where the table, or a row with that key, is not there; each names what is near.
pub fn explain(
    warehouse: &Warehouse<'_>,
    engine: &Engine,
    workspace: &Workspace,
    quarter: Quarter,
    (table, key): (&str, &[String]),
) -> Result<Explained> {
    let catalogue = warehouse.catalogue();
    let explanation = explanation_of(catalogue, table)?;
    let key = key_of(explanation, key, quarter)?;
    let row = row_of(engine, workspace, quarter, (table, &key))?;
    let mut parameters = warehouse.parameters().clone();
    let values = key
        .iter()
        .map(|(name, text)| (name.clone(), Value::Text(text.clone())));
    parameters.extend(values);
    let marts: Vec<&str> = explanation.inputs.iter().map(String::as_str).collect();
    warehouse.build(&marts, &Silent)?;
    let rows = engine.query("explained rows", &explanation.sql, &parameters)?;
    let mart = catalogue.get(table);
    let placed = |name: &String| key.iter().any(|(column, _)| column == name);
    let in_mart = mart.is_some();
    let bound = parameters
        .into_iter()
        .filter(|(name, _)| !in_mart || !placed(name));
    Ok(Explained {
        definition: mart
            .map_or(&explanation.title, |mart| &mart.definition)
            .clone(),
        sql: mart.map_or(&explanation.sql, |mart| &mart.sql).clone(),
        bound: bound.collect(),
        inputs: inputs(warehouse, engine, &marts)?,
        title: explanation.title.clone(),
        sums: sums(explanation, &rows)?,
        table: table.to_string(),
        key,
        row,
        rows,
    })
}

fn explanation_of<'c>(catalogue: &'c Catalogue, table: &str) -> Result<&'c Explanation> {
    catalogue.explanation(table).ok_or_else(|| {
        let names = catalogue.explanations().map(|known| known.table.as_str());
        let error = Error::usage(format!("no rows are known behind a table '{table}'"));
        match nearest(table, names) {
            Some(near) => error.help(format!("did you mean '{near}'?")),
            None => error.help("name a result table of the run"),
        }
    })
}

fn key_of(
    explanation: &Explanation,
    given: &[String],
    quarter: Quarter,
) -> Result<Vec<(String, String)>> {
    let columns = &explanation.key;
    let mut given = given.to_vec();
    if given.len() + 1 == columns.len() && columns.last().is_some_and(|last| last == "quarter") {
        given.push(quarter.to_string());
    }
    if given.len() != columns.len() {
        let shape = columns.join(" ").to_uppercase();
        return Err(Error::usage(format!(
            "{} has {} key columns, not {}",
            explanation.table,
            columns.len(),
            given.len()
        ))
        .help(format!(
            "write: catchment explain {} {shape}",
            explanation.table
        )));
    }
    Ok(columns.iter().cloned().zip(given).collect())
}

/// The row of the run's table; its key as the table writes it.
fn row_of(
    engine: &Engine,
    workspace: &Workspace,
    quarter: Quarter,
    (name, key): (&str, &[(String, String)]),
) -> Result<Table> {
    let file = workspace
        .out(quarter)
        .join(format!("tables/{name}.parquet"));
    if !file.is_file() {
        return Err(Error::usage(format!("{name} of {quarter} is not made yet"))
            .help(format!("run first: catchment run --quarter {quarter}")));
    }
    engine.register_file("explained_table", &file)?;
    let mut left = engine.query(name, "select * from explained_table", &Parameters::new())?;
    engine.forget("explained_table")?;
    for (column, value) in key {
        let cells: Vec<String> = (0..left.rows())
            .map(|row| left.cell(column, row))
            .collect::<Result<_>>()?;
        let rows: Vec<usize> = (0..left.rows())
            .filter(|row| cells[*row] == *value)
            .collect();
        if rows.is_empty() {
            let error = Error::usage(format!("{name} has no row with {column} '{value}'"));
            let near = nearest(value, cells.iter().map(String::as_str));
            return Err(match near {
                Some(near) => error.help(format!("did you mean '{near}'?")),
                None => error.help(format!("'catchment query {name}' shows its rows")),
            });
        }
        left = left.pick(&rows)?;
    }
    Ok(left)
}

/// The marts behind these, themselves included, with their numbers of rows.
fn inputs(
    warehouse: &Warehouse<'_>,
    engine: &Engine,
    marts: &[&str],
) -> Result<Vec<(String, i64)>> {
    let order = warehouse.catalogue().order(marts)?;
    let count = |name: &str| -> Result<i64> {
        let sql = format!("select count(*) as n from {name}");
        let table = engine.query(name, &sql, &Parameters::new())?;
        Ok(table.counts("n")?.first().copied().unwrap_or(0))
    };
    order
        .into_iter()
        .map(|mart| Ok((mart.name.clone(), count(&mart.name)?)))
        .collect()
}

fn sums(explanation: &Explanation, rows: &Table) -> Result<Vec<(String, i64)>> {
    let adds = explanation.adds.iter().filter(|column| *column != "none");
    adds.map(|column| Ok((column.clone(), rows.counts(column)?.iter().sum())))
        .collect()
}
