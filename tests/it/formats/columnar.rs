//! NDJSON and Parquet: rows with names of their own, nested or typed.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array, ListArray,
    RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type, TimeUnit};
use parquet::arrow::ArrowWriter;
use serde_json::{Map, Value, json};

use super::{COLUMNS, RICH, STORED, content, expected, gzipped, holds};
use crate::inbox::{Inbox, number, reason};

#[test]
fn ndjson_stores_what_a_plain_file_stores() {
    let rows = content(&RICH);
    let stored = expected(&rows);
    let mut text = String::new();
    for row in &rows {
        let mut object = Map::new();
        // Empty cells are missing, null or empty.
        for (at, cell) in row.iter().enumerate() {
            let value = match (cell.as_str(), at % 3) {
                ("", 0) => continue,
                ("", 1) => Value::Null,
                ("true", _) => Value::Bool(true),
                (npi, _) if COLUMNS[at] == "referring_npi" => match npi.parse::<u64>() {
                    Ok(n) => n.into(),
                    Err(_) => npi.into(),
                },
                (cell, _) => cell.into(),
            };
            object.insert(COLUMNS[at].to_string(), value);
        }
        text.push_str(&format!("{}\n\n", Value::Object(object)));
    }
    let said = holds("rows.ndjson", text.as_bytes(), &[], &stored, "ndjson");
    assert_eq!(number(said.only(), "skipped_lines"), 20);
    let form = "unpacked from gzip, ndjson";
    holds(
        "rows.json.gz",
        &gzipped(text.as_bytes()),
        &[],
        &stored,
        form,
    );
    let marked = format!("\u{feff}{text}");
    holds("rows.ndjson", marked.as_bytes(), &[], &stored, "ndjson");
}

const NESTED: &str = r#"
table = "referrals"
[recognise]
columns = ["resourceType", "authoredOn"]
[columns]
referral_id = "identifier.0.value"
referred_on = "authoredOn"
status = "status"
referring_npi = "requester.identifier.value"
referring_name = { from = ["requester.display", "requester.identifier.value"] }
referred_to_name = "performer.0.display"
specialty = "code.coding.0.display"
updated_at = "meta.lastUpdated"
[words.status]
active = "requested"
"#;

#[test]
fn nested_values_are_named_by_their_path_and_a_torn_line_costs_one_row() {
    let inbox = Inbox::make();
    inbox.mapping("requests", NESTED);
    let mut text = String::new();
    for n in 0..6 {
        let order = json!({
            "resourceType": "ServiceRequest",
            "identifier": [{"system": "urn:x", "value": format!("R{n}")}],
            "status": "active",
            "meta": {"lastUpdated": "2026-07-08T10:00:00-06:00"},
            "authoredOn": "2026-07-06",
            "requester": {"identifier": {"value": "1234567893"}, "display": "Smith, Ann"},
            "performer": [{"display": "Lee"}, {"display": "Kim"}],
            "code": {"coding": [{"display": "Cardiology"}]},
        });
        text.push_str(&format!("{order}\n"));
        if n == 2 {
            text.push_str(&order.to_string()[..80]);
            text.push('\n');
        }
    }
    text.push_str("12\n");
    inbox.put("orders.ndjson", &text);
    let said = inbox.take(&[]);
    let load = said.only();
    assert_eq!(
        (number(load, "rows_read"), number(load, "accepted")),
        (8, 6),
        "{said:?}"
    );
    assert_eq!(reason(load, "malformed_row"), 2);
    let left = load["unknown_columns"].as_str().unwrap();
    for column in ["performer.1.display", "identifier.0.system"] {
        assert!(left.contains(column), "{left}");
    }
    let torn =
        inbox.rows("select row_number, byte_offset, byte_length from lake_quarantine order by 1");
    let line = text.lines().nth(3).unwrap();
    let offset = text.find(&format!("\n{line}\n")).unwrap() + 1;
    assert_eq!(
        torn[0],
        ["4", &offset.to_string(), &(line.len() + 1).to_string()]
    );
    let sql = "select distinct referring_name, referred_to_name, specialty, referring_npi from lake_referrals";
    assert_eq!(
        inbox.rows(sql),
        [["Smith, Ann", "Lee", "Cardiology", "1234567893"]]
    );
}

/// A column of texts; empty ones are null.
fn texts(rows: &[Vec<String>], at: usize) -> StringArray {
    rows.iter()
        .map(|row| Some(row[at].as_str()).filter(|c| !c.is_empty()))
        .collect()
}

/// The content in the types that a warehouse gives them.
fn typed(rows: &[Vec<String>]) -> Vec<ArrayRef> {
    let as_type = |at: usize, kind: &DataType| cast(&texts(rows, at), kind).unwrap();
    let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
    COLUMNS
        .iter()
        .enumerate()
        .map(|(at, column)| match *column {
            "updated_at" => as_type(at, &micros),
            "referred_on" | "appointment_on" => as_type(at, &DataType::Date32),
            "referring_npi" => as_type(at, &DataType::Int64),
            "patient_zip" => as_type(at, &DataType::Float64),
            "is_renewal" => as_type(at, &DataType::Boolean),
            "status" | "specialty" => {
                let words: DictionaryArray<Int32Type> = texts(rows, at).iter().collect();
                Arc::new(words)
            }
            "referring_name" => as_type(at, &DataType::LargeUtf8),
            "referral_id" => as_type(at, &DataType::Utf8View),
            _ => Arc::new(texts(rows, at)),
        })
        .collect()
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_stores_what_a_plain_file_stores() {
    let rows = content(&RICH);
    let stored = expected(&rows);
    let columns = typed(&rows);
    let kinds = [
        columns[1].as_any().is::<TimestampMicrosecondArray>(),
        columns[2].as_any().is::<Date32Array>(),
        columns[4].as_any().is::<Int64Array>(),
        columns[8].as_any().is::<BooleanArray>(),
        columns[10].as_any().is::<Float64Array>(),
    ];
    assert_eq!(kinds, [true; 5]);
    let bytes = parquet(COLUMNS.into_iter().zip(columns).collect());
    holds("rows.parquet", &bytes, &[], &stored, "parquet");
    let form = "unpacked from gzip, parquet";
    holds("rows.parquet.gz", &gzipped(&bytes), &[], &stored, form);
}

#[test]
fn nested_columns_of_parquet_are_passed_over() {
    let rows = content(&RICH);
    let mut columns: Vec<(&str, ArrayRef)> = COLUMNS.into_iter().zip(typed(&rows)).collect();
    let lists = rows.iter().map(|_| Some(vec![Some(1), None]));
    let list = ListArray::from_iter_primitive::<arrow::datatypes::Int32Type, _, _>(lists);
    columns.insert(3, ("codes", Arc::new(list)));
    let inbox = Inbox::make();
    inbox.put("rows.parquet", parquet(columns));
    let said = inbox.take(&[]);
    assert_eq!(inbox.ask(STORED), expected(&rows), "{said:?}");
}
