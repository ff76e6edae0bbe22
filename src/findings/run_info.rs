//! What this run is: its quarter, its sources, and what it was reckoned with.

use super::context::{Context, Finding, Made};
use crate::base::{Day, Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "run_info",
    marts: &[
        "int_referral_span",
        "int_source_completeness",
        "int_shared_ties",
    ],
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
    let network = network(context)?;
    TableBuilder::new("run_info")
        .text("quarter", [Some(context.quarter.to_string())])
        .day("as_of_on", [Some(context.quarter.last_day())])
        .text("sources", [Some(names.join(", "))])
        .day("first_on", [first])
        .day("last_on", [last])
        .text("version", [Some(env!("CARGO_PKG_VERSION"))])
        .text("configuration_hash", [Some(context.config.hash())])
        .text("audience", [Some("internal")])
        .text("network_of", [Some(network.of)])
        .day("network_from_on", [network.from_on])
        .day("network_to_on", [network.to_on])
        .text("lapse_rule", [Some(context.config.lapsed.rule.to_string())])
        .finish()
}

/// What the network's ties are, and from when to when.
struct NetworkSpan {
    of: &'static str,
    from_on: Option<Day>,
    to_on: Option<Day>,
}

/// Referrals of four quarters; where none is known, shared patients of their files' own period.
fn network(context: &Context<'_>) -> Result<NetworkSpan> {
    let table = context.warehouse.ask(
        "the network's span",
        "select s.referrals, t.ties, t.from_on, t.to_on
         from int_referral_span as s
         cross join (
           select count(*) as ties, min(period_from) as from_on, max(period_to) as to_on
           from int_shared_ties
         ) as t",
    )?;
    let count =
        |column: &str| -> Result<i64> { Ok(table.counts(column)?.first().copied().unwrap_or(0)) };
    let day = |column: &str| -> Result<Option<Day>> {
        Ok(table.days(column)?.first().copied().flatten())
    };
    Ok(match (count("referrals")?, count("ties")?) {
        (1.., _) => NetworkSpan {
            of: "referrals",
            from_on: Some(context.quarter.plus(-3).first_day()),
            to_on: Some(context.quarter.last_day()),
        },
        (_, 1..) => NetworkSpan {
            of: "shared_patients",
            from_on: day("from_on")?,
            to_on: day("to_on")?,
        },
        _ => NetworkSpan {
            of: "nothing",
            from_on: None,
            to_on: None,
        },
    })
}
