//! Special functions against values of high precision (data/special_mpmath/SOURCE.txt).

use crate::table::{number, rows};
use catchment_stats::hypergeometric::{gauss_2f1_of_one, gauss_2f1_times};
use catchment_stats::special::{ln_beta, ln_gamma};

#[test]
fn ln_gamma_and_ln_beta() {
    for row in rows(include_str!("data/special_mpmath/ln_gamma.csv")) {
        let (found, expected) = (ln_gamma(number(row[0])), number(row[1]));
        let scale = expected.abs().max(1.0);
        assert!((found - expected).abs() < 1e-13 * scale, "{row:?}: {found}");
    }
    for row in rows(include_str!("data/special_mpmath/ln_beta.csv")) {
        let (a, b, expected) = (number(row[0]), number(row[1]), number(row[2]));
        // The sum of three log-gammas loses what the largest of them cannot hold.
        let scale = ln_gamma(a + b).abs().max(1.0);
        let found = ln_beta(a, b);
        assert!((found - expected).abs() < 1e-13 * scale, "{row:?}: {found}");
    }
}

/// From z = 0 to 0.9999, where Euler's transformation is what keeps the series short.
#[test]
fn gauss_2f1_up_to_its_border() {
    let table = rows(include_str!("data/special_mpmath/gauss_2f1.csv"));
    assert_eq!(table.len(), 100);
    for row in table {
        let [a, b, c, z, expected] = [0, 1, 2, 3, 4].map(|at| number(row[at]));
        // Divided by its expected value the function is 1 whatever its size.
        let found = gauss_2f1_times(-expected, a, b, c, z);
        assert!((found - 1.0).abs() < 2e-11, "{row:?}: {found}");
        if a == 1.0 {
            let found = gauss_2f1_of_one(b, c, z).ln();
            assert!((found - expected).abs() < 1e-12, "{row:?}: {found}");
        }
    }
}
