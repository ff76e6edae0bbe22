//! `catchment backtest`: how often the list of lapsed referrers was wrong, on the user's own past.

use std::process::ExitCode;

use clap::Args;

use super::query::{Format, write};
use super::{Global, print};
use crate::backtest::backtest;
use crate::base::config::LapseRule;
use crate::base::{Quarter, Result, Table, units};

/// Look back: how often was the list of lapsed referrers wrong?
///
/// Stands at the end of each past quarter with what was known then, makes the list as a run of that
/// quarter would have, and looks at the two quarters after it: who of those listed referred again, and
/// who of those not listed never did. Beside it what plain rules would have listed: 90 or 180 days
/// without a referral, and as many of the longest silent (recency).
#[derive(Args)]
pub(super) struct Arguments {
    /// The quarter from which to look back [default: the last whole one that is loaded]
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// How many past quarters to stand in, at most
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=8))]
    quarters: u32,
    /// By what a silence counts as a lapse: gap, the referrer's own rhythm, or days=90 [default: what
    /// catchment.toml says under [lapsed]]
    #[arg(long, value_name = "RULE")]
    lapse_rule: Option<LapseRule>,
    /// How to print it: told in words, or the whole table
    #[arg(long, value_enum)]
    format: Option<Format>,
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let quarter = arguments
        .quarter
        .as_deref()
        .map(str::parse::<Quarter>)
        .transpose()?;
    let workspace = global.workspace()?;
    let mut config = workspace.config()?;
    config.lapsed.rule = arguments.lapse_rule.unwrap_or(config.lapsed.rule);
    let past = (quarter, arguments.quarters);
    let (quarter, table) = backtest(&workspace, &config, past, global.threads, &global.terminal)?;
    match arguments.format {
        Some(format) => write(&table, format)?,
        None => print(&told(quarter, &table)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A share or an area with its interval, to so many places; a dash where there is none.
fn estimate(table: &Table, row: usize, name: &str, show: fn(f64) -> String) -> Result<String> {
    let of = |column: &str| -> Result<Option<f64>> { Ok(table.reals(column)?[row]) };
    let limits = (of(&format!("{name}_low"))?, of(&format!("{name}_high"))?);
    Ok(match (of(name)?, limits) {
        (Some(value), (Some(low), Some(high))) => {
            format!("{} ({} to {})", show(value), show(low), show(high))
        }
        _ => "–".to_string(),
    })
}

fn percent(share: f64) -> String {
    units::percent(share, 0)
}

fn area(value: f64) -> String {
    units::real(value, 2)
}

/// The table in words: the rules side by side, the warnings, the forecasts, and what can't be known.
fn told(quarter: Quarter, table: &Table) -> Result<String> {
    let as_of = table.texts("as_of_quarter")?;
    let quarters: Vec<&str> = {
        let mut all: Vec<&str> = as_of.iter().flatten().map(String::as_str).collect();
        all.retain(|text| *text != "all");
        all.sort_unstable();
        all.dedup();
        all
    };
    let (Some(first), Some(last)) = (quarters.first(), quarters.last()) else {
        return Ok(format!(
            "Nothing can be looked back at yet: a list needs a year of referrals before it and two quarters after \
             it, up to {}.\n",
            quarter.for_people()
        ));
    };
    let shown = if quarters.len() > 1 { "all" } else { *first };
    let of = table.only("as_of_quarter", shown)?;
    let rules = of.only("bin", "all")?;
    let mut out = format!(
        "Lists of {} ({first} to {last}) against the two quarters after each, as known in {}\n\n",
        units::counted(quarters.len() as i64, "quarter"),
        quarter.for_people()
    );
    out.push_str(&compared(&rules)?);
    out.push_str(&warned(&rules)?);
    out.push_str(&forecasts(&of)?);
    out.push_str(&unknown(table, &quarters)?);
    Ok(out)
}

fn compared(rules: &Table) -> Result<String> {
    let mut out = format!(
        "{:<11}{:>8}{:>9}  {:<22}{:<22}{:<22}area under the curve\n",
        "rule",
        "judged",
        "listed",
        "sent nothing after",
        "of the silent found",
        "of the others listed"
    );
    for name in ["catchment", "days=90", "days=180", "recency"] {
        let row = rules.only("rule", name)?;
        if row.rows() == 0 {
            continue;
        }
        out.push_str(&format!(
            "{name:<11}{:>8}{:>9}  {:<22}{:<22}{:<22}{}\n",
            units::count(row.counts("n")?[0]),
            units::count(row.counts("flagged")?[0]),
            estimate(&row, 0, "precision", percent)?,
            estimate(&row, 0, "recall", percent)?,
            estimate(&row, 0, "false_alarm_rate", percent)?,
            estimate(&row, 0, "auc", area)?,
        ));
    }
    let ours = rules.only("rule", "catchment")?;
    let count =
        |column: &str| -> Result<i64> { Ok(ours.counts(column)?.first().copied().unwrap_or(0)) };
    let (back, visited) = (count("came_back")?, count("came_back_visited")?);
    out.push_str(&format!(
        "\nOf those that catchment listed, {} referred again without a visit ({}); of {} visited after it, {} ({}).\n",
        units::count(back),
        units::counted(count("referrals_back")?, "referral"),
        units::count(count("flagged_visited")?),
        units::count(visited),
        units::counted(count("referrals_back_visited")?, "referral"),
    ));
    Ok(out)
}

fn warned(rules: &Table) -> Result<String> {
    let row = rules.only("rule", "at_risk")?;
    if row.rows() == 0 || row.counts("flagged")?[0] == 0 {
        return Ok("No referrer was at risk at the end of a quarter.\n".to_string());
    }
    let weeks = row.reals("weeks_ahead")?[0].map_or_else(String::new, |weeks| {
        format!(
            "; half of these warnings came {} weeks or more before the lapse was provable",
            units::real(weeks, 1)
        )
    });
    Ok(format!(
        "Of {} at risk, {} sent nothing after{weeks}.\n",
        units::counted(row.counts("flagged")?[0], "warning"),
        estimate(&row, 0, "precision", percent)?,
    ))
}

fn forecasts(of: &Table) -> Result<String> {
    let ours = of.only("rule", "catchment")?;
    let bins = ours.texts("bin")?;
    let mut out = "\nforecast   of whom nothing came   referrers\n".to_string();
    for row in (0..ours.rows()).filter(|row| bins[*row].as_deref() != Some("all")) {
        out.push_str(&format!(
            "{:>8}   {:<20}{:>12}\n",
            ours.reals("predicted")?[row].map_or("–".to_string(), percent),
            estimate(&ours, row, "observed", percent)?,
            units::count(ours.counts("n")?[row]),
        ));
    }
    Ok(out)
}

/// Where the past can't be known as it was.
fn unknown(table: &Table, quarters: &[&str]) -> Result<String> {
    let (as_of, known) = (table.texts("as_of_quarter")?, table.flag("as_known")?);
    let hidden: Vec<&str> = quarters
        .iter()
        .copied()
        .filter(|quarter| {
            (0..table.rows())
                .any(|row| as_of[row].as_deref() == Some(*quarter) && !known.value(row))
        })
        .collect();
    if hidden.is_empty() {
        return Ok(String::new());
    }
    Ok(format!(
        "\nbeware: of {}, over 20\u{202f}% of the referrals have no version of that time and are walked back from a \
         later one; what was cancelled or entered late since is not seen as it was then\n",
        hidden.join(", ")
    ))
}
