//! From when to when pairs are: of several periods, of a file that states none, of a mapping that does.

use std::collections::BTreeSet;

use super::{Row, YEAR, file, number, planted, sample};
use crate::workspace::{Fresh, done, read_csv, records, refused};

/// Two periods: the later one makes the network, and the earlier its quarters' market.
#[test]
fn of_several_periods_the_last_makes_the_network() {
    let fresh = Fresh::make();
    let pairs = planted();
    let old: Vec<(String, String, i64)> = pairs[..20]
        .iter()
        .map(|(f, t, n)| (f.clone(), t.clone(), n * 3))
        .collect();
    let folder = fresh.path();
    fresh.ingest(&[
        &file(folder, &pairs, YEAR),
        &file(folder, &old, ["2024-10-01", "2025-09-30"]),
    ]);
    let said = fresh.run();
    assert!(
        said.contains("shared patients of another period are loaded"),
        "{said}"
    );
    assert_eq!(fresh.table("network_ties").len(), pairs.len());
    let before: Vec<Row> = fresh.table("competitors");
    let providers = |quarter: &str| {
        let rows = before.iter();
        let of_all = rows.filter(|row| row["quarter"] == quarter && row["specialty"] == "all");
        of_all.count()
    };
    let of_old: BTreeSet<&str> = old.iter().map(|pair| pair.1.as_str()).collect();
    assert_eq!(
        (providers("2026Q3"), providers("2025Q3")),
        (24, of_old.len())
    );
    // As of the year before, the later file is not there.
    let out = folder.join("earlier");
    done(&[
        "-w",
        fresh.text(),
        "run",
        "--quarter",
        "2025Q3",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert_eq!(
        read_csv(&out.join("tables/network_ties.csv")).len(),
        old.len()
    );
}

/// The layout of CMS has no period: the quarter must be named, or a mapping says it.
#[test]
fn a_file_without_a_period_asks_for_the_quarter() {
    let fresh = Fresh::make();
    let pairs = sample("data-samples/layouts/cms_shared_patients/pairs.txt");
    fresh.ingest(&[&pairs]);
    for command in [
        &["run"][..],
        &["explain", "network_ties", "1", "2"],
        &["network", "show", "1"],
    ] {
        let mut arguments = vec!["-w", fresh.text()];
        arguments.extend(command);
        let message = refused(&arguments, 2);
        assert!(
            message.contains("do not say when their period ends"),
            "{message}"
        );
        assert!(message.contains("--quarter 2015Q4"), "{message}");
        assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    }
    let status = done(&["-w", fresh.text(), "status"]);
    assert!(
        status.contains("a day not stated to a day not stated"),
        "{status}"
    );
    let said = done(&["-w", fresh.text(), "run", "--quarter", "2015Q4"]);
    assert!(
        said.contains("from a day that no file states to a day that no file states"),
        "{said}"
    );
    let tables = fresh.path().join("out/2015Q4/tables");
    let ties = read_csv(&tables.join("network_ties.csv"));
    let text = std::fs::read_to_string(&pairs).unwrap();
    let mut expected: Vec<Vec<String>> = text
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            [cells[0], cells[1], cells[3]].map(str::to_string).to_vec()
        })
        .filter(|pair| pair[0] != pair[1])
        .collect();
    expected.sort();
    let found: Vec<Vec<String>> = ties
        .iter()
        .map(|tie| {
            ["npi_from", "npi_to", "patients"]
                .map(|c| tie[c].clone())
                .to_vec()
        })
        .collect();
    assert_eq!(found, expected);
    // The market of a period that nobody states is shown for that quarter alone.
    let quarters: BTreeSet<String> = read_csv(&tables.join("competitors.csv"))
        .into_iter()
        .map(|row| row["quarter"].clone())
        .collect();
    assert_eq!(quarters, BTreeSet::from(["2015Q4".to_string()]));
}

/// A mapping gives the period that the file lacks; it ends within a quarter, which is then run.
#[test]
fn a_mapping_states_the_period() {
    let fresh = Fresh::make();
    let folder = fresh.path().join("mappings");
    std::fs::create_dir_all(&folder).unwrap();
    let text = std::fs::read_to_string(sample("layouts/cms_shared_patients.toml")).unwrap();
    let stated =
        "period_from = { value = \"2014-10-01\" }\nperiod_to = { value = \"2015-10-01\" }\n";
    std::fs::write(folder.join("cms_2015.toml"), format!("{text}{stated}")).unwrap();
    fresh.ingest(&[&sample(
        "data-samples/layouts/cms_shared_patients/pairs.txt",
    )]);
    let said = done(&["-w", fresh.text(), "run"]);
    assert!(said.contains("from 2014-10-01 to 2015-10-01"), "{said}");
    let tables = fresh.path().join("out/2015Q4/tables");
    assert!(!read_csv(&tables.join("network_ties.csv")).is_empty());
    let now = read_csv(&tables.join("competitors.csv"));
    assert!(
        now.iter()
            .any(|row| row["quarter"] == "2015Q4" && !row["market_share"].is_empty())
    );
}

/// The public extract of pairs, with nobody's roster beside it.
#[test]
fn a_real_extract_makes_a_network() {
    let fresh = Fresh::make();
    let folder = fresh.path().join("mappings");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(
        sample("tests/real/mappings/pairs.toml"),
        folder.join("pairs.toml"),
    )
    .unwrap();
    let extract = sample("tests/real/shared_patient_pairs.csv");
    fresh.ingest(&[&extract]);
    done(&["-w", fresh.text(), "run", "--quarter", "2014Q4"]);
    let text = std::fs::read_to_string(&extract).unwrap();
    let cells = records(&text).split_off(1);
    let patients = |row: &[String]| -> i64 {
        let cell = [&row[3], &row[9]]
            .into_iter()
            .find(|cell| !cell.is_empty())
            .unwrap();
        cell.trim_end_matches(".0").parse().unwrap()
    };
    let pairs: BTreeSet<(&str, &str)> = cells
        .iter()
        .map(|r| (r[0].as_str(), r[1].as_str()))
        .collect();
    assert_eq!(pairs.len(), cells.len(), "a pair stands once");
    let rows = read_csv(&fresh.path().join("out/2014Q4/tables/network_ties.csv"));
    assert_eq!(
        rows.len(),
        pairs.iter().filter(|(from, to)| from != to).count()
    );
    let found: i64 = rows.iter().map(|row| number(row, "patients") as i64).sum();
    let others = cells.iter().filter(|row| row[0] != row[1]);
    assert_eq!(found, others.map(|row| patients(row)).sum::<i64>());
}
