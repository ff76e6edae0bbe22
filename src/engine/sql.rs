//! What a query selects from.

use std::collections::BTreeSet;

use datafusion::sql::parser::DFParser;
use datafusion::sql::resolve::resolve_table_references;

use crate::base::{Error, Kind, Result};

/// The tables that a query selects from, without its own common table expressions.
pub fn tables_of(name: &str, sql: &str) -> Result<BTreeSet<String>> {
    let failed = |e: datafusion::common::DataFusionError| {
        Error::new(Kind::Usage, format!("query {name} can't be read")).because(e.strip_backtrace())
    };
    let statements = DFParser::parse_sql(sql).map_err(failed)?;
    let mut found = BTreeSet::new();
    for statement in &statements {
        let (tables, _) = resolve_table_references(statement, true).map_err(failed)?;
        found.extend(tables.iter().map(|t| t.table().to_string()));
    }
    Ok(found)
}
