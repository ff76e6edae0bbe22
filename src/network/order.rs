//! The order of work: which named thing comes after which, from what each
//! selects from.
//!
//! It decides nothing about the things themselves. A name that others depend on
//! but that is no key of the map is a source: it is there already, and needs
//! neither an order nor a place in the answer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fmt;

use petgraph::Direction::Incoming;
use petgraph::graph::{DiGraph, NodeIndex};

/// Things that wait for each other in a ring, so that none can come first.
///
/// Displayed as `a -> b -> a`, where an arrow reads "selects from".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The members, each once: every member selects from the next, and the last
    /// from the first. The alphabetically first member leads.
    pub members: Vec<String>,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for member in &self.members {
            write!(f, "{member} -> ")?;
        }
        f.write_str(self.members.first().map_or("", String::as_str))
    }
}

impl std::error::Error for Cycle {}

/// The keys of `dependencies` in an order where each comes after all that it
/// selects from. Of several that are ready the alphabetically first is taken,
/// so the answer is the alphabetically least of all valid orders.
///
/// # Errors
///
/// [`Cycle`], with one ring of names, where no such order exists.
///
/// # Examples
///
/// ```
/// use catchment_network::order::order;
/// use std::collections::{BTreeMap, BTreeSet};
///
/// let selects_from = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<BTreeSet<_>>();
/// let mut marts = BTreeMap::new();
/// marts.insert("leakage".to_string(), selects_from(&["int_referrals"]));
/// marts.insert("int_referrals".to_string(), selects_from(&["stg_referrals"]));
/// marts.insert("stg_referrals".to_string(), selects_from(&["lake.referrals"]));
/// assert_eq!(order(&marts).unwrap(), ["stg_referrals", "int_referrals", "leakage"]);
///
/// marts.insert("stg_referrals".to_string(), selects_from(&["leakage"]));
/// let cycle = order(&marts).unwrap_err();
/// assert_eq!(
///     cycle.to_string(),
///     "int_referrals -> stg_referrals -> leakage -> int_referrals"
/// );
/// ```
pub fn order(dependencies: &BTreeMap<String, BTreeSet<String>>) -> Result<Vec<String>, Cycle> {
    let graph = graph_of(dependencies);
    // Node indices below come from this very graph, so none is out of range.
    let mut waiting_for: Vec<usize> = graph
        .node_indices()
        .map(|node| graph.neighbors_directed(node, Incoming).count())
        .collect();
    // Nodes were added in the order of their names, so the least index is the
    // alphabetically first name.
    let mut ready: BinaryHeap<Reverse<NodeIndex>> = graph
        .node_indices()
        .filter(|node| waiting_for[node.index()] == 0)
        .map(Reverse)
        .collect();
    let mut ordered = Vec::with_capacity(graph.node_count());
    while let Some(Reverse(node)) = ready.pop() {
        ordered.push(graph[node].to_string());
        for dependent in graph.neighbors(node) {
            waiting_for[dependent.index()] -= 1;
            if waiting_for[dependent.index()] == 0 {
                ready.push(Reverse(dependent));
            }
        }
    }
    match graph
        .node_indices()
        .find(|node| waiting_for[node.index()] > 0)
    {
        None => Ok(ordered),
        Some(stuck) => Err(cycle_behind(&graph, &waiting_for, stuck)),
    }
}

/// All that `wanted` needs, directly or through others, with the wanted names
/// themselves: the keys that must be worked for these to be had.
///
/// Sources, wanted or needed, are left out, so the answer is a subset of the
/// keys. Cycles do no harm here.
///
/// # Examples
///
/// ```
/// use catchment_network::order::closure;
/// use std::collections::{BTreeMap, BTreeSet};
///
/// let mut marts = BTreeMap::new();
/// marts.insert("b".to_string(), BTreeSet::from(["a".to_string(), "source".to_string()]));
/// marts.insert("a".to_string(), BTreeSet::new());
/// marts.insert("c".to_string(), BTreeSet::from(["b".to_string()]));
/// let needed = closure(&marts, &["b"]);
/// assert_eq!(needed.into_iter().collect::<Vec<_>>(), ["a", "b"]);
/// ```
pub fn closure(
    dependencies: &BTreeMap<String, BTreeSet<String>>,
    wanted: &[&str],
) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let mut to_visit: Vec<&str> = wanted.to_vec();
    while let Some(name) = to_visit.pop() {
        let Some(selected_from) = dependencies.get(name) else {
            continue;
        };
        if needed.insert(name.to_string()) {
            to_visit.extend(selected_from.iter().map(String::as_str));
        }
    }
    needed
}

/// One node a key, in alphabetical order, and an edge from each dependency to
/// its dependent. Sources have no node.
fn graph_of(dependencies: &BTreeMap<String, BTreeSet<String>>) -> DiGraph<&str, ()> {
    let mut graph = DiGraph::new();
    let nodes: BTreeMap<&str, NodeIndex> = dependencies
        .keys()
        .map(|name| (name.as_str(), graph.add_node(name.as_str())))
        .collect();
    for (name, selected_from) in dependencies {
        for dependency in selected_from {
            if let (Some(&from), Some(&to)) =
                (nodes.get(dependency.as_str()), nodes.get(name.as_str()))
            {
                graph.add_edge(from, to, ());
            }
        }
    }
    graph
}

/// Walks from a stuck node to something that it still waits for, again and
/// again. Every stuck node waits for another stuck one, so the walk must come
/// back to where it was, and what lies between is a ring.
fn cycle_behind(graph: &DiGraph<&str, ()>, waiting_for: &[usize], stuck: NodeIndex) -> Cycle {
    let mut walk: Vec<NodeIndex> = Vec::new();
    let mut next = Some(stuck);
    while let Some(node) = next {
        if let Some(start) = walk.iter().position(|&seen| seen == node) {
            walk.drain(..start);
            break;
        }
        walk.push(node);
        next = graph
            .neighbors_directed(node, Incoming)
            .filter(|dependency| waiting_for[dependency.index()] > 0)
            .min();
    }
    let first = (0..walk.len()).min_by_key(|&at| walk[at]).unwrap_or(0);
    walk.rotate_left(first);
    Cycle {
        members: walk.iter().map(|&node| graph[node].to_string()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependencies(rows: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        rows.iter()
            .map(|(name, from)| {
                let from = from.iter().map(|name| name.to_string()).collect();
                (name.to_string(), from)
            })
            .collect()
    }

    #[test]
    fn the_alphabetically_first_ready_name_comes_first() {
        // c frees a, which goes before the long-ready d.
        let diamond = dependencies(&[("a", &["c"]), ("b", &["d", "a"]), ("c", &[]), ("d", &[])]);
        assert_eq!(order(&diamond).unwrap(), ["c", "a", "d", "b"]);
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert!(order(&BTreeMap::new()).unwrap().is_empty());
        assert!(closure(&BTreeMap::new(), &["a"]).is_empty());
    }

    #[test]
    fn a_name_that_selects_from_itself_is_a_cycle() {
        let cycle = order(&dependencies(&[("a", &["a"])])).unwrap_err();
        assert_eq!(cycle.to_string(), "a -> a");
    }

    #[test]
    fn the_cycle_leaves_out_what_only_leads_to_it() {
        // "a" is stuck behind the ring of z, m and y, without being in it.
        let ring = dependencies(&[
            ("a", &["z"]),
            ("m", &["y"]),
            ("y", &["z"]),
            ("z", &["m", "ok"]),
            ("ok", &[]),
        ]);
        let cycle = order(&ring).unwrap_err();
        assert_eq!(cycle.members, ["m", "y", "z"]);
        assert_eq!(cycle.to_string(), "m -> y -> z -> m");
    }

    #[test]
    fn a_closure_goes_through_cycles_and_leaves_out_sources() {
        let ring = dependencies(&[("a", &["b", "lake"]), ("b", &["a"]), ("c", &["a"])]);
        let needed: Vec<String> = closure(&ring, &["b", "lake"]).into_iter().collect();
        assert_eq!(needed, ["a", "b"]);
    }
}
