//! Intervals and q-values: Newcombe 1998 (Statistics in Medicine 17:857, Table I, recomputed to ten
//! digits with R 4.2.2's prop.test, binom.test and poisson.test) and Benjamini and Hochberg 1995
//! (section 4.1, R's p.adjust).

use catchment_stats::comparisons::poisson_rate_ratio;
use catchment_stats::intervals::{Z_95, clopper_pearson, poisson_exact, wilson, wilson_clustered};
use catchment_stats::multiplicity::q_values;

/// Successes, draws, Wilson's ends and the exact ends.
const NEWCOMBE: [(u64, u64, [f64; 2], [f64; 2]); 4] = [
    (
        81,
        263,
        [0.2552885199, 0.366209577],
        [0.2527367456, 0.3676219226],
    ),
    (
        15,
        148,
        [0.06238639953, 0.1604872417],
        [0.05784401008, 0.1616504903],
    ),
    (0, 20, [0.0, 0.1611251581], [0.0, 0.168433471]),
    (
        1,
        29,
        [0.006113214293, 0.1717552188],
        [0.0008726468836, 0.1776442955],
    ),
];

#[test]
fn wilson_and_exact_intervals_of_newcombe() {
    for (hits, n, score, exact) in NEWCOMBE {
        let found = wilson(hits as f64, n as f64, Z_95);
        assert!((found.low - score[0]).abs() < 1e-8 && (found.high - score[1]).abs() < 1e-8);
        assert_eq!(wilson_clustered(hits, n, 1.0), found);
        let found = clopper_pearson(hits, n, 0.95);
        assert!((found.low - exact[0]).abs() < 1e-8 && (found.high - exact[1]).abs() < 1e-8);
    }
}

#[test]
fn poisson_rate_and_ratios_of_r() {
    let rate = poisson_exact(137, 24.19893, 0.95).unwrap();
    assert!((rate.low - 4.753124805).abs() < 1e-8 && (rate.high - 6.692709334).abs() < 1e-8);
    for (x, t, base_x, base_t, expected) in [
        (
            11,
            800.0,
            21,
            3011.0,
            [1.971488095, 0.8584264034, 4.2772659437, 0.07966863],
        ),
        (
            3,
            3.0,
            30,
            12.0,
            [0.4, 0.07811608103, 1.28622496867, 0.1316499],
        ),
    ] {
        let found = poisson_rate_ratio(x, t, base_x, base_t).unwrap();
        assert!((found.estimate - expected[0]).abs() < 1e-8);
        assert!((found.low - expected[1]).abs() < 1e-8);
        assert!((found.high - expected[2]).abs() < 1e-8);
        assert!((found.p - expected[3]).abs() < 1e-7);
    }
}

#[test]
fn q_values_of_benjamini_and_hochberg() {
    let p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262,
        0.5719, 0.6528, 0.759, 1.0,
    ];
    let expected = [
        0.0015,
        0.003,
        0.0095,
        0.035625,
        0.0603,
        0.06385714286,
        0.06385714286,
        0.0645,
        0.0765,
        0.486,
        0.58118181818,
        0.714875,
        0.75323076923,
        0.81321428571,
        1.0,
    ];
    let q = q_values(&p.map(Some));
    for (found, expected) in q.iter().zip(expected) {
        assert!((found.unwrap() - expected).abs() < 1e-10);
    }
    assert_eq!(q.iter().filter(|q| q.unwrap() <= 0.05).count(), 4);
}
