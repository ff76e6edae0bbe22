//! Fellegi and Sunter's weights: how much an agreement speaks for one and the same, and the
//! probability that it is.

/// The level of a field that one of the two sides leaves empty: it weighs nothing.
pub const MISSING: u8 = u8::MAX;

/// How a field agrees, by level from the least (0) to the greatest.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The share of each level among pairs that are one and the same; adds up to 1.
    pub m: Vec<f64>,
    /// The share of each level among pairs that are not; adds up to 1.
    pub u: Vec<f64>,
}

impl Field {
    /// A field of these shares, each brought to a sum of 1.
    ///
    /// ```
    /// use catchment_stats::linkage::Field;
    /// let field = Field::new(&[1.0, 9.0], &[99.0, 1.0]);
    /// assert!((field.weight(1) - 90f64.ln()).abs() < 1e-12);
    /// assert!((field.weight(0) - (0.1f64 / 0.99).ln()).abs() < 1e-12);
    /// ```
    pub fn new(m: &[f64], u: &[f64]) -> Self {
        let whole = |shares: &[f64]| {
            let sum: f64 = shares.iter().sum();
            shares.iter().map(|s| s / sum).collect()
        };
        Self {
            m: whole(m),
            u: whole(u),
        }
    }

    /// ln(m / u) of a level; 0 where the field is missing.
    pub fn weight(&self, level: u8) -> f64 {
        match (
            self.m.get(usize::from(level)),
            self.u.get(usize::from(level)),
        ) {
            (Some(m), Some(u)) => (m.max(TINY) / u.max(TINY)).ln(),
            _ => 0.0,
        }
    }

    /// The weight of a level whose value a share `frequency` of the population has: ln(m /
    /// frequency). A rare value weighs more than a common one (Winkler 1988).
    ///
    /// ```
    /// use catchment_stats::linkage::Field;
    /// let field = Field::new(&[0.1, 0.9], &[0.99, 0.01]);
    /// assert!(field.weight_of_value(1, 0.0001) > field.weight(1));
    /// assert!(field.weight_of_value(1, 0.05) < field.weight(1));
    /// assert!((field.weight_of_value(1, 0.01) - field.weight(1)).abs() < 1e-12);
    /// ```
    pub fn weight_of_value(&self, level: u8, frequency: f64) -> f64 {
        match self.m.get(usize::from(level)) {
            Some(m) => (m.max(TINY) / frequency.max(TINY)).ln(),
            None => 0.0,
        }
    }

    /// Makes the weights rise with the level: neighbours out of order share the weight of both
    /// together. The shares still add up to 1.
    pub(super) fn order(&mut self) {
        let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(self.m.len());
        for (m, u) in self.m.iter().zip(&self.u) {
            pools.push((*m, *u, 1));
            while let [.., low, high] = pools.as_slice()
                && low.0 * high.1 > high.0 * low.1
            {
                let merged = (low.0 + high.0, low.1 + high.1, low.2 + high.2);
                pools.truncate(pools.len() - 2);
                pools.push(merged);
            }
        }
        let mut at = 0;
        for (m, u, levels) in pools {
            for place in at..at + levels {
                // Within a pool, the share of a level follows how common it is among the others.
                let part = if u > 0.0 {
                    self.u[place] / u
                } else {
                    1.0 / levels as f64
                };
                self.m[place] = m * part;
            }
            at += levels;
        }
    }
}

/// What a share counts as where it is smaller, so that a weight stays finite.
const TINY: f64 = 1e-12;

/// Fields that are independent given whether a pair is one and the same, and the share of pairs
/// that are.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The share of all pairs that are one and the same.
    pub prior: f64,
    /// The fields in the order of a pattern's levels.
    pub fields: Vec<Field>,
}

impl Model {
    /// The weight of a pair: the sum of its fields' weights, in nats.
    pub fn weight(&self, levels: &[u8]) -> f64 {
        let fields = self.fields.iter().zip(levels);
        fields.map(|(field, &level)| field.weight(level)).sum()
    }

    /// The probability that a pair of these levels is one and the same.
    ///
    /// ```
    /// use catchment_stats::linkage::{Field, Model, MISSING};
    /// let field = Field::new(&[0.1, 0.9], &[0.99, 0.01]);
    /// let model = Model { prior: 0.01, fields: vec![field] };
    /// let expected = 0.01 * 0.9 / (0.01 * 0.9 + 0.99 * 0.01);
    /// assert!((model.posterior(&[1]) - expected).abs() < 1e-12);
    /// assert!((model.posterior(&[MISSING]) - 0.01).abs() < 1e-12);
    /// ```
    pub fn posterior(&self, levels: &[u8]) -> f64 {
        let odds = self.prior.ln() - (1.0 - self.prior).ln() + self.weight(levels);
        1.0 / (1.0 + (-odds).exp())
    }
}

/// The probability of each candidate where at most one can be meant.
///
/// A share `known` of those who are looked for stand in a population of `size`, each as likely as
/// the next before anything is compared. A candidate of weight w then has the probability
/// e^w known / size over (1 - known) + sum e^w known / size; who was not compared counts as weight
/// minus infinity. Two candidates of one weight have at most one half each, so a high probability
/// also says that the candidate is far ahead of the second.
///
/// ```
/// use catchment_stats::linkage::posteriors_of_one;
/// // Two of ten speak alike for themselves: neither can pass one half.
/// let two = posteriors_of_one(0.5, 10.0, &[9.0, 9.0]);
/// assert!(two[0] < 0.5 && two[0] > 0.499);
/// // One of ten without any evidence is one in ten of those who are known.
/// assert!((posteriors_of_one(0.5, 10.0, &[0.0])[0] - 0.05 / 0.55).abs() < 1e-12);
/// ```
pub fn posteriors_of_one(known: f64, size: f64, weights: &[f64]) -> Vec<f64> {
    let each = (known / size).ln();
    let logs: Vec<f64> = weights.iter().map(|w| w + each).collect();
    let nobody = (1.0 - known).ln();
    let greatest = logs.iter().copied().fold(nobody, f64::max);
    let sum: f64 =
        (nobody - greatest).exp() + logs.iter().map(|l| (l - greatest).exp()).sum::<f64>();
    logs.iter().map(|l| (l - greatest).exp() / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_out_of_order_share_a_weight() {
        let mut field = Field::new(&[0.1, 0.5, 0.2, 0.2], &[0.7, 0.05, 0.2, 0.05]);
        field.order();
        assert!((field.m.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((field.weight(1) - field.weight(2)).abs() < 1e-12);
        assert!((field.weight(1) - (0.7f64 / 0.25).ln()).abs() < 1e-12);
        assert!(field.weight(0) < field.weight(1) && field.weight(2) < field.weight(3));
    }

    fn shares() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(0.001f64..1.0, 4)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn ordered_weights_rise(m in shares(), u in shares()) {
            let mut field = Field::new(&m, &u);
            field.order();
            prop_assert!((field.m.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            for level in 1..4 {
                prop_assert!(field.weight(level) >= field.weight(level - 1) - 1e-9);
            }
            let once = field.clone();
            field.order();
            for (a, b) in once.m.iter().zip(&field.m) {
                prop_assert!((a - b).abs() < 1e-9);
            }
        }

        #[test]
        fn probabilities_leave_room_for_nobody(
            known in 0.01f64..0.99,
            weights in prop::collection::vec(-20.0f64..40.0, 0..12),
            at in 0usize..12,
        ) {
            let size = 20.0;
            let p = posteriors_of_one(known, size, &weights);
            prop_assert!(p.iter().sum::<f64>() <= 1.0 + 1e-12);
            prop_assert!(p.iter().all(|p| (0.0..=1.0).contains(p)));
            // More weight for one is more probability for it, and not more for any other.
            if let Some(place) = weights.get(at).map(|_| at) {
                let mut heavier = weights.clone();
                heavier[place] += 1.0;
                let q = posteriors_of_one(known, size, &heavier);
                for (other, (p, q)) in p.iter().zip(&q).enumerate() {
                    let rises = q >= p;
                    prop_assert!(rises && other == place || *q <= p + 1e-15);
                }
            }
        }
    }
}
