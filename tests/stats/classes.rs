//! Classes of referrers against planted ones, and their common precision against a search of the
//! likelihood written out as products.

use catchment_stats::classes::{Class, Referrer, fit_precision, posterior};

use crate::random::Random;

/// ln of the chance of an ordered run of `leaked` in `n`, draw by draw: each comes from an urn that
/// holds the prior and all draws before it (Pólya's urn).
fn ln_chance(referrer: &Referrer, precision: f64) -> f64 {
    let (mut leaked, mut kept) = (
        referrer.expected * precision,
        (1.0 - referrer.expected) * precision,
    );
    let mut sum = 0.0;
    for draw in 0..referrer.n {
        let all = leaked + kept;
        if draw < referrer.leaked {
            sum += (leaked / all).ln();
            leaked += 1.0;
        } else {
            sum += (kept / all).ln();
            kept += 1.0;
        }
    }
    sum
}

/// Referrers around expectations of their own, with their true leakage.
fn planted(random: &mut Random, count: usize, precision: f64) -> Vec<(Referrer, f64)> {
    (0..count)
        .map(|_| {
            let expected = 0.1 + 0.6 * random.uniform();
            let truth = random.beta(expected * precision, (1.0 - expected) * precision);
            let n = 1 + random.poisson(12.0);
            let referrer = Referrer {
                leaked: random.binomial(n, truth),
                n,
                expected,
            };
            (referrer, truth)
        })
        .collect()
}

#[test]
fn the_precision_is_the_best_of_a_grid() {
    let mut random = Random::new(11);
    for truth in [0.5, 2.0, 9.0, 40.0] {
        let referrers: Vec<Referrer> = planted(&mut random, 150, truth)
            .into_iter()
            .map(|(referrer, _)| referrer)
            .collect();
        let fitted = fit_precision(&referrers).unwrap();
        let value = |s: f64| referrers.iter().map(|r| ln_chance(r, s)).sum::<f64>();
        // Steps of a thousandth of a factor around the truth, a hundred times less to as much more.
        let best = (-4605..4605)
            .map(|step| truth * (f64::from(step) / 1000.0).exp())
            .max_by(|a, b| value(*a).total_cmp(&value(*b)))
            .unwrap();
        assert!((fitted / best - 1.0).abs() < 2e-3, "{fitted} {best}");
        assert!((fitted / truth).ln().abs() < 0.6, "{fitted} {truth}");
    }
}

/// Of those with a class probability of about so much, so many are of the class; the 95 % intervals
/// hold the truth; and the most probable class is right more often than that of the plain share.
#[test]
fn planted_classes_come_out_as_often_as_said() {
    let mut random = Random::new(12);
    let (mut held, mut all, mut right, mut plain_right) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut bins = [(0_u32, 0_u32, 0.0_f64); 10];
    for _ in 0..100 {
        let rows = planted(&mut random, 200, 4.0);
        let referrers: Vec<Referrer> = rows.iter().map(|row| row.0).collect();
        let precision = fit_precision(&referrers).unwrap();
        for (referrer, truth) in rows {
            let found = posterior(&referrer, precision);
            let class = match truth {
                _ if truth <= 0.2 => Class::Loyalist,
                _ if truth >= 0.8 => Class::Leaker,
                _ => Class::Splitter,
            };
            all += 1;
            held += u32::from(found.interval().contains(truth));
            let probabilities = found.probabilities();
            right += u32::from(probabilities.most_probable() == class);
            plain_right += u32::from(Class::of(referrer.leaked, referrer.n) == Some(class));
            for named in [Class::Loyalist, Class::Splitter, Class::Leaker] {
                let p = probabilities.of(named);
                let bin = &mut bins[((p * 10.0) as usize).min(9)];
                *bin = (bin.0 + 1, bin.1 + u32::from(named == class), bin.2 + p);
            }
        }
    }
    let share = |count: u32| f64::from(count) / f64::from(all);
    println!(
        "held {} right {} plain {}",
        share(held),
        share(right),
        share(plain_right)
    );
    assert!((share(held) - 0.95).abs() < 0.015, "{}", share(held));
    assert!(right > plain_right);
    for (count, were, sum) in bins {
        let (said, found) = (sum / f64::from(count), f64::from(were) / f64::from(count));
        println!("{count} said {said:.3} found {found:.3}");
        // Four standard errors of a share, and a little for the fitted precision.
        let allowed = 0.01 + 4.0 * (0.25 / f64::from(count)).sqrt();
        assert!((said - found).abs() < allowed, "{said} {found}");
    }
}
