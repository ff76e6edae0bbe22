//! The service area: the fewest contiguous ZIP codes that give a share of our patients, where a
//! territory is defined so.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made};
use crate::base::places::{self, Place};
use crate::base::progress::Silent;
use crate::base::{Result, Table, TableBuilder};
use crate::stats::service_area::{contiguous, smallest};

/// Where our patients live, and which county that is.
const MARTS: &[&str] = &["int_patient_zips", "int_counties"];

pub(super) const FINDING: Finding = Finding {
    name: "service_area",
    marts: MARTS,
    make,
};

/// The table, before anything else of a run is built: territories depend on it.
pub fn service_area(context: &Context<'_>) -> Result<Table> {
    context.warehouse.build(MARTS, &Silent)?;
    make(context, &Made::new())
}

/// The ZIP codes of the territory that is the service area, with their patients; no rows where no
/// territory is. Places of other territories are in the area, and stay theirs.
fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let asked = context
        .config
        .territories
        .iter()
        .find_map(|(name, territory)| Some((name, territory.service_area?)));
    let patients = patients(context)?;
    let counties = counties(context)?;
    let land = asked
        .map(|_| land(&patients, &counties))
        .unwrap_or_default();
    let counts: Vec<u64> = land
        .iter()
        .map(|place| patients.get(&place.zip).copied().unwrap_or(0))
        .collect();
    let points: Vec<(f64, f64)> = land.iter().map(|place| (place.lat, place.lon)).collect();
    let share = asked.map_or(1.0, |(_, share)| share);
    let area = smallest(&contiguous(&points), &counts, share);
    let all: u64 = counts.iter().sum();
    let mut so_far = 0;
    let cumulative = area.places.iter().map(|at| {
        so_far += counts[*at];
        Some(so_far as f64 / all as f64)
    });
    let cumulative: Vec<Option<f64>> = cumulative.collect();
    let rows = || area.places.iter().map(|at| land[*at]);
    let county = |place: &Place| {
        let known = counties.get(&place.zip).map(|(name, _)| name.clone());
        Some(known.unwrap_or_else(|| place.county.clone()))
    };
    TableBuilder::new("service_area")
        .text("zip", rows().map(|place| Some(&place.zip)))
        .text("territory", rows().map(|_| asked.map(|(name, _)| name)))
        .text("place", rows().map(|place| Some(&place.place)))
        .text("county", rows().map(county))
        .int(
            "patients",
            area.places.iter().map(|at| Some(counts[*at] as i64)),
        )
        .real(
            "patient_share",
            area.places
                .iter()
                .map(|at| Some(counts[*at] as f64 / all as f64)),
        )
        .real("cumulative_patient_share", cumulative)
        .flag("reached", rows().map(|_| Some(area.is_reached)))
        .int("rank", (1..=area.places.len() as i64).map(Some))
        .finish()
}

/// Our patients by ZIP code.
fn patients(context: &Context<'_>) -> Result<BTreeMap<String, u64>> {
    let table = context.warehouse.read("int_patient_zips")?;
    let (zips, patients) = (table.text("zip")?, table.counts("patients")?);
    let row = |row: usize| (zips.value(row).to_string(), patients[row].max(0) as u64);
    Ok((0..table.rows()).map(row).collect())
}

/// The county and the people of each ZIP code in the population table.
fn counties(context: &Context<'_>) -> Result<BTreeMap<String, (String, i64)>> {
    let table = context.warehouse.read("int_counties")?;
    let (zips, names) = (table.text("zip")?, table.text("county")?);
    let people = table.ints("population")?;
    let row = |row: usize| {
        let people = people[row].unwrap_or(0);
        (
            zips.value(row).to_string(),
            (names.value(row).to_string(), people),
        )
    };
    Ok((0..table.rows()).map(row).collect())
}

/// The ZIP codes that lie beside each other: those that our patients come from, and all others of the
/// same states, so that what lies between two counts as between. In counties whose people are known,
/// a ZIP code where nobody lives (post-office boxes share a point with the town) is no place.
fn land(
    patients: &BTreeMap<String, u64>,
    counties: &BTreeMap<String, (String, i64)>,
) -> Vec<&'static Place> {
    let ours: Vec<&Place> = patients
        .keys()
        .filter_map(|zip| places::find(zip))
        .collect();
    let states: BTreeSet<&str> = ours.iter().map(|place| place.state.as_str()).collect();
    let known: BTreeSet<&str> = counties
        .keys()
        .filter_map(|zip| places::find(zip))
        .map(|place| place.county_fips.as_str())
        .filter(|fips| !fips.is_empty())
        .collect();
    let is_lived_in = |place: &Place| match counties.get(&place.zip) {
        Some((_, people)) => *people > 0,
        None => !known.contains(place.county_fips.as_str()),
    };
    places::places()
        .iter()
        .filter(|place| states.contains(place.state.as_str()))
        .filter(|place| patients.contains_key(&place.zip) || is_lived_in(place))
        .collect()
}
