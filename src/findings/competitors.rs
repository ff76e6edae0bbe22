//! Which organizations receive what leaves us, and, from claims, who has how much of the market.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, changes, estimates, ranks};
use super::leakage_by_destination::unranked;
use super::leakage_rates::ALL;
use super::tallies::{Cube, Source, Wholes};
use crate::base::{Quarter, Result, Table, TableBuilder};
use crate::stats::comparisons::Change;
use crate::stats::concentration::measure;
use crate::stats::intervals::wilson_clustered;

pub(super) const FINDING: Finding = Finding {
    name: "competitors",
    marts: &[
        "int_competitor_cells",
        "int_market_cells",
        "leakage_by_specialty",
    ],
    make,
};

/// Organization and specialty.
type Key = (String, String);

/// The market of each specialty and quarter.
type Markets = BTreeMap<(String, Quarter), Market>;

/// Distinct patients by organization, and what follows from all of them: with thousands of
/// organizations it is reckoned once, not for each.
struct Market {
    patients: BTreeMap<String, u64>,
    whole: u64,
    /// Herfindahl and Hirschman's index, from 0 to 10,000.
    points: Option<f64>,
}

impl Market {
    fn of(patients: BTreeMap<String, u64>) -> Self {
        let amounts: Vec<u64> = patients.values().copied().collect();
        Self {
            whole: amounts.iter().sum(),
            points: measure(&amounts).map(|found| found.points()),
            patients,
        }
    }

    fn patients(&self, organization: &str) -> u64 {
        self.patients.get(organization).copied().unwrap_or(0)
    }
}

/// What is known of everybody who takes patients.
struct Field {
    names: BTreeMap<String, String>,
    received: Cube<Key>,
    left: Cube<String>,
    markets: Markets,
    us: BTreeSet<(Key, Quarter)>,
}

impl Field {
    fn read(context: &Context<'_>) -> Result<Self> {
        let table = context.warehouse.read("int_competitor_cells")?;
        let (organizations, specialties) =
            (table.text("organization_id")?, table.text("specialty")?);
        let titles = table.text("organization_name")?;
        let source = Source::read(&table)?;
        let both = |row: usize| [specialties.value(row), ALL].map(str::to_string);
        let keys = |row: usize| both(row).map(|s| (organizations.value(row).to_string(), s));
        let mut names = BTreeMap::new();
        for row in 0..table.rows() {
            let id = organizations.value(row).to_string();
            names.insert(id, titles.value(row).to_string());
        }
        let (received, left) = (source.count("n", keys)?, source.count("n", both)?);
        let (markets, us) = markets(context, &mut names)?;
        Ok(Self {
            names,
            received,
            left,
            markets,
            us,
        })
    }

    /// The organizations that stand in one of these quarters.
    fn rows(&self, quarters: &[Quarter]) -> Vec<(Key, Quarter)> {
        let received = self.received.shown(quarters);
        let mut rows: BTreeSet<(Key, Quarter)> = received
            .into_iter()
            .map(|(key, q)| (key.clone(), q))
            .collect();
        for ((specialty, quarter), market) in &self.markets {
            if quarters.contains(quarter) {
                let key = |id: &String| ((id.clone(), specialty.clone()), *quarter);
                rows.extend(market.patients.keys().map(key));
            }
        }
        rows.into_iter().collect()
    }

    fn observed(&self, (key, quarter): &(Key, Quarter)) -> Estimate {
        let received = self.received.of(key, *quarter);
        // Of what left us: an organization that received nothing of it may be ourselves.
        if received.n() == 0 {
            return Estimate::default();
        }
        received.share_of(self.left.of(&key.1, *quarter))
    }

    fn market(&self, (key, quarter): &(Key, Quarter)) -> Estimate {
        let Some(market) = self.markets.get(&(key.1.clone(), *quarter)) else {
            return Estimate::default();
        };
        let (own, all) = (market.patients(&key.0), market.whole);
        Estimate::share(own, all, || wilson_clustered(own, all, 1.0))
    }

    /// The organization's patients; none where nothing is known of the market.
    fn patients(&self, (key, quarter): &(Key, Quarter)) -> Option<i64> {
        let market = self.markets.get(&(key.1.clone(), *quarter))?;
        Some(market.patients(&key.0) as i64)
    }

    fn change(
        &self,
        wholes: &Wholes<'_, String>,
        (key, quarter): &(Key, Quarter),
    ) -> Option<Change> {
        let of = |q: Quarter| self.received.of(key, q);
        if of(*quarter).n() == 0 {
            return None;
        }
        wholes.change(&key.1, *quarter, (of(*quarter), of(quarter.plus(-1))))
    }

    /// Herfindahl and Hirschman's index of the market, from 0 to 10,000.
    fn concentration(&self, (key, quarter): &(Key, Quarter)) -> Option<f64> {
        self.markets.get(&(key.1.clone(), *quarter))?.points
    }
}

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let field = Field::read(context)?;
    let rows = field.rows(&context.quarter.last(8));
    let observed: Vec<Estimate> = rows.iter().map(|row| field.observed(row)).collect();
    let market: Vec<Estimate> = rows.iter().map(|row| field.market(row)).collect();
    let wholes = Wholes::new(&field.left, 1);
    let change: Vec<Option<Change>> = rows.iter().map(|row| field.change(&wholes, row)).collect();
    let family = |(key, q): &(Key, Quarter)| context.family(*q, key.1 == ALL);
    let families: Vec<Option<u32>> = rows.iter().map(family).collect();
    let received = |(key, q): &(Key, Quarter)| field.received.of(key, *q).n() as i64;
    let rank = rank(&rows, &received, &unranked(context)?);
    let mut out = TableBuilder::new("competitors")
        .text("organization_id", rows.iter().map(|(key, _)| Some(&key.0)))
        .text("specialty", rows.iter().map(|(key, _)| Some(&key.1)))
        .text("quarter", rows.iter().map(|(_, q)| Some(q.to_string())))
        .text(
            "organization_name",
            rows.iter().map(|(key, _)| field.names.get(&key.0)),
        )
        .int("received", rows.iter().map(|row| Some(received(row))));
    out = estimates(out, "observed_share", &observed);
    out = estimates(out, "market_share", &market).int("rank", rank);
    changes(out, "share_change", &change, &families)
        .real(
            "concentration",
            rows.iter().map(|row| field.concentration(row)),
        )
        .flag("is_us", rows.iter().map(|row| Some(field.us.contains(row))))
        .int("patients", rows.iter().map(|row| field.patients(row)))
        .finish()
}

/// The market by specialty, `all` included, and which organizations are ours.
fn markets(
    context: &Context<'_>,
    names: &mut BTreeMap<String, String>,
) -> Result<(Markets, BTreeSet<(Key, Quarter)>)> {
    let table = context.warehouse.read("int_market_cells")?;
    let (organizations, specialties) = (table.text("organization_id")?, table.text("specialty")?);
    let (quarters, titles) = (table.texts("quarter")?, table.text("organization_name")?);
    let (patients, own) = (table.counts("patients")?, table.flag("is_us")?);
    let mut patients_of: BTreeMap<_, BTreeMap<String, u64>> = BTreeMap::new();
    let mut us = BTreeSet::new();
    for (row, quarter) in quarters.iter().flatten().enumerate() {
        let id = organizations.value(row);
        names
            .entry(id.to_string())
            .or_insert_with(|| titles.value(row).to_string());
        let place = (specialties.value(row).to_string(), quarter.parse()?);
        if own.value(row) {
            us.insert(((id.to_string(), place.0.clone()), place.1));
        }
        let market = patients_of.entry(place).or_default();
        market.insert(id.to_string(), patients[row].max(0) as u64);
    }
    let places = patients_of.into_iter();
    let markets = places.map(|(place, patients)| (place, Market::of(patients)));
    Ok((markets.collect(), us))
}

/// Ranks by what was received within each specialty and quarter, but for quarters that are not
/// ranked.
fn rank(
    rows: &[(Key, Quarter)],
    received: &dyn Fn(&(Key, Quarter)) -> i64,
    unranked: &BTreeSet<String>,
) -> Vec<Option<i64>> {
    let mut groups: BTreeMap<(&str, Quarter), Vec<usize>> = BTreeMap::new();
    for (at, (key, quarter)) in rows.iter().enumerate() {
        if !unranked.contains(&quarter.to_string()) {
            groups.entry((&key.1, *quarter)).or_default().push(at);
        }
    }
    let mut out = vec![None; rows.len()];
    for at in groups.into_values() {
        let score = |row: &usize| {
            // Destinations that nobody names are no competitor.
            let is_named = rows[*row].0.0 != "unknown";
            Some(received(&rows[*row]) as f64).filter(|n| *n > 0.0 && is_named)
        };
        let scores: Vec<Option<f64>> = at.iter().map(score).collect();
        for (row, rank) in at.into_iter().zip(ranks(&scores)) {
            out[row] = rank;
        }
    }
    out
}
