//! The communities of the referral network: who and what is in each, how much stays within it, and
//! which community of the quarter before it continues.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use arrow::array::StringArray;

use super::context::{Context, Finding, Made};
use super::estimates::{Estimate, estimates};
use super::network::{PROVIDERS, ReferralNetwork, TIES, refused};
use super::tallies::Tally;
use crate::base::{Result, Table, TableBuilder};
use crate::network::communities::leiden::{LeidenSettings, find};
use crate::network::communities::matching::{Match, Membership, match_earlier};
use crate::network::communities::modularity::parts;
use crate::network::graph::{Network, Tie};
use crate::network::undirected::Undirected;

pub(super) const FINDING: Finding = Finding {
    name: "communities",
    marts: &[PROVIDERS, TIES, EARLIER_TIES, ORDERS],
    make,
};

const EARLIER_TIES: &str = "int_earlier_ties";
const ORDERS: &str = "int_observed_orders";

/// How many specialties are named of a community.
const SPECIALTIES: usize = 3;

fn make(context: &Context<'_>, _made: &Made) -> Result<Table> {
    let of_run = context.network()?;
    let found = &of_run.communities;
    let sizes = found.partition.sizes();
    let counts = Counts::of(of_run, sizes.len())?;
    let (shares, shares_n) = our_shares(context, of_run, sizes.len())?;
    let before = before(context, of_run)?;
    let before = |at: usize| before.get(at).copied().flatten();
    let providers = &of_run.providers;
    let specialties = most_common(
        (of_run, providers.text("specialty")?, "Unknown"),
        sizes.len(),
        SPECIALTIES,
    );
    let counties = most_common(
        (of_run, providers.text("county")?, "unknown"),
        sizes.len(),
        1,
    );
    let stability = |at: usize| found.stability.as_ref()?.get(at).copied();
    let graph = Undirected::of(&of_run.network);
    let out = TableBuilder::new("communities")
        .int("community", (1..=sizes.len() as i64).map(Some))
        .int("providers", sizes.iter().map(|n| Some(i64::from(*n))));
    let out = counts.referrals(out, of_run.is_of_referrals()?);
    let out = estimates(out, "our_share", &shares)
        .int("our_share_n", shares_n.into_iter().map(Some))
        .text("main_specialties", specialties.iter().map(Some))
        .text("main_county", counties.iter().map(Some))
        .real("modularity", sizes.iter().map(|_| Some(found.modularity)))
        .real("stability", (0..sizes.len()).map(stability))
        .int(
            "community_before",
            (0..sizes.len()).map(|at| before(at).map(|matched| i64::from(matched.before))),
        )
        .real(
            "similarity_before",
            (0..sizes.len()).map(|at| before(at).map(|matched| matched.similarity)),
        )
        .real(
            "modularity_part",
            parts(&graph, &found.partition, 1.0).into_iter().map(Some),
        )
        .real("agreement", sizes.iter().map(|_| found.agreement))
        .int(
            "searches",
            sizes.iter().map(|_| Some(found.searches.len() as i64)),
        );
    counts.patients(out).finish()
}

/// What goes along a community's ties.
#[derive(Clone, Copy, Default)]
struct Sum {
    inside: i64,
    leaving: i64,
}

/// What goes along ties, by the community of who sent it.
struct Counts {
    weights: Vec<Sum>,
    patients: Vec<Sum>,
}

impl Counts {
    fn of(of_run: &ReferralNetwork, communities: usize) -> Result<Self> {
        let of = of_run.community_of();
        let mut counts = Self {
            weights: vec![Sum::default(); communities],
            patients: vec![Sum::default(); communities],
        };
        let patients = of_run.ties.counts("patients")?;
        for (tie, patients) in of_run.network.arcs().zip(patients) {
            // Communities are numbered from 1, and every node has one.
            let (from, to) = (of[tie.from as usize], of[tie.to as usize]);
            let at = from as usize - 1;
            let both = [
                (&mut counts.weights[at], tie.weight.round() as i64),
                (&mut counts.patients[at], patients),
            ];
            for (sum, n) in both {
                if from == to {
                    sum.inside += n;
                } else {
                    sum.leaving += n;
                }
            }
        }
        Ok(counts)
    }

    /// Adds the referrals of each community; none where the network is of shared patients.
    fn referrals(&self, out: TableBuilder, are_referrals: bool) -> TableBuilder {
        let known = |n: i64| are_referrals.then_some(n);
        let weights = || self.weights.iter();
        out.int("referrals_inside", weights().map(|sum| known(sum.inside)))
            .int("referrals_leaving", weights().map(|sum| known(sum.leaving)))
    }

    /// Adds the patients of each community's ties.
    fn patients(&self, out: TableBuilder) -> TableBuilder {
        let patients = || self.patients.iter();
        out.int("patients_inside", patients().map(|sum| Some(sum.inside)))
            .int("patients_leaving", patients().map(|sum| Some(sum.leaving)))
    }
}

/// For each community the share of its aligned referrers' referrals that went to us, and of how
/// many: who is not aligned is seen to send to us alone.
fn our_shares(
    context: &Context<'_>,
    of_run: &ReferralNetwork,
    communities: usize,
) -> Result<(Vec<Estimate>, Vec<i64>)> {
    let orders = context
        .warehouse
        .read(ORDERS)?
        .sorted_by(&["referring_npi"])?;
    let npis: Vec<&str> = of_run.providers.text("npi")?.iter().flatten().collect();
    let referrers = orders.text("referring_npi")?;
    let (to_us, to_others) = (orders.counts("to_us")?, orders.counts("to_others")?);
    let mut tallies = vec![(Tally::default(), Tally::default()); communities];
    for (row, referrer) in referrers.iter().flatten().enumerate() {
        // Who sent along a tie is a provider of the network.
        let Ok(node) = npis.binary_search(&referrer) else {
            continue;
        };
        let (part, whole) = &mut tallies[of_run.community_of()[node] as usize - 1];
        let count = |n: i64| n.max(0) as u64;
        part.add(node as u32, count(to_us[row]));
        whole.add(node as u32, count(to_us[row]) + count(to_others[row]));
    }
    let share = |(part, whole): &(Tally, Tally)| part.share_of(whole);
    let shares = tallies.iter().map(share).collect();
    let n = tallies.iter().map(|(_, whole)| whole.n() as i64).collect();
    Ok((shares, n))
}

/// The most common names among each community's providers, the most common first and of equals by
/// name. What stands for an unknown one is named only where there is no other.
fn most_common(
    (of_run, names, unknown): (&ReferralNetwork, &StringArray, &str),
    communities: usize,
    most: usize,
) -> Vec<String> {
    let mut counts: Vec<BTreeMap<&str, u32>> = vec![BTreeMap::new(); communities];
    for (name, community) in names.iter().zip(of_run.community_of()) {
        let count = counts[*community as usize - 1].entry(name.unwrap_or(unknown));
        *count.or_default() += 1;
    }
    counts
        .into_iter()
        .map(|mut counts| {
            if counts.len() > 1 {
                counts.remove(unknown);
            }
            let mut order: Vec<(&str, u32)> = counts.into_iter().collect();
            order.sort_by_key(|(name, count)| (Reverse(*count), *name));
            let first: Vec<&str> = order.iter().take(most).map(|(name, _)| *name).collect();
            first.join("; ")
        })
        .collect()
}

/// For each community the one of the network a quarter earlier that it continues. A provider weighs
/// as much as it sends and receives in both networks.
fn before(context: &Context<'_>, of_run: &ReferralNetwork) -> Result<Vec<Option<Match>>> {
    let ties = context.warehouse.read(EARLIER_TIES)?;
    let (from, to, n) = (
        ties.text("npi_from")?,
        ties.text("npi_to")?,
        ties.int("referrals")?,
    );
    let mut npis: Vec<&str> = from.iter().chain(to).flatten().collect();
    npis.sort_unstable();
    npis.dedup();
    let node = |npi: &str| npis.partition_point(|known| *known < npi) as u32;
    let arcs: Vec<Tie> = (0..ties.rows())
        .map(|row| Tie {
            from: node(from.value(row)),
            to: node(to.value(row)),
            weight: n.value(row) as f64,
        })
        .collect();
    let network = Network::build(npis.len() as u32, &arcs).map_err(refused)?;
    let settings = LeidenSettings::for_pairs(network.edge_count());
    let earlier = find(&Undirected::of(&network), &settings).map_err(refused)?;
    let strength = |network: &Network, node| network.in_strength(node) + network.out_strength(node);
    let mut members: BTreeMap<&str, Membership> = BTreeMap::new();
    for (node, (npi, before)) in (0..).zip(npis.iter().zip(earlier.partition.of())) {
        let member = Membership {
            now: None,
            before: Some(*before),
            weight: strength(&network, node),
        };
        members.insert(npi, member);
    }
    let now = of_run.providers.text("npi")?.iter().flatten();
    for (node, (npi, now)) in (0..).zip(now.zip(of_run.community_of())) {
        let member = members.entry(npi).or_insert(Membership {
            now: None,
            before: None,
            weight: 0.0,
        });
        member.now = Some(*now);
        member.weight += strength(&of_run.network, node);
    }
    Ok(match_earlier(&members.into_values().collect::<Vec<_>>()))
}
