//! The bytes of a file, unpacked where it is compressed: gzip, zstd, or a zip of one file. Nothing
//! that was unpacked ever reaches the disk. What the bytes mean is left to the formats.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::{DeflateDecoder, MultiGzDecoder};

use crate::base::{Error, Result};

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";
/// A zip archive, and with it every Excel workbook.
pub(super) const ZIP: &[u8] = b"PK\x03\x04";
const BUFFER: usize = 1 << 20;

/// How a file's bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Zstd,
    /// The one file of an archive: where its bytes start, how many they are, whether deflated.
    Zip {
        start: u64,
        length: u64,
        deflated: bool,
    },
}

impl Packing {
    /// Its name as a person knows it; none where nothing is packed.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
            Self::Zip { .. } => Some("zip"),
        }
    }
}

/// A file and how it is packed.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub path: PathBuf,
    pub packing: Packing,
}

impl Content {
    /// Looks at a file's first bytes.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let mut start = Vec::new();
        open(path)?
            .take(4)
            .read_to_end(&mut start)
            .map_err(|e| Error::io("can't be read", path, e))?;
        let packing = if start.starts_with(GZIP) {
            Packing::Gzip
        } else if start.starts_with(ZSTD) {
            Packing::Zstd
        } else if start.starts_with(ZIP) {
            only_member(path)?
        } else {
            Packing::Plain
        };
        Ok(Self {
            path: path.to_path_buf(),
            packing,
        })
    }

    /// The unpacked bytes, from the first on.
    pub(super) fn reader(&self) -> Result<Box<dyn Read + Send>> {
        let mut file = open(&self.path)?;
        Ok(match self.packing {
            Packing::Plain => Box::new(file),
            Packing::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file))),
            Packing::Zstd => Box::new(
                zstd::stream::read::Decoder::new(file)
                    .map_err(|e| Error::io("can't be unpacked", &self.path, e))?,
            ),
            Packing::Zip {
                start,
                length,
                deflated,
            } => {
                file.seek(SeekFrom::Start(start))
                    .map_err(|e| Error::io("can't be read", &self.path, e))?;
                let member = BufReader::with_capacity(BUFFER, file.take(length));
                if deflated {
                    Box::new(DeflateDecoder::new(member))
                } else {
                    Box::new(member)
                }
            }
        })
    }

    /// The first unpacked bytes, at most `most` of them.
    pub(super) fn head(&self, most: usize) -> Result<Vec<u8>> {
        let mut head = Vec::new();
        self.reader()?
            .take(most as u64)
            .read_to_end(&mut head)
            .map_err(|e| self.failed(e))?;
        Ok(head)
    }

    /// All unpacked bytes.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        self.reader()?
            .read_to_end(&mut all)
            .map_err(|e| self.failed(e))?;
        Ok(all)
    }

    /// A failure to read on.
    pub(super) fn failed(&self, error: std::io::Error) -> Error {
        match self.packing.name() {
            Some(name) if error.kind() != std::io::ErrorKind::PermissionDenied => {
                Error::input(format!("is damaged: its {name} bytes can't be unpacked"))
                    .at(&self.path)
                    .help("copy or export it again")
            }
            _ => Error::io("can't be read", &self.path, error),
        }
    }
}

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|e| Error::io("can't be read", path, e))
}

/// The one file of an archive. A workbook is an archive too, and is left as it is.
fn only_member(path: &Path) -> Result<Packing> {
    let damaged = || {
        Error::input("is damaged: it can't be unpacked")
            .at(path)
            .help("copy or export it again")
    };
    let mut archive = zip::ZipArchive::new(open(path)?).map_err(|_| damaged())?;
    let names: Vec<String> = (0..archive.len())
        .filter_map(|at| Some(archive.name_for_index(at)?.ok()?.into_owned()))
        .collect();
    if names.iter().any(|n| n == "[Content_Types].xml") {
        return Ok(Packing::Plain);
    }
    // A Mac adds folders and files of its own.
    let mut members = names
        .iter()
        .filter(|n| !n.ends_with('/') && !n.starts_with("__MACOSX") && !n.ends_with(".DS_Store"));
    let (Some(member), None) = (members.next(), members.next()) else {
        return Err(Error::input("is an archive of several files, or of none")
            .at(path)
            .help("unpack it into a folder and load the folder"));
    };
    let file = archive.by_name(member).map_err(|_| {
        Error::input("is an archive that needs a password, or is packed in an unusual way")
            .at(path)
            .help("unpack it and load the file that was in it")
    })?;
    let deflated = match file.compression() {
        zip::CompressionMethod::Stored => false,
        zip::CompressionMethod::Deflated => true,
        _ => {
            return Err(Error::input("is an archive packed in an unusual way")
                .at(path)
                .help("unpack it and load the file that was in it"));
        }
    };
    Ok(Packing::Zip {
        start: file.data_start().ok_or_else(damaged)?,
        length: file.compressed_size(),
        deflated,
    })
}
