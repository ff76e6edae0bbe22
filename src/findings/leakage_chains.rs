//! Chain leakage: referrals that we kept and completed, and whose care went on outside.

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, estimates};
use super::leakage_rates::ALL;
use super::tallies::Source;
use crate::base::{Quarter, Result, Table, TableBuilder};

pub(super) const FINDING: Finding = Finding {
    name: "leakage_chains",
    marts: &["int_chain_cells"],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let table = context.warehouse.read("int_chain_cells")?;
    let specialties = table.text("specialty")?;
    let source = Source::read(&table)?;
    let both = |row: usize| [specialties.value(row), ALL].map(str::to_string);
    let all = source.count("n", both)?;
    let parts = ["ordered_outside", "operated_outside", "went_outside"]
        .map(|part| source.count(part, both));
    let [ordered_outside, operated_outside, went_outside] = parts;
    let (ordered_outside, operated_outside, went_outside) =
        (ordered_outside?, operated_outside?, went_outside?);
    let rows = all.shown(&context.quarter.last(8));
    let share = |(key, q): &(&String, Quarter)| went_outside.of(key, *q).share_of(all.of(key, *q));
    let shares: Vec<Estimate> = rows.iter().map(share).collect();
    let mut out = TableBuilder::new("leakage_chains")
        .text("specialty", rows.iter().map(|(key, _)| Some(*key)))
        .text("quarter", rows.iter().map(|(_, q)| Some(q.to_string())));
    let columns = [
        ("n", &all),
        ("ordered_outside", &ordered_outside),
        ("operated_outside", &operated_outside),
        ("went_outside", &went_outside),
    ];
    for (name, cube) in columns {
        out = out.int(
            name,
            rows.iter()
                .map(|(key, q)| Some(cube.of(key, *q).n() as i64)),
        );
    }
    estimates(out, "share", &shares).finish()
}
