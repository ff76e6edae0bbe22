//! `catchment init`: a new workspace with its explained configuration and its key file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::{Global, print};
use crate::base::{Config, Error, Result, Workspace};

/// Make a new workspace: a catchment.toml that explains itself, and the key that hides patients
#[derive(Args)]
pub(super) struct Arguments {
    /// The folder; it is made where it isn't there [default: the folder where you stand]
    dir: Option<PathBuf>,
}

const README: &str = include_str!("workspace_readme.md");

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let folder = arguments
        .dir
        .clone()
        .or_else(|| global.workspace.clone())
        .unwrap_or_else(|| PathBuf::from("."));
    make(&folder, None)?;
    print(&format!(
        "made a workspace in {}\n  catchment.toml   your settings, each explained; nothing must be changed to begin\n  catchment.key    hides patients; keep a copy in a safe place, apart from the lake\nnext: catchment -w {0} ingest PATH\n",
        folder.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Makes a workspace in a folder, under the folder's name where none is given.
pub(super) fn make(folder: &Path, organisation: Option<&str>) -> Result<Workspace> {
    fs::create_dir_all(folder).map_err(|e| Error::io("can't be made", folder, e))?;
    let workspace = Workspace::at(folder);
    let config = workspace.config_file();
    if config.exists() {
        return Err(Error::usage("is a workspace already")
            .at(folder)
            .help("nothing was changed"));
    }
    let mut key = [0u8; 32];
    getrandom::fill(&mut key)
        .map_err(|e| Error::internal("the system gives no random bytes").because(e.to_string()))?;
    workspace.write_key(&key)?;
    let readme = folder.join("README.md");
    if !readme.exists() {
        fs::write(&readme, README).map_err(|e| Error::io("can't be written", &readme, e))?;
    }
    let name = organisation.map_or_else(|| folder_name(folder), str::to_string);
    // The configuration comes last: with it the folder is a workspace.
    fs::write(&config, Config::template(&name))
        .map_err(|e| Error::io("can't be written", &config, e))?;
    Ok(workspace)
}

/// The name of a folder, also where it was named by `.`.
pub(super) fn folder_name(folder: &Path) -> String {
    let absolute = folder
        .canonicalize()
        .unwrap_or_else(|_| folder.to_path_buf());
    absolute.file_name().map_or_else(
        || "Our organisation".to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}
