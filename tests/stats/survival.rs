//! Survival curves: the 6-MP trial, Walton's flies, and made-up competing waits (each SOURCE.txt
//! under data/ says where the numbers come from).

use crate::table::{number, rows};
use catchment_stats::survival::{
    Confidence, KaplanMeier, cumulative_incidence, kaplan_meier, log_rank,
};

const LEUKEMIA: &str = include_str!("data/surv_leukemia_6mp/leukemia.csv");
const WALTONS: &str = include_str!("data/surv_waltons/waltons.csv");
const COMPETING: &str = include_str!("data/competing_waits/waits.csv");

fn leukemia(treatment: &str) -> Vec<(f64, bool)> {
    let table = rows(LEUKEMIA);
    let own = table.iter().filter(|row| row[4] == treatment);
    own.map(|row| (number(row[0]), row[1] == "1")).collect()
}

fn waltons(group: Option<&str>) -> Vec<(f64, bool)> {
    let table = rows(WALTONS);
    let own = table.iter().filter(|row| group.is_none_or(|g| row[2] == g));
    own.map(|row| (number(row[0]), row[1] == "1")).collect()
}

fn check_curve(curve: &KaplanMeier, expected: &str) {
    let expected = rows(expected);
    assert_eq!(curve.steps.len(), expected.len());
    for (step, row) in curve.steps.iter().zip(&expected) {
        assert_eq!(step.time, number(row[0]));
        assert_eq!(step.at_risk as f64, number(row[1]));
        assert_eq!(step.ended as f64, number(row[2]));
        assert!((step.survival - number(row[3])).abs() < 1e-6);
        // The table has no error where the curve has reached 0.
        if !row[4].is_empty() {
            assert!((step.error - number(row[4])).abs() < 1e-6);
        }
    }
}

#[test]
fn curves_of_the_6mp_trial() {
    let treated = kaplan_meier(&leukemia("0")).unwrap();
    check_curve(
        &treated,
        include_str!("data/surv_leukemia_6mp/expected_6mp.csv"),
    );
    let placebo = kaplan_meier(&leukemia("1")).unwrap();
    check_curve(
        &placebo,
        include_str!("data/surv_leukemia_6mp/expected_placebo.csv"),
    );
    assert_eq!(
        (treated.quantile(0.5), placebo.quantile(0.5)),
        (Some(23.0), Some(8.0))
    );
}

/// R's survfit prints 23 (16, NA) and 8 (4, 12) with its default limits; lifelines' log(-log) limits
/// give 23 (13, open) and 8 (4, 11).
#[test]
fn limits_of_the_6mp_medians() {
    let treated = kaplan_meier(&leukemia("0")).unwrap();
    let placebo = kaplan_meier(&leukemia("1")).unwrap();
    let limits = |curve: &KaplanMeier, kind| curve.quantile_interval(0.5, kind);
    assert_eq!(limits(&treated, Confidence::Log), (Some(16.0), None));
    assert_eq!(limits(&placebo, Confidence::Log), (Some(4.0), Some(12.0)));
    assert_eq!(limits(&treated, Confidence::LogLog), (Some(13.0), None));
    assert_eq!(
        limits(&placebo, Confidence::LogLog),
        (Some(4.0), Some(11.0))
    );
    // lifelines 0.30.3, pointwise at 6, 13 and 23 weeks.
    for (step, low, high) in [
        (0, 0.619718, 0.951552),
        (3, 0.431610, 0.849066),
        (6, 0.188052, 0.680143),
    ] {
        let interval = treated.steps[step].interval(Confidence::LogLog).unwrap();
        assert!((interval.low - low).abs() < 1e-6 && (interval.high - high).abs() < 1e-6);
    }
}

#[test]
fn log_rank_of_both_trials() {
    let trial = log_rank(&leukemia("0"), &leukemia("1")).unwrap();
    assert!((trial.chi2 - 16.792940989216547).abs() < 1e-6);
    assert!((trial.p / 4.168809109334511e-5 - 1.0).abs() < 1e-6);
    let flies = log_rank(&waltons(Some("miR-137")), &waltons(Some("control"))).unwrap();
    assert!((flies.chi2 - 122.24912557300637).abs() < 1e-6);
    assert!((flies.p / 2.0359832222853224e-28 - 1.0).abs() < 1e-6);
}

#[test]
fn curve_of_the_flies() {
    let all = waltons(None);
    assert_eq!(all.len(), 163);
    let curve = kaplan_meier(&all).unwrap();
    check_curve(&curve, include_str!("data/surv_waltons/expected_all.csv"));
    let median = |waits: &[(f64, bool)]| kaplan_meier(waits).unwrap().quantile(0.5);
    assert_eq!(curve.quantile(0.5), Some(56.0));
    assert_eq!(median(&waltons(Some("control"))), Some(58.0));
    assert_eq!(median(&waltons(Some("miR-137"))), Some(26.0));
}

#[test]
fn competing_waits_equal_lifelines() {
    let table = rows(COMPETING);
    let waits: Vec<(f64, u32)> = table
        .iter()
        .map(|row| (number(row[0]), number(row[1]) as u32))
        .collect();
    for (cause, column) in [(1, 2), (2, 4)] {
        let curve = cumulative_incidence(&waits, cause).unwrap();
        for row in &table {
            assert!((curve.at(number(row[0])) - number(row[column])).abs() < 1e-12);
        }
        for step in &curve.steps {
            let row = table
                .iter()
                .find(|row| number(row[0]) == step.time)
                .unwrap();
            let variance = number(row[column + 1]);
            // lifelines divides by 0 where the last one left ends.
            if variance.is_finite() {
                assert!(
                    (step.error * step.error - variance).abs() < 1e-12,
                    "{row:?}"
                );
            }
        }
    }
}
