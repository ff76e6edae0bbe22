//! What the roster says: who retired, whose practice was acquired, who moved, and whose affiliation is
//! another.

use std::collections::BTreeMap;

use super::super::context::Context;
use super::ends::End;
use super::{Cause, given, month};
use crate::base::places::distance_km;
use crate::base::{Day, Result, units};

/// A place of work that ended longer before the last referral than this says nothing of its end.
const STALE_DAYS: i32 = 90;
/// Claims end with the referrals where the last is at most so many days after the last referral.
const LAST_CLAIM_DAYS: i32 = 120;
/// Fewer claims a year than this show no pace.
const LEAST_CLAIMS: i64 = 5;
/// So many visits after it show that who left the roster works on elsewhere.
const STILL_AT_WORK: i64 = 3;

/// Practices of one name are one only within so many kilometres.
const NEAR_KM: f64 = 3.0;

/// A place of work on a day.
#[derive(Debug, Clone)]
struct Place {
    practice_id: String,
    practice_key: String,
    practice_name: String,
    organization_name: Option<String>,
    affiliation: Option<String>,
    starts_on: Option<Day>,
    point: Option<(f64, f64)>,
}

/// The places of four days, the primary ones first.
#[derive(Debug, Default)]
struct Places {
    year_before: Vec<Place>,
    last: Vec<Place>,
    /// Half a year after the last referral: what comes later does not explain the silence.
    after: Vec<Place>,
    now: Vec<Place>,
}

/// Everyone's places, by NPI.
pub(super) struct Standings(BTreeMap<String, Places>);

impl Place {
    /// One practice: by its id, or under a new id by the same name in the same part of town.
    fn is_same(&self, other: &Self) -> bool {
        if self.practice_id == "unknown" || other.practice_id == "unknown" {
            return false;
        }
        let is_near = self
            .point
            .zip(other.point)
            .is_none_or(|(a, b)| distance_km(a, b) < NEAR_KM);
        self.practice_id == other.practice_id
            || (self.practice_key == other.practice_key && is_near)
    }

    /// Who it belongs to: the organization, else the practice itself.
    fn owner(&self) -> &str {
        self.organization_name
            .as_deref()
            .unwrap_or(&self.practice_name)
    }

    fn is_competitors(&self) -> bool {
        self.affiliation.as_deref() == Some("competitor")
    }
}

impl Places {
    /// The place that the last referral came from, else the primary one of that day.
    fn referred_from(&self, end: &End) -> Option<&Place> {
        let named = self.last.iter().find(|p| p.practice_id == end.practice_id);
        named.or(self.last.first())
    }

    /// That place as it stood on another day.
    fn same<'p>(place: &Place, day: &'p [Place]) -> Option<&'p Place> {
        day.iter().find(|p| p.is_same(place))
    }
}

impl Standings {
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let table = context
            .warehouse
            .read("int_referrer_standings")?
            .sorted_by(&["referring_npi", "moment", "place_rank"])?;
        let (npis, moments) = (table.text("referring_npi")?, table.text("moment")?);
        let (ids, keys) = (table.text("practice_id")?, table.text("practice_key")?);
        let names = table.texts("practice_name")?;
        let (owners, affiliations) = (
            table.texts("organization_name")?,
            table.texts("affiliation")?,
        );
        let starts = table.days("starts_on")?;
        let (lat, lon) = (table.reals("lat")?, table.reals("lon")?);
        let mut all: BTreeMap<String, Places> = BTreeMap::new();
        for row in 0..table.rows() {
            let place = Place {
                practice_id: ids.value(row).to_string(),
                practice_key: keys.value(row).to_string(),
                practice_name: names[row]
                    .clone()
                    .unwrap_or_else(|| ids.value(row).to_string()),
                organization_name: owners[row].clone(),
                affiliation: affiliations[row].clone(),
                starts_on: given(starts[row]),
                point: lat[row].zip(lon[row]),
            };
            let places = all.entry(npis.value(row).to_string()).or_default();
            match moments.value(row) {
                "year_before" => places.year_before.push(place),
                "last" => places.last.push(place),
                "after" => places.after.push(place),
                _ => places.now.push(place),
            }
        }
        Ok(Self(all))
    }

    /// The number is deactivated, the roster ends every place of work, or claims end with the referrals.
    pub(super) fn retired(&self, end: &End) -> Option<Cause> {
        if let Some(day) = end.deactivated_on {
            let said = format!("The NPI has been deactivated since {}.", month(day));
            return Some(Cause::new("retired", said));
        }
        let since = end.activity.map_or(0, |activity| activity.since);
        if let Some(day) = left_roster(end)
            && since < STILL_AT_WORK
        {
            let said = format!("The roster ends the last place of work in {}.", month(day));
            return Some(Cause::new("retired", said));
        }
        // Who has found another place of work has not retired, though claims may not reach there.
        if self.moved(end).is_some() {
            return None;
        }
        let activity = end.activity?;
        let rests = activity.last_on.max(end.last_on);
        let seen = i64::from(activity.covered_to.0 - rests.0);
        // At the pace of the year before, five claims or more would have been expected since.
        let is_telling =
            activity.before >= LEAST_CLAIMS && activity.before * seen >= LEAST_CLAIMS * 365;
        let ends_together = activity.last_on.0 <= end.last_on.0 + LAST_CLAIM_DAYS;
        (is_telling && ends_together).then(|| {
            let said = format!(
                "No claim since {} shows the referrer at work or referring to anybody, after {} in the year before.",
                month(rests),
                units::counted(activity.before, "claim")
            );
            Cause::new("retired", said)
        })
    }

    /// The practice that the referrals came from has become a competitor's, by itself or with its
    /// organization.
    pub(super) fn acquired(&self, end: &End) -> Option<Cause> {
        let places = self.0.get(&end.npi)?;
        let from = places.referred_from(end)?;
        let competitors =
            |day: &'_ [Place]| Places::same(from, day).is_some_and(Place::is_competitors);
        let now = Places::same(from, &places.now)?;
        let mut before = [Places::same(from, &places.year_before), Some(from)]
            .into_iter()
            .flatten();
        let was_another = before.any(|p| p.affiliation.is_some() && !p.is_competitors());
        if !was_another || !competitors(&places.now) || !competitors(&places.after) {
            return None;
        }
        let since = now.starts_on.filter(|day| *day > end.last_on.plus(-365));
        let said = match since {
            Some(day) => format!("has belonged to a competitor since {}", month(day)),
            None => "belongs to a competitor now".to_string(),
        };
        let said = format!("{} {said}: {}.", now.practice_name, now.owner());
        Some(Cause::new("acquired_by_competitor", said).to(now.owner()))
    }

    /// The roster has the referrer elsewhere, and at none of the places of the last referral's day; or
    /// nowhere, while claims show the referrer at work.
    pub(super) fn moved(&self, end: &End) -> Option<Cause> {
        if let Some(day) = left_roster(end) {
            // Who shows no work since has retired, and that was asked before.
            let said = format!(
                "The roster ends the last place of work in {}, and later claims show work elsewhere.",
                month(day)
            );
            return Some(Cause::new("moved", said));
        }
        let places = self.0.get(&end.npi)?;
        let from = places.referred_from(end)?;
        let now = places.now.iter().find(|p| p.practice_id != "unknown")?;
        let is_at = |old: &Place, day: &[Place]| day.iter().any(|p| p.is_same(old));
        let is_kept = |old: &Place| is_at(old, &places.now) || is_at(old, &places.after);
        if from.practice_id == "unknown" || places.last.iter().any(is_kept) {
            return None;
        }
        let far = from.point.zip(now.point);
        let far = far.map_or(String::new(), |(a, b)| {
            format!(
                ", {} km away",
                units::count(distance_km(a, b).round() as i64)
            )
        });
        let since = now
            .starts_on
            .map_or(String::new(), |day| format!(" since {}", month(day)));
        let said = format!(
            "The roster has the referrer at {}{far}{since}, and no longer at {}.",
            now.practice_name, from.practice_name
        );
        let cause = Cause::new("moved", said);
        Some(match now.is_competitors() {
            true => cause.to(now.owner()),
            false => cause,
        })
    }

    /// The referrer's affiliation was another on the day of the last referral or a year before.
    pub(super) fn affiliation_changed(&self, end: &End) -> Option<Cause> {
        let places = self.0.get(&end.npi)?;
        let from = places.referred_from(end)?;
        let at = |day: &'_ [Place]| -> Option<String> {
            let place = Places::same(from, day).or(day.first())?;
            place.affiliation.clone()
        };
        let now = at(&places.now).filter(|now| at(&places.after).as_ref() == Some(now))?;
        let before = [from.affiliation.clone(), at(&places.year_before)];
        let former = before.into_iter().flatten().find(|word| *word != now)?;
        Some(Cause::new(
            "affiliation_changed",
            format!("The referrer's practice was {former} and is {now} now."),
        ))
    }
}

/// The day on which the roster ended the last place of work, where that can be the silence's beginning.
fn left_roster(end: &End) -> Option<Day> {
    let day = given(end.roster_ends_on)?;
    (day.0 >= end.last_on.0 - STALE_DAYS && day <= end.as_of).then_some(day)
}
