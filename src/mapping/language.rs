//! A mapping as a whole: which files it takes, which canonical table it feeds, and where each column
//! comes from. What a file of its own says is `draft`'s business, a file's header `binding`'s.

use std::collections::{BTreeMap, BTreeSet};

use catchment_base::Result;
use catchment_base::config::nearest;

use crate::canonical::{Column, Kind, LAYOUTS, Layout};
use crate::dates::DatePattern;
use crate::days::Dates;
use crate::draft::{ColumnDraft, Draft, Origin, Source, WordsDraft};
use crate::expression::{Condition, Expression, Named};
use crate::joins::{self, Join};
use crate::own_vocabulary::Vocabulary;
use crate::shapes::Shape;
use crate::vocabulary::{self, fold};
use crate::{fingerprint, shapes, values};

/// How one layout of a file becomes a canonical table.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The name of its file, without the ending.
    pub name: String,
    /// One line that says what it is.
    pub title: String,
    /// The canonical table that it feeds.
    pub table: &'static Layout,
    /// The name of the source where the configuration gives none.
    pub source: String,
    /// How the file is read.
    pub read: Reading,
    /// Other files of the same export.
    pub joins: Vec<Join>,
    /// Rows that are left out.
    pub set_aside: Vec<Filter>,
    /// Whether it is the user's own.
    pub is_own: bool,
    pub(crate) recognised: Vec<String>,
    pub(crate) any_of: Vec<String>,
    pub(crate) share: u32,
    pub(crate) shapes: Vec<Shape>,
    /// For each column of the table its origin.
    pub(crate) rules: Vec<Option<Rule>>,
    /// The states of the configured territories, for filters that ask for them.
    pub(crate) states: Vec<String>,
    pub(crate) fingerprint: String,
}

/// How a file is read; what is not given is found in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The row of the header as a spreadsheet counts; 0 where the file has none.
    pub header_row: Option<u32>,
    /// The names of the columns where the file has no header.
    pub names: Vec<String>,
    /// What stands between two cells.
    pub delimiter: Option<u8>,
    /// What stands around a cell; `Some(None)`: nothing ever does.
    pub quote: Option<Option<u8>>,
    /// `utf-8`, `utf-16`, `utf-16le`, `utf-16be`, `windows-1252` or `iso-8859-1`.
    pub encoding: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Forms of every date column.
    pub dates: Vec<DatePattern>,
    /// Further words for "no value"; case means nothing.
    pub missing: Vec<String>,
}

/// Rows that are left out and counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// By what they are counted.
    pub name: String,
    pub(crate) when: Expression<Condition>,
}

/// Where the values of a canonical column come from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    pub(crate) source: Source,
    /// Declared forms of its dates.
    pub(crate) dates: Vec<DatePattern>,
    /// Words of the export, folded, and ours; an empty one is no value.
    pub(crate) words: BTreeMap<String, String>,
}

impl Rule {
    /// The columns of the file that it reads.
    pub(crate) fn reads(&self) -> Vec<&str> {
        match &self.source {
            Source::From(names) => names.iter().map(String::as_str).collect(),
            Source::Constant(_) => Vec::new(),
            Source::Computed(expression) => names_of(&expression.columns).collect(),
        }
    }
}

pub(crate) fn names_of(columns: &[Named]) -> impl Iterator<Item = &str> {
    columns.iter().map(|column| column.name.as_str())
}

impl Mapping {
    /// What tells one mapping from another: all that changes what is read, in one order and without
    /// remarks.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Whether the first rows of a file without a header look as its shapes say.
    pub fn fits_shapes(&self, rows: &[Vec<String>]) -> bool {
        !self.shapes.is_empty() && shapes::fit(&self.shapes, rows, &self.dates())
    }

    /// Puts the user's words above its own. A value that the mapping gives itself is no word of the
    /// export and stays.
    pub(crate) fn apply(&mut self, vocabulary: &Vocabulary) {
        for (column, rule) in self.table.columns.iter().zip(&mut self.rules) {
            let (Some(rule), Some(own)) = (rule, vocabulary.of_column(column.name)) else {
                continue;
            };
            if !matches!(rule.source, Source::Constant(_)) {
                let words = own.iter().map(|(word, ours)| (word.clone(), ours.clone()));
                rule.words.extend(words);
            }
        }
        self.fingerprint = fingerprint::of(self);
    }

    /// How the dates of its expressions are read.
    pub(crate) fn dates(&self) -> Dates {
        Dates {
            patterns: self.read.dates.clone(),
            order: None,
        }
    }

    /// Puts a mapping together from what its files say.
    pub(crate) fn build(name: &str, draft: Draft, is_own: bool) -> Result<Self> {
        let table = table_of(&draft)?;
        let file = draft.lacking("columns");
        let read = reading(&draft)?;
        let shapes = shapes_of(&draft, &read)?;
        let mut rules: Vec<Option<Rule>> = vec![None; table.columns.len()];
        let mut origins = vec![Origin::default(); table.columns.len()];
        let mut words = draft.words;
        for (column, column_draft) in draft.columns {
            let at = index(table, &column, &column_draft.origin)?;
            let column = &table.columns[at];
            let (rule, origin) = rule_of(column, column_draft, words.remove(column.name), &read)?;
            rules[at] = Some(rule);
            origins[at] = origin;
        }
        if let Some((column, lost)) = words.into_iter().next() {
            index(table, &column, &lost.origin)?;
            let help = format!("say under [columns] where {column} comes from");
            return Err(lost.origin.fault("nothing feeds this column", help));
        }
        check_fed(table, &rules, &file)?;
        let joins = joins::build(draft.joins, (&rules, &origins), &draft.set_aside)?;
        let set_aside = draft.set_aside.into_iter().map(|filter| Filter {
            name: filter.value.name,
            when: filter.value.when,
        });
        let mut mapping = Self {
            name: name.to_string(),
            title: draft.title.unwrap_or_else(|| name.replace('_', " ")),
            table,
            source: draft.source.unwrap_or_else(|| name.to_string()),
            read,
            joins,
            set_aside: set_aside.collect(),
            is_own,
            recognised: draft.recognised.map(|p| p.value).unwrap_or_default(),
            any_of: draft.any_of.map(|p| p.value).unwrap_or_default(),
            share: draft.share.unwrap_or(0),
            shapes,
            rules,
            states: Vec::new(),
            fingerprint: String::new(),
        };
        mapping.fingerprint = fingerprint::of(&mapping);
        Ok(mapping)
    }

    /// Says which states the configured territories lie in.
    pub(crate) fn stay_within(&mut self, states: &[String]) {
        self.states = states.to_vec();
        self.fingerprint = fingerprint::of(self);
    }

    /// The states that its filters keep; none where they do not ask, or no territory is configured.
    pub fn states(&self) -> &[String] {
        let asks = |filter: &Filter| fingerprint::asks_for_states(&filter.when);
        match self.set_aside.iter().any(asks) {
            true => &self.states,
            false => &[],
        }
    }
}

fn table_of(draft: &Draft) -> Result<&'static Layout> {
    let Some(table) = &draft.table else {
        let help = "add table = \"referrals\", or another canonical table";
        return Err(draft
            .lacking("table")
            .fault("it does not say which table it feeds", help));
    };
    Layout::of(&table.value).ok_or_else(|| {
        let tables = LAYOUTS.iter().map(|layout| layout.table);
        let near = nearest(&table.value, tables).unwrap_or_default();
        let what = format!("no canonical table is called '{}'", table.value);
        table.origin.fault(what, format!("the nearest is '{near}'"))
    })
}

fn index(table: &'static Layout, column: &str, origin: &Origin) -> Result<usize> {
    table.index(column).ok_or_else(|| {
        let near = nearest(column, table.columns.iter().map(|c| c.name)).unwrap_or_default();
        let what = format!("the table {} has no such column", table.table);
        origin.fault(what, format!("the nearest is '{near}'"))
    })
}

fn reading(draft: &Draft) -> Result<Reading> {
    let read = draft.read.clone();
    match (&read.header_row, &read.names) {
        (Some(row), Some(names)) if row.value > 0 && !names.value.is_empty() => {
            let help = "leave out names, or write header_row = 0 where the file has no header";
            return Err(names.origin.fault("the file has a header of its own", help));
        }
        (Some(row), None) if row.value == 0 => {
            let help = "give its columns names with names = [...]";
            return Err(row
                .origin
                .fault("a file without a header has no names", help));
        }
        _ => {}
    }
    if let Some(names) = &read.names {
        let folded: BTreeSet<String> = names.value.iter().map(|name| fold(name)).collect();
        if folded.len() < names.value.len() || names.value.is_empty() {
            let help = "give each column of the file a name of its own";
            return Err(names
                .origin
                .fault("two columns have one name, or none has", help));
        }
    }
    Ok(Reading {
        header_row: match &read.names {
            Some(_) => Some(0),
            None => read.header_row.map(|row| row.value),
        },
        names: read.names.map(|names| names.value).unwrap_or_default(),
        delimiter: read.delimiter,
        quote: read.quote,
        encoding: read.encoding,
        sheet: read.sheet,
        dates: read.dates.unwrap_or_default(),
        missing: read.missing.unwrap_or_default(),
    })
}

fn shapes_of(draft: &Draft, read: &Reading) -> Result<Vec<Shape>> {
    let Some(shapes) = &draft.shapes else {
        return Ok(Vec::new());
    };
    if draft.recognised.is_some() || draft.any_of.is_some() {
        let help = "a file has a header, which columns and any_of speak of, or it has none";
        return Err(shapes
            .origin
            .fault("shapes are for files without a header", help));
    }
    if shapes.value.is_empty() || shapes.value.len() != read.names.len() {
        let what = format!(
            "{} shapes for {} names",
            shapes.value.len(),
            read.names.len()
        );
        let help = "give [read] names, and one shape for each of them";
        return Err(shapes.origin.fault(what, help));
    }
    Ok(shapes.value.clone())
}

fn rule_of(
    column: &Column,
    draft: ColumnDraft,
    words: Option<WordsDraft>,
    read: &Reading,
) -> Result<(Rule, Origin)> {
    let Some(source) = draft.source else {
        let help = "give it from, value or expression";
        return Err(draft.origin.fault("does not say where it comes from", help));
    };
    if let Source::Constant(text) = &source.value {
        check_word(column, text, &source.origin)?;
    }
    if let Some(dates) = draft.dates.as_ref().filter(|_| !column.kind.is_date()) {
        let help = "take it out; forms of dates that expressions read stand under [read]";
        return Err(dates.origin.fault("this column holds no date", help));
    }
    let mut meant = BTreeMap::new();
    for (word, ours) in words.map(|words| words.words).unwrap_or_default() {
        if !ours.value.is_empty() {
            check_word(column, &ours.value, &ours.origin)?;
        }
        meant.insert(word, ours.value);
    }
    let rule = Rule {
        source: source.value,
        dates: draft
            .dates
            .map_or_else(|| read.dates.clone(), |dates| dates.value),
        words: meant,
    };
    check_names(rule.reads().into_iter(), read, &source.origin)?;
    Ok((rule, source.origin))
}

/// Where a mapping gives names to the columns itself, others are slips.
fn check_names<'a>(
    mut names: impl Iterator<Item = &'a str>,
    read: &Reading,
    origin: &Origin,
) -> Result<()> {
    let is_known = |name: &str| read.names.iter().any(|known| fold(known) == fold(name));
    match names.find(|name| !read.names.is_empty() && !name.contains('.') && !is_known(name)) {
        None => Ok(()),
        Some(name) => {
            let near = nearest(name, read.names.iter().map(String::as_str)).unwrap_or_default();
            let what = format!("[read] names has no column '{name}'");
            Err(origin.fault(what, format!("the nearest is '{near}'")))
        }
    }
}

/// Refuses a text of the mapping that the column can't hold.
fn check_word(column: &Column, text: &str, origin: &Origin) -> Result<()> {
    let zone = chrono_tz::UTC;
    let dates = Dates::default();
    let words: Vec<&str> = match column.kind {
        Kind::Text | Kind::Patient | Kind::AgeBands => return Ok(()),
        Kind::Status if vocabulary::status(text).is_none() => vocabulary::statuses().collect(),
        Kind::Reason if vocabulary::reason(text) == "other" && fold(text) != "other" => {
            vocabulary::reasons().map(|(reason, _)| reason).collect()
        }
        Kind::Word(list) if vocabulary::word_of(list, text).is_none() => list.to_vec(),
        Kind::Flag if vocabulary::flag(text).is_none() => vec!["true", "false"],
        Kind::Status | Kind::Reason | Kind::Word(_) | Kind::Flag => return Ok(()),
        kind => {
            let fits = match kind {
                Kind::Npi => values::npi(text).value().is_some(),
                Kind::Zip => values::zip(text).value().is_some(),
                kind if kind.is_date() => values::day(text, zone, &dates).value().is_some(),
                _ => values::real(text).value().is_some(),
            };
            let help = "write a value that the column can hold; the manual lists them";
            return if fits {
                Ok(())
            } else {
                Err(origin.fault(format!("{} can't be '{text}'", column.name), help))
            };
        }
    };
    let near = nearest(text, words.iter().copied()).unwrap_or_default();
    let list = catchment_base::config::one_of(&words);
    let help = format!("expected {list}; the nearest is '{near}'");
    Err(origin.fault(format!("{} can't be '{text}'", column.name), help))
}

/// Refuses a mapping that could never store a row.
fn check_fed(table: &'static Layout, rules: &[Option<Rule>], file: &Origin) -> Result<()> {
    let lacking = table
        .columns
        .iter()
        .zip(rules)
        .find(|(column, rule)| column.required && rule.is_none());
    if let Some((column, _)) = lacking {
        let what = format!(
            "nothing feeds {}, which every row of {} needs",
            column.name, table.table
        );
        let help = format!("add {} = \"...\" under [columns]", column.name);
        return Err(file.fault(what, help));
    }
    let is_fed = |name: &&str| table.index(name).is_some_and(|at| rules[at].is_some());
    if !table.one_of.is_empty() && !table.one_of.iter().any(is_fed) {
        let what = format!(
            "nothing feeds {}",
            catchment_base::config::one_of(table.one_of)
        );
        let help = "add at least one of them under [columns]";
        return Err(file.fault(what, help));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::Library;
    use std::path::PathBuf;

    const GOOD: &str = r#"
title = "A referral list"
table = "referrals"
source = "list"

[recognise]
columns = ["Ref No"]

[read]
dates = ["MM/DD/YYYY"]
missing = ["-999"]

[columns]
referral_id = "Ref No"
referred_on = { from = "Ordered", dates = ["DD-Mon-YYYY"] }
status = { expression = "if(H.STATE is filled, H.STATE, Status)" }
referring_name = { from = ["By", "By 2"] }
direction = { value = "outgoing" }

[words.status]
"Sent to specialist" = "requested"

[[set_aside]]
name = "tests"
when = "By = 'Test'"

[[join]]
name = "H"
columns = ["Ref No", "State"]
on = "Ref No"
"#;

    fn error(text: &str) -> String {
        let files = [(PathBuf::from("m.toml"), text.to_string())];
        match Library::with_own(&files) {
            Ok(_) => "fine".to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_good_one_is_good() {
        assert_eq!(error(GOOD), "fine");
    }

    /// A line of the good mapping, what stands there instead, and what is said of it.
    const MISTAKES: &[(&str, &str, &str)] = &[
        (
            "source = \"list\"",
            "sorce = 'x'",
            "m.toml, row 4, sorce: this key is unknown; the nearest known one is 'source'",
        ),
        (
            "source = \"list\"",
            "source = ",
            "m.toml, row 4: is no valid TOML",
        ),
        (
            "source = \"list\"",
            "source = 5",
            "m.toml, row 4, source: found 5; expected a text in quotes",
        ),
        (
            "table = \"referrals\"",
            "table = 'referals'",
            "m.toml, row 3, table: no canonical table is called 'referals'; the nearest is 'referrals'",
        ),
        (
            "table = \"referrals\"",
            "",
            "m.toml, row 1, table: it does not say which table it feeds; add table",
        ),
        (
            "table = \"referrals\"",
            "extends = 'epik'",
            "m.toml, row 3, extends: no mapping is called 'epik'; the nearest is",
        ),
        (
            "columns = [\"Ref No\"]",
            "column = []",
            "m.toml, row 7, recognise.column: this key is unknown; the nearest known one is 'columns'",
        ),
        (
            "columns = [\"Ref No\"]",
            "columns = ['?']",
            "m.toml, row 7, recognise.columns: found '?'; expected a column's name",
        ),
        (
            "columns = [\"Ref No\"]",
            "shapes = ['npj']",
            "m.toml, row 7, recognise.shapes: found 'npj'; expected npi, count, number, day, zip or text; the nearest is 'npi'",
        ),
        (
            "columns = [\"Ref No\"]",
            "shapes = ['npi']",
            "m.toml, row 7, recognise.shapes: 1 shapes for 0 names",
        ),
        (
            "dates = [\"MM/DD/YYYY\"]",
            "dates = ['MM/YYYY']",
            "m.toml, row 10, read.dates: found 'MM/YYYY'; expected a form of a date",
        ),
        (
            "dates = [\"MM/DD/YYYY\"]",
            "delimiter = ';;'",
            "m.toml, row 10, read.delimiter: found ';;'; expected one sign",
        ),
        (
            "dates = [\"MM/DD/YYYY\"]",
            "quote = ';;'",
            "m.toml, row 10, read.quote: found ';;'; expected one sign",
        ),
        (
            "dates = [\"MM/DD/YYYY\"]",
            "encoding = 'cp1252'",
            "m.toml, row 10, read.encoding: found 'cp1252'",
        ),
        (
            "dates = [\"MM/DD/YYYY\"]",
            "header_row = -1",
            "m.toml, row 10, read.header_row: found -1; expected a row",
        ),
        (
            "dates = [\"MM/DD/YYYY\"]",
            "header_row = 0",
            "m.toml, row 10, read.header_row: a file without a header has no names",
        ),
        (
            "dates = [\"MM/DD/YYYY\"]",
            "names = ['a', 'A']",
            "m.toml, row 10, read.names: two columns have one name",
        ),
        (
            "dates = [\"MM/DD/YYYY\"]",
            "names = ['Ref No', 'By', 'Ordred']",
            "m.toml, row 15, columns.referred_on.from: [read] names has no column 'Ordered'; the nearest is 'Ordred'",
        ),
        (
            "referral_id = \"Ref No\"",
            "referal_id = 'x'",
            "m.toml, row 14, columns.referal_id: the table referrals has no such column; the nearest is 'referral_id'",
        ),
        (
            "referral_id = \"Ref No\"",
            "",
            "m.toml, row 1, columns: nothing feeds referral_id, which every row of referrals needs; add referral_id",
        ),
        (
            "referral_id = \"Ref No\"",
            "referral_id = {}",
            "m.toml, row 14, columns.referral_id: does not say where it comes from",
        ),
        (
            "referral_id = \"Ref No\"",
            "referral_id = 5",
            "m.toml, row 14, columns.referral_id: found 5; expected a column of the file in quotes",
        ),
        (
            "referral_id = \"Ref No\"",
            "referral_id = []",
            "m.toml, row 14, columns.referral_id: found a list of 0; expected at least one",
        ),
        (
            "referral_id = \"Ref No\"",
            "referral_id = { form = 'x' }",
            "m.toml, row 14, columns.referral_id.form: this key is unknown; the nearest known one is 'from'",
        ),
        (
            "referral_id = \"Ref No\"",
            "referral_id = { from = 'x', value = 'y' }",
            "m.toml, row 14, columns.referral_id: has more than one origin",
        ),
        (
            "referral_id = \"Ref No\"",
            "referral_id = { from = 'x', dates = ['MM/DD/YYYY'] }",
            "m.toml, row 14, columns.referral_id.dates: this column holds no date",
        ),
        (
            "status = { expression = \"if(H.STATE is filled, H.STATE, Status)\" }",
            "status = { expression = \"if(H is filled, coalesc(H))\" }",
            "m.toml, row 16, columns.status.expression: no function is called 'coalesc' at character 17; the nearest is 'coalesce'",
        ),
        (
            "status = { expression = \"if(H.STATE is filled, H.STATE, Status)\" }",
            "status = { expression = '''\nif(A is\n  fille, 'x')''' }",
            "m.toml, row 18, columns.status.expression: found fille at character 11; expected 'empty' or 'filled'",
        ),
        (
            "status = { expression = \"if(H.STATE is filled, H.STATE, Status)\" }",
            "status = { expression = \"J.STATE\" }",
            "m.toml, row 16, columns.status.expression: no joined file is called 'J'; the nearest is 'H'",
        ),
        (
            "referring_name = { from = [\"By\", \"By 2\"] }",
            "",
            "m.toml, row 1, columns: nothing feeds referring_npi or referring_name",
        ),
        (
            "direction = { value = \"outgoing\" }",
            "direction = { value = 'outgoin' }",
            "m.toml, row 18, columns.direction.value: direction can't be 'outgoin'; expected internal, outgoing or incoming; the nearest is 'outgoing'",
        ),
        (
            "direction = { value = \"outgoing\" }",
            "referred_to_npi = { value = '123' }",
            "m.toml, row 18, columns.referred_to_npi.value: referred_to_npi can't be '123'",
        ),
        (
            "[words.status]",
            "[words.stat]",
            "m.toml, row 20, words.stat: the table referrals has no such column; the nearest is",
        ),
        (
            "[words.status]",
            "[words.priority]",
            "m.toml, row 20, words.priority: nothing feeds this column",
        ),
        (
            "\"Sent to specialist\" = \"requested\"",
            "'X' = 'requestd'",
            "m.toml, row 21, words.status.X: status can't be 'requestd'; expected requested,",
        ),
        (
            "\"Sent to specialist\" = \"requested\"",
            "'X' = 'void'\n'x ' = 'void'",
            "m.toml, row 22, words.status.\"x \": another word differs only by case",
        ),
        (
            "\"Sent to specialist\" = \"requested\"",
            "'X' = 5",
            "m.toml, row 21, words.status.X: found 5; expected a text in quotes",
        ),
        (
            "name = \"tests\"",
            "",
            "m.toml, row 23, set_aside.name: is missing",
        ),
        (
            "when = \"By = 'Test'\"",
            "when = 'By'",
            "m.toml, row 25, set_aside.when: this does not say what is to hold at character 1",
        ),
        (
            "when = \"By = 'Test'\"",
            "when = \"G.By = 'Test'\"",
            "m.toml, row 23, set_aside: no joined file is called 'G'",
        ),
        (
            "on = \"Ref No\"",
            "on = \"Ref No\"\nfirst = 'x'",
            "m.toml, row 31, join.first: this key is unknown",
        ),
        (
            "on = \"Ref No\"",
            "on = \"Ref No\"\n[[join]]\nname = 'h'\ncolumns = ['x']\non = 'x'",
            "m.toml, row 32, join.name: 'h' is there twice",
        ),
        (
            "columns = [\"Ref No\", \"State\"]",
            "columns = []",
            "m.toml, row 29, join.columns: found an empty list",
        ),
        (
            "name = \"H\"",
            "name = 'H.I'",
            "m.toml, row 28, join.name: found 'H.I'; expected a name without a dot",
        ),
    ];

    #[test]
    fn every_mistake_is_said_with_its_line_its_key_and_what_was_expected() {
        for (line, instead, expected) in MISTAKES {
            assert!(GOOD.contains(line), "{line}");
            let found = error(&GOOD.replacen(line, instead, 1));
            assert!(
                found.starts_with(expected),
                "{instead}\nfound    {found}\nexpected {expected}"
            );
        }
    }

    #[test]
    fn the_fingerprint_changes_with_the_meaning_alone() {
        let of = |text: &str| {
            let library =
                Library::with_own(&[(PathBuf::from("m.toml"), text.to_string())]).unwrap();
            library.get("m").unwrap().fingerprint().to_string()
        };
        let good = of(GOOD);
        for same in [
            GOOD.replace(
                "title = \"A referral list\"",
                "# A remark.\ntitle = 'Another'",
            ),
            GOOD.replace("By = 'Test'", "By   =   'Test'"),
            GOOD.replace("Sent to specialist", "SENT  to-specialist"),
        ] {
            assert_eq!(of(&same), good);
        }
        for (line, instead, _) in MISTAKES.iter().filter(|(line, _, _)| line.contains('=')) {
            let changed = match *line {
                "source = \"list\"" => "source = 'other'",
                "dates = [\"MM/DD/YYYY\"]" => "dates = ['DD/MM/YYYY']",
                "when = \"By = 'Test'\"" => "when = \"By = 'Tests'\"",
                "\"Sent to specialist\" = \"requested\"" => "'Sent to specialist' = 'accepted'",
                "direction = { value = \"outgoing\" }" => "direction = { value = 'incoming' }",
                "name = \"tests\"" => "name = 'other'",
                _ => continue,
            };
            assert_ne!(of(&GOOD.replacen(line, changed, 1)), good, "{instead}");
        }
    }
}
