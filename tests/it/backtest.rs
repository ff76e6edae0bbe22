//! Looking back: the lists of past quarters, what came after, the rules beside each other, and how it is
//! told.

use std::collections::{BTreeMap, BTreeSet};

use catchment::base::Workspace;
use catchment::base::progress::Silent;
use catchment::engine::Engine;
use catchment::lake::Snapshot;
use catchment::standpoint::prepare;

use crate::causes::Story;
use crate::workspace::{Fresh, Territory, done, refused};

type Row = BTreeMap<String, String>;

fn made(pcps: u32, seed: u64, quarters: u32) -> (Territory, Fresh) {
    let territory = Territory::make(pcps, 12, seed);
    let fresh = Fresh::looking_back(quarters);
    fresh.ingest(&[territory.path()]);
    fresh.run();
    (territory, fresh)
}

fn of<'r>(rows: &'r [Row], quarter: &str, rule: &str, bin: &str) -> &'r Row {
    let fits = |r: &&Row| r["as_of_quarter"] == quarter && r["rule"] == rule && r["bin"] == bin;
    rows.iter().find(fits).unwrap()
}

fn real(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn int(row: &Row, column: &str) -> i64 {
    row[column].parse().unwrap()
}

/// The cells of these columns, as a line.
fn line(columns: &[&str], row: &Row) -> String {
    let cells: Vec<&str> = columns.iter().map(|column| row[*column].as_str()).collect();
    cells.join(",")
}

/// The list of 2026Q1 as made from 2026Q3 is the one that a run of 2026Q1 makes, but for those of whom
/// nothing can be judged.
#[test]
fn a_past_list_is_that_of_a_run_of_its_quarter() {
    let (_territory, fresh) = made(80, 3, 1);
    let past = fresh.path().join("past");
    let out = past.to_str().unwrap();
    done(&[
        "-w",
        fresh.text(),
        "run",
        "--quarter",
        "2026Q1",
        "--out",
        out,
    ]);
    let columns = [
        "referring_npi",
        "status",
        "days_silent",
        "p_quiet",
        "practice_id",
        "county",
    ];
    let rows = crate::workspace::read_csv(&past.join("tables/referrers.csv"));
    let judged = rows.iter().filter(|row| !row["p_quiet"].is_empty());
    let then: BTreeSet<String> = judged.map(|row| line(&columns, row)).collect();
    let lists = fresh.table("backtest_lists");
    assert!(lists.iter().all(|row| row["as_of_quarter"] == "2026Q1"));
    let again: BTreeSet<String> = lists.iter().map(|row| line(&columns, row)).collect();
    assert!(then.len() > 50);
    assert_eq!(again, then);
}

/// What came after and who was visited are those of queries over referrals and visits.
#[test]
fn what_came_after_equals_queries() {
    let (_territory, fresh) = made(80, 3, 2);
    let lists = fresh.table("backtest_lists");
    let quarters: BTreeSet<&str> = lists.iter().map(|r| r["as_of_quarter"].as_str()).collect();
    assert_eq!(quarters, BTreeSet::from(["2025Q4", "2026Q1"]));
    let asked = |sql: &str| -> BTreeSet<String> {
        let arguments = [
            "-w",
            fresh.text(),
            "query",
            sql,
            "--quarter",
            "2026Q3",
            "--format",
            "csv",
        ];
        done(&arguments)
            .lines()
            .skip(1)
            .map(str::to_string)
            .collect()
    };
    let within = |day: &str| {
        format!(
            "{day} > case l.as_of_quarter when '2026Q1' then date '2026-03-31' else date '2025-12-31' end \
             and {day} <= case l.as_of_quarter when '2026Q1' then date '2026-09-30' else date '2026-06-30' end"
        )
    };
    let after = asked(&format!(
        "select l.as_of_quarter, l.referring_npi, count(p.referral_id) from backtest_lists as l \
         left join int_placed_referrals as p on p.referring_npi = l.referring_npi and p.counts \
         and p.destination_side = 'inside' and p.setting in ('office', 'telehealth') and {} group by 1, 2",
        within("p.referred_on")
    ));
    let key = ["as_of_quarter", "referring_npi", "referrals_after"];
    let shown: BTreeSet<String> = lists.iter().map(|row| line(&key, row)).collect();
    assert_eq!(shown, after);
    let visited = asked(&format!(
        "select distinct l.as_of_quarter, l.referring_npi from backtest_lists as l inner join \
         (select coalesce(nullif(v.practice_id, ''), d.practice_id) as practice_id, v.visited_on from stg_visits as v \
         left join int_provider_days as d on d.npi = v.npi and d.on_day = date '2026-09-30') as c \
         on c.practice_id = l.practice_id and {}",
        within("c.visited_on")
    ));
    let of = lists.iter().filter(|row| row["visited_after"] == "true");
    let shown: BTreeSet<String> = of.map(|row| line(&key[..2], row)).collect();
    assert!(!shown.is_empty());
    assert_eq!(shown, visited);
}

/// Over five territories: who was listed hardly ever came back, our area is greater than that of plain
/// rules, and recency lists as many as we do.
#[test]
fn the_list_beats_plain_rules() {
    let (mut listed, mut right) = (0, 0);
    let mut gains: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for seed in 21..26 {
        let (_territory, fresh) = made(120, seed, 2);
        let rows = fresh.table("backtest");
        let ours = of(&rows, "all", "catchment", "all");
        assert_eq!(
            int(of(&rows, "all", "recency", "all"), "flagged"),
            int(ours, "flagged")
        );
        let found = int(ours, "flagged");
        listed += found;
        right += found - int(ours, "came_back") - int(ours, "came_back_visited");
        for rule in ["days=90", "days=180", "recency"] {
            let row = of(&rows, "all", rule, "all");
            let gain = real(row, "auc_gain");
            assert!((real(ours, "auc") - real(row, "auc") - gain).abs() < 1e-9);
            assert!(real(row, "auc_gain_low") <= gain && gain <= real(row, "auc_gain_high"));
            gains.entry(rule).or_default().push(gain);
        }
        let bins: Vec<&Row> = rows
            .iter()
            .filter(|r| {
                r["as_of_quarter"] == "all" && r["rule"] == "catchment" && r["bin"] != "all"
            })
            .collect();
        assert_eq!(
            bins.iter().map(|r| int(r, "n")).sum::<i64>(),
            int(ours, "n")
        );
    }
    println!("{right} of {listed} listed never came back; gains {gains:?}");
    assert!(
        listed >= 20 && right * 100 >= 85 * listed,
        "{right} of {listed}"
    );
    for (rule, gains) in gains {
        let mean = gains.iter().sum::<f64>() / gains.len() as f64;
        assert!(mean > 0.0, "{rule}: {gains:?}");
    }
}

/// Exports of one day can't show how the past looked; the lists say so.
#[test]
fn what_is_walked_back_is_said() {
    let mut story = Story::begin();
    story.stopper(1, "independent", "PA", "", "");
    let inbox = story.run();
    let workspace = inbox.fresh.text();
    let asked = ["-w", workspace, "backtest", "--quarters", "1"];
    let told = done(&asked);
    assert!(told.contains("beware: of 2026Q1"), "{told}");
    let table = done(&[&asked[..], &["--format", "csv"]].concat());
    let known = |line: &str| line.split(',').any(|cell| cell == "true");
    assert!(
        table.lines().count() > 3 && !table.lines().skip(1).any(known),
        "{table}"
    );
}

/// `catchment backtest` says the table that a run writes, and with more quarters more.
#[test]
fn the_command_says_what_the_table_says() {
    let (_territory, fresh) = made(60, 8, 2);
    let arguments = [
        "-w",
        fresh.text(),
        "backtest",
        "--quarters",
        "2",
        "--format",
        "csv",
    ];
    let table = std::fs::read_to_string(fresh.out().join("tables/backtest.csv")).unwrap();
    assert_eq!(done(&arguments), table);
    let told = done(&["-w", fresh.text(), "backtest"]);
    assert!(
        told.starts_with("Lists of 6 quarters (2024Q4 to 2026Q1)"),
        "{told}"
    );
    for word in ["catchment", "days=90", "recency", "forecast", "warning"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let message = refused(
        &["-w", fresh.text(), "backtest", "--lapse-rule", "weeks=9"],
        2,
    );
    assert!(message.contains("days=90"), "{message}");
}

/// With too little data, or none that refers to us, nothing can be looked back at.
#[test]
fn too_little_data_is_said() {
    let territory = Territory::make(30, 5, 3);
    let fresh = Fresh::looking_back(4);
    fresh.ingest(&[territory.path()]);
    fresh.run();
    assert!(fresh.table("backtest").is_empty());
    let told = done(&["-w", fresh.text(), "backtest"]);
    assert!(
        told.starts_with("Nothing can be looked back at yet"),
        "{told}"
    );
}

/// With a rule of days whoever is silent so long has lapsed, and nobody else; the command line and the
/// configuration mean the same.
#[test]
fn a_rule_of_days_takes_the_place_of_the_gap() {
    let territory = Territory::make(60, 12, 4);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    done(&["-w", fresh.text(), "run", "--lapse-rule", "days=90"]);
    let rows = fresh.table("referrers");
    let mut lapsed = 0;
    for row in rows
        .iter()
        .filter(|row| !["too_few", "not_screened"].contains(&row["status"].as_str()))
    {
        let is_lapsed = row["status"] == "lapsed";
        assert_eq!(is_lapsed, int(row, "days_silent") >= 90, "{row:?}");
        if is_lapsed {
            lapsed += 1;
            assert!(
                row["reason"].contains("by the rule of 90 days"),
                "{}",
                row["reason"]
            );
        }
    }
    assert!(lapsed > 10);
    let by_option = fresh.bytes();
    fresh.configure("rule = \"gap\"", "rule = \"days=90\"");
    fresh.run();
    assert_eq!(fresh.bytes(), by_option);
}

/// Whatever rule a run goes by, the past is judged by the gap test beside the rules of days; and nobody is
/// called on where a rule of days finds a lapse by which nothing is lost.
#[test]
fn a_rule_of_days_changes_neither_the_past_nor_what_a_call_is_for() {
    let (_territory, fresh) = made(60, 4, 1);
    let tables = ["backtest", "backtest_lists"];
    let by_gap = tables.map(|name| fresh.table(name));
    assert!(!by_gap[0].is_empty());
    done(&["-w", fresh.text(), "run", "--lapse-rule", "days=90"]);
    assert_eq!(tables.map(|name| fresh.table(name)), by_gap);
    let practices = fresh.table("referrer_practices");
    let missing = |practice: &str, specialty: &str| {
        let is_it = |row: &&Row| row["practice_id"] == practice && row["specialty"] == specialty;
        let row = practices.iter().find(is_it).unwrap();
        real(row, "former_per_quarter") - real(row, "present_per_quarter")
    };
    let mut whole = 0;
    for call in fresh.table("call_list") {
        assert!(real(&call, "expected_referrals") > 0.0, "{call:?}");
        if call["evidence"].starts_with("the whole practice") {
            whole += 1;
            let practice = &call["practice_id"];
            let lost = missing(practice, &call["specialty"]);
            assert!(missing(practice, "all") >= 0.5 * lost, "{call:?}");
        }
    }
    assert!(whole > 0);
}

/// Two engines of one process have folders of their own; and a mart whose rows are gone is an error, not
/// an empty table.
#[test]
fn no_engine_takes_the_rows_of_another() {
    let territory = Territory::make(20, 5, 3);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    let workspace = Workspace::open(fresh.path()).unwrap();
    let (one, other) = (
        workspace.new_scratch().unwrap(),
        workspace.new_scratch().unwrap(),
    );
    assert_ne!(one.path(), other.path());
    assert!(one.path().is_dir() && other.path().is_dir());
    let config = workspace.config().unwrap();
    let engine = Engine::new(one.path(), None, None).unwrap();
    let snapshot = Snapshot::read(&engine, &workspace).unwrap();
    let quarter = "2026Q3".parse().unwrap();
    let warehouse = prepare(&engine, &workspace, &config, &snapshot, quarter, one.path()).unwrap();
    warehouse.build(&["int_referral_span"], &Silent).unwrap();
    assert_eq!(warehouse.read("int_referral_span").unwrap().rows(), 1);
    for entry in one
        .path()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if entry.is_file() {
            std::fs::remove_file(entry).unwrap();
        } else {
            std::fs::remove_dir_all(entry).unwrap();
        }
    }
    let error = warehouse.read("int_referral_span").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("rows of mart int_referral_span are gone"),
        "{error}"
    );
}
