//! Resolves the distinct names and texts of a run, and hands the answers to the engine as small
//! tables. Exact names only: one provider bears the name, or one of its bearers works where the
//! referral says.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{fold, is_nobody, is_self};
use crate::base::{Result, Table, TableBuilder, specialties};
use crate::engine::{Engine, Parameters};

/// How many distinct names were resolved how.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Distinct names in their circumstances.
    pub names: u64,
    /// Of these, resolved to a provider.
    pub resolved: u64,
    /// Distinct specialty texts.
    pub specialty_texts: u64,
    /// Of these, outside the set.
    pub unknown_specialty_texts: u64,
}

/// The bearers of a name: their NPIs, each with its practices and specialties.
#[derive(Default)]
struct Bearer {
    practices: BTreeSet<String>,
    specialties: BTreeSet<&'static str>,
}

type Roster = BTreeMap<String, BTreeMap<String, Bearer>>;

/// Resolves what the registered lake holds, and registers `identity_specialties`,
/// `identity_referring` and `identity_referred_to`.
pub fn resolve(engine: &Engine) -> Result<Counts> {
    let mut counts = Counts::default();
    specialty_texts(engine, &mut counts)?;
    let roster = read_roster(engine)?;
    referring(engine, &roster, &mut counts)?;
    referred_to(engine, &roster, &mut counts)?;
    Ok(counts)
}

fn ask(engine: &Engine, name: &str, sql: &str) -> Result<Table> {
    engine.query(name, sql, &Parameters::new())
}

fn specialty_texts(engine: &Engine, counts: &mut Counts) -> Result<()> {
    let texts = ask(
        engine,
        "specialty texts",
        "select specialty as text from lake_referrals where specialty is not null
         union select specialty from lake_providers where specialty is not null
         union select taxonomy_code from lake_providers where taxonomy_code is not null
         union select specialty from lake_capacity where specialty is not null",
    )?
    .sorted_by(&["text"])?;
    let texts = texts.texts("text")?;
    let found: Vec<Option<&str>> = texts
        .iter()
        .map(|t| Some(specialties::find(t.as_deref()?)?.name.as_str()))
        .collect();
    counts.specialty_texts = texts.len() as u64;
    counts.unknown_specialty_texts = found.iter().filter(|f| f.is_none()).count() as u64;
    let known = |f: &Option<&str>| f.is_some();
    let table = TableBuilder::new("identity_specialties")
        .text(
            "specialty_text",
            texts
                .iter()
                .zip(&found)
                .filter(|(_, f)| known(f))
                .map(|(t, _)| t.as_deref()),
        )
        .text("specialty", found.iter().filter(|f| known(f)).copied())
        .finish()?;
    engine.register(&table)
}

fn read_roster(engine: &Engine) -> Result<Roster> {
    let rows = ask(
        engine,
        "roster names",
        "select distinct npi, name, coalesce(practice_name, '') as practice_name,
           coalesce(practice_id, '') as practice_id, coalesce(specialty, taxonomy_code, '') as specialty
         from lake_providers
         where name is not null and coalesce(entity_type, 'individual') = 'individual'",
    )?;
    let (npis, names) = (rows.text("npi")?, rows.text("name")?);
    let (practices, ids, texts) = (
        rows.text("practice_name")?,
        rows.text("practice_id")?,
        rows.text("specialty")?,
    );
    let mut roster = Roster::new();
    for row in 0..rows.rows() {
        let bearers = roster.entry(fold(names.value(row))).or_default();
        let bearer = bearers.entry(npis.value(row).to_string()).or_default();
        for practice in [practices.value(row), ids.value(row)]
            .into_iter()
            .filter(|p| !p.is_empty())
        {
            bearer.practices.insert(fold(practice));
        }
        if let Some(specialty) = specialties::find(texts.value(row)) {
            bearer.specialties.insert(&specialty.name);
        }
    }
    Ok(roster)
}

/// The provider that a name means in its circumstances, and how it was found.
fn meant<'r>(
    roster: &'r Roster,
    name: &str,
    practice: &str,
    specialty: Option<&str>,
) -> (Option<&'r str>, &'static str) {
    let folded = fold(name);
    if is_self(&folded) {
        return (None, "patient_self");
    }
    if is_nobody(&folded) {
        return (None, "nobody");
    }
    let Some(bearers) = roster.get(&folded) else {
        return (None, "unresolved");
    };
    if let (1, Some(npi)) = (bearers.len(), bearers.keys().next()) {
        return (Some(npi), "name");
    }
    let place = fold(practice);
    let there = only(
        bearers
            .iter()
            .filter(|(_, b)| !place.is_empty() && b.practices.contains(&place)),
    );
    if let Some(npi) = there {
        return (Some(npi), "name_and_practice");
    }
    let versed = only(
        bearers
            .iter()
            .filter(|(_, b)| specialty.is_some_and(|s| b.specialties.contains(s))),
    );
    match versed {
        Some(npi) => (Some(npi), "name_and_specialty"),
        None => (None, "ambiguous"),
    }
}

fn only<'r>(mut bearers: impl Iterator<Item = (&'r String, &'r Bearer)>) -> Option<&'r str> {
    let first = bearers.next()?;
    bearers.next().is_none().then_some(first.0)
}

fn referring(engine: &Engine, roster: &Roster, counts: &mut Counts) -> Result<()> {
    let rows = ask(
        engine,
        "referring names",
        "select distinct referring_name, coalesce(referring_practice, '') as referring_practice
         from lake_referrals where referring_npi is null and referring_name is not null",
    )?
    .sorted_by(&["referring_name", "referring_practice"])?;
    let (names, practices) = (
        rows.text("referring_name")?,
        rows.text("referring_practice")?,
    );
    // A referring name is never resolved by the referral's specialty: that is the other end's.
    let found: Vec<_> = (0..rows.rows())
        .map(|r| meant(roster, names.value(r), practices.value(r), None))
        .collect();
    count(&found, counts);
    let table = rows_with(
        rows,
        "identity_referring",
        &["referring_name", "referring_practice"],
        &found,
    )?;
    engine.register(&table)
}

fn referred_to(engine: &Engine, roster: &Roster, counts: &mut Counts) -> Result<()> {
    let keys = ["referred_to_name", "referred_to_practice", "specialty_text"];
    let rows = ask(
        engine,
        "referred-to names",
        "select distinct referred_to_name, coalesce(referred_to_practice, '') as referred_to_practice,
           coalesce(specialty, '') as specialty_text
         from lake_referrals where referred_to_npi is null and referred_to_name is not null",
    )?
    .sorted_by(&keys)?;
    let (names, practices, texts) = (
        rows.text(keys[0])?,
        rows.text(keys[1])?,
        rows.text(keys[2])?,
    );
    let found: Vec<_> = (0..rows.rows())
        .map(|r| {
            let specialty = specialties::find(texts.value(r)).map(|s| s.name.as_str());
            meant(roster, names.value(r), practices.value(r), specialty)
        })
        .collect();
    count(&found, counts);
    engine.register(&rows_with(rows, "identity_referred_to", &keys, &found)?)
}

fn count(found: &[(Option<&str>, &str)], counts: &mut Counts) {
    counts.names += found.len() as u64;
    counts.resolved += found.iter().filter(|f| f.0.is_some()).count() as u64;
}

fn rows_with(
    rows: Table,
    name: &str,
    keys: &[&str],
    found: &[(Option<&str>, &str)],
) -> Result<Table> {
    let mut out = TableBuilder::new(name);
    for key in keys {
        out = out.text(key, rows.text(key)?.iter());
    }
    out.text("npi", found.iter().map(|f| f.0))
        .text("matched", found.iter().map(|f| Some(f.1)))
        .finish()
}
