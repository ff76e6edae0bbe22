//! The service area against a recount of the raw files, and the territories that follow from it.

use std::collections::{BTreeMap, BTreeSet};

use catchment::base::Quarter;

use crate::leakage::raw::Raw;
use crate::workspace::{Fresh, Territory, done, refused};

fn configure(fresh: &Fresh, text: &str) {
    let file = fresh.path().join("catchment.toml");
    let plain = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{plain}\n{text}")).unwrap();
}

/// Our patients by ZIP code, from the raw files: the latest referral to us in four quarters.
fn patients(raw: &Raw) -> BTreeMap<String, i64> {
    let quarters: BTreeSet<String> = Quarter::of(2026, 3)
        .last(4)
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut home: BTreeMap<String, (i32, &str, &str)> = BTreeMap::new();
    for order in &raw.orders {
        if !order.counts
            || !order.is_inside()
            || order.zip.is_empty()
            || !quarters.contains(&order.quarter)
        {
            continue;
        }
        let patient = order
            .patient
            .clone()
            .unwrap_or_else(|| format!("alone {}", order.id));
        // Of one day the first by id stands.
        let (day, id) = (order.day.0, order.id.as_str());
        let known = home.entry(patient).or_insert((day, id, &order.zip));
        if day > known.0 || (day == known.0 && id < known.1) {
            *known = (day, id, &order.zip);
        }
    }
    let mut counts = BTreeMap::new();
    for (_, _, zip) in home.values() {
        *counts.entry(zip.to_string()).or_default() += 1;
    }
    counts
}

#[test]
fn it_holds_the_patients_of_the_raw_files_and_makes_a_territory() {
    let territory = Territory::with(60, 8, 15, false, true);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    configure(
        &fresh,
        "[territories.Home]\nservice_area = 0.75\n[territories.North]\ncounties = [\"Taos\", \"Rio Arriba\"]\n",
    );
    fresh.run();
    let raw = Raw::read(territory.path());
    let zips = check_area(&fresh, &patients(&raw));
    check_territories(&fresh, &raw, &zips);

    // Any command knows the same territories.
    let asked = done(&[
        "-w",
        fresh.text(),
        "query",
        "select distinct territory from int_practices order by 1",
        "--format",
        "csv",
    ]);
    assert!(asked.contains("Home") && asked.contains("North"), "{asked}");
}

/// Holds the table against the patients by ZIP code, and gives its ZIP codes.
fn check_area(fresh: &Fresh, patients: &BTreeMap<String, i64>) -> BTreeSet<String> {
    let all: i64 = patients.values().sum();
    let area = fresh.table("service_area");
    let mut sum = 0;
    for (at, row) in area.iter().enumerate() {
        assert_eq!(
            row["patients"],
            patients[&row["zip"]].to_string(),
            "{row:?}"
        );
        assert_eq!(
            (row["territory"].as_str(), row["rank"].as_str()),
            ("Home", (at + 1).to_string().as_str())
        );
        sum += patients[&row["zip"]];
        let cumulative: f64 = row["cumulative_patient_share"].parse().unwrap();
        assert!((cumulative - sum as f64 / all as f64).abs() < 1e-12);
    }
    let is_reached = sum as f64 >= 0.75 * all as f64;
    assert!(
        area.iter()
            .all(|row| row["reached"] == is_reached.to_string())
    );
    assert!(
        area.len() > 2 && area.len() < patients.len(),
        "{} of {}",
        area.len(),
        patients.len()
    );

    area.iter().map(|row| row["zip"].clone()).collect()
}

/// A practice in the area is of that territory, but where its county is another's.
fn check_territories(fresh: &Fresh, raw: &Raw, zips: &BTreeSet<String>) {
    let mut seen = BTreeSet::new();
    for row in fresh.table("leakage_by_practice") {
        let place = raw.practice(&row["practice_id"]);
        let expected = match place {
            Some(place)
                if ["Taos", "Rio Arriba"].contains(&row["county"].as_str())
                    && !place.zip.is_empty() =>
            {
                "North"
            }
            Some(place) if zips.contains(place.zip.as_str()) => "Home",
            _ => "unknown",
        };
        assert_eq!(row["territory"], expected, "{row:?}");
        seen.insert(expected);
    }
    assert!(seen.contains("Home") && seen.len() > 1, "{seen:?}");
}

#[test]
fn a_wrong_one_is_refused_in_one_line() {
    for (text, words) in [
        (
            "[territories.Home]\nservice_area = 75\n",
            "expected a share above 0, up to 1, like 0.75",
        ),
        (
            "[territories.Home]\nservice_area = 0.75\nzips = [\"87101\"]\n",
            "stands beside places that are listed",
        ),
        (
            "[territories.A]\nservice_area = 0.75\n[territories.B]\nservice_area = 0.5\n",
            "the territory 'A' is the service area too",
        ),
    ] {
        let fresh = Fresh::make();
        configure(&fresh, text);
        let said = refused(&["-w", fresh.text(), "status"], 2);
        assert!(said.contains(words), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
}
