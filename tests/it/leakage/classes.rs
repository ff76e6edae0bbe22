//! One order of each class of the ledger, made by hand, and where its care ended.

use std::collections::BTreeMap;

use super::hand::{Hand, Placed, Provider, Sent};
use super::{Complaints, tally};

const DAY: &str = "2026-05-04";

/// An order of May 2026, changed.
fn placed(hand: &mut Hand, from: &str, to: Sent, change: impl Fn(&mut Placed)) -> String {
    let mut order = Placed::of(from, "Cardiology", DAY, to);
    change(&mut order);
    hand.place(order)
}

/// What became of an inside order by its status; of May 2026, so that 28 September is the last day
/// on which a visit counts as known.
const INSIDE: [(&str, &str, &str); 8] = [
    ("declined", "", "declined_by_us"),
    ("cancelled", "", "kept_not_done"),
    ("expired", "", "kept_not_done"),
    ("no_show", "", "kept_not_done"),
    ("redirected", "", "kept_not_done"),
    ("completed", "2026-09-28", "kept_completed"),
    ("completed", "2026-09-29", "kept_completed"),
    ("scheduled", "", "kept_pending"),
];

/// Orders that took the place of an inside one: whether they are renewals, their day, their status.
const ONWARD: [(bool, &str, &str, &str); 5] = [
    (false, "2026-09-28", "requested", "left_redirected"),
    (false, "2026-09-29", "declined", "left_redirected"),
    (true, "2026-05-20", "requested", "kept_pending"),
    (false, "2026-05-20", "cancelled", "kept_pending"),
    (false, "2026-05-20", "void", "kept_pending"),
];

/// The files, and the class of each order that counts.
fn made() -> (Hand, Vec<&'static str>) {
    let mut hand = Hand::new();
    let from = hand.referrer("First", "P1", "own");
    let of_self = hand.provider(Provider {
        name: "Self",
        practice: "P1".to_string(),
        affiliation: "own",
        specialty: "Cardiology",
        ages: "18-64;65+",
        ..Provider::default()
    });
    let mut classes = vec![
        "same_provider",
        "unknown_destination",
        "left_directed",
        "left_directed",
    ];
    placed(&mut hand, &of_self, Sent::To(of_self.clone()), |_| {});
    placed(&mut hand, &from, Sent::Nowhere, |_| {});
    placed(&mut hand, &from, Sent::Outside, |o| o.status = "declined");
    // An order that comes back to us does not undo that it left.
    let left = placed(&mut hand, &from, Sent::Outside, |_| {});
    placed(&mut hand, &from, Sent::Inside, |o| {
        o.replaces = left.clone()
    });
    for (status, completed, class) in INSIDE {
        placed(&mut hand, &from, Sent::Inside, |o| {
            (o.status, o.completed) = (status, completed)
        });
        classes.push(class);
    }
    for (is_renewal, day, status, class) in ONWARD {
        let first = placed(&mut hand, &from, Sent::Inside, |_| {});
        placed(&mut hand, &from, Sent::Outside, |o| {
            o.replaces = first.clone();
            (o.is_renewal, o.day, o.status) = (is_renewal, day, status);
        });
        classes.push(class);
    }
    // Nobody of ours sees children.
    placed(&mut hand, &from, Sent::Outside, |o| o.age = "0-17");
    classes.push("not_offered");
    (hand, classes)
}

#[test]
fn every_class_has_its_orders() {
    let (hand, classes) = made();
    let fresh = hand.run();
    let mut complaints = Complaints::of("classes");
    let key = |class: &&&str| vec![vec![class.to_string(), "2026Q2".to_string()]];
    let expected: BTreeMap<_, _> = tally(classes.iter(), key, |_| [true]);
    assert_eq!(expected.len(), 9);
    let rows = fresh.table("leakage_ledger");
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|r| r["specialty"] == "Cardiology")
        .collect();
    complaints.compare(
        "leakage_ledger",
        &rows,
        &["class", "quarter"],
        ["n"],
        &expected,
    );
    // Outside ended the order that left and was not declined, and the one redirected in time; inside
    // the visit in time. The other visit and the other redirection came a day too late.
    let rows = fresh.table("leakage_by_specialty");
    let is_all = |r: &&super::Row| r["specialty"] == "all" && r["quarter"] == "2026Q2";
    let all = rows.iter().find(is_all).unwrap();
    let columns = [
        "n",
        "leaked",
        "realised_leakage_n",
        "unknown_destination",
        "not_offered",
    ];
    assert_eq!(columns.map(|c| all[c].as_str()), ["15", "2", "3", "1", "1"]);
    complaints.near(
        "realised_leakage",
        &all["realised_leakage"],
        Some(2.0 / 3.0),
    );
    complaints.near("leakage_all", &all["leakage_all"], Some(3.0 / 16.0));
    complaints.end();
}
