//! The providers of the referral network: how many send to them, and how central they are.

use arrow::array::Array as _;

use super::context::{Context, Finding, Made};
use super::network_ties::read_network;
use crate::base::{Error, Result, Table, TableBuilder};
use crate::network::centrality::{betweenness, clustering, pagerank};
use crate::network::components;
use crate::network::graph::Network;

pub(super) const FINDING: Finding = Finding {
    name: "network_nodes",
    marts: &["int_network_providers", "network_ties"],
    make,
};

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let providers = context
        .warehouse
        .read("int_network_providers")?
        .sorted_by(&["npi"])?;
    let (network, ties) = read_network(context, &providers)?;
    let is_of_referrals = ties.int("referrals")?.null_count() == 0;
    let patients = patients(&network, &ties)?;
    let rank = pagerank::rank(&network, &pagerank::PageRankSettings::default())
        .map_err(|e| Error::internal("PageRank").because(e))?;
    let between = betweenness::measure(&network, &betweenness::BetweennessSettings::default());
    let cluster = clustering::measure(&network);
    let parts = components::find(&network);
    let nodes = 0..network.node_count();
    let referrals = |strength: f64| is_of_referrals.then_some(strength.round() as i64);
    let mut out = TableBuilder::new("network_nodes")
        .text("npi", providers.text("npi")?.iter())
        .text("name", providers.text("name")?.iter())
        .int(
            "referrals_in",
            nodes.clone().map(|n| referrals(network.in_strength(n))),
        )
        .int(
            "referrals_out",
            nodes.clone().map(|n| referrals(network.out_strength(n))),
        )
        .int(
            "partners_in",
            nodes.clone().map(|n| Some(network.in_degree(n) as i64)),
        )
        .int(
            "partners_out",
            nodes.clone().map(|n| Some(network.out_degree(n) as i64)),
        )
        .real("pagerank", rank.ranks.into_iter().map(Some))
        .real("betweenness", between.values.into_iter().map(Some))
        .real("clustering", cluster.into_iter().map(Some))
        .int("component", parts.of.iter().map(|c| Some(i64::from(*c))));
    for column in [
        "affiliation",
        "specialty",
        "practice_id",
        "practice_name",
        "county",
        "territory",
    ] {
        out = out.text(column, providers.text(column)?.iter());
    }
    out.int("patients_in", patients.iter().map(|n| Some(n.0)))
        .int("patients_out", patients.iter().map(|n| Some(n.1)))
        .finish()
}

/// The patients of each node's ties, in and out; who is of several ties counts for each.
fn patients(network: &Network, ties: &Table) -> Result<Vec<(i64, i64)>> {
    let mut sums = vec![(0, 0); network.node_count() as usize];
    for (tie, n) in network.arcs().zip(ties.counts("patients")?) {
        sums[tie.to as usize].0 += n;
        sums[tie.from as usize].1 += n;
    }
    Ok(sums)
}
