//! Other files of the same export: how they are recognised, by which column their rows belong to
//! those of the main file, and what the mapping reads of them.

use catchment_base::config::nearest;
use catchment_base::{Error, Result};

use crate::binding::places_of;
use crate::days::Dates;
use crate::draft::{FilterDraft, JoinDraft, Origin, Placed, Source};
use crate::evaluation::{Cells, Rank, Row, filled};
use crate::expression::{Condition, Expression, Named};
use crate::language::{Mapping, Rule, names_of};
use crate::vocabulary::fold;

/// Another file of the same export.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// By what its columns are called: NAME.COLUMN.
    pub name: String,
    /// The columns by which the file is recognised.
    pub columns: Vec<String>,
    /// Its column that says to which row of the main file a row belongs.
    pub on: String,
    /// The column of the main file that has the same.
    pub parent: String,
    /// Keys are references: only what stands behind the last `/` or `:` is compared.
    pub is_reference: bool,
    /// The file is a directory: its rows need not be referred to.
    pub is_lookup: bool,
    /// Of several rows that belong to one, the row with the greatest value of the first of these
    /// columns counts; where that is the same, of the next.
    pub latest: Vec<String>,
    /// Its columns that the mapping reads, without the name of the file.
    pub reads: Vec<String>,
    pub(crate) filter: Option<Expression<Condition>>,
}

/// A joined file whose header is known.
#[derive(Debug, Clone)]
pub struct BoundJoin {
    key: usize,
    latest: Vec<Option<usize>>,
    columns: Vec<(String, usize)>,
    filter: Option<(Expression<Condition>, Vec<Option<usize>>)>,
    missing: Vec<String>,
    dates: Dates,
}

/// Puts the joins of a mapping together, and refuses columns of files that are not joined.
pub(crate) fn build(
    drafts: Vec<Placed<JoinDraft>>,
    (rules, origins): (&[Option<Rule>], &[Origin]),
    filters: &[Placed<FilterDraft>],
) -> Result<Vec<Join>> {
    let mut joins: Vec<Join> = drafts
        .into_iter()
        .map(|draft| Join {
            parent: draft.value.parent.unwrap_or_else(|| draft.value.on.clone()),
            name: draft.value.name,
            columns: draft.value.columns,
            on: draft.value.on,
            is_reference: draft.value.is_reference,
            is_lookup: draft.value.is_lookup,
            latest: draft.value.latest,
            reads: Vec::new(),
            filter: draft.value.filter,
        })
        .collect();
    for (rule, origin) in rules.iter().zip(origins) {
        let Some(rule) = rule else { continue };
        for name in rule.reads() {
            claim(&mut joins, name);
        }
        if let Source::Computed(expression) = &rule.source {
            check(&joins, &expression.columns, origin)?;
        }
    }
    for filter in filters {
        let columns = &filter.value.when.columns;
        names_of(columns).for_each(|name| claim(&mut joins, name));
        check(&joins, columns, &filter.origin)?;
    }
    // A file may be joined by a column of another joined one.
    let parents: Vec<String> = joins.iter().map(|join| join.parent.clone()).collect();
    for parent in &parents {
        claim(&mut joins, parent);
    }
    for join in &mut joins {
        join.reads.sort();
    }
    Ok(joins)
}

/// The place of the join that a name belongs to, and the column.
fn split<'a>(joins: &[Join], name: &'a str) -> Option<(usize, &'a str)> {
    let (file, column) = name.split_once('.')?;
    let place = joins
        .iter()
        .position(|join| fold(&join.name) == fold(file))?;
    Some((place, column))
}

fn claim(joins: &mut [Join], name: &str) {
    if let Some((place, column)) = split(joins, name) {
        let reads = &mut joins[place].reads;
        if !reads.iter().any(|known| fold(known) == fold(column)) {
            reads.push(column.to_string());
        }
    }
}

/// A bare name with a dot is a joined file's.
fn check(joins: &[Join], columns: &[Named], origin: &Origin) -> Result<()> {
    let is_lost =
        |c: &&Named| !c.is_quoted && c.name.contains('.') && split(joins, &c.name).is_none();
    let Some(lost) = columns.iter().find(is_lost) else {
        return Ok(());
    };
    let file = lost.name.split('.').next().unwrap_or_default();
    let help = match nearest(file, joins.iter().map(|join| join.name.as_str())) {
        Some(near) => {
            format!("the nearest is '{near}'; a name that has a dot goes in double quotes")
        }
        None => "add it as a [[join]]; a name that has a dot goes in double quotes".to_string(),
    };
    Err(origin.fault(format!("no joined file is called '{file}'"), help))
}

impl Mapping {
    /// Whether a name is a column of a joined file.
    pub(crate) fn is_joined(&self, name: &str) -> bool {
        split(&self.joins, name).is_some()
    }
}

impl Join {
    /// What the header has to hold so that the columns of this file are found: NAME.COLUMN.
    pub fn full_name(&self, column: &str) -> String {
        format!("{}.{column}", self.name)
    }

    /// Whether a file with this header is the joined one.
    pub fn fits(&self, header: &[String]) -> bool {
        let wanted = self.columns.iter().chain([&self.on]);
        wanted
            .into_iter()
            .all(|name| !places_of(header, name).is_empty())
    }

    /// Finds its columns in the header of the joined file; those that are not there are left out.
    ///
    /// # Errors
    /// Input that can't be used: the key is not there, or two columns have a name that is read.
    pub fn bind(&self, header: &[String], mapping: &Mapping) -> Result<BoundJoin> {
        let find = |name: &str| crate::binding::place_of(header, name);
        let key = find(&self.on)?.ok_or_else(|| {
            Error::input(format!("{} has no such column", self.name))
                .column(self.on.clone())
                .help("check `on` of this join in the mapping")
        })?;
        let mut columns = Vec::new();
        for name in &self.reads {
            if let Some(place) = find(name)? {
                columns.push((self.full_name(name), place));
            }
        }
        let latest = self.latest.iter().map(|name| find(name));
        let latest = latest.collect::<Result<Vec<_>>>()?;
        let filter = match &self.filter {
            Some(filter) => {
                let places = names_of(&filter.columns)
                    .map(find)
                    .collect::<Result<Vec<_>>>()?;
                Some((filter.clone(), places))
            }
            None => None,
        };
        Ok(BoundJoin {
            key,
            latest,
            columns,
            filter,
            missing: mapping.read.missing.clone(),
            dates: mapping.dates(),
        })
    }
}

impl BoundJoin {
    /// The place of the key.
    pub fn key(&self) -> usize {
        self.key
    }

    /// The columns that the mapping reads, as NAME.COLUMN, with their places.
    pub fn columns(&self) -> &[(String, usize)] {
        &self.columns
    }

    /// Every place that is read, rising.
    pub fn needed(&self) -> Vec<usize> {
        let filter = self
            .filter
            .iter()
            .flat_map(|(_, places)| places.iter().flatten());
        let columns = self.columns.iter().map(|(_, place)| place);
        let latest = self.latest.iter().flatten();
        let mut all: Vec<usize> = columns.chain(filter).chain(latest).copied().collect();
        all.push(self.key);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// To which row of the main file a row belongs; `None` where its filter leaves it out or it has
    /// no key.
    pub fn key_of<'a>(&self, cells: Cells<'_, 'a>) -> Option<&'a str> {
        if let Some((filter, places)) = &self.filter {
            let row = Row {
                places,
                cells,
                missing: &self.missing,
                dates: &self.dates,
                states: &[],
            };
            if !row.holds(&filter.term) {
                return None;
            }
        }
        filled(cells(self.key), &self.missing)
    }

    /// What of several rows with one key the greatest counts by, for each column of `latest`: its
    /// day or number where it reads as one, else its text.
    pub fn rank(&self, cells: Cells<'_, '_>) -> Vec<Rank> {
        let rank = |place: &Option<usize>| {
            let cell = place.and_then(|place| filled(cells(place), &self.missing));
            cell.map_or(Rank::Nothing, |text| Rank::of(text, &self.dates))
        };
        self.latest.iter().map(rank).collect()
    }
}
