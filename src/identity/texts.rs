//! Texts of specialties, practices and organizations in the form in which they are compared, as
//! small tables of the run.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::organizations;
use super::resolution::{Counts, ask};
use crate::base::{Result, Table, TableBuilder};
use crate::engine::Engine;
use crate::mapping::Vocabulary;
use crate::mapping::specialty::{self, Found};

/// Every text of a specialty in the lake, with what it means: `text`, `rows` (stored referrals that
/// have it), `specialty` (empty where it is outside the set), `method` and `score`. Those of most
/// referrals come first.
pub(super) fn specialty_texts(engine: &Engine, vocabulary: &Vocabulary) -> Result<Table> {
    let texts = ask(
        engine,
        "specialty texts",
        "select text, sum(rows) as rows from (
           select specialty as text, count(*) as rows from lake_referrals group by specialty
           union all select distinct specialty, 0 from lake_providers
           union all select distinct taxonomy_code, 0 from lake_providers
           union all select distinct specialty, 0 from lake_capacity
           union all select distinct specialty, 0 from lake_claims
         ) where text is not null group by text",
    )?
    .sorted_by(&["text"])?;
    let rows = texts.counts("rows")?;
    let mut order: Vec<usize> = (0..texts.rows()).collect();
    order.sort_by_key(|row| (std::cmp::Reverse(rows[*row]), *row));
    let texts = texts.pick(&order)?;
    let read = texts.texts("text")?;
    let found: Vec<Found> = read
        .par_iter()
        .map(|text| meaning(text.as_deref().unwrap_or_default(), vocabulary))
        .collect();
    TableBuilder::new("specialty_texts")
        .text("text", read.iter().map(Option::as_deref))
        .int("rows", texts.ints("rows")?)
        .text(
            "specialty",
            found.iter().map(|f| Some(f.specialty?.name.as_str())),
        )
        .text("method", found.iter().map(|f| Some(f.method.word())))
        .real("score", found.iter().map(|f| Some(f.score)))
        .finish()
}

/// The specialty of a text; of several codes with semicolons between them the first that the set has.
fn meaning(text: &str, vocabulary: &Vocabulary) -> Found {
    let whole = specialty::find(text, vocabulary);
    if whole.specialty.is_some() || !text.contains(';') {
        return whole;
    }
    let parts = text
        .split(';')
        .map(|part| specialty::find(part, vocabulary));
    parts
        .into_iter()
        .find(|found| found.specialty.is_some())
        .unwrap_or(whole)
}

/// Registers `identity_specialties`: the texts that the set knows, with its names.
pub(super) fn register_specialties(
    engine: &Engine,
    vocabulary: &Vocabulary,
    counts: &mut Counts,
) -> Result<Table> {
    let texts = specialty_texts(engine, vocabulary)?;
    let names = texts.texts("specialty")?;
    let known: Vec<usize> = (0..texts.rows())
        .filter(|row| names[*row].is_some())
        .collect();
    counts.specialty_texts = texts.rows() as u64;
    counts.unknown_specialty_texts = (texts.rows() - known.len()) as u64;
    let known = texts.pick(&known)?;
    let table = TableBuilder::new("identity_specialties")
        .text("specialty_text", known.text("text")?.iter())
        .text("specialty", known.text("specialty")?.iter())
        .finish()?;
    engine.register(&table)?;
    Ok(table)
}

/// Registers `identity_practices` and `identity_organizations`: each text of a name with the key
/// under which it equals other spellings of that name.
pub(super) fn register_names(engine: &Engine) -> Result<()> {
    let practices = ask(
        engine,
        "practice names",
        "select distinct practice_name as name, practice_id as id from lake_providers
         where practice_name is not null and practice_id is not null",
    )?;
    let texts = ask(
        engine,
        "practice texts",
        "select referring_practice as text from lake_referrals where referring_practice is not null
         union select referred_to_practice from lake_referrals where referred_to_practice is not null",
    )?;
    register_keys(engine, "practice", &practices, &texts)?;
    let organizations = ask(
        engine,
        "organization names",
        "select distinct coalesce(name, organization_id) as name, organization_id as id
         from lake_organizations",
    )?;
    let texts = ask(
        engine,
        "organization texts",
        "select distinct referred_to_organization as text from lake_referrals
         where referred_to_organization is not null",
    )?;
    register_keys(engine, "organization", &organizations, &texts)
}

fn register_keys(engine: &Engine, what: &str, rostered: &Table, texts: &Table) -> Result<()> {
    let (names, ids) = (rostered.texts("name")?, rostered.texts("id")?);
    let pairs: BTreeSet<(String, String)> = names
        .into_iter()
        .zip(ids)
        .filter_map(|(name, id)| Some((name?, id?)))
        .collect();
    let pairs: Vec<(String, String)> = pairs.into_iter().collect();
    let texts = texts.texts("text")?;
    let keys: BTreeMap<String, String> =
        organizations::keys(&pairs, texts.iter().flatten().map(String::as_str));
    let table = TableBuilder::new(format!("identity_{what}s"))
        .text(&format!("{what}_text"), keys.keys().map(Some))
        .text(&format!("{what}_key"), keys.values().map(Some))
        .finish()?;
    engine.register(&table)
}
