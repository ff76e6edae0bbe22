//! What each source brought in each quarter and what is known of it: counts with their shares, how
//! late rows come in, and whether the feed fell silent. The method is docs/methods/coverage.md.

use super::context::{Context, Finding, Made};
use crate::base::{Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "coverage",
    marts: &["coverage"],
    make,
};

/// What is known for fewer than this share is thin.
const ENOUGH: f64 = 0.9;
/// Of fewer than so many no share is judged.
const FEW: i64 = 30;

/// The counts in their order: what is promised first, then what stands behind the shares.
const COUNTS: &[&str] = &[
    "rows",
    "referring_resolved",
    "destination_resolved",
    "specialty_known",
    "booked_known",
    "appointment_known",
    "completed_known",
    "report_known",
    "reconstructed",
    "possible_repeats",
    "ambiguous_practice",
];
const BEHIND: &[&str] = &[
    "longest_gap_days",
    "counted",
    "destination_placed",
    "completed",
    "completed_booked",
    "completed_appointment",
    "completed_dated",
    "completed_reported",
];

/// A share: its column, its two counts, and the word for it where it is thin.
struct Share {
    name: &'static str,
    over: &'static str,
    under: &'static str,
    /// None where a low share is no fault of the data: a report need not have been sent.
    word: Option<&'static str>,
}

const fn share(
    name: &'static str,
    over: &'static str,
    under: &'static str,
    word: Option<&'static str>,
) -> Share {
    Share {
        name,
        over,
        under,
        word,
    }
}

/// Every referral has two ends and a specialty; the four days are asked of the completed alone.
const SHARES: &[Share] = &[
    share(
        "referring_resolved_share",
        "referring_resolved",
        "rows",
        Some("referrer"),
    ),
    // Where a destination is placed by its organization, leakage needs no NPI.
    share(
        "destination_resolved_share",
        "destination_resolved",
        "rows",
        None,
    ),
    share(
        "destination_placed_share",
        "destination_placed",
        "rows",
        Some("destination"),
    ),
    share(
        "specialty_known_share",
        "specialty_known",
        "rows",
        Some("specialty"),
    ),
    share(
        "booked_known_share",
        "completed_booked",
        "completed",
        Some("day of booking"),
    ),
    share(
        "appointment_known_share",
        "completed_appointment",
        "completed",
        Some("day of appointment"),
    ),
    share(
        "completed_known_share",
        "completed_dated",
        "completed",
        Some("day of visit"),
    ),
    share(
        "report_known_share",
        "completed_reported",
        "completed",
        None,
    ),
];

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context
        .warehouse
        .read("coverage")?
        .sorted_by(&["source", "quarter"])?;
    let mut out = TableBuilder::new("coverage")
        .text("source", table.texts("source")?)
        .text("quarter", table.texts("quarter")?);
    for name in COUNTS {
        out = out.int(name, table.ints(name)?);
    }
    out = out
        .day("last_complete_on", table.days("last_complete_on")?)
        .int("entry_lag_p95_days", table.ints("entry_lag_p95_days")?)
        .flag("silent", table.flag("silent")?.iter())
        .day("last_on", table.days("last_on")?);
    for name in BEHIND {
        out = out.int(name, table.ints(name)?);
    }
    let mut thin: Vec<Vec<&str>> = vec![Vec::new(); table.rows()];
    for share in SHARES {
        let (over, under) = (table.counts(share.over)?, table.counts(share.under)?);
        let values: Vec<Option<f64>> = over
            .iter()
            .zip(&under)
            .map(|(over, under)| (*under > 0).then(|| *over as f64 / *under as f64))
            .collect();
        for (row, value) in values.iter().enumerate() {
            let is_thin = under[row] >= FEW && value.is_some_and(|v| v < ENOUGH);
            thin[row].extend(share.word.filter(|_| is_thin));
        }
        out = out.real(share.name, values);
    }
    let said = |words: Vec<&str>| (!words.is_empty()).then(|| words.join(", "));
    out.text("thin", thin.into_iter().map(said)).finish()
}
