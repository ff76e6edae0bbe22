//! How well each provider's patients' providers know each other, by the patients whom they share.

use super::context::Context;
use crate::base::{Result, Table};
use crate::network::care_density::{of_patients, of_providers};
use crate::network::shared_patients::Seen;

/// The mart behind it.
pub(super) const MART: &str = "int_patient_providers";

/// A patient with more providers than this in four quarters is no person, but an identifier that
/// stands where none was known: it would tie everyone to everyone.
const MOST_PROVIDERS: usize = 1000;

/// The mean care density of the patients of each of these providers, who are sorted by NPI; nothing
/// where no patient is known who has two of them.
pub(super) fn measure(context: &Context<'_>, providers: &Table) -> Result<Vec<Option<f64>>> {
    let npis: Vec<&str> = providers.text("npi")?.iter().flatten().collect();
    let table = context.warehouse.read(MART)?;
    let (patients, seen_by) = (table.int("patient")?, table.text("npi")?);
    let mut pairs: Vec<(u32, u32)> = (0..table.rows())
        .filter_map(|row| {
            let node = npis.binary_search(&seen_by.value(row)).ok()?;
            let patient = u32::try_from(patients.value(row)).ok()?;
            Some((patient, node as u32))
        })
        .collect();
    pairs.sort_unstable();
    let persons = pairs
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|providers| providers.len() <= MOST_PROVIDERS)
        .flatten()
        .copied();
    let seen = Seen::build(persons.collect());
    let mut densities = of_providers(&seen, &of_patients(&seen));
    // Those after the last who has seen a known patient.
    densities.resize(npis.len(), None);
    Ok(densities)
}
