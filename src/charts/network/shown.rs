//! What of the network is drawn: its providers where the table places them, and the strongest ties of
//! its backbone.

use std::collections::{BTreeMap, BTreeSet};

use catchment_base::{Result, Table};

use super::{NODES, TIES};
use crate::canvas::record::{Record, records};
use crate::catalogue::Tables;

/// Ties below this level are the backbone.
const LEVEL: f64 = 0.05;

/// One provider.
pub(super) struct Node {
    pub(super) npi: String,
    pub(super) name: String,
    pub(super) specialty: String,
    pub(super) county: String,
    pub(super) community: i64,
    pub(super) role: Role,
    pub(super) partners: Option<i64>,
    pub(super) at: (f64, f64),
}

/// What a provider is to the network, most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Hub,
    Bridge,
    Anchor,
    Periphery,
}

impl Role {
    fn read(word: &str) -> Self {
        match word {
            "hub" => Self::Hub,
            "bridge" => Self::Bridge,
            "anchor" => Self::Anchor,
            _ => Self::Periphery,
        }
    }

    /// As it stands behind a name.
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Hub => ", hub",
            Self::Bridge => ", bridge",
            Self::Anchor => ", anchor",
            Self::Periphery => "",
        }
    }

    /// The radius of its mark.
    pub(super) fn radius(self) -> f64 {
        match self {
            Self::Hub => 26.0,
            Self::Bridge => 24.0,
            Self::Anchor => 20.0,
            Self::Periphery => 11.0,
        }
    }
}

/// What the ties of a network count, as their table's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    Referrals,
    /// Where the network is of shared-patient files, which know of no referral.
    Patients,
}

impl Counts {
    fn of(ties: &Table) -> Result<Self> {
        let is_known = |column: &str| -> Result<bool> {
            Ok(ties.has(column) && ties.ints(column)?.iter().any(Option::is_some))
        };
        Ok(match !is_known("referrals")? && is_known("patients")? {
            true => Self::Patients,
            false => Self::Referrals,
        })
    }

    /// Who is at the other ends of a provider's ties: one of them, and more.
    pub(super) fn partners(self) -> (&'static str, &'static str) {
        match self {
            Self::Referrals => ("referrer", "referrers"),
            Self::Patients => ("provider", "providers"),
        }
    }

    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Referrals => "referrals",
            Self::Patients => "patients",
        }
    }
}

/// A tie of the backbone, by the places of its ends among the nodes.
pub(super) struct Tie {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Referrals, or patients where no referral is known.
    pub(super) weight: Option<i64>,
    pub(super) p: f64,
}

/// What is drawn of the network.
pub(super) struct Shown {
    /// What a tie counts.
    pub(super) counts: Counts,
    pub(super) nodes: Vec<Node>,
    /// The strongest ties of the backbone.
    pub(super) ties: Vec<Tie>,
    /// How many of the backbone there are.
    pub(super) backbone: usize,
    /// The nodes that have a tie drawn.
    pub(super) drawn: BTreeSet<usize>,
}

/// The places and the backbone, where both are there.
pub(super) fn read(tables: &Tables) -> Result<Option<Shown>> {
    let (Some(nodes), Some(ties)) = (tables.get(NODES), tables.get(TIES)) else {
        return Ok(None);
    };
    let placed = ["x", "y", "community", "role"];
    if !placed.iter().all(|column| nodes.has(column)) || !ties.has("backbone_p") {
        return Ok(None);
    }
    let nodes: Vec<Option<Node>> = records(nodes).map(node).collect::<Result<_>>()?;
    let nodes: Vec<Node> = nodes.into_iter().flatten().collect();
    let place: BTreeMap<&str, usize> = nodes.iter().map(|n| n.npi.as_str()).zip(0..).collect();
    let counts = Counts::of(ties)?;
    let ties = backbone(ties, counts, &place)?;
    Ok(Some(Shown {
        counts,
        backbone: ties.len(),
        nodes,
        ties,
        drawn: BTreeSet::new(),
    }))
}

fn node(row: Record<'_>) -> Result<Option<Node>> {
    let at = row.real("x")?.zip(row.real("y")?);
    let (Some(at), Some(community)) = (at, row.int("community")?) else {
        return Ok(None);
    };
    Ok(Some(Node {
        npi: row.text("npi")?,
        name: row.name("name", "npi")?,
        specialty: row.text("specialty")?,
        county: row.text("county")?,
        community,
        role: Role::read(&row.text("role")?),
        partners: row.int("partners_in")?,
        at,
    }))
}

fn backbone(table: &Table, counts: Counts, place: &BTreeMap<&str, usize>) -> Result<Vec<Tie>> {
    let mut ties = Vec::new();
    for row in records(table) {
        let Some(p) = row.real("backbone_p")?.filter(|p| *p < LEVEL) else {
            continue;
        };
        let (from, to) = (row.text("npi_from")?, row.text("npi_to")?);
        if let Some((from, to)) = place.get(from.as_str()).zip(place.get(to.as_str())) {
            ties.push(Tie {
                from: *from,
                to: *to,
                weight: row.int(counts.column())?,
                p,
            });
        }
    }
    Ok(ties)
}

impl Shown {
    /// Leaves the ties of the greatest weight; of two alike the less likely.
    pub(super) fn limit(&mut self, most: usize) {
        self.ties.sort_by(|a, b| {
            let by_weight = b.weight.cmp(&a.weight);
            by_weight
                .then(a.p.total_cmp(&b.p))
                .then((a.from, a.to).cmp(&(b.from, b.to)))
        });
        self.ties.truncate(most);
        let ends = self.ties.iter().flat_map(|tie| [tie.from, tie.to]);
        self.drawn = ends.collect();
    }

    pub(super) fn node(&self, place: usize) -> Option<&Node> {
        self.nodes.get(place)
    }

    /// The nodes drawn, in the order of the table.
    pub(super) fn drawn(&self) -> impl Iterator<Item = &Node> {
        self.drawn.iter().filter_map(|place| self.node(*place))
    }

    /// Those whose names stand on the map, most telling first: hubs, bridges and anchors in turn, each
    /// by the number of their referrers.
    pub(super) fn named(&self, most: usize) -> Vec<&Node> {
        let mut all: Vec<&Node> = self.drawn().collect();
        all.sort_by(|a, b| {
            let by_partners = b.partners.cmp(&a.partners);
            (a.role.cmp(&b.role))
                .then(by_partners)
                .then_with(|| a.npi.cmp(&b.npi))
        });
        let of = |role: Role| all.iter().filter(move |n| n.role == role);
        let (mut hubs, mut bridges) = (of(Role::Hub), of(Role::Bridge));
        let (mut anchors, mut others) = (of(Role::Anchor), of(Role::Periphery));
        let mut named = Vec::new();
        while named.len() < most {
            let before = named.len();
            named.extend(hubs.next());
            named.extend(bridges.next());
            named.extend(anchors.next());
            if named.len() == before {
                named.extend(others.next());
            }
            if named.len() == before {
                break;
            }
        }
        named.truncate(most);
        named.into_iter().copied().collect()
    }
}
