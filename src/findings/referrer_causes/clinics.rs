//! Our own clinics that closed, or take nobody any more, and who had sent most of their patients there.

use std::collections::BTreeMap;

use super::super::context::Context;
use super::ends::End;
use super::{Cause, given, month};
use crate::base::{Day, Result};

/// A clinic that took nobody from so long before the last referral on is not why it was the last.
const EARLY_DAYS: i32 = 180;
/// Nor one that closed so long after it.
const LATE_DAYS: i32 = 90;
/// A clinic's last referral is at most so many days later than the referrer's.
const TOGETHER_DAYS: i32 = 30;
/// So many gaps between days with a referral, none of them as long as the silence, are a steady flow:
/// one that goes on as before passes them all at most once in forty times.
const LEAST_GAPS: i64 = 39;
/// No shorter silence of a clinic counts, whatever its flow.
const LEAST_SILENCE: i64 = 30;
/// A clinic with fewer referrals than this in the year before shows no halving.
const LEAST_FORMER: i64 = 12;

/// A clinic: practice and specialty.
type Key = (String, String);

#[derive(Debug, Clone, Copy)]
struct Clinic {
    staff_ends_on: Option<Day>,
    closed_to_new_from: Option<Day>,
    slots_end_on: Option<Day>,
    last_on: Day,
    gaps: i64,
    longest_gap: i64,
    /// Referrals of the 400 days up to its last one.
    n_final: i64,
    /// Referrals of the last 90 days, and of the 365 before.
    recent: i64,
    former: i64,
}

/// What a referrer sent to each clinic in the year before the silence.
type Sent = Vec<(Key, i64)>;

/// Our clinics, what each referrer sent there, and the clinics' names.
pub(super) struct Clinics {
    clinics: BTreeMap<Key, Clinic>,
    sent: BTreeMap<String, Sent>,
    names: BTreeMap<String, String>,
}

impl Clinics {
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let sql = "select referring_npi, practice_id, specialty, sum(n) as n from int_referrer_final_year \
             group by referring_npi, practice_id, specialty";
        let table = context.warehouse.ask("clinics of referrers", sql)?;
        let table = table.sorted_by(&["referring_npi", "practice_id", "specialty"])?;
        let (npis, practices) = (table.text("referring_npi")?, table.text("practice_id")?);
        let (specialties, n) = (table.text("specialty")?, table.int("n")?);
        let mut sent: BTreeMap<String, Sent> = BTreeMap::new();
        for row in 0..table.rows() {
            let key = (
                practices.value(row).to_string(),
                specialties.value(row).to_string(),
            );
            let of = sent.entry(npis.value(row).to_string()).or_default();
            of.push((key, n.value(row)));
        }
        let table = context.warehouse.read("int_practices")?;
        let names = table
            .texts("practice_id")?
            .into_iter()
            .zip(table.texts("practice_name")?);
        Ok(Self {
            clinics: read_clinics(context)?,
            sent,
            names: names.filter_map(|(id, name)| id.zip(name)).collect(),
        })
    }

    /// Two thirds of what the referrer sent in the last year went to clinics that have closed since.
    pub(super) fn closed(&self, end: &End) -> Option<Cause> {
        let sent = self.sent.get(&end.npi)?;
        let all: i64 = sent.iter().map(|(_, n)| n).sum();
        let mut closed: Vec<(i64, &Key, &'static str, Day)> = Vec::new();
        for (key, n) in sent {
            let clinic = self.clinics.get(key);
            if let Some((why, day)) = clinic.and_then(|clinic| clinic.closed(end, *n)) {
                closed.push((*n, key, why, day));
            }
        }
        let gone: i64 = closed.iter().map(|row| row.0).sum();
        if gone == 0 || gone * 3 < all * 2 {
            return None;
        }
        // The one that had the most; of equals the first by its key.
        let most = closed.iter().map(|row| row.0).max()?;
        let (_, key, why, day) = closed.iter().find(|row| row.0 == most)?;
        let name = self
            .names
            .get(&key.0)
            .map_or(key.0.as_str(), String::as_str);
        let said = format!(
            "{} at {name}, where most of the referrals went, {why} {}.",
            key.1,
            month(*day)
        );
        Some(Cause::new("clinic_closed", said))
    }
}

impl Clinic {
    /// Why and since when the clinic takes nobody, where that can have ended these referrals.
    fn closed(&self, end: &End, own: i64) -> Option<(&'static str, Day)> {
        let fits =
            |day: &Day| day.0 >= end.last_on.0 - EARLY_DAYS && day.0 <= end.last_on.0 + LATE_DAYS;
        if let Some(day) = self.staff_ends_on.filter(fits) {
            return Some(("has had no provider since", day));
        }
        if let Some(day) = self.slots_end_on.filter(fits) {
            return Some(("has had no slots since", day));
        }
        if let Some(day) = given(self.closed_to_new_from).filter(fits) {
            return Some(("has taken no new patients since", day));
        }
        // Where the roster does not say since when, the flow must have halved at least.
        let is_halved = self.former >= LEAST_FORMER && self.recent * 365 * 2 <= self.former * 90;
        let is_undated =
            self.closed_to_new_from.is_some() && given(self.closed_to_new_from).is_none();
        if is_undated && is_halved {
            return Some((
                "takes no new patients; referrals there have halved since",
                end.last_on,
            ));
        }
        let silence = i64::from(end.seen_to.0 - self.last_on.0);
        let is_steady = self.gaps >= LEAST_GAPS && own * 3 <= self.n_final;
        let is_empty = silence > self.longest_gap.max(LEAST_SILENCE)
            && self.last_on.0 <= end.last_on.0 + TOGETHER_DAYS;
        (is_steady && is_empty).then_some(("has received nobody's referrals since", self.last_on))
    }
}

fn read_clinics(context: &Context<'_>) -> Result<BTreeMap<Key, Clinic>> {
    let table = context.warehouse.read("int_clinic_ends")?;
    let (practices, specialties) = (table.texts("practice_id")?, table.texts("specialty")?);
    let (staff, closed) = (
        table.days("staff_ends_on")?,
        table.days("closed_to_new_from")?,
    );
    let (slots, last) = (table.days("slots_end_on")?, table.day("last_on")?);
    let (gaps, longest) = (table.counts("gaps")?, table.ints("longest_gap_days")?);
    let n_final = table.counts("n_final")?;
    let (recent, former) = (table.counts("n_recent")?, table.counts("n_former")?);
    let keys = practices.into_iter().zip(specialties).enumerate();
    let clinics = keys.filter_map(|(row, (practice, specialty))| {
        let clinic = Clinic {
            staff_ends_on: staff[row],
            closed_to_new_from: closed[row],
            slots_end_on: slots[row],
            last_on: Day(last.value(row)),
            gaps: gaps[row],
            longest_gap: longest[row].unwrap_or(0),
            n_final: n_final[row],
            recent: recent[row],
            former: former[row],
        };
        Some((practice.zip(specialty)?, clinic))
    });
    Ok(clinics.collect())
}
