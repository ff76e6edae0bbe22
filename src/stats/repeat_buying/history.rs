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
pub(super) struct Weighted {
    pub(super) history: History,
    pub(super) weight: f64,
}

/// Everyone with the same number of repeats, ready for a likelihood that is asked for often: many
/// share their last day or their end, so that each time is looked at once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SameCount {
    pub(super) x: u32,
    /// Every t_x and t that occurs, rising.
    pub(super) times: Vec<f64>,
    /// In order of t_x and t.
    pub(super) rows: Vec<Row>,
}

/// Referrers with one history, whose times are given by their places in the list of times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) last: u32,
    pub(super) end: u32,
    pub(super) weight: f64,
}

/// The histories of many referrers, identical ones merged.
///
/// ```
/// use catchment_stats::repeat_buying::{History, Population};
/// let once = History { x: 0, t_x: 0.0, t: 12.0 };
/// let all = Population::of(&[once, History { x: 1, t_x: 3.0, t: 12.0 }, once]);
/// assert_eq!((all.referrers(), all.different()), (3.0, 2));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    pub(super) groups: Vec<SameCount>,
}

impl Population {
    /// Merges identical histories; their order makes no difference.
    pub fn of(histories: &[History]) -> Self {
        let mut sorted = histories.to_vec();
        // Histories that compare as equal are the same, so an unstable sort has one outcome.
        sorted.par_sort_unstable_by(|a, b| {
            (a.x.cmp(&b.x))
                .then(a.t_x.total_cmp(&b.t_x))
                .then(a.t.total_cmp(&b.t))
        });
        let merged: Vec<Weighted> = sorted
            .chunk_by(|a, b| a == b)
            .filter_map(|same| {
                Some(Weighted {
                    history: *same.first()?,
                    weight: same.len() as f64,
                })
            })
            .collect();
        Self::of_sorted(&merged)
    }

    fn of_sorted(merged: &[Weighted]) -> Self {
        let groups = merged
            .chunk_by(|a, b| a.history.x == b.history.x)
            .filter_map(|same| SameCount::of(same.first()?.history.x, same))
            .collect();
        Self { groups }
    }

    /// How many referrers there are.
    pub fn referrers(&self) -> f64 {
        self.rows().map(|row| row.weight).sum()
    }

    /// How many different histories there are.
    pub fn different(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// The different histories with their weights, in order of x, t_x and t.
    pub(super) fn rows(&self) -> impl Iterator<Item = Weighted> {
        self.groups.iter().flat_map(|group| {
            let at = |place: u32| group.times.get(place as usize).copied().unwrap_or(f64::NAN);
            group.rows.iter().map(move |row| Weighted {
                history: History {
                    x: group.x,
                    t_x: at(row.last),
                    t: at(row.end),
                },
                weight: row.weight,
            })
        })
    }

    /// About `size` referrers, spread evenly over all in order of their histories, each standing for
    /// as many as fall between two of them: the same for the same histories.
    pub(super) fn sample(&self, size: usize) -> Self {
        let stride = self.referrers() / size as f64;
        let (mut passed, mut taken) = (0.0, 0.0);
        let mut chosen = Vec::with_capacity(size);
        for row in self.rows() {
            passed += row.weight;
            let due = (passed / stride + 0.5).floor();
            if due > taken {
                chosen.push(Weighted {
                    weight: due - taken,
                    ..row
                });
                taken = due;
            }
        }
        Self::of_sorted(&chosen)
    }
}

impl SameCount {
    /// The group of these histories, which all have `x` repeats; `None` where there are more times
    /// than places can name.
    fn of(x: u32, same: &[Weighted]) -> Option<Self> {
        let mut times: Vec<f64> = same
            .iter()
            .flat_map(|row| [row.history.t_x, row.history.t])
            .collect();
        times.sort_unstable_by(f64::total_cmp);
        times.dedup();
        u32::try_from(times.len()).ok()?;
        let place = |time: f64| times.partition_point(|t| *t < time) as u32;
        let rows = same
            .iter()
            .map(|row| Row {
                last: place(row.history.t_x),
                end: place(row.history.t),
                weight: row.weight,
            })
            .collect();
        Some(Self { x, times, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sample stands for about as many as it is drawn from in each part, and merged histories come
    /// back as they went in.
    #[test]
    fn samples_are_even() {
        let made = |i: u32| {
            let x = i % 7;
            let t_x = if x == 0 { 0.0 } else { f64::from(i % 50) };
            History { x, t_x, t: 60.0 }
        };
        let histories: Vec<History> = (0..7000).map(made).collect();
        let all = Population::of(&histories);
        assert_eq!((all.referrers(), all.groups.len()), (7000.0, 7));
        for row in all.rows() {
            let like = histories.iter().filter(|h| **h == row.history).count();
            assert_eq!(like as f64, row.weight);
        }
        let few = all.sample(700);
        assert!((few.referrers() - 700.0).abs() <= 1.0);
        for group in &few.groups {
            let weight: f64 = group.rows.iter().map(|row| row.weight).sum();
            assert!((weight - 100.0).abs() <= 1.0, "{weight}");
        }
    }

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
