//! Who refers, how much, and when that changes: rates by referrer, planted behaviours (lapsed,
//! declining, retired, new, bursty), the panel of patients, and the liaison's visits that raise a
//! practice's rate. Where orders go is destinations.rs's.

use std::collections::BTreeMap;

use catchment_base::Day;
use rand::RngExt;

use crate::demand::Kind;
use crate::organizations::Affiliation;
use crate::random::{Stream, Subject, log_normal, stream};
use crate::roster::Roster;
use crate::settings::Settings;

/// What a referrer from outside our own system does over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// One rate throughout.
    Steady,
    /// One mean rate, in bursts.
    Bursty,
    /// Stops on a day.
    Lapsed,
    /// Falls to a lower rate on a day.
    Declining,
    /// Stops on a day, and the roster says so.
    Retired,
    /// Begins on a day.
    New,
}

impl Behaviour {
    /// The word of `truth/referrers.csv`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Bursty => "bursty",
            Self::Lapsed => "lapsed",
            Self::Declining => "declining",
            Self::Retired => "retired",
            Self::New => "new",
        }
    }
}

/// A referring provider.
#[derive(Debug, Clone)]
pub(crate) struct Referrer {
    /// In [`Roster::providers`].
    pub(crate) provider: u32,
    pub(crate) kind: Kind,
    /// Orders a quarter of 64 working days while it is own.
    pub(crate) orders: f64,
    /// Referrals to us in such a quarter while it is not.
    pub(crate) sends: f64,
    /// The days on which it is own: from, to (inclusive); none where from is after to.
    pub(crate) own: (Day, Day),
    pub(crate) behaviour: Behaviour,
    /// The day of the change, and the factor of `sends` before and after it.
    pub(crate) change: Option<(Day, f64, f64)>,
    /// The day from which a visit works, and its factor.
    pub(crate) visited: Option<(Day, f64)>,
    /// The number of its first patient, and how many it has.
    pub(crate) panel: (u64, u32),
}

impl Referrer {
    /// Whether all its orders are in our exports on a day.
    pub(crate) fn is_own(&self, day: Day) -> bool {
        self.own.0 <= day && day <= self.own.1
    }

    /// What its rate is on a day, in referrals a quarter that the exports show.
    pub(crate) fn rate(&self, day: Day) -> f64 {
        if self.is_own(day) {
            return self.orders;
        }
        let change = match self.change {
            Some((on, before, after)) => {
                if day < on {
                    before
                } else {
                    after
                }
            }
            None => 1.0,
        };
        let visit = match self.visited {
            Some((from, factor)) if from <= day => factor,
            _ => 1.0,
        };
        self.sends * change * visit
    }
}

/// A contact of a liaison with a practice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Visit {
    pub(crate) practice: u32,
    pub(crate) on: Day,
    pub(crate) kind: &'static str,
    pub(crate) liaison: String,
    pub(crate) topic: &'static str,
    pub(crate) outcome: &'static str,
    /// Whether the log names the provider met instead of the practice.
    pub(crate) provider: Option<u32>,
}

/// A planted effect of visits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Effect {
    pub(crate) practice: u32,
    pub(crate) visited_on: Day,
    pub(crate) from: Day,
    pub(crate) factor: f64,
}

/// Everyone who refers, with the visits.
#[derive(Debug)]
pub(crate) struct Referrers {
    /// In the order of the roster.
    pub(crate) all: Vec<Referrer>,
    pub(crate) visits: Vec<Visit>,
    pub(crate) effects: Vec<Effect>,
}

/// Draws the referrers; those who retire are noted in the roster.
pub(crate) fn recruit(roster: &mut Roster, settings: &Settings) -> Referrers {
    let mut all: Vec<Referrer> = Vec::new();
    let mut patients = 0u64;
    for provider in 0..roster.providers.len() as u32 {
        let mut stream = stream(settings.seed, Subject::Referrers, u64::from(provider));
        if let Some(mut referrer) = referrer(roster, settings, provider, &mut stream) {
            let most = referrer.orders.max(referrer.sends);
            let size = (most * f64::from(settings.quarters) / 2.5).ceil().max(8.0) as u32;
            referrer.panel = (patients, size);
            patients += u64::from(size);
            all.push(referrer);
        }
    }
    plant_behaviours(&mut all, roster, settings);
    let (visits, effects) = plant_visits(&mut all, roster, settings);
    Referrers {
        all,
        visits,
        effects,
    }
}

/// A provider as a referrer; `None` for facilities and for the specialists who never refer to us.
fn referrer(
    roster: &Roster,
    settings: &Settings,
    provider: u32,
    stream: &mut Stream,
) -> Option<Referrer> {
    let person = &roster.providers[provider as usize];
    let first = roster.affiliation(provider, settings.first_day());
    let last = roster.affiliation(provider, settings.last_day());
    let is_specialist = person.service.is_some();
    let is_silent = is_specialist && last != Affiliation::Own && stream.random_bool(0.6);
    if person.is_organization || person.specialty.care == "therapy" || is_silent {
        return None;
    }
    let (orders, sends) = if is_specialist {
        (4.5, 0.8)
    } else {
        (17.0, 3.2)
    };
    let loyalty = if last == Affiliation::Affiliated {
        1.8
    } else {
        1.0
    };
    let bought = roster
        .acquisitions
        .iter()
        .find(|a| a.practice == person.practices[0]);
    let own = match (first, last, bought) {
        (Affiliation::Own, ..) => (Day(i32::MIN), Day(i32::MAX)),
        (_, Affiliation::Own, Some(bought)) => (bought.on, Day(i32::MAX)),
        _ => (Day(i32::MAX), Day(i32::MIN)),
    };
    let volume = f64::from(settings.volume);
    let change = match bought {
        // Who is bought by a competitor sends us less from that day on.
        Some(bought) if last == Affiliation::Competitor => Some((bought.on, 1.0, 0.35)),
        _ => None,
    };
    let behaviour = if change.is_some() {
        Behaviour::Declining
    } else {
        Behaviour::Steady
    };
    Some(Referrer {
        provider,
        kind: Kind::of(&person.specialty.name),
        orders: log_normal(stream, orders, 0.75).min(orders * 8.0) * person.fte * volume,
        sends: log_normal(stream, sends * loyalty, 0.95).min(sends * 14.0) * volume,
        own,
        behaviour,
        change,
        visited: None,
        panel: (0, 0),
    })
}

/// Gives some referrers who are never own a behaviour. Those who stop or fall had a rate of two a
/// quarter or more where there are enough of these, for who never referred cannot lapse.
fn plant_behaviours(all: &mut [Referrer], roster: &mut Roster, settings: &Settings) {
    let mut stream = stream(settings.seed, Subject::Referrers, u64::MAX);
    let mut free: Vec<usize> = (0..all.len())
        .filter(|&r| all[r].own.0 > all[r].own.1 && all[r].change.is_none())
        .collect();
    let total = free.len();
    for at in (1..free.len()).rev() {
        free.swap(at, stream.random_range(0..=at));
    }
    // Busy referrers come first; the shuffle decides among them.
    free.sort_by_key(|&r| all[r].sends < 2.0);
    let part = |share: f64| (share * total as f64).round().max(1.0) as usize;
    let plan = [
        (Behaviour::Lapsed, part(0.08)),
        (Behaviour::Declining, part(0.04)),
        (Behaviour::Retired, part(0.02)),
        (Behaviour::New, part(0.04)),
        (Behaviour::Bursty, part(0.08)),
    ];
    let mut chosen = free.into_iter();
    for (behaviour, count) in plan {
        for referrer in chosen.by_ref().take(count) {
            plant(&mut all[referrer], behaviour, roster, settings, &mut stream);
        }
    }
}

fn plant(
    referrer: &mut Referrer,
    behaviour: Behaviour,
    roster: &mut Roster,
    settings: &Settings,
    stream: &mut Stream,
) {
    let window = settings
        .last_quarter
        .plus(1 - (settings.quarters.min(5) as i32))
        .first_day();
    let on = Day(stream.random_range(window.0..=settings.last_day().0 - 20));
    referrer.behaviour = behaviour;
    referrer.change = match behaviour {
        Behaviour::Steady | Behaviour::Bursty => None,
        Behaviour::Lapsed | Behaviour::Retired => Some((on, 1.0, 0.0)),
        Behaviour::Declining => Some((on, 1.0, stream.random_range(0.2..0.45))),
        Behaviour::New => Some((on, 0.0, 1.0)),
    };
    if behaviour == Behaviour::Retired {
        roster.providers[referrer.provider as usize].until = Some(on.plus(-1));
    }
}

/// Draws the liaisons' log. A visited practice refers more from two weeks after the first visit
/// on, or just as much; none of its people has a planted change.
fn plant_visits(
    all: &mut [Referrer],
    roster: &Roster,
    settings: &Settings,
) -> (Vec<Visit>, Vec<Effect>) {
    let mut stream = stream(settings.seed, Subject::Visits, 0);
    let mut by_practice: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, referrer) in all.iter().enumerate() {
        by_practice
            .entry(roster.providers[referrer.provider as usize].practices[0])
            .or_default()
            .push(at);
    }
    let days = settings.last_day().0 - settings.first_day().0;
    let mut visits = Vec::new();
    let mut effects = Vec::new();
    for (practice, members) in by_practice {
        let is_free = members
            .iter()
            .all(|&r| all[r].own.0 > all[r].own.1 && all[r].change.is_none());
        if !is_free || !stream.random_bool(0.18) {
            continue;
        }
        let from = days * 3 / 10;
        let visited_on = next_weekday(
            settings
                .first_day()
                .plus(stream.random_range(from..=days - 28)),
        );
        let factor = [1.0, 1.25, 1.5, 1.5][stream.random_range(0..4)];
        let effect = Effect {
            practice,
            visited_on,
            from: visited_on.plus(14),
            factor,
        };
        for &member in &members {
            all[member].visited = Some((effect.from, factor));
        }
        effects.push(effect);
        let provider = all[members[0]].provider;
        visits.extend(contacts(settings, effect, provider, &mut stream));
    }
    visits.sort_by_key(|v| (v.on, v.practice));
    (visits, effects)
}

/// The visit itself, and sometimes a call or another visit after it.
fn contacts(settings: &Settings, effect: Effect, provider: u32, stream: &mut Stream) -> Vec<Visit> {
    const TOPICS: [&str; 5] = [
        "new clinic",
        "waiting times",
        "report back",
        "referral form",
        "new provider",
    ];
    const OUTCOMES: [&str; 4] = ["met provider", "met staff", "left material", "follow up"];
    let liaison = format!("L{}", stream.random_range(1..=4));
    let mut on = effect.visited_on;
    let mut visits = Vec::new();
    let count = stream.random_range(1..=3);
    for number in 0..count {
        let kind = if number == 0 {
            "visit"
        } else {
            ["call", "visit", "event"][stream.random_range(0..3)]
        };
        visits.push(Visit {
            practice: effect.practice,
            on,
            kind,
            liaison: liaison.clone(),
            topic: TOPICS[stream.random_range(0..TOPICS.len())],
            outcome: OUTCOMES[stream.random_range(0..OUTCOMES.len())],
            provider: stream.random_bool(0.15).then_some(provider),
        });
        on = next_weekday(on.plus(stream.random_range(20..70)));
        if on > settings.last_day() {
            break;
        }
    }
    visits
}

fn next_weekday(day: Day) -> Day {
    match day.weekday() {
        5 => day.plus(2),
        6 => day.plus(1),
        _ => day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Land;
    use crate::staffing::staff;

    #[test]
    fn plants_the_shares_that_it_says() {
        let settings = Settings::default();
        let land = Land::of("NM", 1).unwrap();
        let mut roster = staff(&land, &settings);
        let referrers = recruit(&mut roster, &settings);
        let others: Vec<&Referrer> = referrers
            .all
            .iter()
            .filter(|r| !r.is_own(settings.last_day()))
            .collect();
        let share =
            |b| others.iter().filter(|r| r.behaviour == b).count() as f64 / others.len() as f64;
        assert!((share(Behaviour::Lapsed) - 0.08).abs() < 0.015);
        assert!((share(Behaviour::Declining) - 0.04).abs() < 0.02);
        assert!((share(Behaviour::Retired) - 0.02).abs() < 0.01);
        assert!(!referrers.effects.is_empty());
        for referrer in &others {
            if let Some((on, before, after)) = referrer.change {
                assert!((referrer.rate(on.plus(-1)) - referrer.sends * before).abs() < 1e-12);
                assert!((referrer.rate(on) - referrer.sends * after).abs() < 1e-12);
            }
        }
        // A week's end is no day for a visit.
        assert!(referrers.visits.iter().all(|v| v.on.weekday() < 5));
    }
}
