//! What is referred for: the specialties of the simulation with their supply, demand, reach and
//! usual leakage. The numbers, in services.csv, are plausible round figures of our own; the names are
//! those of the specialty set. Who orders which is demand.rs's.

use std::sync::LazyLock;

use catchment_base::specialties::{self, Specialty};

/// An age group; the order of `0-17`, `18-64`, `65+`.
pub(crate) const AGE_BANDS: [&str; 3] = ["0-17", "18-64", "65+"];

/// Which ages a provider sees, as three bits.
pub(crate) const CHILDREN: u8 = 0b001;
/// See [`CHILDREN`].
pub(crate) const ADULTS: u8 = 0b110;
/// See [`CHILDREN`].
pub(crate) const EVERYONE: u8 = 0b111;

/// A specialty that is referred to.
#[derive(Debug)]
pub(crate) struct Service {
    /// Its row of the specialty set.
    pub(crate) specialty: &'static Specialty,
    /// Its name in the set.
    pub(crate) name: &'static str,
    /// Providers for 100,000 people.
    pub(crate) per_100k: f64,
    /// The ages that its providers see.
    pub(crate) ages: u8,
    /// The mean share of own referrers' eligible orders that go outside.
    pub(crate) leakage: f64,
    /// The distance at which a destination is half as likely.
    pub(crate) reach_km: f64,
    /// How often adults are referred for it, relative to the others.
    pub(crate) demand: f64,
    /// The same for children.
    pub(crate) demand_children: f64,
    /// Diagnoses that orders name (ICD-10-CM codes).
    pub(crate) diagnoses: [&'static str; 2],
}

/// Every service, in the order of services.csv, those of physicians first. The order fixes the
/// numbers of services.
pub(crate) static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    include_str!("services.csv")
        .lines()
        .skip(1)
        .filter_map(read)
        .collect()
});

/// A line of the table, which has no quoted cells.
fn read(line: &'static str) -> Option<Service> {
    let mut cells = line.split(',');
    let mut cell = || cells.next();
    let name = cell()?;
    Some(Service {
        specialty: specialties::named(name)?,
        name,
        per_100k: cell()?.parse().ok()?,
        ages: match cell()? {
            "children" => CHILDREN,
            "adults" => ADULTS,
            _ => EVERYONE,
        },
        leakage: cell()?.parse().ok()?,
        reach_km: cell()?.parse().ok()?,
        demand: cell()?.parse().ok()?,
        demand_children: cell()?.parse().ok()?,
        diagnoses: [cell()?, cell()?],
    })
}

/// The services that some systems do not have; three of them are withheld from ours.
pub(crate) const SCARCE: [&str; 5] = [
    "Plastic Surgery",
    "Bariatric Surgery",
    "Transplant Surgery",
    "Medical Genetics",
    "Allergy & Immunology",
];

/// The specialties of primary care, with their share of its providers.
pub(crate) const PRIMARY_CARE: [(&str, f64); 5] = [
    ("Family Medicine", 0.38),
    ("Internal Medicine", 0.24),
    ("Pediatrics", 0.14),
    ("Nurse Practitioner", 0.16),
    ("Physician Assistant", 0.08),
];

/// Primary care providers for 100,000 people.
pub(crate) const PRIMARY_CARE_PER_100K: f64 = 80.0;

/// The row of the specialty set of a service.
pub(crate) fn specialty(service: usize) -> &'static Specialty {
    SERVICES[service].specialty
}

/// The row of a name of the specialty set; its last row, `Unknown`, where the name is not in it.
pub(crate) fn named(name: &str) -> &'static Specialty {
    specialties::named(name).unwrap_or(&specialties::all()[specialties::all().len() - 1])
}

/// Whether a service's care, where an order says nothing else, is a consult or a procedure.
pub(crate) fn is_clinical(service: usize) -> bool {
    matches!(specialty(service).care.as_str(), "consult" | "procedure")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_the_set() {
        assert_eq!(SERVICES.len(), 38);
        let primary = PRIMARY_CARE.iter().map(|(name, _)| *name);
        for name in SERVICES.iter().map(|s| s.name).chain(SCARCE).chain(primary) {
            assert!(specialties::named(name).is_some(), "{name}");
        }
        let clinical = (0..SERVICES.len()).filter(|&s| is_clinical(s)).count();
        assert!((25..=32).contains(&clinical), "{clinical}");
    }
}
