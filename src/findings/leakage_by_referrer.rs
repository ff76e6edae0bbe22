//! Leakage by referrer: who keeps, who splits and who sends away, each drawn toward what the
//! referrer's mix of specialties lets expect.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, changes, estimates, ranks};
use super::leakage_by_destination::unranked;
use super::leakage_cells::{Cells, shown};
use super::leakage_rates::{ALL, FEWEST_RANKED};
use super::recoverable::{By, MARTS};
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::classes::{Class, Posterior, Referrer, fit_precision, posterior};
use crate::stats::comparisons::{Change, newcombe_difference};
use crate::stats::intervals::wilson_clustered;

pub(super) const FINDING: Finding = Finding {
    name: "leakage_by_referrer",
    marts: &[
        "leakage_by_referrer",
        "leakage_by_specialty",
        "int_leakage_cells",
        MARTS[0],
        MARTS[1],
    ],
    make,
};

/// A referrer with fewer eligible referrals in the quarter has no class.
const FEWEST_CLASSED: i64 = 11;

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let cells = Cells::by_specialty(context)?;
    let table = shown(
        context,
        "leakage_by_referrer",
        &["referring_npi", "quarter"],
    )?;
    assemble(context, &table, &cells)
}

struct Rows {
    npis: Vec<String>,
    quarters: Vec<Quarter>,
    n: Vec<i64>,
    leaked: Vec<i64>,
    unknown: Vec<i64>,
    all_n: Vec<i64>,
    all_leaked: Vec<i64>,
    realised_n: Vec<i64>,
    realised_leaked: Vec<i64>,
}

impl Rows {
    fn read(table: &Table) -> Result<Self> {
        let quarters = table.texts("quarter")?;
        Ok(Self {
            npis: table
                .texts("referring_npi")?
                .into_iter()
                .flatten()
                .collect(),
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
        })
    }

    fn bound(&self, row: usize, outside: i64) -> Option<f64> {
        Some((self.leaked[row] + outside) as f64 / (self.n[row] + self.unknown[row]) as f64)
    }

    fn against(&self, cells: &Cells, back: i32) -> Vec<Option<Change>> {
        (0..self.n.len())
            .map(|r| change_of_one(cells, &self.npis[r], self.quarters[r], back))
            .collect()
    }
}

/// The rates of single referrers: no cluster but the referrer, so plain Wilson.
fn plain(successes: &[i64], n: &[i64]) -> Vec<Estimate> {
    let rate = |(k, n): (&i64, &i64)| {
        Estimate::share(*k as u64, *n as u64, || {
            wilson_clustered(*k as u64, *n as u64, 1.0)
        })
    };
    successes.iter().zip(n).map(rate).collect()
}

fn assemble(context: &Context<'_>, table: &Table, cells: &Cells) -> Result<Table> {
    let rows = Rows::read(table)?;
    let shrunk = shrink(&rows, &expected_leakage(&rows, cells));
    let out = rates(context, table, &rows, cells, &shrunk)?;
    let classes: Vec<(&str, Option<f64>)> = (0..rows.npis.len())
        .map(|r| class_of(&rows, r, shrunk[r].as_ref()))
        .collect();
    let realised = plain(&rows.realised_leaked, &rows.realised_n);
    let recovered = context.recovered()?;
    let found = |r: usize| recovered.of(By::Referrer, &rows.npis[r], rows.quarters[r]);
    let covered = (0..rows.npis.len()).map(|r| found(r).0);
    let if_covered = (0..rows.npis.len()).map(|r| found(r).1);
    let known = rows.realised_n.iter().map(|n| Some(*n));
    estimates(
        out.int("recoverable", covered),
        "realised_leakage",
        &realised,
    )
    .int("realised_leakage_n", known)
    .text("class", classes.iter().map(|c| Some(c.0)))
    .real("class_probability", classes.iter().map(|c| c.1))
    .int("rank", rank(&rows, &unranked(context)?, &shrunk))
    .int("leakage_all_n", table.ints("all_n")?)
    .int("recoverable_if_covered", if_covered)
    .finish()
}

/// Keys, names, counts and rates, up to what was addressable.
fn rates(
    context: &Context<'_>,
    table: &Table,
    rows: &Rows,
    cells: &Cells,
    shrunk: &[Option<Posterior>],
) -> Result<TableBuilder> {
    let every = 0..table.rows();
    let quarters = rows.quarters.iter();
    let families: Vec<Option<u32>> = quarters.map(|q| context.family(*q, false)).collect();
    let mut out = TableBuilder::new("leakage_by_referrer")
        .text("referring_npi", rows.npis.iter().map(Some))
        .text("quarter", rows.quarters.iter().map(|q| Some(q.to_string())));
    for name in [
        "referring_name",
        "practice_id",
        "practice_name",
        "county",
        "territory",
    ] {
        out = out.text(name, table.text(name)?.iter());
    }
    out = out
        .int("n", table.ints("n")?)
        .int("leaked", table.ints("leaked")?);
    out = estimates(out, "leakage", &plain(&rows.leaked, &rows.n));
    for (name, back) in [("leakage_change", 1), ("leakage_change_year", 4)] {
        out = changes(out, name, &rows.against(cells, back), &families);
    }
    let means = shrunk.iter().map(|s| s.as_ref().map(Posterior::mean));
    out = out.real("shrunk_leakage", means);
    for name in ["own", "affiliated", "outside", "unknown_destination"] {
        out = out.int(name, table.ints(name)?);
    }
    let high = |r: usize| rows.bound(r, rows.unknown[r]);
    out = out
        .real("leakage_bound_low", every.clone().map(|r| rows.bound(r, 0)))
        .real("leakage_bound_high", every.map(high))
        .int("not_offered", table.ints("not_offered")?);
    out = estimates(out, "leakage_all", &plain(&rows.all_leaked, &rows.all_n));
    Ok(out
        .int("not_addressable", table.ints("not_addressable")?)
        .int("addressable", table.ints("addressable")?))
}

fn change_of_one(cells: &Cells, npi: &str, quarter: Quarter, back: i32) -> Option<Change> {
    let now = cells.of_one(ALL, &quarter.to_string(), npi)?;
    let before = cells.of_one(ALL, &quarter.plus(-back).to_string(), npi)?;
    newcombe_difference(now.leaked, now.n, before.leaked, before.n)
}

/// What each row's mix of specialties lets expect: the specialties' own rates, weighed by it.
fn expected_leakage(rows: &Rows, cells: &Cells) -> Vec<f64> {
    let mut totals: BTreeMap<(Quarter, &str), (f64, f64)> = BTreeMap::new();
    let mut quarters = rows.quarters.clone();
    quarters.sort_unstable();
    quarters.dedup();
    for quarter in quarters {
        let text = quarter.to_string();
        for (_, group) in cells.specialties(&text) {
            let (leaked, n) = group
                .iter()
                .fold((0, 0), |sum, (_, c)| (sum.0 + c.leaked, sum.1 + c.n));
            if n == 0 {
                continue;
            }
            let rate = leaked as f64 / n as f64;
            for (referrer, cell) in group {
                let npi = cells.npi(*referrer);
                let Ok(at) = rows.npis.binary_search_by(|known| known.as_str().cmp(npi)) else {
                    continue;
                };
                let total = totals.entry((quarter, rows.npis[at].as_str())).or_default();
                total.0 += rate * cell.n as f64;
                total.1 += cell.n as f64;
            }
        }
    }
    (0..rows.n.len())
        .map(|r| {
            totals
                .get(&(rows.quarters[r], rows.npis[r].as_str()))
                .map_or(0.5, |t| t.0 / t.1.max(1.0))
        })
        .collect()
}

/// What is thought of each row's referrer, given the quarter's other ones.
fn shrink(rows: &Rows, expected: &[f64]) -> Vec<Option<Posterior>> {
    let mut out = vec![None; rows.n.len()];
    let mut quarters = rows.quarters.clone();
    quarters.sort_unstable();
    quarters.dedup();
    for quarter in quarters {
        let at: Vec<usize> = (0..rows.n.len())
            .filter(|r| rows.quarters[*r] == quarter)
            .collect();
        let referrer = |row: &usize| Referrer {
            leaked: rows.leaked[*row] as u64,
            n: rows.n[*row] as u64,
            expected: expected[*row],
        };
        let referrers: Vec<Referrer> = at.iter().map(referrer).collect();
        let Some(precision) = fit_precision(&referrers) else {
            continue;
        };
        for (row, referrer) in at.into_iter().zip(&referrers) {
            out[row] = Some(posterior(referrer, precision));
        }
    }
    out
}

/// The class by the share kept, and how probable the posterior makes it.
fn class_of(rows: &Rows, row: usize, posterior: Option<&Posterior>) -> (&'static str, Option<f64>) {
    let (leaked, n) = (rows.leaked[row] as u64, rows.n[row] as u64);
    match Class::of(leaked, n).filter(|_| rows.n[row] >= FEWEST_CLASSED) {
        Some(class) => {
            let probability = posterior.map(|p| p.probabilities().of(class));
            (class.name(), probability)
        }
        None => ("too_few", None),
    }
}

fn rank(
    rows: &Rows,
    unranked: &BTreeSet<String>,
    shrunk: &[Option<Posterior>],
) -> Vec<Option<i64>> {
    let mut out = vec![None; rows.n.len()];
    let mut quarters = rows.quarters.clone();
    quarters.sort_unstable();
    quarters.dedup();
    for quarter in quarters {
        let at: Vec<usize> = (0..rows.n.len())
            .filter(|r| rows.quarters[*r] == quarter)
            .collect();
        if unranked.contains(&quarter.to_string()) {
            continue;
        }
        let scores: Vec<Option<f64>> = at
            .iter()
            .map(|r| {
                shrunk[*r]
                    .as_ref()
                    .map(Posterior::mean)
                    .filter(|_| rows.n[*r] >= FEWEST_RANKED)
            })
            .collect();
        for (row, rank) in at.into_iter().zip(ranks(&scores)) {
            out[row] = rank;
        }
    }
    out
}
