//! Which of our sites get more than they can see: demand against slots, backlog, and how long
//! patients wait. The method is docs/methods/overflow.md.

use std::collections::BTreeMap;

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, estimates};
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::survival::cumulative_incidence;

pub(super) const FINDING: Finding = Finding {
    name: "overflow",
    marts: &["overflow", "int_waits"],
    make,
};

/// The weeks that a quarter's demand is spread over.
const WEEKS: f64 = 13.0;
/// A backlog of so many weeks makes a site over capacity.
const LONG_BACKLOG: f64 = 4.0;
const SEEN: u32 = 1;
const LEFT: u32 = 2;

/// practice, specialty, quarter.
type Key = (String, String, Quarter);

#[derive(Debug, Clone, Default)]
struct Load {
    name: String,
    county: String,
    territory: String,
    referrals: i64,
    slots: i64,
    weeks: i64,
    backlog: i64,
}

impl Load {
    fn add(&mut self, other: &Load) {
        self.referrals += other.referrals;
        self.slots += other.slots;
        self.weeks = self.weeks.max(other.weeks);
        self.backlog += other.backlog;
        self.name.clone_from(&other.name);
        self.county.clone_from(&other.county);
        self.territory.clone_from(&other.territory);
    }

    /// New-patient slots a week; none where no capacity is known.
    fn weekly_slots(&self) -> Option<f64> {
        (self.weeks > 0).then(|| self.slots as f64 / self.weeks as f64)
    }
}

type Waits = BTreeMap<Key, Vec<(f64, u32)>>;

struct Row<'a> {
    key: &'a Key,
    load: &'a Load,
    demand: f64,
    slots: Option<f64>,
    utilisation: Option<f64>,
    utilisation_4q: Option<f64>,
    backlog_weeks: Option<f64>,
    backlog_change: Option<i64>,
    median_wait: Estimate,
    p90: Option<f64>,
}

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let loads = read_loads(context)?;
    let waits = read_waits(context)?;
    let shown = context.quarter.last(8);
    let visits = context.config.overflow.visits_per_referral;
    let rows: Vec<Row<'_>> = loads
        .iter()
        .filter(|(key, _)| shown.contains(&key.2))
        .map(|(key, load)| row(key, load, &loads, waits.get(key), visits))
        .collect();
    let ints = |get: fn(&Row<'_>) -> Option<i64>| rows.iter().map(get).collect::<Vec<_>>();
    let reals = |get: fn(&Row<'_>) -> Option<f64>| rows.iter().map(get).collect::<Vec<_>>();
    let out = TableBuilder::new("overflow")
        .text("practice_id", rows.iter().map(|r| Some(&r.key.0)))
        .text("specialty", rows.iter().map(|r| Some(&r.key.1)))
        .text("quarter", rows.iter().map(|r| Some(r.key.2.to_string())))
        .text("practice_name", rows.iter().map(|r| Some(&r.load.name)))
        .text("county", rows.iter().map(|r| Some(&r.load.county)))
        .text("territory", rows.iter().map(|r| Some(&r.load.territory)))
        .real("weekly_demand", reals(|r| Some(r.demand)))
        .real("weekly_slots", reals(|r| r.slots))
        .real("utilisation", reals(|r| r.utilisation))
        .real("utilisation_4q", reals(|r| r.utilisation_4q))
        .int("backlog", ints(|r| Some(r.load.backlog)))
        .real("backlog_weeks", reals(|r| r.backlog_weeks))
        .int("backlog_change", ints(|r| r.backlog_change));
    let medians: Vec<Estimate> = rows.iter().map(|r| r.median_wait).collect();
    estimates(out, "median_wait_days", &medians)
        .real("wait_p90_days", reals(|r| r.p90))
        .text("status", rows.iter().map(|r| Some(status(context, r))))
        .finish()
}

fn read_loads(context: &Context<'_>) -> Result<BTreeMap<Key, Load>> {
    let table =
        context
            .warehouse
            .read("overflow")?
            .sorted_by(&["practice_id", "specialty", "quarter"])?;
    let (practices, specialties) = (table.text("practice_id")?, table.text("specialty")?);
    let quarters = table.text("quarter")?;
    let (referrals, slots, weeks, backlog) = (
        table.counts("referrals")?,
        table.counts("slots")?,
        table.counts("weeks")?,
        table.counts("backlog")?,
    );
    let mut out: BTreeMap<Key, Load> = BTreeMap::new();
    for row in 0..table.rows() {
        let load = Load {
            name: table.cell("practice_name", row)?,
            county: table.cell("county", row)?,
            territory: table.cell("territory", row)?,
            referrals: referrals[row],
            slots: slots[row],
            weeks: weeks[row],
            backlog: backlog[row],
        };
        let quarter: Quarter = quarters.value(row).parse()?;
        for specialty in [specialties.value(row), "all"] {
            let key = (
                practices.value(row).to_string(),
                specialty.to_string(),
                quarter,
            );
            out.entry(key).or_default().add(&load);
        }
    }
    Ok(out)
}

fn read_waits(context: &Context<'_>) -> Result<Waits> {
    let table = context.warehouse.read("int_waits")?.sorted_by(&[
        "practice_id",
        "specialty",
        "quarter",
        "wait_days",
        "outcome",
    ])?;
    let (practices, specialties) = (table.text("practice_id")?, table.text("specialty")?);
    let (quarters, outcomes) = (table.text("quarter")?, table.text("outcome")?);
    let (days, n) = (table.int("wait_days")?, table.int("n")?);
    let mut out = Waits::new();
    for row in 0..table.rows() {
        let cause = match outcomes.value(row) {
            "seen" => SEEN,
            "left" => LEFT,
            _ => 0,
        };
        let quarter: Quarter = quarters.value(row).parse()?;
        for specialty in [specialties.value(row), "all"] {
            let key = (
                practices.value(row).to_string(),
                specialty.to_string(),
                quarter,
            );
            let waits = out.entry(key).or_default();
            waits.extend(std::iter::repeat_n(
                (days.value(row) as f64, cause),
                n.value(row).max(0) as usize,
            ));
        }
    }
    Ok(out)
}

fn row<'a>(
    key: &'a Key,
    load: &'a Load,
    loads: &BTreeMap<Key, Load>,
    waits: Option<&Vec<(f64, u32)>>,
    visits: f64,
) -> Row<'a> {
    let earlier = |back: i32| loads.get(&(key.0.clone(), key.1.clone(), key.2.plus(-back)));
    let demand = load.referrals as f64 / WEEKS * visits;
    let slots = load.weekly_slots();
    let year: Vec<&Load> = (0..4).filter_map(earlier).collect();
    let year_slots: Option<f64> = year
        .iter()
        .map(|l| l.weekly_slots())
        .collect::<Option<Vec<f64>>>()
        .map(|s| s.iter().sum());
    let year_demand: f64 = year
        .iter()
        .map(|l| l.referrals as f64 / WEEKS * visits)
        .sum();
    let over = |demand: f64, slots: Option<f64>| slots.filter(|s| *s > 0.0).map(|s| demand / s);
    let curve = waits.and_then(|w| cumulative_incidence(w, SEEN).ok());
    let median_wait = curve.as_ref().map_or_else(Estimate::default, |c| {
        let (low, high) = c.quantile_interval(0.5);
        let value = c.quantile(0.5);
        Estimate {
            value,
            low: low.filter(|_| value.is_some()),
            high: high.filter(|_| value.is_some()),
        }
    });
    Row {
        demand,
        slots,
        utilisation: over(demand, slots),
        utilisation_4q: over(year_demand, year_slots),
        backlog_weeks: slots.filter(|s| *s > 0.0).map(|s| load.backlog as f64 / s),
        backlog_change: earlier(1).map(|before| load.backlog - before.backlog),
        median_wait,
        p90: curve.as_ref().and_then(|c| c.quantile(0.9)),
        key,
        load,
    }
}

fn status(context: &Context<'_>, row: &Row<'_>) -> &'static str {
    let config = &context.config.overflow;
    let Some(utilisation) = row.utilisation_4q else {
        return "no_capacity_known";
    };
    if utilisation > config.over && row.backlog_weeks.is_some_and(|w| w >= LONG_BACKLOG) {
        "over_capacity"
    } else if utilisation >= config.tight {
        "tight"
    } else if utilisation <= config.slack {
        "slack"
    } else {
        "balanced"
    }
}
