//! Leakage by the county of the referring practice.

use super::context::{Context, Finding, Made};
use super::leakage_cells::Cells;
use super::leakage_rates::{Grain, Rows};
use super::recoverable::{By, MARTS};
use crate::base::{Result, Table};

pub(super) const FINDING: Finding = Finding {
    name: "leakage_by_referring_county",
    marts: &[
        "leakage_by_referring_county",
        "int_leakage_place_cells",
        MARTS[0],
        MARTS[1],
    ],
    make,
};

const GRAIN: Grain = Grain {
    table: "leakage_by_referring_county",
    key: "county",
    labels: &[],
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let cells = Cells::by_place(context, "referring_county")?;
    let rows = Rows::read(context, &GRAIN, &cells)?;
    let recovered = context.recovered()?;
    let out = rows.realise(rows.open(context, &GRAIN)?, recovered, By::ReferringCounty);
    rows.close(out, recovered, By::ReferringCounty)
}
