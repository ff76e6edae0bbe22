//! One cell of a table as people read it, from the column's metric and type. Which columns and rows
//! are shown is decided by others; nothing is computed.

use catchment_base::metrics::{self, Metric, Unit};
use catchment_base::{Day, Error, Result, Table, units};

use crate::wording;

/// What stands where a value is null.
pub(crate) const NULL: &str = "–";
/// What stands where a change's interval holds no change, or its q-value is 0.05 or more.
pub(crate) const UNCLEAR: &str = "no clear change";
/// What stands before a rate with fewer than `FEW` behind it.
pub(crate) const HOLLOW: &str = "○";
/// Below this denominator a rate is marked.
const FEW: i64 = 30;
/// Level below which a q-value counts.
const LEVEL: f64 = 0.05;

/// How a column is sorted and aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Words, left.
    Text,
    /// Numbers, right.
    Number,
    /// Days and months, right.
    Date,
}

impl Sort {
    /// The name that style and script know it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
        }
    }
}

/// The values of a column by its type.
enum Values {
    Texts(Vec<Option<String>>),
    Ints(Vec<Option<i64>>),
    Reals(Vec<Option<f64>>),
    Days(Vec<Option<Day>>),
    Flags(Vec<Option<bool>>),
}

/// What is said of a change: its ends and its q-value, and the value that means none.
struct Change {
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    q: Vec<Option<f64>>,
    none: f64,
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain(Option<Unit>),
    /// A difference of shares.
    Points,
    /// A ratio of counts, as the change that it means.
    RatioChange,
}

/// A column of a table, ready to be written cell by cell.
pub(crate) struct Column {
    pub(crate) sort: Sort,
    form: Form,
    /// Decimals of a measure: one, or none where the whole column is whole.
    places: usize,
    is_key: bool,
    values: Values,
    change: Option<Change>,
    denominator: Option<Vec<Option<i64>>>,
}

impl Column {
    /// Reads a column. Fails where the table lacks it.
    pub(crate) fn new(table: &Table, name: &str) -> Result<Self> {
        let metric = metrics::find(name);
        let form = form(name, metric);
        let values = values(table, name)?;
        let unit = metric.map(|m| m.unit);
        let sort = match (&values, unit) {
            (Values::Days(_), _) | (_, Some(Unit::Month)) => Sort::Date,
            (Values::Ints(_) | Values::Reals(_), _) => Sort::Number,
            _ => Sort::Text,
        };
        let is_share = unit == Some(Unit::Share) && form == Form::Plain(unit);
        let denominator = match metric
            .filter(|_| is_share)
            .and_then(|m| denominator(table, name, m))
        {
            Some(column) => Some(table.ints(&column)?),
            None => None,
        };
        let change = match form {
            Form::Plain(_) => None,
            Form::Points => Some(Change::read(table, name, 0.0)?),
            Form::RatioChange => Some(Change::read(table, name, 1.0)?),
        };
        let whole =
            matches!(&values, Values::Reals(v) if v.iter().flatten().all(|v| v.fract() == 0.0));
        Ok(Self {
            sort,
            form,
            places: usize::from(!whole),
            is_key: is_key(name),
            values,
            change,
            denominator,
        })
    }

    /// A cell; null is a dash, an unclear change says so, and a rate of few is marked.
    pub(crate) fn cell(&self, row: usize) -> String {
        if self
            .change
            .as_ref()
            .is_some_and(|change| change.is_unclear(row))
            && !self.is_null(row)
        {
            return UNCLEAR.to_string();
        }
        let text = self.value(row);
        let few = self
            .denominator
            .as_ref()
            .and_then(|n| at(n, row))
            .is_some_and(|n| n < FEW);
        if few && text != NULL {
            format!("{HOLLOW} {text}")
        } else {
            text
        }
    }

    /// Both ends of an interval as one text: `34.1–48.9 %`, with the word "to" between signs.
    pub(crate) fn interval(&self, high: &Self, row: usize) -> String {
        let (low, high) = (self.value(row), high.value(row));
        if low == NULL && high == NULL {
            return NULL.to_string();
        }
        for unit in ["\u{202f}%", " points"] {
            if let (Some(stem), true) = (low.strip_suffix(unit), high.ends_with(unit)) {
                return joined(stem, &high);
            }
        }
        joined(&low, &high)
    }

    fn is_null(&self, row: usize) -> bool {
        self.value(row) == NULL
    }

    fn value(&self, row: usize) -> String {
        let said = match &self.values {
            Values::Texts(values) => values
                .get(row)
                .and_then(Option::as_deref)
                .map(|v| self.text(v)),
            Values::Ints(values) => at(values, row).map(|v| self.int(v)),
            Values::Reals(values) => at(values, row).map(|v| real(v, self.form, self.places)),
            Values::Days(values) => at(values, row).map(wording::day),
            Values::Flags(values) => {
                at(values, row).map(|v| if v { "yes" } else { "no" }.to_string())
            }
        };
        said.filter(|text| !text.is_empty())
            .unwrap_or_else(|| NULL.to_string())
    }

    fn text(&self, value: &str) -> String {
        match self.form {
            Form::Plain(Some(Unit::Quarter)) => wording::quarter(value),
            Form::Plain(Some(Unit::Month)) => wording::month(value),
            _ if self.is_key => value.to_string(),
            _ => phrase(value),
        }
    }

    fn int(&self, value: i64) -> String {
        match self.form {
            // Numbers that name things have no separators.
            Form::Plain(Some(Unit::Label)) => value.to_string(),
            Form::Plain(Some(Unit::Share | Unit::Ratio)) | Form::Points | Form::RatioChange => {
                real(value as f64, self.form, self.places)
            }
            Form::Plain(_) => units::count(value),
        }
    }
}

impl Change {
    fn read(table: &Table, name: &str, none: f64) -> Result<Self> {
        let end = |suffix: &str| {
            let column = format!("{name}{suffix}");
            if table.has(&column) {
                table.reals(&column)
            } else {
                Ok(Vec::new())
            }
        };
        Ok(Self {
            low: end("_low")?,
            high: end("_high")?,
            q: end("_q")?,
            none,
        })
    }

    /// Without an interval nothing is clear. Summary rows have no q-value and are judged by the
    /// interval alone.
    fn is_unclear(&self, row: usize) -> bool {
        let (Some(low), Some(high)) = (at(&self.low, row), at(&self.high, row)) else {
            return true;
        };
        let holds_none = low <= self.none && self.none <= high;
        holds_none || at(&self.q, row).is_some_and(|q| q >= LEVEL)
    }
}

/// Whether the column holds keys or names, which are shown as they are.
fn is_key(name: &str) -> bool {
    name.ends_with("_id")
        || name.ends_with("name")
        || name.ends_with("npi")
        || matches!(name, "file" | "source" | "county" | "territory")
}

/// A lone word of a vocabulary without its underscores: `over_capacity` is `over capacity`.
fn phrase(value: &str) -> String {
    let is_word = value
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if is_word {
        value.replace('_', " ")
    } else {
        value.to_string()
    }
}

fn joined(low: &str, high: &str) -> String {
    let signed = |text: &str| text.starts_with(['+', '−']);
    if signed(low) || signed(high) {
        format!("{low} to {high}")
    } else {
        format!("{low}–{high}")
    }
}

fn at<T: Copy>(values: &[Option<T>], row: usize) -> Option<T> {
    values.get(row).copied().flatten()
}

fn form(name: &str, metric: Option<&Metric>) -> Form {
    let Some(metric) = metric else {
        return Form::Plain(None);
    };
    let tail = name.strip_prefix(metric.name).unwrap_or_default();
    if tail.ends_with("_q") {
        return Form::Plain(Some(Unit::Probability));
    }
    match metric.unit {
        _ if !tail.starts_with("_change") => Form::Plain(Some(metric.unit)),
        Unit::Share => Form::Points,
        Unit::Count | Unit::CountPerDay => Form::RatioChange,
        unit => Form::Plain(Some(unit)),
    }
}

/// The column with a rate's denominator: its own `_n`, else the one that its metric names.
fn denominator(table: &Table, name: &str, metric: &Metric) -> Option<String> {
    [format!("{name}_n"), metric.denominator.to_string()]
        .into_iter()
        .find(|column| table.has(column) && table.int(column).is_ok())
}

fn values(table: &Table, name: &str) -> Result<Values> {
    let values = if table.text(name).is_ok() {
        Values::Texts(table.texts(name)?)
    } else if table.int(name).is_ok() {
        Values::Ints(table.ints(name)?)
    } else if table.day(name).is_ok() {
        Values::Days(table.days(name)?)
    } else if let Ok(flags) = table.flag(name) {
        Values::Flags(flags.iter().collect())
    } else if table.has(name) {
        Values::Reals(table.reals(name)?)
    } else {
        let what = format!("table {} has no column {name} for the report", table.name());
        return Err(Error::internal(what));
    };
    Ok(values)
}

fn real(value: f64, form: Form, places: usize) -> String {
    let unit = match form {
        Form::Points => return units::points(value),
        Form::RatioChange => return units::ratio_change(value),
        Form::Plain(unit) => unit,
    };
    match unit {
        Some(Unit::Share) => units::percent(value, 1),
        Some(Unit::Ratio) => units::percent(value, 0),
        Some(Unit::Probability) if value < 0.001 => "<0.001".to_string(),
        Some(Unit::Probability) => units::real(value, 3),
        Some(Unit::Score) => units::real(value, 4),
        Some(Unit::Count | Unit::Rank | Unit::Label) if value.fract() == 0.0 => {
            units::real(value, 0)
        }
        Some(_) => units::real(value, places),
        None => units::real(value, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catchment_base::TableBuilder;

    fn table() -> Table {
        TableBuilder::new("leakage_by_specialty")
            .text(
                "specialty",
                [Some("Cardiology"), Some("physical_therapy"), None],
            )
            .text("practice_id", [Some("a_b"), Some("1"), None])
            .text("quarter", [Some("2026Q3"), Some("2026Q2"), None])
            .int("n", [Some(1_234), Some(29), None])
            .real("leakage", [Some(0.412), Some(0.0), None])
            .real("leakage_low", [Some(0.341), Some(0.0), None])
            .real("leakage_high", [Some(0.489), Some(0.121), None])
            .real("leakage_change", [Some(0.063), Some(-0.02), None])
            .real("leakage_change_low", [Some(0.012), Some(-0.06), None])
            .real("leakage_change_high", [Some(0.114), Some(0.02), None])
            .real("leakage_change_q", [Some(0.0004), Some(0.4), None])
            .real("n_change", [Some(1.08), Some(0.9), None])
            .real("n_change_low", [Some(1.02), Some(0.7), None])
            .real("n_change_high", [Some(1.14), Some(1.2), None])
            .real("utilisation", [Some(1.125), Some(0.5), None])
            .real("median_wait_days", [Some(44.0), Some(7.0), None])
            .real("distance_km", [Some(44.0), Some(7.25), None])
            .real("odd", [Some(1234.567), None, None])
            .int("community", [Some(1_000), None, None])
            .day("last_on", [Day::of(2026, 7, 1), None, None])
            .flag("edge", [Some(true), Some(false), None])
            .finish()
            .unwrap()
    }

    fn cells(name: &str) -> Vec<String> {
        let column = Column::new(&table(), name).unwrap();
        (0..3).map(|row| column.cell(row)).collect()
    }

    #[test]
    fn values_are_written_for_people() {
        assert_eq!(cells("specialty"), ["Cardiology", "physical therapy", "–"]);
        assert_eq!(cells("practice_id"), ["a_b", "1", "–"]);
        assert_eq!(cells("quarter"), ["2026\u{a0}Q3", "2026\u{a0}Q2", "–"]);
        assert_eq!(cells("n"), ["1,234", "29", "–"]);
        assert_eq!(cells("utilisation"), ["112\u{202f}%", "50\u{202f}%", "–"]);
        assert_eq!(cells("median_wait_days"), ["44", "7", "–"]);
        assert_eq!(cells("distance_km"), ["44.0", "7.2", "–"]);
        assert_eq!(cells("odd"), ["1,234.57", "–", "–"]);
        assert_eq!(cells("last_on"), ["1 Jul 2026", "–", "–"]);
        assert_eq!(cells("edge"), ["yes", "no", "–"]);
        assert_eq!(cells("leakage_change_q"), ["<0.001", "0.400", "–"]);
    }

    #[test]
    fn a_rate_of_few_is_marked() {
        assert_eq!(cells("leakage"), ["41.2\u{202f}%", "○ 0.0\u{202f}%", "–"]);
    }

    #[test]
    fn only_clear_changes_are_said() {
        assert_eq!(cells("leakage_change"), ["+6.3 points", UNCLEAR, "–"]);
        assert_eq!(cells("n_change"), ["+8\u{202f}%", UNCLEAR, "–"]);
    }

    #[test]
    fn intervals_name_their_unit_once() {
        let interval = |name: &str, row| {
            let [low, high] =
                ["low", "high"].map(|end| Column::new(&table(), &format!("{name}_{end}")).unwrap());
            low.interval(&high, row)
        };
        assert_eq!(interval("leakage", 0), "34.1–48.9\u{202f}%");
        assert_eq!(interval("leakage_change", 0), "+1.2 to +11.4 points");
        assert_eq!(interval("leakage_change", 1), "−6.0 to +2.0 points");
        assert_eq!(interval("n_change", 1), "−30 to +20\u{202f}%");
        assert_eq!(interval("leakage", 2), "–");
    }

    #[test]
    fn a_column_that_is_not_there_is_an_error() {
        assert!(Column::new(&table(), "no_such").is_err());
    }
}
