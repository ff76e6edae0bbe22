//! Who has seen whom: patients and their providers, from either side.
//!
//! Which pairs of providers have patients in common follows from it; what that
//! says of them is left to others, and is no referral.

use rayon::prelude::*;

/// Who has seen whom: the providers of every patient and the patients of every
/// provider, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    providers: Lists,
    patients: Lists,
}

/// Numbers by number, all in one list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lists {
    starts: Vec<usize>,
    members: Vec<u32>,
}

impl Lists {
    /// The lists of 0 to `count` - 1 from sorted and distinct pairs.
    fn of(count: u32, pairs: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; count as usize + 1];
        for &(owner, _) in pairs {
            // Every owner is below the count: the starts have one entry more.
            starts[owner as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let members = pairs.iter().map(|&(_, member)| member).collect();
        Self { starts, members }
    }

    /// The members of an owner, ascending; none where it does not exist.
    fn of_owner(&self, owner: u32) -> &[u32] {
        let at = owner as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.members[start..end],
            _ => &[],
        }
    }
}

impl Seen {
    /// Who has seen whom, from pairs of a patient and a provider in any order
    /// and any number of times. Patients and providers are numbered from 0, and
    /// there are as many as their greatest numbers say.
    pub fn build(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.par_sort_unstable();
        pairs.dedup();
        let patients = pairs.last().map_or(0, |last| last.0 + 1);
        let providers = pairs.par_iter().map(|pair| pair.1 + 1).max().unwrap_or(0);
        let by_patient = Lists::of(patients, &pairs);
        for (patient, provider) in &mut pairs {
            std::mem::swap(patient, provider);
        }
        pairs.par_sort_unstable();
        Self {
            providers: by_patient,
            patients: Lists::of(providers, &pairs),
        }
    }

    /// How many patients there are.
    pub fn patient_count(&self) -> u32 {
        self.providers.starts.len() as u32 - 1
    }

    /// How many providers there are.
    pub fn provider_count(&self) -> u32 {
        self.patients.starts.len() as u32 - 1
    }

    /// Who has seen a patient, ascending.
    pub fn providers_of(&self, patient: u32) -> &[u32] {
        self.providers.of_owner(patient)
    }

    /// Whom a provider has seen, ascending.
    pub fn patients_of(&self, provider: u32) -> &[u32] {
        self.patients.of_owner(provider)
    }

    /// With whom of greater number a provider shares patients, and how many,
    /// into `shared`, which has a 0 for every provider before.
    pub(crate) fn count_shared(&self, provider: u32, shared: &mut [u32]) {
        for &patient in self.patients_of(provider) {
            for &other in after(self.providers_of(patient), provider) {
                shared[other as usize] += 1;
            }
        }
    }
}

/// What is greater than a number in an ascending list.
pub(crate) fn after(list: &[u32], number: u32) -> &[u32] {
    &list[list.partition_point(|&member| member <= number)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_seen() {
        let seen = Seen::build(vec![]);
        assert_eq!((seen.patient_count(), seen.provider_count()), (0, 0));
        assert!(seen.providers_of(3).is_empty() && seen.patients_of(0).is_empty());
    }

    #[test]
    fn pairs_are_listed_once_from_either_side() {
        let seen = Seen::build(vec![(2, 1), (0, 3), (2, 0), (0, 3), (0, 1)]);
        assert_eq!((seen.patient_count(), seen.provider_count()), (3, 4));
        let providers: Vec<&[u32]> = (0..3).map(|patient| seen.providers_of(patient)).collect();
        assert_eq!(providers, [&[1, 3][..], &[], &[0, 1]]);
        let patients: Vec<&[u32]> = (0..4).map(|provider| seen.patients_of(provider)).collect();
        assert_eq!(patients, [&[2][..], &[0, 2], &[], &[0]]);
        // Counted from provider 0 on: patient 2 has provider 1 too.
        let mut shared = vec![0; 4];
        seen.count_shared(0, &mut shared);
        assert_eq!(shared, [0, 1, 0, 0]);
    }
}
