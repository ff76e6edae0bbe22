//! A made table of the referrals that we turn away, with the rows `all` over practices, reasons and
//! specialties.

use std::collections::BTreeMap;

use catchment_base::{Table, TableBuilder};

use super::Case;

type Refusal = (&'static str, &'static str, &'static str, [i64; 3]);

/// Specialty, receiving practice, reason; declined, expired, without an appointment after 14 days.
#[rustfmt::skip]
const REFUSALS: [Refusal; 16] = [
    ("Cardiology", "S000", "no_timely_appointment", [61, 12, 30]),
    ("Cardiology", "S003", "no_timely_appointment", [14, 3, 12]),
    ("Cardiology", "S000", "insurer_choice", [22, 0, 2]),
    ("Cardiology", "S000", "not_stated", [9, 31, 44]),
    ("Orthopedic Surgery", "S001", "no_timely_appointment", [38, 9, 21]),
    ("Orthopedic Surgery", "S001", "incomplete_form", [29, 6, 11]),
    ("Orthopedic Surgery", "S001", "not_stated", [4, 13, 25]),
    ("Gastroenterology", "S002", "no_timely_appointment", [17, 4, 19]),
    ("Gastroenterology", "S002", "insurer_choice", [15, 2, 1]),
    ("Neurology", "S004", "incomplete_form", [11, 5, 12]),
    ("Neurology", "S006", "not_stated", [2, 6, 12]),
    ("Dermatology", "S005", "no_answer", [0, 16, 3]),
    ("Urology", "S007", "distance", [8, 1, 0]),
    ("Rheumatology", "S009", "other", [5, 0, 0]),
    ("Pediatric Hematology & Oncology", "S010", "duplicate", [2, 0, 1]),
    ("Endocrinology", "S011", "not_stated", [0, 0, 1]),
];

pub(super) fn refusals(case: Case) -> Table {
    let mut rows: BTreeMap<[String; 3], [i64; 3]> = BTreeMap::new();
    for (specialty, practice, reason, parts) in case.rows(&REFUSALS) {
        // In a calm quarter the table has single rows alone.
        let alls = if case == Case::Calm { 1 } else { 8 };
        for all in 0..alls {
            let key = |bit: u8, key: String| {
                if all >> bit & 1 == 1 {
                    "all".to_string()
                } else {
                    key
                }
            };
            let key = [
                key(0, case.long(specialty)),
                key(1, practice.to_string()),
                key(2, reason.to_string()),
            ];
            let sum = rows.entry(key).or_default();
            for (sum, part) in sum.iter_mut().zip(parts) {
                *sum += part;
            }
        }
    }
    let part = |at: usize| -> Vec<_> { rows.values().map(|p| case.known(p[at])).collect() };
    let n = |p: &[i64; 3]| p.iter().sum::<i64>();
    TableBuilder::new("our_refusals")
        .text("specialty", rows.keys().map(|k| Some(&k[0])))
        .text("receiving_practice_id", rows.keys().map(|k| Some(&k[1])))
        .text(
            "receiving_practice_name",
            rows.keys().map(|k| Some(case.long(&k[1]))),
        )
        .text("reason", rows.keys().map(|k| Some(&k[2])))
        .text("quarter", rows.keys().map(|_| Some("2026Q3")))
        .int("n", rows.values().map(|p| case.known(n(p))))
        .int("declined", part(0))
        .int("expired", part(1))
        .int("unscheduled_after_14_days", part(2))
        .finish()
        .unwrap()
}
