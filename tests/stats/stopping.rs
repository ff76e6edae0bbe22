//! The chance of having stopped against referrers whose stops are planted.

use catchment_stats::stopping::{Observed, stop_rate};

use crate::random::Random;

const STOPS_A_DAY: f64 = 0.0006;
const DAYS: f64 = 730.0;
const AHEAD: f64 = 184.0;
/// The gamma prior of the rates: a shape, and days.
const PRIOR: (f64, f64) = (1.2, 30.0);

struct Made {
    seen: Observed,
    stopped: bool,
    quiet_ahead: bool,
}

/// A referrer's days: Poisson at a gamma rate, until an exponential stop; none where no day is seen.
fn draw(random: &mut Random) -> Option<Made> {
    let rate = random.gamma(PRIOR.0) / PRIOR.1;
    // The first referral day comes first, so that all are seen from one day on.
    let first = 300.0 * random.uniform();
    let stop = first - (1.0 - random.uniform()).ln() / STOPS_A_DAY;
    let (mut day, mut last, mut repeats, mut quiet_ahead) = (first, first, 0u32, true);
    loop {
        day += random.gamma(1.0) / rate;
        if day > stop || day > DAYS + AHEAD {
            break;
        }
        if day > DAYS {
            quiet_ahead = false;
            break;
        }
        last = day;
        repeats += 1;
    }
    let active_days = last - first;
    Some(Made {
        seen: Observed {
            shape: PRIOR.0 + f64::from(repeats),
            exposure: PRIOR.1 + active_days,
            active_days,
            silent_days: DAYS - last,
        },
        stopped: stop <= DAYS,
        quiet_ahead,
    })
}

/// Of 20,000 referrers the rate of stopping is found again, and what is said comes true in every tenth
/// of what is said: who has stopped, and of whom nothing comes in the half year ahead.
#[test]
fn what_is_said_comes_true() {
    let mut random = Random::new(41);
    let made: Vec<Made> = (0..20_000).filter_map(|_| draw(&mut random)).collect();
    let seen: Vec<Observed> = made.iter().map(|m| m.seen).collect();
    let rate = stop_rate(&seen).unwrap();
    println!("rate of stopping {rate:.6} of {STOPS_A_DAY}");
    assert!((rate / STOPS_A_DAY - 1.0).abs() < 0.05, "{rate}");
    let stopped: Vec<(f64, bool)> = made
        .iter()
        .map(|m| (m.seen.p_stopped(rate), m.stopped))
        .collect();
    let quiet: Vec<(f64, bool)> = made
        .iter()
        .map(|m| (m.seen.p_quiet(rate, 0.0, AHEAD), m.quiet_ahead))
        .collect();
    for mut said in [stopped, quiet] {
        said.sort_by(|a, b| a.0.total_cmp(&b.0));
        for tenth in said.chunks(said.len() / 10) {
            let n = tenth.len() as f64;
            let mean = tenth.iter().map(|s| s.0).sum::<f64>() / n;
            let came = tenth.iter().filter(|s| s.1).count() as f64 / n;
            let deviation = (mean * (1.0 - mean) / n).sqrt();
            println!("said {mean:.3}, came {came:.3} of {n}");
            assert!(
                (mean - came).abs() < 4.0 * deviation + 0.002,
                "{mean} {came}"
            );
        }
    }
}
