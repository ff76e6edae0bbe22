//! Who belongs to whom: our own system, the groups affiliated with it, the competitors and the
//! independents, and their practices with their points. Who works there is roster.rs's.

use std::collections::BTreeMap;

use catchment_base::Day;
use rand::RngExt;

use crate::names::{self, Unique};
use crate::people::Land;
use crate::random::{Stream, Subject, Weights, log_normal, normal, stream};

/// How an organization stands to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Affiliation {
    /// Our own.
    Own,
    /// Inside, on a record system of its own.
    Affiliated,
    /// Nobody's.
    Independent,
    /// Another system.
    Competitor,
}

impl Affiliation {
    /// The word of the input tables.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Affiliated => "affiliated",
            Self::Independent => "independent",
            Self::Competitor => "competitor",
        }
    }

    /// Whether it is inside our system.
    pub(crate) fn is_inside(self) -> bool {
        matches!(self, Self::Own | Self::Affiliated)
    }
}

/// A health system, a group, or the company of one practice.
#[derive(Debug, Clone)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) affiliation: Affiliation,
}

/// A place of work.
#[derive(Debug, Clone)]
pub(crate) struct Practice {
    pub(crate) id: String,
    /// No other practice has the name.
    pub(crate) name: String,
    pub(crate) organization: u32,
    /// In [`Land::zips`].
    pub(crate) zip: u32,
    /// Latitude and longitude in degrees.
    pub(crate) point: (f64, f64),
    /// The day from which it belongs to another organization.
    pub(crate) moved: Option<(Day, u32)>,
}

/// An organization with several sites.
#[derive(Debug)]
pub(crate) struct System {
    pub(crate) organization: u32,
    pub(crate) affiliation: Affiliation,
    /// ZIP points of its campuses, the greatest first.
    pub(crate) campuses: Vec<u32>,
    /// ZIP points in proportion to the people whom it draws.
    pub(crate) pull: Weights,
    /// Its share of the providers of all systems of its affiliation.
    pub(crate) share: f64,
}

/// Organizations and practices as they are founded one by one.
#[derive(Debug)]
pub(crate) struct Founding<'a> {
    pub(crate) land: &'a Land,
    pub(crate) organizations: Vec<Organization>,
    pub(crate) practices: Vec<Practice>,
    pub(crate) systems: Vec<System>,
    practice_names: Unique,
    organization_names: Unique,
    /// The open practice of a system, campus and service line, with its providers.
    lines: BTreeMap<(u32, u32, &'static str), (u32, u32)>,
    people: Weights,
    stream: Stream,
}

/// The most providers of one practice.
const LARGEST_PRACTICE: u32 = 12;

impl<'a> Founding<'a> {
    /// Founds the systems: one own, one or two affiliated groups, two to four competitors.
    pub(crate) fn new(land: &'a Land, seed: u64, pcps: u32) -> Self {
        let mut founding = Self {
            land,
            organizations: Vec::new(),
            practices: Vec::new(),
            systems: Vec::new(),
            practice_names: Unique::default(),
            organization_names: Unique::default(),
            lines: BTreeMap::new(),
            people: Weights::new(land.zips.iter().map(|z| z.people() as f64)),
            stream: stream(seed, Subject::Organizations, 0),
        };
        let (groups, rivals) = if pcps < 150 {
            (1, 2)
        } else {
            (2, 2 + founding.stream.random_range(0..=2))
        };
        let names = names::systems(&mut founding.stream, 1 + groups + rivals);
        let campuses = |share: f64| ((f64::from(pcps) * share / 35.0).round() as usize).max(2);
        let mut names = names.into_iter();
        let mut found = |name: Option<&str>, kind: &str, affiliation, sites| {
            founding.found_system(
                format!("{} {kind}", name.unwrap_or("Our")),
                affiliation,
                sites,
            );
        };
        found(names.next(), "Health", Affiliation::Own, campuses(0.4));
        for name in names.by_ref().take(groups) {
            found(
                Some(name),
                "Medical Group",
                Affiliation::Affiliated,
                campuses(0.05),
            );
        }
        for name in names {
            found(
                Some(name),
                "Healthcare",
                Affiliation::Competitor,
                campuses(0.1),
            );
        }
        founding.share_out();
        founding
    }

    fn found_system(&mut self, name: String, affiliation: Affiliation, campuses: usize) {
        let organization = self.found_organization(name, affiliation);
        let counties: Vec<f64> = self
            .land
            .counties
            .iter()
            .map(|_| log_normal(&mut self.stream, 1.0, 0.7))
            .collect();
        let pull = Weights::new(
            self.land
                .zips
                .iter()
                .map(|z| z.people() as f64 * counties[z.county]),
        );
        let mut sites: Vec<u32> = Vec::new();
        for _ in 0..campuses * 20 {
            let Some(zip) = pull.draw(&mut self.stream) else {
                break;
            };
            if sites.len() < campuses && !sites.contains(&(zip as u32)) {
                sites.push(zip as u32);
            }
        }
        sites.sort_by_key(|&zip| {
            let county = &self.land.counties[self.land.zips[zip as usize].county];
            (std::cmp::Reverse(county.people), zip)
        });
        self.systems.push(System {
            organization,
            affiliation,
            campuses: sites,
            pull,
            share: 0.0,
        });
    }

    /// Draws how the systems of one affiliation share their providers.
    fn share_out(&mut self) {
        for affiliation in [
            Affiliation::Own,
            Affiliation::Affiliated,
            Affiliation::Competitor,
        ] {
            let mine = |s: &&mut System| s.affiliation == affiliation;
            let mut total = 0.0;
            for system in self.systems.iter_mut().filter(mine) {
                system.share = log_normal(&mut self.stream, 1.0, 0.4);
                total += system.share;
            }
            self.systems
                .iter_mut()
                .filter(mine)
                .for_each(|system| system.share /= total);
        }
    }

    fn found_organization(&mut self, name: String, affiliation: Affiliation) -> u32 {
        let number = self.organizations.len();
        let name = self.organization_names.name(name);
        self.organizations.push(Organization {
            id: format!("ORG{:05}", number + 1),
            name,
            affiliation,
        });
        number as u32
    }

    fn found_practice(&mut self, name: String, organization: u32, zip: u32) -> u32 {
        let number = self.practices.len();
        let (lat, lon) = self.land.zips[zip as usize].point();
        let mut near =
            |degrees: f64| ((degrees + 0.008 * normal(&mut self.stream)) * 1e4).round() / 1e4;
        let point = (near(lat), near(lon));
        let name = self.practice_names.name(name);
        let id = format!("PR{:06}", number + 1);
        self.practices.push(Practice {
            id,
            name,
            organization,
            zip,
            point,
            moved: None,
        });
        number as u32
    }

    fn town(&self, zip: u32) -> &'a str {
        &self.land.zips[zip as usize].place.place
    }

    /// A ZIP point drawn by its people.
    pub(crate) fn settle(&mut self) -> u32 {
        self.people.draw(&mut self.stream).unwrap_or(0) as u32
    }

    /// A new primary care practice of a system, where its patients are.
    pub(crate) fn found_clinic(&mut self, system: usize) -> u32 {
        let System {
            organization,
            ref pull,
            ..
        } = self.systems[system];
        let zip = pull.draw(&mut self.stream).unwrap_or(0) as u32;
        let brand = self.brand(organization);
        let name = format!("{brand} Primary Care {}", self.town(zip));
        self.found_practice(name, organization, zip)
    }

    /// A new independent practice with an organization of its own.
    pub(crate) fn found_independent(&mut self, kind: &str, zip: u32) -> u32 {
        let surname = names::surname(&mut self.stream);
        let name = match self.stream.random_range(0..3) {
            0 => format!("{surname} {kind}"),
            1 => format!("{} {kind} Associates", self.town(zip)),
            _ => format!("{kind} of {}", self.town(zip)),
        };
        let practice = self.found_practice(name, 0, zip);
        let name = self.practices[practice as usize].name.clone();
        let organization = self.found_organization(name + " PC", Affiliation::Independent);
        self.practices[practice as usize].organization = organization;
        practice
    }

    /// The practice of a service line on a campus of a system that has room for one more.
    pub(crate) fn join_line(&mut self, system: usize, campus: usize, line: &'static str) -> u32 {
        let organization = self.systems[system].organization;
        let zip = self.systems[system].campuses[campus];
        let key = (organization, zip, line);
        if let Some((practice, members)) = self.lines.get_mut(&key)
            && *members < LARGEST_PRACTICE
        {
            *members += 1;
            return *practice;
        }
        let brand = self.brand(organization);
        let name = format!("{brand} {line} {}", self.town(zip));
        let practice = self.found_practice(name, organization, zip);
        self.lines.insert(key, (practice, 1));
        practice
    }

    /// The name of a system without its last word.
    fn brand(&self, organization: u32) -> String {
        let name = &self.organizations[organization as usize].name;
        name.split(' ')
            .take(name.split(' ').count() - 1)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Draws the sizes of practices: heavy-tailed, 1 to 12, adding up to `total`.
    pub(crate) fn sizes(&mut self, total: u32, least: u32) -> Vec<u32> {
        let mut sizes = Vec::new();
        let mut left = total;
        while left > 0 {
            let draw = f64::from(least) * (1.0 - self.stream.random::<f64>()).powf(-1.0 / 1.4);
            let size = (draw as u32).clamp(1, LARGEST_PRACTICE).min(left);
            sizes.push(size);
            left -= size;
        }
        sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn founds_systems_and_practices() {
        let land = Land::of("NM", 1).unwrap();
        let mut founding = Founding::new(&land, 1, 400);
        let count = |a| {
            founding
                .systems
                .iter()
                .filter(|s| s.affiliation == a)
                .count()
        };
        assert_eq!(count(Affiliation::Own), 1);
        assert!((1..=2).contains(&count(Affiliation::Affiliated)));
        assert!((2..=4).contains(&count(Affiliation::Competitor)));
        let share: f64 = founding.systems.iter().map(|s| s.share).sum();
        assert!((share - 3.0).abs() < 1e-9);
        let sizes = founding.sizes(200, 1);
        assert_eq!(sizes.iter().sum::<u32>(), 200);
        assert!(sizes.iter().all(|s| (1..=12).contains(s)) && sizes.iter().any(|&s| s >= 5));
        let practices: Vec<u32> = (0..13)
            .map(|_| founding.join_line(0, 0, "Cancer"))
            .collect();
        assert!(practices[..12].iter().all(|p| *p == practices[0]));
        assert_ne!(practices[12], practices[0]);
    }
}
