//! The command line: one file a command. Only here is anything printed; messages go to standard
//! error, results to standard output.

mod backtest;
mod completions;
mod demo;
mod explain;
mod identity;
mod ingest;
mod init;
mod mapping;
mod network;
mod progress;
mod quarantine;
mod query;
mod reading;
mod run;
mod simulate;
mod status;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::base::progress::Progress as _;
use crate::base::{Error, Result, Workspace};
use progress::Terminal;

/// Market intelligence for physician referral networks: raw exports in, a quarter's review out.
#[derive(Parser)]
#[command(name = "catchment", version, about, long_about = None, max_term_width = 100)]
struct Arguments {
    /// The workspace: the folder that holds catchment.toml
    #[arg(
        short,
        long,
        global = true,
        value_name = "DIR",
        env = "CATCHMENT_WORKSPACE"
    )]
    workspace: Option<PathBuf>,
    /// How many threads to reckon with [default: one a core]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Simulate(simulate::Arguments),
    Init(init::Arguments),
    Ingest(ingest::Arguments),
    Run(run::Arguments),
    Query(query::Arguments),
    Explain(explain::Arguments),
    Status(status::Arguments),
    Quarantine(quarantine::Arguments),
    Identity(identity::Arguments),
    Network(network::Arguments),
    Backtest(backtest::Arguments),
    Mapping(mapping::Arguments),
    Completions(completions::Arguments),
}

/// What every command is given.
struct Global {
    workspace: Option<PathBuf>,
    threads: Option<usize>,
    terminal: Terminal,
}

impl Global {
    /// The workspace that the user named, else the folder where the user stands.
    fn workspace(&self) -> Result<Workspace> {
        let folder = self.workspace.clone().unwrap_or_else(|| PathBuf::from("."));
        Workspace::open(&folder)
    }
}

/// The whole program: reads the arguments, carries the command out, and says in one line what went
/// wrong. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but too many rows quarantined.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(threads) = arguments.threads {
        limit_threads(threads);
    }
    start_log();
    let global = Global {
        workspace: arguments.workspace,
        threads: arguments.threads.map(usize::from),
        terminal: Terminal::new(),
    };
    let done = match arguments.command {
        Command::Demo(arguments) => demo::call(&arguments, &global),
        Command::Simulate(arguments) => simulate::call(&arguments, &global),
        Command::Init(arguments) => init::call(&arguments, &global),
        Command::Ingest(arguments) => ingest::call(&arguments, &global),
        Command::Run(arguments) => run::call(&arguments, &global),
        Command::Query(arguments) => query::call(&arguments, &global),
        Command::Explain(arguments) => explain::call(&arguments, &global),
        Command::Status(arguments) => status::call(&arguments, &global),
        Command::Quarantine(arguments) => quarantine::call(&arguments, &global),
        Command::Identity(arguments) => identity::call(&arguments, &global),
        Command::Network(arguments) => network::call(&arguments, &global),
        Command::Backtest(arguments) => backtest::call(&arguments, &global),
        Command::Mapping(arguments) => mapping::call(&arguments, &global),
        Command::Completions(arguments) => completions::call(&arguments),
    };
    global.terminal.end();
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("catchment: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

/// Sizes the pool of the program's own work. The query engine is given the number too; Polars reads
/// its limit from POLARS_MAX_THREADS, which a running process must not change.
fn limit_threads(threads: u16) {
    // A pool that stands already keeps its size; nothing has used it yet at this point.
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(threads))
        .build_global()
        .ok();
}

/// Logs go to standard error, and only where CATCHMENT_LOG asks for them.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("CATCHMENT_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// The first of many names, and how many more there are.
fn some_of<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 12;
    let first: Vec<&str> = names.iter().take(SHOWN).map(AsRef::as_ref).collect();
    let text = first.join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// Prints to standard output; a reader that has gone away is no failure.
fn print(text: &str) -> Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::internal("standard output can't be written").because(e))
        }
        _ => Ok(()),
    }
}
