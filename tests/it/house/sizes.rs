//! How long files and functions grow, what a file opens with, and what code must not hold.

use super::{above_tests, assert_none, files_below, read, stem};

/// Lines of a file above its tests.
const FILE: usize = 500;
/// Lines of a function, its signature and its last brace included.
const FUNCTION: usize = 60;

/// Functions that may be longer, each with its reason.
const LONG_FUNCTIONS: &[(&str, &str)] = &[
    // One line a key of the configuration.
    ("src/base/config/fingerprint.rs", "every_key_changes_it"),
    // A table of wrong configurations and what is said of each.
    (
        "src/base/config/parse.rs",
        "what_is_wrong_is_refused_with_key_line_finding_and_expectation",
    ),
    // A published algorithm with its constants, for one comparison.
    ("tests/report/page.rs", "sha256"),
];

/// Every Rust file of the project.
fn sources() -> Vec<String> {
    let mut files = files_below("src", ".rs");
    files.extend(files_below("tests", ".rs"));
    files.extend(files_below("benches", ".rs"));
    files.push("build.rs".to_string());
    files
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|f| !read(f).starts_with("//! "))
        .collect();
    assert_none("a file opens with what it is for ('//! ...')", &silent);
}

#[test]
fn files_have_one_subject() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|file| (above_tests(&read(&file)).lines().count(), file))
        .filter(|(lines, _)| *lines > FILE)
        .map(|(lines, file)| format!("{file}: {lines} lines"))
        .collect();
    assert_none("a file has at most 500 lines above its tests", &long);
}

/// The functions of a text that rustfmt wrote, with their lengths: a function ends with the first
/// closing brace that is indented like its beginning.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let Some(name) = function_name(line.trim_start()) else {
            continue;
        };
        let end = format!("{}}}", " ".repeat(indent));
        let opens = lines[at..]
            .iter()
            .position(|l| l.ends_with('{') || l.ends_with(';') || l.ends_with('}'));
        let Some(opens) = opens.filter(|o| lines[at + o].ends_with('{')) else {
            continue;
        };
        if let Some(length) = lines[at + opens..].iter().position(|l| *l == end) {
            found.push((name, opens + length + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<String> {
    let mut words = line.split([' ', '(', '<']);
    loop {
        match words.next()? {
            "pub" | "const" | "async" | "extern" | "unsafe" | "crate)" | "super)" => {}
            "fn" => return words.next().map(str::to_string),
            _ => return None,
        }
    }
}

#[test]
fn functions_stay_short() {
    let mut long = Vec::new();
    let mut seen = 0;
    for file in sources() {
        let all = functions(&read(&file));
        seen += all.len();
        long.extend(
            all.into_iter()
                .filter(|(name, length)| {
                    *length > FUNCTION && !LONG_FUNCTIONS.contains(&(file.as_str(), name))
                })
                .map(|(name, length)| format!("{file}: {name} has {length} lines")),
        );
    }
    assert!(
        seen > 1000,
        "{seen} functions are too few to be the project's"
    );
    assert_none("a function has at most 60 lines", &long);
}

#[test]
fn a_long_function_is_seen() {
    let body = "        let x = 1;\n".repeat(60);
    let text = format!(
        "impl A {{\n    pub(super) fn long(\n        a: u8,\n    ) -> u8 {{\n{body}    }}\n\n    fn short() {{}}\n}}\n"
    );
    assert_eq!(functions(&text), [("long".to_string(), 64)]);
}

#[test]
fn files_are_named_for_what_they_hold() {
    let vague = [
        "utils", "util", "helpers", "helper", "common", "manager", "misc", "shared",
    ];
    let named: Vec<String> = sources()
        .into_iter()
        .filter(|f| {
            f.split('/')
                .any(|part| vague.contains(&part) || vague.contains(&stem(part).as_str()))
        })
        .collect();
    assert_none("a file is named for its subject", &named);
}

/// Lines that may end the program, without a comment beside or above that says why they do not.
fn unexplained(text: &str) -> Vec<String> {
    let ways = [
        ".unwrap()",
        ".expect(",
        "panic!(",
        "todo!(",
        "unreachable!(",
        "unimplemented!(",
    ];
    let lines: Vec<&str> = above_tests(text).lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.split("//").next().unwrap_or(line);
        let explained =
            line.contains("// ") || at > 0 && lines[at - 1].trim_start().starts_with("// ");
        if ways.iter().any(|way| code.contains(way)) && !explained {
            found.push(line.trim().to_string());
        }
    }
    found
}

#[test]
fn nothing_ends_the_program_without_a_reason() {
    let mut found = Vec::new();
    for file in files_below("src", ".rs") {
        found.extend(
            unexplained(&read(&file))
                .into_iter()
                .map(|line| format!("{file}: {line}")),
        );
    }
    assert_none("a line that may panic has its reason beside it", &found);
    assert_eq!(
        unexplained("fn f() {\n    g().unwrap();\n}\n"),
        ["g().unwrap();"]
    );
    assert!(
        unexplained("    // The list is not empty.\n    g().unwrap();\n/// g().unwrap()\n")
            .is_empty()
    );
}

#[test]
fn root_files_hold_no_tests() {
    let crates: Vec<String> = files_below("src", "Cargo.toml")
        .iter()
        .map(|f| f.replace("Cargo.toml", ""))
        .collect();
    let with: Vec<String> = files_below("src", ".rs")
        .into_iter()
        .filter(|f| !crates.iter().any(|c| f.starts_with(c.as_str())))
        .filter(|f| read(f).contains("#[cfg(test)]"))
        .collect();
    assert_none("files of the root crate are tested in tests/it", &with);
}
