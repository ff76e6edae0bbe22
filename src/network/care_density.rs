//! Care density: how well the providers of a patient know each other by the
//! patients whom they share.
//!
//! Pollack, Weissman, Lemke and others, "Patient sharing among physicians and
//! costs of care", Journal of General Internal Medicine 28 (2013). What a high
//! or low one means is left to others.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::shared_patients::{Seen, after};

/// The care density of every patient: the mean, over the pairs of providers who
/// have seen the patient, of the number of patients whom the pair shares. The
/// patient is one of these, so it is at least 1; nothing for patients with
/// fewer than two providers.
///
/// No list of pairs is kept: each provider's shared patients are counted, added
/// to its patients and forgotten, so memory is that of who has seen whom, and
/// the time the sum of squares of patients' providers. What is added are whole
/// numbers, which threads may add in any order.
///
/// # Examples
///
/// Providers 0 and 1 share two patients; provider 2 shares one with each.
///
/// ```
/// use catchment_network::care_density::of_patients;
/// use catchment_network::shared_patients::Seen;
///
/// let seen = Seen::build(vec![(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2)]);
/// assert_eq!(of_patients(&seen), [Some(2.0), Some(4.0 / 3.0), None]);
/// ```
pub fn of_patients(seen: &Seen) -> Vec<Option<f64>> {
    let patients = seen.patient_count();
    let providers = seen.provider_count();
    let sums: Vec<AtomicU64> = (0..patients).map(|_| AtomicU64::new(0)).collect();
    (0..providers)
        .into_par_iter()
        .with_min_len((providers as usize / 256).max(16))
        .for_each_init(
            || vec![0; providers as usize],
            |shared: &mut Vec<u32>, provider| {
                seen.count_shared(provider, shared);
                for &patient in seen.patients_of(provider) {
                    let others = after(seen.providers_of(patient), provider);
                    let sum: u64 = others.iter().map(|&o| u64::from(shared[o as usize])).sum();
                    sums[patient as usize].fetch_add(sum, Ordering::Relaxed);
                }
                for &patient in seen.patients_of(provider) {
                    for &other in after(seen.providers_of(patient), provider) {
                        shared[other as usize] = 0;
                    }
                }
            },
        );
    (0..patients)
        .zip(sums)
        .map(|(patient, sum)| {
            let providers = seen.providers_of(patient).len() as f64;
            let pairs = providers * (providers - 1.0) / 2.0;
            (pairs > 0.0).then(|| sum.into_inner() as f64 / pairs)
        })
        .collect()
}

/// The mean care density of each provider's patients with two or more
/// providers; nothing where there is none.
///
/// # Examples
///
/// ```
/// use catchment_network::care_density::{of_patients, of_providers};
/// use catchment_network::shared_patients::Seen;
///
/// let seen = Seen::build(vec![(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 3)]);
/// let mean = (2.0 + 4.0 / 3.0) / 2.0;
/// let of_providers = of_providers(&seen, &of_patients(&seen));
/// assert_eq!(of_providers, [Some(mean), Some(mean), Some(4.0 / 3.0), None]);
/// ```
pub fn of_providers(seen: &Seen, of_patients: &[Option<f64>]) -> Vec<Option<f64>> {
    (0..seen.provider_count())
        .into_par_iter()
        .map(|provider| {
            let patients = seen.patients_of(provider).iter();
            let known = patients.filter_map(|&p| of_patients.get(p as usize).copied().flatten());
            let mut known: Vec<f64> = known.collect();
            // Added from the least to the greatest, for patients' numbers follow their pseudonyms, and
            // another key would give another order and other last bits.
            known.sort_unstable_by(f64::total_cmp);
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everyone sees all: each pair shares all patients.
    #[test]
    fn of_a_closed_circle_it_is_the_number_of_patients() {
        let pairs = (0..30).flat_map(|patient| (0..7).map(move |provider| (patient, provider)));
        let seen = Seen::build(pairs.collect());
        assert_eq!(of_patients(&seen), [Some(30.0); 30]);
        assert_eq!(of_providers(&seen, &of_patients(&seen)), [Some(30.0); 7]);
    }

    #[test]
    fn nobody_seen_no_density() {
        let seen = Seen::build(vec![]);
        assert!(of_patients(&seen).is_empty() && of_providers(&seen, &[]).is_empty());
    }
}
