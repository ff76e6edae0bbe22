//! Resolutions kept by content in the workspace's `.cache/identity/`: under the hash of the rules,
//! the roster's rows, the names and the answers. What is damaged or missing is made again.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::base::{Table, Workspace};

/// Changes with every change of what resolves a name.
const RULES: &str = "2";

/// The tables that are kept, in their order.
const TABLES: [&str; 3] = ["referring", "referred_to", "review"];

/// The file that says what the others' bytes are.
const DIGEST: &str = "digest";

/// A place for the resolution of one content.
#[derive(Debug)]
pub(super) struct Cache {
    shelf: PathBuf,
    key: String,
}

impl Cache {
    /// The place for what is made of these tables and texts.
    pub(super) fn of(workspace: &Workspace, tables: &[&Table], answers: &[String]) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut add = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        add(env!("CARGO_PKG_VERSION"));
        add(RULES);
        for table in tables {
            add(table.name());
            for column in table.columns() {
                add(&column);
                // Only texts are resolved, and only texts decide.
                if let Ok(texts) = table.text(&column) {
                    for text in texts {
                        add(text.unwrap_or("\u{0}"));
                    }
                }
            }
        }
        answers.iter().for_each(|answer| add(answer));
        Self {
            shelf: workspace.root().join(".cache").join("identity"),
            key: hasher.finalize().to_hex()[..32].to_string(),
        }
    }

    /// The tables as they were stored, or none where they are not there or not whole.
    pub(super) fn load(&self) -> Option<Vec<Table>> {
        let folder = self.shelf.join(&self.key);
        let digest = fs::read_to_string(folder.join(DIGEST)).ok()?;
        let files: Vec<Vec<u8>> = TABLES
            .iter()
            .map(|name| fs::read(path_of(&folder, name)).ok())
            .collect::<Option<_>>()?;
        if digest != digest_of(&files) {
            tracing::warn!("the kept resolutions are damaged and made again");
            return None;
        }
        let tables = TABLES.iter().zip(files);
        tables.map(|(name, bytes)| read(name, bytes)).collect()
    }

    /// Stores tables in the place of whatever was kept. A disk that refuses is no failure: the next
    /// run resolves again.
    pub(super) fn store(&self, tables: &[&Table]) {
        if let Err(error) = self.try_store(tables) {
            tracing::warn!(%error, "the resolutions can't be kept");
        }
    }

    fn try_store(&self, tables: &[&Table]) -> std::io::Result<()> {
        let aside = self.shelf.join(format!(".{}", std::process::id()));
        fs::remove_dir_all(&aside).ok();
        fs::create_dir_all(&aside)?;
        let mut files = Vec::new();
        for (name, table) in TABLES.iter().zip(tables) {
            let mut bytes = Vec::new();
            table
                .to_parquet(&mut bytes)
                .map_err(std::io::Error::other)?;
            fs::write(path_of(&aside, name), &bytes)?;
            files.push(bytes);
        }
        fs::write(aside.join(DIGEST), digest_of(&files))?;
        // Another content's place is of no use any more; who reads it now makes it again.
        for entry in fs::read_dir(&self.shelf)?.flatten() {
            if entry.path() != aside && !entry.file_name().to_string_lossy().starts_with('.') {
                fs::remove_dir_all(entry.path()).ok();
            }
        }
        fs::rename(&aside, self.shelf.join(&self.key))
    }
}

fn path_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.parquet"))
}

fn digest_of(files: &[Vec<u8>]) -> String {
    let mut hasher = blake3::Hasher::new();
    for bytes in files {
        hasher.update(blake3::hash(bytes).as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn read(name: &str, bytes: Vec<u8>) -> Option<Table> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).ok()?;
    let schema = reader.schema().clone();
    let batches: Vec<_> = reader.build().ok()?.collect::<Result<_, _>>().ok()?;
    Table::concat(name, &batches, &schema).ok()
}
