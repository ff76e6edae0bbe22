//! Shared patients: providers tied by the patients whom both have seen, with
//! and without a direction in time.
//!
//! What an encounter is, and how many shared patients make a relationship, is
//! left to others; such a tie is no referral.

use rayon::prelude::*;

/// Patients that are worked together. It is fixed, so that nothing depends on
/// the number of threads.
const BLOCK: usize = 1024;

/// A patient at a provider on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Encounter {
    /// The patient's number.
    pub patient: u32,
    /// The day, counted from any day.
    pub day: i32,
    /// The provider's number.
    pub provider: u32,
}

/// A tie from a provider to another at whom patients were seen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedTie {
    /// Who saw the patients first, or on the same day.
    pub from: u32,
    /// Who saw them then.
    pub to: u32,
    /// Pairs of encounters, each of the former with each of the latter.
    pub pairs: u64,
    /// Distinct patients.
    pub patients: u32,
    /// Those of the pairs that fell on one day, which count in both directions.
    pub same_day: u64,
}

/// The directed ties within so many days, ordered by both ends.
///
/// As the CMS Physician Shared Patient Patterns have it: from A to B for every
/// encounter of B that follows one of A by the same patient by 0 to
/// `window_days` days, both included; pairs of one day count in both
/// directions. An encounter given twice counts twice. Patients are worked in
/// blocks and added up in order, so memory is that of the encounters and of the
/// ties, and the answer the same on any number of threads.
///
/// # Examples
///
/// ```
/// use catchment_network::shared_patients::{Encounter, directed};
///
/// let seen = |provider, day| Encounter { patient: 0, day, provider };
/// let ties = directed(&[seen(0, 1), seen(1, 31), seen(1, 32)], 30);
/// assert_eq!(ties.len(), 1);
/// assert_eq!((ties[0].from, ties[0].to, ties[0].pairs, ties[0].same_day), (0, 1, 1, 0));
/// ```
pub fn directed(encounters: &[Encounter], window_days: u32) -> Vec<SharedTie> {
    let mut sorted = encounters.to_vec();
    sorted.par_sort_unstable();
    let by_patient: Vec<&[Encounter]> = sorted.chunk_by(|a, b| a.patient == b.patient).collect();
    // So many blocks at a time that all threads have work and few tables wait.
    by_patient
        .chunks(BLOCK * 64)
        .map(|patients| {
            let tables: Vec<Vec<SharedTie>> = patients
                .par_chunks(BLOCK)
                .map(|block| {
                    let ties = block.iter().flat_map(|one| ties_of(one, window_days));
                    added_up(ties.collect())
                })
                .collect();
            added_up(tables.concat())
        })
        .reduce(|all, more| added_up([all, more].concat()))
        .unwrap_or_default()
}

/// The ties of one patient's encounters, which are in order of days.
fn ties_of(encounters: &[Encounter], window_days: u32) -> Vec<SharedTie> {
    let mut ties = Vec::new();
    for (at, first) in encounters.iter().enumerate() {
        let later = encounters[at + 1..].iter();
        for then in later.take_while(|then| then.day.abs_diff(first.day) <= window_days) {
            let is_same_day = then.day == first.day;
            if then.provider != first.provider {
                let tie = SharedTie {
                    from: first.provider,
                    to: then.provider,
                    pairs: 1,
                    patients: 1,
                    same_day: u64::from(is_same_day),
                };
                ties.push(tie);
                if is_same_day {
                    let (from, to) = (tie.to, tie.from);
                    ties.push(SharedTie { from, to, ..tie });
                }
            }
        }
    }
    let mut ties = added_up(ties);
    for tie in &mut ties {
        tie.patients = 1;
    }
    ties
}

/// One tie an ordered pair of providers, in order.
fn added_up(mut ties: Vec<SharedTie>) -> Vec<SharedTie> {
    // What is added are whole numbers: equal keys may stand in any order.
    ties.par_sort_unstable_by_key(|tie| (tie.from, tie.to));
    ties.dedup_by(|next, kept| {
        let is_same = (next.from, next.to) == (kept.from, kept.to);
        if is_same {
            kept.pairs += next.pairs;
            kept.patients += next.patients;
            kept.same_day += next.same_day;
        }
        is_same
    });
    ties
}

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

/// The pairs of providers with a shared patient, the lesser first, in order, and
/// how many they share.
///
/// # Examples
///
/// ```
/// use catchment_network::shared_patients::{Seen, undirected};
///
/// let seen = Seen::build(vec![(0, 0), (0, 1), (1, 1), (1, 0), (1, 2), (1, 2)]);
/// assert_eq!(undirected(&seen), [(0, 1, 2), (0, 2, 1), (1, 2, 1)]);
/// ```
pub fn undirected(seen: &Seen) -> Vec<(u32, u32, u32)> {
    let providers = seen.provider_count();
    (0..providers)
        .into_par_iter()
        .with_min_len((providers as usize / 256).max(16))
        .map_init(
            || vec![0; providers as usize],
            |shared, provider| {
                seen.count_shared(provider, shared);
                let mut pairs = Vec::new();
                for &patient in seen.patients_of(provider) {
                    for &other in after(seen.providers_of(patient), provider) {
                        // The first patient who has both takes the count.
                        match std::mem::take(&mut shared[other as usize]) {
                            0 => {}
                            patients => pairs.push((provider, other, patients)),
                        }
                    }
                }
                pairs.sort_unstable();
                pairs
            },
        )
        .flatten_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_seen_nobody_shared() {
        assert!(directed(&[], 30).is_empty());
        let seen = Seen::build(vec![]);
        assert_eq!((seen.patient_count(), seen.provider_count()), (0, 0));
        assert!(undirected(&seen).is_empty() && seen.providers_of(3).is_empty());
    }

    #[test]
    fn days_far_apart_do_not_overflow() {
        let seen = |provider, day| Encounter {
            patient: 4,
            day,
            provider,
        };
        assert!(directed(&[seen(0, i32::MIN), seen(1, i32::MAX)], 180).is_empty());
        let all = directed(&[seen(0, i32::MIN), seen(1, i32::MAX)], u32::MAX);
        assert_eq!(all.len(), 1);
    }
}
