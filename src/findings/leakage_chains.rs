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
    let parts = ["sent_on", "operated", "went_on"].map(|part| source.count(part, both));
    let [sent_on, operated, went_on] = parts;
    let (sent_on, operated, went_on) = (sent_on?, operated?, went_on?);
    let rows = all.shown(&context.quarter.last(8));
    let share = |(key, q): &(&String, Quarter)| went_on.of(key, *q).share_of(all.of(key, *q));
    let shares: Vec<Estimate> = rows.iter().map(share).collect();
    let mut out = TableBuilder::new("leakage_chains")
        .text("specialty", rows.iter().map(|(key, _)| Some(*key)))
        .text("quarter", rows.iter().map(|(_, q)| Some(q.to_string())));
    let columns = [
        ("n", &all),
        ("sent_on", &sent_on),
        ("operated", &operated),
        ("went_on", &went_on),
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
