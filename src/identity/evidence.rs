//! How much each agreement weighs: defaults, shares among others counted over random pairs, and
//! shares among matches learnt from the names that are to be resolved.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::comparison::{
    Asked, FIELDS, GIVEN, INITIAL, LAST, Levels, MIDDLE, ORGANIZATION, PLACE, SPECIALTY,
    add_circumstances, name_levels,
};
use super::names::Name;
use super::roster::Roster;
use crate::stats::linkage::{Field, Learning, MISSING, Model, Nonmatches, Pattern, learn};

/// Shares of the levels among matches where nothing could be learnt, field by field. They are
/// judgements: of names that mean the same provider four in five are spelt alike, and so on.
const MATCHES: [&[f64]; FIELDS.len()] = [
    &[0.02, 0.05, 0.13, 0.80],
    &[0.03, 0.22, 0.75],
    &[0.02, 0.98],
    &[0.05, 0.95],
    &[0.03, 0.97],
    &[0.15, 0.05, 0.05, 0.10, 0.15, 0.50],
    &[0.20, 0.15, 0.65],
    &[0.08, 0.12, 0.80],
];
/// Shares among others, which the pairs that are counted outweigh.
const OTHERS: [&[f64]; FIELDS.len()] = [
    &[0.985, 0.008, 0.004, 0.003],
    &[0.95, 0.03, 0.02],
    &[0.92, 0.08],
    &[0.93, 0.07],
    &[0.50, 0.50],
    &[0.70, 0.20, 0.06, 0.02, 0.01, 0.01],
    &[0.90, 0.02, 0.08],
    &[0.85, 0.10, 0.05],
];
/// The share of the names asked for that stand in the roster, before anything is learnt.
const KNOWN: f64 = 0.5;
/// What it can be at most and at least.
const KNOWN_RANGE: (f64, f64) = (0.1, 0.9);
/// Random pairs that are counted.
const RANDOM_PAIRS: usize = 100_000;
/// As many random pairs the shares among others count before any is counted.
const OTHERS_STRENGTH: f64 = 50.0;
/// As many matches the shares among matches count before any is learnt.
const MATCHES_STRENGTH: f64 = 25.0;
/// Fewer names, or fewer expected matches, teach nothing: the defaults stand.
const LEAST_NAMES: usize = 100;
const LEAST_MATCHES: f64 = 50.0;

/// The weights of one kind of name.
#[derive(Debug)]
pub(super) struct Evidence {
    model: Model,
    /// The share of the names asked for that stand in the roster.
    pub(super) known: f64,
    /// Whether they were learnt.
    pub(super) is_learnt: bool,
}

impl Evidence {
    /// The weights for names whose pairs within blocks have these levels.
    pub(super) fn of(
        roster: &Roster,
        asked: &[&Asked],
        pairs: impl Iterator<Item = Levels>,
    ) -> Self {
        let others = shares_among_others(roster, asked);
        let fields = MATCHES.iter().zip(&others);
        let start = Model {
            prior: KNOWN / roster.providers.len().max(1) as f64,
            fields: fields.map(|(m, u)| Field::new(m, u)).collect(),
        };
        let start = Self {
            model: start,
            known: KNOWN,
            is_learnt: false,
        };
        if asked.len() < LEAST_NAMES {
            return start;
        }
        let mut counts = HashMap::<Levels, f64>::new();
        for levels in pairs {
            *counts.entry(levels).or_default() += 1.0;
        }
        // In order, so that sums over them have the same bits every time.
        let counted: BTreeMap<Levels, f64> = counts.into_iter().collect();
        let expected: f64 = counted
            .iter()
            .map(|(levels, n)| n * start.model.posterior(levels))
            .sum();
        if expected < LEAST_MATCHES {
            return start;
        }
        let patterns: Vec<Pattern> = counted
            .iter()
            .map(|(levels, n)| Pattern {
                levels: levels.to_vec(),
                pairs: *n,
            })
            .collect();
        let compared: f64 = counted.values().sum();
        let learning = Learning {
            nonmatches: Nonmatches::Counted,
            outside: asked.len() as f64 * roster.providers.len() as f64 - compared,
            strength: MATCHES_STRENGTH,
            ordered: true,
            rounds: 200,
        };
        match learn(&patterns, &start.model, &learning) {
            Ok(learnt) => Self {
                known: (learnt.matches / asked.len() as f64).clamp(KNOWN_RANGE.0, KNOWN_RANGE.1),
                model: learnt.model,
                is_learnt: true,
            },
            Err(_) => start,
        }
    }

    /// The weight of a pair. Where a value agrees whole, it weighs by how common it is.
    /// `shares` are of the asked name in the order in which it was compared.
    pub(super) fn weight(&self, shares: &Shares, levels: &Levels) -> f64 {
        let fields = self.model.fields.iter().zip(levels).zip(&shares.0);
        fields
            .map(|((field, &level), share)| match share {
                Some(share) if usize::from(level) + 1 == field.m.len() => {
                    field.weight_of_value(level, *share)
                }
                _ => field.weight(level),
            })
            .sum()
    }
}

/// The share of the roster that has the asked value, field by field; none where the roster lacks it
/// or how common it is counts for nothing.
#[derive(Debug)]
pub(super) struct Shares([Option<f64>; FIELDS.len()]);

impl Shares {
    /// Of a name in the order in which it is compared.
    pub(super) fn of(roster: &Roster, asked: &Asked, name: &Name) -> Self {
        Self(std::array::from_fn(|field| {
            share(roster, asked, name, field)
        }))
    }
}

/// What a share is taken for before a roster is counted, and as many providers that count it: a
/// small roster says little of how common a name is. Practices and organizations are counted alone.
const COMMON: [(f64, f64); FIELDS.len()] = [
    (0.0005, 1000.0),
    (0.005, 1000.0),
    (0.07, 100.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.0, 0.0),
    (0.04, 20.0),
];

/// The share of the roster that has the asked value of a field, where the roster has it.
fn share(roster: &Roster, asked: &Asked, name: &Name, field: usize) -> Option<f64> {
    let shares = &roster.shares;
    let initial = || name.given.chars().next();
    let (count, all) = match field {
        LAST => (shares.last.get(&name.last), roster.entries.len()),
        GIVEN => (shares.given.get(&name.given), roster.entries.len()),
        INITIAL => (
            initial().and_then(|c| shares.initial.get(&c)),
            roster.entries.len(),
        ),
        PLACE => (
            asked.place.and_then(|p| shares.place.get(&p)),
            roster.providers.len(),
        ),
        ORGANIZATION => (
            asked
                .organization_number
                .and_then(|o| shares.organization.get(&o)),
            roster.providers.len(),
        ),
        SPECIALTY => (
            asked.specialty.and_then(|s| shares.specialty.get(&s)),
            roster.providers.len(),
        ),
        _ => return None,
    };
    let (base, strength) = COMMON[field];
    Some((f64::from(*count?) + base * strength) / (all as f64 + strength))
}

/// Shares of the levels over pairs that were put together by chance, of which hardly one is a
/// match. What is the same is too rare to be met by chance: it is counted over the whole roster.
fn shares_among_others(roster: &Roster, asked: &[&Asked]) -> Vec<Vec<f64>> {
    let mut counts: Vec<Vec<f64>> = OTHERS
        .iter()
        .map(|shares| shares.iter().map(|s| s * OTHERS_STRENGTH).collect())
        .collect();
    if asked.is_empty() || roster.entries.is_empty() {
        return counts;
    }
    let step = asked.len().div_ceil(2000);
    let names: Vec<&Asked> = asked.iter().copied().step_by(step).collect();
    let each = (RANDOM_PAIRS / names.len()).clamp(1, roster.entries.len());
    let met: Vec<Vec<Levels>> = names
        .par_iter()
        .enumerate()
        .map(|(at, asked)| {
            (0..each)
                .filter_map(|pair| by_chance(roster, asked, (at * each + pair) as u64))
                .collect()
        })
        .collect();
    for levels in met.iter().flatten() {
        for (field, &level) in levels.iter().enumerate() {
            if level != MISSING {
                counts[field][usize::from(level)] += 1.0;
            }
        }
    }
    for (field, counts) in counts
        .iter_mut()
        .enumerate()
        .filter(|(at, _)| *at != MIDDLE)
    {
        let known = names
            .iter()
            .filter_map(|asked| share(roster, asked, &asked.name, field));
        let (sum, n) = known.fold((0.0, 0.0), |(sum, n), share| (sum + share, n + 1.0));
        if n > 0.0 {
            let below: f64 = counts[..counts.len() - 1].iter().sum();
            let whole = (sum / n).min(0.9);
            if let Some(top) = counts.last_mut() {
                *top = below * whole / (1.0 - whole);
            }
        }
    }
    counts
}

/// The levels of a name against the entry that a number says, unless the two names are one.
fn by_chance(roster: &Roster, asked: &Asked, number: u64) -> Option<Levels> {
    // Splitmix64 scatters the numbers, the same way every time.
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let entry = &roster.entries[((z ^ (z >> 31)) % roster.entries.len() as u64) as usize];
    let mut levels = name_levels(&asked.name, &entry.name);
    let is_same = |field: usize| !matches!(levels[field], 0 | MISSING);
    if is_same(LAST) && (is_same(GIVEN) || is_same(INITIAL)) {
        return None;
    }
    add_circumstances(roster, asked, entry, &mut levels);
    Some(levels)
}
