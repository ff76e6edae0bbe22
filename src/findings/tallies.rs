//! Counts by referrer under a key and quarter: shares of a whole, and changes of counts and shares,
//! each with the referrers as clusters.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use super::estimates::Estimate;
use crate::base::{Quarter, Result, Table, calendar};
use crate::stats::changes::{CountCluster, PairedWhole, ShareCluster, rate_ratio_change};
use crate::stats::clustering::{Cluster, Whole};
use crate::stats::comparisons::Change;
use crate::stats::intervals::wilson_clustered;

/// Counts by referrer.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    counts: BTreeMap<u32, u64>,
    /// What the clusters add up to, once it was asked for.
    sizes: OnceCell<Whole>,
}

impl Tally {
    pub(super) fn add(&mut self, referrer: u32, n: u64) {
        if n > 0 {
            *self.counts.entry(referrer).or_default() += n;
            self.sizes = OnceCell::new();
        }
    }

    /// All referrers together.
    pub(super) fn n(&self) -> u64 {
        self.sizes().draws()
    }

    fn sizes(&self) -> &Whole {
        self.sizes
            .get_or_init(|| Whole::of(self.counts.values().copied()))
    }

    fn of(&self, referrer: u32) -> u64 {
        self.counts.get(&referrer).copied().unwrap_or(0)
    }

    /// The share of a whole that this is a part of; Wilson's interval with the design effect of the
    /// whole's referrers.
    pub(super) fn share_of(&self, whole: &Self) -> Estimate {
        let (n, total) = (self.n(), whole.n());
        Estimate::share(n, total, || {
            let cluster = |(referrer, n): (&u32, &u64)| Cluster {
                successes: *n,
                n: whole.of(*referrer),
            };
            let part: Vec<Cluster> = self.counts.iter().map(cluster).collect();
            wilson_clustered(n, total, whole.sizes().effect_of(&part))
        })
    }
}

/// The referrers of either tally.
fn referrers(tallies: &[&Tally]) -> BTreeSet<u32> {
    let all = tallies.iter().flat_map(|tally| tally.counts.keys());
    all.copied().collect()
}

/// The ratio of the rates a working day of two quarters; none where nothing was there before.
pub(super) fn count_change(
    (now, quarter): (&Tally, Quarter),
    (before, earlier): (&Tally, Quarter),
) -> Option<Change> {
    if before.n() == 0 {
        return None;
    }
    let cluster = |referrer: u32| CountCluster {
        count: now.of(referrer),
        base_count: before.of(referrer),
    };
    let clusters: Vec<CountCluster> = referrers(&[now, before]).into_iter().map(cluster).collect();
    let days = |q: Quarter| calendar::working_days(q.first_day(), q.last_day()) as f64;
    rate_ratio_change(&clusters, days(quarter), days(earlier))
}

/// Wholes of which parts are compared with so many quarters before; what two wholes have together is
/// reckoned once for all parts.
pub(super) struct Wholes<'c, K> {
    cube: &'c Cube<K>,
    back: i32,
    known: RefCell<BTreeMap<(K, Quarter), PairedWhole>>,
}

impl<'c, K: Ord + Clone> Wholes<'c, K> {
    pub(super) fn new(cube: &'c Cube<K>, back: i32) -> Self {
        Self {
            cube,
            back,
            known: RefCell::default(),
        }
    }

    /// The change of a part's share of the whole under a key.
    pub(super) fn change(
        &self,
        key: &K,
        quarter: Quarter,
        (now, before): (&Tally, &Tally),
    ) -> Option<Change> {
        let earlier = quarter.plus(-self.back);
        let wholes = (self.cube.of(key, quarter), self.cube.of(key, earlier));
        let mut known = self.known.borrow_mut();
        let paired = known.entry((key.clone(), quarter)).or_insert_with(|| {
            let all = referrers(&[wholes.0, wholes.1]).into_iter();
            PairedWhole::of(all.map(|one| (wholes.0.of(one), wholes.1.of(one))))
        });
        let cluster = |referrer: u32| ShareCluster {
            successes: now.of(referrer),
            n: wholes.0.of(referrer),
            base_successes: before.of(referrer),
            base_n: wholes.1.of(referrer),
        };
        let part: Vec<ShareCluster> = referrers(&[now, before]).into_iter().map(cluster).collect();
        paired.change_of(&part)
    }
}

/// Tallies by key and quarter.
pub(super) struct Cube<K> {
    tallies: BTreeMap<(K, Quarter), Tally>,
    none: Tally,
}

impl<K: Ord> Default for Cube<K> {
    fn default() -> Self {
        Self {
            tallies: BTreeMap::new(),
            none: Tally::default(),
        }
    }
}

impl<K: Ord + Clone> Cube<K> {
    pub(super) fn add(&mut self, key: K, quarter: Quarter, referrer: u32, n: u64) {
        let tally = self.tallies.entry((key, quarter)).or_default();
        tally.add(referrer, n);
    }

    pub(super) fn of(&self, key: &K, quarter: Quarter) -> &Tally {
        let found = self.tallies.get(&(key.clone(), quarter));
        found.unwrap_or(&self.none)
    }

    /// The keys with anything in one of these quarters, in order.
    pub(super) fn shown(&self, quarters: &[Quarter]) -> Vec<(&K, Quarter)> {
        let filled = self.tallies.iter().filter(|(_, tally)| tally.n() > 0);
        let rows = filled.map(|((key, quarter), _)| (key, *quarter));
        rows.filter(|(_, quarter)| quarters.contains(quarter))
            .collect()
    }
}

/// A mart of counts by referrer: its texts, quarters, numbered referrers and counts.
pub(super) struct Source<'t> {
    table: &'t Table,
    quarters: Vec<Quarter>,
    referrers: Vec<u32>,
}

impl<'t> Source<'t> {
    /// A mart with the columns `quarter` and `referring_npi`.
    pub(super) fn read(table: &'t Table) -> Result<Self> {
        let quarters = table.texts("quarter")?;
        let npis = table.text("referring_npi")?;
        let mut numbers: Vec<&str> = npis.iter().flatten().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let number = |row: usize| numbers.partition_point(|npi| *npi < npis.value(row)) as u32;
        Ok(Self {
            referrers: (0..table.rows()).map(number).collect(),
            quarters: quarters
                .iter()
                .flatten()
                .map(|quarter| quarter.parse())
                .collect::<Result<_>>()?,
            table,
        })
    }

    /// The quarter of a row.
    pub(super) fn quarter(&self, row: usize) -> Quarter {
        self.quarters[row]
    }

    /// Counts so many of a row under a key.
    pub(super) fn add_to<K: Ord + Clone>(&self, cube: &mut Cube<K>, key: K, row: usize, n: u64) {
        cube.add(key, self.quarters[row], self.referrers[row], n);
    }

    /// Adds a column of counts under each key that `keys` gives for a row.
    pub(super) fn count<K: Ord + Clone, I: IntoIterator<Item = K>>(
        &self,
        column: &str,
        keys: impl Fn(usize) -> I,
    ) -> Result<Cube<K>> {
        let counts = self.table.counts(column)?;
        let mut cube = Cube::default();
        for (row, n) in counts.iter().enumerate() {
            for key in keys(row) {
                self.add_to(&mut cube, key, row, (*n).max(0) as u64);
            }
        }
        Ok(cube)
    }
}
