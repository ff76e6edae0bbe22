//! One cell at a time: NPIs, ZIP codes and numbers as exports and spreadsheets write them. Days are
//! `days`' business, words the vocabulary's.

use std::borrow::Cow;

use catchment_base::npi as identifier;

pub use crate::days::{Dates, DayOrder, day, moment};
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

    /// The same with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Self::Missing => Read::Missing,
            Self::Value(value) => Read::Value(change(value)),
            Self::Bad => Read::Bad,
        }
    }

    /// The value, where there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Bad => None,
        }
    }
}

/// An NPI. Spreadsheets add `.0`, or write `1.003033051E9`; that is read only where all ten digits
/// are there.
///
/// ```
/// use catchment_mapping::values::{Read, npi};
/// assert_eq!(npi("1.234567893E9").value().as_deref(), Some("1234567893"));
/// assert_eq!(npi("1.23457E9"), Read::Bad);
/// ```
pub fn npi(cell: &str) -> Read<Cow<'_, str>> {
    let cell = cell.trim();
    if let Some(plain) = identifier::read(cell) {
        return Read::Value(Cow::Borrowed(plain));
    }
    if is_missing(cell) {
        return Read::Missing;
    }
    Read::from(
        from_exponent(cell)
            .filter(|n| identifier::is_valid(n))
            .map(Cow::Owned),
    )
}

/// The digits of `1.003033051E9`; whether they are ten is for the NPI to say.
fn from_exponent(cell: &str) -> Option<String> {
    let (mantissa, exponent) = cell.split_once(['E', 'e'])?;
    let (whole, fraction) = mantissa.split_once('.')?;
    let is_ninth = matches!(exponent, "9" | "+9" | "09" | "+09" | "+009");
    (is_ninth && whole.len() == 1).then(|| format!("{whole}{fraction}"))
}

/// A ZIP code's first five digits. Spreadsheets lose leading zeros and add `.0`; both are mended.
///
/// ```
/// use catchment_mapping::values::{Read, zip};
/// assert_eq!(zip("02139-4307").value().as_deref(), Some("02139"));
/// assert_eq!(zip("21394307.0").value().as_deref(), Some("02139"));
/// assert_eq!(zip("372051"), Read::Bad);
/// ```
pub fn zip(cell: &str) -> Read<Cow<'_, str>> {
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
        5 => Read::Value(Cow::Borrowed(first)),
        3 | 4 => Read::Value(Cow::Owned(format!("{first:0>5}"))),
        9 => Read::Value(Cow::Borrowed(&first[..5])),
        // Nine digits that lost one zero, or two.
        8 => Read::Value(Cow::Owned(format!("0{}", &first[..4]))),
        7 => Read::Value(Cow::Owned(format!("00{}", &first[..3]))),
        // Six digits could be a code with a digit too many as well as one that lost three.
        _ => Read::Bad,
    }
}

/// A number; thousands separators and a dollar sign are taken out. -999 and -9999 stand for no
/// value, as in public health files.
///
/// ```
/// use catchment_mapping::values::{Read, real};
/// assert_eq!(real("$1,234.50"), Read::Value(1234.5));
/// assert_eq!(real("-999"), Read::Missing);
/// assert_eq!(real("45%"), Read::Bad);
/// ```
pub fn real(cell: &str) -> Read<f64> {
    let cell = cell.trim();
    if is_missing(cell) || matches!(cell, "-999" | "-9999" | "-999.0" | "-9999.0") {
        return Read::Missing;
    }
    Read::from(number(cell))
}

/// The number in a trimmed text, whatever it may stand for.
pub(crate) fn number(text: &str) -> Option<f64> {
    let plain = without_dollar(text);
    let plain = if plain.contains(',') {
        Cow::Owned(without_separators(&plain)?)
    } else {
        plain
    };
    plain.parse::<f64>().ok().filter(|n| n.is_finite())
}

/// `$5` and `-$5` without the sign of the currency.
fn without_dollar(cell: &str) -> Cow<'_, str> {
    if let Some(rest) = cell.strip_prefix('$') {
        return Cow::Borrowed(rest.trim_start());
    }
    match cell.strip_prefix("-$") {
        Some(rest) => Cow::Owned(format!("-{}", rest.trim_start())),
        None => Cow::Borrowed(cell),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(read: Read<Cow<'_, str>>) -> String {
        match read {
            Read::Value(text) => text.into_owned(),
            Read::Missing => "missing".to_string(),
            Read::Bad => "bad".to_string(),
        }
    }

    #[test]
    fn npis_survive_spreadsheets() {
        // The check digit of 1003033051 is right.
        for (cell, expected) in [
            ("1003033051", "1003033051"),
            (" 1003033051.0 ", "1003033051"),
            ("1.003033051E9", "1003033051"),
            ("1.003033051e+09", "1003033051"),
            ("1.00303305E9", "bad"),
            ("1.003033051E10", "bad"),
            ("1.003033052E9", "bad"),
            ("1003033052", "bad"),
            ("0000000000", "bad"),
            ("N/A", "missing"),
            ("", "missing"),
            ("E9", "bad"),
        ] {
            assert_eq!(text(npi(cell)), expected, "{cell}");
        }
    }

    #[test]
    fn zip_codes_survive_spreadsheets() {
        for (cell, expected) in [
            ("37205", "37205"),
            ("37205.0", "37205"),
            ("372051234.0", "37205"),
            ("37205-1234", "37205"),
            ("37205 1234", "37205"),
            ("2139", "02139"),
            ("501", "00501"),
            ("21394307", "02139"),
            ("5010001", "00501"),
            ("372051", "bad"),
            ("12", "bad"),
            ("K1A 0B1", "bad"),
            ("3720512345", "bad"),
            ("NULL", "missing"),
        ] {
            assert_eq!(text(zip(cell)), expected, "{cell}");
        }
    }

    #[test]
    fn numbers_are_read_as_exports_write_them() {
        let table = [
            (" 1,420", Read::Value(1420.0)),
            ("1,234,567.8", Read::Value(1_234_567.8)),
            ("$1,234.50", Read::Value(1234.5)),
            ("-$3.50", Read::Value(-3.5)),
            ("+5", Read::Value(5.0)),
            ("1e3", Read::Value(1000.0)),
            ("-", Read::Missing),
            ("-999", Read::Missing),
            ("-9999.0", Read::Missing),
            ("NOT AVAILABLE", Read::Missing),
            ("Not applicable", Read::Missing),
            ("#REF!", Read::Missing),
            ("(5)", Read::Bad),
            ("45%", Read::Bad),
            ("1,42", Read::Bad),
            ("1.234,5", Read::Bad),
            ("inf", Read::Bad),
            ("$", Read::Bad),
            ("$-", Read::Bad),
        ];
        for (cell, expected) in table {
            assert_eq!(real(cell), expected, "{cell}");
        }
        assert_eq!(count("1,420"), Read::Value(1420));
        assert_eq!(count("22.0"), Read::Value(22));
        assert_eq!(count("22.5"), Read::Bad);
        assert_eq!(count("-1"), Read::Bad);
        assert_eq!(count("-999"), Read::Missing);
    }

    proptest! {
        #[test]
        fn no_cell_breaks_the_reading(cell in "\\PC{0,16}") {
            let _ = (npi(&cell), zip(&cell), real(&cell), count(&cell));
        }

        #[test]
        fn counts_come_back_with_separators(n in 0i64..9_000_000_000_000) {
            prop_assert_eq!(count(&catchment_base::units::count(n)), Read::Value(n));
            prop_assert_eq!(count(&format!("{n}.0")), Read::Value(n));
        }
    }
}
