//! Fills the practices: draws every provider of the roster, who joins later, who retires, whose
//! practice is bought, and which services are missing where. What they order is referrers.rs's.

use std::collections::BTreeMap;

use catchment_base::Day;
use catchment_base::npi;
use rand::RngExt;

use crate::names;
use crate::organizations::{Affiliation, Founding};
use crate::people::Land;
use crate::random::{Stream, Subject, Weights, mix, stream};
use crate::roster::{Acquisition, Provider, Roster};
use crate::services::{
    self, ADULTS, CHILDREN, EVERYONE, PRIMARY_CARE, PRIMARY_CARE_PER_100K, SCARCE, SERVICES,
};
use crate::settings::Settings;

/// The shares of own, affiliated, independent and competitor among primary care providers.
const PRIMARY_CARE_SHARES: [f64; 4] = [0.40, 0.10, 0.35, 0.15];
/// The same among the specialists of a service that we offer.
const SPECIALIST_SHARES: [f64; 4] = [0.42, 0.08, 0.26, 0.24];

/// The NPI of a number: distinct for distinct numbers under 200 million, since the multiplier has
/// no factor in common with it.
pub(crate) fn npi_of(seed: u64, number: u64) -> String {
    let offset = mix(seed, Subject::Roster, 0, 1) % 200_000_000;
    npi::complete(100_000_000 + ((offset + number * 48_271_313) % 200_000_000) as u32)
}

/// Draws the roster.
pub(crate) fn staff(land: &Land, settings: &Settings) -> Roster {
    let mut staffing = Staffing {
        founding: Founding::new(land, settings.seed, settings.pcps),
        settings,
        stream: stream(settings.seed, Subject::Roster, 0),
        providers: Vec::new(),
        not_offered: Vec::new(),
        absences: Vec::new(),
        adults_inside: 0,
    };
    staffing.withhold();
    staffing.primary_care();
    let primary_care = staffing.providers.len();
    for service in 0..SERVICES.len() {
        staffing.specialists(service);
    }
    staffing.second_places();
    staffing.joins_and_retirements();
    staffing.share_names();
    let acquisitions = staffing.acquisitions(primary_care);
    let Staffing {
        founding,
        providers,
        not_offered,
        absences,
        ..
    } = staffing;
    let mut practices = founding.practices;
    for bought in &acquisitions {
        practices[bought.practice as usize].moved = Some((bought.on, bought.organization));
    }
    Roster {
        organizations: founding.organizations,
        practices,
        providers,
        primary_care,
        acquisitions,
        not_offered,
        planted_absences: absences,
    }
}

struct Staffing<'a> {
    founding: Founding<'a>,
    settings: &'a Settings,
    stream: Stream,
    providers: Vec<Provider>,
    not_offered: Vec<u8>,
    absences: Vec<(usize, u8)>,
    /// A service whose providers inside see adults only, though others see children.
    adults_inside: usize,
}

impl Staffing<'_> {
    /// Draws what is missing: three services inside, and services in counties without a campus.
    fn withhold(&mut self) {
        let number = |name: &str| SERVICES.iter().position(|s| s.name == name);
        let mut scarce: Vec<usize> = SCARCE.iter().filter_map(|name| number(name)).collect();
        while scarce.len() > 3 {
            scarce.remove(self.stream.random_range(0..scarce.len()));
        }
        self.not_offered = scarce.iter().map(|&s| s as u8).collect();
        let mixed: Vec<usize> = (0..SERVICES.len())
            .filter(|&s| services::is_clinical(s) && SERVICES[s].ages == EVERYONE)
            .filter(|&s| !scarce.contains(&s))
            .collect();
        self.adults_inside = mixed[self.stream.random_range(0..mixed.len())];
        let land = self.founding.land;
        let with_campus: Vec<usize> = (self.founding.systems.iter())
            .flat_map(|s| s.campuses.iter().map(|&zip| land.zips[zip as usize].county))
            .collect();
        let mut counties: Vec<usize> = (0..land.counties.len())
            .filter(|c| !with_campus.contains(c))
            .collect();
        counties.sort_by_key(|&c| (std::cmp::Reverse(land.counties[c].people), c));
        for &county in counties.iter().take(6) {
            for _ in 0..2 {
                let service = self.stream.random_range(0..12) as u8;
                if !self.absences.contains(&(county, service)) {
                    self.absences.push((county, service));
                }
            }
        }
        self.absences.sort_unstable();
    }

    /// The primary care practices of the four affiliations.
    fn primary_care(&mut self) {
        let counts = split(self.settings.pcps, &PRIMARY_CARE_SHARES);
        let mix = Weights::new(PRIMARY_CARE.iter().map(|(_, share)| *share));
        let sides = [
            Affiliation::Own,
            Affiliation::Affiliated,
            Affiliation::Competitor,
        ];
        for (affiliation, count) in sides.into_iter().zip([counts[0], counts[1], counts[3]]) {
            for (system, count) in self.shares_of(affiliation, count) {
                for size in self.founding.sizes(count, 2) {
                    let practice = self.founding.found_clinic(system);
                    self.hire_primary_care(practice, size, &mix);
                }
            }
        }
        for size in self.founding.sizes(counts[2], 1) {
            let zip = self.founding.settle();
            let kind = [
                "Family Practice",
                "Primary Care",
                "Medical Clinic",
                "Family Health",
            ];
            let kind = kind[self.stream.random_range(0..kind.len())];
            let practice = self.founding.found_independent(kind, zip);
            self.hire_primary_care(practice, size, &mix);
        }
    }

    fn hire_primary_care(&mut self, practice: u32, size: u32, mix: &Weights) {
        for _ in 0..size {
            let name = PRIMARY_CARE[mix.draw(&mut self.stream).unwrap_or(0)].0;
            let ages = match name {
                "Internal Medicine" => ADULTS,
                "Pediatrics" => CHILDREN,
                _ if self.stream.random_bool(0.12) => ADULTS,
                _ => EVERYONE,
            };
            let role = match name {
                "Nurse Practitioner" | "Physician Assistant" => "app",
                _ if self.stream.random_bool(0.02) => "locum",
                _ => "physician",
            };
            let mut provider = self.person(practice, name, ages);
            provider.role = role;
            self.providers.push(provider);
        }
    }

    /// The systems of an affiliation with their parts of a number.
    fn shares_of(&self, affiliation: Affiliation, count: u32) -> Vec<(usize, u32)> {
        let systems: Vec<usize> = (0..self.founding.systems.len())
            .filter(|&s| self.founding.systems[s].affiliation == affiliation)
            .collect();
        let shares: Vec<f64> = systems
            .iter()
            .map(|&s| self.founding.systems[s].share)
            .collect();
        systems.into_iter().zip(split(count, &shares)).collect()
    }

    /// The specialists of a service: numbers by the rate for 100,000 people, scaled to the
    /// primary care providers; at least one inside where we offer it, and one outside.
    fn specialists(&mut self, service: usize) {
        let rate = SERVICES[service].per_100k / PRIMARY_CARE_PER_100K;
        let total = ((rate * f64::from(self.settings.pcps)).round() as u32).max(3);
        let is_offered = !self.not_offered.contains(&(service as u8));
        let mut counts = if is_offered {
            split(total, &SPECIALIST_SHARES)
        } else {
            split(total, &[0.0, 0.0, 0.5, 0.5])
        };
        if is_offered {
            counts[0] = counts[0].max(1);
            counts[3] = counts[3].max(1);
        }
        let line: &'static str = services::specialty(service).group.as_str();
        let sides = [
            Affiliation::Own,
            Affiliation::Affiliated,
            Affiliation::Competitor,
        ];
        for (affiliation, count) in sides.into_iter().zip([counts[0], counts[1], counts[3]]) {
            for (system, count) in self.shares_of(affiliation, count) {
                for at in 0..count {
                    let campus = self.campus(system, count, at);
                    let practice = self.founding.join_line(system, campus, line);
                    self.hire_specialist(practice, service, affiliation.is_inside());
                }
            }
        }
        for size in self.founding.sizes(counts[2], 1) {
            let zip = self.settle_away_from_absences(service);
            let practice = self.founding.found_independent(SERVICES[service].name, zip);
            for _ in 0..size {
                self.hire_specialist(practice, service, false);
            }
        }
    }

    /// The campus of one of `count` specialists: few stay at the greatest campuses, many spread.
    fn campus(&mut self, system: usize, count: u32, at: u32) -> usize {
        let campuses = self.founding.systems[system].campuses.len();
        let open = campuses.min((count as usize).div_ceil(3));
        if at == 0 {
            return 0;
        }
        Weights::new((0..open).map(|c| 1.0 / (c as f64 + 1.0)))
            .draw(&mut self.stream)
            .unwrap_or(0)
    }

    fn settle_away_from_absences(&mut self, service: usize) -> u32 {
        // A hundred draws miss a handful of small counties; the last stands for all the rest.
        for _ in 0..100 {
            let zip = self.founding.settle();
            let county = self.founding.land.zips[zip as usize].county;
            if !self.absences.contains(&(county, service as u8)) {
                return zip;
            }
        }
        self.founding.systems[0].campuses[0]
    }

    fn hire_specialist(&mut self, practice: u32, service: usize, is_inside: bool) {
        let row = &SERVICES[service];
        let only_adults = is_inside && service == self.adults_inside;
        let ages = match row.ages {
            EVERYONE if only_adults || self.stream.random_bool(0.2) => ADULTS,
            other => other,
        };
        let mut provider = self.person(practice, row.name, ages);
        provider.service = Some(service as u8);
        // Who is referred to takes new patients; only some in primary care do not.
        provider.accepts = true;
        let care = provider.specialty.care.as_str();
        if matches!(care, "imaging" | "lab" | "post_acute") {
            provider.is_organization = true;
            provider.ages = row.ages;
            let number = self.providers.len();
            let site = &self.founding.practices[practice as usize].name;
            provider.name = format!("{site} {} {}", row.name, number % 97 + 1);
        } else if self.stream.random_bool(0.08) {
            provider.role = "app";
        }
        self.providers.push(provider);
    }

    fn person(&mut self, practice: u32, specialty: &str, ages: u8) -> Provider {
        let number = self.providers.len() as u64;
        let fte = [1.0, 1.0, 1.0, 0.8, 0.6, 0.5][self.stream.random_range(0..6)];
        Provider {
            npi: npi_of(self.settings.seed, number),
            name: names::person(&mut self.stream),
            has_unique_name: true,
            is_organization: false,
            role: "physician",
            specialty: services::named(specialty),
            service: None,
            fte,
            ages,
            accepts: self.stream.random_bool(0.93),
            practices: [practice, practice],
            places: 1,
            from: None,
            until: None,
        }
    }

    /// Gives some people of the systems a second place of work, of the same organization and
    /// service line.
    fn second_places(&mut self) {
        let mut sites: BTreeMap<(u32, &'static str), Vec<u32>> = BTreeMap::new();
        let practices = &self.founding.practices;
        for provider in &self.providers {
            let practice = provider.practices[0];
            let organization = practices[practice as usize].organization;
            let known = sites
                .entry((organization, provider.specialty.name.as_str()))
                .or_default();
            if !known.contains(&practice) && known.len() < 40 {
                known.push(practice);
            }
        }
        for provider in self.providers.iter_mut().filter(|p| !p.is_organization) {
            let organization = practices[provider.practices[0] as usize].organization;
            let known = &sites[&(organization, provider.specialty.name.as_str())];
            if known.len() > 1 && self.stream.random_bool(0.06) {
                let other = known[self.stream.random_range(0..known.len())];
                if other != provider.practices[0] {
                    provider.practices[1] = other;
                    provider.places = 2;
                }
            }
        }
    }

    /// Of our own people some join later and some retire; never the only one of a service.
    fn joins_and_retirements(&mut self) {
        let days = self.settings.last_day().0 - self.settings.first_day().0;
        let mut own_of_service: BTreeMap<Option<u8>, u32> = BTreeMap::new();
        for at in 0..self.providers.len() {
            let provider = &mut self.providers[at];
            let practice = &self.founding.practices[provider.practices[0] as usize];
            if practice.organization != self.founding.systems[0].organization {
                continue;
            }
            let seen = own_of_service.entry(provider.service).or_default();
            *seen += 1;
            if *seen == 1 || provider.is_organization || provider.ages & ADULTS == 0 {
                continue;
            }
            let day = self
                .settings
                .first_day()
                .plus(self.stream.random_range(20..=days.max(21)));
            match self.stream.random_range(0..100) {
                0..7 => provider.from = Some(day),
                7..10 => provider.until = Some(day),
                _ => {}
            }
        }
    }

    /// Lets about one person in a hundred share a name with another, and notes whose is unique.
    fn share_names(&mut self) {
        for at in 1..self.providers.len() {
            if !self.providers[at].is_organization && self.stream.random_bool(0.01) {
                let other = self.stream.random_range(0..at);
                if !self.providers[other].is_organization {
                    self.providers[at].name = self.providers[other].name.clone();
                }
            }
        }
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for provider in &self.providers {
            *counts.entry(provider.name.clone()).or_default() += 1;
        }
        for provider in &mut self.providers {
            provider.has_unique_name = counts.get(&provider.name) == Some(&1);
        }
    }

    /// Lets us and a competitor buy an independent primary care practice each.
    fn acquisitions(&mut self, primary_care: usize) -> Vec<Acquisition> {
        let mut sizes: BTreeMap<u32, u32> = BTreeMap::new();
        for provider in &self.providers[..primary_care] {
            *sizes.entry(provider.practices[0]).or_default() += 1;
        }
        let is_independent = |practice: &u32| {
            let organization = self.founding.practices[*practice as usize].organization;
            self.founding.organizations[organization as usize].affiliation
                == Affiliation::Independent
        };
        let mut targets: Vec<u32> = sizes.keys().copied().filter(is_independent).collect();
        targets.sort_by_key(|p| (std::cmp::Reverse(sizes[p].min(4)), *p));
        let rival = (self.founding.systems.iter())
            .find(|s| s.affiliation == Affiliation::Competitor)
            .map_or(0, |s| s.organization);
        let ours = self.founding.systems[0].organization;
        let days = self.settings.last_day().0 - self.settings.first_day().0;
        let share = |percent: i32| self.settings.first_day().plus(days * percent / 100);
        let buyers: [(u32, Day); 2] = [(ours, share(60)), (rival, share(72))];
        let bought = targets.into_iter().zip(buyers);
        bought
            .map(|(practice, (organization, on))| Acquisition {
                practice,
                organization,
                on,
            })
            .collect()
    }
}

/// Splits a number by shares (largest remainder).
fn split(total: u32, shares: &[f64]) -> Vec<u32> {
    let sum: f64 = shares.iter().sum();
    let exact: Vec<f64> = shares.iter().map(|s| f64::from(total) * s / sum).collect();
    let mut parts: Vec<u32> = exact.iter().map(|x| *x as u32).collect();
    let mut order: Vec<usize> = (0..shares.len()).filter(|&i| shares[i] > 0.0).collect();
    order.sort_by(|&a, &b| {
        exact[b]
            .fract()
            .total_cmp(&exact[a].fract())
            .then(a.cmp(&b))
    });
    let missing = total.saturating_sub(parts.iter().sum());
    for &at in order.iter().cycle().take(missing as usize) {
        parts[at] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staffs_the_four_affiliations() {
        let land = Land::of("NM", 1).unwrap();
        let settings = Settings::default();
        let roster = staff(&land, &settings);
        assert_eq!(roster.primary_care, 400);
        let first = settings.first_day();
        let own = (0..400)
            .filter(|&p| roster.affiliation(p, first) == Affiliation::Own)
            .count();
        assert_eq!(own, 160);
        let mut npis: Vec<&str> = roster.providers.iter().map(|p| p.npi.as_str()).collect();
        assert!(npis.iter().all(|n| npi::is_valid(n)));
        npis.sort_unstable();
        npis.dedup();
        assert_eq!(npis.len(), roster.providers.len());
        assert!(roster.providers.iter().any(|p| !p.has_unique_name));
        assert!(roster.providers.iter().any(|p| p.places == 2));
        assert_eq!(roster.acquisitions.len(), 2);
        for (at, provider) in roster.providers.iter().enumerate() {
            let Some(service) = provider.service else {
                continue;
            };
            let inside = roster.affiliation(at as u32, first).is_inside();
            assert!(!(inside && roster.not_offered.contains(&service)));
            let zip = roster.practice(at as u32, 0).zip;
            let county = land.zips[zip as usize].county;
            assert!(!roster.planted_absences.contains(&(county, service)));
        }
    }

    #[test]
    fn splits_add_up() {
        assert_eq!(split(10, &[0.4, 0.1, 0.35, 0.15]), [4, 1, 4, 1]);
        assert_eq!(split(3, &[0.0, 0.0, 0.5, 0.5]).iter().sum::<u32>(), 3);
        assert_eq!(split(3, &[0.0, 0.0, 0.5, 0.5])[..2], [0, 0]);
    }
}
