//! Working days: Monday to Friday but the federal holidays of the United States (5 U.S.C. 6103).

use crate::quarter::Day;

/// Whether a day is a federal holiday, or the weekday on which one is observed (a holiday on a
/// Saturday is observed on the Friday before, one on a Sunday on the Monday after). Juneteenth
/// counts from 2021 on.
///
/// ```
/// use catchment_base::{calendar, Day};
/// assert!(calendar::is_federal_holiday(Day::of(2026, 7, 3).unwrap())); // 4 July is a Saturday.
/// assert!(!calendar::is_federal_holiday(Day::of(2026, 7, 6).unwrap()));
/// ```
pub fn is_federal_holiday(day: Day) -> bool {
    is_named_holiday(day)
        || (day.weekday() == 4 && is_fixed_holiday(day.plus(1)))
        || (day.weekday() == 0 && is_fixed_holiday(day.plus(-1)))
}

/// Whether a day is a working day.
pub fn is_working_day(day: Day) -> bool {
    day.weekday() < 5 && !is_federal_holiday(day)
}

/// The number of working days from `first` to `last`, both included.
pub fn working_days(first: Day, last: Day) -> i64 {
    (first.0..=last.0)
        .filter(|&d| is_working_day(Day(d)))
        .count() as i64
}

/// The federal holidays (as observed) from `first` to `last`, both included.
pub fn holidays(first: Day, last: Day) -> Vec<Day> {
    (first.0..=last.0)
        .map(Day)
        .filter(|&d| is_federal_holiday(d))
        .collect()
}

fn is_named_holiday(day: Day) -> bool {
    is_fixed_holiday(day) || is_floating_holiday(day)
}

fn is_fixed_holiday(day: Day) -> bool {
    matches!(
        (day.month(), day.day_of_month()),
        (1, 1) | (7, 4) | (11, 11) | (12, 25)
    ) || (day.month() == 6 && day.day_of_month() == 19 && day.year() >= 2021)
}

fn is_floating_holiday(day: Day) -> bool {
    let nth = (day.day_of_month() - 1) / 7 + 1;
    let last_of_month = day.plus(7).month() != day.month();
    match (day.month(), day.weekday()) {
        // Martin Luther King's and Washington's birthdays: third Monday.
        (1 | 2, 0) => nth == 3,
        // Memorial Day: last Monday of May.
        (5, 0) => last_of_month,
        // Labor Day: first Monday of September. Columbus Day: second of October.
        (9, 0) => nth == 1,
        (10, 0) => nth == 2,
        // Thanksgiving: fourth Thursday of November.
        (11, 3) => nth == 4,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quarter::Quarter;

    /// The holidays of 2026 as the Office of Personnel Management lists them.
    #[test]
    fn lists_the_holidays_of_2026() {
        let first = Day::of(2026, 1, 1).unwrap();
        let last = Day::of(2026, 12, 31).unwrap();
        let days: Vec<String> = holidays(first, last)
            .into_iter()
            .filter(|d| d.weekday() < 5)
            .map(|d| d.to_string())
            .collect();
        assert_eq!(
            days,
            [
                "2026-01-01",
                "2026-01-19",
                "2026-02-16",
                "2026-05-25",
                "2026-06-19",
                "2026-07-03",
                "2026-09-07",
                "2026-10-12",
                "2026-11-11",
                "2026-11-26",
                "2026-12-25"
            ]
        );
        // 261 weekdays less eleven holidays.
        assert_eq!(working_days(first, last), 250);
    }

    #[test]
    fn counts_the_working_days_of_a_quarter() {
        let quarter: Quarter = "2026Q3".parse().unwrap();
        // 66 weekdays less 3 July and 7 September.
        assert_eq!(working_days(quarter.first_day(), quarter.last_day()), 64);
    }
}
