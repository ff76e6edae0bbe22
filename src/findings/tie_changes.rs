//! How ties stand against a year before: the last two quarters beside the same two of the year
//! before, so that seasons match and no quarter is in both.

use std::collections::BTreeMap;

use super::context::Context;
use crate::base::{Day, Quarter, Result, Table, calendar};
use crate::stats::comparisons::{Change, poisson_rate_ratio};
use crate::stats::multiplicity::q_values;

/// The mart behind it.
pub(super) const MART: &str = "int_tie_windows";

/// A change whose q is below this is clear.
const SIGNIFICANT: f64 = 0.05;

/// What became of a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing in four quarters, and something since.
    Gained,
    /// Something a year before, nothing now.
    Lost,
    /// In both, and clearly more now.
    Strengthened,
    /// In both, and clearly less now.
    Weakened,
    /// No clear change.
    Unchanged,
    /// A source of the tie began too late, or has fallen silent.
    NotObserved,
}

impl Kind {
    /// The word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Gained => "gained",
            Kind::Lost => "lost",
            Kind::Strengthened => "strengthened",
            Kind::Weakened => "weakened",
            Kind::Unchanged => "unchanged",
            Kind::NotObserved => "not_observed",
        }
    }

    /// Whether it says that something changed.
    pub(super) fn is_change(self) -> bool {
        !matches!(self, Kind::Unchanged | Kind::NotObserved)
    }
}

/// A tie's referrals by pair of quarters, as far as they were observed.
struct Window {
    now: u64,
    between: u64,
    before: u64,
    /// The day from which its sources tell, no later than the quarters of a year before; none where
    /// the tie was not observed.
    from: Option<Day>,
}

/// What became of every tie of six quarters.
pub(super) struct TieChanges {
    /// The ties, sorted by both ends.
    pub(super) windows: Table,
    kinds: Vec<Kind>,
    /// Of each tie the place of its ratio in the list of all that occur.
    ratio_of: Vec<Option<u32>>,
    ratios: Vec<Change>,
    q: Vec<Option<f64>>,
}

impl TieChanges {
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let windows = context
            .warehouse
            .read(MART)?
            .sorted_by(&["npi_from", "npi_to"])?;
        let quarter = context.quarter;
        let ties = windows_of(&windows, quarter)?;
        let (ratio_of, ratios) = ratios(&ties, quarter);
        let change = |row: usize| ratio_of[row].map(|at| ratios[at as usize]);
        // Whether a tie that is in one pair of quarters alone changed is no question of more or less.
        let in_both = |row: usize| ties[row].now > 0 && ties[row].before > 0;
        let tested = |row: usize| change(row).filter(|_| in_both(row)).map(|c| c.p);
        let p: Vec<Option<f64>> = (0..ties.len()).map(tested).collect();
        let q = q_values(&p);
        let kinds = ties
            .iter()
            .enumerate()
            .map(|(row, tie)| kind(tie, change(row), q[row]));
        Ok(Self {
            kinds: kinds.collect(),
            windows,
            ratio_of,
            ratios,
            q,
        })
    }

    pub(super) fn kind(&self, row: usize) -> Kind {
        self.kinds[row]
    }

    /// The ratio of rates a working day; none where the tie was not observed.
    pub(super) fn ratio(&self, row: usize) -> Option<Change> {
        self.ratio_of[row].map(|at| self.ratios[at as usize])
    }

    /// The q-value over the ties that are in both pairs of quarters.
    pub(super) fn q(&self, row: usize) -> Option<f64> {
        self.q[row]
    }

    /// The rows with a referral in the last four quarters: those of the network.
    pub(super) fn rows_of_network(&self) -> Result<Vec<usize>> {
        let now = self.windows.counts("referrals_now")?;
        let between = self.windows.counts("referrals_between")?;
        Ok((0..now.len())
            .filter(|row| now[*row] + between[*row] > 0)
            .collect())
    }
}

fn windows_of(table: &Table, quarter: Quarter) -> Result<Vec<Window>> {
    let [now, between, before] =
        ["now", "between", "before"].map(|name| table.counts(&format!("referrals_{name}")));
    let (now, between, before) = (now?, between?, before?);
    let (from, silent) = (table.days("observed_from")?, table.flag("silent")?);
    let count = |n: i64| n.max(0) as u64;
    // A source that begins later has not seen whether the tie was there a year before.
    let latest = quarter.plus(-5).last_day();
    Ok((0..table.rows())
        .map(|row| Window {
            now: count(now[row]),
            between: count(between[row]),
            before: count(before[row]),
            from: from[row].filter(|from| *from <= latest && !silent.value(row)),
        })
        .collect())
}

/// The ratio of every observed tie, each that occurs reckoned once.
fn ratios(ties: &[Window], quarter: Quarter) -> (Vec<Option<u32>>, Vec<Change>) {
    let working_days = |first: Day, last: Day| calendar::working_days(first, last) as f64;
    let now_days = working_days(quarter.plus(-1).first_day(), quarter.last_day());
    let (first, last) = (quarter.plus(-5).first_day(), quarter.plus(-4).last_day());
    let mut known: BTreeMap<(u64, u64, Day), Option<u32>> = BTreeMap::new();
    let mut ratios = Vec::new();
    let ratio_of = ties
        .iter()
        .map(|tie| {
            let from = tie.from?.max(first);
            *known.entry((tie.now, tie.before, from)).or_insert_with(|| {
                let before_days = working_days(from, last);
                let ratio = poisson_rate_ratio(tie.now, now_days, tie.before, before_days)?;
                ratios.push(ratio);
                Some(ratios.len() as u32 - 1)
            })
        })
        .collect();
    (ratio_of, ratios)
}

/// What became of a tie, the first that fits.
fn kind(tie: &Window, ratio: Option<Change>, q: Option<f64>) -> Kind {
    let is_clear = q.is_some_and(|q| q < SIGNIFICANT);
    match (tie.from, ratio) {
        (None, _) => Kind::NotObserved,
        (_, None) => Kind::Unchanged,
        _ if tie.now == 0 => Kind::Lost,
        _ if tie.before + tie.between == 0 => Kind::Gained,
        (_, Some(ratio)) if is_clear && ratio.estimate > 1.0 => Kind::Strengthened,
        (_, Some(_)) if is_clear => Kind::Weakened,
        _ => Kind::Unchanged,
    }
}
