//! Each referrer's last referral, and what the roster and claims say of the time after it.

use std::collections::BTreeMap;

use super::super::context::Context;
use crate::base::{Day, Result};

/// A referrer's last referral and what is known beside it.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub npi: String,
    pub name: String,
    /// The referrer's own, by the roster.
    pub specialty: String,
    /// The practice of the last referral.
    pub practice_id: String,
    pub last_on: Day,
    /// The quarter's last day.
    pub as_of: Day,
    /// The day up to which the silence is seen.
    pub seen_to: Day,
    /// Days of the silence, and as many before it, at most a year.
    pub span: i32,
    pub deactivated_on: Option<Day>,
    /// The last day of the last place of work in a roster; far ahead where it is open.
    pub roster_ends_on: Option<Day>,
    pub activity: Option<Activity>,
}

/// What claims say of a referrer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Activity {
    /// Visits of the year before the silence in which the referrer rendered or referred elsewhere.
    pub before: i64,
    /// Visits well after the last referral and the last place of work.
    pub since: i64,
    pub last_on: Day,
    /// The day up to which claims are complete.
    pub covered_to: Day,
}

impl End {
    /// Everyone's, by NPI.
    pub(super) fn read(context: &Context<'_>) -> Result<Vec<Self>> {
        let activities = Activity::read(context)?;
        let table = context
            .warehouse
            .read("int_referrer_ends")?
            .sorted_by(&["referring_npi"])?;
        let (npis, names) = (table.text("referring_npi")?, table.text("referring_name")?);
        let (specialties, practices) =
            (table.text("roster_specialty")?, table.text("practice_id")?);
        let (last, seen) = (table.day("last_on")?, table.day("seen_to")?);
        let span_from = table.day("span_from")?;
        let (deactivated, roster) = (table.days("deactivated_on")?, table.days("roster_ends_on")?);
        let ends = (0..table.rows()).map(|row| Self {
            npi: npis.value(row).to_string(),
            name: names.value(row).to_string(),
            specialty: specialties.value(row).to_string(),
            practice_id: practices.value(row).to_string(),
            last_on: Day(last.value(row)),
            as_of: context.quarter.last_day(),
            seen_to: Day(seen.value(row)),
            span: last.value(row) - span_from.value(row) + 1,
            deactivated_on: deactivated[row],
            roster_ends_on: roster[row],
            activity: activities.get(npis.value(row)).copied(),
        });
        Ok(ends.collect())
    }
}

impl Activity {
    fn read(context: &Context<'_>) -> Result<BTreeMap<String, Self>> {
        let table = context.warehouse.read("int_referrer_activity")?;
        let npis = table.texts("referring_npi")?;
        let (before, since) = (table.counts("n_before")?, table.counts("n_since")?);
        let (last, covered) = (table.day("last_claim_on")?, table.day("covered_to")?);
        let rows = npis.into_iter().enumerate().filter_map(|(row, npi)| {
            let activity = Self {
                before: before[row],
                since: since[row],
                last_on: Day(last.value(row)),
                covered_to: Day(covered.value(row)),
            };
            Some((npi?, activity))
        });
        Ok(rows.collect())
    }
}
