//! Which leaked referrals could have stayed: addressable ones, each given an open new-patient slot of
//! its own in the week of the order, at a site that fits. What the slots are is the marts' to say.

use std::collections::BTreeMap;

use super::context::Context;
use super::leakage_rates::ALL;
use crate::base::places::{distance_km, find};
use crate::base::{Config, Day, Error, Quarter, Result, Table};
use crate::network::assignment::{Demand, assign};

/// The marts behind it.
pub(super) const MARTS: [&str; 2] = ["int_recoverable_referrals", "int_open_offers"];

/// By what recoverable referrals are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    Specialty,
    Referrer,
    Practice,
    ReferringCounty,
    PatientCounty,
}

/// How many referrals of a row could have stayed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// At a site that is known to take the payer.
    pub(super) covered: i64,
    /// At a site that is not known to refuse it.
    pub(super) if_covered: i64,
}

/// Which leaked referrals find a slot, among all of them.
#[derive(Debug, Default)]
pub(crate) struct Assigned {
    /// By source and id: at a site that takes the payer, and at one that may.
    found: BTreeMap<(String, String), [bool; 2]>,
    /// Whether any site says which payers it takes.
    knows_payers: bool,
    /// Whether any slot is known at all.
    knows_slots: bool,
}

impl Assigned {
    /// Assigns the leaked referrals of the marts to slots.
    pub(super) fn reckon(context: &Context<'_>) -> Result<Self> {
        let [referrals, offers] = MARTS.map(|mart| context.warehouse.read(mart));
        let referrals = referrals?.sorted_by(&["source", "referral_id"])?;
        let markets = markets(&offers?)?;
        let mut assigned = Self {
            knows_slots: !markets.is_empty(),
            knows_payers: markets.values().flatten().any(Site::knows_payers),
            ..Self::default()
        };
        let ids = ids(&referrals)?;
        for (place, patients) in &wanted(&referrals)? {
            let Some(sites) = markets.get(place) else {
                continue;
            };
            let reach = reach(context.config, &place.0);
            for (kind, is_strict) in [true, false].into_iter().enumerate() {
                for row in served(patients, sites, reach, is_strict)? {
                    assigned.found.entry(ids[row].clone()).or_default()[kind] = true;
                }
            }
        }
        Ok(assigned)
    }
}

fn ids(referrals: &Table) -> Result<Vec<(String, String)>> {
    let (sources, ids) = (referrals.text("source")?, referrals.text("referral_id")?);
    let id = |row: usize| (sources.value(row).to_string(), ids.value(row).to_string());
    Ok((0..referrals.rows()).map(id).collect())
}

/// The recoverable referrals of the last eight quarters, counted.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    counts: BTreeMap<(By, String, Quarter), Counts>,
    knows_payers: bool,
    knows_slots: bool,
}

impl Recovered {
    /// The counts of a row; none of a kind that nothing is known of.
    pub(super) fn of(&self, by: By, key: &str, quarter: Quarter) -> (Option<i64>, Option<i64>) {
        let counts = self.counts.get(&(by, key.to_string(), quarter));
        let counts = counts.copied().unwrap_or_default();
        (
            (self.knows_slots && self.knows_payers).then_some(counts.covered),
            self.knows_slots.then_some(counts.if_covered),
        )
    }

    /// Counts those of the marts' referrals that found a slot.
    pub(super) fn count(context: &Context<'_>, assigned: &Assigned) -> Result<Self> {
        let referrals = context.warehouse.read(MARTS[0])?;
        let (ids, rows) = (ids(&referrals)?, Keys::read(&referrals)?);
        let mut recovered = Self {
            knows_payers: assigned.knows_payers,
            knows_slots: assigned.knows_slots,
            ..Self::default()
        };
        for (row, id) in ids.iter().enumerate() {
            let Some([covered, if_covered]) = assigned.found.get(id).copied() else {
                continue;
            };
            for (by, key) in rows.of(row) {
                let place = (by, key.to_string(), rows.quarters[row]);
                let counts = recovered.counts.entry(place).or_default();
                counts.covered += i64::from(covered);
                counts.if_covered += i64::from(if_covered);
            }
        }
        Ok(recovered)
    }
}

fn reach(config: &Config, specialty: &str) -> f64 {
    config.specialty(specialty).reach_km
}

/// Under which keys each referral is counted.
struct Keys {
    texts: [(By, Vec<Option<String>>); 5],
    quarters: Vec<Quarter>,
}

impl Keys {
    fn read(referrals: &Table) -> Result<Self> {
        let quarters = referrals.texts("quarter")?;
        Ok(Self {
            texts: [
                (By::Specialty, referrals.texts("specialty")?),
                (By::Referrer, referrals.texts("referring_npi")?),
                (By::Practice, referrals.texts("referring_practice_id")?),
                (By::ReferringCounty, referrals.texts("referring_county")?),
                (By::PatientCounty, referrals.texts("patient_county")?),
            ],
            quarters: quarters
                .iter()
                .flatten()
                .map(|quarter| quarter.parse())
                .collect::<Result<_>>()?,
        })
    }

    fn of(&self, row: usize) -> impl Iterator<Item = (By, &str)> {
        let texts = self.texts.iter();
        let own = texts.filter_map(move |(by, texts)| Some((*by, texts[row].as_deref()?)));
        own.chain([(By::Specialty, ALL)])
    }
}

/// A specialty and the Monday of a week: slots of other weeks and specialties serve nobody else.
type Place = (String, Day);

/// A referral that looks for a slot.
struct Patient {
    row: usize,
    day: Day,
    point: Option<(f64, f64)>,
    age_band: Option<String>,
    payer: Option<String>,
}

fn wanted(referrals: &Table) -> Result<BTreeMap<Place, Vec<Patient>>> {
    let specialties = referrals.texts("specialty")?;
    let (weeks, days) = (referrals.days("week_on")?, referrals.days("referred_on")?);
    let zips = referrals.texts("patient_zip")?;
    let (ages, payers) = (referrals.texts("age_band")?, referrals.texts("payer")?);
    let mut out: BTreeMap<Place, Vec<Patient>> = BTreeMap::new();
    for row in 0..referrals.rows() {
        let (Some(specialty), Some(week), Some(day)) = (&specialties[row], weeks[row], days[row])
        else {
            continue;
        };
        let place = zips[row].as_deref().and_then(find);
        out.entry((specialty.clone(), week))
            .or_default()
            .push(Patient {
                row,
                day,
                point: place.map(|place| (place.lat, place.lon)),
                age_band: ages[row].clone(),
                payer: payers[row].clone(),
            });
    }
    Ok(out)
}

/// The open slots of a site in a week.
struct Site {
    practice_id: String,
    open: u32,
    point: Option<(f64, f64)>,
    offers: Vec<Offer>,
}

/// For whom a provider of the site is.
struct Offer {
    ages: String,
    payers: String,
}

impl Site {
    fn knows_payers(&self) -> bool {
        self.offers.iter().any(|offer| offer.payers != "unknown")
    }

    /// Whether the site has a provider for a patient within reach.
    fn fits(&self, patient: &Patient, reach_km: f64, is_strict: bool) -> bool {
        let near = self.point.zip(patient.point);
        near.is_some_and(|(site, home)| distance_km(site, home) <= reach_km)
            && self
                .offers
                .iter()
                .any(|offer| offer.fits(patient, is_strict))
    }
}

impl Offer {
    fn fits(&self, patient: &Patient, is_strict: bool) -> bool {
        let has = |list: &str, word: &str| {
            list.split([';', ',', '|'])
                .any(|one| one.trim().eq_ignore_ascii_case(word))
        };
        let is_age = match &patient.age_band {
            Some(band) => self.ages == ALL || has(&self.ages, band),
            None => true,
        };
        let is_payer = match &patient.payer {
            Some(payer) if self.payers != "unknown" => has(&self.payers, payer),
            _ => !is_strict,
        };
        is_age && is_payer
    }
}

fn markets(offers: &Table) -> Result<BTreeMap<Place, Vec<Site>>> {
    let offers = offers.sorted_by(&[
        "practice_id",
        "specialty",
        "week_on",
        "age_bands",
        "payers_accepted",
    ])?;
    let (practices, specialties) = (offers.texts("practice_id")?, offers.texts("specialty")?);
    let (weeks, open) = (offers.days("week_on")?, offers.counts("open")?);
    let (ages, payers) = (offers.texts("age_bands")?, offers.texts("payers_accepted")?);
    let (lats, lons) = (offers.reals("lat")?, offers.reals("lon")?);
    let mut out: BTreeMap<Place, Vec<Site>> = BTreeMap::new();
    for row in 0..offers.rows() {
        let (Some(practice), Some(specialty), Some(week)) =
            (&practices[row], &specialties[row], weeks[row])
        else {
            continue;
        };
        let sites = out.entry((specialty.clone(), week)).or_default();
        if sites
            .last()
            .is_none_or(|site| site.practice_id != *practice)
        {
            sites.push(Site {
                practice_id: practice.clone(),
                open: u32::try_from(open[row]).unwrap_or(0),
                point: lats[row].zip(lons[row]),
                offers: Vec::new(),
            });
        }
        let offer = Offer {
            ages: ages[row].clone().unwrap_or_default(),
            payers: payers[row].clone().unwrap_or_default(),
        };
        // A site was pushed just above where there was none.
        if let Some(site) = sites.last_mut() {
            site.offers.push(offer);
        }
    }
    Ok(out)
}

/// The rows of the referrals that find a slot: as many as can be, the earliest order first.
fn served(
    patients: &[Patient],
    sites: &[Site],
    reach_km: f64,
    is_strict: bool,
) -> Result<Vec<usize>> {
    let capacities: Vec<u32> = sites.iter().map(|site| site.open).collect();
    let fitting = |patient: &Patient| -> Vec<u32> {
        let numbered = (0u32..).zip(sites);
        let fits = numbered.filter(|(_, site)| site.fits(patient, reach_km, is_strict));
        fits.map(|(number, _)| number).collect()
    };
    let admissible: Vec<Vec<u32>> = patients.iter().map(fitting).collect();
    let demand = |(kind, patient): (u32, &Patient)| Demand {
        kind,
        rank: (patient.day, patient.row),
    };
    let demands: Vec<_> = (0..).zip(patients).map(demand).collect();
    let assignment = assign(&capacities, &admissible, &demands)
        .map_err(|error| Error::internal("slots can't be assigned").because(error))?;
    let found = patients.iter().zip(&assignment.group_of);
    let served = found.filter(|(_, group)| group.is_some());
    Ok(served.map(|(patient, _)| patient.row).collect())
}
