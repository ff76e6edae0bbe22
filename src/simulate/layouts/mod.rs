//! Other record systems' ways of writing the same referrals: which there are, what their writers are
//! given of a referral, and how they write days. Each layout is a file of this folder; the
//! canonical one is exports.rs's.

mod athena;
mod ecw;
mod epic;
mod fhir;
mod json;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::FromStr;

use catchment_base::{Day, Error, Result};

use crate::course::{Referral, State};
use crate::names::folded;
use crate::orders::To;
use crate::random::{Subject, mix_unit};
use crate::rows::{Cells, column};
use crate::settings::Settings;
use crate::world::World;

/// As which record system the referral exports are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Catchment's own layout.
    #[default]
    Canonical,
    /// Epic's tables REFERRAL, REFERRAL_2 to REFERRAL_4, REFERRAL_APT and REFERRAL_HIST, with
    /// providers by name.
    Epic,
    /// The same with the columns that sites add to them: NPIs, and the referral before.
    EpicNpi,
    /// athenaOne's documents, with its lists of providers and departments.
    Athena,
    /// eClinicalWorks' table of referrals.
    Ecw,
    /// FHIR R4 resources as bulk export writes them.
    Fhir,
}

impl Layout {
    /// Every layout with its word.
    pub const ALL: [(&'static str, Self); 6] = [
        ("canonical", Self::Canonical),
        ("epic", Self::Epic),
        ("epic-npi", Self::EpicNpi),
        ("athena", Self::Athena),
        ("ecw", Self::Ecw),
        ("fhir", Self::Fhir),
    ];

    /// Its writer; `None` for the canonical layout.
    pub(crate) fn writer(self) -> Option<Box<dyn Writer>> {
        match self {
            Self::Canonical => None,
            Self::Epic => Some(Box::new(epic::Epic { has_npis: false })),
            Self::EpicNpi => Some(Box::new(epic::Epic { has_npis: true })),
            Self::Athena => Some(Box::new(athena::Athena)),
            Self::Ecw => Some(Box::new(ecw::Ecw)),
            Self::Fhir => Some(Box::new(fhir::Fhir)),
        }
    }
}

impl FromStr for Layout {
    type Err = Error;

    /// # Errors
    /// A usage error where no layout has this word.
    fn from_str(word: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == word);
        found.map(|(_, layout)| *layout).ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|(known, _)| *known).collect();
            Error::usage(format!("no layout is called '{word}'"))
                .help(format!("give one of {}", words.join(", ")))
        })
    }
}

/// How the referral exports are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form {
    /// As which record system.
    pub layout: Layout,
    /// Only so many referrals, the earliest; all of them where it is `None`. What is planted is
    /// stated of all of them either way.
    pub first: Option<u64>,
}

impl Form {
    /// Refuses what no record system would write.
    pub(crate) fn check(&self, settings: &Settings) -> Result<()> {
        if settings.mess && self.layout != Layout::Canonical {
            return Err(Error::usage("only the canonical layout can be made dirty")
                .help("leave out --mess, or --layout"));
        }
        Ok(())
    }
}

/// Writes the exports of one layout.
pub(crate) trait Writer: Debug + Send + Sync {
    /// The files of an export by their names, with what stands at their head.
    fn files(&self) -> Vec<(&'static str, String)>;

    /// Whether the record system would hold a referral at all.
    fn holds(&self, _record: &Record<'_>) -> bool {
        true
    }

    /// Adds a referral to the files.
    fn write(&self, record: &Record<'_>, files: &mut [Vec<u8>]);

    /// Adds the lists of those whom the written referrals name.
    fn close(&self, _world: &World, _named: &Named, _files: &mut [Vec<u8>]) {}
}

/// A provider's place of work under an owner: provider, place, and whether it was sold already.
pub(crate) type Post = (u32, u8, bool);

/// Whom the referrals of an export name.
#[derive(Debug, Default)]
pub(crate) struct Named {
    pub(crate) from: BTreeSet<Post>,
    pub(crate) to: BTreeSet<Post>,
    pub(crate) strangers: BTreeSet<u32>,
}

impl Named {
    /// Adds those whom a referral names.
    pub(crate) fn note(&mut self, record: &Record<'_>) {
        self.from.insert(record.referrer());
        match record.destination() {
            Destination::Post(post) => {
                self.to.insert(post);
            }
            Destination::Stranger(number) => {
                self.strangers.insert(number);
            }
            Destination::Nobody => {}
        }
    }

    /// Adds those of another.
    pub(crate) fn add(&mut self, other: Self) {
        self.from.extend(other.from);
        self.to.extend(other.to);
        self.strangers.extend(other.strangers);
    }
}

/// Where a referral is directed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destination {
    Post(Post),
    Stranger(u32),
    Nobody,
}

/// A referral as it stands on the day of an export.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    pub(crate) world: &'a World,
    /// Its row in the canonical layout.
    pub(crate) cells: &'a Cells,
    pub(crate) referral: &'a Referral,
    pub(crate) state: State,
    /// The day of the export.
    pub(crate) day: Day,
}

impl Record<'_> {
    /// A cell of the canonical layout.
    pub(crate) fn get(&self, column: usize) -> &str {
        self.cells.get(column)
    }

    /// The status, one of the canonical words.
    pub(crate) fn status(&self) -> &'static str {
        self.state.status
    }

    /// A share that depends on the referral and a tag alone.
    pub(crate) fn roll(&self, tag: u64) -> f64 {
        let seed = self.world.settings.seed;
        mix_unit(seed, Subject::Layouts, self.referral.order.id, tag)
    }

    /// A day of the canonical layout as Americans write it.
    pub(crate) fn american(&self, column: usize) -> String {
        american(self.get(column))
    }

    fn post(&self, provider: u32, place: u8) -> Post {
        let roster = &self.world.roster;
        let place = place.min(roster.providers[provider as usize].places - 1);
        // All places of a provider belong to one organization.
        let moved = roster.practice(provider, 0).moved;
        let is_sold = moved.is_some_and(|(on, _)| on <= self.referral.order.day);
        (provider, place, is_sold)
    }

    /// Who refers, and from where.
    pub(crate) fn referrer(&self) -> Post {
        let order = &self.referral.order;
        let who = &self.world.referrers.all[order.referrer as usize];
        self.post(who.provider, order.places.0)
    }

    /// Whether the referrer is our own on the day of the order.
    pub(crate) fn is_own(&self) -> bool {
        let order = &self.referral.order;
        self.world.referrers.all[order.referrer as usize].is_own(order.day)
    }

    /// Where it is directed.
    pub(crate) fn destination(&self) -> Destination {
        let order = &self.referral.order;
        match order.to {
            To::Provider(provider) => Destination::Post(self.post(provider, order.places.1)),
            To::Stranger(number) => Destination::Stranger(number),
            To::Nobody => Destination::Nobody,
        }
    }

    /// The referrer's name, surname first.
    pub(crate) fn referrer_name(&self) -> String {
        surname_first(self.world, self.referrer().0)
    }

    /// The name of whom it is directed to, surname first; empty where nobody is named.
    pub(crate) fn destination_name(&self) -> String {
        match self.destination() {
            Destination::Post((provider, _, _)) => surname_first(self.world, provider),
            Destination::Stranger(number) => folded(&self.world.strangers[number as usize].name),
            Destination::Nobody => String::new(),
        }
    }

    /// Whether its course has ended.
    pub(crate) fn is_over(&self) -> bool {
        let open = ["requested", "in_review", "accepted", "scheduled"];
        !open.contains(&self.status())
    }

    /// Whether a mistake was cancelled: a duplicate, or an order entered in error.
    pub(crate) fn is_mistake(&self) -> bool {
        let reason = self.get(column::STATUS_REASON);
        self.status() == "cancelled" && matches!(reason, "duplicate" | "entered-in-error")
    }
}

/// A provider's name as lists have it; a facility's as it is.
pub(crate) fn surname_first(world: &World, provider: u32) -> String {
    let row = &world.roster.providers[provider as usize];
    if row.is_organization {
        row.name.clone()
    } else {
        folded(&row.name)
    }
}

/// `2026-07-06` as `07/06/2026`, and nothing as nothing.
pub(crate) fn american(day: &str) -> String {
    match (day.get(..4), day.get(5..7), day.get(8..10)) {
        (Some(year), Some(month), Some(day)) => format!("{month}/{day}/{year}"),
        _ => String::new(),
    }
}

/// An hour from 0 to 23 and a minute as `01:05 PM`, with seconds where they are asked for.
pub(crate) fn half_day((hour, minute): (u64, u64), has_seconds: bool) -> String {
    let half = if hour < 12 { "AM" } else { "PM" };
    let twelfth = (hour + 11) % 12 + 1;
    let seconds = if has_seconds { ":00" } else { "" };
    format!("{twelfth:02}:{minute:02}{seconds} {half}")
}

/// Adds a row whose cells hold neither tabs nor line breaks.
pub(crate) fn push_tabbed(bytes: &mut Vec<u8>, cells: &[&str]) {
    bytes.extend_from_slice(cells.join("\t").as_bytes());
    bytes.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_hours_are_written_as_americans_do() {
        assert_eq!(american("2026-07-06"), "07/06/2026");
        assert_eq!(american(""), "");
        let hours = [0, 1, 11, 12, 13, 23].map(|hour| half_day((hour, 5), false));
        let expected = [
            "12:05 AM", "01:05 AM", "11:05 AM", "12:05 PM", "01:05 PM", "11:05 PM",
        ];
        assert_eq!(hours, expected);
        assert_eq!(half_day((7, 0), true), "07:00:00 AM");
    }

    #[test]
    fn every_word_finds_its_layout() {
        for (word, layout) in Layout::ALL {
            assert_eq!(word.parse::<Layout>().ok(), Some(layout));
        }
        assert_eq!(
            "epik".parse::<Layout>().map_err(|e| e.exit_code()).err(),
            Some(2)
        );
    }
}
