//! The days of a simulation: weeks cut at the quarters' ends, how many orders a weekday draws, and
//! working days for triage and booking.

use std::sync::LazyLock;

use catchment_base::calendar::is_working_day;
use catchment_base::{Day, Quarter};

/// Orders of Monday to Sunday, relative to the mean working day.
const WEEKDAYS: [f64; 7] = [1.12, 1.06, 1.02, 0.98, 0.82, 0.05, 0.03];
/// Orders of a federal holiday, likewise.
const HOLIDAY: f64 = 0.05;
/// The working days of a usual quarter, for which rates are stated.
const WORKING_DAYS: f64 = 64.0;

/// The working days of the years 1970 to 2079, since they are asked for a few times an order.
static WORKING: LazyLock<Vec<bool>> = LazyLock::new(|| {
    (FIRST_KNOWN..LAST_KNOWN)
        .map(|day| is_working_day(Day(day)))
        .collect()
});
/// 1 January 1970.
const FIRST_KNOWN: i32 = 0;
/// 6 July 2079.
const LAST_KNOWN: i32 = 40_000;

/// Whether a day is a working day.
pub(crate) fn is_working(day: Day) -> bool {
    let known = usize::try_from(day.0 - FIRST_KNOWN)
        .ok()
        .and_then(|at| WORKING.get(at));
    known.copied().unwrap_or_else(|| is_working_day(day))
}

/// The share of a quarter's orders that a day draws.
fn weight(day: Day) -> f64 {
    let weekday = (day.0 + 3).rem_euclid(7) as usize;
    let orders = if weekday < 5 && !is_working(day) {
        HOLIDAY
    } else {
        WEEKDAYS[weekday]
    };
    // A week without holidays has five working days and a little.
    orders * 5.0 / WEEKDAYS.iter().sum::<f64>() / WORKING_DAYS
}

/// The number of the week (from Monday) that a day lies in.
pub(crate) fn week(day: Day) -> i32 {
    // 1 January 1970 was a Thursday.
    (day.0 + 3).div_euclid(7)
}

/// The Monday of a week.
pub(crate) fn monday(week: i32) -> Day {
    Day(week * 7 - 3)
}

/// The working day that lies `days` working days after a day (the next one where 0 and the day
/// itself is none).
pub(crate) fn working_days_after(day: Day, days: u32) -> Day {
    let mut at = day;
    let mut left = days;
    loop {
        if is_working(at) {
            if left == 0 {
                return at;
            }
            left -= 1;
        }
        at = at.plus(1);
    }
}

/// A week, or the part of it that lies in one quarter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Step {
    pub(crate) first: Day,
    pub(crate) last: Day,
    /// No other step has it.
    pub(crate) number: u32,
    /// The share of a quarter's orders that each of its days draws.
    pub(crate) weights: [f64; 7],
}

impl Step {
    /// Its days, with their shares of a quarter's orders.
    pub(crate) fn days(&self) -> impl Iterator<Item = (Day, f64)> + '_ {
        (self.first.0..=self.last.0).map(Day).zip(self.weights)
    }
}

/// The steps of a quarter.
pub(crate) fn steps(quarter: Quarter) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut first = quarter.first_day();
    while first <= quarter.last_day() {
        let last = monday(week(first)).plus(6).min(quarter.last_day());
        // The day itself is as good a number as any, and no other step begins on it.
        let number = (first.0 + 1_000_000) as u32;
        let weights = std::array::from_fn(|after| weight(first.plus(after as i32)));
        steps.push(Step {
            first,
            last,
            number,
            weights,
        });
        first = last.plus(1);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_cover_a_quarter() {
        let quarter = Quarter::of(2026, 3);
        let steps = steps(quarter);
        assert_eq!(steps[0].first, quarter.first_day());
        assert_eq!(steps[steps.len() - 1].last, quarter.last_day());
        for pair in steps.windows(2) {
            assert_eq!(pair[0].last.plus(1), pair[1].first);
            assert_eq!(pair[1].first.weekday(), 0);
        }
    }

    #[test]
    fn a_usual_quarter_has_weight_one() {
        let steps = steps(Quarter::of(2026, 3));
        let total: f64 = steps
            .iter()
            .flat_map(Step::days)
            .map(|(_, weight)| weight)
            .sum();
        // 64 working days and 26 days of weekends, which the scale leaves out.
        assert!((total - 1.0).abs() < 0.01, "{total}");
    }

    #[test]
    fn counts_working_days() {
        let friday = Day::of(2026, 7, 3).unwrap();
        // The third of July is the day on which Independence Day is observed.
        assert_eq!(working_days_after(friday, 0).to_string(), "2026-07-06");
        assert_eq!(working_days_after(friday, 2).to_string(), "2026-07-08");
        assert_eq!(monday(week(friday)).to_string(), "2026-06-29");
        assert_eq!(monday(week(friday)).weekday(), 0);
    }
}
