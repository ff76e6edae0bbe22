//! How volume moved: inbound referrals by quarter, a working day's rate with its process limits.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::estimates::changes;
use crate::base::{Result, Table, TableBuilder};
use crate::stats::changes::{CountCluster, rate_ratio_change};
use crate::stats::comparisons::Change;
use crate::stats::control::{Signal, control_chart};

pub(super) const FINDING: Finding = Finding {
    name: "volume",
    marts: &["volume", "int_inbound_cells"],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context.warehouse.read("volume")?.sorted_by(&["quarter"])?;
    let external = table.counts("inbound_external")?;
    let internal = table.counts("inbound_internal")?;
    let aligned = table.counts("aligned")?;
    // Quarters before the first row of data say nothing: they are not shown.
    let first = (0..table.rows())
        .find(|r| external[*r] + internal[*r] + aligned[*r] > 0)
        .unwrap_or(table.rows());
    let rows: Vec<usize> = (first..table.rows()).collect();
    let days = table.counts("working_days")?;
    let per_day: Vec<f64> = rows
        .iter()
        .map(|r| external[*r] as f64 / days[*r].max(1) as f64)
        .collect();
    let chart = control_chart(&per_day);
    let quarters: Vec<String> = table.texts("quarter")?.into_iter().flatten().collect();
    let change = yearly_changes(context, &quarters, &days)?;
    let shown: Vec<Option<Change>> = rows.iter().map(|r| change[*r]).collect();
    let out = TableBuilder::new("volume")
        .text("quarter", rows.iter().map(|r| Some(&quarters[*r])))
        .int("working_days", rows.iter().map(|r| Some(days[*r])))
        .int("inbound_external", rows.iter().map(|r| Some(external[*r])))
        .real("inbound_per_day", per_day.iter().map(|v| Some(*v)))
        .int("inbound_internal", rows.iter().map(|r| Some(internal[*r])))
        .int("aligned", rows.iter().map(|r| Some(aligned[*r])))
        .int("kept", table.pick(&rows)?.ints("kept")?);
    changes(
        out,
        "inbound_external_change_year",
        &shown,
        &vec![None; rows.len()],
    )
    .real("mean", rows.iter().map(|_| chart.as_ref().map(|c| c.mean)))
    .real(
        "limit_low",
        rows.iter().map(|_| chart.as_ref().map(|c| c.limit_low)),
    )
    .real(
        "limit_high",
        rows.iter().map(|_| chart.as_ref().map(|c| c.limit_high)),
    )
    .text(
        "signal",
        (0..rows.len()).map(|at| Some(chart.as_ref().map_or("none", |c| word(c.signals[at])))),
    )
    .finish()
}

fn word(signal: Signal) -> &'static str {
    match signal {
        Signal::None => "none",
        Signal::Above => "above",
        Signal::Below => "below",
        Signal::Run => "run",
    }
}

/// The rate ratio of external inbound a working day against the same quarter a year before.
fn yearly_changes(
    context: &Context<'_>,
    quarters: &[String],
    days: &[i64],
) -> Result<Vec<Option<Change>>> {
    let cells = context.warehouse.ask(
        "external inbound by referrer",
        "select quarter, referring_npi, sum(n) as n from int_inbound_cells
         where referring_affiliation <> 'own' group by quarter, referring_npi",
    )?;
    let (texts, npis, counts) = (
        cells.text("quarter")?,
        cells.text("referring_npi")?,
        cells.int("n")?,
    );
    let mut by_quarter: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for row in 0..cells.rows() {
        by_quarter
            .entry(texts.value(row))
            .or_default()
            .insert(npis.value(row), counts.value(row).max(0) as u64);
    }
    let none = BTreeMap::new();
    let of = |at: usize| by_quarter.get(quarters[at].as_str()).unwrap_or(&none);
    Ok((0..quarters.len())
        .map(|at| {
            let before = at.checked_sub(4)?;
            let clusters = paired(of(at), of(before));
            rate_ratio_change(&clusters, days[at] as f64, days[before] as f64)
                .filter(|_| !of(before).is_empty())
        })
        .collect())
}

fn paired(now: &BTreeMap<&str, u64>, before: &BTreeMap<&str, u64>) -> Vec<CountCluster> {
    let mut keys: Vec<&str> = now.keys().chain(before.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let get = |map: &BTreeMap<&str, u64>, key: &str| map.get(key).copied().unwrap_or(0);
    keys.iter()
        .map(|key| CountCluster {
            count: get(now, key),
            base_count: get(before, key),
        })
        .collect()
}
