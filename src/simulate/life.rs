//! What becomes of an order: review, booking, visit, report back, or one of the ways in which it
//! ends without them. The whole course is drawn when the order is placed, so the state on any day
//! follows from it and exports of different days never disagree.

use catchment_base::Day;
use rand::RngExt;

use crate::arrivals::pick;
use crate::calendar::working_days_after;
use crate::orders::{reason, Nature, Order, To};
use crate::random::{log_normal, stream, Stream, Subject};
use crate::services;
use crate::sites::Site;
use crate::world::World;

/// Days after which an order lapses.
pub(crate) const LAPSES: u16 = 180;
/// Stands for a day that never comes.
const NEVER: u16 = u16::MAX;

/// How a course ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Completed,
    NoShow,
    Declined,
    Cancelled,
    Expired,
    Redirected,
    Void,
}

impl Ending {
    fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Redirected => "redirected",
            Self::Void => "void",
        }
    }
}

/// The days of an order's life, counted from the order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    reviewed: u16,
    accepted: u16,
    scheduled: u16,
    appointment: u16,
    closed: u16,
    reported: u16,
    ending: Ending,
    reason: u8,
}

/// An order as it stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: &'static str,
    /// A number of [`crate::orders::REASONS`].
    pub(crate) reason: u8,
    pub(crate) updated_on: Day,
    pub(crate) scheduled_on: Option<Day>,
    pub(crate) appointment_on: Option<Day>,
    pub(crate) completed_on: Option<Day>,
    pub(crate) report_sent_on: Option<Day>,
}

/// An order with its course.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Referral {
    pub(crate) order: Order,
    pub(crate) course: Course,
}

impl Referral {
    /// The days on which it changes, the order's own included.
    fn changes(&self) -> impl Iterator<Item = Day> + '_ {
        let course = &self.course;
        [0, course.reviewed, course.accepted, course.scheduled, course.closed, course.reported]
            .into_iter()
            .filter(|&after| after != NEVER)
            .map(|after| self.order.day.plus(i32::from(after)))
    }

    /// The last day on which it changes.
    pub(crate) fn final_day(&self) -> Day {
        self.changes().max().unwrap_or(self.order.day)
    }

    /// Whether it changes between two days, both included.
    pub(crate) fn changes_within(&self, first: Day, last: Day) -> bool {
        self.changes().any(|day| first <= day && day <= last)
    }

    /// How it stands at the end of a day.
    pub(crate) fn state_on(&self, day: Day) -> State {
        let course = &self.course;
        let date = |after: u16| {
            let date = self.order.day.plus(i32::from(after));
            (after != NEVER && date <= day).then_some(date)
        };
        let closed = date(course.closed);
        let scheduled_on = date(course.scheduled);
        let status = if closed.is_some() {
            course.ending.word()
        } else if scheduled_on.is_some() {
            "scheduled"
        } else if date(course.accepted).is_some() {
            "accepted"
        } else if date(course.reviewed).is_some() {
            "in_review"
        } else {
            "requested"
        };
        let reason = match closed {
            Some(_) if course.reason != reason::NONE => course.reason,
            _ => self.order.reason,
        };
        State {
            status,
            reason,
            updated_on: self.changes().filter(|&d| d <= day).max().unwrap_or(self.order.day),
            scheduled_on,
            appointment_on: scheduled_on
                .filter(|_| course.appointment != NEVER)
                .map(|_| self.order.day.plus(i32::from(course.appointment))),
            completed_on: closed.filter(|_| course.ending == Ending::Completed),
            report_sent_on: date(course.reported),
        }
    }

    /// Whether it counts, as known on a day: neither void nor cancelled as a duplicate or an
    /// error, and no renewal or replacement.
    pub(crate) fn counts(&self, day: Day) -> bool {
        let state = self.state_on(day);
        let is_mistake = state.status == "cancelled"
            && matches!(state.reason, reason::DUPLICATE | reason::ERROR);
        self.order.nature == Nature::New && state.status != "void" && !is_mistake
    }
}

/// What an order leads to: its course, and at times another order.
pub(crate) type Outcome = (Referral, Option<Order>);

/// Draws the course of an order; at a site, slots are taken from it.
pub(crate) fn live(world: &World, order: Order, site: Option<&mut Site>) -> Outcome {
    let mut stream = stream(world.settings.seed, Subject::Life, order.id);
    let mut life = Life { world, order, course: Course::open(), stream: &mut stream, next: None };
    if !life.is_mistaken() {
        match site {
            Some(site) if order.nature != Nature::Renewal && order.is_clinical() => {
                life.at_site(site);
            }
            _ => life.elsewhere(),
        }
    }
    life.renew();
    (Referral { order: life.order, course: life.course }, life.next)
}

impl Course {
    fn open() -> Self {
        Self {
            reviewed: NEVER,
            accepted: NEVER,
            scheduled: NEVER,
            appointment: NEVER,
            closed: NEVER,
            reported: NEVER,
            ending: Ending::Expired,
            reason: reason::NONE,
        }
    }
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
        self.after(working_days_after(self.order.day.plus(i32::from(after)), days))
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
        let days = if self.order.priority > 0 { self.days(0, 1) } else { self.days(0, 4) };
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
        let delay = if is_urgent { self.days(0, 1) } else { self.days(0, 5) };
        let booked = self.working_days(accepted, u32::from(delay));
        let lead = if is_urgent { 1 } else { self.days(3, 10) };
        let earliest = self.order.day.plus(i32::from(booked + lead));
        let found = site.find(earliest, is_urgent, self.stream).map(|day| self.after(day));
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
        let why = if self.chance(late / (0.015 + late)) { reason::NOT_TIMELY } else { reason::FORM };
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
        let zip = self.world.zip_of(self.order.referrer);
        let service = usize::from(self.order.service);
        let roll = self.stream.random_range(0..3);
        let seed = self.world.settings.seed;
        let number = crate::destinations::stranger_for(seed, zip, service, roll);
        let to = if self.chance(0.7) { To::Stranger(number) } else { self.order.to };
        let day = self.order.day.plus(i32::from(after));
        self.follow(day, to, Nature::Replacement);
        true
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
        let [answers, books, comes] = if is_inside { [0.97, 0.96, 0.99] } else { [0.8, 0.7, 0.72] };
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
            self.next = Some(Order { id: 0, replaces, day, to, nature, reason, ..self.order });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn referral() -> Referral {
        let order = Order {
            id: 1,
            replaces: 0,
            patient: 1,
            day: Day::of(2026, 1, 5).unwrap(),
            referrer: 0,
            to: To::Nobody,
            nature: Nature::New,
            places: (0, 0),
            service: 0,
            age: 1,
            states_age: true,
            payer: 0,
            priority: 0,
            setting: 0,
            care: 0,
            reason: reason::HABIT,
        };
        let course = Course {
            reviewed: 1,
            accepted: 2,
            scheduled: 4,
            appointment: 30,
            closed: 20,
            ending: Ending::Cancelled,
            reason: reason::PATIENT,
            ..Course::open()
        };
        Referral { order, course }
    }

    #[test]
    fn the_state_of_a_day_follows_from_the_course() {
        let referral = referral();
        let status = |after: i32| referral.state_on(referral.order.day.plus(after)).status;
        let words = [0, 1, 2, 3, 4, 19, 20, 400].map(status);
        let expected = [
            "requested", "in_review", "accepted", "accepted", "scheduled", "scheduled",
            "cancelled", "cancelled",
        ];
        assert_eq!(words, expected);
        let state = referral.state_on(referral.order.day.plus(10));
        assert_eq!(state.updated_on, referral.order.day.plus(4));
        assert_eq!(state.appointment_on, Some(referral.order.day.plus(30)));
        assert_eq!(state.reason, reason::HABIT);
        assert_eq!(referral.state_on(referral.order.day.plus(20)).reason, reason::PATIENT);
        assert_eq!(referral.final_day(), referral.order.day.plus(20));
        assert!(!referral.changes_within(referral.order.day.plus(5), referral.order.day.plus(19)));
    }

    #[test]
    fn mistakes_do_not_count_once_they_are_known() {
        let mut referral = referral();
        let late = referral.order.day.plus(100);
        assert!(referral.counts(late));
        referral.course.reason = reason::DUPLICATE;
        assert!(!referral.counts(late));
        assert!(referral.counts(referral.order.day));
        referral.order.nature = Nature::Renewal;
        assert!(!referral.counts(referral.order.day));
    }

    #[test]
    fn an_open_order_fits_into_little_memory() {
        assert!(size_of::<Referral>() <= 72, "{}", size_of::<Referral>());
    }
}
