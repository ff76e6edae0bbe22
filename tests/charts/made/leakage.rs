//! Made tables of what became of aligned referrers' referrals: the ledger, the reasons, and what
//! could have stayed. They rest on the made eligible referrals.

use catchment_base::{Table, TableBuilder};

use super::{Case, Eligible, LEAKAGE, specialty_name};

/// The classes of one specialty with their numbers.
fn classes(row: &Eligible, case: Case) -> [(&'static str, i64); 9] {
    let unknown = if case == Case::Unknown {
        row.6 * 3
    } else {
        row.6
    };
    let kept = row.1 - row.2;
    let (redirected, declined, not_done, pending) = (row.2 / 14, kept / 16, kept / 11, kept / 5);
    [
        ("same_provider", row.1 / 60),
        ("unknown_destination", unknown),
        ("not_offered", row.7),
        ("left_directed", row.2),
        ("left_redirected", redirected),
        ("declined_by_us", declined),
        ("kept_not_done", not_done),
        (
            "kept_completed",
            kept - redirected - declined - not_done - pending,
        ),
        ("kept_pending", pending),
    ]
}

/// The rank of a specialty: Cardiology leads, the others share a place here.
pub(super) fn rank(row: &Eligible, case: Case) -> Option<i64> {
    let ranked = row.0 != "all" && row.1 >= 30 && case != Case::Unknown;
    case.known(i64::from(row.0 != "Cardiology") + 1)
        .filter(|_| ranked)
}

/// What could have stayed. In a calm quarter payers are not known, in one of unknown destinations
/// slots are not either.
pub(super) fn recoverable(row: &Eligible, case: Case, column: &str) -> Option<i64> {
    let shown = match case {
        Case::Unknown => false,
        Case::Calm => column == "recoverable_if_covered",
        _ => column == "recoverable",
    };
    case.known(row.2 * 2 / 5).filter(|_| shown)
}

pub(super) fn ledger(case: Case) -> Table {
    let specialties = match case {
        Case::One => vec![LEAKAGE[1]],
        _ => case.rows(&LEAKAGE),
    };
    let mut rows = Vec::new();
    for row in &specialties {
        let classes = classes(row, case);
        let total: i64 = classes.iter().map(|c| c.1).sum();
        for (class, n) in classes {
            // One class of one specialty is withheld in a usual quarter, and with it another.
            let hidden = case == Case::Usual && row.0 == "Urology" && class.starts_with("left");
            let value = case.known(n).filter(|_| !hidden);
            let share = value.map(|n| n as f64 / total as f64);
            rows.push((specialty_name(case, row), class, value, share));
        }
    }
    TableBuilder::new("leakage_ledger")
        .text("specialty", rows.iter().map(|r| Some(&r.0)))
        .text("class", rows.iter().map(|r| Some(r.1)))
        .text("quarter", rows.iter().map(|_| Some("2026Q3")))
        .int("n", rows.iter().map(|r| r.2))
        .real("share", rows.iter().map(|r| r.3))
        .finish()
        .unwrap()
}

type Reason = (&'static str, i64, bool, f64, f64);

/// Reason, leaked, addressable, change as a ratio with its q-value.
#[rustfmt::skip]
const REASONS: [Reason; 12] = [
    ("no_timely_appointment", 312, true, 1.21, 0.01),
    ("patient_preference", 247, false, 0.97, 0.7),
    ("habit", 166, true, 1.04, 0.5),
    ("insurer_choice", 121, false, 1.10, 0.4),
    ("distance", 88, false, 0.78, 0.03),
    ("physician_judgement", 61, false, 1.02, 0.9),
    ("other", 40, true, 0.9, 0.6),
    ("incomplete_form", 26, true, 0.8, 0.5),
    ("no_answer", 19, true, 1.3, 0.3),
    ("service_not_offered", 14, false, 1.0, 1.0),
    ("not_known", 9, true, 0.7, 0.3),
    ("not_stated", 598, true, 0.99, 0.8),
];

pub(super) fn reasons(case: Case) -> Table {
    let rows = case.rows(&REASONS);
    let part = if case == Case::Calm { 100 } else { 1 };
    let n = |r: &Reason| r.1 / part;
    let total: i64 = rows.iter().map(n).sum();
    let share = |r: &Reason| n(r) as f64 / total as f64;
    let half = |r: &Reason| 1.2 * (share(r) * (1.0 - share(r)) / total as f64).sqrt() * 1.96;
    let compared = |of: &dyn Fn(&Reason) -> f64| -> Vec<_> {
        let known = |r| (case != Case::One).then(|| of(r));
        rows.iter().map(known).collect()
    };
    let width = |r: &Reason| if r.4 < 0.05 { 0.15 } else { 0.5 };
    TableBuilder::new("reasons")
        .text("specialty", rows.iter().map(|_| Some("all")))
        .text("reason", rows.iter().map(|r| Some(r.0)))
        .text("quarter", rows.iter().map(|_| Some("2026Q3")))
        .int("n", rows.iter().map(|r| case.known(n(r))))
        .real("share", rows.iter().map(|r| case.known(share(r))))
        .real(
            "share_low",
            rows.iter()
                .map(|r| case.known((share(r) - half(r)).max(0.0))),
        )
        .real(
            "share_high",
            rows.iter()
                .map(|r| case.known((share(r) + half(r)).min(1.0))),
        )
        .flag("addressable", rows.iter().map(|r| Some(r.2)))
        .real("n_change", compared(&|r| r.3))
        .real("n_change_low", compared(&|r| r.3 - width(r)))
        .real("n_change_high", compared(&|r| r.3 + width(r)))
        .real("n_change_q", compared(&|r| r.4))
        .finish()
        .unwrap()
}
