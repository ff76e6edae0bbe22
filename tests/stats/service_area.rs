//! The service area against everything that could be chosen, and contiguity against its definition.

use std::collections::BTreeSet;

use catchment_stats::service_area::{ServiceArea, contiguous, smallest};
use proptest::prelude::*;

use crate::random::Random;

/// Whether these places hang together, over themselves alone.
fn is_whole(neighbours: &[Vec<usize>], places: &BTreeSet<usize>) -> bool {
    let Some(first) = places.first() else {
        return true;
    };
    let mut seen = BTreeSet::from([*first]);
    loop {
        let more: Vec<usize> = seen
            .iter()
            .flat_map(|place| &neighbours[*place])
            .filter(|next| places.contains(next) && !seen.contains(next))
            .copied()
            .collect();
        if more.is_empty() {
            return seen.len() == places.len();
        }
        seen.extend(more);
    }
}

/// How few contiguous places suffice, by trying all.
fn fewest(neighbours: &[Vec<usize>], patients: &[u64], share: f64) -> Option<u32> {
    let total: u64 = patients.iter().sum();
    (1u32..1 << patients.len())
        .filter(|chosen| {
            let places: BTreeSet<usize> = (0..patients.len())
                .filter(|p| chosen >> p & 1 == 1)
                .collect();
            let sum: u64 = places.iter().map(|p| patients[*p]).sum();
            places.iter().all(|p| patients[*p] > 0)
                && sum as f64 >= share * total as f64
                && is_whole(neighbours, &places)
        })
        .map(u32::count_ones)
        .min()
}

fn made(random: &mut Random, places: usize) -> (Vec<Vec<usize>>, Vec<u64>) {
    let points: Vec<(f64, f64)> = (0..places)
        .map(|_| (35.0 + random.uniform(), -106.0 + random.uniform()))
        .collect();
    let patients = (0..places)
        .map(|_| (60.0 * random.uniform().powi(3)) as u64)
        .collect();
    (contiguous(&points), patients)
}

#[test]
fn it_is_nearly_always_the_fewest_and_else_one_more() {
    let mut random = Random::new(11);
    let (mut found, mut tried) = (0, 0);
    for _ in 0..300 {
        let (neighbours, patients) = made(&mut random, 10);
        let area = smallest(&neighbours, &patients, 0.75);
        let places: BTreeSet<usize> = area.places.iter().copied().collect();
        assert!(is_whole(&neighbours, &places), "{places:?}");
        let Some(fewest) = fewest(&neighbours, &patients, 0.75) else {
            assert!(!area.is_reached);
            continue;
        };
        assert!(area.is_reached);
        let more = area.places.len() - fewest as usize;
        assert!(
            more <= 1,
            "{} places where {fewest} suffice",
            area.places.len()
        );
        tried += 1;
        found += usize::from(more == 0);
    }
    println!("the fewest in {found} of {tried}");
    assert!(
        tried > 150 && found * 100 >= tried * 97,
        "{found} of {tried}"
    );
}

/// By the definition: nobody else inside the circle over the two, with the angle at a third point.
fn contiguous_by_angle(points: &[(f64, f64)]) -> Vec<Vec<usize>> {
    let at = |p: usize| {
        let (lat, lon) = (points[p].0.to_radians(), points[p].1.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    };
    let sees_obtuse = |third: usize, a: usize, b: usize| {
        let (a, b, third) = (at(a), at(b), at(third));
        (0..3)
            .map(|i| (a[i] - third[i]) * (b[i] - third[i]))
            .sum::<f64>()
            < 0.0
    };
    let next_to =
        |a: usize, b: usize| a != b && !(0..points.len()).any(|third| sees_obtuse(third, a, b));
    let all = 0..points.len();
    all.clone()
        .map(|a| all.clone().filter(|b| next_to(a, *b)).collect())
        .collect()
}

proptest! {
    #[test]
    fn contiguity_is_that_of_its_definition(points in prop::collection::vec((30.0..40.0f64, -110.0..-100.0f64), 0..70)) {
        prop_assert_eq!(contiguous(&points), contiguous_by_angle(&points));
    }

    #[test]
    fn an_area_hangs_together_and_has_its_share(
        points in prop::collection::vec((30.0..40.0f64, -110.0..-100.0f64), 1..120),
        counts in prop::collection::vec(0u64..50, 120),
        share in 0.05..1.0f64,
    ) {
        let neighbours = contiguous(&points);
        let patients = &counts[..points.len()];
        let ServiceArea { places, patients: sum, is_reached } = smallest(&neighbours, patients, share);
        let set: BTreeSet<usize> = places.iter().copied().collect();
        prop_assert!(is_whole(&neighbours, &set));
        prop_assert_eq!(sum, places.iter().map(|p| patients[*p]).sum::<u64>());
        prop_assert!(places.iter().all(|p| patients[*p] > 0));
        let wanted = share * patients.iter().sum::<u64>() as f64;
        prop_assert_eq!(is_reached, sum > 0 && sum as f64 >= wanted - 1e-6);
        // Nobody can be spared: without any one it is too few, or falls apart.
        for place in &places {
            let rest: BTreeSet<usize> = set.iter().copied().filter(|p| p != place).collect();
            let spared = is_reached && (sum - patients[*place]) as f64 >= wanted && is_whole(&neighbours, &rest);
            prop_assert!(!spared || rest.is_empty());
        }
    }

    #[test]
    fn the_count_of_patients_has_no_scale(counts in prop::collection::vec(0u64..50, 30), times in 2u64..9) {
        let mut random = Random::new(counts.iter().sum());
        let (neighbours, _) = made(&mut random, 30);
        let more: Vec<u64> = counts.iter().map(|n| n * times).collect();
        prop_assert_eq!(smallest(&neighbours, &counts, 0.75).places, smallest(&neighbours, &more, 0.75).places);
    }
}
