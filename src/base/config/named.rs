//! The parts of catchment.toml that name things of the user's own: organizations, providers,
//! territories, specialties, liaisons and goals. `parse` has the parts that only set values.

use super::document::{Found, Section};
use super::keys::nearest;
use super::rules;
use super::sections::{Goal, Liaison, Network, Override, SpecialtyConfig, Subject, Territory};
use super::values::{ByName, above_zero, end_of, npi_of, set_of, whole, zip};
use super::words::{Affiliation, Direction};
use crate::error::Result;
use crate::specialties;

pub(super) fn network(section: &Section) -> Result<Network> {
    let mut all = Network::default();
    section.set("aligned", &mut all.aligned, |found| {
        found.list(|word| {
            let affiliation: Affiliation = word.word()?;
            if affiliation.is_inside() {
                Ok(affiliation)
            } else {
                Err(word.refuse("own or affiliated: the others' orders are not all seen"))
            }
        })
    })?;
    if all.aligned.is_empty() {
        return Err(section.fault(
            "aligned",
            "found an empty list",
            "name own, affiliated or both",
        ));
    }
    all.aligned = set_of(Some(all.aligned));
    all.exclude = set_of(section.maybe("exclude", |found| found.list(Found::text))?);
    for entry in section.each("overrides", "network.overrides[]")? {
        all.overrides.push(override_of(&entry)?);
    }
    all.overrides
        .sort_by(|a, b| (&a.subject, a.from).cmp(&(&b.subject, b.from)));
    whole(section, all, rules::of_network)
}

fn override_of(section: &Section) -> Result<Override> {
    let organization = section.maybe("organization_id", Found::text)?;
    let provider = section.maybe("npi", npi_of)?;
    let subject = match (organization, provider) {
        (Some(id), None) => Subject::OrganizationId(id),
        (None, Some(npi)) => Subject::Npi(npi),
        (Some(_), Some(_)) => {
            return Err(section.fault(
                "npi",
                "stands beside organization_id",
                "write one entry for each",
            ));
        }
        (None, None) => {
            return Err(section.fault(
                "organization_id",
                "is missing, and npi too",
                "say whom it is about with one of them",
            ));
        }
    };
    let from = section.maybe("from", Found::day)?;
    let to = section.maybe("to", Found::day)?;
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        return Err(section.fault(
            "to",
            format!("found {to}"),
            format!("expected {from} or later"),
        ));
    }
    Ok(Override {
        subject,
        affiliation: section.need("affiliation", Found::word)?,
        from,
        to,
    })
}

pub(super) fn territories(file: &Section) -> Result<ByName<Territory>> {
    let sections = file.named("territories")?;
    let mut all = ByName::new();
    for (name, section) in &sections {
        if ["all", "unknown"].contains(&name.to_lowercase().as_str()) {
            return Err(section.fault_of_all(
                format!("a territory is called '{name}'"),
                "choose another name: tables use this one for a row of their own",
            ));
        }
        let territory = Territory {
            counties: set_of(section.maybe("counties", |found| found.list(Found::text))?),
            zips: set_of(section.maybe("zips", |found| found.list(zip))?),
            service_area: section.maybe("service_area", |found| {
                found.number("a share above 0, up to 1, like 0.75", |n| {
                    n > 0.0 && n <= 1.0
                })
            })?,
            liaison: section.maybe("liaison", Found::text)?,
        };
        all.insert(name.clone(), territory);
    }
    let broken = rules::of_territories(&all);
    let place = broken.and_then(|(name, broken)| {
        sections
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, section)| (section, broken))
    });
    match place {
        Some((section, broken)) => Err(section.fault(broken.key, broken.what, broken.help)),
        None => Ok(all),
    }
}

pub(super) fn specialties(file: &Section) -> Result<ByName<SpecialtyConfig>> {
    let mut all = ByName::new();
    for (name, section) in file.named("specialties")? {
        let Some(row) = specialties::find(&name) else {
            let names = specialties::all().iter().map(|row| row.name.as_str());
            let near = nearest(&name, names).unwrap_or_default();
            return Err(section.fault_of_all(
                format!("'{name}' is no specialty of the set"),
                format!("the nearest one is '{near}'"),
            ));
        };
        if all
            .insert(row.name.clone(), specialty(&section, &row.group)?)
            .is_some()
        {
            return Err(section.fault_of_all(
                format!(
                    "'{}' stands here a second time, under another name",
                    row.name
                ),
                "bring both tables into one",
            ));
        }
    }
    all.retain(|_, said| *said != SpecialtyConfig::DEFAULT);
    Ok(all)
}

fn specialty(section: &Section, group: &str) -> Result<SpecialtyConfig> {
    let mut all = SpecialtyConfig::DEFAULT;
    all.group = section
        .maybe("group", Found::text)?
        .filter(|own| own != group);
    all.offered = section.maybe("offered", Found::flag)?;
    section.set("reach_km", &mut all.reach_km, |found| {
        above_zero(found, "kilometres")
    })?;
    all.benchmark_per_100k = section.maybe("benchmark_per_100k", |found| {
        above_zero(found, "providers for 100,000 people")
    })?;
    all.contribution = section.maybe("contribution", |found| {
        found.number("an amount of money for a referral, 0 or more", |n| n >= 0.0)
    })?;
    Ok(all)
}

pub(super) fn liaison(section: &Section, territories: &ByName<Territory>) -> Result<Liaison> {
    let territory = |found: &Found| {
        let name = found.text()?;
        if territories.contains_key(&name) {
            return Ok(name);
        }
        Err(
            match nearest(&name, territories.keys().map(String::as_str)) {
                Some(near) => {
                    found.refuse(format!("a territory of this file; the nearest is '{near}'"))
                }
                None => {
                    found.refuse("a territory of this file, which has none: add [territories.NAME]")
                }
            },
        )
    };
    Ok(Liaison {
        territory: section.maybe("territory", territory)?,
        visits_per_week: section.maybe("visits_per_week", |found| above_zero(found, "visits"))?,
    })
}

pub(super) fn goals(file: &Section) -> Result<Vec<Goal>> {
    let mut all: Vec<Goal> = Vec::new();
    for section in file.each("goals", "goals[]")? {
        let goal = Goal {
            name: section.need("name", Found::text)?,
            measure: section.need("measure", Found::text)?,
            target: section.need("target", |found| found.number("a number", |_| true))?,
            by: section.maybe("by", end_of)?,
            direction: section
                .maybe("direction", Found::word)?
                .unwrap_or(Direction::Up),
        };
        if all.iter().any(|other| other.name == goal.name) {
            let what = format!("'{}' is the name of an earlier goal", goal.name);
            return Err(section.fault("name", what, "give each goal a name of its own"));
        }
        all.push(goal);
    }
    Ok(all)
}
