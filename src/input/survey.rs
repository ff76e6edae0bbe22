//! What has to be known of a whole file before its first row can be cleaned: in which order its dates
//! are written, its latest day, and how far into the future its days may reach.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::joining::interrupted;
use super::rows::{Run, Source};
use crate::base::progress::Progress;
use crate::base::{Error, Result};
use crate::mapping::values::{self, Read};
use crate::mapping::{Dates, DayOrder, Evidence, Verdict};

/// Days after a file's median day beyond which a day needs others that lead up to it.
const YEAR: i32 = 366;
/// Days without any row that end what leads up to a day.
const BREAK: i32 = 184;

/// One row in so many, beyond the last possible day, makes that day doubtful.
const MANY: u64 = 20;

/// What was learnt of a file.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The greatest day on which a row was updated.
    pub latest: Option<i32>,
    /// No day may lie after this one where its row says nothing itself.
    pub last_possible: Option<i32>,
    /// For each column of the table how its dates are read.
    pub dates: Vec<Dates>,
    /// Columns whose order was found in the file.
    pub orders: Vec<(&'static str, DayOrder)>,
}

/// What a run of rows says.
#[derive(Default)]
struct Part {
    /// What the cells say that can't be read as they are, by column.
    evidence: Vec<Evidence>,
    /// Cells that can be read as they are, by column.
    plain: Vec<u64>,
    /// Cells that can't, by column.
    other: Vec<u64>,
    latest: Option<i32>,
    days: BTreeMap<i32, u64>,
}

/// Surveys a file.
pub(super) fn survey(source: &Source<'_>, zone: Tz, progress: &dyn Progress) -> Result<Survey> {
    let mut survey = Survey {
        dates: declared(source),
        ..Survey::default()
    };
    let first = pass(source, &survey.dates, zone, progress)?;
    let found = settle(source, &first, &mut survey)?;
    let part = if found {
        pass(source, &survey.dates, zone, progress)?
    } else {
        first
    };
    survey.latest = part.latest;
    survey.last_possible = part.latest.or_else(|| last_possible(&part.days));
    if part.latest.is_none() && are_sparse(&part.days, survey.last_possible) {
        survey.last_possible = None;
    }
    Ok(survey)
}

/// The forms of dates that the user declares, by column of the table.
fn declared(source: &Source<'_>) -> Vec<Dates> {
    let said = &source.recognised.reading.dates;
    let columns = 0..source.recognised.mapping.table.columns.len();
    columns
        .map(|column| Dates {
            patterns: if said.is_empty() {
                source.bound.dates(column).to_vec()
            } else {
                said.clone()
            },
            order: None,
        })
        .collect()
}

/// One reading of a file's date columns.
struct Pass<'a> {
    source: &'a Source<'a>,
    dates: &'a [Dates],
    zone: Tz,
    /// The columns of the table that hold dates and are there.
    columns: Vec<usize>,
    has_filters: bool,
}

fn pass(source: &Source<'_>, dates: &[Dates], zone: Tz, progress: &dyn Progress) -> Result<Part> {
    let layout = source.recognised.mapping.table;
    let is_there =
        |at: &usize| layout.columns[*at].kind.is_date() && source.bound.value(*at).is_some();
    let pass = Pass {
        source,
        dates,
        zone,
        columns: (0..layout.columns.len()).filter(is_there).collect(),
        has_filters: !source.recognised.mapping.set_aside.is_empty(),
    };
    let mut whole = pass.nothing();
    if pass.columns.is_empty() {
        return Ok(whole);
    }
    source.each_run(
        &pass.places(),
        |run| pass.look(run),
        |part| {
            if progress.is_interrupted() {
                return Err(interrupted(&source.recognised.path));
            }
            whole.add(&part);
            Ok(())
        },
    )?;
    Ok(whole)
}

impl Pass<'_> {
    fn nothing(&self) -> Part {
        let columns = self.source.recognised.mapping.table.columns.len();
        Part {
            evidence: vec![Evidence::default(); columns],
            plain: vec![0; columns],
            other: vec![0; columns],
            ..Part::default()
        }
    }

    /// The places that are read: those of the dates, and all where rows may be set aside.
    fn places(&self) -> Vec<usize> {
        let bound = &self.source.bound;
        let values = self.columns.iter().filter_map(|at| bound.value(*at));
        let mut places: Vec<usize> = values.flat_map(|value| value.places()).collect();
        if self.has_filters {
            places.extend_from_slice(bound.needed());
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    fn look(&self, run: &Run<'_>) -> Part {
        let bound = &self.source.bound;
        let layout = self.source.recognised.mapping.table;
        let updated = layout.index("updated_at");
        let day = layout.day.and_then(|name| layout.index(name));
        let aside = run.set_aside(bound, self.has_filters);
        let rows: Vec<usize> = (0..run.rows.len())
            .filter(|r| aside[*r].is_none())
            .collect();
        let mut part = self.nothing();
        for column in &self.columns {
            let texts = run.texts(bound, *column, &rows).unwrap_or_default();
            let dates = &self.dates[*column];
            for text in texts.iter().flatten() {
                let read = values::day(text, self.zone, dates);
                match read {
                    Read::Value(_) => part.plain[*column] += 1,
                    Read::Bad if dates.patterns.is_empty() => {
                        part.other[*column] += 1;
                        part.evidence[*column].see(text);
                    }
                    _ => {}
                }
                let Read::Value(at) = read else {
                    continue;
                };
                if Some(*column) == updated {
                    part.latest = part.latest.max(Some(at));
                } else if Some(*column) == day {
                    *part.days.entry(at).or_default() += 1;
                }
            }
        }
        part
    }
}

impl Part {
    fn add(&mut self, other: &Self) {
        self.latest = self.latest.max(other.latest);
        for (day, n) in &other.days {
            *self.days.entry(*day).or_default() += n;
        }
        for (sum, new) in self.evidence.iter_mut().zip(&other.evidence) {
            sum.add(new);
        }
        for (sum, new) in self.plain.iter_mut().zip(&other.plain) {
            *sum += new;
        }
        for (sum, new) in self.other.iter_mut().zip(&other.other) {
            *sum += new;
        }
    }
}

/// Settles the order of each column's dates; says whether any was found. A column that does not tell
/// stops the load.
fn settle(source: &Source<'_>, part: &Part, survey: &mut Survey) -> Result<bool> {
    let columns = source.recognised.mapping.table.columns;
    for (at, seen) in part.evidence.iter().enumerate() {
        // A few strays among plain dates are bad dates, and no question.
        if part.plain[at] > part.other[at] {
            continue;
        }
        let ask = |what: &str| {
            Error::input(what)
                .at(&source.recognised.path)
                .column(columns[at].name)
                .help("say how they are written: --dates MM/DD/YYYY or --dates DD/MM/YYYY, or 'dates' in a mapping")
        };
        match seen.verdict() {
            None => {}
            Some(Verdict::Order(order)) => {
                survey.dates[at].order = Some(order);
                survey.orders.push((columns[at].name, order));
            }
            Some(Verdict::Ambiguous) => {
                return Err(ask("its dates may have the day or the month first"));
            }
            Some(Verdict::Mixed) => {
                return Err(ask(
                    "some of its dates have the day first and others the month",
                ));
            }
        }
    }
    Ok(!survey.orders.is_empty())
}

/// The last day that a file can hold where no row says when it was written: a year after its median
/// day, or later where the file's days lead up to it (a log of many years has no future in it).
fn last_possible(days: &BTreeMap<i32, u64>) -> Option<i32> {
    let year_on = median(days)? + YEAR;
    let mut last = year_on;
    for day in days.keys().filter(|day| **day > year_on - BREAK) {
        if *day > last + BREAK {
            break;
        }
        last = last.max(*day);
    }
    // Days lead on only from where there is one near the year's end.
    let leads_on = days.range(year_on - BREAK..=year_on).next().is_some();
    Some(if leads_on { last } else { year_on })
}

/// Whether so many rows lie after a day that it can't be the last possible one: typing errors are few,
/// and a file of a few rows a year has long gaps.
fn are_sparse(days: &BTreeMap<i32, u64>, last: Option<i32>) -> bool {
    let Some(last) = last else {
        return false;
    };
    let beyond: u64 = days.range(last + 1..).map(|(_, n)| n).sum();
    beyond * MANY > days.values().sum()
}

/// The median of counted days (the lower of the two middle ones).
fn median(days: &BTreeMap<i32, u64>) -> Option<i32> {
    let half = days.values().sum::<u64>().div_ceil(2);
    let mut seen = 0;
    days.iter().find_map(|(day, n)| {
        seen += n;
        (seen >= half && half > 0).then_some(*day)
    })
}
