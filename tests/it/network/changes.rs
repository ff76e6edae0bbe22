//! Ties that were gained, lost, strengthened and weakened, in files made by hand.

use std::collections::BTreeMap;

use catchment::base::npi;

use super::{Row, near, real};
use crate::inbox::Inbox;
use crate::workspace::{Fresh, done};

/// A tie of the files: its source, its referrals in April to September 2025, in the winter between and
/// in April to September 2026, and what became of it.
type Planted = (&'static str, usize, usize, usize, &'static str);

const PLANTED: [Planted; 17] = [
    ("ehr", 10, 0, 60, "strengthened"),
    ("ehr", 60, 9, 10, "weakened"),
    ("ehr", 12, 3, 12, "unchanged"),
    // Clear alone, not clear among the others.
    ("ehr", 10, 0, 23, "unchanged"),
    ("ehr", 5, 0, 4, "unchanged"),
    ("ehr", 1, 0, 2, "unchanged"),
    // Only who is in both summers is tested.
    ("ehr", 0, 0, 12, "gained"),
    ("ehr", 0, 0, 1, "gained"),
    ("ehr", 0, 1, 9, "unchanged"),
    ("ehr", 3, 0, 0, "lost"),
    ("ehr", 1, 4, 0, "lost"),
    ("ehr", 0, 2, 0, "unchanged"),
    // A source that began in August 2025, and one that has been silent since June 2026.
    ("late", 2, 2, 20, "not_observed"),
    ("late", 0, 0, 7, "not_observed"),
    ("quiet", 30, 9, 0, "not_observed"),
    ("quiet", 30, 9, 2, "not_observed"),
    ("ehr", 20, 20, 20, "unchanged"),
];

/// The ends of a planted tie.
fn ends(at: usize) -> (String, String) {
    let number = |end: u32| npi::complete(100_000_000 + 10 * at as u32 + end);
    (number(1), number(2))
}

/// The days of the referrals of a tie, as (year, month, day).
fn days(&(source, before, between, now, _): &Planted) -> Vec<String> {
    let (first, last) = match source {
        "late" => (8, 9),
        _ => (4, 9),
    };
    let summer = |year: u32, n: usize, first: u32, last: u32| {
        (0..n as u32).map(move |at| {
            let month = first + at % (last - first + 1);
            format!("{year}-{month:02}-{:02}", 1 + at % 28)
        })
    };
    let months = match source {
        "quiet" => (4, 6),
        _ => (4, 9),
    };
    let winter = (0..between).map(|at| format!("2025-11-{:02}", 1 + at % 28));
    summer(2025, before, first, last)
        .chain(winter)
        .chain(summer(2026, now, months.0, months.1))
        .collect()
}

fn territory() -> Fresh {
    let mut lines = vec![
        "referral_id,source,referred_on,updated_at,status,referring_npi,referred_to_npi,specialty,service_type,patient_id"
            .to_string(),
    ];
    let mut line = |source: &str, day: &str, (from, to): (String, String)| {
        let number = lines.len();
        lines.push(format!(
            "R{number:05},{source},{day},2026-09-30T12:00:00,requested,{from},{to},Cardiology,consult,P{number}"
        ));
    };
    for (at, planted) in PLANTED.iter().enumerate() {
        for day in days(planted) {
            line(planted.0, &day, ends(at));
        }
    }
    // When each source begins, and that two are not silent: ties of their own.
    for (source, day) in [
        ("ehr", "2024-07-01"),
        ("ehr", "2025-03-31"),
        ("ehr", "2026-09-30"),
        ("late", "2025-08-01"),
        ("late", "2026-09-30"),
    ] {
        line(source, day, ends(PLANTED.len() + source.len()));
    }
    // The third was never quiet for so long before.
    for month in (7..=12)
        .map(|m| (2024, m))
        .chain((1..=12).map(|m| (2025, m)))
        .chain((1..=5).map(|m| (2026, m)))
    {
        let day = format!("{}-{:02}-01", month.0, month.1);
        line("quiet", &day, ends(PLANTED.len() + "quiet".len()));
    }
    let inbox = Inbox::make();
    inbox.put("referrals.csv", lines.join("\n") + "\n");
    let said = inbox.take(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    done(&["-w", inbox.fresh.text(), "run", "--quarter", "2026Q3"]);
    inbox.fresh
}

fn by_ends(rows: Vec<Row>) -> BTreeMap<(String, String), Row> {
    let key = |row: &Row| (row["npi_from"].clone(), row["npi_to"].clone());
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

/// The chance of at most `k` heads in `n` throws of a coin that falls so with the chance `p`.
fn at_most(k: usize, n: usize, p: f64) -> f64 {
    let mut ln_ways = 0.0;
    let mut sum = 0.0;
    for heads in 0..=k {
        if heads > 0 {
            ln_ways += ((n - heads + 1) as f64 / heads as f64).ln();
        }
        sum += (ln_ways + heads as f64 * p.ln() + (n - heads) as f64 * (1.0 - p).ln()).exp();
    }
    sum
}

/// Both summers have 127 working days (63 and 64: the 4th of July 2026 is a Saturday, and the 3rd is
/// off), so that a fair coin says which one a referral is in.
fn coin_p((_, before, _, now, _): &Planted) -> f64 {
    let (less, all) = ((*before).min(*now), before + now);
    if before == now {
        1.0
    } else {
        (2.0 * at_most(less, all, 0.5)).min(1.0)
    }
}

/// The step-up q-values of the ties in both summers, by their place.
fn expected_q() -> BTreeMap<usize, f64> {
    let tested = |p: &Planted| p.4 != "not_observed" && p.1 > 0 && p.3 > 0;
    let mut p: Vec<(usize, f64)> = PLANTED
        .iter()
        .enumerate()
        .filter(|(_, planted)| tested(planted))
        .map(|(at, planted)| (at, coin_p(planted)))
        .collect();
    p.sort_by(|a, b| a.1.total_cmp(&b.1));
    let m = p.len() as f64;
    let q = |rank: usize| {
        let later = p[rank..].iter().enumerate();
        let adjusted = later.map(|(more, (_, p))| p * m / (rank + more + 1) as f64);
        adjusted.fold(1.0, f64::min)
    };
    (0..p.len()).map(|rank| (p[rank].0, q(rank))).collect()
}

fn check_ratio(planted: &Planted, row: &Row) {
    let &(_, before, _, now, _) = planted;
    if before > 0 {
        assert!(
            near(real(row, "change_ratio"), now as f64 / before as f64),
            "{planted:?}"
        );
    } else {
        assert_eq!(row["change_ratio"], "", "{planted:?}");
    }
    // At the ends of the interval what was seen has a chance of 2.5 %, from below and from above.
    let share = |ratio: f64| ratio / (1.0 + ratio);
    let (all, low) = (before + now, share(real(row, "change_ratio_low")));
    if now > 0 {
        assert!(
            (1.0 - at_most(now - 1, all, low) - 0.025).abs() < 1e-8,
            "{planted:?}"
        );
    } else {
        assert_eq!(low, 0.0);
    }
    match row["change_ratio_high"].parse::<f64>() {
        Ok(high) => {
            assert!(
                (at_most(now, all, share(high)) - 0.025).abs() < 1e-8,
                "{planted:?}"
            );
        }
        Err(_) => assert_eq!(before, 0, "{planted:?}"),
    }
}

#[test]
fn what_was_planted_is_found() {
    let fresh = territory();
    let ties = by_ends(fresh.table("network_ties"));
    let changes = by_ends(fresh.table("network_tie_changes"));
    let q = expected_q();
    assert!(q.len() == 7, "{q:?}");
    let mut listed = 0;
    for (at, planted) in PLANTED.iter().enumerate() {
        let &(_, before, between, now, kind) = planted;
        let in_network = between + now > 0;
        assert_eq!(ties.contains_key(&ends(at)), in_network, "{planted:?}");
        if let Some(row) = ties.get(&ends(at)) {
            assert_eq!(row["change"], kind, "{planted:?}");
            assert_eq!(row["referrals"], (between + now).to_string());
        }
        let is_change = !["unchanged", "not_observed"].contains(&kind);
        assert_eq!(changes.contains_key(&ends(at)), is_change, "{planted:?}");
        listed += usize::from(is_change);
        if let Some(row) = changes.get(&ends(at)) {
            assert_eq!(row["change"], kind, "{planted:?}");
            assert_eq!(row["referrals_before"], before.to_string(), "{planted:?}");
            assert_eq!(row["referrals_now"], now.to_string(), "{planted:?}");
        }
        let tables = [&ties, &changes];
        for row in tables.iter().filter_map(|table| table.get(&ends(at))) {
            match q.get(&at) {
                Some(q) => assert!(near(real(row, "change_ratio_q"), *q), "{planted:?} {q}"),
                None => assert_eq!(row["change_ratio_q"], "", "{planted:?}"),
            }
            match kind {
                "not_observed" => assert_eq!(row["change_ratio_high"], "", "{planted:?}"),
                _ if before + now > 0 => check_ratio(planted, row),
                _ => assert_eq!(row["change_ratio_low"], "", "{planted:?}"),
            }
        }
    }
    // One that was there before all six quarters, and again at their end, is gained too.
    assert_eq!((listed, changes.len()), (6, 7));
    assert_eq!(
        changes[&ends(PLANTED.len() + "ehr".len())]["change"],
        "gained"
    );
    // The fourth is clear by itself, and not among so many.
    assert!(coin_p(&PLANTED[3]) < 0.05 && q[&3] >= 0.05, "{q:?}");
}
