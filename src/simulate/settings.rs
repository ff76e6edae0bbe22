//! What the user may ask of a simulation, and what it says when it is done.

use std::path::PathBuf;

use catchment_base::{Day, Error, Quarter, Result};

/// What to simulate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The state's two letters, as the shipped list of places writes them.
    pub state: String,
    /// How many quarters of referrals to write; the last one is `last_quarter`.
    pub quarters: u32,
    /// How many primary care providers refer.
    pub pcps: u32,
    /// So many times as many referrals from everybody. At 1 the median is 17 orders a quarter of a
    /// primary care provider of our own, and 3 referrals to us of another.
    pub volume: u32,
    /// The seed: the same seed gives the same bytes.
    pub seed: u64,
    /// Whether the exports are dirty; `truth/mess.csv` counts what was done to them.
    pub mess: bool,
    /// One export of the latest state of every referral, instead of one a quarter.
    pub one_export: bool,
    /// The last quarter; its last day is the day of the last export.
    pub last_quarter: Quarter,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            state: "NM".to_string(),
            quarters: 12,
            pcps: 400,
            volume: 1,
            seed: 1,
            mess: false,
            one_export: false,
            last_quarter: Quarter::of(2026, 3),
        }
    }
}

impl Settings {
    /// The first quarter with referrals.
    pub fn first_quarter(&self) -> Quarter {
        self.last_quarter.plus(1 - self.quarters as i32)
    }

    /// The first day with referrals.
    pub fn first_day(&self) -> Day {
        self.first_quarter().first_day()
    }

    /// The day of the last export.
    pub fn last_day(&self) -> Day {
        self.last_quarter.last_day()
    }

    /// Refuses what can't be simulated.
    ///
    /// # Errors
    /// A usage error where a number is out of its range.
    pub fn check(&self) -> Result<()> {
        let whole = |what: &str, number: u32, least: u32, most: u32| {
            if (least..=most).contains(&number) {
                Ok(())
            } else {
                let range = format!("give a number from {least} to {most}");
                Err(Error::usage(format!("{number} {what} can't be simulated")).help(range))
            }
        };
        whole("quarters", self.quarters, 1, 80)?;
        whole("primary care providers", self.pcps, 20, 1_000_000)?;
        whole("times the referrals", self.volume, 1, 100)
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Distinct referrals.
    pub referrals: u64,
    /// Rows of the referral exports: a referral has one in every export in which it is new or
    /// changed (and what `mess` adds). What another layout's exports hold beside referrals, such
    /// as prior authorisations, is not among them.
    pub rows: u64,
    /// Every file, in the order of writing.
    pub files: Vec<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_ends_with_the_third_quarter_of_2026() {
        let settings = Settings::default();
        assert_eq!(settings.first_day().to_string(), "2023-10-01");
        assert_eq!(settings.last_day().to_string(), "2026-09-30");
        assert!(settings.check().is_ok());
    }

    #[test]
    fn refuses_numbers_out_of_range() {
        let wrong = [
            (0, 400, 1),
            (81, 400, 1),
            (12, 19, 1),
            (12, 400, 0),
            (12, 400, 101),
        ];
        for (quarters, pcps, volume) in wrong {
            let settings = Settings {
                quarters,
                pcps,
                volume,
                ..Settings::default()
            };
            assert_eq!(settings.check().map_err(|e| e.exit_code()), Err(2));
        }
    }
}
