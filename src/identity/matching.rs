//! Who is meant: the whole name first, then the weights of all that agrees.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::blocks::Blocks;
use super::candidates::{Pairs, find};
use super::comparison::{
    Asked, Levels, PLACE, SPECIALTY, add_circumstances, agreeing, is_acceptable, name_levels,
};
use super::evidence::{Evidence, Shares};
use super::roster::Roster;
use crate::stats::linkage::posteriors_of_one;

/// From this probability on a provider is taken without a person.
pub const ACCEPTED: f64 = 0.95;
/// From this probability on, all candidates together, a person is asked.
pub const CLERICAL: f64 = 0.5;
/// Candidates that a person is shown, and the least probability of one.
const SHOWN: usize = 5;
const LEAST_SHOWN: f64 = 0.02;
/// What the weight of a name loses where it agrees only when read the other way round: ln 10.
const TURNED: f64 = std::f64::consts::LN_10;

/// A provider who can be meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// Its place in the roster.
    pub(super) provider: u32,
    /// The probability that it is meant.
    pub(super) score: f64,
    /// The fields that agree.
    pub(super) agrees: String,
}

/// What came of a name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    /// The provider's place in the roster.
    pub(super) provider: Option<u32>,
    pub(super) method: &'static str,
    /// The probability: of the provider, or of the best candidate.
    pub(super) score: f64,
    /// For a person, where the name was not resolved but may be.
    pub(super) candidates: Vec<Candidate>,
}

/// All verdicts, and what it took.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    pub(super) of_names: Vec<Verdict>,
    pub(super) comparisons: u64,
    pub(super) is_learnt: bool,
}

/// Finds out who is meant by each name.
pub(super) fn judge(roster: &Roster, blocks: &Blocks, asked: &[Asked]) -> Verdicts {
    let mut of_names: Vec<Option<Verdict>> =
        asked.par_iter().map(|asked| exact(roster, asked)).collect();
    let open: Vec<usize> = (0..asked.len())
        .filter(|&at| of_names[at].is_none())
        .collect();
    let left: Vec<&Asked> = open.iter().map(|&at| &asked[at]).collect();
    let pairs = find(roster, blocks, &left);
    let levels = pairs.iter().flat_map(|pairs| &pairs.near);
    let evidence = Evidence::of(roster, &left, levels.map(|near| near.levels));
    let judged: Vec<Verdict> = left
        .par_iter()
        .zip(&pairs)
        .map(|(asked, pairs)| weigh(roster, &evidence, asked, pairs))
        .collect();
    for (at, verdict) in open.into_iter().zip(judged) {
        of_names[at] = Some(verdict);
    }
    Verdicts {
        of_names: of_names.into_iter().flatten().collect(),
        comparisons: pairs.iter().map(|p| p.compared).sum(),
        is_learnt: evidence.is_learnt,
    }
}

/// The provider who alone bears the whole name, or alone of its bearers works where it says. One
/// letter is no first name; a namesake with another middle name is a bearer too; and where both
/// practice and specialty speak against the only bearer, the weights decide.
fn exact(roster: &Roster, asked: &Asked) -> Option<Verdict> {
    let name = &asked.name;
    if !name.is_full() {
        return None;
    }
    let is_free = |entry: &u32| {
        let own = &roster.entries[*entry as usize].name;
        let apart = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
        !apart(&own.generation, &name.generation)
    };
    let mut bearers = BTreeMap::<u32, u32>::new();
    let whole = roster.with_words(name).iter().filter(|e| is_free(e));
    for entry in whole {
        bearers.insert(roster.entries[*entry as usize].provider, *entry);
    }
    let is_middle_free = |entry: &&u32| {
        let own = &roster.entries[**entry as usize].name;
        own.middle.is_empty() || name.middle.is_empty() || own.middle == name.middle
    };
    let all = bearers.clone();
    let mut namesakes = all;
    for entry in roster
        .with_ends(name)
        .iter()
        .filter(|e| is_free(e))
        .filter(is_middle_free)
    {
        namesakes
            .entry(roster.entries[*entry as usize].provider)
            .or_insert(*entry);
    }
    let found = |provider: u32, method: &'static str| Verdict {
        provider: Some(provider),
        method,
        score: 1.0,
        candidates: Vec::new(),
    };
    if let (1, Some((provider, entry))) = (namesakes.len(), bearers.first_key_value()) {
        let entry = &roster.entries[*entry as usize];
        let mut levels = name_levels(name, &entry.name);
        add_circumstances(roster, asked, entry, &mut levels);
        let is_another = levels[PLACE] == 0 && levels[SPECIALTY] == 0;
        return (!is_another).then(|| found(*provider, "exact"));
    }
    let place = asked.place?;
    let mut there = namesakes
        .keys()
        .filter(|p| roster.providers[**p as usize].places.contains(&place));
    match (there.next(), there.next()) {
        (Some(provider), None) if bearers.contains_key(provider) => {
            Some(found(*provider, "exact_with_practice"))
        }
        _ => None,
    }
}

/// A provider with its weight and what agrees.
type Ranked<'p> = (u32, f64, &'p Levels);

/// The providers of the near pairs, the weightiest first, each by the best of its names.
fn rank<'p>(
    roster: &Roster,
    evidence: &Evidence,
    asked: &Asked,
    pairs: &'p Pairs,
) -> Vec<Ranked<'p>> {
    let written = Shares::of(roster, asked, &asked.name);
    let turned = asked.swapped.as_ref();
    let turned = turned.map(|name| Shares::of(roster, asked, name));
    let mut ranked: Vec<Ranked> = Vec::with_capacity(pairs.near.len());
    for near in &pairs.near {
        let (shares, lost) = match &turned {
            Some(turned) if near.is_turned => (turned, TURNED),
            _ => (&written, 0.0),
        };
        let provider = roster.entries[near.entry as usize].provider;
        let weight = evidence.weight(shares, &near.levels) - lost;
        ranked.push((provider, weight, &near.levels));
    }
    ranked.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.total_cmp(&a.1)));
    ranked.dedup_by_key(|(provider, ..)| *provider);
    // Of two alike the one with the lower NPI stands first; both are shown.
    let npi = |provider: u32| &roster.providers[provider as usize].npi;
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| npi(a.0).cmp(npi(b.0))));
    ranked
}

/// Weighs the near pairs of a name against each other and against nobody.
fn weigh(roster: &Roster, evidence: &Evidence, asked: &Asked, pairs: &Pairs) -> Verdict {
    let ranked = rank(roster, evidence, asked, pairs);
    let weights: Vec<f64> = ranked.iter().map(|(_, weight, _)| *weight).collect();
    let scores = posteriors_of_one(
        evidence.known,
        roster.providers.len().max(1) as f64,
        &weights,
    );
    let score = scores.first().copied().unwrap_or(0.0);
    if let Some((provider, _, levels)) = ranked.first()
        && score >= ACCEPTED
        && is_acceptable(levels)
    {
        return Verdict {
            provider: Some(*provider),
            method: "similar",
            score,
            candidates: Vec::new(),
        };
    }
    let together: f64 = scores.iter().sum();
    let mut candidates = Vec::new();
    if together >= CLERICAL {
        let shown = ranked
            .iter()
            .zip(&scores)
            .filter(|(_, s)| **s >= LEAST_SHOWN);
        candidates.extend(
            shown
                .take(SHOWN)
                .map(|((provider, _, levels), score)| Candidate {
                    provider: *provider,
                    score: *score,
                    agrees: agreeing(levels),
                }),
        );
    }
    Verdict {
        provider: None,
        method: "unresolved",
        score,
        candidates,
    }
}
