//! The batting averages of Efron and Morris 1975 (JASA 70:311): hits in the first 45 times at bat of
//! 1970, and the averages of the rest of the season.

use catchment_stats::shrinkage::{fit_beta_binomial, james_stein};

/// Hits of 45, the later average, and the estimate of James and Stein (printed as .294 for the first
/// and .242 for the last).
const PLAYERS: [(u64, f64, f64); 18] = [
    (18, 0.346, 0.2939790151587855),
    (17, 0.298, 0.28930642332928524),
    (16, 0.276, 0.28463383149978505),
    (15, 0.222, 0.27974884913258025),
    (14, 0.273, 0.27507625730308),
    (14, 0.270, 0.27507625730308),
    (13, 0.263, 0.27040366547357975),
    (12, 0.210, 0.26573107364407955),
    (11, 0.269, 0.26084609127687475),
    (11, 0.230, 0.26084609127687475),
    (10, 0.264, 0.2561734994473745),
    (10, 0.256, 0.2561734994473745),
    (10, 0.303, 0.2561734994473745),
    (10, 0.264, 0.2561734994473745),
    (10, 0.226, 0.2561734994473745),
    (9, 0.286, 0.25150090761787425),
    (8, 0.316, 0.24682831578837403),
    (7, 0.200, 0.24215572395887378),
];

fn squared_error(estimates: &[f64]) -> f64 {
    let errors = estimates.iter().zip(PLAYERS);
    errors
        .map(|(estimate, player)| (estimate - player.1).powi(2))
        .sum()
}

/// The published averages are rounded to three decimals, and so are these.
fn averages() -> Vec<f64> {
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    PLAYERS.iter().map(|p| round(p.0 as f64 / 45.0)).collect()
}

#[test]
fn james_stein_estimates_are_the_published_ones() {
    let raw = averages();
    let mean = raw.iter().sum::<f64>() / 18.0;
    let (factor, shrunk) = james_stein(&raw, mean * (1.0 - mean) / 45.0);
    assert!((factor - 0.2123905377045563).abs() < 1e-9, "{factor}");
    for (found, player) in shrunk.iter().zip(PLAYERS) {
        assert!((found - player.2).abs() < 1e-9);
    }
    assert!((squared_error(&raw) - 0.075545).abs() < 1e-6);
    assert!((squared_error(&shrunk) - 0.021377761281896755).abs() < 1e-9);
}

/// The beta-binomial posterior keeps the order, lies between the raw average and the mean, and comes
/// at least twice as near to the rest of the season as the raw averages do.
#[test]
fn beta_binomial_shrinks_as_much() {
    let groups: Vec<(u64, u64)> = PLAYERS.iter().map(|p| (p.0, 45)).collect();
    let prior = fit_beta_binomial(&groups).unwrap();
    let shrunk: Vec<f64> = groups
        .iter()
        .map(|g| prior.posterior_mean(g.0, g.1))
        .collect();
    assert!(shrunk.windows(2).all(|pair| pair[0] >= pair[1]));
    for (estimate, group) in shrunk.iter().zip(&groups) {
        let raw = group.0 as f64 / 45.0;
        assert!((raw - estimate) * (estimate - prior.mean) >= 0.0);
    }
    assert!(squared_error(&shrunk) < 0.5 * squared_error(&averages()));
}
