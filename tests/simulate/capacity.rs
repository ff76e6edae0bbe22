//! Over capacity or not, by the definition of the result tables, from the files alone.

use std::collections::BTreeMap;

use catchment_base::{Day, specialties};

use crate::territory::{Made, Roster, counts, day, make, small};

type Site = (String, String);

#[derive(Default)]
struct Load {
    demand: f64,
    backlog: f64,
    slots: f64,
    weeks: f64,
}

/// Orders and slots of the last four quarters, and who still waits at their end.
fn loads(made: &Made) -> BTreeMap<Site, Load> {
    let roster = Roster::of(made);
    let practices: BTreeMap<String, String> = made
        .table("providers.csv")
        .into_iter()
        .map(|r| (r["practice_name"].clone(), r["practice_id"].clone()))
        .collect();
    let end = made.settings.last_day();
    let start: Day = made.settings.last_quarter.plus(-3).first_day();
    let mut loads: BTreeMap<Site, Load> = BTreeMap::new();
    for row in made.table("capacity.csv") {
        if day(&row["week_of"]).unwrap() >= start {
            let load = loads
                .entry((row["practice_id"].clone(), row["specialty"].clone()))
                .or_default();
            load.slots += row["slots"].parse::<f64>().unwrap();
            load.weeks += 1.0;
        }
    }
    for row in made.latest().into_values().filter(counts) {
        let to = roster.npi(&row["referred_to_npi"], &row["referred_to_name"]);
        let specialty = match specialties::find(&row["specialty"]) {
            Some(found) => found.name.clone(),
            None => roster.by_npi[to.unwrap()][0]["specialty"].clone(),
        };
        let Some(practice) = practices.get(&row["referred_to_practice"]) else {
            continue;
        };
        let Some(load) = loads.get_mut(&(practice.clone(), specialty)) else {
            continue;
        };
        let on = day(&row["referred_on"]).unwrap();
        let waits = ["requested", "in_review", "accepted", "scheduled"];
        load.demand += f64::from(u8::from(on >= start));
        let is_open = on > end.plus(-180) && waits.contains(&row["status"].as_str());
        load.backlog += f64::from(u8::from(is_open));
    }
    loads
}

#[test]
fn planted_sites_overflow_and_others_do_not() {
    for seed in [1, 2, 3, 4] {
        let made = make(&small(seed));
        let loads = loads(&made);
        let truth = made.table("truth/overflow.csv");
        assert_eq!(truth.len(), loads.len());
        let mut planted = 0;
        for row in truth {
            let load = &loads[&(
                row["truth_practice_id"].clone(),
                row["truth_specialty"].clone(),
            )];
            let weekly_slots = load.slots / load.weeks;
            let utilisation = load.demand / 52.0 / weekly_slots;
            let backlog_weeks = load.backlog / weekly_slots;
            let is_over = utilisation > 1.0 && backlog_weeks >= 4.0;
            assert_eq!(
                is_over.to_string(),
                row["truth_over_capacity"],
                "{seed} {row:?} {utilisation} {backlog_weeks}"
            );
            if is_over {
                planted += 1;
                assert!(utilisation > 1.15, "{row:?} {utilisation}");
            } else {
                assert!(utilisation < 0.95, "{row:?} {utilisation}");
            }
        }
        assert!(planted >= 2, "{planted}");
    }
}

/// Who is referred to a planted site waits longer than elsewhere.
#[test]
fn waits_follow_from_demand_and_slots() {
    let made = make(&small(6));
    let over: Vec<Site> = made
        .table("truth/overflow.csv")
        .into_iter()
        .filter(|r| r["truth_over_capacity"] == "true")
        .map(|r| (r["truth_practice_id"].clone(), r["truth_specialty"].clone()))
        .collect();
    let names: BTreeMap<String, String> = made
        .table("providers.csv")
        .into_iter()
        .map(|r| (r["practice_name"].clone(), r["practice_id"].clone()))
        .collect();
    let (mut long, mut short) = (Vec::new(), Vec::new());
    for row in made
        .latest()
        .values()
        .filter(|r| r["direction"] == "internal")
    {
        let Some(appointment) = day(&row["appointment_on"]) else {
            continue;
        };
        let wait = appointment.0 - day(&row["referred_on"]).unwrap().0;
        let site = (
            names[&row["referred_to_practice"]].clone(),
            row["specialty"].clone(),
        );
        if over.contains(&site) {
            long.push(wait)
        } else {
            short.push(wait)
        }
    }
    long.sort_unstable();
    short.sort_unstable();
    let (long, short) = (long[long.len() / 2], short[short.len() / 2]);
    assert!(long > 2 * short && long > 35, "{long} against {short}");
}
