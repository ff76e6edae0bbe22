//! The files of one call by export: those of one folder under one mapping. A file may be a table by one
//! mapping and joined to another table by the next; which of the two it is, is settled here, whatever
//! the order of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::input::{Found, JoinedFile, Recognised};

/// A folder and the name of a mapping.
type Place = (PathBuf, String);
/// A file, or one of its sheets or kinds of resources.
type Part = (PathBuf, Option<String>);

/// The files of one export that belong together: those of one folder under one mapping.
#[derive(Default)]
pub(super) struct Export<'l> {
    pub(super) tables: Vec<Recognised<'l>>,
    pub(super) joined: Vec<JoinedFile<'l>>,
}

/// Every export of one call.
#[derive(Default)]
pub(super) struct Exports<'l> {
    by_place: BTreeMap<Place, Export<'l>>,
}

/// Whether a table is loaded as one, once that is known.
type Verdicts = BTreeMap<(Place, Part), Option<bool>>;

impl<'l> Exports<'l> {
    /// Takes in what was found in a file; gives back the tables that wait for no other file.
    pub(super) fn take(&mut self, file: &Path, found: &mut Found<'l>) -> Vec<Recognised<'l>> {
        let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
        let joined_parts: BTreeSet<Part> = found.joined.iter().map(part_of_joined).collect();
        for joined in found.joined.drain(..) {
            let place = (folder.clone(), joined.mapping.name.clone());
            self.by_place.entry(place).or_default().joined.push(joined);
        }
        let (alone, waiting): (Vec<_>, Vec<_>) = found.tables.drain(..).partition(|table| {
            table.mapping.joins.is_empty() && !joined_parts.contains(&part_of(table))
        });
        for table in waiting {
            let place = (folder.clone(), table.mapping.name.clone());
            self.by_place.entry(place).or_default().tables.push(table);
        }
        alone
    }

    /// Leaves each file that is joined to a table of its folder with that table: what accompanies an
    /// export is no table of its own. A mapping of the user's own makes it one all the same, where
    /// the mapping that joins it is not.
    pub(super) fn settle(&mut self) {
        let mut verdicts = Verdicts::new();
        for (place, export) in &self.by_place {
            for table in &export.tables {
                verdicts.insert((place.clone(), part_of(table)), None);
            }
        }
        let parents = self.parents();
        // A companion of a table that is itself a companion stands, as does each of two tables that
        // want each other.
        loop {
            let judged: Vec<((Place, Part), bool)> = verdicts
                .iter()
                .filter(|(_, verdict)| verdict.is_none())
                .filter_map(|(table, _)| Some((table.clone(), judge(&parents[table], &verdicts)?)))
                .collect();
            if judged.is_empty() {
                break;
            }
            for (table, stands) in judged {
                verdicts.insert(table, Some(stands));
            }
        }
        for (place, export) in &mut self.by_place {
            let is_companion =
                |t: &Recognised<'l>| verdicts[&(place.clone(), part_of(t))] == Some(false);
            export.tables.retain(|table| !is_companion(table));
        }
    }

    /// For each table the tables of its folder to which it may be joined.
    fn parents(&self) -> BTreeMap<(Place, Part), Vec<(Place, Part)>> {
        let mut found = BTreeMap::new();
        for (place, export) in &self.by_place {
            for table in &export.tables {
                let part = part_of(table);
                let others = self
                    .by_place
                    .range((place.0.clone(), String::new())..)
                    .take_while(|(other, _)| other.0 == place.0)
                    .filter(|(other, export)| *other != place && export.joins(&part, table));
                let parents = others.flat_map(|(other, export)| {
                    let tables = export.tables.iter().map(part_of);
                    tables.map(|parent| (other.clone(), parent))
                });
                let parents = parents.filter(|(_, parent)| *parent != part).collect();
                found.insert((place.clone(), part), parents);
            }
        }
        found
    }

    /// The files that are joined to a table that is loaded.
    pub(super) fn joined(&self) -> BTreeSet<PathBuf> {
        let standing = self.by_place.values().filter(|e| !e.tables.is_empty());
        let files = standing.flat_map(|e| e.joined.iter().map(|j| j.path.clone()));
        files.collect()
    }

    /// The files that belong to a table that was not given, with the mapping that joins them to it.
    pub(super) fn wanted(&self) -> BTreeMap<PathBuf, String> {
        let parted = self.by_place.values().filter(|e| e.tables.is_empty());
        let files = parted.flat_map(|e| e.joined.iter());
        let each = files.map(|j| (j.path.clone(), j.mapping.name.clone()));
        each.collect()
    }

    /// The files that are tables.
    pub(super) fn tables(&self) -> impl Iterator<Item = PathBuf> {
        let tables = self.by_place.values().flat_map(|e| e.tables.iter());
        tables.map(|table| table.path.clone())
    }

    /// The exports, by folder and mapping.
    pub(super) fn into_each(self) -> impl Iterator<Item = Export<'l>> {
        self.by_place.into_values()
    }
}

impl Export<'_> {
    /// Whether this export's mapping takes a part that another reads as a table.
    fn joins(&self, part: &Part, table: &Recognised<'_>) -> bool {
        self.joined.iter().any(|joined| {
            let is_overruled = table.mapping.is_own && !joined.mapping.is_own;
            !is_overruled && part_of_joined(joined) == *part
        })
    }
}

/// Whether a table stands, as far as is known of those that it may be joined to.
fn judge(parents: &[(Place, Part)], verdicts: &Verdicts) -> Option<bool> {
    if parents.iter().any(|p| verdicts[p] == Some(true)) {
        return Some(false);
    }
    let are_settled = parents.iter().all(|p| verdicts[p] == Some(false));
    are_settled.then_some(true)
}

fn part_of(table: &Recognised<'_>) -> Part {
    (table.path.clone(), table.form.sheet.clone())
}

fn part_of_joined(joined: &JoinedFile<'_>) -> Part {
    (joined.path.clone(), joined.form.sheet.clone())
}
