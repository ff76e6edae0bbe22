//! Every mapping that there is: those that ship with the program, and the user's own before them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use catchment_base::config::nearest;
use catchment_base::{Error, Result};

use crate::draft::Draft;
use crate::extension::extended;
use crate::language::Mapping;
use crate::own_vocabulary::Vocabulary;

/// The files of layouts/, listed when the program is built.
static LAYOUTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/layouts.rs"));

/// The mappings by name; a user's own takes the place of a built-in one of the same name.
#[derive(Debug)]
pub struct Library {
    /// Own ones first, each kind in the order of the names.
    mappings: Vec<Mapping>,
    texts: BTreeMap<String, String>,
}

/// A file that is read but not yet put together.
struct Entry {
    draft: Draft,
    text: String,
    is_own: bool,
}

impl Library {
    /// The mappings that ship with the program.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Library> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            // A test reads every file of layouts/; they are part of the program.
            Self::with_own(&[]).expect("the mappings that ship are right")
        })
    }

    /// The mappings that ship, and the user's own: their paths and texts.
    ///
    /// # Errors
    /// A wrong use that names the file, the line and the key: what `docs/mappings.md` does not
    /// allow, a mapping that extends itself or one that is not there, or two of one name.
    pub fn with_own(files: &[(PathBuf, String)]) -> Result<Self> {
        let mut shipped = BTreeMap::new();
        for (name, text) in LAYOUTS {
            let path = Path::new("layouts").join(format!("{name}.toml"));
            shipped.insert((*name).to_string(), entry(&path, text, false)?);
        }
        let mut own: BTreeMap<String, Entry> = BTreeMap::new();
        for (path, text) in files {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            if let Some(other) = own.get(&*name) {
                return Err(Error::usage(format!(
                    "{} has the same name",
                    other.draft.file.display()
                ))
                .at(path)
                .help("rename one of the two files"));
            }
            own.insert(name.into_owned(), entry(path, text, true)?);
        }
        let sources = Sources { own, shipped };
        let mut mappings = Vec::new();
        for name in sources.own.keys() {
            mappings.push(sources.mapping(name, true)?);
        }
        for name in sources.shipped.keys() {
            if !sources.own.contains_key(name) {
                mappings.push(sources.mapping(name, false)?);
            }
        }
        let all = sources.shipped.into_iter().chain(sources.own);
        let texts = all.map(|(name, entry)| (name, entry.text)).collect();
        Ok(Self { mappings, texts })
    }

    /// The same, told in which states (two letters each) the configured territories lie; none where
    /// none is configured.
    #[must_use]
    pub fn within(mut self, states: &[String]) -> Self {
        for mapping in &mut self.mappings {
            mapping.stay_within(states);
        }
        self
    }

    /// The same mappings with the user's words for statuses, reasons and types of service above
    /// their own. A mapping that one of them reaches has another fingerprint, so that its files are
    /// read again; all others, and all where there are no such words, stay as they are.
    #[must_use]
    pub fn with_vocabulary(mut self, vocabulary: &Vocabulary) -> Self {
        for mapping in &mut self.mappings {
            mapping.apply(vocabulary);
        }
        self
    }

    /// The mapping of a name.
    pub fn get(&self, name: &str) -> Option<&Mapping> {
        self.mappings.iter().find(|mapping| mapping.name == name)
    }

    /// Every mapping, the user's own first.
    pub fn iter(&self) -> impl Iterator<Item = &Mapping> {
        self.mappings.iter()
    }

    /// The file of a mapping as it is written.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// The name that lies nearest to one that no mapping has.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(
            name,
            self.mappings.iter().map(|mapping| mapping.name.as_str()),
        )
    }

    /// The mappings that a layout stands for: the one of this name, else all of the source.
    ///
    /// # Errors
    /// A wrong use where there are none.
    pub fn layout(&self, name: &str) -> Result<Vec<&Mapping>> {
        if let Some(mapping) = self.get(name) {
            return Ok(vec![mapping]);
        }
        let of_source: Vec<&Mapping> = self.iter().filter(|m| m.source == name).collect();
        if !of_source.is_empty() {
            return Ok(of_source);
        }
        let error = Error::usage(format!("there is no mapping '{name}'"));
        Err(match self.nearest(name) {
            Some(near) => error.help(format!("did you mean '{near}'?")),
            None => error.help("'catchment mapping list' shows them"),
        })
    }
}

fn entry(path: &Path, text: &str, is_own: bool) -> Result<Entry> {
    Ok(Entry {
        draft: Draft::parse(path, text)?,
        text: text.to_string(),
        is_own,
    })
}

struct Sources {
    own: BTreeMap<String, Entry>,
    shipped: BTreeMap<String, Entry>,
}

impl Sources {
    fn mapping(&self, name: &str, is_own: bool) -> Result<Mapping> {
        let shelf = if is_own { &self.own } else { &self.shipped };
        // The name is a key of this shelf.
        let draft = match shelf.get(name) {
            Some(entry) => self.resolved(entry, &mut vec![(name.to_string(), is_own)])?,
            None => Draft::default(),
        };
        Mapping::build(name, draft, is_own)
    }

    /// A file with all that it extends. `seen` are the files on the way.
    fn resolved(&self, entry: &Entry, seen: &mut Vec<(String, bool)>) -> Result<Draft> {
        let draft = entry.draft.clone();
        let Some(extends) = &draft.extends else {
            return Ok(draft);
        };
        let base = &extends.value;
        let is_seen = |is_own: bool| {
            seen.iter()
                .any(|(name, own)| name == base && *own == is_own)
        };
        // An own mapping may extend the built-in one whose name it has.
        let own = self.own.get(base).filter(|_| entry.is_own);
        let found = match own {
            Some(own) if !is_seen(true) => Some(own),
            _ => self.shipped.get(base).filter(|_| !is_seen(false)),
        };
        let Some(found) = found else {
            let names = self.shipped.keys().chain(self.own.keys());
            let near = nearest(base, names.map(String::as_str)).unwrap_or_default();
            return Err(if is_seen(true) || is_seen(false) {
                extends.origin.fault(
                    "these mappings extend each other",
                    "let one stand by itself",
                )
            } else {
                let what = format!("no mapping is called '{base}'");
                extends
                    .origin
                    .fault(what, format!("the nearest is '{near}'"))
            });
        };
        seen.push((base.clone(), found.is_own));
        let base = self.resolved(found, seen)?;
        extended(base, draft)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binding::Fit;
    use crate::canonical::LAYOUTS as TABLES;

    #[test]
    fn the_canonical_mappings_are_the_canonical_layout() {
        for table in TABLES {
            let name = format!("canonical_{}", table.table);
            let mapping = Library::built_in().get(&name).unwrap();
            assert_eq!(
                (mapping.table.table, mapping.source.as_str()),
                (table.table, "canonical")
            );
            let header: Vec<String> = table.columns.iter().map(|c| c.name.to_string()).collect();
            let bound = mapping.bind(&header).unwrap();
            for place in 0..header.len() {
                assert_eq!(
                    bound.value(place).and_then(|value| value.plain()),
                    Some(place)
                );
            }
            assert_eq!(takers(Library::built_in(), &header), [name.as_str()]);
        }
    }

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_string).collect()
    }

    fn own(files: &[(&str, &str)]) -> Result<Library> {
        let files: Vec<(PathBuf, String)> = files
            .iter()
            .map(|(path, text)| (PathBuf::from(path), (*text).to_string()))
            .collect();
        Library::with_own(&files)
    }

    /// The mappings that take a header and read the most of it.
    fn takers(library: &Library, header: &[String]) -> Vec<String> {
        let mut fits: Vec<(usize, String)> = library
            .iter()
            .filter_map(|mapping| match mapping.fit(header) {
                Fit::Yes { known } => Some((known, mapping.name.clone())),
                _ => None,
            })
            .collect();
        let most = fits.iter().map(|(known, _)| *known).max();
        fits.retain(|(known, _)| Some(*known) == most);
        fits.into_iter().map(|(_, name)| name).collect()
    }

    /// The mappings whose shapes rows have.
    fn shaped(library: &Library, rows: &[Vec<String>]) -> Vec<String> {
        let fits = library.iter().filter(|mapping| mapping.fits_shapes(rows));
        fits.map(|mapping| mapping.name.clone()).collect()
    }

    #[test]
    fn published_files_are_recognised() {
        let library = Library::built_in();
        let hop = "from_npi,to_npi,patient_count,transaction_count,average_day_wait,std_day_wait";
        assert_eq!(takers(library, &header(hop)), ["careset_hop_teaming"]);
        let rows = |lines: &[&str]| -> Vec<Vec<String>> {
            lines.iter().map(|line| header(line)).collect()
        };
        let shared = rows(&[
            "1003033051,1234567893,        22,11,3",
            "1234567893,1003033051,400,12,0",
        ]);
        assert_eq!(shaped(library, &shared), ["cms_shared_patients"]);
        for other in [
            &["1003033051,1234567893,22,11"][..],
            &["1003033051,1234567893,22,11,x"],
            &["1003033051,1234567893,22,11,3", "1003033051"],
            &["1003033051,1234567890,22,11,3"],
            &[],
        ] {
            assert!(shaped(library, &rows(other)).is_empty(), "{other:?}");
        }
        // One wrong identifier in ten rows is a wrong identifier, not another file.
        let mut lines = vec!["1003033051,1234567893,22,11,3"; 9];
        lines.push("1003033051,1234567890,22,11,3");
        assert_eq!(shaped(library, &rows(&lines)), ["cms_shared_patients"]);
        assert!(takers(library, &header("a,b,c")).is_empty());
        // Names that a mapping gives itself are no header.
        let shared = library.get("cms_shared_patients").unwrap();
        assert_eq!(shared.read.header_row, Some(0));
    }

    #[test]
    fn own_mappings_come_first_and_two_of_one_name_are_an_error() {
        let text = "table = 'organizations'\n[columns]\norganization_id = 'npi'\naffiliation = { value = 'own' }\n";
        let library = own(&[("mappings/a.toml", text)]).unwrap();
        assert_eq!(library.iter().next().unwrap().name, "a");
        assert!(library.get("a").unwrap().is_own);
        let two = own(&[("mappings/a.toml", text), ("other/a.toml", text)]);
        assert_eq!(
            two.unwrap_err().to_string(),
            "other/a.toml: mappings/a.toml has the same name; rename one of the two files"
        );
    }

    const BASE: &str = "title = 'Base'\ntable = 'referrals'\nsource = 'epic'\n\
        [recognise]\ncolumns = ['ID']\n[read]\ndates = ['MM/DD/YYYY']\nsheet = 'S'\n\
        [columns]\nreferral_id = 'ID'\nreferred_on = { from = 'DAY', dates = ['DD-Mon-YYYY'] }\n\
        status = 'STATE'\nreferring_name = 'BY'\n[words.status]\na = 'requested'\nb = 'void'\n\
        [[set_aside]]\nname = 'one'\nwhen = \"ID = '1'\"\n";

    #[test]
    fn a_mapping_that_extends_another_changes_what_it_says() {
        let child = "extends = 'base'\n[read]\ndates = ['YYYYMMDD']\n[columns]\nreferred_on = 'ON'\n\
            payer = 'P'\n[words.status]\nB = 'expired'\nc = 'completed'\n\
            [[set_aside]]\nname = 'two'\nwhen = \"ID = '2'\"\n[[set_aside]]\nname = 'ONE'\nwhen = \"ID = '3'\"\n";
        let library = own(&[("base.toml", BASE), ("child.toml", child)]).unwrap();
        let mapping = library.get("child").unwrap();
        assert_eq!(
            (mapping.title.as_str(), mapping.source.as_str()),
            ("Base", "epic")
        );
        assert_eq!(mapping.read.sheet.as_deref(), Some("S"));
        assert_eq!(mapping.read.dates[0].to_string(), "YYYYMMDD");
        let filters: Vec<&str> = mapping
            .set_aside
            .iter()
            .map(|filter| filter.name.as_str())
            .collect();
        assert_eq!(filters, ["ONE", "two"]);
        let bound = mapping.bind(&header("ID,ON,STATE,BY,P,DAY")).unwrap();
        let read = |column: &str, cell: &'static str| {
            let value = bound.value(mapping.table.index(column).unwrap()).unwrap();
            value.read(&|_| Some(cell)).unwrap().into_owned()
        };
        assert_eq!(
            ["a", "b", "c"].map(|word| read("status", word)),
            ["requested", "expired", "completed"]
        );
        let day = mapping.table.index("referred_on").unwrap();
        assert_eq!(bound.value(day).unwrap().places(), [1]);
        assert_eq!(bound.dates(day)[0].to_string(), "DD-Mon-YYYY");
        assert_eq!(bound.unknown(), [5]);
        assert_eq!(bound.set_aside(&|_| Some("3")), Some(0));
        assert_eq!(bound.set_aside(&|_| Some("1")), None);
        assert!(library.text_of("child").unwrap().starts_with("extends"));
    }

    #[test]
    fn an_own_mapping_takes_the_place_of_the_built_in_one_that_it_extends() {
        let text = "extends = 'canonical_visits'\n[columns]\ntopic = 'About'\n";
        let library = own(&[("canonical_visits.toml", text)]).unwrap();
        assert_eq!(
            library
                .iter()
                .filter(|mapping| mapping.name == "canonical_visits")
                .count(),
            1
        );
        let mapping = library.get("canonical_visits").unwrap();
        let bound = mapping
            .bind(&header("practice_id,visited_on,kind,topic,About"))
            .unwrap();
        assert!(mapping.is_own);
        assert_eq!(bound.unknown(), [3]);
        assert_eq!(library.text_of("canonical_visits"), Some(text));
        assert_eq!(library.nearest("canonical_visit"), Some("canonical_visits"));
    }

    #[test]
    fn what_can_not_be_extended_is_said() {
        let error = |files: &[(&str, &str)]| own(files).unwrap_err().to_string();
        assert_eq!(
            error(&[("a.toml", "extends = 'b'"), ("b.toml", "\nextends = 'a'")]),
            "b.toml, row 2, extends: these mappings extend each other; let one stand by itself"
        );
        assert_eq!(
            error(&[("a.toml", "extends = 'a'")]),
            "a.toml, row 1, extends: these mappings extend each other; let one stand by itself"
        );
        assert_eq!(
            error(&[
                ("a.toml", "extends = 'b'\ntable = 'visits'"),
                ("b.toml", BASE)
            ]),
            "a.toml, row 2, table: 'visits' is not the table of the extended mapping; leave it out, or write 'referrals'"
        );
    }

    #[test]
    fn files_of_an_export_find_their_mapping() {
        let text = format!("{BASE}[[join]]\nname = 'H'\ncolumns = ['ID', 'WHEN']\non = 'ID'\n");
        let library = own(&[("base.toml", &text)]).unwrap();
        let join = &library.get("base").unwrap().joins[0];
        assert_eq!(join.name, "H");
        assert!(join.fits(&header("id,when,x")) && !join.fits(&header("id,x")));
    }
}
