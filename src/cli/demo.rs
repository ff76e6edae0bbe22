//! `catchment demo`: the whole quarterly analysis on the embedded samples.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Global, ingest, init, print, run};
use crate::base::{Error, Result, Workspace};
use crate::intake::Asked;

/// The files of data-samples/ with their bytes.
static SAMPLES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/samples.rs"));

/// Run the whole quarterly analysis on a small made territory that comes with the program
#[derive(Args)]
pub(super) struct Arguments {
    /// The workspace to make
    #[arg(default_value = "catchment-demo")]
    dir: PathBuf,
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let dir = &arguments.dir;
    let exports = dir.join("exports");
    let workspace = match Workspace::open(dir) {
        Ok(workspace) if exports.is_dir() => workspace,
        Ok(_) => {
            return Err(Error::usage("is a workspace of yours, and no demo")
                .at(dir)
                .help("name another folder: catchment demo DIR"));
        }
        Err(_) => init::make(dir, Some("Mesa Alta Health (made data)"))?,
    };
    fs::create_dir_all(&exports).map_err(|e| Error::io("can't be made", &exports, e))?;
    for (name, bytes) in SAMPLES {
        let path = exports.join(name);
        fs::write(&path, bytes).map_err(|e| Error::io("can't be written", &path, e))?;
    }
    let config = workspace.config()?;
    let asked = Asked {
        paths: vec![exports],
        ..Asked::default()
    };
    let loaded = ingest::load(&workspace, &config, &asked, global)?;
    print(&loaded.text())?;
    let ran = crate::run::run(
        &workspace,
        &crate::run::Asked::default(),
        global.threads,
        &global.terminal,
    )?;
    print(&format!("\n{}", run::summary(&ran)))?;
    Ok(ExitCode::SUCCESS)
}
