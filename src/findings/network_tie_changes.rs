//! The ties that were gained, lost, strengthened or weakened against a year before, those included
//! that the network has no more.

use super::context::{Context, Finding, Made};
use super::estimates::changed;
use super::tie_changes::MART;
use crate::base::{Error, Result, Table, TableBuilder};

/// Everyone at an end.
const ENDS: &str = "int_tie_ends";

pub(super) const FINDING: Finding = Finding {
    name: "network_tie_changes",
    marts: &[MART, ENDS],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let changes = context.tie_changes()?;
    let windows = &changes.windows;
    let rows: Vec<usize> = (0..windows.rows())
        .filter(|row| changes.kind(*row).is_change())
        .collect();
    let shown = windows.pick(&rows)?;
    let ends = context.warehouse.read(ENDS)?.sorted_by(&["npi"])?;
    let npis: Vec<&str> = ends.text("npi")?.iter().flatten().collect();
    let row_of = |npi: Option<&str>| {
        let found = npi.and_then(|npi| npis.binary_search(&npi).ok());
        found.ok_or_else(|| Error::internal("a tie ends at nobody"))
    };
    let at = |column: &str| {
        shown
            .text(column)?
            .iter()
            .map(row_of)
            .collect::<Result<Vec<_>>>()
    };
    let (from, to) = (at("npi_from")?, at("npi_to")?);
    let (names, affiliations) = (ends.text("name")?, ends.text("affiliation")?);
    let out = TableBuilder::new("network_tie_changes")
        .text("npi_from", shown.text("npi_from")?.iter())
        .text("npi_to", shown.text("npi_to")?.iter())
        .text("name_from", from.iter().map(|end| Some(names.value(*end))))
        .text("name_to", to.iter().map(|end| Some(names.value(*end))))
        .text(
            "affiliation_to",
            to.iter().map(|end| Some(affiliations.value(*end))),
        )
        .int("referrals_before", shown.ints("referrals_before")?)
        .int("referrals_now", shown.ints("referrals_now")?);
    let ratios: Vec<_> = rows.iter().map(|row| changes.ratio(*row)).collect();
    let q: Vec<_> = rows.iter().map(|row| changes.q(*row)).collect();
    changed(out, "change_ratio", &ratios, &q)
        .text(
            "change",
            rows.iter().map(|row| Some(changes.kind(*row).name())),
        )
        .finish()
}
