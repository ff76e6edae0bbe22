//! A folder of files beside a fresh workspace: what the program says when it takes them in, and what is
//! stored then. Every load that it reports is held to the identity of rows.

use std::path::{Path, PathBuf};
use std::process::Output;

use catchment::base::Workspace;
use catchment::engine::{Engine, Parameters};
use catchment::lake::Snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::workspace::{Fresh, done, program};

/// What each row became; these add up to the rows read.
const FATES: [&str; 6] = [
    "accepted",
    "superseded",
    "duplicate",
    "quarantined",
    "set_aside",
    "joined",
];

/// Files that wait, and the workspace that takes them in.
pub struct Inbox {
    pub fresh: Fresh,
    folder: TempDir,
}

/// What the program said of one call.
#[derive(Debug)]
pub struct Said {
    /// The lines as the files were read.
    pub lines: String,
    /// One report a file.
    pub reports: Vec<Value>,
    pub code: i32,
}

impl Inbox {
    pub fn make() -> Self {
        Self {
            fresh: Fresh::make(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes a mapping of the workspace's own.
    pub fn mapping(&self, name: &str, text: &str) -> &Self {
        let folder = self.fresh.path().join("mappings");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
        self
    }

    /// Takes the whole folder in.
    pub fn take(&self, options: &[&str]) -> Said {
        self.take_path(self.folder.path(), options)
    }

    pub fn take_path(&self, path: &Path, options: &[&str]) -> Said {
        self.take_paths(&[path.to_path_buf()], options)
    }

    pub fn take_paths(&self, paths: &[PathBuf], options: &[&str]) -> Said {
        let mut arguments = vec!["-w", self.fresh.text(), "ingest", "--json"];
        arguments.extend(options);
        arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
        Said::of(&program(&arguments).output().unwrap())
    }

    /// Takes in a folder that the program must refuse in one line.
    pub fn refused(&self, options: &[&str]) -> String {
        let said = self.take(options);
        assert_ne!(said.code, 0, "{said:?}");
        let complaints: Vec<&str> = said
            .lines
            .lines()
            .filter(|line| line.starts_with("catchment: ") && !line.contains("could not be loaded"))
            .collect();
        assert_eq!(complaints.len(), 1, "{said:?}");
        complaints[0].to_string()
    }

    /// The answer to a query as CSV.
    pub fn ask(&self, sql: &str) -> String {
        done(&["-w", self.fresh.text(), "query", sql, "--format", "csv"])
    }

    /// The rows of an answer to a query.
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        crate::workspace::records(&self.ask(sql)).split_off(1)
    }

    /// Adds a section, its header first, to the workspace's configuration.
    pub fn configure(&self, text: &str) {
        let path = self.fresh.path().join("catchment.toml");
        let old = std::fs::read_to_string(&path).unwrap();
        let (header, keys) = text.split_once('\n').unwrap_or((text, ""));
        let place = format!("\n{header}\n");
        let new = match old.contains(&place) {
            true => old.replacen(&place, &format!("{place}{keys}\n"), 1),
            false => format!("{old}\n{text}\n"),
        };
        std::fs::write(&path, new).unwrap();
    }

    /// The rows of an answer from the lake's own tables, which asks for no quarter.
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let scratch = tempfile::tempdir().unwrap();
        let engine = Engine::new(scratch.path(), Some(1 << 30), Some(2)).unwrap();
        let workspace = Workspace::at(self.fresh.path());
        let snapshot = Snapshot::read(&engine, &workspace).unwrap();
        snapshot.register(&engine).unwrap();
        let table = engine.query("asked", sql, &Parameters::new()).unwrap();
        (0..table.rows())
            .map(|row| {
                let columns = table.columns();
                columns
                    .iter()
                    .map(|c| table.cell(c, row).unwrap())
                    .collect()
            })
            .collect()
    }

    /// The first cell of an answer.
    pub fn cell(&self, sql: &str) -> String {
        self.rows(sql)[0][0].clone()
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let lines = String::from_utf8(output.stderr.clone()).unwrap();
        assert!(!lines.contains("panicked"), "{lines}");
        let reports: Vec<Value> = match output.stdout.as_slice() {
            b"" => Vec::new(),
            text => serde_json::from_slice(text).unwrap(),
        };
        for report in reports.iter().filter(|r| r.get("rows_read").is_some()) {
            let sum: u64 = FATES.iter().map(|fate| number(report, fate)).sum();
            assert_eq!(number(report, "rows_read"), sum, "{report}");
        }
        Self {
            lines,
            reports,
            code: output.status.code().unwrap_or(-1),
        }
    }

    /// The report of the only file that was loaded.
    pub fn only(&self) -> &Value {
        let mut loaded = self.reports.iter().filter(|r| r["fate"] == "loaded");
        match (loaded.next(), loaded.next()) {
            (Some(report), None) => report,
            _ => panic!("not one load: {self:?}"),
        }
    }

    /// The report of a file (or of one of its sheets).
    pub fn file(&self, name: &str) -> &Value {
        self.reports
            .iter()
            .find(|r| r["file"] == name)
            .unwrap_or_else(|| panic!("no report of {name}: {self:?}"))
    }

    /// The line of a file, without its folder.
    pub fn line(&self, name: &str) -> String {
        let line = self.lines.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("no line of {name}: {self:?}"));
        line[line.find(name).unwrap()..].to_string()
    }
}

/// A count of a report.
pub fn number(report: &Value, key: &str) -> u64 {
    report[key].as_u64().unwrap()
}

/// How often a reason quarantined a row.
pub fn reason(report: &Value, code: &str) -> u64 {
    report["quarantined_by_reason"][code].as_u64().unwrap_or(0)
}
