//! By what a silence counts as a lapse: the referrer's own rhythm, or a plain number of days.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::error::Error;

/// When a referrer counts as lapsed.
///
/// ```
/// use catchment_base::config::LapseRule;
/// assert_eq!("gap".parse::<LapseRule>().unwrap(), LapseRule::Gap);
/// let days: LapseRule = "days=90".parse().unwrap();
/// assert_eq!((days, days.to_string()), (LapseRule::Days(90), "days=90".to_string()));
/// assert!("days=0".parse::<LapseRule>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LapseRule {
    /// Where the silence is more than chance, given the referrer's own rhythm.
    #[default]
    Gap,
    /// After so many days without a referral, whoever it is.
    Days(u32),
}

/// About ten years; nobody counts longer.
const MOST_DAYS: u32 = 3660;

impl fmt::Display for LapseRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gap => f.write_str("gap"),
            Self::Days(days) => write!(f, "days={days}"),
        }
    }
}

impl FromStr for LapseRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let folded = text.trim().to_ascii_lowercase();
        if folded == "gap" {
            return Ok(Self::Gap);
        }
        let days = folded
            .strip_prefix("days=")
            .and_then(|days| days.trim().parse().ok())
            .filter(|days| (1..=MOST_DAYS).contains(days));
        days.map(Self::Days).ok_or_else(|| {
            Error::usage(format!("'{text}' is no rule for lapses")).help(format!(
                "expected gap (the referrer's own rhythm), or days=90 (so many days without a referral, 1 to \
                 {MOST_DAYS})"
            ))
        })
    }
}

impl Serialize for LapseRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
