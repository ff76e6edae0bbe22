//! Puts the report together: one HTML file with its style, script, fonts and pictures inside.

use std::collections::BTreeSet;

use askama::Template;
use catchment_base::{Error, Result, Table, units};

use super::cells::{HOLLOW, NULL};
use super::picture::adopted;
use super::policy::policy;
use super::report::{Report, Section};
use super::rows::Drawn;
use super::style::{SCRIPT, style};
use crate::{compliance, wording};

/// How the sentence about benchmarks begins; a chart's footer that holds it says enough.
const NO_BENCHMARK_HEAD: &str = "No outside benchmark uses this definition";

/// A table of more rows than these scrolls within the page.
const TALL: usize = 24;

/// The page.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    policy: String,
    style: String,
    script: &'static str,
    organisation: &'a str,
    audience: String,
    quarter: String,
    as_of: String,
    summary: Vec<Finding<'a>>,
    parts: Vec<Part<'a>>,
    notes: &'a [String],
    coverage: Option<Tabled<'a>>,
    prospects_judged: Option<Tabled<'a>>,
    load_report: Tabled<'a>,
    missing: &'a [String],
    definitions: Vec<(String, &'a str)>,
    sources: &'a [String],
    credits: &'a [String],
    uses: [&'static str; 3],
}

/// A sentence of the summary, and the section that it leads to.
struct Finding<'a> {
    text: &'a str,
    anchor: Option<&'a str>,
}

/// A section, ready for the page.
struct Part<'a> {
    number: usize,
    name: &'a str,
    label: String,
    title: &'a str,
    picture: String,
    table: Tabled<'a>,
    notes: Vec<&'a str>,
}

/// A table with its caption.
#[derive(Template)]
#[template(path = "table.html")]
struct Tabled<'a> {
    anchor: &'a str,
    caption: String,
    drawn: Drawn,
    total: String,
    shown: String,
    /// Whether rows are left to the script.
    is_long: bool,
    /// Whether it scrolls within the page, so that the next section stays near.
    is_tall: bool,
    hollow: &'static str,
    null: &'static str,
}

/// The report as one self-contained HTML page: it asks the network for nothing, and its policy
/// forbids it to. The same report gives the same bytes.
///
/// Fails where a section's name is no anchor or comes twice, where the audience is no plain word, where a table lacks a column that is to
/// be shown, or where a picture is no SVG or holds a script.
pub fn html(report: &Report<'_>) -> Result<String> {
    let parts = parts(report)?;
    if !is_anchor(report.audience) {
        let what = format!(
            "the audience {:?} of the report is no word",
            report.audience
        );
        return Err(Error::internal(what));
    }
    let audience = wording::capitalised(report.audience);
    let style = style(&audience);
    let page = Page {
        policy: policy(&style, SCRIPT),
        style,
        script: SCRIPT,
        organisation: report.organisation,
        audience,
        quarter: report.quarter.for_people(),
        as_of: wording::day(report.as_of),
        summary: report
            .summary
            .iter()
            .map(|text| finding(text, &report.sections))
            .collect(),
        parts,
        notes: &report.notes,
        coverage: given("part-coverage", report.coverage)?,
        prospects_judged: given("part-judged", report.prospects_judged)?,
        load_report: load_report(report.load_report)?,
        missing: &report.missing,
        definitions: report
            .definitions
            .iter()
            .map(|(name, said)| (wording::head(name), said.as_str()))
            .collect(),
        sources: &report.sources,
        credits: &report.credits,
        uses: [
            compliance::NO_PAY,
            compliance::OUR_SERVICE,
            compliance::RIGHT_REASONS,
        ],
    };
    page.render()
        .map_err(|e| Error::internal("the report can't be written").because(e))
}

/// A table that may be missing, with the columns to show; nothing where it has no row.
fn given<'a>(
    anchor: &'a str,
    table: Option<(&'a Table, &'a [&'a str])>,
) -> Result<Option<Tabled<'a>>> {
    table
        .filter(|(table, _)| table.rows() > 0)
        .map(|(table, columns)| Tabled::new(anchor, table, columns))
        .transpose()
}

/// The sections with their numbers, each under a name of its own.
fn parts<'r>(report: &'r Report<'_>) -> Result<Vec<Part<'r>>> {
    let mut names = BTreeSet::new();
    let mut parts = Vec::with_capacity(report.sections.len());
    for (at, section) in report.sections.iter().enumerate() {
        if !is_anchor(section.name) || !names.insert(section.name) {
            let what = format!(
                "section {:?} of the report needs a name of its own",
                section.name
            );
            return Err(Error::internal(what));
        }
        parts.push(Part::new(at + 1, section)?);
    }
    Ok(parts)
}

/// A name that can be an anchor; ids of the page's own hold a hyphen, so that none is taken twice.
fn is_anchor(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(fits)
}

fn finding<'a>(text: &'a str, sections: &[Section<'a>]) -> Finding<'a> {
    let anchor = sections
        .iter()
        .find(|section| section.title == text)
        .map(|section| section.name);
    Finding { text, anchor }
}

impl<'a> Part<'a> {
    fn new(number: usize, section: &Section<'a>) -> Result<Self> {
        let own = Some(section.note).filter(|note| !note.is_empty());
        let said = section.note.contains(NO_BENCHMARK_HEAD);
        let beside = compliance::beside(section.table.name()).iter().copied();
        let beside = beside.filter(|note| !(said && note.starts_with(NO_BENCHMARK_HEAD)));
        Ok(Self {
            number,
            name: section.name,
            label: wording::plain(section.name),
            title: section.title,
            picture: adopted(section.svg, section.name, section.title, section.alt)?,
            table: Tabled::new(section.name, section.table, section.columns)?,
            notes: own.into_iter().chain(beside).collect(),
        })
    }
}

impl<'a> Tabled<'a> {
    fn new(anchor: &'a str, table: &Table, columns: &[&str]) -> Result<Self> {
        let drawn = Drawn::new(table, columns)?;
        Ok(Self {
            anchor,
            caption: wording::plain(&drawn.name),
            total: units::counted(drawn.total as i64, "row"),
            shown: units::count(drawn.rows.len() as i64),
            is_long: drawn.total > drawn.rows.len(),
            is_tall: drawn.rows.len() > TALL,
            drawn,
            hollow: HOLLOW,
            null: NULL,
        })
    }
}

/// The load report: the sum that must hold in every line first, then whatever else happened.
fn load_report(table: &Table) -> Result<Tabled<'static>> {
    const SUM: [&str; 7] = [
        "file",
        "rows_read",
        "accepted",
        "superseded",
        "duplicate",
        "quarantined",
        "set_aside",
    ];
    let mut columns: Vec<String> = SUM
        .iter()
        .filter(|c| table.has(c))
        .map(ToString::to_string)
        .collect();
    for column in table.columns() {
        // Of the many reasons only those that occurred are shown.
        let happened = || {
            table
                .ints(&column)
                .is_ok_and(|v| v.iter().flatten().any(|n| *n != 0))
        };
        if !columns.contains(&column) && happened() {
            columns.push(column);
        }
    }
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    Tabled::new("part-load", table, &columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_plain_words() {
        assert!(is_anchor("leakage_by_2"));
        for name in ["", "Leakage", "a-b", "2a", "a b", "a\"", "_a"] {
            assert!(!is_anchor(name), "{name}");
        }
    }
}
