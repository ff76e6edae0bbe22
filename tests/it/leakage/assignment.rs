//! What could have stayed, by a twin that tries one slot after the other: every slot is a place of its
//! own, and an order that finds none free asks each holder to move (augmenting paths, Kuhn).

use std::collections::{BTreeMap, BTreeSet};

use catchment::base::{Day, places};

use super::counts::{TABLES, aligned, distance_km};
use super::order::{Class, Order};
use super::raw::{Raw, monday};
use super::{Complaints, tally};
use crate::workspace::Fresh;

/// How far a patient goes where nothing is configured.
const REACH_KM: f64 = 60.0;

/// A site's providers of a specialty, and its open slots in a week.
struct Site {
    point: Option<(f64, f64)>,
    /// Ages and payers of each provider who takes new patients.
    providers: Vec<(Vec<String>, Vec<String>)>,
    open: i64,
}

/// A specialty and the Monday of a week.
type Market = (String, Day);

/// The sites with open slots.
fn markets(raw: &Raw) -> BTreeMap<Market, Vec<Site>> {
    let mut offered: BTreeMap<(String, Market), i64> = BTreeMap::new();
    for (practice, specialty, week, slots) in &raw.slots {
        *offered
            .entry((practice.clone(), (specialty.clone(), *week)))
            .or_default() += slots;
    }
    let visits = ["scheduled", "completed", "no_show"];
    for order in raw.orders.iter().filter(|o| o.counts && o.is_inside()) {
        let on = order
            .visit
            .or(order.completed)
            .filter(|_| visits.contains(&order.status.as_str()));
        let (Some(on), Some(practice)) = (on, &order.to_practice) else {
            continue;
        };
        let key = (practice.clone(), (order.specialty.clone(), monday(on)));
        offered.entry(key).and_modify(|open| *open -= 1);
    }
    let mut markets: BTreeMap<Market, Vec<Site>> = BTreeMap::new();
    for ((practice, market), open) in offered.into_iter().filter(|(_, open)| *open > 0) {
        let (specialty, week) = &market;
        let works = raw.spells.iter().filter(|s| {
            s.practice == practice
                && s.specialty.as_ref() == Some(specialty)
                && s.holds(*week)
                && s.is_inside()
                && s.is_person
                && s.takes_new
                && !s.is_gone(*week)
        });
        let providers: Vec<_> = works.map(|s| (s.ages.clone(), s.payers.clone())).collect();
        if !providers.is_empty() {
            let point = raw.practice(&practice).and_then(|s| s.point);
            markets.entry(market).or_default().push(Site {
                point,
                providers,
                open,
            });
        }
    }
    markets
}

impl Site {
    fn takes(&self, order: &Order, is_strict: bool) -> bool {
        let home = places::find(&order.zip).map(|p| (p.lat, p.lon));
        let is_near = home
            .zip(self.point)
            .is_some_and(|(a, b)| distance_km(a, b) <= REACH_KM);
        let takes = |(ages, payers): &(Vec<String>, Vec<String>)| {
            let is_age = order.age.is_empty() || ages.is_empty() || ages.contains(&order.age);
            let is_known = !order.payer.is_empty() && !payers.is_empty();
            let is_payer = payers.iter().any(|p| p.eq_ignore_ascii_case(&order.payer));
            is_age && if is_known { is_payer } else { !is_strict }
        };
        is_near && self.providers.iter().any(takes)
    }
}

/// Finds a slot for an order, and moves whoever holds one that could go elsewhere.
fn find(
    order: usize,
    fits: &[Vec<usize>],
    held: &mut [Option<usize>],
    seen: &mut BTreeSet<usize>,
) -> bool {
    for &slot in &fits[order] {
        if !seen.insert(slot) {
            continue;
        }
        if held[slot].is_none_or(|holder| find(holder, fits, held, seen)) {
            held[slot] = Some(order);
            return true;
        }
    }
    false
}

/// The ids of the orders that could have stayed: as many as can be, the earliest first.
pub fn recoverable(raw: &Raw, is_strict: bool) -> BTreeSet<String> {
    let mut wanted: BTreeMap<Market, Vec<&Order>> = BTreeMap::new();
    for order in aligned(raw).filter(|o| o.class() == Some(Class::Leaked) && o.is_addressable()) {
        let market = (order.specialty.clone(), monday(order.day));
        wanted.entry(market).or_default().push(order);
    }
    let markets = markets(raw);
    let mut out = BTreeSet::new();
    for (market, mut orders) in wanted {
        let Some(sites) = markets.get(&market) else {
            continue;
        };
        orders.sort_by_key(|o| (o.day, o.id.clone()));
        let slots: Vec<&Site> = sites
            .iter()
            .flat_map(|s| (0..s.open).map(move |_| s))
            .collect();
        let fits: Vec<Vec<usize>> = orders
            .iter()
            .map(|order| {
                (0..slots.len())
                    .filter(|s| slots[*s].takes(order, is_strict))
                    .collect()
            })
            .collect();
        let mut held = vec![None; slots.len()];
        for (at, order) in orders.iter().enumerate() {
            if find(at, &fits, &mut held, &mut BTreeSet::new()) {
                out.insert(order.id.clone());
            }
        }
    }
    out
}

/// `recoverable` and `recoverable_if_covered` of every table are the twin's.
pub fn check(complaints: &mut Complaints, fresh: &Fresh, raw: &Raw) {
    let [covered, if_covered] = [true, false].map(|is_strict| recoverable(raw, is_strict));
    assert!(
        covered.len() > 5 && covered.len() < if_covered.len(),
        "{} {}",
        covered.len(),
        if_covered.len()
    );
    for (table, key, of) in TABLES {
        let keys = |o: &&Order| {
            let keys = of(o).into_iter();
            keys.map(|key| vec![key, o.quarter.clone()]).collect()
        };
        let ones = |o: &&Order| {
            let is_eligible = [Some(Class::Leaked), Some(Class::Kept)].contains(&o.class());
            [
                covered.contains(&o.id),
                if_covered.contains(&o.id),
                is_eligible,
            ]
        };
        let mut all = tally(aligned(raw), keys, ones);
        if table == "leakage_by_referrer" {
            all.retain(|_, counts| counts[2] > 0);
        }
        let expected = all
            .into_iter()
            .map(|(key, [a, b, _])| (key, [a, b]))
            .collect();
        let columns = ["recoverable", "recoverable_if_covered"];
        complaints.compare(
            table,
            &fresh.table(table),
            &[key, "quarter"],
            columns,
            &expected,
        );
    }
}
