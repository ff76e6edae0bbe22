//! Practices: who takes over from whom, who falls silent together, and whom to call on then.

use std::collections::{BTreeMap, BTreeSet};

use crate::causes::{Story, day, npi};
use crate::workspace::{Fresh, Territory, done};

type Row = BTreeMap<String, String>;

fn row<'r>(rows: &'r [Row], practice: &str, specialty: &str) -> &'r Row {
    let fits = |row: &&Row| row["practice_id"] == practice && row["specialty"] == specialty;
    rows.iter().find(fits).unwrap()
}

/// At PA a colleague takes over what the lapsed sent, at PB nobody does, and at PC four who refer once in
/// ten weeks fall silent together, none of whom could be judged alone.
#[test]
fn a_lapse_is_a_loss_only_where_the_practice_fell() {
    let mut story = Story::begin();
    story.stopper(1, "independent", "PA", "", "");
    story.provider(2, "Colleague Two", "independent", "PA", "", "");
    story.weekly(2, 10, "2026-04-30", "2026-09-29");
    story.stopper(3, "independent", "PB", "", "");
    story.provider(4, "Colleague Four", "independent", "PB", "", "");
    let mut on = day("2025-01-09");
    while on <= day("2026-09-29") {
        story.weekly(4, 10, &on.to_string(), &on.to_string());
        on = on.plus(28);
    }
    for rare in 20..24 {
        story.provider(rare, "Rare One", "independent", "PC", "", "");
        let mut on = day("2024-10-02").plus(17 * (rare as i32 - 20));
        while on <= day("2026-01-31") {
            story.weekly(rare, 10, &on.to_string(), &on.to_string());
            on = on.plus(70);
        }
    }
    let inbox = story.run();
    let fresh = &inbox.fresh;
    let referrers: BTreeMap<String, Row> = fresh
        .table("referrers")
        .into_iter()
        .map(|row| (row["referring_npi"].clone(), row))
        .collect();
    for number in [1, 3] {
        assert_eq!(referrers[&npi(number)]["status"], "lapsed");
    }
    for rare in 20..24 {
        assert_ne!(referrers[&npi(rare)]["status"], "lapsed", "{rare}");
    }
    let practices = fresh.table("referrer_practices");
    let (a, b, c) = (
        row(&practices, "PA", "Cardiology"),
        row(&practices, "PB", "Cardiology"),
        row(&practices, "PC", "Cardiology"),
    );
    let told = |row: &Row| {
        let cells = ["referrers", "referrers_lapsed", "fell"];
        cells.map(|column| row[column].clone()).join(" ")
    };
    assert_eq!(told(a), "2 1 false");
    assert_eq!(told(b), "2 1 true");
    assert_eq!(
        (c["status"].as_str(), told(c).as_str()),
        ("lapsed", "4 0 true")
    );
    check_calls(&fresh.table("call_list"), &practices);
}

/// Calls go to PB and PC, with what is missing there, and speak of our service alone.
fn check_calls(calls: &[Row], practices: &[Row]) {
    let called: BTreeSet<&str> = calls
        .iter()
        .map(|row| row["practice_id"].as_str())
        .collect();
    assert_eq!(called, BTreeSet::from(["PB", "PC"]));
    let evidence = |practice: &str| &row(calls, practice, "Cardiology")["evidence"];
    assert!(
        evidence("PB").starts_with("1 of 2 referrers lapsed"),
        "{}",
        evidence("PB")
    );
    assert!(
        evidence("PC")
            .starts_with("the whole practice has lapsed in this specialty, with 4 referrers"),
        "{}",
        evidence("PC")
    );
    for call in calls {
        // No more than the practice as a whole has lost.
        let whole = &row(practices, &call["practice_id"], "all")["expected_lapse_loss"];
        let (expected, lost): (f64, f64) = (
            call["expected_referrals"].parse().unwrap(),
            whole.parse().unwrap(),
        );
        assert!(
            0.0 < expected && expected <= lost + 1e-9,
            "{expected} {lost}"
        );
        let starter = &call["conversation_starter"];
        assert!(
            !starter.contains("referrals") && !starter.contains("lapsed"),
            "{starter}"
        );
    }
}

/// Who retired, and whose number changed, needs no call; who went to somebody else does.
#[test]
fn nobody_calls_on_the_retired() {
    let mut story = Story::begin();
    story.stopper(1, "independent", "PA", "", "2026-05-31");
    story.stopper(2, "independent", "PB", "", "");
    let inbox = story.run();
    let lapsed = inbox.fresh.table("lapsed");
    let causes: BTreeSet<&str> = lapsed.iter().map(|row| row["cause"].as_str()).collect();
    assert_eq!(causes, BTreeSet::from(["retired", "stopped"]));
    let calls = inbox.fresh.table("call_list");
    let called: Vec<&str> = calls
        .iter()
        .map(|row| row["practice_id"].as_str())
        .collect();
    assert_eq!(called, ["PB"]);
}

/// Counts of a made territory's practices against one query over the referrals, and the row `all` against
/// the others.
#[test]
fn practices_equal_a_query() {
    let territory = Territory::make(80, 12, 6);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    let sql = "select p.referring_practice_id, p.specialty, count(*), count(distinct p.referred_on), \
         count(distinct p.referring_npi), min(p.referred_on), max(p.referred_on), \
         sum(case when p.quarter = '2026Q3' then 1 else 0 end) \
         from int_placed_referrals as p inner join referrers as r on r.referring_npi = p.referring_npi \
         where p.counts and p.destination_side = 'inside' and p.setting in ('office', 'telehealth') \
         and p.referring_practice_id <> 'unknown' group by 1, 2";
    let arguments = ["-w", fresh.text(), "query", sql, "--format", "csv"];
    let asked: BTreeSet<String> = done(&arguments)
        .lines()
        .skip(1)
        .map(str::to_string)
        .collect();
    let rows = fresh.table("referrer_practices");
    let columns = [
        "practice_id",
        "specialty",
        "referrals",
        "referral_days",
        "referrers",
        "first_on",
        "last_on",
        "q_0",
    ];
    let line = |row: &Row| columns.map(|column| row[column].clone()).join(",");
    let parts: BTreeSet<String> = rows
        .iter()
        .filter(|row| row["specialty"] != "all")
        .map(line)
        .collect();
    assert!(parts.len() > 100);
    assert_eq!(parts, asked);
    let sum = |all: bool| -> i64 {
        let of = rows.iter().filter(|row| (row["specialty"] == "all") == all);
        of.map(|row| row["referrals"].parse::<i64>().unwrap()).sum()
    };
    assert_eq!(sum(true), sum(false));
}
