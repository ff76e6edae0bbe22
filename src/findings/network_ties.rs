//! The ties of the referral network: each tie's share at both of its ends, whether it stands out there,
//! and what became of it against a year before.

use super::context::{Context, Finding, Made};
use super::estimates::changed;
use super::network::{PROVIDERS, TIES};
use super::tie_changes::{Kind, MART};
use crate::base::{Error, Result, Table, TableBuilder};
use crate::network::reciprocity::{TieMeasures, measure};

pub(super) const FINDING: Finding = Finding {
    name: "network_ties",
    marts: &[PROVIDERS, TIES, MART],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let of_run = context.network()?;
    let ties = &of_run.ties;
    let names = of_run.providers.text("name")?;
    let measures: Vec<TieMeasures> = measure(&of_run.network).collect();
    let changes = context.tie_changes()?;
    // Shared patients have no days, so nothing is known of their change.
    let rows: Vec<Option<usize>> = if of_run.is_of_referrals()? {
        changes.rows_of_network()?.into_iter().map(Some).collect()
    } else {
        vec![None; ties.rows()]
    };
    if rows.len() != ties.rows() {
        return Err(Error::internal("the network has other ties than changes"));
    }
    let name = |node: u32| Some(names.value(node as usize));
    let out = TableBuilder::new("network_ties")
        .text("npi_from", ties.text("npi_from")?.iter())
        .text("npi_to", ties.text("npi_to")?.iter())
        .text("name_from", measures.iter().map(|m| name(m.tie.from)))
        .text("name_to", measures.iter().map(|m| name(m.tie.to)))
        .int("referrals", ties.ints("referrals")?)
        .int("patients", ties.ints("patients")?)
        .real(
            "share_of_out",
            measures.iter().map(|m| Some(m.share_of_out)),
        )
        .real("share_of_in", measures.iter().map(|m| Some(m.share_of_in)))
        .real("reciprocity", measures.iter().map(|m| Some(m.reciprocity)))
        .real("backbone_p", of_run.backbone_p.iter().copied().map(Some))
        .day("first_on", ties.days("first_on")?)
        .day("last_on", ties.days("last_on")?)
        .text(
            "change",
            rows.iter()
                .map(|row| row.map_or(Kind::NotObserved, |row| changes.kind(row)))
                .map(|kind| Some(kind.name())),
        );
    let ratios: Vec<_> = rows.iter().map(|row| changes.ratio((*row)?)).collect();
    let q: Vec<_> = rows.iter().map(|row| changes.q((*row)?)).collect();
    changed(out, "change_ratio", &ratios, &q).finish()
}
