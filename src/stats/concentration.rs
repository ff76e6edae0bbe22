//! How concentrated referrals are: on how few of those who refer, or who receive, they rest.
//!
//! Amounts are counts of referrals by whoever the caller groups them by. Whose absence would hurt,
//! and what a market is, is the caller's.

/// The concentration of amounts on their holders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concentration {
    /// The Herfindahl-Hirschman index as a fraction: the sum of squared shares, from 1 / holders
    /// (all alike) to 1 (one has everything). The chance that two amounts drawn with replacement
    /// belong to one holder.
    pub herfindahl: f64,
    /// The index without its upward bias in small samples, (n Σ s² - 1) / (n - 1): the chance that two
    /// different ones belong to one holder (Simpson 1949; Hall and Tideman 1967), from 0 to 1. `None`
    /// for a total of 1.
    pub unbiased: Option<f64>,
    /// The index on a scale on which all alike is 0 and one alone is 1, (H - 1/N) / (1 - 1/N) with N
    /// the holders of something; 1 where there is one.
    pub normalised: f64,
    /// How many holders of equal size would be as concentrated, 1 / H.
    pub effective: f64,
    /// How many hold anything.
    pub holders: usize,
    /// The sum of all amounts.
    pub total: u64,
}

impl Concentration {
    /// The index as it is usually printed, from 0 to 10,000 (shares in per cent, squared and added).
    pub fn points(&self) -> f64 {
        10_000.0 * self.herfindahl
    }
}

/// The concentration of these amounts; holders of nothing make no difference. `None` where all is
/// nothing.
///
/// The squares are added as whole numbers, so neither order nor size rounds them.
///
/// ```
/// use catchment_stats::concentration::measure;
/// // Shares of 50, 30 and 20 per cent.
/// let concentration = measure(&[5, 3, 2]).unwrap();
/// assert_eq!(concentration.points(), 3800.0);
/// assert!((concentration.effective - 1.0 / 0.38).abs() < 1e-12);
/// ```
pub fn measure(amounts: &[u64]) -> Option<Concentration> {
    let total: u64 = amounts.iter().sum();
    if total == 0 {
        return None;
    }
    let squares: u128 = amounts.iter().map(|&a| u128::from(a) * u128::from(a)).sum();
    let holders = amounts.iter().filter(|&&amount| amount > 0).count();
    let all = total as f64;
    let herfindahl = squares as f64 / (all * all);
    let least = 1.0 / holders as f64;
    let normalised = if holders > 1 {
        ((herfindahl - least) / (1.0 - least)).clamp(0.0, 1.0)
    } else {
        1.0
    };
    Some(Concentration {
        herfindahl,
        // The sum of squares is at least the total, so the difference is not negative.
        unbiased: (total > 1).then(|| (squares - u128::from(total)) as f64 / (all * (all - 1.0))),
        normalised,
        effective: 1.0 / herfindahl,
        holders,
        total,
    })
}

/// The share of the total that the largest `k` hold together; `None` where all is nothing.
///
/// ```
/// use catchment_stats::concentration::top_share;
/// assert_eq!(top_share(&[1, 6, 3], 2), Some(0.9));
/// assert_eq!(top_share(&[1, 6, 3], 10), Some(1.0));
/// ```
pub fn top_share(amounts: &[u64], k: usize) -> Option<f64> {
    let shares = cumulative_shares(amounts);
    match k {
        0 => shares.first().map(|_| 0.0),
        _ => shares.get(k - 1).or(shares.last()).copied(),
    }
}

/// The share of the total that the largest one, two, three and so on hold together, over all who
/// hold anything; the last is exactly 1. Empty where all is nothing.
///
/// ```
/// use catchment_stats::concentration::cumulative_shares;
/// assert_eq!(cumulative_shares(&[1, 0, 6, 3]), [0.6, 0.9, 1.0]);
/// ```
pub fn cumulative_shares(amounts: &[u64]) -> Vec<f64> {
    let mut sorted: Vec<u64> = amounts.iter().copied().filter(|&a| a > 0).collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let total: u64 = sorted.iter().sum();
    let mut sum = 0;
    sorted
        .into_iter()
        .map(|amount| {
            sum += amount;
            sum as f64 / total as f64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn closed_forms() {
        let alone = measure(&[0, 7]).unwrap();
        assert_eq!((alone.points(), alone.unbiased), (10_000.0, Some(1.0)));
        assert_eq!((alone.normalised, alone.effective), (1.0, 1.0));
        let even = measure(&[25; 4]).unwrap();
        assert_eq!((even.points(), even.effective), (2500.0, 4.0));
        assert_eq!(even.normalised, 0.0);
        // (100 * 0.25 - 1) / 99.
        assert!((even.unbiased.unwrap() - 24.0 / 99.0).abs() < 1e-15);
        let apart = measure(&[1; 8]).unwrap();
        assert_eq!(apart.unbiased, Some(0.0));
        assert_eq!(measure(&[1]).unwrap().unbiased, None);
        // 50, 30 and 20 per cent: (0.38 - 1/3) / (2/3).
        let three = measure(&[30, 50, 20]).unwrap();
        assert!((three.normalised - 0.07).abs() < 1e-12);
        assert_eq!((measure(&[0, 0]), measure(&[])), (None, None));
    }

    /// Two referrals in the hand of one holder, by looking at every pair.
    fn same_holder(amounts: &[u64], replaced: bool) -> f64 {
        let holders: Vec<usize> = amounts
            .iter()
            .enumerate()
            .flat_map(|(holder, &amount)| vec![holder; amount as usize])
            .collect();
        let (mut same, mut pairs) = (0, 0);
        for (i, a) in holders.iter().enumerate() {
            for (j, b) in holders.iter().enumerate() {
                if replaced || i != j {
                    same += u32::from(a == b);
                    pairs += 1;
                }
            }
        }
        f64::from(same) / f64::from(pairs)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn equals_the_chance_of_one_holder(amounts in prop::collection::vec(0_u64..9, 1..8)) {
            prop_assume!(amounts.iter().sum::<u64>() > 1);
            let found = measure(&amounts).unwrap();
            prop_assert!((found.herfindahl - same_holder(&amounts, true)).abs() < 1e-12);
            prop_assert!((found.unbiased.unwrap() - same_holder(&amounts, false)).abs() < 1e-12);
        }

        #[test]
        fn stays_within_its_bounds_whatever_the_order(
            amounts in prop::collection::vec(0_u64..1_000_000_000, 1..40), k in 0_usize..50
        ) {
            prop_assume!(amounts.iter().any(|&a| a > 0));
            let found = measure(&amounts).unwrap();
            let (most, holders) = (found.herfindahl, found.holders as f64);
            prop_assert!(most <= 1.0 && most >= 1.0 / holders - 1e-12);
            prop_assert!(found.unbiased.is_none_or(|u| (0.0..=1.0).contains(&u) && u <= most));
            prop_assert!((0.0..=1.0).contains(&found.normalised));
            prop_assert!(found.effective >= 1.0 && found.effective <= holders + 1e-9);
            let mut turned: Vec<u64> = amounts.iter().rev().copied().collect();
            turned.push(0);
            prop_assert_eq!(measure(&turned), Some(found));
            let shares = cumulative_shares(&amounts);
            prop_assert_eq!(&cumulative_shares(&turned), &shares);
            prop_assert_eq!((shares.len(), shares.last().copied()), (found.holders, Some(1.0)));
            prop_assert!(shares.is_sorted());
            // The first k have no less than any other k, and not less than their even share.
            let top = top_share(&amounts, k).unwrap();
            let first: u64 = amounts.iter().take(k).sum();
            prop_assert!(top >= first as f64 / found.total as f64 - 1e-12);
            // The largest share lies between the index and its root.
            prop_assert!(shares[0] >= most - 1e-12 && shares[0] <= most.sqrt() + 1e-12);
        }
    }
}
