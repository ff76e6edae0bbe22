//! What becomes of an order: review, booking, visit, report back, or one of the ways in which it
//! ends without them. The whole course is drawn when the order is placed, so exports of different
//! days never disagree; how it reads on a day is course.rs's.

use catchment_base::Day;
use rand::RngExt;

use crate::arrivals::pick;
use crate::calendar::working_days_after;
use crate::course::{Course, Ending, LAPSES, NEVER, Referral};
use crate::destinations::{Side, stranger_for};
use crate::orders::{Nature, Order, To, reason};
use crate::random::{Stream, Subject, log_normal, stream};
use crate::services;
use crate::sites::Site;
use crate::world::World;

/// What an order leads to: its course, and at times another order.
pub(crate) type Outcome = (Referral, Option<Order>);

/// Draws the course of an order; at a site, slots are taken from it.
pub(crate) fn live(world: &World, order: Order, site: Option<&mut Site>) -> Outcome {
    let mut stream = stream(world.settings.seed, Subject::Life, order.id);
    let mut life = Life {
        world,
        order,
        course: Course::open(),
        stream: &mut stream,
        next: None,
    };
    if !life.is_mistaken() {
        match site {
            Some(site) if order.nature != Nature::Renewal && order.is_clinical() => {
                life.at_site(site);
            }
            _ => life.elsewhere(),
        }
    }
    life.renew();
    (
        Referral {
            order: life.order,
            course: life.course,
        },
        life.next,
    )
}

struct Life<'a> {
    world: &'a World,
    order: Order,
    course: Course,
    stream: &'a mut Stream,
    next: Option<Order>,
}

impl Life<'_> {
    fn close(&mut self, after: u16, ending: Ending, reason: u8) {
        self.course.closed = after;
        self.course.ending = ending;
        self.course.reason = reason;
    }

    /// Days from the order to a day that lies after it.
    fn after(&self, day: Day) -> u16 {
        (day.0 - self.order.day.0).clamp(0, i32::from(NEVER) - 1) as u16
    }

    fn working_days(&self, after: u16, days: u32) -> u16 {
        self.after(working_days_after(
            self.order.day.plus(i32::from(after)),
            days,
        ))
    }

    fn days(&mut self, least: u16, most: u16) -> u16 {
        self.stream.random_range(least..=most)
    }

    fn chance(&mut self, p: f64) -> bool {
        self.stream.random::<f64>() < p
    }

    /// Some orders are void, or were entered twice or by error, and soon found out.
    fn is_mistaken(&mut self) -> bool {
        let roll: f64 = self.stream.random();
        let after = self.days(0, 12);
        match roll {
            0.0..0.004 => self.close(after, Ending::Void, reason::NONE),
            0.004..0.011 => self.close(after, Ending::Cancelled, reason::DUPLICATE),
            0.011..0.014 => self.close(after, Ending::Cancelled, reason::ERROR),
            _ => return false,
        }
        true
    }

    /// Review and acceptance, in working days.
    fn triage(&mut self) -> u16 {
        let days = if self.order.priority > 0 {
            self.days(0, 1)
        } else {
            self.days(0, 4)
        };
        let accepted = self.working_days(0, u32::from(days));
        if accepted >= 2 {
            self.course.reviewed = self.days(1, accepted - 1);
        }
        accepted
    }

    /// The course at a site of ours with slots.
    fn at_site(&mut self, site: &mut Site) {
        let is_urgent = self.order.priority > 0;
        let accepted = self.triage();
        let delay = if is_urgent {
            self.days(0, 1)
        } else {
            self.days(0, 5)
        };
        let booked = self.working_days(accepted, u32::from(delay));
        let lead = if is_urgent { 1 } else { self.days(3, 10) };
        let earliest = self.order.day.plus(i32::from(booked + lead));
        let found = site
            .find(earliest, is_urgent, self.stream)
            .map(|day| self.after(day));
        let weeks = f64::from(found.unwrap_or(LAPSES)) / 7.0;
        if self.refused(accepted, weeks) {
            return;
        }
        self.course.accepted = accepted;
        if self.chance(0.03) {
            // The patient cannot be reached.
            match self.chance(0.7) {
                true => {
                    let after = accepted + self.days(20, 55);
                    self.close(after, Ending::Cancelled, reason::NO_ANSWER);
                }
                false => self.close(LAPSES, Ending::Expired, reason::NONE),
            }
            return;
        }
        if self.redirected(booked, weeks) {
            return;
        }
        match found {
            Some(appointment) if appointment < LAPSES => self.visit(site, booked, appointment),
            _ => self.close(LAPSES, Ending::Expired, reason::NOT_TIMELY),
        }
    }

    /// Some orders are declined, more where the wait is long.
    fn refused(&mut self, accepted: u16, weeks: f64) -> bool {
        let late = (0.014 * (weeks - 3.0)).clamp(0.0, 0.25);
        if !self.chance(0.015 + late) {
            return false;
        }
        let why = if self.chance(late / (0.015 + late)) {
            reason::NOT_TIMELY
        } else {
            reason::FORM
        };
        self.close(accepted, Ending::Declined, why);
        true
    }

    /// Some of our own orders are sent on to someone else, more where the wait is long.
    fn redirected(&mut self, booked: u16, weeks: f64) -> bool {
        let is_own = self.world.referrers.all[self.order.referrer as usize].is_own(self.order.day);
        let p = 0.008 + (0.004 * (weeks - 3.0)).clamp(0.0, 0.06);
        if !is_own || !self.chance(p) {
            return false;
        }
        let after = booked + self.days(1, 10);
        self.close(after, Ending::Redirected, reason::NOT_TIMELY);
        let to = self.elsewhere_inside().unwrap_or_else(|| self.stranger());
        let day = self.order.day.plus(i32::from(after));
        self.follow(day, to, Nature::Replacement);
        true
    }

    /// Three times in ten, another provider inside.
    fn elsewhere_inside(&mut self) -> Option<To> {
        let from = (
            self.order.referrer as usize,
            self.world.zip_of(self.order.referrer),
        );
        let what = (usize::from(self.order.service), Side::Inside);
        let (now, age, day) = (self.order.to, self.order.age, self.order.day.plus(30));
        let is_open = |provider: u32| {
            let person = &self.world.roster.providers[provider as usize];
            To::Provider(provider) != now && person.is_active(day) && person.sees(age)
        };
        if self.stream.random::<f64>() >= 0.3 {
            return None;
        }
        self.world
            .destinations
            .draw(from, what, is_open, self.stream)
            .map(To::Provider)
    }

    fn stranger(&mut self) -> To {
        let zip = self.world.zip_of(self.order.referrer);
        let (seed, roll) = (self.world.settings.seed, self.stream.random_range(0..3));
        To::Stranger(stranger_for(
            seed,
            zip,
            usize::from(self.order.service),
            roll,
        ))
    }

    /// The booking, and whether the patient comes.
    fn visit(&mut self, site: &mut Site, booked: u16, appointment: u16) {
        self.course.scheduled = booked;
        self.course.appointment = appointment;
        let weeks = f64::from(appointment) / 7.0;
        let given_up = 1.0 - (-(0.02 + 0.012 * (weeks - 2.0).max(0.0))).exp();
        let day = self.order.day.plus(i32::from(appointment));
        if appointment > booked + 1 && self.chance(given_up) {
            let after = self.days(booked + 1, appointment - 1);
            let why = pick(&[0.3, 0.4, 0.1, 0.0, 0.2], self.stream);
            self.close(after, Ending::Cancelled, why);
            // A booking given up more than a week ahead leaves its slot to another.
            if appointment - after <= 7 {
                site.take(day);
            }
            return;
        }
        site.take(day);
        self.come(appointment, 0.06, 0.78);
    }

    fn come(&mut self, appointment: u16, no_show: f64, report: f64) {
        if self.chance(no_show) {
            self.close(appointment, Ending::NoShow, reason::NONE);
            return;
        }
        self.close(appointment, Ending::Completed, reason::NONE);
        if self.chance(report) {
            let days = self.stream.random_range(0..=8);
            self.course.reported = self.working_days(appointment, days);
        }
    }

    /// The course where we keep no slots: outside, at facilities, and for renewals.
    fn elsewhere(&mut self) {
        let is_inside = match self.order.to {
            To::Provider(p) => self.world.roster.affiliation(p, self.order.day).is_inside(),
            _ => false,
        };
        let accepted = self.triage();
        let service = usize::from(self.order.service);
        let is_quick = !services::is_clinical(service) || self.order.nature == Nature::Renewal;
        let median = if is_quick { 9.0 } else { 22.0 };
        let wait = log_normal(self.stream, median, 0.6).clamp(1.0, 170.0) as u16;
        let delay = self.stream.random_range(0..5);
        let booked = self.working_days(accepted, delay);
        let appointment = self.working_days(booked + wait, 0);
        // Others seldom tell us: who is booked, who came, and what they found.
        let [answers, books, comes] = if is_inside {
            [0.97, 0.96, 0.99]
        } else {
            [0.8, 0.7, 0.72]
        };
        if !self.chance(answers) {
            self.fall_silent();
            return;
        }
        self.course.accepted = accepted;
        if self.chance(0.03) {
            let why = pick(&[0.0, 0.5, 0.2, 0.0, 0.0, 0.3], self.stream);
            let after = accepted + self.days(3, 40);
            self.close(after, Ending::Cancelled, why);
            return;
        }
        if !self.chance(books) || appointment >= LAPSES {
            self.fall_silent();
            return;
        }
        self.course.scheduled = booked;
        self.course.appointment = appointment;
        if self.chance(comes) {
            let report = if is_inside { 0.8 } else { 0.35 };
            self.come(appointment, 0.05, report);
        } else {
            self.fall_silent();
        }
    }

    /// Nothing more is heard: mostly the order lapses, at times it stays open for ever.
    fn fall_silent(&mut self) {
        if self.chance(0.75) {
            self.close(LAPSES, Ending::Expired, reason::NONE);
        }
    }

    /// Some patients who came need the same again later; the new order says that it renews.
    fn renew(&mut self) {
        let is_done = self.course.ending == Ending::Completed && self.course.closed != NEVER;
        if !is_done || self.order.nature != Nature::New || !self.chance(0.05) {
            return;
        }
        let after = self.course.closed + self.days(60, 170);
        let day = working_days_after(self.order.day.plus(i32::from(after)), 0);
        self.follow(day, self.order.to, Nature::Renewal);
    }

    /// Another order by the same referrer for the same patient, where both ends still work.
    fn follow(&mut self, day: Day, to: To, nature: Nature) {
        let who = &self.world.referrers.all[self.order.referrer as usize];
        let works = |provider: u32| self.world.roster.providers[provider as usize].is_active(day);
        let is_reachable = match to {
            To::Provider(provider) => works(provider),
            To::Stranger(_) | To::Nobody => who.is_own(day),
        };
        if is_reachable && works(who.provider) && who.rate(day) > 0.0 {
            let replaces = self.order.id;
            let reason = match (nature, to) {
                (Nature::Replacement, To::Stranger(_)) => reason::NOT_TIMELY,
                (Nature::Replacement, _) => reason::NONE,
                _ => self.order.reason,
            };
            // Another destination may have one place of work only.
            let places = (
                self.order.places.0,
                if to == self.order.to {
                    self.order.places.1
                } else {
                    0
                },
            );
            self.next = Some(Order {
                id: 0,
                replaces,
                day,
                to,
                nature,
                reason,
                places,
                ..self.order
            });
        }
    }
}
