//! Cells that hold a day or a moment. By themselves only forms are read that can mean one thing;
//! a form that could mean two needs an order or a declared pattern.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::clock::{at_clock, leading_digits, number, two_digits};
use crate::dates::{DatePattern, YEARS, month_name};
use crate::values::Read;
use crate::vocabulary::is_missing;

/// Which number comes first in dates like `03/04/2024`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayOrder {
    /// 4 March: as Americans write.
    MonthFirst,
    /// 3 April: as most others write.
    DayFirst,
}

/// How the dates of a column are written. By default only what can mean one thing is read: ISO
/// 8601 (also with `/` or `.`, and without any), `05-Mar-2024` and `Mar 5, 2024`, each with or
/// without a time of day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dates {
    /// Declared forms; they come first.
    pub patterns: Vec<DatePattern>,
    /// How `03/04/2024` is read; without it, not at all.
    pub order: Option<DayOrder>,
}

/// A day in days since 1970. A time with an offset is turned to `zone` first.
///
/// ```
/// use catchment_mapping::days::{DayOrder, Dates, day};
/// use catchment_mapping::values::Read;
/// let zone = chrono_tz::America::New_York;
/// assert_eq!(day("1970-01-02", zone, &Dates::default()), Read::Value(1));
/// assert_eq!(day("1/2/1970", zone, &Dates::default()), Read::Bad);
/// let american = Dates { order: Some(DayOrder::MonthFirst), ..Dates::default() };
/// assert_eq!(day("1/2/1970", zone, &american), Read::Value(1));
/// ```
pub fn day(cell: &str, zone: Tz, dates: &Dates) -> Read<i32> {
    read(cell, zone, dates).map(|at| since_1970(at.date()))
}

/// Microseconds since 1970 on the wall clock of `zone`.
pub fn moment(cell: &str, zone: Tz, dates: &Dates) -> Read<i64> {
    read(cell, zone, dates).map(|at| at.and_utc().timestamp_micros())
}

/// Days since 1970.
pub(crate) fn since_1970(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}

fn read(cell: &str, zone: Tz, dates: &Dates) -> Read<NaiveDateTime> {
    let cell = cell.trim();
    if let Some(at) = moment_of(cell, zone, dates) {
        return Read::Value(at);
    }
    // Asked last: most cells are dates, and no date is a word for "no value".
    if is_missing(cell) {
        Read::Missing
    } else {
        Read::Bad
    }
}

/// The moment in a trimmed cell on the wall clock of `zone`.
pub(crate) fn moment_of(cell: &str, zone: Tz, dates: &Dates) -> Option<NaiveDateTime> {
    for pattern in &dates.patterns {
        if let Some(at) = pattern.read(cell, zone) {
            return Some(at);
        }
    }
    // Where the file writes years first in a way of its own, ISO 8601 would be a guess.
    if dates.patterns.iter().any(DatePattern::is_year_first) {
        return None;
    }
    let (date, rest) = match leading_digits(cell) {
        4 => year_first(cell)?,
        8 | 12 | 14 => return compact(cell, zone),
        1 | 2 => match numeric(cell) {
            Some(parts) => (parts.day(dates.order?)?, parts.rest),
            None => day_and_name(cell)?,
        },
        0 => name_and_day(cell)?,
        _ => return None,
    };
    at_clock(date, rest, zone)
}

fn date_of(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    if !YEARS.contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year as i32, month, day)
}

/// `2024-03-05`, also with `/` or `.` and with single digits.
fn year_first(cell: &str) -> Option<(NaiveDate, &str)> {
    let bytes = cell.as_bytes();
    let year = number(&bytes[..4])?;
    let mark = *bytes.get(4)?;
    if !matches!(mark, b'-' | b'/' | b'.') {
        return None;
    }
    // The form that nearly every cell has.
    if bytes.len() >= 10 && bytes[7] == mark && bytes[8..10].iter().all(u8::is_ascii_digit) {
        let date = date_of(year, number(&bytes[5..7])?, number(&bytes[8..10])?)?;
        return Some((date, cell.get(10..)?));
    }
    let (month, rest) = two_digits(&cell[5..])?;
    let (day, rest) = two_digits(rest.strip_prefix(char::from(mark))?)?;
    Some((date_of(year, month, day)?, rest))
}

/// `20240305`, also with hours, minutes and seconds as HL7 writes them. A `.0` that a spreadsheet
/// added is passed over.
fn compact(cell: &str, zone: Tz) -> Option<NaiveDateTime> {
    let bytes = cell.as_bytes();
    let pair = |at: usize| number(&bytes[at..at + 2]);
    let date = date_of(number(&bytes[..4])?, pair(4)?, pair(6)?)?;
    let length = leading_digits(cell);
    let rest = cell.get(length..)?;
    if length == 8 {
        return at_clock(date, if rest == ".0" { "" } else { rest }, zone);
    }
    let second = if length == 14 { pair(12)? } else { 0 };
    let local = date.and_hms_opt(pair(8)?, pair(10)?, second.min(59))?;
    let (micro, rest) = crate::clock::fraction(rest)?;
    let local = local + chrono::Duration::microseconds(i64::from(micro));
    crate::clock::with_offset(local, rest.trim(), zone)
}

/// `05-Mar-2024`, `5 March 2024`, `05MAR2024`.
fn day_and_name(cell: &str) -> Option<(NaiveDate, &str)> {
    let between = |text| str::trim_start_matches(text, ['-', ' ', ',', '/', '.']);
    let (day, rest) = two_digits(cell)?;
    let (month, rest) = month_name(between(rest))?;
    year_behind(between(rest), month, day)
}

/// `Mar 5, 2024`, `March 05 2024`.
fn name_and_day(cell: &str) -> Option<(NaiveDate, &str)> {
    let (month, rest) = month_name(cell)?;
    let (day, rest) = two_digits(rest.trim_start_matches(['-', ' ']))?;
    // Something must stand between day and year.
    let year = rest.trim_start_matches([',', ' ', '-']);
    if year.len() == rest.len() {
        return None;
    }
    year_behind(year, month, day)
}

fn year_behind(text: &str, month: u32, day: u32) -> Option<(NaiveDate, &str)> {
    if leading_digits(text) != 4 {
        return None;
    }
    let date = date_of(number(&text.as_bytes()[..4])?, month, day)?;
    Some((date, &text[4..]))
}

/// The numbers of a date like `03/04/2024`, and what stands behind it.
pub(crate) struct Numeric<'a> {
    first: u32,
    second: u32,
    year: u32,
    rest: &'a str,
}

impl Numeric<'_> {
    /// The day, read in an order; `None` where there is no such day.
    pub(crate) fn day(&self, order: DayOrder) -> Option<NaiveDate> {
        match order {
            DayOrder::MonthFirst => date_of(self.year, self.first, self.second),
            DayOrder::DayFirst => date_of(self.year, self.second, self.first),
        }
    }
}

/// The parts of a trimmed cell of the form NN/NN/YYYY, with one of `/`, `-` and `.` twice.
pub(crate) fn numeric(cell: &str) -> Option<Numeric<'_>> {
    let (first, rest) = two_digits(cell)?;
    let mark = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '/' | '-' | '.'))?;
    let (second, rest) = two_digits(&rest[1..])?;
    let rest = rest.strip_prefix(mark)?;
    if leading_digits(rest) != 4 {
        return None;
    }
    Some(Numeric {
        first,
        second,
        year: number(&rest.as_bytes()[..4])?,
        rest: &rest[4..],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(cell: &str, dates: &Dates) -> Option<String> {
        let zone = chrono_tz::America::New_York;
        match read(cell, zone, dates) {
            Read::Value(at) => Some(at.to_string()),
            Read::Missing => Some("missing".to_string()),
            Read::Bad => None,
        }
    }

    #[test]
    fn what_can_mean_one_thing_is_read() {
        let table = [
            ("2024-03-05", "2024-03-05 00:00:00"),
            (" 2024-03-05 ", "2024-03-05 00:00:00"),
            ("2024/03/05", "2024-03-05 00:00:00"),
            ("2024.3.5", "2024-03-05 00:00:00"),
            ("20240305", "2024-03-05 00:00:00"),
            ("20240305.0", "2024-03-05 00:00:00"),
            ("20240305T1030", "2024-03-05 10:30:00"),
            ("20240305103015", "2024-03-05 10:30:15"),
            ("202403051030-0700", "2024-03-05 12:30:00"),
            ("2024-03-05T23:30:00Z", "2024-03-05 18:30:00"),
            ("2024-03-05T23:30:00.5+00:00", "2024-03-05 18:30:00.500"),
            ("2024-07-05T02:30:00Z", "2024-07-04 22:30:00"),
            ("2024-03-05 2:30 PM", "2024-03-05 14:30:00"),
            ("2024-03-05T", "2024-03-05 00:00:00"),
            ("05-MAR-2024", "2024-03-05 00:00:00"),
            ("5 march 2024", "2024-03-05 00:00:00"),
            ("05MAR2024", "2024-03-05 00:00:00"),
            ("05-Mar-2024 12:00:00 AM", "2024-03-05 00:00:00"),
            ("Mar 5, 2024", "2024-03-05 00:00:00"),
            ("Mar  5 2024 10:30AM", "2024-03-05 10:30:00"),
            ("SEPT. 5, 2024", "2024-09-05 00:00:00"),
            ("-", "missing"),
            ("NULL", "missing"),
            ("#N/A", "missing"),
            ("", "missing"),
        ];
        for (cell, expected) in table {
            assert_eq!(
                shown(cell, &Dates::default()).as_deref(),
                Some(expected),
                "{cell}"
            );
        }
    }

    #[test]
    fn what_is_no_day_or_could_be_two_is_refused() {
        for cell in [
            "03/04/2024",
            "13/01/2024",
            "3-4-2024",
            "3/4/24",
            "03142024",
            "2024-02-30",
            "2024-13-01",
            "1776-07-04",
            "2024-03-05x",
            "2024-03-05 25:00",
            "2024-03-05 13:00 PM",
            "202403",
            "2024",
            "Mar 2024",
            "Ma 5, 2024",
            "Mar 52024",
            "45292",
            "05-MAR-24",
            "soon",
            "2024-03-05 10:30 +99:00",
            "2024-03/05",
            "\u{feff}2024-03-05",
            "2024-03-0é",
        ] {
            assert_eq!(shown(cell, &Dates::default()), None, "{cell}");
        }
    }

    #[test]
    fn an_order_reads_numbers_both_ways() {
        let order = |order| Dates {
            order: Some(order),
            ..Dates::default()
        };
        let (american, european) = (order(DayOrder::MonthFirst), order(DayOrder::DayFirst));
        assert_eq!(shown("3/4/2024", &american).unwrap(), "2024-03-04 00:00:00");
        assert_eq!(shown("3/4/2024", &european).unwrap(), "2024-04-03 00:00:00");
        assert_eq!(
            shown("03-04-2024 1:05 PM", &american).unwrap(),
            "2024-03-04 13:05:00"
        );
        assert_eq!(
            shown("03.04.2024", &european).unwrap(),
            "2024-04-03 00:00:00"
        );
        assert_eq!(shown("13/04/2024", &american), None);
        assert_eq!(shown("04/13/2024", &european), None);
        assert_eq!(shown("03/04-2024", &american), None);
        assert_eq!(
            shown("2024-03-04", &european).unwrap(),
            "2024-03-04 00:00:00"
        );
    }

    #[test]
    fn declared_forms_come_first_and_years_first_stand_alone() {
        let declared = |form: &str| Dates {
            patterns: vec![DatePattern::parse(form).unwrap()],
            order: None,
        };
        let american = declared("MM/DD/YYYY");
        assert_eq!(
            shown("03/04/2024", &american).unwrap(),
            "2024-03-04 00:00:00"
        );
        assert_eq!(
            shown("2024-03-04", &american).unwrap(),
            "2024-03-04 00:00:00"
        );
        assert_eq!(shown("13/04/2024", &american), None);
        let odd = declared("YYYY-DD-MM");
        assert_eq!(shown("2024-04-03", &odd).unwrap(), "2024-03-04 00:00:00");
        // 2024-03-25 is no day of that form; reading it as ISO 8601 would be a guess.
        assert_eq!(shown("2024-03-25", &odd), None);
    }

    proptest! {
        #[test]
        fn no_cell_breaks_the_reading(cell in "\\PC{0,24}") {
            let _ = shown(&cell, &Dates::default());
            let _ = shown(&cell, &Dates { order: Some(DayOrder::DayFirst), ..Dates::default() });
        }

        #[test]
        fn near_dates_do_not_break_it(cell in "[0-9]{0,4}[-/. ]?(Mar|[0-9]{0,2})[-/. ,]?[0-9]{0,6}[T ]?[0-9:. apmPM+Z-]{0,12}") {
            let _ = shown(&cell, &Dates { order: Some(DayOrder::MonthFirst), ..Dates::default() });
        }

        #[test]
        fn every_day_comes_back(days in -25_000i32..80_000) {
            let date = NaiveDate::from_num_days_from_ce_opt(days + 719_163).unwrap();
            for form in ["%Y-%m-%d", "%Y%m%d", "%d-%b-%Y", "%B %d, %Y", "%Y/%m/%d", "%d%b%Y"] {
                let cell = date.format(form).to_string();
                prop_assert_eq!(day(&cell, chrono_tz::UTC, &Dates::default()), Read::Value(days), "{}", cell);
            }
        }
    }
}
