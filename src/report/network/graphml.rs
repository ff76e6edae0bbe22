//! GraphML, as Cytoscape, Gephi, networkx and igraph read it: typed keys, one directed graph.
//! The format is that of Brandes, Eiglsperger, Lerner and Pich 2013 (graphml.graphdrawing.org).

use std::io::Write;

use catchment_base::{Result, Table};

use super::exported::{ENDS, Exported, ID};
use super::xml::{Attribute, Document, attributes, cells, failed};

const NAMESPACES: [(&str, &str); 3] = [
    ("xmlns", "http://graphml.graphdrawing.org/xmlns"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    (
        "xsi:schemaLocation",
        "http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd",
    ),
];

/// Writes the whole network.
pub(super) fn write(network: &Exported, writer: impl Write) -> Result<()> {
    let (nodes, edges) = (network.nodes(), network.edges());
    let (of_nodes, of_edges) = (attributes(nodes, &[ID]), attributes(edges, &ENDS));
    let mut out = Document::begin(writer).map_err(failed)?;
    out.open("graphml", &NAMESPACES).map_err(failed)?;
    out.text("desc", &[], network.about()).map_err(failed)?;
    for (of, known) in [("node", &of_nodes), ("edge", &of_edges)] {
        for attribute in known {
            let id = key(of, attribute);
            let said = [
                ("id", id.as_str()),
                ("for", of),
                ("attr.name", attribute.name.as_str()),
                ("attr.type", attribute.kind),
            ];
            out.empty("key", &said).map_err(failed)?;
        }
    }
    let graph = [("id", "network"), ("edgedefault", "directed")];
    out.open("graph", &graph).map_err(failed)?;
    let ids = nodes.text(ID)?;
    for row in 0..nodes.rows() {
        let said = [("id", ids.value(row))];
        item(&mut out, ("node", &said), (nodes, &of_nodes), row)?;
    }
    let (from, to) = (edges.text(ENDS[0])?, edges.text(ENDS[1])?);
    for row in 0..edges.rows() {
        let said = [(ENDS[0], from.value(row)), (ENDS[1], to.value(row))];
        item(&mut out, ("edge", &said), (edges, &of_edges), row)?;
    }
    out.close("graph").map_err(failed)?;
    out.close("graphml").map_err(failed)?;
    out.end().map_err(failed)
}

/// The key of an attribute; nodes and edges may have columns of one name.
fn key(of: &str, attribute: &Attribute) -> String {
    format!("{of}_{}", attribute.name)
}

/// A node or an edge with its data.
fn item<W: Write>(
    out: &mut Document<W>,
    (of, said): (&str, &[(&str, &str)]),
    (table, attributes): (&Table, &[Attribute]),
    row: usize,
) -> Result<()> {
    out.open(of, said).map_err(failed)?;
    for (attribute, cell) in cells(table, attributes, row)? {
        let key = key(of, attribute);
        out.text("data", &[("key", key.as_str())], &cell)
            .map_err(failed)?;
    }
    out.close(of).map_err(failed)
}
