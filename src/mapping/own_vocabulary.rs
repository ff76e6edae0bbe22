//! The user's own words: vocabulary.toml of a workspace, which stands above what mappings and the
//! program say. The words that ship are `vocabulary`'s business.

use std::collections::BTreeMap;
use std::path::Path;

use catchment_base::config::document::{self, Found, Section};
use catchment_base::config::{Keys, nearest, one_of};
use catchment_base::specialties::{self, Specialty};
use catchment_base::{Error, Result, Workspace};

use crate::canonical::{Kind, REFERRALS};
use crate::draft::word_key;
use crate::vocabulary::{self, fold};

const KEYS: Keys = &[("", &["status", "reason", "service_type", "specialty"])];

/// What a person said of a specialty's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meant {
    /// It is this row of the set.
    Row(&'static Specialty),
    /// It means none.
    Nothing,
}

impl Meant {
    fn name(self) -> &'static str {
        match self {
            Self::Row(row) => &row.name,
            Self::Nothing => specialties::UNKNOWN,
        }
    }
}

/// The words of vocabulary.toml, each as it is exported, with what it means here. A word is found
/// without regard to case, spaces and punctuation. The default has none.
///
/// ```
/// use catchment_mapping::Vocabulary;
/// use catchment_mapping::specialty::{Method, find};
/// # fn main() -> catchment_base::Result<()> {
/// let text = "[specialty]\n\"Dr Q's clinic\" = \"Rheumatology\"\n\"Float pool\" = \"Unknown\"\n";
/// let own = Vocabulary::parse("vocabulary.toml".as_ref(), text)?;
/// let found = find("DR. Q'S CLINIC", &own);
/// assert_eq!(found.method, Method::Person);
/// assert_eq!(found.specialty.map(|row| row.name.as_str()), Some("Rheumatology"));
/// assert_eq!(find("float pool", &own).specialty, None);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    status: BTreeMap<String, String>,
    reason: BTreeMap<String, String>,
    service_type: BTreeMap<String, String>,
    specialty: BTreeMap<String, Meant>,
}

impl Vocabulary {
    /// Reads the file of a workspace; where there is none, there are no words.
    ///
    /// # Errors
    /// As [`Vocabulary::parse`], and what keeps the file from being read.
    pub fn of(workspace: &Workspace) -> Result<Self> {
        let path = workspace.vocabulary_file();
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::io("can't be read", &path, error)),
        }
    }

    /// Reads the text of the file of this name.
    ///
    /// # Errors
    /// A wrong use that names the file, the line and the key: a section or a canonical word that
    /// there is not, a word that is none, or one that stands there twice with two meanings.
    pub fn parse(file: &Path, text: &str) -> Result<Self> {
        Self::read(text).map_err(|error| error.at(file))
    }

    fn read(text: &str) -> Result<Self> {
        let table = document::parse(text)?;
        let all = Section::document(text, table.get_ref(), KEYS)?;
        Ok(Self {
            status: section(&all.free("status")?, status)?,
            reason: section(&all.free("reason")?, reason)?,
            service_type: section(&all.free("service_type")?, service_type)?,
            specialty: section(&all.free("specialty")?, specialty)?,
        })
    }

    /// Whether it has no words.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What tells one vocabulary from another, whatever the order of its lines; empty where it has
    /// no words.
    pub fn fingerprint(&self) -> String {
        self.load_fingerprint() + &self.specialty_fingerprint()
    }

    /// The same of the words that a load applies: statuses, reasons and types of service.
    pub fn load_fingerprint(&self) -> String {
        let sections = [
            ("status", &self.status),
            ("reason", &self.reason),
            ("service_type", &self.service_type),
        ];
        let filled = sections.iter().filter(|(_, words)| !words.is_empty());
        filled
            .map(|(name, words)| format!("{name} {words:?}\n"))
            .collect()
    }

    /// The same of the words that only runs apply: specialties.
    pub fn specialty_fingerprint(&self) -> String {
        if self.specialty.is_empty() {
            return String::new();
        }
        let words: BTreeMap<&str, &str> = self
            .specialty
            .iter()
            .map(|(word, meant)| (word.as_str(), meant.name()))
            .collect();
        format!("specialty {words:?}\n")
    }

    /// The words of a canonical column that a load applies, folded, with ours; an empty one is no
    /// value.
    pub(crate) fn of_column(&self, column: &str) -> Option<&BTreeMap<String, String>> {
        match column {
            "status" => Some(&self.status),
            "status_reason" => Some(&self.reason),
            "service_type" => Some(&self.service_type),
            _ => None,
        }
    }

    /// What a person said of a specialty's text.
    pub(crate) fn specialty(&self, text: &str) -> Option<Meant> {
        if self.specialty.is_empty() {
            return None;
        }
        self.specialty.get(&word_key(text)).copied()
    }
}

/// The words of a section, from the top of the file.
fn section<T: Clone + PartialEq>(
    section: &Section,
    meant: impl Fn(&Found) -> Result<T>,
) -> Result<BTreeMap<String, T>> {
    let mut entries: Vec<(&str, &Found)> = section.entries().collect();
    entries.sort_by_key(|(_, found)| found.line());
    let mut words: BTreeMap<String, (T, u64)> = BTreeMap::new();
    for (word, found) in entries {
        let fault = |what: String, help: &str| {
            Error::usage(what)
                .column(found.key())
                .row(found.line())
                .help(help)
        };
        if vocabulary::is_absent(word.trim()) {
            let help = "take the line out: cells like it are empty before words are looked up";
            return Err(fault(
                "this word says that there is no value".to_string(),
                help,
            ));
        }
        let ours = meant(found)?;
        match words.get(&word_key(word)) {
            Some((other, line)) if *other != ours => {
                let what = format!(
                    "the word of line {line} differs only by case, spaces and punctuation and means something else"
                );
                return Err(fault(what, "keep one of the two"));
            }
            _ => words.insert(word_key(word), (ours, found.line())),
        };
    }
    Ok(words
        .into_iter()
        .map(|(word, (ours, _))| (word, ours))
        .collect())
}

/// The word of a list that stands in the file; its case and punctuation mean nothing.
fn word_of(found: &Found, list: &[&str], beside: &str) -> Result<String> {
    let refuse = |near: Option<&str>| {
        let near = near.map(|near| format!("; the nearest is '{near}'"));
        found.refuse(format!(
            "{}{beside}{}",
            one_of(list),
            near.unwrap_or_default()
        ))
    };
    let text = found.verbatim().ok_or_else(|| refuse(None))?;
    let known = list.iter().find(|known| fold(known) == fold(text));
    let known = known.ok_or_else(|| refuse(nearest(text, list.iter().copied())));
    known.map(|known| (*known).to_string())
}

fn status(found: &Found) -> Result<String> {
    let list: Vec<&str> = vocabulary::statuses().collect();
    word_of(found, &list, "")
}

/// As `word_of`, and an empty text for no value.
fn word_or_none(found: &Found, list: &[&str]) -> Result<String> {
    match found.verbatim() {
        Some(text) if text.trim().is_empty() => Ok(String::new()),
        _ => word_of(found, list, ", or \"\" for no value"),
    }
}

fn reason(found: &Found) -> Result<String> {
    let list: Vec<&str> = vocabulary::reasons().map(|(reason, _)| reason).collect();
    word_or_none(found, &list)
}

fn service_type(found: &Found) -> Result<String> {
    let column = REFERRALS
        .columns
        .iter()
        .find(|column| column.name == "service_type");
    match column.map(|column| column.kind) {
        Some(Kind::Word(list)) => word_or_none(found, list),
        _ => Err(Error::internal(
            "the referrals have no list of service types",
        )),
    }
}

fn specialty(found: &Found) -> Result<Meant> {
    let refuse = |near: &str| {
        found.refuse(format!(
            "a name of the specialty set, or \"{}\" for none; the nearest is '{near}'",
            specialties::UNKNOWN
        ))
    };
    let text = found
        .verbatim()
        .ok_or_else(|| refuse(specialties::UNKNOWN))?;
    let plain = |name: &str| fold(&name.replace('&', "and"));
    let rows = specialties::all();
    if let Some(row) = rows.iter().find(|row| plain(&row.name) == plain(text)) {
        return Ok(match row.name.as_str() {
            specialties::UNKNOWN => Meant::Nothing,
            _ => Meant::Row(row),
        });
    }
    // An alias or a code tells which name was meant better than its letters do.
    let meant = specialties::find(text).map(|row| row.name.as_str());
    let near = meant.or_else(|| nearest(text, rows.iter().map(|row| row.name.as_str())));
    Err(refuse(near.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Library;
    use crate::specialty::{Method, find};
    use proptest::prelude::*;
    use std::path::PathBuf;

    const GOOD: &str = r#"
[status]
"Sent to specialist" = "requested"
"Parked" = "In Review"

[reason]
"Snowbird" = "distance"
"Left blank" = ""

[service_type]
"Surgical" = "procedure"
"Referral" = ""

[specialty]
"Clinic 7" = "Cardiology"
"Float pool" = "Unknown"
"#;

    fn parsed(text: &str) -> Result<Vocabulary> {
        Vocabulary::parse(Path::new("vocabulary.toml"), text)
    }

    fn error(text: &str) -> String {
        parsed(text).map_or_else(|error| error.to_string(), |_| "fine".to_string())
    }

    #[test]
    fn words_are_read_and_found() {
        let own = parsed(GOOD).unwrap();
        assert_eq!(own.status["parked"], "in_review");
        assert_eq!(own.reason["leftblank"], "");
        assert_eq!(own.service_type["referral"], "");
        assert_eq!(own.specialty("CLINIC-7").unwrap().name(), "Cardiology");
        assert_eq!(own.specialty("float pool"), Some(Meant::Nothing));
        assert_eq!(own.specialty("Cardiology"), None);
        assert!(!own.is_empty() && parsed("").unwrap().is_empty());
    }

    #[test]
    fn a_person_stands_above_everything() {
        let text = "[specialty]\n'207RC0000X' = 'Hepatology'\nCardiology = 'Unknown'\n";
        let own = parsed(text).unwrap();
        let found = find("207rc0000x", &own);
        assert_eq!(found.specialty.unwrap().name, "Hepatology");
        let none = find("cardiology", &own);
        assert_eq!(
            (none.specialty, none.method, none.score),
            (None, Method::Person, 1.0)
        );
        assert_eq!(
            find("Cardiology clinic", &own).specialty.unwrap().name,
            "Cardiology"
        );
    }

    /// A line of the good file, what stands there instead, and what is said of it.
    const MISTAKES: &[(&str, &str, &str)] = &[
        (
            "[status]",
            "[state]",
            "vocabulary.toml, row 2, state: this key is unknown; the nearest known one is 'status'",
        ),
        (
            "\"requested\"",
            "\"requestd\"",
            "vocabulary.toml, row 3, status.\"Sent to specialist\": found 'requestd'; expected requested, in_review, accepted, scheduled, completed, no_show, declined, cancelled, expired, redirected or void; the nearest is 'requested'",
        ),
        (
            "\"requested\"",
            "\"\"",
            "vocabulary.toml, row 3, status.\"Sent to specialist\": found ''; expected requested,",
        ),
        (
            "\"requested\"",
            "5",
            "vocabulary.toml, row 3, status.\"Sent to specialist\": found 5; expected requested,",
        ),
        (
            "\"distance\"",
            "\"distence\"",
            "vocabulary.toml, row 7, reason.Snowbird: found 'distence'; expected duplicate, entered_in_error,",
        ),
        (
            "\"procedure\"",
            "\"operation\"",
            "vocabulary.toml, row 11, service_type.Surgical: found 'operation'; expected consult, procedure, imaging, lab, therapy, dme or post_acute, or \"\" for no value; the nearest is ",
        ),
        (
            "\"Cardiology\"",
            "\"Cardiolgy\"",
            "vocabulary.toml, row 15, specialty.\"Clinic 7\": found 'Cardiolgy'; expected a name of the specialty set, or \"Unknown\" for none; the nearest is 'Cardiology'",
        ),
        (
            "\"Cardiology\"",
            "\"ENT\"",
            "the nearest is 'Otolaryngology'",
        ),
        (
            "\"Parked\"",
            "\"SENT to-specialist\"",
            "vocabulary.toml, row 4, status.\"SENT to-specialist\": the word of line 3 differs only by case, spaces and punctuation and means something else; keep one of the two",
        ),
        (
            "\"Parked\"",
            "\"N/A\"",
            "vocabulary.toml, row 4, status.\"N/A\": this word says that there is no value; take the line out",
        ),
        (
            "\"Parked\" =",
            "\"Parked\"",
            "vocabulary.toml, row 4: is no valid TOML",
        ),
        (
            "[service_type]",
            "[service_type]\nX = { a = 1 }",
            "vocabulary.toml, row 11, service_type.X: found ",
        ),
    ];

    #[test]
    fn every_mistake_is_told_with_its_line() {
        assert_eq!(error(GOOD), "fine");
        for (right, wrong, told) in MISTAKES {
            let said = error(&GOOD.replacen(right, wrong, 1));
            assert!(said.contains(told), "{said}\n{told}");
            assert!(!said.contains('\n'), "{said}");
        }
        let same = "[status]\nParked = 'void'\n'PARKED ' = 'Void'\n";
        assert_eq!(error(same), "fine");
    }

    #[test]
    fn the_fingerprint_knows_words_and_no_order() {
        let own = parsed(GOOD).unwrap();
        let mut blocks: Vec<&str> = GOOD.trim().split("\n\n").collect();
        blocks.reverse();
        let turned = parsed(&blocks.join("\n# a remark\n")).unwrap();
        assert_eq!(own.fingerprint(), turned.fingerprint());
        assert_eq!(Vocabulary::default().fingerprint(), "");
        let other = parsed(&GOOD.replace("Clinic 7", "Clinic 8")).unwrap();
        assert_eq!(own.load_fingerprint(), other.load_fingerprint());
        assert_ne!(own.specialty_fingerprint(), other.specialty_fingerprint());
        let other = parsed(&GOOD.replace("Parked", "Waiting")).unwrap();
        assert_ne!(own.load_fingerprint(), other.load_fingerprint());
        assert_eq!(own.specialty_fingerprint(), other.specialty_fingerprint());
        assert_ne!(own.fingerprint(), other.fingerprint());
    }

    const MAPPING: &str = r#"
table = "referrals"
[recognise]
columns = ["No"]
[columns]
referral_id = "No"
referred_on = "Ordered"
status = "State"
status_reason = { expression = "trim(Why)" }
service_type = { value = "imaging" }
referring_name = "By"
[words.status]
"Parked" = "void"
"Gone" = "cancelled"
"#;

    #[test]
    fn own_words_stand_above_those_of_a_mapping() {
        let files = [(PathBuf::from("own.toml"), MAPPING.to_string())];
        let before = Library::with_own(&files).unwrap();
        let own = format!("{GOOD}\n[status.more]\n");
        assert!(parsed(&own).is_err());
        let own = parsed(&GOOD.replace("\"Surgical\"", "\"imaging\"")).unwrap();
        let after = Library::with_own(&files).unwrap().with_vocabulary(&own);
        let header: Vec<String> = ["No", "Ordered", "State", "Why", "By"]
            .map(String::from)
            .into();
        let read = |library: &Library, column: &str, state: &str, why: &str| {
            let mapping = library.get("own").unwrap();
            let bound = mapping.bind(&header).unwrap();
            let cells = ["1", "2026-01-02", state, why, "A"];
            let at = mapping.table.index(column).unwrap();
            let value = bound
                .value(at)
                .unwrap()
                .read(&|place| cells.get(place).copied());
            value.map(|value| value.into_owned())
        };
        let word = |text: &str| Some(text.to_string());
        assert_eq!(read(&before, "status", "parked", ""), word("void"));
        assert_eq!(read(&after, "status", "PARKED", ""), word("in_review"));
        assert_eq!(read(&after, "status", "Gone", ""), word("cancelled"));
        assert_eq!(
            read(&after, "status", "Sent to specialist", ""),
            word("requested")
        );
        assert_eq!(
            read(&after, "status_reason", "", "snowbird "),
            word("distance")
        );
        assert_eq!(read(&after, "status_reason", "", "Left blank"), None);
        // What the mapping says itself is no word of the export.
        assert_eq!(read(&after, "service_type", "", ""), word("imaging"));
    }

    #[test]
    fn only_mappings_that_the_words_reach_are_other_mappings() {
        let plain = Library::with_own(&[]).unwrap();
        let prints = |library: &Library| -> Vec<(String, String)> {
            let all = library.iter();
            all.map(|m| (m.name.clone(), m.fingerprint().to_string()))
                .collect()
        };
        let of = |own: &Vocabulary| prints(&Library::with_own(&[]).unwrap().with_vocabulary(own));
        assert_eq!(of(&Vocabulary::default()), prints(&plain));
        let specialties = parsed("[specialty]\nX = 'Cardiology'\n").unwrap();
        assert_eq!(of(&specialties), prints(&plain));
        let own = parsed(GOOD).unwrap();
        for ((name, before), (_, after)) in prints(&plain).iter().zip(of(&own)) {
            let mapping = plain.get(name).unwrap();
            let is_reached = mapping.table.table == "referrals";
            assert_eq!(*before != after, is_reached, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}") {
            let _ = parsed(&text);
            let _ = parsed(&format!("[specialty]\n{text}"));
        }
    }
}
