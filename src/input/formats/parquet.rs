//! Parquet: columns of any plain type become text, days and times in ISO 8601. Nested columns are
//! passed over.

use std::fs::File;

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Schema};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use super::{Format, HEAD_ROWS, Head, Hints, Wanted};
use crate::base::{Error, Result};
use crate::input::blocks::{Audit, BLOCK_ROWS, Block, Reader, frame_of};
use crate::input::container::{Content, Packing};
use crate::input::form::Form;

pub(super) const FORMAT: Format = Format {
    name: "parquet",
    heads,
    read,
};

fn heads(content: &Content, _hints: &Hints) -> Result<Option<Vec<Head>>> {
    if content.head(4)? != b"PAR1" {
        return Ok(None);
    }
    let (schema, mut batches) = open(content, None, HEAD_ROWS)?;
    let mut rows = vec![names_of(&schema)];
    if let Some(batch) = batches.next() {
        let batch = batch.map_err(|_| damaged(content))?;
        let columns: Vec<Vec<Option<String>>> = (0..batch.num_columns())
            .map(|at| texts(&batch, at))
            .collect();
        let flat = flat_places(&schema);
        for row in 0..batch.num_rows().min(HEAD_ROWS) {
            let mut cells = vec![String::new(); schema.fields().len()];
            for (place, column) in flat.iter().zip(&columns) {
                cells[*place] = column[row].clone().unwrap_or_default();
            }
            rows.push(cells);
        }
    }
    let mut form = Form::new(FORMAT.name, content.packing.name());
    form.header_row = 0;
    Ok(Some(vec![Head {
        form,
        rows,
        has_names: true,
    }]))
}

fn damaged(content: &Content) -> Error {
    Error::input("can't be read as Parquet")
        .at(&content.path)
        .help("write it again, or export it as CSV")
}

/// The names of the columns; nested ones have none, so that nothing claims them.
fn names_of(schema: &Schema) -> Vec<String> {
    let name = |field: &std::sync::Arc<arrow::datatypes::Field>| {
        if field.data_type().is_nested() {
            String::new()
        } else {
            field.name().clone()
        }
    };
    schema.fields().iter().map(name).collect()
}

/// The places of columns that are not nested.
fn flat_places(schema: &Schema) -> Vec<usize> {
    (0..schema.fields().len())
        .filter(|at| !schema.field(*at).data_type().is_nested())
        .collect()
}

type Batches =
    Box<dyn Iterator<Item = std::result::Result<RecordBatch, arrow::error::ArrowError>> + Send>;

/// The schema of all columns, and batches of those at the places (all where none are named).
fn open(content: &Content, places: Option<&[usize]>, rows: usize) -> Result<(Schema, Batches)> {
    if content.packing == Packing::Plain {
        let file =
            File::open(&content.path).map_err(|e| Error::io("can't be read", &content.path, e))?;
        batches_of(file, content, places, rows)
    } else {
        batches_of(Bytes::from(content.bytes()?), content, places, rows)
    }
}

fn batches_of<R: ChunkReader + 'static>(
    bytes: R,
    content: &Content,
    places: Option<&[usize]>,
    rows: usize,
) -> Result<(Schema, Batches)> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|_| damaged(content))?;
    let schema = builder.schema().as_ref().clone();
    let roots = places.map_or_else(|| flat_places(&schema), <[usize]>::to_vec);
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader = builder
        .with_projection(mask)
        .with_batch_size(rows)
        .build()
        .map_err(|_| damaged(content))?;
    Ok((schema, Box::new(reader)))
}

/// A column as text; empty where its type has no plain text.
fn texts(batch: &RecordBatch, column: usize) -> Vec<Option<String>> {
    let as_text = cast(batch.column(column), &DataType::Utf8).ok();
    let texts = as_text
        .as_ref()
        .and_then(|a| a.as_any().downcast_ref::<StringArray>());
    match texts {
        Some(texts) => texts.iter().map(|t| t.map(str::to_string)).collect(),
        None => vec![None; batch.num_rows()],
    }
}

fn read(content: &Content, _form: &Form, wanted: &Wanted) -> Result<Box<dyn Reader>> {
    let (_, batches) = open(content, Some(&wanted.places), BLOCK_ROWS)?;
    Ok(Box::new(Columns {
        content: content.clone(),
        batches,
        places: wanted.places.clone(),
        audit: Audit::default(),
    }))
}

struct Columns {
    content: Content,
    batches: Batches,
    places: Vec<usize>,
    audit: Audit,
}

impl Reader for Columns {
    fn next(&mut self) -> Result<Option<Block>> {
        let Some(batch) = self.batches.next() else {
            return Ok(None);
        };
        let batch = batch.map_err(|_| damaged(&self.content))?;
        let columns = (0..self.places.len()).map(|at| texts(&batch, at)).collect();
        let first = self.audit.records + 1;
        self.audit.records += batch.num_rows() as u64;
        let frame = frame_of(&self.places, columns, batch.num_rows())?;
        Ok(Some(Block {
            frame,
            rows: (first..=self.audit.records).collect(),
        }))
    }

    fn audit(&mut self) -> Audit {
        std::mem::take(&mut self.audit)
    }
}
