//! Who has lapsed and what follows from it: the models against what was planted, and the tables made
//! of statuses against queries that share nothing with them.

use std::collections::{BTreeMap, BTreeSet};

use catchment::stats::forecasts::auc;
use catchment::stats::repeat_buying::{History, MbgNbd, Model, fit};

use crate::workspace::{Fresh, Territory, done};

type Row = BTreeMap<String, String>;

fn real(row: &Row, column: &str) -> Option<f64> {
    let cell = &row[column];
    (!cell.is_empty()).then(|| cell.parse().unwrap())
}

fn int(row: &Row, column: &str) -> i64 {
    row[column].parse().unwrap()
}

fn made(pcps: u32, seed: u64) -> (Territory, Fresh) {
    made_of(pcps, 12, seed)
}

fn made_of(pcps: u32, quarters: u32, seed: u64) -> (Territory, Fresh) {
    let territory = Territory::make(pcps, quarters, seed);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    (territory, fresh)
}

/// A year before that was never loaded is not a year of nothing: nobody grew since, and no bridge begins
/// at none.
#[test]
fn without_the_year_before_nobody_has_grown() {
    let (_, fresh) = made_of(20, 5, 6);
    let referrers = fresh.table("referrers");
    assert!(referrers.len() > 10);
    for row in &referrers {
        assert!(row["rate_ratio"].is_empty(), "{row:?}");
        assert!(
            !["growing", "declining"].contains(&row["status"].as_str()),
            "{row:?}"
        );
    }
    assert!(fresh.table("inbound_bridge").is_empty());
}

/// A query's answer as lines of its CSV.
fn asked(fresh: &Fresh, sql: &str) -> BTreeSet<String> {
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
    let text = done(&arguments);
    text.lines().skip(1).map(str::to_string).collect()
}

/// The same lines of a table, from these columns.
fn lines(rows: &[Row], columns: &[&str]) -> BTreeSet<String> {
    let line = |row: &Row| {
        let cells: Vec<&str> = columns.iter().map(|column| row[*column].as_str()).collect();
        cells.join(",")
    };
    rows.iter().map(line).collect()
}

/// Over two territories, from the histories that the table gives: the probability of still referring is
/// lower for those who were planted to stop a quarter before the end or earlier than for those planted
/// to stay. The table shows it where its parameters are identified, and only there.
#[test]
fn p_alive_tells_the_stopped_from_the_rest() {
    let (mut scores, mut gone) = (Vec::new(), Vec::new());
    for seed in [1, 2] {
        let (territory, fresh) = made(150, seed);
        let truth: BTreeMap<String, Row> = territory
            .rows("truth/referrers.csv")
            .into_iter()
            .map(|row| (row["truth_npi"].clone(), row))
            .collect();
        let models = fresh.table("referrers_models");
        let known: Vec<(History, &Row)> = models
            .iter()
            .filter_map(|row| {
                let x = real(row, "x")? as u32;
                let (t_x, t) = (real(row, "t_x")?, real(row, "t")?);
                Some((History { x, t_x, t }, row))
            })
            .collect();
        let histories: Vec<History> = known.iter().map(|known| known.0).collect();
        let found = fit::<MbgNbd>(&histories).unwrap();
        for (history, row) in known {
            let p = found.model.p_alive(&history);
            let shown = real(row, "mbg_nbd_p_alive");
            assert_eq!(
                shown.is_some(),
                found.identified() && history.x >= 2,
                "{row:?}"
            );
            assert!(shown.is_none_or(|shown| (shown - p).abs() < 1e-12));
            let Some(planted) = truth.get(&row["referring_npi"]) else {
                continue;
            };
            let stopped = ["lapsed", "retired"].contains(&planted["truth_behaviour"].as_str());
            let long_ago = planted["truth_changed_on"].as_str() <= "2026-06-30";
            if history.x >= 2 && (!stopped || long_ago) {
                scores.push(-p);
                gone.push(stopped);
            }
        }
    }
    let found = auc(&scores, &gone).unwrap();
    println!("area {:?} of {} referrers", found, scores.len());
    assert!(found.interval.low > 0.9, "{found:?}");
}

/// The columns of a referrer agree with each other.
#[test]
fn a_row_agrees_with_itself() {
    let (_territory, fresh) = made(80, 4);
    let rows = fresh.table("referrers");
    let models = fresh.table("referrers_models");
    assert_eq!(rows.len(), models.len());
    for (row, model) in rows.iter().zip(&models) {
        assert_eq!(row["referring_npi"], model["referring_npi"]);
        assert_eq!(row["p_alive"], model["mbg_cnbd_k_p_alive"]);
        assert_eq!(row["expected_next_quarter"], model["mbg_cnbd_k_expected"]);
        if let Some(ratio) = real(row, "rate_ratio") {
            let (now, before) = (
                real(row, "present_per_quarter"),
                real(row, "former_per_quarter"),
            );
            assert!(
                (ratio - now.unwrap() / before.unwrap()).abs() < 1e-12,
                "{row:?}"
            );
            assert!(real(row, "rate_ratio_low").unwrap() <= ratio);
        }
        let sentence = &row["reason"];
        assert!(sentence.ends_with('.') && sentence.starts_with(char::is_alphanumeric));
        match row["status"].as_str() {
            "lapsed" => {
                assert!(sentence.contains("by luck"), "{sentence}");
                assert_eq!(row["changed_on"], row["last_on"]);
            }
            "silent" => assert_eq!(row["changed_on"], row["last_on"]),
            "new" => assert_eq!(row["changed_on"], row["first_on"]),
            "stable" | "too_few" => assert_eq!(row["changed_on"], ""),
            _ => assert!(!row["changed_on"].is_empty(), "{row:?}"),
        }
    }
    let watched: Vec<&Row> = rows
        .iter()
        .filter(|row| ["at_risk", "silent"].contains(&row["status"].as_str()))
        .collect();
    assert!(!watched.is_empty());
    assert_eq!(fresh.table("watch").iter().collect::<Vec<_>>(), watched);
}

/// Under eight quarters of data the models say nothing.
#[test]
fn too_little_data_has_no_models() {
    let territory = Territory::make(40, 5, 3);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    let rows = fresh.table("referrers_models");
    assert!(!rows.is_empty());
    for row in rows {
        assert_eq!(
            (row["identified"].as_str(), row["mbg_nbd_p_alive"].as_str()),
            ("false", "")
        );
    }
    assert!(
        fresh.table("referrer_cohorts").is_empty() || fresh.table("referrer_cohorts").len() < 3
    );
}

/// The bridge against one query over the referrals and the statuses, and its parts against its ends.
#[test]
fn the_bridge_adds_up_and_equals_a_query() {
    let (_territory, fresh) = made(120, 9);
    let rows = fresh.table("inbound_bridge");
    let parts = [
        "new",
        "reactivated",
        "growing",
        "stable",
        "declining",
        "lapsed",
        "affiliation_changed",
    ];
    for row in &rows {
        let sum: i64 = parts.iter().map(|part| int(row, part)).sum();
        assert_eq!(int(row, "from_n") + sum, int(row, "to_n"), "{row:?}");
        assert!(int(row, "new") >= 0, "{row:?}");
    }
    let all = rows
        .iter()
        .find(|row| row["specialty"] == "all" && row["territory"] == "all")
        .unwrap();
    assert!(int(all, "lapsed") < 0 && int(all, "from_n") > 100);
    let sql = "with own as (select distinct referring_npi from int_placed_referrals \
         where counts and destination_side = 'inside' and referring_affiliation = 'own' \
         and quarter in ('2026Q3', '2026Q2', '2025Q3', '2025Q2') and referring_npi is not null), \
         changes as (select p.specialty, 'all' as territory, \
         case when p.quarter in ('2026Q3', '2026Q2') then 1 else 0 end as present, \
         case when p.quarter in ('2025Q3', '2025Q2') then 1 else 0 end as former, \
         case when o.referring_npi is not null then 'affiliation_changed' else coalesce(r.status, '') end as class \
         from int_placed_referrals as p left join referrers as r on r.referring_npi = p.referring_npi \
         left join own as o on o.referring_npi = p.referring_npi \
         where p.counts and p.destination_side = 'inside' and p.referring_affiliation <> 'own' \
         and p.quarter in ('2026Q3', '2026Q2', '2025Q3', '2025Q2')) \
         select specialty, territory, sum(former), \
         sum(case when class = 'new' then present - former else 0 end), \
         sum(case when class in ('declining', 'at_risk', 'silent') then present - former else 0 end), \
         sum(case when class = 'lapsed' then present - former else 0 end), \
         sum(case when class = 'affiliation_changed' then present - former else 0 end), sum(present) \
         from changes group by specialty, territory";
    let plain: Vec<Row> = rows
        .iter()
        .filter(|row| row["specialty"] != "all" && row["territory"] == "all")
        .cloned()
        .collect();
    let shown = [
        "specialty",
        "territory",
        "from_n",
        "new",
        "declining",
        "lapsed",
        "affiliation_changed",
        "to_n",
    ];
    assert_eq!(lines(&plain, &shown), asked(&fresh, sql));
}

/// What was lost is that of the rows of `lapsed`; the rows `all` are the sums of the others; the net is
/// one less the other.
#[test]
fn the_summary_adds_up() {
    let (_territory, fresh) = made(120, 9);
    let rows = fresh.table("lapsed_summary");
    let lapsed = fresh.table("lapsed");
    assert!(!lapsed.is_empty());
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    for row in &rows {
        let fits = |r: &&Row| {
            (row["specialty"] == "all" || r["specialty"] == row["specialty"])
                && (row["territory"] == "all" || r["territory"] == row["territory"])
        };
        let behind: Vec<&Row> = lapsed.iter().filter(fits).collect();
        assert_eq!(int(row, "count"), behind.len() as i64, "{row:?}");
        let loss: f64 = behind
            .iter()
            .filter_map(|r| real(r, "expected_lapse_loss"))
            .sum();
        let of = |column: &str| real(row, column).unwrap();
        assert!(near(of("lost_per_quarter"), loss), "{row:?}: {loss}");
        assert!(near(
            of("net"),
            of("gained_per_quarter") - of("lost_per_quarter")
        ));
        assert!(of("net_low") <= of("net") && of("net") <= of("net_high"));
    }
    let sum = |whole: bool| -> f64 {
        let is_all = |r: &&Row| (r["specialty"] == "all") == whole && r["territory"] == "all";
        rows.iter()
            .filter(is_all)
            .filter_map(|r| real(r, "gained_per_quarter"))
            .sum()
    };
    assert!(sum(true) > 0.0 && near(sum(true), sum(false)));
}

/// Cohorts against a query over the referral days: data begin in 2023Q4, so cohorts in 2024Q4.
#[test]
fn cohorts_equal_a_query() {
    let (_territory, fresh) = made(80, 6);
    let rows = fresh.table("referrer_cohorts");
    assert!(
        rows.iter()
            .all(|row| row["first_quarter"].as_str() >= "2024Q4")
    );
    for row in &rows {
        assert!(
            row["quarters_since"] != "0" || row["active"] == row["n"],
            "{row:?}"
        );
    }
    let sql = "with days as (select referring_npi, \
         cast(extract(year from referred_on) * 4 + extract(quarter from referred_on) - 1 as bigint) as q \
         from int_referrer_days), firsts as (select referring_npi, min(q) as f from days group by 1), \
         sizes as (select f, count(*) as n from firsts where f >= 8099 group by 1), \
         seen as (select f.f, d.q - f.f as since, count(distinct d.referring_npi) as active \
         from firsts as f inner join days as d on d.referring_npi = f.referring_npi group by 1, 2) \
         select concat(cast(s.f / 4 as varchar), 'Q', cast(s.f % 4 + 1 as varchar)), e.since, s.n, e.active \
         from sizes as s inner join seen as e on e.f = s.f";
    let columns = ["first_quarter", "quarters_since", "n", "active"];
    let some: Vec<Row> = rows
        .into_iter()
        .filter(|row| row["active"] != "0")
        .collect();
    assert!(!some.is_empty());
    assert_eq!(lines(&some, &columns), asked(&fresh, sql));
}
