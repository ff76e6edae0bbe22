//! One cell at a time: days, moments, ZIP codes and numbers as exports write them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::vocabulary::is_missing;

/// What a cell turned out to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Read<T> {
    /// There is none.
    Missing,
    /// A value.
    Value(T),
    /// Something that it can't be.
    Bad,
}

impl<T> Read<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Bad, Self::Value)
    }
}

/// A day in days since 1970. A time with an offset is turned to `zone` first.
pub fn day(cell: &str, zone: Tz) -> Read<i32> {
    let cell = cell.trim();
    if is_missing(cell) {
        return Read::Missing;
    }
    Read::from(moment_of(cell, zone).map(|m| days(m.date())))
}

/// Microseconds since 1970 on the wall clock of `zone`.
pub fn moment(cell: &str, zone: Tz) -> Read<i64> {
    let cell = cell.trim();
    if is_missing(cell) {
        return Read::Missing;
    }
    Read::from(moment_of(cell, zone).map(|m| m.and_utc().timestamp_micros()))
}

fn days(date: NaiveDate) -> i32 {
    use chrono::Datelike;
    date.num_days_from_ce() - 719_163
}

/// ISO 8601: a day, or a day and a time parted by `T` or a space, with or without an offset; the
/// form without hyphens too.
fn moment_of(cell: &str, zone: Tz) -> Option<NaiveDateTime> {
    let (date, rest) = split_date(cell)?;
    if rest.is_empty() {
        return Some(date.and_time(NaiveTime::MIN));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?.trim();
    let (clock, offset) = split_offset(rest);
    let time = clock_of(clock)?;
    let local = date.and_time(time);
    let Some(offset) = offset else {
        return Some(local);
    };
    let utc = local.checked_sub_signed(chrono::Duration::seconds(offset_seconds(offset)?))?;
    let shift = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
    utc.checked_add_signed(chrono::Duration::seconds(i64::from(shift)))
}

fn split_date(cell: &str) -> Option<(NaiveDate, &str)> {
    let bytes = cell.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let (year, month, day, length) = match digits {
        4 if bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' => (
            number(&bytes[..4])?,
            number(&bytes[5..7])?,
            number(&bytes[8..10])?,
            10,
        ),
        8 => (
            number(&bytes[..4])?,
            number(&bytes[4..6])?,
            number(&bytes[6..8])?,
            8,
        ),
        _ => return None,
    };
    if !(1900..2200).contains(&year) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year as i32, month, day)?;
    Some((date, cell.get(length..)?))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |n, b| {
        b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0'))
    })
}

fn split_offset(rest: &str) -> (&str, Option<&str>) {
    if let Some(clock) = rest.strip_suffix(['Z', 'z']) {
        return (clock.trim_end(), Some("+00:00"));
    }
    match rest.rfind(['+', '-']) {
        Some(at) => (rest[..at].trim_end(), Some(&rest[at..])),
        None => (rest, None),
    }
}

fn clock_of(clock: &str) -> Option<NaiveTime> {
    let mut parts = clock.split(':');
    let hour = number(parts.next()?.as_bytes())?;
    let minute = number(parts.next()?.as_bytes())?;
    let seconds = parts.next().unwrap_or("0");
    if parts.next().is_some() {
        return None;
    }
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let second = number(second.as_bytes())?;
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let micro = number(digits.as_bytes())?;
    NaiveTime::from_hms_micro_opt(hour, minute, second.min(59), micro)
}

fn offset_seconds(offset: &str) -> Option<i64> {
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits: String = offset[1..].chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (number(digits.as_bytes())?, 0),
        4 => (
            number(&digits.as_bytes()[..2])?,
            number(&digits.as_bytes()[2..])?,
        ),
        _ => return None,
    };
    (hours < 15 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
}

/// A ZIP code's first five digits. Spreadsheets lose leading zeros and add `.0`; both are mended.
pub fn zip(cell: &str) -> Read<String> {
    let cell = cell.trim();
    if is_missing(cell) {
        return Read::Missing;
    }
    let whole = cell.strip_suffix(".0").unwrap_or(cell);
    let first = whole.split(['-', ' ']).next().unwrap_or("");
    if first.is_empty() || !first.bytes().all(|b| b.is_ascii_digit()) {
        return Read::Bad;
    }
    match first.len() {
        3..=5 => Read::Value(format!("{first:0>5}")),
        9 => Read::Value(first[..5].to_string()),
        // Nine digits that lost their zero.
        8 => Read::Value(format!("0{}", &first[..4])),
        _ => Read::Bad,
    }
}

/// A number; thousands separators are taken out.
pub fn real(cell: &str) -> Read<f64> {
    let cell = cell.trim();
    if is_missing(cell) {
        return Read::Missing;
    }
    let plain = if cell.contains(',') {
        without_separators(cell)
    } else {
        Some(cell.to_string())
    };
    Read::from(
        plain
            .and_then(|p| p.parse::<f64>().ok())
            .filter(|n| n.is_finite()),
    )
}

/// `1,234,567.8` without its separators; `None` where they stand in wrong places.
fn without_separators(cell: &str) -> Option<String> {
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let head = first.trim_start_matches(['+', '-']).len();
    if !(1..=3).contains(&head) || !groups.all(|g| g.len() == 3) {
        return None;
    }
    let joined = whole.replace(',', "");
    Some(if fraction.is_empty() {
        joined
    } else {
        format!("{joined}.{fraction}")
    })
}

/// A whole number of zero or more.
pub fn count(cell: &str) -> Read<i64> {
    match real(cell) {
        Read::Value(n) if n >= 0.0 && n.fract() == 0.0 && n < 9e15 => Read::Value(n as i64),
        Read::Value(_) | Read::Bad => Read::Bad,
        Read::Missing => Read::Missing,
    }
}
