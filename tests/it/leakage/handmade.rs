//! Files made by hand, of which the answers are known without reckoning: who could have stayed, and
//! single causes of a change.

use std::collections::BTreeSet;

use super::change::{PARTS, check_remainder, millionths};
use super::hand::{Hand, Placed, Provider, Sent};
use super::{Complaints, Rows};

/// A case of recoverable: its specialty, and what comes of it in a quarter.
type Case = (&'static str, &'static str, [i64; 2]);

/// What each specialty's orders of the case come to: at a site that takes the payer, and at one that
/// may.
const CASES: [Case; 16] = [
    // Two orders and one slot; three orders, of which two find one.
    ("Cardiology", "2026Q3", [1, 1]),
    ("Otolaryngology", "2026Q3", [2, 2]),
    // The only slot has a visit; the patient lives too far; another age; a full practice.
    ("Dermatology", "2026Q3", [0, 0]),
    ("Urology", "2026Q3", [0, 0]),
    ("Neurology", "2026Q3", [0, 0]),
    ("Ophthalmology", "2026Q3", [0, 0]),
    // Of two payers one is taken; where none is named it may be.
    ("Nephrology", "2026Q3", [1, 1]),
    ("Gastroenterology", "2026Q3", [0, 1]),
    // The first could go to either site, the second to one alone.
    ("Rheumatology", "2026Q3", [2, 2]),
    // A reason that nobody should change; a slot of another week; a week that is named by its
    // Wednesday.
    ("Podiatry", "2026Q3", [0, 0]),
    ("Pulmonology", "2026Q3", [0, 0]),
    ("Allergy & Immunology", "2026Q3", [1, 1]),
    // One slot in a week of two quarters is used once, by the earlier order.
    ("Pain Medicine", "2026Q2", [1, 1]),
    ("Pain Medicine", "2026Q3", [0, 0]),
    // Why an order was called off does not say why it went outside.
    ("Orthopedic Surgery", "2026Q3", [1, 1]),
    // Age and payer must be those of one provider.
    ("Infectious Diseases", "2026Q3", [0, 0]),
];

/// A site with slots in the week of 3 August 2026.
fn site(hand: &mut Hand, specialty: &'static str, slots: u32, change: impl Fn(&mut Provider)) {
    let mut row = Provider {
        name: "Site",
        practice: format!("S{specialty}"),
        affiliation: "own",
        specialty,
        payers: "Medicare",
        ..Provider::default()
    };
    change(&mut row);
    let practice = row.practice.clone();
    hand.provider(row);
    if slots > 0 {
        hand.slots(&practice, specialty, "2026-08-03", slots);
    }
}

fn left(
    hand: &mut Hand,
    from: &str,
    specialty: &'static str,
    day: &'static str,
    change: impl Fn(&mut Placed),
) {
    let mut order = Placed::of(from, specialty, day, Sent::Outside);
    change(&mut order);
    hand.place(order);
}

fn plain_cases(hand: &mut Hand, first: &str, second: &str) {
    let as_is = |_: &mut Placed| {};
    site(hand, "Cardiology", 1, |_| {});
    left(hand, second, "Cardiology", "2026-08-05", as_is);
    left(hand, first, "Cardiology", "2026-08-04", as_is);
    site(hand, "Otolaryngology", 2, |_| {});
    for day in ["2026-08-03", "2026-08-04", "2026-08-09"] {
        left(hand, first, "Otolaryngology", day, as_is);
    }
    site(hand, "Urology", 1, |_| {});
    left(hand, first, "Urology", "2026-08-04", |o| o.zip = "88001");
    site(hand, "Neurology", 1, |p| p.ages = "0-17;65+");
    left(hand, first, "Neurology", "2026-08-04", as_is);
    site(hand, "Ophthalmology", 1, |p| p.takes_no_new = true);
    left(hand, first, "Ophthalmology", "2026-08-04", as_is);
    site(hand, "Nephrology", 2, |p| p.payers = "medicare; Medicaid");
    left(hand, first, "Nephrology", "2026-08-04", as_is);
    left(hand, first, "Nephrology", "2026-08-04", |o| {
        o.payer = "Self-pay"
    });
    site(hand, "Gastroenterology", 1, |p| p.payers = "");
    left(hand, first, "Gastroenterology", "2026-08-04", as_is);
    site(hand, "Podiatry", 1, |_| {});
    left(hand, first, "Podiatry", "2026-08-04", |o| {
        o.reason = "patient preference"
    });
    site(hand, "Pulmonology", 1, |_| {});
    left(hand, first, "Pulmonology", "2026-08-10", as_is);
    site(hand, "Orthopedic Surgery", 1, |_| {});
    left(hand, first, "Orthopedic Surgery", "2026-08-04", |o| {
        (o.status, o.reason) = ("cancelled", "patient preference");
    });
}

fn turned_cases(hand: &mut Hand, first: &str) {
    let as_is = |_: &mut Placed| {};
    // The visit that takes the slot was ordered in the week before.
    let doctor = hand.provider(Provider {
        name: "Busy",
        practice: "SDermatology".to_string(),
        affiliation: "own",
        specialty: "Dermatology",
        payers: "Medicare",
        ..Provider::default()
    });
    hand.slots("SDermatology", "Dermatology", "2026-08-03", 1);
    left(hand, first, "Dermatology", "2026-07-28", |o| {
        (o.status, o.visit) = ("scheduled", "2026-08-07");
        o.to = Sent::To(doctor.clone());
    });
    left(hand, first, "Dermatology", "2026-08-04", as_is);
    site(hand, "Rheumatology", 1, |_| {});
    site(hand, "Rheumatology", 1, |p| {
        (p.practice, p.ages) = ("ARheumatology".to_string(), "65+")
    });
    left(hand, first, "Rheumatology", "2026-08-03", |o| o.age = "65+");
    left(hand, first, "Rheumatology", "2026-08-04", |o| o.age = "65+");
    left(hand, first, "Rheumatology", "2026-08-05", as_is);
    site(hand, "Infectious Diseases", 1, |p| p.ages = "0-17");
    site(hand, "Infectious Diseases", 0, |p| p.payers = "Medicaid");
    left(hand, first, "Infectious Diseases", "2026-08-04", as_is);
    for (specialty, week, days) in [
        ("Allergy & Immunology", "2026-08-05", &["2026-08-03"][..]),
        (
            "Pain Medicine",
            "2026-06-29",
            &["2026-07-01", "2026-06-30"][..],
        ),
    ] {
        site(hand, specialty, 0, |_| {});
        hand.slots(&format!("S{specialty}"), specialty, week, 1);
        for day in days {
            left(hand, first, specialty, day, as_is);
        }
    }
}

#[test]
fn what_could_have_stayed_is_as_worked_out_by_hand() {
    let mut hand = Hand::new();
    let first = hand.referrer("First", "P1", "own");
    let second = hand.referrer("Second", "P2", "own");
    // Of eight kept orders two were seen.
    for (n, status) in [(2, "completed"), (6, "declined")] {
        for _ in 0..n {
            left(&mut hand, &first, "Cardiology", "2026-05-04", |o| {
                (o.to, o.status) = (Sent::Inside, status)
            });
        }
    }
    plain_cases(&mut hand, &first, &second);
    turned_cases(&mut hand, &first);
    hand.configuration = "[specialties.\"Cardiology\"]\ncontribution = 100".to_string();
    let fresh = hand.run();
    let rows = fresh.table("leakage_by_specialty");
    let mut complaints = Complaints::of("by hand");
    for (specialty, quarter, expected) in CASES {
        let row = rows
            .iter()
            .find(|r| r["specialty"] == specialty && r["quarter"] == quarter);
        let row = row.unwrap_or_else(|| panic!("{specialty}"));
        for (column, expected) in ["recoverable", "recoverable_if_covered"]
            .iter()
            .zip(expected)
        {
            if row[*column] != expected.to_string() {
                complaints.add(format!(
                    "{specialty} {quarter} {column}: {expected} expected, {} found",
                    row[*column]
                ));
            }
        }
    }
    let worth = |specialty: &str| {
        let row = rows
            .iter()
            .find(|r| r["specialty"] == specialty && r["quarter"] == "2026Q3");
        row.unwrap()["value_recoverable"].clone()
    };
    complaints.near("value of Cardiology", &worth("Cardiology"), Some(25.0));
    complaints.near("value of Urology", &worth("Urology"), None);
    let rows = fresh.table("leakage_by_referrer");
    let row = rows.iter().find(|r| r["referring_npi"] == second).unwrap();
    assert_eq!(
        row["recoverable"], "0",
        "the earlier order has the slot: {row:?}"
    );
    complaints.end();
}

/// The slots of an order's week count where that week begins before the first quarter that is shown.
#[test]
fn slots_of_the_first_week_count() {
    let mut hand = Hand::new();
    let first = hand.referrer("First", "P1", "own");
    site(&mut hand, "Endocrinology", 0, |_| {});
    for week in ["2024-09-30", "2024-10-07"] {
        hand.slots("SEndocrinology", "Endocrinology", week, 1);
    }
    for day in ["2024-10-02", "2024-10-09", "2026-09-02"] {
        left(&mut hand, &first, "Endocrinology", day, |_| {});
    }
    let rows = hand.run().table("leakage_by_specialty");
    let is_row = |r: &&super::Row| r["specialty"] == "Endocrinology" && r["quarter"] == "2024Q4";
    let row = rows.iter().find(is_row).unwrap();
    assert_eq!((&*row["leaked"], &*row["recoverable"]), ("2", "2"));
}

/// Expected millionths of each cause: specialty, then part.
const CAUSES: [(&str, &str, i64); 12] = [
    // Practices that join and leave us; doctors whom we send to and who join and leave us; an
    // organization that joins us.
    ("Cardiology", "affiliation", 25_000_000),
    ("Otolaryngology", "affiliation", -25_000_000),
    ("Dermatology", "affiliation", -40_000_000),
    ("Pulmonology", "affiliation", 40_000_000),
    ("Endocrinology", "affiliation", -30_000_000),
    // A source that stops, and one that begins.
    ("Urology", "coverage", -40_000_000),
    ("Orthopedic Surgery", "coverage", 40_000_000),
    ("Neurology", "lost_referrers", -40_000_000),
    ("Nephrology", "new_referrers", 40_000_000),
    ("Gastroenterology", "rate", 50_000_000),
    ("Rheumatology", "mix", -25_000_000),
    ("Podiatry", "affiliation", 0),
];

const BEFORE: &str = "2026-05-04";
const AFTER: &str = "2026-08-03";

/// So many outside of so many, in the quarter before and in the quarter.
fn periods(
    hand: &mut Hand,
    from: &str,
    specialty: &'static str,
    [before, after]: [(usize, usize); 2],
) {
    for (day, (leaked, n)) in [(BEFORE, before), (AFTER, after)] {
        hand.orders(leaked, from, specialty, day, &Sent::Outside);
        hand.orders(n - leaked, from, specialty, day, &Sent::Inside);
    }
}

/// The last day before a move, and the day of it.
type Days = [&'static str; 2];

/// Between the quarters.
const AT_THE_TURN: Days = ["2026-06-30", "2026-07-01"];

/// A provider with one affiliation until a day and another from the next.
fn moves(
    hand: &mut Hand,
    practice: &str,
    specialty: &'static str,
    [before, after]: [&'static str; 2],
    [until, from]: Days,
) -> String {
    let row = Provider {
        name: "Moves",
        practice: practice.to_string(),
        specialty,
        affiliation: before,
        to: until,
        ..Provider::default()
    };
    let npi = hand.provider(row.clone());
    hand.provider(Provider {
        npi: npi.clone(),
        affiliation: after,
        from,
        to: "",
        ..row
    })
}

/// Referrers, doctors and an organization that join or leave us on the day between the quarters.
fn movers(hand: &mut Hand, steady: &str) {
    let (joins, leaves) = (["independent", "own"], ["own", "independent"]);
    let joined = moves(hand, "PJ", "Family Medicine", joins, AT_THE_TURN);
    periods(hand, steady, "Cardiology", [(5, 10), (5, 10)]);
    periods(hand, &joined, "Cardiology", [(3, 10), (10, 10)]);
    let early = moves(
        hand,
        "PE",
        "Family Medicine",
        joins,
        ["2026-05-14", "2026-05-15"],
    );
    periods(hand, steady, "Neurosurgery", [(5, 10), (5, 10)]);
    periods(hand, &early, "Neurosurgery", [(3, 3), (10, 10)]);
    hand.orders(10, &early, "Neurosurgery", "2026-05-15", &Sent::Outside);
    let left = moves(hand, "PL", "Family Medicine", leaves, AT_THE_TURN);
    periods(hand, steady, "Otolaryngology", [(5, 10), (5, 10)]);
    periods(hand, &left, "Otolaryngology", [(10, 10), (10, 10)]);
    for (specialty, sides) in [("Dermatology", joins), ("Pulmonology", leaves)] {
        let doctor = moves(hand, specialty, specialty, sides, AT_THE_TURN);
        for day in [BEFORE, AFTER] {
            hand.orders(4, steady, specialty, day, &Sent::To(doctor.clone()));
            hand.orders(6, steady, specialty, day, &Sent::Inside);
        }
    }
    for day in [BEFORE, AFTER] {
        hand.orders(
            3,
            steady,
            "Endocrinology",
            day,
            &Sent::Named("Joining Clinics"),
        );
        hand.orders(7, steady, "Endocrinology", day, &Sent::Inside);
    }
}

fn causes() -> Hand {
    let mut hand = Hand::new();
    let steady = hand.referrer("Steady", "P1", "own");
    let other = hand.referrer("Other", "P2", "own");
    movers(&mut hand, &steady);
    for (specialty, file, day) in [
        ("Urology", "stops.csv", BEFORE),
        ("Orthopedic Surgery", "begins.csv", AFTER),
    ] {
        periods(&mut hand, &steady, specialty, [(2, 10), (2, 10)]);
        for _ in 0..10 {
            let mut order = Placed::of(&other, specialty, day, Sent::Outside);
            order.file = file;
            hand.place(order);
        }
        let source = file.trim_end_matches(".csv");
        hand.configuration += &format!("[sources.{source}]\npaths = [\"**/{file}\"]\n");
    }
    for (specialty, of_other) in [
        ("Neurology", [(10, 10), (0, 0)]),
        ("Nephrology", [(0, 0), (10, 10)]),
    ] {
        periods(&mut hand, &steady, specialty, [(2, 10), (2, 10)]);
        periods(&mut hand, &other, specialty, of_other);
    }
    periods(&mut hand, &steady, "Gastroenterology", [(2, 10), (7, 10)]);
    periods(&mut hand, &steady, "Rheumatology", [(0, 10), (0, 15)]);
    periods(&mut hand, &other, "Rheumatology", [(10, 10), (5, 5)]);
    periods(&mut hand, &steady, "Podiatry", [(3, 10), (3, 10)]);
    hand
}

/// A change with one cause lands in that cause's column, and nothing beside it.
#[test]
fn single_causes_land_in_their_columns() {
    let rows: Rows = causes().run().table("leakage_change_explained");
    let mut complaints = Complaints::of("causes");
    for row in &rows {
        check_remainder(&mut complaints, row);
    }
    let comparisons: BTreeSet<&String> = rows.iter().map(|r| &r["comparison"]).collect();
    assert_eq!(comparisons.len(), 1, "there was nothing a year before");
    for (specialty, cause, expected) in CAUSES {
        let row = rows.iter().find(|r| r["specialty"] == specialty).unwrap();
        for part in PARTS.iter().chain(&["change"]) {
            let expected = if [cause, "change"].contains(part) {
                expected
            } else {
                0
            };
            let found = millionths(&row[*part]);
            if found != expected {
                complaints.add(format!(
                    "{specialty} {part}: {expected} expected, {found} found"
                ));
            }
        }
    }
    // Who joined us within the earlier quarter counts with all its orders, as on the last day of it:
    // 18 of 23 leaked then, and 15 of 20 were counted and are now.
    let row = rows.iter().find(|r| r["specialty"] == "Neurosurgery");
    let parts = PARTS.map(|part| millionths(&row.unwrap()[part]));
    assert_eq!(parts, [-3_260_870, 0, 0, 0, 3_260_870, 0], "{row:?}");
    assert_eq!(rows.len(), CAUSES.len() + 2);
    complaints.end();
}
