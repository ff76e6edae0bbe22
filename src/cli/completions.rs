//! `catchment completions`: a script that completes commands and options in a shell.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::print;
use crate::base::Result;

/// Print a script that completes catchment's commands in your shell
#[derive(Args)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn call(arguments: &Arguments) -> Result<ExitCode> {
    let mut script = Vec::new();
    generate(
        arguments.shell,
        &mut super::Arguments::command(),
        "catchment",
        &mut script,
    );
    print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
