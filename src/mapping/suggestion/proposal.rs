//! The proposal as a whole: which canonical table a file feeds, which of its columns feed which of
//! the table's, what nothing feeds, and what the user has to say.

use super::assignment::{LEAST, Pair, Source, assigned};
use super::fitness::unknown_words;
use super::forms::{Forms, forms};
use super::writing;
use crate::canonical::{Kind, LAYOUTS, Layout, SHARED_PATIENTS};
use crate::language::Reading;

/// From these certainties on a guess is sure, and likely.
pub(super) const SURE: f64 = 0.9;
pub(super) const LIKELY: f64 = 0.6;
/// What the required columns of a table must come to in the mean.
const COVERED: f64 = 0.4;

/// A column of the file proposed for a canonical one.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// The canonical column.
    pub column: &'static str,
    /// The columns of the file that it is read from, as they stand there; several where it is put
    /// together.
    pub from: Vec<String>,
    /// 0.3 to 1.
    pub certainty: f64,
    /// One sentence, without any cell of the file.
    pub why: String,
}

impl Guess {
    /// `sure` from 0.9 on, `likely` from 0.6 on, else `guess`.
    pub fn word(&self) -> &'static str {
        match self.certainty {
            certainty if certainty >= SURE => "sure",
            certainty if certainty >= LIKELY => "likely",
            _ => "guess",
        }
    }
}

/// What is proposed for a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suggestion {
    /// The canonical table; none where the file looks like none of them.
    pub table: Option<&'static str>,
    /// The columns of the table that something feeds, in their order.
    pub columns: Vec<Guess>,
    /// The columns that every row needs and that nothing feeds; of several of which one is enough,
    /// the first.
    pub missing: Vec<&'static str>,
    /// What the user has to say, one sentence each.
    pub questions: Vec<String>,
    /// A whole mapping; empty where no table is proposed.
    pub toml: String,
}

/// What the writing of a proposal needs to know.
pub(super) struct Proposal<'p> {
    pub(super) title: &'p str,
    pub(super) layout: &'static Layout,
    pub(super) sources: &'p [Source<'p>],
    pub(super) rows: &'p [Vec<String>],
    pub(super) pairs: Vec<Pair>,
    pub(super) missing: Vec<&'static str>,
    pub(super) reading: &'p Reading,
    /// The names that the file does not have itself.
    pub(super) is_headerless: bool,
}

/// Proposes a mapping for a file from its header and its first rows. `name` becomes the mapping's
/// title; `reading` is what was found of the file's form, and is written only where it is given.
/// A file without a header has `header_row` 0, or columns called `column_1` and so on.
///
/// What is proposed depends on the arguments alone. No cell of the file is in it but words of
/// statuses and other short lists.
///
/// ```
/// use catchment_mapping::{Reading, suggest};
/// let header = ["Ref No", "Order Date", "Current Status", "Referring Provider"].map(String::from);
/// let found = suggest("Work queue", &header, &[], &Reading::default());
/// assert_eq!(found.table, Some("referrals"));
/// assert_eq!(found.columns[1].from, ["Order Date"]);
/// assert!(found.missing.is_empty());
/// ```
pub fn suggest(
    name: &str,
    header: &[String],
    rows: &[Vec<String>],
    reading: &Reading,
) -> Suggestion {
    let sources = Source::all(header, rows, &reading.missing);
    let is_headerless = is_headerless(header, reading);
    let Some((layout, pairs)) = best_table(&sources, rows, is_headerless) else {
        return Suggestion::default();
    };
    let mut proposal = Proposal {
        title: name,
        layout,
        sources: &sources,
        rows,
        missing: missing(layout, &pairs),
        pairs,
        reading,
        is_headerless,
    };
    proposal.add_age_band();
    Suggestion {
        table: Some(layout.table),
        columns: proposal.guesses(),
        questions: proposal.questions(),
        toml: writing::toml(&proposal),
        missing: proposal.missing,
    }
}

fn is_headerless(header: &[String], reading: &Reading) -> bool {
    let is_counted = |name: &String| {
        let number = name.strip_prefix("column_").unwrap_or("x");
        number.bytes().all(|b| b.is_ascii_digit())
    };
    reading.header_row == Some(0)
        || !reading.names.is_empty()
        || !header.is_empty() && header.iter().all(is_counted)
}

/// The table whose required columns are best covered, and which explains the most of the file.
fn best_table(
    sources: &[Source],
    rows: &[Vec<String>],
    is_headerless: bool,
) -> Option<(&'static Layout, Vec<Pair>)> {
    let mut best: Option<(f64, &'static Layout, Vec<Pair>)> = None;
    for layout in LAYOUTS.iter().copied() {
        let mut pairs = assigned(layout, sources);
        if is_headerless && layout.table == SHARED_PATIENTS.table {
            pairs = super::assignment::numeric_pairs(sources, rows).unwrap_or(pairs);
        }
        let covered = covered(layout, &pairs);
        let found = covered
            .iter()
            .filter(|certainty| **certainty >= LEAST)
            .count();
        let mean = covered.iter().sum::<f64>() / covered.len() as f64;
        let is_enough = if is_headerless {
            found == covered.len()
        } else {
            found * 2 >= covered.len()
        };
        let is_likely = covered.iter().any(|certainty| *certainty >= LIKELY);
        if !is_enough || !is_likely || mean < COVERED {
            continue;
        }
        let explained: f64 = pairs.iter().map(|pair| pair.certainty).sum();
        let explained = (explained / sources.len().max(1) as f64).min(1.0);
        let score = mean * (0.5 + 0.5 * explained);
        if best.as_ref().is_none_or(|(most, ..)| score > *most + 1e-9) {
            best = Some((score, layout, pairs));
        }
    }
    best.map(|(_, layout, pairs)| (layout, pairs))
}

/// For each thing that every row of the table needs, how certainly something feeds it.
fn covered(layout: &Layout, pairs: &[Pair]) -> Vec<f64> {
    let certainty = |at: usize| {
        let found = pairs.iter().find(|pair| pair.column == at);
        found.map_or(0.0, |pair| pair.certainty)
    };
    let places = layout.columns.iter().enumerate();
    let required = places.filter(|(_, column)| column.required);
    let mut all: Vec<f64> = required.map(|(at, _)| certainty(at)).collect();
    let one_of = layout.one_of.iter().filter_map(|name| layout.index(name));
    all.extend(one_of.map(certainty).reduce(f64::max));
    all
}

fn missing(layout: &'static Layout, pairs: &[Pair]) -> Vec<&'static str> {
    let is_fed = |name: &str| {
        pairs
            .iter()
            .any(|pair| layout.columns[pair.column].name == name)
    };
    let required = layout.columns.iter().filter(|column| column.required);
    let required = required
        .map(|column| column.name)
        .filter(|name| !is_fed(name));
    let one_of = layout.one_of.first().copied();
    let one_of = one_of.filter(|_| !layout.one_of.iter().any(|name| is_fed(name)));
    required.chain(one_of).collect()
}

impl Proposal<'_> {
    /// Whether a line of the mapping may be read as it is: a guess is left to the user, unless
    /// every row needs the column.
    pub(super) fn is_read(&self, pair: &Pair) -> bool {
        let column = &self.layout.columns[pair.column];
        let one_of = self.layout.one_of;
        let is_other = |other: &&Pair| {
            let name = self.layout.columns[other.column].name;
            one_of.contains(&name) && other.certainty > pair.certainty
        };
        let is_needed = column.required
            || one_of.contains(&column.name) && !self.pairs.iter().any(|other| is_other(&other));
        pair.certainty >= LIKELY || is_needed
    }

    /// The forms of the dates of a column of the file.
    pub(super) fn forms(&self, source: usize) -> Forms {
        if !self.reading.dates.is_empty() {
            return Forms::Plain;
        }
        forms(&self.sources[source].profile.cells)
    }

    /// A patient's age band from the day of birth, or from the age.
    fn add_age_band(&mut self) {
        let Some(column) = self.layout.index("age_band") else {
            return;
        };
        let is_fed = |pair: &Pair| pair.column == column && pair.certainty >= LIKELY;
        if self.pairs.iter().any(is_fed) {
            return;
        }
        let usable = |source: &Source| source.is_usable;
        let is_age = |source: &Source| {
            let words = &source.name.words;
            source.name.has("age")
                && words
                    .iter()
                    .all(|word| ["age", "patient", "years"].contains(&word.as_str()))
                && source.profile.numbers >= 0.8
        };
        let age = self.sources.iter().position(|s| usable(s) && is_age(s));
        let birth = self
            .sources
            .iter()
            .position(|s| usable(s) && s.is_birth_date());
        let ordered = self.layout.index("referred_on");
        let ordered = self.pairs.iter().find(|pair| Some(pair.column) == ordered);
        let (sources, why) = match (birth, ordered, age) {
            (Some(birth), Some(ordered), _) => (
                vec![birth, ordered.sources[0]],
                "from the day of birth, which is not stored",
            ),
            (_, _, Some(age)) => (vec![age], "from the age"),
            _ => return,
        };
        let is_else = |pair: &Pair| pair.column != column && pair.sources != [sources[0]];
        self.pairs.retain(is_else);
        self.pairs.push(Pair {
            column,
            sources,
            certainty: 0.92,
            why: why.to_string(),
        });
        self.pairs.sort_by_key(|pair| pair.column);
    }

    fn guesses(&self) -> Vec<Guess> {
        let from = |pair: &Pair| {
            let names = pair.sources.iter().map(|at| self.sources[*at].raw.clone());
            names.collect()
        };
        let guess = |pair: &Pair| Guess {
            column: self.layout.columns[pair.column].name,
            from: from(pair),
            certainty: pair.certainty,
            why: pair.why.clone(),
        };
        self.pairs.iter().map(guess).collect()
    }

    /// The words of a recognised column of words that nobody knows; none where it was guessed.
    pub(super) fn unknown_words(&self, pair: &Pair) -> Vec<(&str, usize)> {
        let column = &self.layout.columns[pair.column];
        let has_words = matches!(column.kind, Kind::Status)
            || column.required && matches!(column.kind, Kind::Word(_));
        if !has_words || pair.certainty < LIKELY {
            return Vec::new();
        }
        let source = &self.sources[pair.sources[0]];
        if source.is_patients {
            return Vec::new();
        }
        unknown_words(column, &source.profile)
    }

    fn questions(&self) -> Vec<String> {
        let mut questions = Vec::new();
        for pair in &self.pairs {
            let column = &self.layout.columns[pair.column];
            let is_band = column.name == "age_band";
            let dates = pair
                .sources
                .iter()
                .filter(|_| column.kind.is_date() || is_band);
            for at in dates {
                let name = &self.sources[*at].header;
                let question = match self.forms(*at) {
                    Forms::Asked {
                        is_mixed: false, ..
                    } => {
                        format!(
                            "Does '{name}' write the month or the day first? Its cells don't tell."
                        )
                    }
                    Forms::Asked { is_mixed: true, .. } => format!(
                        "'{name}' writes the month first in some cells and the day first in others: which is it?"
                    ),
                    _ => continue,
                };
                if !questions.contains(&question) {
                    questions.push(question);
                }
            }
            let unknown = self.unknown_words(pair).len();
            if unknown > 0 {
                let (name, words) = (column.name, if unknown == 1 { "word" } else { "words" });
                questions.push(format!(
                    "What do {unknown} {words} of '{}' mean? They stand under [words.{name}].",
                    self.sources[pair.sources[0]].header
                ));
            }
        }
        questions
    }
}
