//! Which practice sends what where outside, in the run's quarter.

use super::context::{Context, Finding, Made};
use crate::base::{Result, Table};

pub(super) const FINDING: Finding = Finding {
    name: "leakage_flows",
    marts: &["leakage_flows"],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let key = ["practice_id", "specialty", "destination_id"];
    context.warehouse.read("leakage_flows")?.sorted_by(&key)
}
