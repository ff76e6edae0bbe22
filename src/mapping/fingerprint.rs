//! What tells one mapping from another: all of it that changes what is read, in one order, without
//! remarks, titles and places, and with columns as they are matched.

use std::fmt::{Debug, Write as _};

use crate::draft::Source;
use crate::expression::{Condition, Expression};
use crate::language::{Mapping, names_of};
use crate::vocabulary::fold;

/// The text that is equal for mappings of one meaning.
pub(crate) fn of(mapping: &Mapping) -> String {
    let read = &mapping.read;
    let mut text = format!("{} {:?}\n", mapping.table.table, mapping.source);
    let mut say = |what: &str, value: String| {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{what} {value}");
    };
    say("header_row", format!("{:?}", read.header_row));
    say("names", folded(read.names.iter().map(String::as_str)));
    say(
        "cells",
        format!("{:?} {:?} {:?}", read.delimiter, read.quote, read.encoding),
    );
    say("sheet", format!("{:?}", read.sheet));
    say("dates", format!("{:?}", read.dates));
    let missing: Vec<String> = read
        .missing
        .iter()
        .map(|word| word.to_ascii_lowercase())
        .collect();
    say("missing", format!("{missing:?}"));
    for (column, rule) in mapping.table.columns.iter().zip(&mapping.rules) {
        let Some(rule) = rule else { continue };
        let source = match &rule.source {
            Source::From(names) => folded(names.iter().map(String::as_str)),
            Source::Constant(value) => format!("= {value:?}"),
            Source::Computed(expression) => written(expression),
        };
        say(column.name, source);
        if column.kind.is_date() {
            say("  dates", format!("{:?}", rule.dates));
        }
        if !rule.words.is_empty() {
            say("  words", format!("{:?}", rule.words));
        }
    }
    for filter in &mapping.set_aside {
        say(
            "set_aside",
            format!("{:?} {}", filter.name, written(&filter.when)),
        );
    }
    say("states", format!("{:?}", mapping.states()));
    for join in &mapping.joins {
        let columns = folded(join.columns.iter().map(String::as_str));
        let (name, on, parent) = (fold(&join.name), fold(&join.on), fold(&join.parent));
        let latest = folded(join.latest.iter().map(String::as_str));
        let filter = join.filter.as_ref().map(written);
        say(
            "join",
            format!(
                "{name} {columns:?} {on} {parent} {latest:?} {filter:?} {}{}",
                u8::from(join.is_reference),
                u8::from(join.is_lookup)
            ),
        );
    }
    text
}

/// Whether a filter depends on where the configured territories lie.
pub(crate) fn asks_for_states(filter: &Expression<Condition>) -> bool {
    format!("{:?}", filter.term).contains("Elsewhere(")
}

fn folded<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(fold).collect::<Vec<_>>().join(" ")
}

fn written<T: Debug>(expression: &Expression<T>) -> String {
    format!(
        "{:?} of {}",
        expression.term,
        folded(names_of(&expression.columns))
    )
}
