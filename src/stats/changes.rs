//! Changes between two periods whose referrals cluster by referrer: of a share, and of a count per
//! working day.
//!
//! Both are linearised: each referrer's own contribution to the change is taken, and the spread of
//! the contributions gives the variance (Taylor linearisation with clusters, as in survey
//! sampling; a cluster bootstrap gives the same). A referrer stands in both periods with one
//! contribution, so the comparison is paired. Where there are too few referrers to see a spread,
//! the comparisons of [`crate::comparisons`] stand in.

use crate::comparisons::{Change, newcombe_difference, poisson_rate_ratio};
use crate::distributions::{t_quantile, t_two_sided};

/// Under this many clusters a ratio of counts takes the exact conditional interval.
const FEWEST_CLUSTERS_OF_COUNTS: usize = 5;

/// What one referrer had in the period and in the one that it is compared with, for a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareCluster {
    /// Successes in the period.
    pub successes: u64,
    /// Draws in the period.
    pub n: u64,
    /// Successes in the earlier period.
    pub base_successes: u64,
    /// Draws in the earlier period.
    pub base_n: u64,
}

/// What one referrer had in the period and in the one that it is compared with, for a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountCluster {
    /// Events in the period.
    pub count: u64,
    /// Events in the earlier period.
    pub base_count: u64,
}

/// The change of a share, period less earlier period, with a cluster-robust 95 % interval and a
/// p-value against no change.
///
/// With totals y1 of N1 and y0 of N0 and shares p1 and p0, the contribution of cluster i is
/// e_i = (y1_i - p1 n1_i)/N1 - (y0_i - p0 n0_i)/N0, the variance G/(G-1) Σ e_i², and the interval
/// that of Student's t with G - 1 degrees of freedom, cut to -1 and 1; G counts the clusters that
/// have draws in either period.
///
/// `None` where a period has no draws. With one cluster, or where no cluster departs from the
/// whole (so that there is no spread to judge by), the answer is [`newcombe_difference`] of the
/// totals.
///
/// ```
/// use catchment_stats::changes::{ShareCluster, share_change};
/// let steady = ShareCluster { successes: 3, n: 10, base_successes: 4, base_n: 12 };
/// let risen = ShareCluster { successes: 8, n: 10, base_successes: 5, base_n: 10 };
/// let change = share_change(&[steady, risen, steady]).unwrap();
/// assert!((change.estimate - (14.0 / 30.0 - 13.0 / 34.0)).abs() < 1e-12);
/// ```
pub fn share_change(clusters: &[ShareCluster]) -> Option<Change> {
    let mut total = ShareCluster {
        successes: 0,
        n: 0,
        base_successes: 0,
        base_n: 0,
    };
    let mut present = 0usize;
    for cluster in clusters.iter().filter(|c| c.n + c.base_n > 0) {
        present += 1;
        total.successes += cluster.successes;
        total.n += cluster.n;
        total.base_successes += cluster.base_successes;
        total.base_n += cluster.base_n;
    }
    if total.n == 0 || total.base_n == 0 {
        return None;
    }
    let squares: f64 = clusters
        .iter()
        .map(|c| {
            let now = departure(c.successes, c.n, total.successes, total.n);
            let then = departure(
                c.base_successes,
                c.base_n,
                total.base_successes,
                total.base_n,
            );
            difference_or_zero(now, then).powi(2)
        })
        .sum();
    if present < 2 || squares == 0.0 {
        return newcombe_difference(total.successes, total.n, total.base_successes, total.base_n);
    }
    let estimate =
        total.successes as f64 / total.n as f64 - total.base_successes as f64 / total.base_n as f64;
    let spread = Spread::of(squares, present);
    Some(Change {
        estimate,
        low: (estimate - spread.reach).max(-1.0),
        high: (estimate + spread.reach).min(1.0),
        p: spread.p_of(estimate),
    })
}

/// All draws of two periods by cluster, of which several parts are compared: what [`share_change`] needs to
/// know of the clusters that have nothing of a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PairedWhole {
    clusters: usize,
    n: u64,
    base_n: u64,
    squares: u128,
    products: u128,
    base_squares: u128,
}

impl PairedWhole {
    /// Of each cluster's draws in the period and in the earlier one.
    pub fn of(draws: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let mut whole = Self::default();
        for (n, base_n) in draws.into_iter().filter(|(n, base_n)| n + base_n > 0) {
            whole.clusters += 1;
            whole.n += n;
            whole.base_n += base_n;
            whole.add_squares(n, base_n);
        }
        whole
    }

    fn add_squares(&mut self, n: u64, base_n: u64) {
        let (n, base_n) = (u128::from(n), u128::from(base_n));
        self.squares += n * n;
        self.products += n * base_n;
        self.base_squares += base_n * base_n;
    }

    /// The [`share_change`] of a part, where only the clusters that have any of it in either period are
    /// given, each with all of its draws. It takes as long as those are many: what the others
    /// contribute, p0 n0_i/N0 - p1 n1_i/N1, is added up from the whole's sums of squares.
    ///
    /// ```
    /// use catchment_stats::changes::{PairedWhole, ShareCluster, share_change};
    /// let with = ShareCluster { successes: 3, n: 10, base_successes: 4, base_n: 12 };
    /// let without = ShareCluster { successes: 0, n: 7, base_successes: 0, base_n: 9 };
    /// let whole = PairedWhole::of([(10, 12), (7, 9)]);
    /// let (part, all) = (whole.change_of(&[with]).unwrap(), share_change(&[with, without]).unwrap());
    /// assert!((part.low - all.low).abs() < 1e-12 && (part.p - all.p).abs() < 1e-12);
    /// ```
    pub fn change_of(&self, part: &[ShareCluster]) -> Option<Change> {
        if self.n == 0 || self.base_n == 0 {
            return None;
        }
        let successes: u64 = part.iter().map(|c| c.successes).sum();
        let base_successes: u64 = part.iter().map(|c| c.base_successes).sum();
        let mut seen = Self::default();
        let mut squares = 0.0;
        for c in part {
            seen.add_squares(c.n, c.base_n);
            let now = departure(c.successes, c.n, successes, self.n);
            let then = departure(c.base_successes, c.base_n, base_successes, self.base_n);
            squares += difference_or_zero(now, then).powi(2);
        }
        let (n, base_n) = (self.n as f64, self.base_n as f64);
        let (p, base_p) = (successes as f64 / n, base_successes as f64 / base_n);
        let rest = |all: u128, seen: u128| all.saturating_sub(seen) as f64;
        let now = (p / n).powi(2) * rest(self.squares, seen.squares);
        let then = (base_p / base_n).powi(2) * rest(self.base_squares, seen.base_squares);
        let both = 2.0 * p / n * base_p / base_n * rest(self.products, seen.products);
        let others = now + then - both;
        // Below this it is what rounding leaves of nothing.
        if others > 1e-14 * (now + then) {
            squares += others;
        }
        if self.clusters < 2 || squares == 0.0 {
            return newcombe_difference(successes, self.n, base_successes, self.base_n);
        }
        let estimate = p - base_p;
        let spread = Spread::of(squares, self.clusters);
        Some(Change {
            estimate,
            low: (estimate - spread.reach).max(-1.0),
            high: (estimate + spread.reach).min(1.0),
            p: spread.p_of(estimate),
        })
    }
}

/// The ratio of the daily rates of two counts, period over earlier period, with a cluster-robust
/// 95 % interval and a p-value against no change (a ratio of 1).
///
/// `days` and `base_days` are the working days of the periods. The logarithm of the ratio has the
/// contributions e_i = y1_i/Y1 - y0_i/Y0, the variance G/(G-1) Σ e_i², and an interval of Student's
/// t with G - 1 degrees of freedom; G counts the clusters with an event in either period.
///
/// With fewer than five clusters, with a total of 0, or where all clusters changed alike (so that
/// there is no spread to judge by), the answer is the exact conditional one of
/// [`poisson_rate_ratio`]: with nothing in the period the ratio and its lower end are 0, with
/// nothing in the earlier one the ratio and its upper end are infinite. `None` where both totals
/// are 0 or a number of days is not positive.
///
/// ```
/// use catchment_stats::changes::{CountCluster, rate_ratio_change};
/// let clusters = [(12, 6), (9, 10), (3, 2), (0, 4), (7, 3), (5, 5)]
///     .map(|(count, base_count)| CountCluster { count, base_count });
/// let change = rate_ratio_change(&clusters, 63.0, 60.0).unwrap();
/// assert!((change.estimate - (36.0 / 63.0) / (30.0 / 60.0)).abs() < 1e-12);
/// assert!(change.low < 1.0 && change.high > 1.0);
/// ```
pub fn rate_ratio_change(clusters: &[CountCluster], days: f64, base_days: f64) -> Option<Change> {
    let mut count = 0;
    let mut base_count = 0;
    let mut present = 0usize;
    for cluster in clusters.iter().filter(|c| c.count + c.base_count > 0) {
        present += 1;
        count += cluster.count;
        base_count += cluster.base_count;
    }
    let exact = poisson_rate_ratio(count, days, base_count, base_days)?;
    if present < FEWEST_CLUSTERS_OF_COUNTS || count == 0 || base_count == 0 {
        return Some(exact);
    }
    let squares: f64 = clusters
        .iter()
        .map(|c| {
            let now = c.count as f64 / count as f64;
            let then = c.base_count as f64 / base_count as f64;
            difference_or_zero(now, then).powi(2)
        })
        .sum();
    if squares == 0.0 {
        return Some(exact);
    }
    let spread = Spread::of(squares, present);
    Some(Change {
        estimate: exact.estimate,
        low: exact.estimate * (-spread.reach).exp(),
        high: exact.estimate * spread.reach.exp(),
        p: spread.p_of(exact.estimate.ln()),
    })
}

/// (y_i - p n_i) / N with p = Y / N. The numerator is reckoned in whole numbers, so a cluster that
/// does not depart from the whole gives exactly 0.
fn departure(successes: u64, n: u64, all_successes: u64, all_n: u64) -> f64 {
    let own = u128::from(successes) * u128::from(all_n);
    let whole = u128::from(all_successes) * u128::from(n);
    let sign = if own < whole { -1.0 } else { 1.0 };
    sign * own.abs_diff(whole) as f64 / (all_n as f64 * all_n as f64)
}

/// `now - then`, or 0 where the two differ by no more than rounding does.
fn difference_or_zero(now: f64, then: f64) -> f64 {
    let difference = now - then;
    if difference.abs() <= 8.0 * f64::EPSILON * now.abs().max(then.abs()) {
        0.0
    } else {
        difference
    }
}

/// The standard error of a linearised change and what it makes of an estimate.
struct Spread {
    error: f64,
    freedom: f64,
    /// Half the width of the 95 % interval.
    reach: f64,
}

impl Spread {
    fn of(squares: f64, clusters: usize) -> Self {
        let groups = clusters as f64;
        let freedom = groups - 1.0;
        let error = (groups / freedom * squares).sqrt();
        Spread {
            error,
            freedom,
            reach: t_quantile(0.975, freedom) * error,
        }
    }

    fn p_of(&self, estimate: f64) -> f64 {
        t_two_sided(estimate / self.error, self.freedom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shares(rows: &[(u64, u64, u64, u64)]) -> Vec<ShareCluster> {
        rows.iter()
            .map(|&(successes, n, base_successes, base_n)| ShareCluster {
                successes,
                n,
                base_successes,
                base_n,
            })
            .collect()
    }

    fn counts(rows: &[(u64, u64)]) -> Vec<CountCluster> {
        rows.iter()
            .map(|&(count, base_count)| CountCluster { count, base_count })
            .collect()
    }

    /// Worked by hand: p1 = 6/20, p0 = 12/20, e = (-.2 - .0, ...) as written out below.
    #[test]
    fn share_change_by_hand() {
        let rows = shares(&[(1, 10, 6, 10), (3, 5, 4, 5), (2, 5, 2, 5)]);
        // p1 = .3: (1-3)/20, (3-1.5)/20, (2-1.5)/20; p0 = .6: 0, (4-3)/20, (2-3)/20.
        let e = [-0.1 - 0.0, 0.075 - 0.05, 0.025 + 0.05];
        let error = (1.5 * e.iter().map(|v: &f64| v * v).sum::<f64>()).sqrt();
        let change = share_change(&rows).unwrap();
        assert!((change.estimate + 0.3).abs() < 1e-15);
        // t(0.975; 2) = 4.302653.
        assert!((change.high - (-0.3 + 4.302652729749 * error)).abs() < 1e-9);
        assert!((change.low - (-0.3 - 4.302652729749 * error)).abs() < 1e-9);
        // Two degrees of freedom have the closed form p = 1 - t / sqrt(t^2 + 2).
        let t = 0.3 / error;
        assert!((change.p - (1.0 - t / (t * t + 2.0).sqrt())).abs() < 1e-12);
    }

    #[test]
    fn rate_ratio_change_by_hand() {
        let rows = counts(&[(4, 1), (2, 3), (6, 4), (5, 1), (3, 1)]);
        let e = [0.1, -0.2, -0.1, 0.15, 0.05];
        let error = (1.25 * e.iter().map(|v: &f64| v * v).sum::<f64>()).sqrt();
        let change = rate_ratio_change(&rows, 40.0, 20.0).unwrap();
        assert!((change.estimate - 1.0).abs() < 1e-12);
        assert!((change.high - (2.776445105198 * error).exp()).abs() < 1e-9);
        assert!((change.p - 1.0).abs() < 1e-9);
    }

    #[test]
    fn no_spread_falls_back_on_independent_draws() {
        let alike = shares(&[(2, 10, 3, 10), (4, 20, 6, 20)]);
        assert_eq!(share_change(&alike), newcombe_difference(6, 30, 9, 30));
        let single = shares(&[(2, 10, 5, 12), (0, 0, 0, 0)]);
        assert_eq!(share_change(&single), newcombe_difference(2, 10, 5, 12));
        let all = shares(&[(10, 10, 12, 12), (3, 3, 1, 1)]);
        assert_eq!(share_change(&all), newcombe_difference(13, 13, 13, 13));
        let doubled = counts(&[(2, 1), (4, 2), (6, 3), (14, 7), (22, 11), (10, 5)]);
        assert_eq!(
            rate_ratio_change(&doubled, 60.0, 61.0),
            poisson_rate_ratio(58, 60.0, 29, 61.0)
        );
    }

    #[test]
    fn few_clusters_and_empty_periods_are_exact() {
        let few = counts(&[(4, 1), (2, 3), (6, 4), (5, 1), (0, 0)]);
        assert_eq!(
            rate_ratio_change(&few, 60.0, 61.0),
            poisson_rate_ratio(17, 60.0, 9, 61.0)
        );
        let gone = counts(&[(0, 1), (0, 3), (0, 4), (0, 1), (0, 9)]);
        let change = rate_ratio_change(&gone, 60.0, 61.0).unwrap();
        assert_eq!((change.estimate, change.low), (0.0, 0.0));
        assert_eq!(rate_ratio_change(&counts(&[(0, 0)]), 60.0, 61.0), None);
        assert_eq!(rate_ratio_change(&few, 0.0, 61.0), None);
        assert_eq!(share_change(&shares(&[(0, 0, 2, 3)])), None);
        assert_eq!(share_change(&[]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn exchanging_the_periods_turns_the_change_round(
            rows in prop::collection::vec((0u64..20, 0u64..20, 0u64..20, 0u64..20), 5..30)
        ) {
            let there: Vec<_> = rows.iter().map(|r| (r.0.min(r.1), r.1, r.2.min(r.3), r.3)).collect();
            let back: Vec<_> = there.iter().map(|r| (r.2, r.3, r.0, r.1)).collect();
            if let (Some(a), Some(b)) = (share_change(&shares(&there)), share_change(&shares(&back))) {
                prop_assert!((a.estimate + b.estimate).abs() < 1e-12);
                prop_assert!((a.low + b.high).abs() < 1e-9 && (a.p - b.p).abs() < 1e-9);
            }
            let there: Vec<_> = rows.iter().map(|r| (r.0, r.1)).collect();
            let back: Vec<_> = rows.iter().map(|r| (r.1, r.0)).collect();
            let a = rate_ratio_change(&counts(&there), 60.0, 62.0);
            let b = rate_ratio_change(&counts(&back), 62.0, 60.0);
            if let (Some(a), Some(b)) = (a, b) {
                prop_assert!(a.low == 0.0 || (a.low * b.high - 1.0).abs() < 1e-9);
                prop_assert!((a.p - b.p).abs() < 1e-9);
            }
        }
    }
}
