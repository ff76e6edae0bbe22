//! The XmR control chart of a short series of single values, such as one number a quarter.
//!
//! Limits come from the moving range, so that one shift does not widen them as it would a standard
//! deviation. What is drawn, and over which quarters, is the caller's.

/// The distance of the limits from the mean in mean moving ranges (3 / 1.128, rounded as the
/// chart's textbooks do).
const LIMIT_IN_MOVING_RANGES: f64 = 2.66;

/// This many values in a row on one side of the mean are a signal.
const RUN_LENGTH: usize = 8;

/// What a point of the chart says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Nothing but ordinary variation.
    None,
    /// Above the upper limit.
    Above,
    /// Below the lower limit.
    Below,
    /// Within the limits, but at least the eighth in a row on one side of the mean.
    Run,
}

/// The centre, the natural process limits and the signal at each point.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlChart {
    /// The mean of the values.
    pub mean: f64,
    /// The mean less 2.66 mean moving ranges; it may lie below 0 even where no value can.
    pub limit_low: f64,
    /// The mean plus 2.66 mean moving ranges.
    pub limit_high: f64,
    /// One signal a value, in the order of the values.
    pub signals: Vec<Signal>,
}

/// The XmR chart of `values` in the order of time (Wheeler; NIST/SEMATECH handbook 6.3.2.2).
/// `None` under two values, which have no moving range, or where a value is not finite.
///
/// A value on the mean ends a run. Beyond a limit goes before a run.
///
/// ```
/// use catchment_stats::control::{Signal, control_chart};
/// let chart = control_chart(&[10.0, 12.0, 11.0, 13.0]).unwrap();
/// assert_eq!(chart.mean, 11.5);
/// assert!((chart.limit_high - (11.5 + 2.66 * 5.0 / 3.0)).abs() < 1e-12);
/// assert_eq!(chart.signals, [Signal::None; 4]);
/// ```
pub fn control_chart(values: &[f64]) -> Option<ControlChart> {
    if values.len() < 2 || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let ranges: f64 = values
        .iter()
        .zip(values.iter().skip(1))
        .map(|(before, after)| (after - before).abs())
        .sum();
    let reach = LIMIT_IN_MOVING_RANGES * ranges / (count - 1.0);
    let (limit_low, limit_high) = (mean - reach, mean + reach);
    let mut side = 0.0;
    let mut run = 0usize;
    let signals = values
        .iter()
        .map(|&value| {
            let now = side_of(value, mean);
            run = if now == 0.0 {
                0
            } else if now == side {
                run + 1
            } else {
                1
            };
            side = now;
            // A value on the mean is no signal even where the limits have shrunk onto the mean.
            if now == 0.0 {
                Signal::None
            } else if value > limit_high {
                Signal::Above
            } else if value < limit_low {
                Signal::Below
            } else if run >= RUN_LENGTH {
                Signal::Run
            } else {
                Signal::None
            }
        })
        .collect();
    Some(ControlChart {
        mean,
        limit_low,
        limit_high,
        signals,
    })
}

/// 1 above the mean, -1 below, 0 on it; a difference that rounding of the mean explains is none.
fn side_of(value: f64, mean: f64) -> f64 {
    let difference = value - mean;
    if difference.abs() <= 16.0 * f64::EPSILON * mean.abs() {
        0.0
    } else {
        difference.signum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH e-Handbook 6.3.2.2, flow rates: centre 50.81, mean moving range 1.8778,
    /// limits 45.8159 and 55.8041 with 3/1.128 for 2.66.
    #[test]
    fn limits_of_the_handbook() {
        let rates = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
        let chart = control_chart(&rates).unwrap();
        assert!((chart.mean - 50.81).abs() < 1e-12);
        assert!((chart.limit_high - 55.8041).abs() < 1e-3);
        assert!((chart.limit_low - 45.8159).abs() < 1e-3);
        assert!(chart.signals.iter().all(|&s| s == Signal::None));
    }

    #[test]
    fn a_jump_is_above_and_a_fall_below() {
        let mut values: Vec<f64> = (0..30).map(|i| 10.0 + 0.5 * f64::from(i % 2)).collect();
        values[20] = 16.0;
        values[24] = 3.0;
        let signals = control_chart(&values).unwrap().signals;
        for (place, signal) in signals.iter().enumerate() {
            let expected = match place {
                20 => Signal::Above,
                24 => Signal::Below,
                _ => Signal::None,
            };
            assert_eq!(*signal, expected, "{place}");
        }
    }

    #[test]
    fn a_run_is_marked_from_its_eighth_point_on() {
        let mut values = vec![9.0; 10];
        values.extend([11.0; 10]);
        let chart = control_chart(&values).unwrap();
        // One step among twenty values: the limits are 10 -+ 0.28, so the plateaus lie outside.
        assert_eq!(chart.signals[7], Signal::Below);
        // Noise widens the limits and leaves the run alone.
        let noisy: Vec<f64> = values
            .iter()
            .enumerate()
            .map(|(i, v)| v + if i % 2 == 0 { 0.9 } else { -0.9 })
            .collect();
        let signals = control_chart(&noisy).unwrap().signals;
        let runs: Vec<usize> = (0..20).filter(|&i| signals[i] == Signal::Run).collect();
        assert_eq!(runs, [7, 8, 9, 17, 18, 19]);
    }

    #[test]
    fn a_point_on_the_mean_ends_a_run() {
        let values = [
            1.0, 3.0, 1.0, 3.0, 1.5, 2.5, 1.0, 3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0,
        ];
        let chart = control_chart(&values).unwrap();
        assert_eq!(chart.mean, 2.0);
        assert!(chart.signals.iter().all(|&s| s == Signal::None));
        let constant = control_chart(&[0.1; 12]).unwrap();
        assert!(constant.signals.iter().all(|&s| s == Signal::None));
    }

    #[test]
    fn too_short_or_not_finite_is_none() {
        assert_eq!(control_chart(&[1.0]), None);
        assert_eq!(control_chart(&[1.0, f64::NAN, 2.0]), None);
    }
}
