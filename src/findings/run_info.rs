//! What this run is: its quarter, its sources, and what it was reckoned with.

use super::context::{Context, Finding, Made};
use crate::base::{Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "run_info",
    marts: &["int_referral_span", "int_source_completeness"],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let sources = context
        .warehouse
        .read("int_source_completeness")?
        .sorted_by(&["source"])?;
    let names: Vec<String> = sources.texts("source")?.into_iter().flatten().collect();
    let span = context.warehouse.read("int_referral_span")?;
    let first = span.days("first_on")?.first().copied().flatten();
    let last = span.days("last_on")?.first().copied().flatten();
    TableBuilder::new("run_info")
        .text("quarter", [Some(context.quarter.to_string())])
        .day("as_of_on", [Some(context.quarter.last_day())])
        .text("sources", [Some(names.join(", "))])
        .day("first_on", [first])
        .day("last_on", [last])
        .text("version", [Some(env!("CARGO_PKG_VERSION"))])
        .text("configuration_hash", [Some(context.config.hash())])
        .text("audience", [Some("internal")])
        .finish()
}
