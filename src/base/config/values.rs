//! How single values are read where several keys share a kind: levels, days, ZIP codes, NPIs, time
//! zones, sets, and tables by name.

use std::collections::BTreeMap;

use chrono_tz::{TZ_VARIANTS, Tz};

use super::document::{Found, Section};
use super::keys::nearest;
use super::rules::Broken;
use crate::error::Result;
use crate::npi;
use crate::quarter::{Day, Quarter};

/// Tables under names that the user chose.
pub(super) type ByName<T> = BTreeMap<String, T>;

pub(super) fn by_name<'a, T>(
    sections: impl IntoIterator<Item = (String, Section<'a>)>,
    read: impl Fn(&Section<'a>) -> Result<T>,
) -> Result<ByName<T>> {
    sections
        .into_iter()
        .map(|(name, section)| Ok((name, read(&section)?)))
        .collect()
}

/// The section as it is, where it keeps its rule.
pub(super) fn whole<T>(
    section: &Section,
    all: T,
    rule: impl Fn(&T) -> Option<Broken>,
) -> Result<T> {
    match rule(&all) {
        None => Ok(all),
        Some(broken) => Err(section.fault(broken.key, broken.what, broken.help)),
    }
}

/// A list whose order means nothing: sorted, each value once.
pub(super) fn set_of<T: Ord>(list: Option<Vec<T>>) -> Vec<T> {
    let mut list = list.unwrap_or_default();
    list.sort();
    list.dedup();
    list
}

pub(super) fn above_zero(found: &Found, of_what: &str) -> Result<f64> {
    found.number(&format!("a number of {of_what} above 0"), |n| n > 0.0)
}

pub(super) fn level(found: &Found) -> Result<f64> {
    found.number("a number above 0 and at most 1", |n| n > 0.0 && n <= 1.0)
}

pub(super) fn zip(found: &Found) -> Result<String> {
    let is_zip = |text: &String| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    found
        .text()
        .ok()
        .filter(is_zip)
        .ok_or_else(|| found.refuse("a ZIP code of five digits in quotes"))
}

pub(super) fn npi_of(found: &Found) -> Result<String> {
    let text = found.text().ok().filter(|text| npi::is_valid(text));
    text.ok_or_else(|| found.refuse("an NPI in quotes: ten digits with a right check digit"))
}

pub(super) fn time_zone(found: &Found) -> Result<Tz> {
    let text = found.text()?;
    text.parse().map_err(|_| {
        let near = nearest(&text, TZ_VARIANTS.iter().map(|zone| zone.name())).unwrap_or_default();
        found.refuse(format!(
            "a time zone like America/New_York; the nearest is '{near}'"
        ))
    })
}

/// The last day of a quarter, or a day.
pub(super) fn end_of(found: &Found) -> Result<Day> {
    let quarter = found
        .text()
        .ok()
        .and_then(|text| text.parse::<Quarter>().ok());
    match quarter {
        Some(quarter) => Ok(quarter.last_day()),
        None => found
            .day()
            .map_err(|_| found.refuse("a quarter like 2026Q4 or a day like 2026-12-31")),
    }
}
