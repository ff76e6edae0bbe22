//! BG/NBD, MBG/NBD and Pareto/NBD on the CDNOW sample (data/lapsed_cdnow_sample/SOURCE.txt), and what
//! must not change them.

use crate::table::{number, rows};
use catchment_stats::repeat_buying::{
    BgNbd, Fit, History, MbgNbd, Model, ParetoNbd, Population, fit, ln_likelihood,
};

const CDNOW: &str = include_str!("data/lapsed_cdnow_sample/expected_per_customer.csv");

const BG: BgNbd = BgNbd {
    r: 0.243,
    alpha: 4.414,
    a: 0.793,
    b: 2.426,
};
const MBG: MbgNbd = MbgNbd {
    r: 0.525,
    alpha: 6.183,
    a: 0.891,
    b: 1.614,
};
const PARETO: ParetoNbd = ParetoNbd {
    r: 0.553,
    alpha: 10.578,
    s: 0.606,
    beta: 11.669,
};

fn history(row: &[&str]) -> History {
    History {
        x: number(row[1]) as u32,
        t_x: number(row[2]),
        t: number(row[3]),
    }
}

fn customers() -> Vec<History> {
    rows(CDNOW).iter().map(|row| history(row)).collect()
}

/// The file rounds to eight decimals.
#[test]
fn every_customer_at_the_published_parameters() {
    let table = rows(CDNOW);
    assert_eq!(table.len(), 2357);
    for row in &table {
        let history = history(row);
        for (found, expected) in [
            (BG.p_alive(&history), row[4]),
            (BG.expected_after(&history, 39.0), row[5]),
            (MBG.p_alive(&history), row[6]),
            (PARETO.p_alive(&history), row[7]),
            (PARETO.expected_after(&history, 39.0), row[8]),
        ] {
            assert!((found - number(expected)).abs() < 1e-7, "{row:?}: {found}");
        }
    }
    let first = history(&table[0]);
    // Printed in Hardie's spreadsheet.
    assert!((BG.expected_after(&first, 39.0) - 1.226).abs() < 5e-4);
}

#[test]
fn likelihood_at_the_published_parameters() {
    let merged = Population::of(&customers());
    assert!(
        merged.different() < 1500,
        "{} distinct histories",
        merged.different()
    );
    assert!((ln_likelihood(&BG, &merged) + 9582.426831182365).abs() < 1e-6);
    assert!((ln_likelihood(&PARETO, &merged) + 9594.974010040976).abs() < 1e-6);
}

fn check_fit<M: Model>(published: [f64; 4], verified: [f64; 4], likelihood: f64) -> Fit<M> {
    let found = fit::<M>(&customers()).unwrap();
    let parameters = found.model.parameters();
    for ((value, printed), exact) in parameters.iter().zip(published).zip(verified) {
        assert!((value - printed).abs() < 5e-3, "{parameters:?}");
        assert!((value / exact - 1.0).abs() < 1e-4, "{parameters:?}");
    }
    assert!(
        (found.ln_likelihood - likelihood).abs() < 1e-5,
        "{}",
        found.ln_likelihood
    );
    assert!(found.identified());
    found
}

#[test]
fn bg_nbd_fit() {
    check_fit::<BgNbd>(
        [0.2425945, 4.4136019, 0.7929199, 2.4258881],
        [
            0.24259289974939963,
            4.413531152506377,
            0.7928860782829948,
            2.425753107484179,
        ],
        -9582.42556056736,
    );
}

#[test]
fn mbg_nbd_fit() {
    check_fit::<MbgNbd>(
        [0.525, 6.183, 0.891, 1.614],
        [
            0.5248380149038733,
            6.182992032886447,
            0.8913560743070659,
            1.6139990203830425,
        ],
        -9582.132684899902,
    );
}

#[test]
fn pareto_nbd_fit() {
    let found = check_fit::<ParetoNbd>(
        [0.553, 10.578, 0.606, 11.669],
        [
            0.5532755608168132,
            10.577613197735829,
            0.606213478553273,
            11.667907221482192,
        ],
        -9594.973929826861,
    );
    // Standard errors printed in the unit tests of the R package CLVTools.
    let printed = [0.0476264, 0.8427222, 0.1872594, 6.2105448];
    let errors = found.ln_errors.unwrap();
    for ((error, value), printed) in errors.iter().zip(found.model.parameters()).zip(printed) {
        assert!((error * value / printed - 1.0).abs() < 0.01, "{errors:?}");
    }
}

/// The fit is the same to the last bit in any order and with any number of threads.
#[test]
fn order_and_threads_leave_no_trace() {
    let plain = customers();
    let turned: Vec<History> = plain.iter().rev().copied().collect();
    let in_pool = |threads: usize, histories: &[History]| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| fit::<MbgNbd>(histories).unwrap())
    };
    assert_eq!(in_pool(1, &plain), in_pool(4, &turned));
}

/// Times multiplied by c: α and β multiplied by c give the likelihood less Σx ln c, and the same
/// P(alive). Everyone twice: twice the likelihood.
fn check_metamorphic<M: Model>(model: M, scaled_times: impl Fn([f64; 4], f64) -> [f64; 4]) {
    let plain = customers();
    let repeats: f64 = plain.iter().map(|h| f64::from(h.x)).sum();
    let before = ln_likelihood(&model, &Population::of(&plain));
    let twice: Vec<History> = plain.iter().chain(&plain).copied().collect();
    let doubled = ln_likelihood(&model, &Population::of(&twice));
    assert!((doubled - 2.0 * before).abs() < 1e-8);
    for c in [7.0, 0.01] {
        let other = model.with_parameters(scaled_times(model.parameters(), c));
        let stretch = |h: &History| History {
            x: h.x,
            t_x: h.t_x * c,
            t: h.t * c,
        };
        let stretched: Vec<History> = plain.iter().map(stretch).collect();
        let after = ln_likelihood(&other, &Population::of(&stretched));
        assert!(
            (after - (before - repeats * c.ln())).abs() < 1e-7,
            "{after} {before}"
        );
        for (old, new) in plain.iter().zip(&stretched) {
            assert!((model.p_alive(old) - other.p_alive(new)).abs() < 1e-11);
            let (soon, late) = (
                model.expected_after(old, 39.0),
                other.expected_after(new, 39.0 * c),
            );
            assert!((soon - late).abs() < 1e-8 * (1.0 + soon));
        }
    }
}

#[test]
fn a_change_of_unit_moves_only_the_rates() {
    check_metamorphic(BG, |[r, alpha, a, b], c| [r, alpha * c, a, b]);
    check_metamorphic(MBG, |[r, alpha, a, b], c| [r, alpha * c, a, b]);
    check_metamorphic(PARETO, |[r, alpha, s, beta], c| [r, alpha * c, s, beta * c]);
}

/// Ranking by the BG/NBD probability of being alive puts those who came once first; MBG/NBD does not.
#[test]
fn only_mbg_lets_one_time_referrers_go() {
    let once: Vec<History> = customers().into_iter().filter(|h| h.x == 0).collect();
    assert!(once.iter().all(|h| BG.p_alive(h) == 1.0));
    assert!(once.iter().all(|h| MBG.p_alive(h) < 0.45));
}
