//! Blocks: which entries of the roster a name is compared with at all. A pair that shares no key is
//! never compared, so the keys are many and each of them small.

use std::hash::{Hash, Hasher};

use super::names::Name;
use super::nicknames;
use super::roster::Roster;
use crate::stats::linkage::soundex;

/// The keys of all entries, sorted.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    keys: Vec<(u64, u32)>,
}

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

fn key(kind: u8, texts: (&str, &str)) -> u64 {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    (kind, texts).hash(&mut hasher);
    hasher.finish()
}

fn first(text: &str, letters: usize) -> &str {
    let end = text.char_indices().nth(letters).map_or(text.len(), |c| c.0);
    &text[..end]
}

fn last(text: &str, letters: usize) -> &str {
    let skip = text.chars().count().saturating_sub(letters);
    let begin = text.char_indices().nth(skip).map_or(0, |c| c.0);
    &text[begin..]
}

/// The keys of a name whose first name may begin with any of these letters.
fn keys_of(name: &Name, initials: impl Iterator<Item = char>, found: &mut Vec<u64>) {
    let lasts = || std::iter::once(&name.last).chain(&name.parts);
    for initial in initials {
        let initial = initial.to_string();
        for part in lasts().filter(|part| !part.is_empty()) {
            if let Some(code) = soundex(part) {
                found.push(key(1, (&code, &initial)));
            }
            found.push(key(2, (first(part, 3), &initial)));
        }
    }
    for part in lasts().filter(|part| part.len() > 1) {
        found.push(key(3, (part, "")));
    }
    if name.given.len() > 1 {
        found.push(key(4, (last(&name.last, 3), first(&name.given, 3))));
    }
}

impl Blocks {
    /// Of a roster.
    pub(super) fn build(roster: &Roster) -> Self {
        let mut keys = Vec::with_capacity(roster.entries.len() * 5);
        let mut own = Vec::new();
        for (number, entry) in (0u32..).zip(&roster.entries) {
            own.clear();
            keys_of(&entry.name, entry.name.given.chars().take(1), &mut own);
            let provider = &roster.providers[entry.provider as usize];
            own.extend(
                provider
                    .places
                    .iter()
                    .map(|place| key(5, (&place.to_string(), &entry.name.given))),
            );
            own.sort_unstable();
            own.dedup();
            keys.extend(own.iter().map(|&key| (key, number)));
        }
        keys.sort_unstable();
        Self { keys }
    }

    /// The entries that share a key with a name, in order: by the sound or the first letters of the
    /// last name (or a part of it) with a first letter that the given name or a form of it has; by
    /// the whole last name; by the end of the last name and the beginning of the given one; and by
    /// the given name at the practice that is named.
    pub(super) fn entries(&self, names: &[&Name], place: Option<u32>) -> Vec<u32> {
        let mut wanted = Vec::new();
        for name in names {
            keys_of(
                name,
                nicknames::initials(&name.given).into_iter(),
                &mut wanted,
            );
            if let Some(place) = place {
                wanted.push(key(5, (&place.to_string(), &name.given)));
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        let mut found = Vec::new();
        for key in wanted {
            let begin = self.keys.partition_point(|(k, _)| *k < key);
            let block = self.keys[begin..].iter().take_while(|(k, _)| *k == key);
            found.extend(block.map(|(_, entry)| *entry));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
