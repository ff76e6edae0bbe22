//! Reads what comes: recognises a file by its header, finds malformed records, cleans every value,
//! hashes patients, and stages typed Parquet with a count of what became of each row. Polars stays
//! in this room.

mod batches;
mod cells;
mod cleaning;
pub mod formats;
mod pseudonyms;
mod quarantine;
pub mod recognition;
mod row;
mod rules;
mod staging;

pub use pseudonyms::Pseudonyms;
pub use recognition::{Recognised, recognise};
pub use staging::{Settings, Staged, fingerprint, rewrite_without, stage};
