//! The network as people read it: providers by their NPI with what is known of them, and ties with
//! what is said of each.
//!
//! Algorithms work on [`crate::graph::Network`], whose nodes are bare numbers. This view is for a
//! page about one provider, and for those around somebody; it measures nothing and only orders what
//! was measured before.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

/// What people know a provider by, and what was measured of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeLabel {
    /// The NPI, by which the provider is asked for.
    pub npi: String,
    /// Its name; the NPI where nobody knows one.
    pub name: String,
    /// Where it stands: `own`, `affiliated`, `independent`, `competitor` or `unknown`.
    pub affiliation: String,
    /// Its specialty.
    pub specialty: String,
    /// Its practice's name.
    pub practice: String,
    /// Its practice's county.
    pub county: String,
    /// What it is to the network, where that was found out.
    pub role: Option<String>,
    /// The community that it belongs to, where that was found out.
    pub community: Option<i64>,
    /// The connected part that it belongs to, the largest being 1.
    pub component: Option<i64>,
    /// Where a walk along ties spends its time; all add up to 1.
    pub pagerank: Option<f64>,
    /// The share of shortest paths that lead over it.
    pub betweenness: Option<f64>,
    /// The share of its partners' pairs that are tied.
    pub clustering: Option<f64>,
}

/// What is said of a tie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TieLabel {
    /// Referrals; none in a network of patients in common.
    pub referrals: Option<u64>,
    /// Patients.
    pub patients: u64,
    /// Its share of all that its beginning gives.
    pub share_of_out: Option<f64>,
    /// Its share of all that its end gets.
    pub share_of_in: Option<f64>,
    /// The lesser of the two directions over the greater.
    pub reciprocity: Option<f64>,
}

impl TieLabel {
    /// What the tie weighs: its referrals, else its patients.
    pub fn weight(&self) -> u64 {
        self.referrals.unwrap_or(self.patients)
    }
}

/// Why providers and ties make no labelled network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelError {
    /// Two providers bear one NPI.
    Twice(String),
    /// A tie names an NPI that no provider bears.
    UnknownEnd(String),
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice(npi) => write!(f, "two providers bear the NPI {npi}"),
            Self::UnknownEnd(npi) => write!(f, "a tie names {npi}, whom the network does not have"),
        }
    }
}

impl std::error::Error for LabelError {}

/// The tie between two providers, seen from one of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Partner<'a> {
    /// Who is at the other end.
    pub node: &'a NodeLabel,
    /// The tie.
    pub tie: &'a TieLabel,
}

/// Providers and their ties, by NPI.
///
/// # Examples
///
/// ```
/// use catchment_network::labelled::{Labelled, NodeLabel, TieLabel};
///
/// let node = |npi: &str| NodeLabel { npi: npi.to_string(), ..NodeLabel::default() };
/// let tie = |from: &str, to: &str, n| {
///     (from.to_string(), to.to_string(), TieLabel { referrals: Some(n), ..TieLabel::default() })
/// };
/// let network = Labelled::build(
///     ["1", "2", "3"].map(node),
///     [tie("1", "2", 4), tie("1", "3", 9), tie("3", "2", 1)],
/// )?;
/// let strongest: Vec<&str> = network.sends_to("1").iter().map(|p| p.node.npi.as_str()).collect();
/// assert_eq!(strongest, ["3", "2"]);
/// assert_eq!(network.receives_from("2").len(), 2);
/// # Ok::<(), catchment_network::labelled::LabelError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Labelled {
    graph: DiGraph<NodeLabel, TieLabel>,
    places: BTreeMap<String, NodeIndex>,
}

impl Labelled {
    /// A network of these providers, and of ties from one NPI to another.
    ///
    /// # Errors
    ///
    /// [`LabelError`].
    pub fn build(
        nodes: impl IntoIterator<Item = NodeLabel>,
        ties: impl IntoIterator<Item = (String, String, TieLabel)>,
    ) -> Result<Self, LabelError> {
        let (mut graph, mut places) = (DiGraph::new(), BTreeMap::new());
        for node in nodes {
            let npi = node.npi.clone();
            if places.insert(npi.clone(), graph.add_node(node)).is_some() {
                return Err(LabelError::Twice(npi));
            }
        }
        for (from, to, tie) in ties {
            let place = |npi: &String| match places.get(npi) {
                Some(place) => Ok(*place),
                None => Err(LabelError::UnknownEnd(npi.clone())),
            };
            graph.add_edge(place(&from)?, place(&to)?, tie);
        }
        Ok(Self { graph, places })
    }

    /// How many providers there are.
    pub fn len(&self) -> usize {
        self.graph.node_count()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The NPIs, ascending.
    pub fn npis(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// The provider with this NPI.
    pub fn node(&self, npi: &str) -> Option<&NodeLabel> {
        self.graph.node_weight(*self.places.get(npi)?)
    }

    /// Whom the provider sends to, the strongest tie first; ties of one weight by NPI. Nobody where
    /// the NPI is unknown.
    pub fn sends_to(&self, npi: &str) -> Vec<Partner<'_>> {
        self.partners(npi, Direction::Outgoing)
    }

    /// From whom the provider receives, in the same order.
    pub fn receives_from(&self, npi: &str) -> Vec<Partner<'_>> {
        self.partners(npi, Direction::Incoming)
    }

    fn partners(&self, npi: &str, direction: Direction) -> Vec<Partner<'_>> {
        let Some(place) = self.places.get(npi) else {
            return Vec::new();
        };
        let edges = self.graph.edges_directed(*place, direction);
        let mut partners: Vec<Partner<'_>> = edges
            .map(|edge| {
                let other = match direction {
                    Direction::Outgoing => edge.target(),
                    Direction::Incoming => edge.source(),
                };
                Partner {
                    node: &self.graph[other],
                    tie: edge.weight(),
                }
            })
            .collect();
        partners.sort_by(|a, b| {
            let heavier = b.tie.weight().cmp(&a.tie.weight());
            heavier.then_with(|| a.node.npi.cmp(&b.node.npi))
        });
        partners
    }

    /// The provider's place by PageRank, the greatest being 1 and equals sharing the better place.
    /// None where the NPI is unknown or has no PageRank.
    ///
    /// # Examples
    ///
    /// ```
    /// use catchment_network::labelled::{Labelled, NodeLabel};
    ///
    /// let node = |(npi, rank): (&str, f64)| NodeLabel {
    ///     npi: npi.to_string(),
    ///     pagerank: Some(rank),
    ///     ..NodeLabel::default()
    /// };
    /// let network = Labelled::build([("1", 0.2), ("2", 0.4), ("3", 0.2)].map(node), [])?;
    /// assert_eq!(network.place_by_pagerank("2"), Some(1));
    /// assert_eq!(network.place_by_pagerank("3"), Some(2));
    /// # Ok::<(), catchment_network::labelled::LabelError>(())
    /// ```
    pub fn place_by_pagerank(&self, npi: &str) -> Option<usize> {
        let mine = self.node(npi)?.pagerank?;
        let greater = self.graph.node_weights().filter(|node| {
            let theirs = node.pagerank.map(|rank| rank.total_cmp(&mine));
            theirs == Some(Ordering::Greater)
        });
        Some(1 + greater.count())
    }

    /// The provider and everyone within so many ties of it, whatever their direction. Nobody where
    /// the NPI is unknown.
    ///
    /// # Examples
    ///
    /// ```
    /// use catchment_network::labelled::{Labelled, NodeLabel, TieLabel};
    ///
    /// let node = |npi: &str| NodeLabel { npi: npi.to_string(), ..NodeLabel::default() };
    /// let tie = |from: &str, to: &str| (from.to_string(), to.to_string(), TieLabel::default());
    /// let chain = Labelled::build(
    ///     ["1", "2", "3", "4"].map(node),
    ///     [tie("1", "2"), tie("3", "2"), tie("3", "4")],
    /// )?;
    /// assert_eq!(chain.around("1", 2).into_iter().collect::<Vec<_>>(), ["1", "2", "3"]);
    /// # Ok::<(), catchment_network::labelled::LabelError>(())
    /// ```
    pub fn around(&self, npi: &str, steps: usize) -> BTreeSet<&str> {
        let Some(place) = self.places.get(npi) else {
            return BTreeSet::new();
        };
        let mut reached = BTreeSet::from([*place]);
        let mut edge = vec![*place];
        for _ in 0..steps {
            let next = edge
                .iter()
                .flat_map(|node| self.graph.neighbors_undirected(*node));
            edge = next.filter(|node| reached.insert(*node)).collect();
        }
        reached
            .into_iter()
            .map(|node| self.graph[node].npi.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn node(npi: &str) -> NodeLabel {
        NodeLabel {
            npi: npi.to_string(),
            name: format!("Provider {npi}"),
            ..NodeLabel::default()
        }
    }

    fn tie(
        from: &str,
        to: &str,
        referrals: Option<u64>,
        patients: u64,
    ) -> (String, String, TieLabel) {
        let label = TieLabel {
            referrals,
            patients,
            ..TieLabel::default()
        };
        (from.to_string(), to.to_string(), label)
    }

    fn npis(partners: &[Partner<'_>]) -> Vec<String> {
        partners.iter().map(|p| p.node.npi.clone()).collect()
    }

    #[test]
    fn ties_are_ordered_by_weight_and_then_by_npi() {
        let ties = [
            tie("1", "4", Some(2), 2),
            tie("1", "3", Some(2), 9),
            tie("1", "2", Some(5), 1),
            tie("2", "1", Some(1), 1),
        ];
        let network = Labelled::build(["4", "3", "2", "1"].map(node), ties).unwrap();
        assert_eq!(npis(&network.sends_to("1")), ["2", "3", "4"]);
        assert_eq!(npis(&network.receives_from("1")), ["2"]);
        assert_eq!(network.npis().collect::<Vec<_>>(), ["1", "2", "3", "4"]);
        assert_eq!(network.node("3").unwrap().name, "Provider 3");
        assert!(network.node("9").is_none() && network.sends_to("9").is_empty());
    }

    #[test]
    fn without_referrals_patients_weigh() {
        let ties = [tie("1", "2", None, 11), tie("1", "3", None, 40)];
        let network = Labelled::build(["1", "2", "3"].map(node), ties).unwrap();
        assert_eq!(npis(&network.sends_to("1")), ["3", "2"]);
        assert_eq!(network.sends_to("1")[0].tie.weight(), 40);
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let twice = Labelled::build(["1", "1"].map(node), []).unwrap_err();
        assert_eq!(twice, LabelError::Twice("1".to_string()));
        let strange = Labelled::build([node("1")], [tie("1", "7", None, 11)]).unwrap_err();
        assert_eq!(
            strange.to_string(),
            "a tie names 7, whom the network does not have"
        );
    }

    proptest! {
        /// Who is within so many steps, by powers of the matrix that has a 1 for a tie and for oneself.
        #[test]
        fn those_around_are_those_of_the_matrix(
            pairs in prop::collection::vec((0_usize..8, 0_usize..8), 0..14),
            steps in 0_usize..5,
        ) {
            let names: Vec<String> = (0..8).map(|n| n.to_string()).collect();
            let ties = pairs.iter().map(|(a, b)| tie(&names[*a], &names[*b], None, 11));
            let network = Labelled::build(names.iter().map(|n| node(n)), ties).unwrap();
            let mut reached = [false; 8];
            reached[0] = true;
            for _ in 0..steps {
                let before = reached;
                for (a, b) in &pairs {
                    reached[*a] |= before[*b];
                    reached[*b] |= before[*a];
                }
            }
            let expected: Vec<&str> = (0..8).filter(|n| reached[*n]).map(|n| names[n].as_str()).collect();
            let found: Vec<&str> = network.around("0", steps).into_iter().collect();
            prop_assert_eq!(found, expected);
        }

        /// A place is one more than the number of those who have more.
        #[test]
        fn places_are_those_of_a_sorted_list(ranks in prop::collection::vec(0_u8..5, 1..9)) {
            let nodes = ranks.iter().enumerate().map(|(at, rank)| NodeLabel {
                npi: at.to_string(),
                pagerank: Some(f64::from(*rank)),
                ..NodeLabel::default()
            });
            let network = Labelled::build(nodes, []).unwrap();
            let mut sorted = ranks.clone();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            for (at, rank) in ranks.iter().enumerate() {
                let first = sorted.iter().position(|other| other == rank).unwrap();
                prop_assert_eq!(network.place_by_pagerank(&at.to_string()), Some(first + 1));
            }
        }
    }
}
