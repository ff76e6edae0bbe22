//! The same bytes from the same seed, whatever the threads; others from another seed.

use std::collections::BTreeMap;
use std::fs;

use catchment_simulate::Settings;

use crate::territory::{Made, make, small};

fn bytes(made: &Made) -> BTreeMap<String, Vec<u8>> {
    let root = made.folder.path();
    let name = |f: &std::path::Path| f.strip_prefix(root).unwrap().display().to_string();
    made.summary
        .files
        .iter()
        .map(|f| (name(f), fs::read(f).unwrap()))
        .collect()
}

fn on_threads(threads: usize, settings: &Settings) -> BTreeMap<String, Vec<u8>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| bytes(&make(settings)))
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let settings = Settings {
        mess: true,
        ..small(11)
    };
    let one = on_threads(1, &settings);
    let two = on_threads(2, &settings);
    let five = on_threads(5, &settings);
    assert!(one == two && one == five);
    let other = on_threads(
        2,
        &Settings {
            seed: 12,
            ..settings
        },
    );
    let differ = |name: &str| one[name] != other[name];
    assert!(differ("providers.csv") && differ("capacity.csv") && differ("referrals-2026Q3.csv"));
}

/// The folder may hold an older simulation: its files are replaced.
#[test]
fn a_second_run_replaces_the_first() {
    let made = make(&small(13));
    let before = bytes(&made);
    let again = catchment_simulate::simulate(
        made.folder.path(),
        &made.settings,
        &catchment_base::progress::Silent,
    );
    assert_eq!(again.unwrap(), made.summary);
    assert!(bytes(&made) == before);
}
