//! When orders are placed and what they say: Poisson arrivals by day from every referrer's own
//! stream of chance. What becomes of an order is life.rs's.

use catchment_base::Day;
use rand::RngExt;
use rand_distr::{Distribution, Gamma, Poisson};

use crate::calendar::Step;
use crate::demand::Kind;
use crate::destinations::{Side, stranger_for};
use crate::orders::{Nature, Order, To, reason};
use crate::random::{Stream, Subject, Weights, chapter};
use crate::referrers::{Behaviour, Referrer};
use crate::services;
use crate::world::World;

/// The share of own orders that name nobody.
const NOBODY: f64 = 0.04;
/// The share of own orders that name someone of whom the roster does not know.
const STRANGER: f64 = 0.05;
/// The shape of the gamma weeks of a bursty referrer: the variance of a week's rate is 1/0.5
/// times its squared mean.
const BURST_SHAPE: f64 = 0.5;

/// The orders of one referrer in one step, by day: a Poisson number for the step, each on a day
/// drawn by the days' rates, which is the same as a Poisson number for each day.
pub(crate) fn orders(world: &World, referrer: u32, step: Step, orders: &mut Vec<Order>) {
    let who = &world.referrers.all[referrer as usize];
    let person = &world.roster.providers[who.provider as usize];
    let rate = |(day, weight)| {
        if person.is_active(day) {
            who.rate(day) * weight
        } else {
            0.0
        }
    };
    let rates = Weights::new(step.days().map(rate));
    if rates.total() <= 0.0 {
        return;
    }
    let mut stream = chapter(
        world.settings.seed,
        Subject::Arrivals,
        u64::from(referrer),
        step.number,
    );
    let burst = match (who.behaviour, Gamma::new(BURST_SHAPE, 1.0 / BURST_SHAPE)) {
        (Behaviour::Bursty, Ok(gamma)) => gamma.sample(&mut stream),
        _ => 1.0,
    };
    let mut days = [0u32; 7];
    for _ in 0..count(rates.total() * burst, &mut stream) {
        days[rates.draw(&mut stream).unwrap_or(0)] += 1;
    }
    for (after, count) in days.into_iter().enumerate() {
        let day = step.first.plus(after as i32);
        for _ in 0..count {
            let order = if who.is_own(day) {
                own_order(world, referrer, day, &mut stream)
            } else {
                order_to_us(world, referrer, day, &mut stream)
            };
            orders.extend(order);
        }
    }
}

/// A Poisson number.
fn count(mean: f64, stream: &mut Stream) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    Poisson::new(mean).map_or(0, |poisson| poisson.sample(stream) as u64)
}

/// A patient of the referrer's panel, with the age band.
fn patient(world: &World, who: &Referrer, stream: &mut Stream) -> (u64, u8) {
    let patient = who.panel.0 + u64::from(stream.random_range(0..who.panel.1.max(1)));
    (patient, world.patients.age(patient, who.kind))
}

/// An order by one of our own, wherever it goes.
fn own_order(world: &World, referrer: u32, day: Day, stream: &mut Stream) -> Option<Order> {
    let who = &world.referrers.all[referrer as usize];
    let (patient, age) = patient(world, who, stream);
    let itself = match who.kind {
        // Some specialists write orders to themselves.
        Kind::Specialist(own)
            if stream.random_bool(0.01)
                && world.roster.providers[who.provider as usize].sees(age) =>
        {
            Some(usize::from(own))
        }
        _ => None,
    };
    let service = match itself {
        Some(service) => service,
        None => world.mixes.of(who.kind, age).draw(stream)?,
    };
    let to = match itself {
        Some(_) => To::Provider(who.provider),
        None => direct(world, referrer, (service, age), day, stream),
    };
    let mut order = blank(world, referrer, (patient, age), (service, to), day, stream);
    order.setting = pick(&[0.70, 0.16, 0.05, 0.03, 0.04, 0.02], stream);
    let is_outside = match to {
        To::Provider(provider) => !world.roster.affiliation(provider, day).is_inside(),
        To::Stranger(_) => true,
        To::Nobody => false,
    };
    if is_outside {
        order.reason = if world.offer.on(service, age, day) {
            pick(&[0.20, 0.25, 0.15, 0.10, 0.12, 0.05, 0.0, 0.13], stream)
        } else {
            pick(&[0.2, 0.1, 0.0, 0.0, 0.0, 0.0, 0.7], stream)
        };
    }
    Some(order)
}

/// Where one of our own directs an order.
fn direct(
    world: &World,
    referrer: u32,
    (service, age): (usize, u8),
    day: Day,
    stream: &mut Stream,
) -> To {
    let who = &world.referrers.all[referrer as usize];
    let zip = world.zip_of(referrer);
    let roll: f64 = stream.random();
    let stranger = |stream: &mut Stream| {
        To::Stranger(stranger_for(
            world.settings.seed,
            zip,
            service,
            stream.random_range(0..3),
        ))
    };
    if roll < NOBODY {
        return To::Nobody;
    }
    if roll < NOBODY + STRANGER {
        return stranger(stream);
    }
    let is_open = |provider: u32| {
        let person = &world.roster.providers[provider as usize];
        provider != who.provider && person.is_active(day) && person.sees(age)
    };
    let leaks = stream.random::<f64>() < world.destinations.leakage(referrer as usize, service);
    let sides = if world.offer.on(service, age, day) && !leaks {
        [Side::Inside, Side::Outside]
    } else {
        [Side::Outside, Side::Outside]
    };
    for side in sides {
        let from = (referrer as usize, zip);
        if let Some(to) = world
            .destinations
            .draw(from, (service, side), is_open, stream)
        {
            return To::Provider(to);
        }
    }
    stranger(stream)
}

/// An order that someone else directs to us; what they send elsewhere nobody sees.
fn order_to_us(world: &World, referrer: u32, day: Day, stream: &mut Stream) -> Option<Order> {
    let who = &world.referrers.all[referrer as usize];
    let zip = world.zip_of(referrer);
    // A panel has patients of all ages; sixteen draws find one whom we can serve.
    for _ in 0..16 {
        let (patient, age) = patient(world, who, stream);
        let mix = world.mixes.of(who.kind, age);
        let services = world.destinations.services(referrer as usize, Side::Us);
        let suited: Vec<usize> = services
            .filter(|&s| world.always_seen[s] & (1 << age) != 0)
            .collect();
        let demand = Weights::new(suited.iter().map(|&service| mix.weight(service)));
        let Some(at) = demand.draw(stream) else {
            continue;
        };
        let service = suited[at];
        let is_open = |provider: u32| {
            let person = &world.roster.providers[provider as usize];
            provider != who.provider && person.is_active(day) && person.sees(age)
        };
        let from = (referrer as usize, zip);
        let to = world
            .destinations
            .draw(from, (service, Side::Us), is_open, stream)?;
        let to = (service, To::Provider(to));
        let mut order = blank(world, referrer, (patient, age), to, day, stream);
        order.setting = pick(&[0.75, 0.20, 0.05], stream);
        return Some(order);
    }
    None
}

/// An order with what does not depend on who places it.
fn blank(
    world: &World,
    referrer: u32,
    (patient, age): (u64, u8),
    (service, to): (usize, To),
    day: Day,
    stream: &mut Stream,
) -> Order {
    let who = &world.referrers.all[referrer as usize];
    let place = |provider: u32, stream: &mut Stream| {
        let places = world.roster.providers[provider as usize].places;
        u8::from(places > 1 && stream.random_bool(0.3))
    };
    let from_place = place(who.provider, stream);
    let to_place = match to {
        To::Provider(provider) => place(provider, stream),
        _ => 0,
    };
    Order {
        id: 0,
        replaces: 0,
        patient,
        day,
        referrer,
        to,
        nature: Nature::New,
        places: (from_place, to_place),
        service: service as u8,
        age,
        states_age: stream.random_bool(0.99),
        payer: world.patients.payer(patient, age),
        priority: pick(&[0.86, 0.12, 0.02], stream),
        setting: 0,
        care: care(service, stream),
        reason: reason::NONE,
    }
}

/// The kind of care that an order states: mostly none.
fn care(service: usize, stream: &mut Stream) -> u8 {
    match services::specialty(service).care.as_str() {
        "consult" => pick(&[0.72, 0.20, 0.06, 0.02], stream),
        "procedure" => pick(&[0.72, 0.10, 0.18], stream),
        "imaging" => pick(&[0.5, 0.0, 0.0, 0.5], stream),
        "lab" => pick(&[0.5, 0.0, 0.0, 0.0, 0.5], stream),
        "therapy" => pick(&[0.5, 0.0, 0.0, 0.0, 0.0, 0.5], stream),
        _ => pick(&[0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5], stream),
    }
}

/// Draws an index in proportion to weights.
pub(crate) fn pick(weights: &[f64], stream: &mut Stream) -> u8 {
    let total: f64 = weights.iter().sum();
    let mut left = stream.random::<f64>() * total;
    for (at, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return at as u8;
        }
    }
    // Rounding may leave a trace; the last index with a weight stands for it.
    weights.iter().rposition(|&w| w > 0.0).unwrap_or(0) as u8
}
