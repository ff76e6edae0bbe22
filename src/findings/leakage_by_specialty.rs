//! Leakage by specialty: where aligned referrers' referrals leave us, with what it rests on.

use super::context::{Context, Finding, Made};
use super::leakage_cells::Cells;
use super::leakage_rates::{Grain, Rows};
use crate::base::{Result, Table};

pub(super) const FINDING: Finding = Finding {
    name: "leakage_by_specialty",
    marts: &["leakage_by_specialty", "int_leakage_cells"],
    make,
};

const GRAIN: Grain = Grain {
    table: "leakage_by_specialty",
    key: "specialty",
    labels: &[],
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let cells = Cells::by_specialty(context)?;
    let rows = Rows::read(context, &GRAIN, &cells)?;
    let out = rows.realise(rows.open(&GRAIN)?);
    rows.close(out)
}
