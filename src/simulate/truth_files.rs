//! The folder `truth/`: what was planted and what is so, as CSV whose columns all begin with
//! `truth_`, so that no reader takes them for input. What is counted is truth.rs's.

use std::path::{Path, PathBuf};

use catchment_base::Result;
use catchment_base::places::distance_km;

use crate::mess::Dirt;
use crate::people::Land;
use crate::roster::Roster;
use crate::services::{self, SERVICES};
use crate::sheets::{Sheet, date};
use crate::sites::Sites;
use crate::truth::{Leakage, Tally};
use crate::world::World;

const README: &str = include_str!("truth.txt");

/// Writes the folder.
pub(crate) fn write(
    world: &World,
    sites: &Sites,
    tally: &Tally,
    dirt: &[(String, Dirt)],
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    let mut readme = Sheet::create(&folder.join("README.txt"))?;
    readme.bytes(README.as_bytes())?;
    let mut files = vec![
        readme.finish()?,
        settings(world, &folder.join("settings.csv"))?,
        leakage(world, tally, &folder.join("leakage.csv"))?,
        leakage_referrers(world, tally, &folder.join("leakage_referrers.csv"))?,
        volume(world, tally, &folder.join("volume.csv"))?,
        overflow(world, sites, &folder.join("overflow.csv"))?,
        referrers(world, &folder.join("referrers.csv"))?,
        absent(world, &folder.join("absent_specialties.csv"))?,
        not_offered(world, &folder.join("not_offered.csv"))?,
        acquisitions(world, &folder.join("acquisitions.csv"))?,
        effects(world, &folder.join("visits_effect.csv"))?,
    ];
    if world.settings.mess {
        files.push(mess(dirt, &folder.join("mess.csv"))?);
    }
    Ok(files)
}

fn settings(world: &World, path: &Path) -> Result<PathBuf> {
    let mut sheet = Sheet::with_header(path, &["truth_setting", "truth_value"])?;
    let settings = &world.settings;
    let rows = [
        ("state", settings.state.to_uppercase()),
        ("quarters", settings.quarters.to_string()),
        ("pcps", settings.pcps.to_string()),
        ("volume", settings.volume.to_string()),
        ("seed", settings.seed.to_string()),
        ("mess", settings.mess.to_string()),
        ("one_export", settings.one_export.to_string()),
        ("last_quarter", settings.last_quarter.to_string()),
        ("last_day", settings.last_day().to_string()),
    ];
    for (name, value) in rows {
        sheet.row(&[name, &value])?;
    }
    sheet.finish()
}

const LEAKAGE: [&str; 5] = [
    "truth_eligible",
    "truth_leaked",
    "truth_unknown",
    "truth_not_offered",
    "truth_same_provider",
];

fn numbers(row: &Leakage) -> [String; 5] {
    [
        row.eligible,
        row.leaked,
        row.unknown,
        row.not_offered,
        row.same_provider,
    ]
    .map(|number| number.to_string())
}

fn leakage(world: &World, tally: &Tally, path: &Path) -> Result<PathBuf> {
    let mut sheet = Sheet::with_header(
        path,
        &[&["truth_specialty", "truth_quarter"][..], &LEAKAGE].concat(),
    )?;
    let mut services: Vec<usize> = (0..SERVICES.len()).collect();
    services.sort_by_key(|&service| SERVICES[service].name);
    for service in services.into_iter().map(Some).chain([None]) {
        for (at, quarter) in tally.by_service.iter().enumerate() {
            let row = match service {
                Some(service) => quarter[service],
                None => sum(quarter),
            };
            let name = service.map_or("all", |service| SERVICES[service].name);
            let when = world.settings.first_quarter().plus(at as i32).to_string();
            if service.is_none() || row != Leakage::default() {
                let key = [name.to_string(), when];
                sheet.row(&[&key[..], &numbers(&row)].concat())?;
            }
        }
    }
    sheet.finish()
}

fn sum(rows: &[Leakage]) -> Leakage {
    rows.iter().fold(Leakage::default(), |a, b| Leakage {
        eligible: a.eligible + b.eligible,
        leaked: a.leaked + b.leaked,
        unknown: a.unknown + b.unknown,
        not_offered: a.not_offered + b.not_offered,
        same_provider: a.same_provider + b.same_provider,
    })
}

fn leakage_referrers(world: &World, tally: &Tally, path: &Path) -> Result<PathBuf> {
    let mut sheet = Sheet::with_header(
        path,
        &[&["truth_npi", "truth_quarter"][..], &LEAKAGE].concat(),
    )?;
    let quarters = tally.volume.len();
    for (at, &referrer) in tally.own.iter().enumerate() {
        let provider = world.referrers.all[referrer as usize].provider;
        for quarter in 0..quarters {
            let row = tally.by_referrer[at * quarters + quarter];
            if row != Leakage::default() {
                let npi = world.roster.providers[provider as usize].npi.clone();
                let when = world
                    .settings
                    .first_quarter()
                    .plus(quarter as i32)
                    .to_string();
                sheet.row(&[&[npi, when][..], &numbers(&row)].concat())?;
            }
        }
    }
    sheet.finish()
}

fn volume(world: &World, tally: &Tally, path: &Path) -> Result<PathBuf> {
    let header = [
        "truth_quarter",
        "truth_inbound_external",
        "truth_inbound_internal",
        "truth_inbound_external_clinical",
        "truth_inbound_internal_clinical",
        "truth_aligned",
        "truth_kept",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    for (at, row) in tally.volume.iter().enumerate() {
        let all = sum(&tally.by_service[at]);
        let aligned = all.eligible + all.unknown + all.not_offered + all.same_provider;
        let numbers = [
            row.external,
            row.internal,
            row.external_clinical,
            row.internal_clinical,
            aligned,
            all.eligible - all.leaked,
        ];
        let when = world.settings.first_quarter().plus(at as i32).to_string();
        sheet.row(&[&[when][..], &numbers.map(|n| n.to_string())].concat())?;
    }
    sheet.finish()
}

fn overflow(world: &World, sites: &Sites, path: &Path) -> Result<PathBuf> {
    let header = [
        "truth_practice_id",
        "truth_specialty",
        "truth_affiliation",
        "truth_over_capacity",
        "truth_utilisation",
        "truth_mean_slots",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    for site in &sites.all {
        sheet.row(&[
            world.roster.practices[site.practice as usize].id.clone(),
            Sites::specialty(site).to_string(),
            site.affiliation.word().to_string(),
            site.is_planted.to_string(),
            format!("{:.4}", site.utilisation),
            format!("{:.4}", site.slots),
        ])?;
    }
    sheet.finish()
}

fn referrers(world: &World, path: &Path) -> Result<PathBuf> {
    let header = [
        "truth_npi",
        "truth_behaviour",
        "truth_changed_on",
        "truth_rate_before",
        "truth_rate_after",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    for referrer in world.referrers.all.iter().filter(|r| r.own.0 > r.own.1) {
        let (on, before, after) = match referrer.change {
            Some((on, before, after)) => (Some(on), before, after),
            None => (None, 1.0, 1.0),
        };
        sheet.row(&[
            world.roster.providers[referrer.provider as usize]
                .npi
                .clone(),
            referrer.behaviour.word().to_string(),
            date(on),
            format!("{:.4}", referrer.sends * before),
            format!("{:.4}", referrer.sends * after),
        ])?;
    }
    sheet.finish()
}

/// Counties without anyone of a clinical service, with the way from the county's people to the
/// nearest provider.
fn absent(world: &World, path: &Path) -> Result<PathBuf> {
    let header = [
        "truth_county",
        "truth_specialty",
        "truth_planted",
        "truth_nearest_km",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    let clinical: Vec<usize> = (0..SERVICES.len())
        .filter(|&s| services::is_clinical(s))
        .collect();
    for service in clinical {
        let points = points_of(&world.roster, service as u8);
        for (at, county) in world.land.counties.iter().enumerate() {
            let is_there = |zip: &u32| world.land.zips[*zip as usize].county == at;
            if points.iter().any(|(zip, _)| is_there(zip)) {
                continue;
            }
            let is_planted = world.roster.planted_absences.contains(&(at, service as u8));
            let km = nearest(&world.land, at, &points);
            sheet.row(&[
                county.name.clone(),
                SERVICES[service].name.to_string(),
                is_planted.to_string(),
                km.map(|km| format!("{km:.1}")).unwrap_or_default(),
            ])?;
        }
    }
    sheet.finish()
}

/// Where the providers of a service work: ZIP points and places.
fn points_of(roster: &Roster, service: u8) -> Vec<(u32, (f64, f64))> {
    let mut points = Vec::new();
    for (number, provider) in roster.providers.iter().enumerate() {
        if provider.service == Some(service) {
            let places = (0..provider.places).map(|p| roster.practice(number as u32, p));
            points.extend(places.map(|practice| (practice.zip, practice.point)));
        }
    }
    points.sort_by(|a, b| {
        a.0.cmp(&b.0)
            .then(a.1.0.total_cmp(&b.1.0))
            .then(a.1.1.total_cmp(&b.1.1))
    });
    points.dedup();
    points
}

/// The people-weighted mean distance from a county's ZIP points to the nearest of some places.
fn nearest(land: &Land, county: usize, points: &[(u32, (f64, f64))]) -> Option<f64> {
    let (mut people, mut sum) = (0.0, 0.0);
    for zip in land.zips.iter().filter(|zip| zip.county == county) {
        let distances = points
            .iter()
            .map(|(_, point)| distance_km(zip.point(), *point));
        sum += zip.people() as f64 * distances.reduce(f64::min)?;
        people += zip.people() as f64;
    }
    (people > 0.0).then(|| sum / people)
}

fn not_offered(world: &World, path: &Path) -> Result<PathBuf> {
    let mut sheet = Sheet::with_header(path, &["truth_specialty"])?;
    for &service in &world.roster.not_offered {
        sheet.row(&[SERVICES[usize::from(service)].name])?;
    }
    sheet.finish()
}

fn acquisitions(world: &World, path: &Path) -> Result<PathBuf> {
    let header = [
        "truth_practice_id",
        "truth_by_organization_id",
        "truth_affiliation",
        "truth_on",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    for bought in &world.roster.acquisitions {
        let organization = &world.roster.organizations[bought.organization as usize];
        sheet.row(&[
            world.roster.practices[bought.practice as usize].id.as_str(),
            &organization.id,
            organization.affiliation.word(),
            &bought.on.to_string(),
        ])?;
    }
    sheet.finish()
}

fn effects(world: &World, path: &Path) -> Result<PathBuf> {
    let header = [
        "truth_practice_id",
        "truth_visited_on",
        "truth_effect_from",
        "truth_multiplier",
    ];
    let mut sheet = Sheet::with_header(path, &header)?;
    for effect in &world.referrers.effects {
        sheet.row(&[
            world.roster.practices[effect.practice as usize].id.clone(),
            effect.visited_on.to_string(),
            effect.from.to_string(),
            effect.factor.to_string(),
        ])?;
    }
    sheet.finish()
}

fn mess(dirt: &[(String, Dirt)], path: &Path) -> Result<PathBuf> {
    let mut sheet = Sheet::with_header(path, &["truth_file", "truth_reason", "truth_rows"])?;
    for (file, dirt) in dirt {
        for (reason, rows) in &dirt.rows {
            sheet.row(&[file.as_str(), reason, &rows.to_string()])?;
        }
    }
    sheet.finish()
}
