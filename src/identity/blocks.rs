//! Blocks: which entries of the roster a name is compared with at all. A pair that shares no key is
//! never compared, so the keys are many and each of them small. Last names are far fewer than
//! entries, so keys lead to last names, each of which leads to its entries.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use super::comparison::{ALIKE, last_level};
use super::names::Name;
use super::nicknames;
use super::roster::Roster;
use crate::stats::linkage::{Letters, MISSING, soundex};

/// The last names of a roster by their keys, and its entries by last name.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Keys with the last names that have them, sorted.
    keys: Vec<(u64, u32)>,
    /// The last names by number.
    lasts: Vec<LastName>,
    /// Entries by last and given name.
    borne: Vec<Borne>,
    /// The given names by number.
    givens: Vec<GivenName>,
    /// Places with the entries of those who work there, sorted.
    places: Vec<(u32, u32)>,
}

/// A last name of the roster.
#[derive(Debug)]
struct LastName {
    letters: Letters,
    has_parts: bool,
    /// Where its entries begin and end in [`Blocks::borne`].
    begin: u32,
    end: u32,
}

/// An entry as those of one last name are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Borne {
    pub(super) last: u32,
    pub(super) given: u32,
    pub(super) entry: u32,
    pub(super) has_middle: bool,
}

/// A first name, asked for or of the roster, with what is compared first.
#[derive(Debug)]
pub(super) struct GivenName {
    initial: Option<char>,
    /// The first three letters, where it is more than a letter.
    begin: Option<u64>,
    pub(super) letters: Letters,
    pub(super) is_full: bool,
    /// Whether it is known to have other forms.
    pub(super) has_forms: bool,
}

impl GivenName {
    /// Of a first name.
    pub(super) fn of(given: &str) -> Self {
        Self {
            initial: given.chars().next(),
            begin: (given.len() > 1).then(|| key(BEGIN, first(given, 3))),
            letters: Letters::of(given),
            is_full: given.len() > 1,
            has_forms: nicknames::is_known(given),
        }
    }
}

/// A last name of the roster that is like an asked one, and what the two share beside that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AlikeLast {
    pub(super) last: u32,
    /// How like they are, at least 1.
    pub(super) level: u8,
    /// Whether the sound or the first letters of both, or of parts of both, are the same.
    pub(super) shares_begin: bool,
    /// Whether one of them, or a part of it, is the other or a part of it.
    pub(super) shares_whole: bool,
    /// Whether the last letters are the same.
    pub(super) shares_end: bool,
}

/// The kinds of keys.
const SOUND: u8 = 1;
const BEGIN: u8 = 2;
const WHOLE: u8 = 3;
const END: u8 = 4;

/// FNV-1a: the same number for the same key on every machine.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The key of a text: the kind stands in the lowest bits.
fn key(kind: u8, text: &str) -> u64 {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    text.hash(&mut hasher);
    hasher.finish() << 3 | u64::from(kind)
}

/// The first letters of a text.
fn first(text: &str, letters: usize) -> &str {
    let end = text.char_indices().nth(letters).map_or(text.len(), |c| c.0);
    &text[..end]
}

fn last(text: &str, letters: usize) -> &str {
    let skip = text.chars().count().saturating_sub(letters);
    let begin = text.char_indices().nth(skip).map_or(0, |c| c.0);
    &text[begin..]
}

/// The keys of a last name and its parts, each once.
fn keys_of(name: &Name) -> Vec<u64> {
    let mut found = Vec::new();
    let lasts = std::iter::once(&name.last).chain(&name.parts);
    for part in lasts.filter(|part| !part.is_empty()) {
        found.extend(soundex(part).map(|code| key(SOUND, &code)));
        found.push(key(BEGIN, first(part, 3)));
        if part.len() > 1 {
            found.push(key(WHOLE, part));
        }
    }
    found.push(key(END, last(&name.last, 3)));
    found.sort_unstable();
    found.dedup();
    found
}

impl AlikeLast {
    /// Whether what the last names share is enough beside the first names, where the asked one can
    /// begin with any of `initials`.
    pub(super) fn is_enough(
        &self,
        asked: &GivenName,
        initials: &BTreeSet<char>,
        own: &GivenName,
    ) -> bool {
        self.shares_whole
            || self.shares_begin && own.initial.is_some_and(|c| initials.contains(&c))
            || self.shares_end && own.begin.is_some() && own.begin == asked.begin
    }
}

impl Blocks {
    /// Of a roster.
    pub(super) fn build(roster: &Roster) -> Self {
        let mut blocks = Self::default();
        for ((entry, own), short) in (0u32..).zip(&roster.entries).zip(&roster.shorts) {
            blocks.borne.push(Borne {
                last: short.last,
                given: short.given,
                entry,
                has_middle: short.has_middle,
            });
            let places = &roster.providers[own.provider as usize].places;
            blocks.places.extend(places.iter().map(|p| (*p, entry)));
        }
        blocks.borne.sort_unstable();
        blocks.places.sort_unstable();
        for (at, borne) in (0u32..).zip(&blocks.borne) {
            // Last names are numbered without gaps.
            if blocks.lasts.len() == borne.last as usize {
                let name = &roster.entries[borne.entry as usize].name;
                let keys = keys_of(name).into_iter().map(|key| (key, borne.last));
                blocks.keys.extend(keys);
                blocks.lasts.push(LastName {
                    letters: Letters::of(&name.last),
                    has_parts: !name.parts.is_empty(),
                    begin: at,
                    end: at,
                });
            }
            blocks.lasts[borne.last as usize].end = at + 1;
        }
        blocks.keys.sort_unstable();
        let givens = roster.givens.names.iter();
        blocks.givens = givens.map(|given| GivenName::of(given)).collect();
        blocks
    }

    /// The last names that share a key with a name's and are like it, in order.
    pub(super) fn alike_lasts(&self, roster: &Roster, name: &Name) -> Vec<AlikeLast> {
        let mut met: Vec<(u32, u8)> = Vec::new();
        for key in keys_of(name) {
            let begin = self.keys.partition_point(|(k, _)| *k < key);
            let block = self.keys[begin..].iter().take_while(|(k, _)| *k == key);
            met.extend(block.map(|(_, last)| (*last, 1 << (key & 7))));
        }
        met.sort_unstable();
        met.dedup_by(|next, kept| {
            let is_one = next.0 == kept.0;
            kept.1 |= if is_one { next.1 } else { 0 };
            is_one
        });
        let letters = Letters::of(&name.last);
        let alike = met.into_iter().filter_map(|(last, kinds)| {
            let own = &self.lasts[last as usize];
            let is_whole = name.parts.is_empty() && !own.has_parts;
            if is_whole && letters.most(&own.letters) < ALIKE {
                return None;
            }
            let own = self.borne[own.begin as usize].entry;
            let level = last_level(name, &roster.entries[own as usize].name);
            (!matches!(level, 0 | MISSING)).then_some(AlikeLast {
                last,
                level,
                shares_begin: kinds & (1 << SOUND | 1 << BEGIN) != 0,
                shares_whole: kinds & 1 << WHOLE != 0,
                shares_end: kinds & 1 << END != 0,
            })
        });
        alike.collect()
    }

    /// The entries of a last name in runs of one given name; there is at least one.
    pub(super) fn of_last(&self, last: u32) -> impl Iterator<Item = &[Borne]> {
        let LastName { begin, end, .. } = self.lasts[last as usize];
        let borne = &self.borne[begin as usize..end as usize];
        borne.chunk_by(|a, b| a.given == b.given)
    }

    /// A given name of the roster by its number.
    pub(super) fn given(&self, number: u32) -> &GivenName {
        &self.givens[number as usize]
    }

    /// The entries of all who work at a place, in order.
    pub(super) fn at_place(&self, place: u32) -> impl Iterator<Item = u32> {
        let begin = self.places.partition_point(|(p, _)| *p < place);
        let block = self.places[begin..].iter();
        block
            .take_while(move |(p, _)| *p == place)
            .map(|(_, entry)| *entry)
    }
}
