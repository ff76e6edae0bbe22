//! Which community of this quarter is which of the quarter before.
//!
//! It knows members and their weights only. Communities of both quarters are
//! numbered from 1, as a [`Partition`](super::partition::Partition) numbers them;
//! what a node weighs is for others to choose.

use std::collections::BTreeMap;

/// A node of either quarter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Membership {
    /// Its community now; none where it is no longer in the network.
    pub now: Option<u32>,
    /// Its community in the quarter before; none where it was not in the network.
    pub before: Option<u32>,
    /// How much it counts: at least 0 and finite.
    pub weight: f64,
}

/// The community of the quarter before that a community continues.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Its number then.
    pub before: u32,
    /// The weighted Jaccard similarity of the two: the weight of the members whom
    /// they share over the weight of the members of either. Above 0, at most 1.
    pub similarity: f64,
}

/// For each community of now, the first entry for community 1, the one of the
/// quarter before that it continues, if any.
///
/// Two communities are matched where each is the other's most similar, by weighted
/// Jaccard similarity; of equally similar ones the least number counts. So each
/// earlier community is continued at most once: where one falls apart, by the part
/// most like it, and where several join, the whole continues the one most like it
/// (a reading of Greene, Doyle and Cunningham, "Tracking the evolution of
/// communities in dynamic social networks", ASONAM 2010, that keeps numbers
/// distinct). There is an entry for every number up to the greatest.
///
/// # Examples
///
/// Community 1 was community 2 and lost a member to community 2, which is new.
///
/// ```
/// use catchment_network::communities::matching::{Membership, match_earlier};
///
/// let node = |now, before| Membership { now, before, weight: 1.0 };
/// let matches = match_earlier(&[
///     node(Some(1), Some(2)),
///     node(Some(1), Some(2)),
///     node(Some(2), Some(2)),
///     node(Some(2), None),
///     node(None, Some(1)),
/// ]);
/// let matched = matches[0].unwrap();
/// assert_eq!((matched.before, matched.similarity), (2, 2.0 / 3.0));
/// assert_eq!(matches[1], None);
/// ```
pub fn match_earlier(members: &[Membership]) -> Vec<Option<Match>> {
    let mut now_weights: BTreeMap<u32, f64> = BTreeMap::new();
    let mut before_weights: BTreeMap<u32, f64> = BTreeMap::new();
    let mut shared: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for member in members {
        if let Some(now) = member.now {
            *now_weights.entry(now).or_default() += member.weight;
        }
        if let Some(before) = member.before {
            *before_weights.entry(before).or_default() += member.weight;
        }
        if let (Some(now), Some(before)) = (member.now, member.before) {
            *shared.entry((now, before)).or_default() += member.weight;
        }
    }
    let mut best_before: BTreeMap<u32, Match> = BTreeMap::new();
    let mut best_now: BTreeMap<u32, (u32, f64)> = BTreeMap::new();
    // Pairs come in the order of their numbers, so only a greater similarity takes
    // the place of one that is there.
    for (&(now, before), &weight) in shared.iter().filter(|(_, weight)| **weight > 0.0) {
        let of = |weights: &BTreeMap<u32, f64>, number| weights.get(number).copied();
        let both = of(&now_weights, &now).zip(of(&before_weights, &before));
        let either = both.map_or(0.0, |(now, before)| now + before - weight);
        // Rounding alone could take it above 1.
        let similarity = (weight / either).min(1.0);
        let candidate = Match { before, similarity };
        let known = best_before.entry(now).or_insert(candidate);
        if similarity > known.similarity {
            *known = candidate;
        }
        let known = best_now.entry(before).or_insert((now, similarity));
        if similarity > known.1 {
            *known = (now, similarity);
        }
    }
    let last = now_weights
        .last_key_value()
        .map_or(0, |(&number, _)| number);
    (1..=last)
        .map(|now| {
            let matched = best_before.get(&now)?;
            let mutual = best_now.get(&matched.before)?.0 == now;
            mutual.then_some(*matched)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes of weight 1: so many of each pair of numbers, 0 for none.
    fn nodes(counts: &[(u32, u32, usize)]) -> Vec<Membership> {
        let number = |number: u32| (number > 0).then_some(number);
        counts
            .iter()
            .flat_map(|&(now, before, count)| {
                let member = Membership {
                    now: number(now),
                    before: number(before),
                    weight: 1.0,
                };
                std::iter::repeat_n(member, count)
            })
            .collect()
    }

    fn numbers(members: &[Membership]) -> Vec<Option<u32>> {
        let matches = match_earlier(members);
        matches.iter().map(|m| m.map(|m| m.before)).collect()
    }

    #[test]
    fn the_same_communities_under_other_numbers_are_found() {
        let matches = match_earlier(&nodes(&[(1, 3, 5), (2, 1, 4), (3, 2, 4)]));
        let expected = [3, 1, 2].map(|before| {
            Some(Match {
                before,
                similarity: 1.0,
            })
        });
        assert_eq!(matches, expected);
    }

    #[test]
    fn of_a_split_the_part_most_alike_continues() {
        assert_eq!(
            numbers(&nodes(&[(1, 1, 6), (2, 1, 4), (1, 2, 1), (3, 2, 5)])),
            [Some(1), None, Some(2)]
        );
    }

    #[test]
    fn a_merger_continues_the_one_most_alike() {
        let merged = nodes(&[(1, 1, 4), (1, 2, 6), (2, 3, 3)]);
        assert_eq!(numbers(&merged), [Some(2), Some(3)]);
        let similarity = match_earlier(&merged)[0].unwrap().similarity;
        assert_eq!(similarity, 0.6);
    }

    #[test]
    fn of_equals_the_least_number_counts_on_both_sides() {
        assert_eq!(numbers(&nodes(&[(1, 1, 2), (1, 2, 2)])), [Some(1)]);
        assert_eq!(numbers(&nodes(&[(1, 1, 2), (2, 1, 2)])), [Some(1), None]);
        // Four quarters of a square: 1 with 1, and what is left with no one,
        // because its most similar is taken.
        let square = nodes(&[(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1)]);
        assert_eq!(numbers(&square), [Some(1), None]);
    }

    #[test]
    fn weight_decides_and_not_heads() {
        let mut members = nodes(&[(1, 1, 5), (1, 2, 1), (2, 2, 1)]);
        members[5].weight = 100.0;
        assert_eq!(numbers(&members), [Some(2), None]);
        let similarity = match_earlier(&members)[0].unwrap().similarity;
        assert_eq!(similarity, 100.0 / 106.0);
    }

    #[test]
    fn newcomers_and_leavers_match_nobody() {
        assert_eq!(numbers(&nodes(&[(2, 0, 3), (0, 1, 3)])), [None, None]);
        assert!(numbers(&nodes(&[(0, 1, 3)])).is_empty());
        let mut weightless = nodes(&[(1, 1, 2)]);
        for member in &mut weightless {
            member.weight = 0.0;
        }
        assert_eq!(numbers(&weightless), [None]);
    }
}
