//! Which staged rows are new, which are stored already, and which are the latest of their key. All
//! questions are SQL over the staged file and the visible files of the table.

use std::path::{Path, PathBuf};

use crate::base::{Day, Error, Result, Table};
use crate::engine::{Engine, Parameters};
use crate::mapping::canonical::Layout;

/// What the lake knows of a staged file's rows.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Row numbers of rows that are stored already, rising.
    pub duplicates: Vec<i64>,
    pub accepted: u64,
    pub superseded: u64,
    pub conflicting: u64,
    pub first_on: Option<Day>,
    pub last_on: Option<Day>,
}

/// Judges a staged file against the visible files of its table. `known` is where the stored rows of
/// the staged keys are set down on the way.
pub(super) fn judge(
    engine: &Engine,
    layout: &Layout,
    staged: &Path,
    stored: &[PathBuf],
    known: &Path,
) -> Result<Judgement> {
    engine.register_parquet("staged", &[staged.to_path_buf()], &layout.schema())?;
    engine.register_parquet("stored", stored, &layout.schema())?;
    let judged =
        keep_known(engine, layout, known).and_then(|()| ask(engine, layout, stored.is_empty()));
    for name in ["staged", "stored", "known"] {
        engine.forget(name)?;
    }
    std::fs::remove_file(known).ok();
    judged
}

/// Sets down what is stored of the staged keys, so that the lake is read once and narrowly.
fn keep_known(engine: &Engine, layout: &Layout, path: &Path) -> Result<()> {
    let (key, moment) = (key_of(layout), moment_of(layout));
    let extra = if layout.table == "referrals" {
        ", source, referral_id, referred_on, patient_id, coalesce(referred_to_npi, referred_to_name, '') as referred_to"
    } else {
        ""
    };
    // The referrals' key is compared as it is, since they are many.
    let is_staged = if layout.table == "referrals" {
        "exists (select 1 from staged as s where s.referral_id = stored.referral_id and s.source = stored.source)"
            .to_string()
    } else {
        format!("{key} in (select {key} from staged)")
    };
    let sql = format!(
        "select {key} as key, {moment} as moment, content_hash, file_latest_on{extra} from stored where {is_staged}"
    );
    let known = engine.store("known rows", &sql, &Parameters::new(), path)?;
    engine.register_stored("known", &known)
}

fn ask(engine: &Engine, layout: &Layout, is_first: bool) -> Result<Judgement> {
    if layout.table == "referrals" && !is_first {
        refuse_strangers(engine)?;
    }
    let key = key_of(layout);
    let moment = moment_of(layout);
    let none = Parameters::new();
    let duplicates = engine.query(
        "duplicate rows",
        &format!(
            "with staged_rows as (
               select row_number as row_in_file, {key} as key, {moment} as moment, content_hash,
                 row_number() over (partition by {key}, {moment}, content_hash order by row_number) as copy
               from staged
             ), known_rows as (
               select distinct key, moment, content_hash from known
             )
             select s.row_in_file from staged_rows as s
             left join known_rows as t
               on t.key = s.key and t.moment = s.moment and t.content_hash = s.content_hash
             where s.copy > 1 or t.key is not null
             order by s.row_in_file"
        ),
        &none,
    )?;
    let duplicates: Vec<i64> = duplicates
        .ints("row_in_file")?
        .into_iter()
        .flatten()
        .collect();
    let day = layout.day.unwrap_or("null");
    let totals = engine.query(
        "staged rows",
        &format!("select count(*) as n, cast(min({day}) as date) as first_on, cast(max({day}) as date) as last_on from staged"),
        &none,
    )?;
    let new = (one(&totals, "n")? as u64).saturating_sub(duplicates.len() as u64);
    let latest = if layout.index("updated_at").is_some() {
        latest_rows(engine, &key, &moment)?
    } else {
        new
    };
    Ok(Judgement {
        accepted: latest.min(new),
        superseded: new - latest.min(new),
        conflicting: conflicting_rows(engine, &key, &moment)?,
        first_on: totals.days("first_on")?.first().copied().flatten(),
        last_on: totals.days("last_on")?.first().copied().flatten(),
        duplicates,
    })
}

/// The number of keys whose latest version is one of the staged rows and not stored already.
fn latest_rows(engine: &Engine, key: &str, moment: &str) -> Result<u64> {
    // Texts of one length for each part, so that the greatest text is the latest version.
    let version = |moment: &str| {
        format!(
            "concat({moment}, '|', coalesce(cast(file_latest_on as varchar), ''), '|', content_hash)"
        )
    };
    let table = engine.query(
        "latest versions",
        &format!(
            "with staged_keys as (
               select {key} as key, max({staged}) as version from staged group by 1
             ), known_keys as (
               select key, max({known}) as version from known group by key
             ), known_content as (
               select distinct key, moment, content_hash from known
             )
             select count(*) as n from staged_keys as s
             left join known_keys as t on t.key = s.key
             left join known_content as c
               on c.key = s.key and concat(c.moment, '|') = substr(s.version, 1, length(c.moment) + 1)
               and c.content_hash = substr(s.version, length(s.version) - 31)
             where c.key is null and (t.version is null or s.version > t.version)",
            staged = version(moment),
            known = version("moment"),
        ),
        &Parameters::new(),
    )?;
    Ok(one(&table, "n")? as u64)
}

/// Staged rows that share key and time with a row of other content.
fn conflicting_rows(engine: &Engine, key: &str, moment: &str) -> Result<u64> {
    let table = engine.query(
        "conflicting rows",
        &format!(
            "with staged_keys as (
               select {key} as key, {moment} as moment, content_hash, count(*) as n from staged group by 1, 2, 3
             ), all_rows as (
               select key, moment, content_hash from staged_keys
               union
               select key, moment, content_hash from known
             ), torn as (
               select key, moment from all_rows group by key, moment having count(*) > 1
             )
             select coalesce(sum(s.n), 0) as n from staged_keys as s
             inner join torn as t on t.key = s.key and t.moment = s.moment"
        ),
        &Parameters::new(),
    )?;
    Ok(one(&table, "n")? as u64)
}

/// Refuses a file whose ids mean other referrals than the ones stored under the same source.
fn refuse_strangers(engine: &Engine) -> Result<()> {
    let table = engine.query(
        "shared ids",
        "with pairs as (
           select s.source, s.referral_id,
             s.referred_on = t.referred_on as same_day,
             case when s.patient_id is not null and t.patient_id is not null then s.patient_id = t.patient_id
                  else coalesce(s.referred_to_npi, s.referred_to_name, '') = t.referred_to
             end as same_other
           from staged as s inner join known as t on t.source = s.source and t.referral_id = s.referral_id
         ), ids as (
           select source, referral_id, bool_or(same_day or same_other) as known from pairs group by 1, 2
         )
         select count(*) as shared, coalesce(sum(case when known then 0 else 1 end), 0) as strangers,
           coalesce(min(source), '') as source
         from ids",
        &Parameters::new(),
    )?;
    let (shared, strangers) = (one(&table, "shared")?, one(&table, "strangers")?);
    if strangers * 2 > shared {
        return Err(Error::input(format!(
            "{strangers} of the {shared} referral ids that it shares with source '{}' mean other referrals there",
            table.cell("source", 0)?
        ))
        .help("it comes from another system: name one for its path under [sources] in catchment.toml"));
    }
    Ok(())
}

fn one(table: &Table, column: &str) -> Result<i64> {
    Ok(table.ints(column)?.first().copied().flatten().unwrap_or(0))
}

/// The key as one text; names of columns are the program's own.
fn key_of(layout: &Layout) -> String {
    let parts: Vec<String> = layout
        .key
        .iter()
        .map(|c| format!("coalesce(cast({c} as varchar), '')"))
        .collect();
    format!("concat({})", parts.join(", chr(31), "))
}

/// The time of a version as text; empty where the table has none.
fn moment_of(layout: &Layout) -> String {
    match layout.index("updated_at") {
        Some(_) => "coalesce(to_char(updated_at, '%Y-%m-%dT%H:%M:%S%.6f'), '')".to_string(),
        None => "''".to_string(),
    }
}
