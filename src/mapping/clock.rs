//! Times of day and offsets as they stand behind a date.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

/// A day with the time of day that stands behind it: nothing, or `T` or white space and a time
/// (of 24 hours, or of 12 with AM or PM), with or without an offset, by which the moment is turned
/// to the wall clock of `zone`.
pub(crate) fn at_clock(date: NaiveDate, rest: &str, zone: Tz) -> Option<NaiveDateTime> {
    if rest.is_empty() {
        return Some(date.and_time(NaiveTime::MIN));
    }
    let rest = rest
        .strip_prefix(['T', 't'])
        .or_else(|| rest.strip_prefix(char::is_whitespace))?
        .trim();
    if rest.is_empty() {
        return Some(date.and_time(NaiveTime::MIN));
    }
    let (time, rest) = time_of(rest)?;
    with_offset(date.and_time(time), rest.trim(), zone)
}

/// A time of day at the front of a text, and what is left.
fn time_of(text: &str) -> Option<(NaiveTime, &str)> {
    let (hour, minute, second, rest) = match leading_digits(text) {
        1 | 2 => {
            let (hour, rest) = two_digits(text)?;
            let (minute, rest) = two_digits(rest.strip_prefix(':')?)?;
            match rest.strip_prefix(':') {
                Some(rest) => {
                    let (second, rest) = two_digits(rest)?;
                    (hour, minute, second, rest)
                }
                None => (hour, minute, 0, rest),
            }
        }
        length @ (4 | 6) => {
            let pair = |at: usize| number(&text.as_bytes()[at..at + 2]);
            let second = if length == 6 { pair(4)? } else { 0 };
            (pair(0)?, pair(2)?, second, &text[length..])
        }
        _ => return None,
    };
    let (micro, rest) = fraction(rest)?;
    let (hour, rest) = match half_day(rest.trim_start()) {
        Some((rest, afternoon)) => (of_half_day(hour, afternoon)?, rest),
        None => (hour, rest),
    };
    // A leap second is the last one that clocks know.
    let time = NaiveTime::from_hms_micro_opt(hour, minute, second.min(59), micro)?;
    (second <= 60).then_some((time, rest))
}

/// The moment on the wall clock of `zone`, where an offset stands behind it; nothing else may.
pub(crate) fn with_offset(local: NaiveDateTime, rest: &str, zone: Tz) -> Option<NaiveDateTime> {
    if rest.is_empty() {
        return Some(local);
    }
    let utc = local.checked_sub_signed(chrono::Duration::seconds(offset_seconds(rest)?))?;
    let shift = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
    utc.checked_add_signed(chrono::Duration::seconds(i64::from(shift)))
}

fn offset_seconds(offset: &str) -> Option<i64> {
    if matches!(offset, "Z" | "z" | "UTC" | "GMT") {
        return Some(0);
    }
    let sign = match offset.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let bytes = &offset.as_bytes()[1..];
    let (hours, minutes) = match bytes.len() {
        2 => (number(bytes)?, 0),
        4 => (number(&bytes[..2])?, number(&bytes[2..])?),
        5 if bytes[2] == b':' => (number(&bytes[..2])?, number(&bytes[3..])?),
        _ => return None,
    };
    (hours < 15 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
}

/// Microseconds of a decimal fraction at the front of a text (0 where there is none), and what is
/// left.
pub(crate) fn fraction(text: &str) -> Option<(u32, &str)> {
    let Some(rest) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let length = leading_digits(rest);
    let digits = rest.as_bytes()[..length]
        .iter()
        .map(|b| u32::from(b - b'0'));
    let padded = digits.chain(std::iter::repeat(0)).take(6);
    (length > 0).then(|| {
        (
            padded.fold(0, |sum, digit| sum * 10 + digit),
            &rest[length..],
        )
    })
}

/// `AM` or `PM` at the front of a text: what is left, and whether it is the afternoon.
pub(crate) fn half_day(text: &str) -> Option<(&str, bool)> {
    let bytes = text.as_bytes();
    let afternoon = match bytes.first()?.to_ascii_lowercase() {
        b'a' => false,
        b'p' => true,
        _ => return None,
    };
    // `AM`, `a.m.` and `a.m`.
    let mut at = 1;
    at += usize::from(bytes.get(at) == Some(&b'.'));
    if !matches!(bytes.get(at), Some(b'm' | b'M')) {
        return None;
    }
    at += 1;
    at += usize::from(at > 2 && bytes.get(at) == Some(&b'.'));
    Some((&text[at..], afternoon))
}

/// The hour of 24 of an hour of 12.
pub(crate) fn of_half_day(hour: u32, afternoon: bool) -> Option<u32> {
    (1..=12)
        .contains(&hour)
        .then(|| hour % 12 + if afternoon { 12 } else { 0 })
}

/// The value of a few ASCII digits; `None` where there is something else, or nothing.
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0u32, |n, b| {
        b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0'))
    })
}

/// How many digits stand at the front of a text.
pub(crate) fn leading_digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// A number of one or two digits at the front of a text, and what is left.
pub(crate) fn two_digits(text: &str) -> Option<(u32, &str)> {
    let length = leading_digits(text);
    let value = number(&text.as_bytes()[..length])?;
    (length <= 2).then(|| (value, &text[length..]))
}
