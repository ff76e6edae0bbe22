//! Many tests at once: q-values that hold the share of false findings in a list.
//!
//! What makes a family (one table, one grain, one comparison, one quarter) is the caller's to say;
//! one call is one family.

/// Benjamini-Hochberg q-values of one family of p-values.
///
/// q of the p-value of rank i among m is the least of p_(j) m / j over all ranks j >= i, at most 1
/// (Benjamini and Hochberg 1995; R's `p.adjust(method = "BH")`). What has no p-value (`None`, or
/// not a number) stays `None` and does not count in m. The order of the input does not matter, and
/// equal p-values get equal q-values.
///
/// ```
/// use catchment_stats::multiplicity::q_values;
/// let q = q_values(&[Some(0.02), None, Some(0.01), Some(0.9)]);
/// assert_eq!(q, [Some(0.03), None, Some(0.03), Some(0.9)]);
/// ```
pub fn q_values(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut ranked: Vec<(f64, usize)> = p_values
        .iter()
        .enumerate()
        .filter_map(|(place, p)| p.filter(|p| !p.is_nan()).map(|p| (p, place)))
        .collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let family = ranked.len() as f64;
    let mut q_values = vec![None; p_values.len()];
    let mut least = 1.0f64;
    for (below, &(p, place)) in ranked.iter().enumerate().rev() {
        // The factor is at least 1, so no q-value falls below its p-value by rounding.
        least = least.min(p * (family / (below + 1) as f64));
        // `place` is an index of the input, and the output has the input's length.
        q_values[place] = Some(least);
    }
    q_values
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_and_not_a_number_are_no_family() {
        assert!(q_values(&[]).is_empty());
        assert_eq!(q_values(&[None, None]), [None, None]);
        let with_nan = q_values(&[Some(f64::NAN), Some(0.04)]);
        assert_eq!(with_nan, [None, Some(0.04)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        /// The step-up rule itself: at any level, the q-values below it are those that the rule
        /// rejects.
        #[test]
        fn equals_the_step_up_rule(
            p in prop::collection::vec(prop::option::weighted(0.8, 0.0..=1.0f64), 0..40),
            level in 0.001..0.999f64,
        ) {
            let q = q_values(&p);
            let mut family: Vec<f64> = p.iter().flatten().copied().collect();
            family.sort_by(f64::total_cmp);
            let m = family.len() as f64;
            let limit = family
                .iter()
                .enumerate()
                .filter(|&(i, &p)| p * (m / (i + 1) as f64) <= level)
                .map(|(_, &p)| p)
                .next_back();
            for (p, q) in p.iter().zip(&q) {
                prop_assert_eq!(p.is_some(), q.is_some());
                if let (Some(p), Some(q)) = (p, q) {
                    prop_assert_eq!(limit.is_some_and(|limit| *p <= limit), *q <= level);
                    prop_assert!(q >= p && *q <= 1.0);
                }
            }
        }

        #[test]
        fn the_order_does_not_matter(p in prop::collection::vec(0.0..=1.0f64, 1..30)) {
            let forward = q_values(&p.iter().map(|&p| Some(p)).collect::<Vec<_>>());
            let mut backward = q_values(&p.iter().rev().map(|&p| Some(p)).collect::<Vec<_>>());
            backward.reverse();
            prop_assert_eq!(forward, backward);
        }
    }
}
