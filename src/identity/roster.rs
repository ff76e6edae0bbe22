//! The roster as names are looked up in it: who bears which name, works where, and is of which
//! specialty; and how common each of these is.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Name;
use super::organizations;
use crate::base::{Result, Table, specialties};

/// A provider of the roster.
#[derive(Debug, Default)]
pub(super) struct Provider {
    pub(super) npi: String,
    /// As the roster writes it, the first in alphabetical order where it writes several.
    pub(super) name: String,
    /// Practices as the roster writes them.
    pub(super) practices: BTreeSet<String>,
    /// Practices, as numbers of [`Roster::places`].
    pub(super) places: Vec<u32>,
    /// Organizations, as numbers of [`Roster::organizations`].
    pub(super) organizations: Vec<u32>,
    /// The first five digits of the ZIP codes of the practices.
    pub(super) zips: BTreeSet<String>,
    /// Positions in the specialty set.
    pub(super) specialties: Vec<u32>,
}

/// A name that a provider bears.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its place in [`Roster::providers`].
    pub(super) provider: u32,
    pub(super) name: Name,
}

/// The names of an entry as numbers: entries of one number have one last or first name.
#[derive(Debug)]
pub(super) struct Short {
    pub(super) last: u32,
    pub(super) given: u32,
    pub(super) has_middle: bool,
}

/// Names in one form, numbered.
#[derive(Debug, Default)]
pub(super) struct Numbered {
    numbers: BTreeMap<String, u32>,
    pub(super) names: Vec<String>,
}

impl Numbered {
    fn add(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.numbers.insert(name.to_string(), number);
        self.names.push(name.to_string());
        number
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }
}

/// How many providers share a value.
#[derive(Debug, Default)]
pub(super) struct Shares {
    pub(super) last: BTreeMap<String, u32>,
    pub(super) given: BTreeMap<String, u32>,
    pub(super) initial: BTreeMap<char, u32>,
    pub(super) place: BTreeMap<u32, u32>,
    pub(super) organization: BTreeMap<u32, u32>,
    pub(super) specialty: BTreeMap<u32, u32>,
}

/// Individual providers with their names and circumstances.
#[derive(Debug, Default)]
pub(super) struct Roster {
    /// Texts of specialties with their places in the set.
    set: BTreeMap<String, u32>,
    pub(super) providers: Vec<Provider>,
    pub(super) entries: Vec<Entry>,
    /// One for each entry.
    pub(super) shorts: Vec<Short>,
    /// Given names, numbered as in `shorts`.
    pub(super) givens: Numbered,
    pub(super) places: Numbered,
    /// The ZIP codes of each place.
    pub(super) place_zips: BTreeMap<u32, BTreeSet<String>>,
    pub(super) organizations: Numbered,
    pub(super) shares: Shares,
    /// Entries by all words of the name.
    by_words: BTreeMap<String, Vec<u32>>,
    /// Entries by last and first name.
    by_ends: BTreeMap<String, Vec<u32>>,
}

/// The form of a practice's or an organization's name in which it is looked up.
pub(super) fn place_key(text: &str) -> String {
    organizations::fold_organization(text)
}

impl Roster {
    /// Of the rows of the roster (sorted, columns `npi`, `name`, `practice_name`, `practice_id`,
    /// `organization_id`, `specialty`, `zip`) and the names of organizations
    /// (`organization_id`, `name`).
    /// `specialties` has the texts that the set knows, with its names.
    pub(super) fn read(rows: &Table, organizations: &Table, specialties: &Table) -> Result<Self> {
        let mut named = BTreeMap::<String, Vec<String>>::new();
        for row in 0..organizations.rows() {
            let cell = |column: &str| organizations.cell(column, row);
            named
                .entry(cell("organization_id")?)
                .or_default()
                .push(cell("name")?);
        }
        let mut roster = Self {
            set: numbered(specialties)?,
            ..Self::default()
        };
        let mut numbers = BTreeMap::<String, u32>::new();
        let mut known = BTreeSet::<(u32, String)>::new();
        for row in 0..rows.rows() {
            let cell = |column: &str| rows.cell(column, row);
            let (npi, name) = (cell("npi")?, cell("name")?);
            let number = *numbers.entry(npi.clone()).or_insert_with(|| {
                roster.providers.push(Provider {
                    npi,
                    name: name.clone(),
                    ..Provider::default()
                });
                (roster.providers.len() - 1) as u32
            });
            roster.add_places(number, &cell("practice_name")?, &cell("practice_id")?);
            let organization = cell("organization_id")?;
            let names = named.get(&organization).map_or(&[][..], Vec::as_slice);
            roster.add_organizations(number, &organization, names);
            roster.add_circumstances(number, &cell("specialty")?, &cell("zip")?);
            if known.insert((number, name.clone())) {
                let name = Name::parse(&name);
                roster.entries.push(Entry {
                    provider: number,
                    name,
                });
            }
        }
        roster.index();
        Ok(roster)
    }

    fn add_places(&mut self, provider: u32, name: &str, id: &str) {
        if !name.is_empty() {
            let practices = &mut self.providers[provider as usize].practices;
            practices.insert(name.to_string());
        }
        for text in [name, id].into_iter().filter(|t| !t.is_empty()) {
            let place = self.places.add(&place_key(text));
            insert(&mut self.providers[provider as usize].places, place);
        }
    }

    fn add_organizations(&mut self, provider: u32, id: &str, names: &[String]) {
        let names = names.iter().map(String::as_str);
        for text in names.chain([id]).filter(|t| !t.is_empty()) {
            let organization = self.organizations.add(&place_key(text));
            let provider = &mut self.providers[provider as usize];
            insert(&mut provider.organizations, organization);
        }
    }

    /// The place in the set of a text or code that is known.
    pub(super) fn specialty(&self, text: &str) -> Option<u32> {
        self.set.get(text).copied()
    }

    fn add_circumstances(&mut self, provider: u32, specialty: &str, zip: &str) {
        let found = self.specialty(specialty);
        let zip: String = zip.chars().take(5).collect();
        let provider = &mut self.providers[provider as usize];
        if let Some(number) = found {
            insert(&mut provider.specialties, number);
        }
        if zip.len() == 5 {
            provider.zips.insert(zip);
        }
    }

    /// Counts what is common, and sorts entries by name.
    fn index(&mut self) {
        let mut lasts = Numbered::default();
        for Entry { name, .. } in &self.entries {
            self.shorts.push(Short {
                last: lasts.add(&format!("{}|{}", name.last, name.parts.join("|"))),
                given: self.givens.add(&name.given),
                has_middle: !name.middle.is_empty(),
            });
        }
        for (number, entry) in (0u32..).zip(&self.entries) {
            let name = &entry.name;
            self.by_words
                .entry(name.folded.clone())
                .or_default()
                .push(number);
            self.by_ends.entry(ends(name)).or_default().push(number);
            *self.shares.last.entry(name.last.clone()).or_default() += 1;
            *self.shares.given.entry(name.given.clone()).or_default() += 1;
            if let Some(initial) = name.given.chars().next() {
                *self.shares.initial.entry(initial).or_default() += 1;
            }
        }
        for provider in &self.providers {
            for place in &provider.places {
                *self.shares.place.entry(*place).or_default() += 1;
                let zips = self.place_zips.entry(*place).or_default();
                // Of one who works in several places nobody says which is where.
                if provider.zips.len() == 1 {
                    zips.extend(provider.zips.iter().cloned());
                }
            }
            for organization in &provider.organizations {
                *self.shares.organization.entry(*organization).or_default() += 1;
            }
            for specialty in &provider.specialties {
                *self.shares.specialty.entry(*specialty).or_default() += 1;
            }
        }
    }

    /// Providers all of whose words are the name's, in any order.
    pub(super) fn with_words(&self, name: &Name) -> &[u32] {
        self.by_words.get(&name.folded).map_or(&[], Vec::as_slice)
    }

    /// Providers of this last and first name, whatever stands between.
    pub(super) fn with_ends(&self, name: &Name) -> &[u32] {
        self.by_ends.get(&ends(name)).map_or(&[], Vec::as_slice)
    }
}

fn ends(name: &Name) -> String {
    format!("{}|{}", name.last, name.given)
}

fn insert(list: &mut Vec<u32>, value: u32) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// The texts that the set knows with their places in it.
fn numbered(specialties: &Table) -> Result<BTreeMap<String, u32>> {
    let texts = specialties.texts("specialty_text")?;
    let names = specialties.texts("specialty")?;
    let known = texts.into_iter().flatten().zip(names.into_iter().flatten());
    Ok(known
        .filter_map(|(text, name)| Some((text, specialty_number(&name)?)))
        .collect())
}

/// The place in the set of a specialty's name, code or alias.
pub(super) fn specialty_number(text: &str) -> Option<u32> {
    let found = specialties::find(text).filter(|_| !text.is_empty())?;
    let place = specialties::all().iter().position(|s| s.name == found.name);
    place.map(|at| at as u32)
}
