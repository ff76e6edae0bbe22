//! `catchment run`: a quarter's whole analysis.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Global, print};
use crate::base::config::{Cut, LapseRule};
use crate::base::{Quarter, Result, units};
use crate::run::{Asked, Ran, run};

/// Run a quarter: tables, charts, the report and the call list
#[derive(Args)]
pub(super) struct Arguments {
    /// The quarter, such as 2026Q3 [default: the last whole one that is loaded]
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// Where the results go [default: out/QUARTER in the workspace]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Cut the leakage tables by payer, priority, territory or age_band too [default: what
    /// catchment.toml says under [cuts]]
    #[arg(long, value_name = "WHAT")]
    by: Option<Cut>,
    /// By what a silence counts as a lapse: gap, the referrer's own rhythm, or days=90 [default: what
    /// catchment.toml says under [lapsed]]
    #[arg(long, value_name = "RULE")]
    lapse_rule: Option<LapseRule>,
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let quarter = arguments
        .quarter
        .as_deref()
        .map(str::parse::<Quarter>)
        .transpose()?;
    let workspace = global.workspace()?;
    let asked = Asked {
        quarter,
        out: arguments.out.clone(),
        by: arguments.by,
        lapse_rule: arguments.lapse_rule,
    };
    let ran = run(&workspace, &asked, global.threads, &global.terminal)?;
    print(&summary(&ran))?;
    Ok(ExitCode::SUCCESS)
}

/// The closing summary: what was found, what to beware of, and where everything lies.
pub(super) fn summary(ran: &Ran) -> String {
    let mut out = format!("{}\n\n", ran.quarter.for_people());
    for (_, title) in &ran.charts {
        out.push_str(&format!("  {}\n", title.replace('\n', " ")));
    }
    for warning in &ran.warnings {
        out.push_str(&format!("\n  beware: {warning}\n"));
    }
    for missing in &ran.missing {
        out.push_str(&format!("\n  missing: {missing}\n"));
    }
    let rows: usize = ran.tables.iter().map(|t| t.1).sum();
    out.push_str(&format!(
        "\n  tables     {} ({}, {})\n",
        ran.out.join("tables").display(),
        units::counted(ran.tables.len() as i64, "table"),
        units::counted(rows as i64, "row"),
    ));
    out.push_str(&format!(
        "  charts     {} ({} as SVG and PNG)\n",
        ran.out.join("charts").display(),
        ran.charts
            .iter()
            .map(|c| c.0.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    ));
    out.push_str(&format!(
        "  call list  {}\n",
        ran.out.join("call_list.xlsx").display()
    ));
    out.push_str(&format!(
        "  report     {}\n",
        ran.out.join("report.html").display()
    ));
    out
}
