//! Spatial access to supply by floating catchment areas.
//!
//! Demand places (population) and supply places (doctors) are joined by a sparse list of links with
//! distances; what is not linked is out of reach. Distances are in the unit of the [`Decay`]. The
//! caller makes the links (great circle or travel minutes) and says which bands hold.

/// A demand place and a supply place within reach of each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The place of the demand in the list of populations.
    pub demand: usize,
    /// The place of the supply in the list of supplies.
    pub supply: usize,
    /// How far apart they are.
    pub distance: f64,
}

/// How much a supply counts at a distance.
#[derive(Debug, Clone, PartialEq)]
pub enum Decay {
    /// Bands as (outer edge, weight) in order of the edge: the weight of the first band whose edge
    /// the distance does not pass, and 0 beyond the last. One band of weight 1 is the plain 2SFCA.
    Bands(Vec<(f64, f64)>),
    /// e^(-d² / 2σ²) up to the reach, and 0 beyond.
    Gaussian {
        /// The σ of the curve.
        sigma: f64,
        /// The greatest distance that counts.
        reach: f64,
    },
    /// 1 / distance up to the reach, and 0 beyond; distances under `nearest` count as `nearest`.
    Inverse {
        /// The least distance that is divided by.
        nearest: f64,
        /// The greatest distance that counts.
        reach: f64,
    },
}

impl Decay {
    /// The weight at a distance.
    ///
    /// ```
    /// use catchment_stats::access::Decay;
    /// let bands = Decay::Bands(vec![(15.0, 1.0), (30.0, 0.68), (60.0, 0.22)]);
    /// assert_eq!([15.0, 15.1, 60.0, 60.1].map(|d| bands.weight(d)), [1.0, 0.68, 0.22, 0.0]);
    /// ```
    pub fn weight(&self, distance: f64) -> f64 {
        match self {
            Decay::Bands(bands) => bands
                .iter()
                .find(|(edge, _)| distance <= *edge)
                .map_or(0.0, |(_, weight)| *weight),
            Decay::Gaussian { sigma, reach } if distance <= *reach => {
                (-0.5 * (distance / sigma).powi(2)).exp()
            }
            Decay::Inverse { nearest, reach } if distance <= *reach => 1.0 / distance.max(*nearest),
            Decay::Gaussian { .. } | Decay::Inverse { .. } => 0.0,
        }
    }
}

/// Why access could not be reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessError {
    /// The link at this place of the list names a place that there is not.
    NoSuchPlace(usize),
    /// The link at this place of the list has a distance that is negative or not a number.
    BadDistance(usize),
    /// The population at this place is negative or not finite.
    BadPopulation(usize),
    /// The supply at this place is negative or not finite.
    BadSupply(usize),
}

impl std::fmt::Display for AccessError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AccessError::NoSuchPlace(at) => {
                write!(out, "link {at} names a place that is not there")
            }
            AccessError::BadDistance(at) => write!(out, "the distance of link {at} is not one"),
            AccessError::BadPopulation(at) => {
                write!(out, "the population of place {at} is not one")
            }
            AccessError::BadSupply(at) => write!(out, "the supply of place {at} is not one"),
        }
    }
}

impl std::error::Error for AccessError {}

/// Access of each demand place by the two-step floating catchment area: supply per head, in the
/// units of the two.
///
/// R_j = S_j / Σ_k W_kj P_k and A_i = Σ_j W_ij R_j. With one band it is 2SFCA (Luo and Wang 2003),
/// with several E2SFCA (Luo and Qi 2009). A supply that reaches nobody is left out; otherwise
/// Σ P_i A_i = Σ S_j.
///
/// ```
/// use catchment_stats::access::{Decay, Link, two_step};
/// let links = [
///     Link { demand: 0, supply: 0, distance: 4.0 },
///     Link { demand: 1, supply: 0, distance: 20.0 },
/// ];
/// let bands = Decay::Bands(vec![(15.0, 1.0), (30.0, 0.5)]);
/// let access = two_step(&links, &[1000.0, 2000.0], &[4.0], &bands).unwrap();
/// assert_eq!(access, [0.002, 0.001]);
/// ```
pub fn two_step(
    links: &[Link],
    populations: &[f64],
    supplies: &[f64],
    decay: &Decay,
) -> Result<Vec<f64>, AccessError> {
    let weights = weigh(links, populations, supplies, decay)?;
    let ratios = supply_ratios(links, &weights, populations, supplies);
    Ok(gather(links, &weights, &ratios, populations.len()))
}

/// Access by the modified two-step method of Delamater 2013: the weight counts twice in the second
/// step, A_i = Σ_j W_ij² R_j, so far-off supply is not all used up and Σ P_i A_i <= Σ S_j.
pub fn two_step_modified(
    links: &[Link],
    populations: &[f64],
    supplies: &[f64],
    decay: &Decay,
) -> Result<Vec<f64>, AccessError> {
    let weights = weigh(links, populations, supplies, decay)?;
    let ratios = supply_ratios(links, &weights, populations, supplies);
    let squares: Vec<f64> = weights.iter().map(|weight| weight * weight).collect();
    Ok(gather(links, &squares, &ratios, populations.len()))
}

/// The gravity potential Σ_j W_ij S_j of each of `demands` places: supply in reach, whoever else
/// wants it.
pub fn gravity(
    links: &[Link],
    demands: usize,
    supplies: &[f64],
    decay: &Decay,
) -> Result<Vec<f64>, AccessError> {
    let weights = weigh(links, &vec![0.0; demands], supplies, decay)?;
    Ok(gather(links, &weights, supplies, demands))
}

/// Access relative to its population-weighted mean (SPAR), which depends less on the choice of the
/// decay than access itself. `None` where the lengths differ or that mean is not above 0.
///
/// ```
/// use catchment_stats::access::relative;
/// assert_eq!(relative(&[0.002, 0.001], &[1000.0, 3000.0]), Some(vec![1.6, 0.8]));
/// ```
pub fn relative(access: &[f64], populations: &[f64]) -> Option<Vec<f64>> {
    if access.len() != populations.len() {
        return None;
    }
    let people: f64 = populations.iter().sum();
    let total: f64 = access.iter().zip(populations).map(|(a, p)| a * p).sum();
    let mean = total / people;
    (mean > 0.0 && mean.is_finite()).then(|| access.iter().map(|a| a / mean).collect())
}

/// The weight of each link, after a check of everything that went in.
fn weigh(
    links: &[Link],
    populations: &[f64],
    supplies: &[f64],
    decay: &Decay,
) -> Result<Vec<f64>, AccessError> {
    let is_bad = |value: &f64| !value.is_finite() || *value < 0.0;
    if let Some(place) = populations.iter().position(is_bad) {
        return Err(AccessError::BadPopulation(place));
    }
    if let Some(place) = supplies.iter().position(is_bad) {
        return Err(AccessError::BadSupply(place));
    }
    let weight = |(place, link): (usize, &Link)| {
        if link.demand >= populations.len() || link.supply >= supplies.len() {
            Err(AccessError::NoSuchPlace(place))
        } else if link.distance.is_nan() || link.distance < 0.0 {
            Err(AccessError::BadDistance(place))
        } else {
            Ok(decay.weight(link.distance))
        }
    };
    links.iter().enumerate().map(weight).collect()
}

/// Supply over the weighted population in its reach; 0 where it reaches nobody.
// The places of the links were checked by `weigh`.
fn supply_ratios(
    links: &[Link],
    weights: &[f64],
    populations: &[f64],
    supplies: &[f64],
) -> Vec<f64> {
    let mut demand = vec![0.0; supplies.len()];
    for (link, weight) in links.iter().zip(weights) {
        demand[link.supply] += weight * populations[link.demand];
    }
    let ratio = |(supply, demand): (&f64, f64)| if demand > 0.0 { supply / demand } else { 0.0 };
    supplies.iter().zip(demand).map(ratio).collect()
}

/// The weighted sum over the links of each demand place.
// The places of the links were checked by `weigh`.
fn gather(links: &[Link], weights: &[f64], values: &[f64], demands: usize) -> Vec<f64> {
    let mut sums = vec![0.0; demands];
    for (link, weight) in links.iter().zip(weights) {
        sums[link.demand] += weight * values[link.supply];
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_wrong_is_said() {
        let link = |demand, supply, distance| Link {
            demand,
            supply,
            distance,
        };
        let bands = Decay::Bands(vec![(10.0, 1.0)]);
        let run = |links: &[Link], people: &[f64], doctors: &[f64]| {
            two_step(links, people, doctors, &bands).unwrap_err()
        };
        let good = link(0, 0, 1.0);
        assert_eq!(
            run(&[good, link(1, 0, 1.0)], &[5.0], &[1.0]),
            AccessError::NoSuchPlace(1)
        );
        assert_eq!(
            run(&[link(0, 1, 1.0)], &[5.0], &[1.0]),
            AccessError::NoSuchPlace(0)
        );
        assert_eq!(
            run(&[link(0, 0, f64::NAN)], &[5.0], &[1.0]),
            AccessError::BadDistance(0)
        );
        assert_eq!(run(&[good], &[-5.0], &[1.0]), AccessError::BadPopulation(0));
        assert_eq!(
            run(&[good], &[5.0], &[f64::INFINITY]),
            AccessError::BadSupply(0)
        );
        assert!(AccessError::BadSupply(3).to_string().contains('3'));
    }

    #[test]
    fn out_of_reach_is_no_access() {
        let bands = Decay::Bands(vec![(10.0, 1.0)]);
        let far = Link {
            demand: 0,
            supply: 0,
            distance: 10.1,
        };
        assert_eq!(two_step(&[far], &[5.0], &[1.0], &bands).unwrap(), [0.0]);
        assert_eq!(relative(&[0.0], &[5.0]), None);
        assert_eq!(relative(&[0.0, 1.0], &[5.0]), None);
        let curve = Decay::Gaussian {
            sigma: 5.0,
            reach: 15.0,
        };
        assert!((curve.weight(5.0) - (-0.5f64).exp()).abs() < 1e-15);
        assert_eq!(curve.weight(15.1), 0.0);
        let inverse = Decay::Inverse {
            nearest: 0.5,
            reach: 15.0,
        };
        assert_eq!(
            [0.0, 4.0, 16.0].map(|d| inverse.weight(d)),
            [2.0, 0.25, 0.0]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn supply_is_conserved_and_units_scale(
            distances in prop::collection::vec(0.0..20.0f64, 30),
            people in prop::collection::vec(1.0..5000.0f64, 6),
            doctors in prop::collection::vec(0.0..40.0f64, 5),
            factor in 0.1..10.0f64,
        ) {
            let decay = Decay::Bands(vec![(5.0, 1.0), (10.0, 0.68), (20.0, 0.22)]);
            let links: Vec<Link> = distances
                .iter()
                .enumerate()
                .map(|(i, &distance)| Link { demand: i % 6, supply: i / 6, distance })
                .collect();
            let total = |access: &[f64]| access.iter().zip(&people).map(|(a, p)| a * p).sum::<f64>();
            let access = two_step(&links, &people, &doctors, &decay).unwrap();
            let supply: f64 = doctors.iter().sum();
            prop_assert!((total(&access) - supply).abs() < 1e-9 * (1.0 + supply));
            let modified = two_step_modified(&links, &people, &doctors, &decay).unwrap();
            prop_assert!(total(&modified) <= supply + 1e-9);
            let more: Vec<f64> = people.iter().map(|p| p * factor).collect();
            let crowded = two_step(&links, &more, &doctors, &decay).unwrap();
            let better: Vec<f64> = doctors.iter().map(|d| d * factor).collect();
            let served = two_step(&links, &people, &better, &decay).unwrap();
            for ((a, b), c) in access.iter().zip(&crowded).zip(&served) {
                prop_assert!((a - b * factor).abs() < 1e-9 * (1.0 + a));
                prop_assert!((a * factor - c).abs() < 1e-9 * (1.0 + c));
            }
            // A place split in two at the same spot leaves every access as it was.
            let mut split_links = links.clone();
            split_links.extend(links.iter().filter(|l| l.demand == 0).map(|l| Link { demand: 6, ..*l }));
            let mut split_people = people.clone();
            split_people[0] *= 0.3;
            split_people.push(people[0] * 0.7);
            let split = two_step(&split_links, &split_people, &doctors, &decay).unwrap();
            for (a, b) in access.iter().zip(&split) {
                prop_assert!((a - b).abs() < 1e-12 * (1.0 + a));
            }
            prop_assert!((split[6] - access[0]).abs() < 1e-12 * (1.0 + access[0]));
        }
    }
}
