//! Blocks: which entries of the roster a name is compared with at all. A pair that shares no key is
//! never compared, so the keys are many and each of them small. Last names are far fewer than
//! entries, so keys lead to last names, each of which leads to its entries.

use std::hash::{Hash, Hasher};

use super::comparison::last_level;
use super::names::Name;
use super::roster::Roster;
use crate::stats::linkage::{MISSING, soundex};

/// The last names of a roster by their keys, and its entries by last name.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Keys with the last names that have them, sorted.
    keys: Vec<(u64, u32)>,
    /// Entries by last name, and where each last name's begin; one more stands at the end.
    entries: Vec<u32>,
    begins: Vec<usize>,
    /// Entries by place and given name, sorted.
    beside: Vec<((u32, u32), u32)>,
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
pub(super) fn first(text: &str, letters: usize) -> &str {
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

impl Blocks {
    /// Of a roster.
    pub(super) fn build(roster: &Roster) -> Self {
        let mut blocks = Self::default();
        let mut by_last: Vec<(u32, u32)> = Vec::with_capacity(roster.entries.len());
        for ((number, entry), short) in (0u32..).zip(&roster.entries).zip(&roster.shorts) {
            by_last.push((short.last, number));
            let places = &roster.providers[entry.provider as usize].places;
            let beside = places.iter().map(|place| ((*place, short.given), number));
            blocks.beside.extend(beside);
        }
        by_last.sort_unstable();
        blocks.beside.sort_unstable();
        for (at, (last, number)) in by_last.iter().enumerate() {
            // Last names are numbered without gaps.
            if blocks.begins.len() == *last as usize {
                blocks.begins.push(at);
                let name = &roster.entries[*number as usize].name;
                let keys = keys_of(name).into_iter().map(|key| (key, *last));
                blocks.keys.extend(keys);
            }
            blocks.entries.push(*number);
        }
        blocks.begins.push(by_last.len());
        blocks.keys.sort_unstable();
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
        let alike = met.into_iter().filter_map(|(last, kinds)| {
            let own = &roster.entries[self.of_last(last)[0] as usize].name;
            let level = last_level(name, own);
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

    /// The entries of a last name, in order; there is at least one.
    pub(super) fn of_last(&self, last: u32) -> &[u32] {
        &self.entries[self.begins[last as usize]..self.begins[last as usize + 1]]
    }

    /// The entries of a given name at a place, in order.
    pub(super) fn at_place(&self, place: u32, given: u32) -> impl Iterator<Item = u32> {
        let begin = self.beside.partition_point(|(k, _)| *k < (place, given));
        let block = self.beside[begin..].iter();
        block
            .take_while(move |(k, _)| *k == (place, given))
            .map(|(_, entry)| *entry)
    }
}
