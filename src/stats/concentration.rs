//! Concentration.

/// Herfindahl and Hirschman's index, 0 to 10,000.
pub fn herfindahl(counts: &[u64]) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    (total > 0).then(|| {
        counts
            .iter()
            .map(|n| (*n as f64 / total as f64).powi(2))
            .sum::<f64>()
            * 10_000.0
    })
}

/// The share of the largest `k`.
pub fn top_share(counts: &[u64], k: usize) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    let mut sorted = counts.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    (total > 0).then(|| sorted.iter().take(k).sum::<u64>() as f64 / total as f64)
}
