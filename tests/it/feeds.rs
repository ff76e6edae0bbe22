//! A feed that stops: one warning, and nobody lapsed for it.

use std::collections::BTreeMap;

use crate::causes::{Story, npi};
use crate::inbox::Inbox;
use crate::workspace::{Fresh, Territory, records};

/// The rows of an export in two parts: those of referrers whose NPI is even, and the others.
fn parted(text: &str) -> (String, String) {
    let rows = records(text);
    let line = |cells: &[String]| {
        let quoted = cells
            .iter()
            .map(|c| format!("\"{}\"", c.replace('"', "\"\"")));
        quoted.collect::<Vec<_>>().join(",") + "\n"
    };
    let at = rows[0]
        .iter()
        .position(|name| name == "referring_npi")
        .unwrap();
    let (mut even, mut odd) = (line(&rows[0]), line(&rows[0]));
    for row in &rows[1..] {
        let digit = row[at].chars().last().and_then(|c| c.to_digit(10));
        let is_even = digit.is_some_and(|digit| digit % 2 == 0);
        if is_even { &mut even } else { &mut odd }.push_str(&line(row));
    }
    (even, odd)
}

/// In three territories half of the referrers come by a second feed, whose last two exports bring nothing.
/// None of them has lapsed for that, all say why, and the run warns once.
#[test]
fn a_stopped_feed_raises_no_lapse() {
    for seed in [1, 2, 3] {
        let territory = Territory::make(100, 12, seed);
        let inbox = in_two_feeds(&territory);
        let told = inbox.fresh.run();
        let warnings = told.matches("the feed fax has no referrals since").count();
        assert_eq!(warnings, 1, "{told}");
        let truth: BTreeMap<String, BTreeMap<String, String>> = territory
            .rows("truth/referrers.csv")
            .into_iter()
            .map(|row| (row["truth_npi"].clone(), row))
            .collect();
        let (mut by_fax, mut lapsed) = (0, 0);
        for row in inbox.fresh.table("referrers") {
            if row["cause"] != "feed_stopped" {
                continue;
            }
            by_fax += 1;
            let said = "The feed fax has brought nothing since March 2026";
            assert!(row["reason"].contains(said), "{}", row["reason"]);
            // Whoever stopped before the feed did may have lapsed all the same.
            let stopped_before = truth.get(&row["referring_npi"]).is_none_or(|planted| {
                let changed = planted["truth_changed_on"].as_str();
                planted["truth_behaviour"] != "steady" && changed < "2026-04-01"
            });
            lapsed += usize::from(row["status"] == "lapsed" && !stopped_before);
        }
        println!("seed {seed}: {by_fax} by the stopped feed, {lapsed} lapsed");
        assert!(by_fax > 30, "{by_fax}");
        assert!(lapsed <= 1, "{lapsed} of {by_fax}");
    }
}

/// The territory's exports, in which half of the referrers come by a feed of their own, of which the last
/// two exports bring nothing.
fn in_two_feeds(territory: &Territory) -> Inbox {
    let inbox = Inbox::make();
    let settings = inbox.fresh.path().join("catchment.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let sources = "\n[sources.fax]\npaths = [\"*fax*\"]\n";
    std::fs::write(&settings, text + sources).unwrap();
    for (at, export) in territory.exports().iter().enumerate() {
        let (fax, others) = parted(&std::fs::read_to_string(export).unwrap());
        inbox.put(&format!("export-{at:02}.csv"), others);
        if at < 10 {
            inbox.put(&format!("fax-{at:02}.csv"), fax);
        }
    }
    for name in [
        "providers",
        "organizations",
        "population",
        "capacity",
        "visits",
    ] {
        let path = territory.file(&format!("{name}.csv"));
        inbox.put(&format!("{name}.csv"), std::fs::read(path).unwrap());
    }
    let said = inbox.take(&[]);
    assert_eq!(said.code, 0, "{}", said.lines);
    inbox
}

/// Residents, locums, hospitalists and emergency physicians are listed and not judged.
#[test]
fn who_does_not_choose_is_not_screened() {
    let mut story = Story::begin();
    story.stopper(1, "independent", "PA", "", "");
    story.stopper(2, "independent", "PB", "", "");
    let inbox = story.run();
    assert_eq!(inbox.fresh.table("lapsed").len(), 2);
    // The roster again, a month later: one of the two is a resident.
    let providers = std::fs::read_to_string(inbox.path().join("providers.csv")).unwrap();
    let mut lines = providers.lines();
    let mut text = format!("{},role\n", lines.next().unwrap());
    for line in lines {
        let role = if line.starts_with(&npi(2)) {
            "resident"
        } else {
            ""
        };
        text.push_str(&format!("{line},{role}\n"));
    }
    let again = Fresh::make();
    let folder = tempfile::tempdir().unwrap();
    for entry in inbox.path().read_dir().unwrap().map(|e| e.unwrap().path()) {
        std::fs::copy(&entry, folder.path().join(entry.file_name().unwrap())).unwrap();
    }
    std::fs::write(folder.path().join("providers.csv"), text).unwrap();
    again.ingest(&[folder.path()]);
    again.run();
    let lapsed = again.table("lapsed");
    assert_eq!(lapsed.len(), 1);
    assert_eq!(lapsed[0]["referring_npi"], npi(1));
    let rows = again.table("referrers");
    let resident = rows
        .iter()
        .find(|row| row["referring_npi"] == npi(2))
        .unwrap();
    assert_eq!(resident["status"], "not_screened");
    assert_eq!(
        (resident["gap_p"].as_str(), resident["p_quiet"].as_str()),
        ("", "")
    );
}
