//! A mapping and the header of a file: whether they fit, and where in a row each value stands.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catchment_base::{Error, Result};

use crate::dates::DatePattern;
use crate::days::Dates;
use crate::draft::{Source, word_key};
use crate::evaluation::{Cells, Row, filled};
use crate::expression::{Condition, Expression, Value};
use crate::language::{Mapping, Rule, names_of};
use crate::vocabulary::fold;

/// Whether a mapping takes a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// It does not.
    No {
        /// What the header lacks.
        lacks: Vec<String>,
    },
    /// It does.
    Yes {
        /// How many columns of the header it reads.
        known: usize,
    },
}

/// A mapping and the places of its columns in a header.
#[derive(Debug, Clone)]
pub struct Bound {
    values: Vec<Option<BoundValue>>,
    dates: Vec<Vec<DatePattern>>,
    filters: Vec<(Expression<Condition>, Vec<Option<usize>>)>,
    needed: Vec<usize>,
    unknown: Vec<usize>,
    absent: Vec<String>,
    join_keys: Vec<Option<usize>>,
    row: Arc<RowRules>,
}

/// What holds for every value of a file.
#[derive(Debug, Default)]
struct RowRules {
    missing: Vec<String>,
    dates: Dates,
}

/// Where the values of a canonical column stand in a row.
#[derive(Debug, Clone)]
pub struct BoundValue {
    origin: BoundOrigin,
    words: BTreeMap<String, String>,
    row: Arc<RowRules>,
}

#[derive(Debug, Clone)]
enum BoundOrigin {
    /// The first of these places that is filled in.
    Places(Vec<usize>),
    Constant(String),
    Computed(Expression<Value>, Vec<Option<usize>>),
}

/// The places of a header whose names are this one but for case, spaces, `_` and `-`.
pub(crate) fn places_of(header: &[String], name: &str) -> Vec<usize> {
    let folded = fold(name);
    let is_it = |at: &usize| fold(&header[*at]) == folded;
    (0..header.len()).filter(is_it).collect()
}

/// The only place of a name; two are an error.
pub(crate) fn place_of(header: &[String], name: &str) -> Result<Option<usize>> {
    match places_of(header, name)[..] {
        [] => Ok(None),
        [place] => Ok(Some(place)),
        _ => Err(twice(name)),
    }
}

fn twice(name: &str) -> Error {
    Error::input("two columns of the header have this name")
        .column(name)
        .help("rename or delete one of them")
}

/// The places of a header by folded name.
struct Header<'h> {
    names: &'h [String],
    places: BTreeMap<String, Vec<usize>>,
}

impl<'h> Header<'h> {
    fn new(names: &'h [String]) -> Self {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, name) in names.iter().enumerate() {
            places.entry(fold(name)).or_default().push(at);
        }
        Self { names, places }
    }

    fn has(&self, name: &str) -> bool {
        self.places.contains_key(&fold(name))
    }

    fn place(&self, name: &str) -> Result<Option<usize>> {
        match self.places.get(&fold(name)).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([place]) => Ok(Some(*place)),
            Some(_) => Err(twice(name)),
        }
    }

    fn all(&self, names: &[crate::expression::Named]) -> Result<Vec<Option<usize>>> {
        names_of(names).map(|name| self.place(name)).collect()
    }
}

impl Mapping {
    /// Whether a file with this header is one of this mapping's. Columns of joined files count as
    /// there, since those files come later.
    pub fn fit(&self, header: &[String]) -> Fit {
        let header = Header::new(header);
        let has = |name: &str| header.has(name) || self.is_joined(name);
        let mut lacks: Vec<String> = self
            .recognised
            .iter()
            .filter(|n| !has(n))
            .cloned()
            .collect();
        if !self.any_of.is_empty() && !self.any_of.iter().any(|name| has(name)) {
            lacks.push(self.any_of.join(" or "));
        }
        lacks.extend(self.lacking(&has));
        if lacks.is_empty() {
            let known = self.names().into_iter().filter(|name| header.has(name));
            let folded: BTreeSet<String> = known.map(fold).collect();
            Fit::Yes {
                known: folded.len(),
            }
        } else {
            let mut seen = BTreeSet::new();
            lacks.retain(|name| seen.insert(fold(name)));
            Fit::No { lacks }
        }
    }

    /// The origins of required columns of which nothing is there.
    fn lacking(&self, has: &dyn Fn(&str) -> bool) -> Vec<String> {
        let is_there = |rule: &Rule| {
            let reads = rule.reads();
            reads.is_empty() || reads.iter().any(|name| has(name))
        };
        let rules = self.table.columns.iter().zip(&self.rules);
        let mut lacks: Vec<String> = rules
            .filter(|(column, _)| column.required)
            .filter_map(|(_, rule)| rule.as_ref().filter(|rule| !is_there(rule)))
            .map(|rule| rule.reads().join(" or "))
            .collect();
        let any: Vec<&Rule> = self
            .table
            .one_of
            .iter()
            .filter_map(|name| self.rules[self.table.index(name)?].as_ref())
            .collect();
        if !any.is_empty() && !any.iter().any(|rule| is_there(rule)) {
            let names: Vec<&str> = any.iter().flat_map(|rule| rule.reads()).collect();
            lacks.push(names.join(" or "));
        }
        lacks
    }

    /// Every column of the file that is read, joined files' and keys included.
    fn names(&self) -> Vec<&str> {
        let rules = self.rules.iter().flatten().flat_map(Rule::reads);
        let filters = self.set_aside.iter();
        let filters = filters.flat_map(|filter| names_of(&filter.when.columns));
        let keys = self.joins.iter().map(|join| join.parent.as_str());
        rules.chain(filters).chain(keys).collect()
    }

    /// Finds every column in the header of a file; columns of joined files stand in it as
    /// NAME.COLUMN, behind the file's own.
    ///
    /// # Errors
    /// Input that can't be used: two columns have one name that is read, or nothing that feeds a
    /// required column is there.
    pub fn bind(&self, header: &[String]) -> Result<Bound> {
        let header = Header::new(header);
        let lacks = self.lacking(&|name| header.has(name));
        if let Some(name) = lacks.first() {
            let help = if self.joins.is_empty() {
                "check the mapping, or name another one in catchment.toml"
            } else {
                "load all files of the export together"
            };
            let error = Error::input("the file has no such column");
            return Err(error.column(name.clone()).help(help));
        }
        let row = Arc::new(RowRules {
            missing: self.read.missing.clone(),
            dates: self.dates(),
        });
        let values = self.rules.iter().map(|rule| match rule {
            Some(rule) => bound(rule, &header, &row),
            None => Ok(None),
        });
        let values = values.collect::<Result<Vec<_>>>()?;
        let filters = self.set_aside.iter().map(|filter| {
            let places = header.all(&filter.when.columns)?;
            Ok((filter.when.clone(), places))
        });
        let filters: Vec<(Expression<Condition>, Vec<Option<usize>>)> =
            filters.collect::<Result<_>>()?;
        let keys = self.joins.iter().map(|join| header.place(&join.parent));
        let join_keys = keys.collect::<Result<Vec<_>>>()?;
        let mut needed: Vec<usize> = values
            .iter()
            .flatten()
            .flat_map(BoundValue::places)
            .collect();
        needed.extend(
            filters
                .iter()
                .flat_map(|(_, places)| places.iter().flatten()),
        );
        needed.sort_unstable();
        needed.dedup();
        let is_unknown = |at: &usize| {
            !needed.contains(at)
                && !join_keys.contains(&Some(*at))
                && !header.names[*at].trim().is_empty()
        };
        let mut absent: Vec<String> = Vec::new();
        for name in self.names() {
            if !header.has(name) && !absent.iter().any(|known| fold(known) == fold(name)) {
                absent.push(name.to_string());
            }
        }
        let rules = self.rules.iter();
        let dates = rules.map(|rule| {
            rule.as_ref()
                .map_or_else(Vec::new, |rule| rule.dates.clone())
        });
        Ok(Bound {
            values,
            dates: dates.collect(),
            filters,
            unknown: (0..header.names.len()).filter(is_unknown).collect(),
            needed,
            absent,
            join_keys,
            row,
        })
    }
}

fn bound(rule: &Rule, header: &Header, row: &Arc<RowRules>) -> Result<Option<BoundValue>> {
    let origin = match &rule.source {
        Source::From(names) => {
            let places = names.iter().map(|name| header.place(name));
            let places = places.collect::<Result<Vec<_>>>()?;
            let places: Vec<usize> = places.into_iter().flatten().collect();
            if places.is_empty() {
                return Ok(None);
            }
            BoundOrigin::Places(places)
        }
        Source::Constant(text) => BoundOrigin::Constant(text.clone()),
        Source::Computed(expression) => {
            let places = header.all(&expression.columns)?;
            if !places.is_empty() && places.iter().all(Option::is_none) {
                return Ok(None);
            }
            BoundOrigin::Computed(expression.clone(), places)
        }
    };
    Ok(Some(BoundValue {
        origin,
        words: rule.words.clone(),
        row: Arc::clone(row),
    }))
}

impl Bound {
    /// The places of the header that are read, rising; keys of joins only where a value reads them.
    pub fn needed(&self) -> &[usize] {
        &self.needed
    }

    /// The places with a name that nothing reads, not even as the key of a join.
    pub fn unknown(&self) -> &[usize] {
        &self.unknown
    }

    /// Columns that the mapping names and the file does not have.
    pub fn absent(&self) -> &[String] {
        &self.absent
    }

    /// For each join the place of its key in this file.
    pub fn join_keys(&self) -> &[Option<usize>] {
        &self.join_keys
    }

    /// Where the values of a column of the table stand, by its place in the layout; `None` where
    /// the file does not have it.
    pub fn value(&self, column: usize) -> Option<&BoundValue> {
        self.values.get(column)?.as_ref()
    }

    /// The declared forms of a column's dates: its own, else those of the file.
    pub fn dates(&self, column: usize) -> &[DatePattern] {
        self.dates.get(column).map_or(&[], Vec::as_slice)
    }

    /// The place of the first filter that takes a row.
    pub fn set_aside(&self, cells: Cells<'_, '_>) -> Option<usize> {
        self.filters.iter().position(|(filter, places)| {
            let row = Row {
                places,
                cells,
                missing: &self.row.missing,
                dates: &self.row.dates,
            };
            row.holds(&filter.term)
        })
    }
}

impl BoundValue {
    /// The only place, where the cell is the value as it is: no words, no further missing words.
    pub fn plain(&self) -> Option<usize> {
        match &self.origin {
            BoundOrigin::Places(places) if places.len() == 1 => {
                let is_plain = self.words.is_empty() && self.row.missing.is_empty();
                is_plain.then(|| places[0])
            }
            _ => None,
        }
    }

    /// Every place that it reads.
    pub fn places(&self) -> Vec<usize> {
        match &self.origin {
            BoundOrigin::Places(places) => places.clone(),
            BoundOrigin::Constant(_) => Vec::new(),
            BoundOrigin::Computed(_, places) => places.iter().flatten().copied().collect(),
        }
    }

    /// The value of a row; `None` where there is none. Never empty.
    pub fn read<'a>(&'a self, cells: Cells<'_, 'a>) -> Option<Cow<'a, str>> {
        let missing = &self.row.missing;
        let value = match &self.origin {
            BoundOrigin::Places(places) => places
                .iter()
                .find_map(|place| filled(cells(*place), missing))
                .map(Cow::Borrowed),
            BoundOrigin::Constant(text) => Some(Cow::Borrowed(text.as_str())),
            BoundOrigin::Computed(expression, places) => {
                let row = Row {
                    places,
                    cells,
                    missing,
                    dates: &self.row.dates,
                };
                row.value(&expression.term)
            }
        }?;
        if self.words.is_empty() {
            return Some(value);
        }
        match self.words.get(&word_key(&value)) {
            Some(ours) => (!ours.is_empty()).then_some(Cow::Borrowed(ours.as_str())),
            None => Some(value),
        }
    }
}
