//! Each referrer's referral days, and what the gap test and the comparisons need of them.

use std::collections::BTreeMap;

use super::context::Context;
use crate::base::{Day, Quarter, Result, Table, calendar};
use crate::stats::gap::dispersion;

/// The referral days of one referrer.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    /// Referral days with their referrals, rising.
    pub days: Vec<(Day, u64)>,
    /// Referrals by specialty.
    pub specialties: BTreeMap<String, u64>,
}

/// What the last eight quarters say of a referrer's rhythm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rhythm {
    /// Days from the first to the last referral day, without federal holidays.
    pub t_days: f64,
    /// Referral days after the first.
    pub x: u32,
    /// Days from the last referral day to the last complete one, without federal holidays.
    pub g_days: f64,
    /// Variance over mean of referral days a month, at least 1.
    pub dispersion: f64,
    /// The median gap between referral days; none under two.
    pub typical_gap: Option<f64>,
    /// Referral days.
    pub referral_days: u32,
}

/// The federal holidays around the data, to be left out of spans.
pub(super) struct Holidays(Vec<Day>);

impl Holidays {
    /// The holidays of the eight quarters that end with this one.
    pub(super) fn around(quarter: Quarter) -> Self {
        Self(calendar::holidays(
            quarter.plus(-7).first_day(),
            quarter.last_day(),
        ))
    }

    /// Days after `from` up to `to`, without holidays; 0 where `to` lies before.
    pub(super) fn days_between(&self, from: Day, to: Day) -> f64 {
        let off = self.0.iter().filter(|h| **h > from && **h <= to).count() as i32;
        f64::from((to.0 - from.0 - off).max(0))
    }
}

impl History {
    /// Reads every referrer's history.
    pub(super) fn read(context: &Context<'_>) -> Result<BTreeMap<String, History>> {
        let table = in_order(context)?;
        let (npis, days) = (table.text("referring_npi")?, table.day("referred_on")?);
        let (specialties, n) = (table.text("specialty")?, table.int("n")?);
        let mut out: BTreeMap<String, History> = BTreeMap::new();
        for row in 0..table.rows() {
            if !out.contains_key(npis.value(row)) {
                out.insert(npis.value(row).to_string(), History::default());
            }
            let Some(history) = out.get_mut(npis.value(row)) else {
                continue;
            };
            history.add(
                Day(days.value(row)),
                n.value(row).max(0) as u64,
                specialties.value(row),
            );
        }
        Ok(out)
    }

    /// Adds referrals of a specialty on a day that is none before those already there.
    pub(super) fn add(&mut self, day: Day, count: u64, specialty: &str) {
        match self.days.last_mut() {
            Some(last) if last.0 == day => last.1 += count,
            _ => self.days.push((day, count)),
        }
        match self.specialties.get_mut(specialty) {
            Some(sum) => *sum += count,
            None => {
                self.specialties.insert(specialty.to_string(), count);
            }
        }
    }

    /// Referrals from one day to another, both included.
    pub(super) fn referrals(&self, first: Day, last: Day) -> u64 {
        self.days
            .iter()
            .filter(|d| d.0 >= first && d.0 <= last)
            .map(|d| d.1)
            .sum()
    }

    /// Referral days from one day to another, both included.
    pub(super) fn referral_days(&self, first: Day, last: Day) -> u64 {
        self.days
            .iter()
            .filter(|d| d.0 >= first && d.0 <= last)
            .count() as u64
    }

    /// The specialty that it refers to most; of equals the first by name.
    pub(super) fn main_specialty(&self) -> Option<&str> {
        let most = self.specialties.values().max()?;
        self.specialties
            .iter()
            .find(|(_, n)| *n == most)
            .map(|(s, _)| s.as_str())
    }

    /// The rhythm of the eight quarters that end with `quarter`; none where no referral day lies in
    /// them.
    pub(super) fn rhythm(
        &self,
        quarter: Quarter,
        complete: Day,
        holidays: &Holidays,
    ) -> Option<Rhythm> {
        let start = quarter.plus(-7).first_day();
        let days: Vec<Day> = self
            .days
            .iter()
            .map(|d| d.0)
            .filter(|d| *d >= start && *d <= quarter.last_day())
            .collect();
        let (first, last) = (*days.first()?, *days.last()?);
        let mut gaps: Vec<i32> = days.windows(2).map(|w| w[1].0 - w[0].0).collect();
        gaps.sort_unstable();
        Some(Rhythm {
            t_days: holidays.days_between(first, last),
            x: days.len() as u32 - 1,
            g_days: holidays.days_between(last, complete),
            dispersion: dispersion(&monthly(&days)),
            typical_gap: median(&gaps),
            referral_days: days.len() as u32,
        })
    }
}

/// The referral days of all referrers, each after those before it.
pub(super) fn in_order(context: &Context<'_>) -> Result<Table> {
    context.warehouse.read("int_referrer_days")?.sorted_by(&[
        "referred_on",
        "referring_npi",
        "specialty",
        "practice_id",
    ])
}

/// Referral days a month from the first day's month to the last one's.
fn monthly(days: &[Day]) -> Vec<u32> {
    let month = |day: Day| day.year() * 12 + day.month() as i32;
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Vec::new();
    };
    let mut counts = vec![0u32; (month(*last) - month(*first) + 1) as usize];
    for day in days {
        counts[(month(*day) - month(*first)) as usize] += 1;
    }
    counts
}

fn median(sorted: &[i32]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::from(lower + upper) / 2.0)
}
