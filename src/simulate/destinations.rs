//! Where orders go: every referrer keeps to a few destinations for each service, chosen once in
//! proportion to capacity and nearness; and which services are offered inside on which day. When
//! and what is ordered is arrivals.rs's.

use std::collections::BTreeMap;

use catchment_base::Day;
use catchment_base::places::distance_km;
use rand::RngExt;
use rand_distr::{Beta, Distribution, Exp1};
use rayon::prelude::*;

use crate::organizations::Affiliation;
use crate::people::Land;
use crate::random::{Stream, Subject, Weights, log_normal, mix, normal, stream};
use crate::referrers::Referrer;
use crate::roster::Roster;
use crate::services::SERVICES;
use crate::settings::Settings;

/// Among whom a destination is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// Own and affiliated, by an own referrer.
    Inside,
    /// Independent and competitor, by an own referrer.
    Outside,
    /// Own, by everyone else.
    Us,
}

/// A provider with its cumulative share.
type Choice = (u32, f32);

/// What a referrer keeps to for one service and side.
#[derive(Debug, Clone, Copy)]
struct Habit {
    service: u8,
    side: Side,
    /// Where its choices begin among the referrer's, and how many there are.
    first: u16,
    count: u8,
    leakage: f32,
}

/// The habits of one referrer, by service and side, with their choices.
#[derive(Debug, Clone, Default)]
struct Habits {
    habits: Box<[Habit]>,
    choices: Box<[Choice]>,
}

/// The habits of everyone.
#[derive(Debug, Default)]
pub(crate) struct Destinations {
    by_referrer: Vec<Habits>,
    /// By ZIP point, service and side: those near by, for the odd order that strays from habit.
    near: BTreeMap<(u32, u8, Side), Vec<u32>>,
    /// By service and side: all.
    all: BTreeMap<(u8, Side), Vec<u32>>,
}

impl Destinations {
    /// Draws everyone's habits.
    pub(crate) fn choose(
        land: &Land,
        roster: &Roster,
        referrers: &[Referrer],
        settings: &Settings,
    ) -> Self {
        let market = Market::new(land, roster, settings);
        let mut by_zip: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, referrer) in referrers.iter().enumerate() {
            by_zip
                .entry(roster.practice(referrer.provider, 0).zip)
                .or_default()
                .push(at);
        }
        let by_zip: Vec<(u32, Vec<usize>)> = by_zip.into_iter().collect();
        let drawn: Vec<_> = by_zip
            .par_iter()
            .map(|(zip, members)| {
                let local = market.seen_from(*zip);
                let near = local.near(settings.seed, *zip);
                let habits: Vec<(usize, Habits)> = members
                    .iter()
                    .map(|&at| (at, local.habits(settings.seed, at, &referrers[at])))
                    .collect();
                (near, habits)
            })
            .collect();
        let mut destinations = Self {
            all: market.candidates,
            ..Self::default()
        };
        destinations
            .by_referrer
            .resize(referrers.len(), Habits::default());
        for (near, habits) in drawn {
            destinations.near.extend(near);
            for (at, habits) in habits {
                destinations.by_referrer[at] = habits;
            }
        }
        destinations
    }

    fn habit(&self, referrer: usize, service: usize, side: Side) -> Option<&Habit> {
        let mine = &self.by_referrer[referrer].habits;
        let key = (service as u8, side);
        mine.binary_search_by_key(&key, |h| (h.service, h.side))
            .ok()
            .map(|at| &mine[at])
    }

    /// The services for which a referrer has a habit.
    pub(crate) fn services(&self, referrer: usize, side: Side) -> impl Iterator<Item = usize> {
        let mine = self.by_referrer[referrer].habits.iter();
        mine.filter(move |h| h.side == side)
            .map(|h| usize::from(h.service))
    }

    /// The share of an own referrer's eligible orders for a service that it directs outside.
    pub(crate) fn leakage(&self, referrer: usize, service: usize) -> f64 {
        self.habit(referrer, service, Side::Inside)
            .or_else(|| self.habit(referrer, service, Side::Outside))
            .map_or(0.0, |habit| f64::from(habit.leakage))
    }

    /// Draws a destination: by habit, one time in twenty-five another one near by, and where
    /// those do not work or do not see the age, anyone who does. `None` where nobody does.
    pub(crate) fn draw(
        &self,
        (referrer, zip): (usize, u32),
        (service, side): (usize, Side),
        is_open: impl Fn(u32) -> bool,
        stream: &mut Stream,
    ) -> Option<u32> {
        let key = (zip, service as u8, side);
        if stream.random_bool(0.04)
            && let Some(near) = self.near.get(&key)
        {
            let provider = near[stream.random_range(0..near.len())];
            if is_open(provider) {
                return Some(provider);
            }
        }
        if let Some(habit) = self.habit(referrer, service, side) {
            let first = usize::from(habit.first);
            let mine = &self.by_referrer[referrer].choices[first..][..usize::from(habit.count)];
            for _ in 0..4 {
                let share: f32 = stream.random();
                let at = mine.partition_point(|c| c.1 <= share).min(mine.len() - 1);
                if is_open(mine[at].0) {
                    return Some(mine[at].0);
                }
            }
        }
        let near = self.near.get(&key).map_or(&[][..], Vec::as_slice);
        let all = self
            .all
            .get(&(service as u8, side))
            .map_or(&[][..], Vec::as_slice);
        let skip = if all.is_empty() {
            0
        } else {
            stream.random_range(0..all.len())
        };
        let turned = all[skip..].iter().chain(&all[..skip]);
        near.iter()
            .chain(turned)
            .copied()
            .find(|&provider| is_open(provider))
    }
}

/// Every provider that is referred to, with its pull.
struct Market<'a> {
    land: &'a Land,
    /// By service and side, in the order of the roster.
    candidates: BTreeMap<(u8, Side), Vec<u32>>,
    /// By provider: attraction and ZIP point.
    pull: Vec<(f64, u32)>,
    /// The first specialist in the roster, where `pull` begins.
    first: u32,
}

impl<'a> Market<'a> {
    fn new(land: &'a Land, roster: &Roster, settings: &Settings) -> Self {
        let mut candidates: BTreeMap<(u8, Side), Vec<u32>> = BTreeMap::new();
        let mut pull = Vec::new();
        for number in roster.primary_care as u32..roster.providers.len() as u32 {
            let provider = &roster.providers[number as usize];
            let member = u64::from(number) | 1 << 40;
            let mut stream = stream(settings.seed, Subject::Destinations, member);
            let affiliation = roster.affiliation(number, settings.first_day());
            // An own referrer's first thought inside is our own people.
            let nearness = if affiliation == Affiliation::Affiliated {
                0.6
            } else {
                1.0
            };
            let attraction = provider.fte * log_normal(&mut stream, nearness, 0.6);
            pull.push((attraction, roster.practice(number, 0).zip));
            let Some(service) = provider.service else {
                continue;
            };
            let side = if affiliation.is_inside() {
                Side::Inside
            } else {
                Side::Outside
            };
            candidates.entry((service, side)).or_default().push(number);
            if affiliation == Affiliation::Own {
                candidates
                    .entry((service, Side::Us))
                    .or_default()
                    .push(number);
            }
        }
        Self {
            land,
            candidates,
            pull,
            first: roster.primary_care as u32,
        }
    }

    /// The market with weights as of a ZIP point: attraction over one plus the squared distance in
    /// units of the service's reach.
    fn seen_from(&self, zip: u32) -> Local<'_> {
        let here = self.land.zips[zip as usize].point();
        let distances: Vec<f64> = self
            .land
            .zips
            .iter()
            .map(|other| distance_km(here, other.point()))
            .collect();
        let mut weights = BTreeMap::new();
        for (key, providers) in &self.candidates {
            let reach = SERVICES[usize::from(key.0)].reach_km;
            let row = providers.iter().map(|provider| {
                let (attraction, at) = self.pull[(provider - self.first) as usize];
                attraction / (1.0 + (distances[at as usize] / reach).powi(2))
            });
            weights.insert(*key, (providers.as_slice(), Weights::new(row)));
        }
        Local { weights }
    }
}

/// The market as one ZIP point sees it.
struct Local<'a> {
    weights: BTreeMap<(u8, Side), (&'a [u32], Weights)>,
}

impl Local<'_> {
    /// Up to eight destinations near by for each service and side.
    fn near(&self, seed: u64, zip: u32) -> Vec<((u32, u8, Side), Vec<u32>)> {
        let mut stream = stream(seed, Subject::Destinations, u64::from(zip) | 1 << 41);
        let draw = |(key, (providers, weights)): (&(u8, Side), &(&[u32], Weights))| {
            let mut near = Vec::new();
            for _ in 0..8 {
                let Some(at) = weights.draw(&mut stream) else {
                    break;
                };
                if !near.contains(&providers[at]) {
                    near.push(providers[at]);
                }
            }
            ((zip, key.0, key.1), near)
        };
        self.weights.iter().map(draw).collect()
    }

    /// The habits of a referrer.
    fn habits(&self, seed: u64, at: usize, referrer: &Referrer) -> Habits {
        let mut stream = stream(seed, Subject::Destinations, at as u64);
        // Some leak more than others whatever the service.
        let bent = 0.8 * normal(&mut stream);
        let is_own = referrer.own.0 <= referrer.own.1;
        let was_other = referrer.own.0 > Day(i32::MIN);
        let (mut habits, mut choices) = (Vec::new(), Vec::new());
        // Who is not ours thinks of us for some services only, but for one at least.
        let ordered =
            |service: u8| (0..3).any(|age| referrer.kind.demand(usize::from(service), age) > 0.0);
        let ours = self
            .weights
            .keys()
            .filter(|key| key.1 == Side::Us && ordered(key.0))
            .count();
        let sure = stream.random_range(0..ours.max(1));
        let mut seen = 0;
        for (&(service, side), (providers, weights)) in &self.weights {
            let applies = if side == Side::Us { was_other } else { is_own };
            if !applies || !ordered(service) {
                continue;
            }
            if side == Side::Us {
                seen += 1;
                if seen != sure + 1 && !stream.random_bool(0.45) {
                    continue;
                }
            }
            let first = choices.len();
            pick(providers, weights, &mut choices, &mut stream);
            let count = (choices.len() - first) as u8;
            let leakage = leakage(usize::from(service), bent, &mut stream) as f32;
            habits.push(Habit {
                service,
                side,
                first: first as u16,
                count,
                leakage,
            });
        }
        Habits {
            habits: habits.into(),
            choices: choices.into(),
        }
    }
}

/// Draws one to four of the providers, with Dirichlet shares.
fn pick(providers: &[u32], weights: &Weights, choices: &mut Vec<Choice>, stream: &mut Stream) {
    let wanted = [1, 1, 2, 2, 2, 3, 3, 4][stream.random_range(0..8)];
    let mut picked: Vec<u32> = Vec::new();
    for _ in 0..3 * wanted {
        let Some(at) = weights.draw(stream) else {
            break;
        };
        if picked.len() < wanted && !picked.contains(&providers[at]) {
            picked.push(providers[at]);
        }
    }
    // Dirichlet(1, ..., 1) shares are exponential numbers over their sum.
    let parts: Vec<f64> = picked.iter().map(|_| Exp1.sample(stream)).collect();
    let total: f64 = parts.iter().sum();
    let mut sum = 0.0;
    for (provider, part) in picked.into_iter().zip(parts) {
        sum += part / total;
        choices.push((provider, sum as f32));
    }
}

/// A referrer's leakage for a service: beta-distributed about the service's mean, bent by the
/// referrer's own inclination on the logit scale.
fn leakage(service: usize, bent: f64, stream: &mut Stream) -> f64 {
    let mean = SERVICES[service].leakage;
    let logit = (mean / (1.0 - mean)).ln() + bent;
    let mean = (1.0 / (1.0 + (-logit).exp())).clamp(0.01, 0.99);
    const CONCENTRATION: f64 = 8.0;
    Beta::new(mean * CONCENTRATION, (1.0 - mean) * CONCENTRATION)
        .map_or(mean, |beta| beta.sample(stream))
}

/// Which services are offered inside, for each age band, day by day.
#[derive(Debug)]
pub(crate) struct Offer {
    first: Day,
    days: usize,
    /// By service, then age (3 stands for any), then day.
    open: Vec<bool>,
}

impl Offer {
    /// From the roster: a service is offered on a day to an age where someone inside has it, works
    /// on that day and sees that age.
    pub(crate) fn of(roster: &Roster, settings: &Settings) -> Self {
        let first = settings.first_day();
        let days = (settings.last_day().0 - first.0 + 1) as usize;
        let mut open = vec![false; SERVICES.len() * 4 * days];
        for (number, provider) in roster
            .providers
            .iter()
            .enumerate()
            .skip(roster.primary_care)
        {
            let Some(service) = provider.service else {
                continue;
            };
            // Only primary care practices are ever bought, so a specialist's side never changes.
            if !roster.affiliation(number as u32, first).is_inside() {
                continue;
            }
            for day in 0..days {
                if !provider.is_active(first.plus(day as i32)) {
                    continue;
                }
                for age in (0..4).filter(|&age| provider.sees(age)) {
                    open[(usize::from(service) * 4 + usize::from(age)) * days + day] = true;
                }
            }
        }
        Self { first, days, open }
    }

    /// Whether a service is offered to an age band (3 stands for one that is not known).
    pub(crate) fn on(&self, service: usize, age: u8, day: Day) -> bool {
        let at = (day.0 - self.first.0) as usize;
        at < self.days && self.open[(service * 4 + usize::from(age)) * self.days + at]
    }
}

/// A destination of which only exports know.
#[derive(Debug, Clone)]
pub(crate) struct Stranger {
    pub(crate) name: String,
    pub(crate) organization: String,
    /// Exports give it for every second one.
    pub(crate) npi: Option<String>,
}

/// How many strangers a service has.
pub(crate) const STRANGERS_EACH: u32 = 8;

/// The strangers, service by service.
pub(crate) fn strangers(roster: &Roster, settings: &Settings) -> Vec<Stranger> {
    let mut stream = stream(settings.seed, Subject::Strangers, 0);
    let total = SERVICES.len() as u64 * u64::from(STRANGERS_EACH);
    (0..total)
        .map(|number| {
            let service = (number / u64::from(STRANGERS_EACH)) as usize;
            let name = crate::names::stranger(&mut stream);
            let town = [
                "Lakeside",
                "Twin Rivers",
                "High Plains",
                "Old Mill",
                "Summit",
            ];
            let town = town[stream.random_range(0..town.len())];
            let organization = format!("{town} {} Partners", SERVICES[service].name);
            let body = roster.providers.len() as u64 + number;
            let npi = crate::staffing::npi_of(settings.seed, body);
            Stranger {
                name,
                organization,
                npi: number.is_multiple_of(2).then_some(npi),
            }
        })
        .collect()
}

/// The stranger whom a referrer at a ZIP point knows for a service.
pub(crate) fn stranger_for(seed: u64, zip: u32, service: usize, roll: u32) -> u32 {
    let start = mix(seed, Subject::Strangers, u64::from(zip), service as u64) as u32;
    service as u32 * STRANGERS_EACH + (start.wrapping_add(roll % 3)) % STRANGERS_EACH
}
