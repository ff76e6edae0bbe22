//! (M)BG/CNBD-k against integrals of its definition (data/cnbd_mpmath/SOURCE.txt), against BG/NBD and
//! MBG/NBD, and against referrers made by it.

use crate::made_referrers::Made;
use crate::random::Random;
use crate::table::{number, rows};
use catchment_stats::repeat_buying::{
    BgNbd, Cnbd, History, Likelihood, MbgNbd, Model, Population, fit_family, fit_regular,
    ln_likelihood, regularity,
};

fn model(row: &[&str]) -> Cnbd {
    let family = Cnbd::family(number(row[0]) as u32, row[1] == "1");
    family.with_parameters([2, 3, 4, 5].map(|at| number(row[at])))
}

#[test]
fn likelihood_and_p_alive_equal_their_integrals() {
    let table = rows(include_str!("data/cnbd_mpmath/histories.csv"));
    assert_eq!(table.len(), 30);
    for row in table {
        let model = model(&row);
        let history = History {
            x: number(row[6]) as u32,
            t_x: number(row[7]),
            t: number(row[8]),
        };
        let gaps = f64::from(model.k - 1) * number(row[9]);
        let found = model.ln_likelihood(&history) + gaps;
        assert!((found - number(row[10])).abs() < 1e-9, "{row:?}: {found}");
        let alive = model.p_alive(&history);
        assert!((alive - number(row[11])).abs() < 1e-9, "{row:?}: {alive}");
    }
}

#[test]
fn expectations_equal_their_integrals() {
    let table = rows(include_str!("data/cnbd_mpmath/expectations.csv"));
    assert!(table.len() >= 12);
    for row in table {
        let (model, horizon, expected) = (model(&row), number(row[9]), number(row[10]));
        let found = if row[6] == "new" {
            model.expected(horizon)
        } else {
            let history = History {
                x: number(row[6]) as u32,
                t_x: number(row[7]),
                t: number(row[8]),
            };
            model.expected_after(&history, horizon)
        };
        assert!((found / expected - 1.0).abs() < 1e-8, "{row:?}: {found}");
    }
}

fn customers() -> Vec<History> {
    let history = |row: &Vec<&str>| History {
        x: number(row[1]) as u32,
        t_x: number(row[2]),
        t: number(row[3]),
    };
    let table = include_str!("data/lapsed_cdnow_sample/expected_per_customer.csv");
    rows(table).iter().map(history).collect()
}

/// One stage a gap is BG/NBD and MBG/NBD for every CDNOW customer.
#[test]
fn one_stage_is_the_model_of_random_gaps() {
    let mbg = MbgNbd {
        r: 0.525,
        alpha: 6.183,
        a: 0.891,
        b: 1.614,
    };
    let bg = BgNbd {
        r: 0.243,
        alpha: 4.414,
        a: 0.793,
        b: 2.426,
    };
    let of_mbg = Cnbd::family(1, true).with_parameters(mbg.parameters());
    let of_bg = Cnbd::family(1, false).with_parameters(bg.parameters());
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{a} {b}");
    for history in customers() {
        near(of_mbg.ln_likelihood(&history), mbg.ln_likelihood(&history));
        near(of_bg.ln_likelihood(&history), bg.ln_likelihood(&history));
        near(of_mbg.p_alive(&history), mbg.p_alive(&history));
        near(of_bg.p_alive(&history), bg.p_alive(&history));
        for horizon in [1.0, 39.0] {
            let (exact, closed) = (
                of_mbg.expected_after(&history, horizon),
                mbg.expected_after(&history, horizon),
            );
            near(exact, closed);
            near(of_mbg.expected_after_by_rate(&history, horizon), closed);
            near(
                of_bg.expected_after(&history, horizon),
                bg.expected_after(&history, horizon),
            );
        }
    }
    near(of_mbg.expected(39.0), mbg.expected(39.0));
    near(of_bg.expected(39.0), bg.expected(39.0));
}

const REGULAR: Cnbd = Cnbd {
    k: 3,
    from_first: true,
    r: 2.0,
    alpha: 2.0,
    a: 0.8,
    b: 5.0,
};

fn made(count: usize, seed: u64, model: &Cnbd, after: f64) -> Vec<Made> {
    let mut random = Random::new(seed);
    (0..count)
        .map(|_| Made::draw(&mut random, model, 30.0, after))
        .collect()
}

/// k by the likelihood and by pairs of gaps, and the parameters within their errors.
#[test]
fn the_planted_regularity_is_found() {
    let made = made(4000, 5, &REGULAR, 0.0);
    let histories: Vec<History> = made.iter().map(Made::history).collect();
    let sum_ln_gaps: f64 = made.iter().flat_map(Made::gaps).map(f64::ln).sum();
    let found = fit_regular(&histories, sum_ln_gaps, true).unwrap();
    assert_eq!(found.fit.model.k, 3);
    assert!(found.gain_over_random > 100.0, "{found:?}");
    assert!(found.fit.identified());
    let errors = found.fit.ln_errors.unwrap();
    let planted = REGULAR.parameters();
    for ((value, planted), error) in found.fit.model.parameters().iter().zip(planted).zip(errors) {
        assert!((value / planted).ln().abs() < 3.5 * error, "{found:?}");
    }
    let pairs: Vec<(f64, f64)> = made
        .iter()
        .filter_map(|m| m.gaps().get(..2).map(|gaps| (gaps[0], gaps[1])))
        .collect();
    // Two gaps that fit into 30 weeks are a bit more alike than any two, and shares are over 1,000.
    let k = regularity(&pairs).unwrap();
    assert!((2.6..3.6).contains(&k), "{k} of {} pairs", pairs.len());
}

/// P(alive) and the referrals that followed, by what was stated, for 40,000 made referrers. The closed
/// form that takes the gaps that follow for random ones is further off than the exact one.
#[test]
fn what_is_stated_comes_true() {
    let made = made(40_000, 11, &REGULAR, 10.0);
    struct Case<'m> {
        p_alive: f64,
        exact: f64,
        rough: f64,
        made: &'m Made,
    }
    let mut cases: Vec<Case> = made
        .iter()
        .map(|made| {
            let history = made.history();
            Case {
                p_alive: REGULAR.p_alive(&history),
                exact: REGULAR.expected_after(&history, 10.0),
                rough: REGULAR.expected_after_by_rate(&history, 10.0),
                made,
            }
        })
        .collect();
    cases.sort_by(|a, b| a.p_alive.total_cmp(&b.p_alive));
    let (mut off_exact, mut off_rough) = (0.0, 0.0);
    for bin in cases.chunks(4000) {
        let n = bin.len() as f64;
        let mean = |value: &dyn Fn(&Case) -> f64| bin.iter().map(value).sum::<f64>() / n;
        let alive = mean(&|c| f64::from(u8::from(c.made.alive)));
        let stated = mean(&|c| c.p_alive);
        let error = (stated * (1.0 - stated) / n).sqrt() + 1e-3;
        assert!((stated - alive).abs() < 4.0 * error, "{stated} {alive}");
        let later = mean(&|c| f64::from(c.made.later));
        let (exact, rough) = (mean(&|c| c.exact), mean(&|c| c.rough));
        let spread = mean(&|c| (f64::from(c.made.later) - c.exact).powi(2));
        let error = (spread / n).sqrt() + 1e-3;
        assert!((exact - later).abs() < 4.0 * error, "{exact} {later}");
        off_exact += (exact - later).abs();
        off_rough += (rough - later).abs();
    }
    assert!(off_exact < off_rough, "{off_exact} {off_rough}");
}

/// Times multiplied by c, and everyone twice, as for the models of random gaps.
#[test]
fn a_change_of_unit_moves_only_the_rate() {
    let plain: Vec<History> = made(500, 3, &REGULAR, 0.0)
        .iter()
        .map(Made::history)
        .collect();
    let repeats: f64 = plain.iter().map(|h| f64::from(h.x)).sum();
    let before = ln_likelihood(&REGULAR, &Population::of(&plain));
    let twice: Vec<History> = plain.iter().chain(&plain).copied().collect();
    assert!((ln_likelihood(&REGULAR, &Population::of(&twice)) - 2.0 * before).abs() < 1e-8);
    for c in [7.0, 0.01] {
        let other = Cnbd {
            alpha: REGULAR.alpha * c,
            ..REGULAR
        };
        let stretch = |h: &History| History {
            x: h.x,
            t_x: h.t_x * c,
            t: h.t * c,
        };
        let stretched: Vec<History> = plain.iter().map(stretch).collect();
        let after = ln_likelihood(&other, &Population::of(&stretched));
        // Without the gaps each of k stages carries a ln c.
        assert!(
            (after - (before - 3.0 * repeats * c.ln())).abs() < 1e-6,
            "{after}"
        );
        for (old, new) in plain.iter().zip(&stretched) {
            assert!((REGULAR.p_alive(old) - other.p_alive(new)).abs() < 1e-11);
            let (soon, late) = (
                REGULAR.expected_after(old, 9.0),
                other.expected_after(new, 9.0 * c),
            );
            assert!((soon - late).abs() < 1e-8 * (1.0 + soon));
        }
    }
}

/// Whether the histories tell the parameters: where a quarter drops out after each referral they do,
/// and where nobody ever does they do not, in all but few of the draws.
#[test]
fn dropout_is_identified_where_there_is_some() {
    let staying = Cnbd {
        a: 1e-7,
        b: 1.0,
        k: 1,
        ..REGULAR
    };
    let leaving = Cnbd {
        a: 1.5,
        b: 8.0,
        k: 1,
        ..REGULAR
    };
    let identified = |model: &Cnbd, seed: u64| {
        let histories: Vec<History> = made(600, seed, model, 0.0)
            .iter()
            .map(Made::history)
            .collect();
        fit_family(MbgNbd::default(), &histories)
            .unwrap()
            .identified()
    };
    let draws = 60;
    let with = (0..draws)
        .filter(|seed| identified(&leaving, 100 + seed))
        .count();
    let without = (0..draws)
        .filter(|seed| identified(&staying, 900 + seed))
        .count();
    assert!(with >= 57, "{with} of {draws} with dropout");
    assert!(without <= 3, "{without} of {draws} without dropout");
}

/// Where everybody drops out with the same probability, no two parameters of its spread are told: any
/// large ones fit, and the errors that second derivatives give out there are not to be believed.
#[test]
fn one_dropout_for_all_is_a_ridge() {
    let alike = Cnbd {
        a: 1e5,
        b: 9e5,
        k: 1,
        ..REGULAR
    };
    let ridges = (0..20).filter(|seed| {
        let made = made(600, 400 + seed, &alike, 0.0);
        let histories: Vec<History> = made.iter().map(Made::history).collect();
        let found = fit_family(MbgNbd::default(), &histories).unwrap();
        assert!(found.dropout_gain() > 50.0, "{found:?}");
        assert!(!(found.on_a_ridge && found.identified()));
        found.on_a_ridge
    });
    let ridges = ridges.count();
    assert!(ridges >= 15, "{ridges} of 20");
}

/// A fit by way of samples is the same as one over all from the start, and to the last bit the same
/// in any order.
#[test]
fn large_fits_end_where_small_ones_do() {
    let histories: Vec<History> = made(9000, 21, &REGULAR, 0.0)
        .iter()
        .map(Made::history)
        .collect();
    let by_samples = fit_family(Cnbd::family(3, true), &histories).unwrap();
    let turned: Vec<History> = histories.iter().rev().copied().collect();
    assert_eq!(
        fit_family(Cnbd::family(3, true), &turned).unwrap(),
        by_samples
    );
    let all = Population::of(&histories);
    let at = |model: &Cnbd| ln_likelihood(model, &all);
    assert!((at(&by_samples.model) - by_samples.ln_likelihood).abs() < 1e-9);
    // No step along any parameter gains.
    for axis in 0..4 {
        for factor in [0.999, 1.001] {
            let mut parameters = by_samples.model.parameters();
            parameters[axis] *= factor;
            assert!(at(&by_samples.model.with_parameters(parameters)) <= by_samples.ln_likelihood);
        }
    }
}
