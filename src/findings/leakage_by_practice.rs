//! Leakage by referring practice: which of our own practices send outside.

use super::context::{Context, Finding, Made};
use super::leakage_cells::Cells;
use super::leakage_rates::{Grain, Rows};
use super::recoverable::{By, MARTS};
use crate::base::{Result, Table};

pub(super) const FINDING: Finding = Finding {
    name: "leakage_by_practice",
    marts: &[
        "leakage_by_practice",
        "int_leakage_place_cells",
        MARTS[0],
        MARTS[1],
    ],
    make,
};

const GRAIN: Grain = Grain {
    table: "leakage_by_practice",
    key: "practice_id",
    labels: &["practice_name", "county", "territory"],
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let cells = Cells::by_place(context, "practice")?;
    let rows = Rows::read(context, &GRAIN, &cells)?;
    let recovered = context.recovered()?;
    let out = rows.realise(rows.open(context, &GRAIN)?, recovered, By::Practice);
    rows.close(out, recovered, By::Practice)
}
