//! A whole file: survey of its days, cleaning in runs, typed zstd Parquet in the scratch folder.
//! Whether a row is new is the lake's to say.

use std::fs::File;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use polars::prelude::*;

use super::batches::{BATCH, batches};
use super::blocks::{Audit, Malformed};
use super::cleaning::{Cleaned, Rules, clean};
use super::fingerprint::Fingerprint;
use super::joining::{Joined, Met, interrupted};
use super::patients::{self, Told};
use super::pseudonyms::Pseudonyms;
use super::quarantine::{self, Quarantined};
use super::recognition::Recognised;
use super::row::{Reason, Tally};
use super::rows::{Run, Source, Texts};
use super::survey::{Survey, survey};
use crate::base::progress::Progress;
use crate::base::{Day, Error, Kind as ErrorKind, Result};

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
    /// Columns of the file that are kept out of the lake.
    pub unknown_columns: Vec<String>,
    /// How the file is written, where that is worth telling.
    pub told: Vec<String>,
    /// The rows that can be stored.
    pub data: PathBuf,
    /// The quarantined rows, where there are any.
    pub quarantine: Option<PathBuf>,
}

/// Stages a file that was fingerprinted.
pub fn stage(
    recognised: &Recognised<'_>,
    joined: &[&Joined],
    fingerprint: &Fingerprint,
    settings: &Settings<'_>,
    progress: &dyn Progress,
) -> Result<Staged> {
    let source = Source::new(recognised, joined)?;
    let survey = survey(&source, settings.zone, progress)?;
    let stager = Stager::new(&source, progress);
    let mut rules = stager.rules(&survey, settings, &fingerprint.load_id);
    let has_days = rules.layout.index("updated_at").is_some() && rules.layout.day.is_some();
    if survey.latest.is_none() && has_days {
        // No row says when it was updated: the latest of the sound rows' days does, which takes a
        // cleaning of its own.
        let mut latest = None;
        stager.each_run(&rules, |cleaned| {
            latest = latest.max(cleaned.latest);
            Ok(())
        })?;
        rules.latest = latest;
    }
    let load_id = &fingerprint.load_id;
    let data = settings.scratch.join(format!("{load_id}.parquet"));
    let (tally, audit, refused) = stager.write(&rules, &data)?;
    let place = Place {
        table: rules.layout.table,
        file: &file_name(recognised),
        load_id,
        path: &recognised.path,
    };
    let quarantine = write_quarantine(&refused, &audit.malformed, &place, settings.scratch)?;
    Ok(Staged {
        rows_read: audit.records,
        content_hash: fingerprint.content_hash.clone(),
        source: rules.source.to_string(),
        skipped_lines: audit.skipped_lines,
        latest_on: rules.latest.map(Day),
        unknown_columns: unknown_columns(&source),
        told: told(&source, &survey),
        quarantine,
        load_id: load_id.clone(),
        tally,
        data,
    })
}

/// The file's name without its folder, and its sheet where it has several.
pub fn file_name(recognised: &Recognised<'_>) -> String {
    let name = recognised.path.file_name();
    let name = name
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    match &recognised.form.sheet {
        Some(sheet) => format!("{name}#{sheet}"),
        None => name,
    }
}

pub(super) fn unknown_columns(source: &Source<'_>) -> Vec<String> {
    let own = source.recognised.header.len();
    let places = source.bound.unknown().iter().filter(|place| **place < own);
    places
        .map(|place| on_one_line(&source.header[*place]))
        .collect()
}

/// A name of a column without the line ends and signs that would break a line of a report.
fn on_one_line(name: &str) -> String {
    let plain = name.replace(char::is_control, " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was found of how a file is written, and which filters it gave nothing to do.
pub(super) fn told(source: &Source<'_>, survey: &Survey) -> Vec<String> {
    let recognised = source.recognised;
    let mut told = recognised.form.told();
    for filter in source.bound.idle_filters() {
        let name = &recognised.mapping.set_aside[filter].name;
        told.push(format!(
            "without the filter '{name}', whose column is missing"
        ));
    }
    for (column, order) in &survey.orders {
        let order = match order {
            crate::mapping::DayOrder::MonthFirst => "month",
            crate::mapping::DayOrder::DayFirst => "day",
        };
        told.push(format!("{column} has the {order} first"));
    }
    told
}

/// Why a row was refused, as the quarantine has it.
pub(super) fn found_of(row: &Quarantined) -> String {
    let codes: Vec<&str> = row.reasons.iter().map(|r| r.code()).collect();
    codes.join(", ")
}

/// Reads a file's rows through its mapping and cleans them.
pub(super) struct Stager<'a> {
    source: &'a Source<'a>,
    /// Places of the header that hold patients' own data.
    patients: Vec<usize>,
    progress: &'a dyn Progress,
}

impl<'a> Stager<'a> {
    /// A stager of a file whose mapping is bound.
    pub(super) fn new(source: &'a Source<'a>, progress: &'a dyn Progress) -> Self {
        Self {
            source,
            patients: patients::places(source),
            progress,
        }
    }

    /// The rules of its rows.
    pub(super) fn rules<'r>(
        &'r self,
        survey: &'r Survey,
        settings: &Settings<'r>,
        load_id: &'r str,
    ) -> Rules<'r> {
        let mapping = self.source.recognised.mapping;
        Rules {
            layout: mapping.table,
            pseudonyms: settings.pseudonyms,
            zone: settings.zone,
            source: settings.source.unwrap_or(&mapping.source),
            load_id,
            last_possible: survey.last_possible,
            latest: survey.latest,
            dates: &survey.dates,
        }
    }

    fn path(&self) -> &Path {
        &self.source.recognised.path
    }

    /// The engine's words may quote cells, so they are not passed on.
    pub(super) fn failed(&self, _error: PolarsError) -> Error {
        Error::new(ErrorKind::Input, "can't be staged").at(self.path())
    }

    /// The engine could not write what it had read.
    fn unwritten(&self) -> Error {
        unwritten(self.path())
    }

    /// Cleans the file run by run; runs are handed on in order.
    fn each_run(
        &self,
        rules: &Rules<'_>,
        mut take: impl FnMut(Cleaned) -> Result<()>,
    ) -> Result<Audit> {
        let mut rows = 0;
        let audit = self.each(
            |run| self.clean(run, rules),
            |cleaned| {
                let cleaned = cleaned.map_err(|e| self.failed(e))?;
                rows += cleaned.tally.stored + cleaned.tally.quarantined;
                rows += cleaned.tally.all_set_aside();
                take(cleaned)
            },
        )?;
        let read = rows + audit.malformed.len() as u64;
        if read != audit.records {
            return Err(Error::internal(format!(
                "{} rows were counted and {read} read",
                audit.records
            ))
            .at(self.path()));
        }
        Ok(audit)
    }

    /// Works on the file run by run, several at once, and takes what comes of them in order.
    pub(super) fn each<T: Send>(
        &self,
        work: impl Fn(&Run<'_>) -> T + Sync,
        mut take: impl FnMut(T) -> Result<()>,
    ) -> Result<Audit> {
        let mut places = self.source.bound.needed().to_vec();
        places.extend_from_slice(&self.patients);
        places.sort_unstable();
        places.dedup();
        self.source.each_run(&places, work, |done| {
            if self.progress.is_interrupted() {
                return Err(interrupted(self.path()));
            }
            self.progress.advance(0);
            take(done)
        })
    }

    /// What becomes of a run of rows.
    pub(super) fn clean(&self, run: &Run<'_>, rules: &Rules<'_>) -> PolarsResult<Cleaned> {
        let mapping = self.source.recognised.mapping;
        let bound = &self.source.bound;
        let aside = run.set_aside(bound, !mapping.set_aside.is_empty());
        let kept: Vec<usize> = (0..run.rows.len())
            .filter(|r| aside[*r].is_none())
            .collect();
        let numbers: Vec<i64> = kept.iter().map(|r| run.rows[*r]).collect();
        let raw: Vec<Texts<'_>> = (0..rules.layout.columns.len())
            .map(|column| run.texts(bound, column, &kept))
            .collect();
        let told = rules
            .layout
            .has_patients()
            .then(|| Told::new(run, self.source, &self.patients, &kept, rules.zone));
        let mut cleaned = clean(&raw, &numbers, told.as_ref(), rules)?;
        for filter in aside.into_iter().flatten() {
            let name = mapping.set_aside[filter].name.clone();
            *cleaned.tally.set_aside.entry(name).or_default() += 1;
        }
        Ok(cleaned)
    }

    /// Writes what can be stored; gives back what can't.
    fn write(&self, rules: &Rules<'_>, data: &Path) -> Result<(Tally, Audit, Vec<Quarantined>)> {
        let file = File::create(data).map_err(|e| Error::io("can't be written", data, e))?;
        let (mut writer, mut file) = (None, Some(file));
        let mut held: Option<DataFrame> = None;
        let mut refused: Vec<Quarantined> = Vec::new();
        let mut tally = Tally::default();
        let audit = self.each_run(rules, |cleaned| {
            tally.add(&cleaned.tally);
            refused.extend(cleaned.quarantined);
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
        let nothing: Vec<Texts<'_>> = rules.layout.columns.iter().map(|_| None).collect();
        let empty = clean(&nothing, &[], None, rules)
            .map_err(|e| self.failed(e))?
            .stored;
        append(&mut writer, &mut file, held.unwrap_or(empty)).map_err(|_| self.unwritten())?;
        if let Some(writer) = writer {
            writer.finish().map_err(|_| self.unwritten())?;
        }
        for ((column, reason), n) in &tally.emptied {
            tracing::debug!(column, reason, n, "fields emptied");
        }
        let torn = audit.malformed.len() as u64;
        if torn > 0 {
            tally.quarantined += torn;
            tally.reasons.insert(Reason::MalformedRow.code(), torn);
        }
        Ok((tally, audit, refused))
    }
}

/// Where quarantined rows come from.
struct Place<'a> {
    table: &'a str,
    file: &'a str,
    load_id: &'a str,
    path: &'a Path,
}

/// Writes quarantined rows into the scratch folder, where there are any.
fn write_quarantine(
    rows: &[Quarantined],
    malformed: &[Malformed],
    place: &Place<'_>,
    scratch: &Path,
) -> Result<Option<PathBuf>> {
    if rows.is_empty() && malformed.is_empty() {
        return Ok(None);
    }
    let path = scratch.join(format!("{}.quarantine.parquet", place.load_id));
    let mut frame = quarantine::frame(rows, malformed, place.table, place.file, place.load_id)
        .map_err(|_| Error::new(ErrorKind::Input, "can't be staged").at(place.path))?;
    let file = File::create(&path).map_err(|e| Error::io("can't be written", &path, e))?;
    parquet(file)
        .finish(&mut frame)
        .map_err(|_| unwritten(place.path))?;
    Ok(Some(path))
}

/// Writes the quarantine of a joined file, and counts its rows by reason.
pub fn stage_joined(
    met: &Met,
    table: &str,
    path: &Path,
    load_id: &str,
    scratch: &Path,
) -> Result<(Tally, Option<PathBuf>)> {
    let mut tally = Tally::default();
    let mut rows = Vec::new();
    for (numbers, reason) in [
        (&met.without_key, Reason::MissingRequired),
        (&met.without_parent, Reason::MissingParent),
    ] {
        if !numbers.is_empty() {
            tally.reasons.insert(reason.code(), numbers.len() as u64);
        }
        rows.extend(numbers.iter().map(|row| Quarantined {
            row: *row as i64,
            reasons: vec![reason],
            cells: "{}".to_string(),
        }));
    }
    rows.sort_by_key(|r| r.row);
    if !met.malformed.is_empty() {
        let torn = met.malformed.len() as u64;
        tally.reasons.insert(Reason::MalformedRow.code(), torn);
    }
    tally.quarantined = (rows.len() + met.malformed.len()) as u64;
    let file = path.file_name().map(|n| n.to_string_lossy().into_owned());
    let place = Place {
        table,
        file: &file.unwrap_or_default(),
        load_id,
        path,
    };
    let written = write_quarantine(&rows, &met.malformed, &place, scratch)?;
    Ok((tally, written))
}

/// Whether a main file and those that are joined to it have what its table needs.
pub fn binds(recognised: &Recognised<'_>, joined: &[&Joined]) -> bool {
    Source::new(recognised, joined).is_ok()
}

/// Reads the keys of a main file alone, so that the rows of joined files meet their parents.
pub fn meet(recognised: &Recognised<'_>, joined: &[&Joined]) -> Result<()> {
    let source = Source::new(recognised, joined)?;
    source.each_run(&[], |_| (), |()| Ok(())).map(|_| ())
}

fn unwritten(path: &Path) -> Error {
    Error::new(
        ErrorKind::System,
        "its rows can't be written into the workspace",
    )
    .at(path)
    .help("check that the disk has space; nothing of this file was kept")
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
