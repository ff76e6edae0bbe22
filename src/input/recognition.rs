//! Which table a file feeds, found from its header and never from its name.

use std::path::Path;

use super::formats::csv;
use crate::base::{Error, Result};
use crate::mapping::canonical::{LAYOUTS, Layout};
use crate::mapping::vocabulary::fold;

/// What a file was recognised as.
#[derive(Debug)]
pub struct Recognised {
    /// The canonical layout that it feeds.
    pub layout: &'static Layout,
    /// For each column of the layout, its place in the file.
    pub places: Vec<Option<usize>>,
    /// Columns of the file that are not the layout's; they are kept out of the lake.
    pub unknown_columns: Vec<String>,
}

/// The name of the only layout that this recognises; it is the source's name where none is set.
pub const CANONICAL: &str = "canonical";

/// Recognises a file; `None` where its header is no table's. Two tables that fit equally well, or
/// two columns that claim one name, are an error.
pub fn recognise(path: &Path) -> Result<Option<Recognised>> {
    let Some((header, _)) = csv::header(path)? else {
        return Ok(None);
    };
    let mut best: Option<(usize, Recognised)> = None;
    for layout in LAYOUTS {
        let Some(found) = fit(layout, &header).map_err(|e| e.at(path))? else {
            continue;
        };
        let known = found.places.iter().flatten().count();
        match &best {
            Some((most, _)) if *most > known => {}
            Some((most, other)) if *most == known => {
                return Err(Error::input(format!(
                    "could be a table of {} as well as one of {}",
                    other.layout.table, layout.table
                ))
                .at(path)
                .help("add a column that tells them apart"));
            }
            _ => best = Some((known, found)),
        }
    }
    Ok(best.map(|(_, found)| found))
}

fn fit(layout: &'static Layout, header: &[String]) -> Result<Option<Recognised>> {
    let folded: Vec<String> = header.iter().map(|h| fold(h)).collect();
    let mut places = Vec::with_capacity(layout.columns.len());
    for column in layout.columns {
        let name = fold(column.name);
        let mut at = folded
            .iter()
            .enumerate()
            .filter(|(_, h)| **h == name)
            .map(|(at, _)| at);
        let place = at.next();
        let twice = at.next().is_some();
        places.push(place);
        if place.is_none() && column.required {
            return Ok(None);
        }
        if twice {
            return Err(Error::input("two columns of the header have this name")
                .column(column.name)
                .help("rename or delete one of them"));
        }
    }
    let has = |name: &&str| layout.index(name).is_some_and(|at| places[at].is_some());
    if !layout.one_of.is_empty() && !layout.one_of.iter().any(has) {
        return Ok(None);
    }
    let unknown_columns = (0..header.len())
        .filter(|at| !places.contains(&Some(*at)) && !header[*at].trim().is_empty())
        .map(|at| header[at].clone())
        .collect();
    Ok(Some(Recognised {
        layout,
        places,
        unknown_columns,
    }))
}
