//! Chain leakage against planted chains: our specialists send patients on, and operate elsewhere, in
//! rows that are put beside a made territory's own, and all is counted again from the raw files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use catchment::base::Day;

use super::order::Order;
use super::raw::{Raw, quarter, shown};
use super::{Complaints, Row, quoted, tally};
use crate::workspace::{Fresh, Territory, read_csv, records};

/// Splitmix64 (Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// A line of a claim.
struct Claim {
    on: Day,
    patient: String,
    rendering: String,
    referring: String,
    billing: String,
}

/// Cells of an order that say nothing of one that its receiver places.
const BLANK: [&str; 17] = [
    "referring_name",
    "referring_practice",
    "referring_department",
    "referred_to_name",
    "referred_to_practice",
    "referred_to_organization",
    "direction",
    "specialty",
    "service_type",
    "status_reason",
    "is_renewal",
    "replaces_id",
    "scheduled_on",
    "appointment_on",
    "completed_on",
    "report_sent_on",
    "expires_on",
];

/// The order of one who saw the patient, sent on to another.
fn sent_on(row: &Row, number: usize, on: Day, to: String) -> Row {
    let mut sent = row.clone();
    for cell in BLANK {
        sent.insert(cell.to_string(), String::new());
    }
    for (cell, value) in [
        ("referral_id", format!("ON{number}")),
        ("referred_on", on.to_string()),
        ("updated_at", format!("{}T12:00:00", quarter().last_day())),
        ("status", "requested".to_string()),
        ("referring_npi", row["referred_to_npi"].clone()),
        ("referred_to_npi", to),
    ] {
        sent.insert(cell.to_string(), value);
    }
    sent
}

/// A claim of one who saw the patient: he operates and another bills it; he refers, and another
/// operates; or he does both.
fn claimed(row: &Row, kind: usize, on: Day, other: String) -> Claim {
    let saw = row["referred_to_npi"].clone();
    let (rendering, referring, billing) = match kind {
        0 => (saw, String::new(), other),
        1 => (other, saw, String::new()),
        _ => (saw.clone(), saw, String::new()),
    };
    Claim {
        on,
        patient: row["patient_id"].clone(),
        rendering,
        referring,
        billing,
    }
}

/// Puts orders by those who saw patients into the territory's export, and claims beside it, up to four
/// months after the first order: to and by anybody in the roster, so that many are no chain.
fn plant(territory: &Territory, seed: u64) -> Vec<Claim> {
    let mut dice = Dice(seed);
    let export = territory.exports().remove(0);
    let text = std::fs::read_to_string(&export).unwrap();
    let header = records(&text).swap_remove(0);
    let roster = territory.rows("providers.csv");
    let npis: BTreeSet<&String> = roster.iter().map(|row| &row["npi"]).collect();
    let npis: Vec<&String> = npis.into_iter().collect();
    let (mut orders, mut claims) = (String::new(), Vec::new());
    for (number, row) in read_csv(&export).into_iter().enumerate() {
        let is_seen = row["status"] == "completed" && !row["patient_id"].is_empty();
        let first: Day = row["referred_on"].parse().unwrap();
        let on = first.plus(dice.below(120) as i32);
        if !is_seen || row["referred_to_npi"].is_empty() || on > quarter().last_day() {
            continue;
        }
        let other = npis[dice.below(npis.len())].clone();
        match dice.below(8) {
            0 | 1 => {
                let sent = sent_on(&row, number, on, other);
                let cells: Vec<String> = header.iter().map(|c| quoted(&sent[c])).collect();
                writeln!(orders, "{}", cells.join(",")).unwrap();
            }
            kind @ 2..=4 => claims.push(claimed(&row, kind - 2, on, other)),
            _ => {}
        }
    }
    std::fs::write(&export, format!("{}\n{orders}", text.trim_end())).unwrap();
    let mut file =
        "claim_id,service_date,patient_id,rendering_npi,referring_npi,billing_npi\n".to_string();
    for (at, c) in claims.iter().enumerate() {
        let who = [&c.patient, &c.rendering, &c.referring, &c.billing].map(String::as_str);
        writeln!(file, "C{at},{},{}", c.on, who.join(",")).unwrap();
    }
    std::fs::write(territory.file("claims.csv"), file).unwrap();
    claims
}

/// Whether a provider has a place of work that day, and none of ours.
fn is_outside(raw: &Raw, npi: &str, on: Day) -> bool {
    let mut places = raw
        .spells
        .iter()
        .filter(|s| s.npi == npi && s.holds(on))
        .peekable();
    places.peek().is_some() && !places.any(|s| s.is_inside())
}

fn follows(first: Day, on: Day) -> bool {
    (0..=90).contains(&(on.0 - first.0))
}

fn is_sent_on(raw: &[&Order], first: &Order) -> bool {
    raw.iter().any(|next| {
        next.from == first.to
            && next.counts
            && !next.is_inside()
            && !next.is_unknown()
            && next.offered
            && next.service != "post_acute"
            && follows(first.day, next.day)
    })
}

fn is_operated(raw: &Raw, claims: &[&Claim], first: &Order) -> bool {
    let saw = first.to.as_deref().unwrap();
    claims.iter().filter(|c| follows(first.day, c.on)).any(|c| {
        if c.rendering == saw {
            is_outside(raw, &c.billing, c.on)
        } else {
            c.referring == saw && is_outside(raw, &c.rendering, c.on)
        }
    })
}

fn check(seed: u64, complaints: &mut Complaints) -> [i64; 4] {
    let territory = Territory::with(40, 12, seed, false, true);
    let claims = plant(&territory, seed);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    let raw = Raw::read(territory.path());
    let mut of_patient: BTreeMap<&str, Vec<&Order>> = BTreeMap::new();
    for order in &raw.orders {
        if let Some(patient) = &order.patient {
            of_patient.entry(patient).or_default().push(order);
        }
    }
    let mut claims_of: BTreeMap<&str, Vec<&Claim>> = BTreeMap::new();
    for claim in &claims {
        claims_of.entry(&claim.patient).or_default().push(claim);
    }
    let shown = shown();
    let is_asked = |o: &&Order| {
        o.ledger() == Some("kept_completed")
            && o.patient.is_some()
            && o.to.is_some()
            && shown.contains(&o.quarter)
            && quarter().last_day().0 - o.day.quarter().last_day().0 >= 90
    };
    let expected = tally(
        raw.orders.iter().filter(is_asked),
        |o| {
            ["all", o.specialty.as_str()]
                .map(|s| vec![s.to_string(), o.quarter.clone()])
                .to_vec()
        },
        |o| {
            let patient = o.patient.as_deref().unwrap();
            let sent = is_sent_on(&of_patient[patient], o);
            let operated = claims_of
                .get(patient)
                .is_some_and(|c| is_operated(&raw, c, o));
            [true, sent, operated, sent || operated]
        },
    );
    let columns = ["n", "ordered_outside", "operated_outside", "went_outside"];
    complaints.compare(
        "leakage_chains",
        &fresh.table("leakage_chains"),
        &["specialty", "quarter"],
        columns,
        &expected,
    );
    let all = expected.iter().filter(|(key, _)| key[0] == "all");
    all.fold([0; 4], |sum, (_, counts)| {
        std::array::from_fn(|at| sum[at] + counts[at])
    })
}

#[test]
fn planted_chains_are_found_and_no_others() {
    let mut complaints = Complaints::of("planted chains");
    let mut sums = [0; 4];
    for seed in [21, 22, 23] {
        let found = check(seed, &mut complaints);
        sums = std::array::from_fn(|at| sums[at] + found[at]);
    }
    let [n, ordered, operated, either] = sums;
    println!("of {n}, {ordered} sent on, {operated} operated outside, {either} either");
    // Enough of each, some of both, and most of neither.
    assert!(ordered > 100 && operated > 100 && either < ordered + operated && 2 * either < n);
    complaints.end();
}
