//! A made table of who pays.

use catchment_base::{Table, TableBuilder};

use super::Case;

type Payer = (&'static str, i64, f64, f64, f64);

/// Payer, referrals, leakage, change of the share with its half width.
#[rustfmt::skip]
const PAYERS: [Payer; 9] = [
    ("Medicare", 2110, 0.221, 0.021, 0.012),
    ("Highmark Blue Cross Blue Shield", 1304, 0.312, -0.018, 0.014),
    ("Geisinger Health Plan", 1022, 0.389, 0.004, 0.013),
    ("Medicaid", 744, 0.204, 0.006, 0.011),
    ("Aetna", 391, 0.263, -0.009, 0.008),
    ("UnitedHealthcare", 288, 0.271, 0.001, 0.008),
    ("Self-pay", 82, 0.118, -0.002, 0.004),
    ("Workers’ compensation", 39, 0.41, 0.0, 0.003),
    ("unknown", 232, 0.25, -0.003, 0.006),
];

pub(super) fn payers(case: Case) -> Table {
    let rows = case.rows(&PAYERS);
    let part = if case == Case::Calm { 300 } else { 1 };
    let n = |r: &Payer| r.1 / part;
    let total: i64 = rows.iter().map(n).sum();
    let share = |r: &Payer| n(r) as f64 / total as f64;
    let half = |p: f64, n: f64| 2.4 * (p * (1.0 - p) / n.max(1.0)).sqrt();
    let real =
        |of: &dyn Fn(&Payer) -> f64| -> Vec<_> { rows.iter().map(|r| case.known(of(r))).collect() };
    let compared = |of: &dyn Fn(&Payer) -> f64| -> Vec<_> {
        let known = |r| (case != Case::One).then(|| of(r));
        rows.iter().map(known).collect()
    };
    let change = |r: &Payer| if case == Case::Calm { r.3 / 100.0 } else { r.3 };
    let ends = |p: f64, n: f64| ((p - half(p, n)).max(0.0), (p + half(p, n)).min(1.0));
    let name = |r: &Payer| {
        if r.0 == "unknown" {
            r.0.into()
        } else {
            case.long(r.0)
        }
    };
    TableBuilder::new("payer_mix")
        .text("payer", rows.iter().map(|r| Some(name(r))))
        .text("specialty", rows.iter().map(|_| Some("all")))
        .text("quarter", rows.iter().map(|_| Some("2026Q3")))
        .int("n", rows.iter().map(|r| case.known(n(r))))
        .real("share", real(&share))
        .real("share_low", real(&|r| ends(share(r), total as f64).0))
        .real("share_high", real(&|r| ends(share(r), total as f64).1))
        .real("leakage", real(&|r| r.2))
        .real("leakage_low", real(&|r| ends(r.2, n(r) as f64).0))
        .real("leakage_high", real(&|r| ends(r.2, n(r) as f64).1))
        .int("leakage_n", rows.iter().map(|r| case.known(n(r))))
        .real("share_change_year", compared(&change))
        .real("share_change_year_low", compared(&|r| change(r) - r.4))
        .real("share_change_year_high", compared(&|r| change(r) + r.4))
        .real(
            "share_change_year_q",
            compared(&|r| if r.3.abs() > r.4 { 0.01 } else { 0.4 }),
        )
        .finish()
        .unwrap()
}
