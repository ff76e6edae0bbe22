//! The land and its people: the counties and ZIP points of a state, and how many live in each.
//! The points are GeoNames' (CC BY 4.0) and the counties' people the Census Bureau's; how a
//! county's people spread over its ZIP points is drawn.

use std::collections::{BTreeMap, BTreeSet};

use catchment_base::places::{self, Place};
use catchment_base::{Error, Result};

use crate::random::{Subject, Weights, log_normal, normal, stream};

/// The share of a state's ZIP points that must lie in counties with known people.
const LEAST_COVERED: f64 = 0.9;

/// A county.
#[derive(Debug, Clone)]
pub(crate) struct County {
    /// As the list of places writes it.
    pub(crate) name: String,
    /// People.
    pub(crate) people: u64,
    /// `large_metro`, `metro`, `micro`, `rural` or `ceac`, by people alone.
    pub(crate) kind: &'static str,
}

/// A ZIP code with its people.
#[derive(Debug, Clone)]
pub(crate) struct Zip {
    /// Its code and point.
    pub(crate) place: &'static Place,
    /// Its county in [`Land::counties`].
    pub(crate) county: usize,
    /// People under 18, of 18 to 64, and of 65 and over.
    pub(crate) ages: [u64; 3],
    /// Women of 15 to 44.
    pub(crate) female_15_44: u64,
    /// Growth over five years, as a fraction.
    pub(crate) growth: f64,
}

impl Zip {
    /// All its people.
    pub(crate) fn people(&self) -> u64 {
        self.ages.iter().sum()
    }

    /// Its point in degrees.
    pub(crate) fn point(&self) -> (f64, f64) {
        (self.place.lat, self.place.lon)
    }
}

/// A state.
#[derive(Debug, Clone)]
pub(crate) struct Land {
    /// By name.
    pub(crate) counties: Vec<County>,
    /// By code.
    pub(crate) zips: Vec<Zip>,
}

impl Land {
    /// The state of two letters, its people spread over the ZIP points.
    ///
    /// # Errors
    /// A usage error that names the states that work, where the state is unknown or the people of
    /// its counties are.
    pub(crate) fn of(state: &str, seed: u64) -> Result<Self> {
        let state = state.trim().to_ascii_uppercase();
        if !usable_states().contains(&state) {
            let known = usable_states().into_iter().collect::<Vec<_>>().join(", ");
            let what = format!("the people of the counties of '{state}' are not known");
            return Err(Error::usage(what).help(format!("choose one of {known}")));
        }
        let mut by_county: BTreeMap<&str, Vec<&'static Place>> = BTreeMap::new();
        for place in places::places().iter().filter(|p| p.state == state) {
            if places::county_population(&place.county_fips).is_some() {
                by_county.entry(&place.county).or_default().push(place);
            }
        }
        let mut land = Self {
            counties: Vec::new(),
            zips: Vec::new(),
        };
        for (at, (name, points)) in by_county.into_iter().enumerate() {
            land.settle(seed, at, name, &points);
        }
        land.zips.sort_by(|a, b| a.place.zip.cmp(&b.place.zip));
        Ok(land)
    }

    /// Adds a county, its people spread over its ZIP points by heavy-tailed weights.
    fn settle(&mut self, seed: u64, county: usize, name: &str, points: &[&'static Place]) {
        let Some(known) = places::county_population(&points[0].county_fips) else {
            return;
        };
        let mut stream = stream(seed, Subject::Places, county as u64);
        let weights: Vec<f64> = points
            .iter()
            .map(|_| log_normal(&mut stream, 1.0, 1.3))
            .collect();
        let adults = known.all.saturating_sub(known.under_18 + known.over_65);
        let ages = [known.under_18, adults, known.over_65].map(|n| apportion(n, &weights));
        let women = apportion(known.female_15_44, &weights);
        let county_growth = 0.02 + 0.04 * normal(&mut stream);
        for (at, place) in points.iter().enumerate() {
            let growth = county_growth + 0.015 * normal(&mut stream);
            self.zips.push(Zip {
                place,
                county,
                ages: [ages[0][at], ages[1][at], ages[2][at]],
                female_15_44: women[at],
                growth: (growth * 1e4).round() / 1e4,
            });
        }
        let people = ages.iter().flatten().sum();
        self.counties.push(County {
            name: name.to_string(),
            people,
            kind: kind(people),
        });
    }
}

/// The states whose counties' people are known.
fn usable_states() -> BTreeSet<String> {
    let mut points: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for place in places::places() {
        let counts = points.entry(&place.state).or_default();
        counts.0 += 1;
        counts.1 += u32::from(places::county_population(&place.county_fips).is_some());
    }
    let is_covered = |all: u32, known: u32| f64::from(known) >= LEAST_COVERED * f64::from(all);
    points
        .into_iter()
        .filter(|(_, (all, known))| is_covered(*all, *known))
        .map(|(state, _)| state.to_string())
        .collect()
}

/// The type of a county by its people. (The federal designation looks at density too, which the
/// shipped tables do not have.)
fn kind(people: u64) -> &'static str {
    match people {
        1_000_000.. => "large_metro",
        100_000.. => "metro",
        25_000.. => "micro",
        5_000.. => "rural",
        _ => "ceac",
    }
}

/// Splits a number by weights so that the parts are whole and add up (largest remainder).
fn apportion(total: u64, weights: &[f64]) -> Vec<u64> {
    let sum = Weights::new(weights.iter().copied()).total();
    let exact: Vec<f64> = weights.iter().map(|w| total as f64 * w / sum).collect();
    let mut parts: Vec<u64> = exact.iter().map(|x| x.floor() as u64).collect();
    let missing = total.saturating_sub(parts.iter().sum());
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| {
        let left = |i: usize| exact[i] - exact[i].floor();
        left(b).total_cmp(&left(a)).then(a.cmp(&b))
    });
    for &at in order.iter().cycle().take(missing as usize) {
        parts[at] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_county_s_zip_codes_add_up_to_its_people() {
        let land = Land::of("nm", 1).unwrap();
        assert_eq!(land.counties.len(), 33);
        // The Census Bureau's 2018 estimate for New Mexico.
        assert_eq!(
            land.counties.iter().map(|c| c.people).sum::<u64>(),
            2_095_428
        );
        let at = land
            .counties
            .iter()
            .position(|c| c.name == "Bernalillo")
            .unwrap();
        let known = places::county_population("35001").unwrap();
        let mine: Vec<&Zip> = land.zips.iter().filter(|z| z.county == at).collect();
        assert_eq!(mine.iter().map(|z| z.people()).sum::<u64>(), known.all);
        assert_eq!(mine.iter().map(|z| z.ages[0]).sum::<u64>(), known.under_18);
        assert_eq!(mine.iter().map(|z| z.ages[2]).sum::<u64>(), known.over_65);
        assert_eq!(
            mine.iter().map(|z| z.female_15_44).sum::<u64>(),
            known.female_15_44
        );
    }

    #[test]
    fn a_state_without_people_names_those_that_work() {
        for state in ["CT", "ZZ", ""] {
            let error = Land::of(state, 1).map(|_| ()).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            let text = error.to_string();
            assert!(
                text.contains("NM") && text.contains("TX") && !text.contains(" CT"),
                "{text}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn parts_add_up(total in 0u64..1_000_000, weights in prop::collection::vec(0.01f64..50.0, 1..40)) {
            let parts = apportion(total, &weights);
            prop_assert_eq!(parts.iter().sum::<u64>(), total);
            let sum: f64 = weights.iter().sum();
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!((*part as f64 - total as f64 * weight / sum).abs() <= 1.0);
            }
        }
    }
}
