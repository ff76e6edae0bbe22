//! The largest assignment of demands to slots, such as leaked referrals to open new-patient slots:
//! each demand at most once, each group of slots at most as often as it has slots.
//!
//! Which pairs are admissible, what a week is and what an assigned demand is worth is the caller's
//! to say. Nothing here weighs one slot against another.

/// A demand for one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand<R> {
    /// The number of its kind: demands of one kind are admitted by the same groups of slots.
    pub kind: u32,
    /// Its place in the line, such as a day and a number; the least is served first.
    pub rank: R,
}

/// Who got a slot, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// For each demand, in the order of the input, its group of slots.
    pub group_of: Vec<Option<u32>>,
    /// How many slots of each group are used.
    pub used: Vec<u32>,
    /// How many demands have a slot: no assignment has more.
    pub size: usize,
}

/// Why there is no assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignmentError {
    /// The demand at this place is of a kind that has no list.
    UnknownKind {
        /// The place of the demand in the input.
        demand: usize,
    },
    /// The list of this kind names a group of slots that does not exist.
    UnknownGroup {
        /// The number of the kind.
        kind: u32,
    },
}

impl std::fmt::Display for AssignmentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownKind { demand } => write!(f, "demand {demand} is of an unknown kind"),
            Self::UnknownGroup { kind } => write!(f, "kind {kind} names an unknown group of slots"),
        }
    }
}

impl std::error::Error for AssignmentError {}

/// Assigns as many demands as can be to slots.
///
/// `capacities` has the open slots of each group, `admissible` for each kind of demand the groups
/// that it may use, in any order. Where not all demands find a slot, the line decides: a demand is
/// left out only where it could not be served beside those before it in the line that are. Served
/// one by one like this, as many are served as by any other choice (the sets of demands that can be
/// served together are the independent sets of a transversal matroid, Edmonds and Fulkerson 1965),
/// so the set of those served depends on the ranks alone; equal ranks count in the order of the
/// input. Of the slots of a kind, earlier demands have those of lower numbers. With distinct ranks,
/// neither the order of the demands nor the numbers of their kinds makes a difference; the numbers
/// of the groups may exchange slots among those served.
///
/// Each demand takes a free slot or, by breadth-first search, the shortest chain of moves that
/// frees one (Berge 1957). What a search without success has seen can never be freed later and is
/// not searched again, so demands that find no slot cost together no more than one look at every
/// admissible pair. Demands that share nothing (other weeks, other specialties) cost each other
/// nothing; put demands with equal lists into one kind.
///
/// # Errors
///
/// A kind without a list, or a list that names a group without a capacity.
///
/// # Examples
///
/// ```
/// use catchment_network::assignment::{Demand, assign};
///
/// // One slot here, one there; the first kind may only come here, the second to either.
/// let demand = |kind, rank| Demand { kind, rank };
/// let demands = [demand(1, 1), demand(0, 2), demand(0, 3)];
/// let assignment = assign(&[1, 1], &[vec![0], vec![0, 1]], &demands)?;
/// assert_eq!(assignment.group_of, [Some(1), Some(0), None]);
/// assert_eq!(assignment.size, 2);
/// # Ok::<(), catchment_network::assignment::AssignmentError>(())
/// ```
pub fn assign<R: Ord>(
    capacities: &[u32],
    admissible: &[Vec<u32>],
    demands: &[Demand<R>],
) -> Result<Assignment, AssignmentError> {
    let mut line: Vec<u32> = (0..demands.len() as u32).collect();
    // The sort is stable, so equal ranks stay in the order of the input.
    line.sort_by(|&a, &b| demands[a as usize].rank.cmp(&demands[b as usize].rank));
    let (kinds, groups_of) = kinds_in_line(capacities.len(), admissible, demands, &line)?;

    let mut search = Search::new(capacities, &groups_of);
    let mut waiting_of: Vec<Vec<u32>> = vec![Vec::new(); groups_of.len()];
    let mut size = 0;
    for &demand in &line {
        let kind = kinds[demand as usize];
        if search.serve(kind) {
            waiting_of[kind as usize].push(demand);
            size += 1;
        }
    }

    let mut group_of = vec![None; demands.len()];
    let mut next = vec![0_usize; groups_of.len()];
    for (group, holders) in (0..).zip(&search.holders) {
        for &(kind, held) in holders {
            let from = next[kind as usize];
            next[kind as usize] += held as usize;
            for &demand in &waiting_of[kind as usize][from..next[kind as usize]] {
                group_of[demand as usize] = Some(group);
            }
        }
    }
    Ok(Assignment {
        group_of,
        used: search.used,
        size,
    })
}

/// The kinds numbered anew in the order in which they stand in the line, so that the numbers of the
/// input make no difference: for each demand its kind, and for each kind its groups, ascending.
fn kinds_in_line<R>(
    groups: usize,
    admissible: &[Vec<u32>],
    demands: &[Demand<R>],
    line: &[u32],
) -> Result<(Vec<u32>, Vec<Vec<u32>>), AssignmentError> {
    for (kind, list) in (0..).zip(admissible) {
        if list.iter().any(|&group| group as usize >= groups) {
            return Err(AssignmentError::UnknownGroup { kind });
        }
    }
    if let Some(demand) = demands
        .iter()
        .position(|demand| demand.kind as usize >= admissible.len())
    {
        return Err(AssignmentError::UnknownKind { demand });
    }
    let mut number_of: Vec<Option<u32>> = vec![None; admissible.len()];
    let mut groups_of: Vec<Vec<u32>> = Vec::new();
    let mut kinds = vec![0; demands.len()];
    for &demand in line {
        let kind = demands[demand as usize].kind as usize;
        kinds[demand as usize] = *number_of[kind].get_or_insert_with(|| {
            let mut list = admissible[kind].clone();
            list.sort_unstable();
            list.dedup();
            groups_of.push(list);
            groups_of.len() as u32 - 1
        });
    }
    Ok((kinds, groups_of))
}

/// A step of a search: from which kind and over which group a kind was reached.
#[derive(Clone, Copy)]
struct Step {
    kind: u32,
    group: u32,
}

/// The mark of what can never be freed.
const NEVER: u32 = u32::MAX;

/// The slots as they are held, and what the searches have found out.
struct Search<'a> {
    capacities: &'a [u32],
    groups_of: &'a [Vec<u32>],
    used: Vec<u32>,
    /// For each group the kinds that hold slots of it, ascending, with how many.
    holders: Vec<Vec<(u32, u32)>>,
    /// For each kind how many of its groups are known to be full. A group never empties again.
    full: Vec<usize>,
    /// The search that last saw a kind or a group; `NEVER` for what no search needs to see again.
    kind_seen: Vec<u32>,
    group_seen: Vec<u32>,
    searches: u32,
    steps: Vec<Step>,
    queue: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(capacities: &'a [u32], groups_of: &'a [Vec<u32>]) -> Self {
        Search {
            capacities,
            groups_of,
            used: vec![0; capacities.len()],
            holders: vec![Vec::new(); capacities.len()],
            full: vec![0; groups_of.len()],
            kind_seen: vec![0; groups_of.len()],
            group_seen: vec![0; capacities.len()],
            searches: 0,
            steps: vec![Step { kind: 0, group: 0 }; groups_of.len()],
            queue: Vec::new(),
        }
    }

    /// Gives a slot to one more demand of this kind, if any choice leaves one.
    fn serve(&mut self, kind: u32) -> bool {
        if self.kind_seen[kind as usize] == NEVER {
            return false;
        }
        if let Some(group) = self.free_group(kind) {
            self.used[group as usize] += 1;
            self.hold(kind, group);
            return true;
        }
        self.searches += 1;
        self.kind_seen[kind as usize] = self.searches;
        self.queue.clear();
        self.queue.push(kind);
        let mut head = 0;
        while let Some(&at) = self.queue.get(head) {
            head += 1;
            if let Some((last, group)) = self.look_from(at) {
                self.shift(kind, last, group);
                return true;
            }
        }
        // All groups seen are full, and their holders have no others: so it stays.
        for &seen in &self.queue {
            self.kind_seen[seen as usize] = NEVER;
            for &group in &self.groups_of[seen as usize] {
                self.group_seen[group as usize] = NEVER;
            }
        }
        false
    }

    /// Looks at the holders of a kind's groups: gives the first that has a free group, and queues
    /// the others.
    fn look_from(&mut self, kind: u32) -> Option<(u32, u32)> {
        let groups_of = self.groups_of;
        for &group in &groups_of[kind as usize] {
            if self.group_seen[group as usize] >= self.searches {
                continue;
            }
            self.group_seen[group as usize] = self.searches;
            for at in 0..self.holders[group as usize].len() {
                let holder = self.holders[group as usize][at].0;
                if self.kind_seen[holder as usize] >= self.searches {
                    continue;
                }
                self.kind_seen[holder as usize] = self.searches;
                self.steps[holder as usize] = Step { kind, group };
                if let Some(free) = self.free_group(holder) {
                    return Some((holder, free));
                }
                self.queue.push(holder);
            }
        }
        None
    }

    /// The first of a kind's groups with a free slot.
    fn free_group(&mut self, kind: u32) -> Option<u32> {
        let groups_of = self.groups_of;
        let list = &groups_of[kind as usize];
        while let Some(&group) = list.get(self.full[kind as usize]) {
            if self.used[group as usize] < self.capacities[group as usize] {
                return Some(group);
            }
            self.full[kind as usize] += 1;
        }
        None
    }

    /// Moves one demand of each kind on the way one group further, so that `first` gains a slot.
    fn shift(&mut self, first: u32, last: u32, free: u32) {
        let (mut kind, mut to) = (last, free);
        self.used[free as usize] += 1;
        loop {
            self.hold(kind, to);
            if kind == first {
                return;
            }
            let step = self.steps[kind as usize];
            self.release(kind, step.group);
            (kind, to) = (step.kind, step.group);
        }
    }

    fn hold(&mut self, kind: u32, group: u32) {
        let holders = &mut self.holders[group as usize];
        match holders.binary_search_by_key(&kind, |holder| holder.0) {
            Ok(at) => holders[at].1 += 1,
            Err(at) => holders.insert(at, (kind, 1)),
        }
    }

    fn release(&mut self, kind: u32, group: u32) {
        let holders = &mut self.holders[group as usize];
        if let Ok(at) = holders.binary_search_by_key(&kind, |holder| holder.0) {
            holders[at].1 -= 1;
            if holders[at].1 == 0 {
                holders.remove(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kinds: &[u32]) -> Vec<Demand<usize>> {
        kinds
            .iter()
            .enumerate()
            .map(|(rank, &kind)| Demand { kind, rank })
            .collect()
    }

    #[test]
    fn nothing_to_give_and_nobody_to_take() {
        let nothing = assign::<u8>(&[], &[], &[]).unwrap();
        assert_eq!((nothing.size, nothing.group_of.len()), (0, 0));
        let closed = assign(&[0, 0], &[vec![0, 1], vec![]], &line(&[0, 1])).unwrap();
        assert_eq!((closed.size, closed.group_of), (0, vec![None, None]));
        let idle = assign::<u8>(&[3], &[vec![0]], &[]).unwrap();
        assert_eq!(idle.used, [0]);
    }

    #[test]
    fn wrong_numbers_are_refused() {
        assert_eq!(
            assign(&[1], &[vec![0]], &line(&[0, 1])),
            Err(AssignmentError::UnknownKind { demand: 1 })
        );
        assert_eq!(
            assign(&[1], &[vec![0], vec![1]], &line(&[0])),
            Err(AssignmentError::UnknownGroup { kind: 1 })
        );
    }

    /// Every slot is taken by the wrong one, and all move up by one.
    #[test]
    fn a_long_chain_moves() {
        let count = 2000_u32;
        let mut admissible: Vec<Vec<u32>> = (0..count).map(|k| vec![k, k + 1]).collect();
        admissible.push(vec![0]);
        let kinds: Vec<u32> = (0..=count).collect();
        let capacities = vec![1; count as usize + 1];
        let assignment = assign(&capacities, &admissible, &line(&kinds)).unwrap();
        assert_eq!(assignment.size, count as usize + 1);
        let moved: Vec<_> = (1..=count).chain([0]).map(Some).collect();
        assert_eq!(assignment.group_of, moved);
    }

    /// The first in the line has its slot even where two later ones want it.
    #[test]
    fn the_line_decides() {
        let demand = |kind, rank| Demand { kind, rank };
        let demands = [demand(0, "c"), demand(0, "a"), demand(0, "b")];
        let assignment = assign(&[2], &[vec![0, 0]], &demands).unwrap();
        assert_eq!(assignment.group_of, [None, Some(0), Some(0)]);
        assert_eq!(assignment.used, [2]);
    }
}
