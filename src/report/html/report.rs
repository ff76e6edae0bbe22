//! What a report is made of, handed in ready by others. Nothing is drawn or written here.

use catchment_base::{Day, Quarter, Table};

/// One chart with the table that it was drawn from.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    /// The chart's name, of lower-case letters, digits and underscores; it is also the anchor.
    pub name: &'a str,
    /// The finding in a sentence.
    pub title: &'a str,
    /// What a reader hears who can't see the picture.
    pub alt: &'a str,
    /// The picture in body size (without title and footer), its text kept as text.
    pub svg: &'a str,
    /// The rows to show, in the order to show them.
    pub table: &'a Table,
    /// The columns to show, in order; an interval (`_low`, `_high`) comes along by itself.
    pub columns: &'a [&'a str],
    /// What else must be said; empty for nothing.
    pub note: &'a str,
}

/// A whole report.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// Whose review it is.
    pub organisation: &'a str,
    /// The quarter under review.
    pub quarter: Quarter,
    /// The day as of which everything is known.
    pub as_of: Day,
    /// The main findings, one sentence each; one that is a section's title leads there.
    pub summary: Vec<String>,
    /// The charts with their tables, in order.
    pub sections: Vec<Section<'a>>,
    /// What the numbers mean: a metric and its sentence.
    pub definitions: Vec<(String, String)>,
    /// The record systems and exports that stand behind it.
    pub sources: Vec<String>,
    /// What is known of each source's referrals: a row a source and quarter, with the columns to
    /// show. Without a table, or a row of it, nothing is shown.
    pub coverage: Option<(&'a Table, &'a [&'a str])>,
    /// What ranking prospects is worth: a row a method, with the columns to show. Without a table, or
    /// a row of it, nothing is shown.
    pub prospects_judged: Option<(&'a Table, &'a [&'a str])>,
    /// What became of each loaded file's rows.
    pub load_report: &'a Table,
    /// What a reader must know of the data: warnings, silent feeds, unknown destinations.
    pub notes: Vec<String>,
    /// Inputs that are missing, and what each would bring.
    pub missing: Vec<String>,
    /// Who made data or fonts that are used and must be named, such as GeoNames where places are.
    pub credits: Vec<String>,
    /// Who may see it; the word stands on every page.
    pub audience: &'a str,
}
