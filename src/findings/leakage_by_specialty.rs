//! Leakage by specialty: where aligned referrers' referrals leave us, with what it rests on.

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, changes, estimates, ranks};
use super::leakage_cells::{Cells, change, effect, effect_of_all};
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
    let shown: Vec<String> = context.quarter.last(8).iter().map(ToString::to_string).collect();
    let all = context.warehouse.read("leakage_by_specialty")?.sorted_by(&["specialty", "quarter"])?;
    let quarters = all.text("quarter")?;
    let rows: Vec<usize> =
        (0..all.rows()).filter(|r| shown.iter().any(|q| q == quarters.value(*r))).collect();
    let table = all.pick(&rows)?;
    assemble(&table, &cells)
}

fn assemble(table: &Table, cells: &Cells) -> Result<Table> {
    let specialties: Vec<String> = table.texts("specialty")?.into_iter().flatten().collect();
    let quarters: Vec<Quarter> =
        table.texts("quarter")?.iter().flatten().map(|q| q.parse()).collect::<Result<_>>()?;
    let int = |column: &str| -> Result<Vec<i64>> {
        Ok(table.ints(column)?.into_iter().map(|n| n.unwrap_or(0)).collect())
    };
    let (n, leaked, unknown) = (int("n")?, int("leaked")?, int("unknown_destination")?);
    let (all_n, all_leaked) = (int("all_n")?, int("all_leaked")?);
    let rows = 0..table.rows();
    let group = |row: usize, back: i32| cells.of(&specialties[row], &quarters[row].plus(-back).to_string());
    let rate = |row: usize| {
        Estimate::share(leaked[row] as u64, n[row] as u64, || {
            wilson_clustered(leaked[row] as u64, n[row] as u64, effect(group(row, 0)))
        })
    };
    let rate_of_all = |row: usize| {
        Estimate::share(all_leaked[row] as u64, all_n[row] as u64, || {
            wilson_clustered(all_leaked[row] as u64, all_n[row] as u64, effect_of_all(group(row, 0)))
        })
    };
    let against = |back: i32| -> Vec<Option<Change>> {
        rows.clone().map(|row| change(group(row, 0), group(row, back))).collect()
    };
    let families: Vec<Option<u32>> =
        rows.clone().map(|r| (specialties[r] != "all").then(|| quarters[r].index() as u32)).collect();
    let shrunk = shrink(&specialties, &quarters, &n, &leaked);
    let bound = |row: usize, extra: i64| {
        let known = n[row] + unknown[row];
        (known > 0).then(|| (leaked[row] + extra) as f64 / known as f64)
    };
    let ints = |column: &str| table.ints(column);
    let mut out = TableBuilder::new("leakage_by_specialty")
        .text("specialty", specialties.iter().map(Some))
        .text("quarter", quarters.iter().map(|q| Some(q.to_string())))
        .int("n", ints("n")?)
        .int("leaked", ints("leaked")?);
    out = estimates(out, "leakage", &rows.clone().map(rate).collect::<Vec<_>>());
    out = changes(out, "leakage_change", &against(1), &families);
    out = changes(out, "leakage_change_year", &against(4), &families);
    out = out
        .real("shrunk_leakage", shrunk.iter().copied())
        .int("own", ints("own")?)
        .int("affiliated", ints("affiliated")?)
        .int("outside", ints("outside")?)
        .int("unknown_destination", ints("unknown_destination")?)
        .real("leakage_bound_low", rows.clone().map(|r| bound(r, 0)))
        .real("leakage_bound_high", rows.clone().map(|r| bound(r, unknown[r])))
        .int("not_offered", ints("not_offered")?);
    out = estimates(out, "leakage_all", &rows.clone().map(rate_of_all).collect::<Vec<_>>());
    out.int("not_addressable", ints("not_addressable")?)
        .int("addressable", ints("addressable")?)
        .int("rank", rank(&specialties, &quarters, &n, &unknown, &shrunk))
        .int("leakage_all_n", ints("all_n")?)
        .finish()
}

/// Each quarter's rates drawn toward that quarter's mean over specialties (beta-binomial); the row
/// `all` keeps its own.
fn shrink(specialties: &[String], quarters: &[Quarter], n: &[i64], leaked: &[i64]) -> Vec<Option<f64>> {
    let mut out = vec![None; n.len()];
    let mut seen = quarters.to_vec();
    seen.sort_unstable();
    seen.dedup();
    for quarter in seen {
        let rows: Vec<usize> = (0..n.len()).filter(|r| quarters[*r] == quarter && n[*r] > 0).collect();
        let groups: Vec<(u64, u64)> = rows
            .iter()
            .filter(|r| specialties[**r] != "all")
            .map(|r| (leaked[*r] as u64, n[*r] as u64))
            .collect();
        let prior = fit_beta_binomial(&groups);
        for row in rows {
            let own = leaked[row] as f64 / n[row] as f64;
            out[row] = match (&prior, specialties[row] != "all") {
                (Some(prior), true) => Some(prior.posterior_mean(leaked[row] as u64, n[row] as u64)),
                _ => Some(own),
            };
        }
    }
    out
}

fn rank(
    specialties: &[String],
    quarters: &[Quarter],
    n: &[i64],
    unknown: &[i64],
    shrunk: &[Option<f64>],
) -> Vec<Option<i64>> {
    let mut out = vec![None; n.len()];
    for row in (0..n.len()).filter(|r| specialties[*r] == "all") {
        let share = unknown[row] as f64 / (n[row] + unknown[row]).max(1) as f64;
        if share > MOST_UNKNOWN {
            continue;
        }
        let scores: Vec<Option<f64>> = (0..n.len())
            .map(|r| {
                let ranked = quarters[r] == quarters[row] && specialties[r] != "all" && n[r] >= FEWEST_RANKED;
                shrunk[r].filter(|_| ranked)
            })
            .collect();
        for (r, rank) in ranks(&scores).into_iter().enumerate().filter(|(_, rank)| rank.is_some()) {
            out[r] = rank;
        }
    }
    out
}
