//! How well each candidate would suit us: two-path resource allocation to our specialists, less with
//! the distance to them. The first step goes to partners and to who works beside, the second along
//! referrals and patients. The rate of that is fitted to the network in hand.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::prospect_network::{FEWEST_A_YEAR, ProspectNetwork};
use crate::base::places::distance_km;
use crate::network::prospects::decay::{Decay, Stratum};
use crate::network::prospects::two_paths::{Asked, Reached, reach};

/// What everybody is taken to give elsewhere besides: as much as hardly any in each of two years.
pub(super) const UNSEEN: f64 = 2.0 * FEWEST_A_YEAR as f64;

/// Kilometres from a point to the nearest place of each specialty of ours; none where none of its
/// places is known.
type Row = Vec<Option<f64>>;

/// Distances from everywhere that somebody outside our own works.
pub(super) struct Distances {
    by_point: BTreeMap<(u64, u64), Row>,
}

/// What a candidate's ties say of a specialty of ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) label: u16,
    pub(super) score: f64,
    pub(super) km: Option<f64>,
}

/// A candidate with its score.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Scored {
    pub(super) node: u32,
    /// Over all specialties of ours.
    pub(super) score: f64,
    /// Those that its ties lead to, by label.
    pub(super) fits: Vec<Fit>,
    /// The partners over whom they lead.
    pub(super) through: Vec<u32>,
    /// Kilometres to the nearest place of ours, whatever the specialty.
    pub(super) nearest_km: Option<f64>,
}

impl Scored {
    /// The specialty that fits best; of equals the first by name.
    pub(super) fn best(&self) -> Option<Fit> {
        let better = |best: Fit, fit: &Fit| if fit.score > best.score { *fit } else { best };
        let (first, rest) = self.fits.split_first()?;
        Some(rest.iter().fold(*first, better))
    }
}

fn key((lat, lon): (f64, f64)) -> (u64, u64) {
    (lat.to_bits(), lon.to_bits())
}

impl Distances {
    pub(super) fn of(network: &ProspectNetwork) -> Self {
        let outside = network
            .people
            .iter()
            .flatten()
            .filter(|p| p.affiliation != "own");
        let points: BTreeMap<(u64, u64), (f64, f64)> = outside
            .filter_map(|person| person.point.map(|point| (key(point), point)))
            .collect();
        let points: Vec<_> = points.into_iter().collect();
        let nearest = |point: (f64, f64)| -> Row {
            let least = |sites: &Vec<(f64, f64)>| {
                let distances = sites.iter().map(|site| distance_km(point, *site));
                distances.min_by(f64::total_cmp)
            };
            network.sites.iter().map(least).collect()
        };
        let rows: Vec<_> = points
            .par_iter()
            .map(|(key, point)| (*key, nearest(*point)))
            .collect();
        Self {
            by_point: rows.into_iter().collect(),
        }
    }

    fn from(&self, network: &ProspectNetwork, node: u32) -> Option<&Row> {
        let point = network.people[node as usize].as_ref()?.point?;
        self.by_point.get(&key(point))
    }
}

/// How fast ties with our specialists fade with distance, among everybody outside our own whose
/// place is known; each specialty is a stratum.
pub(super) fn fit_decay(network: &ProspectNetwork, distances: &Distances) -> Decay {
    // By point: how many work there, and how many of them are tied to each specialty.
    let mut counts: BTreeMap<(u64, u64), (u64, Vec<u64>)> = BTreeMap::new();
    for (node, person) in (0..).zip(&network.people) {
        let Some(point) = person
            .as_ref()
            .filter(|p| p.affiliation != "own")
            .and_then(|p| p.point)
        else {
            continue;
        };
        let (all, tied) = counts
            .entry(key(point))
            .or_insert_with(|| (0, vec![0; network.specialties.len()]));
        *all += 1;
        let partners = network.observed.partners_out(node);
        let mut labels: Vec<u16> = partners
            .filter_map(|(other, _)| network.labels[other as usize])
            .collect();
        labels.sort_unstable();
        labels.dedup();
        for label in labels {
            tied[usize::from(label)] += 1;
        }
    }
    let stratum = |label: usize| Stratum {
        places: counts
            .iter()
            .filter_map(|(point, (all, tied))| {
                let km = distances.by_point.get(point)?.get(label).copied()??;
                Some((km, *all, tied[label]))
            })
            .collect(),
    };
    let strata: Vec<Stratum> = (0..network.specialties.len()).map(stratum).collect();
    Decay::fit(&strata)
}

/// Scores every candidate, in their order. Where a distance is not known, what remains of a chance
/// on average over the candidates whose distance is known stands in.
pub(super) fn score(network: &ProspectNetwork, distances: &Distances, decay: Decay) -> Vec<Scored> {
    let usual = usual_weights(network, distances, decay);
    // Nobody is sent to colleagues of the own specialty, who do what one does oneself.
    let own = |node: u32| {
        let person = network.people[node as usize].as_ref()?;
        let label = network.specialties.binary_search(&person.specialty).ok()?;
        Some(label as u16)
    };
    let asked: Vec<Asked> = network
        .candidates
        .iter()
        .map(|&node| Asked {
            node,
            except: own(node),
        })
        .collect();
    let reached = reach(
        &network.network,
        &network.observed,
        &network.labels,
        UNSEEN,
        &asked,
    );
    let scored = |(&node, reached): (&u32, Reached)| {
        let row = distances.from(network, node);
        let fits: Vec<Fit> = reached
            .labels
            .iter()
            .map(|found| {
                let at = usize::from(found.label);
                let km = row.and_then(|row| row[at]);
                let weight = km.map_or(usual[at], |km| decay.weight(km));
                Fit {
                    label: found.label,
                    score: found.score * weight,
                    km,
                }
            })
            .collect();
        Scored {
            node,
            score: fits.iter().map(|fit| fit.score).sum(),
            fits,
            through: reached.through,
            nearest_km: row.and_then(|row| row.iter().copied().flatten().min_by(f64::total_cmp)),
        }
    };
    network.candidates.iter().zip(reached).map(scored).collect()
}

/// What remains of a chance on average, for each specialty of ours; 1 where no distance is known.
fn usual_weights(network: &ProspectNetwork, distances: &Distances, decay: Decay) -> Vec<f64> {
    let mut sums = vec![(0.0, 0u64); network.specialties.len()];
    for &node in &network.candidates {
        let Some(row) = distances.from(network, node) else {
            continue;
        };
        for (sum, km) in sums.iter_mut().zip(row) {
            if let Some(km) = km {
                sum.0 += decay.weight(*km);
                sum.1 += 1;
            }
        }
    }
    let mean = |&(sum, n): &(f64, u64)| if n == 0 { 1.0 } else { sum / n as f64 };
    sums.iter().map(mean).collect()
}
