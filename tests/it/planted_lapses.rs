//! The list of lapsed referrers over many made territories, against who was planted to stop: false
//! alarms, what is found, how soon, and whether plain rules would have done as well.

use std::collections::BTreeMap;

use catchment::base::progress::Silent;
use catchment::base::{Config, Day, Quarter, Table, TableBuilder, Workspace};
use catchment::engine::Engine;
use catchment::findings::{Context, FINDINGS, Made};
use catchment::lake::Snapshot;
use catchment::standpoint::prepare;
use catchment::stats::forecasts::auc;

use crate::workspace::{Fresh, Territory};

/// A referrer who was judged, with what was planted.
struct Judged {
    behaviour: String,
    /// The day of the planted change.
    changed_on: Option<Day>,
    /// Referrals in the year before the planted change.
    year_before: i64,
    /// Referrals a quarter as planted, before the change.
    rate: f64,
    last_on: Day,
    lapse_on: Option<Day>,
    status: String,
    cause: String,
    days_silent: i64,
    p_stopped: Option<f64>,
    /// Listed by a rule that knows the true pace.
    knowing: bool,
}

impl Judged {
    fn stopped(&self) -> bool {
        ["lapsed", "retired"].contains(&self.behaviour.as_str())
    }

    /// Planted to stop at least 90 days before the end, with at least eight referrals in the year before.
    fn can_be_found(&self, end: Day) -> bool {
        let old = self.changed_on.is_some_and(|on| end.0 - on.0 >= 90);
        self.stopped() && old && self.year_before >= 8
    }
}

fn quarter() -> Quarter {
    "2026Q3".parse().unwrap()
}

/// Ingests a territory and judges its referrers, without drawing anything.
fn judge(seed: u64, pcps: u32) -> Vec<Judged> {
    let territory = Territory::make(pcps, 12, seed);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    let workspace = Workspace::open(fresh.path()).unwrap();
    let config: Config = workspace.config().unwrap();
    let scratch = workspace.new_scratch().unwrap();
    let engine = Engine::new(scratch.path(), None, None).unwrap();
    let snapshot = Snapshot::read(&engine, &workspace).unwrap();
    let warehouse = prepare(
        &engine,
        &workspace,
        &config,
        &snapshot,
        quarter(),
        scratch.path(),
    )
    .unwrap();
    let finding = FINDINGS.iter().find(|f| f.name == "referrers").unwrap();
    warehouse.build(finding.marts, &Silent).unwrap();
    // The models of repeat buying decide nothing here.
    let mut made = Made::new();
    let none = || std::iter::empty::<Option<f64>>();
    let models = TableBuilder::new("referrers_models")
        .text("referring_npi", std::iter::empty::<Option<&str>>())
        .real("mbg_cnbd_k_p_alive", none())
        .real("mbg_cnbd_k_expected", none())
        .finish()
        .unwrap();
    made.insert("referrers_models".to_string(), models);
    let context = Context::new(&warehouse, &config, quarter());
    let table = (finding.make)(&context, &made).unwrap();
    let days = warehouse.read("int_referrer_days").unwrap();
    with_truth(&table, &days, &territory)
}

fn with_truth(table: &Table, days: &Table, territory: &Territory) -> Vec<Judged> {
    let truth: BTreeMap<String, BTreeMap<String, String>> = territory
        .rows("truth/referrers.csv")
        .into_iter()
        .map(|row| (row["truth_npi"].clone(), row))
        .collect();
    let mut referrals: BTreeMap<String, Vec<(Day, i64)>> = BTreeMap::new();
    let (npis, on, n) = (
        days.text("referring_npi").unwrap(),
        days.days("referred_on").unwrap(),
        days.counts("n").unwrap(),
    );
    for row in 0..days.rows() {
        let all = referrals.entry(npis.value(row).to_string()).or_default();
        all.push((on[row].unwrap(), n[row]));
    }
    let of = |row: usize| -> Option<Judged> {
        let npi = table.cell("referring_npi", row).unwrap();
        let planted = truth.get(&npi)?;
        let changed_on: Option<Day> = planted["truth_changed_on"].parse().ok();
        let within = |day: Day| changed_on.is_some_and(|on| day < on && on.0 - day.0 <= 365);
        let year = referrals[&npi].iter().filter(|(day, _)| within(*day));
        Some(Judged {
            behaviour: planted["truth_behaviour"].clone(),
            changed_on,
            year_before: year.map(|(_, n)| n).sum(),
            rate: planted["truth_rate_before"].parse().unwrap(),
            last_on: table.cell("last_on", row).unwrap().parse().unwrap(),
            lapse_on: table.cell("lapse_on", row).unwrap().parse().ok(),
            status: table.cell("status", row).unwrap(),
            cause: table.cell("cause", row).unwrap(),
            days_silent: table.counts("days_silent").unwrap()[row],
            p_stopped: table.reals("p_stopped").unwrap()[row],
            knowing: false,
        })
    };
    let mut all: Vec<Judged> = (0..table.rows()).filter_map(of).collect();
    judge_knowing(&mut all);
    all
}

/// The chance of the silence at the true pace before the planted change, and Benjamini and Hochberg's
/// step-up at the same level, over those who are screened.
fn judge_knowing(all: &mut [Judged]) {
    let mut chances: Vec<(f64, usize)> = (0..all.len())
        .filter(|at| all[*at].p_stopped.is_some())
        .map(|at| {
            (
                (-all[at].rate / 91.25 * all[at].days_silent as f64).exp(),
                at,
            )
        })
        .collect();
    chances.sort_by(|a, b| a.0.total_cmp(&b.0));
    let family = chances.len() as f64;
    let passes = |(at, (p, _)): (usize, &(f64, usize))| *p <= 0.05 * (at + 1) as f64 / family;
    let last = chances.iter().enumerate().rposition(passes);
    for (_, at) in chances.into_iter().take(last.map_or(0, |last| last + 1)) {
        all[at].knowing = true;
    }
}

/// What the list is worth over many territories.
struct Worth {
    /// Listed, of these those who had not stopped, and of these those who had slowed for good.
    listed: usize,
    wrong: usize,
    slowed: usize,
    /// Those who could be found, and those found.
    findable: usize,
    found: usize,
    /// Those found by a rule that knows everyone's true pace, by the same test at the same level.
    found_knowing: usize,
    /// Quiet retired and quiet lapsed, and of each those told as such.
    retired: (usize, usize),
    lapsed: (usize, usize),
    /// Areas of the chance of a stop, of days of silence, and of 90 days.
    areas: [f64; 3],
}

fn worth(all: &[Judged]) -> Worth {
    let end = quarter().last_day();
    let listed: Vec<&Judged> = all.iter().filter(|j| j.status == "lapsed").collect();
    let findable: Vec<&Judged> = all.iter().filter(|j| j.can_be_found(end)).collect();
    let quiet = |j: &&Judged| ["lapsed", "silent", "at_risk"].contains(&j.status.as_str());
    let told = |behaviour: &str, retired: bool| {
        let of = || {
            all.iter()
                .filter(quiet)
                .filter(|j| j.behaviour == behaviour)
        };
        let right = of().filter(|j| (j.cause == "retired") == retired);
        (of().count(), right.count())
    };
    let judged: Vec<&Judged> = all.iter().filter(|j| j.p_stopped.is_some()).collect();
    let events: Vec<bool> = judged.iter().map(|j| j.stopped()).collect();
    let area = |score: &dyn Fn(&Judged) -> f64| {
        let scores: Vec<f64> = judged.iter().map(|j| score(j)).collect();
        auc(&scores, &events).unwrap().estimate
    };
    Worth {
        listed: listed.len(),
        wrong: listed.iter().filter(|j| !j.stopped()).count(),
        slowed: listed.iter().filter(|j| j.behaviour == "declining").count(),
        findable: findable.len(),
        found: findable.iter().filter(|j| j.status == "lapsed").count(),
        found_knowing: all
            .iter()
            .filter(|j| j.knowing && j.can_be_found(end))
            .count(),
        retired: told("retired", true),
        lapsed: told("lapsed", false),
        areas: [
            area(&|j| j.p_stopped.unwrap_or(0.0)),
            area(&|j| j.days_silent as f64),
            area(&|j| f64::from(u8::from(j.days_silent >= 90))),
        ],
    }
}

fn tell(worth: &Worth) {
    let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
    println!(
        "{} listed, {} had not stopped ({:.3}), of these {} had slowed for good: {:.3} without them",
        worth.listed,
        worth.wrong,
        share(worth.wrong, worth.listed),
        worth.slowed,
        share(worth.wrong - worth.slowed, worth.listed),
    );
    println!(
        "{} of {} that could be found were ({:.3}); knowing everyone's true pace, {} ({:.3})",
        worth.found,
        worth.findable,
        share(worth.found, worth.findable),
        worth.found_knowing,
        share(worth.found_knowing, worth.findable)
    );
    println!(
        "retired: {} of {} told; lapsed: {} of {} not taken for retired",
        worth.retired.1, worth.retired.0, worth.lapsed.1, worth.lapsed.0
    );
    println!(
        "area: chance of a stop {:.4}, days of silence {:.4}, 90 days {:.4}",
        worth.areas[0], worth.areas[1], worth.areas[2]
    );
}

/// Median weeks from the planted stop to the flag, by the referrer's pace, beside those of 90 days.
fn weeks(all: &[Judged]) -> Vec<(f64, usize, f64, f64)> {
    let median = |mut values: Vec<f64>| -> f64 {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let edges = [2.0, 3.0, 4.0, 6.0, 9.0, 14.0, 100.0];
    let mut out = Vec::new();
    for pair in edges.windows(2) {
        let of: Vec<(f64, f64)> = all
            .iter()
            .filter(|j| j.stopped() && j.rate >= pair[0] && j.rate < pair[1])
            .filter_map(|j| {
                let on = j.changed_on?;
                let ours = f64::from(j.lapse_on?.0 - on.0) / 7.0;
                Some((ours, f64::from(j.last_on.0 + 90 - on.0) / 7.0))
            })
            .collect();
        if of.len() >= 10 {
            let ours = median(of.iter().map(|w| w.0).collect());
            let days = median(of.iter().map(|w| w.1).collect());
            out.push((pair[0], of.len(), ours, days));
        }
    }
    out
}

/// Eight territories: few of those listed still refer as before, most who stopped are found, and the
/// chance of a stop beats plain days.
#[test]
fn the_list_is_worth_what_it_says() {
    let all: Vec<Judged> = (301..309).flat_map(|seed| judge(seed, 150)).collect();
    let worth = worth(&all);
    tell(&worth);
    assert!(worth.listed >= 60 && worth.findable >= 50);
    // At the stated rate and one point, and three deviations of that.
    let steady = (worth.wrong - worth.slowed) as f64;
    let stated = 0.06 * worth.listed as f64;
    assert!(steady <= stated + 3.0 * stated.sqrt(), "{steady} {stated}");
    // Of those whom a rule that knows everyone's true pace finds, at least nine in ten.
    assert!(
        worth.found * 10 >= 9 * worth.found_knowing,
        "{}",
        worth.found
    );
    assert!(worth.areas[0] > worth.areas[1] && worth.areas[1] > worth.areas[2]);
}

/// Two hundred territories; prints what docs/methods/lapsed.md says. About a quarter of an hour.
#[test]
#[ignore = "takes long; run it when the screening changes"]
fn two_hundred_territories() {
    let mut all = Vec::new();
    for seed in 1001..1201 {
        all.extend(judge(seed, 150));
        if seed % 20 == 0 {
            tell(&worth(&all));
        }
    }
    let found = worth(&all);
    tell(&found);
    for (rate, n, ours, days) in weeks(&all) {
        println!(
            "from {rate} a quarter: {n} stopped, median weeks to the flag {ours:.1}, by 90 days {days:.1}"
        );
    }
    let steady = found.wrong - found.slowed;
    assert!(steady as f64 <= 0.07 * found.listed as f64);
    assert!(found.areas[0] > found.areas[1] && found.areas[1] > found.areas[2]);
}
