//! Leakage counted by a key (a specialty, a place), quarter and referrer: what leakage tables add up.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::leakage_rates::ALL;
use crate::base::{Result, Table};
use crate::stats::changes::{ShareCluster, share_change};
use crate::stats::clustering::{Cluster, small_sample_design_effect};
use crate::stats::comparisons::Change;

/// The counts of one referrer under one key and quarter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub n: u64,
    pub leaked: u64,
    pub all_n: u64,
    pub all_leaked: u64,
    pub realised_n: u64,
    pub realised_leaked: u64,
}

/// The counts that make a cell, as marts name them.
const COUNTS: [&str; 6] = [
    "n",
    "leaked",
    "all_n",
    "all_leaked",
    "realised_n",
    "realised_leaked",
];

/// The cells of a key in a quarter with the referrers' numbers, which rise.
pub(super) type Group = Vec<(u32, Cell)>;

/// Every cell, by key and quarter.
pub(super) struct Cells {
    /// The referrers, sorted: a number is a place in this list.
    npis: Vec<String>,
    groups: BTreeMap<(String, String), Group>,
    /// What a place's mix of specialties lets expect, by place and quarter.
    expected: BTreeMap<(String, String), f64>,
    empty: Group,
}

impl Cells {
    /// Reads the cells by specialty, and adds those of `all`.
    pub(super) fn by_specialty(context: &Context<'_>) -> Result<Self> {
        let mut cells = Self::none();
        cells.read(context, "specialty", "int_leakage_cells")?;
        cells.read(context, &format!("'{ALL}'"), "int_leakage_cells")?;
        Ok(cells)
    }

    /// Reads the cells by a kind of place: `practice`, `referring_county` or `patient_county`.
    pub(super) fn by_place(context: &Context<'_>, kind: &'static str) -> Result<Self> {
        let rows = format!("int_leakage_place_cells where place_kind = '{kind}'");
        let mut cells = Self::none();
        cells.read(context, "place", &rows)?;
        cells.expected = expected(context, &rows)?;
        Ok(cells)
    }

    fn none() -> Self {
        Self {
            npis: Vec::new(),
            groups: BTreeMap::new(),
            expected: BTreeMap::new(),
            empty: Group::new(),
        }
    }

    /// Reads the cells under a key of a mart's rows. The engine adds them up, for a mart may have more rows
    /// than are good to hold.
    fn read(&mut self, context: &Context<'_>, key: &str, rows: &str) -> Result<()> {
        let sums = COUNTS
            .map(|name| format!("sum({name}) as {name}"))
            .join(", ");
        let sql = format!(
            "select {key} as cell_key, quarter, referring_npi, {sums} from {rows}
             group by 1, 2, 3 order by 1, 2, 3"
        );
        let table = context.warehouse.ask("leakage cells", &sql)?;
        let keys = [table.text("cell_key")?, table.text("quarter")?];
        let npis = table.text("referring_npi")?;
        if self.npis.is_empty() {
            let all: BTreeSet<&str> = npis.iter().flatten().collect();
            self.npis = all.into_iter().map(str::to_string).collect();
        }
        let counts: Vec<Vec<i64>> = COUNTS
            .iter()
            .map(|name| table.counts(name))
            .collect::<Result<_>>()?;
        let mut group: Option<((String, String), Group)> = None;
        for row in 0..table.rows() {
            let cell = cell(&counts, row);
            let referrer =
                self.npis
                    .partition_point(|npi| npi.as_str() < npis.value(row)) as u32;
            match &mut group {
                Some(((key, quarter), cells))
                    if key == keys[0].value(row) && quarter == keys[1].value(row) =>
                {
                    cells.push((referrer, cell));
                }
                _ => {
                    self.groups.extend(group.take());
                    let key = keys.map(|texts| texts.value(row).to_string());
                    group = Some((key.into(), vec![(referrer, cell)]));
                }
            }
        }
        self.groups.extend(group);
        Ok(())
    }

    /// The NPI of a referrer, or the text that stands for it.
    pub(super) fn npi(&self, referrer: u32) -> &str {
        &self.npis[referrer as usize]
    }

    /// The counts of one referrer under a key in a quarter.
    pub(super) fn of_one(&self, key: &str, quarter: &str, npi: &str) -> Option<Cell> {
        let referrer = self
            .npis
            .binary_search_by(|known| known.as_str().cmp(npi))
            .ok()? as u32;
        let group = self.of(key, quarter);
        let at = group.binary_search_by_key(&referrer, |(known, _)| *known);
        Some(group[at.ok()?].1)
    }

    /// The leakage that a place's mix of specialties lets expect: the specialties' own rates of the
    /// quarter, weighed by it; none for keys that are no places.
    pub(super) fn expected(&self, place: &str, quarter: &str) -> Option<f64> {
        let key = (place.to_string(), quarter.to_string());
        self.expected.get(&key).copied()
    }

    /// The cells of a key in a quarter.
    pub(super) fn of(&self, key: &str, quarter: &str) -> &Group {
        self.groups
            .get(&(key.to_string(), quarter.to_string()))
            .unwrap_or(&self.empty)
    }

    /// The specialties of a quarter, without `all`.
    pub(super) fn specialties<'c>(
        &'c self,
        quarter: &'c str,
    ) -> impl Iterator<Item = (&'c str, &'c Group)> {
        self.groups
            .iter()
            .filter(move |((specialty, q), _)| q == quarter && specialty != ALL)
            .map(|((specialty, _), group)| (specialty.as_str(), group))
    }
}

/// The cell of a row, of columns in the order of [`COUNTS`].
fn cell(counts: &[Vec<i64>], row: usize) -> Cell {
    let count = |at: usize| counts[at][row].max(0) as u64;
    Cell {
        n: count(0),
        leaked: count(1),
        all_n: count(2),
        all_leaked: count(3),
        realised_n: count(4),
        realised_leaked: count(5),
    }
}

fn expected(context: &Context<'_>, rows: &str) -> Result<BTreeMap<(String, String), f64>> {
    let sql = format!(
        "select place, specialty, quarter, sum(n) as n, sum(leaked) as leaked from {rows}
         group by 1, 2, 3 order by 1, 2, 3"
    );
    let table = context.warehouse.ask("mixes of specialties", &sql)?;
    let (places, quarters) = (table.text("place")?, table.text("quarter")?);
    let specialties = table.text("specialty")?;
    let (n, leaked) = (table.counts("n")?, table.counts("leaked")?);
    let mut rates: BTreeMap<(&str, &str), (i64, i64)> = BTreeMap::new();
    let mut mixes: BTreeMap<(&str, &str), BTreeMap<&str, i64>> = BTreeMap::new();
    for row in 0..table.rows() {
        let quarter = quarters.value(row);
        let rate = rates.entry((specialties.value(row), quarter)).or_default();
        *rate = (rate.0 + leaked[row], rate.1 + n[row]);
        let mix = mixes.entry((places.value(row), quarter)).or_default();
        *mix.entry(specialties.value(row)).or_default() += n[row];
    }
    let of = |((place, quarter), mix): ((&str, &str), BTreeMap<&str, i64>)| {
        let total: i64 = mix.values().sum();
        let leaked = |(specialty, n): (&&str, &i64)| match rates[&(*specialty, quarter)] {
            (leaked, all) if all > 0 => leaked as f64 / all as f64 * *n as f64,
            _ => 0.0,
        };
        let mean = mix.iter().map(leaked).sum::<f64>() / total.max(1) as f64;
        ((place.to_string(), quarter.to_string()), mean)
    };
    Ok(mixes.into_iter().map(of).collect())
}

/// The rows of a leakage mart for the last eight quarters, in the order of its key.
pub(super) fn shown(context: &Context<'_>, mart: &str, key: &[&str]) -> Result<Table> {
    let all = context.warehouse.read(mart)?.sorted_by(key)?;
    let quarters = all.text("quarter")?;
    let last: Vec<String> = context
        .quarter
        .last(8)
        .iter()
        .map(ToString::to_string)
        .collect();
    let rows: Vec<usize> = (0..all.rows())
        .filter(|row| last.iter().any(|quarter| quarter == quarters.value(*row)))
        .collect();
    all.pick(&rows)
}

/// The design effect of a group's eligible referrals over its referrers.
pub(super) fn effect(group: &Group) -> f64 {
    effect_by(group, |cell| (cell.leaked, cell.n))
}

/// The design effect of all counted referrals, services not offered included.
pub(super) fn effect_of_all(group: &Group) -> f64 {
    effect_by(group, |cell| (cell.all_leaked, cell.all_n))
}

/// The design effect of the referrals whose place of care is known.
pub(super) fn effect_of_realised(group: &Group) -> f64 {
    effect_by(group, |cell| (cell.realised_leaked, cell.realised_n))
}

fn effect_by(group: &Group, counts: impl Fn(&Cell) -> (u64, u64)) -> f64 {
    let clusters: Vec<Cluster> = group
        .iter()
        .map(|(_, cell)| counts(cell))
        .filter(|(_, n)| *n > 0)
        .map(|(successes, n)| Cluster { successes, n })
        .collect();
    small_sample_design_effect(&clusters)
}

/// The change of leakage from one group to another, paired by referrer.
pub(super) fn change(now: &Group, before: &Group) -> Option<Change> {
    let mut clusters = Vec::with_capacity(now.len().max(before.len()));
    let (mut now, mut before) = (now.iter().peekable(), before.iter().peekable());
    let none = Cell::default();
    while let Some(referrer) = [now.peek(), before.peek()]
        .into_iter()
        .flatten()
        .map(|(referrer, _)| *referrer)
        .min()
    {
        let is_next = |next: &&(u32, Cell)| next.0 == referrer;
        let (now, before) = (
            now.next_if(is_next).map_or(none, |(_, cell)| *cell),
            before.next_if(is_next).map_or(none, |(_, cell)| *cell),
        );
        clusters.push(ShareCluster {
            successes: now.leaked,
            n: now.n,
            base_successes: before.leaked,
            base_n: before.n,
        });
    }
    share_change(&clusters)
}
