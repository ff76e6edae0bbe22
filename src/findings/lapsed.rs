//! The referrers who have almost surely stopped, the dearest first.

use super::context::{Context, Finding, Made, made};
use crate::base::{Result, Table};

pub(super) const FINDING: Finding = Finding {
    name: "lapsed",
    marts: &[],
    make,
};

fn make(_context: &Context<'_>, tables: &Made) -> Result<Table> {
    Ok(made(tables, "referrers")?
        .only("status", "lapsed")?
        .sorted_by(&["rank"])?
        .renamed("lapsed"))
}
