//! What becomes of a mapping that extends another: tables are merged, lists are replaced, and
//! filters and joined files are added by their names.

use std::collections::BTreeMap;

use catchment_base::Result;

use crate::draft::{ColumnDraft, Draft, Placed, ReadDraft, WordsDraft};
use crate::vocabulary::fold;

/// `new` where it says something, else what `base` says.
pub(crate) fn extended(base: Draft, new: Draft) -> Result<Draft> {
    if let (Some(old), Some(table)) = (&base.table, &new.table)
        && old.value != table.value
    {
        let what = format!("'{}' is not the table of the extended mapping", table.value);
        let help = format!("leave it out, or write '{}'", old.value);
        return Err(table.origin.fault(what, help));
    }
    // The two ways to recognise a file replace each other.
    let by_shapes = new.shapes.is_some();
    let by_header = new.recognised.is_some() || new.any_of.is_some();
    Ok(Draft {
        file: new.file,
        title: new.title.or(base.title),
        table: new.table.or(base.table),
        source: new.source.or(base.source),
        extends: new.extends,
        recognised: new.recognised.or(base.recognised.filter(|_| !by_shapes)),
        any_of: new.any_of.or(base.any_of.filter(|_| !by_shapes)),
        share: new.share.or(base.share.filter(|_| !by_shapes)),
        shapes: new.shapes.or(base.shapes.filter(|_| !by_header)),
        read: reading(base.read, new.read),
        columns: columns(base.columns, new.columns),
        words: words(base.words, new.words),
        set_aside: by_name(base.set_aside, new.set_aside, |filter| &filter.name),
        joins: by_name(base.joins, new.joins, |join| &join.name),
    })
}

fn reading(base: ReadDraft, new: ReadDraft) -> ReadDraft {
    ReadDraft {
        header_row: new.header_row.or(base.header_row),
        names: new.names.or(base.names),
        delimiter: new.delimiter.or(base.delimiter),
        quote: new.quote.or(base.quote),
        encoding: new.encoding.or(base.encoding),
        sheet: new.sheet.or(base.sheet),
        dates: new.dates.or(base.dates),
        missing: new.missing.or(base.missing),
    }
}

/// A column that says where it comes from replaces the old origin, and keeps the forms of its dates
/// unless it gives others.
fn columns(
    mut all: BTreeMap<String, ColumnDraft>,
    new: BTreeMap<String, ColumnDraft>,
) -> BTreeMap<String, ColumnDraft> {
    for (name, column) in new {
        let merged = match all.remove(&name) {
            None => column,
            Some(old) => ColumnDraft {
                origin: column.origin,
                source: column.source.or(old.source),
                dates: column.dates.or(old.dates),
            },
        };
        all.insert(name, merged);
    }
    all
}

fn words(
    mut all: BTreeMap<String, WordsDraft>,
    new: BTreeMap<String, WordsDraft>,
) -> BTreeMap<String, WordsDraft> {
    for (column, added) in new {
        match all.get_mut(&column) {
            Some(old) => old.words.extend(added.words),
            None => {
                all.insert(column, added);
            }
        }
    }
    all
}

fn by_name<T>(
    mut all: Vec<Placed<T>>,
    new: Vec<Placed<T>>,
    name: impl Fn(&T) -> &String,
) -> Vec<Placed<T>> {
    for added in new {
        let same = |old: &Placed<T>| fold(name(&old.value)) == fold(name(&added.value));
        match all.iter().position(same) {
            Some(place) => all[place] = added,
            None => all.push(added),
        }
    }
    all
}
