//! Candidates: the entries of the roster that are near enough to a name to be weighed, and how each
//! of them agrees. What all names have in common is compared once: a last name with the roster's
//! last names, a first name with a first name, and a name in all its circumstances.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

use super::blocks::{AlikeLast, Blocks, first};
use super::comparison::{
    Asked, Levels, add_circumstances, first_levels, goes_by, last_level, name_levels_from,
};
use super::names::Name;
use super::nicknames;
use super::roster::Roster;
use crate::stats::linkage::MISSING;

/// A pair that is alike enough to be weighed.
#[derive(Debug)]
pub(super) struct Near {
    pub(super) entry: u32,
    pub(super) levels: Levels,
    /// Whether it agrees only where the name is read the other way round.
    pub(super) is_turned: bool,
}

/// The pairs of one name, by entry.
#[derive(Debug)]
pub(super) struct Pairs {
    pub(super) near: Vec<Near>,
    /// Entries that were looked at.
    pub(super) compared: u64,
}

/// Names that one thread takes at a time.
const CHUNK: usize = 1024;

/// The near pairs of each name. Names that follow each other and are the same are looked up once.
pub(super) fn find(roster: &Roster, blocks: &Blocks, asked: &[&Asked]) -> Vec<Pairs> {
    let words = Words::of(roster, blocks, asked);
    let found: Vec<Vec<Pairs>> = asked
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut desk = Desk::new(roster, blocks, &words);
            chunk.iter().map(|asked| desk.pairs(asked)).collect()
        })
        .collect();
    found.into_iter().flatten().collect()
}

/// The two ways in which a name can be read, the written one first.
fn ways(asked: &Asked) -> impl Iterator<Item = &Name> {
    std::iter::once(&asked.name).chain(&asked.swapped)
}

/// A last name and its parts.
type Last<'a> = (&'a str, &'a [String]);

fn last_of(name: &Name) -> Last<'_> {
    (&name.last, &name.parts)
}

/// The distinct last and first names that are asked for.
struct Words<'a> {
    lasts: HashMap<Last<'a>, Vec<AlikeLast>>,
    givens: HashMap<&'a str, u32>,
}

impl<'a> Words<'a> {
    fn of(roster: &Roster, blocks: &Blocks, asked: &[&'a Asked]) -> Self {
        let names = || asked.iter().flat_map(|asked| ways(asked));
        let mut distinct = HashMap::<Last, &Name>::new();
        for name in names() {
            distinct.entry(last_of(name)).or_insert(name);
        }
        let lasts: Vec<(Last, &Name)> = distinct.into_iter().collect();
        let lasts = lasts
            .into_par_iter()
            .map(|(last, name)| (last, blocks.alike_lasts(roster, name)))
            .collect();
        let mut givens = HashMap::new();
        for name in names() {
            let next = givens.len() as u32;
            givens.entry(name.given.as_str()).or_insert(next);
        }
        Self { lasts, givens }
    }
}

/// Mixes one number; the keys of the map are small numbers of our own.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }
}

/// An entry that a way of reading brought up, and the levels of its last and first name.
#[derive(Debug, Clone, Copy)]
struct Met {
    entry: u32,
    is_turned: bool,
    last: u8,
    first: (u8, u8),
    /// Whether the first name speaks for it too; else only the same practice does.
    is_given: bool,
}

/// What one thread keeps while it goes through names.
struct Desk<'a> {
    roster: &'a Roster,
    blocks: &'a Blocks,
    words: &'a Words<'a>,
    /// Levels of an asked first name against one of the roster.
    first: HashMap<u64, (u8, u8), BuildHasherDefault<Mix>>,
    /// The name before this one and what its blocks held.
    before: Option<&'a Name>,
    met: Vec<Met>,
    compared: u64,
}

impl<'a> Desk<'a> {
    fn new(roster: &'a Roster, blocks: &'a Blocks, words: &'a Words<'a>) -> Self {
        Self {
            roster,
            blocks,
            words,
            first: HashMap::default(),
            before: None,
            met: Vec::new(),
            compared: 0,
        }
    }

    fn pairs(&mut self, asked: &'a Asked) -> Pairs {
        if self.before != Some(&asked.name) {
            self.meet(asked);
            self.before = Some(&asked.name);
        }
        let mut compared = self.compared;
        let is_there = |entry: u32| {
            let provider =
                &self.roster.providers[self.roster.entries[entry as usize].provider as usize];
            asked
                .place
                .is_some_and(|place| provider.places.contains(&place))
        };
        let met = self.met.iter();
        let mut kept: Vec<Met> = met
            .filter(|met| met.is_given || is_there(met.entry))
            .copied()
            .collect();
        for (name, is_turned) in ways(asked).zip([false, true]) {
            compared += self.meet_at_place(name, is_turned, asked.place, &mut kept);
        }
        // A pair that agrees both ways agrees as it is written.
        kept.sort_unstable_by_key(|met| (met.entry, met.is_turned));
        kept.dedup_by_key(|met| met.entry);
        let near = kept.iter().map(|met| self.near(asked, met)).collect();
        Pairs { near, compared }
    }

    fn near(&self, asked: &Asked, met: &Met) -> Near {
        let entry = &self.roster.entries[met.entry as usize];
        let name = match &asked.swapped {
            Some(swapped) if met.is_turned => swapped,
            _ => &asked.name,
        };
        let mut levels = name_levels_from(met.last, met.first, name, &entry.name);
        add_circumstances(self.roster, asked, entry, &mut levels);
        Near {
            entry: met.entry,
            levels,
            is_turned: met.is_turned,
        }
    }

    /// Goes through the entries of all last names that are alike.
    fn meet(&mut self, asked: &'a Asked) {
        self.met.clear();
        self.compared = 0;
        for (name, is_turned) in ways(asked).zip([false, true]) {
            let initials = nicknames::initials(&name.given);
            for alike in &self.words.lasts[&last_of(name)] {
                for &entry in self.blocks.of_last(alike.last) {
                    if is_blocked(self.roster, alike, name, &initials, entry) {
                        self.compared += 1;
                        let met = self.met_by_last(name, is_turned, alike.level, entry);
                        self.met.push(met);
                    }
                }
            }
        }
    }

    fn met_by_last(&mut self, name: &'a Name, is_turned: bool, last: u8, entry: u32) -> Met {
        let (own, short) = (
            &self.roster.entries[entry as usize].name,
            &self.roster.shorts[entry as usize],
        );
        let given = self.words.givens[name.given.as_str()];
        let key = u64::from(given) << 32 | u64::from(short.given);
        let first = self.first.entry(key);
        let first = *first.or_insert_with(|| first_levels(&name.given, &own.given));
        let is_given = first.0 != 0 && first.1 != 0
            || (short.has_middle || !name.middle.is_empty()) && goes_by(name, own);
        Met {
            entry,
            is_turned,
            last,
            first,
            is_given,
        }
    }

    /// Those of the same given name at the place: their last names may have changed altogether.
    fn meet_at_place(
        &self,
        name: &Name,
        is_turned: bool,
        place: Option<u32>,
        kept: &mut Vec<Met>,
    ) -> u64 {
        let given = self.roster.givens.find(&name.given);
        let (Some(place), Some(given)) = (place, given) else {
            return 0;
        };
        let mut compared = 0;
        for entry in self.blocks.at_place(place, given) {
            compared += 1;
            let own = &self.roster.entries[entry as usize].name;
            let last = last_level(name, own);
            // One of the two must speak for it: colleagues are many.
            if !matches!(last, 0 | MISSING) || name.is_full() {
                kept.push(Met {
                    entry,
                    is_turned,
                    last,
                    first: first_levels(&name.given, &own.given),
                    is_given: true,
                });
            }
        }
        compared
    }
}

/// Whether what two alike last names share is enough beside the first names.
fn is_blocked(
    roster: &Roster,
    alike: &AlikeLast,
    name: &Name,
    initials: &BTreeSet<char>,
    entry: u32,
) -> bool {
    let given = &roster.entries[entry as usize].name.given;
    let has_initial = || given.chars().next().is_some_and(|c| initials.contains(&c));
    let is_end =
        || name.given.len() > 1 && given.len() > 1 && first(given, 3) == first(&name.given, 3);
    alike.shares_whole || alike.shares_begin && has_initial() || alike.shares_end && is_end()
}
