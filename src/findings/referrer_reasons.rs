//! Why a referrer has their status, in a sentence, and since when.

use super::referrer_history::History;
use crate::base::{Day, Quarter, units};
use crate::stats::trend::least_squares_break;

/// What a sentence needs to know.
pub(super) struct Facts<'a> {
    pub status: &'a str,
    pub history: &'a History,
    pub typical_gap: Option<f64>,
    pub days_silent: i64,
    /// The silence after which the referrer came back, in days.
    pub returned_after: Option<i64>,
    pub gap_p: Option<f64>,
    /// Whether the silence is what makes the referrer doubtful, not the pace alone.
    pub is_silence: bool,
    /// Referrals in the last two quarters and in the same two a year before.
    pub present: u64,
    pub former: u64,
}

/// The sentence for the row.
pub(super) fn reason(facts: &Facts<'_>) -> String {
    let quiet = units::counted(facts.days_silent, "day");
    match facts.status {
        "too_few" => {
            let days = facts.history.days.len() as i64;
            format!(
                "{} in all, too few to know a rhythm.",
                units::counted(days, "referral day")
            )
        }
        "lapsed" => silence(facts, &quiet),
        "at_risk" if facts.is_silence => silence(facts, &quiet),
        "silent" => format!(
            "{}nothing for {quiet}; too few referrals to rule out chance.",
            usually(facts)
        ),
        "reactivated" => match facts.returned_after {
            Some(days) => format!(
                "Back after {} without a referral.",
                units::counted(days, "day")
            ),
            None => "Back after a long silence.".to_string(),
        },
        "new" => "Began in the last two quarters.".to_string(),
        "at_risk" | "declining" | "growing" => pace(facts),
        _ => format!("{}no change that chance does not explain.", usually(facts)),
    }
}

/// "Usually every 9 days; ", or nothing where no gap is known.
fn usually(facts: &Facts<'_>) -> String {
    match facts.typical_gap {
        Some(gap) => format!(
            "Usually every {}; ",
            units::counted(gap.round().max(1.0) as i64, "day")
        ),
        None => String::new(),
    }
}

fn silence(facts: &Facts<'_>, quiet: &str) -> String {
    let chance = match facts.gap_p {
        Some(p) => format!("; the chance of that by luck is {}", one_in(p)),
        None => String::new(),
    };
    format!("{}nothing for {quiet}{chance}.", usually(facts))
}

fn pace(facts: &Facts<'_>) -> String {
    format!(
        "{} in the last two quarters, {} in the same two a year before.",
        units::counted(facts.present as i64, "referral"),
        units::count(facts.former as i64)
    )
}

/// "1 in 3,000": two figures are all that a chance is good for.
fn one_in(p: f64) -> String {
    if p < 1e-6 {
        return "under 1 in a million".to_string();
    }
    let times = (1.0 / p).max(1.0);
    let scale = 10f64.powf(times.log10().floor() - 1.0).max(1.0);
    format!(
        "1 in {}",
        units::count(((times / scale).round() * scale) as i64)
    )
}

/// Since when the status holds, as far as the days tell: the last referral of those who are quiet, the
/// first of those who are new or back, the month from which another pace fits best for those whose
/// pace changed; nothing otherwise. It describes and tests nothing.
pub(super) fn changed_on(
    facts: &Facts<'_>,
    returned_on: Option<Day>,
    quarter: Quarter,
) -> Option<Day> {
    match facts.status {
        "lapsed" | "silent" => facts.history.days.last().map(|d| d.0),
        "at_risk" if facts.is_silence => facts.history.days.last().map(|d| d.0),
        "reactivated" => returned_on,
        "new" => facts.history.days.first().map(|d| d.0),
        "at_risk" | "declining" | "growing" => month_of_change(facts.history, quarter),
        _ => None,
    }
}

/// The first day of the month from which the referrals of the last eight quarters have another mean.
fn month_of_change(history: &History, quarter: Quarter) -> Option<Day> {
    let firsts: Vec<Day> = (0..8)
        .rev()
        .flat_map(|back| months_of(quarter.plus(-back)))
        .collect();
    let counts: Vec<f64> = firsts
        .iter()
        .enumerate()
        .map(|(at, first)| {
            let next = firsts.get(at + 1).copied();
            let last = next.map_or(quarter.last_day(), |next| next.plus(-1));
            history.referrals(*first, last) as f64
        })
        .collect();
    let cut = least_squares_break(&counts)?;
    firsts.get(cut.before).copied()
}

/// The first days of the three months of a quarter.
fn months_of(quarter: Quarter) -> [Day; 3] {
    let first = quarter.first_day();
    let next = |day: Day| {
        let within = day.plus(31);
        within.plus(1 - within.day_of_month() as i32)
    };
    let second = next(first);
    [first, second, next(second)]
}
