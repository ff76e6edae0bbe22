//! BG/BB on the annual donations of the paper (data/lapsed_donations_bgbb/SOURCE.txt).

use crate::table::{number, rows};
use catchment_stats::repeat_buying::{BgBb, History, Model, fit};

const CELLS: &str = include_str!("data/lapsed_donations_bgbb/expected_per_cell.csv");

const FITTED: BgBb = BgBb {
    alpha: 1.2035224068620796,
    beta: 0.7497163781236573,
    gamma: 0.6567182010390987,
    delta: 2.7834421831988503,
};

fn history(row: &[&str]) -> History {
    History {
        x: number(row[0]) as u32,
        t_x: number(row[1]),
        t: number(row[2]),
    }
}

#[test]
fn every_cell_at_the_estimates() {
    for row in rows(CELLS) {
        let history = history(&row);
        for (found, expected) in [
            (FITTED.p_alive_after(&history, 1.0), row[4]),
            (FITTED.p_alive(&history), row[5]),
            (FITTED.expected_after(&history, 5.0), row[6]),
        ] {
            assert!((found - number(expected)).abs() < 2e-8, "{row:?}: {found}");
        }
    }
    // Printed in the paper: 3.18 gifts of a new supporter in ten years, 0.13 and 3.63 of two known.
    assert!((FITTED.expected(10.0) - 3.179805).abs() < 3.2e-3);
    let silent = History {
        x: 0,
        t_x: 0.0,
        t: 6.0,
    };
    let keen = History {
        x: 4,
        t_x: 5.0,
        t: 6.0,
    };
    assert!((FITTED.expected_after(&silent, 10.0) / 0.1302169 - 1.0).abs() < 1e-3);
    assert!((FITTED.expected_after(&keen, 10.0) / 3.627858 - 1.0).abs() < 1e-3);
}

#[test]
fn the_fit_of_the_paper() {
    let mut everyone = Vec::new();
    for row in rows(CELLS) {
        everyone.extend(vec![history(&row); number(row[3]) as usize]);
    }
    assert_eq!(everyone.len(), 11_104);
    let found = fit::<BgBb>(&everyone).unwrap();
    let published = [1.203528, 0.749726, 0.6567808, 2.783796];
    let exact = FITTED.parameters();
    for ((value, printed), exact) in found.model.parameters().iter().zip(published).zip(exact) {
        assert!((value / printed - 1.0).abs() < 1e-3, "{value} {printed}");
        assert!((value / exact - 1.0).abs() < 1e-4, "{value} {exact}");
    }
    assert!((found.ln_likelihood + 33225.58127434699).abs() < 1e-4);
    assert!(found.identified());
    // Gifts expected of everybody in the five years after, as the paper sums them up.
    let total: f64 = everyone
        .iter()
        .map(|history| found.model.expected_after(history, 5.0))
        .sum();
    assert!((total / 12884.2 - 1.0).abs() < 1e-3, "{total}");
}
