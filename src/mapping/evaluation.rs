//! What an expression comes to for a row: a text or nothing. No cell makes it fail; what can't be
//! read as a function wants it is given on as it stands, so that the column's own reader refuses it.

use std::borrow::Cow;

use chrono::NaiveDate;

use crate::days::{Dates, moment_of};
use crate::expression::{Condition, Order, Value};
use crate::values::number;
use crate::vocabulary;

/// The cells of a row by their place in the header.
pub type Cells<'c, 'a> = &'c dyn Fn(usize) -> Option<&'a str>;

type Text<'a> = Option<Cow<'a, str>>;

/// A row, and how its cells are found and read.
pub(crate) struct Row<'r, 'a> {
    /// For each column that the expression names its place in the header.
    pub(crate) places: &'r [Option<usize>],
    pub(crate) cells: Cells<'r, 'a>,
    /// Further words for "no value".
    pub(crate) missing: &'r [String],
    pub(crate) dates: &'r Dates,
}

/// A cell without the spaces around it; `None` where it says that there is no value.
pub(crate) fn filled<'a>(cell: Option<&'a str>, missing: &[String]) -> Option<&'a str> {
    let cell = cell?.trim();
    let is_missing =
        vocabulary::is_absent(cell) || missing.iter().any(|word| word.eq_ignore_ascii_case(cell));
    (!is_missing).then_some(cell)
}

impl<'a> Row<'_, 'a> {
    /// What the row comes to; a text is never empty.
    pub(crate) fn value<'s>(&self, value: &'s Value) -> Text<'s>
    where
        'a: 's,
    {
        let found = match value {
            Value::Column(column) => {
                let place = self.places.get(*column).copied().flatten()?;
                return filled((self.cells)(place), self.missing).map(Cow::Borrowed);
            }
            Value::Text(text) => Cow::Borrowed(text.as_str()),
            Value::Number(text, _) => Cow::Borrowed(text.as_str()),
            Value::Truth(condition) => Cow::Borrowed(if self.holds(condition) {
                "true"
            } else {
                "false"
            }),
            Value::If(cases, otherwise) => {
                let case = cases.iter().find(|(condition, _)| self.holds(condition));
                let chosen = case.map(|(_, value)| value).or(otherwise.as_deref())?;
                return self.value(chosen);
            }
            Value::Coalesce(values) => return values.iter().find_map(|value| self.value(value)),
            Value::Joined(separator, values) => self.joined(separator, values)?,
            Value::Upper(text) => Cow::Owned(self.value(text)?.to_uppercase()),
            Value::Lower(text) => Cow::Owned(self.value(text)?.to_lowercase()),
            Value::Trimmed(text) => trimmed(self.value(text)?),
            Value::Left(text, length) => {
                let text = self.value(text)?;
                let end = text.char_indices().nth(*length).map(|(at, _)| at);
                cut(text, |text| &text[..end.unwrap_or(text.len())])
            }
            Value::Right(text, length) => {
                let text = self.value(text)?;
                let from_end = length.checked_sub(1);
                let start =
                    from_end.map(|n| text.char_indices().rev().nth(n).map_or(0, |(at, _)| at));
                cut(text, |text| &text[start.unwrap_or(text.len())..])
            }
            Value::Part(text, separator, place) => part(self.value(text)?, separator, *place)?,
            Value::Replaced(text, old, new) => {
                let text = self.value(text)?;
                if text.contains(old.as_str()) {
                    Cow::Owned(text.replace(old.as_str(), new))
                } else {
                    text
                }
            }
            Value::Digits(text) => {
                let text = self.value(text)?;
                if text.bytes().all(|b| b.is_ascii_digit()) {
                    text
                } else {
                    Cow::Owned(text.chars().filter(char::is_ascii_digit).collect())
                }
            }
            Value::Date(text, patterns) => {
                let text = self.value(text)?;
                let read = patterns
                    .iter()
                    .find_map(|form| Some((form.has_time(), form.read(&text, chrono_tz::UTC)?)));
                match read {
                    Some((true, at)) => Cow::Owned(at.format("%Y-%m-%dT%H:%M:%S").to_string()),
                    Some((false, at)) => Cow::Owned(at.date().to_string()),
                    None => text,
                }
            }
            Value::DaysSince(epoch, days) => {
                let text = self.value(days)?;
                match days_after(*epoch, &text) {
                    Some(day) => Cow::Owned(day.to_string()),
                    None => text,
                }
            }
            Value::AgeBand(age) => Cow::Borrowed(band_of_age(&self.value(age)?)?),
            Value::AgeBandOn(birth, on) => Cow::Borrowed(self.band_on(birth, on)?),
        };
        (!found.trim().is_empty()).then_some(found)
    }

    /// Whether a condition holds.
    pub(crate) fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Same(left, right) => self
                .value(left)
                .is_some_and(|text| self.is_same(&text, left, right)),
            Condition::Compared(left, order, right) => self.compares(left, *order, right),
            Condition::Among(value, list) => self
                .value(value)
                .is_some_and(|text| list.iter().any(|other| self.is_same(&text, value, other))),
            Condition::Empty(value) => self.value(value).is_none(),
            Condition::Contains(text, part) => {
                self.has(text, part, |text, part| text.contains(part))
            }
            Condition::Starts(text, part) => {
                self.has(text, part, |text, part| text.starts_with(part))
            }
            Condition::Not(condition) => !self.holds(condition),
            Condition::All(conditions) => conditions.iter().all(|c| self.holds(c)),
            Condition::Any(conditions) => conditions.iter().any(|c| self.holds(c)),
        }
    }

    /// Texts are the same without regard to case and spaces around them; beside a number that the
    /// expression writes without quotes, numbers are.
    fn is_same(&self, text: &str, value: &Value, other: &Value) -> bool {
        match (value, other) {
            (_, Value::Number(_, wanted)) => number(text.trim()) == Some(*wanted),
            (Value::Number(_, wanted), _) => {
                let other = self.value(other);
                other.and_then(|other| number(other.trim())) == Some(*wanted)
            }
            _ => self
                .value(other)
                .is_some_and(|other| is_same_text(text, &other)),
        }
    }

    fn compares(&self, left: &Value, order: Order, right: &Value) -> bool {
        let (Some(left), Some(right)) = (self.value(left), self.value(right)) else {
            return false;
        };
        let (left, right) = (left.trim(), right.trim());
        let ordering = match (number(left), number(right)) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => match (self.day(left), self.day(right)) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => None,
            },
        };
        ordering.is_some_and(|ordering| match order {
            Order::Less => ordering.is_lt(),
            Order::LessOrSame => ordering.is_le(),
            Order::More => ordering.is_gt(),
            Order::MoreOrSame => ordering.is_ge(),
        })
    }

    fn day(&self, text: &str) -> Option<NaiveDate> {
        moment_of(text.trim(), chrono_tz::UTC, self.dates).map(|at| at.date())
    }

    fn has(&self, text: &Value, part: &Value, is: impl Fn(&str, &str) -> bool) -> bool {
        match (self.value(text), self.value(part)) {
            (Some(text), Some(part)) => is(&text.to_lowercase(), &part.to_lowercase()),
            _ => false,
        }
    }

    /// What is missing is passed over. Where nothing but texts of the expression itself is left,
    /// there is no value.
    fn joined<'s>(&self, separator: &str, values: &'s [Value]) -> Text<'s>
    where
        'a: 's,
    {
        let mut joined: Text<'s> = None;
        let is_own = |value: &Value| matches!(value, Value::Text(_) | Value::Number(..));
        let mut has_cell = values.iter().all(is_own);
        for value in values {
            // A text of the expression keeps its spaces, and may be nothing but spaces.
            let text = match value {
                Value::Text(text) => Some(Cow::Borrowed(text.as_str())),
                value => self.value(value),
            };
            let Some(text) = text else { continue };
            has_cell |= !is_own(value);
            joined = Some(match joined {
                None => text,
                Some(before) => {
                    let mut before = before.into_owned();
                    before.push_str(separator);
                    before.push_str(&text);
                    Cow::Owned(before)
                }
            });
        }
        joined.filter(|_| has_cell).map(trimmed)
    }

    fn band_on(&self, birth: &Value, on: &Value) -> Option<&'static str> {
        let birth = self.day(&self.value(birth)?)?;
        let on = self.day(&self.value(on)?)?;
        let years = on.years_since(birth)?;
        band(f64::from(years))
    }
}

fn is_same_text(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one.chars()
        .flat_map(char::to_lowercase)
        .eq(other.chars().flat_map(char::to_lowercase))
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    cut(text, str::trim)
}

/// A piece of a text, without copying where the text is borrowed.
fn cut<'a>(text: Cow<'a, str>, piece: impl Fn(&str) -> &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(piece(text)),
        Cow::Owned(text) => Cow::Owned(piece(&text).to_string()),
    }
}

fn part<'a>(text: Cow<'a, str>, separator: &str, place: i32) -> Text<'a> {
    let from = usize::try_from(place.unsigned_abs()).ok()?.checked_sub(1)?;
    let exists = text.split(separator).nth(from).is_some();
    let piece = |text: &str| -> std::ops::Range<usize> {
        let found = if place > 0 {
            text.split(separator).nth(from)
        } else {
            text.rsplit(separator).nth(from)
        };
        let found = found.unwrap_or_default().trim();
        let start = found.as_ptr() as usize - text.as_ptr() as usize;
        start..start + found.len()
    };
    if !exists {
        return None;
    }
    let range = piece(&text);
    Some(cut(text, |text| &text[range.clone()]))
}

/// The day so many days after another; a fraction of a day is cut off.
fn days_after(epoch: NaiveDate, days: &str) -> Option<NaiveDate> {
    let days = number(days.trim()).filter(|n| n.abs() < 1e6)?;
    epoch.checked_add_signed(chrono::Duration::days(days.floor() as i64))
}

/// The band of an age as exports write it: `45`, `45 Y`, `7 months`, `90+`, or the band itself.
fn band_of_age(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if let Some(band) = BANDS.iter().find(|band| **band == text) {
        return Some(band);
    }
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let age = text[..end].parse::<f64>().ok()?;
    let unit: String = text[end..].trim().to_ascii_lowercase();
    match unit.trim_end_matches('.') {
        "" | "+" | "y" | "yr" | "yrs" | "yo" | "y/o" | "year" | "years" | "years old" => band(age),
        "m" | "mo" | "mos" | "mth" | "month" | "months" => band(age / 12.0),
        "w" | "wk" | "wks" | "week" | "weeks" => band(age * 7.0 / 365.25),
        "d" | "day" | "days" => band(age / 365.25),
        _ => None,
    }
}

const BANDS: [&str; 3] = ["0-17", "18-64", "65+"];

/// The band of an age in years; nobody is older than 130.
fn band(years: f64) -> Option<&'static str> {
    match years {
        y if (0.0..18.0).contains(&y) => Some(BANDS[0]),
        y if (18.0..65.0).contains(&y) => Some(BANDS[1]),
        y if (65.0..=130.0).contains(&y) => Some(BANDS[2]),
        _ => None,
    }
}
