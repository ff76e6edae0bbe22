//! How SQL is written: head comments, inputs as they are, shelves, lower case, nothing that reads a
//! clock or chance.

use std::collections::BTreeSet;

use catchment::engine::tables_of;
use catchment::findings::FINDINGS;
use catchment::marts::Catalogue;

use super::{assert_none, files_below, read, root, stem};

/// Marts and explanations above the staging shelf that read the lake itself, each with its reason.
const READ_THE_LAKE: &[&str] = &[
    // When a referral was first seen is told by its versions, which staging folds into one.
    "int_source_completeness",
    // What stands behind a run is its loads, which no mart has.
    "run_info",
];

/// Staging marts that join their table to itself, each with its reason.
const JOIN_THEMSELVES: &[&str] = &[
    // Ranking the keys alone and fetching the chosen rows holds far less in memory.
    "stg_referrals",
];

/// Functions whose answer depends on the order of rows, the clock or chance.
const UNSTEADY: &[&str] = &[
    "avg",
    "random",
    "uuid",
    "now",
    "current_date",
    "current_timestamp",
    "current_time",
];

/// A part of the head comment, continued by lines that are indented further.
fn part(text: &str, key: &str) -> Option<String> {
    let head: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("--"))
        .collect();
    let at = head
        .iter()
        .position(|line| line.starts_with(&format!(" {key}: ")))?;
    let mut out = head[at].split_once(": ")?.1.to_string();
    for line in head[at + 1..]
        .iter()
        .take_while(|line| line.starts_with("   "))
    {
        out.push(' ');
        out.push_str(line.trim());
    }
    Some(out)
}

/// The text without comments and quoted texts.
fn bare(text: &str) -> String {
    let code: Vec<&str> = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or(line))
        .collect();
    code.join("\n")
        .split('\'')
        .step_by(2)
        .collect::<Vec<_>>()
        .join("''")
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect()
}

fn complaints(file: &str, text: &str) -> Vec<String> {
    let name = stem(file);
    let is_explanation = file.starts_with("queries/explain/");
    let parts: &[&str] = match is_explanation {
        true => &["title", "key", "adds", "inputs"],
        false => &["title", "grain", "inputs", "definition"],
    };
    let mut found: Vec<String> = parts
        .iter()
        .filter(|key| part(text, key).is_none_or(|p| p.is_empty()))
        .map(|key| format!("{file}: its head comment has no {key}"))
        .collect();
    let said = part(text, "inputs").unwrap_or_default();
    let said: BTreeSet<String> = said.split(',').map(|n| n.trim().to_string()).collect();
    let read = tables_of(&name, text).unwrap();
    if said != read {
        found.push(format!(
            "{file}: says that it reads {said:?}, and reads {read:?}"
        ));
    }
    let bare = bare(text);
    let words = words(&bare);
    if bare.chars().any(char::is_uppercase) {
        found.push(format!("{file}: has upper-case letters outside quotes"));
    }
    for word in UNSTEADY {
        if words.contains(*word) {
            found.push(format!("{file}: uses {word}"));
        }
    }
    let of_the_lake = read.iter().all(|table| table.starts_with("lake_"));
    let joins = words.contains("join") && !JOIN_THEMSELVES.contains(&name.as_str());
    let staged = file.starts_with("queries/staging/");
    if staged && (joins || !of_the_lake || read.len() != 1) {
        found.push(format!(
            "{file}: a staging mart reads one table of the lake and joins nothing else"
        ));
    }
    if !staged
        && read.iter().any(|t| t.starts_with("lake_"))
        && !READ_THE_LAKE.contains(&name.as_str())
    {
        found.push(format!("{file}: reads the lake past the staging shelf"));
    }
    let is_shown = is_explanation || file.starts_with("queries/results/");
    if is_shown && !words.contains("order") {
        found.push(format!("{file}: a result is sorted by its key"));
    }
    found
}

#[test]
fn marts_are_written_as_the_house_writes() {
    let files = files_below("queries", ".sql");
    let found: Vec<String> = files.iter().flat_map(|f| complaints(f, &read(f))).collect();
    assert_none("a mart is not written as the house writes", &found);
}

#[test]
fn marts_stand_on_the_shelf_that_their_name_says() {
    let strays: Vec<String> = files_below("queries", ".sql")
        .into_iter()
        .filter(|file| {
            let name = stem(file);
            if *file == format!("queries/explain/{name}.sql") {
                return false;
            }
            let shelf = match name.split('_').next() {
                Some("stg") => "staging",
                Some("int") => "intermediate",
                _ => "results",
            };
            *file != format!("queries/{shelf}/{name}.sql")
        })
        .collect();
    assert_none(
        "stg_ stands in staging, int_ in intermediate, the rest in results",
        &strays,
    );
}

/// The program reads the head comments as this test does, and every table that a mart selects from
/// is a mart, the lake's, or a small table of the run.
#[test]
fn every_input_has_a_birthplace() {
    let catalogue = Catalogue::read(&root().join("no such folder")).unwrap();
    let mut strangers = Vec::new();
    let known = |name: &str| {
        catalogue.get(name).is_some()
            || ["lake_", "identity_", "reference_", "config_"]
                .iter()
                .any(|shelf| name.starts_with(shelf))
    };
    for mart in catalogue.iter() {
        assert!(
            !mart.title.is_empty() && !mart.definition.is_empty(),
            "{}",
            mart.name
        );
        strangers.extend(
            mart.inputs
                .iter()
                .filter(|i| !known(i))
                .map(|i| format!("{}: {i}", mart.name)),
        );
    }
    // An explanation may read the run's own tables too.
    let made = |name: &str| {
        let table = name.strip_prefix("result_");
        table.is_some_and(|table| FINDINGS.iter().any(|finding| finding.name == table))
    };
    for explanation in catalogue.explanations() {
        let inputs = explanation.inputs.iter();
        let strange = inputs.filter(|input| !known(input) && !made(input));
        strangers
            .extend(strange.map(|input| format!("explanation {}: {input}", explanation.table)));
    }
    assert_none("a mart reads what nobody makes", &strangers);
}

#[test]
fn a_badly_written_mart_is_seen() {
    let good = "-- title: T\n-- grain: npi\n-- inputs: lake_a\n-- definition: Says 'A'.\n--   More.\nselect npi from lake_a\n";
    let file = "queries/staging/stg_a.sql";
    assert_eq!(complaints(file, good), Vec::<String>::new());
    for (from, to) in [
        ("-- title: T\n", ""),
        ("inputs: lake_a", "inputs: lake_a, lake_b"),
        ("select", "SELECT"),
        ("select npi", "select npi, now() as t"),
        (
            "from lake_a\n",
            "from lake_a inner join lake_a as b on b.npi = lake_a.npi\n",
        ),
    ] {
        assert_eq!(complaints(file, &good.replace(from, to)).len(), 1, "{to}");
    }
    assert_eq!(complaints("queries/intermediate/int_a.sql", good).len(), 1);
    assert_eq!(
        complaints("queries/results/a.sql", &good.replace("lake_", "int_")).len(),
        1
    );
}
