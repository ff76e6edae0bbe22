//! Whole quarters on made territories, held against what was planted and against each other.

use std::collections::{BTreeMap, BTreeSet};

use catchment::base::Table;
use catchment::engine::{Engine, Parameters};

use crate::workspace::{Fresh, Territory, done, raw_table};

type Rows = Vec<BTreeMap<String, String>>;

fn int(row: &BTreeMap<String, String>, column: &str) -> i64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: {:?}", row[column]))
}

fn by<'r>(rows: &'r Rows, columns: &[&str]) -> BTreeMap<Vec<String>, &'r BTreeMap<String, String>> {
    rows.iter()
        .map(|r| (columns.iter().map(|c| r[*c].clone()).collect(), r))
        .collect()
}

/// Three seeds: leakage, volume and overflow are exactly as planted, every row is accounted for,
/// and the referrers who were planted to stop are found.
#[test]
fn findings_equal_what_was_planted() {
    let (mut flagged, mut right, mut findable, mut found) = (0, 0, 0, 0);
    for seed in [1, 2, 3] {
        let territory = Territory::make(150, 12, seed);
        let fresh = Fresh::make();
        fresh.ingest(&[territory.path()]);
        fresh.run();
        check_accounting(&fresh, 17);
        check_leakage(&fresh, &territory);
        check_volume(&fresh, &territory);
        check_overflow(&fresh, &territory);
        let counts = lapsed(&fresh, &territory);
        flagged += counts[0];
        right += counts[1];
        findable += counts[2];
        found += counts[3];
    }
    println!(
        "lapsed: {right} of {flagged} flagged had stopped or slowed; {found} of {findable} that could be found were"
    );
    assert!(flagged >= 20 && findable >= 8, "{flagged} {findable}");
    assert!(
        f64::from(right) >= 0.85 * f64::from(flagged),
        "{right} of {flagged}"
    );
    assert!(
        f64::from(found) >= 0.75 * f64::from(findable),
        "{found} of {findable}"
    );
}

fn check_accounting(fresh: &Fresh, files: usize) {
    let report = crate::workspace::read_csv(&fresh.out().join("history/load_report.csv"));
    assert_eq!(report.len(), files);
    for row in &report {
        let sum: i64 = [
            "accepted",
            "superseded",
            "duplicate",
            "quarantined",
            "set_aside",
        ]
        .iter()
        .map(|c| int(row, c))
        .sum();
        assert_eq!(int(row, "rows_read"), sum, "{row:?}");
    }
}

fn check_leakage(fresh: &Fresh, territory: &Territory) {
    let truth = territory.rows("truth/leakage.csv");
    let truth = by(&truth, &["truth_specialty", "truth_quarter"]);
    let rows = fresh.table("leakage_by_specialty");
    assert!(rows.len() > 150);
    let mut leaked = 0;
    for row in &rows {
        let planted = truth[&vec![row["specialty"].clone(), row["quarter"].clone()]];
        for (ours, theirs) in [
            ("n", "truth_eligible"),
            ("leaked", "truth_leaked"),
            ("unknown_destination", "truth_unknown"),
            ("not_offered", "truth_not_offered"),
        ] {
            assert_eq!(int(row, ours), int(planted, theirs), "{ours} of {row:?}");
        }
        leaked += int(row, "leaked");
    }
    assert!(leaked > 500, "{leaked}");
    let truth = territory.rows("truth/leakage_referrers.csv");
    let truth = by(&truth, &["truth_npi", "truth_quarter"]);
    for row in &fresh.table("leakage_by_referrer") {
        let planted = truth[&vec![row["referring_npi"].clone(), row["quarter"].clone()]];
        assert_eq!(int(row, "n"), int(planted, "truth_eligible"), "{row:?}");
        assert_eq!(int(row, "leaked"), int(planted, "truth_leaked"), "{row:?}");
    }
}

fn check_volume(fresh: &Fresh, territory: &Territory) {
    let truth = territory.rows("truth/volume.csv");
    let truth = by(&truth, &["truth_quarter"]);
    let rows = fresh.table("volume");
    assert_eq!(rows.len(), 12);
    for row in &rows {
        let planted = truth[&vec![row["quarter"].clone()]];
        for column in ["inbound_external", "inbound_internal", "aligned", "kept"] {
            assert_eq!(
                int(row, column),
                int(planted, &format!("truth_{column}")),
                "{column} of {row:?}"
            );
        }
    }
}

fn check_overflow(fresh: &Fresh, territory: &Territory) {
    let rows = fresh.table("overflow");
    let over: BTreeSet<(String, String)> = rows
        .iter()
        .filter(|r| {
            r["quarter"] == "2026Q3" && r["status"] == "over_capacity" && r["specialty"] != "all"
        })
        .map(|r| (r["practice_id"].clone(), r["specialty"].clone()))
        .collect();
    let planted: BTreeSet<(String, String)> = territory
        .rows("truth/overflow.csv")
        .iter()
        .filter(|r| r["truth_over_capacity"] == "true")
        .map(|r| (r["truth_practice_id"].clone(), r["truth_specialty"].clone()))
        .collect();
    assert!(!planted.is_empty());
    assert_eq!(over, planted);
}

/// How many were flagged, of these how many had stopped or slowed for good; and how many had
/// stopped 90 days before with 8 referrals in the year, of these how many were flagged.
fn lapsed(fresh: &Fresh, territory: &Territory) -> [i32; 4] {
    let truth = territory.rows("truth/referrers.csv");
    let truth = by(&truth, &["truth_npi"]);
    let rows = fresh.table("referrers");
    let behaviour = |row: &BTreeMap<String, String>| {
        truth
            .get(&vec![row["referring_npi"].clone()])
            .map_or("", |t| t["truth_behaviour"].as_str())
    };
    // Who was own before has no row in the truth of the others: nothing was planted for them.
    let flagged: Vec<_> = rows
        .iter()
        .filter(|r| r["status"] == "lapsed" && !behaviour(r).is_empty())
        .collect();
    let right = flagged
        .iter()
        .filter(|r| ["lapsed", "retired", "declining"].contains(&behaviour(r)))
        .count();
    let gone: Vec<_> = rows
        .iter()
        .filter(|r| ["lapsed", "retired"].contains(&behaviour(r)))
        .filter(|r| {
            truth[&vec![r["referring_npi"].clone()]]["truth_changed_on"].as_str() <= "2026-07-02"
        })
        .filter(|r| {
            ["q_3", "q_2", "q_1", "q_0"]
                .iter()
                .map(|q| int(r, q))
                .sum::<i64>()
                >= 8
        })
        .collect();
    let found = gone.iter().filter(|r| r["status"] == "lapsed").count();
    [flagged.len(), right, gone.len(), found].map(|n| n as i32)
}

/// Leakage by specialty once more, by SQL that shares nothing with the marts, over the raw cells of
/// the files: latest versions, affiliations by day, what is offered, and where each order went.
#[test]
fn leakage_equals_an_independent_query_of_the_raw_files() {
    let territory = Territory::make(80, 8, 7);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    let scratch = tempfile::tempdir().unwrap();
    let engine = Engine::new(scratch.path(), None, None).unwrap();
    let mut union = Vec::new();
    for (at, file) in territory.exports().iter().enumerate() {
        engine
            .register(&raw_table(&format!("export_{at}"), file))
            .unwrap();
        union.push(format!("select *, {at} as file_number from export_{at}"));
    }
    for name in ["providers", "organizations"] {
        engine
            .register(&raw_table(name, &territory.file(&format!("{name}.csv"))))
            .unwrap();
    }
    register_names(&engine, &territory);
    let sql =
        include_str!("independent_leakage.sql").replace("/*exports*/", &union.join(" union all "));
    let theirs: Table = engine
        .query("independent", &sql, &Parameters::new())
        .unwrap();
    let mut expected = BTreeMap::new();
    for row in 0..theirs.rows() {
        let cell = |column: &str| theirs.cell(column, row).unwrap();
        expected.insert(
            (cell("specialty"), cell("quarter")),
            (cell("n"), cell("leaked")),
        );
    }
    let ours: BTreeMap<(String, String), (String, String)> = fresh
        .table("leakage_by_specialty")
        .iter()
        .filter(|r| r["specialty"] != "all" && r["n"] != "0")
        .map(|r| {
            (
                (r["specialty"].clone(), r["quarter"].clone()),
                (r["n"].clone(), r["leaked"].clone()),
            )
        })
        .collect();
    assert!(ours.len() > 60, "{}", ours.len());
    assert_eq!(
        ours.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    let differing: Vec<_> = ours
        .iter()
        .filter(|(key, counts)| expected[*key] != **counts)
        .collect();
    assert!(differing.is_empty(), "{differing:?}");
}

/// Specialty texts and folded names, so that the query needs neither the vocabulary nor the marts.
fn register_names(engine: &Engine, territory: &Territory) {
    let mut texts = BTreeSet::new();
    for row in territory.rows("providers.csv") {
        texts.insert(row["specialty"].clone());
    }
    for export in territory.exports() {
        for row in crate::workspace::read_csv(&export) {
            texts.insert(row["specialty"].clone());
        }
    }
    let known: Vec<(String, Option<(String, String)>)> = texts
        .into_iter()
        .map(|t| {
            let found =
                catchment::base::specialties::find(&t).map(|s| (s.name.clone(), s.care.clone()));
            (t, found)
        })
        .collect();
    let table = catchment::base::TableBuilder::new("specialty_names")
        .text("text", known.iter().map(|k| Some(&k.0)))
        .text(
            "specialty",
            known.iter().map(|k| k.1.as_ref().map(|f| &f.0)),
        )
        .text("care", known.iter().map(|k| k.1.as_ref().map(|f| &f.1)))
        .finish()
        .unwrap();
    engine.register(&table).unwrap();
}

/// One export with the latest state gives the same volume and leakage by intent as twelve.
#[test]
fn one_latest_export_gives_what_twelve_give() {
    let (twelve, one) = (
        Territory::make(80, 12, 4),
        Territory::with(80, 12, 4, false, true),
    );
    assert_eq!((twelve.exports().len(), one.exports().len()), (12, 1));
    let (first, second) = (Fresh::make(), Fresh::make());
    first.ingest(&[twelve.path()]);
    second.ingest(&[one.path()]);
    first.run();
    second.run();
    for table in [
        "volume",
        "leakage_by_specialty",
        "leakage_by_referrer",
        "leakage_by_destination",
    ] {
        assert_eq!(first.table(table), second.table(table), "{table}");
    }
}

/// Whatever the order, the number of calls and the number of threads: the same bytes.
#[test]
fn bytes_do_not_depend_on_order_calls_or_threads() {
    let territory = Territory::with(60, 12, 5, true, false);
    let exports = territory.exports();
    let others = [
        "providers.csv",
        "organizations.csv",
        "population.csv",
        "capacity.csv",
        "visits.csv",
    ]
    .map(|n| territory.file(n));

    let at_once = Fresh::make();
    at_once.ingest(&[territory.path()]);
    at_once.run();

    let piecemeal = alike(&at_once);
    let key = "catchment.key";
    std::fs::copy(at_once.path().join(key), piecemeal.path().join(key)).unwrap();
    for file in exports.iter().rev().chain(&others) {
        piecemeal.ingest(&[file]);
    }
    done(&["-w", piecemeal.text(), "--threads", "1", "run"]);

    // Another key gives other pseudonyms, and the same tables.
    let rosters_first = alike(&at_once);
    for group in [&others[..], &exports[..]] {
        let paths: Vec<&std::path::Path> = group.iter().map(std::path::PathBuf::as_path).collect();
        rosters_first.ingest(&paths);
    }
    done(&["-w", rosters_first.text(), "--threads", "2", "run"]);

    let expected = at_once.bytes();
    assert!(expected.len() >= 26, "{:?}", expected.keys());
    for (name, other) in [
        ("piecemeal", piecemeal.bytes()),
        ("rosters first", rosters_first.bytes()),
    ] {
        assert_eq!(
            expected.keys().collect::<Vec<_>>(),
            other.keys().collect::<Vec<_>>()
        );
        for (file, bytes) in &expected {
            assert!(bytes == &other[file], "{file} differs, {name}");
        }
    }
}

/// A workspace with the configuration of another.
fn alike(other: &Fresh) -> Fresh {
    let fresh = Fresh::make();
    let name = "catchment.toml";
    std::fs::copy(other.path().join(name), fresh.path().join(name)).unwrap();
    fresh
}

/// A messy territory: what was planted is what is quarantined, and every row is accounted for.
#[test]
fn dirt_is_counted_as_planted() {
    let territory = Territory::with(80, 6, 3, true, false);
    let fresh = Fresh::make();
    fresh.ingest(&[territory.path()]);
    fresh.run();
    check_accounting(&fresh, 11);
    let report = crate::workspace::read_csv(&fresh.out().join("history/load_report.csv"));
    let report = by(&report, &["file"]);
    let (mut checked, mut emptied) = (0, BTreeMap::<String, i64>::new());
    for planted in territory.rows("truth/mess.csv") {
        let (file, rows) = (planted["truth_file"].clone(), int(&planted, "truth_rows"));
        let row = report[&vec![file.clone()]];
        match planted["truth_reason"].as_str() {
            "duplicate" => assert_eq!(int(row, "duplicate"), rows, "{planted:?}"),
            // These cost a field and not the row.
            "bad_zip" | "bad_npi_with_name" | "date_order" => {
                *emptied.entry(file).or_default() += rows
            }
            reason => {
                let column = format!("quarantined_{reason}");
                if !row.contains_key(&column) {
                    continue;
                }
                assert_eq!(int(row, &column), rows, "{planted:?}");
            }
        }
        checked += 1;
    }
    for (file, rows) in emptied {
        assert_eq!(int(report[&vec![file]], "fields_emptied"), rows);
    }
    assert!(checked >= 30, "{checked}");
}

/// The samples that the demo carries are what the command beside them makes.
#[test]
fn samples_are_made_by_their_command() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let command = readme
        .lines()
        .find_map(|l| l.trim().strip_prefix("catchment simulate data-samples "))
        .unwrap();
    let made = tempfile::tempdir().unwrap();
    let mut arguments = vec!["simulate", made.path().to_str().unwrap()];
    arguments.extend(command.split_whitespace());
    done(&arguments);
    let mut size = 0;
    // The samples of other layouts have a command and a test of their own.
    let mut samples = files(&folder);
    samples.retain(|file| !file.starts_with(folder.join("layouts")));
    for file in &samples {
        let name = file.strip_prefix(&folder).unwrap();
        if name.ends_with("README.md") {
            continue;
        }
        let bytes = std::fs::read(file).unwrap();
        size += bytes.len();
        assert!(
            bytes == std::fs::read(made.path().join(name)).unwrap(),
            "{}",
            name.display()
        );
    }
    assert_eq!(samples.len(), files(made.path()).len() + 1);
    assert!(size < 5_000_000, "{size}");
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files(&path))
        } else {
            out.push(path)
        }
    }
    out.sort();
    out
}
