//! Candidates: the entries of the roster that are near enough to a name to be weighed, and how each
//! of them agrees. What all names have in common is compared once: a last name with the roster's
//! last names, a first name with a first name, and a name in all its circumstances.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;

use super::blocks::{AlikeLast, Blocks, GivenName};
use super::comparison::{
    ALIKE, Asked, Levels, add_circumstances, first_levels, goes_by, last_level, name_levels_from,
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
    givens: HashMap<&'a str, (u32, GivenName)>,
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
            let given = givens.entry(name.given.as_str());
            given.or_insert_with_key(|given| (next, GivenName::of(given)));
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
}

/// What one thread keeps while it goes through names.
struct Desk<'a> {
    roster: &'a Roster,
    blocks: &'a Blocks,
    words: &'a Words<'a>,
    /// Levels of an asked first name against one of the roster.
    first: HashMap<u64, (u8, u8), BuildHasherDefault<Mix>>,
    /// The name before this one, and whose last and first names are both alike.
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
            self.before = Some(&asked.name);
            self.met.clear();
            self.compared = 0;
            for (name, is_turned) in ways(asked).zip([false, true]) {
                self.meet(name, is_turned);
            }
        }
        let mut compared = self.compared;
        let mut kept = self.met.clone();
        for (name, is_turned) in ways(asked).zip([false, true]) {
            if let Some(place) = asked.place {
                compared += self.meet_at_place(name, is_turned, place, &mut kept);
            }
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

    /// Finds the entries whose last name is alike and whose first name does not speak against it.
    fn meet(&mut self, name: &'a Name, is_turned: bool) {
        let (number, asked) = &self.words.givens[name.given.as_str()];
        let initials = nicknames::initials(&name.given);
        for alike in &self.words.lasts[&last_of(name)] {
            for borne in self.blocks.of_last(alike.last) {
                let given = borne[0].given;
                if !alike.is_enough(asked, &initials, self.blocks.given(given)) {
                    continue;
                }
                self.compared += borne.len() as u64;
                let first = self.first_levels(name, (*number, asked), given);
                for borne in borne {
                    let goes_by = || {
                        let own = &self.roster.entries[borne.entry as usize].name;
                        goes_by(name, own)
                    };
                    let can_go_by = borne.has_middle || name.middle.len() > 1;
                    if first.0 != 0 && first.1 != 0 || can_go_by && goes_by() {
                        self.met.push(Met {
                            entry: borne.entry,
                            is_turned,
                            last: alike.level,
                            first,
                        });
                    }
                }
            }
        }
    }

    /// [`first_levels`] of an asked given name, with its number, against the roster's of a number.
    fn first_levels(
        &mut self,
        name: &Name,
        (number, asked): (u32, &GivenName),
        own: u32,
    ) -> (u8, u8) {
        let key = u64::from(number) << 32 | u64::from(own);
        *self.first.entry(key).or_insert_with(|| {
            let given = self.blocks.given(own);
            let can_be_alike = asked.letters.most(&given.letters) >= ALIKE;
            let have_forms = asked.has_forms && given.has_forms;
            if asked.is_full && given.is_full && !can_be_alike && !have_forms {
                return (0, MISSING);
            }
            first_levels(&name.given, &self.roster.givens.names[own as usize])
        })
    }

    /// Finds those at the place that is named whose last or first name speaks for it: either may
    /// have changed altogether.
    fn meet_at_place(&self, name: &Name, is_turned: bool, place: u32, kept: &mut Vec<Met>) -> u64 {
        let (_, asked) = &self.words.givens[name.given.as_str()];
        let alike = &self.words.lasts[&last_of(name)];
        let initials = nicknames::initials(&name.given);
        let mut compared = 0;
        for entry in self.blocks.at_place(place) {
            compared += 1;
            let short = &self.roster.shorts[entry as usize];
            let given = self.roster.givens.names[short.given as usize].as_str();
            let blocked = alike
                .binary_search_by_key(&short.last, |alike| alike.last)
                .map(|at| &alike[at])
                .is_ok_and(|alike| {
                    alike.is_enough(asked, &initials, self.blocks.given(short.given))
                });
            if !blocked && given != name.given {
                continue;
            }
            let last = last_level(name, &self.roster.entries[entry as usize].name);
            if !matches!(last, 0 | MISSING) || given == name.given && name.is_full() {
                kept.push(Met {
                    entry,
                    is_turned,
                    last,
                    first: first_levels(&name.given, given),
                });
            }
        }
        compared
    }
}
