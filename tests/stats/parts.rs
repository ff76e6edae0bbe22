//! The change of a part's share, reckoned from the clusters that have any of it, against that over all
//! clusters.

use catchment_stats::changes::{PairedWhole, ShareCluster, share_change};
use proptest::prelude::*;

fn clusters() -> impl Strategy<Value = Vec<ShareCluster>> {
    let draws = || (0_u64..40).prop_flat_map(|n| (prop_oneof![Just(0), 0..=n], Just(n)));
    let one =
        (draws(), draws()).prop_map(|((successes, n), (base_successes, base_n))| ShareCluster {
            successes,
            n,
            base_successes,
            base_n,
        });
    prop::collection::vec(one, 0..40)
}

proptest! {
    #[test]
    fn it_is_the_change_over_all_clusters(all in clusters()) {
        let whole = PairedWhole::of(all.iter().map(|c| (c.n, c.base_n)));
        let has_any = |c: &&ShareCluster| c.successes + c.base_successes > 0;
        let part: Vec<ShareCluster> = all.iter().filter(has_any).copied().collect();
        match (whole.change_of(&part), share_change(&all)) {
            (None, None) => {}
            (Some(of_part), Some(of_all)) => {
                for (a, b) in [
                    (of_part.estimate, of_all.estimate),
                    (of_part.low, of_all.low),
                    (of_part.high, of_all.high),
                    (of_part.p, of_all.p),
                ] {
                    prop_assert!((a - b).abs() < 1e-9, "{of_part:?} {of_all:?}");
                }
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}
