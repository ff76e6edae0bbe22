//! One file, one line: each list against its folder, both ways.

use std::collections::BTreeSet;

use catchment::charts::CHARTS;
use catchment::findings::FINDINGS;
use catchment::input::formats::FORMATS;

use super::{files_below, read, root, stem};

fn set<S: ToString>(names: impl IntoIterator<Item = S>) -> BTreeSet<String> {
    names.into_iter().map(|name| name.to_string()).collect()
}

/// The files directly in a folder (or its folders, where `folders` says so), without these.
fn standing_in(folder: &str, ending: &str, without: &[&str]) -> BTreeSet<String> {
    files_below(folder, ending)
        .iter()
        .filter_map(|file| file.strip_prefix(&format!("{folder}/")))
        .filter(|file| !file.contains('/'))
        .map(stem)
        .filter(|name| !without.contains(&name.as_str()))
        .collect()
}

/// The files of a folder that hold a text.
fn holding(folder: &str, text: &str) -> BTreeSet<String> {
    files_below(folder, ".rs")
        .iter()
        .filter(|f| read(f).contains(text))
        .map(|f| stem(f))
        .collect()
}

#[test]
fn formats_stand_in_their_list() {
    assert_eq!(
        set(FORMATS.iter().map(|f| f.name)),
        standing_in("src/input/formats", ".rs", &["mod"])
    );
}

#[test]
fn findings_stand_in_their_list_and_have_a_page() {
    let listed = set(FINDINGS.iter().map(|f| f.name));
    assert_eq!(listed.len(), FINDINGS.len(), "two findings bear one name");
    assert_eq!(
        listed,
        holding("src/findings", "pub(super) const FINDING: Finding")
    );
    let mut pages = standing_in("docs/methods", ".md", &["README"]);
    // The load report is history: the lake makes it, no finding does.
    assert!(pages.remove("load_report"));
    // Who is who is found out before any finding is made.
    assert!(pages.remove("identity"));
    assert_eq!(listed, pages);
}

#[test]
fn charts_stand_in_their_list() {
    assert_eq!(
        set(CHARTS.iter().map(|c| c.name)),
        holding("src/charts", "pub(crate) const CHART: Chart")
            .union(&holding("src/charts", "pub(super) const CHART: Chart"))
            .cloned()
            .collect()
    );
}

#[test]
fn statistics_stand_in_the_door_of_their_crate() {
    let door = read("src/stats/lib.rs");
    let named: BTreeSet<String> = door
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_string)
        .collect();
    let mut standing = standing_in("src/stats", ".rs", &["lib"]);
    let folders = root()
        .join("src/stats")
        .read_dir()
        .unwrap()
        .flatten()
        .filter(|e| e.path().is_dir());
    standing.extend(folders.map(|e| e.file_name().to_string_lossy().into_owned()));
    assert_eq!(named, standing);
}

/// `Demo(demo::Arguments),` in the clap enum is src/cli/demo.rs, and the help names them all.
#[test]
fn commands_stand_in_the_clap_enum() {
    let door = read("src/cli/mod.rs");
    let listed: BTreeSet<String> = door
        .lines()
        .filter_map(|line| line.trim().strip_suffix("::Arguments),")?.split_once('('))
        .map(|(variant, module)| {
            assert_eq!(
                variant.to_lowercase(),
                module.replace('_', ""),
                "a command is named for its file"
            );
            module.to_string()
        })
        .collect();
    // The terminal renders progress, and several commands share how files are read: no commands.
    assert_eq!(
        listed,
        standing_in("src/cli", ".rs", &["mod", "progress", "reading"])
    );
    let help = assert_cmd::Command::new(env!("CARGO_BIN_EXE_catchment"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for command in &listed {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command} stands in the help:\n{help}"
        );
    }
}

#[test]
fn marts_have_their_tests() {
    let marts: BTreeSet<String> = files_below("queries", ".sql")
        .iter()
        .filter(|file| !file.starts_with("queries/explain/"))
        .map(|f| stem(f))
        .collect();
    assert!(marts.len() >= 30);
    assert_eq!(marts, standing_in("tests/marts", ".slt", &[]));
}

#[test]
fn crates_are_members_and_built_by_default() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let list = |key: &str| -> BTreeSet<String> {
        set(manifest["workspace"][key]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_str().unwrap()))
    };
    let mut standing = set(files_below("src", "Cargo.toml")
        .iter()
        .map(|f| f.replace("/Cargo.toml", "")));
    assert_eq!(list("members"), standing);
    standing.insert(".".to_string());
    assert_eq!(list("default-members"), standing);
}

/// What needs a C or C++ tool chain beyond a compiler, a protocol compiler or a system library is
/// kept out of the dependencies, and every package comes from the public registry.
#[test]
fn dependencies_build_with_cargo_alone() {
    let lock: toml::Table = read("Cargo.lock").parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    let public = "registry+https://github.com/rust-lang/crates.io-index";
    let barred = |name: &str| {
        ["openssl-sys", "openssl-src", "prost-build", "protobuf-src"].contains(&name)
            || name.starts_with("protoc")
    };
    assert!(barred("protoc-bin-vendored"));
    for package in packages {
        let name = package["name"].as_str().unwrap();
        assert!(!barred(name), "{name} is kept out");
        if let Some(source) = package.get("source") {
            assert_eq!(source.as_str(), Some(public), "{name}");
        } else {
            assert!(name.starts_with("catchment"), "{name} comes from nowhere");
        }
    }
}
