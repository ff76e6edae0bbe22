//! Leakage counted by a key (a specialty, a place), quarter and referrer: what leakage tables add up.

use std::collections::BTreeMap;

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

impl Cell {
    fn add(&mut self, other: Cell) {
        self.n += other.n;
        self.leaked += other.leaked;
        self.all_n += other.all_n;
        self.all_leaked += other.all_leaked;
        self.realised_n += other.realised_n;
        self.realised_leaked += other.realised_leaked;
    }
}

/// The cells of a key in a quarter, by referrer.
pub(super) type Group = BTreeMap<String, Cell>;

/// Every cell, by key and quarter.
pub(super) struct Cells {
    groups: BTreeMap<(String, String), Group>,
    /// What a place's mix of specialties lets expect, by place and quarter.
    expected: BTreeMap<(String, String), f64>,
    empty: Group,
}

impl Cells {
    /// Reads the cells by specialty, and adds those of `all`.
    pub(super) fn by_specialty(context: &Context<'_>) -> Result<Self> {
        let table = context.warehouse.read("int_leakage_cells")?;
        Self::of_table(&table, "specialty", true)
    }

    /// Reads the cells by a kind of place: `practice`, `referring_county` or `patient_county`.
    pub(super) fn by_place(context: &Context<'_>, kind: &str) -> Result<Self> {
        let table = context.warehouse.read("int_leakage_place_cells")?;
        let table = table.only("place_kind", kind)?;
        let mut cells = Self::of_table(&table, "place", false)?;
        cells.expected = expected(&table)?;
        Ok(cells)
    }

    fn of_table(table: &Table, key: &str, with_all: bool) -> Result<Self> {
        let (keys, quarters) = (table.text(key)?, table.text("quarter")?);
        let npis = table.text("referring_npi")?;
        let counts = [
            "n",
            "leaked",
            "all_n",
            "all_leaked",
            "realised_n",
            "realised_leaked",
        ]
        .map(|name| table.counts(name));
        let [n, leaked, all_n, all_leaked, realised_n, realised_leaked] = counts;
        let (n, leaked, all_n, all_leaked) = (n?, leaked?, all_n?, all_leaked?);
        let (realised_n, realised_leaked) = (realised_n?, realised_leaked?);
        let mut groups: BTreeMap<(String, String), Group> = BTreeMap::new();
        for row in 0..table.rows() {
            let count = |counts: &[i64]| counts[row].max(0) as u64;
            let cell = Cell {
                n: count(&n),
                leaked: count(&leaked),
                all_n: count(&all_n),
                all_leaked: count(&all_leaked),
                realised_n: count(&realised_n),
                realised_leaked: count(&realised_leaked),
            };
            let own = std::iter::once(keys.value(row));
            for key in own.chain(with_all.then_some(ALL)) {
                let key = (key.to_string(), quarters.value(row).to_string());
                groups
                    .entry(key)
                    .or_default()
                    .entry(npis.value(row).to_string())
                    .or_default()
                    .add(cell);
            }
        }
        Ok(Self {
            groups,
            expected: BTreeMap::new(),
            empty: Group::new(),
        })
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

fn expected(table: &Table) -> Result<BTreeMap<(String, String), f64>> {
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
        .values()
        .map(counts)
        .filter(|(_, n)| *n > 0)
        .map(|(successes, n)| Cluster { successes, n })
        .collect();
    small_sample_design_effect(&clusters)
}

/// The change of leakage from one group to another, paired by referrer.
pub(super) fn change(now: &Group, before: &Group) -> Option<Change> {
    let mut npis: Vec<&String> = now.keys().chain(before.keys()).collect();
    npis.sort_unstable();
    npis.dedup();
    let none = Cell::default();
    let clusters: Vec<ShareCluster> = npis
        .into_iter()
        .map(|npi| {
            let (now, before) = (
                now.get(npi).unwrap_or(&none),
                before.get(npi).unwrap_or(&none),
            );
            ShareCluster {
                successes: now.leaked,
                n: now.n,
                base_successes: before.leaked,
                base_n: before.n,
            }
        })
        .collect();
    share_change(&clusters)
}
