//! Leakage tables by one key (a specialty, a practice, a county): the counts of a mart with rates,
//! intervals, changes, shrinkage and ranks. What a table's key is, is said where the table is.

use super::context::Context;
use super::estimates::{Estimate, changes, estimates, ranks};
use super::leakage_cells::{
    Cells, Group, change, effect, effect_of_all, effect_of_realised, shown,
};
use super::recoverable::{By, Recovered};
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::comparisons::Change;
use crate::stats::intervals::wilson_clustered;
use crate::stats::shrinkage::{fit_beta_binomial, fit_beta_binomial_precision};

/// Rates on fewer than this many referrals are drawn hollow and not ranked.
pub(super) const FEWEST_RANKED: i64 = 30;
/// Above this share of unknown destinations nothing is ranked.
pub(super) const MOST_UNKNOWN: f64 = 0.10;
/// The row of a table by specialty that counts every referral.
pub(crate) const ALL: &str = "all";

/// A table by one key and quarter.
pub(super) struct Grain {
    /// The table's name, which is its mart's.
    pub table: &'static str,
    /// The column of the key.
    pub key: &'static str,
    /// Texts beside the key.
    pub labels: &'static [&'static str],
}

/// The rows of the mart for the last eight quarters, with the cells behind them.
pub(super) struct Rows<'c> {
    table: Table,
    cells: &'c Cells,
    pub(super) keys: Vec<String>,
    pub(super) quarters: Vec<Quarter>,
    n: Vec<i64>,
    leaked: Vec<i64>,
    unknown: Vec<i64>,
    all_n: Vec<i64>,
    all_leaked: Vec<i64>,
    realised_n: Vec<i64>,
    realised_leaked: Vec<i64>,
}

impl<'c> Rows<'c> {
    pub(super) fn read(context: &Context<'_>, grain: &Grain, cells: &'c Cells) -> Result<Self> {
        let table = shown(context, grain.table, &[grain.key, "quarter"])?;
        let quarters = table.texts("quarter")?;
        Ok(Self {
            cells,
            keys: table.texts(grain.key)?.into_iter().flatten().collect(),
            quarters: quarters
                .iter()
                .flatten()
                .map(|q| q.parse())
                .collect::<Result<_>>()?,
            n: table.counts("n")?,
            leaked: table.counts("leaked")?,
            unknown: table.counts("unknown_destination")?,
            all_n: table.counts("all_n")?,
            all_leaked: table.counts("all_leaked")?,
            realised_n: table.counts("realised_n")?,
            realised_leaked: table.counts("realised_leaked")?,
            table,
        })
    }

    fn group(&self, row: usize, back: i32) -> &Group {
        let quarter = self.quarters[row].plus(-back).to_string();
        self.cells.of(&self.keys[row], &quarter)
    }

    fn rate(&self, row: usize) -> Estimate {
        let (leaked, n) = (self.leaked[row] as u64, self.n[row] as u64);
        Estimate::share(leaked, n, || {
            wilson_clustered(leaked, n, effect(self.group(row, 0)))
        })
    }

    fn rate_of_all(&self, row: usize) -> Estimate {
        let (leaked, n) = (self.all_leaked[row] as u64, self.all_n[row] as u64);
        Estimate::share(leaked, n, || {
            wilson_clustered(leaked, n, effect_of_all(self.group(row, 0)))
        })
    }

    fn realised(&self, row: usize) -> Estimate {
        let (leaked, n) = (
            self.realised_leaked[row] as u64,
            self.realised_n[row] as u64,
        );
        Estimate::share(leaked, n, || {
            wilson_clustered(leaked, n, effect_of_realised(self.group(row, 0)))
        })
    }

    fn against(&self, back: i32) -> Vec<Option<Change>> {
        (0..self.n.len())
            .map(|row| change(self.group(row, 0), self.group(row, back)))
            .collect()
    }

    /// Leakage where so many of the unknown destinations were outside.
    fn bound(&self, row: usize, outside: i64) -> Option<f64> {
        let known = self.n[row] + self.unknown[row];
        (known > 0).then(|| (self.leaked[row] + outside) as f64 / known as f64)
    }

    fn is_all(&self, row: usize) -> bool {
        self.keys[row] == ALL
    }

    /// Whether the row is of something that has a name, and so a place in the order.
    fn is_named(&self, row: usize) -> bool {
        !self.is_all(row) && self.keys[row] != "unknown"
    }

    /// One family a quarter, without the rows `all`.
    fn families(&self, context: &Context<'_>) -> Vec<Option<u32>> {
        let family = |row: usize| context.family(self.quarters[row], self.is_all(row));
        (0..self.n.len()).map(family).collect()
    }

    /// The rows of each quarter.
    fn by_quarter(&self) -> Vec<Vec<usize>> {
        let mut seen = self.quarters.clone();
        seen.sort_unstable();
        seen.dedup();
        let of = |quarter: &Quarter| {
            let rows = 0..self.n.len();
            rows.filter(|row| self.quarters[*row] == *quarter).collect()
        };
        seen.iter().map(of).collect()
    }

    /// Each quarter's rates drawn toward what is expected: for specialties the quarter's mean over them
    /// (beta-binomial), for places what their mix of specialties lets expect, with the precision of
    /// all of them together. The row `all`, and what has no name, keeps its own.
    fn shrink(&self) -> Vec<Option<f64>> {
        let mut out = vec![None; self.n.len()];
        for rows in self.by_quarter() {
            let rows: Vec<usize> = rows.into_iter().filter(|r| self.n[*r] > 0).collect();
            for row in &rows {
                out[*row] = Some(self.leaked[*row] as f64 / self.n[*row] as f64);
            }
            let named: Vec<usize> = rows.into_iter().filter(|r| self.is_named(*r)).collect();
            let counts = |row: &usize| (self.leaked[*row] as u64, self.n[*row] as u64);
            let groups: Vec<(u64, u64)> = named.iter().map(counts).collect();
            let means = self.expected(&named, &groups);
            let Some((precision, means)) = means else {
                continue;
            };
            for ((row, (leaked, n)), mean) in named.into_iter().zip(groups).zip(means) {
                let prior = mean * precision;
                out[row] = Some((prior + leaked as f64) / (precision + n as f64));
            }
        }
        out
    }

    /// The precision of the prior and each row's own mean of it.
    fn expected(&self, rows: &[usize], groups: &[(u64, u64)]) -> Option<(f64, Vec<f64>)> {
        let mixed = rows.iter().map(|row| {
            let quarter = self.quarters[*row].to_string();
            self.cells.expected(&self.keys[*row], &quarter)
        });
        match mixed.collect::<Option<Vec<f64>>>() {
            Some(means) => {
                let means: Vec<f64> = means.into_iter().map(|m| m.clamp(0.001, 0.999)).collect();
                Some((fit_beta_binomial_precision(groups, &means)?, means))
            }
            None => {
                let prior = fit_beta_binomial(groups)?;
                Some((prior.precision, vec![prior.mean; rows.len()]))
            }
        }
    }

    /// Ranks by falling shrunk leakage among keys with enough referrals, in quarters with few
    /// enough unknown destinations.
    fn rank(&self, shrunk: &[Option<f64>]) -> Vec<Option<i64>> {
        let mut out = vec![None; self.n.len()];
        for rows in self.by_quarter() {
            let single: Vec<usize> = rows.into_iter().filter(|r| !self.is_all(*r)).collect();
            let sum = |counts: &[i64]| single.iter().map(|r| counts[*r]).sum::<i64>();
            let (n, unknown) = (sum(&self.n), sum(&self.unknown));
            if unknown as f64 > MOST_UNKNOWN * (n + unknown).max(1) as f64 {
                continue;
            }
            let is_ranked = |row: usize| self.is_named(row) && self.n[row] >= FEWEST_RANKED;
            let score = |row: &usize| shrunk[*row].filter(|_| is_ranked(*row));
            let scores: Vec<Option<f64>> = single.iter().map(score).collect();
            for (row, rank) in single.into_iter().zip(ranks(&scores)) {
                out[row] = rank;
            }
        }
        out
    }

    /// The whole table but for what can be recovered; see [`Rows::close`].
    pub(super) fn open(&self, context: &Context<'_>, grain: &Grain) -> Result<TableBuilder> {
        let every = 0..self.n.len();
        let families = self.families(context);
        let mut out = TableBuilder::new(grain.table)
            .text(grain.key, self.keys.iter().map(Some))
            .text("quarter", self.quarters.iter().map(|q| Some(q.to_string())));
        for label in grain.labels {
            out = out.text(label, self.table.text(label)?.iter());
        }
        out = out
            .int("n", self.table.ints("n")?)
            .int("leaked", self.table.ints("leaked")?);
        let rates: Vec<Estimate> = every.clone().map(|r| self.rate(r)).collect();
        out = estimates(out, "leakage", &rates);
        out = changes(out, "leakage_change", &self.against(1), &families);
        out = changes(out, "leakage_change_year", &self.against(4), &families);
        out = out.real("shrunk_leakage", self.shrink());
        for name in ["own", "affiliated", "outside", "unknown_destination"] {
            out = out.int(name, self.table.ints(name)?);
        }
        let high = |row: usize| self.bound(row, self.unknown[row]);
        out = out
            .real("leakage_bound_low", every.clone().map(|r| self.bound(r, 0)))
            .real("leakage_bound_high", every.clone().map(high))
            .int("not_offered", self.table.ints("not_offered")?);
        let of_all: Vec<Estimate> = every.map(|r| self.rate_of_all(r)).collect();
        Ok(estimates(out, "leakage_all", &of_all)
            .int("not_addressable", self.table.ints("not_addressable")?)
            .int("addressable", self.table.ints("addressable")?))
    }

    /// Adds what could have stayed, and realised leakage.
    pub(super) fn realise(&self, out: TableBuilder, recovered: &Recovered, by: By) -> TableBuilder {
        let of = |row: usize| recovered.of(by, &self.keys[row], self.quarters[row]);
        let realised: Vec<Estimate> = (0..self.n.len()).map(|r| self.realised(r)).collect();
        let known = self.realised_n.iter().map(|n| Some(*n));
        let out = out.int("recoverable", (0..self.n.len()).map(|row| of(row).0));
        estimates(out, "realised_leakage", &realised).int("realised_leakage_n", known)
    }

    /// Adds what stands at the end.
    pub(super) fn close(&self, out: TableBuilder, recovered: &Recovered, by: By) -> Result<Table> {
        let of = |row: usize| recovered.of(by, &self.keys[row], self.quarters[row]);
        out.int("rank", self.rank(&self.shrink()))
            .int("leakage_all_n", self.table.ints("all_n")?)
            .int(
                "recoverable_if_covered",
                (0..self.n.len()).map(|row| of(row).1),
            )
            .finish()
    }
}
