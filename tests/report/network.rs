//! The exported network read back by parsers that did not write it: every cell, its type, and what
//! other programs look for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use catchment_base::{Table, TableBuilder};
use catchment_report::network::Exported;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use roxmltree::{Document, Node};

use crate::sample::HOSTILE;

const GRAPHML: &str = "http://graphml.graphdrawing.org/xmlns";
const GEXF: &str = "http://gexf.net/1.3";
const VIZ: &str = "http://gexf.net/1.3/viz";

/// Cells by column; what is empty is not there.
type Cells = BTreeMap<String, String>;

fn nodes() -> Table {
    TableBuilder::new("network_nodes")
        .text("npi", ["1003000126", "1003000134", "1003000142"].map(Some))
        .text(
            "name",
            [
                Some(HOSTILE),
                Some("Ann\u{1}\u{b} Lee\nMD"),
                Some("Zoë Ñ — 9 > 8"),
            ],
        )
        .int("referrals_in", [Some(7), None, Some(0)])
        .real("pagerank", [Some(0.1), Some(1e-300), Some(1.0 / 3.0)])
        .int("community", [Some(1), Some(1), None])
        .flag("listed", [Some(true), Some(false), None])
        .real("x", [Some(0.25), Some(-1.5), None])
        .real("y", [Some(0.5), Some(2.0), Some(1.0)])
        .finish()
        .unwrap()
}

fn ties() -> Table {
    TableBuilder::new("network_ties")
        .text(
            "npi_from",
            ["1003000126", "1003000126", "1003000142"].map(Some),
        )
        .text(
            "npi_to",
            ["1003000134", "1003000142", "1003000126"].map(Some),
        )
        .text("name_from", [Some(HOSTILE); 3])
        .text("name_to", [Some(HOSTILE); 3])
        .int("referrals", [Some(5), Some(2), None])
        .int("patients", [Some(3), Some(2), Some(40)])
        .real(
            "share_of_out",
            [Some(5.0 / 7.0), Some(2.0 / 7.0), Some(1.0)],
        )
        .day(
            "last_on",
            [catchment_base::Day::of(2026, 9, 30), None, None],
        )
        .text("change", [Some("new"), None, Some("\"gone\" & back")])
        .finish()
        .unwrap()
}

fn exported() -> Exported {
    Exported::of(&nodes(), &ties(), "Made & Sons -- internal").unwrap()
}

fn text(write: impl Fn(&mut Vec<u8>)) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

fn graphml(network: &Exported) -> String {
    text(|out| network.to_graphml(out).unwrap())
}

fn gexf(network: &Exported) -> String {
    text(|out| network.to_gexf(out).unwrap())
}

/// What a parser must find of a table: what XML can't hold is gone.
fn expected(table: &Table) -> Vec<Cells> {
    let columns = table.columns();
    let row = |row: usize| {
        let cells = columns.iter().map(|column| {
            let cell = table.cell(column, row).unwrap();
            (column.clone(), cell.replace(['\u{1}', '\u{b}'], ""))
        });
        cells.filter(|(_, cell)| !cell.is_empty()).collect()
    };
    (0..table.rows()).map(row).collect()
}

fn all<'a>(document: &'a Document<'a>, space: &'a str, name: &'a str) -> Vec<Node<'a, 'a>> {
    let found = document
        .descendants()
        .filter(move |n| n.has_tag_name((space, name)));
    found.collect()
}

/// The keys of a GraphML document: for which kind, under which name, of which type.
fn keys<'a>(document: &'a Document<'a>) -> BTreeMap<&'a str, [&'a str; 3]> {
    let named = |key: Node<'a, 'a>| {
        let said = ["for", "attr.name", "attr.type"].map(|name| key.attribute(name).unwrap());
        (key.attribute("id").unwrap(), said)
    };
    all(document, GRAPHML, "key")
        .into_iter()
        .map(named)
        .collect()
}

fn of_graphml(document: &Document<'_>, kind: &str) -> Vec<Cells> {
    let keys = keys(document);
    let cells = |item: Node<'_, '_>| {
        let mut cells: Cells = item
            .attributes()
            .map(|a| (a.name().to_string(), a.value().to_string()))
            .collect();
        for data in item
            .children()
            .filter(|c| c.has_tag_name((GRAPHML, "data")))
        {
            let key = keys[data.attribute("key").unwrap()];
            assert_eq!(key[0], kind);
            cells.insert(
                key[1].to_string(),
                data.text().unwrap_or_default().to_string(),
            );
        }
        cells
    };
    all(document, GRAPHML, kind)
        .into_iter()
        .map(cells)
        .collect()
}

fn of_gexf(document: &Document<'_>, kind: &str) -> Vec<Cells> {
    let cells = |item: Node<'_, '_>| {
        let own = item
            .attributes()
            .filter(|a| kind == "node" || a.name() != "id");
        let mut cells: Cells = own
            .map(|a| (a.name().to_string(), a.value().to_string()))
            .collect();
        for value in item
            .descendants()
            .filter(|c| c.has_tag_name((GEXF, "attvalue")))
        {
            let [name, value] = ["for", "value"].map(|name| value.attribute(name).unwrap());
            cells.insert(name.to_string(), value.to_string());
        }
        cells
    };
    all(document, GEXF, kind).into_iter().map(cells).collect()
}

#[test]
fn graphml_holds_every_cell_under_a_typed_key() {
    let network = exported();
    let written = graphml(&network);
    let document = Document::parse(&written).unwrap();
    assert_eq!(of_graphml(&document, "node"), expected(network.nodes()));
    assert_eq!(of_graphml(&document, "edge"), expected(network.edges()));
    let graph = all(&document, GRAPHML, "graph")[0];
    assert_eq!(graph.attribute("edgedefault"), Some("directed"));
    let kinds: Vec<[&str; 3]> = keys(&document).into_values().collect();
    for known in [
        ["edge", "last_on", "string"],
        ["edge", "referrals", "long"],
        ["edge", "weight", "double"],
        ["node", "label", "string"],
        ["node", "listed", "boolean"],
        ["node", "pagerank", "double"],
    ] {
        assert!(kinds.contains(&known), "{known:?} of {kinds:?}");
    }
    // The ends' names stand at the nodes alone.
    assert!(!kinds.iter().any(|kind| kind[1].starts_with("name_")));
    assert_eq!(
        all(&document, GRAPHML, "desc")[0].text(),
        Some("Made & Sons -- internal")
    );
}

#[test]
fn gexf_holds_every_cell_and_places() {
    let network = exported();
    let written = gexf(&network);
    let document = Document::parse(&written).unwrap();
    assert_eq!(of_gexf(&document, "node"), expected(network.nodes()));
    assert_eq!(of_gexf(&document, "edge"), expected(network.edges()));
    let root = document.root_element();
    assert_eq!(root.attribute("version"), Some("1.3"));
    let graph = all(&document, GEXF, "graph")[0];
    assert_eq!(graph.attribute("defaultedgetype"), Some("directed"));
    // The third node has no x, and so no place.
    let places: Vec<[&str; 2]> = all(&document, VIZ, "position")
        .into_iter()
        .map(|place| ["x", "y"].map(|name| place.attribute(name).unwrap()))
        .collect();
    assert_eq!(places, [["0.25", "0.5"], ["-1.5", "2"]]);
    let declared = all(&document, GEXF, "attribute").into_iter();
    let kinds: BTreeMap<&str, &str> = declared
        .map(|a| (a.attribute("title").unwrap(), a.attribute("type").unwrap()))
        .collect();
    assert_eq!(
        (kinds["pagerank"], kinds["community"], kinds["change"]),
        ("double", "long", "string")
    );
    let ids: BTreeSet<&str> = all(&document, GEXF, "edge")
        .into_iter()
        .map(|edge| edge.attribute("id").unwrap())
        .collect();
    assert_eq!(ids.len(), 3, "every edge has an id of its own");
}

#[test]
fn an_edge_weighs_its_referrals_or_else_its_patients() {
    let weights = exported().edges().reals("weight").unwrap();
    assert_eq!(weights, [Some(5.0), Some(2.0), Some(40.0)]);
}

#[test]
fn a_part_keeps_its_nodes_and_the_edges_between_them() {
    let part = exported()
        .only(&BTreeSet::from(["1003000126", "1003000142"]))
        .unwrap();
    let ids = part.nodes().texts("id").unwrap();
    assert_eq!(
        ids.into_iter().flatten().collect::<Vec<_>>(),
        ["1003000126", "1003000142"]
    );
    let ends = |name: &str| part.edges().texts(name).unwrap();
    let pairs: Vec<_> = ends("source").into_iter().zip(ends("target")).collect();
    let end = |npi: &str| Some(npi.to_string());
    assert_eq!(
        pairs,
        [
            (end("1003000126"), end("1003000142")),
            (end("1003000142"), end("1003000126")),
        ]
    );
}

#[test]
fn a_network_of_nobody_is_a_network() {
    let nobody = exported().only(&BTreeSet::new()).unwrap();
    let (first, second) = (graphml(&nobody), gexf(&nobody));
    let first = Document::parse(&first).unwrap();
    let second = Document::parse(&second).unwrap();
    assert_eq!(
        all(&first, GRAPHML, "graph").len() + all(&second, GEXF, "graph").len(),
        2
    );
    assert!(all(&first, GRAPHML, "node").is_empty() && all(&second, GEXF, "node").is_empty());
}

#[test]
fn tables_have_the_names_that_others_look_for() {
    let folder = std::env::temp_dir().join(format!("catchment-export-{}", std::process::id()));
    let network = exported();
    network.write_csv(&folder).unwrap();
    network.write_parquet(&folder).unwrap();
    let head = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        text.lines().next().unwrap().to_string()
    };
    assert!(head("nodes.csv").starts_with("id,label,referrals_in,"));
    assert_eq!(
        head("edges.csv"),
        "source,target,referrals,patients,share_of_out,last_on,change,weight"
    );
    for (name, table) in [("nodes", network.nodes()), ("edges", network.edges())] {
        let file = File::open(folder.join(format!("{name}.parquet"))).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
        assert_eq!(&batches[0], table.batch());
    }
    std::fs::remove_dir_all(folder).unwrap();
}

proptest! {
    /// Whatever stands in a name, line breaks and control characters too, both formats parse and give
    /// it back, but for what XML can't hold at all.
    #[test]
    fn any_name_comes_back(
        names in prop::collection::vec(
            prop::collection::vec(prop_oneof![any::<char>(), prop::char::range('\0', '\u{a0}')], 0..12),
            3,
        )
    ) {
        let names = names.into_iter().map(|name| name.into_iter().collect::<String>());
        let names: Vec<String> = names.collect();
        let table = nodes();
        let named = TableBuilder::new("network_nodes")
            .text("npi", table.texts("npi").unwrap())
            .text("name", names.iter().map(Some))
            .finish()
            .unwrap();
        let network = Exported::of(&named, &ties(), "").unwrap();
        let is_held = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
        let held = names.iter().map(|name| name.chars().filter(is_held).collect::<String>());
        let held: Vec<String> = held.collect();
        let labels = |cells: Vec<Cells>| -> Vec<String> {
            cells.into_iter().map(|mut cells| cells.remove("label").unwrap_or_default()).collect()
        };
        let written = graphml(&network);
        let document = Document::parse(&written).unwrap();
        prop_assert_eq!(&labels(of_graphml(&document, "node")), &held);
        let written = gexf(&network);
        let document = Document::parse(&written).unwrap();
        prop_assert_eq!(&labels(of_gexf(&document, "node")), &held);
    }
}
