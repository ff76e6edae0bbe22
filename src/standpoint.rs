//! Where a reckoning stands: at the end of a quarter, with everything registered that marts read as of
//! that day. Runs, questions and looks back at past quarters all begin here.

use std::path::Path;

use crate::base::{Config, Day, Error, Quarter, Result, Workspace};
use crate::engine::Engine;
use crate::findings::{Context, service_area};
use crate::identity;
use crate::lake::Snapshot;
use crate::marts::{Catalogue, Warehouse, register_references, register_territories};

/// The last whole quarter: the last that ends on or before the greatest latest day of any referral
/// export. Where there is none, the quarter in which the last period of the shared-patient files
/// ends: before its end nothing of that period was known.
pub fn last_whole_quarter(snapshot: &Snapshot) -> Result<Quarter> {
    let Some(latest) = snapshot.latest_on() else {
        return match snapshot.shared {
            None => Err(Error::usage("no referrals are loaded")
                .help("load exports with 'catchment ingest PATH'")),
            Some(shared) => shared.to_on.map(Day::quarter).ok_or_else(|| {
                Error::usage("the shared-patient files do not say when their period ends").help(
                    "name the quarter, such as --quarter 2015Q4, or give period_to a value in a mapping",
                )
            }),
        };
    };
    let quarter = latest.quarter();
    Ok(if quarter.last_day() <= latest {
        quarter
    } else {
        quarter.plus(-1)
    })
}

/// Registers what marts read: the lake, the reference tables, the configuration, who is who.
pub fn prepare<'e>(
    engine: &'e Engine,
    workspace: &Workspace,
    config: &Config,
    snapshot: &Snapshot,
    quarter: Quarter,
    folder: &Path,
) -> Result<Warehouse<'e>> {
    snapshot.register(engine)?;
    register_references(engine, config, quarter)?;
    identity::resolve(engine, workspace)?;
    let catalogue = Catalogue::read(&workspace.queries())?;
    let warehouse = Warehouse::new(
        engine,
        catalogue,
        folder,
        quarter,
        config.counting.episode_days,
    );
    if config
        .territories
        .values()
        .any(|t| t.service_area.is_some())
    {
        settle_service_area(engine, &warehouse, config, quarter)?;
    }
    Ok(warehouse)
}

/// Finds the ZIP codes of the territory that is the service area. They follow from the referrals, so
/// what depends on territories is built again after that.
fn settle_service_area(
    engine: &Engine,
    warehouse: &Warehouse<'_>,
    config: &Config,
    quarter: Quarter,
) -> Result<()> {
    let context = Context::new(warehouse, config, quarter);
    let area = service_area(&context)?;
    let zips: Vec<String> = area.texts("zip")?.into_iter().flatten().collect();
    register_territories(engine, config, &zips)?;
    warehouse.forget_below("config_territories");
    Ok(())
}
