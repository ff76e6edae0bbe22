//! Causes in made territories, against what was planted.

use std::collections::BTreeMap;

use crate::workspace::{Fresh, Territory};

/// Of those who were planted to retire and are silent, nine in ten are said to have retired; of those
/// who were planted to stop otherwise, nine in ten are not. Whoever a competitor bought is told too.
#[test]
fn retirements_are_found_and_no_others() {
    let (mut retired, mut found, mut stopped, mut wrong) = (0, 0, 0, 0);
    let mut words: BTreeMap<(String, String), u32> = BTreeMap::new();
    for seed in [1, 2, 3] {
        let territory = Territory::make(250, 12, seed);
        let fresh = Fresh::make();
        fresh.ingest(&[territory.path()]);
        fresh.run();
        let truth: BTreeMap<String, String> = territory
            .rows("truth/referrers.csv")
            .into_iter()
            .map(|row| (row["truth_npi"].clone(), row["truth_behaviour"].clone()))
            .collect();
        for row in fresh.table("referrers") {
            let is_silent = ["lapsed", "silent", "at_risk"].contains(&row["status"].as_str());
            let Some(behaviour) = truth.get(&row["referring_npi"]).filter(|_| is_silent) else {
                continue;
            };
            let is_retired = u32::from(row["cause"] == "retired");
            match behaviour.as_str() {
                "retired" => (retired, found) = (retired + 1, found + is_retired),
                "lapsed" => (stopped, wrong) = (stopped + 1, wrong + is_retired),
                _ => {}
            }
            *words
                .entry((behaviour.clone(), row["cause"].clone()))
                .or_default() += 1;
        }
    }
    println!(
        "retired: {found} of {retired} found; {wrong} of {stopped} who stopped are said to be"
    );
    println!("{words:?}");
    assert!(retired >= 8 && stopped >= 30, "{retired} {stopped}");
    assert!(found * 10 >= retired * 9, "{found} of {retired}");
    assert!(wrong * 10 <= stopped, "{wrong} of {stopped}");
    // Nothing but retirements and acquisitions is planted, so nothing else may be told of them.
    let told: Vec<&str> = words.keys().map(|key| key.1.as_str()).collect();
    let known = ["", "stopped", "retired", "acquired_by_competitor"];
    assert!(told.iter().all(|word| known.contains(word)), "{words:?}");
    let bought = words.get(&(
        "declining".to_string(),
        "acquired_by_competitor".to_string(),
    ));
    assert!(bought.is_some_and(|n| *n > 0), "{words:?}");
}
