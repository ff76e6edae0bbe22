//! Where a number came from: what stands behind cells of every table gives them again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use catchment::base::{Quarter, Workspace};
use catchment::engine::{Engine, Value};
use catchment::explanation::{Explained, explain};
use catchment::findings::FINDINGS;
use catchment::lake::Snapshot;
use catchment::marts::Catalogue;
use catchment::standpoint::prepare;

use crate::workspace::{Fresh, Territory, done, records, refused};

type Row = BTreeMap<String, String>;

/// Tables none of whose columns is made of rows, each with its reason.
const SAY_NO_NUMBER: &[&str] = &[
    // Its row is about the run: the version, the settings, the sources.
    "run_info",
    // What a model says is no sum of rows.
    "referrers_models",
];

/// Columns that are named for patients and hold counts.
const COUNTS_OF_PATIENTS: &[&str] = &[
    "patients",
    "patients_in",
    "patients_out",
    "patients_inside",
    "patients_leaving",
];

/// Tables whose rates are rounded on purpose, each with its unit and its reason.
const ROUNDED: &[(&str, f64)] = &[
    // Whole millionths of a point, so that the six parts add up exactly.
    ("leakage_change_explained", 1e-8),
];

/// Numbers of a fixed sequence (SplitMix64), so that the same cells are taken every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    /// So many different rows at random, one with `all` in its key, and the first and last.
    fn take<'r>(&mut self, rows: &'r [Row], key: &[String], n: usize) -> Vec<&'r Row> {
        let mut taken: BTreeSet<usize> = [0, rows.len() - 1].into();
        let all: Vec<usize> = (0..rows.len())
            .filter(|at| key.iter().any(|column| rows[*at][column] == "all"))
            .collect();
        if !all.is_empty() {
            taken.insert(all[self.below(all.len())]);
        }
        while taken.len() < (n + 3).min(rows.len()) {
            taken.insert(self.below(rows.len()));
        }
        taken.into_iter().map(|at| &rows[at]).collect()
    }
}

/// A workspace with a made territory that was run, and all that explains its cells.
struct Bench {
    fresh: Fresh,
    quarter: Quarter,
}

impl Bench {
    fn make(territory: &Territory, settings: &[(&str, &str)]) -> Self {
        let fresh = Fresh::looking_back(2);
        let path = fresh.path().join("catchment.toml");
        let mut text = std::fs::read_to_string(&path).unwrap();
        for (from, to) in settings {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        std::fs::write(&path, text).unwrap();
        fresh.ingest(&[territory.path()]);
        fresh.run();
        Self {
            fresh,
            quarter: Quarter::of(2026, 3),
        }
    }

    /// Asks with everything that explaining needs.
    fn ask<T>(&self, questions: impl FnOnce(&dyn Fn(&str, &[String]) -> Explained) -> T) -> T {
        let workspace = Workspace::at(self.fresh.path());
        let config = workspace.config().unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let engine = Engine::new(scratch.path(), None, Some(2)).unwrap();
        let snapshot = Snapshot::read(&engine, &workspace).unwrap();
        let warehouse = prepare(
            &engine,
            &workspace,
            &config,
            &snapshot,
            self.quarter,
            scratch.path(),
        )
        .unwrap();
        questions(&|table, key| {
            explain(&warehouse, &engine, &workspace, self.quarter, (table, key))
                .unwrap_or_else(|e| panic!("{table} {key:?}: {e:?}"))
        })
    }

    fn tables(&self) -> BTreeSet<String> {
        let folder = self.fresh.out().join("tables");
        let files = folder.read_dir().unwrap();
        files
            .map(|entry| {
                let path = entry.unwrap().path();
                path.file_stem().unwrap().to_str().unwrap().to_string()
            })
            .collect()
    }
}

fn catalogue() -> Catalogue {
    Catalogue::read(Path::new("no such folder")).unwrap()
}

/// Whether a cell of the table's CSV says what its rows give.
fn agrees(table: &str, cell: &str, value: Option<&Value>) -> bool {
    let rounded = ROUNDED.iter().find(|(known, _)| *known == table);
    let unit = rounded.map_or(0.0, |(_, unit)| *unit);
    let close = |given: f64| {
        let said: f64 = cell.parse().unwrap_or(f64::NAN);
        (said - given).abs() <= unit / 2.0 + 1e-12 * said.abs().max(1.0)
    };
    match value {
        None => cell.is_empty(),
        Some(Value::Int(given)) => cell == given.to_string(),
        Some(Value::Real(given)) => close(*given),
        Some(Value::Day(given)) => cell == given.to_string(),
        Some(_) => false,
    }
}

/// What is wrong between a row of the table and the rows behind it.
fn complaints(table: &str, row: &Row, explained: &Explained) -> Vec<String> {
    let mut found = Vec::new();
    for number in &explained.numbers {
        let cell = &row[&number.column];
        if !agrees(table, cell, number.value.as_ref()) {
            found.push(format!(
                "{table} {:?}: {} is {cell:?}, and {} gives {:?}",
                explained.key, number.column, number.made_of, number.value
            ));
        }
    }
    for column in explained.rows.columns() {
        let is_count =
            COUNTS_OF_PATIENTS.contains(&column.as_str()) && explained.rows.int(&column).is_ok();
        if column.contains("patient") && !is_count {
            found.push(format!("{table}: its rows show {column}"));
        }
    }
    found
}

/// Cells of every table, taken at random, and the rows behind them.
fn check(bench: &Bench, seed: u64, empty: &[&str]) {
    let catalogue = catalogue();
    let mut dice = Dice(seed);
    let mut found = Vec::new();
    let (mut cells, mut rows_behind) = (0, 0);
    bench.ask(|explain| {
        for table in bench.tables() {
            let explanation = catalogue.explanation(&table).unwrap();
            let rows = bench.fresh.table(&table);
            assert_eq!(rows.is_empty(), empty.contains(&table.as_str()), "{table}");
            if rows.is_empty() {
                continue;
            }
            let mut behind = 0;
            for row in dice.take(&rows, &explanation.key, 9) {
                let key: Vec<String> = explanation.key.iter().map(|c| row[c].clone()).collect();
                let explained = explain(&table, &key);
                assert_eq!(explained.row.rows(), 1, "{table} {key:?}");
                found.extend(complaints(&table, row, &explained));
                cells += explained.numbers.len();
                behind += explained.rows.rows();
            }
            assert!(behind > 0, "{table} has no rows behind it");
            rows_behind += behind;
        }
    });
    println!("{cells} cells of {rows_behind} rows");
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(cells > 1000 && rows_behind > 1000, "{cells} {rows_behind}");
}

#[test]
fn rows_give_the_numbers_again() {
    let territory = Territory::with(120, 12, 11, true, false);
    check(&Bench::make(&territory, &[]), 1, &["service_area"]);
}

/// With territories, more visits a referral and joined episodes, the rows are still those counted.
#[test]
fn rows_give_the_numbers_of_other_settings_again() {
    let territory = Territory::make(80, 8, 12);
    let zips: BTreeSet<String> = territory
        .rows("providers.csv")
        .into_iter()
        .map(|row| format!("\"{}\"", row["zip"]))
        .filter(|zip| zip < &"\"873\"".to_string())
        .collect();
    let zips = zips.into_iter().collect::<Vec<_>>().join(", ");
    let north = format!(
        "[territories.North]\nzips = [{zips}]\n\n[territories.Home]\nservice_area = 0.5\n\n#: [territories.North]"
    );
    let settings = [
        ("#: [territories.North]", north.as_str()),
        ("episode_days = 0", "episode_days = 60"),
        ("visits_per_referral = 1", "visits_per_referral = 1.5"),
    ];
    let bench = Bench::make(&territory, &settings);
    let named: BTreeSet<String> = bench
        .fresh
        .table("inbound")
        .iter()
        .map(|row| row["territory"].clone())
        .collect();
    assert!(
        named.contains("North") && named.contains("all"),
        "{named:?}"
    );
    check(&bench, 2, &[]);
}

#[test]
fn every_table_has_its_explanation() {
    let catalogue = catalogue();
    let explained: BTreeSet<&str> = catalogue
        .explanations()
        .map(|known| known.table.as_str())
        .collect();
    let tables: BTreeSet<&str> = FINDINGS.iter().map(|finding| finding.name).collect();
    assert_eq!(explained, tables);
    for known in catalogue.explanations() {
        let says = !known.adds.is_empty() || !known.gives.is_empty();
        let silent = SAY_NO_NUMBER.contains(&known.table.as_str());
        assert!(says != silent, "{}", known.table);
    }
}

/// The program, on a workspace of its own.
fn asked<'a>(fresh: &'a Fresh, arguments: &[&'a str]) -> Vec<&'a str> {
    [&["-w", fresh.text(), "explain"], arguments].concat()
}

#[test]
fn the_program_shows_a_whole_explanation() {
    let territory = Territory::make(20, 5, 6);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    let waiting = refused(&asked(&fresh, &["leakage_by_specialty", "all"]), 2);
    assert!(
        waiting.contains("is not made yet") && waiting.contains("catchment run --quarter 2026Q3"),
        "{waiting}"
    );
    fresh.run();
    let ask = |arguments: &[&str]| done(&asked(&fresh, arguments));
    insta::assert_snapshot!(ask(&["leakage_by_specialty", "all", "--rows", "3"]));

    let rows = ask(&["leakage_by_specialty", "all", "--format", "csv"]);
    let all = records(&rows);
    let leaked = all[0].iter().position(|c| c == "leaked").unwrap();
    let sum: i64 = all[1..]
        .iter()
        .map(|row| row[leaked].parse::<i64>().unwrap())
        .sum();
    let table = fresh.table("leakage_by_specialty");
    let said = table
        .iter()
        .find(|row| row["specialty"] == "all" && row["quarter"] == "2026Q3")
        .unwrap();
    assert_eq!(said["leaked"], sum.to_string());
    let two = ask(&[
        "leakage_by_specialty",
        "all",
        "2026Q3",
        "--format",
        "csv",
        "--rows",
        "2",
    ]);
    assert_eq!(records(&two), all[..3]);
    let page = ask(&["--method", "leakage_by_specialty"]);
    assert!(page.starts_with("# leakage_by_specialty"), "{page}");

    what_is_not_there_is_told_with_its_nearest(&fresh);
    an_own_explanation_goes_before_the_programs(&fresh);
}

fn what_is_not_there_is_told_with_its_nearest(fresh: &Fresh) {
    for (arguments, words) in [
        (
            &["leakage_by_speciality", "all"][..],
            "did you mean 'leakage_by_specialty'?",
        ),
        (&["volume", "2026Q9"], "did you mean '2026Q"),
        (&["leakage_by_specialty", "al"], "did you mean 'all'?"),
        (
            &["leakage_by_specialty"],
            "write: catchment explain leakage_by_specialty SPECIALTY QUARTER",
        ),
        (
            &["leakage_by_specialty", "all", "2026Q3", "x"],
            "has 2 key columns, not 3",
        ),
        (
            &["--method", "leakage_by_speciality"],
            "did you mean 'leakage_by_specialty'?",
        ),
        (&["--method", "nosuch"], "there is no method page 'nosuch'"),
    ] {
        let message = refused(&asked(fresh, arguments), 2);
        assert!(message.contains(words), "{arguments:?}: {message}");
        assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    }
    refused(&asked(fresh, &[]), 2);
}

fn an_own_explanation_goes_before_the_programs(fresh: &Fresh) {
    let shelf = fresh.path().join("queries/explain");
    std::fs::create_dir_all(&shelf).unwrap();
    let file = shelf.join("volume.sql");
    let own = "-- title: Our own view\n-- key: quarter\n-- adds: aligned\n-- gives: kept = aligned / 2\n\
               select 4 as aligned from reference_quarters where quarter = $quarter\n";
    std::fs::write(&file, own).unwrap();
    let said = done(&asked(fresh, &["volume"]));
    for words in [
        "the rows: Our own view (1 row)",
        "aligned 4: the sum of the rows",
        "kept 2: aligned 4 / 2",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    for (from, to, words) in [
        ("-- adds: aligned\n", "", "does not say its adds"),
        ("aligned / 2", "aligned by 2", "which is no rule"),
    ] {
        std::fs::write(&file, own.replace(from, to)).unwrap();
        let message = refused(&asked(fresh, &["volume"]), 2);
        assert!(
            message.contains(words) && message.contains("volume.sql"),
            "{message}"
        );
    }
    std::fs::remove_file(&file).unwrap();
}
