//! The ties of the referral network, with each tie's share at both of its ends.

use super::context::{Context, Finding, Made};
use crate::base::{Error, Result, Table, TableBuilder};
use crate::network::graph::{Network, Tie};
use crate::network::reciprocity::{TieMeasures, measure};

pub(super) const FINDING: Finding = Finding {
    name: "network_ties",
    marts: &["int_network_providers", "network_ties"],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let providers = context
        .warehouse
        .read("int_network_providers")?
        .sorted_by(&["npi"])?;
    let (network, ties) = read_network(context, &providers)?;
    let names = providers.text("name")?;
    let measures: Vec<TieMeasures> = measure(&network).collect();
    if measures.len() != ties.rows() {
        return Err(Error::internal("the network has other ties than its mart"));
    }
    let name = |node: u32| Some(names.value(node as usize));
    TableBuilder::new("network_ties")
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
        .day("first_on", ties.days("first_on")?)
        .day("last_on", ties.days("last_on")?)
        .finish()
}

/// The network of the mart's ties over these providers (sorted by NPI), and the ties in its order.
pub(super) fn read_network(context: &Context<'_>, providers: &Table) -> Result<(Network, Table)> {
    let ties = context
        .warehouse
        .read("network_ties")?
        .sorted_by(&["npi_from", "npi_to"])?;
    let npis: Vec<&str> = providers.text("npi")?.iter().flatten().collect();
    let node = |npi: &str| npis.partition_point(|known| *known < npi) as u32;
    // Referrals, or patients where the network is of shared-patient files.
    let (from, to, n) = (
        ties.text("npi_from")?,
        ties.text("npi_to")?,
        ties.int("weight")?,
    );
    let arcs: Vec<Tie> = (0..ties.rows())
        .map(|r| Tie {
            from: node(from.value(r)),
            to: node(to.value(r)),
            weight: n.value(r) as f64,
        })
        .collect();
    let network = Network::build(npis.len() as u32, &arcs)
        .map_err(|e| Error::internal("the network can't be built").because(e))?;
    Ok((network, ties))
}
