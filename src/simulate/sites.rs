//! Capacity: every inside practice and specialty offers a number of new-patient slots a week, and
//! orders are booked into the first free ones. Sites are sized by the orders that will come to
//! them: a few planted over capacity, the others with slack. Who waits how long follows from it.

use std::collections::VecDeque;

use catchment_base::Day;
use rand::RngExt;
use rayon::prelude::*;

use crate::arrivals;
use crate::calendar::{is_working, monday, steps, week};
use crate::orders::{Order, To};
use crate::organizations::Affiliation;
use crate::random::{Stream, Subject, stream};
use crate::services::{self, SERVICES};
use crate::world::World;

/// How many weeks ahead a site books.
const HORIZON: i32 = 27;
/// How many weeks a planted site is booked out on the first day.
const PLANTED_START: i32 = 5;
/// The share of the own sites that are planted over capacity.
const PLANTED_SHARE: f64 = 0.07;
/// How many referrers are handled together.
const BLOCK: usize = 256;

/// New-patient slots of one practice and specialty.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) practice: u32,
    pub(crate) service: u8,
    pub(crate) affiliation: Affiliation,
    /// Mean slots a week.
    pub(crate) slots: f64,
    /// Orders a week over slots a week in the last four quarters, as planned.
    pub(crate) utilisation: f64,
    /// Whether it is planted over capacity.
    pub(crate) is_planted: bool,
    phase: f64,
    /// Slots taken, from the week `now` on.
    booked: VecDeque<u32>,
    now: i32,
}

impl Site {
    /// The slots of a week: whole numbers whose mean is `slots`.
    pub(crate) fn slots_in(&self, week: i32) -> u32 {
        let upto = |week: i32| (f64::from(week) * self.slots + self.phase).floor();
        (upto(week + 1) - upto(week)) as u32
    }

    /// Forgets the weeks before this one.
    pub(crate) fn move_to(&mut self, week: i32) {
        while self.now < week {
            self.booked.pop_front();
            self.now += 1;
        }
    }

    fn taken(&self, week: i32) -> u32 {
        self.booked
            .get((week - self.now) as usize)
            .copied()
            .unwrap_or(0)
    }

    fn free(&self, week: i32) -> u32 {
        self.slots_in(week).saturating_sub(self.taken(week))
    }

    /// The first day with a free slot from `earliest` on. A tenth of each week from the second
    /// next on is kept for urgent orders.
    pub(crate) fn find(&self, earliest: Day, is_urgent: bool, stream: &mut Stream) -> Option<Day> {
        let first = week(earliest).max(self.now);
        (first..self.now + HORIZON).find_map(|at| {
            let kept = if is_urgent || at <= self.now + 1 {
                0
            } else {
                self.slots_in(at) / 10
            };
            if self.free(at) <= kept {
                return None;
            }
            let days: Vec<Day> = (0..7)
                .map(|d| monday(at).plus(d))
                .filter(|&day| day >= earliest && is_working(day))
                .collect();
            (!days.is_empty()).then(|| days[stream.random_range(0..days.len())])
        })
    }

    /// Takes a slot of the week of a day.
    pub(crate) fn take(&mut self, day: Day) {
        let at = (week(day) - self.now).max(0) as usize;
        if self.booked.len() <= at {
            self.booked.resize(at + 1, 0);
        }
        self.booked[at] += 1;
    }

    /// Days from a Monday to the third free slot, which lies in the middle of its week; `None`
    /// where there are not three within the horizon.
    pub(crate) fn third_next_available(&self, from: i32) -> Option<i32> {
        let mut free = 0;
        (from..from + HORIZON).find_map(|at| {
            free += self.free(at);
            (free >= 3).then_some((at - from) * 7 + 2)
        })
    }
}

/// All sites, and which one a provider's place of work is.
#[derive(Debug, Clone)]
pub(crate) struct Sites {
    pub(crate) all: Vec<Site>,
    of: Vec<[u32; 2]>,
}

const NONE: u32 = u32::MAX;

impl Sites {
    /// The sites of everyone inside who gives consults or procedures, sized for what will come.
    pub(crate) fn build(world: &World) -> Self {
        let mut sites = Self::found(world);
        let (demand, weeks) = sites.weigh(world);
        let mut stream = stream(world.settings.seed, Subject::Sites, 0);
        let planted = sites.choose_planted(&demand, weeks, &mut stream);
        let now = week(world.settings.first_day());
        for (at, site) in sites.all.iter_mut().enumerate() {
            let weekly = f64::from(demand[at]) / weeks;
            site.is_planted = planted.contains(&at);
            let wanted = match (site.is_planted, site.affiliation) {
                (true, _) => stream.random_range(1.35..1.6),
                (false, Affiliation::Affiliated) => stream.random_range(0.40..0.65),
                _ => stream.random_range(0.50..0.85),
            };
            site.slots = (weekly / wanted).max(0.25);
            site.utilisation = weekly / site.slots;
            site.phase = stream.random();
            site.now = now;
            let full = if site.is_planted { PLANTED_START } else { 1 };
            site.booked = (now..now + full).map(|w| site.slots_in(w)).collect();
        }
        sites
    }

    fn found(world: &World) -> Self {
        let roster = &world.roster;
        let first = world.settings.first_day();
        let mut keys = Vec::new();
        for (number, provider) in roster.providers.iter().enumerate() {
            let Some(service) = provider.service else {
                continue;
            };
            let affiliation = roster.affiliation(number as u32, first);
            if affiliation.is_inside() && services::is_clinical(usize::from(service)) {
                for place in 0..usize::from(provider.places) {
                    keys.push((provider.practices[place], service, affiliation));
                }
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let site = |&(practice, service, affiliation): &(u32, u8, Affiliation)| Site {
            practice,
            service,
            affiliation,
            slots: 0.25,
            utilisation: 0.0,
            is_planted: false,
            phase: 0.0,
            booked: VecDeque::new(),
            now: 0,
        };
        let find = |practice: u32, service: Option<u8>| {
            let key = |k: &(u32, u8, Affiliation)| (k.0, Some(k.1));
            keys.binary_search_by_key(&(practice, service), key)
                .map_or(NONE, |at| at as u32)
        };
        let of = roster
            .providers
            .iter()
            .map(|p| p.practices.map(|practice| find(practice, p.service)));
        Self {
            of: of.collect(),
            all: keys.iter().map(site).collect(),
        }
    }

    /// The site that an order goes to.
    pub(crate) fn of(&self, order: &Order) -> Option<usize> {
        let To::Provider(provider) = order.to else {
            return None;
        };
        let site = self.of[provider as usize][usize::from(order.places.1)];
        (site != NONE).then_some(site as usize)
    }

    /// The orders that will come to each site in the last four quarters (all, where there are
    /// fewer), and the weeks of these. The orders come from the streams that the run itself uses.
    fn weigh(&self, world: &World) -> (Vec<u32>, f64) {
        let quarters = world
            .settings
            .last_quarter
            .last(world.settings.quarters.min(4) as i32);
        let steps: Vec<_> = quarters.iter().flat_map(|&q| steps(q)).collect();
        let referrers = world.referrers.all.len();
        let blocks: Vec<usize> = (0..referrers).step_by(BLOCK).collect();
        let demand = blocks
            .par_iter()
            .fold(
                || vec![0u32; self.all.len()],
                |mut demand, &block| {
                    let mut orders = Vec::new();
                    for referrer in block..(block + BLOCK).min(referrers) {
                        for &step in &steps {
                            arrivals::orders(world, referrer as u32, step, &mut orders);
                        }
                        for order in orders.drain(..) {
                            if let Some(site) = self.of(&order) {
                                demand[site] += 1;
                            }
                        }
                    }
                    demand
                },
            )
            .reduce(
                || vec![0u32; self.all.len()],
                |a, b| a.iter().zip(&b).map(|(a, b)| a + b).collect(),
            );
        (demand, 13.0 * quarters.len() as f64)
    }

    /// Chooses the own sites that are planted over capacity: among those with two orders a week
    /// or more, else the busiest; at least two.
    fn choose_planted(&self, demand: &[u32], weeks: f64, stream: &mut Stream) -> Vec<usize> {
        let mut own: Vec<usize> = (0..self.all.len())
            .filter(|&s| self.all[s].affiliation == Affiliation::Own && demand[s] > 0)
            .collect();
        let count = ((own.len() as f64 * PLANTED_SHARE).round() as usize).max(2);
        own.sort_by_key(|&s| (std::cmp::Reverse(demand[s]), s));
        let busy = own
            .iter()
            .filter(|&&s| f64::from(demand[s]) >= 2.0 * weeks)
            .count();
        own.truncate(busy.max(count));
        for at in (1..own.len()).rev() {
            own.swap(at, stream.random_range(0..=at));
        }
        own.truncate(count);
        own
    }

    /// The name of a site's specialty.
    pub(crate) fn specialty(site: &Site) -> &'static str {
        SERVICES[usize::from(site.service)].name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(slots: f64) -> Site {
        Site {
            practice: 0,
            service: 0,
            affiliation: Affiliation::Own,
            slots,
            utilisation: 0.0,
            is_planted: false,
            phase: 0.3,
            booked: VecDeque::new(),
            now: 2900,
        }
    }

    #[test]
    fn whole_slots_have_the_mean() {
        let site = site(2.37);
        let total: u32 = (2900..3000).map(|w| site.slots_in(w)).sum();
        assert!((f64::from(total) - 237.0).abs() <= 1.0, "{total}");
    }

    #[test]
    fn who_comes_later_waits_longer() {
        let mut site = site(2.0);
        let mut stream = stream(1, Subject::Sites, 1);
        let start = monday(2900);
        let mut weeks = Vec::new();
        for _ in 0..6 {
            let day = site.find(start, true, &mut stream).unwrap();
            site.take(day);
            weeks.push(week(day) - 2900);
        }
        assert_eq!(weeks, [0, 0, 1, 1, 2, 2]);
        assert_eq!(site.third_next_available(2900), Some(4 * 7 + 2));
        site.move_to(2902);
        assert_eq!(
            site.find(monday(2902), true, &mut stream).map(week),
            Some(2903)
        );
    }
}
