//! Which room may use which, and which library each of them alone touches.

use super::{assert_none, code, files_below, read};

/// A room, and the rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("stats", &[]),
    ("network", &[]),
    ("simulate", &["base", "stats"]),
    ("mapping", &["base"]),
    ("input", &["base", "mapping"]),
    ("engine", &["base"]),
    ("lake", &["base", "mapping", "input", "engine"]),
    ("identity", &["base", "mapping", "stats", "engine", "lake"]),
    ("marts", &["base", "engine", "lake", "identity", "network"]),
    ("findings", &["base", "stats", "network", "marts"]),
    ("privacy", &["base"]),
    ("charts", &["base"]),
    ("report", &["base", "charts"]),
    // Files and folders into the lake, as run is the quarter.
    ("intake", &["base", "mapping", "input", "engine", "lake"]),
    // The marts and findings again, for parts of the referrals.
    ("cuts", &["base", "marts", "findings"]),
    // The day as of which marts are asked.
    (
        "standpoint",
        &["base", "engine", "lake", "identity", "marts", "findings"],
    ),
    // The list of referrers again, as of past quarters' ends.
    (
        "backtest",
        &["base", "engine", "lake", "findings", "standpoint"],
    ),
    // Where a number came from, beside the run that made it.
    ("explanation", &["base", "engine", "marts"]),
    // The second half of run: it writes what was found.
    ("papers", &["base", "lake", "findings", "charts", "report"]),
    (
        "run",
        &[
            "base",
            "stats",
            "network",
            "simulate",
            "mapping",
            "input",
            "engine",
            "lake",
            "identity",
            "marts",
            "findings",
            "privacy",
            "charts",
            "report",
            "papers",
            "cuts",
            "standpoint",
            "backtest",
        ],
    ),
    (
        "cli",
        &[
            "base",
            "stats",
            "network",
            "simulate",
            "mapping",
            "input",
            "engine",
            "lake",
            "identity",
            "marts",
            "findings",
            "privacy",
            "charts",
            "report",
            "run",
            "intake",
            "explanation",
            "standpoint",
            "backtest",
        ],
    ),
];

/// Paths that a room may use beyond its rooms, each with its reason.
const BEYOND: &[(&str, &str)] = &[
    // The reasons with their addressable flag are the vocabulary's; marts hand them to SQL.
    ("marts", "mapping::vocabulary"),
    // Whether a new NPI is the old person's is told by two names, and names are compared in one place.
    ("findings", "identity::agreement"),
    ("findings", "identity::Agreement"),
];

/// A library, and the rooms that may touch it.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("statrs", &["stats"]),
    ("petgraph", &["network"]),
    ("rustworkx_core", &["network"]),
    ("rand", &["stats", "network", "simulate"]),
    ("rand_chacha", &["stats", "network", "simulate"]),
    ("rand_distr", &["stats", "network", "simulate"]),
    ("polars", &["input"]),
    ("calamine", &["input"]),
    ("encoding_rs", &["input"]),
    ("zstd", &["input"]),
    ("datafusion", &["engine"]),
    ("deltalake", &["lake"]),
    ("plotters", &["charts"]),
    ("plotters_backend", &["charts"]),
    ("resvg", &["charts"]),
    ("rust_xlsxwriter", &["report"]),
    ("quick_xml", &["report"]),
    ("zip", &["input", "report"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("indicatif", &["cli"]),
];

/// The rooms that are crates of their own; the compiler sees their Cargo.toml alone.
const CRATES: &[&str] = &[
    "base", "stats", "network", "simulate", "mapping", "privacy", "charts", "report",
];

/// The room that a file of src/ stands in; none for lib.rs and main.rs, which are the map.
fn room_of(file: &str) -> Option<&str> {
    let first = file.strip_prefix("src/")?.split('/').next()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (room != "lib" && room != "main").then_some(room)
}

/// What a text of the root crate in this file uses and must not.
fn complaints(file: &str, text: &str) -> Vec<String> {
    let Some(room) = room_of(file) else {
        return Vec::new();
    };
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{file}: the house has no room {room}")];
    };
    let text = code(text);
    let mut found = Vec::new();
    for path in paths_into_the_crate(&text) {
        let used = path.split("::").next().unwrap_or_default();
        let beyond = BEYOND
            .iter()
            .any(|(from, to)| *from == room && path.starts_with(to));
        if used != room && !allowed.contains(&used) && !beyond {
            found.push(format!("{file}: {room} uses {path}"));
        }
    }
    for (library, owners) in LIBRARIES {
        if uses_library(&text, library) && !owners.contains(&room) {
            found.push(format!("{file}: {room} touches {library}"));
        }
    }
    let depth = depth_of(file);
    if text.contains(&"super::".repeat(depth)) {
        found.push(format!("{file}: leaves its room by 'super'"));
    }
    found
}

/// How many times 'super' leads from this file to the crate itself.
fn depth_of(file: &str) -> usize {
    let names = file.strip_prefix("src/").unwrap_or(file).split('/').count();
    if file.ends_with("/mod.rs") {
        names - 1
    } else {
        names
    }
}

/// The paths after `crate::` and `catchment::`, those in braces one by one.
fn paths_into_the_crate(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["crate::", "catchment::"] {
        for (at, _) in text.match_indices(start) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = &text[at + start.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(names_in(group)),
                None => found.push(path_at(rest)),
            }
        }
    }
    found
}

fn path_at(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':')
        .collect()
}

/// The paths of an opened brace, up to where it closes; inner braces belong to their path.
fn names_in(group: &str) -> Vec<String> {
    let (mut open, mut names, mut fresh) = (1, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            ',' if open == 1 => fresh = true,
            c if fresh && (c.is_alphanumeric() || c == '_') => {
                names.push(path_at(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    names
}

fn uses_library(text: &str, library: &str) -> bool {
    let path = format!("{library}::");
    text.match_indices(&path).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

/// What a crate's Cargo.toml depends on and must not.
fn complaints_of_manifest(room: &str, manifest: &str) -> Vec<String> {
    let allowed = ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .map_or(&[][..], |r| r.1);
    let table: toml::Table = manifest.parse().unwrap();
    let Some(dependencies) = table.get("dependencies").and_then(|d| d.as_table()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for name in dependencies.keys() {
        let library = name.replace('-', "_");
        let foreign_room = name
            .strip_prefix("catchment-")
            .is_some_and(|used| !allowed.contains(&used));
        let foreign_library = LIBRARIES
            .iter()
            .any(|(owned, owners)| *owned == library && !owners.contains(&room));
        if foreign_room || foreign_library {
            found.push(format!("src/{room}/Cargo.toml: {room} depends on {name}"));
        }
    }
    found
}

#[test]
fn rooms_use_what_the_table_allows() {
    let crates: Vec<String> = CRATES.iter().map(|room| format!("src/{room}/")).collect();
    let files = files_below("src", ".rs");
    assert!(
        files.len() > 100,
        "{} files are too few to be the project",
        files.len()
    );
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|f| !crates.iter().any(|c| f.starts_with(c.as_str())))
    {
        found.extend(complaints(file, &read(file)));
    }
    for manifest in files_below("src", "Cargo.toml") {
        let room = room_of(&manifest).unwrap();
        assert!(
            CRATES.contains(&room),
            "{room} is a crate that the borders do not know"
        );
        found.extend(complaints_of_manifest(room, &read(&manifest)));
    }
    assert_none("a room uses what it must not", &found);
}

/// The map in lib.rs names every room, and no other.
#[test]
fn the_map_names_the_rooms() {
    let map = read("src/lib.rs");
    let mut named: Vec<&str> = map
        .lines()
        .filter_map(|line| {
            line.strip_prefix("pub ")
                .unwrap_or(line)
                .strip_prefix("mod ")
                .or_else(|| line.split(" as ").nth(1))
        })
        .map(|name| name.trim_end_matches(';'))
        .collect();
    named.sort_unstable();
    let mut known: Vec<&str> = ROOMS
        .iter()
        .map(|r| r.0)
        .filter(|r| {
            !files_below("src", ".rs")
                .iter()
                .all(|f| room_of(f) != Some(r))
        })
        .collect();
    known.sort_unstable();
    assert_eq!(named, known);
}

#[test]
fn a_foreign_use_is_seen() {
    let refused = |file: &str, text: &str| !complaints(file, text).is_empty();
    assert!(refused(
        "src/findings/volume.rs",
        "use crate::engine::Engine;\n"
    ));
    assert!(refused(
        "src/findings/volume.rs",
        "use crate::{base::Table, lake::{Lake, Load}};\n"
    ));
    assert!(refused(
        "src/findings/volume.rs",
        "fn f() { crate::lake::open() }\n"
    ));
    assert!(refused(
        "src/marts/catalogue.rs",
        "use crate::input::recognise;\n"
    ));
    assert!(refused("src/run.rs", "use crate::cli::print;\n"));
    assert!(refused(
        "src/lake/delta.rs",
        "use datafusion::prelude::SessionContext;\n"
    ));
    assert!(refused(
        "src/lake/mod.rs",
        "use super::findings::FINDINGS;\n"
    ));
    assert!(refused(
        "src/lake/delta.rs",
        "use super::super::findings::FINDINGS;\n"
    ));
    assert!(refused("src/attic/old.rs", ""));
    assert!(!refused(
        "src/marts/references.rs",
        "use crate::mapping::vocabulary;\n"
    ));
    assert!(!refused(
        "src/findings/volume.rs",
        "// use crate::engine::Engine;\nuse super::context::Made;\n"
    ));
    assert!(!refused(
        "src/findings/volume.rs",
        "use crate::{base::{Day, Table}, stats::gap};\n"
    ));
    assert!(
        !complaints_of_manifest("stats", "[dependencies]\ncatchment-base.workspace = true\n")
            .is_empty()
    );
    assert!(!complaints_of_manifest("charts", "[dependencies]\nstatrs = \"1\"\n").is_empty());
    assert!(complaints_of_manifest("charts", "[dependencies]\nplotters = \"1\"\n").is_empty());
}
