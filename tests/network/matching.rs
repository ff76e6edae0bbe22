//! Communities of two quarters that continue each other, against the definition of it.

use catchment_network::communities::matching::{Membership, match_earlier};
use proptest::prelude::*;

/// What mutual best matching must hold for any memberships.
fn memberships() -> impl Strategy<Value = Vec<Membership>> {
    let number = || prop::option::of(1_u32..6);
    let member = (number(), number(), 0_u32..8).prop_map(|(now, before, weight)| Membership {
        now,
        before,
        weight: f64::from(weight),
    });
    prop::collection::vec(member, 0..40)
}

proptest! {
    #[test]
    fn matches_are_mutual_best_by_the_definition(members in memberships()) {
        let similarity = |now: u32, before: u32| {
            let weight = |wanted: &dyn Fn(&Membership) -> bool| -> f64 {
                members.iter().filter(|m| wanted(m)).map(|m| m.weight).sum()
            };
            let shared = weight(&|m| m.now == Some(now) && m.before == Some(before));
            let either = weight(&|m| m.now == Some(now) || m.before == Some(before));
            if shared > 0.0 { shared / either } else { 0.0 }
        };
        let numbers = 1..6_u32;
        // The first of the greatest, as `max_by` gives the last.
        let best = |of: &dyn Fn(u32) -> f64| {
            let most = numbers.clone().map(of).fold(0.0, f64::max);
            numbers.clone().find(|&number| most > 0.0 && of(number) == most)
        };
        let matches = match_earlier(&members);
        let mut taken = Vec::new();
        for now in numbers.clone() {
            let before = best(&|before| similarity(now, before));
            let mutual = before.filter(|&before| best(&|now| similarity(now, before)) == Some(now));
            let ours = matches.get(now as usize - 1).copied().flatten();
            prop_assert_eq!(ours.map(|matched| matched.before), mutual);
            if let Some(matched) = ours {
                prop_assert!((matched.similarity - similarity(now, matched.before)).abs() < 1e-12);
                prop_assert!(!taken.contains(&matched.before));
                taken.push(matched.before);
            }
        }
    }
}
