//! Fresh workspaces and made territories for the tests, and the program run as a user runs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use catchment::base::Table;
use catchment::base::progress::Silent;
use catchment::simulate::{Settings, simulate};
use tempfile::TempDir;

/// The program with its arguments, without what the tester's environment might add.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_catchment"));
    command
        .args(arguments)
        .env_remove("CATCHMENT_WORKSPACE")
        .env_remove("CATCHMENT_LOG");
    command
}

/// Runs the program and expects it to be done.
pub fn done(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs the program and expects it to fail with a code; gives the message.
pub fn refused(arguments: &[&str], code: i32) -> String {
    let output = run(arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {output:?}"
    );
    String::from_utf8(output.stderr).unwrap()
}

pub fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

/// A made territory in a folder of its own.
pub struct Territory {
    folder: TempDir,
}

impl Territory {
    pub fn make(pcps: u32, quarters: u32, seed: u64) -> Self {
        Self::with(pcps, quarters, seed, false, false)
    }

    pub fn with(pcps: u32, quarters: u32, seed: u64, mess: bool, one_export: bool) -> Self {
        Self::of(&Settings {
            quarters,
            pcps,
            seed,
            mess,
            one_export,
            ..Settings::default()
        })
    }

    pub fn of(settings: &Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        simulate(folder.path(), settings, &Silent).unwrap();
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The rows of a file as maps from column to cell.
    pub fn rows(&self, name: &str) -> Vec<std::collections::BTreeMap<String, String>> {
        read_csv(&self.file(name))
    }

    /// The exports of referrals, by name.
    pub fn exports(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self
            .path()
            .read_dir()
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| {
                p.file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .starts_with("referrals")
            })
            .collect();
        files.sort();
        files
    }
}

/// A workspace in a folder of its own.
pub struct Fresh {
    folder: TempDir,
}

impl Fresh {
    /// A workspace under a key of the tests' own, so that hashes can be compared. Its runs don't look back
    /// at past quarters, which takes long.
    pub fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fresh = Self { folder };
        done(&["init", fresh.text()]);
        fresh.configure("backtest_quarters = 4", "backtest_quarters = 0");
        fresh
    }

    /// A workspace whose runs look back at past quarters too, as a user's do.
    pub fn looking_back(quarters: u32) -> Self {
        let fresh = Self::make();
        let looking = format!("backtest_quarters = {quarters}");
        fresh.configure("backtest_quarters = 0", &looking);
        fresh
    }

    /// Writes something else into catchment.toml.
    pub fn configure(&self, from: &str, to: &str) {
        let path = self.path().join("catchment.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn text(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    pub fn ingest(&self, paths: &[&Path]) -> String {
        let mut arguments = vec!["-w", self.text(), "ingest"];
        arguments.extend(paths.iter().map(|p| p.to_str().unwrap()));
        done(&arguments)
    }

    pub fn run(&self) -> String {
        done(&["-w", self.text(), "run"])
    }

    pub fn out(&self) -> PathBuf {
        self.path().join("out/2026Q3")
    }

    /// A result table's rows as maps from column to cell.
    pub fn table(&self, name: &str) -> Vec<std::collections::BTreeMap<String, String>> {
        read_csv(&self.out().join(format!("tables/{name}.csv")))
    }

    /// The bytes of the files of tables/ themselves, without folders in it, by name.
    pub fn bytes_of_tables(&self) -> std::collections::BTreeMap<String, Vec<u8>> {
        let entries = self.out().join("tables").read_dir().unwrap();
        let files = entries.map(|entry| entry.unwrap().path());
        let named = files.filter(|path| path.is_file()).map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_string();
            (name, std::fs::read(path).unwrap())
        });
        named.collect()
    }

    /// The bytes of every file of tables/, by name.
    pub fn bytes(&self) -> std::collections::BTreeMap<String, Vec<u8>> {
        self.out()
            .join("tables")
            .read_dir()
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_string();
                (name, std::fs::read(path).unwrap())
            })
            .collect()
    }
}

pub fn read_csv(path: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = records(&text).into_iter();
    let header = lines.next().unwrap();
    lines
        .map(|cells| header.iter().cloned().zip(cells).collect())
        .collect()
}

/// The records of a comma-separated text; a reader of the tests' own.
pub fn records(text: &str) -> Vec<Vec<String>> {
    let (mut out, mut record, mut cell, mut quoted) =
        (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                out.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    out
}

/// A table of raw text columns, as a file has them.
pub fn raw_table(name: &str, path: &Path) -> Table {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = records(&text).into_iter();
    let header = rows.next().unwrap();
    let rows: Vec<Vec<String>> = rows.collect();
    let mut out = catchment::base::TableBuilder::new(name);
    for (at, column) in header.iter().enumerate() {
        let cells = rows
            .iter()
            .map(|r| Some(r[at].as_str()).filter(|c| !c.is_empty()));
        out = out.text(column, cells);
    }
    out.finish().unwrap()
}
