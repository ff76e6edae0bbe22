//! Prospects: on files made by hand, whose scores are known without reckoning; on made territories,
//! where new referrers are planted; and where much is missing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use catchment::base::npi;
use catchment::base::places::distance_km;

use crate::workspace::{Fresh, Territory};

type Row = BTreeMap<String, String>;

/// The providers of the hand-made files, by a letter.
fn provider(letter: char) -> String {
    npi::complete(130_000_000 + letter as u32)
}

fn put(fresh: &Fresh, name: &str, text: &str) -> PathBuf {
    let path = fresh.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The roster: letter, name, specialty, affiliation, practice. All of a practice lie at one point.
const ROSTER: [(char, &str, &str, &str, &str); 9] = [
    ('s', "Sam Sorrel", "Cardiology", "own", "Ours"),
    ('n', "Nan Nettle", "Neurology", "own", "Ours"),
    ('o', "Olaf Orris", "Family Medicine", "own", "Ours"),
    ('a', "Ada Aster", "Family Medicine", "independent", "East"),
    ('b', "Bea Birch", "Family Medicine", "independent", "East"),
    ('c', "Cal Cedar", "Cardiology", "independent", "East"),
    ('d', "Dan Dill", "Family Medicine", "independent", "West"),
    ('e', "Eli Elder", "Family Medicine", "independent", "West"),
    ('f', "Fay Fern", "Urology", "competitor", "Far"),
];

fn roster() -> String {
    let mut text = String::from(
        "npi,name,specialty,affiliation,practice_id,practice_name,zip,lat,lon,effective_from\n",
    );
    for (letter, name, specialty, affiliation, practice) in ROSTER {
        let lat = match practice {
            "Ours" => "35.0",
            // A tenth of a degree of latitude is 11.1 km.
            "East" | "West" => "35.1",
            _ => "36.0",
        };
        text += &format!(
            "{},{name},{specialty},{affiliation},{practice},{practice},87102,{lat},-106.6,2020-01-01\n",
            provider(letter)
        );
    }
    text
}

/// Orders: from, to, how many, all in the office on one day.
fn orders(sent: &[(char, char, u32, &str)]) -> String {
    let mut text = String::from(
        "referral_id,updated_at,referred_on,status,referring_npi,setting,referred_to_npi,specialty\n",
    );
    let mut id = 0;
    for (from, to, count, day) in sent {
        let specialty = ROSTER.iter().find(|row| row.0 == *to).unwrap().2;
        for _ in 0..*count {
            id += 1;
            text += &format!(
                "R{id},2026-09-30T12:00:00,{day},requested,{},office,{},{specialty}\n",
                provider(*from),
                provider(*to)
            );
        }
    }
    text
}

fn number(row: &Row, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: {row:?}"))
}

fn of(rows: &[Row], letter: char) -> Option<&Row> {
    rows.iter().find(|row| row["npi"] == provider(letter))
}

/// What the distance leaves of a chance near by, where five of six outside our own work near by and
/// the sixth far away, and so many ties of each specialty of ours are had near by, one more by everybody in
/// equal parts: the mean distance of all of them is what the chances give.
fn fading(ties: &[f64]) -> f64 {
    let (near, far) = (
        distance_km((35.0, -106.6), (35.1, -106.6)),
        distance_km((35.0, -106.6), (36.0, -106.6)),
    );
    let everybody = (5.0 * near + far) / 6.0;
    let all: f64 = ties.iter().map(|n| n + 1.0).sum();
    let travelled: f64 = ties.iter().map(|n| n * near + everybody).sum();
    let mean = travelled / all;
    let odds = 5.0 * (mean - near) / (far - mean);
    (odds.ln() / (far - near) * near).exp()
}

fn check_bea(rows: &[Row], fading: f64) {
    // Over Ada, a colleague: of her referrals 12 are with our Cardiology and 4 with our Neurology, and six
    // are taken to go elsewhere unseen.
    let bea = of(rows, 'b').unwrap();
    assert!(
        (number(bea, "score") - 16.0 / 22.0 * fading).abs() < 1e-9,
        "{bea:?}"
    );
    assert_eq!(bea["suggested_specialty"], "Cardiology");
    assert_eq!(bea["our_referrers_tied"], "1");
    assert_eq!(bea["partners"], "1");
    assert_eq!(bea["suggested_introducer"], "Olaf Orris");
    assert_eq!(bea["introducer_npi"], provider('o'));
    assert_eq!(bea["expected_referrals"], "");
    assert!((number(bea, "distance_km") - 11.119).abs() < 0.01);
    assert_eq!(
        bea["reasons"],
        "tied to 1 provider who works with our specialists, at the same practice; \
         11 km from our Cardiology; shares patients with Olaf Orris"
    );
}

/// Who is listed, with what score and why.
#[test]
fn scores_are_what_the_files_say() {
    let fresh = Fresh::make();
    let sent = [
        ('a', 's', 12, "2026-08-03"),
        ('a', 'n', 4, "2026-05-04"),
        // Two a year is hardly any, three are not.
        ('d', 's', 2, "2026-08-03"),
        ('e', 's', 3, "2026-02-02"),
        ('e', 'f', 1, "2026-02-02"),
        // Our own orders show who is known, and lead nowhere.
        ('o', 'b', 5, "2026-08-03"),
        ('o', 'f', 9, "2026-08-03"),
        ('o', 's', 20, "2024-11-04"),
    ];
    let files = [
        put(&fresh, "providers.csv", &roster()),
        put(&fresh, "referrals.csv", &orders(&sent)),
    ];
    fresh.ingest(&files.each_ref().map(PathBuf::as_path));
    fresh.run();
    let rows = fresh.table("prospects");
    let fading = fading(&[3.0, 1.0]);
    assert!((0.8..0.95).contains(&fading), "{fading}");
    check_bea(&rows, fading);
    // Cal is a cardiologist: nobody is sent to the own specialty.
    let cal = of(&rows, 'c').unwrap();
    assert!((number(cal, "score") - 4.0 / 22.0 * fading).abs() < 1e-9);
    assert_eq!(cal["suggested_specialty"], "Neurology");
    assert_eq!(cal["suggested_introducer"], "");
    // Dan works beside Eli, of whose four referrals three are with ours.
    let dan = of(&rows, 'd').unwrap();
    assert!((number(dan, "score") - 3.0 / 10.0 * fading).abs() < 1e-9);
    // Ada and Eli refer, the others are own, and Fay is only referred to.
    let listed: Vec<&str> = rows.iter().map(|row| row["name"].as_str()).collect();
    assert_eq!(listed, ["Bea Birch", "Dan Dill", "Cal Cedar"]);
    let ranks: Vec<&str> = rows.iter().map(|row| row["rank"].as_str()).collect();
    assert_eq!(ranks, ["1", "2", "3"]);
    let judged = fresh.table("prospects_judged");
    assert_eq!(judged.len(), 4);
    for row in &judged {
        assert_eq!(
            (row["auc"].as_str(), row["precision_at_100"].as_str()),
            ("", "")
        );
        assert!(
            row["note"].starts_with("1 of 1 candidates gained a tie; at least 10"),
            "{row:?}"
        );
    }
}

/// Shared patients beside a roster: ties without days, so that there is a list and no judgement.
#[test]
fn shared_patients_make_a_list_that_nobody_can_judge() {
    let fresh = Fresh::make();
    let pairs = [
        ('a', 's', 30),
        ('a', 'd', 20),
        ('d', 'f', 50),
        ('a', 'f', 50),
    ];
    let mut text = String::from("npi_from,npi_to,patients,period_from,period_to\n");
    for (from, to, patients) in pairs {
        text += &format!(
            "{},{},{patients},2025-10-01,2026-09-30\n",
            provider(from),
            provider(to)
        );
    }
    let files = [
        put(&fresh, "providers.csv", &roster()),
        put(&fresh, "pairs.csv", &text),
    ];
    fresh.ingest(&files.each_ref().map(PathBuf::as_path));
    let asked = ["-w", fresh.text(), "run", "--quarter", "2026Q3"];
    crate::workspace::done(&asked);
    let rows = fresh.table("prospects");
    // Dan shares patients with Ada, thirty of whose hundred are with ours.
    let dan = of(&rows, 'd').unwrap();
    assert!(
        (number(dan, "score") - 30.0 / 106.0 * fading(&[1.0])).abs() < 1e-9,
        "{dan:?}"
    );
    assert_eq!(dan["expected_referrals"], "");
    let judged = fresh.table("prospects_judged");
    assert_eq!(judged.len(), 4);
    assert!(
        judged
            .iter()
            .all(|row| row["note"].contains("no referral is dated"))
    );
    assert!(judged.iter().all(|row| row["ties_test"].is_empty()));
    let page = std::fs::read_to_string(fresh.out().join("report.html")).unwrap();
    assert!(page.contains("How well prospects are found") && page.contains("no referral is dated"));
}

/// Over made territories, in which some begin to refer within the last five quarters, the rule does
/// better than chance; what each way of ranking does is printed.
#[test]
fn the_rule_beats_chance_on_planted_beginners() {
    let mut judged = Vec::new();
    for seed in [1, 2, 3] {
        let territory = Territory::make(1500, 12, seed);
        let fresh = Fresh::make();
        fresh.ingest(&[territory.path()]);
        fresh.run();
        let rows = fresh.table("prospects_judged");
        for row in &rows {
            println!(
                "seed {seed} {}: auc {} ({} to {}), precision {}; {}",
                row["method"],
                row["auc"],
                row["auc_low"],
                row["auc_high"],
                row["precision_at_100"],
                row["note"]
            );
        }
        check_listed(&fresh, &territory);
        judged.push(rows);
    }
    for rows in &judged {
        let ours = rows
            .iter()
            .find(|row| row["method"] == "catchment")
            .unwrap();
        assert!(number(ours, "auc_low") > 0.5, "{ours:?}");
    }
}

/// Nobody who refers is listed, nobody of ours, and introducers are inside.
fn check_listed(fresh: &Fresh, territory: &Territory) {
    let rows = fresh.table("prospects");
    assert!(rows.len() > 20, "{}", rows.len());
    let roster: BTreeMap<String, Row> = territory
        .rows("providers.csv")
        .into_iter()
        .map(|row| (row["npi"].clone(), row))
        .collect();
    let busy: BTreeMap<String, i64> = fresh
        .table("referrers")
        .iter()
        .map(|row| {
            let quarters = ["q_3", "q_2", "q_1", "q_0"].map(|q| row[q].parse::<i64>().unwrap());
            (row["referring_npi"].clone(), quarters.iter().sum())
        })
        .collect();
    let mut previous = f64::INFINITY;
    for row in &rows {
        assert!(busy.get(&row["npi"]).copied().unwrap_or(0) < 3, "{row:?}");
        assert_ne!(row["affiliation"], "own");
        assert_ne!(row["specialty"], row["suggested_specialty"]);
        assert!(number(row, "score") <= previous);
        previous = number(row, "score");
        if !row["introducer_npi"].is_empty() {
            assert!(roster.contains_key(&row["introducer_npi"]));
        }
        let words = row["reasons"].to_lowercase();
        for barred in ["competitor", "$", "contribution", "referrals a", "volume"] {
            assert!(!words.contains(barred), "{words}");
        }
    }
    let expected: Vec<f64> = rows
        .iter()
        .filter(|row| !row["expected_referrals"].is_empty())
        .map(|row| number(row, "expected_referrals"))
        .collect();
    assert_eq!(expected.len(), rows.len());
    assert!(expected.is_sorted_by(|a, b| a >= b));
}
