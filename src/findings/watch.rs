//! The referrers to keep an eye on: those whose silence is doubtful, or not provable.

use super::context::{Context, Finding, Made, made};
use crate::base::{Result, Table};

pub(super) const FINDING: Finding = Finding {
    name: "watch",
    marts: &[],
    make,
};

fn make(_context: &Context<'_>, tables: &Made) -> Result<Table> {
    let referrers = made(tables, "referrers")?;
    let status = referrers.text("status")?;
    let watched: Vec<usize> = (0..referrers.rows())
        .filter(|row| ["at_risk", "silent"].contains(&status.value(*row)))
        .collect();
    Ok(referrers.pick(&watched)?.renamed("watch"))
}
