//! The words of specialties: `words.csv`, and the names and aliases of the set, as they are looked
//! up. How a text is read by them is `reading`'s business.
//!
//! Each line of the file is a row of the set, a sort, and the words of that sort. A phrase is its
//! words in any order, so that "surgery, vascular" is "vascular surgery".

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use catchment_base::specialties::{self, Specialty};

use super::misspelling::{LEAST_LETTERS, Spelling};
use super::wording::{root, sound, spellings, words};

static WORDS: &str = include_str!("words.csv");

/// How much a phrase says, rising: where phrases of two ranks stand in one text, the higher speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A kind of clinician or building, which sees everything.
    Setting,
    /// A part of the body.
    Body,
    /// A complaint or a diagnosis.
    Reason,
    /// What is to be done.
    Procedure,
    /// A name that also means other things: PT is a patient, too.
    Short,
    /// The field itself.
    Field,
}

impl Rank {
    /// The rank of a sort of the file; none for sorts that name no row.
    fn of(sort: &str) -> Option<Self> {
        Some(match sort {
            "setting" => Self::Setting,
            "body" => Self::Body,
            "reason" => Self::Reason,
            "procedure" => Self::Procedure,
            "short" => Self::Short,
            "field" => Self::Field,
            _ => return None,
        })
    }
}

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A row of the set.
    Row(usize, Rank),
    /// The patient is a child.
    Child,
    /// The patient is no child.
    Adult,
    /// It names several rows at once.
    Several,
    /// Nothing: what orders have around their names.
    Decoration,
}

/// Everything that is known of words.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// Roots by number.
    ids: HashMap<String, u32>,
    /// Phrases, each as the rising numbers of its roots.
    phrases: HashMap<Vec<u32>, Meaning>,
    /// The words of the longest phrase.
    pub(super) longest: usize,
    /// For each row the rows that it lies within, near and far.
    within: Vec<BTreeSet<usize>>,
    /// Rows and their counterparts for children.
    for_children: BTreeMap<usize, usize>,
    /// Rows for children and the first of their counterparts.
    for_adults: BTreeMap<usize, usize>,
    /// The row of children as such.
    pub(super) pediatrics: usize,
    /// Codes beyond those of the set; a short one stands for its whole family.
    codes: BTreeMap<String, usize>,
    /// Words whose misspellings are looked for, by their first sound.
    spellings: BTreeMap<char, Vec<Spelling>>,
}

/// The lexicon that ships.
pub(super) fn lexicon() -> &'static Lexicon {
    static BUILT: OnceLock<Lexicon> = OnceLock::new();
    BUILT.get_or_init(|| Lexicon::read(WORDS))
}

/// The lines of the file: specialty, sort, words.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    text.lines().skip(1).filter_map(|line| {
        let mut cells = line.splitn(3, ',');
        Some((cells.next()?, cells.next()?, cells.next()?))
    })
}

/// The place in the set of a name.
fn place(name: &str) -> Option<usize> {
    specialties::all().iter().position(|row| row.name == name)
}

impl Lexicon {
    fn read(text: &str) -> Self {
        let rows = specialties::all();
        let mut built = Self {
            within: vec![BTreeSet::new(); rows.len()],
            pediatrics: place("Pediatrics").unwrap_or_default(),
            ..Self::default()
        };
        for (name, sort, listed) in lines(text) {
            for phrase in listed.split(';') {
                built.take(place(name), sort, phrase);
            }
        }
        for (at, row) in rows.iter().enumerate() {
            for phrase in std::iter::once(&row.name).chain(&row.aliases) {
                // "Unknown" is a row, and no name of a specialty.
                if row.name != specialties::UNKNOWN {
                    built.add(phrase, Meaning::Row(at, Rank::Field), false);
                }
            }
        }
        built.close();
        built
    }

    fn take(&mut self, row: Option<usize>, sort: &str, phrase: &str) {
        match (sort, row) {
            ("decoration", _) => self.add(phrase, Meaning::Decoration, true),
            ("adult", _) => self.add(phrase, Meaning::Adult, true),
            ("several", _) => self.add(phrase, Meaning::Several, true),
            ("child", _) => self.add(phrase, Meaning::Child, true),
            ("code", Some(row)) => {
                self.codes.insert(phrase.to_lowercase(), row);
            }
            ("within", Some(row)) => self.within[row].extend(place(phrase)),
            ("pediatric", Some(row)) => {
                if let Some(adult) = place(phrase) {
                    self.for_children.insert(adult, row);
                    self.for_adults.entry(row).or_insert(adult);
                }
            }
            (sort, Some(row)) => {
                if let Some(rank) = Rank::of(sort) {
                    self.add(phrase, Meaning::Row(row, rank), true);
                }
            }
            (_, None) => {}
        }
    }

    /// Adds a phrase. What the file says of it stands above what the set does, and of two sorts of
    /// one row the higher.
    fn add(&mut self, phrase: &str, meaning: Meaning, is_listed: bool) {
        let written = words(phrase);
        let mut key: Vec<u32> = Vec::with_capacity(written.len());
        for word in &written {
            let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
            let id = *self.ids.entry(root(word)).or_insert(next);
            key.push(id);
            self.add_spellings(word, id, meaning);
        }
        key.sort_unstable();
        self.longest = self.longest.max(key.len());
        let known = self.phrases.entry(key).or_insert(meaning);
        if let (Meaning::Row(row, rank), Meaning::Row(known_row, known_rank)) =
            (meaning, &mut *known)
            && is_listed
            && row == *known_row
            && rank > *known_rank
        {
            *known_rank = rank;
        }
    }

    fn add_spellings(&mut self, word: &str, id: u32, meaning: Meaning) {
        let least = match meaning {
            // Parts of the body and kinds of buildings are near too many names of persons and towns.
            Meaning::Row(_, Rank::Setting | Rank::Body) => return,
            Meaning::Row(_, Rank::Reason) => LEAST_LETTERS + 2,
            _ => LEAST_LETTERS,
        };
        if word.chars().count() < least {
            return;
        }
        for spelling in spellings(word) {
            let sound = sound(&spelling);
            // The first letter of "psychiatry" is not heard.
            let heard = sound.strip_prefix('p').filter(|rest| rest.starts_with('s'));
            for sound in [Some(sound.as_str()), heard].into_iter().flatten() {
                let Some(first) = sound.chars().next() else {
                    continue;
                };
                let all = self.spellings.entry(first).or_default();
                let spelling = Spelling::new(sound, id);
                if !all.contains(&spelling) {
                    all.push(spelling);
                }
            }
        }
    }

    /// A row lies within those that its own broader rows lie within.
    fn close(&mut self) {
        for _ in 0..self.within.len() {
            let before = self.within.clone();
            for row in &mut self.within {
                let far: Vec<usize> = row.iter().flat_map(|at| before[*at].clone()).collect();
                row.extend(far);
            }
            if before == self.within {
                return;
            }
        }
    }

    /// The number of a word; none where no phrase has it.
    pub(super) fn id(&self, word: &str) -> Option<u32> {
        self.ids.get(&root(word)).copied()
    }

    /// What a phrase means, by the rising numbers of its words.
    pub(super) fn meaning(&self, phrase: &[u32]) -> Option<Meaning> {
        self.phrases.get(phrase).copied()
    }

    /// Whether a row lies within another.
    pub(super) fn is_within(&self, row: usize, broader: usize) -> bool {
        self.within
            .get(row)
            .is_some_and(|all| all.contains(&broader))
    }

    /// The row that a child is sent to, where the set has one of its own.
    pub(super) fn for_child(&self, row: usize) -> usize {
        self.for_children.get(&row).copied().unwrap_or(row)
    }

    /// The row of the same field that sees adults.
    pub(super) fn for_adult(&self, row: usize) -> usize {
        self.for_adults.get(&row).copied().unwrap_or(row)
    }

    /// The row of a taxonomy code that the set does not have itself; `code` is in lower case.
    pub(super) fn coded(&self, code: &str) -> Option<&'static Specialty> {
        let families = (3..=code.len()).rev().filter_map(|end| code.get(..end));
        let mut known = families.filter_map(|family| self.codes.get(family));
        known.next().map(|row| &specialties::all()[*row])
    }

    /// The words with this first sound.
    pub(super) fn spellings(&self, first: char) -> &[Spelling] {
        self.spellings.get(&first).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_names_a_row_and_a_sort() {
        let plain = ["decoration", "adult", "several"];
        for (name, sort, listed) in lines(WORDS) {
            let others = ["code", "within", "pediatric", "child"];
            assert!(
                Rank::of(sort).is_some() || plain.contains(&sort) || others.contains(&sort),
                "{sort}"
            );
            assert_eq!(place(name).is_none(), plain.contains(&sort), "{name}");
            for phrase in listed.split(';') {
                assert!(!words(phrase).is_empty(), "{name}: '{phrase}'");
                if ["within", "pediatric"].contains(&sort) {
                    assert!(place(phrase).is_some(), "{phrase}");
                }
            }
        }
        assert_eq!(
            WORDS.lines().count(),
            lines(WORDS).count() + 1,
            "a line lacks a cell"
        );
    }

    #[test]
    fn no_word_contradicts_another() {
        let mut known: BTreeMap<Vec<String>, (String, &str)> = BTreeMap::new();
        let mut contradictions = Vec::new();
        let listed = lines(WORDS)
            .filter(|(_, sort, _)| !["code", "within", "pediatric"].contains(sort))
            // Decorations, and the sorts of one row, may say the same twice.
            .map(|(name, sort, listed)| (if name.is_empty() { sort } else { name }, listed))
            .flat_map(|(meant, listed)| listed.split(';').map(move |phrase| (meant, phrase)));
        let rows = specialties::all()
            .iter()
            .filter(|row| row.name != specialties::UNKNOWN);
        let named = rows.flat_map(|row| {
            let all = std::iter::once(&row.name).chain(&row.aliases);
            all.map(|phrase| (row.name.as_str(), phrase.as_str()))
        });
        for (meant, phrase) in listed.chain(named) {
            let mut key: Vec<String> = words(phrase).iter().map(|word| root(word)).collect();
            key.sort_unstable();
            let first = known
                .entry(key)
                .or_insert_with(|| (phrase.to_string(), meant));
            if first.1 != meant {
                contradictions.push(format!("{}: '{}', {meant}: '{phrase}'", first.1, first.0));
            }
        }
        assert!(contradictions.is_empty(), "{contradictions:#?}");
        assert!(known.len() > 3_000, "{}", known.len());
    }

    #[test]
    fn no_row_lies_within_itself_and_codes_are_codes() {
        let lexicon = lexicon();
        for row in 0..specialties::all().len() {
            assert!(!lexicon.is_within(row, row));
        }
        for (code, row) in &lexicon.codes {
            assert!((3..=10).contains(&code.len()), "{code}");
            let own = specialties::find(code);
            assert!(
                own.is_none_or(|own| *own == specialties::all()[*row]),
                "{code}"
            );
        }
    }
}
