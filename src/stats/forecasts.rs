//! How good a warning is, judged by what came after: the area under the ROC curve with its interval,
//! precision, recall and false alarms at a rule, and the bins of stated probabilities.
//!
//! Shares carry Wilson's interval, on the effective number of draws where cases come in clusters.
//! What a case, an event and a score are is the caller's.

use crate::clustering::{Cluster, design_effect};
use crate::distributions::normal_two_sided;
use crate::intervals::{Interval, Z_95, wilson, wilson_clustered};

/// The area under the ROC curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Auc {
    /// The share of pairs, one with the event and one without, in which the one with it scores
    /// higher; a tie counts half.
    pub estimate: f64,
    /// Its variance by DeLong, DeLong and Clarke-Pearson.
    pub variance: f64,
    /// The 95 % interval, reckoned on the logit and so within 0 and 1.
    pub interval: Interval,
}

/// The area under the ROC curve of `scores`, higher ones speaking for the event, with its interval
/// (DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837-845, by the ranks of Sun and Xu 2014).
/// `None` without an event, without a case that has none, where the lengths differ or where a score is
/// not a number.
///
/// The interval is estimate ± z sd on the logit scale; where all pairs are in one order, which has no
/// variance, it is what Wilson's interval gives for the smaller of the two classes.
///
/// ```
/// use catchment_stats::forecasts::auc;
/// let found = auc(&[0.9, 0.8, 0.7, 0.3], &[true, false, true, false]).unwrap();
/// assert_eq!(found.estimate, 0.75);
/// ```
pub fn auc(scores: &[f64], events: &[bool]) -> Option<Auc> {
    let own: Vec<u64> = (0..scores.len() as u64).collect();
    auc_clustered(scores, events, &own)
}

/// The area where cases come in clusters, such as the quarters of one referrer: the same area as
/// [`auc`]'s, with the variance of Obuchowski (1997, Biometrics 53:567-578), which is DeLong's where
/// every case is a cluster of its own. `None` as for [`auc`].
///
/// ```
/// use catchment_stats::forecasts::{auc, auc_clustered};
/// let (scores, events) = ([0.9, 0.8, 0.7, 0.3], [true, false, true, false]);
/// let own = auc_clustered(&scores, &events, &[1, 2, 3, 4]).unwrap();
/// assert_eq!(own, auc(&scores, &events).unwrap());
/// ```
pub fn auc_clustered(scores: &[f64], events: &[bool], clusters: &[u64]) -> Option<Auc> {
    if scores.len() != clusters.len() {
        return None;
    }
    let placed = placements(scores, events)?;
    let (estimate, variance) = placed.mean(events, clusters);
    let smaller = placed.of_events.len().min(placed.of_others.len());
    Some(Auc {
        estimate,
        variance,
        interval: area_interval(estimate, variance, smaller as f64),
    })
}

/// The difference between the areas of two scores of the same cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AucDifference {
    /// The area of the first less that of the second.
    pub estimate: f64,
    /// Its 95 % interval.
    pub interval: Interval,
    /// The two-sided p-value of no difference; 1 where neither varies.
    pub p: f64,
}

/// The difference of the areas of two scores over the same cases, whose correlation it allows for
/// (DeLong, DeLong and Clarke-Pearson 1988; Obuchowski 1997 where they come in clusters). `None` as for
/// [`auc_clustered`].
///
/// ```
/// use catchment_stats::forecasts::auc_difference;
/// let (events, own) = ([true, false, true, false], [1, 2, 3, 4]);
/// let same = auc_difference(&[0.9, 0.8, 0.7, 0.3], &[9.0, 8.0, 7.0, 3.0], &events, &own).unwrap();
/// assert_eq!((same.estimate, same.p), (0.0, 1.0));
/// ```
pub fn auc_difference(
    first: &[f64],
    second: &[f64],
    events: &[bool],
    clusters: &[u64],
) -> Option<AucDifference> {
    if events.len() != clusters.len() {
        return None;
    }
    let (a, b) = (placements(first, events)?, placements(second, events)?);
    let less = |x: &[f64], y: &[f64]| -> Vec<f64> { x.iter().zip(y).map(|(x, y)| x - y).collect() };
    let both = Placements {
        of_events: less(&a.of_events, &b.of_events),
        of_others: less(&a.of_others, &b.of_others),
    };
    let (estimate, variance) = both.mean(events, clusters);
    let deviation = variance.sqrt();
    Some(AucDifference {
        estimate,
        interval: Interval {
            low: estimate - Z_95 * deviation,
            high: estimate + Z_95 * deviation,
        },
        p: if deviation > 0.0 {
            normal_two_sided(estimate / deviation)
        } else if estimate == 0.0 {
            1.0
        } else {
            0.0
        },
    })
}

/// For each case the share of the other class that it beats, ties half.
struct Placements {
    of_events: Vec<f64>,
    of_others: Vec<f64>,
}

impl Placements {
    /// Their mean, which is the area, and its variance: of each cluster the sums of its events' and of
    /// its other cases' distances from the mean, squared, and multiplied where it has both.
    fn mean(&self, events: &[bool], clusters: &[u64]) -> (f64, f64) {
        let (m, n) = (self.of_events.len() as f64, self.of_others.len() as f64);
        let estimate = self.of_events.iter().sum::<f64>() / m;
        let mut sums = std::collections::BTreeMap::<u64, [Option<f64>; 2]>::new();
        let (mut events_seen, mut others_seen) = (self.of_events.iter(), self.of_others.iter());
        for (event, cluster) in events.iter().zip(clusters) {
            let (side, seen) = match event {
                true => (0, events_seen.next()),
                false => (1, others_seen.next()),
            };
            let entry = &mut sums.entry(*cluster).or_default()[side];
            *entry = Some(entry.unwrap_or(0.0) + seen.map_or(0.0, |s| s - estimate));
        }
        // With as many less one degrees of freedom as there are clusters.
        let spread = |of: &[f64]| {
            let k = of.len() as f64;
            if k < 2.0 {
                return 0.0;
            }
            k / (k - 1.0) * of.iter().sum::<f64>()
        };
        let squares = |side: usize| -> Vec<f64> {
            let sums = sums.values().filter_map(|s| s[side]);
            sums.map(|sum| sum * sum).collect()
        };
        let products: Vec<f64> = sums
            .values()
            .map(|s| s[0].unwrap_or(0.0) * s[1].unwrap_or(0.0))
            .collect();
        let variance = spread(&squares(0)) / (m * m)
            + spread(&squares(1)) / (n * n)
            + 2.0 * spread(&products) / (m * n);
        (estimate, variance.max(0.0))
    }
}

fn placements(scores: &[f64], events: &[bool]) -> Option<Placements> {
    if scores.len() != events.len() || scores.iter().any(|s| s.is_nan()) {
        return None;
    }
    let of = |wanted: bool| -> Vec<f64> {
        let cases = scores.iter().zip(events);
        cases
            .filter(|(_, e)| **e == wanted)
            .map(|(s, _)| *s)
            .collect()
    };
    let (positive, negative) = (of(true), of(false));
    if positive.is_empty() || negative.is_empty() {
        return None;
    }
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let (up, down) = (sorted(&positive), sorted(&negative));
    // -0 and 0 are one score, so places are found by comparison and not by the total order.
    let below = |values: &[f64], score: f64| {
        let less = values.partition_point(|v| *v < score) as f64;
        let up_to = values.partition_point(|v| *v <= score) as f64;
        (0.5 * (less + up_to)) / values.len() as f64
    };
    Some(Placements {
        of_events: positive.iter().map(|s| below(&down, *s)).collect(),
        of_others: negative.iter().map(|s| 1.0 - below(&up, *s)).collect(),
    })
}

fn area_interval(area: f64, variance: f64, smaller: f64) -> Interval {
    if area <= 0.0 || area >= 1.0 || variance <= 0.0 {
        return wilson(area * smaller, smaller, Z_95);
    }
    let logit = (area / (1.0 - area)).ln();
    let reach = Z_95 * variance.sqrt() / (area * (1.0 - area));
    let back = |x: f64| 1.0 / (1.0 + (-x).exp());
    Interval {
        low: back(logit - reach),
        high: back(logit + reach),
    }
}

/// A share of cases with its counts and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Those that fit.
    pub hits: u64,
    /// Those that are asked.
    pub n: u64,
    /// Wilson's interval on the effective number of draws.
    pub interval: Interval,
}

impl Share {
    /// The share; `None` of nothing.
    pub fn estimate(&self) -> Option<f64> {
        (self.n > 0).then(|| self.hits as f64 / self.n as f64)
    }
}

/// What a rule that flags cases got right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// Of those flagged, those with the event.
    pub precision: Share,
    /// Of those with the event, those flagged.
    pub recall: Share,
    /// Of those without the event, those flagged.
    pub false_alarm_rate: Share,
}

/// Precision, recall and the rate of false alarms of a rule. `clusters` says which cases belong
/// together, such as the quarters of one referrer, by equal numbers; give each its own where none do.
/// `None` where the lengths differ.
///
/// ```
/// use catchment_stats::forecasts::judge;
/// let flagged = [true, true, false, false, true];
/// let events = [true, false, true, false, true];
/// let found = judge(&flagged, &events, &[1, 2, 3, 4, 5]).unwrap();
/// assert_eq!((found.precision.hits, found.precision.n), (2, 3));
/// assert_eq!((found.recall.hits, found.recall.n), (2, 3));
/// assert_eq!((found.false_alarm_rate.hits, found.false_alarm_rate.n), (1, 2));
/// ```
pub fn judge(flagged: &[bool], events: &[bool], clusters: &[u64]) -> Option<Judged> {
    if flagged.len() != events.len() || flagged.len() != clusters.len() {
        return None;
    }
    let cases = || flagged.iter().zip(events).zip(clusters);
    // Of the cases that are `asked`, those that fit, by cluster.
    let share = |asked: &dyn Fn(bool, bool) -> bool, fits: &dyn Fn(bool, bool) -> bool| {
        let of = cases().filter(|((flag, event), _)| asked(**flag, **event));
        share_of(of.map(|((flag, event), cluster)| (fits(*flag, *event), *cluster)))
    };
    Some(Judged {
        precision: share(&|flag, _| flag, &|_, event| event),
        recall: share(&|_, event| event, &|flag, _| flag),
        false_alarm_rate: share(&|_, event| !event, &|flag, _| flag),
    })
}

/// The bin of a stated probability, of so many equally wide ones; 1 is in the last.
///
/// ```
/// use catchment_stats::forecasts::bin_of;
/// assert_eq!((bin_of(0.0, 10), bin_of(0.1, 10), bin_of(1.0, 10)), (0, 1, 9));
/// ```
pub fn bin_of(stated: f64, bins: usize) -> usize {
    ((stated * bins as f64).max(0.0) as usize).min(bins.saturating_sub(1))
}

/// The share of cases that fit, with the interval of their clusters.
fn share_of(cases: impl Iterator<Item = (bool, u64)>) -> Share {
    let mut counts = std::collections::BTreeMap::<u64, Cluster>::new();
    for (fits, cluster) in cases {
        let entry = counts
            .entry(cluster)
            .or_insert(Cluster { successes: 0, n: 0 });
        entry.n += 1;
        entry.successes += u64::from(fits);
    }
    let counts: Vec<Cluster> = counts.into_values().collect();
    let hits = counts.iter().map(|c| c.successes).sum();
    let n = counts.iter().map(|c| c.n).sum();
    Share {
        hits,
        n,
        interval: wilson_clustered(hits, n, design_effect(&counts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
        /// The area and DeLong's variance by all pairs, as the paper writes them.
        #[test]
        fn ranks_equal_pairs(cases in prop::collection::vec((0u8..6, any::<bool>()), 4..40)) {
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.0)).collect();
            let events: Vec<bool> = cases.iter().map(|c| c.1).collect();
            let of = |wanted: bool| -> Vec<f64> {
                cases.iter().filter(|c| c.1 == wanted).map(|c| f64::from(c.0)).collect()
            };
            let (up, down) = (of(true), of(false));
            let found = auc(&scores, &events);
            if up.is_empty() || down.is_empty() {
                prop_assert!(found.is_none());
                return Ok(());
            }
            let beats = |a: f64, b: f64| if a > b { 1.0 } else if a == b { 0.5 } else { 0.0 };
            let (m, n) = (up.len() as f64, down.len() as f64);
            let v10: Vec<f64> = up.iter().map(|a| down.iter().map(|b| beats(*a, *b)).sum::<f64>() / n).collect();
            let v01: Vec<f64> = down.iter().map(|b| up.iter().map(|a| beats(*a, *b)).sum::<f64>() / m).collect();
            let area = v10.iter().sum::<f64>() / m;
            let spread = |v: &[f64]| {
                let mean = v.iter().sum::<f64>() / v.len() as f64;
                if v.len() < 2 { 0.0 } else {
                    v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (v.len() as f64 - 1.0)
                }
            };
            let found = found.unwrap();
            prop_assert!((found.estimate - area).abs() < 1e-12);
            prop_assert!((found.variance - spread(&v10) / m - spread(&v01) / n).abs() < 1e-12);
            prop_assert!(found.interval.contains(area));
            // A score turned round has the other area; a rule is no better than its own reflection.
            let turned: Vec<f64> = scores.iter().map(|s| -s).collect();
            let other = auc(&turned, &events).unwrap();
            prop_assert!((found.estimate + other.estimate - 1.0).abs() < 1e-12);
        }

        /// A stated probability lies within its bin.
        #[test]
        fn bins_hold_what_is_stated(stated in 0.0..=1.0f64, bins in 1usize..12) {
            let bin = bin_of(stated, bins);
            let (low, high) = (bin as f64 / bins as f64, (bin as f64 + 1.0) / bins as f64);
            prop_assert!(bin < bins && low <= stated + 1e-9 && stated <= high + 1e-9);
        }
    }

    #[test]
    fn one_order_of_all_pairs_keeps_an_interval() {
        let found = auc(&[3.0, 2.0, 1.0], &[true, true, false]).unwrap();
        assert_eq!((found.estimate, found.variance), (1.0, 0.0));
        assert!(found.interval.low < 0.5 && found.interval.high == 1.0);
        assert_eq!(auc(&[1.0, f64::NAN], &[true, false]), None);
        assert_eq!(auc(&[1.0, 2.0], &[true, true]), None);
    }

    /// Quarters of one referrer that always agree are worth one draw each.
    #[test]
    fn clusters_widen_the_interval() {
        let events: Vec<bool> = (0..80).map(|i| (i / 8) % 2 == 0).collect();
        let flagged = vec![true; 80];
        let own: Vec<u64> = (0..80).collect();
        let shared: Vec<u64> = (0..80).map(|i| i / 8).collect();
        let width = |clusters: &[u64]| {
            let share = judge(&flagged, &events, clusters).unwrap().precision;
            assert_eq!((share.hits, share.n), (40, 80));
            share.interval.high - share.interval.low
        };
        assert!(width(&shared) > 2.0 * width(&own));
        assert_eq!(judge(&flagged, &events, &[1]), None);
    }

    /// Every case twice, both of one cluster: the area and its variance are those of the cases once, but
    /// for the allowance of one degree of freedom.
    #[test]
    fn doubled_cases_tell_nothing_new() {
        let scores: Vec<f64> = (0..60).map(|i| f64::from((i * 37) % 23)).collect();
        let events: Vec<bool> = (0..60).map(|i| (i * 7) % 5 < 2).collect();
        let once = auc(&scores, &events).unwrap();
        let twice = |of: &dyn Fn(usize) -> u64| {
            let scores: Vec<f64> = (0..120).map(|i| scores[i / 2]).collect();
            let events: Vec<bool> = (0..120).map(|i| events[i / 2]).collect();
            let clusters: Vec<u64> = (0..120).map(of).collect();
            auc_clustered(&scores, &events, &clusters).unwrap()
        };
        let paired = twice(&|i| i as u64 / 2);
        assert!((paired.estimate - once.estimate).abs() < 1e-12);
        assert!((paired.variance / once.variance - 1.0).abs() < 1e-9);
        let apart = twice(&|i| i as u64);
        assert!((apart.variance / once.variance - 0.5).abs() < 0.03);
    }

    /// A referrer with one quarter of each kind: both sides of the area share their chance.
    #[test]
    fn clusters_of_both_kinds_share_their_chance() {
        let scores: Vec<f64> = (0..40)
            .map(|i| f64::from(i / 2) + 0.3 * f64::from(i % 2))
            .collect();
        let events: Vec<bool> = (0..40).map(|i| i % 2 == 1).collect();
        let pairs: Vec<u64> = (0..40).map(|i| i / 2).collect();
        let apart = auc(&scores, &events).unwrap();
        let together = auc_clustered(&scores, &events, &pairs).unwrap();
        assert_eq!(apart.estimate, together.estimate);
        assert!(
            together.variance < 0.1 * apart.variance,
            "{together:?} {apart:?}"
        );
    }
}
