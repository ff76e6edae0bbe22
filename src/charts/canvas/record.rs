//! One row of a result table, read by column: values, intervals and changes as charts need them.

use arrow::array::Array;
use catchment_base::{Result, Table};

use super::words::{Change, Interval};

/// A row of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    table: &'a Table,
    row: usize,
}

/// The rows of a table in their order.
pub(crate) fn records(table: &Table) -> impl Iterator<Item = Record<'_>> {
    (0..table.rows()).map(move |row| Record { table, row })
}

impl Record<'_> {
    /// A text, empty where there is none.
    pub(crate) fn text(&self, column: &str) -> Result<String> {
        let values = self.table.text(column)?;
        let known = values.is_valid(self.row);
        Ok(if known {
            values.value(self.row).to_string()
        } else {
            String::new()
        })
    }

    /// A name; where there is none, the text of another column in its place.
    pub(crate) fn name(&self, column: &str, instead: &str) -> Result<String> {
        let name = self.text(column)?;
        if name.is_empty() {
            self.text(instead)
        } else {
            Ok(name)
        }
    }

    /// A count.
    pub(crate) fn int(&self, column: &str) -> Result<Option<i64>> {
        let values = self.table.int(column)?;
        Ok(values.is_valid(self.row).then(|| values.value(self.row)))
    }

    /// A number; a count is widened.
    pub(crate) fn real(&self, column: &str) -> Result<Option<f64>> {
        match self.table.real(column) {
            Ok(values) => Ok(values.is_valid(self.row).then(|| values.value(self.row))),
            Err(error) => match self.int(column) {
                Ok(count) => Ok(count.map(|count| count as f64)),
                Err(_) => Err(error),
            },
        }
    }

    /// A flag.
    pub(crate) fn flag(&self, column: &str) -> Result<Option<bool>> {
        let values = self.table.flag(column)?;
        Ok(values.is_valid(self.row).then(|| values.value(self.row)))
    }

    /// The interval of a column, from its `_low` and `_high`.
    pub(crate) fn interval(&self, column: &str) -> Result<Interval> {
        let (low, high) = (format!("{column}_low"), format!("{column}_high"));
        Ok(self.real(&low)?.zip(self.real(&high)?))
    }

    /// A change with what may be said of it; `none` is the value of no change.
    pub(crate) fn change(&self, column: &str, none: f64) -> Result<Change> {
        let q = self.real(&format!("{column}_q"))?;
        Ok(Change::judge(
            self.real(column)?,
            self.interval(column)?,
            q,
            none,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catchment_base::TableBuilder;

    #[test]
    fn reads_values_and_what_is_not_there() {
        let table = TableBuilder::new("t")
            .text("name", [Some("a"), None])
            .text("id", [Some("1"), Some("2")])
            .int("n", [Some(3), None])
            .real("x", [Some(0.5), None])
            .real("x_low", [Some(0.1), Some(0.2)])
            .real("x_high", [Some(0.9), None])
            .real("x_q", [Some(0.01), None])
            .flag("ours", [Some(true), None])
            .finish()
            .unwrap();
        let rows: Vec<Record<'_>> = records(&table).collect();
        let (first, second) = (rows[0], rows[1]);
        assert_eq!(first.name("name", "id").unwrap(), "a");
        assert_eq!(second.name("name", "id").unwrap(), "2");
        assert_eq!(
            (first.real("n").unwrap(), second.real("n").unwrap()),
            (Some(3.0), None)
        );
        assert_eq!(first.interval("x").unwrap(), Some((0.1, 0.9)));
        assert_eq!(second.interval("x").unwrap(), None);
        assert_eq!(first.change("x", 0.0).unwrap(), Change::Clear(0.5));
        assert_eq!(second.change("x", 0.0).unwrap(), Change::Missing);
        assert_eq!(
            (first.flag("ours").unwrap(), second.flag("ours").unwrap()),
            (Some(true), None)
        );
        assert!(first.real("name").is_err() && first.int("nothing").is_err());
    }
}
