//! The simulation from end to end: week by week the orders are placed, booked, counted and
//! written. Only open orders are kept from one quarter to the next.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use catchment_base::progress::Progress;
use catchment_base::{Day, Error, Kind, Result};
use rayon::prelude::*;

use crate::arrivals;
use crate::calendar::{Step, monday, steps, week};
use crate::course::Referral;
use crate::exports::{Exports, Written};
use crate::layouts::Form;
use crate::life::{Outcome, live};
use crate::orders::Order;
use crate::settings::{Settings, Summary};
use crate::sheets::Sheet;
use crate::sites::Sites;
use crate::truth::Tally;
use crate::world::World;
use crate::{tables, truth_files};

/// How many referrers are handled together.
const BLOCK: usize = 256;

/// Writes a made territory into a folder: the tables of the canonical layout, the referral
/// exports, and what is true of them in `truth/`.
///
/// The same settings give the same bytes, whatever the number of threads.
///
/// # Errors
/// A usage error where a number is out of its range or the state can't be simulated; a system
/// error where the folder can't be written; and where the listener says that the user asked to
/// stop.
///
/// ```
/// use catchment_base::progress::Silent;
/// use catchment_simulate::{simulate, Settings};
///
/// let out = std::env::temp_dir().join("catchment-simulate-example");
/// let settings = Settings { pcps: 20, quarters: 2, ..Settings::default() };
/// let summary = simulate(&out, &settings, &Silent).unwrap();
/// assert!(summary.rows >= summary.referrals);
/// assert!(out.join("referrals-2026Q3.csv").exists());
/// assert!(out.join("truth").join("leakage.csv").exists());
/// # std::fs::remove_dir_all(&out).unwrap();
/// ```
pub fn simulate(out: &Path, settings: &Settings, progress: &dyn Progress) -> Result<Summary> {
    simulate_as(out, settings, Form::default(), progress)
}

/// Writes the same territory with its referral exports as a record system writes them. The other
/// tables and `truth/` are the same in every form.
///
/// # Errors
/// As [`simulate`]; and a usage error where dirt is asked for in another layout than the canonical
/// one.
pub fn simulate_as(
    out: &Path,
    settings: &Settings,
    form: Form,
    progress: &dyn Progress,
) -> Result<Summary> {
    settings.check()?;
    form.check(settings)?;
    let world = World::new(settings)?;
    let truth = make_folder(out.join("truth"))?;
    let mut files = tables::write(&world, out)?;
    let mut run = Run {
        sites: Sites::build(&world),
        tally: Tally::new(&world),
        exports: Exports::open(&world, form, out)?,
        capacity: Capacity::create(&out.join("capacity.csv"))?,
        open: Vec::new(),
        pending: BTreeMap::new(),
        orders: 0,
        world: &world,
    };
    progress.begin("simulate", Some(u64::from(settings.quarters)));
    for quarter in settings.last_quarter.last(settings.quarters as i32) {
        run.exports.turn(out, quarter)?;
        run.carry_over(quarter.first_day(), quarter.last_day())?;
        for step in steps(quarter) {
            if progress.is_interrupted() {
                return Err(Error::new(
                    Kind::Interrupted,
                    "the simulation was interrupted",
                ));
            }
            run.step(step, quarter.last_day())?;
        }
        progress.advance(1);
    }
    let Run {
        sites,
        tally,
        exports,
        capacity,
        orders,
        ..
    } = run;
    files.push(capacity.sheet.finish()?);
    let Written {
        files: exported,
        rows,
        dirt,
    } = exports.finish()?;
    files.extend(exported);
    files.extend(truth_files::write(&world, &sites, &tally, &dirt, &truth)?);
    progress.end();
    Ok(Summary {
        referrals: orders,
        rows,
        files,
    })
}

fn make_folder(folder: PathBuf) -> Result<PathBuf> {
    fs::create_dir_all(&folder)
        .map_err(|error| Error::io("this folder can't be made", &folder, error))?;
    Ok(folder)
}

/// What changes while orders come.
struct Run<'a> {
    world: &'a World,
    sites: Sites,
    tally: Tally,
    exports: Exports<'a>,
    capacity: Capacity,
    /// Written referrals that will change after the open export.
    open: Vec<Referral>,
    /// Orders that follow from others, by the day on which they are placed.
    pending: BTreeMap<Day, Vec<Order>>,
    /// How many were placed.
    orders: u64,
}

impl Run<'_> {
    /// Writes what changes in a quarter of the orders before it, and forgets what is final.
    fn carry_over(&mut self, first: Day, last: Day) -> Result<()> {
        for block in self.open.chunks(1 << 16) {
            let changed: Vec<Referral> = block
                .iter()
                .filter(|r| r.changes_within(first, last))
                .copied()
                .collect();
            self.exports.write(&changed)?;
        }
        self.open.retain(|referral| referral.final_day() > last);
        self.open.shrink_to_fit();
        Ok(())
    }

    /// A week, or the part of it that lies in the quarter.
    fn step(&mut self, step: Step, export_day: Day) -> Result<()> {
        self.capacity.write(self.world, &mut self.sites, step)?;
        let orders = self.place(step);
        let outcomes = self.live(&orders);
        let mut referrals = Vec::with_capacity(outcomes.len());
        for (referral, next) in outcomes {
            self.tally.count(self.world, &referral);
            if let Some(next) = next {
                // An order that follows within the week waits for the next step.
                let day = next.day.max(step.last.plus(1));
                if day <= self.world.settings.last_day() {
                    self.pending
                        .entry(day)
                        .or_default()
                        .push(Order { day, ..next });
                }
            }
            referrals.push(referral);
        }
        self.exports.write(&referrals)?;
        if !self.world.settings.one_export && export_day < self.world.settings.last_day() {
            self.open
                .extend(referrals.into_iter().filter(|r| r.final_day() > export_day));
        }
        Ok(())
    }

    /// The orders of a step, numbered by day and referrer.
    fn place(&mut self, step: Step) -> Vec<Order> {
        let world = self.world;
        let referrers = world.referrers.all.len();
        let blocks: Vec<usize> = (0..referrers).step_by(BLOCK).collect();
        let placed: Vec<Vec<Order>> = blocks
            .par_iter()
            .map(|&block| {
                let mut orders = Vec::new();
                for referrer in block..(block + BLOCK).min(referrers) {
                    arrivals::orders(world, referrer as u32, step, &mut orders);
                }
                orders
            })
            .collect();
        let mut orders = placed.concat();
        while let Some(entry) = self.pending.first_entry()
            && *entry.key() <= step.last
        {
            orders.extend(entry.remove());
        }
        // The sort is stable, so what one referrer orders on one day keeps its order.
        orders.sort_by_key(|order| (order.day, order.referrer));
        for order in &mut orders {
            self.orders += 1;
            order.id = self.orders;
        }
        orders
    }

    /// The courses of a step's orders: site by site where slots are taken, the urgent first.
    fn live(&mut self, orders: &[Order]) -> Vec<Outcome> {
        let world = self.world;
        let mut queues: Vec<Vec<u32>> = vec![Vec::new(); self.sites.all.len()];
        let mut elsewhere = Vec::new();
        for (at, order) in (0u32..).zip(orders) {
            match self.sites.of(order) {
                Some(site) => queues[site].push(at),
                None => elsewhere.push(at),
            }
        }
        let mut lived: Vec<(u32, Outcome)> = elsewhere
            .into_par_iter()
            .map(|at| (at, live(world, orders[at as usize], None)))
            .collect();
        let booked: Vec<Vec<(u32, Outcome)>> = self
            .sites
            .all
            .par_iter_mut()
            .zip(queues)
            .map(|(site, mut queue)| {
                queue.sort_by_key(|&at| {
                    let order = &orders[at as usize];
                    (order.day, std::cmp::Reverse(order.priority), at)
                });
                let queue = queue.into_iter();
                queue
                    .map(|at| (at, live(world, orders[at as usize], Some(site))))
                    .collect()
            })
            .collect();
        lived.extend(booked.into_iter().flatten());
        lived.sort_unstable_by_key(|(at, _)| *at);
        lived.into_iter().map(|(_, outcome)| outcome).collect()
    }
}

/// The table of slots.
struct Capacity {
    sheet: Sheet,
    last_week: Option<i32>,
}

impl Capacity {
    fn create(path: &Path) -> Result<Self> {
        let header = [
            "practice_id",
            "specialty",
            "week_of",
            "slots",
            "third_next_available_days",
        ];
        Ok(Self {
            sheet: Sheet::with_header(path, &header)?,
            last_week: None,
        })
    }

    /// Moves the sites to a step's week, and writes their slots where the week is new.
    fn write(&mut self, world: &World, sites: &mut Sites, step: Step) -> Result<()> {
        let now = week(step.first);
        if self.last_week == Some(now) {
            return Ok(());
        }
        self.last_week = Some(now);
        let week_of = monday(now).to_string();
        for site in &mut sites.all {
            site.move_to(now);
            let slots = site.slots_in(now).to_string();
            let third = site.third_next_available(now);
            let third = third.map(|days| days.to_string()).unwrap_or_default();
            let practice = &world.roster.practices[site.practice as usize].id;
            self.sheet
                .row(&[practice, Sites::specialty(site), &week_of, &slots, &third])?;
        }
        Ok(())
    }
}
