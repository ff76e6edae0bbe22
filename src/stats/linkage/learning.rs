//! Weights learnt without labels, by expectation and maximisation over counted patterns.

use super::weights::{Field, MISSING, Model};

/// Pairs that agree alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The level of each field, or [`MISSING`].
    pub levels: Vec<u8>,
    /// How many pairs; may be a fraction where pairs are weighted.
    pub pairs: f64,
}

/// Where the shares among pairs that are not one and the same come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nonmatches {
    /// They stay as the start has them, as where they were counted over random pairs. Hardly a
    /// random pair is one and the same, so that counting them is better founded than learning
    /// them from pairs that were chosen because they are alike.
    Counted,
    /// They are learnt too, from the same patterns.
    Learnt,
}

/// How weights are learnt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learning {
    /// The shares among nonmatches.
    pub nonmatches: Nonmatches,
    /// Pairs that no block brought together: they count as not one and the same, and only for the
    /// prior.
    pub outside: f64,
    /// The start's shares count as much as this many matching pairs; 0 for none.
    pub strength: f64,
    /// Whether the learnt weights must rise with the level.
    pub ordered: bool,
    /// The most rounds.
    pub rounds: u32,
}

impl Default for Learning {
    fn default() -> Self {
        Self {
            nonmatches: Nonmatches::Learnt,
            outside: 0.0,
            strength: 0.0,
            ordered: false,
            rounds: 1000,
        }
    }
}

/// What was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    /// The model.
    pub model: Model,
    /// How many pairs are expected to be one and the same.
    pub matches: f64,
    /// The log-likelihood of the patterns under the model of the last round but its ordering.
    pub log_likelihood: f64,
    /// The rounds that it took.
    pub rounds: u32,
}

/// Why nothing was learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlearnt {
    /// There is no pair.
    NoPairs,
    /// A pattern does not have the start's fields or levels, or a count is negative.
    BadPattern,
}

/// The change of the log-likelihood, as a share of it, at which learning ends.
const STILL: f64 = 1e-12;

/// Learns a model from patterns, beginning at another (Winkler 1988; Dempster, Laird and Rubin
/// 1977). Each round gives every pattern its probability of being one and the same, and then every
/// share its expected part; the likelihood never falls where `strength` is 0. Sums run in the
/// order of the patterns, so the same patterns in the same order give the same bits.
///
/// The start decides which of the two classes is the matches: it should weigh agreement upwards.
///
/// # Errors
/// Where there is no pair, or a pattern does not fit the start.
///
/// ```
/// use catchment_stats::linkage::{learn, Field, Learning, Model, Pattern};
/// // Three fields that agree in 90 of 100 matches and 5 of 100 others; one pair in five matches.
/// let truth = Model { prior: 0.2, fields: vec![Field::new(&[0.1, 0.9], &[0.95, 0.05]); 3] };
/// let patterns: Vec<Pattern> = (0..8u8)
///     .map(|bits| {
///         let levels: Vec<u8> = (0..3).map(|f| bits >> f & 1).collect();
///         let share = |of: fn(&Field) -> &Vec<f64>| -> f64 {
///             truth.fields.iter().zip(&levels).map(|(f, &l)| of(f)[usize::from(l)]).product()
///         };
///         Pattern { pairs: 1e4 * (0.2 * share(|f| &f.m) + 0.8 * share(|f| &f.u)), levels }
///     })
///     .collect();
/// let start = Model { prior: 0.5, fields: vec![Field::new(&[0.3, 0.7], &[0.7, 0.3]); 3] };
/// let learnt = learn(&patterns, &start, &Learning::default()).unwrap();
/// assert!((learnt.model.prior - 0.2).abs() < 1e-4);
/// assert!((learnt.model.fields[1].m[1] - 0.9).abs() < 1e-4);
/// ```
pub fn learn(patterns: &[Pattern], start: &Model, learning: &Learning) -> Result<Learnt, Unlearnt> {
    check(patterns, start)?;
    let all: f64 = patterns.iter().map(|p| p.pairs).sum::<f64>() + learning.outside;
    if all <= 0.0 {
        return Err(Unlearnt::NoPairs);
    }
    let mut model = start.clone();
    let mut learnt = Learnt {
        model: model.clone(),
        matches: 0.0,
        log_likelihood: f64::NEG_INFINITY,
        rounds: 0,
    };
    for round in 1..=learning.rounds.max(1) {
        let (sums, log_likelihood) = expect(patterns, &model, learning);
        let before = learnt.log_likelihood;
        learnt.log_likelihood = log_likelihood;
        learnt.rounds = round;
        learnt.matches = sums.matches;
        model = sums.maximise(&model, start, all, learning);
        if (log_likelihood - before).abs() <= STILL * (1.0 + log_likelihood.abs()) {
            break;
        }
    }
    if learning.ordered {
        model.fields.iter_mut().for_each(Field::order);
    }
    learnt.model = model;
    Ok(learnt)
}

fn check(patterns: &[Pattern], start: &Model) -> Result<(), Unlearnt> {
    let fits = |pattern: &Pattern| {
        pattern.levels.len() == start.fields.len()
            && pattern.pairs >= 0.0
            && pattern
                .levels
                .iter()
                .zip(&start.fields)
                .all(|(&level, field)| level == MISSING || usize::from(level) < field.m.len())
    };
    if patterns.iter().all(fits) {
        Ok(())
    } else {
        Err(Unlearnt::BadPattern)
    }
}

/// Expected counts of one round.
struct Sums {
    matches: f64,
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
}

fn expect(patterns: &[Pattern], model: &Model, learning: &Learning) -> (Sums, f64) {
    let empty: Vec<Vec<f64>> = model.fields.iter().map(|f| vec![0.0; f.m.len()]).collect();
    let mut sums = Sums {
        matches: 0.0,
        m: empty.clone(),
        u: empty,
    };
    let (with, without) = (model.prior.ln(), (1.0 - model.prior).ln());
    // A pair that no block brought together agrees in nothing; what it adds is the prior's part.
    let mut log_likelihood = if learning.outside > 0.0 {
        learning.outside * without
    } else {
        0.0
    };
    for pattern in patterns.iter().filter(|p| p.pairs > 0.0) {
        let (mut same, mut other) = (with, without);
        for (field, &level) in model.fields.iter().zip(&pattern.levels) {
            if level != MISSING {
                // A share of 0 stays a number, so that two of them can be compared.
                same += field.m[usize::from(level)].max(f64::MIN_POSITIVE).ln();
                other += field.u[usize::from(level)].max(f64::MIN_POSITIVE).ln();
            }
        }
        let greatest = same.max(other);
        let sum = greatest + ((same - greatest).exp() + (other - greatest).exp()).ln();
        log_likelihood += pattern.pairs * sum;
        let matched = pattern.pairs * (same - sum).exp();
        sums.matches += matched;
        for (field, &level) in pattern.levels.iter().enumerate() {
            if level != MISSING {
                sums.m[field][usize::from(level)] += matched;
                sums.u[field][usize::from(level)] += pattern.pairs - matched;
            }
        }
    }
    (sums, log_likelihood)
}

impl Sums {
    fn maximise(self, now: &Model, start: &Model, all: f64, learning: &Learning) -> Model {
        let shares = |counts: &[f64], before: &[f64]| -> Vec<f64> {
            let sum: f64 = counts.iter().sum();
            if sum > 0.0 {
                counts.iter().map(|c| c / sum).collect()
            } else {
                before.to_vec()
            }
        };
        let fields = now.fields.iter().zip(&start.fields).enumerate();
        let fields = fields
            .map(|(at, (field, first))| {
                let mut counts = self.m[at].clone();
                for (count, share) in counts.iter_mut().zip(&first.m) {
                    *count += learning.strength * share;
                }
                Field {
                    m: shares(&counts, &field.m),
                    u: match learning.nonmatches {
                        Nonmatches::Counted => field.u.clone(),
                        Nonmatches::Learnt => shares(&self.u[at], &field.u),
                    },
                }
            })
            .collect();
        Model {
            prior: (self.matches / all).clamp(1e-12, 1.0 - 1e-12),
            fields,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn start(fields: usize) -> Model {
        Model {
            prior: 0.3,
            fields: vec![Field::new(&[0.1, 0.2, 0.7], &[0.7, 0.2, 0.1]); fields],
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(
            learn(&[], &start(1), &Learning::default()),
            Err(Unlearnt::NoPairs)
        );
        for (levels, pairs) in [(vec![3], 1.0), (vec![0, 0], 1.0), (vec![0], -1.0)] {
            let pattern = Pattern { levels, pairs };
            assert_eq!(
                learn(&[pattern], &start(1), &Learning::default()),
                Err(Unlearnt::BadPattern)
            );
        }
    }

    /// Pairs that were never compared pull the prior down and touch no share.
    #[test]
    fn pairs_outside_the_blocks_count_for_the_prior_alone() {
        let patterns: Vec<Pattern> = [(0, 900.0), (2, 100.0)]
            .iter()
            .map(|&(level, pairs)| Pattern {
                levels: vec![level; 3],
                pairs,
            })
            .collect();
        let learning = Learning {
            nonmatches: Nonmatches::Counted,
            ..Learning::default()
        };
        let near = learn(&patterns, &start(3), &learning).unwrap();
        let far = Learning {
            outside: 9000.0,
            ..learning
        };
        let far = learn(&patterns, &start(3), &far).unwrap();
        // The maximum in closed form: of N pairs that are no full agreement and 100 that are, with
        // u = 0.001 for a full one, 99.9 (1 - p) = N (p + 0.001 (1 - p)).
        let expected = |n: f64| (99.9 - 0.001 * n) / (99.9 + 0.999 * n);
        assert!(
            (near.model.prior - expected(900.0)).abs() < 1e-6,
            "{near:?}"
        );
        assert!((far.model.prior - expected(9900.0)).abs() < 1e-6, "{far:?}");
        assert_eq!(near.model.fields[0].u, far.model.fields[0].u);
    }

    /// With as good as no pairs the start stands; with many it is forgotten.
    #[test]
    fn the_start_weighs_as_many_pairs_as_it_is_given() {
        let patterns = |scale: f64| {
            [
                Pattern {
                    levels: vec![2, 2, 2],
                    pairs: scale,
                },
                Pattern {
                    levels: vec![0, 0, 0],
                    pairs: scale,
                },
            ]
        };
        let learning = Learning {
            nonmatches: Nonmatches::Counted,
            strength: 20.0,
            ..Learning::default()
        };
        let few = learn(&patterns(0.01), &start(3), &learning).unwrap();
        let many = learn(&patterns(1e6), &start(3), &learning).unwrap();
        assert!((few.model.fields[0].m[2] - 0.7).abs() < 1e-3);
        assert!(many.model.fields[0].m[2] > 0.99);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_likelihood_never_falls_and_shares_stay_whole(
            counts in prop::collection::vec(0.0f64..50.0, 27),
            learnt in any::<bool>(),
        ) {
            let patterns: Vec<Pattern> = counts
                .iter()
                .zip(0u8..)
                .map(|(&pairs, at)| Pattern { levels: vec![at % 3, at / 3 % 3, at / 9], pairs })
                .collect();
            prop_assume!(counts.iter().sum::<f64>() > 1.0);
            let nonmatches = if learnt { Nonmatches::Learnt } else { Nonmatches::Counted };
            let mut before = f64::NEG_INFINITY;
            for rounds in 1..25 {
                let learning = Learning { nonmatches, rounds, ..Learning::default() };
                let now = learn(&patterns, &start(3), &learning).unwrap();
                prop_assert!(now.log_likelihood >= before - 1e-7, "{} {}", now.log_likelihood, before);
                before = now.log_likelihood;
                for field in &now.model.fields {
                    prop_assert!((field.m.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                    prop_assert!((field.u.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                }
            }
        }
    }
}
