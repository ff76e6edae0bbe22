//! `catchment simulate`: a made territory with planted truth.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Global, print};
use crate::base::{Quarter, Result, units};
use crate::simulate::{Form, Layout, Settings, simulate_as};

/// Make a territory with planted truth: exports, roster, population, capacity, visits, and what was
/// planted
#[derive(Args)]
pub(super) struct Arguments {
    /// The folder to write
    out: PathBuf,
    /// The state whose real places it has, by its two letters
    #[arg(long, default_value = "NM")]
    state: String,
    /// How many quarters
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=80))]
    quarters: u32,
    /// The last quarter
    #[arg(long, default_value = "2026Q3")]
    last_quarter: String,
    /// How many primary care providers
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    pcps: u32,
    /// So many times as many referrals from everybody: 1 is a median of 17 orders a quarter of an own
    /// primary care provider, and of 3 referrals to us of another
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    volume: u32,
    /// The seed: the same one gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Add the usual dirt
    #[arg(long)]
    mess: bool,
    /// Write one export with the latest state of every referral
    #[arg(long)]
    one_export: bool,
    /// The record system as which the referral exports are written
    #[arg(long, default_value = "canonical", value_parser = layouts())]
    layout: Layout,
    /// Write only so many referrals, the earliest; what is planted is stated of all
    #[arg(long, value_name = "N")]
    first: Option<u64>,
}

/// The words of the layouts.
fn layouts() -> impl TypedValueParser<Value = Layout> {
    PossibleValuesParser::new(Layout::ALL.map(|(word, _)| word))
        .try_map(|word| word.parse::<Layout>())
}

pub(super) fn call(arguments: &Arguments, global: &Global) -> Result<ExitCode> {
    let settings = Settings {
        state: arguments.state.to_uppercase(),
        quarters: arguments.quarters,
        pcps: arguments.pcps,
        volume: arguments.volume,
        seed: arguments.seed,
        mess: arguments.mess,
        one_export: arguments.one_export,
        last_quarter: arguments.last_quarter.parse::<Quarter>()?,
    };
    let form = Form {
        layout: arguments.layout,
        first: arguments.first,
    };
    let made = simulate_as(&arguments.out, &settings, form, &global.terminal)?;
    print(&format!(
        "{} in {} and {} written to {}\nwhat was planted is in {}\n",
        units::counted(made.referrals as i64, "referral"),
        units::counted(made.rows as i64, "row"),
        units::counted(made.files.len() as i64, "file"),
        arguments.out.display(),
        arguments.out.join("truth").display(),
    ))?;
    Ok(ExitCode::SUCCESS)
}
