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
