//! Leakage by specialty: where aligned referrers' referrals leave us, with what it rests on, what
//! could have stayed, and what that is worth to the user.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, estimates};
use super::leakage_cells::Cells;
use super::leakage_rates::{ALL, Grain, Rows};
use super::recoverable::{By, MARTS};
use crate::base::{Quarter, Result, Table};
use crate::stats::intervals::wilson_clustered;

pub(super) const FINDING: Finding = Finding {
    name: "leakage_by_specialty",
    marts: &[
        "leakage_by_specialty",
        "int_leakage_cells",
        "leakage_ledger",
        MARTS[0],
        MARTS[1],
    ],
    make,
};

const GRAIN: Grain = Grain {
    table: "leakage_by_specialty",
    key: "specialty",
    labels: &[],
};

/// Classes of referrals that stayed inside, however they ended.
const KEPT: [&str; 5] = [
    "left_redirected",
    "declined_by_us",
    "kept_not_done",
    "kept_completed",
    "kept_pending",
];

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let cells = Cells::by_specialty(context)?;
    let rows = Rows::read(context, &GRAIN, &cells)?;
    let recovered = context.recovered()?;
    let out = rows.realise(rows.open(context, &GRAIN)?, recovered, By::Specialty);
    let worth = Worth::read(context)?;
    let value = |row: usize| {
        let (key, quarter) = (&rows.keys[row], rows.quarters[row]);
        let count = |specialty: &str| recovered.of(By::Specialty, specialty, quarter).0;
        worth.of(key, &count)
    };
    let values: Vec<Estimate> = (0..rows.keys.len()).map(value).collect();
    let out = estimates(out, "value_recoverable", &values);
    rows.close(out, recovered, By::Specialty)
}

/// What a recoverable referral is worth: the user's contribution times the share of kept referrals
/// that come to a visit.
struct Worth(BTreeMap<String, Estimate>);

impl Worth {
    /// The specialties for which the user gives a contribution. Completion is of the quarters that
    /// ended 90 days ago or more.
    fn read(context: &Context<'_>) -> Result<Self> {
        let ledger = context.warehouse.read("leakage_ledger")?;
        let (specialties, classes) = (ledger.text("specialty")?, ledger.text("class")?);
        let (quarters, n) = (ledger.texts("quarter")?, ledger.counts("n")?);
        let mut completed: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (row, quarter) in quarters.iter().flatten().enumerate() {
            let quarter: Quarter = quarter.parse()?;
            let age = context.quarter.last_day().0 - quarter.last_day().0;
            if age < 90 || !KEPT.contains(&classes.value(row)) {
                continue;
            }
            let sums = completed.entry(specialties.value(row)).or_default();
            let n = n[row].max(0) as u64;
            sums.1 += n;
            if classes.value(row) == "kept_completed" {
                sums.0 += n;
            }
        }
        let worth = context
            .config
            .specialties
            .iter()
            .filter_map(|(name, specialty)| {
                let contribution = specialty.contribution?;
                let (done, n) = completed.get(name.as_str()).copied()?;
                let share = Estimate::share(done, n, || wilson_clustered(done, n, 1.0));
                Some((name.clone(), share.times(contribution)))
            });
        Ok(Self(worth.collect()))
    }

    /// The worth of so many referrals; of `all` the sum over specialties with a contribution.
    fn of(&self, specialty: &str, count: &dyn Fn(&str) -> Option<i64>) -> Estimate {
        let value = |name: &str| Some(self.0.get(name)?.times(count(name)? as f64));
        if specialty != ALL {
            return value(specialty).unwrap_or_default();
        }
        let values = self.0.keys().filter_map(|name| value(name));
        values.reduce(Estimate::plus).unwrap_or_default()
    }
}
