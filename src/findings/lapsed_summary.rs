//! What was lost to lapses and what was gained beside it, by specialty and territory. The method is
//! docs/methods/lapsed_summary.md.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made, made};
use super::estimates::{Estimate, estimates};
use super::referrer_priors::Priors;
use crate::base::{Result, Table, TableBuilder};
use crate::stats::intervals::{Interval, Z_95};

pub(super) const FINDING: Finding = Finding {
    name: "lapsed_summary",
    marts: &["int_referrers"],
    make,
};

const ALL: &str = "all";
/// Quarters that the former and the present rate are means of.
const QUARTERS: f64 = 2.0;

/// A sum of expectations with its variance.
#[derive(Default, Clone, Copy)]
struct Sum {
    mean: f64,
    variance: f64,
}

impl Sum {
    /// With its interval, which does not go below the least that is possible.
    fn estimate(self, least: f64) -> Estimate {
        let reach = Z_95 * self.variance.sqrt();
        let interval = Interval {
            low: (self.mean - reach).max(least),
            high: self.mean + reach,
        };
        Estimate::of(self.mean, interval)
    }
}

#[derive(Default)]
struct Row {
    count: i64,
    lost: Sum,
    gained: Sum,
}

fn make(context: &Context<'_>, tables: &Made) -> Result<Table> {
    let referrers = made(tables, "referrers")?;
    let known = context
        .warehouse
        .read("int_referrers")?
        .sorted_by(&["referring_npi"])?;
    let own: BTreeMap<String, String> = known
        .texts("referring_npi")?
        .into_iter()
        .flatten()
        .zip(known.texts("roster_specialty")?.into_iter().flatten())
        .collect();
    let rates = rates(referrers, &own)?;
    let (status, specialty) = (referrers.text("status")?, referrers.texts("specialty")?);
    let territory = referrers.text("territory")?;
    let mut rows: BTreeMap<(String, String), Row> = BTreeMap::new();
    for (at, (former, present)) in rates.iter().enumerate() {
        let change = match status.value(at) {
            "lapsed" => former.mean - present.mean,
            "new" | "reactivated" => present.mean - former.mean,
            _ => continue,
        };
        let specialty = specialty[at].as_deref().unwrap_or("Unknown");
        for specialty in [ALL, specialty] {
            // Without territories in the settings everything lies in the one that is named all.
            let own = Some(territory.value(at)).filter(|own| *own != ALL);
            for territory in [Some(ALL), own].into_iter().flatten() {
                let key = (specialty.to_string(), territory.to_string());
                let row = rows.entry(key).or_default();
                let sum = if status.value(at) == "lapsed" {
                    row.count += 1;
                    &mut row.lost
                } else {
                    &mut row.gained
                };
                // Who sends no less after all has lost us nothing, and who sends no more won nothing.
                sum.mean += change.max(0.0);
                sum.variance += former.variance + present.variance;
            }
        }
    }
    let of = |get: &dyn Fn(&Row) -> Sum, least: f64| -> Vec<Estimate> {
        rows.values().map(|row| get(row).estimate(least)).collect()
    };
    let out = TableBuilder::new("lapsed_summary")
        .text("specialty", rows.keys().map(|key| Some(key.0.as_str())))
        .text("territory", rows.keys().map(|key| Some(key.1.as_str())))
        .int("count", rows.values().map(|row| Some(row.count)));
    let out = estimates(out, "lost_per_quarter", &of(&|row| row.lost, 0.0));
    let out = estimates(out, "gained_per_quarter", &of(&|row| row.gained, 0.0));
    let net = |row: &Row| Sum {
        mean: row.gained.mean - row.lost.mean,
        variance: row.gained.variance + row.lost.variance,
    };
    estimates(out, "net", &of(&net, f64::NEG_INFINITY)).finish()
}

/// The shrunk former and present rate of each referrer, a quarter.
fn rates(referrers: &Table, own: &BTreeMap<String, String>) -> Result<Vec<(Sum, Sum)>> {
    let counts = |column: &str| -> Result<Vec<u64>> {
        let rates = referrers.reals(column)?.into_iter();
        Ok(rates
            .map(|rate| (rate.unwrap_or(0.0) * QUARTERS).round() as u64)
            .collect())
    };
    let (former, present) = (
        counts("former_per_quarter")?,
        counts("present_per_quarter")?,
    );
    let specialties: Vec<String> = referrers
        .texts("referring_npi")?
        .into_iter()
        .map(|npi| {
            npi.and_then(|npi| own.get(&npi).cloned())
                .unwrap_or_default()
        })
        .collect();
    let counted = specialties
        .iter()
        .cloned()
        .zip(former.iter().map(|n| (*n, QUARTERS)));
    let priors = Priors::of(counted);
    let rate = |specialty: &str, count: u64| match priors.of_specialty(specialty) {
        Some(prior) => Sum {
            mean: prior.posterior_mean(count, QUARTERS),
            variance: prior.posterior_mean(count, QUARTERS) / (prior.alpha + QUARTERS),
        },
        None => Sum {
            mean: count as f64 / QUARTERS,
            variance: count as f64 / (QUARTERS * QUARTERS),
        },
    };
    Ok(specialties
        .iter()
        .zip(former.iter().zip(&present))
        .map(|(specialty, (former, present))| (rate(specialty, *former), rate(specialty, *present)))
        .collect())
}
