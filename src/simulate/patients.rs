//! Made patients: every referrer has a panel, and a patient's age band, ZIP code and payer follow
//! from the patient's number alone, so that nobody has to be remembered.

use std::collections::BTreeMap;

use catchment_base::places::distance_km;
use rayon::prelude::*;

use crate::demand::Kind;
use crate::people::Land;
use crate::random::{Subject, Weights, mix_unit};

/// The payers, by number.
pub(crate) const PAYERS: [&str; 6] = [
    "Commercial PPO",
    "Commercial HMO",
    "Medicare",
    "Medicaid",
    "Marketplace",
    "Self-pay",
];

/// The shares of the payers in each age band.
const PAYER_SHARES: [[f64; 6]; 3] = [
    [0.28, 0.14, 0.00, 0.48, 0.06, 0.04],
    [0.34, 0.20, 0.04, 0.22, 0.14, 0.06],
    [0.08, 0.04, 0.80, 0.06, 0.01, 0.01],
];

/// How many ZIP points a practice's patients come from at most.
const SOURCES: usize = 30;

/// Where the patients of each place live.
#[derive(Debug)]
pub(crate) struct Patients {
    seed: u64,
    homes: BTreeMap<u32, (Vec<u32>, Weights)>,
    payers: [Weights; 3],
}

impl Patients {
    /// For the ZIP points where referrers practise.
    pub(crate) fn around(land: &Land, zips: &[u32], seed: u64) -> Self {
        let homes = zips
            .par_iter()
            .map(|&zip| (zip, homes(land, zip)))
            .collect();
        Self {
            seed,
            homes,
            payers: PAYER_SHARES.map(Weights::new),
        }
    }

    /// The age band of a patient of a kind of referrer.
    pub(crate) fn age(&self, patient: u64, kind: Kind) -> u8 {
        let shares = kind.ages();
        let roll = mix_unit(self.seed, Subject::Patients, patient, 1);
        if roll < shares[0] {
            0
        } else if roll < shares[0] + shares[1] {
            1
        } else {
            2
        }
    }

    /// The payer of a patient of an age band.
    pub(crate) fn payer(&self, patient: u64, age: u8) -> u8 {
        let roll = mix_unit(self.seed, Subject::Patients, patient, 2);
        self.payers[usize::from(age.min(2))].at(roll).unwrap_or(0) as u8
    }

    /// The ZIP point where a patient of a practice at `zip` lives.
    pub(crate) fn home(&self, patient: u64, zip: u32) -> u32 {
        let roll = mix_unit(self.seed, Subject::Patients, patient, 3);
        match self.homes.get(&zip) {
            Some((zips, weights)) => weights.at(roll).map_or(zip, |at| zips[at]),
            None => zip,
        }
    }
}

/// The ZIP points around one, in proportion to their people and falling off over 12 km.
fn homes(land: &Land, zip: u32) -> (Vec<u32>, Weights) {
    let here = land.zips[zip as usize].point();
    let mut around: Vec<(f64, u32)> = land
        .zips
        .iter()
        .zip(0u32..)
        .map(|(other, at)| {
            let km = distance_km(here, other.point());
            (other.people() as f64 * (-km / 12.0).exp(), at)
        })
        .collect();
    around.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    around.truncate(SOURCES);
    (
        around.iter().map(|a| a.1).collect(),
        Weights::new(around.iter().map(|a| a.0)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patients_suit_their_referrer() {
        let land = Land::of("NM", 1).unwrap();
        let at = land
            .zips
            .iter()
            .position(|z| z.place.zip == "87110")
            .unwrap() as u32;
        let patients = Patients::around(&land, &[at], 1);
        let ages: Vec<u8> = (0..4000).map(|p| patients.age(p, Kind::Internal)).collect();
        assert!(!ages.contains(&0));
        let old = ages.iter().filter(|&&a| a == 2).count() as f64 / 4000.0;
        assert!((old - 0.48).abs() < 0.03, "{old}");
        assert!((0..4000).all(|p| patients.age(p, Kind::Pediatric) == 0));
        let medicare = (0..4000).filter(|&p| patients.payer(p, 2) == 2).count() as f64 / 4000.0;
        assert!((medicare - 0.80).abs() < 0.03, "{medicare}");
        let here = land.zips[at as usize].point();
        let far = (0..1000).filter(|&p| {
            let home = &land.zips[patients.home(p, at) as usize];
            distance_km(here, home.point()) > 60.0
        });
        assert!(far.count() < 50);
    }
}
