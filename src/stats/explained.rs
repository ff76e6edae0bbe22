//! The change of a leakage taken apart, exactly: what came from other rates, another mix, referrers
//! who came and went, other affiliations and other feeds.
//!
//! The parts say where a change arose, not why, and they carry no interval; whether there is a
//! change at all is for [`crate::changes::share_change`] to say. Which feeds stand in both periods
//! and how a referral would count under fixed affiliations is the caller's to find out.

use std::collections::BTreeMap;

/// Millionths of a percentage point in a whole: every amount here is counted in them.
pub const WHOLE: i64 = 100_000_000;

/// Referrals that count and those of them that leaked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Leaked referrals; more than `n` count as `n`.
    pub leaked: u64,
    /// Eligible referrals.
    pub n: u64,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.leaked += other.leaked.min(other.n);
        self.n += other.n;
    }

    /// The leakage as a fraction; `None` without referrals.
    fn rate(self) -> Option<f64> {
        (self.n > 0).then(|| self.leaked as f64 / self.n as f64)
    }

    /// The leakage in whole millionths of a point, a half rounded up; `None` without referrals.
    fn millionths(self) -> Option<i64> {
        let n = i128::from(self.n);
        let twice = 2 * i128::from(WHOLE) * i128::from(self.leaked) + n;
        // A leakage is at most WHOLE, so the quotient is no larger than that.
        (n > 0).then(|| (twice / (2 * n)) as i64)
    }
}

/// The referrals of one period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// As they are counted: by the affiliations of each referral's own day.
    pub counted: Counts,
    /// The same referrals by the affiliations of one day for both periods, the last of the earlier
    /// period: who was not aligned then is left out here, who was aligned then only is here only,
    /// and a destination that has come inside since then counts as outside. Equal to `counted` where
    /// no affiliation changed.
    pub as_before: Counts,
}

/// The referrals of one referrer in one specialty from one kind of feed, in both periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The referrer's number.
    pub referrer: u32,
    /// The specialty's number.
    pub specialty: u32,
    /// Whether the feed (source) that they came from gave referrals in both periods, of whatever
    /// specialty.
    pub in_both: bool,
    /// The earlier period.
    pub before: Period,
    /// The period.
    pub after: Period,
}

/// A change of leakage and its six parts, all in whole millionths of a percentage point
/// ([`WHOLE`] is 100 %). The parts add up to `change` exactly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Explained {
    /// Leakage of the earlier period.
    pub from: i64,
    /// Leakage of the period.
    pub to: i64,
    /// `to` less `from`.
    pub change: i64,
    /// The same referrers refer more to specialties, or with a greater weight among referrers, where
    /// leakage is high.
    pub mix: i64,
    /// The same referrers send more of the same specialties outside.
    pub rate: i64,
    /// Referrers who refer in the period alone.
    pub new_referrers: i64,
    /// Referrers who refer in the earlier period alone.
    pub lost_referrers: i64,
    /// Referrers or destinations whose affiliation changed.
    pub affiliation: i64,
    /// Feeds that gave referrals in one of the periods alone.
    pub coverage: i64,
}

/// An amount of millionths of a point as a fraction, such as -0.0125 for -1.25 points.
///
/// ```
/// assert_eq!(catchment_stats::explained::fraction(-1_250_000), -0.0125);
/// ```
pub fn fraction(millionths: i64) -> f64 {
    millionths as f64 / WHOLE as f64
}

/// Takes the change of leakage over these cells apart: those of one specialty for its row, those of
/// all specialties for the row `all`. `None` where a period has no counted referral.
///
/// Five leakages are taken of each period, each with one cause less, and what a cause does is the
/// difference that it makes in the period less the one that it makes in the earlier period:
///
/// * L, of all cells as counted: `change` = L1 - L0;
/// * L\*, of feeds in both periods: `coverage` = (L1 - L1\*) - (L0 - L0\*);
/// * A\*, of these under the affiliations of one day ([`Period::as_before`]): `affiliation` =
///   (L1\* - A1\*) - (L0\* - A0\*);
/// * R, of referrers who are in both A1\* and A0\*: `new_referrers` = A1\* - R1, `lost_referrers` =
///   R0 - A0\*;
/// * and R1 - R0 is `rate` + `mix`, by Kitagawa 1955 (Journal of the American Statistical
///   Association 50:1168) over cells of referrer and specialty with leakages l and shares w of all
///   referrals: `rate` = Σ (w0 + w1)/2 (l1 - l0), `mix` = Σ (l0 + l1)/2 (w1 - w0). A cell that is
///   empty in a period takes its specialty's leakage among these referrers in that period, and where
///   they have none of that specialty, its own of the other period.
///
/// Where a step leaves a period without referrals, nothing beyond it can be told apart: the whole
/// difference is that step's (without a feed in both periods all is coverage), and where no referrer
/// is in both periods, half of it is that of the new and half that of the lost ones.
///
/// Each leakage is rounded to whole millionths first, so that differences are exact; of R1 - R0 the
/// rate is rounded, and the mix takes the remainder, unless no weight moved: then the rate is all.
/// The order of the cells makes no difference.
///
/// ```
/// use catchment_stats::explained::{Cell, Counts, Period, explain};
/// let period = |leaked, n| Period {
///     counted: Counts { leaked, n },
///     as_before: Counts { leaked, n },
/// };
/// let cell = |referrer, before, after| Cell {
///     referrer, specialty: 0, in_both: true, before, after,
/// };
/// // One referrer leaks more than before; another, who leaked everything, has stopped.
/// let explained = explain(&[
///     cell(0, period(2, 10), period(4, 10)),
///     cell(1, period(10, 10), period(0, 0)),
/// ]).unwrap();
/// assert_eq!(explained.change, -20_000_000);
/// assert_eq!((explained.rate, explained.lost_referrers), (20_000_000, -40_000_000));
/// ```
pub fn explain(cells: &[Cell]) -> Option<Explained> {
    let all = total(cells, |_| true, |period| period.counted);
    let shared = total(cells, |cell| cell.in_both, |period| period.counted);
    let fixed = total(cells, |cell| cell.in_both, |period| period.as_before);
    let (from, to) = (all[0].millionths()?, all[1].millionths()?);
    let mut explained = Explained {
        from,
        to,
        change: to - from,
        ..Explained::default()
    };
    let Some(shared) = both(shared) else {
        explained.coverage = explained.change;
        return Some(explained);
    };
    explained.coverage = (to - shared[1]) - (from - shared[0]);
    let Some(fixed) = both(fixed) else {
        explained.affiliation = shared[1] - shared[0];
        return Some(explained);
    };
    explained.affiliation = (shared[1] - fixed[1]) - (shared[0] - fixed[0]);
    let steady = Steady::of(cells);
    let Some(kept) = both(steady.total) else {
        explained.new_referrers = (fixed[1] - fixed[0]).div_euclid(2);
        explained.lost_referrers = (fixed[1] - fixed[0]) - explained.new_referrers;
        return Some(explained);
    };
    explained.new_referrers = fixed[1] - kept[1];
    explained.lost_referrers = kept[0] - fixed[0];
    explained.rate = steady.rate().unwrap_or(kept[1] - kept[0]);
    explained.mix = kept[1] - kept[0] - explained.rate;
    Some(explained)
}

/// The counts of both periods, earlier first.
type Pair = [Counts; 2];

fn total(cells: &[Cell], holds: impl Fn(&Cell) -> bool, of: impl Fn(&Period) -> Counts) -> Pair {
    let mut pair = Pair::default();
    for cell in cells.iter().filter(|cell| holds(cell)) {
        pair[0].add(of(&cell.before));
        pair[1].add(of(&cell.after));
    }
    pair
}

/// The leakages of both periods, where both have referrals.
fn both(pair: Pair) -> Option<[i64; 2]> {
    Some([pair[0].millionths()?, pair[1].millionths()?])
}

/// The referrers of both periods, from feeds of both and under one day's affiliations.
struct Steady {
    /// By referrer and specialty.
    cells: BTreeMap<(u32, u32), Pair>,
    by_specialty: BTreeMap<u32, Pair>,
    total: Pair,
}

impl Steady {
    fn of(cells: &[Cell]) -> Self {
        let mut by_referrer: BTreeMap<u32, Pair> = BTreeMap::new();
        let mut merged: BTreeMap<(u32, u32), Pair> = BTreeMap::new();
        for cell in cells.iter().filter(|cell| cell.in_both) {
            let key = (cell.referrer, cell.specialty);
            add(merged.entry(key).or_default(), cell);
            add(by_referrer.entry(cell.referrer).or_default(), cell);
        }
        merged.retain(|(referrer, _), _| by_referrer[referrer].iter().all(|c| c.n > 0));
        let mut steady = Steady {
            cells: merged,
            by_specialty: BTreeMap::new(),
            total: Pair::default(),
        };
        for ((_, specialty), pair) in &steady.cells {
            let of_specialty = steady.by_specialty.entry(*specialty).or_default();
            for (at, counts) in pair.iter().enumerate() {
                of_specialty[at].add(*counts);
                steady.total[at].add(*counts);
            }
        }
        steady
    }

    /// The part of other rates; `None` where no cell's weight moved, so that nothing else is left.
    fn rate(&self) -> Option<i64> {
        let moved = self.cells.values().any(|pair| {
            u128::from(pair[0].n) * u128::from(self.total[1].n)
                != u128::from(pair[1].n) * u128::from(self.total[0].n)
        });
        if !moved {
            return None;
        }
        let mut sum = 0.0;
        for ((_, specialty), pair) in &self.cells {
            let usual = |at: usize| pair[at].rate().or(self.by_specialty[specialty][at].rate());
            let weight = |at: usize| pair[at].n as f64 / self.total[at].n as f64;
            // Where neither the cell nor its specialty tells a rate, none has changed.
            if let (Some(before), Some(after)) = (usual(0), usual(1)) {
                sum += 0.5 * (weight(0) + weight(1)) * (after - before);
            }
        }
        Some((sum * WHOLE as f64).round() as i64)
    }
}

fn add(pair: &mut Pair, cell: &Cell) {
    pair[0].add(cell.before.as_before);
    pair[1].add(cell.after.as_before);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(leaked: u64, n: u64) -> Counts {
        Counts { leaked, n }
    }

    fn plain(leaked: u64, n: u64) -> Period {
        Period {
            counted: counts(leaked, n),
            as_before: counts(leaked, n),
        }
    }

    #[test]
    fn leakages_are_whole_millionths() {
        assert_eq!(counts(1, 3).millionths(), Some(33_333_333));
        assert_eq!(counts(2, 3).millionths(), Some(66_666_667));
        // 195,312.5 millionths.
        assert_eq!(counts(1, 512).millionths(), Some(195_313));
        assert_eq!(counts(0, 9).millionths(), Some(0));
        let most = u64::MAX / 2;
        assert_eq!(counts(most, most).millionths(), Some(WHOLE));
        assert_eq!(counts(0, 0).millionths(), None);
    }

    /// Steps that leave a period without referrals take the whole difference.
    #[test]
    fn what_cannot_be_told_apart() {
        let cell = |referrer, in_both, before, after| Cell {
            referrer,
            specialty: 0,
            in_both,
            before,
            after,
        };
        let gone = plain(0, 0);
        assert_eq!(explain(&[]), None);
        assert_eq!(explain(&[cell(0, true, plain(1, 2), gone)]), None);
        // No feed in both.
        let feeds = [
            cell(0, false, plain(1, 10), gone),
            cell(0, false, gone, plain(3, 10)),
        ];
        let explained = explain(&feeds).unwrap();
        assert_eq!(
            (explained.change, explained.coverage),
            (20_000_000, 20_000_000)
        );
        // Nobody was aligned on the earlier day who refers now.
        let joined = Period {
            counted: counts(3, 10),
            as_before: counts(0, 0),
        };
        let explained = explain(&[cell(0, true, plain(1, 10), joined)]).unwrap();
        assert_eq!(explained.affiliation, 20_000_000);
        // No referrer in both.
        let others = [
            cell(0, true, plain(1, 10), gone),
            cell(1, true, gone, plain(3, 10)),
        ];
        let explained = explain(&others).unwrap();
        assert_eq!(
            (explained.new_referrers, explained.lost_referrers),
            (10_000_000, 10_000_000)
        );
    }
}
