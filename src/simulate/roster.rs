//! Who works where: the primary care providers and specialists, where they practise, whom they
//! see, and since when. How they are drawn is staffing.rs's; what they order, referrers.rs's.

use catchment_base::Day;
use catchment_base::specialties::Specialty;

use crate::organizations::{Affiliation, Organization, Practice};
use crate::services::AGE_BANDS;

/// A provider.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    pub(crate) npi: String,
    pub(crate) name: String,
    /// Whether no other provider has the name.
    pub(crate) has_unique_name: bool,
    /// A facility instead of a person.
    pub(crate) is_organization: bool,
    pub(crate) role: &'static str,
    pub(crate) specialty: &'static Specialty,
    /// The service, for those who are referred to.
    pub(crate) service: Option<u8>,
    pub(crate) fte: f64,
    /// The ages seen, a bit each.
    pub(crate) ages: u8,
    pub(crate) accepts: bool,
    /// Its places of work, the primary one first. All belong to one organization.
    pub(crate) practices: [u32; 2],
    /// 1 or 2.
    pub(crate) places: u8,
    /// The first day, where it joined later.
    pub(crate) from: Option<Day>,
    /// The last day, where it retired.
    pub(crate) until: Option<Day>,
}

impl Provider {
    /// Whether it works on a day.
    pub(crate) fn is_active(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether it sees an age band (3 stands for one that is not known, which everyone sees).
    pub(crate) fn sees(&self, age: u8) -> bool {
        age >= 3 || self.ages & (1 << age) != 0
    }

    /// Its age bands as the roster writes them; empty means all.
    pub(crate) fn age_bands(&self) -> String {
        let seen = (0..3)
            .filter(|&age| self.sees(age))
            .map(|age| AGE_BANDS[usize::from(age)]);
        seen.collect::<Vec<_>>().join(";")
    }
}

/// A change of a practice's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Acquisition {
    pub(crate) practice: u32,
    pub(crate) organization: u32,
    pub(crate) on: Day,
}

/// Everyone.
#[derive(Debug, Clone)]
pub(crate) struct Roster {
    pub(crate) organizations: Vec<Organization>,
    pub(crate) practices: Vec<Practice>,
    /// Primary care first, then specialists by service.
    pub(crate) providers: Vec<Provider>,
    /// How many of the providers are in primary care.
    pub(crate) primary_care: usize,
    pub(crate) acquisitions: Vec<Acquisition>,
    /// The services that nobody inside has.
    pub(crate) not_offered: Vec<u8>,
    /// Counties (in the land's order) kept free of a service.
    pub(crate) planted_absences: Vec<(usize, u8)>,
}

impl Roster {
    /// The organization of a practice on a day.
    pub(crate) fn organization(&self, practice: u32, day: Day) -> &Organization {
        let practice = &self.practices[practice as usize];
        let organization = match practice.moved {
            Some((on, organization)) if on <= day => organization,
            _ => practice.organization,
        };
        &self.organizations[organization as usize]
    }

    /// How a provider stands to us on a day.
    pub(crate) fn affiliation(&self, provider: u32, day: Day) -> Affiliation {
        let practice = self.providers[provider as usize].practices[0];
        self.organization(practice, day).affiliation
    }

    /// The practice of a provider's first or second place of work.
    pub(crate) fn practice(&self, provider: u32, place: u8) -> &Practice {
        let provider = &self.providers[provider as usize];
        &self.practices[provider.practices[usize::from(place.min(provider.places - 1))] as usize]
    }
}
