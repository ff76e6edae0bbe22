//! A register of all providers beside a roster of our own: which rows are kept, for whom they stand,
//! and what they change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::inbox::Inbox;
use crate::workspace::{Fresh, Territory, read_csv, records};

type Row = BTreeMap<String, String>;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data-samples/layouts/nppes/npidata_pfile.csv")
}

const STATE: &str = "Provider Business Practice Location Address State Name";

#[test]
fn only_the_states_of_the_territories_are_kept_and_all_where_there_are_none() {
    let rows = read_csv(&sample());
    let ours = |row: &&Row| ["", "NM"].contains(&row[STATE].as_str());
    let kept = rows.iter().filter(ours).count();
    assert!(kept > 10 && rows.len() - kept > 3);
    for (configuration, expected) in [
        ("", rows.len()),
        ("[territories.North]\ncounties = [\"Taos County\"]\n", kept),
        ("[territories.South]\nzips = [\"88001\"]\n", kept),
    ] {
        let inbox = Inbox::make();
        inbox.configure(configuration);
        let said = inbox.take_path(&sample(), &[]);
        let report = &said.reports[0];
        assert_eq!(report["mapping"], "nppes_providers", "{report}");
        assert_eq!(report["accepted"], json!(expected), "{report}");
        let stored = inbox.rows("select npi from lake_providers order by npi");
        let mut npis: Vec<Vec<String>> = rows
            .iter()
            .filter(|row| expected == rows.len() || ours(row))
            .map(|row| vec![row["NPI"].clone()])
            .collect();
        npis.sort();
        assert_eq!(stored, npis);
    }
}

/// The territory is part of what a load is: another one reads the file again, and what it said before
/// goes.
#[test]
fn another_territory_is_another_reading() {
    let inbox = Inbox::make();
    let all = inbox.take_path(&sample(), &[]).reports[0]["accepted"].clone();
    inbox.configure("[territories.West]\ncounties = [\"Maricopa\"]");
    let said = inbox.take_path(&sample(), &[]);
    assert_ne!(said.reports[0]["accepted"], all);
    let states = inbox.rows("select count(*) from lake_providers where zip like '87%'");
    assert_eq!(states, [["0"]]);
    inbox.configure("[territories.Sea]\ncounties = [\"Atlantis\"]");
    let said = crate::workspace::refused(
        &[
            "-w",
            inbox.fresh.text(),
            "ingest",
            sample().to_str().unwrap(),
        ],
        2,
    );
    assert!(
        said.contains("'Atlantis'") && said.lines().count() == 1,
        "{said}"
    );
}

/// Each row of the sample, cell by cell.
#[test]
fn the_register_is_read_as_it_means() {
    let inbox = Inbox::make();
    inbox.take_path(&sample(), &[]);
    let stored = inbox.rows(
        "select npi, name, entity_type, taxonomy_code, practice_id, zip, deactivated_on, is_register
         from lake_providers order by npi",
    );
    let of = |last: &str| stored.iter().find(|row| row[1].starts_with(last)).unwrap();
    // The third code is the primary one.
    assert_eq!(
        of("HARROWMERE")[1..6],
        [
            "HARROWMERE, SUSAN K",
            "individual",
            "207XX0005X;207X00000X;207XS0106X",
            "200 ELM ST NE, 87102",
            "87102"
        ]
    );
    assert_eq!(of("OSTERVILLE")[1], "OSTERVILLE, JOHN JR");
    assert_eq!(of("OSTERVILLE")[3], "207RC0000X;207R00000X");
    assert_eq!(of("SAMPLE HEART")[2], "organization");
    assert_eq!(of("FERNHOLLOW")[6], "");
    let gone: Vec<&str> = stored
        .iter()
        .map(|row| row[6].as_str())
        .filter(|d| !d.is_empty())
        .collect();
    assert_eq!(gone, ["2026-03-14", "2019-11-02"]);
    assert!(stored.iter().all(|row| row[7] == "true"));
}

/// The register's rows of those whom a roster has, as NPPES has them: a street for a site, and no more.
fn register_of(rows: &[&Row]) -> String {
    let text = std::fs::read_to_string(sample()).unwrap();
    let header = records(&text).swap_remove(0);
    let line = |row: &Row| {
        let mut parts = row["name"].splitn(2, ' ');
        let (first, last) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let cells = header.iter().map(|column| match column.as_str() {
            "NPI" => row["npi"].as_str(),
            "Entity Type Code" => "1",
            "Provider First Name" => first,
            "Provider Last Name (Legal Name)" => last,
            "Healthcare Provider Taxonomy Code_2" => &row["taxonomy_code"],
            "Healthcare Provider Primary Taxonomy Switch_2" => "Y",
            "Healthcare Provider Taxonomy Code_1" => "390200000X",
            "Healthcare Provider Primary Taxonomy Switch_1" => "N",
            "Provider First Line Business Practice Location Address" => &row["practice_name"],
            "Provider Business Practice Location Address Postal Code" => &row["zip"],
            STATE => "NM",
            "Last Update Date" => "01/05/2026",
            _ => "",
        });
        let cells: Vec<String> = cells.map(|cell| format!("\"{cell}\"")).collect();
        cells.join(",")
    };
    let mut lines = vec![
        header
            .iter()
            .map(|c| format!("\"{c}\""))
            .collect::<Vec<_>>()
            .join(","),
    ];
    lines.extend(rows.iter().map(|row| line(row)));
    lines.join("\n") + "\n"
}

fn roster_of(rows: &[Row]) -> String {
    const KEPT: [&str; 9] = [
        "npi",
        "name",
        "entity_type",
        "taxonomy_code",
        "organization_id",
        "affiliation",
        "practice_id",
        "practice_name",
        "zip",
    ];
    let line = |row: &Row| KEPT.map(|column| format!("\"{}\"", row[column])).join(",");
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!("{}\n{}\n", KEPT.join(","), lines.join("\n"))
}

/// Access to care as the run says it, by county and specialty.
fn access(fresh: &Fresh) -> BTreeMap<(String, String), (f64, String)> {
    let rows = fresh.table("underserved");
    let of = |row: &Row| row["access"].parse::<f64>().unwrap();
    rows.iter()
        .map(|row| {
            let key = (row["county"].clone(), row["specialty"].clone());
            (key, (of(row), row["roster"].clone()))
        })
        .collect()
}

/// A roster that holds our own providers alone, with a register that holds everybody, knows as much
/// of the care in each county as a roster of everybody.
#[test]
fn with_a_register_the_underserved_have_every_provider() {
    let territory = Territory::make(120, 2, 5);
    let all = territory.rows("providers.csv");
    // One row a provider: a register has one place of work for each.
    let mut seen = BTreeSet::new();
    let people: Vec<Row> = all
        .into_iter()
        .filter(|row| row["entity_type"] == "individual" && row["deactivated_on"].is_empty())
        .filter(|row| row["effective_to"].is_empty() && seen.insert(row["npi"].clone()))
        .collect();
    let is_own = |row: &Row| ["own", "affiliated"].contains(&row["affiliation"].as_str());
    let own: Vec<Row> = people.iter().filter(|row| is_own(row)).cloned().collect();
    assert!(own.len() > 20 && people.len() - own.len() > 20);
    let measured = |roster: &[Row], register: &[&Row]| {
        let inbox = Inbox::make();
        inbox.put("providers.csv", roster_of(roster));
        if !register.is_empty() {
            inbox.put("npidata_pfile.csv", register_of(register));
        }
        inbox.take(&[]);
        let exports = territory.exports();
        let mut paths: Vec<&Path> = exports.iter().map(PathBuf::as_path).collect();
        let population = territory.file("population.csv");
        paths.push(&population);
        inbox.fresh.ingest(&paths);
        inbox.fresh.run();
        access(&inbox.fresh)
    };
    let whole = measured(&people, &[]);
    let alone = measured(&own, &[]);
    let everybody: Vec<&Row> = people.iter().collect();
    let beside = measured(&own, &everybody);
    assert!(alone.values().any(|(_, roster)| roster == "own"));
    assert_ne!(alone, whole);
    for (key, (access, roster)) in &whole {
        let found = &beside[key];
        assert!(
            (access - found.0).abs() <= 1e-9 * access.max(1.0),
            "{key:?}"
        );
        assert_eq!(roster, &found.1, "{key:?}");
    }
    assert_eq!(whole.len(), beside.len());
}

/// A lake that an earlier version made lacks the columns that came later: the next load adds them.
#[test]
fn a_lake_of_an_earlier_version_gets_the_new_columns() {
    let inbox = Inbox::make();
    inbox.put("providers.csv", "npi,name\n1234567893,Ann Doe\n");
    inbox.take(&[]);
    let log = inbox.fresh.path().join("lake/providers/_delta_log");
    let first = log.join("00000000000000000000.json");
    let whole = std::fs::read_to_string(&first).unwrap();
    let mut old = whole.clone();
    for column in ["updated_at", "is_register"] {
        let from = old
            .find(&format!("{{\\\"name\\\":\\\"{column}\\\""))
            .unwrap();
        let to =
            from + old[from..].find("\\\"metadata\\\":{}}").unwrap() + "\\\"metadata\\\":{}}".len();
        // With the comma before it.
        old.replace_range(from - 1..to, "");
    }
    assert_ne!(old, whole);
    std::fs::write(&first, old).unwrap();
    inbox.take_path(&sample(), &[]);
    let commits = log.read_dir().unwrap().map(|e| e.unwrap().path());
    let texts: Vec<String> = commits
        .filter(|p| p.extension() == Some("json".as_ref()) && *p != first)
        .map(|p| std::fs::read_to_string(p).unwrap())
        .collect();
    let widened = texts.iter().filter(|text| text.contains("metaData"));
    let widened: Vec<&String> = widened.collect();
    assert_eq!(widened.len(), 1);
    assert!(widened[0].contains("is_register") && widened[0].contains("updated_at"));
    let counts = inbox.rows("select count(*), count(is_register) from lake_providers");
    assert_eq!(counts, [["21", "20"]]);
}
