//! What is referred for: the specialties of the simulation with their supply, demand, reach and
//! usual leakage, and the mix that each kind of referrer orders. The numbers are plausible round
//! figures of our own; the names are those of the specialty set.

use catchment_base::specialties::{self, Specialty};

use crate::random::{Stream, Weights};

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

#[allow(clippy::too_many_arguments, reason = "One line a specialty reads as a table.")]
const fn row(
    name: &'static str,
    per_100k: f64,
    ages: u8,
    leakage: f64,
    reach_km: f64,
    demand: f64,
    demand_children: f64,
    diagnoses: [&'static str; 2],
) -> Service {
    Service { name, per_100k, ages, leakage, reach_km, demand, demand_children, diagnoses }
}

/// Every service, those of physicians first; the order fixes the numbers of services.
pub(crate) const SERVICES: [Service; 38] = [
    row("Cardiology", 8.0, ADULTS, 0.18, 20.0, 9.0, 0.0, ["I25.10", "R07.9"]),
    row("Gastroenterology", 5.0, ADULTS, 0.25, 20.0, 8.5, 0.0, ["Z12.11", "K21.9"]),
    row("Orthopedic Surgery", 8.0, EVERYONE, 0.34, 15.0, 9.0, 6.0, ["M17.11", "M25.511"]),
    row("General Surgery", 7.0, EVERYONE, 0.15, 15.0, 5.0, 2.0, ["K40.90", "K80.20"]),
    row("Dermatology", 4.0, EVERYONE, 0.40, 15.0, 6.0, 5.0, ["L57.0", "D22.9"]),
    row("Neurology", 5.0, ADULTS, 0.22, 20.0, 5.0, 0.0, ["G43.909", "R56.9"]),
    row("Ophthalmology", 6.0, EVERYONE, 0.45, 15.0, 5.0, 3.0, ["H25.9", "E11.319"]),
    row("Otolaryngology", 3.5, EVERYONE, 0.28, 15.0, 4.0, 8.0, ["H66.90", "J34.2"]),
    row("Urology", 3.5, ADULTS, 0.24, 20.0, 4.5, 0.0, ["N40.1", "N20.0"]),
    row("Pulmonology", 4.0, ADULTS, 0.17, 20.0, 3.5, 0.0, ["J44.9", "R91.1"]),
    row("Endocrinology", 2.5, ADULTS, 0.26, 25.0, 3.5, 0.0, ["E11.65", "E04.1"]),
    row("Rheumatology", 1.9, ADULTS, 0.30, 25.0, 2.5, 0.0, ["M06.9", "M32.9"]),
    row("Nephrology", 3.2, ADULTS, 0.21, 20.0, 2.5, 0.0, ["N18.30", "N18.4"]),
    row("Hematology & Oncology", 4.5, ADULTS, 0.14, 25.0, 3.0, 0.0, ["C50.919", "D64.9"]),
    row("Radiation Oncology", 1.4, ADULTS, 0.16, 30.0, 0.8, 0.0, ["C61", "C34.90"]),
    row("Pain Medicine", 2.2, ADULTS, 0.38, 15.0, 3.0, 0.0, ["M54.50", "G89.29"]),
    row("Physical Medicine & Rehabilitation", 2.8, ADULTS, 0.27, 20.0, 1.5, 0.0, ["M54.16", "I69.351"]),
    row("Podiatry", 4.0, EVERYONE, 0.36, 12.0, 3.5, 0.8, ["B35.1", "E11.621"]),
    row("Psychiatry", 9.0, EVERYONE, 0.42, 15.0, 4.0, 4.0, ["F32.9", "F41.1"]),
    row("Obstetrics & Gynecology", 10.0, ADULTS, 0.23, 12.0, 5.5, 0.0, ["N92.0", "Z34.90"]),
    row("Infectious Diseases", 2.2, ADULTS, 0.12, 25.0, 0.9, 0.0, ["B18.2", "B20"]),
    row("Vascular Surgery", 1.2, ADULTS, 0.19, 25.0, 1.2, 0.0, ["I70.213", "I83.90"]),
    row("Neurosurgery", 1.7, ADULTS, 0.29, 30.0, 1.4, 0.0, ["M48.061", "D32.0"]),
    row("Cardiothoracic Surgery", 1.2, ADULTS, 0.20, 35.0, 0.6, 0.0, ["I35.0", "C34.11"]),
    row("Allergy & Immunology", 1.5, EVERYONE, 0.33, 20.0, 1.5, 4.5, ["J30.9", "T78.1XXA"]),
    row("Pediatric Cardiology", 1.0, CHILDREN, 0.25, 45.0, 0.0, 3.0, ["R01.1", "Q21.10"]),
    row("Pediatric Gastroenterology", 0.8, CHILDREN, 0.31, 45.0, 0.0, 3.5, ["R10.9", "K59.00"]),
    row("Pediatric Neurology", 0.8, CHILDREN, 0.30, 45.0, 0.0, 3.0, ["G40.909", "F84.0"]),
    row("Plastic Surgery", 2.0, ADULTS, 0.35, 25.0, 1.0, 0.0, ["N65.1", "D17.9"]),
    row("Bariatric Surgery", 0.9, ADULTS, 0.28, 35.0, 0.9, 0.0, ["E66.01", "Z68.41"]),
    row("Transplant Surgery", 0.5, ADULTS, 0.30, 60.0, 0.3, 0.0, ["N18.6", "K74.60"]),
    row("Medical Genetics", 0.4, EVERYONE, 0.30, 60.0, 0.3, 1.2, ["Z15.01", "Q99.9"]),
    row("Diagnostic Radiology", 3.0, EVERYONE, 0.22, 12.0, 9.0, 3.0, ["R93.89", "Z12.31"]),
    row("Clinical Laboratory", 1.5, EVERYONE, 0.15, 12.0, 2.5, 1.0, ["Z00.00", "R79.9"]),
    row("Physical Therapy", 5.0, EVERYONE, 0.30, 10.0, 7.0, 2.0, ["M54.50", "M25.561"]),
    row("Occupational Therapy", 1.5, EVERYONE, 0.28, 12.0, 1.0, 1.5, ["G56.00", "M79.641"]),
    row("Home Health", 1.5, ADULTS, 0.50, 15.0, 1.5, 0.0, ["I50.9", "Z74.1"]),
    row("Skilled Nursing Facility", 1.5, ADULTS, 0.65, 15.0, 0.8, 0.0, ["S72.001D", "I63.9"]),
];

/// The services that some systems do not have; three of them are withheld from ours.
pub(crate) const SCARCE: [&str; 5] = [
    "Plastic Surgery", "Bariatric Surgery", "Transplant Surgery", "Medical Genetics",
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

/// The row of the specialty set of a service. Every name above is in it, as a test checks; were
/// one not, it would be `Unknown`, which the set has.
pub(crate) fn specialty(service: usize) -> &'static Specialty {
    named(SERVICES[service].name)
}

/// The row of a name of the specialty set.
pub(crate) fn named(name: &str) -> &'static Specialty {
    specialties::named(name).unwrap_or(&specialties::all()[specialties::all().len() - 1])
}

/// Whether a service's care, where an order says nothing else, is a consult or a procedure.
pub(crate) fn is_clinical(service: usize) -> bool {
    matches!(specialty(service).care.as_str(), "consult" | "procedure")
}

/// Who orders: primary care, or a specialist of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Family medicine and the like: patients of all ages.
    General,
    /// Internal medicine: adults, more of them old.
    Internal,
    /// Children.
    Pediatric,
    /// A specialist.
    Specialist(u8),
}

impl Kind {
    /// The kind of a specialty's name.
    pub(crate) fn of(specialty: &str) -> Self {
        match specialty {
            "Internal Medicine" => Self::Internal,
            "Pediatrics" => Self::Pediatric,
            other => match SERVICES.iter().position(|s| s.name == other) {
                Some(service) => Self::Specialist(service as u8),
                None => Self::General,
            },
        }
    }

    /// The shares of the age bands among the patients.
    pub(crate) fn ages(self) -> [f64; 3] {
        match self {
            Self::General => [0.14, 0.56, 0.30],
            Self::Internal => [0.0, 0.52, 0.48],
            Self::Pediatric => [1.0, 0.0, 0.0],
            Self::Specialist(service) => match SERVICES[usize::from(service)].ages {
                CHILDREN => [1.0, 0.0, 0.0],
                ADULTS => [0.0, 0.52, 0.48],
                _ => [0.12, 0.50, 0.38],
            },
        }
    }

    /// How often it orders a service for an age band, relative to the others. Specialists order
    /// more within their own service line, and hardly ever their own service.
    pub(crate) fn demand(self, service: usize, age: usize) -> f64 {
        let row = &SERVICES[service];
        if row.ages & (1 << age) == 0 {
            return 0.0;
        }
        let base = if age == 0 { row.demand_children } else { row.demand };
        let senior = if age == 2 && matches!(row.name, "Home Health" | "Skilled Nursing Facility") {
            4.0
        } else {
            1.0
        };
        let line = match self {
            Self::Specialist(own) if usize::from(own) == service => 0.05,
            Self::Specialist(own) => {
                let same = specialty(usize::from(own)).group == specialty(service).group;
                if same { 4.0 } else { 1.0 }
            }
            _ => 1.0,
        };
        base * senior * line
    }
}

/// For every kind of referrer and age band, the services in proportion to the orders.
#[derive(Debug)]
pub(crate) struct Mixes {
    rows: Vec<[Weights; 3]>,
}

impl Mixes {
    /// The mixes over the services that `is_open` lets through.
    pub(crate) fn new(is_open: impl Fn(usize, usize) -> bool) -> Self {
        let mix = |kind: Kind, age: usize| {
            Weights::new((0..SERVICES.len()).map(|service| {
                if is_open(service, age) { kind.demand(service, age) } else { 0.0 }
            }))
        };
        let specialists = (0..SERVICES.len()).map(|s| Kind::Specialist(s as u8));
        let kinds = [Kind::General, Kind::Internal, Kind::Pediatric].into_iter().chain(specialists);
        Self { rows: kinds.map(|kind| [0, 1, 2].map(|age| mix(kind, age))).collect() }
    }

    /// Draws a service for a patient; `None` where this kind orders nothing for that age.
    pub(crate) fn draw(&self, kind: Kind, age: usize, stream: &mut Stream) -> Option<usize> {
        let row = match kind {
            Kind::General => 0,
            Kind::Internal => 1,
            Kind::Pediatric => 2,
            Kind::Specialist(service) => 3 + usize::from(service),
        };
        self.rows[row][age].draw(stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_the_set() {
        let primary = PRIMARY_CARE.iter().map(|(name, _)| *name);
        for name in SERVICES.iter().map(|s| s.name).chain(SCARCE).chain(primary) {
            assert!(specialties::named(name).is_some(), "{name}");
        }
        let clinical = (0..SERVICES.len()).filter(|&s| is_clinical(s)).count();
        assert!((25..=32).contains(&clinical), "{clinical}");
    }

    #[test]
    fn children_are_not_sent_to_those_who_see_adults() {
        for service in 0..SERVICES.len() {
            let sees_children = SERVICES[service].ages & CHILDREN != 0;
            assert!(sees_children || Kind::General.demand(service, 0) == 0.0);
        }
        assert_eq!(Kind::of("Pediatrics"), Kind::Pediatric);
        assert_eq!(Kind::of("Cardiology"), Kind::Specialist(0));
        assert_eq!(Kind::of("Nurse Practitioner"), Kind::General);
    }
}
