//! Trends, breaks and charts with a memory against the Nile and the handbook
//! (data/trend_nile/SOURCE.txt, data/control_charts_nist/SOURCE.txt).

use crate::table::{number, rows};
use catchment_stats::sequential::{cusum, ewma};
use catchment_stats::trend::{least_squares_break, mann_kendall, pettitt, sen_slope};

#[test]
fn the_nile_fell_in_1899() {
    let flow: Vec<f64> = rows(include_str!("data/trend_nile/nile.csv"))
        .iter()
        .map(|row| number(row[1]))
        .collect();
    assert_eq!(flow.len(), 100);
    let trend = mann_kendall(&flow).unwrap();
    assert_eq!(trend.s, -1387);
    assert!((trend.z + 4.1280665).abs() < 1e-6, "{trend:?}");
    assert!((trend.p - 3.6583e-5).abs() < 1e-8, "{trend:?}");
    assert!((sen_slope(&flow).unwrap() + 2.6).abs() < 1e-6);
    let cut = least_squares_break(&flow).unwrap();
    // The last year before the break is 1898.
    assert_eq!(1871 + cut.before - 1, 1898);
    assert!((cut.mean_before - 1097.75).abs() < 1e-6);
    assert!((cut.mean_after - 849.9722222).abs() < 1e-6, "{cut:?}");
    let found = pettitt(&flow).unwrap();
    assert_eq!((found.k, 1871 + found.before - 1), (1617, 1898));
}

#[test]
fn moving_average_of_the_handbook() {
    let table = rows(include_str!("data/control_charts_nist/ewma.csv"));
    let values: Vec<f64> = table.iter().map(|row| number(row[0])).collect();
    let chart = ewma(&values, 50.0, 2.0539, 0.3, 3.0);
    assert!((chart.high - 52.5884).abs() < 5e-4 && (chart.low - 47.4115).abs() < 5e-4);
    assert_eq!(chart.averages.len(), 21);
    for (average, row) in chart.averages.iter().skip(1).zip(&table) {
        assert!(
            (average - number(row[1])).abs() < 5.1e-3,
            "{row:?}: {average}"
        );
    }
}

#[test]
fn cumulative_sums_of_the_handbook() {
    let table = rows(include_str!("data/control_charts_nist/cusum.csv"));
    let values: Vec<f64> = table.iter().map(|row| number(row[0])).collect();
    let chart = cusum(&values, 325.0, 0.3175, 4.1959);
    assert_eq!(chart.first_signal, Some(13));
    let mut plain = 0.0;
    for (place, row) in table.iter().enumerate() {
        plain += values[place] - 325.0;
        assert!((chart.high[place] - number(row[1])).abs() < 1e-2, "{row:?}");
        assert!((chart.low[place] - number(row[2])).abs() < 1e-4, "{row:?}");
        assert!((plain - number(row[3])).abs() < 1e-4, "{row:?}");
    }
}
