//! The list of referrers as it was made at the end of a past quarter, from what was known then.

use super::context::Context;
use super::referrers::{listed, screen};
use crate::base::{Quarter, Result, Table};

const DAYS_A_WEEK: f64 = 7.0;

/// A referrer as judged then.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stood {
    pub referring_npi: String,
    pub practice_id: String,
    pub status: &'static str,
    /// The chance that nothing comes in the two quarters after.
    pub p_quiet: f64,
    pub days_silent: i64,
    /// Weeks of further silence after which it would be a lapse.
    pub weeks_to_lapse: f64,
}

/// What was known and judged at the end of a past quarter.
#[derive(Debug, Clone)]
pub struct Standing {
    pub(super) quarter: Quarter,
    /// Everyone whose silence could be judged, and who they are, row by row.
    pub(super) referrers: Vec<Stood>,
    pub(super) who: Table,
    /// The referrals known, and those of them walked back from a later version.
    pub(super) referrals: i64,
    pub(super) reconstructed: i64,
}

impl Standing {
    /// The marts that it needs.
    pub const MARTS: &'static [&'static str] = super::referrers::MARTS;

    /// Judges everyone as of the context's quarter.
    pub fn take(context: &Context<'_>) -> Result<Self> {
        let listed = listed(context)?;
        let screening = screen(context, &listed)?;
        let span = context.warehouse.read("int_referral_span")?;
        let count = |column: &str| -> Result<i64> {
            Ok(span.ints(column)?.first().copied().flatten().unwrap_or(0))
        };
        let (npis, practices) = (listed.text("referring_npi")?, listed.text("practice_id")?);
        let stood = |row: usize| {
            Some(Stood {
                referring_npi: npis.value(row).to_string(),
                practice_id: practices.value(row).to_string(),
                status: screening.statuses[row],
                p_quiet: screening.p_quiet[row]?,
                days_silent: screening.cases[row].silent_days(),
                weeks_to_lapse: screening.days_to_lapse(row)?.max(0.0) / DAYS_A_WEEK,
            })
        };
        let judged = (0..listed.rows()).filter_map(|row| Some((row, stood(row)?)));
        let (rows, referrers): (Vec<usize>, Vec<Stood>) = judged.unzip();
        Ok(Self {
            quarter: context.quarter,
            referrers,
            who: listed.pick(&rows)?,
            referrals: count("referrals")?,
            reconstructed: count("reconstructed")?,
        })
    }

    /// Whether at least four fifths of the referrals are known as they stood then.
    pub(super) fn as_known(&self) -> bool {
        5 * self.reconstructed <= self.referrals
    }
}
