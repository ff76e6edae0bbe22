//! `catchment network`: a provider's place in the referral network, and the network as a file for
//! other programs. Both read the tables of the quarter's run.

mod export;
mod show;

use std::collections::BTreeMap;
use std::process::ExitCode;

use arrow::array::Array;
use clap::{Args, Subcommand};

use super::Global;
use super::query::provide_result;
use crate::base::config::nearest;
use crate::base::{Error, Quarter, Result, Table, Workspace, npi, units};
use crate::engine::{Engine, Parameters, Value};
use crate::lake::Snapshot;
use crate::network::labelled::{Labelled, NodeLabel, TieLabel};
use crate::standpoint::last_whole_quarter;

/// Show a provider's place in the referral network, or export the network
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The quarter of the run [default: the last whole quarter]
    #[arg(long, value_name = "QUARTER", global = true)]
    quarter: Option<String>,
}

#[derive(Subcommand)]
enum What {
    Show(show::Arguments),
    Export(export::Arguments),
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let quarter = arguments
        .quarter
        .as_deref()
        .map(str::parse::<Quarter>)
        .transpose()?;
    let workspace = global.workspace()?;
    let scratch = workspace.new_scratch()?;
    let engine = Engine::new(scratch.path(), None, global.threads)?;
    let quarter = match quarter {
        Some(quarter) => quarter,
        None => last_whole_quarter(&Snapshot::read(&engine, &workspace)?)?,
    };
    let results = Results {
        engine: &engine,
        workspace: &workspace,
        quarter,
    };
    match &arguments.what {
        What::Show(asked) => show::call(asked, &results),
        What::Export(asked) => export::call(asked, &results),
    }
}

/// The tables of a quarter's run.
struct Results<'a> {
    engine: &'a Engine,
    workspace: &'a Workspace,
    quarter: Quarter,
}

impl Results<'_> {
    /// A table whole.
    fn read(&self, name: &str) -> Result<Table> {
        self.ask(name, "", &Parameters::new())
    }

    /// The rows of a table under a condition.
    fn ask(&self, name: &str, condition: &str, parameters: &Parameters) -> Result<Table> {
        let tables = self.workspace.out(self.quarter).join("tables");
        let file = tables.join(format!("{name}.parquet"));
        provide_result(self.engine, name, &file, self.quarter)?;
        let sql = format!("select * from {name} {condition}");
        let table = self.engine.query(name, &sql, parameters)?;
        self.engine.forget(name)?;
        Ok(table)
    }

    fn nodes(&self) -> Result<Table> {
        self.read("network_nodes")?.sorted_by(&["npi"])
    }

    fn ties(&self) -> Result<Table> {
        self.read("network_ties")?
            .sorted_by(&["npi_from", "npi_to"])
    }

    /// The ties of one provider.
    fn ties_of(&self, npi: &str) -> Result<Table> {
        let parameters = Parameters::from([("npi".to_string(), Value::Text(npi.to_string()))]);
        let condition = "where npi_from = $npi or npi_to = $npi";
        self.ask("network_ties", condition, &parameters)
    }

    /// What the network is of, and from when to when, in words.
    fn span(&self) -> Result<String> {
        let info = self.read("run_info")?;
        let cell = |column: &str| match info.has(column) && info.rows() > 0 {
            true => info.cell(column, 0),
            false => Ok(String::new()),
        };
        let of = match cell("network_of")?.as_str() {
            "shared_patients" => "shared patients",
            _ => "referrals",
        };
        let [from, to] = [cell("network_from_on")?, cell("network_to_on")?];
        Ok(match (from.is_empty(), to.is_empty()) {
            (true, true) => of.to_string(),
            (true, false) => format!("{of} up to {to}"),
            (false, true) => format!("{of} from {from}"),
            (false, false) => format!("{of} from {from} to {to}"),
        })
    }
}

/// The network for people, of these nodes and ties; ties with an end elsewhere are no part of it.
fn labelled(nodes: &Table, ties: &Table) -> Result<Labelled> {
    let (from, to) = (ties.text("npi_from")?, ties.text("npi_to")?);
    let (referrals, patients) = (ties.ints("referrals")?, ties.counts("patients")?);
    let count = |n: i64| n.max(0) as u64;
    let [given, got, returned] =
        ["share_of_out", "share_of_in", "reciprocity"].map(|column| ties.reals(column));
    let (given, got, returned) = (given?, got?, returned?);
    let ties = (0..ties.rows()).map(|row| {
        let tie = TieLabel {
            referrals: referrals[row].map(count),
            patients: count(patients[row]),
            share_of_out: given[row],
            share_of_in: got[row],
            reciprocity: returned[row],
        };
        (from.value(row).to_string(), to.value(row).to_string(), tie)
    });
    Labelled::build(labels(nodes)?, ties)
        .map_err(|e| Error::internal("the tables of the network do not fit together").because(e))
}

fn labels(nodes: &Table) -> Result<Vec<NodeLabel>> {
    let mut texts = BTreeMap::new();
    for column in [
        "npi",
        "name",
        "affiliation",
        "specialty",
        "practice_name",
        "county",
    ] {
        texts.insert(column, nodes.text(column)?);
    }
    let [rank, between, cluster] =
        ["pagerank", "betweenness", "clustering"].map(|column| nodes.reals(column));
    let (rank, between, cluster) = (rank?, between?, cluster?);
    // A run may not have found these out.
    let optional = |column: &str| match nodes.has(column) {
        true => nodes.ints(column),
        false => Ok(vec![None; nodes.rows()]),
    };
    let (community, component) = (optional("community")?, optional("component")?);
    let role = nodes.has("role").then(|| nodes.text("role")).transpose()?;
    let text = |column: &str, row: usize| texts[column].value(row).to_string();
    let label = |row: usize| NodeLabel {
        npi: text("npi", row),
        name: text("name", row),
        affiliation: text("affiliation", row),
        specialty: text("specialty", row),
        practice: text("practice_name", row),
        county: text("county", row),
        role: role
            .filter(|role| role.is_valid(row))
            .map(|role| role.value(row).to_string()),
        community: community[row],
        component: component[row],
        pagerank: rank[row],
        betweenness: between[row],
        clustering: cluster[row],
    };
    Ok((0..nodes.rows()).map(label).collect())
}

/// The NPI of a provider of the network who was typed: by NPI, or by name, whatever its capitals.
///
/// # Errors
/// A wrong use where it is neither, which names the nearest that is there, or where several bear the
/// name; else a failure, since an NPI may well have no tie.
fn known<'t>(typed: &str, nodes: &'t Table, quarter: Quarter) -> Result<&'t str> {
    let npis = nodes.text("npi")?;
    if let Some(npi) = npi::read(typed) {
        let place = npis.iter().flatten().find(|known| *known == npi);
        return place.ok_or_else(|| {
            Error::input(format!(
                "{npi} is not in the referral network of {quarter}: no tie of it is known"
            ))
        });
    }
    if typed.chars().any(char::is_alphabetic) {
        return named(typed, nodes, quarter);
    }
    let error = Error::usage(format!(
        "'{typed}' is no NPI: one has ten digits, and the last checks the others"
    ));
    Err(match nearest(typed, npis.iter().flatten()) {
        Some(near) => error.help(format!("the nearest in the network is {near}")),
        None => error,
    })
}

/// The NPI of the only provider with a name.
fn named<'t>(typed: &str, nodes: &'t Table, quarter: Quarter) -> Result<&'t str> {
    let (npis, names) = (nodes.text("npi")?, nodes.text("name")?);
    let wanted = typed.trim().to_lowercase();
    let bear: Vec<&str> = npis
        .iter()
        .zip(names)
        .filter(|(_, name)| name.is_some_and(|name| name.to_lowercase() == wanted))
        .filter_map(|(npi, _)| npi)
        .collect();
    match bear[..] {
        [npi] => Ok(npi),
        [] => {
            let error = Error::usage(format!(
                "nobody in the referral network of {quarter} is named '{typed}'"
            ));
            let near = nearest(typed, names.iter().flatten());
            Err(match near {
                Some(near) => error.help(format!("the nearest name is {near}")),
                None => error,
            })
        }
        _ => Err(Error::usage(format!(
            "{} are named '{typed}'",
            units::counted(bear.len() as i64, "provider")
        ))
        .help(format!("name one by its NPI: {}", bear.join(", ")))),
    }
}
