//! `catchment network`: what it shows of a provider and what it exports, against the tables of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use roxmltree::Document;
use serde_json::Value;

use crate::workspace::{Fresh, Territory, done, read_csv, refused};

/// A row of a table, by column.
type Row = BTreeMap<String, String>;

/// A workspace whose quarter was run, and its two tables of the network.
struct Ran {
    fresh: Fresh,
    nodes: Vec<Row>,
    ties: Vec<Row>,
}

impl Ran {
    fn make() -> Self {
        let territory = Territory::make(20, 4, 6);
        let fresh = Fresh::make();
        fresh.ingest(&[territory.path()]);
        let message = refused(&["-w", fresh.text(), "network", "show", "1234567893"], 2);
        assert!(
            message.contains("run first: catchment run --quarter 2026Q3"),
            "{message}"
        );
        fresh.run();
        let (nodes, ties) = (fresh.table("network_nodes"), fresh.table("network_ties"));
        Self { fresh, nodes, ties }
    }

    fn arguments<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec!["-w", self.fresh.text(), "network"];
        all.extend(arguments);
        all
    }

    fn ask(&self, arguments: &[&str]) -> String {
        done(&self.arguments(arguments))
    }

    /// The provider whom most others refer to, so that there is something to show.
    fn busiest(&self) -> &Row {
        let partners = |node: &&Row| node["partners_in"].parse::<i64>().unwrap();
        self.nodes.iter().max_by_key(partners).unwrap()
    }

    /// The ties of a provider at one end, the strongest first and then by the other end.
    fn ties_of(&self, npi: &str, end: &str, other: &str) -> Vec<&Row> {
        let mut ties: Vec<&Row> = self.ties.iter().filter(|tie| tie[end] == npi).collect();
        ties.sort_by_key(|tie| (-count(tie), tie[other].clone()));
        ties
    }
}

fn count(tie: &Row) -> i64 {
    tie["referrals"].parse().unwrap()
}

/// All in one test, since it begins with the same run.
#[test]
fn the_network_is_shown_and_exported_as_the_tables_have_it() {
    let ran = Ran::make();
    a_provider_is_shown_in_words(&ran);
    a_provider_is_shown_as_json(&ran);
    who_is_not_there_is_told(&ran);
    a_provider_is_found_by_name(&ran);
    xml_holds_the_tables(&ran);
    a_neighbourhood_is_exported(&ran);
    folders_hold_the_tables(&ran);
    what_cannot_be_written_is_refused(&ran);
}

fn a_provider_is_shown_in_words(ran: &Ran) {
    let node = ran.busiest();
    let npi = node["npi"].as_str();
    let said = ran.ask(&["show", npi, "--rows", "2"]);
    let rank: f64 = node["pagerank"].parse().unwrap();
    let greater = ran
        .nodes
        .iter()
        .filter(|n| n["pagerank"].parse::<f64>().unwrap() > rank);
    let from = ran.ties_of(npi, "npi_to", "npi_from");
    assert!(from.len() > 2, "{from:?}");
    let all: i64 = from.iter().map(|tie| count(tie)).sum();
    let first = from[0];
    for words in [
        format!("{npi} {}\n", node["name"]),
        format!(
            "{}, {}; {}, {}\n",
            node["specialty"], node["affiliation"], node["practice_name"], node["county"]
        ),
        format!(
            "place {} of {} by PageRank",
            1 + greater.count(),
            ran.nodes.len()
        ),
        format!("receives {all} referrals from {} providers", from.len()),
        "ties: referrals from 2025-10-01 to 2026-09-30\n".to_string(),
        "\nreceives most from\n".to_string(),
        format!("{}  {}; ", first["npi_from"], first["name_from"]),
        format!("  and {} more\n", from.len() - 2),
    ] {
        assert!(said.contains(&words), "{words:?}: {said}");
    }
    let row = said
        .lines()
        .find(|line| line.contains(&first["npi_from"]))
        .unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(
        cells[..2],
        [first["referrals"].as_str(), &first["patients"]]
    );
}

fn a_provider_is_shown_as_json(ran: &Ran) {
    let node = ran.busiest();
    let npi = node["npi"].as_str();
    let said: Value =
        serde_json::from_str(&ran.ask(&["show", npi, "--format", "json", "--rows", "9999"]))
            .unwrap();
    for (list, end, other) in [
        ("receives_from", "npi_to", "npi_from"),
        ("sends_to", "npi_from", "npi_to"),
    ] {
        let found: Vec<(&str, i64, f64)> = said[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| {
                let share = p["share_of_in"].as_f64().unwrap();
                (
                    p["npi"].as_str().unwrap(),
                    p["referrals"].as_i64().unwrap(),
                    share,
                )
            })
            .collect();
        let ties = ran.ties_of(npi, end, other);
        let expected: Vec<(&str, i64, f64)> = ties
            .iter()
            .map(|tie| {
                (
                    tie[other].as_str(),
                    count(tie),
                    tie["share_of_in"].parse().unwrap(),
                )
            })
            .collect();
        assert_eq!(found, expected, "{list}");
    }
    assert_eq!(said["providers"], ran.nodes.len());
    for column in ["referrals_in", "partners_out", "patients_in"] {
        assert_eq!(said[column].to_string(), node[column], "{column}");
    }
    assert_eq!(said["pagerank"].as_f64(), node["pagerank"].parse().ok());
}

fn who_is_not_there_is_told(ran: &Ran) {
    let npi = ran.busiest()["npi"].as_str();
    // The last digit checks the others, so that a changed one makes it no NPI.
    let last = npi.as_bytes()[9];
    let typo = format!("{}{}", &npi[..9], (last - b'0' + 1) % 10);
    let message = refused(&ran.arguments(&["show", &typo]), 2);
    assert!(
        message.contains("is no NPI") && message.contains(npi),
        "{message}"
    );
    let message = refused(&ran.arguments(&["show", "1234567893"]), 1);
    assert!(
        message.contains("1234567893 is not in the referral network of 2026Q3"),
        "{message}"
    );
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    // Spaces and what a spreadsheet adds are no typing error.
    assert!(ran.ask(&["show", &format!(" {npi}.0 ")]).starts_with(npi));
    let message = refused(
        &ran.arguments(&["export", "--around", "x", "--out", "x.gexf"]),
        2,
    );
    assert!(
        message.contains("nobody in the referral network of 2026Q3 is named 'x'"),
        "{message}"
    );
    let no_npi = &ran.arguments(&["export", "--around", "12", "--out", "x.gexf"]);
    assert!(refused(no_npi, 2).contains("'12' is no NPI"));
}

/// By its name, whatever the capitals; where several bear it, all their NPIs are told.
fn a_provider_is_found_by_name(ran: &Ran) {
    let mut bearers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for node in &ran.nodes {
        let name = node["name"].to_lowercase();
        bearers.entry(name).or_default().push(&node["npi"]);
    }
    let (name, npis) = bearers
        .iter()
        .find(|(name, npis)| npis.len() == 1 && name.contains(' '))
        .unwrap();
    let said = ran.ask(&["show", &name.to_uppercase()]);
    assert!(said.starts_with(npis[0]), "{said}");
    let (name, npis) = bearers.iter().find(|(_, npis)| npis.len() > 1).unwrap();
    let message = refused(&ran.arguments(&["show", name]), 2);
    for words in [
        format!("{} providers are named", npis.len()),
        npis.join(", "),
    ] {
        assert!(message.contains(&words), "{words}: {message}");
    }
    let (known, npis) = bearers.iter().find(|(n, _)| n.contains(' ')).unwrap();
    let typo = format!("{known}e");
    let message = refused(&ran.arguments(&["show", &typo]), 2);
    assert!(
        message
            .to_lowercase()
            .contains(&format!("the nearest name is {known}")),
        "{npis:?}: {message}"
    );
}

/// The weight of each edge by its ends, and the ids of the nodes.
fn read_xml(path: &Path) -> (BTreeSet<String>, BTreeMap<(String, String), f64>) {
    let text = std::fs::read_to_string(path).unwrap();
    let document = Document::parse(&text).unwrap();
    let named = |name: &'static str| {
        let elements = document.descendants();
        elements.filter(move |n| n.is_element() && n.tag_name().name() == name)
    };
    let ids = named("node").map(|node| node.attribute("id").unwrap().to_string());
    let edges = named("edge").map(|edge| {
        let data = edge
            .children()
            .find(|c| c.attribute("key") == Some("edge_weight"));
        let weight = edge.attribute("weight").or_else(|| data?.text()).unwrap();
        let ends = ["source", "target"].map(|end| edge.attribute(end).unwrap().to_string());
        (ends.into(), weight.parse().unwrap())
    });
    (ids.collect(), edges.collect())
}

fn weights(ties: &[&Row]) -> BTreeMap<(String, String), f64> {
    let weight = |tie: &&Row| {
        (
            (tie["npi_from"].clone(), tie["npi_to"].clone()),
            count(tie) as f64,
        )
    };
    ties.iter().map(weight).collect()
}

fn xml_holds_the_tables(ran: &Ran) {
    let ids: BTreeSet<String> = ran.nodes.iter().map(|node| node["npi"].clone()).collect();
    let all: Vec<&Row> = ran.ties.iter().collect();
    for name in ["network.graphml", "network.GEXF"] {
        let path = ran.fresh.path().join(name);
        let said = ran.ask(&["export", "--out", path.to_str().unwrap()]);
        assert!(
            said.contains("written to") && said.contains("internal"),
            "{said}"
        );
        let (nodes, edges) = read_xml(&path);
        assert_eq!(nodes, ids, "{name}");
        assert_eq!(edges, weights(&all), "{name}");
        assert!(!path.with_file_name(format!("{name}.partial")).exists());
        // Again, in its place, and the same bytes.
        let before = std::fs::read(&path).unwrap();
        ran.ask(&["export", "--out", path.to_str().unwrap()]);
        assert!(std::fs::read(&path).unwrap() == before, "{name}");
    }
}

fn a_neighbourhood_is_exported(ran: &Ran) {
    let npi = ran.busiest()["npi"].as_str();
    let mut near = BTreeSet::from([npi.to_string()]);
    for steps in ["1", "2"] {
        let reached = near.clone();
        for tie in &ran.ties {
            let (from, to) = (&tie["npi_from"], &tie["npi_to"]);
            if reached.contains(from) || reached.contains(to) {
                near.extend([from.clone(), to.clone()]);
            }
        }
        let between: Vec<&Row> = ran
            .ties
            .iter()
            .filter(|tie| near.contains(&tie["npi_from"]) && near.contains(&tie["npi_to"]))
            .collect();
        let path = ran.fresh.path().join("near.graphml");
        let out = path.to_str().unwrap();
        ran.ask(&["export", "--around", npi, "--steps", steps, "--out", out]);
        let (nodes, edges) = read_xml(&path);
        assert_eq!((nodes, edges), (near.clone(), weights(&between)), "{steps}");
    }
}

fn folders_hold_the_tables(ran: &Ran) {
    let folder: PathBuf = ran.fresh.path().join("sheets");
    let out = folder.to_str().unwrap();
    for format in ["csv", "parquet"] {
        ran.ask(&["export", "--format", format, "--out", out]);
    }
    let (nodes, edges) = (
        read_csv(&folder.join("nodes.csv")),
        read_csv(&folder.join("edges.csv")),
    );
    assert_eq!(
        (nodes.len(), edges.len()),
        (ran.nodes.len(), ran.ties.len())
    );
    for (edge, tie) in edges.iter().zip(&ran.ties) {
        let ends = [
            &edge["source"],
            &edge["target"],
            &edge["referrals"],
            &edge["weight"],
        ];
        assert_eq!(
            ends,
            [
                &tie["npi_from"],
                &tie["npi_to"],
                &tie["referrals"],
                &tie["referrals"]
            ]
        );
    }
    for (node, row) in nodes.iter().zip(&ran.nodes) {
        for column in row
            .keys()
            .filter(|column| !["npi", "name"].contains(&column.as_str()))
        {
            assert_eq!(node[column], row[column], "{column}");
        }
        assert_eq!([&node["id"], &node["label"]], [&row["npi"], &row["name"]]);
    }
    for name in ["nodes.parquet", "edges.parquet"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        assert!(
            bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"),
            "{name}"
        );
    }
}

fn what_cannot_be_written_is_refused(ran: &Ran) {
    let folder = ran.fresh.path().join("sheets");
    let file = ran.fresh.path().join("network.graphml");
    let (folder, file) = (folder.to_str().unwrap(), file.to_str().unwrap());
    for (arguments, words) in [
        (
            &["export", "--out", "network.xml"][..],
            "does not say its format",
        ),
        (
            &["export", "--out", folder, "--format", "gexf"],
            "is a folder",
        ),
        (&["export", "--out", file, "--format", "csv"], "is a file"),
        (
            &["export", "--out", file, "--quarter", "2026Q1"],
            "run first",
        ),
        (&["export", "--out", file, "--steps", "2"], "--around"),
        (&["export"], "--out"),
    ] {
        let message = refused(&ran.arguments(arguments), 2);
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
    let nowhere = ran.fresh.path().join("nowhere").join("network.gexf");
    let message = refused(
        &ran.arguments(&["export", "--out", nowhere.to_str().unwrap()]),
        1,
    );
    assert!(message.contains("make the folder"), "{message}");
}
