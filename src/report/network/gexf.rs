//! GEXF 1.3, as Gephi and networkx read it: attributes of both kinds, weights, and places where the
//! nodes have them. The format is Gephi's own (gexf.net).

use std::io::Write;

use catchment_base::{Result, Table};

use super::exported::{ENDS, Exported, ID, LABEL, WEIGHT};
use super::xml::{Attribute, Document, attributes, cells, failed};

const HEAD: [(&str, &str); 5] = [
    ("xmlns", "http://gexf.net/1.3"),
    ("xmlns:viz", "http://gexf.net/1.3/viz"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    (
        "xsi:schemaLocation",
        "http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd",
    ),
    ("version", "1.3"),
];

/// Columns that say where a node lies.
const PLACE: [&str; 2] = ["x", "y"];

/// Writes the whole network.
pub(super) fn write(network: &Exported, writer: impl Write) -> Result<()> {
    let (nodes, edges) = (network.nodes(), network.edges());
    let of_nodes = attributes(nodes, &[ID, LABEL]);
    let of_edges = attributes(edges, &[ENDS[0], ENDS[1], WEIGHT]);
    let mut out = Document::begin(writer).map_err(failed)?;
    out.open("gexf", &HEAD).map_err(failed)?;
    out.open("meta", &[]).map_err(failed)?;
    out.text("creator", &[], "Catchment").map_err(failed)?;
    let about = network.about();
    out.text("description", &[], about).map_err(failed)?;
    out.close("meta").map_err(failed)?;
    let graph = [("defaultedgetype", "directed"), ("mode", "static")];
    out.open("graph", &graph).map_err(failed)?;
    declare(&mut out, "node", &of_nodes)?;
    declare(&mut out, "edge", &of_edges)?;
    write_nodes(&mut out, nodes, &of_nodes)?;
    write_edges(&mut out, edges, &of_edges)?;
    for name in ["graph", "gexf"] {
        out.close(name).map_err(failed)?;
    }
    out.end().map_err(failed)
}

fn declare<W: Write>(out: &mut Document<W>, class: &str, known: &[Attribute]) -> Result<()> {
    out.open("attributes", &[("class", class)])
        .map_err(failed)?;
    for Attribute { name, kind } in known {
        let said = [
            ("id", name.as_str()),
            ("title", name.as_str()),
            ("type", *kind),
        ];
        out.empty("attribute", &said).map_err(failed)?;
    }
    out.close("attributes").map_err(failed)
}

fn write_nodes<W: Write>(out: &mut Document<W>, nodes: &Table, known: &[Attribute]) -> Result<()> {
    let ids = nodes.text(ID)?;
    let are_placed = PLACE.iter().all(|column| nodes.has(column));
    out.open("nodes", &[]).map_err(failed)?;
    for row in 0..nodes.rows() {
        let label = nodes.cell(LABEL, row)?;
        let said = [("id", ids.value(row)), ("label", label.as_str())];
        out.open("node", &said).map_err(failed)?;
        values(out, (nodes, known), row)?;
        if are_placed {
            let [x, y] = [nodes.cell(PLACE[0], row)?, nodes.cell(PLACE[1], row)?];
            if !x.is_empty() && !y.is_empty() {
                let place = [("x", x.as_str()), ("y", y.as_str()), ("z", "0")];
                out.empty("viz:position", &place).map_err(failed)?;
            }
        }
        out.close("node").map_err(failed)?;
    }
    out.close("nodes").map_err(failed)
}

fn write_edges<W: Write>(out: &mut Document<W>, edges: &Table, known: &[Attribute]) -> Result<()> {
    let (from, to) = (edges.text(ENDS[0])?, edges.text(ENDS[1])?);
    out.open("edges", &[]).map_err(failed)?;
    for row in 0..edges.rows() {
        let (id, weight) = (row.to_string(), edges.cell(WEIGHT, row)?);
        let said = [
            ("id", id.as_str()),
            (ENDS[0], from.value(row)),
            (ENDS[1], to.value(row)),
            (WEIGHT, weight.as_str()),
        ];
        out.open("edge", &said).map_err(failed)?;
        values(out, (edges, known), row)?;
        out.close("edge").map_err(failed)?;
    }
    out.close("edges").map_err(failed)
}

/// What a node or an edge has under its attributes.
fn values<W: Write>(
    out: &mut Document<W>,
    (table, known): (&Table, &[Attribute]),
    row: usize,
) -> Result<()> {
    out.open("attvalues", &[]).map_err(failed)?;
    for (attribute, cell) in cells(table, known, row)? {
        let said = [("for", attribute.name.as_str()), ("value", cell.as_str())];
        out.empty("attvalue", &said).map_err(failed)?;
    }
    out.close("attvalues").map_err(failed)
}
