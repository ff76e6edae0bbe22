//! `catchment network export`: the network as a file that other programs open.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Results, known, labelled};
use crate::base::{Error, Result, units};
use crate::cli::print;
use crate::report::network::Exported;

/// Export the network as GraphML, GEXF, Parquet or CSV
///
/// Nodes and edges carry every column of the tables network_nodes and network_ties; an edge weighs
/// its referrals, or its patients where there are no referrals. Names and counts of 1 to 10 stand
/// in the file: it is internal.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// The file, or for Parquet and CSV the folder, to write
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
    /// The format [default: as the file's ending says]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Only the provider with this NPI or name, and those near it
    #[arg(long, value_name = "NPI|NAME")]
    around: Option<String>,
    /// How many ties away is near
    #[arg(long, value_name = "N", default_value_t = 1, requires = "around")]
    steps: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Graphml,
    Gexf,
    Parquet,
    Csv,
}

pub(super) fn call(arguments: &Arguments, results: &Results<'_>) -> Result<ExitCode> {
    let out = arguments.out.as_path();
    let format = match arguments.format {
        Some(format) => format,
        None => by_ending(out)?,
    };
    let (nodes, ties) = (results.nodes()?, results.ties()?);
    let about = format!(
        "{}, referral network of {}: {}. An edge weighs its referrals, or its patients where there are no referrals. Internal: names and counts of 1 to 10 stand in it.",
        results.workspace.config()?.organisation.name,
        results.quarter,
        results.span()?,
    );
    let mut network = Exported::of(&nodes, &ties, &about)?;
    if let Some(typed) = &arguments.around {
        let npi = known(typed, &nodes, results.quarter)?;
        let labelled = labelled(&nodes, &ties)?;
        network = network.only(&labelled.around(npi, arguments.steps))?;
    }
    write(&network, format, out)?;
    print(&format!(
        "{} and {} written to {}; they are internal: counts of 1 to 10 stand in them\n",
        units::counted(network.nodes().rows() as i64, "provider"),
        units::counted(network.edges().rows() as i64, "tie"),
        out.display(),
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn by_ending(out: &Path) -> Result<Format> {
    let ending = out.extension().and_then(|ending| ending.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("graphml") => Ok(Format::Graphml),
        Some("gexf") => Ok(Format::Gexf),
        _ => Err(Error::usage("does not say its format").at(out).help(
            "name a file that ends in .graphml or .gexf, or a folder with --format parquet or csv",
        )),
    }
}

fn write(network: &Exported, format: Format, out: &Path) -> Result<()> {
    match format {
        Format::Graphml => write_file(out, |file| network.to_graphml(file)),
        Format::Gexf => write_file(out, |file| network.to_gexf(file)),
        Format::Parquet | Format::Csv if out.is_file() => {
            Err(Error::usage("is a file").at(out).help("name a folder"))
        }
        Format::Parquet => network.write_parquet(out),
        Format::Csv => network.write_csv(out),
    }
}

/// Writes a file aside and puts it into its place at once.
fn write_file(out: &Path, write: impl Fn(BufWriter<File>) -> Result<()>) -> Result<()> {
    if out.is_dir() {
        return Err(Error::usage("is a folder").at(out).help("name a file"));
    }
    let mut name = out.file_name().unwrap_or_default().to_os_string();
    name.push(".partial");
    let partial = out.with_file_name(name);
    let refused = |e: io::Error| {
        let is_nowhere = e.kind() == io::ErrorKind::NotFound;
        let error = Error::io("can't be written", out, e);
        match is_nowhere {
            true => error.help("make the folder that it is to stand in first"),
            false => error,
        }
    };
    let file = File::create(&partial).map_err(refused)?;
    let written = write(BufWriter::new(file)).and_then(|()| {
        fs::rename(&partial, out).map_err(|e| Error::io("can't be written", out, e))
    });
    if written.is_err() {
        fs::remove_file(&partial).ok();
    }
    written
}
