//! Rates, rhythm and distance, read from the files.

use std::collections::BTreeMap;

use catchment_base::Day;
use catchment_base::calendar::is_working_day;
use catchment_base::places::distance_km;
use catchment_simulate::Settings;

use crate::territory::{Made, Roster, Row, counts, day, make, small};

/// A territory with enough referrers to measure.
fn large(seed: u64) -> Made {
    make(&Settings {
        pcps: 400,
        quarters: 8,
        ..small(seed)
    })
}

/// The days of the counted referrals by referring NPI.
fn days_by_referrer(made: &Made) -> BTreeMap<String, Vec<Day>> {
    let roster = Roster::of(made);
    let mut days: BTreeMap<String, Vec<Day>> = BTreeMap::new();
    for row in made.latest().values() {
        // Mistakes and void rows were placed as well; renewals and replacements are no arrivals.
        if row["is_renewal"] != "true" && row["replaces_id"].is_empty() {
            let npi = roster
                .npi(&row["referring_npi"], &row["referring_name"])
                .unwrap();
            days.entry(npi.to_string())
                .or_default()
                .push(day(&row["referred_on"]).unwrap());
        }
    }
    days
}

/// Practices that were visited, with the day and the factor.
fn visited(made: &Made) -> BTreeMap<String, (Day, f64)> {
    let mut visited = BTreeMap::new();
    for row in made.table("truth/visits_effect.csv") {
        let from = day(&row["truth_effect_from"]).unwrap();
        visited.insert(
            row["truth_practice_id"].clone(),
            (from, row["truth_multiplier"].parse().unwrap()),
        );
    }
    visited
}

fn practice(roster: &Roster, npi: &str) -> String {
    let rows = &roster.by_npi[npi];
    let primary = rows
        .iter()
        .find(|r| r["is_primary"] == "true")
        .unwrap_or(&rows[0]);
    primary["practice_id"].clone()
}

/// The index of dispersion of weekly counts: chi-square over its degrees of freedom, with weeks
/// weighed by their working days.
fn dispersion(made: &Made, behaviour: &str) -> (f64, f64) {
    let (roster, visited, days) = (Roster::of(made), visited(made), days_by_referrer(made));
    let first = (made.settings.first_day().0 + 3).div_euclid(7) + 1;
    let last = (made.settings.last_day().0 + 3).div_euclid(7);
    let exposure: Vec<f64> = (first..last)
        .map(|w| {
            (0..7)
                .filter(|d| is_working_day(Day(w * 7 - 3 + d)))
                .count() as f64
                + 0.08
        })
        .collect();
    let (mut chi, mut freedom) = (0.0, 0.0);
    for row in made.table("truth/referrers.csv") {
        let npi = &row["truth_npi"];
        let mine = days.get(npi).map_or(0, Vec::len);
        if row["truth_behaviour"] != behaviour
            || visited.contains_key(&practice(&roster, npi))
            || mine < 40
        {
            continue;
        }
        let mut counts = vec![0.0; exposure.len()];
        for day in &days[npi] {
            let week = (day.0 + 3).div_euclid(7) - first;
            if let Some(count) = usize::try_from(week).ok().and_then(|w| counts.get_mut(w)) {
                *count += 1.0;
            }
        }
        let rate = counts.iter().sum::<f64>() / exposure.iter().sum::<f64>();
        let term = |(x, e): (&f64, &f64)| (x - rate * e).powi(2) / (rate * e);
        chi += counts.iter().zip(&exposure).map(term).sum::<f64>();
        freedom += counts.len() as f64 - 1.0;
    }
    (chi / freedom, freedom)
}

#[test]
fn steady_referrers_are_poisson_and_bursty_ones_are_not() {
    let made = large(21);
    let (steady, freedom) = dispersion(&made, "steady");
    // The standard deviation of chi-square over its degrees of freedom is the root of 2/freedom;
    // small means make it a little larger. 4 of them, and a trace for the weekday pattern.
    let bound = 4.0 * (2.0 / freedom).sqrt() + 0.02;
    assert!((steady - 1.0).abs() < bound, "{steady} over {freedom}");
    let (bursty, _) = dispersion(&made, "bursty");
    assert!(bursty > 1.0 + 2.0 * bound && bursty > 1.15, "{bursty}");
}

/// Orders come at the planted rates, before and after the planted day and visit.
#[test]
fn planted_rates_come_out() {
    let made = large(22);
    let (roster, visited, days) = (Roster::of(&made), visited(&made), days_by_referrer(&made));
    let (first, last) = (made.settings.first_day(), made.settings.last_day());
    let working = |from: Day, to: Day| catchment_base::calendar::working_days(from, to) as f64;
    // By behaviour and part: orders seen, and orders expected.
    let mut parts: BTreeMap<(String, &str), (f64, f64)> = BTreeMap::new();
    for row in made.table("truth/referrers.csv") {
        let npi = &row["truth_npi"];
        let none = Vec::new();
        let mine = days.get(npi).unwrap_or(&none);
        let mut changed = day(&row["truth_changed_on"]);
        let mut rates: [f64; 2] =
            ["truth_rate_before", "truth_rate_after"].map(|c| row[c].parse().unwrap());
        let mut name = row["truth_behaviour"].clone();
        if let Some(&(from, factor)) = visited.get(&practice(&roster, npi)) {
            assert_eq!(changed, None);
            changed = Some(from.max(first));
            rates[1] *= factor;
            name = format!("visited x{factor}");
        }
        let changed = changed.unwrap_or(last.plus(1));
        for (part, from, to, rate) in [
            ("before", first, changed.plus(-1), rates[0]),
            ("after", changed, last, rates[1]),
        ] {
            let seen = mine.iter().filter(|&&d| from <= d && d <= to).count() as f64;
            let sum = parts.entry((name.clone(), part)).or_default();
            sum.0 += seen;
            sum.1 += rate * working(from, to).max(0.0) / 64.0;
        }
    }
    for ((name, part), (seen, expected)) in parts {
        let bound = if name == "bursty" { 10.0 } else { 4.5 } * expected.sqrt() + 0.02 * expected;
        assert!(
            (seen - expected).abs() <= bound,
            "{name} {part}: {seen} for {expected}"
        );
    }
}

/// Of all rows most fall on working days, and few on weekends.
#[test]
fn orders_come_on_working_days() {
    let made = make(&small(23));
    let latest = made.latest();
    let weekend = latest
        .values()
        .filter(|r| day(&r["referred_on"]).unwrap().weekday() > 4)
        .count();
    let share = weekend as f64 / latest.len() as f64;
    assert!(share > 0.003 && share < 0.03, "{share}");
}

/// Destinations are nearer than a draw among all of the specialty would be.
#[test]
fn destinations_are_near() {
    let made = make(&Settings {
        pcps: 200,
        quarters: 2,
        ..small(24)
    });
    let roster = Roster::of(&made);
    let point = |row: &Row| {
        (
            row["lat"].parse::<f64>().unwrap(),
            row["lon"].parse::<f64>().unwrap(),
        )
    };
    let (mut chosen, mut any, mut n) = (0.0, 0.0, 0.0);
    for row in made
        .latest()
        .into_values()
        .filter(counts)
        .filter(|r| r["specialty"] == "Orthopedic Surgery")
    {
        let from = roster
            .npi(&row["referring_npi"], &row["referring_name"])
            .unwrap();
        let Some(to) = roster.npi(&row["referred_to_npi"], &row["referred_to_name"]) else {
            continue;
        };
        let here = point(&roster.by_npi[from][0]);
        chosen += distance_km(here, point(&roster.by_npi[to][0]));
        let all: Vec<f64> = roster
            .by_npi
            .values()
            .filter(|p| p[0]["specialty"] == "Orthopedic Surgery")
            .map(|p| distance_km(here, point(&p[0])))
            .collect();
        any += all.iter().sum::<f64>() / all.len() as f64;
        n += 1.0;
    }
    assert!(
        n > 200.0 && chosen < 0.75 * any,
        "{} km against {} km",
        chosen / n,
        any / n
    );
}
