//! Leakage and volume counted again from the files, against `truth/`.

use std::collections::BTreeMap;

use catchment_base::{Day, specialties};

use crate::territory::{Made, Roster, Row, counts, day, make, small};

type Key = (String, String);

/// eligible, leaked, unknown, not offered, same provider.
type Counts = [u32; 5];

struct Recount {
    by_specialty: BTreeMap<Key, Counts>,
    by_referrer: BTreeMap<Key, Counts>,
    /// By quarter: external, internal.
    inbound: BTreeMap<String, [u32; 2]>,
}

/// Whether someone inside has the specialty on the day and sees the age.
fn is_offered(roster: &Roster, specialty: &str, age: &str, on: Day) -> bool {
    roster.by_npi.iter().any(|(npi, rows)| {
        rows.iter().any(|row| {
            row["specialty"] == specialty
                && day(&row["effective_from"]).is_none_or(|d| d <= on)
                && day(&row["effective_to"]).is_none_or(|d| on <= d)
                && day(&row["deactivated_on"]).is_none_or(|d| on < d)
                && (age.is_empty()
                    || row["age_bands"].is_empty()
                    || row["age_bands"].split(';').any(|band| band == age))
                && ["own", "affiliated"].contains(&roster.affiliation(npi, on))
        })
    })
}

fn recount(made: &Made) -> Recount {
    let roster = Roster::of(made);
    let mut all = Recount {
        by_specialty: BTreeMap::new(),
        by_referrer: BTreeMap::new(),
        inbound: BTreeMap::new(),
    };
    let mut offers: BTreeMap<(String, String, Day), bool> = BTreeMap::new();
    for row in made.latest().into_values().filter(counts) {
        let on = day(&row["referred_on"]).unwrap();
        let from = roster
            .npi(&row["referring_npi"], &row["referring_name"])
            .unwrap();
        let to = roster.npi(&row["referred_to_npi"], &row["referred_to_name"]);
        let is_own = roster.affiliation(from, on) == "own";
        let outside = placed(&roster, &row, to, on);
        if outside == Some(false) {
            all.inbound.entry(on.quarter().to_string()).or_default()[usize::from(is_own)] += 1;
        }
        let specialty = match specialties::find(&row["specialty"]) {
            Some(found) => found,
            None => specialties::find(&roster.by_npi[to.unwrap()][0]["specialty"]).unwrap(),
        };
        let care = if row["service_type"].is_empty() {
            &specialty.care
        } else {
            &row["service_type"]
        };
        if !is_own || !["consult", "procedure"].contains(&care.as_str()) {
            continue;
        }
        let key = (specialty.name.clone(), row["age_band"].clone(), on);
        let offered = *offers
            .entry(key)
            .or_insert_with(|| is_offered(&roster, &specialty.name, &row["age_band"], on));
        let class = match outside {
            _ if to == Some(from) => vec![4],
            None => vec![2],
            Some(_) if !offered => vec![3],
            Some(true) => vec![0, 1],
            Some(false) => vec![0],
        };
        let quarter = on.quarter().to_string();
        for class in class {
            for specialty in [specialty.name.as_str(), "all"] {
                let key = (specialty.to_string(), quarter.clone());
                all.by_specialty.entry(key).or_default()[class] += 1;
            }
            all.by_referrer
                .entry((from.to_string(), quarter.clone()))
                .or_default()[class] += 1;
        }
    }
    all
}

/// Whether the destination is outside: by roster, organization, then direction.
fn placed(roster: &Roster, row: &Row, to: Option<&str>, on: Day) -> Option<bool> {
    let by_roster = to.map(|npi| roster.affiliation(npi, on));
    let by_name =
        by_roster.or_else(|| roster.affiliation_of_name(&row["referred_to_organization"]));
    match (by_name, row["direction"].as_str()) {
        (Some("own" | "affiliated"), _) => Some(false),
        (Some(_), _) => Some(true),
        (None, "outgoing") => Some(true),
        (None, "internal" | "incoming") => Some(false),
        _ => None,
    }
}

fn truth(made: &Made, file: &str, key: &str) -> BTreeMap<Key, Counts> {
    let columns = [
        "eligible",
        "leaked",
        "unknown",
        "not_offered",
        "same_provider",
    ];
    made.table(file)
        .into_iter()
        .map(|row| {
            let counts = columns.map(|c| row[&format!("truth_{c}")].parse().unwrap());
            ((row[key].clone(), row["truth_quarter"].clone()), counts)
        })
        .filter(|(_, counts)| counts.iter().any(|&n| n > 0))
        .collect()
}

fn agrees(made: &Made) {
    let counted = recount(made);
    let specialties = truth(made, "truth/leakage.csv", "truth_specialty");
    assert_eq!(counted.by_specialty, specialties);
    assert_eq!(
        counted.by_referrer,
        truth(made, "truth/leakage_referrers.csv", "truth_npi")
    );
    for row in made.table("truth/volume.csv") {
        let [external, internal] = counted.inbound[&row["truth_quarter"]];
        assert_eq!(row["truth_inbound_external"], external.to_string());
        assert_eq!(row["truth_inbound_internal"], internal.to_string());
    }
}

/// The brute-force twin over several seeds; each class occurs.
#[test]
fn truth_equals_a_recount_from_the_files() {
    let mut seen = [0; 5];
    for seed in [1, 2, 3] {
        let made = make(&small(seed));
        agrees(&made);
        for ((specialty, _), counts) in truth(&made, "truth/leakage.csv", "truth_specialty") {
            if specialty == "all" {
                (0..5).for_each(|c| seen[c] += counts[c]);
            }
        }
    }
    assert!(seen.iter().all(|&n| n > 0), "{seen:?}");
    let share = |a: u32, b: u32| f64::from(a) / f64::from(b);
    let all = seen[0] + seen[2] + seen[3] + seen[4];
    // About a third of the eligible leak, and one order in twenty-five names nobody.
    assert!((0.2..0.5).contains(&share(seen[1], seen[0])), "{seen:?}");
    assert!((share(seen[2], all) - 0.04).abs() < 0.01, "{seen:?}");
}

#[test]
fn truth_is_the_same_from_one_export() {
    let settings = small(4);
    let quarterly = make(&settings);
    let single = make(&catchment_simulate::Settings {
        one_export: true,
        ..settings
    });
    agrees(&single);
    for file in [
        "truth/leakage.csv",
        "truth/volume.csv",
        "truth/overflow.csv",
    ] {
        assert_eq!(quarterly.table(file), single.table(file), "{file}");
    }
}

/// Leakage differs between referrers by more than chance: the variance of the shares exceeds the
/// binomial one (a chi-square over referrers well above its degrees of freedom).
#[test]
fn leakage_clusters_by_referrer() {
    let made = make(&catchment_simulate::Settings {
        pcps: 200,
        quarters: 4,
        ..small(5)
    });
    let mut by_referrer: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for ((npi, _), counts) in truth(&made, "truth/leakage_referrers.csv", "truth_npi") {
        let sums = by_referrer.entry(npi).or_default();
        sums[0] += f64::from(counts[0]);
        sums[1] += f64::from(counts[1]);
    }
    by_referrer.retain(|_, sums| sums[0] >= 20.0);
    let (n, x) = by_referrer
        .values()
        .fold((0.0, 0.0), |a, s| (a.0 + s[0], a.1 + s[1]));
    let p = x / n;
    let chi: f64 = by_referrer
        .values()
        .map(|s| (s[1] - s[0] * p).powi(2) / (s[0] * p * (1.0 - p)))
        .sum();
    assert!(
        chi > 2.0 * by_referrer.len() as f64,
        "{chi} over {}",
        by_referrer.len()
    );
}
