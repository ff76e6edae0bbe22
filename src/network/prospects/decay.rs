//! How the chance of a tie fades with distance, fitted to who has one.
//!
//! Distances are kilometres here and in all that is fitted; between which places
//! they run is left to others.

/// The exponential fading of a chance with distance: e^(-rate × km).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// By how much the logarithm of the chance falls with each kilometre, at
    /// least 0.
    pub rate: f64,
}

/// A group within which all compete: how many live at each distance, and how
/// many of them have a tie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stratum {
    /// Distance in kilometres, how many are there, and how many of these have a
    /// tie. None is negative.
    pub places: Vec<(f64, u64, u64)>,
}

impl Decay {
    /// The distance at which the chance has fallen to 1 / e; none where it does
    /// not fall.
    pub fn scale_km(&self) -> Option<f64> {
        (self.rate > 0.0).then(|| 1.0 / self.rate)
    }

    /// What remains of a chance at a distance, from 0 to 1.
    ///
    /// ```
    /// use catchment_network::prospects::decay::Decay;
    ///
    /// let decay = Decay { rate: 0.1 };
    /// assert_eq!(decay.weight(0.0), 1.0);
    /// assert!((decay.weight(10.0) - 0.36787944117144233).abs() < 1e-15);
    /// assert_eq!(Decay { rate: 0.0 }.weight(1e9), 1.0);
    /// ```
    pub fn weight(&self, km: f64) -> f64 {
        (-self.rate * km).exp()
    }

    /// The rate under which those with a tie are most likely the ones that they
    /// are: the conditional likelihood of drawing them from their stratum with
    /// chances in proportion to e^(-rate × km). In each stratum that has a tie,
    /// one more counts as had by everybody in equal parts, so that the rate stays
    /// finite where the few who have one all live nearest.
    ///
    /// The likelihood's logarithm is concave in the rate, and where it is
    /// greatest the mean distance of those with a tie, and of the one more,
    /// equals the mean that the chances give, summed over the strata. The rate is
    /// 0 where those with a tie live no nearer than everybody, and where nobody
    /// has one.
    ///
    /// # Examples
    ///
    /// Two at 0 km and two at 1 km, of whom two and one have a tie. With the one
    /// more, 1.5 of four ties are at 1 km, so the odds are 5 to 3.
    ///
    /// ```
    /// use catchment_network::prospects::decay::{Decay, Stratum};
    ///
    /// let stratum = Stratum { places: vec![(0.0, 2, 2), (1.0, 2, 1)] };
    /// let decay = Decay::fit(&[stratum]);
    /// assert!((decay.rate - (5.0_f64 / 3.0).ln()).abs() < 1e-12);
    /// ```
    pub fn fit(strata: &[Stratum]) -> Self {
        let excess = |rate: f64| -> f64 { strata.iter().map(|s| s.excess(rate)).sum() };
        // The excess falls as the rate grows; its root is the answer.
        if excess(0.0) <= 0.0 {
            return Self { rate: 0.0 };
        }
        let (mut low, mut high) = (0.0, 1e-3);
        // At a rate that leaves the nearest alone the excess is below 0.
        while excess(high) > 0.0 && high < f64::MAX / 2.0 {
            (low, high) = (high, 2.0 * high);
        }
        // Halving sixty times leaves nothing that a double could tell apart.
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if excess(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        Self {
            rate: 0.5 * (low + high),
        }
    }
}

impl Stratum {
    /// By how much the distances of those with a tie, and of the one more, fall
    /// short, in sum, of what the chances at a rate give.
    fn excess(&self, rate: f64) -> f64 {
        let nearest = self
            .places
            .iter()
            .map(|p| p.0)
            .fold(f64::INFINITY, f64::min);
        let (mut tied, mut seen) = (0.0, 0.0);
        let (mut chances, mut expected) = (0.0, 0.0);
        let (mut people, mut travelled) = (0.0, 0.0);
        for &(km, all, with_tie) in &self.places {
            // Taken from the nearest on, the greatest chance is 1.
            let chance = all as f64 * (-rate * (km - nearest)).exp();
            chances += chance;
            expected += chance * km;
            people += all as f64;
            travelled += all as f64 * km;
            tied += with_tie as f64;
            seen += with_tie as f64 * km;
        }
        if tied > 0.0 && chances > 0.0 {
            (tied + 1.0) * expected / chances - seen - travelled / people
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lives_no_nearer_than_others_does_not_fade() {
        for places in [
            vec![],
            vec![(3.0, 5, 0)],
            vec![(3.0, 5, 4)],
            vec![(1.0, 4, 1), (9.0, 4, 1)],
            vec![(1.0, 4, 1), (9.0, 4, 3)],
        ] {
            assert_eq!(Decay::fit(&[Stratum { places }]).rate, 0.0);
        }
    }

    /// Two of two near by and none of eight far away: with the one more, 0.8 of three are far, so
    /// that a far one's chance is (0.8 / 2.2) / 4 of a near one's.
    #[test]
    fn where_only_the_nearest_have_ties_the_rate_stays_finite() {
        let stratum = Stratum {
            places: vec![(0.0, 2, 2), (10.0, 8, 0)],
        };
        let rate = (4.0 * 2.2 / 0.8_f64).ln() / 10.0;
        assert!((Decay::fit(&[stratum]).rate - rate).abs() < 1e-12);
    }
}
