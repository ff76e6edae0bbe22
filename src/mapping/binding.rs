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
    /// All that it needs is there, but the file has too many columns that it does not know.
    Few {
        /// How many columns of the header it reads.
        known: usize,
        /// How many columns of the header have a name.
        named: usize,
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
    states: Vec<String>,
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
        let named = header.iter().filter(|name| !name.trim().is_empty()).count();
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
            let known = folded.len();
            if known * 100 < self.share as usize * named {
                return Fit::Few { known, named };
            }
            Fit::Yes { known }
        } else {
            let mut seen = BTreeSet::new();
            lacks.retain(|name| seen.insert(fold(name)));
            Fit::No { lacks }
        }
    }

    /// Whether a header is that of the kind of FHIR resource by which the mapping recognises its files,
    /// though it may lack more of what is needed.
    pub fn is_of_kind(&self, header: &[String]) -> bool {
        let mut kinds = self.recognised.iter();
        kinds.any(|name| name.starts_with("resourceType.") && header.contains(name))
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
            states: self.states.clone(),
        });
        let values = self.rules.iter().map(|rule| match rule {
            Some(rule) => bound(rule, &header, &row),
            None => Ok(None),
        });
        let filters = self.set_aside.iter().map(|filter| {
            let places = header.all(&filter.when.columns)?;
            Ok((filter.when.clone(), places))
        });
        let keys = self.joins.iter().map(|join| header.place(&join.parent));
        let rules = self.rules.iter();
        let dates = rules.map(|rule| {
            rule.as_ref()
                .map_or_else(Vec::new, |rule| rule.dates.clone())
        });
        let mut bound = Bound {
            values: values.collect::<Result<_>>()?,
            dates: dates.collect(),
            filters: filters.collect::<Result<_>>()?,
            needed: Vec::new(),
            unknown: Vec::new(),
            absent: self.absent_from(&header),
            join_keys: keys.collect::<Result<_>>()?,
            row,
        };
        bound.account(header.names);
        Ok(bound)
    }

    /// The columns that it names and a header does not have, each once.
    fn absent_from(&self, header: &Header) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let names = self.names().into_iter();
        let absent = names.filter(|name| !header.has(name) && seen.insert(fold(name)));
        absent.map(str::to_string).collect()
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
    /// Says of each place of the header whether it is read.
    fn account(&mut self, header: &[String]) {
        let values = self.values.iter().flatten().flat_map(BoundValue::places);
        let filters = self
            .filters
            .iter()
            .flat_map(|(_, places)| places.iter().flatten().copied());
        let needed: BTreeSet<usize> = values.chain(filters).collect();
        let is_read = |at: &usize| needed.contains(at) || self.join_keys.contains(&Some(*at));
        self.unknown = (0..header.len())
            .filter(|at| !is_read(at) && !header[*at].trim().is_empty())
            .collect();
        self.needed = needed.into_iter().collect();
    }

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

    /// The places of filters that ask for a column that is not there: they take no row.
    pub fn idle_filters(&self) -> impl Iterator<Item = usize> + '_ {
        let filters = self.filters.iter().enumerate();
        let is_idle = |places: &[Option<usize>]| places.iter().any(Option::is_none);
        filters
            .filter(move |(_, (_, places))| is_idle(places))
            .map(|(at, _)| at)
    }

    /// The place of the first filter that takes a row.
    pub fn set_aside(&self, cells: Cells<'_, '_>) -> Option<usize> {
        self.filters.iter().position(|(filter, places)| {
            // What is not in the file says nothing of its rows.
            if places.iter().any(Option::is_none) {
                return false;
            }
            let row = Row {
                places,
                cells,
                missing: &self.row.missing,
                dates: &self.row.dates,
                states: &self.row.states,
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
                    states: &self.row.states,
                };
                row.value(&expression.term)
            }
        }?;
        if self.words.is_empty() {
            return Some(value);
        }
        match meaning(&self.words, &value) {
            Some(ours) => (!ours.is_empty()).then_some(Cow::Borrowed(ours.as_str())),
            None => Some(value),
        }
    }
}

/// What a word means; most are short enough to be folded without an allocation.
fn meaning<'w>(words: &'w BTreeMap<String, String>, word: &str) -> Option<&'w String> {
    let mut buffer = [0u8; 64];
    if word.is_ascii() && word.len() <= buffer.len() {
        let mut length = 0;
        for byte in word.bytes().filter(u8::is_ascii_alphanumeric) {
            buffer[length] = byte.to_ascii_lowercase();
            length += 1;
        }
        match std::str::from_utf8(&buffer[..length]) {
            Ok(folded) if length > 0 => return words.get(folded),
            _ => {}
        }
    }
    words.get(&word_key(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Library, Rank};
    use chrono::NaiveDate;
    use proptest::prelude::*;
    use std::path::PathBuf;

    const TEXT: &str = r#"
table = "referrals"
[recognise]
columns = ["REF_ID", "STATE"]
any_of = ["BY_NPI", "BY_NAME"]
[read]
missing = ["-999"]
dates = ["MM/DD/YYYY"]
[columns]
referral_id = "REF_ID"
referred_on = { from = ["ORDERED", "ENTERED"], dates = ["DD-Mon-YYYY"] }
status = "STATE"
referring_npi = "BY_NPI"
referring_name = "BY_NAME"
payer = { from = ["PAYER", "PLAN"] }
report_sent_on = "R2.SENT"
direction = { value = "outgoing" }
specialty = { expression = "upper(SPEC)" }
[words.status]
"Sent to specialist" = "requested"
"Nobody" = ""
"?" = "void"
[[set_aside]]
name = "authorisations"
when = "KIND = 'Auth'"
[[set_aside]]
name = "old"
when = "ENTERED < '2020-01-01'"
[[join]]
name = "R2"
columns = ["REF_ID", "SENT"]
on = "REF_ID"
parent = "REF_ID"
latest = "CHANGED"
where = "KIND = 'Create'"
"#;

    fn mapping(text: &str) -> Mapping {
        let library = Library::with_own(&[(PathBuf::from("own.toml"), text.to_string())]).unwrap();
        library.get("own").unwrap().clone()
    }

    fn header(names: &str) -> Vec<String> {
        names.split(' ').map(str::to_string).collect()
    }

    fn lacks(names: &str) -> Vec<String> {
        match mapping(TEXT).fit(&header(names)) {
            Fit::No { lacks } => lacks,
            Fit::Yes { .. } | Fit::Few { .. } => Vec::new(),
        }
    }

    #[test]
    fn a_header_with_too_few_known_columns_does_not_fit() {
        let shared = TEXT.replace("any_of", "share = 50\nany_of");
        let fit = |names: &str| mapping(&shared).fit(&header(names));
        // Four of eight are enough; four of nine, of which an empty one does not count, are not.
        let known = "REF_ID STATE BY_NPI ORDERED";
        assert_eq!(fit(&format!("{known} A B C D")), Fit::Yes { known: 4 });
        let mut names = header(&format!("{known} A B C D E"));
        names.push(String::new());
        let few = mapping(&shared).fit(&names);
        assert_eq!(few, Fit::Few { known: 4, named: 9 });
    }

    #[test]
    fn a_header_fits_or_what_it_lacks_is_said() {
        let known = |names: &str| mapping(TEXT).fit(&header(names));
        assert_eq!(
            known("REF_ID STATE BY_NPI ORDERED X"),
            Fit::Yes { known: 4 }
        );
        assert_eq!(
            known("ref-id State ByName ENTERED plan KIND"),
            Fit::Yes { known: 6 }
        );
        assert_eq!(lacks("STATE BY_NPI ORDERED"), ["REF_ID"]);
        assert_eq!(lacks("REF_ID STATE ORDERED"), ["BY_NPI or BY_NAME"]);
        assert_eq!(lacks("REF_ID STATE BY_NPI"), ["ORDERED or ENTERED"]);
    }

    #[test]
    fn values_are_found_in_their_places() {
        let mapping = mapping(TEXT);
        let header = header("X REF_ID STATE BY_NAME ENTERED PLAN KIND SPEC R2.SENT  Y");
        let bound = mapping.bind(&header).unwrap();
        let at = |column: &str| mapping.table.index(column).unwrap();
        let read = |column: &str, cells: &[&str]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.to_string()).collect();
            let value = bound.value(at(column))?;
            value
                .read(&|place| cells.get(place).map(String::as_str))
                .map(Cow::into_owned)
        };
        let row = [
            "x",
            " 7 ",
            "SENT to  Specialist",
            "N/A",
            "-999",
            "Aetna",
            "k",
            "eye",
            "05-Mar-2024",
        ];
        let shown = |column: &str| read(column, &row).unwrap_or_default();
        assert_eq!(shown("referral_id"), "7");
        assert_eq!(shown("status"), "requested");
        assert_eq!(shown("referring_name"), "");
        assert_eq!(shown("referred_on"), "");
        assert_eq!(shown("payer"), "Aetna");
        assert_eq!(shown("specialty"), "EYE");
        assert_eq!(shown("direction"), "outgoing");
        assert_eq!(shown("report_sent_on"), "05-Mar-2024");
        assert!(bound.value(at("referring_npi")).is_none());
        let status = |word: &str| read("status", &["", "", word]).unwrap_or_default();
        assert_eq!(read("status", &["", "", "nobody"]), None);
        assert_eq!(status("?"), "void");
        assert_eq!(status("!"), "!");
        assert_eq!(status("Closed"), "Closed");
        assert_eq!(status(&"é".repeat(80)), "é".repeat(80));
        // A short row lacks its last cells.
        assert_eq!(read("specialty", &["x"]), None);
        assert_eq!(bound.needed(), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(bound.unknown(), [0, 10]);
        assert_eq!(bound.absent(), ["ORDERED", "BY_NPI", "PAYER"]);
        assert_eq!(bound.join_keys(), [Some(1)]);
        assert_eq!(bound.dates(at("referred_on"))[0].to_string(), "DD-Mon-YYYY");
        assert_eq!(bound.dates(at("completed_on")), []);
        assert_eq!(
            bound.dates(at("report_sent_on"))[0].to_string(),
            "MM/DD/YYYY"
        );
    }

    #[test]
    fn a_plain_column_is_said_to_be_one() {
        let names = header("REF_ID STATE BY_NAME ORDERED ENTERED SPEC");
        let plain = |text: &str, column: &str| {
            let mapping = mapping(text);
            let bound = mapping.bind(&names).unwrap();
            bound
                .value(mapping.table.index(column).unwrap())
                .unwrap()
                .plain()
        };
        assert_eq!(plain(TEXT, "referral_id"), None);
        let without = TEXT.replace("missing = [\"-999\"]", "");
        assert_eq!(plain(&without, "referral_id"), Some(0));
        for column in ["status", "referred_on", "direction", "specialty"] {
            assert_eq!(plain(&without, column), None, "{column}");
        }
    }

    #[test]
    fn filters_take_rows_in_their_order() {
        let bound = mapping(TEXT)
            .bind(&header("REF_ID STATE BY_NAME ENTERED KIND"))
            .unwrap();
        let taken = |entered: &str, kind: &str| {
            let cells = ["1", "Open", "A", entered, kind];
            bound.set_aside(&|place| cells.get(place).copied())
        };
        assert_eq!(taken("01/31/2019", "auth"), Some(0));
        assert_eq!(taken("01/31/2019", "Referral"), Some(1));
        assert_eq!(taken("01/31/2024", "Referral"), None);
        assert_eq!(taken("31/01/2019", ""), None);
    }

    #[test]
    fn two_columns_of_one_name_and_missing_ones_are_refused() {
        let error = |names: &str| mapping(TEXT).bind(&header(names)).unwrap_err().to_string();
        assert_eq!(
            error("REF_ID Ref-Id STATE BY_NAME ENTERED"),
            "REF_ID: two columns of the header have this name; rename or delete one of them"
        );
        assert_eq!(
            error("REF_ID STATE BY_NAME"),
            "ORDERED or ENTERED: the file has no such column; load all files of the export together"
        );
        // A name that nothing reads may be there twice.
        assert!(
            mapping(TEXT)
                .bind(&header("X x REF_ID STATE BY_NAME ENTERED"))
                .is_ok()
        );
    }

    #[test]
    fn a_joined_file_gives_its_key_its_columns_and_its_latest_row() {
        let mapping = mapping(TEXT);
        let join = &mapping.joins[0];
        assert_eq!(
            (join.reads.as_slice(), join.parent.as_str()),
            (&["SENT".to_string()][..], "REF_ID")
        );
        let names = header("Kind ref_id sent changed");
        assert!(join.fits(&names) && !join.fits(&names[..2]));
        let bound = join.bind(&names, &mapping).unwrap();
        assert_eq!(bound.columns(), [("R2.SENT".to_string(), 2)]);
        assert_eq!((bound.key(), bound.needed()), (1, vec![0, 1, 2, 3]));
        let of = |cells: [&'static str; 4]| {
            let cells = move |place: usize| cells.get(place).copied();
            (bound.key_of(&cells).unwrap_or("-"), bound.rank(&cells))
        };
        let day = NaiveDate::from_ymd_opt(2024, 3, 14).unwrap();
        let midnight = day.and_hms_opt(0, 0, 0).unwrap();
        assert_eq!(
            of(["create", " 7", "", "03/14/2024"]),
            ("7", vec![Rank::Moment(midnight)])
        );
        assert_eq!(
            of(["close", "7", "", "soon"]),
            ("-", vec![Rank::Text("soon".to_string())])
        );
        assert_eq!(of(["create", "NULL", "", ""]), ("-", vec![Rank::Nothing]));
    }

    #[test]
    fn of_rows_of_one_day_the_next_column_decides() {
        let text = TEXT.replace("\"CHANGED\"", "['CHANGED', 'LINE', 'GONE']");
        assert_ne!(text, TEXT);
        let mapping = mapping(&text);
        let names = header("Kind ref_id line changed");
        let bound = mapping.joins[0].bind(&names, &mapping).unwrap();
        assert_eq!(bound.needed(), [0, 1, 2, 3]);
        let of = |line: &'static str, day: &'static str| {
            let cells = ["create", "7", line, day];
            bound.rank(&move |place: usize| cells.get(place).copied())
        };
        // Ten comes after nine, and the day before the line.
        assert!(of("10", "03/14/2024") > of("9", "03/14/2024"));
        assert!(of("9", "03/15/2024") > of("10", "03/14/2024"));
        assert!(of("", "03/14/2024") < of("1", "03/14/2024"));
        assert_eq!(of("9", "").len(), 3);
    }

    proptest! {
        #[test]
        fn a_header_may_be_written_in_any_way(marks in "[ _-]{0,3}", upper in any::<bool>()) {
            let names = ["REF_ID", "STATE", "BY_NAME", "ENTERED"].map(|name| {
                let name = name.replace('_', &marks);
                if upper { name } else { name.to_lowercase() }
            });
            prop_assert_eq!(mapping(TEXT).fit(&names), Fit::Yes { known: 4 });
        }

        #[test]
        fn no_header_breaks_it(names in proptest::collection::vec("\\PC{0,8}", 0..6)) {
            let mapping = mapping(TEXT);
            if matches!(mapping.fit(&names), Fit::Yes { .. }) {
                let _ = mapping.bind(&names);
            }
        }
    }
}
