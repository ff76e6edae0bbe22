//! Why a referrer has their status, in a sentence, and since when.

use super::referrer_history::History;
use super::screening::Screening;
use crate::base::config::LapseRule;
use crate::base::{Day, Quarter, units};
use crate::stats::trend::least_squares_break;

/// The sentence for a row.
pub(super) fn reason(screening: &Screening<'_>, at: usize) -> String {
    let case = &screening.cases[at];
    let quiet = units::counted(case.silent_days(), "day");
    match screening.statuses[at] {
        "too_few" => {
            let days = case.history.days.len() as i64;
            format!(
                "{} in all, too few to know a rhythm.",
                units::counted(days, "referral day")
            )
        }
        "not_screened" => "No silence is judged: residents, locums, hospitalists and emergency \
                           referrers do not choose for long where they refer."
            .to_string(),
        "lapsed" => lapse(screening, at, &quiet),
        "at_risk" if screening.is_silence(at) => silence(screening, at, &quiet),
        "silent" => format!(
            "{}nothing for {quiet}; too few referrals to rule out chance.",
            usually(screening, at)
        ),
        "reactivated" => match screening.returned(at) {
            Some((_, days)) => format!(
                "Back after {} without a referral.",
                units::counted(days, "day")
            ),
            None => "Back after a long silence.".to_string(),
        },
        "new" => "Began in the last two quarters.".to_string(),
        "at_risk" | "declining" | "growing" => format!(
            "{} in the last two quarters, {} in the same two a year before.",
            units::counted(case.present as i64, "referral"),
            units::count(case.former as i64)
        ),
        _ => format!(
            "{}no change that chance does not explain.",
            usually(screening, at)
        ),
    }
}

/// "Usually every 9 days; ", or nothing where no gap is known.
fn usually(screening: &Screening<'_>, at: usize) -> String {
    match screening.cases[at].typical_gap() {
        Some(gap) => format!(
            "Usually every {}; ",
            units::counted(gap.round().max(1.0) as i64, "day")
        ),
        None => String::new(),
    }
}

fn lapse(screening: &Screening<'_>, at: usize, quiet: &str) -> String {
    match screening.rules.lapsed.rule {
        LapseRule::Gap => silence(screening, at, quiet),
        LapseRule::Days(limit) => format!(
            "{}nothing for {quiet}, by the rule of {}.",
            usually(screening, at),
            units::counted(i64::from(limit), "day")
        ),
    }
}

fn silence(screening: &Screening<'_>, at: usize, quiet: &str) -> String {
    let chance = match screening.gap_p[at] {
        Some(p) => format!("; the chance of that by luck is {}", one_in(p)),
        None => String::new(),
    };
    format!("{}nothing for {quiet}{chance}.", usually(screening, at))
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
pub(super) fn changed_on(screening: &Screening<'_>, at: usize) -> Option<Day> {
    let history = &screening.cases[at].history;
    match screening.statuses[at] {
        "lapsed" | "silent" => history.days.last().map(|d| d.0),
        "at_risk" if screening.is_silence(at) => history.days.last().map(|d| d.0),
        "reactivated" => screening.returned(at).map(|back| back.0),
        "new" => history.days.first().map(|d| d.0),
        "at_risk" | "declining" | "growing" => month_of_change(history, screening.rules.quarter),
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
