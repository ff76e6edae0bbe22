//! How charts say things: changes that are clear and those that are not, days, intervals, lists of
//! what a footer holds. Numbers are written by `base::units`.

use catchment_base::{Day, Quarter, units};

/// Under so many cases a rate is drawn hollow and not ranked.
pub(crate) const FEW: i64 = 30;

/// What stands wherever destinations of aligned referrers are shown (42 CFR 411.354(d)(4)).
pub(crate) const NOBODY: &str = "The patient’s preference, the insurer’s choice and the physician’s \
                                 judgement are reasons that nobody should change.";

/// Above this share of unknown destinations counts and bounds are said, and nothing is ranked.
pub(crate) const UNKNOWN: f64 = 0.10;

/// Level below which a q-value counts.
const LEVEL: f64 = 0.05;

/// The length of an alternative text, in characters.
const ALT: usize = 250;

/// What may be said of a change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Change {
    /// The table has none.
    Missing,
    /// Its interval holds no change, or its q-value is 0.05 or more.
    Unclear,
    /// It is this.
    Clear(f64),
}

impl Change {
    /// Judges a change with its interval and q-value; `none` is the value of no change: 0 for a
    /// difference, 1 for a ratio. Without an interval nothing is clear. Summary rows have no
    /// q-value, being outside the family, and are judged by the interval alone.
    pub(crate) fn judge(value: Option<f64>, interval: Interval, q: Option<f64>, none: f64) -> Self {
        match (value, interval) {
            (None, _) => Self::Missing,
            (Some(value), Some((low, high)))
                if (low > none || high < none) && q.is_none_or(|q| q < LEVEL) =>
            {
                Self::Clear(value)
            }
            _ => Self::Unclear,
        }
    }

    /// The change in words, `clear` writing one that is clear.
    pub(crate) fn words(self, clear: impl Fn(f64) -> String) -> String {
        match self {
            Self::Missing => "–".to_string(),
            Self::Unclear => "no clear change".to_string(),
            Self::Clear(value) => clear(value),
        }
    }
}

/// The ends of an interval, where both are known.
pub(crate) type Interval = Option<(f64, f64)>;

/// An interval in brackets: `38.0 % to 44.5 %`.
pub(crate) fn interval(ends: (f64, f64), write: impl Fn(f64) -> String) -> String {
    format!("{} to {}", write(ends.0), write(ends.1))
}

/// The cases that a share is of, from the part and its share; none where they are not known.
pub(crate) fn whole(part: Option<i64>, share: Option<f64>) -> Option<i64> {
    let (part, share) = part.zip(share.filter(|share| *share > 0.0))?;
    Some((part as f64 / share).round() as i64)
}

/// A share with one decimal.
pub(crate) fn share(value: f64) -> String {
    units::percent(value, 1)
}

/// A share with its interval: `41.2 % (38.0–44.5 %)`.
pub(crate) fn estimate(value: f64, ends: Interval) -> String {
    match ends {
        Some((low, high)) => {
            let low = units::real(low * 100.0, 1);
            format!("{} ({low}–{})", share(value), share(high))
        }
        None => share(value),
    }
}

/// A number with one decimal, or none where it is whole.
pub(crate) fn short(value: f64) -> String {
    let one = units::real(value, 1);
    one.strip_suffix(".0").map_or(one.clone(), str::to_string)
}

/// A count with its noun in the right number.
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", units::count(number as i64))
}

/// A day as people write it: `30 Sep 2026`.
pub(crate) fn day(day: Day) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = MONTHS.get(day.month() as usize - 1).unwrap_or(&"");
    format!("{} {month} {}", day.day_of_month(), day.year())
}

/// A quarter that no line break parts: `2026 Q3`.
pub(crate) fn quarter(quarter: Quarter) -> String {
    format!("{}\u{a0}Q{}", quarter.year(), quarter.number())
}

/// The text, cut to the length of an alternative text.
pub(crate) fn alt(text: &str) -> String {
    if text.chars().count() <= ALT {
        return text.to_string();
    }
    let kept: String = text.chars().take(ALT - 1).collect();
    let end = kept.rfind(' ').unwrap_or(kept.len());
    format!("{}…", kept.get(..end).unwrap_or(&kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_clear_is_said() {
        let judge = |value, interval, q| Change::judge(value, interval, q, 0.0);
        assert_eq!(
            judge(Some(0.06), Some((0.01, 0.1)), Some(0.01)),
            Change::Clear(0.06)
        );
        assert_eq!(
            judge(Some(0.06), Some((0.01, 0.1)), None),
            Change::Clear(0.06)
        );
        assert_eq!(
            judge(Some(0.06), Some((0.01, 0.1)), Some(0.05)),
            Change::Unclear
        );
        assert_eq!(
            judge(Some(0.06), Some((0.0, 0.1)), Some(0.01)),
            Change::Unclear
        );
        assert_eq!(judge(Some(0.06), None, Some(0.01)), Change::Unclear);
        assert_eq!(judge(None, None, None), Change::Missing);
        assert_eq!(
            Change::judge(Some(0.9), Some((0.8, 0.99)), None, 1.0),
            Change::Clear(0.9)
        );
    }

    #[test]
    fn days_counts_and_long_texts() {
        assert_eq!(day(Day::of(2026, 9, 30).unwrap()), "30 Sep 2026");
        assert_eq!(counted(1, "county", "counties"), "1 county");
        assert_eq!(counted(1200, "county", "counties"), "1,200 counties");
        assert_eq!(short(12.0), "12");
        let ends = Some((0.38, 0.445));
        assert_eq!(estimate(0.412, ends), "41.2\u{202f}% (38.0–44.5\u{202f}%)");
        assert_eq!(estimate(0.412, None), "41.2\u{202f}%");
        assert_eq!(short(12.34), "12.3");
        assert_eq!(whole(Some(12), Some(0.25)), Some(48));
        assert_eq!(
            (whole(Some(0), Some(0.0)), whole(None, Some(0.5))),
            (None, None)
        );
        let long = alt(&"word ".repeat(80));
        assert!(long.chars().count() <= ALT && long.ends_with("word…"));
    }
}
