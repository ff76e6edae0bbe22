//! Words that the project's texts do not have: places of one machine, tools that wrote them, and
//! work put off.

use std::collections::BTreeSet;

use super::{assert_none, files_below, read};

/// What reads as a place or as talk of tools, in lower case; a star stands for any letters.
const EVERYWHERE: &[&str] = &[
    "/work/",
    "/root/",
    "/tmp/",
    "c:\\",
    "index.crates",
    "static.crates.io",
    "pypi.org",
    "artifactory",
    "jfrog",
    "localhost",
    "issue #",
    "gpt",
    "claude",
    "copilot",
    "chatbot",
    "language model",
    "subagent",
];

/// Words that stand alone, with the folders in which they have a meaning of their own.
const WHOLE_WORDS: &[(&str, &[&str])] = &[
    ("helper", &[]),
    ("helpers", &[]),
    ("agent", &[]),
    ("agents", &[]),
    // Physician assistants refer, too.
    (
        "assistant",
        &[
            "src/base/",
            "src/simulate/",
            "src/identity/",
            "docs/",
            "layouts/",
        ],
    ),
    // An engine's session is DataFusion's word.
    (
        "session",
        &[
            "src/engine/",
            "src/lib.rs",
            "src/marts/",
            "docs/",
            "ARCHITECTURE.md",
        ],
    ),
    ("sessions", &["src/engine/", "docs/"]),
];

/// Marks of work put off, as they are written.
const PUT_OFF: &[&str] = &["TODO", "FIXME", "XXX", "HACK", "WIP"];

/// Files that speak of other things by others' words: lists of licences, locked versions, tables of
/// places, and this list itself.
const NOT_OURS: &[&str] = &[
    "Cargo.lock",
    "THIRD_PARTY.md",
    "LICENSE",
    "reference/",
    "data-samples/",
    "tests/it/house/",
];

fn complaints(file: &str, text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut found: Vec<String> = EVERYWHERE
        .iter()
        .filter(|part| lower.contains(*part))
        .map(|part| format!("{file}: '{part}'"))
        .collect();
    let words: BTreeSet<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect();
    let put_off = PUT_OFF.iter().filter(|mark| words.contains(*mark));
    found.extend(put_off.map(|mark| format!("{file}: '{mark}'")));
    let allowed = |folders: &[&str]| folders.iter().any(|folder| file.starts_with(folder));
    for (word, _) in WHOLE_WORDS.iter().filter(|(_, folders)| !allowed(folders)) {
        if lower
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|w| w == *word)
        {
            found.push(format!("{file}: the word '{word}'"));
        }
    }
    found
}

#[test]
fn the_project_speaks_of_itself_alone() {
    let texts = [
        ".rs", ".sql", ".slt", ".md", ".toml", ".css", ".js", ".html", ".py", ".txt", ".ci/run",
        ".snap",
    ];
    let mut files: Vec<String> = texts
        .iter()
        .flat_map(|ending| files_below("", ending))
        .collect();
    files.retain(|file| !NOT_OURS.iter().any(|other| file.starts_with(other)));
    assert!(
        files.len() > 250,
        "{} texts are too few to be the project",
        files.len()
    );
    let found: Vec<String> = files.iter().flat_map(|f| complaints(f, &read(f))).collect();
    assert_none("a text speaks of what is not the project", &found);
}

#[test]
fn a_foreign_word_is_seen() {
    assert_eq!(complaints("src/a.rs", "// TODO: later").len(), 1);
    assert_eq!(complaints("src/a.rs", "let path = \"/root/x\";").len(), 1);
    assert_eq!(complaints("docs/a.md", "as the agent said").len(), 1);
    assert_eq!(complaints("src/lake/a.rs", "this session").len(), 1);
    assert!(complaints("src/engine/a.rs", "this session, a reagent, obsession").is_empty());
}
