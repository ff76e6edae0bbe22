//! A network ready to leave the program: its nodes and its edges as two tables whose first columns
//! have the names that other programs look for. Each format writes all columns that the two have.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use catchment_base::{Error, Result, Table, TableBuilder};

use super::{gexf, graphml};

/// The column of a node by which edges name it.
pub(super) const ID: &str = "id";
/// The column of a node that a picture shows.
pub(super) const LABEL: &str = "label";
/// The columns of an edge that name its ends.
pub(super) const ENDS: [&str; 2] = ["source", "target"];
/// The column of an edge that layouts and algorithms pull by.
pub(super) const WEIGHT: &str = "weight";

/// A network's nodes and edges, and a sentence that says what it is and for whom.
#[derive(Debug, Clone)]
pub struct Exported {
    nodes: Table,
    edges: Table,
    about: String,
}

impl Exported {
    /// The network of the result tables `network_nodes` and `network_ties`, all their columns kept.
    /// `npi` and `name` become `id` and `label`, `npi_from` and `npi_to` become `source` and
    /// `target`; an edge's `weight` is its referrals, or its patients where there are none.
    ///
    /// # Errors
    ///
    /// A failure where the tables lack one of these columns.
    pub fn of(nodes: &Table, ties: &Table, about: &str) -> Result<Self> {
        let node = |name: &str| match name {
            "npi" => Some(ID.to_string()),
            "name" => Some(LABEL.to_string()),
            other => Some(other.to_string()),
        };
        // The ends' names stand at the nodes.
        let edge = |name: &str| match name {
            "npi_from" => Some(ENDS[0].to_string()),
            "npi_to" => Some(ENDS[1].to_string()),
            "name_from" | "name_to" => None,
            other => Some(other.to_string()),
        };
        let (referrals, patients) = (ties.reals("referrals")?, ties.reals("patients")?);
        let weights = referrals.into_iter().zip(patients);
        let weights = weights.map(|(referrals, patients)| referrals.or(patients));
        let edges = renamed(TableBuilder::new("edges"), ties, edge).real(WEIGHT, weights);
        Ok(Self {
            nodes: renamed(TableBuilder::new("nodes"), nodes, node).finish()?,
            edges: edges.finish()?,
            about: about.to_string(),
        })
    }

    /// The nodes of these NPIs and the edges between them.
    ///
    /// # Errors
    ///
    /// A failure where a table can't be cut.
    pub fn only(&self, npis: &BTreeSet<&str>) -> Result<Self> {
        let is_in = |column: &str, table: &Table| -> Result<Vec<bool>> {
            let ids = table.text(column)?.iter();
            Ok(ids
                .map(|id| id.is_some_and(|id| npis.contains(id)))
                .collect())
        };
        let nodes = is_in(ID, &self.nodes)?;
        let (from, to) = (is_in(ENDS[0], &self.edges)?, is_in(ENDS[1], &self.edges)?);
        let edges: Vec<bool> = from.iter().zip(to).map(|(from, to)| *from && to).collect();
        let kept = |flags: &[bool]| -> Vec<usize> {
            let rows = flags.iter().enumerate();
            rows.filter(|(_, kept)| **kept)
                .map(|(row, _)| row)
                .collect()
        };
        Ok(Self {
            nodes: self.nodes.pick(&kept(&nodes))?,
            edges: self.edges.pick(&kept(&edges))?,
            about: self.about.clone(),
        })
    }

    /// The nodes.
    pub fn nodes(&self) -> &Table {
        &self.nodes
    }

    /// The edges.
    pub fn edges(&self) -> &Table {
        &self.edges
    }

    /// What it is and for whom.
    pub(super) fn about(&self) -> &str {
        &self.about
    }

    /// Writes it as GraphML.
    ///
    /// # Errors
    ///
    /// A failure of the writer.
    pub fn to_graphml(&self, writer: impl Write) -> Result<()> {
        graphml::write(self, writer)
    }

    /// Writes it as GEXF 1.3.
    ///
    /// # Errors
    ///
    /// A failure of the writer.
    pub fn to_gexf(&self, writer: impl Write) -> Result<()> {
        gexf::write(self, writer)
    }

    /// Writes nodes.csv and edges.csv into a folder, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// A failure of the disk.
    pub fn write_csv(&self, folder: &Path) -> Result<()> {
        make(folder)?;
        self.nodes.write_csv(&folder.join("nodes.csv"))?;
        self.edges.write_csv(&folder.join("edges.csv"))
    }

    /// Writes nodes.parquet and edges.parquet into a folder, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// A failure of the disk.
    pub fn write_parquet(&self, folder: &Path) -> Result<()> {
        make(folder)?;
        self.nodes.write_parquet(&folder.join("nodes.parquet"))?;
        self.edges.write_parquet(&folder.join("edges.parquet"))
    }
}

/// Adds the columns of a table under their new names, those without one left out.
fn renamed(
    into: TableBuilder,
    table: &Table,
    name: impl Fn(&str) -> Option<String>,
) -> TableBuilder {
    let schema = table.batch().schema();
    let columns = schema.fields().iter().zip(table.batch().columns());
    columns.fold(into, |out, (field, column)| match name(field.name()) {
        Some(name) => out.array(&name, column.clone()),
        None => out,
    })
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::io("can't be made", folder, e))
}
