//! Control charts with a memory, which see a small lasting shift sooner than single values do: the
//! cumulative sum and the exponentially weighted moving average.
//!
//! What is in control, and what follows from a signal, is the caller's; the chart of single values
//! stands in [`crate::control`].

/// The two one-sided sums after each value.
#[derive(Debug, Clone, PartialEq)]
pub struct Cusum {
    /// S_hi = max(0, S_hi + x - target - k), one a value.
    pub high: Vec<f64>,
    /// S_lo = max(0, S_lo + target - k - x), one a value.
    pub low: Vec<f64>,
    /// The place of the first value at which either is above h.
    pub first_signal: Option<usize>,
}

/// The tabular CUSUM of `values` about `target` (Page 1954; NIST/SEMATECH handbook 6.3.2.3). `slack` k
/// is half the shift that matters, `limit` h the sum that signals, both in the unit of the values.
///
/// ```
/// use catchment_stats::sequential::cusum;
/// let chart = cusum(&[10.0, 12.0, 13.0, 12.0], 10.0, 0.5, 3.0);
/// assert_eq!(chart.high, [0.0, 1.5, 4.0, 5.5]);
/// assert_eq!(chart.first_signal, Some(2));
/// ```
pub fn cusum(values: &[f64], target: f64, slack: f64, limit: f64) -> Cusum {
    let mut chart = Cusum {
        high: Vec::with_capacity(values.len()),
        low: Vec::with_capacity(values.len()),
        first_signal: None,
    };
    let (mut high, mut low) = (0.0f64, 0.0f64);
    for (place, value) in values.iter().enumerate() {
        high = (high + value - target - slack).max(0.0);
        low = (low + target - slack - value).max(0.0);
        if high.max(low) > limit && chart.first_signal.is_none() {
            chart.first_signal = Some(place);
        }
        chart.high.push(high);
        chart.low.push(low);
    }
    chart
}

/// The sums C = max(0, C + k - x) of `counts`, which rise while fewer come than should, and the first
/// place above `limit`: a Poisson CUSUM for a fall from `usual` to `fallen` events a period (Lucas
/// 1985). `None` unless 0 < fallen < usual.
///
/// k = (usual - fallen) / (ln usual - ln fallen) is the reference value of the likelihood ratio.
///
/// ```
/// use catchment_stats::sequential::poisson_cusum_of_a_fall;
/// // From 6 a month to 2: k = 4 / ln 3 = 3.641.
/// let (sums, signal) = poisson_cusum_of_a_fall(&[7, 5, 2, 1, 2], 6.0, 2.0, 4.0).unwrap();
/// assert!((sums[3] - 2.0 * (4.0 / 3f64.ln()) + 3.0).abs() < 1e-12);
/// assert_eq!(signal, Some(3));
/// ```
pub fn poisson_cusum_of_a_fall(
    counts: &[u32],
    usual: f64,
    fallen: f64,
    limit: f64,
) -> Option<(Vec<f64>, Option<usize>)> {
    if !(fallen > 0.0 && fallen < usual && usual.is_finite()) {
        return None;
    }
    let reference = (usual - fallen) / (usual / fallen).ln();
    let mut sum = 0.0f64;
    let sums: Vec<f64> = counts
        .iter()
        .map(|count| {
            sum = (sum + reference - f64::from(*count)).max(0.0);
            sum
        })
        .collect();
    let signal = sums.iter().position(|sum| *sum > limit);
    Some((sums, signal))
}

/// The moving average and its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Ewma {
    /// z_0 = target, z_i = λ x_i + (1 - λ) z_(i-1): one more than there are values.
    pub averages: Vec<f64>,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

/// The exponentially weighted moving average of `values` about `target` (Roberts 1959; NIST/SEMATECH
/// handbook 6.3.2.4), with limits at `reach` times its standard deviation where it has settled.
///
/// target ± reach s √(λ / (2 - λ)), with s the standard deviation of a single value and 0 < λ <= 1.
///
/// ```
/// use catchment_stats::sequential::ewma;
/// let chart = ewma(&[12.0, 8.0], 10.0, 1.0, 0.5, 3.0);
/// assert_eq!(chart.averages, [10.0, 11.0, 9.5]);
/// assert!((chart.high - (10.0 + 3.0 / 3f64.sqrt())).abs() < 1e-14);
/// ```
pub fn ewma(values: &[f64], target: f64, deviation: f64, lambda: f64, reach: f64) -> Ewma {
    let mut average = target;
    let mut averages = vec![target];
    averages.extend(values.iter().map(|value| {
        average = lambda * value + (1.0 - lambda) * average;
        average
    }));
    let distance = reach * deviation * (lambda / (2.0 - lambda)).sqrt();
    Ewma {
        averages,
        low: target - distance,
        high: target + distance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_that_is_none_is_refused() {
        assert_eq!(poisson_cusum_of_a_fall(&[1], 2.0, 2.0, 3.0), None);
        assert_eq!(poisson_cusum_of_a_fall(&[1], 2.0, 0.0, 3.0), None);
        assert_eq!(
            poisson_cusum_of_a_fall(&[], 2.0, 1.0, 3.0),
            Some((vec![], None))
        );
    }

    /// Turned upside down, a series has the other sum.
    #[test]
    fn the_two_sides_mirror_each_other() {
        let values = [3.0, 5.5, 2.0, 1.0, 4.5, 9.0];
        let turned = values.map(|v| -v);
        let (plain, other) = (
            cusum(&values, 3.0, 0.5, 4.0),
            cusum(&turned, -3.0, 0.5, 4.0),
        );
        assert_eq!((&plain.high, &plain.low), (&other.low, &other.high));
        assert_eq!(plain.first_signal, other.first_signal);
    }
}
