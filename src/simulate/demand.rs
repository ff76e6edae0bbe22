//! Who orders what: the kinds of referrers, the ages of their patients, and how often each orders
//! each service.

use crate::random::Weights;
use crate::services::{ADULTS, CHILDREN, SERVICES, specialty};

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
        let base = if age == 0 {
            row.demand_children
        } else {
            row.demand
        };
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
    /// The mixes of all kinds.
    pub(crate) fn new() -> Self {
        let mix = |kind: Kind, age| {
            Weights::new((0..SERVICES.len()).map(|service| kind.demand(service, age)))
        };
        let specialists = (0..SERVICES.len()).map(|s| Kind::Specialist(s as u8));
        let kinds = [Kind::General, Kind::Internal, Kind::Pediatric]
            .into_iter()
            .chain(specialists);
        Self {
            rows: kinds
                .map(|kind| [0, 1, 2].map(|age| mix(kind, age)))
                .collect(),
        }
    }

    /// The services in proportion to what a kind orders for an age band; see [`Kind::demand`].
    pub(crate) fn of(&self, kind: Kind, age: u8) -> &Weights {
        let row = match kind {
            Kind::General => 0,
            Kind::Internal => 1,
            Kind::Pediatric => 2,
            Kind::Specialist(service) => 3 + usize::from(service),
        };
        &self.rows[row][usize::from(age)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_are_not_sent_to_those_who_see_adults() {
        for (number, service) in SERVICES.iter().enumerate() {
            let sees_children = service.ages & CHILDREN != 0;
            assert!(sees_children || Kind::General.demand(number, 0) == 0.0);
        }
        let mixes = Mixes::new();
        for service in 0..SERVICES.len() {
            let weight = mixes.of(Kind::Specialist(3), 2).weight(service);
            assert!((weight - Kind::Specialist(3).demand(service, 2)).abs() < 1e-9);
        }
        assert_eq!(Kind::of("Pediatrics"), Kind::Pediatric);
        assert_eq!(Kind::of("Cardiology"), Kind::Specialist(0));
        assert_eq!(Kind::of("Nurse Practitioner"), Kind::General);
    }
}
