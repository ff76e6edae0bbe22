//! Shortest ways from eight sources at a time, and what each source depends on.
//!
//! Eight traversals in step read every list of neighbours once where eight alone
//! would read it eight times, and the eight numbers of a node lie in one line of
//! the cache. Which sources are taken and what becomes of the sums is left to
//! others.

use std::ops::Range;

use super::trunk::Trunk;

/// How many sources are followed at a time.
pub(super) const LANES: usize = 8;

/// A number for each of the sources.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Lanes([f64; LANES]);

impl Lanes {
    const ZERO: Self = Self([0.0; LANES]);

    fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += theirs;
        }
    }

    /// Only the lanes in the mask, 0 in the others.
    fn only(&self, mask: u8) -> Self {
        let mut kept = Self::ZERO;
        for (lane, (kept, value)) in kept.0.iter_mut().zip(&self.0).enumerate() {
            *kept = if mask >> lane & 1 == 1 { *value } else { 0.0 };
        }
        kept
    }

    /// The lanes that are above 0.
    fn mask(&self) -> u8 {
        let bit = |(lane, value): (usize, &f64)| u8::from(*value > 0.0) << lane;
        self.0.iter().enumerate().map(bit).fold(0, |a, b| a | b)
    }
}

/// A source, and how often it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Source {
    pub(super) node: u32,
    pub(super) times: f64,
}

/// What a source is told of the ways from it to another node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// All: the other node, as a source, is told all again.
    Whole,
    /// Twice the part that the way from the source to the node between has in the
    /// whole way; the other node, as a source, is told the rest. Over all sources
    /// it comes to the same, but a few sources no longer make too much of what is
    /// next to them, so that samples vary less (Geisberger, Sanders and Schultes,
    /// "Better approximation of betweenness centrality", 2008).
    ByDistance,
}

/// What some sources depend on among the nodes of their component.
pub(super) struct Dependencies {
    /// The nodes of the component.
    pub(super) nodes: Range<u32>,
    share: Share,
    /// For each of the nodes the sum over the sources.
    pub(super) sums: Vec<f64>,
    /// The sum of squares; empty where shares are whole.
    pub(super) squares: Vec<f64>,
}

/// How what is found in a step counts.
struct Weighing {
    /// How often each source does.
    times: [f64; LANES],
    /// For how much the end of a way counts.
    target: f64,
    /// For how much a node between counts.
    between: f64,
}

impl Weighing {
    fn new(times: [f64; LANES], share: Share, step: usize) -> Self {
        let (target, between) = match share {
            Share::Whole => (1.0, 1.0),
            Share::ByDistance => (1.0 / step as f64, 2.0 * step as f64),
        };
        Self {
            times,
            target,
            between,
        }
    }
}

/// A node and the sources, as a mask, that reach it in a certain step.
type Reached = (u32, u8);

/// What traversals need to know of each node. It is used again for the next
/// sources, and wiped where it was written.
pub(super) struct Traversal<'a> {
    trunk: &'a Trunk,
    /// Shortest ways from each source; 0 where it has not come yet.
    ways: Vec<Lanes>,
    /// What the nodes of the last step hand on, 0 elsewhere.
    handed: Vec<Lanes>,
    /// What the nodes of this step gather, 0 elsewhere between the steps.
    gathered: Vec<Lanes>,
    /// The sources that have come to each node.
    seen: Vec<u8>,
    /// Which nodes something was handed to in this step.
    touched: Vec<bool>,
    touched_list: Vec<u32>,
    /// The nodes reached in each step, one step after the other.
    reached: Vec<Reached>,
    /// Where in `reached` each step begins.
    steps: Vec<usize>,
    /// The nodes to which some source has still to come, and perhaps others.
    open: Vec<u32>,
}

impl<'a> Traversal<'a> {
    pub(super) fn new(trunk: &'a Trunk) -> Self {
        let nodes = trunk.len();
        Self {
            trunk,
            ways: vec![Lanes::ZERO; nodes],
            handed: vec![Lanes::ZERO; nodes],
            gathered: vec![Lanes::ZERO; nodes],
            seen: vec![0; nodes],
            touched: vec![false; nodes],
            touched_list: Vec::new(),
            reached: Vec::new(),
            steps: Vec::new(),
            open: Vec::new(),
        }
    }

    /// How much at most [`LANES`] different sources of the component with these
    /// nodes depend on each of the nodes: the sum over all others of the share
    /// of shortest ways that lead over it, each other node counted for as many
    /// as it stands for.
    ///
    /// After Brandes (2001), with the ways of a step and the dependencies of a
    /// step each gathered as a product of the matrix of neighbours with eight
    /// vectors (Buluc and Gilbert, "The Combinatorial BLAS", 2011). A step is
    /// worked from the side that has fewer neighbours to look at.
    pub(super) fn dependencies(
        &mut self,
        nodes: &Range<u32>,
        sources: &[Source],
        share: Share,
    ) -> Dependencies {
        let squares = match share {
            Share::Whole => 0,
            Share::ByDistance => nodes.len(),
        };
        let mut found = Dependencies {
            nodes: nodes.clone(),
            share,
            sums: vec![0.0; nodes.len()],
            squares: vec![0.0; squares],
        };
        self.count_ways(nodes, sources);
        self.add_up(sources, &mut found);
        self.wipe();
        found
    }

    /// Reaches all that can be reached, and counts the shortest ways to each.
    fn count_ways(&mut self, nodes: &Range<u32>, sources: &[Source]) {
        for (lane, source) in sources.iter().enumerate() {
            let at = source.node as usize;
            self.ways[at].0[lane] = 1.0;
            self.handed[at].0[lane] = 1.0;
            self.seen[at] |= 1 << lane;
            self.reached.push((source.node, 1 << lane));
        }
        self.steps.push(0);
        let all = (1_u16 << sources.len()).wrapping_sub(1) as u8;
        let mut open_degrees = self.trunk.degrees(nodes);
        self.open.extend(nodes.clone());
        loop {
            let last = self.steps[self.steps.len() - 1]..self.reached.len();
            if last.is_empty() {
                self.steps.pop();
                break;
            }
            self.steps.push(last.end);
            if 2 * self.degrees(last.clone()) < open_degrees {
                self.push(last.clone(), |seen| seen != all);
                let mut touched = std::mem::take(&mut self.touched_list);
                for node in touched.drain(..) {
                    self.touched[node as usize] = false;
                    open_degrees -= self.reach(node, self.gathered[node as usize], all);
                }
                self.touched_list = touched;
            } else {
                let mut open = std::mem::take(&mut self.open);
                open.retain(|&node| {
                    let is_open = self.seen[node as usize] != all;
                    if is_open {
                        open_degrees -= self.reach(node, self.pulled(node), all);
                    }
                    is_open
                });
                self.open = open;
            }
            self.pass_on(last);
        }
        self.open.clear();
    }

    /// Notes the sources that come to a node in this step and their ways. Gives
    /// the number of neighbours that need not be asked any more.
    fn reach(&mut self, node: u32, ways: Lanes, all: u8) -> usize {
        let at = node as usize;
        let ways = ways.only(!self.seen[at]);
        let new = ways.mask();
        self.gathered[at] = ways;
        if new == 0 {
            return 0;
        }
        self.ways[at].add(&ways);
        self.seen[at] |= new;
        self.reached.push((node, new));
        if self.seen[at] == all {
            self.trunk.degree(node)
        } else {
            0
        }
    }

    /// Adds up the dependencies from the furthest step to the first.
    fn add_up(&mut self, sources: &[Source], found: &mut Dependencies) {
        let mut times = [0.0; LANES];
        for (times, source) in times.iter_mut().zip(sources) {
            *times = source.times;
        }
        // What the last step of the counting handed on.
        let mut further = self.reached.len()..self.reached.len();
        for step in (1..self.steps.len()).rev() {
            let this = self.steps[step]..further.start;
            let weighing = Weighing::new(times, found.share, step);
            if 2 * self.degrees(further.clone()) < self.degrees(this.clone()) {
                self.push(further.clone(), |_| true);
                for at in this.clone() {
                    let (node, mask) = self.reached[at];
                    self.touched[node as usize] = false;
                    let gathered = self.gathered[node as usize];
                    self.depend(node, mask, gathered, &weighing, found);
                }
                // The rest was handed to nodes of other steps.
                let mut touched = std::mem::take(&mut self.touched_list);
                for node in touched.drain(..) {
                    if std::mem::take(&mut self.touched[node as usize]) {
                        self.gathered[node as usize] = Lanes::ZERO;
                    }
                }
                self.touched_list = touched;
            } else {
                for at in this.clone() {
                    let (node, mask) = self.reached[at];
                    let gathered = self.pulled(node);
                    self.depend(node, mask, gathered, &weighing, found);
                }
            }
            self.pass_on(further);
            further = this;
        }
        // Of the first step nothing is handed on to the sources.
        self.pass_on(further);
    }

    /// Notes how much the sources of the mask depend on a node, and what it hands
    /// on to the nodes before it.
    fn depend(
        &mut self,
        node: u32,
        mask: u8,
        gathered: Lanes,
        weighing: &Weighing,
        found: &mut Dependencies,
    ) {
        let at = node as usize;
        let target = self.trunk.stands_for[at] * weighing.target;
        let mut handed = Lanes::ZERO;
        let (mut sum, mut square) = (0.0, 0.0);
        for lane in (0..LANES).filter(|lane| mask >> lane & 1 == 1) {
            let ways = self.ways[at].0[lane];
            let dependency = ways * gathered.0[lane];
            let told = dependency * weighing.between;
            sum += weighing.times[lane] * told;
            square += weighing.times[lane] * told * told;
            handed.0[lane] = (target + dependency) / ways;
        }
        self.gathered[at] = handed;
        let place = (node - found.nodes.start) as usize;
        found.sums[place] += sum;
        if let Some(squares) = found.squares.get_mut(place) {
            *squares += square;
        }
    }

    /// What the neighbours of a node hand on to it.
    fn pulled(&self, node: u32) -> Lanes {
        let mut sum = Lanes::ZERO;
        for &other in self.trunk.neighbours(node) {
            sum.add(&self.handed[other as usize]);
        }
        sum
    }

    /// Hands on what the nodes of a step have to all of their neighbours whose
    /// mask of sources is wanted.
    fn push(&mut self, step: Range<usize>, is_wanted: impl Fn(u8) -> bool) {
        for &(node, _) in &self.reached[step] {
            let handed = self.handed[node as usize];
            for &other in self.trunk.neighbours(node) {
                let at = other as usize;
                if !is_wanted(self.seen[at]) {
                    continue;
                }
                self.gathered[at].add(&handed);
                if !self.touched[at] {
                    self.touched[at] = true;
                    self.touched_list.push(other);
                }
            }
        }
    }

    /// What was gathered is what is handed on next; the nodes of the step that
    /// handed on have nothing any more.
    fn pass_on(&mut self, step: Range<usize>) {
        for &(node, _) in &self.reached[step] {
            self.handed[node as usize] = Lanes::ZERO;
        }
        std::mem::swap(&mut self.handed, &mut self.gathered);
    }

    /// How many neighbours the nodes of a step have together.
    fn degrees(&self, step: Range<usize>) -> usize {
        let reached = &self.reached[step];
        reached
            .iter()
            .map(|&(node, _)| self.trunk.degree(node))
            .sum()
    }

    fn wipe(&mut self) {
        for &(node, _) in &self.reached {
            self.ways[node as usize] = Lanes::ZERO;
            self.handed[node as usize] = Lanes::ZERO;
            self.gathered[node as usize] = Lanes::ZERO;
            self.seen[node as usize] = 0;
        }
        self.reached.clear();
        self.steps.clear();
    }
}
