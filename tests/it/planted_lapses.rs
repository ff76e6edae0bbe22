//! The list of lapsed referrers over many made territories, against who was planted to stop: false
//! alarms, what is found, how soon, and whether plain rules would have done as well.

use std::collections::BTreeMap;
use std::thread;

use catchment::base::progress::Silent;
use catchment::base::{Config, Day, Quarter, Table, TableBuilder, Workspace};
use catchment::engine::Engine;
use catchment::findings::{Context, FINDINGS, Made};
use catchment::lake::Snapshot;
use catchment::simulate::Settings;
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
    /// Whether silences of this one are judged at all.
    screened: bool,
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

    /// Planted to stop at least 90 days before the end, with at least eight referrals in the year before,
    /// and not one of those whose silence is never judged.
    fn can_be_found(&self) -> bool {
        let end = quarter().last_day();
        let old = self.changed_on.is_some_and(|on| end.0 - on.0 >= 90);
        self.stopped() && self.screened && old && self.year_before >= 8
    }

    fn is_listed(&self) -> bool {
        self.status == "lapsed"
    }

    /// Told to have fallen because a competitor bought the practice, and fallen it has.
    fn is_bought(&self) -> bool {
        self.behaviour == "declining" && self.cause == "acquired_by_competitor"
    }

    /// Nothing has come since the pace fell, so there is nothing by which a fall differs from a stop.
    fn is_silent_since_the_fall(&self) -> bool {
        self.behaviour == "declining" && self.changed_on.is_some_and(|on| self.last_on < on)
    }
}

fn quarter() -> Quarter {
    "2026Q3".parse().unwrap()
}

/// Ingests a territory and judges its referrers, without drawing anything.
fn judge(seed: u64, volume: u32) -> Vec<Judged> {
    let territory = Territory::of(&Settings {
        pcps: 150,
        volume,
        seed,
        ..Settings::default()
    });
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
            screened: table.cell("status", row).unwrap() != "not_screened",
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
    listed: usize,
    /// Listed without having been planted to stop: who goes on as before, who goes on in bursts, and
    /// those whose pace has fallen for good to a fifth to a half.
    steady: usize,
    bursty: usize,
    slowed: usize,
    /// Those of the slowed who have sent nothing since.
    silent_since: usize,
    /// Listed beside these with the cause that a competitor bought their practice, who send a third of
    /// what they did since: the list says so, and it is so.
    bought: usize,
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

impl Worth {
    fn of(all: &[Judged]) -> Self {
        let count = |of: &dyn Fn(&Judged) -> bool| all.iter().filter(|j| of(j)).count();
        let wrong =
            |word: &str| count(&|j| j.is_listed() && !j.stopped() && j.behaviour.as_str() == word);
        let quiet = |j: &Judged| ["lapsed", "silent", "at_risk"].contains(&j.status.as_str());
        let told = |behaviour: &str, retired: bool| {
            let of = |j: &Judged| quiet(j) && j.behaviour == behaviour;
            let right = |j: &Judged| of(j) && (j.cause == "retired") == retired;
            (count(&of), count(&right))
        };
        Self {
            listed: count(&Judged::is_listed),
            steady: wrong("steady") + wrong("new"),
            bursty: wrong("bursty"),
            slowed: wrong("declining") - count(&|j| j.is_listed() && j.is_bought()),
            bought: count(&|j| j.is_listed() && j.is_bought()),
            silent_since: count(&|j| {
                j.is_listed() && j.is_silent_since_the_fall() && !j.is_bought()
            }),
            findable: count(&Judged::can_be_found),
            found: count(&|j| j.can_be_found() && j.is_listed()),
            found_knowing: count(&|j| j.can_be_found() && j.knowing),
            retired: told("retired", true),
            lapsed: told("lapsed", false),
            areas: areas(all),
        }
    }

    /// Everybody listed who had not stopped, but for those whose cause is told.
    fn wrong(&self) -> usize {
        self.steady + self.bursty + self.slowed
    }

    fn tell(&self) {
        let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
        let of_list = |part: usize| share(part, self.listed);
        println!(
            "{} listed, {} had not stopped ({:.3}): {} steady ({:.3}), {} bursty ({:.3}), {} slowed ({:.3}), \
             {} of these silent since; besides {} ({:.3}) whose practice a competitor bought",
            self.listed,
            self.wrong(),
            of_list(self.wrong()),
            self.steady,
            of_list(self.steady),
            self.bursty,
            of_list(self.bursty),
            self.slowed,
            of_list(self.slowed),
            self.silent_since,
            self.bought,
            of_list(self.bought)
        );
        println!(
            "{} of {} that could be found were ({:.3}); knowing everyone's true pace, {} ({:.3})",
            self.found,
            self.findable,
            share(self.found, self.findable),
            self.found_knowing,
            share(self.found_knowing, self.findable)
        );
        println!(
            "retired: {} of {} told; lapsed: {} of {} not taken for retired",
            self.retired.1, self.retired.0, self.lapsed.1, self.lapsed.0
        );
        println!(
            "area: chance of a stop {:.4}, days of silence {:.4}, 90 days {:.4}",
            self.areas[0], self.areas[1], self.areas[2]
        );
    }
}

/// How well three scores order those who stopped before the others, of everybody judged.
fn areas(all: &[Judged]) -> [f64; 3] {
    let judged: Vec<&Judged> = all.iter().filter(|j| j.p_stopped.is_some()).collect();
    let events: Vec<bool> = judged.iter().map(|j| j.stopped()).collect();
    let area = |score: &dyn Fn(&Judged) -> f64| {
        let scores: Vec<f64> = judged.iter().map(|j| score(j)).collect();
        auc(&scores, &events).unwrap().estimate
    };
    [
        area(&|j| j.p_stopped.unwrap_or(0.0)),
        area(&|j| j.days_silent as f64),
        area(&|j| f64::from(u8::from(j.days_silent >= 90))),
    ]
}

/// By planted pace: listed, of these wrong, could be found, of these found.
fn by_pace(all: &[Judged]) -> Vec<(f64, [usize; 4])> {
    let row = |pair: &[f64]| {
        let of = |j: &&Judged| j.rate >= pair[0] && j.rate < pair[1];
        let mut counts = [0; 4];
        for j in all.iter().filter(of) {
            counts[0] += usize::from(j.is_listed());
            counts[1] += usize::from(j.is_listed() && !j.stopped() && !j.is_bought());
            counts[2] += usize::from(j.can_be_found());
            counts[3] += usize::from(j.can_be_found() && j.is_listed());
        }
        (pair[0], counts)
    };
    PACES.windows(2).map(row).collect()
}

/// Of those listed with a chance of a stop from one bound to the next: how many, and how many had stopped.
fn by_chance(all: &[Judged]) -> Vec<(f64, usize, usize)> {
    let row = |pair: &[f64]| {
        let of =
            |j: &&Judged| j.is_listed() && j.p_stopped.is_some_and(|p| p >= pair[0] && p < pair[1]);
        let stopped = all.iter().filter(of).filter(|j| j.stopped()).count();
        (pair[0], all.iter().filter(of).count(), stopped)
    };
    [0.0, 0.8, 0.9, 0.95, 0.98, 1.1]
        .windows(2)
        .map(row)
        .collect()
}

/// Referrals a quarter by which the tables are cut.
const PACES: [f64; 9] = [0.0, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0, 25.0, 1000.0];

/// Median weeks from the planted stop to the flag, by the referrer's pace, beside those of 90 days.
fn weeks(all: &[Judged]) -> Vec<(f64, usize, f64, f64)> {
    let median = |mut values: Vec<f64>| -> f64 {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let mut out = Vec::new();
    for pair in PACES.windows(2) {
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

/// Many territories, two at a time.
fn judge_all(seeds: std::ops::Range<u64>, volume: u32) -> Vec<Judged> {
    let half = |odd: u64| {
        let seeds = seeds.clone().filter(move |seed| seed % 2 == odd);
        move || {
            seeds
                .flat_map(|seed| judge(seed, volume))
                .collect::<Vec<Judged>>()
        }
    };
    thread::scope(|scope| {
        let other = scope.spawn(half(1));
        let mut all = half(0)();
        all.extend(other.join().unwrap());
        all
    })
}

fn tell(all: &[Judged]) -> Worth {
    let worth = Worth::of(all);
    worth.tell();
    for (pace, [listed, wrong, findable, found]) in by_pace(all) {
        println!(
            "from {pace} a quarter: {listed} listed, {wrong} wrong; {found} of {findable} found"
        );
    }
    for (chance, n, stopped) in by_chance(all) {
        println!("given {chance} or more: {n} listed, {stopped} had stopped");
    }
    for (pace, n, ours, days) in weeks(all) {
        println!(
            "from {pace} a quarter: {n} stopped, median weeks to the flag {ours:.1}, by 90 days {days:.1}"
        );
    }
    worth
}

/// What may be wrong of a list: a share, and three deviations of so many.
fn at_most(share: f64, listed: usize) -> f64 {
    let expected = share * listed as f64;
    expected + 3.0 * expected.sqrt()
}

/// Rare referrers, three referrals a quarter: of whoever goes on as before few are listed, most of those
/// are found whom a rule finds that knows everyone's true pace, and the chance of a stop beats plain days.
#[test]
fn the_list_is_worth_what_it_says_of_rare_referrers() {
    let worth = tell(&judge_all(301..309, 1));
    assert!(worth.listed >= 60 && worth.findable >= 50);
    let unchanged = (worth.steady + worth.bursty) as f64;
    assert!(unchanged <= at_most(0.06, worth.listed), "{unchanged}");
    assert!(
        worth.found * 10 >= 9 * worth.found_knowing,
        "{}",
        worth.found
    );
    assert!(worth.areas[0] > worth.areas[1] && worth.areas[1] > worth.areas[2]);
}

/// Referrers with a dozen referrals a quarter: no more of the list are wrong than stated and two points,
/// those who only slowed among them, and nine of ten stops are found.
#[test]
fn the_list_is_worth_what_it_says_of_usual_referrers() {
    let worth = tell(&judge_all(401..407, 4));
    assert!(worth.listed >= 60 && worth.findable >= 50);
    let wrong = worth.wrong() as f64;
    assert!(wrong <= at_most(0.07, worth.listed), "{wrong}");
    assert!(worth.found * 10 >= 9 * worth.findable, "{}", worth.found);
    assert!(worth.areas[0] > worth.areas[1] && worth.areas[1] > worth.areas[2]);
}

/// Two hundred territories of usual referrers; prints what docs/methods/lapsed.md says.
#[test]
#[ignore = "takes long; run it when the screening changes"]
fn two_hundred_territories() {
    let worth = tell(&judge_all(1001..1201, 4));
    assert!(worth.wrong() as f64 <= 0.07 * worth.listed as f64);
    assert!(worth.found as f64 >= 0.9 * worth.findable as f64);
    assert!(worth.retired.1 * 10 >= 9 * worth.retired.0);
    assert!(worth.lapsed.1 * 10 >= 9 * worth.lapsed.0);
    assert!(worth.areas[0] > worth.areas[1] && worth.areas[1] > worth.areas[2]);
}

/// The same of rare referrers, of whom less can be known.
#[test]
#[ignore = "takes long; run it when the screening changes"]
fn two_hundred_territories_of_rare_referrers() {
    let worth = tell(&judge_all(1001..1201, 1));
    let unchanged = worth.steady + worth.bursty;
    assert!(unchanged as f64 <= 0.07 * worth.listed as f64);
    assert!(worth.areas[0] > worth.areas[1] && worth.areas[1] > worth.areas[2]);
}
