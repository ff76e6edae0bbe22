//! What a model of repeat buying knows of one referrer, and the merging of those who are alike.

use rayon::prelude::*;

/// The history of one referrer, counted from their first event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct History {
    /// Repeat events: referral days after the first.
    pub x: u32,
    /// The time from the first event to the last; 0 where there is no repeat.
    pub t_x: f64,
    /// The time from the first event to the end of the observation.
    pub t: f64,
}

impl History {
    /// Whether the history can be: finite times, the last event within the observed time, and no
    /// repeat exactly where the last event is the first.
    pub fn is_possible(&self) -> bool {
        let ordered = self.t_x >= 0.0 && self.t_x <= self.t && self.t.is_finite();
        ordered && (self.x > 0 || self.t_x == 0.0)
    }
}

/// A history and how many referrers share it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighted {
    /// The history.
    pub history: History,
    /// How often it occurs.
    pub weight: f64,
}

/// Merges identical histories, in order of x, t_x and t; the order of the input makes no difference.
///
/// ```
/// use catchment_stats::repeat_buying::{History, aggregate};
/// let once = History { x: 0, t_x: 0.0, t: 12.0 };
/// let merged = aggregate(&[once, History { x: 1, t_x: 3.0, t: 12.0 }, once]);
/// assert_eq!((merged.len(), merged[0].weight), (2, 2.0));
/// ```
pub fn aggregate(histories: &[History]) -> Vec<Weighted> {
    let mut sorted = histories.to_vec();
    // Histories that compare as equal are the same, so an unstable sort has one outcome.
    sorted.par_sort_unstable_by(|a, b| {
        (a.x.cmp(&b.x))
            .then(a.t_x.total_cmp(&b.t_x))
            .then(a.t.total_cmp(&b.t))
    });
    let mut merged: Vec<Weighted> = Vec::new();
    for history in sorted {
        match merged.last_mut() {
            Some(last) if last.history == history => last.weight += 1.0,
            _ => merged.push(Weighted {
                history,
                weight: 1.0,
            }),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_histories_are_told_apart() {
        let possible = |x, t_x, t| History { x, t_x, t }.is_possible();
        assert!(possible(0, 0.0, 5.0) && possible(3, 5.0, 5.0));
        assert!(!possible(0, 1.0, 5.0));
        assert!(!possible(3, 6.0, 5.0));
        assert!(!possible(3, -1.0, 5.0));
        assert!(!possible(3, 1.0, f64::INFINITY) && !possible(3, f64::NAN, 5.0));
    }
}
