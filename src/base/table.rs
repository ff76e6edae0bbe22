//! The table that rooms hand each other: an Arrow batch with its name. Columns are read by name
//! and type, and a table is written as CSV and Parquet with the same bytes every time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    UInt32Array,
};
use arrow::compute::{SortColumn, SortOptions, cast, concat_batches, lexsort_to_indices, take};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::{Error, Result};
use crate::quarter::Day;

/// A named table. Texts are Utf8, counts Int64, numbers Float64, days Date32, flags Boolean;
/// other widths and encodings are cast on the way in.
#[derive(Debug, Clone)]
pub struct Table {
    name: String,
    batch: RecordBatch,
}

impl Table {
    /// A table of an Arrow batch; column types are brought to the five that the house knows.
    pub fn new(name: impl Into<String>, batch: &RecordBatch) -> Result<Self> {
        let name = name.into();
        let mut fields = Vec::with_capacity(batch.num_columns());
        let mut columns = Vec::with_capacity(batch.num_columns());
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let to = house_type(field.data_type());
            let column = cast(column, &to)
                .map_err(|e| Error::internal(format!("table {name}")).because(e))?;
            fields.push(Field::new(field.name(), to, true));
            columns.push(column);
        }
        let batch = rebuild(&name, fields, columns, batch.num_rows())?;
        Ok(Self { name, batch })
    }

    /// One table of several batches of one schema.
    pub fn concat(
        name: impl Into<String>,
        batches: &[RecordBatch],
        schema: &Schema,
    ) -> Result<Self> {
        let name = name.into();
        let whole = concat_batches(&Arc::new(schema.clone()), batches)
            .map_err(|e| Error::internal(format!("table {name}")).because(e))?;
        Self::new(name, &whole)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same rows under another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The Arrow batch.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    /// The names of the columns in their order.
    pub fn columns(&self) -> Vec<String> {
        self.batch
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .collect()
    }

    /// Whether it has a column of this name.
    pub fn has(&self, column: &str) -> bool {
        self.batch.column_by_name(column).is_some()
    }

    fn column(&self, column: &str) -> Result<&ArrayRef> {
        self.batch
            .column_by_name(column)
            .ok_or_else(|| Error::internal(format!("table {} has no column {column}", self.name)))
    }

    fn typed<'a, T: Array + 'static>(&'a self, column: &str, kind: &str) -> Result<&'a T> {
        self.column(column)?
            .as_any()
            .downcast_ref::<T>()
            .ok_or_else(|| {
                Error::internal(format!(
                    "column {column} of table {} is no {kind}",
                    self.name
                ))
            })
    }

    /// A text column.
    pub fn text(&self, column: &str) -> Result<&StringArray> {
        self.typed(column, "text")
    }

    /// A column of counts.
    pub fn int(&self, column: &str) -> Result<&Int64Array> {
        self.typed(column, "count")
    }

    /// A column of numbers.
    pub fn real(&self, column: &str) -> Result<&Float64Array> {
        self.typed(column, "number")
    }

    /// A column of days.
    pub fn day(&self, column: &str) -> Result<&Date32Array> {
        self.typed(column, "day")
    }

    /// A column of flags.
    pub fn flag(&self, column: &str) -> Result<&BooleanArray> {
        self.typed(column, "flag")
    }

    /// A text column as owned values.
    pub fn texts(&self, column: &str) -> Result<Vec<Option<String>>> {
        Ok(self
            .text(column)?
            .iter()
            .map(|v| v.map(str::to_string))
            .collect())
    }

    /// A column of counts as owned values.
    pub fn ints(&self, column: &str) -> Result<Vec<Option<i64>>> {
        Ok(self.int(column)?.iter().collect())
    }

    /// A column of counts as owned values, null as 0.
    pub fn counts(&self, column: &str) -> Result<Vec<i64>> {
        Ok(self.int(column)?.iter().map(|n| n.unwrap_or(0)).collect())
    }

    /// A column of numbers (or counts, widened) as owned values.
    pub fn reals(&self, column: &str) -> Result<Vec<Option<f64>>> {
        match self.column(column)?.data_type() {
            DataType::Int64 => Ok(self
                .int(column)?
                .iter()
                .map(|v| v.map(|v| v as f64))
                .collect()),
            _ => Ok(self.real(column)?.iter().collect()),
        }
    }

    /// A column of days as owned values.
    pub fn days(&self, column: &str) -> Result<Vec<Option<Day>>> {
        Ok(self.day(column)?.iter().map(|v| v.map(Day)).collect())
    }

    /// The rows whose numbers are given, in that order.
    pub fn pick(&self, rows: &[usize]) -> Result<Self> {
        let indices = UInt32Array::from_iter_values(rows.iter().map(|&r| r as u32));
        self.take_rows(&indices)
    }

    fn take_rows(&self, indices: &UInt32Array) -> Result<Self> {
        let columns = self
            .batch
            .columns()
            .iter()
            .map(|c| take(c, indices, None))
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|e| Error::internal(format!("table {}", self.name)).because(e))?;
        let fields = self
            .batch
            .schema()
            .fields()
            .iter()
            .map(|f| f.as_ref().clone())
            .collect();
        let batch = rebuild(&self.name, fields, columns, indices.len())?;
        Ok(Self {
            name: self.name.clone(),
            batch,
        })
    }

    /// The rows whose text in `column` is `value`.
    pub fn only(&self, column: &str, value: &str) -> Result<Self> {
        let texts = self.text(column)?;
        let rows: Vec<usize> = (0..self.rows())
            .filter(|&r| texts.is_valid(r) && texts.value(r) == value)
            .collect();
        self.pick(&rows)
    }

    /// The rows in the order of these columns, nulls last.
    pub fn sorted_by(&self, columns: &[&str]) -> Result<Self> {
        let keys = columns
            .iter()
            .map(|c| {
                Ok(SortColumn {
                    values: self.column(c)?.clone(),
                    options: Some(SortOptions {
                        descending: false,
                        nulls_first: false,
                    }),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let indices = lexsort_to_indices(&keys, None)
            .map_err(|e| Error::internal(format!("table {}", self.name)).because(e))?;
        self.take_rows(&indices)
    }

    /// A cell as CSV writes it; null is empty.
    pub fn cell(&self, column: &str, row: usize) -> Result<String> {
        Ok(written(self.column(column)?, row))
    }

    /// Writes the table as CSV: a header, `\n` line ends, null as empty, numbers in the shortest
    /// form that reads back the same.
    pub fn to_csv(&self, writer: impl Write) -> Result<()> {
        let failed = |e: csv::Error| Error::internal(format!("table {}", self.name)).because(e);
        let mut out = csv::WriterBuilder::new().from_writer(writer);
        out.write_record(self.columns()).map_err(failed)?;
        for row in 0..self.rows() {
            let cells = self.batch.columns().iter().map(|c| written(c, row));
            out.write_record(cells).map_err(failed)?;
        }
        out.flush()
            .map_err(|e| Error::internal(format!("table {}", self.name)).because(e))
    }

    /// Writes the table as CSV into a file.
    pub fn write_csv(&self, path: &Path) -> Result<()> {
        let file = File::create(path).map_err(|e| Error::io("can't be written", path, e))?;
        self.to_csv(BufWriter::new(file)).map_err(|e| e.at(path))
    }

    /// Writes the table as zstd Parquet.
    pub fn to_parquet(&self, writer: impl Write + Send) -> Result<()> {
        let failed = |e: parquet::errors::ParquetError| {
            Error::new(
                crate::Kind::System,
                format!("table {} can't be written", self.name),
            )
            .because(e)
        };
        let properties = parquet_properties();
        let mut out =
            ArrowWriter::try_new(writer, self.batch.schema(), Some(properties)).map_err(failed)?;
        out.write(&self.batch).map_err(failed)?;
        out.close().map_err(failed)?;
        Ok(())
    }

    /// Writes the table as zstd Parquet into a file.
    pub fn write_parquet(&self, path: &Path) -> Result<()> {
        let file = File::create(path).map_err(|e| Error::io("can't be written", path, e))?;
        self.to_parquet(file).map_err(|e| e.at(path))
    }
}

/// How every Parquet file of a run is written.
pub fn parquet_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("catchment".to_string())
        .build()
}

fn house_type(from: &DataType) -> DataType {
    match from {
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => DataType::Int64,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => DataType::Float64,
        DataType::Date32 | DataType::Date64 => DataType::Date32,
        DataType::Boolean => DataType::Boolean,
        _ => DataType::Utf8,
    }
}

fn rebuild(
    name: &str,
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
    rows: usize,
) -> Result<RecordBatch> {
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
        .map_err(|e| Error::internal(format!("table {name}")).because(e))
}

fn written(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return String::new();
    }
    let any = column.as_any();
    if let Some(values) = any.downcast_ref::<StringArray>() {
        values.value(row).to_string()
    } else if let Some(values) = any.downcast_ref::<Int64Array>() {
        values.value(row).to_string()
    } else if let Some(values) = any.downcast_ref::<Float64Array>() {
        shortest(values.value(row))
    } else if let Some(values) = any.downcast_ref::<Date32Array>() {
        Day(values.value(row)).to_string()
    } else if let Some(values) = any.downcast_ref::<BooleanArray>() {
        values.value(row).to_string()
    } else {
        String::new()
    }
}

/// The shortest text that reads back as the same number.
///
/// ```
/// use catchment_base::table::shortest;
/// assert_eq!(shortest(0.1), "0.1");
/// assert_eq!(shortest(1e-300), "1e-300");
/// assert_eq!(shortest(3.0), "3");
/// ```
pub fn shortest(number: f64) -> String {
    let plain = number.to_string();
    let scientific = format!("{number:e}");
    if scientific.len() < plain.len() {
        scientific
    } else {
        plain
    }
}

/// Builds a table column by column.
#[derive(Debug)]
pub struct TableBuilder {
    name: String,
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
}

impl TableBuilder {
    /// An empty table of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            fields: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// Adds an Arrow column as it is.
    #[must_use]
    pub fn array(mut self, column: &str, values: ArrayRef) -> Self {
        self.fields
            .push(Field::new(column, values.data_type().clone(), true));
        self.columns.push(values);
        self
    }

    /// Adds a text column.
    #[must_use]
    pub fn text<S: AsRef<str>>(
        self,
        column: &str,
        values: impl IntoIterator<Item = Option<S>>,
    ) -> Self {
        let values: StringArray = values.into_iter().collect();
        self.array(column, Arc::new(values))
    }

    /// Adds a column of counts.
    #[must_use]
    pub fn int(self, column: &str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        let values: Int64Array = values.into_iter().collect();
        self.array(column, Arc::new(values))
    }

    /// Adds a column of numbers. What is not finite becomes null.
    #[must_use]
    pub fn real(self, column: &str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let values: Float64Array = values
            .into_iter()
            .map(|v| v.filter(|v| v.is_finite()))
            .collect();
        self.array(column, Arc::new(values))
    }

    /// Adds a column of days.
    #[must_use]
    pub fn day(self, column: &str, values: impl IntoIterator<Item = Option<Day>>) -> Self {
        let values: Date32Array = values.into_iter().map(|v| v.map(|d| d.0)).collect();
        self.array(column, Arc::new(values))
    }

    /// Adds a column of flags.
    #[must_use]
    pub fn flag(self, column: &str, values: impl IntoIterator<Item = Option<bool>>) -> Self {
        let values: BooleanArray = values.into_iter().collect();
        self.array(column, Arc::new(values))
    }

    /// The table. Fails where the columns differ in length.
    pub fn finish(self) -> Result<Table> {
        let rows = self.columns.first().map_or(0, |c| c.len());
        let batch = rebuild(&self.name, self.fields, self.columns, rows)?;
        Ok(Table {
            name: self.name,
            batch,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Table {
        TableBuilder::new("sample")
            .text("name", [Some("b"), None, Some("a, \"x\"")])
            .int("n", [Some(2), Some(3), None])
            .real("share", [Some(0.1), Some(f64::NAN), Some(1e21)])
            .day("seen_on", [Day::of(2026, 9, 30), None, Day::of(2026, 1, 1)])
            .flag("ours", [Some(true), None, Some(false)])
            .finish()
            .unwrap()
    }

    #[test]
    fn writes_csv_with_empty_nulls() {
        let mut out = Vec::new();
        sample().to_csv(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "name,n,share,seen_on,ours\nb,2,0.1,2026-09-30,true\n,3,,,\n\"a, \"\"x\"\"\",,1e21,2026-01-01,false\n"
        );
    }

    #[test]
    fn sorts_and_picks() {
        let sorted = sample().sorted_by(&["name"]).unwrap();
        assert_eq!(sorted.ints("n").unwrap(), [None, Some(2), Some(3)]);
        assert_eq!(sample().only("name", "b").unwrap().rows(), 1);
        assert!(sample().text("n").is_err());
        assert!(sample().text("nothing").is_err());
    }

    #[test]
    fn parquet_bytes_repeat() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("1"), dir.path().join("2"));
        sample().write_parquet(&one).unwrap();
        sample().write_parquet(&two).unwrap();
        assert_eq!(std::fs::read(one).unwrap(), std::fs::read(two).unwrap());
    }

    proptest! {
        #[test]
        fn shortest_reads_back(number in proptest::num::f64::NORMAL) {
            prop_assert_eq!(shortest(number).parse::<f64>().unwrap(), number);
        }
    }
}
