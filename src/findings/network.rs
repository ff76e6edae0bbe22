//! The referral network of a run: its providers, its ties, which of them make its backbone, and its
//! communities. It is built once, for every finding that asks.

use arrow::array::Array as _;

use super::context::Context;
use crate::base::{Error, Result, Table};
use crate::network::backbone;
use crate::network::communities::leiden::{Communities, LeidenSettings, find};
use crate::network::graph::{Network, NetworkError, Tie};
use crate::network::undirected::Undirected;

/// The marts behind it.
pub(super) const PROVIDERS: &str = "int_network_providers";
pub(super) const TIES: &str = "network_ties";

/// Below this a tie is in the backbone.
const LEVEL: f64 = 0.05;

/// The network of the last four quarters.
pub(super) struct ReferralNetwork {
    /// Everyone at an end of a tie, sorted by NPI: a provider's row is its node's number.
    pub(super) providers: Table,
    /// The ties, sorted by both ends, as the network has them.
    pub(super) ties: Table,
    /// The network itself; weights are referrals, or patients where it is of shared-patient files.
    pub(super) network: Network,
    /// For each tie the lesser chance of its two ends in the disparity filter.
    pub(super) backbone_p: Vec<f64>,
    /// Who is in which community.
    pub(super) communities: Communities,
}

impl ReferralNetwork {
    pub(super) fn read(context: &Context<'_>) -> Result<Self> {
        let providers = context.warehouse.read(PROVIDERS)?.sorted_by(&["npi"])?;
        let ties = context
            .warehouse
            .read(TIES)?
            .sorted_by(&["npi_from", "npi_to"])?;
        let network = network_of(&providers, &ties)?;
        let settings = LeidenSettings::for_pairs(network.edge_count());
        let communities = find(&Undirected::of(&network), &settings).map_err(refused)?;
        Ok(Self {
            backbone_p: backbone::measure(&network).map(|tie| tie.p()).collect(),
            communities,
            providers,
            ties,
            network,
        })
    }

    /// Whether its ties are of referrals; else they are of shared patients.
    pub(super) fn is_of_referrals(&self) -> Result<bool> {
        Ok(self.ties.int("referrals")?.null_count() == 0)
    }

    /// The community of each provider.
    pub(super) fn community_of(&self) -> &[u32] {
        self.communities.partition.of()
    }

    /// The ties that a picture shows: the backbone, and of each provider the one of most referrals, so
    /// that nobody stands alone (of equals that to the first NPI).
    pub(super) fn drawn_ties(&self) -> Vec<Tie> {
        let mut drawn: Vec<Tie> = self
            .network
            .arcs()
            .zip(&self.backbone_p)
            .filter(|(_, p)| **p < LEVEL)
            .map(|(tie, _)| tie)
            .collect();
        for node in 0..self.network.node_count() {
            let given = self.network.partners_out(node);
            let out = given.map(|(to, weight)| Tie {
                from: node,
                to,
                weight,
            });
            let got = self.network.partners_in(node);
            let all = out.chain(got.map(|(from, weight)| Tie {
                from,
                to: node,
                weight,
            }));
            let most = all.reduce(|most, tie| if tie.weight > most.weight { tie } else { most });
            drawn.extend(most);
        }
        drawn
    }
}

/// The network of the ties over the providers.
fn network_of(providers: &Table, ties: &Table) -> Result<Network> {
    let npis: Vec<&str> = providers.text("npi")?.iter().flatten().collect();
    let node = |npi: &str| npis.partition_point(|known| *known < npi) as u32;
    let (from, to, n) = (
        ties.text("npi_from")?,
        ties.text("npi_to")?,
        ties.int("weight")?,
    );
    let arcs: Vec<Tie> = (0..ties.rows())
        .map(|row| Tie {
            from: node(from.value(row)),
            to: node(to.value(row)),
            weight: n.value(row) as f64,
        })
        .collect();
    let network = Network::build(npis.len() as u32, &arcs).map_err(refused)?;
    if network.arc_count() == ties.rows() {
        Ok(network)
    } else {
        Err(Error::internal("the network has other ties than its mart"))
    }
}

/// What a mart gave is no network.
pub(super) fn refused(error: NetworkError) -> Error {
    Error::internal("the network can't be built").because(error)
}
