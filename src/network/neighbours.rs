//! Who is tied to whom when direction is left aside, as one list.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::arcs::Rows;
use crate::graph::row;

/// Nodes whose lists are made at a time.
const BLOCK: u32 = 4096;

/// The neighbours of every node, ascending and each once.
#[derive(Clone, Debug)]
pub(crate) struct Neighbours {
    /// Where each node's neighbours begin, and behind the last their end.
    starts: Vec<usize>,
    list: Vec<u32>,
}

impl Neighbours {
    /// From out-edges and in-edges of `nodes` nodes.
    ///
    /// It works on threads of its own: it runs when first asked for, perhaps in
    /// the midst of parallel work, and a worker that waits for a pool may be
    /// handed a job that waits for these very lists.
    pub(crate) fn new(nodes: u32, outgoing: &Rows, incoming: &Rows) -> Self {
        let either = |node| Either {
            left: row(outgoing, node).0,
            right: row(incoming, node).0,
        };
        let mut starts = vec![0; nodes as usize + 1];
        // Counted first, so that the long list is allocated once, to its length.
        let counts = starts.get_mut(1..).unwrap_or_default();
        let blocks = counts.chunks_mut(BLOCK as usize).zip(block_starts(nodes));
        side_by_side(blocks, |(counts, first)| {
            for (count, node) in counts.iter_mut().zip(first..) {
                *count = either(node).count();
            }
        });
        for node in 0..nodes as usize {
            starts[node + 1] += starts[node];
        }
        let mut list = vec![0; starts[nodes as usize]];
        let mut rest = list.as_mut_slice();
        let blocks = block_starts(nodes).map(|first| {
            let last = first.saturating_add(BLOCK).min(nodes);
            // The starts ascend and the last is the length of the list.
            let length = starts[last as usize] - starts[first as usize];
            let (block, behind) = std::mem::take(&mut rest).split_at_mut(length);
            rest = behind;
            (block, first..last)
        });
        side_by_side(blocks, |(block, nodes): (&mut [u32], Range<u32>)| {
            for (place, neighbour) in block.iter_mut().zip(nodes.flat_map(either)) {
                *place = neighbour;
            }
        });
        Self { starts, list }
    }

    /// Where each node's neighbours begin in the list of all, and the list.
    pub(crate) fn rows(&self) -> (&[usize], &[u32]) {
        (&self.starts, &self.list)
    }

    /// The neighbours of a node; none for one that does not exist.
    pub(crate) fn of(&self, node: u32) -> &[u32] {
        let node = node as usize;
        match (self.starts.get(node), self.starts.get(node + 1)) {
            // The starts ascend and the last is the length of the list.
            (Some(&start), Some(&end)) => &self.list[start..end],
            _ => &[],
        }
    }

    /// How many neighbours all nodes have together: twice the edges.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

fn block_starts(nodes: u32) -> impl Iterator<Item = u32> {
    (0..nodes).step_by(BLOCK as usize)
}

/// Does every piece of work, on as many threads as the pool has.
fn side_by_side<T: Send>(work: impl Iterator<Item = T>, does: impl Fn(T) + Sync) {
    let pieces: Vec<std::sync::Mutex<Option<T>>> = work
        .map(|piece| std::sync::Mutex::new(Some(piece)))
        .collect();
    let next = AtomicUsize::new(0);
    let take = || {
        while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Nobody else has this number, so the lock is free and never broken.
            if let Some(piece) = piece.lock().ok().and_then(|mut piece| piece.take()) {
                does(piece);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..rayon::current_num_threads().min(pieces.len()) {
            scope.spawn(take);
        }
        take();
    });
}

/// The numbers that are in either of two ascending lists, each once, ascending.
struct Either<'a> {
    left: &'a [u32],
    right: &'a [u32],
}

impl Iterator for Either<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let least = match (self.left.first(), self.right.first()) {
            (Some(&left), Some(&right)) => left.min(right),
            (Some(&only), None) | (None, Some(&only)) => only,
            (None, None) => return None,
        };
        for list in [&mut self.left, &mut self.right] {
            if let Some((first, rest)) = list.split_first()
                && *first == least
            {
                *list = rest;
            }
        }
        Some(least)
    }
}
