//! Whether the interval of an area under the curve holds what it promises, by simulation: normal
//! scores whose area is known, many negatives for few positives as with prospects.

use catchment_stats::discrimination::area;

use crate::random::Random;

const DRAWS: u64 = 2000;

/// How often the interval holds the truth where positives lie `apart` standard deviations higher.
fn coverage(apart: f64, truth: f64, positives: usize, negatives: usize) -> f64 {
    let mut held = 0;
    for seed in 0..DRAWS {
        let mut random = Random::new(seed);
        let mut scored = Vec::with_capacity(positives + negatives);
        scored.extend((0..positives).map(|_| (apart + random.normal(), true)));
        scored.extend((0..negatives).map(|_| (random.normal(), false)));
        held += u32::from(area(&scored).unwrap().interval.contains(truth));
    }
    f64::from(held) / DRAWS as f64
}

#[test]
fn the_interval_of_an_area_covers() {
    // Of normal scores the area is Φ(apart / √2).
    let cases = [(0.0, 0.5), (0.741_614_350, 0.7), (1.812_387_605, 0.9)];
    for (apart, truth) in cases {
        for (positives, negatives) in [(10, 60), (10, 500), (40, 400), (150, 150)] {
            let held = coverage(apart, truth, positives, negatives);
            println!("area {truth}, {positives} positives of {negatives} others: {held}");
            assert!((0.93..0.995).contains(&held), "{truth} {positives}: {held}");
        }
    }
}
