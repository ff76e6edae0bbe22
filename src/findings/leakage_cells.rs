//! Leakage counted by specialty, quarter and referrer: what every leakage table adds up.

use std::collections::BTreeMap;

use super::context::Context;
use crate::base::{Result, Table};
use crate::stats::changes::{ShareCluster, share_change};
use crate::stats::clustering::{Cluster, design_effect};
use crate::stats::comparisons::Change;

/// The counts of one referrer in one specialty and quarter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub n: u64,
    pub leaked: u64,
    pub all_n: u64,
    pub all_leaked: u64,
}

impl Cell {
    fn add(&mut self, other: Cell) {
        self.n += other.n;
        self.leaked += other.leaked;
        self.all_n += other.all_n;
        self.all_leaked += other.all_leaked;
    }
}

/// The cells of a specialty (or `all`) in a quarter, by referrer.
pub(super) type Group = BTreeMap<String, Cell>;

/// Every cell, by specialty and quarter.
pub(super) struct Cells {
    groups: BTreeMap<(String, String), Group>,
    empty: Group,
}

impl Cells {
    /// Reads the cells, and adds those of `all`.
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let table = context.warehouse.read("int_leakage_cells")?;
        let (specialties, quarters) = (table.text("specialty")?, table.text("quarter")?);
        let npis = table.text("referring_npi")?;
        let (n, leaked) = (table.int("n")?, table.int("leaked")?);
        let (all_n, all_leaked) = (table.int("all_n")?, table.int("all_leaked")?);
        let mut groups: BTreeMap<(String, String), Group> = BTreeMap::new();
        for row in 0..table.rows() {
            let count = |value: i64| value.max(0) as u64;
            let cell = Cell {
                n: count(n.value(row)),
                leaked: count(leaked.value(row)),
                all_n: count(all_n.value(row)),
                all_leaked: count(all_leaked.value(row)),
            };
            for specialty in [specialties.value(row), "all"] {
                let key = (specialty.to_string(), quarters.value(row).to_string());
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
            empty: Group::new(),
        })
    }

    /// The cells of a specialty in a quarter.
    pub(super) fn of(&self, specialty: &str, quarter: &str) -> &Group {
        self.groups
            .get(&(specialty.to_string(), quarter.to_string()))
            .unwrap_or(&self.empty)
    }

    /// The specialties of a quarter, without `all`.
    pub(super) fn specialties<'c>(
        &'c self,
        quarter: &'c str,
    ) -> impl Iterator<Item = (&'c str, &'c Group)> {
        self.groups
            .iter()
            .filter(move |((specialty, q), _)| q == quarter && specialty != "all")
            .map(|((specialty, _), group)| (specialty.as_str(), group))
    }
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
    let clusters: Vec<Cluster> = group
        .values()
        .filter(|c| c.n > 0)
        .map(|c| Cluster {
            successes: c.leaked,
            n: c.n,
        })
        .collect();
    design_effect(&clusters)
}

/// The design effect of all counted referrals, services not offered included.
pub(super) fn effect_of_all(group: &Group) -> f64 {
    let clusters: Vec<Cluster> = group
        .values()
        .filter(|c| c.all_n > 0)
        .map(|c| Cluster {
            successes: c.all_leaked,
            n: c.all_n,
        })
        .collect();
    design_effect(&clusters)
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
