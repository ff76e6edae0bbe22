//! Why a referrer is silent, as far as the data tell: each cause with its evidence in a sentence, the
//! first that fits. The method is docs/methods/referrers.md, "Causes". Whether somebody is silent is
//! for the caller to say.

mod clinics;
mod diversions;
mod ends;
mod payers;
mod standings;
mod successors;

use std::collections::BTreeMap;

use super::context::Context;
use crate::base::{Day, Result};
use clinics::Clinics;
use diversions::Diversions;
use ends::End;
use payers::Payers;
use standings::Standings;
use successors::Successors;

/// The marts that causes are read from.
pub(super) const MARTS: [&str; 9] = [
    "int_clinic_ends",
    "int_payer_arrivals",
    "int_practices",
    "int_referrer_activity",
    "int_referrer_diversions",
    "int_referrer_ends",
    "int_referrer_final_year",
    "int_referrer_standings",
    "int_referrer_successors",
];

/// Why somebody is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause {
    /// The cause's word.
    pub word: &'static str,
    /// Who receives now what came to us, where it is known.
    pub switched_to: Option<String>,
    /// What says so, in a sentence without days of care.
    pub evidence: String,
}

impl Cause {
    fn new(word: &'static str, evidence: String) -> Self {
        Self {
            word,
            switched_to: None,
            evidence,
        }
    }

    fn to(mut self, whom: &str) -> Self {
        self.switched_to = Some(whom.to_string());
        self
    }
}

/// What explains the silence of each referrer, should they be silent.
pub(super) struct Causes(BTreeMap<String, Cause>);

impl Causes {
    /// Reads the evidence and settles the cause of everyone for whom there is one.
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let ends = End::read(context)?;
        let evidence = Evidence {
            successors: Successors::read(context)?,
            standings: Standings::read(context)?,
            clinics: Clinics::read(context)?,
            diversions: Diversions::read(context)?,
            payers: Payers::read(context)?,
        };
        let causes = ends.into_iter().filter_map(|end| {
            let cause = evidence.cause(&end)?;
            Some((end.npi, cause))
        });
        Ok(Self(causes.collect()))
    }

    /// The cause; none where nothing explains the silence.
    pub(super) fn of(&self, referring_npi: &str) -> Option<&Cause> {
        self.0.get(referring_npi)
    }
}

struct Evidence {
    successors: Successors,
    standings: Standings,
    clinics: Clinics,
    diversions: Diversions,
    payers: Payers,
}

impl Evidence {
    /// The first that fits.
    fn cause(&self, end: &End) -> Option<Cause> {
        let diversion = self.diversions.of(&end.npi);
        let first = self
            .successors
            .id_changed(end)
            .or_else(|| self.standings.retired(end))
            .or_else(|| self.clinics.closed(end))
            .or_else(|| self.standings.acquired(end))
            .or_else(|| self.standings.moved(end))
            .or_else(|| self.standings.affiliation_changed(end))
            .or_else(|| diversion.map(|to| to.switched()))
            .or_else(|| self.payers.left(end));
        let mut cause = first?;
        let goes_on = !["id_changed", "retired"].contains(&cause.word);
        if cause.switched_to.is_none() && goes_on {
            cause.switched_to = diversion.map(|to| to.name.clone());
        }
        Some(cause)
    }
}

/// "May 2026".
pub(super) fn month(day: Day) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    format!("{} {}", MONTHS[(day.month() - 1) as usize], day.year())
}

/// Open ends are written out in marts; a day that a file gives lies between them.
fn given(day: Option<Day>) -> Option<Day> {
    day.filter(|day| Day::of(1900, 1, 1) < Some(*day) && Some(*day) < Day::of(2999, 12, 31))
}
