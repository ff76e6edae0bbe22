//! Texts of specialties, practices and organizations in the form in which they are compared, as
//! small tables of the run.

use std::collections::{BTreeMap, BTreeSet};

use super::organizations;
use super::resolution::{Counts, ask};
use crate::base::{Result, Table, TableBuilder, specialties};
use crate::engine::Engine;

/// Registers `identity_specialties`: the texts that the set knows, with its names.
pub(super) fn register_specialties(engine: &Engine, counts: &mut Counts) -> Result<()> {
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
    let found: Vec<Option<&str>> = texts.iter().map(|t| specialty_of(t.as_deref()?)).collect();
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

/// The specialty of a text; of several codes with semicolons between them the first that the set has.
fn specialty_of(text: &str) -> Option<&'static str> {
    let found = specialties::find(text);
    let found = found.or_else(|| text.split(';').find_map(specialties::find));
    Some(found?.name.as_str())
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
