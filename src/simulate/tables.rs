//! The tables that stand beside the exports: organizations, providers, population and the
//! liaisons' log, in the canonical layout. Capacity grows week by week and is exports.rs's.

use std::path::{Path, PathBuf};

use catchment_base::{Day, Result};

use crate::random::{Subject, mix_unit};
use crate::roster::Provider;
use crate::sheets::{Sheet, date};
use crate::world::World;

const PROVIDER_COLUMNS: [&str; 22] = [
    "npi",
    "name",
    "entity_type",
    "role",
    "taxonomy_code",
    "specialty",
    "organization_id",
    "affiliation",
    "practice_id",
    "practice_name",
    "zip",
    "lat",
    "lon",
    "county",
    "fte",
    "is_primary",
    "accepts_new_patients",
    "age_bands",
    "payers_accepted",
    "effective_from",
    "effective_to",
    "deactivated_on",
];

/// Writes the four tables into a folder.
pub(crate) fn write(world: &World, out: &Path) -> Result<Vec<PathBuf>> {
    Ok(vec![
        organizations(world, &out.join("organizations.csv"))?,
        providers(world, &out.join("providers.csv"))?,
        population(world, &out.join("population.csv"))?,
        visits(world, &out.join("visits.csv"))?,
    ])
}

fn organizations(world: &World, path: &Path) -> Result<PathBuf> {
    let header = [
        "organization_id",
        "name",
        "affiliation",
        "effective_from",
        "effective_to",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    for organization in &world.roster.organizations {
        let word = organization.affiliation.word();
        sheet.row(&[organization.id.as_str(), &organization.name, word, "", ""])?;
    }
    sheet.finish()
}

fn providers(world: &World, path: &Path) -> Result<PathBuf> {
    let mut sheet = Sheet::with_header(path, &PROVIDER_COLUMNS)?;
    for (number, provider) in world.roster.providers.iter().enumerate() {
        for place in 0..provider.places {
            let practice = world.roster.practice(number as u32, place);
            match practice.moved {
                None => {
                    let span = (provider.from, provider.until);
                    sheet.row(&provider_row(world, number, place, span))?;
                }
                Some((on, _)) => {
                    let before = (provider.from, Some(on.plus(-1)));
                    sheet.row(&provider_row(world, number, place, before))?;
                    let after = (Some(on), provider.until);
                    sheet.row(&provider_row(world, number, place, after))?;
                }
            }
        }
    }
    sheet.finish()
}

/// A provider's row for a place of work and the days on which it holds.
fn provider_row(
    world: &World,
    number: usize,
    place: u8,
    (from, to): (Option<Day>, Option<Day>),
) -> Vec<String> {
    let provider = &world.roster.providers[number];
    let practice = world.roster.practice(number as u32, place);
    let zip = &world.land.zips[practice.zip as usize];
    let [entity, role] = match provider.is_organization {
        true => ["organization", ""],
        false => ["individual", provider.role],
    };
    let code = provider.specialty.nucc_codes.first();
    let [organization, affiliation] = belongs(world, provider.practices[usize::from(place)], from);
    vec![
        provider.npi.clone(),
        provider.name.clone(),
        entity.to_string(),
        role.to_string(),
        code.cloned().unwrap_or_default(),
        provider.specialty.name.clone(),
        organization,
        affiliation,
        practice.id.clone(),
        practice.name.clone(),
        zip.place.zip.clone(),
        practice.point.0.to_string(),
        practice.point.1.to_string(),
        world.land.counties[zip.county].name.clone(),
        fte(provider, place),
        (provider.places > 1 && place == 0).to_string(),
        provider.accepts.to_string(),
        provider.age_bands(),
        // Which payers anyone accepts is not known.
        String::new(),
        date(from),
        date(to),
        date(provider.until.map(|day| day.plus(1))),
    ]
}

/// The id of a practice's organization from a day on, and how it stands to us. A fifth of the
/// practices that never moved leave the latter to the organization's row.
fn belongs(world: &World, practice: u32, from: Option<Day>) -> [String; 2] {
    let day = from.unwrap_or(world.settings.first_day());
    let organization = world.roster.organization(practice, day);
    let has_moved = world.roster.practices[practice as usize].moved.is_some();
    let roll = mix_unit(world.settings.seed, Subject::Roster, u64::from(practice), 2);
    let word = if has_moved || roll < 0.8 {
        organization.affiliation.word()
    } else {
        ""
    };
    [organization.id.clone(), word.to_string()]
}

/// The full-time equivalents at a place: seven tenths at the first of two, as its orders go.
fn fte(provider: &Provider, place: u8) -> String {
    let tenths = (provider.fte * 10.0).round();
    let share = match (provider.places, place) {
        (1, _) => 1.0,
        (_, 0) => 0.7,
        _ => 0.3,
    };
    ((tenths * share * 10.0).round() / 100.0).to_string()
}

fn population(world: &World, path: &Path) -> Result<PathBuf> {
    let header = [
        "zip",
        "county",
        "state",
        "lat",
        "lon",
        "population",
        "population_65_plus",
        "population_under_18",
        "female_15_44",
        "growth_5y",
        "county_type",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    for zip in &world.land.zips {
        let county = &world.land.counties[zip.county];
        sheet.row(&[
            zip.place.zip.clone(),
            county.name.clone(),
            zip.place.state.clone(),
            zip.place.lat.to_string(),
            zip.place.lon.to_string(),
            zip.people().to_string(),
            zip.ages[2].to_string(),
            zip.ages[0].to_string(),
            zip.female_15_44.to_string(),
            zip.growth.to_string(),
            county.kind.to_string(),
        ])?;
    }
    sheet.finish()
}

fn visits(world: &World, path: &Path) -> Result<PathBuf> {
    let header = [
        "practice_id",
        "npi",
        "visited_on",
        "kind",
        "liaison_id",
        "topic",
        "outcome",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    for visit in &world.referrers.visits {
        let practice = &world.roster.practices[visit.practice as usize];
        let (practice, npi) = match visit.provider {
            Some(provider) => ("", world.roster.providers[provider as usize].npi.as_str()),
            None => (practice.id.as_str(), ""),
        };
        let on = visit.on.to_string();
        sheet.row(&[
            practice,
            npi,
            &on,
            visit.kind,
            &visit.liaison,
            visit.topic,
            visit.outcome,
        ])?;
    }
    sheet.finish()
}
