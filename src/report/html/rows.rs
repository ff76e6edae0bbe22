//! A table as the page holds it: the first rows drawn, the rest as JSON for the script. How a cell
//! is written is `cells`' business; sorting and filtering are the reader's.

use catchment_base::{Error, Result, Table};

use super::cells::{Column, HOLLOW, NULL, Sort, UNCLEAR};
use crate::wording;

/// So many rows are drawn; the rest is drawn when asked for.
pub(crate) const DRAWN: usize = 100;

/// The head of a column.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) label: String,
    /// `text`, `number` or `date`.
    pub(crate) sort: &'static str,
    /// Whether it holds the interval of the column before it.
    pub(crate) is_interval: bool,
}

/// A cell as it is drawn.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// The classes of style; empty for none.
    pub(crate) class: &'static str,
}

/// A row as it is drawn.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) first: String,
    pub(crate) cells: Vec<Cell>,
    /// Whether it sums up the others.
    pub(crate) is_sum: bool,
}

/// A table, ready for the page.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) name: String,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Row>,
    /// How many rows the table has.
    pub(crate) total: usize,
    /// The rows that are not drawn, as JSON; empty where all are.
    pub(crate) rest: String,
    /// Whether a rate of few stands in it.
    pub(crate) has_few: bool,
    /// Whether a null stands in it.
    pub(crate) has_null: bool,
}

/// One column of the page: a column of the table, or two that are the ends of an interval.
enum Shown {
    Value(Column, bool),
    Interval(Column, Column),
}

impl Shown {
    fn cell(&self, row: usize) -> String {
        match self {
            Self::Value(column, sums) => {
                let text = column.cell(row);
                if *sums && text == "all" {
                    "All".to_string()
                } else {
                    text
                }
            }
            Self::Interval(low, high) => low.interval(high, row),
        }
    }
}

impl Drawn {
    /// Draws these columns of a table. Fails where it lacks one, or none is named.
    pub(crate) fn new(table: &Table, columns: &[&str]) -> Result<Self> {
        if columns.is_empty() {
            let what = format!("the report shows no column of table {}", table.name());
            return Err(Error::internal(what));
        }
        let (mut heads, mut shown) = (Vec::new(), Vec::new());
        for name in columns {
            let column = Column::new(table, name)?;
            heads.push(Head {
                label: wording::head_in(table.name(), name),
                sort: column.sort.name(),
                is_interval: false,
            });
            shown.push(Shown::Value(column, is_kind(name)));
            let ends = [format!("{name}_low"), format!("{name}_high")];
            let is_listed = ends.iter().any(|end| columns.contains(&end.as_str()));
            if !is_listed && ends.iter().all(|end| table.has(end)) {
                let [low, high] = ends;
                heads.push(Head {
                    label: "95\u{202f}% interval".to_string(),
                    sort: Sort::Number.name(),
                    is_interval: true,
                });
                shown.push(Shown::Interval(
                    Column::new(table, &low)?,
                    Column::new(table, &high)?,
                ));
            }
        }
        let texts: Vec<Vec<String>> = (0..table.rows())
            .map(|row| shown.iter().map(|s| s.cell(row)).collect())
            .collect();
        let any = |is: &dyn Fn(&str) -> bool| texts.iter().flatten().any(|text| is(text));
        let (has_few, has_null) = (any(&|t| t.starts_with(HOLLOW)), any(&|t| t == NULL));
        let total = texts.len();
        let rest = rest(texts.get(DRAWN..).unwrap_or_default())?;
        let rows = texts
            .into_iter()
            .take(DRAWN)
            .map(|texts| Row::new(texts, &heads))
            .collect();
        Ok(Self {
            name: table.name().to_string(),
            heads,
            rows,
            total,
            rest,
            has_few,
            has_null,
        })
    }
}

impl Row {
    fn new(texts: Vec<String>, heads: &[Head]) -> Self {
        let mut texts = texts.into_iter();
        let first = texts.next().unwrap_or_default();
        let cells: Vec<Cell> = texts
            .zip(heads.iter().skip(1))
            .map(|(text, head)| Cell {
                class: class(&text, head),
                text,
            })
            .collect();
        let is_sum = first == "All" || cells.iter().any(|cell| cell.text == "All");
        Self {
            first,
            cells,
            is_sum,
        }
    }
}

/// Whether a column says which kind its row counts, so that `all` there sums up the others.
fn is_kind(column: &str) -> bool {
    matches!(
        column,
        "specialty"
            | "territory"
            | "cohort"
            | "referring_affiliation"
            | "receiving_practice_id"
            | "practice_id"
    )
}

/// The classes of a cell; the script gives the rows that it draws the same ones.
fn class(text: &str, head: &Head) -> &'static str {
    let is_quiet = text == NULL || text == UNCLEAR || text.starts_with(HOLLOW) || head.is_interval;
    match (head.sort == Sort::Text.name(), is_quiet) {
        (true, false) => "",
        (true, true) => "quiet",
        (false, false) => "right",
        (false, true) => "right quiet",
    }
}

/// The rows as JSON that no text of theirs can break out of.
fn rest(rows: &[Vec<String>]) -> Result<String> {
    if rows.is_empty() {
        return Ok(String::new());
    }
    let json = serde_json::to_string(rows)
        .map_err(|e| Error::internal("the rows of a table can't be written as JSON").because(e))?;
    Ok(json
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use catchment_base::TableBuilder;

    fn table(rows: usize) -> Table {
        let names = (0..rows).map(|row| {
            Some(if row == 0 {
                "all".into()
            } else {
                format!("</script>{row}")
            })
        });
        TableBuilder::new("t")
            .text("specialty", names)
            .int("n", (0..rows).map(|row| Some(row as i64)))
            .real("leakage", (0..rows).map(|_| Some(0.5)))
            .real("leakage_low", (0..rows).map(|_| Some(0.4)))
            .real("leakage_high", (0..rows).map(|_| Some(0.6)))
            .finish()
            .unwrap()
    }

    #[test]
    fn long_tables_are_drawn_in_part_and_kept_whole() {
        let drawn = Drawn::new(&table(102), &["specialty", "n", "leakage"]).unwrap();
        assert_eq!((drawn.rows.len(), drawn.total), (100, 102));
        let rest: Vec<Vec<String>> = serde_json::from_str(&drawn.rest).unwrap();
        assert_eq!(
            rest[1],
            ["</script>101", "101", "50.0\u{202f}%", "40.0–60.0\u{202f}%"]
        );
        assert!(!drawn.rest.contains('<'));
        assert!(drawn.rows[0].is_sum && !drawn.rows[1].is_sum);
        assert!(drawn.has_few && !drawn.has_null);
    }

    #[test]
    fn an_interval_that_is_listed_does_not_come_twice() {
        let drawn = Drawn::new(&table(1), &["n", "leakage", "leakage_low"]).unwrap();
        let labels: Vec<&str> = drawn.heads.iter().map(|h| h.label.as_str()).collect();
        assert_eq!(labels, ["Referrals (n)", "Leakage", "Leakage low"]);
        assert!(drawn.rest.is_empty());
    }

    #[test]
    fn no_column_is_an_error() {
        assert!(Drawn::new(&table(1), &[]).is_err());
    }
}
