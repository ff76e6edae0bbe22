//! What is expected of a referrer before their own history is looked at: the pace of their specialty.

use std::collections::BTreeMap;

use crate::stats::shrinkage::{GammaPrior, fit_gamma_poisson};

/// Fewer referrers of a specialty than this share the prior of all.
const FEWEST_FOR_A_PRIOR: usize = 20;

/// Gamma-Poisson priors by the referrer's own specialty, those with few referrers by the one of all.
pub(super) struct Priors {
    by_specialty: BTreeMap<String, GammaPrior>,
    of_all: Option<GammaPrior>,
}

impl Priors {
    /// The priors of referrers with their specialties, counts and exposures.
    pub(super) fn of(referrers: impl Iterator<Item = (String, (u64, f64))>) -> Self {
        let mut groups: BTreeMap<String, Vec<(u64, f64)>> = BTreeMap::new();
        for (specialty, count) in referrers {
            groups.entry(specialty).or_default().push(count);
        }
        let all: Vec<(u64, f64)> = groups.values().flatten().copied().collect();
        let by_specialty = groups
            .iter()
            .filter(|(_, group)| group.len() >= FEWEST_FOR_A_PRIOR)
            .filter_map(|(specialty, group)| Some((specialty.clone(), fit_gamma_poisson(group)?)))
            .collect();
        Self {
            by_specialty,
            of_all: fit_gamma_poisson(&all),
        }
    }

    pub(super) fn of_specialty(&self, specialty: &str) -> Option<GammaPrior> {
        self.by_specialty.get(specialty).copied().or(self.of_all)
    }
}
