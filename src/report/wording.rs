//! Words for people: the heads of columns, days and months. Numbers are written by `base::units`.

use catchment_base::metrics::{self, Unit};
use catchment_base::{Day, Quarter};

/// A day as people write it.
///
/// ```
/// use catchment_base::Day;
/// assert_eq!(catchment_report::wording::day(Day::of(2026, 9, 30).unwrap()), "30 Sep 2026");
/// ```
pub fn day(day: Day) -> String {
    format!(
        "{} {} {}",
        day.day_of_month(),
        month_name(day.month()),
        day.year()
    )
}

/// The month of a text that begins like `2026-07`; a day in it is left out, for papers that leave
/// the office give months. Other texts come back unchanged.
///
/// ```
/// use catchment_report::wording::month;
/// assert_eq!(month("2026-07"), "Jul 2026");
/// assert_eq!(month("2026-07-14"), "Jul 2026");
/// assert_eq!(month("never"), "never");
/// ```
pub fn month(text: &str) -> String {
    month_start(text).map_or_else(
        || text.to_string(),
        |day| format!("{} {}", month_name(day.month()), day.year()),
    )
}

/// The first day of the month that a text begins with: `2026-07` or `2026-07-14`.
pub fn month_start(text: &str) -> Option<Day> {
    let head = text.get(..7)?;
    let rest = text.get(7..)?;
    if !rest.is_empty() && !rest.starts_with('-') {
        return None;
    }
    format!("{head}-01").parse().ok()
}

fn month_name(month: u32) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    MONTHS
        .get((month as usize).wrapping_sub(1))
        .copied()
        .unwrap_or_default()
}

/// A quarter in a table, with a space that does not break: `2026 Q3`. Other texts come back
/// unchanged.
///
/// ```
/// assert_eq!(catchment_report::wording::quarter("2026Q3"), "2026\u{a0}Q3");
/// ```
pub fn quarter(text: &str) -> String {
    match text.parse::<Quarter>() {
        Ok(quarter) => format!("{}\u{a0}Q{}", quarter.year(), quarter.number()),
        Err(_) => text.to_string(),
    }
}

/// The head of a column for people, with its unit where the numbers do not show it.
///
/// ```
/// use catchment_report::wording::head;
/// assert_eq!(head("leakage_by"), "Leakage by");
/// assert_eq!(head("leakage_change_year"), "Leakage, change on a year before");
/// assert_eq!(head("gap_fte"), "Gap FTE");
/// assert_eq!(head("nearest_km"), "Nearest (km)");
/// assert_eq!(head("access"), "Access (per 100,000)");
/// ```
pub fn head(column: &str) -> String {
    if let Some((_, head)) = HEADS.iter().find(|(name, _)| *name == column) {
        return (*head).to_string();
    }
    for (suffix, said) in [
        ("_change_year", "change on a year before"),
        ("_change", "change on the quarter before"),
    ] {
        if let Some(stem) = column.strip_suffix(suffix) {
            return format!("{}, {said}", plain(stem));
        }
    }
    let unit = metrics::find(column)
        .filter(|metric| metric.name == column)
        .map(|m| m.unit);
    let (ending, said) = match unit {
        Some(Unit::Days) => ("_days", "days"),
        Some(Unit::Weeks) => ("_weeks", "weeks"),
        Some(Unit::Km) => ("_km", "km"),
        Some(Unit::CountPerDay) => ("_per_day", "a working day"),
        Some(Unit::CountPerWeek) => ("", "a week"),
        Some(Unit::CountPerQuarter) => ("_per_quarter", "a quarter"),
        Some(Unit::PerThousand) => ("_per_1000", "per 1,000"),
        Some(Unit::PerHundredThousand) => ("", "per 100,000"),
        _ => return plain(column),
    };
    format!(
        "{} ({said})",
        plain(column.strip_suffix(ending).unwrap_or(column))
    )
}

/// Heads that a column's name does not give.
const HEADS: &[(&str, &str)] = &[
    ("n", "Referrals (n)"),
    ("q_3", "3 quarters ago"),
    ("q_2", "2 quarters ago"),
    ("q_1", "Quarter before"),
    ("q_0", "This quarter"),
    ("first_on", "First referral"),
    ("last_on", "Last referral"),
    ("gap_p", "Silence, p"),
    ("gap_q", "Silence, q"),
    ("referring_resolved_share", "Referrer resolved"),
    ("destination_placed_share", "Destination known"),
    ("specialty_known_share", "Specialty known"),
    ("completed_known_share", "Visit known"),
    ("last_complete_on", "Complete up to"),
    ("entry_lag_p95_days", "Entry lag (days)"),
    ("wait_p90_days", "Nine of ten seen (days)"),
    ("median_wait_days", "Median wait (days)"),
    ("weekly_demand", "Demand a week"),
    ("weekly_slots", "Slots a week"),
    ("as_of_on", "As of"),
    ("utilisation_4q", "Utilisation, 4 quarters"),
    ("referring_name", "Referrer"),
    ("practice_name", "Practice"),
    ("organization_name", "Organization"),
    ("destination_name", "Destination"),
    ("receiving_practice_name", "Receiving practice"),
    ("auc", "Area under the curve"),
    ("precision_at_100", "Right of the first 100"),
    ("ties_test", "Began"),
    ("scale_km", "Distance to 1 / e (km)"),
];

/// The head of a column in a table, where the same name counts something else there.
pub fn head_in(table: &str, column: &str) -> String {
    match (table, column) {
        ("backtest", "n") => "Referrers (n)".to_string(),
        ("referrer_cohorts", "n") => "Began (n)".to_string(),
        _ => head(column),
    }
}

/// A name of lower-case words as a phrase: `not_offered` is `Not offered`.
pub fn plain(name: &str) -> String {
    let words: Vec<String> = name
        .split('_')
        .filter(|word| !word.is_empty())
        .enumerate()
        .map(|(at, word)| match word {
            "npi" | "id" | "fte" | "hhi" => word.to_uppercase(),
            "spar" => "SPAR".to_string(),
            _ if at == 0 => capitalised(word),
            _ => word.to_string(),
        })
        .collect();
    words.join(" ")
}

/// The text with its first letter in upper case.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_never_hold_days() {
        assert_eq!(month("2026-13"), "2026-13");
        assert_eq!(month("2026-07x"), "2026-07x");
        assert_eq!(month("é026-07"), "é026-07");
        assert_eq!(month(""), "");
        assert_eq!(month_start("2026-07-14"), Day::of(2026, 7, 1));
    }

    #[test]
    fn names_become_phrases() {
        assert_eq!(plain("practice_id"), "Practice ID");
        assert_eq!(plain("quarantined_bad_npi"), "Quarantined bad NPI");
        assert_eq!(plain(""), "");
        assert_eq!(quarter("2026"), "2026");
        assert_eq!(head("inbound_per_day"), "Inbound (a working day)");
        assert_eq!(head("weekly_slots"), "Slots a week");
        assert_eq!(capitalised("äb"), "Äb");
    }
}
