//! Declared forms of a date, like `MM/DD/YYYY hh:mm AM`: how such a form is written in a mapping,
//! and how a cell is read by it. What needs no declaration is `days`' business.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;

use crate::clock::{self, at_clock, number};

/// Years outside these are no dates of an export.
pub(crate) const YEARS: std::ops::Range<u32> = 1900..2200;

/// What stands in a form, in the words that a message lists.
pub const TOKENS: &str = "YYYY, YY, MM, M, DD, D, Mon, HH, hh, mm, ss, AM, digits and signs";

/// A declared form of a date.
///
/// `YYYY` and `YY` are the year (69 to 99 are of the last century), `MM` and `M` the month, `Mon` its
/// name, `DD` and `D` the day, `HH` the hour of 24, `hh` the hour of 12 with `AM`, `mm` and `ss`
/// minute and second. Where something other than a digit follows, one digit will do for two. A
/// form without a time of day also reads dates with one behind them.
///
/// ```
/// use catchment_mapping::dates::DatePattern;
/// let form = DatePattern::parse("MM/DD/YYYY").unwrap();
/// let read = form.read("3/14/2024", chrono_tz::UTC).unwrap();
/// assert_eq!(read.to_string(), "2024-03-14 00:00:00");
/// assert!(form.read("14/3/2024", chrono_tz::UTC).is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatePattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    HalfDayHour,
    Minute,
    Second,
    HalfDay,
    /// White space, one or more.
    Gap,
    Sign(char),
}

/// The longest come first, so that `YYYY` is not read as `YY` twice.
const PARTS: &[(&str, Part)] = &[
    ("YYYY", Part::Year),
    ("YY", Part::ShortYear),
    ("Mon", Part::MonthName),
    ("MM", Part::Month),
    ("M", Part::Month),
    ("DD", Part::Day),
    ("D", Part::Day),
    ("HH", Part::Hour),
    ("hh", Part::HalfDayHour),
    ("mm", Part::Minute),
    ("ss", Part::Second),
    ("AM", Part::HalfDay),
];

/// Months as exports name them; three letters are enough.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl DatePattern {
    /// Reads a form.
    ///
    /// # Errors
    /// What is wrong with it, in words: an unknown letter, a part that is missing or there twice.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.trim();
        while let Some(next) = rest.chars().next() {
            let known = PARTS.iter().find(|(token, _)| rest.starts_with(token));
            let (length, part) = match known {
                Some((token, part)) => (token.len(), *part),
                None if next.is_whitespace() => (rest.len() - rest.trim_start().len(), Part::Gap),
                // Both stand in ISO 8601.
                None if next.is_alphabetic() && !matches!(next, 'T' | 'Z') => {
                    return Err(format!("'{next}' stands for nothing in a date"));
                }
                None => (next.len_utf8(), Part::Sign(next)),
            };
            parts.push(part);
            rest = &rest[length..];
        }
        check(&parts)?;
        Ok(Self { parts })
    }

    /// Whether the year comes first: such a form says how dates that look like ISO 8601 are meant.
    pub fn is_year_first(&self) -> bool {
        self.parts.first() == Some(&Part::Year)
    }

    /// Whether it has a time of day.
    pub fn has_time(&self) -> bool {
        let is_hour = |part: &Part| matches!(part, Part::Hour | Part::HalfDayHour);
        self.parts.iter().any(is_hour)
    }

    /// The moment in a cell on the wall clock of `zone` (midnight where there is no time of day);
    /// `None` where the cell is not of this form.
    pub fn read(&self, cell: &str, zone: Tz) -> Option<NaiveDateTime> {
        let mut seen = Seen::default();
        let mut rest = cell.trim();
        for (at, part) in self.parts.iter().enumerate() {
            let next = self.parts.get(at + 1);
            // `YYYYMMDD` needs every digit; where a sign follows, one will do.
            let strict = next.is_some_and(|next| next.is_number()) || self.follows_number(at);
            rest = seen.take(*part, rest, strict)?;
        }
        let date = NaiveDate::from_ymd_opt(seen.year as i32, seen.month, seen.day)
            .filter(|_| YEARS.contains(&seen.year))?;
        if !self.has_time() {
            return at_clock(date, rest, zone);
        }
        let hour = match seen.afternoon {
            None => seen.hour,
            Some(afternoon) => clock::of_half_day(seen.hour, afternoon)?,
        };
        let (micro, rest) = clock::fraction(rest)?;
        let time = NaiveTime::from_hms_micro_opt(hour, seen.minute, seen.second.min(59), micro)?;
        clock::with_offset(date.and_time(time), rest.trim(), zone)
    }

    fn follows_number(&self, at: usize) -> bool {
        at.checked_sub(1)
            .and_then(|before| self.parts.get(before))
            .is_some_and(|part| part.is_number())
    }
}

impl Part {
    fn is_number(self) -> bool {
        !matches!(
            self,
            Self::MonthName | Self::HalfDay | Self::Gap | Self::Sign(_)
        )
    }
}

/// Refuses forms that lack a part of a day, or have a part twice.
fn check(parts: &[Part]) -> Result<(), String> {
    let count = |wanted: &[Part]| parts.iter().filter(|part| wanted.contains(part)).count();
    for (name, wanted) in [
        ("year", &[Part::Year, Part::ShortYear][..]),
        ("month", &[Part::Month, Part::MonthName][..]),
        ("day", &[Part::Day][..]),
    ] {
        match count(wanted) {
            1 => {}
            0 => return Err(format!("it has no {name}")),
            _ => return Err(format!("it has the {name} twice")),
        }
    }
    let hours = count(&[Part::Hour, Part::HalfDayHour]);
    let (minutes, seconds) = (count(&[Part::Minute]), count(&[Part::Second]));
    if hours > 1 || minutes > 1 || seconds > 1 || count(&[Part::HalfDay]) > 1 {
        return Err("it has a part of the time twice".to_string());
    }
    if minutes > hours || seconds > minutes {
        return Err("it has minutes or seconds without an hour".to_string());
    }
    if count(&[Part::HalfDay]) != count(&[Part::HalfDayHour]) {
        return Err("hh and AM go together; HH is the hour of 24".to_string());
    }
    Ok(())
}

#[derive(Default)]
struct Seen {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    afternoon: Option<bool>,
}

impl Seen {
    /// Takes a part from the front of a text; what is left, or `None` where the part is not there.
    fn take<'a>(&mut self, part: Part, text: &'a str, strict: bool) -> Option<&'a str> {
        let two = |place: &mut u32| {
            let (value, rest) = digits(text, if strict { 2 } else { 1 }, 2)?;
            *place = value;
            Some(rest)
        };
        match part {
            Part::Year => {
                let (year, rest) = digits(text, 4, 4)?;
                self.year = year;
                Some(rest)
            }
            Part::ShortYear => {
                let (year, rest) = digits(text, 2, 2)?;
                self.year = year + if year < 69 { 2000 } else { 1900 };
                Some(rest)
            }
            Part::Month => two(&mut self.month),
            Part::Day => two(&mut self.day),
            Part::Hour | Part::HalfDayHour => two(&mut self.hour),
            Part::Minute => two(&mut self.minute),
            Part::Second => two(&mut self.second),
            Part::MonthName => {
                let (month, rest) = month_name(text)?;
                self.month = month;
                Some(rest)
            }
            Part::HalfDay => {
                let (rest, afternoon) = clock::half_day(text)?;
                self.afternoon = Some(afternoon);
                Some(rest)
            }
            Part::Gap => {
                let rest = text.trim_start();
                (rest.len() < text.len()).then_some(rest)
            }
            Part::Sign(sign) => {
                let found = text.chars().next()?;
                let same = found == sign || found.eq_ignore_ascii_case(&sign);
                same.then(|| &text[found.len_utf8()..])
            }
        }
    }
}

/// A number of `least` to `most` digits at the front of a text, and what is left.
fn digits(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let bytes = text.as_bytes();
    let run = bytes.iter().take(most).take_while(|b| b.is_ascii_digit());
    let length = run.count();
    let value = number(&bytes[..length])?;
    (length >= least).then(|| (value, &text[length..]))
}

/// The month (1 to 12) whose name stands at the front of a text, whole or by its first letters
/// (three at least), and what is left; a full stop behind a short name is passed over.
pub(crate) fn month_name(text: &str) -> Option<(u32, &str)> {
    let bytes = text.as_bytes();
    let length = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if length < 3 {
        return None;
    }
    let of = |name: &&str| {
        name.len() >= length && name.as_bytes()[..length].eq_ignore_ascii_case(&bytes[..length])
    };
    let month = MONTHS.iter().position(of)? as u32 + 1;
    let rest = &text[length..];
    Some((month, rest.strip_prefix('.').unwrap_or(rest)))
}

impl fmt::Display for DatePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Gap => f.write_str(" ")?,
                Part::Sign(sign) => write!(f, "{sign}")?,
                part => {
                    let token = PARTS.iter().find(|(_, known)| known == part);
                    f.write_str(token.map_or("", |(token, _)| token))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(form: &str, cell: &str) -> Option<String> {
        let form = DatePattern::parse(form).unwrap();
        form.read(cell, chrono_tz::America::New_York)
            .map(|at| at.to_string())
    }

    /// A form, a cell, and what it is.
    const READ: &[(&str, &str, Option<&str>)] = &[
        ("MM/DD/YYYY", "03/14/2024", Some("2024-03-14 00:00:00")),
        ("MM/DD/YYYY", "3/4/2024", Some("2024-03-04 00:00:00")),
        ("DD/MM/YYYY", "3/4/2024", Some("2024-04-03 00:00:00")),
        ("MM/DD/YYYY", "13/01/2024", None),
        ("MM/DD/YYYY", "02/30/2024", None),
        ("MM/DD/YYYY", "03/14/24", None),
        ("MM/DD/YYYY", "03-14-2024", None),
        ("MM/DD/YYYY", "03/14/2024 x", None),
        (
            "MM/DD/YYYY",
            "03/14/2024 14:30",
            Some("2024-03-14 14:30:00"),
        ),
        (
            "MM/DD/YYYY",
            "03/14/2024 2:30:05 PM",
            Some("2024-03-14 14:30:05"),
        ),
        ("M/D/YY", "3/4/68", Some("2068-03-04 00:00:00")),
        ("M/D/YY", "3/4/69", Some("1969-03-04 00:00:00")),
        ("YYYYMMDD", "20240314", Some("2024-03-14 00:00:00")),
        ("YYYYMMDD", "2024314", None),
        ("MMDDYYYY", "03142024", Some("2024-03-14 00:00:00")),
        ("YYYY-DD-MM", "2024-04-03", Some("2024-03-04 00:00:00")),
        ("DD-Mon-YY", "05-MAR-24", Some("2024-03-05 00:00:00")),
        ("DDMonYYYY", "05mar2024", Some("2024-03-05 00:00:00")),
        (
            "Mon DD, YYYY",
            "September  5, 2024",
            Some("2024-09-05 00:00:00"),
        ),
        ("Mon DD, YYYY", "Sept. 5, 2024", Some("2024-09-05 00:00:00")),
        (
            "MM/DD/YYYY hh:mm AM",
            "03/14/2024 12:05 am",
            Some("2024-03-14 00:05:00"),
        ),
        ("MM/DD/YYYY hh:mm AM", "03/14/2024 13:05 PM", None),
        ("MM/DD/YYYY hh:mm AM", "03/14/2024 1:05pm", None),
        (
            "MM/DD/YYYY hh:mmAM",
            "03/14/2024 1:05pm",
            Some("2024-03-14 13:05:00"),
        ),
        (
            "YYYY-MM-DDTHH:mm:ss",
            "2024-03-14T23:30:00Z",
            Some("2024-03-14 19:30:00"),
        ),
        (
            "YYYY-MM-DD HH:mm:ss",
            "2024-03-14 23:30:00.123",
            Some("2024-03-14 23:30:00.123"),
        ),
        ("MM/DD/YYYY", "03/14/1776", None),
        ("MM/DD/YYYY", "é3/14/2024", None),
    ];

    #[test]
    fn cells_are_read_as_the_form_says() {
        for (form, cell, expected) in READ {
            assert_eq!(read(form, cell).as_deref(), *expected, "{form} {cell}");
        }
    }

    #[test]
    fn wrong_forms_are_refused_with_the_reason() {
        let table = [
            ("MM/YYYY", "it has no day"),
            ("MM/MM/YYYY", "it has the month twice"),
            ("DD/MMM/YYYY", "it has the month twice"),
            ("yyyy-MM-DD", "'y' stands for nothing in a date"),
            (
                "MM/DD/YYYY hh:mm",
                "hh and AM go together; HH is the hour of 24",
            ),
            ("MM/DD/YYYY mm", "it has minutes or seconds without an hour"),
            ("", "it has no year"),
        ];
        for (form, expected) in table {
            assert_eq!(DatePattern::parse(form).unwrap_err(), expected, "{form}");
        }
    }

    proptest! {
        #[test]
        fn dates_come_back_as_written(day in 0u64..100_000, minute in 0u32..1440) {
            let date = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(day);
            let at = date.and_hms_opt(minute / 60, minute % 60, 0).unwrap();
            use chrono::{Datelike, Timelike};
            let (_, hour) = at.hour12();
            let half = if at.hour() < 12 { "AM" } else { "PM" };
            let (y, m, d, short) = (date.year(), date.month(), date.day(), &MONTHS[date.month0() as usize][..3]);
            for (form, cell) in [
                ("MM/DD/YYYY HH:mm", format!("{m:02}/{d:02}/{y} {:02}:{:02}", at.hour(), at.minute())),
                ("DD-Mon-YYYY hh:mm AM", format!("{d:02}-{short}-{y} {hour:02}:{:02} {half}", at.minute())),
                ("YYYYMMDDHHmm", format!("{y}{m:02}{d:02}{:02}{:02}", at.hour(), at.minute())),
                ("D.M.YYYY HH:mm", format!("{d}.{m}.{y} {}:{:02}", at.hour(), at.minute())),
            ] {
                let form = DatePattern::parse(form).unwrap();
                prop_assert_eq!(form.read(&cell, chrono_tz::UTC), Some(at), "{}", cell);
            }
        }

        #[test]
        fn no_text_breaks_a_form_or_a_cell(form in ".{0,20}", cell in "\\PC{0,20}") {
            if let Ok(form) = DatePattern::parse(&form) {
                let _ = form.read(&cell, chrono_tz::UTC);
                prop_assert_eq!(DatePattern::parse(&form.to_string()), Ok(form));
            }
            let _ = DatePattern::parse("M/D/YYYY hh:mm AM").unwrap().read(&cell, chrono_tz::UTC);
        }
    }
}
