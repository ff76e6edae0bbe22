//! The folder a user works in: where its parts lie, how it is found, and its key file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::config::Config;
use crate::error::{Error, Kind, Result};

/// The name of the configuration file; a folder that holds it is a workspace.
pub const CONFIG_FILE: &str = "catchment.toml";
/// The name of the key file.
pub const KEY_FILE: &str = "catchment.key";

/// A workspace on the disk.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace in a folder. Fails where the folder holds no catchment.toml.
    pub fn open(root: &Path) -> Result<Self> {
        if root.join(CONFIG_FILE).is_file() {
            Ok(Self {
                root: root.to_path_buf(),
            })
        } else {
            Err(
                Error::usage(format!("is no workspace: it holds no {CONFIG_FILE}"))
                    .at(root)
                    .help("make one with 'catchment init', or name one with --workspace"),
            )
        }
    }

    /// The workspace that a folder is to become; nothing is checked.
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
        }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.root.join(CONFIG_FILE)
    }

    /// The key file.
    pub fn key_file(&self) -> PathBuf {
        self.root.join(KEY_FILE)
    }

    /// The folder of the lake.
    pub fn lake(&self) -> PathBuf {
        self.root.join("lake")
    }

    /// The folder for files that live as long as one command.
    pub fn scratch(&self) -> PathBuf {
        self.root.join(".scratch")
    }

    /// A new folder of this process's own for files that live as long as one command, or a part of
    /// it; it goes when the returned value does.
    pub fn new_scratch(&self) -> Result<Scratch> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number}", std::process::id());
        let path = self.scratch().join(name);
        // A process of this number may have died here before.
        fs::remove_dir_all(&path).ok();
        fs::create_dir_all(&path).map_err(|e| Error::io("can't be made", &path, e))?;
        Ok(Scratch { path })
    }

    /// A user's own SQL, which takes precedence over the program's.
    pub fn queries(&self) -> PathBuf {
        self.root.join("queries")
    }

    /// A user's own mappings, which take precedence over the program's.
    pub fn mappings(&self) -> PathBuf {
        self.root.join("mappings")
    }

    /// The user's own words of statuses, reasons, kinds of service and specialties.
    pub fn vocabulary_file(&self) -> PathBuf {
        self.root.join("vocabulary.toml")
    }

    /// The folder of all results.
    pub fn results(&self) -> PathBuf {
        self.root.join("out")
    }

    /// The folder of a quarter's results.
    pub fn out(&self, quarter: crate::Quarter) -> PathBuf {
        self.results().join(quarter.to_string())
    }

    /// Reads and checks the configuration.
    pub fn config(&self) -> Result<Config> {
        let path = self.config_file();
        let text = fs::read_to_string(&path).map_err(|e| Error::io("can't be read", &path, e))?;
        Config::parse(&text).map_err(|e| e.at(&path))
    }

    /// Reads the key that patient ids are hashed with.
    pub fn key(&self) -> Result<Vec<u8>> {
        let path = self.key_file();
        let text = fs::read_to_string(&path).map_err(|e| {
            let is_gone = e.kind() == std::io::ErrorKind::NotFound;
            let error = Error::io("the key file can't be read", &path, e);
            if is_gone {
                error.help("restore it from your backup: without it, patients can't be matched with what is loaded")
            } else {
                error
            }
        })?;
        let key = decode_hex(text.trim()).filter(|key| key.len() >= 16);
        key.ok_or_else(|| {
            Error::new(Kind::Input, "the key file is damaged")
                .at(&path)
                .help("restore it from your backup")
        })
    }

    /// Writes a new key file (32 bytes as hexadecimal digits, mode 0600). An existing one stays.
    pub fn write_key(&self, key: &[u8; 32]) -> Result<()> {
        let path = self.key_file();
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = match options.open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
            Err(e) => return Err(Error::io("can't be written", &path, e)),
        };
        let mut text: String = key.iter().map(|b| format!("{b:02x}")).collect();
        text.push('\n');
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|e| Error::io("can't be written", &path, e))
    }
}

/// A folder that is deleted when this value goes.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.path).ok();
        // The folder above goes too where no other process uses it.
        if let Some(parent) = self.path.parent() {
            fs::remove_dir(parent).ok();
        }
    }
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16).map(|d| d as u8);
    if text.len() % 2 == 1 {
        return None;
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(digit(pair[0])? * 16 + digit(pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_once_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(dir.path());
        workspace.write_key(&[7; 32]).unwrap();
        workspace.write_key(&[8; 32]).unwrap();
        assert_eq!(workspace.key().unwrap(), vec![7; 32]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(workspace.key_file())
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_key_and_a_plain_folder_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(KEY_FILE), "zz").unwrap();
        assert!(Workspace::at(dir.path()).key().is_err());
        assert!(Workspace::open(dir.path()).is_err());
    }
}
