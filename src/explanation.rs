//! Where a number came from: the definition of a cell of a result table, the query behind it with its
//! bound values, what went in, and the rows. Printing is the command line's.

use std::collections::BTreeSet;

use crate::base::config::nearest;
use crate::base::progress::Silent;
use crate::base::{Day, Error, Quarter, Result, Table, Workspace};
use crate::engine::{Engine, Parameters, Value};
use crate::marts::{Catalogue, Explanation, Rule, Warehouse};

/// The method pages, by name.
static METHODS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// What the name of a result table of the run begins with where an explanation selects from it.
const RESULT: &str = "result_";

/// A column of the table as its rows give it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// The table's column.
    pub column: String,
    /// What it is made of, in a few words.
    pub made_of: String,
    /// Its value by the rows; none where they give none.
    pub value: Option<Value>,
}

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
    /// The tables that the rows come from, each after what it selects from, with their numbers of rows.
    pub inputs: Vec<(String, i64)>,
    /// What the rows are.
    pub title: String,
    /// The rows, pseudonymous.
    pub rows: Table,
    /// The columns of the table that the rows give again.
    pub numbers: Vec<Number>,
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
    let parameters = parameters(warehouse, workspace, &key)?;
    let results = Results::register(engine, workspace, quarter, explanation)?;
    let marts: Vec<&str> = explanation.inputs.iter().map(String::as_str).collect();
    warehouse.build(&marts, &Silent)?;
    let rows = engine.query("explained rows", &explanation.sql, &parameters)?;
    let inputs = inputs(warehouse, engine, &marts)?;
    results.forget(engine)?;
    let mart = catalogue.get(table);
    // The mart makes all rows of the table at once: it has nothing of the key and the settings.
    let bound = match mart {
        Some(_) => warehouse.parameters().clone(),
        None => used(parameters, &explanation.sql),
    };
    Ok(Explained {
        definition: mart
            .map_or(&explanation.title, |mart| &mart.definition)
            .clone(),
        sql: mart.map_or(&explanation.sql, |mart| &mart.sql).clone(),
        bound,
        inputs,
        title: explanation.title.clone(),
        numbers: numbers(explanation, &rows, &row)?,
        table: table.to_string(),
        key,
        row,
        rows,
    })
}

/// What the placeholders are bound to: the warehouse's values, the key, and the settings that a
/// finding reckons with beyond its marts.
fn parameters(
    warehouse: &Warehouse<'_>,
    workspace: &Workspace,
    key: &[(String, String)],
) -> Result<Parameters> {
    let mut parameters = warehouse.parameters().clone();
    let visits = workspace.config()?.overflow.visits_per_referral;
    parameters.insert("visits_per_referral".into(), Value::Real(visits));
    let values = key
        .iter()
        .map(|(name, text)| (name.clone(), Value::Text(text.clone())));
    parameters.extend(values);
    Ok(parameters)
}

/// Those of the values whose placeholder stands in the query.
fn used(parameters: Parameters, sql: &str) -> Parameters {
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    let names: BTreeSet<&str> = sql
        .split('$')
        .skip(1)
        .filter_map(|rest| rest.split(|c| !in_name(c)).next())
        .collect();
    let stands = |(name, _): &(String, Value)| names.contains(name.as_str());
    parameters.into_iter().filter(stands).collect()
}

/// The run's own tables that an explanation selects from, registered.
struct Results(Vec<String>);

impl Results {
    fn register(
        engine: &Engine,
        workspace: &Workspace,
        quarter: Quarter,
        explanation: &Explanation,
    ) -> Result<Self> {
        let mut names = Vec::new();
        for input in &explanation.inputs {
            if let Some(table) = input.strip_prefix(RESULT) {
                register_result(engine, workspace, quarter, (table, input))?;
                names.push(input.clone());
            }
        }
        Ok(Self(names))
    }

    fn forget(&self, engine: &Engine) -> Result<()> {
        self.0.iter().try_for_each(|name| engine.forget(name))
    }
}

/// Registers a table of the quarter's run under a name.
fn register_result(
    engine: &Engine,
    workspace: &Workspace,
    quarter: Quarter,
    (table, name): (&str, &str),
) -> Result<()> {
    let folder = workspace.out(quarter).join("tables");
    let file = folder.join(format!("{table}.parquet"));
    if !file.is_file() {
        return Err(
            Error::usage(format!("{table} of {quarter} is not made yet"))
                .help(format!("run first: catchment run --quarter {quarter}")),
        );
    }
    engine.register_file(name, &file)
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
    let alias = "explained_table";
    register_result(engine, workspace, quarter, (name, alias))?;
    let mut left = engine.query(name, "select * from explained_table", &Parameters::new())?;
    engine.forget(alias)?;
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

/// The tables behind these, themselves included, with their numbers of rows. Small tables of the
/// configuration are left out.
fn inputs(
    warehouse: &Warehouse<'_>,
    engine: &Engine,
    tables: &[&str],
) -> Result<Vec<(String, i64)>> {
    let marts = warehouse.catalogue().order(tables)?;
    let of_nobody = |name: &&str| name.starts_with(RESULT) || name.starts_with("lake_");
    let others = tables.iter().copied().filter(of_nobody);
    let names = others.chain(marts.into_iter().map(|mart| mart.name.as_str()));
    let count = |name: &str| -> Result<i64> {
        let sql = format!("select count(*) as n from {name}");
        let table = engine.query(name, &sql, &Parameters::new())?;
        Ok(table.counts("n")?.first().copied().unwrap_or(0))
    };
    names
        .map(|name| Ok((name.to_string(), count(name)?)))
        .collect()
}

/// The columns of the table's row as the rows give them again.
fn numbers(explanation: &Explanation, rows: &Table, row: &Table) -> Result<Vec<Number>> {
    let added = explanation.adds.iter().map(|column| {
        Ok(Number {
            column: column.clone(),
            made_of: "the sum of the rows".to_string(),
            value: sum(rows, column)?,
        })
    });
    let given = explanation.gives.iter().map(|(column, rule)| {
        let (made_of, value) = given(rule, rows, row)?;
        Ok(Number {
            column: column.clone(),
            made_of,
            value,
        })
    });
    added.chain(given).collect()
}

/// The sum of a column: of counts a count (0 where there is no row, none where no row has one), of
/// numbers a number (none where there is none).
fn sum(rows: &Table, column: &str) -> Result<Option<Value>> {
    if let Ok(counts) = rows.ints(column) {
        let is_known = counts.is_empty() || counts.iter().any(Option::is_some);
        return Ok(is_known.then(|| Value::Int(counts.into_iter().flatten().sum())));
    }
    let numbers: Vec<f64> = rows.reals(column)?.into_iter().flatten().collect();
    Ok((!numbers.is_empty()).then(|| Value::Real(numbers.iter().sum())))
}

fn given(rule: &Rule, rows: &Table, row: &Table) -> Result<(String, Option<Value>)> {
    let day = |day: Option<Day>| day.map(Value::Day);
    Ok(match rule {
        Rule::Least(column) => {
            let least = rows.days(column)?.into_iter().flatten().min();
            (format!("the least {column}"), day(least))
        }
        Rule::Greatest(column) => {
            let greatest = rows.days(column)?.into_iter().flatten().max();
            (format!("the greatest {column}"), day(greatest))
        }
        Rule::Distinct(column) => {
            let cells = (0..rows.rows()).map(|at| rows.cell(column, at));
            let mut different = cells.collect::<Result<BTreeSet<String>>>()?;
            different.remove("");
            let count = Value::Int(different.len() as i64);
            (format!("the different {column}"), Some(count))
        }
        Rule::Ratio(over, under) => {
            let (over_of, under_of) = (end(over, rows, row)?, end(under, rows, row)?);
            let value = over_of.zip(under_of.filter(|under| *under != 0.0));
            let ratio = value.map(|(over, under)| Value::Real(over / under));
            let words = format!("{} / {}", shown(over, over_of), shown(under, under_of));
            (words, ratio)
        }
    })
}

/// An end of a ratio: the sum of a column of the rows, else the table's own, else a number.
fn end(name: &str, rows: &Table, row: &Table) -> Result<Option<f64>> {
    if rows.has(name) {
        return Ok(sum(rows, name)?.and_then(|value| match value {
            Value::Int(count) => Some(count as f64),
            Value::Real(number) => Some(number),
            Value::Text(_) | Value::Day(_) | Value::Flag(_) => None,
        }));
    }
    if row.has(name) {
        return Ok(row.reals(name)?.first().copied().flatten());
    }
    let number = name.parse::<f64>();
    number
        .map(Some)
        .map_err(|_| Error::internal(format!("the rows have no column {name} to divide")))
}

/// An end of a ratio in words; a plain number says itself.
fn shown(name: &str, value: Option<f64>) -> String {
    match value {
        _ if name.parse::<f64>().is_ok() => name.to_string(),
        Some(value) if value.fract() == 0.0 => format!("{name} {value}"),
        Some(value) => format!("{name} {value:.3}"),
        None => format!("{name} none"),
    }
}
