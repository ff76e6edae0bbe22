//! The service area: the fewest contiguous places that give a stated share of all patients.
//!
//! Places are points with counts of patients. What the places are, which patients count and what is
//! done with the area is the caller's.

use std::collections::BTreeSet;

use rayon::prelude::*;

/// How many of the nearest points are asked first whether they stand between two others.
const NEAREST: usize = 32;
/// From how many places, those with most patients first, an area is grown.
const SEEDS: usize = 64;

/// An area of places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceArea {
    /// The places by their number, most patients first.
    pub places: Vec<usize>,
    /// Their patients together.
    pub patients: u64,
    /// Whether they give the share that was asked for. Where no contiguous places do, the area is all
    /// contiguous places that give most.
    pub is_reached: bool,
}

/// For each point (latitude and longitude in degrees) the points that are contiguous with it: those
/// with no third point inside the circle (on the sphere, the ball) that has the two as ends of a
/// diameter (Gabriel and Sokal 1969, Systematic Zoology 18:259). Points in one place are contiguous.
///
/// ```
/// use catchment_stats::service_area::contiguous;
/// // Three in a row: the one in the middle keeps the others apart.
/// assert_eq!(contiguous(&[(35.0, -106.0), (35.0, -105.0), (35.0, -104.0)]), [vec![1], vec![0, 2], vec![1]]);
/// ```
pub fn contiguous(points: &[(f64, f64)]) -> Vec<Vec<usize>> {
    let on_sphere: Vec<[f64; 3]> = points.iter().map(|p| unit_vector(*p)).collect();
    (0..on_sphere.len())
        .into_par_iter()
        .map(|at| neighbours(&on_sphere, at))
        .collect()
}

fn unit_vector((lat, lon): (f64, f64)) -> [f64; 3] {
    let (lat, lon) = (lat.to_radians(), lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

fn squared_distance(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum()
}

/// The points contiguous with one, by number. Who stands between is most often one of the nearest, so
/// these are asked first.
fn neighbours(points: &[[f64; 3]], at: usize) -> Vec<usize> {
    let here = &points[at];
    let mut near: Vec<usize> = (0..points.len()).filter(|other| *other != at).collect();
    let nearer = |a: &usize, b: &usize| {
        squared_distance(here, &points[*a])
            .total_cmp(&squared_distance(here, &points[*b]))
            .then(a.cmp(b))
    };
    if near.len() > NEAREST {
        near.select_nth_unstable_by(NEAREST, nearer);
        near.truncate(NEAREST);
    }
    near.sort_unstable_by(nearer);
    let between = |there: usize, third: usize| {
        let (a, b, c) = (here, &points[there], &points[third]);
        squared_distance(a, c) + squared_distance(b, c) < squared_distance(a, b)
    };
    (0..points.len())
        .filter(|there| *there != at)
        .filter(|there| !near.iter().any(|third| between(*there, *third)))
        .filter(|there| !(0..points.len()).any(|third| between(*there, third)))
        .collect()
}

/// The fewest contiguous places that give `share` (0 to 1) of all patients. Places without patients
/// are never in it, and connect nothing (42 CFR 411.357(e)(2): "the lowest number of contiguous zip
/// codes from which the hospital draws at least 75 percent of its inpatients"; where no contiguous
/// ones do, "all of the contiguous zip codes from which the hospital draws its inpatients").
///
/// To find the fewest for certain would take longer the more places there are than anybody can wait.
/// An area is grown from each of the places with most patients, by the place or the two that add most
/// patients each, thinned out, and the best is taken: in small cases it is the fewest nearly always,
/// and else one more (tests/stats/service_area.rs counts them).
///
/// ```
/// use catchment_stats::service_area::smallest;
/// let in_a_row = [vec![1], vec![0, 2], vec![1, 3], vec![2]];
/// let area = smallest(&in_a_row, &[5, 40, 30, 25], 0.7);
/// assert_eq!((area.places, area.patients, area.is_reached), (vec![1, 2], 70, true));
/// ```
pub fn smallest(neighbours: &[Vec<usize>], patients: &[u64], share: f64) -> ServiceArea {
    let total: u64 = patients.iter().sum();
    let wanted = (total as f64 * share - 1e-9).ceil().max(1.0) as u64;
    let land = Land {
        neighbours,
        patients,
        wanted,
    };
    let islands = land.islands();
    let sum = |places: &BTreeSet<usize>| places.iter().map(|p| patients[*p]).sum::<u64>();
    let enough: Vec<&BTreeSet<usize>> = islands.iter().filter(|i| sum(i) >= wanted).collect();
    let seeds: Vec<usize> = enough.iter().flat_map(|i| land.seeds(i)).collect();
    let best = seeds
        .into_par_iter()
        .map(|seed| land.thinned(land.grown(seed)))
        .min_by_key(|area| (area.len(), std::cmp::Reverse(sum(area)), area.clone()));
    let is_reached = best.is_some();
    let area = best.or_else(|| {
        let fuller = |a: &&BTreeSet<usize>, b: &&BTreeSet<usize>| {
            (sum(a), std::cmp::Reverse(*a)).cmp(&(sum(b), std::cmp::Reverse(*b)))
        };
        islands.iter().max_by(fuller).cloned()
    });
    let area = area.unwrap_or_default();
    let mut places: Vec<usize> = area.iter().copied().collect();
    places.sort_by_key(|place| (std::cmp::Reverse(patients[*place]), *place));
    ServiceArea {
        patients: sum(&area),
        places,
        is_reached,
    }
}

/// Places, who is next to whom, their patients, and how many are wanted together.
struct Land<'a> {
    neighbours: &'a [Vec<usize>],
    patients: &'a [u64],
    wanted: u64,
}

impl Land<'_> {
    /// The places next to one that have patients.
    fn next_to(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let next = self.neighbours[place].iter().copied();
        next.filter(|other| self.patients[*other] > 0)
    }

    /// The places with patients, together with all that they are connected to.
    fn islands(&self) -> Vec<BTreeSet<usize>> {
        let mut seen = BTreeSet::new();
        let mut islands = Vec::new();
        for place in (0..self.patients.len()).filter(|p| self.patients[*p] > 0) {
            if !seen.contains(&place) {
                let island = self.reach(place, |_| true);
                seen.extend(island.iter().copied());
                islands.push(island);
            }
        }
        islands
    }

    /// All that can be reached from a place over places that are allowed.
    fn reach(&self, from: usize, is_allowed: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let mut reached = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(place) = open.pop() {
            for next in self.next_to(place).filter(|next| is_allowed(*next)) {
                if reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// The places of an island from which areas are grown.
    fn seeds(&self, island: &BTreeSet<usize>) -> Vec<usize> {
        let mut seeds: Vec<usize> = island.iter().copied().collect();
        seeds.sort_by_key(|place| (std::cmp::Reverse(self.patients[*place]), *place));
        seeds.truncate(SEEDS);
        seeds
    }

    /// An area that is grown from a place until it has enough.
    fn grown(&self, seed: usize) -> BTreeSet<usize> {
        let mut area = BTreeSet::from([seed]);
        let mut edge: BTreeSet<usize> = self.next_to(seed).collect();
        let mut sum = self.patients[seed];
        while sum < self.wanted {
            let Some(step) = self.best_step(&area, &edge, self.wanted - sum) else {
                break;
            };
            for place in step {
                area.insert(place);
                sum += self.patients[place];
                edge.extend(self.next_to(place));
            }
            edge.retain(|place| !area.contains(place));
        }
        area
    }

    /// The place, or a place with one behind it, that adds most patients a place; the one place where it
    /// has all that is missing.
    fn best_step(
        &self,
        area: &BTreeSet<usize>,
        edge: &BTreeSet<usize>,
        missing: u64,
    ) -> Option<Vec<usize>> {
        let single = edge
            .iter()
            .copied()
            .max_by_key(|place| (self.patients[*place], std::cmp::Reverse(*place)))?;
        if self.patients[single] >= missing {
            return Some(vec![single]);
        }
        let behind = |first: usize| {
            let second = self
                .next_to(first)
                .filter(|s| !area.contains(s) && !edge.contains(s));
            let second = second.max_by_key(|s| (self.patients[*s], std::cmp::Reverse(*s)))?;
            Some((self.patients[first] + self.patients[second], first, second))
        };
        let double = edge
            .iter()
            .filter_map(|first| behind(*first))
            .max_by_key(|(sum, first, second)| (*sum, std::cmp::Reverse((*first, *second))));
        match double {
            Some((sum, first, second)) if sum > 2 * self.patients[single] => {
                Some(vec![first, second])
            }
            _ => Some(vec![single]),
        }
    }

    /// The area without places that it does not need: fewest patients first, and never one whose loss
    /// takes it apart.
    fn thinned(&self, mut area: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut sum: u64 = area.iter().map(|p| self.patients[*p]).sum();
        let mut order: Vec<usize> = area.iter().copied().collect();
        order.sort_by_key(|place| (self.patients[*place], *place));
        let mut at = 0;
        while at < order.len() {
            let place = order[at];
            at += 1;
            if sum - self.patients[place] < self.wanted || area.len() < 2 {
                continue;
            }
            area.remove(&place);
            let first = area.first().copied();
            let is_whole =
                first.is_some_and(|f| self.reach(f, |p| area.contains(&p)).len() == area.len());
            if is_whole {
                sum -= self.patients[place];
                order.remove(at - 1);
                // A place that held the area together before may now be at its end.
                at = 0;
            } else {
                area.insert(place);
            }
        }
        area
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_and_nowhere_is_an_empty_area() {
        let area = smallest(&[], &[], 0.75);
        assert_eq!((area.places, area.is_reached), (vec![], false));
        let area = smallest(&[vec![1], vec![0]], &[0, 0], 0.75);
        assert_eq!((area.places, area.is_reached), (vec![], false));
    }

    #[test]
    fn where_no_contiguous_places_suffice_all_of_the_fullest_are_taken() {
        // Two pairs, kept apart by a place without patients.
        let row = [vec![1], vec![0, 2], vec![1, 3], vec![2, 4], vec![3]];
        let area = smallest(&row, &[30, 15, 0, 35, 20], 0.75);
        assert_eq!(
            (area.places, area.patients, area.is_reached),
            (vec![3, 4], 55, false)
        );
    }

    #[test]
    fn a_large_place_behind_a_small_one_is_seen() {
        // 0 is next to 1 and 3; behind 1 stands 2.
        let places = [
            vec![1, 3],
            vec![0, 2],
            vec![1],
            vec![0, 4],
            vec![3, 5],
            vec![4],
        ];
        let area = smallest(&places, &[40, 1, 40, 7, 6, 6], 0.8);
        assert_eq!((area.places, area.patients), (vec![0, 2, 1], 81));
    }
}
