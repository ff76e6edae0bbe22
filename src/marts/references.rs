//! Small tables that marts join: the specialty set, reasons, quarters with their working days, and
//! what the configuration says. Lists come to SQL this way and are never pasted into it.

use crate::base::config::Affiliation;
use crate::base::{Config, Day, Quarter, Result, TableBuilder, calendar, places, specialties};
use crate::engine::Engine;
use crate::mapping::vocabulary;

/// Quarters that comparisons reach back to: eight, and the year before the oldest.
pub const QUARTERS: i32 = 12;

/// Registers every `reference_` and `config_` table for a quarter's run.
pub fn register_references(engine: &Engine, config: &Config, quarter: Quarter) -> Result<()> {
    let set = specialties::all();
    engine.register(
        &TableBuilder::new("reference_specialties")
            .text("specialty", set.iter().map(|s| Some(&s.name)))
            .text("service_line", set.iter().map(|s| Some(&s.group)))
            .text("care", set.iter().map(|s| Some(&s.care)))
            .finish()?,
    )?;
    let reasons: Vec<(&str, bool)> = vocabulary::reasons().collect();
    engine.register(
        &TableBuilder::new("reference_reasons")
            .text("reason", reasons.iter().map(|r| Some(r.0)))
            .flag("addressable", reasons.iter().map(|r| Some(r.1)))
            .finish()?,
    )?;
    register_quarters(engine, quarter)?;
    let points = places::places();
    engine.register(
        &TableBuilder::new("reference_places")
            .text("zip", points.iter().map(|p| Some(&p.zip)))
            .real("lat", points.iter().map(|p| Some(p.lat)))
            .real("lon", points.iter().map(|p| Some(p.lon)))
            .finish()?,
    )?;
    register_network(engine, config)?;
    register_territories(engine, config, &[])?;
    register_rules(engine, config)
}

fn register_quarters(engine: &Engine, quarter: Quarter) -> Result<()> {
    let quarters = quarter.last(QUARTERS);
    let days = |q: &Quarter| calendar::working_days(q.first_day(), q.last_day());
    engine.register(
        &TableBuilder::new("reference_quarters")
            .text("quarter", quarters.iter().map(|q| Some(q.to_string())))
            .day("first_on", quarters.iter().map(|q| Some(q.first_day())))
            .day("last_on", quarters.iter().map(|q| Some(q.last_day())))
            .int("working_days", quarters.iter().map(|q| Some(days(q))))
            .int(
                "age",
                quarters
                    .iter()
                    .map(|q| Some(i64::from(quarter.index() - q.index()))),
            )
            .finish()?,
    )
}

fn register_network(engine: &Engine, config: &Config) -> Result<()> {
    let network = &config.network;
    engine.register(
        &TableBuilder::new("config_aligned")
            .text(
                "affiliation",
                network.aligned.iter().map(|a| Some(a.to_string())),
            )
            .finish()?,
    )?;
    engine.register(
        &TableBuilder::new("config_excluded")
            .text("organization_id", network.exclude.iter().map(Some))
            .finish()?,
    )?;
    let mut by_npi: Vec<OverrideRow> = Vec::new();
    let mut by_organization: Vec<OverrideRow> = Vec::new();
    for row in &network.overrides {
        let from = row.from.or(Day::of(1900, 1, 1));
        let to = row.to.or(Day::of(2999, 12, 31));
        let (rows, id) = match &row.subject {
            crate::base::config::Subject::Npi(npi) => (&mut by_npi, npi),
            crate::base::config::Subject::OrganizationId(id) => (&mut by_organization, id),
        };
        rows.push((id.clone(), row.affiliation, from, to));
    }
    register_overrides(engine, "config_overrides_npi", "npi", &by_npi)?;
    register_overrides(
        engine,
        "config_overrides_organization",
        "organization_id",
        &by_organization,
    )
}

/// Whose affiliation is overridden, to what, from when to when. Two of one subject share no day.
type OverrideRow = (String, Affiliation, Option<Day>, Option<Day>);

fn register_overrides(engine: &Engine, name: &str, key: &str, rows: &[OverrideRow]) -> Result<()> {
    engine.register(
        &TableBuilder::new(name)
            .text(key, rows.iter().map(|r| Some(&r.0)))
            .text("affiliation", rows.iter().map(|r| Some(r.1.to_string())))
            .day("starts_on", rows.iter().map(|r| r.2))
            .day("ends_on", rows.iter().map(|r| r.3))
            .finish()?,
    )
}

/// Registers which counties and ZIP codes are whose territory. `area` has the ZIP codes of the
/// service area: they are of a kind of their own, since what another territory lists goes before.
pub fn register_territories(engine: &Engine, config: &Config, area: &[String]) -> Result<()> {
    let mut territories: Vec<(&str, &str, String)> = Vec::new();
    for (name, territory) in &config.territories {
        territories.extend(
            territory
                .counties
                .iter()
                .map(|c| (name.as_str(), "county", c.trim().to_lowercase())),
        );
        territories.extend(
            territory
                .zips
                .iter()
                .map(|z| (name.as_str(), "zip", z.clone())),
        );
        if territory.service_area.is_some() {
            territories.extend(area.iter().map(|z| (name.as_str(), "area", z.clone())));
        }
    }
    engine.register(
        &TableBuilder::new("config_territories")
            .text("territory", territories.iter().map(|t| Some(t.0)))
            .text("kind", territories.iter().map(|t| Some(t.1)))
            .text("place", territories.iter().map(|t| Some(&t.2)))
            .finish()?,
    )
}

fn register_rules(engine: &Engine, config: &Config) -> Result<()> {
    let offered: Vec<(&String, bool)> = config
        .specialties
        .iter()
        .filter_map(|(name, s)| Some((name, s.offered?)))
        .collect();
    engine.register(
        &TableBuilder::new("config_specialties")
            .text("specialty", offered.iter().map(|o| Some(o.0)))
            .flag("offered", offered.iter().map(|o| Some(o.1)))
            .finish()?,
    )?;
    engine.register(
        &TableBuilder::new("config_service_types")
            .text(
                "service_type",
                config
                    .counting
                    .service_types
                    .iter()
                    .map(|t| Some(t.to_string())),
            )
            .finish()?,
    )
}
