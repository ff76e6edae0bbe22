//! What identifies a load: the bytes of its file and of those joined to it, its mapping, the
//! vocabulary, its source and time zone. On the way the encoding of the whole file is settled.

use std::fs::File;
use std::io::Read;

use super::container::{Content, Packing};
use super::encoding::{self, Letters};
use super::form::Form;
use super::pseudonyms::hex;
use super::recognition::Recognised;
use super::staging::Settings;
use crate::base::progress::Progress;
use crate::base::{Error, Result};
use crate::mapping::vocabulary;

/// The version of the rules: a change of what is stored makes a load of its own.
const RULES: &str = "3";
const STEP: usize = 1 << 20;

/// What identifies a load before its rows are read.
#[derive(Debug, Clone)]
pub struct Fingerprint {
    /// The load's id.
    pub load_id: String,
    /// The hash of the file's bytes (and of its sheet's name, where it has several).
    pub content_hash: String,
}

/// Says which load a file would be, and settles how its letters are written. `joined` identifies the
/// files that are joined to it.
pub fn fingerprint(
    recognised: &mut Recognised<'_>,
    joined: &[String],
    settings: &Settings<'_>,
    progress: &dyn Progress,
) -> Result<Fingerprint> {
    let (content_hash, letters) = examine(&recognised.content, &recognised.form, progress)?;
    settle_encoding(recognised, &letters);
    let mapping = recognised.mapping;
    let mut hasher = blake3::Hasher::new();
    let said = format!("{:?}", recognised.reading);
    let vocabulary = vocabulary::fingerprint();
    let parts = [
        RULES,
        mapping.table.table,
        mapping.fingerprint(),
        &said,
        settings.source.unwrap_or(&mapping.source),
        settings.zone.name(),
        &vocabulary,
        &content_hash,
    ];
    let files = joined.iter().map(String::as_str);
    for part in parts.into_iter().chain(files) {
        hasher.update(part.as_bytes());
        hasher.update(&[0]);
    }
    Ok(Fingerprint {
        load_id: hex(&hasher.finalize().as_bytes()[..16]),
        content_hash,
    })
}

/// The id of the load of a joined file: its own bytes, and the loads that it was joined to.
pub fn joined_load_id(content_hash: &str, parents: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in std::iter::once(content_hash).chain(parents.iter().map(String::as_str)) {
        hasher.update(&[0]);
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize().as_bytes()[..16])
}

/// What identifies bytes as those of a file that a mapping joins to others.
pub(super) fn joined_content_hash(bytes: &str, mapping: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in ["joined", bytes, mapping] {
        hasher.update(&[0]);
        hasher.update(part.as_bytes());
    }
    hex(hasher.finalize().as_bytes())
}

/// What identifies the bytes of a file.
pub(super) fn content_hash(
    content: &Content,
    form: &Form,
    progress: &dyn Progress,
) -> Result<String> {
    examine(content, form, progress).map(|(hash, _)| hash)
}

fn examine(content: &Content, form: &Form, progress: &dyn Progress) -> Result<(String, Letters)> {
    let is_text = form.encoding.is_some();
    let mut letters = Letters::default();
    let mut hasher = blake3::Hasher::new();
    let mut file =
        File::open(&content.path).map_err(|e| Error::io("can't be read", &content.path, e))?;
    let counts_raw = is_text && content.packing == Packing::Plain;
    let mut block = vec![0; STEP];
    loop {
        let read = file
            .read(&mut block)
            .map_err(|e| Error::io("can't be read", &content.path, e))?;
        if read == 0 {
            break;
        }
        hasher.update(&block[..read]);
        if counts_raw {
            letters.see(&block[..read]);
        }
        progress.advance(read as u64);
    }
    if is_text && !counts_raw {
        let mut text = content.reader()?;
        loop {
            let read = text.read(&mut block).map_err(|e| content.failed(e))?;
            if read == 0 {
                break;
            }
            letters.see(&block[..read]);
        }
    }
    if let Some(sheet) = &form.sheet {
        hasher.update(&[0]);
        hasher.update(sheet.as_bytes());
    }
    Ok((hasher.finalize().to_hex().to_string(), letters))
}

/// The first bytes may be plain where later ones are not: the whole file decides, unless the user
/// did, or a mark stands at its start.
fn settle_encoding(recognised: &mut Recognised<'_>, letters: &Letters) {
    let named = recognised.reading.encoding.is_some() || recognised.mapping.read.encoding.is_some();
    let form = &mut recognised.form;
    form.ends_lines_by_return &= letters.ends_lines_by_return();
    if named || form.is_marked {
        return;
    }
    if form.encoding == Some(encoding_rs::UTF_8) {
        form.encoding = Some(encoding::of_letters(letters));
    }
}
