//! The course of a referral: the days on which it changes, and how it stands on any day. How a
//! course is drawn is life.rs's.

use catchment_base::Day;

use crate::orders::{Nature, Order, reason};

/// Days after which an order lapses.
pub(crate) const LAPSES: u16 = 180;
/// Stands for a day that never comes.
pub(crate) const NEVER: u16 = u16::MAX;

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
    pub(crate) reviewed: u16,
    pub(crate) accepted: u16,
    pub(crate) scheduled: u16,
    pub(crate) appointment: u16,
    pub(crate) closed: u16,
    pub(crate) reported: u16,
    pub(crate) ending: Ending,
    pub(crate) reason: u8,
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
        [
            0,
            course.reviewed,
            course.accepted,
            course.scheduled,
            course.closed,
            course.reported,
        ]
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
            updated_on: self
                .changes()
                .filter(|&d| d <= day)
                .max()
                .unwrap_or(self.order.day),
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

impl Course {
    /// With nothing but the order itself.
    pub(crate) fn open() -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::To;

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
            reason: reason::FORM,
        };
        let course = Course {
            reviewed: 1,
            accepted: 2,
            scheduled: 4,
            appointment: 30,
            closed: 20,
            ending: Ending::Cancelled,
            reason: reason::NO_ANSWER,
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
            "requested",
            "in_review",
            "accepted",
            "accepted",
            "scheduled",
            "scheduled",
            "cancelled",
            "cancelled",
        ];
        assert_eq!(words, expected);
        let state = referral.state_on(referral.order.day.plus(10));
        assert_eq!(state.updated_on, referral.order.day.plus(4));
        assert_eq!(state.appointment_on, Some(referral.order.day.plus(30)));
        assert_eq!(state.reason, reason::FORM);
        assert_eq!(
            referral.state_on(referral.order.day.plus(20)).reason,
            reason::NO_ANSWER
        );
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
