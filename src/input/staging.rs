//! A whole file: audit, survey of its days, cleaning in batches, typed zstd Parquet in the scratch
//! folder. Whether a row is new is the lake's to say.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use polars::prelude::*;
use rayon::prelude::*;

use super::batches::{BATCH, batches};
use super::cleaning::{Cleaned, Rules, clean};
use super::formats::csv::{self, Audit};
use super::pseudonyms::Pseudonyms;
use super::quarantine::{self, Quarantined};
use super::recognition::{CANONICAL, Recognised};
use super::row::{Reason, Tally};
use crate::base::progress::Progress;
use crate::base::{Day, Error, Kind as ErrorKind, Result};
use crate::mapping::values::{self, Read};

/// Rows that are cleaned at once by one thread.
const RUN: usize = 16_384;
/// The version of the rules: a change of what is stored makes a load of its own.
const RULES: &str = "1";
/// Days after a file's median day beyond which a day needs others that lead up to it.
const YEAR: i32 = 366;
/// Days without any row that end what leads up to a day.
const BREAK: i32 = 184;

/// How a file is to be staged.
#[derive(Clone)]
pub struct Settings<'a> {
    /// Where staged files go; the folder exists.
    pub scratch: &'a Path,
    /// How patients are hashed.
    pub pseudonyms: &'a Pseudonyms,
    /// The time zone of the exporting system.
    pub zone: Tz,
    /// The source's name, where the configuration sets one.
    pub source: Option<&'a str>,
}

/// A staged file.
#[derive(Debug)]
pub struct Staged {
    /// What identifies the load: content, layout, vocabulary, source and time zone.
    pub load_id: String,
    /// The hash of the file's bytes.
    pub content_hash: String,
    /// The source of its rows.
    pub source: String,
    /// Rows below the header.
    pub rows_read: u64,
    /// What became of rows and fields.
    pub tally: Tally,
    /// Lines that are no rows.
    pub skipped_lines: u64,
    /// The file's latest day.
    pub latest_on: Option<Day>,
    /// The rows that can be stored.
    pub data: PathBuf,
    /// The quarantined rows, where there are any.
    pub quarantine: Option<PathBuf>,
}

/// What identifies a load before its rows are read: its id and the content's hash.
pub struct Fingerprint {
    /// The load's id.
    pub load_id: String,
    audit: Audit,
}

/// Audits a file and says which load it would be.
pub fn fingerprint(
    path: &Path,
    recognised: &Recognised,
    settings: &Settings<'_>,
    progress: &dyn Progress,
) -> Result<Fingerprint> {
    let copy = settings.scratch.join("readable.csv");
    let audit = csv::audit(path, &copy, &mut |bytes| progress.advance(bytes))?;
    let mut hasher = blake3::Hasher::new();
    let zone = settings.zone.name();
    let source = settings.source.unwrap_or(CANONICAL);
    let vocabulary = crate::mapping::vocabulary::fingerprint();
    let parts = [
        RULES,
        recognised.layout.table,
        CANONICAL,
        source,
        zone,
        &vocabulary,
        &audit.content_hash,
    ];
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    let load_id = super::pseudonyms::hex(&hasher.finalize().as_bytes()[..16]);
    Ok(Fingerprint { load_id, audit })
}

/// Stages a file that was fingerprinted.
pub fn stage(
    path: &Path,
    recognised: &Recognised,
    fingerprint: Fingerprint,
    settings: &Settings<'_>,
    progress: &dyn Progress,
) -> Result<Staged> {
    let Fingerprint { load_id, audit } = fingerprint;
    let source = settings.source.unwrap_or(CANONICAL);
    let reader = Reader {
        path,
        audit: &audit,
        recognised,
    };
    let survey = reader.survey(settings.zone)?;
    let mut rules = Rules {
        layout: recognised.layout,
        pseudonyms: settings.pseudonyms,
        zone: settings.zone,
        source,
        load_id: &load_id,
        last_possible: survey.last_possible,
        latest: survey.latest,
    };
    if survey.latest.is_none() && recognised.layout.index("updated_at").is_some() {
        // No row says when it was updated: the latest of the sound rows' days does, which takes a
        // cleaning of its own.
        rules.latest = reader.latest_of_sound_rows(&rules)?;
    }
    let data = settings.scratch.join(format!("{load_id}.parquet"));
    let quarantine = settings
        .scratch
        .join(format!("{load_id}.quarantine.parquet"));
    let mut tally = Tally::default();
    let has_quarantine = reader.write(&rules, &data, &quarantine, &mut tally, progress)?;
    Ok(Staged {
        rows_read: audit.records,
        content_hash: audit.content_hash.clone(),
        source: source.to_string(),
        skipped_lines: audit.blank_lines,
        latest_on: rules.latest.map(Day),
        quarantine: has_quarantine.then_some(quarantine),
        load_id,
        tally,
        data,
    })
}

struct Survey {
    latest: Option<i32>,
    last_possible: Option<i32>,
}

struct Reader<'a> {
    path: &'a Path,
    audit: &'a Audit,
    recognised: &'a Recognised,
}

impl Reader<'_> {
    fn failed(&self, error: PolarsError) -> Error {
        // The engine's words may quote cells, so only its kind is passed on.
        let kind = match &error {
            PolarsError::IO { .. } => ErrorKind::System,
            _ => ErrorKind::Input,
        };
        let what = match error {
            PolarsError::IO { error, .. } => format!("can't be read or staged ({})", error.kind()),
            PolarsError::ComputeError(_) => "can't be read as a table".to_string(),
            _ => "can't be staged".to_string(),
        };
        Error::new(kind, what).at(self.path)
    }

    /// The engine could not write what it had read.
    fn unwritten(&self) -> Error {
        Error::new(
            ErrorKind::System,
            "its rows can't be written into the workspace",
        )
        .at(self.path)
        .help("check that the disk has space; nothing of this file was kept")
    }

    /// The raw cells of the wanted columns of the layout, in batches and in the file's order.
    fn batches(&self, wanted: &[usize]) -> Result<impl Iterator<Item = PolarsResult<DataFrame>>> {
        let path = PlRefPath::try_from_path(&self.audit.readable).map_err(|e| self.failed(e))?;
        let mut file = LazyCsvReader::new(path)
            .with_has_header(true)
            .with_separator(self.audit.delimiter)
            .with_infer_schema_length(Some(0))
            .with_glob(false)
            .with_raise_if_empty(false)
            .with_low_memory(false)
            .finish()
            .map_err(|e| self.failed(e))?;
        let schema = file.collect_schema().map_err(|e| self.failed(e))?;
        let names: Vec<PlSmallStr> = schema.iter_names_cloned().collect();
        let columns: Vec<Expr> = wanted
            .iter()
            .filter_map(|at| Some((*at, names.get(self.recognised.places[*at]?)?)))
            .map(|(at, name)| col(name.clone()).alias(self.recognised.layout.columns[at].name))
            .collect();
        batches(file.select(columns)).map_err(|e| self.failed(e))
    }

    /// The greatest day on which a row was updated, or, where there is none, how far days may reach.
    fn survey(&self, zone: Tz) -> Result<Survey> {
        let layout = self.recognised.layout;
        let none = Survey {
            latest: None,
            last_possible: None,
        };
        if let Some(at) = self.present("updated_at") {
            let mut latest: Option<i32> = None;
            for batch in self.batches(&[at])? {
                let batch = batch.map_err(|e| self.failed(e))?;
                let column = batch.columns()[0].str().map_err(|e| self.failed(e))?;
                for cell in column.iter().flatten() {
                    if let Read::Value(day) = values::day(cell, zone) {
                        latest = latest.max(Some(day));
                    }
                }
            }
            if latest.is_some() {
                return Ok(Survey {
                    latest,
                    last_possible: latest,
                });
            }
        }
        let Some(at) = layout.day.and_then(|day| self.present(day)) else {
            return Ok(none);
        };
        let mut days: BTreeMap<i32, u64> = BTreeMap::new();
        for batch in self.batches(&[at])? {
            let batch = batch.map_err(|e| self.failed(e))?;
            let column = batch.columns()[0].str().map_err(|e| self.failed(e))?;
            for cell in column.iter().flatten() {
                if let Read::Value(day) = values::day(cell, zone) {
                    *days.entry(day).or_default() += 1;
                }
            }
        }
        Ok(Survey {
            latest: None,
            last_possible: last_possible(&days),
        })
    }

    fn present(&self, column: &str) -> Option<usize> {
        let at = self.recognised.layout.index(column)?;
        self.recognised.places[at].map(|_| at)
    }

    fn latest_of_sound_rows(&self, rules: &Rules<'_>) -> Result<Option<i32>> {
        let mut latest = None;
        self.each_batch(rules, |cleaned| {
            latest = latest.max(cleaned.latest);
            Ok(())
        })?;
        Ok(latest)
    }

    /// Cleans the file batch by batch; each batch's runs in parallel, handed on in order.
    fn each_batch(
        &self,
        rules: &Rules<'_>,
        mut take: impl FnMut(Cleaned) -> Result<()>,
    ) -> Result<()> {
        let columns = self.recognised.layout.columns;
        let wanted: Vec<usize> = (0..columns.len())
            .filter(|at| self.recognised.places[*at].is_some())
            .collect();
        let mut record = 0u64;
        for batch in self.batches(&wanted)? {
            let batch = batch.map_err(|e| self.failed(e))?;
            let rows: Vec<i64> = (record..record + batch.height() as u64)
                .map(|r| self.audit.row_of(r) as i64)
                .collect();
            record += batch.height() as u64;
            let starts: Vec<usize> = (0..batch.height()).step_by(RUN).collect();
            let cleaned: Vec<PolarsResult<Cleaned>> = starts
                .par_iter()
                .map(|start| {
                    let run = batch.slice(*start as i64, RUN);
                    let mut raw: Vec<Option<&StringChunked>> = vec![None; columns.len()];
                    for (at, column) in wanted.iter().zip(run.columns()) {
                        raw[*at] = Some(column.str()?);
                    }
                    clean(&raw, &rows[*start..*start + run.height()], rules)
                })
                .collect();
            for run in cleaned {
                take(run.map_err(|e| self.failed(e))?)?;
            }
        }
        let read = record + self.audit.malformed.len() as u64;
        if read != self.audit.records {
            return Err(Error::internal(format!(
                "{} rows were counted and {read} read",
                self.audit.records
            ))
            .at(self.path));
        }
        Ok(())
    }

    /// Writes what can be stored and what can't; says whether there is anything of the latter.
    fn write(
        &self,
        rules: &Rules<'_>,
        data: &Path,
        refused: &Path,
        tally: &mut Tally,
        progress: &dyn Progress,
    ) -> Result<bool> {
        let file = File::create(data).map_err(|e| Error::io("can't be written", data, e))?;
        let mut writer: Option<_> = None;
        let mut file = Some(file);
        let mut held: Option<DataFrame> = None;
        let mut bad: Vec<Quarantined> = Vec::new();
        self.each_batch(rules, |cleaned| {
            if progress.is_interrupted() {
                return Err(Error::new(
                    ErrorKind::Interrupted,
                    "stopped; nothing of this file was kept",
                )
                .at(self.path));
            }
            tally.add(&cleaned.tally);
            bad.extend(cleaned.quarantined);
            progress.advance(0);
            let frame = match held.take() {
                Some(mut frame) => {
                    frame
                        .vstack_mut(&cleaned.stored)
                        .map_err(|e| self.failed(e))?;
                    frame
                }
                None => cleaned.stored,
            };
            if frame.height() < BATCH {
                held = Some(frame);
                return Ok(());
            }
            append(&mut writer, &mut file, frame).map_err(|_| self.unwritten())
        })?;
        let empty = clean(&vec![None; rules.layout.columns.len()], &[], rules)
            .map_err(|e| self.failed(e))?
            .stored;
        append(&mut writer, &mut file, held.unwrap_or(empty)).map_err(|_| self.unwritten())?;
        if let Some(writer) = writer {
            writer.finish().map_err(|_| self.unwritten())?;
        }
        self.write_quarantine(rules, &bad, refused, tally)
    }

    fn write_quarantine(
        &self,
        rules: &Rules<'_>,
        rows: &[Quarantined],
        path: &Path,
        tally: &mut Tally,
    ) -> Result<bool> {
        let malformed = &self.audit.malformed;
        if !malformed.is_empty() {
            let n = malformed.len() as u64;
            tally.quarantined += n;
            tally.reasons.insert(Reason::MalformedRow.code(), n);
        }
        if rows.is_empty() && malformed.is_empty() {
            return Ok(false);
        }
        let name = self
            .path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let mut frame =
            quarantine::frame(rows, malformed, rules.layout.table, &name, rules.load_id)
                .map_err(|e| self.failed(e))?;
        let file = File::create(path).map_err(|e| Error::io("can't be written", path, e))?;
        parquet(file)
            .finish(&mut frame)
            .map_err(|_| self.unwritten())?;
        Ok(true)
    }
}

type Batched = polars::io::parquet::write::BatchedWriter<File>;

fn parquet(file: File) -> ParquetWriter<File> {
    ParquetWriter::new(file).with_compression(ParquetCompression::Zstd(None))
}

/// Appends a frame as row groups; the first one gives the file its schema.
fn append(
    writer: &mut Option<Batched>,
    file: &mut Option<File>,
    mut frame: DataFrame,
) -> PolarsResult<()> {
    if let Some(file) = file.take() {
        *writer = Some(parquet(file).batched(frame.schema())?);
    }
    if let Some(writer) = writer
        && frame.height() > 0
    {
        frame.rechunk_mut();
        writer.write_batch(&frame)?;
    }
    Ok(())
}

/// The last day that a file can hold where no row says when it was written: a year after its median
/// day, or later where the file's days lead up to it (a log of many years has no future in it).
fn last_possible(days: &BTreeMap<i32, u64>) -> Option<i32> {
    let year_on = median(days)? + YEAR;
    let mut last = year_on;
    for day in days.keys().filter(|day| **day > year_on - BREAK) {
        if *day > last + BREAK {
            break;
        }
        last = last.max(*day);
    }
    // Days lead on only from where there is one near the year's end.
    let leads_on = days.range(year_on - BREAK..=year_on).next().is_some();
    Some(if leads_on { last } else { year_on })
}

/// The median of counted days (the lower of the two middle ones).
fn median(days: &BTreeMap<i32, u64>) -> Option<i32> {
    let half = days.values().sum::<u64>().div_ceil(2);
    let mut seen = 0;
    days.iter().find_map(|(day, n)| {
        seen += n;
        (seen >= half && half > 0).then_some(*day)
    })
}

/// Rewrites a staged file without some of its rows, by their numbers.
pub fn rewrite_without(staged: &Path, rows: &[i64], to: &Path) -> Result<()> {
    let failed = |e: PolarsError| {
        Error::internal("the staged rows can't be written again")
            .at(staged)
            .because(e.to_string())
    };
    let left_out =
        DataFrame::new(rows.len(), vec![Column::new("row_number".into(), rows)]).map_err(failed)?;
    let path = PlRefPath::try_from_path(staged).map_err(failed)?;
    let kept = LazyFrame::scan_parquet(path, ScanArgsParquet::default())
        .map_err(failed)?
        .join(
            left_out.lazy(),
            [col("row_number")],
            [col("row_number")],
            JoinArgs::new(JoinType::Anti),
        );
    let file = File::create(to).map_err(|e| Error::io("can't be written", to, e))?;
    let (mut writer, mut file) = (None, Some(file));
    for batch in batches(kept).map_err(failed)? {
        append(&mut writer, &mut file, batch.map_err(failed)?).map_err(failed)?;
    }
    match writer {
        Some(writer) => writer.finish().map(|_| ()).map_err(failed),
        None => Ok(()),
    }
}
