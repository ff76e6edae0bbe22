//! Reads what comes: opens a file however it is written, recognises it by its header, reads it through
//! its mapping, cleans every value, hashes patients, and stages typed Parquet with a count of what
//! became of each row. Polars stays in this room.

mod batches;
mod blocks;
mod cells;
mod cleaning;
mod container;
mod encoding;
mod fingerprint;
mod form;
pub mod formats;
mod joining;
mod objects;
mod patients;
mod preview;
mod pseudonyms;
mod quarantine;
mod recognition;
mod records;
mod row;
mod rows;
mod rules;
mod staging;
mod strangers;
mod survey;
mod trial;

pub use fingerprint::{Fingerprint, fingerprint, joined_load_id};
pub use form::Form;
pub use joining::{Held, HeldFile, Joined, Met, hold};
pub use preview::{Preview, preview};
pub use pseudonyms::Pseudonyms;
pub use recognition::{Found, JoinedFile, Nearest, Recognised, Wish, recognise};
pub use row::Tally;
pub use staging::{Settings, Staged, binds, file_name, meet, rewrite_without, stage, stage_joined};
pub use trial::{Fed, Trial, TriedRow, try_out};
