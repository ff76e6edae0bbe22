//! `catchment network show`: who a provider is to the network, and its strongest ties.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Results, known, labelled};
use crate::base::{Result, Table, units};
use crate::cli::print;
use crate::network::labelled::{Labelled, NodeLabel, Partner};

/// Show a provider's place in the network: who it is, how central, and its strongest ties
///
/// The ties are those of the last four quarters, or of the shared-patient files where no referrals
/// are loaded. Counts of 1 to 10 stand in the answer: it is internal.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// The provider's NPI, or its name
    #[arg(value_name = "NPI|NAME")]
    provider: String,
    /// How many ties to show in each direction
    #[arg(long, value_name = "N", default_value_t = 10)]
    rows: usize,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) fn call(arguments: &Arguments, results: &Results<'_>) -> Result<ExitCode> {
    let nodes = results.nodes()?;
    let npi = known(&arguments.provider, &nodes, results.quarter)?;
    let network = labelled(&nodes, &results.ties_of(npi)?)?;
    let Some(node) = network.node(npi) else {
        return Ok(ExitCode::FAILURE);
    };
    let place = Place {
        network: &network,
        node,
        row: row_of(&nodes, npi)?,
        span: results.span()?,
        rows: arguments.rows,
    };
    match arguments.format {
        Format::Table => print(&place.told()?)?,
        Format::Json => print(&format!("{:#}\n", place.json()?))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn row_of(nodes: &Table, npi: &str) -> Result<Table> {
    nodes.only("npi", npi)
}

/// A provider and what stands around it.
struct Place<'a> {
    network: &'a Labelled,
    node: &'a NodeLabel,
    /// The provider's row of network_nodes.
    row: Table,
    span: String,
    rows: usize,
}

/// What all ties of one direction come to.
struct Sum {
    referrals: Option<u64>,
    patients: u64,
    partners: usize,
}

impl Sum {
    fn of(partners: &[Partner<'_>]) -> Self {
        let referrals = partners.iter().map(|p| p.tie.referrals);
        Self {
            referrals: referrals
                .sum::<Option<u64>>()
                .filter(|_| !partners.is_empty()),
            patients: partners.iter().map(|p| p.tie.patients).sum(),
            partners: partners.len(),
        }
    }

    /// As `120 referrals of 90 patients from 14 providers`.
    fn told(&self, preposition: &str) -> String {
        let providers = units::counted(self.partners as i64, "provider");
        match (self.partners, self.referrals) {
            (0, _) => "nothing".to_string(),
            (_, Some(n)) => format!(
                "{} {preposition} {providers}",
                units::counted(n as i64, "referral")
            ),
            (_, None) => format!(
                "{} {preposition} {providers} (who is shared with two counts twice)",
                units::counted(self.patients as i64, "shared patient")
            ),
        }
    }
}

impl Place<'_> {
    fn told(&self) -> Result<String> {
        let node = self.node;
        let mut out = format!("{} {}\n", node.npi, node.name);
        out.push_str(&format!(
            "  {}, {}; {}, {}\n",
            node.specialty, node.affiliation, node.practice, node.county
        ));
        out.push_str(&self.standing()?);
        let (from, to) = (
            self.network.receives_from(&node.npi),
            self.network.sends_to(&node.npi),
        );
        out.push_str(&format!(
            "  receives {}; sends {}\n  ties: {}\n",
            Sum::of(&from).told("from"),
            Sum::of(&to).told("to"),
            self.span,
        ));
        out.push_str(&self.list("receives most from", &from, Direction::In));
        out.push_str(&self.list("sends most to", &to, Direction::Out));
        Ok(out)
    }

    /// Rank, betweenness, and where the provider belongs.
    fn standing(&self) -> Result<String> {
        let node = self.node;
        let mut said = Vec::new();
        if let Some(place) = self.network.place_by_pagerank(&node.npi) {
            said.push(format!(
                "place {} of {} by PageRank",
                units::count(place as i64),
                units::count(self.network.len() as i64)
            ));
        }
        if let Some(between) = node.betweenness {
            let error = self.betweenness_se()?.map(|error| {
                let error = units::real(error, 4);
                format!(" (an estimate, with a standard error of {error})")
            });
            said.push(format!(
                "betweenness {}{}",
                units::real(between, 4),
                error.unwrap_or_default()
            ));
        }
        if let Some(role) = &node.role {
            said.push(format!("role {role}"));
        }
        if let Some(community) = node.community {
            said.push(format!("community {community}"));
        }
        if let Some(component) = node.component {
            said.push(format!("part {component} of the network"));
        }
        Ok(format!("  {}\n", said.join("; ")))
    }

    /// How far betweenness may be off where it was estimated; a run may not have told.
    fn betweenness_se(&self) -> Result<Option<f64>> {
        match self.row.has("betweenness_se") {
            true => Ok(self.row.reals("betweenness_se")?.first().copied().flatten()),
            false => Ok(None),
        }
    }

    /// The strongest ties of one direction, as a table in plain text.
    fn list(&self, title: &str, partners: &[Partner<'_>], direction: Direction) -> String {
        if partners.is_empty() || self.rows == 0 {
            return String::new();
        }
        let with_referrals = partners.iter().any(|p| p.tie.referrals.is_some());
        let mut rows = vec![direction.head(with_referrals)];
        let shown = partners.iter().take(self.rows);
        rows.extend(shown.map(|partner| direction.cells(partner, with_referrals)));
        let mut out = format!("\n{title}\n{}", aligned(&rows));
        let more = partners.len().saturating_sub(self.rows);
        if more > 0 {
            out.push_str(&format!("  and {} more\n", units::count(more as i64)));
        }
        out
    }

    fn json(&self) -> Result<Value> {
        let node = self.node;
        let own = |columns: &[&str]| -> Result<Value> {
            let mut said = serde_json::Map::new();
            for column in columns.iter().filter(|column| self.row.has(column)) {
                let counts = self.row.ints(column)?;
                said.insert((*column).to_string(), json!(counts.first()));
            }
            Ok(Value::Object(said))
        };
        let mut out = json!({
            "npi": node.npi,
            "name": node.name,
            "affiliation": node.affiliation,
            "specialty": node.specialty,
            "practice_name": node.practice,
            "county": node.county,
            "role": node.role,
            "community": node.community,
            "component": node.component,
            "pagerank": node.pagerank,
            "pagerank_place": self.network.place_by_pagerank(&node.npi),
            "providers": self.network.len(),
            "betweenness": node.betweenness,
            "betweenness_se": self.betweenness_se()?,
            "clustering": node.clustering,
            "ties": self.span,
            "receives_from": self.partners(&self.network.receives_from(&node.npi)),
            "sends_to": self.partners(&self.network.sends_to(&node.npi)),
        });
        let counts = own(&[
            "referrals_in",
            "referrals_out",
            "patients_in",
            "patients_out",
            "partners_in",
            "partners_out",
        ])?;
        if let (Some(out), Value::Object(counts)) = (out.as_object_mut(), counts) {
            out.extend(counts);
        }
        Ok(out)
    }

    fn partners(&self, partners: &[Partner<'_>]) -> Value {
        let shown = partners.iter().take(self.rows);
        let said = shown.map(|Partner { node, tie }| {
            json!({
                "npi": node.npi,
                "name": node.name,
                "affiliation": node.affiliation,
                "specialty": node.specialty,
                "practice_name": node.practice,
                "referrals": tie.referrals,
                "patients": tie.patients,
                "share_of_out": tie.share_of_out,
                "share_of_in": tie.share_of_in,
                "reciprocity": tie.reciprocity,
            })
        });
        said.collect()
    }
}

/// Which way a list of ties looks: the provider's own share of each comes first.
#[derive(Clone, Copy)]
enum Direction {
    In,
    Out,
}

impl Direction {
    fn head(self, with_referrals: bool) -> Vec<String> {
        let shares = match self {
            Self::In => ["of all received", "of all they send"],
            Self::Out => ["of all sent", "of all they receive"],
        };
        let counts: &[&str] = match with_referrals {
            true => &["referrals", "patients"],
            false => &["patients"],
        };
        let words = counts.iter().chain(&shares).chain(&["NPI", "provider"]);
        words.map(|word| (*word).to_string()).collect()
    }

    fn cells(self, Partner { node, tie }: &Partner<'_>, with_referrals: bool) -> Vec<String> {
        let shares = match self {
            Self::In => [tie.share_of_in, tie.share_of_out],
            Self::Out => [tie.share_of_out, tie.share_of_in],
        };
        let mut cells = Vec::new();
        if with_referrals {
            let n = tie.referrals.map(|n| units::count(n as i64));
            cells.push(n.unwrap_or_default());
        }
        cells.push(units::count(tie.patients as i64));
        let percent = |share: Option<f64>| share.map(|s| units::percent(s, 0)).unwrap_or_default();
        cells.extend(shares.map(percent));
        cells.push(node.npi.clone());
        cells.push(format!(
            "{}; {}, {}; {}",
            node.name, node.specialty, node.affiliation, node.practice
        ));
        cells
    }
}

/// Rows whose columns stand below each other: numbers to the right, the last column to the left.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at + 1 == columns {
                out.push_str(&format!("  {cell}"));
            } else {
                out.push_str(&format!("  {cell:>width$}", width = widths[at]));
            }
        }
        out.push('\n');
    }
    out
}
