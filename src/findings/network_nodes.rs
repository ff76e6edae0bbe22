//! The providers of the referral network: how many send to them, how central they are, and what they
//! are to their communities.

use super::care_densities;
use super::context::{Context, Finding, Made};
use super::network::{PROVIDERS, ReferralNetwork, TIES, refused};
use crate::base::{Result, Table, TableBuilder};
use crate::network::centrality::{betweenness, clustering, pagerank};
use crate::network::graph::Network;
use crate::network::roles::{Role, stand};
use crate::network::{brokerage, components, cut_points, layout};

pub(super) const FINDING: Finding = Finding {
    name: "network_nodes",
    marts: &[PROVIDERS, TIES, care_densities::MART],
    make,
};

/// The first places of a layout come from it.
const SEED: u64 = 1;

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let of_run = context.network()?;
    let (providers, network) = (&of_run.providers, &of_run.network);
    let nodes = 0..network.node_count();
    let is_of_referrals = of_run.is_of_referrals()?;
    let patients = patients(network, &of_run.ties)?;
    let referrals = |strength: f64| is_of_referrals.then_some(strength.round() as i64);
    let out = TableBuilder::new("network_nodes")
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
        );
    let (out, errors) = centrality(out, of_run)?;
    let densities = care_densities::measure(context, providers)?;
    community(out, of_run)?
        .real("care_density", densities)
        .int("patients_in", patients.iter().map(|n| Some(n.0)))
        .int("patients_out", patients.iter().map(|n| Some(n.1)))
        .real("betweenness_se", errors)
        .finish()
}

/// Adds how central each provider is, in what connected part, and gives the standard errors of
/// betweenness, none of which there are where it is exact.
fn centrality(
    out: TableBuilder,
    of_run: &ReferralNetwork,
) -> Result<(TableBuilder, Vec<Option<f64>>)> {
    let network = &of_run.network;
    let rank = pagerank::rank(network, &pagerank::PageRankSettings::default()).map_err(refused)?;
    let between = betweenness::measure(network, &betweenness::BetweennessSettings::default());
    let cluster = clustering::measure(network);
    let parts = components::find(network);
    let errors = match between.standard_errors {
        Some(errors) => errors.into_iter().map(Some).collect(),
        None => vec![None; between.values.len()],
    };
    let out = out
        .real("pagerank", rank.ranks.into_iter().map(Some))
        .real("betweenness", between.values.into_iter().map(Some))
        .real("clustering", cluster.into_iter().map(Some))
        .int("component", parts.of.iter().map(|c| Some(i64::from(*c))));
    Ok((out, errors))
}

/// Adds each provider's community and what it is to it, what the roster says, a place to draw it at,
/// and who would be cut off without it.
fn community(mut out: TableBuilder, of_run: &ReferralNetwork) -> Result<TableBuilder> {
    let (network, community_of) = (&of_run.network, of_run.community_of());
    let standings = stand(network, community_of);
    let cut_off = cut_points::find(network).cut_off;
    let split_off = cut_points::find_within(network, community_of).cut_off;
    let role = |(standing, cut_off): (&_, &u32)| Role::at(standing, *cut_off > 0).name();
    out = out
        .int(
            "community",
            community_of.iter().map(|c| Some(i64::from(*c))),
        )
        .text(
            "role",
            standings.iter().zip(&cut_off).map(|both| Some(role(both))),
        );
    let layout =
        layout::place(network, community_of, &of_run.drawn_ties(), SEED).map_err(refused)?;
    let providers = &of_run.providers;
    out = out
        .text("affiliation", providers.text("affiliation")?.iter())
        .real("x", layout.places.iter().map(|place| Some(place.0)))
        .real("y", layout.places.iter().map(|place| Some(place.1)));
    for column in [
        "specialty",
        "practice_id",
        "practice_name",
        "county",
        "territory",
    ] {
        out = out.text(column, providers.text(column)?.iter());
    }
    let is_above_none = |count: &u32| Some(*count > 0);
    Ok(out
        .real("within_z", standings.iter().map(|s| Some(s.within_z)))
        .real("between_z", standings.iter().map(|s| Some(s.between_z)))
        .real(
            "participation",
            standings.iter().map(|s| Some(s.participation)),
        )
        .real("constraint", brokerage::measure_constraint(network))
        .flag("articulation", cut_off.iter().map(is_above_none))
        .int("cut_off", cut_off.iter().map(|n| Some(i64::from(*n))))
        .flag("splits_community", split_off.iter().map(is_above_none)))
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
