//! Calendar days and calendar quarters.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::error::Error;

/// A calendar day as days since 1 January 1970, the way Arrow's Date32 holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The day of a year, month and day of the month, or `None` where there is no such day.
    ///
    /// ```
    /// use catchment_base::Day;
    /// assert_eq!(Day::of(1970, 1, 2), Some(Day(1)));
    /// assert_eq!(Day::of(2025, 2, 31), None);
    /// ```
    pub fn of(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from_date)
    }

    fn from_date(date: NaiveDate) -> Self {
        // 719,163 is 1 January 1970 counted from 1 January of year 1.
        Self(date.num_days_from_ce() - 719_163)
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(719_163))
            .unwrap_or(NaiveDate::MAX)
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.date().month()
    }

    /// The day of the month, from 1.
    pub fn day_of_month(self) -> u32 {
        self.date().day()
    }

    /// The day of the week: 0 is Monday, 6 is Sunday.
    pub fn weekday(self) -> u32 {
        self.date().weekday().num_days_from_monday()
    }

    /// The day that lies `days` later (earlier where negative).
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The quarter that it lies in.
    pub fn quarter(self) -> Quarter {
        let date = self.date();
        Quarter::of(date.year(), date.month0() / 3 + 1)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date().format("%Y-%m-%d"))
    }
}

impl FromStr for Day {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self::from_date)
            .map_err(|_| Error::usage(format!("'{text}' is no day; write it as 2026-03-31")))
    }
}

/// A calendar quarter, written `2026Q3`. Quarters are ordered and can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter(i32);

impl Quarter {
    /// The quarter of a year; `number` is 1 to 4 (others carry over into other years).
    pub fn of(year: i32, number: u32) -> Self {
        Self(year * 4 + number as i32 - 1)
    }

    /// Its year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(4)
    }

    /// Its number within the year, 1 to 4.
    pub fn number(self) -> u32 {
        self.0.rem_euclid(4) as u32 + 1
    }

    /// Its place on the line of all quarters; neighbours differ by one.
    pub fn index(self) -> i32 {
        self.0
    }

    /// The quarter that lies `quarters` later (earlier where negative).
    ///
    /// ```
    /// use catchment_base::Quarter;
    /// let quarter: Quarter = "2026Q1".parse().unwrap();
    /// assert_eq!(quarter.plus(-1).to_string(), "2025Q4");
    /// ```
    #[must_use]
    pub fn plus(self, quarters: i32) -> Self {
        Self(self.0 + quarters)
    }

    /// Its first day.
    pub fn first_day(self) -> Day {
        let month = (self.number() - 1) * 3 + 1;
        Day::from_date(NaiveDate::from_ymd_opt(self.year(), month, 1).unwrap_or(NaiveDate::MAX))
    }

    /// Its last day.
    pub fn last_day(self) -> Day {
        self.plus(1).first_day().plus(-1)
    }

    /// This quarter and those before it, oldest first; `count` in all.
    pub fn last(self, count: i32) -> Vec<Quarter> {
        (0..count).rev().map(|back| self.plus(-back)).collect()
    }

    /// For people: `2026 Q3 (Jul–Sep)`.
    pub fn for_people(self) -> String {
        let months = match self.number() {
            1 => "Jan–Mar",
            2 => "Apr–Jun",
            3 => "Jul–Sep",
            _ => "Oct–Dec",
        };
        format!("{} Q{} ({months})", self.year(), self.number())
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Q{}", self.year(), self.number())
    }
}

impl FromStr for Quarter {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::usage(format!("'{text}' is no quarter; write it as 2026Q3"));
        let upper = text.trim().to_ascii_uppercase();
        let (year, number) = upper.split_once('Q').ok_or_else(wrong)?;
        let year: i32 = year
            .trim_end_matches(['-', ' '])
            .parse()
            .map_err(|_| wrong())?;
        let number: u32 = number.parse().map_err(|_| wrong())?;
        if !(1..=4).contains(&number) || !(1900..=9999).contains(&year) {
            return Err(wrong());
        }
        Ok(Self::of(year, number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quarters_start_and_end_on_their_days() {
        let quarter: Quarter = "2024Q1".parse().unwrap();
        assert_eq!(quarter.first_day().to_string(), "2024-01-01");
        assert_eq!(quarter.last_day().to_string(), "2024-03-31");
        assert_eq!(quarter.for_people(), "2024 Q1 (Jan–Mar)");
        assert_eq!(quarter.last(3)[0].to_string(), "2023Q3");
    }

    #[test]
    fn refuses_what_is_no_quarter() {
        for text in ["", "2026", "2026Q5", "Q3", "2026Q", "26Q1"] {
            assert!(text.parse::<Quarter>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_lies_in_its_quarter(day in -20_000i32..60_000) {
            let day = Day(day);
            let quarter = day.quarter();
            prop_assert!(quarter.first_day() <= day && day <= quarter.last_day());
            prop_assert_eq!(day.to_string().parse::<Day>().unwrap(), day);
        }
    }
}
