//! Leakage by specialty: where aligned referrers' referrals leave us, with what it rests on.

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, changes, estimates, ranks};
use super::leakage_cells::{Cells, Group, change, effect, effect_of_all, shown};
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::comparisons::Change;
use crate::stats::intervals::wilson_clustered;
use crate::stats::shrinkage::fit_beta_binomial;

pub(super) const FINDING: Finding = Finding {
    name: "leakage_by_specialty",
    marts: &["leakage_by_specialty", "int_leakage_cells"],
    make,
};

/// Rates on fewer than this many referrals are drawn hollow and not ranked.
pub(super) const FEWEST_RANKED: i64 = 30;
/// Above this share of unknown destinations nothing is ranked.
pub(super) const MOST_UNKNOWN: f64 = 0.10;

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let cells = Cells::read(context)?;
    let table = shown(context, "leakage_by_specialty", &["specialty", "quarter"])?;
    assemble(&table, &cells)
}

/// The rows of the mart, with the cells behind them.
struct Rows<'c> {
    cells: &'c Cells,
    specialties: Vec<String>,
    quarters: Vec<Quarter>,
    n: Vec<i64>,
    leaked: Vec<i64>,
    unknown: Vec<i64>,
    all_n: Vec<i64>,
    all_leaked: Vec<i64>,
}

impl<'c> Rows<'c> {
    fn read(table: &Table, cells: &'c Cells) -> Result<Self> {
        let quarters = table.texts("quarter")?;
        Ok(Self {
            cells,
            specialties: table.texts("specialty")?.into_iter().flatten().collect(),
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
        })
    }

    fn group(&self, row: usize, back: i32) -> &Group {
        let quarter = self.quarters[row].plus(-back).to_string();
        self.cells.of(&self.specialties[row], &quarter)
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

    /// One family a quarter, without the rows `all`.
    fn families(&self) -> Vec<Option<u32>> {
        let family = |row: usize| {
            (self.specialties[row] != "all").then(|| self.quarters[row].index() as u32)
        };
        (0..self.n.len()).map(family).collect()
    }
}

fn assemble(table: &Table, cells: &Cells) -> Result<Table> {
    let rows = Rows::read(table, cells)?;
    let every = 0..table.rows();
    let families = rows.families();
    let shrunk = shrink(&rows);
    let mut out = TableBuilder::new("leakage_by_specialty")
        .text("specialty", rows.specialties.iter().map(Some))
        .text("quarter", rows.quarters.iter().map(|q| Some(q.to_string())))
        .int("n", table.ints("n")?)
        .int("leaked", table.ints("leaked")?);
    out = estimates(
        out,
        "leakage",
        &every.clone().map(|r| rows.rate(r)).collect::<Vec<_>>(),
    );
    out = changes(out, "leakage_change", &rows.against(1), &families);
    out = changes(out, "leakage_change_year", &rows.against(4), &families);
    out = out.real("shrunk_leakage", shrunk.iter().copied());
    for name in ["own", "affiliated", "outside", "unknown_destination"] {
        out = out.int(name, table.ints(name)?);
    }
    out = out
        .real("leakage_bound_low", every.clone().map(|r| rows.bound(r, 0)))
        .real(
            "leakage_bound_high",
            every.clone().map(|r| rows.bound(r, rows.unknown[r])),
        )
        .int("not_offered", table.ints("not_offered")?);
    let of_all: Vec<Estimate> = every.map(|r| rows.rate_of_all(r)).collect();
    estimates(out, "leakage_all", &of_all)
        .int("not_addressable", table.ints("not_addressable")?)
        .int("addressable", table.ints("addressable")?)
        .int("rank", rank(&rows, &shrunk))
        .int("leakage_all_n", table.ints("all_n")?)
        .finish()
}

/// Each quarter's rates drawn toward that quarter's mean over specialties (beta-binomial); the row
/// `all` keeps its own.
fn shrink(rows: &Rows<'_>) -> Vec<Option<f64>> {
    let Rows {
        specialties,
        quarters,
        n,
        leaked,
        ..
    } = rows;
    let mut out = vec![None; n.len()];
    let mut seen = quarters.clone();
    seen.sort_unstable();
    seen.dedup();
    for quarter in seen {
        let rows: Vec<usize> = (0..n.len())
            .filter(|r| quarters[*r] == quarter && n[*r] > 0)
            .collect();
        let groups: Vec<(u64, u64)> = rows
            .iter()
            .filter(|r| specialties[**r] != "all")
            .map(|r| (leaked[*r] as u64, n[*r] as u64))
            .collect();
        let prior = fit_beta_binomial(&groups);
        for row in rows {
            let own = leaked[row] as f64 / n[row] as f64;
            out[row] = match (&prior, specialties[row] != "all") {
                (Some(prior), true) => {
                    Some(prior.posterior_mean(leaked[row] as u64, n[row] as u64))
                }
                _ => Some(own),
            };
        }
    }
    out
}

fn rank(rows: &Rows<'_>, shrunk: &[Option<f64>]) -> Vec<Option<i64>> {
    let Rows {
        specialties,
        quarters,
        n,
        unknown,
        ..
    } = rows;
    let mut out = vec![None; n.len()];
    for row in (0..n.len()).filter(|r| specialties[*r] == "all") {
        let share = unknown[row] as f64 / (n[row] + unknown[row]).max(1) as f64;
        if share > MOST_UNKNOWN {
            continue;
        }
        let scores: Vec<Option<f64>> = (0..n.len())
            .map(|r| {
                let ranked = quarters[r] == quarters[row]
                    && specialties[r] != "all"
                    && n[r] >= FEWEST_RANKED;
                shrunk[r].filter(|_| ranked)
            })
            .collect();
        for (r, rank) in ranks(&scores)
            .into_iter()
            .enumerate()
            .filter(|(_, rank)| rank.is_some())
        {
            out[r] = rank;
        }
    }
    out
}
