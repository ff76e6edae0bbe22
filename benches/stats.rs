//! How long the statistics take at the sizes of a quarter: thousands of table rows, a year of
//! referrers, a county's links.

use catchment_stats::access::{Decay, Link, two_step};
use catchment_stats::changes::{ShareCluster, share_change};
use catchment_stats::intervals::wilson_clustered;
use catchment_stats::multiplicity::q_values;
use catchment_stats::repeat_buying::{
    Cnbd, History, MbgNbd, Model, Population, fit, fit_family, ln_likelihood,
};
use catchment_stats::shrinkage::fit_gamma_poisson;
use catchment_stats::survival::cumulative_incidence;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

// The tests' generators, so that a bench and a test are told of the same referrers.
#[path = "../tests/stats/made_referrers.rs"]
#[allow(dead_code)]
mod made_referrers;
#[path = "../tests/stats/random.rs"]
#[allow(dead_code)]
mod random;

const CDNOW: &str =
    include_str!("../tests/stats/data/lapsed_cdnow_sample/expected_per_customer.csv");

fn customers() -> Vec<History> {
    let cell = |line: &str, at: usize| -> f64 {
        let text = line.split(',').nth(at).unwrap_or_default();
        text.parse().unwrap_or_default()
    };
    CDNOW
        .lines()
        .skip(1)
        .map(|line| History {
            x: cell(line, 1) as u32,
            t_x: cell(line, 2),
            t: cell(line, 3),
        })
        .collect()
}

/// Numbers that look random and are not.
fn scatter(i: u64, below: u64) -> u64 {
    (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) % below
}

fn rates(c: &mut Criterion) {
    c.bench_function("wilson_clustered x 10,000", |b| {
        b.iter(|| {
            (0..10_000u64)
                .map(|i| wilson_clustered(black_box(i / 3), i + 1, 2.5).low)
                .sum::<f64>()
        })
    });
    let clusters: Vec<ShareCluster> = (0..60)
        .map(|i| ShareCluster {
            successes: scatter(i, 10),
            n: 10 + scatter(i + 99, 10),
            base_successes: scatter(i + 7, 12),
            base_n: 12 + scatter(i + 55, 9),
        })
        .collect();
    c.bench_function("share_change of 60 referrers", |b| {
        b.iter(|| share_change(black_box(&clusters)))
    });
    let p: Vec<Option<f64>> = (0..10_000)
        .map(|i| Some(scatter(i, 1_000_000) as f64 / 1e6))
        .collect();
    c.bench_function("q_values of 10,000", |b| b.iter(|| q_values(black_box(&p))));
}

fn fits(c: &mut Criterion) {
    let histories = customers();
    let merged = Population::of(&histories);
    let model = MbgNbd {
        r: 0.525,
        alpha: 6.183,
        a: 0.891,
        b: 1.614,
    };
    c.bench_function("mbg_nbd likelihood of cdnow", |b| {
        b.iter(|| ln_likelihood(black_box(&model), &merged))
    });
    let mut group = c.benchmark_group("fits");
    group.sample_size(10);
    group.bench_function("mbg_nbd of cdnow", |b| {
        b.iter(|| fit::<MbgNbd>(black_box(&histories)).map(|fit| fit.ln_likelihood))
    });
    let counts: Vec<(u64, f64)> = (0..5_000)
        .map(|i| (scatter(i, 40) * scatter(i + 3, 3), 365.0))
        .collect();
    group.bench_function("gamma_poisson of 5,000", |b| {
        b.iter(|| fit_gamma_poisson(black_box(&counts)))
    });
    group.finish();
}

/// A million referrers over two years, in whole days: 680,000 histories or so are different.
fn million(c: &mut Criterion) {
    let model = Cnbd::family(1, true).with_parameters([0.9, 30.0, 0.8, 9.0]);
    let mut random = random::Random::new(7);
    let histories: Vec<History> = (0..1_000_000)
        .map(|_| {
            let end = 180.0 + 550.0 * random.uniform();
            let made = made_referrers::Made::draw(&mut random, &model, end.floor(), 0.0);
            let day = |time: &f64| time.floor();
            let mut days: Vec<f64> = made.times.iter().map(day).filter(|d| *d > 0.0).collect();
            days.dedup();
            History {
                x: days.len() as u32,
                t_x: days.last().copied().unwrap_or(0.0),
                t: made.end,
            }
        })
        .collect();
    let mut group = c.benchmark_group("fits of a million");
    group.sample_size(10);
    group.bench_function("merging", |b| {
        b.iter(|| Population::of(black_box(&histories)).different())
    });
    group.bench_function("mbg_nbd", |b| {
        b.iter(|| fit::<MbgNbd>(black_box(&histories)).map(|fit| fit.ln_likelihood))
    });
    group.bench_function("mbg_cnbd with k = 2", |b| {
        b.iter(|| {
            fit_family(Cnbd::family(2, true), black_box(&histories)).map(|fit| fit.ln_likelihood)
        })
    });
    group.finish();
}

fn waits_and_access(c: &mut Criterion) {
    let waits: Vec<(f64, u32)> = (0..10_000)
        .map(|i| (scatter(i, 180) as f64, scatter(i + 1, 3) as u32))
        .collect();
    c.bench_function("cumulative_incidence of 10,000", |b| {
        b.iter(|| cumulative_incidence(black_box(&waits), 1).map(|curve| curve.reached()))
    });
    let links: Vec<Link> = (0..100_000)
        .map(|i| Link {
            demand: scatter(i, 1_500) as usize,
            supply: scatter(i + 17, 400) as usize,
            distance: scatter(i + 5, 70) as f64,
        })
        .collect();
    let (people, doctors) = (vec![3_000.0; 1_500], vec![4.0; 400]);
    let bands = Decay::Bands(vec![(15.0, 1.0), (30.0, 0.68), (60.0, 0.22)]);
    c.bench_function("two_step over 100,000 links", |b| {
        b.iter(|| two_step(black_box(&links), &people, &doctors, &bands))
    });
}

criterion_group!(benches, rates, fits, waits_and_access, million);
criterion_main!(benches);
