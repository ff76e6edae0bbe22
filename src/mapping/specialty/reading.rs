//! How a text of several words is read: phrases before single words, decorations cut, and of what
//! is left the most specific row, if it is one.

use std::collections::BTreeMap;

use catchment_base::specialties;

use super::lexicon::{Lexicon, Meaning, Rank};

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Word {
    /// Its number in the lexicon; none where it is not there.
    pub(super) id: Option<u32>,
    /// Its letters.
    pub(super) letters: usize,
    /// Whether it is a number, which is cut like a decoration where no phrase has it.
    pub(super) is_number: bool,
}

/// What a text was found to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// The row; none where nothing is named, or several rows equally.
    pub(super) row: Option<usize>,
    /// The share of letters, decorations aside, that stand in understood words.
    pub(super) share: f64,
}

/// A place of the text while phrases are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Slot {
    Open(Word),
    /// A phrase has it, or nobody knows it; no phrase reaches across.
    Closed,
}

/// What was said, and by how many letters.
#[derive(Debug, Default)]
struct Said {
    rows: BTreeMap<usize, Rank>,
    is_child: bool,
    is_adult: bool,
    is_several: bool,
    understood: usize,
    decoration: usize,
}

/// Reads the words of a text.
pub(super) fn read(lexicon: &Lexicon, words: &[Word]) -> Reading {
    let mut said = Said::default();
    // Phrases come first with all words in place: "urgent care" and "new pt" are decorations as
    // wholes, and "internal medicine" is none.
    let open = |word: &Word| match word.id {
        None if !word.is_number => Slot::Closed,
        _ => Slot::Open(*word),
    };
    let mut slots: Vec<Slot> = words.iter().map(open).collect();
    claim(lexicon, &mut slots, 2, &mut said);
    // Then decorations are cut, so that what they parted stands together.
    slots.retain(|slot| match slot {
        Slot::Closed => true,
        Slot::Open(word) => {
            let alone = word.id.and_then(|id| lexicon.meaning(&[id]));
            let is_cut = alone == Some(Meaning::Decoration) || alone.is_none() && word.is_number;
            if is_cut {
                said.decoration += word.letters;
            }
            !is_cut
        }
    });
    claim(lexicon, &mut slots, 1, &mut said);
    let letters: usize = words.iter().map(|word| word.letters).sum();
    let rest = letters.saturating_sub(said.decoration).max(1);
    Reading {
        row: said.row(lexicon),
        share: said.understood as f64 / rest as f64,
    }
}

/// Takes the phrases of at least so many words, the longest first. Of phrases of one length those
/// come first that have no decoration among their words: "outpatient surgical oncology" is surgical
/// oncology, and no outpatient surgery.
fn claim(lexicon: &Lexicon, slots: &mut [Slot], least: usize, said: &mut Said) {
    for length in (least..=lexicon.longest.min(slots.len())).rev() {
        for is_plain in [true, false] {
            claim_of(lexicon, slots, length, is_plain, said);
        }
    }
}

fn claim_of(lexicon: &Lexicon, slots: &mut [Slot], length: usize, is_plain: bool, said: &mut Said) {
    let mut key: Vec<u32> = Vec::with_capacity(length);
    let mut at = 0;
    while at + length <= slots.len() {
        let window = &mut slots[at..at + length];
        key.clear();
        key.extend(window.iter().filter_map(|slot| match slot {
            Slot::Open(word) => word.id,
            Slot::Closed => None,
        }));
        key.sort_unstable();
        let is_decoration = |id: &u32| lexicon.meaning(&[*id]) == Some(Meaning::Decoration);
        let found = lexicon
            .meaning(&key)
            .filter(|_| key.len() == length && (!is_plain || !key.iter().any(is_decoration)));
        let Some(meaning) = found else {
            at += 1;
            continue;
        };
        let letters = window.iter().map(|slot| match slot {
            Slot::Open(word) => word.letters,
            Slot::Closed => 0,
        });
        said.take(meaning, letters.sum());
        window.fill(Slot::Closed);
        at += length;
    }
}

impl Said {
    fn take(&mut self, meaning: Meaning, letters: usize) {
        if meaning == Meaning::Decoration {
            self.decoration += letters;
            return;
        }
        self.understood += letters;
        match meaning {
            Meaning::Row(row, rank) => {
                let known = self.rows.entry(row).or_insert(rank);
                *known = rank.max(*known);
            }
            Meaning::Child => self.is_child = true,
            Meaning::Adult => self.is_adult = true,
            Meaning::Several => self.is_several = true,
            Meaning::Decoration => {}
        }
    }

    /// The one row that is meant.
    fn row(&self, lexicon: &Lexicon) -> Option<usize> {
        if self.is_several {
            return None;
        }
        let is_child = self.is_child && (!self.is_adult || self.rows.is_empty());
        let mut rows: BTreeMap<usize, Rank> = BTreeMap::new();
        for (row, rank) in &self.rows {
            // "Adult and pediatric cardiology" sees both, as cardiology does.
            let row = match (is_child, self.is_adult) {
                (true, _) => lexicon.for_child(*row),
                (false, true) => lexicon.for_adult(*row),
                (false, false) => *row,
            };
            let known = rows.entry(row).or_insert(*rank);
            *known = (*rank).max(*known);
        }
        let Some(top) = rows.values().copied().max() else {
            return is_child.then_some(lexicon.pediatrics);
        };
        let highest: Vec<usize> = rows.iter().filter(|r| *r.1 == top).map(|r| *r.0).collect();
        // "Cardiology EP": a shortened name is heard beside the field that it lies within, and
        // "cardiac pacemaker": what is to be done beside a shortened name.
        let heard = match top {
            Rank::Field => Rank::Short,
            _ => Rank::Procedure,
        };
        let named = rows.iter().filter(|(row, rank)| {
            **rank == top
                || **rank >= heard && highest.iter().any(|at| lexicon.is_within(**row, *at))
        });
        let named: Vec<usize> = named.map(|(row, _)| *row).collect();
        let row = narrowest(lexicon, &named)?;
        // A child's family physician might be either: the set has no row for both.
        let is_primary = specialties::all()[row].group == "Primary Care" && top > Rank::Setting;
        if is_child && is_primary && row != lexicon.pediatrics {
            return (top < Rank::Short).then_some(lexicon.pediatrics);
        }
        Some(row)
    }
}

/// The only row that no other of them lies within.
pub(super) fn narrowest(lexicon: &Lexicon, rows: &[usize]) -> Option<usize> {
    let is_broader = |row: usize| rows.iter().any(|other| lexicon.is_within(*other, row));
    let mut left = rows.iter().copied().filter(|row| !is_broader(*row));
    let only = left.next()?;
    left.all(|other| other == only).then_some(only)
}
