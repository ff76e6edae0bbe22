//! Every triangle of a network once: its edges pointed so that no list of
//! neighbours is long, and a walk over them from the lowest corner.
//!
//! What is counted or added up at a triangle is left to others.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::graph::Network;

/// Places that one thread works at a time.
const BLOCK: usize = 512;

/// Every edge once, from the end with fewer neighbours (or as many and the
/// lesser number) to the other end.
///
/// Ends are told by their places in this order, from 0, so that those with many
/// neighbours, to whom most edges lead, lie close together in memory. No list of
/// upper ends is longer than the root of twice the number of edges, and each
/// triangle is found once, from its lowest corner (Chiba and Nishizeki,
/// "Arboricity and subgraph listing", SIAM Journal on Computing 14 (1985)).
pub(crate) struct PointedEdges {
    /// The node at each place.
    nodes: Vec<u32>,
    /// Where the edges from each place begin, and behind the last their end.
    starts: Vec<usize>,
    upward: Vec<u32>,
}

impl PointedEdges {
    /// The edges of a network.
    pub(crate) fn of(network: &Network) -> Self {
        let mut nodes: Vec<u32> = (0..network.node_count()).collect();
        nodes.par_sort_unstable_by_key(|&node| (network.neighbours(node).len(), node));
        let mut places = vec![0_u32; nodes.len()];
        for (place, &node) in (0..).zip(&nodes) {
            places[node as usize] = place;
        }
        let blocks: Vec<(Vec<usize>, Vec<u32>)> = nodes
            .par_chunks(BLOCK)
            .enumerate()
            .map(|(block, own)| upward(network, &places, block * BLOCK, own))
            .collect();
        let mut starts = Vec::with_capacity(nodes.len() + 1);
        let mut above = Vec::with_capacity(network.edge_count());
        starts.push(0);
        for (ends, list) in blocks {
            let before = above.len();
            starts.extend(ends.into_iter().map(|end| before + end));
            above.extend(list);
        }
        Self {
            nodes,
            starts,
            upward: above,
        }
    }

    /// The node at each place.
    pub(crate) fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    /// The numbers of the edges that point upwards from a place. Edges are
    /// numbered from 0 by their lower end.
    pub(crate) fn edges_from(&self, place: u32) -> Range<usize> {
        // The starts have one entry more than there are places.
        self.starts[place as usize]..self.starts[place as usize + 1]
    }

    /// The place of the upper end of an edge.
    pub(crate) fn upper_end(&self, edge: usize) -> u32 {
        self.upward[edge]
    }

    /// How many edges there are.
    pub(crate) fn len(&self) -> usize {
        self.upward.len()
    }

    /// Calls `visit` for every place that may be the lowest corner of a triangle,
    /// with what it points to. Each thread makes something of its own to add to,
    /// and all of these are given back, in no order: what they hold must not
    /// depend on who worked which places once it is added up.
    pub(crate) fn walk<T: Send>(
        &self,
        make: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, &Corner<'_>) + Sync,
    ) -> Vec<T> {
        let next = AtomicUsize::new(0);
        (0..rayon::current_num_threads())
            .into_par_iter()
            .map(|_| {
                let mut own = make();
                // One bit a place: whether the lowest corner points to it.
                let mut marks = vec![0_u64; self.nodes.len().div_ceil(64)];
                loop {
                    let first = BLOCK * next.fetch_add(1, Ordering::Relaxed);
                    if first >= self.nodes.len() {
                        return own;
                    }
                    let last = self.nodes.len().min(first + BLOCK);
                    // A network counts its nodes in this type.
                    for low in first as u32..last as u32 {
                        self.visit(low, &mut marks, &mut |corner| visit(&mut own, corner));
                    }
                }
            })
            .collect()
    }

    /// Visits one place with marks, all of which are 0 before and after.
    fn visit(&self, low: u32, marks: &mut [u64], visit: &mut impl FnMut(&Corner<'_>)) {
        let edges = self.edges_from(low);
        if edges.len() < 2 {
            return;
        }
        let above = &self.upward[edges];
        for &place in above {
            marks[place as usize / 64] |= 1 << (place % 64);
        }
        visit(&Corner {
            edges: self,
            low,
            marks,
        });
        for &place in above {
            marks[place as usize / 64] = 0;
        }
    }
}

/// For each of some nodes, which have the places from `first` on, where its list
/// ends and the places further up that it is tied to.
fn upward(network: &Network, places: &[u32], first: usize, own: &[u32]) -> (Vec<usize>, Vec<u32>) {
    let mut ends = Vec::with_capacity(own.len());
    let mut list = Vec::new();
    for (place, &node) in (first..).zip(own) {
        let around = network.neighbours(node).iter();
        let around = around.map(|&other| places[other as usize]);
        list.extend(around.filter(|&other| other as usize > place));
        ends.push(list.len());
    }
    list.shrink_to_fit();
    (ends, list)
}

/// A place as the lowest corner of triangles.
pub(crate) struct Corner<'a> {
    edges: &'a PointedEdges,
    /// The place.
    pub(crate) low: u32,
    marks: &'a [u64],
}

impl Corner<'_> {
    /// The edges from a place above the corner to the third corners of triangles
    /// over both.
    pub(crate) fn edges_to_third(&self, middle: u32) -> impl Iterator<Item = usize> + '_ {
        let onward = self.edges.edges_from(middle);
        let first = onward.start;
        let (above, marks) = (&self.edges.upward[onward], self.marks);
        let is_marked = move |place: u32| marks[place as usize / 64] >> (place % 64) & 1 == 1;
        let marked = above.iter().enumerate();
        marked
            .filter(move |&(_, &high)| is_marked(high))
            .map(move |(at, _)| first + at)
    }
}
