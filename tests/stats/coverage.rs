//! Whether intervals hold what they promise when referrals cluster by referrer, by simulation, and
//! whether the closed-form errors of changes equal those of a bootstrap over referrers.

use crate::random::Random;
use catchment_stats::changes::{CountCluster, ShareCluster, rate_ratio_change, share_change};
use catchment_stats::clustering::{Cluster, design_effect, intra_class_correlation};
use catchment_stats::comparisons::poisson_rate_ratio;
use catchment_stats::intervals::wilson_clustered;

const DRAWS: u64 = 2000;
const REFERRERS: usize = 60;
const SHARE: f64 = 0.3;
/// The intra-class correlation of Beta(a, b) effects is 1 / (a + b + 1).
const CORRELATION: f64 = 0.1;

/// Referrals of one referrer: about 13 on average, most have few, some a hundred.
fn size(random: &mut Random) -> u64 {
    (8.0 * (0.95 * random.normal()).exp()).ceil() as u64
}

/// The referrer's own share.
fn effect(random: &mut Random) -> f64 {
    let strength = 1.0 / CORRELATION - 1.0;
    random.beta(SHARE * strength, (1.0 - SHARE) * strength)
}

#[test]
fn wilson_on_the_effective_number_covers() {
    let (mut clustered, mut plain, mut correlation) = (0, 0, 0.0);
    for seed in 0..DRAWS {
        let mut random = Random::new(seed);
        let clusters: Vec<Cluster> = (0..REFERRERS)
            .map(|_| {
                let n = size(&mut random);
                let own = effect(&mut random);
                Cluster {
                    successes: random.binomial(n, own),
                    n,
                }
            })
            .collect();
        let hits = clusters.iter().map(|c| c.successes).sum();
        let n = clusters.iter().map(|c| c.n).sum();
        let effect = design_effect(&clusters);
        clustered += u32::from(wilson_clustered(hits, n, effect).contains(SHARE));
        plain += u32::from(wilson_clustered(hits, n, 1.0).contains(SHARE));
        correlation += intra_class_correlation(&clusters);
    }
    let rate = |count: u32| f64::from(count) / DRAWS as f64;
    println!(
        "clustered {} plain {} mean correlation {}",
        rate(clustered),
        rate(plain),
        correlation / DRAWS as f64
    );
    assert!(
        (rate(clustered) - 0.95).abs() < 0.015,
        "{}",
        rate(clustered)
    );
    assert!(rate(plain) < 0.90, "{}", rate(plain));
    assert!((correlation / DRAWS as f64 - CORRELATION).abs() < 0.01);
}

/// A referrer in two periods: each period has referrals and a share of its own around the
/// referrer's, so that the periods are alike but not the same.
fn two_periods(random: &mut Random) -> ShareCluster {
    let own = effect(random);
    let typical = size(random) as f64;
    let n = random.poisson(typical);
    let base_n = random.poisson(typical);
    let now = random.beta(30.0 * own + 1e-3, 30.0 * (1.0 - own) + 1e-3);
    ShareCluster {
        successes: random.binomial(n, now),
        n,
        base_successes: random.binomial(base_n, own),
        base_n,
    }
}

/// A referrer whose pace moves between two periods, by chance and without a trend.
fn two_counts(random: &mut Random) -> CountCluster {
    let pace = 8.0 * (0.95 * random.normal()).exp();
    let wobble = 4.0;
    let (now, then) = (random.gamma(wobble) / wobble, random.gamma(wobble) / wobble);
    CountCluster {
        count: random.poisson(pace * now * 63.0 / 60.0),
        base_count: random.poisson(pace * then),
    }
}

/// Draws in which the change of the share, of the count, and of the count taken as plain Poisson
/// counts, hold the truth: no change.
fn changes_that_cover(seeds: std::ops::Range<u64>) -> [f64; 3] {
    let draws = (seeds.end - seeds.start) as f64;
    let mut covered = [0u32; 3];
    for seed in seeds {
        let mut random = Random::new(1_000_000 + seed);
        let shares: Vec<ShareCluster> = (0..REFERRERS).map(|_| two_periods(&mut random)).collect();
        let share = share_change(&shares).unwrap();
        assert_eq!(share.p < 0.05, share.low > 0.0 || share.high < 0.0);
        let counts: Vec<CountCluster> = (0..REFERRERS).map(|_| two_counts(&mut random)).collect();
        let ratio = rate_ratio_change(&counts, 63.0, 60.0).unwrap();
        assert_eq!(ratio.p < 0.05, ratio.low > 1.0 || ratio.high < 1.0);
        let count = counts.iter().map(|c| c.count).sum();
        let base_count = counts.iter().map(|c| c.base_count).sum();
        let plain = poisson_rate_ratio(count, 63.0, base_count, 60.0).unwrap();
        covered[0] += u32::from(share.low <= 0.0 && 0.0 <= share.high);
        covered[1] += u32::from(ratio.low <= 1.0 && 1.0 <= ratio.high);
        covered[2] += u32::from(plain.low <= 1.0 && 1.0 <= plain.high);
    }
    covered.map(|count| f64::from(count) / draws)
}

/// Linearisation leans on many referrers of like weight. With sixty whose paces are as uneven as
/// here (the largest hold a tenth of all referrals), the interval of a count falls a little short of
/// its 95 %; plain Poisson counts would hold the truth in half of the cases.
#[test]
fn changes_cover_no_change() {
    let [share, ratio, plain] = changes_that_cover(0..DRAWS);
    println!("share {share} ratio {ratio} plain {plain}");
    assert!((share - 0.95).abs() < 0.015, "{share}");
    assert!(ratio > 0.925 && ratio < 0.965, "{ratio}");
    assert!(plain < 0.80, "{plain}");
}

/// The standard deviation of a statistic over resamples of whole referrers.
fn bootstrap<T: Copy>(rows: &[T], statistic: impl Fn(&[T]) -> f64) -> f64 {
    let mut random = Random::new(77);
    let values: Vec<f64> = (0..4000)
        .map(|_| {
            let sample: Vec<T> = rows
                .iter()
                .map(|_| rows[random.below(rows.len())])
                .collect();
            statistic(&sample)
        })
        .collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// With 400 referrers the closed form and the bootstrap differ by the bootstrap's own noise (about
/// 1 % at 4,000 resamples) and a little of higher order.
#[test]
fn closed_forms_equal_a_bootstrap_over_referrers() {
    let mut random = Random::new(5);
    let shares: Vec<ShareCluster> = (0..400).map(|_| two_periods(&mut random)).collect();
    let resampled = bootstrap(&shares, |rows| share_change(rows).unwrap().estimate);
    let change = share_change(&shares).unwrap();
    let t = 1.9659;
    let error = (change.high - change.low) / (2.0 * t);
    println!("share: {error} {resampled}");
    assert!(
        (error / resampled - 1.0).abs() < 0.06,
        "{error} {resampled}"
    );
    let counts: Vec<CountCluster> = (0..400).map(|_| two_counts(&mut random)).collect();
    let resampled = bootstrap(&counts, |rows| {
        rate_ratio_change(rows, 63.0, 60.0).unwrap().estimate.ln()
    });
    let change = rate_ratio_change(&counts, 63.0, 60.0).unwrap();
    let error = (change.high / change.low).ln() / (2.0 * t);
    println!("ratio: {error} {resampled}");
    assert!(
        (error / resampled - 1.0).abs() < 0.06,
        "{error} {resampled}"
    );
}
