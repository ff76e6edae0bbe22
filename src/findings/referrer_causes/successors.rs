//! New numbers and names that take up an old referrer's ties: one person under two identities.

use std::collections::BTreeMap;

use super::super::context::Context;
use super::ends::End;
use super::{Cause, month};
use crate::base::{Day, Result};
use crate::identity::Agreement;
use crate::identity::agreement;

/// Fewer referrals than this show no ties.
const LEAST: i64 = 3;
/// Fewer than this show none that speak for a changed last name.
const LEAST_RENAMED: i64 = 5;
/// Whom the roster has had for longer than this before the old one's last referral is another person.
const TOGETHER_DAYS: i32 = 60;

/// Who began to refer from the same practice at about the time of a referrer's last referral.
#[derive(Debug, Clone)]
struct Successor {
    npi: Option<String>,
    name: String,
    specialty: String,
    first_on: Day,
    n: i64,
    /// Referrals to providers, and in specialties, that the old one used.
    same_provider: i64,
    same_specialty: i64,
    roster_starts_on: Option<Day>,
}

/// Those of each referrer, by NPI.
pub(super) struct Successors(BTreeMap<String, Vec<Successor>>);

impl Successors {
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let table = context
            .warehouse
            .read("int_referrer_successors")?
            .sorted_by(&["referring_npi", "successor_key"])?;
        let (npis, names) = (table.text("referring_npi")?, table.text("successor_name")?);
        let successor_npis = table.texts("successor_npi")?;
        let (specialties, first) = (table.text("successor_specialty")?, table.day("first_on")?);
        let n = table.counts("n")?;
        let (providers, shared) = (
            table.counts("n_same_provider")?,
            table.counts("n_same_specialty")?,
        );
        let starts = table.days("roster_starts_on")?;
        let mut all: BTreeMap<String, Vec<Successor>> = BTreeMap::new();
        for (row, npi) in successor_npis.into_iter().enumerate() {
            all.entry(npis.value(row).to_string())
                .or_default()
                .push(Successor {
                    npi,
                    name: names.value(row).to_string(),
                    specialty: specialties.value(row).to_string(),
                    first_on: Day(first.value(row)),
                    n: n[row],
                    same_provider: providers[row],
                    same_specialty: shared[row],
                    roster_starts_on: starts[row],
                });
        }
        Ok(Self(all))
    }

    /// Somebody who can be the same person took the ties up; of several the one with most of them.
    pub(super) fn id_changed(&self, end: &End) -> Option<Cause> {
        let fitting = self.0.get(&end.npi)?.iter().filter(|s| s.is_same(end));
        let mut best: Option<&Successor> = None;
        for successor in fitting {
            if best.is_none_or(|best| successor.same_provider > best.same_provider) {
                best = Some(successor);
            }
        }
        let successor = best?;
        let since = month(successor.first_on);
        let said = match &successor.npi {
            Some(npi) => format!(
                "{} has taken up the same ties from the same practice under NPI {npi} since {since}.",
                successor.name
            ),
            None => format!(
                "'{}', a name without an NPI, has taken up the same ties from the same practice since {since}.",
                successor.name
            ),
        };
        Some(Cause::new("id_changed", said))
    }
}

impl Successor {
    fn is_same(&self, end: &End) -> bool {
        // An open beginning is the roster's word too: both have been there all the time.
        let is_colleague = self
            .roster_starts_on
            .is_some_and(|day| day.0 < end.last_on.0 - TOGETHER_DAYS);
        if is_colleague {
            return false;
        }
        match agreement(&end.name, &self.name) {
            Agreement::OnePerson => {
                let is_tied =
                    self.same_provider * 2 >= self.n || self.same_specialty * 5 >= self.n * 4;
                self.n >= LEAST && is_tied
            }
            Agreement::GivenNameAlone => {
                self.n >= LEAST_RENAMED
                    && self.same_provider * 5 >= self.n * 4
                    && self.specialty == end.specialty
                    && self.specialty != "Unknown"
            }
            Agreement::None => false,
        }
    }
}
