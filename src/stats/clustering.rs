//! How much a clustered sample is worth: the intra-class correlation and the design effect.
//!
//! Referrals of one referrer resemble each other, so a hundred referrals of five referrers say
//! less than a hundred of a hundred. Plain intervals ignore that and cover far too seldom. The
//! design effect is what [`crate::intervals::wilson_clustered`] divides the draws by; changes
//! between two periods are judged in [`crate::changes`].

use crate::distributions::t_quantile;
use crate::intervals::Z_95;

/// The draws of one cluster (one referrer): how many there were and how many of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster {
    /// Draws that count, at most `n`.
    pub successes: u64,
    /// All draws.
    pub n: u64,
}

/// The one-way analysis-of-variance estimate of the intra-class correlation of a yes-or-no
/// outcome, floored at 0.
///
/// (MSB - MSW) / (MSB + (m - 1) MSW) with m = (N - Σ n²/N) / (k - 1), Fisher's estimator in the
/// form of Ridout, Demétrio and Firth 1999 (Biometrics 55:137). Clusters without draws are left
/// out. It is 0 where it is not defined: under two clusters, all clusters of one draw, or all draws
/// alike.
///
/// ```
/// use catchment_stats::clustering::{Cluster, intra_class_correlation};
/// let apart = [Cluster { successes: 4, n: 4 }, Cluster { successes: 0, n: 4 }];
/// assert_eq!(intra_class_correlation(&apart), 1.0);
/// let alike = [Cluster { successes: 2, n: 4 }, Cluster { successes: 2, n: 4 }];
/// assert_eq!(intra_class_correlation(&alike), 0.0);
/// ```
pub fn intra_class_correlation(clusters: &[Cluster]) -> f64 {
    let sizes = Sizes::of(clusters);
    if sizes.clusters < 2 || sizes.draws == sizes.clusters {
        return 0.0;
    }
    let draws = sizes.draws as f64;
    let groups = sizes.clusters as f64;
    let share = sizes.successes as f64 / draws;
    let mut between = 0.0;
    let mut within = 0.0;
    for cluster in clusters.iter().filter(|c| c.n > 0) {
        let n = cluster.n as f64;
        let own = cluster.successes as f64 / n;
        between += n * (own - share) * (own - share);
        within += n * own * (1.0 - own);
    }
    correlation(between, within, (draws, groups, sizes.squares))
}

/// The design effect 1 + (m - 1) ρ of a share over clusters, at least 1: m is the size-weighted
/// mean cluster, Σ n² / Σ n, and ρ the [`intra_class_correlation`].
///
/// ```
/// use catchment_stats::clustering::{Cluster, design_effect};
/// // Two referrers who each send everything one way are worth one draw apiece.
/// let clusters = [Cluster { successes: 4, n: 4 }, Cluster { successes: 0, n: 4 }];
/// assert_eq!(design_effect(&clusters), 4.0);
/// ```
pub fn design_effect(clusters: &[Cluster]) -> f64 {
    let sizes = Sizes::of(clusters);
    if sizes.draws == 0 {
        return 1.0;
    }
    let typical = sizes.squares / sizes.draws as f64;
    (1.0 + (typical - 1.0) * intra_class_correlation(clusters)).max(1.0)
}

/// The [`design_effect`] made larger for what so few clusters leave unsaid: times (t / z)², with t
/// and z the 97.5 % quantiles of Student's distribution with clusters - 1 degrees of freedom and of
/// the normal one (Korn and Graubard 1998, Survey Methodology 24:193).
///
/// The intra-class correlation is itself an estimate, and from few clusters it is often far too low.
/// Wilson's interval on `n` divided by this is the one with t in place of z. With under twenty
/// clusters it covers where the plain one falls short; with under six it covers more than it says,
/// since two referrers hardly tell what a third would do. Where clusters cannot be told from single
/// draws (under two clusters, or one draw each) it is the design effect itself.
///
/// ```
/// use catchment_stats::clustering::{Cluster, design_effect, small_sample_design_effect};
/// use catchment_stats::intervals::wilson_clustered;
/// let clusters = [(9, 12), (2, 10), (5, 13), (1, 9), (6, 11)]
///     .map(|(successes, n)| Cluster { successes, n });
/// let effect = small_sample_design_effect(&clusters);
/// // t(0.975; 4) = 2.776445.
/// assert!((effect / design_effect(&clusters) - (2.776445 / 1.959964f64).powi(2)).abs() < 1e-5);
/// assert!(wilson_clustered(23, 55, effect).low < wilson_clustered(23, 55, 1.0).low);
/// ```
pub fn small_sample_design_effect(clusters: &[Cluster]) -> f64 {
    let sizes = Sizes::of(clusters);
    let effect = design_effect(clusters);
    if sizes.clusters < 2 || sizes.draws == sizes.clusters {
        return effect;
    }
    let t = t_quantile(0.975, (sizes.clusters - 1) as f64);
    effect * (t / Z_95).powi(2)
}

/// The clusters of a whole, of which shares of many parts are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Whole {
    clusters: u64,
    draws: u64,
    squares: f64,
}

impl Whole {
    /// Of the draws of each cluster.
    pub fn of(draws: impl IntoIterator<Item = u64>) -> Self {
        let mut whole = Self::default();
        for n in draws.into_iter().filter(|n| *n > 0) {
            whole.clusters += 1;
            whole.draws += n;
            whole.squares += n as f64 * n as f64;
        }
        whole
    }

    /// All draws.
    pub fn draws(&self) -> u64 {
        self.draws
    }

    /// The [`small_sample_design_effect`] of a part's share, where only the clusters that have any of
    /// the part are given: in the others no draw counts. It takes as long as those are many.
    ///
    /// ```
    /// use catchment_stats::clustering::{Cluster, Whole, small_sample_design_effect};
    /// let part = [Cluster { successes: 3, n: 5 }, Cluster { successes: 1, n: 9 }];
    /// let all = [part[0], part[1], Cluster { successes: 0, n: 7 }];
    /// let effect = Whole::of([5, 9, 7]).effect_of(&part);
    /// assert!((effect - small_sample_design_effect(&all)).abs() < 1e-12);
    /// ```
    pub fn effect_of(&self, part: &[Cluster]) -> f64 {
        if self.clusters < 2 || self.draws == self.clusters {
            return 1.0;
        }
        let (draws, groups) = (self.draws as f64, self.clusters as f64);
        let counted: u64 = part.iter().map(|c| c.successes).sum();
        let share = counted as f64 / draws;
        let (mut between, mut within, mut seen) = (0.0, 0.0, 0.0);
        for cluster in part.iter().filter(|c| c.n > 0) {
            let n = cluster.n as f64;
            let own = cluster.successes as f64 / n;
            between += n * (own - share) * (own - share);
            within += n * own * (1.0 - own);
            seen += n;
        }
        between += (draws - seen) * share * share;
        let rho = correlation(between, within, (draws, groups, self.squares));
        let effect = (1.0 + (self.squares / draws - 1.0) * rho).max(1.0);
        let t = t_quantile(0.975, groups - 1.0);
        effect * (t / Z_95).powi(2)
    }
}

/// Fisher's estimator from the sums of squares between and within, and draws, clusters and the sum of
/// squared cluster sizes.
fn correlation(between: f64, within: f64, (draws, groups, squares): (f64, f64, f64)) -> f64 {
    let between = between / (groups - 1.0);
    let within = within / (draws - groups);
    let typical = (draws - squares / draws) / (groups - 1.0);
    let total = between + (typical - 1.0) * within;
    if total > 0.0 {
        ((between - within) / total).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

/// What the clusters with draws add up to.
struct Sizes {
    clusters: u64,
    draws: u64,
    successes: u64,
    /// The sum of squared cluster sizes.
    squares: f64,
}

impl Sizes {
    fn of(clusters: &[Cluster]) -> Self {
        let mut sizes = Sizes {
            clusters: 0,
            draws: 0,
            successes: 0,
            squares: 0.0,
        };
        for cluster in clusters.iter().filter(|c| c.n > 0) {
            sizes.clusters += 1;
            sizes.draws += cluster.n;
            sizes.successes += cluster.successes;
            sizes.squares += cluster.n as f64 * cluster.n as f64;
        }
        sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intervals::{wilson, wilson_clustered};
    use proptest::prelude::*;

    fn clusters(pairs: &[(u64, u64)]) -> Vec<Cluster> {
        pairs
            .iter()
            .map(|&(successes, n)| Cluster { successes, n })
            .collect()
    }

    #[test]
    fn undefined_is_no_clustering() {
        for pairs in [
            &[][..],
            &[(3, 10)],
            &[(3, 10), (0, 0)],
            &[(1, 1), (0, 1), (1, 1)],
            &[(0, 5), (0, 9)],
            &[(5, 5), (9, 9)],
        ] {
            assert_eq!(intra_class_correlation(&clusters(pairs)), 0.0, "{pairs:?}");
            assert_eq!(design_effect(&clusters(pairs)), 1.0, "{pairs:?}");
        }
        // One draw each or one cluster are no few clusters, either.
        for pairs in [&[][..], &[(3, 10)], &[(1, 1), (0, 1), (1, 1)]] {
            assert_eq!(small_sample_design_effect(&clusters(pairs)), 1.0);
        }
    }

    /// Wilson's interval with t in place of z, and with many clusters the plain one.
    #[test]
    fn few_clusters_take_students_quantile() {
        let few = clusters(&[(1, 12), (9, 14), (4, 11), (2, 9)]);
        let (effect, larger) = (design_effect(&few), small_sample_design_effect(&few));
        let t = 3.182446305284;
        let by_t = wilson(16.0 / effect, 46.0 / effect, t);
        let by_effect = wilson_clustered(16, 46, larger);
        assert!((by_t.low - by_effect.low).abs() < 1e-9);
        assert!((by_t.high - by_effect.high).abs() < 1e-9);
        let many: Vec<Cluster> = few.repeat(2000);
        let ratio = small_sample_design_effect(&many) / design_effect(&many);
        assert!(ratio > 1.0 && ratio < 1.001, "{ratio}");
    }

    /// The mean squares of a one-way analysis of variance over the zeros and ones themselves.
    fn correlation_of_rows(pairs: &[(u64, u64)]) -> f64 {
        let groups: Vec<Vec<f64>> = pairs
            .iter()
            .map(|&(y, n)| (0..n).map(|i| f64::from(u8::from(i < y))).collect())
            .collect();
        let all: Vec<f64> = groups.concat();
        let k = groups.len() as f64;
        let mean = |rows: &[f64]| rows.iter().sum::<f64>() / rows.len() as f64;
        let grand = mean(&all);
        let between: f64 = groups
            .iter()
            .map(|g| g.len() as f64 * (mean(g) - grand).powi(2))
            .sum();
        let total: f64 = all.iter().map(|v| (v - grand).powi(2)).sum();
        let msb = between / (k - 1.0);
        let msw = (total - between) / (all.len() as f64 - k);
        let squares: f64 = groups.iter().map(|g| (g.len() as f64).powi(2)).sum();
        let m = (all.len() as f64 - squares / all.len() as f64) / (k - 1.0);
        (msb - msw) / (msb + (m - 1.0) * msw)
    }

    proptest! {
        #[test]
        fn a_part_is_judged_as_all_its_clusters_are(
            sizes in proptest::collection::vec((0u64..9, 0u64..9), 0..12)
        ) {
            let all: Vec<Cluster> = sizes
                .iter()
                .map(|(successes, others)| Cluster { successes: *successes, n: successes + others })
                .collect();
            let part: Vec<Cluster> = all.iter().filter(|c| c.successes > 0).copied().collect();
            let effect = Whole::of(all.iter().map(|c| c.n)).effect_of(&part);
            prop_assert!((effect - small_sample_design_effect(&all)).abs() < 1e-9);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn equals_the_analysis_of_variance_over_rows(
            sizes in prop::collection::vec((0u64..30, 1u64..30), 2..20)
        ) {
            let pairs: Vec<(u64, u64)> = sizes.iter().map(|&(y, n)| (y.min(n), n)).collect();
            let draws: u64 = pairs.iter().map(|p| p.1).sum();
            prop_assume!(draws > pairs.len() as u64);
            let found = intra_class_correlation(&clusters(&pairs));
            let expected = correlation_of_rows(&pairs);
            if expected.is_finite() {
                prop_assert!((found - expected.clamp(0.0, 1.0)).abs() < 1e-9, "{found} {expected}");
            }
            prop_assert!(design_effect(&clusters(&pairs)) >= 1.0);
        }
    }
}
