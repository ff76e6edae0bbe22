//! The same territory in every layout: what its mapping reads is what the canonical export says, row
//! for row, but for what the layout cannot carry, which is named here by column.

mod carried;
mod directories;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use catchment::base::Workspace;
use catchment::base::progress::Silent;
use catchment::simulate::{Form, Layout, Settings, simulate_as};
use serde_json::Value;
use tempfile::TempDir;

use crate::inbox::number;
use crate::workspace::{Fresh, done, program, read_csv};
use carried::{CARRIED, Carried, Row, Rows};

/// The tables of a territory beside the exports.
const TABLES: [&str; 5] = [
    "providers.csv",
    "organizations.csv",
    "population.csv",
    "capacity.csv",
    "visits.csv",
];

/// A territory of three quarters in a layout.
fn territory(layout: Layout) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        quarters: 3,
        pcps: 60,
        seed: 17,
        ..Settings::default()
    };
    let form = Form {
        layout,
        first: None,
    };
    simulate_as(folder.path(), &settings, form, &Silent).unwrap();
    folder
}

/// Every export below a folder, by its path.
fn exports(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap().map(|e| e.unwrap().path());
    let is_export = |p: &PathBuf| {
        let name = p.file_name().unwrap().to_str().unwrap();
        name.starts_with("referrals")
    };
    let mut found: Vec<PathBuf> = entries.filter(is_export).collect();
    found.sort();
    found
}

/// A workspace under the key of another.
fn alike(other: &Fresh) -> Fresh {
    let fresh = Fresh::make();
    let of = |fresh: &Fresh| Workspace::at(fresh.path()).key_file();
    std::fs::copy(of(other), of(&fresh)).unwrap();
    let name = "catchment.toml";
    std::fs::copy(other.path().join(name), fresh.path().join(name)).unwrap();
    fresh
}

/// Takes files in; gives the reports, of which none tells of a quarantined row or an emptied field.
fn take(fresh: &Fresh, paths: &[PathBuf]) -> Vec<Value> {
    let mut arguments = vec!["-w", fresh.text(), "ingest", "--json"];
    arguments.extend(paths.iter().map(|p| p.to_str().unwrap()));
    let output = program(&arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    let reports: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    for report in &reports {
        assert_eq!(report["fate"], "loaded", "{report}");
        assert_eq!(number(report, "quarantined"), 0, "{report}");
        assert_eq!(number(report, "fields_emptied"), 0, "{report}");
    }
    reports
}

/// Every stored version, sorted, as text by column.
fn versions(fresh: &Fresh) -> Vec<Row> {
    let columns = carried::COLUMNS.join(", ");
    let sql = format!(
        "select {columns} from referral_versions order by referral_id, updated_at, content_hash"
    );
    let text = done(&["-w", fresh.text(), "query", &sql, "--format", "csv"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.csv");
    std::fs::write(&file, text).unwrap();
    read_csv(&file)
}

/// The canonical exports as far as a layout carries them, written as canonical exports.
fn reduced(canonical: &Path, carried: &Carried) -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let rows = Rows::of(canonical);
    let mut files = Vec::new();
    for file in exports(canonical) {
        let mut text = format!("{}\n", carried::COLUMNS.join(","));
        for row in read_csv(&file) {
            if let Some(row) = (carried.of)(&rows, row) {
                let cells = carried::COLUMNS.iter().map(|c| format!("\"{}\"", row[*c]));
                text.push_str(&cells.collect::<Vec<_>>().join(","));
                text.push('\n');
            }
        }
        let path = folder.path().join(file.file_name().unwrap());
        std::fs::write(&path, text).unwrap();
        files.push(path);
    }
    (folder, files)
}

fn check(canonical: &Path, carried: &Carried) {
    let word = carried.word;
    let made = territory(word.parse().unwrap());
    let (_folder, expected_files) = reduced(canonical, carried);
    let expected = Fresh::make();
    let found = alike(&expected);
    take(&expected, &expected_files);
    let reports = take(&found, &exports(made.path()));
    let (ours, theirs) = (versions(&expected), versions(&found));
    assert!(ours.len() > 1_000, "{word}: {}", ours.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs, "{word}");
    }
    assert_eq!(ours.len(), theirs.len(), "{word}");
    // What is said to be carried is there.
    for column in carried::COLUMNS {
        let is_there = theirs.iter().any(|row| !row[column].is_empty());
        assert_eq!(
            is_there,
            !carried.without.contains(&column),
            "{word}: {column}"
        );
    }
    check_reports(carried, made.path(), &reports);
    let tables: Vec<PathBuf> = TABLES.iter().map(|t| canonical.join(t)).collect();
    for fresh in [&expected, &found] {
        take(fresh, &tables);
        fresh.run();
    }
    let (ours, theirs) = (expected.bytes(), found.bytes());
    for table in [
        "leakage_by_specialty.csv",
        "leakage_by_referrer.csv",
        "volume.csv",
    ] {
        let lines = ours[table].split(|byte| *byte == b'\n').count();
        assert!(lines > 3, "{word}: {table}");
        assert!(ours[table] == theirs[table], "{word}: {table}");
    }
}

/// Rows that are no referrals are set aside by name; every row of a companion has its referral.
fn check_reports(carried: &Carried, made: &Path, reports: &[Value]) {
    let mut aside: BTreeMap<String, u64> = BTreeMap::new();
    for report in reports {
        let main = report["file"].as_str().unwrap();
        assert_eq!(report["mapping"], carried.mapping, "{report}");
        if !carried.main.is_empty() && main != carried.main {
            let joined = number(report, "joined");
            assert_eq!(joined, number(report, "rows_read"), "{report}");
            continue;
        }
        for part in report["set_aside_by"].as_str().unwrap().split(", ") {
            if let Some((name, count)) = part.rsplit_once(' ') {
                *aside.entry(name.to_string()).or_default() += count.parse::<u64>().unwrap();
            }
        }
    }
    assert_eq!(aside, (carried.set_aside)(made), "{}", carried.word);
}

/// Every layout that the program writes is read back.
#[test]
fn every_layout_that_is_written_is_compared() {
    let written: BTreeSet<&str> = Layout::ALL.iter().map(|(word, _)| *word).collect();
    let compared = CARRIED.iter().map(|carried| carried.word);
    let listed: BTreeSet<&str> = compared.chain(["canonical"]).collect();
    assert_eq!(written, listed);
}

#[test]
fn epic_gives_the_same_lake() {
    let canonical = territory(Layout::Canonical);
    for carried in CARRIED.iter().filter(|c| c.word.starts_with("epic")) {
        check(canonical.path(), carried);
    }
}

#[test]
fn eclinicalworks_gives_the_same_lake() {
    check(territory(Layout::Canonical).path(), carried::named("ecw"));
}

#[test]
fn athenaone_gives_the_same_lake() {
    check(
        territory(Layout::Canonical).path(),
        carried::named("athena"),
    );
}

#[test]
fn fhir_gives_the_same_lake() {
    check(territory(Layout::Canonical).path(), carried::named("fhir"));
}

/// With the columns that sites add, Epic carries all that volume needs; with names alone, nearly all
/// of it, since names that two people bear are nobody's.
#[test]
fn volume_from_epic_is_that_of_the_whole_export() {
    let canonical = territory(Layout::Canonical);
    let run = |folder: &Path| {
        let fresh = Fresh::make();
        let mut paths = exports(folder);
        paths.extend(TABLES.map(|table| canonical.path().join(table)));
        take(&fresh, &paths);
        fresh.run();
        fresh
    };
    let whole = run(canonical.path());
    let with_npis = run(territory(Layout::EpicNpi).path());
    assert!(whole.bytes()["volume.csv"] == with_npis.bytes()["volume.csv"]);
    let with_names = run(territory(Layout::Epic).path());
    let count = |fresh: &Fresh, column: &str| -> i64 {
        let rows = fresh.table("volume");
        rows.iter().map(|r| r[column].parse::<i64>().unwrap()).sum()
    };
    for column in ["inbound_external", "inbound_internal", "aligned", "kept"] {
        let (all, some) = (count(&whole, column), count(&with_names, column));
        assert!(
            all > 100 && some * 10 >= all * 9 && some * 20 <= all * 21,
            "{column}: {some} of {all}"
        );
    }
}

/// The samples are what the command beside them makes.
#[test]
fn samples_of_layouts_are_made_by_their_command() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/layouts");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let command = readme
        .lines()
        .find_map(|l| {
            l.trim()
                .strip_prefix("catchment simulate made --layout NAME ")
        })
        .unwrap();
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (word, _) in Layout::ALL.iter().filter(|(word, _)| *word != "canonical") {
        let made = tempfile::tempdir().unwrap();
        let mut arguments = vec!["simulate", made.path().to_str().unwrap(), "--layout", word];
        arguments.extend(command.split_whitespace());
        done(&arguments);
        let sample = folder.join(word);
        let (ours, theirs) = (files(&sample, &sample), files(made.path(), made.path()));
        let is_export = |name: &&String| name.starts_with("referrals");
        assert!(ours.keys().eq(theirs.keys().filter(is_export)), "{word}");
        for (name, bytes) in &ours {
            assert!(bytes == &theirs[name], "{word}: {name}");
        }
        assert!(
            ours.values().map(Vec::len).sum::<usize>() < 300_000,
            "{word}"
        );
        named.insert((*word).to_string());
    }
    // The others are written by hand, and compared in `samples`.
    assert!(named.iter().all(|name| folder.join(name).is_dir()));
}

fn files(root: &Path, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(root, &path));
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy();
            found.insert(name.replace('\\', "/"), std::fs::read(&path).unwrap());
        }
    }
    found
}
