//! Ties put in order: checked, sorted by both ends and merged where they run
//! side by side, in the memory that they came in.
//!
//! What is built from the arcs is left to others.

use petgraph::csr::Csr;
use petgraph::{Directed, IntoWeightedEdge};
use rayon::prelude::*;

use crate::graph::{NetworkError, Tie};

/// Out-edges or in-edges of every node, by the other end's number.
pub(crate) type Rows = Csr<(), f32, Directed, u32>;

/// Into how many buckets ties are split before each bucket is sorted for
/// itself. So many are enough for a bucket of tens of millions of ties to fit
/// the caches, and few enough for their heads to do so. It is a power of two.
const BUCKETS: usize = 512;

/// A tie on its way into a row.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Arc(Tie);

impl Arc {
    /// Both ends and the weight in one number, which orders arcs as three
    /// comparisons would and without their branches: a weight is positive, and
    /// the bits of positive numbers ascend with them.
    fn key(self) -> u128 {
        let Tie { from, to, weight } = self.0;
        u128::from(from) << 96 | u128::from(to) << 64 | u128::from(weight.to_bits())
    }

    fn ends(self) -> (u32, u32) {
        (self.0.from, self.0.to)
    }
}

impl IntoWeightedEdge<f32> for Arc {
    type NodeId = u32;

    fn into_weighted_edge(self) -> (u32, u32, f32) {
        (self.0.from, self.0.to, self.0.weight as f32)
    }
}

/// The arcs of the given ties, ordered by `from` and then by `to`: self loops
/// are dropped, and parallel ties are added up from the least weight to the
/// greatest.
///
/// # Errors
///
/// Those of [`crate::graph::Network::build`], for the first tie that has one.
pub(crate) fn merged(nodes: u32, ties: Vec<Tie>) -> Result<Vec<Arc>, NetworkError> {
    let refused = |tie: &Tie| check(nodes, *tie).err();
    if let Some(error) = ties.par_iter().find_map_first(refused) {
        return Err(error);
    }
    // An arc is laid out as its tie, so this moves nothing.
    let mut arcs: Vec<Arc> = ties.into_iter().map(Arc).collect();
    let lengths: Vec<usize> = sort(&mut arcs, nodes);
    let kept: Vec<Result<usize, NetworkError>> = split(&mut arcs, &lengths)
        .into_par_iter()
        .map(merge)
        .collect();
    let (mut read, mut written) = (0, 0);
    for (length, kept) in lengths.into_iter().zip(kept) {
        let kept = kept?;
        if read > written {
            arcs.copy_within(read..read + kept, written);
        }
        read += length;
        written += kept;
    }
    arcs.truncate(written);
    Ok(arcs)
}

/// Turns every arc round, and orders them anew.
pub(crate) fn turn(arcs: &mut [Arc], nodes: u32) {
    arcs.par_iter_mut()
        .for_each(|Arc(tie)| std::mem::swap(&mut tie.from, &mut tie.to));
    sort(arcs, nodes);
}

/// The rows of all nodes, also of those behind the last that has an arc.
pub(crate) fn rows(nodes: u32, arcs: &[Arc]) -> Rows {
    let mut rows = Rows::from_sorted_edges(arcs)
        // The only error is an order that does not strictly ascend, and merged
        // arcs are sorted and distinct.
        .expect("arcs are sorted and distinct");
    while rows.node_count() < nodes as usize {
        rows.add_node(());
    }
    rows
}

fn check(nodes: u32, tie: Tie) -> Result<(), NetworkError> {
    match [tie.from, tie.to].into_iter().find(|&node| node >= nodes) {
        Some(node) => Err(NetworkError::NodeOutOfRange { node, nodes }),
        None => storable(tie),
    }
}

/// Whether the weight can be kept.
fn storable(tie: Tie) -> Result<(), NetworkError> {
    let weight = tie.weight as f32;
    if weight > 0.0 && weight.is_finite() {
        Ok(())
    } else {
        Err(NetworkError::WeightOutOfRange(tie))
    }
}

/// Sorts arcs by both ends and weight, and gives the lengths of the buckets of
/// neighbouring `from`s in which it was done.
///
/// Every arc is first swapped into its bucket (McIlroy, Bostic and McIlroy,
/// "Engineering radix sort", 1993), which takes no further memory; then the
/// buckets are sorted side by side. Arcs that compare equal are equal, so the
/// order does not depend on the threads.
fn sort(arcs: &mut [Arc], nodes: u32) -> Vec<usize> {
    let shift = (u32::BITS - nodes.leading_zeros()).saturating_sub(BUCKETS.ilog2());
    // The greatest number of a node shifted so far is below BUCKETS.
    let bucket = |arc: &Arc| (arc.0.from >> shift) as usize;
    let lengths = count(arcs, bucket);
    let mut heads: Vec<usize> = lengths
        .iter()
        .scan(0, |end, length| {
            let start = *end;
            *end += length;
            Some(start)
        })
        .collect();
    let mut end = 0;
    for (own, length) in lengths.iter().enumerate() {
        end += length;
        while heads[own] < end {
            let mut arc = arcs[heads[own]];
            loop {
                let goal = bucket(&arc);
                if goal == own {
                    break;
                }
                std::mem::swap(&mut arc, &mut arcs[heads[goal]]);
                heads[goal] += 1;
            }
            arcs[heads[own]] = arc;
            heads[own] += 1;
        }
    }
    split(arcs, &lengths)
        .into_par_iter()
        .for_each(|bucket| bucket.par_sort_unstable_by_key(|arc| arc.key()));
    lengths
}

/// How many arcs each bucket has.
fn count(arcs: &[Arc], bucket: impl Fn(&Arc) -> usize + Sync) -> Vec<usize> {
    let share = arcs.len().div_ceil(rayon::current_num_threads()).max(1);
    let counted: Vec<Vec<usize>> = arcs
        .par_chunks(share)
        .map(|arcs| {
            let mut lengths = vec![0; BUCKETS];
            for arc in arcs {
                lengths[bucket(arc)] += 1;
            }
            lengths
        })
        .collect();
    (0..BUCKETS)
        .map(|bucket| counted.iter().map(|lengths| lengths[bucket]).sum())
        .collect()
}

/// The arcs as slices of the given lengths, which add up to no more than all.
fn split<'a>(mut arcs: &'a mut [Arc], lengths: &[usize]) -> Vec<&'a mut [Arc]> {
    lengths
        .iter()
        .map(|&length| {
            let (first, rest) = std::mem::take(&mut arcs).split_at_mut(length);
            arcs = rest;
            first
        })
        .collect()
}

/// Moves to the front what remains of sorted arcs when parallel ones are one and
/// self loops none, and tells how many they are.
fn merge(arcs: &mut [Arc]) -> Result<usize, NetworkError> {
    let (mut at, mut kept) = (0, 0);
    while at < arcs.len() {
        let mut arc = arcs[at];
        at += 1;
        while at < arcs.len() && arcs[at].ends() == arc.ends() {
            arc.0.weight += arcs[at].0.weight;
            at += 1;
        }
        if arc.0.from != arc.0.to {
            storable(arc.0)?;
            arcs[kept] = arc;
            kept += 1;
        }
    }
    Ok(kept)
}
