//! How the letters of a text file are written: UTF-8 with or without a byte order mark, UTF-16,
//! Windows-1252, or whatever the user names. A reader gives the text as UTF-8.

use std::io::Read;
use std::path::Path;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::base::{Error, Result};

const BLOCK: usize = 1 << 18;
const BOM: &[u8] = b"\xef\xbb\xbf";
/// A text may hold one zero among so many bytes.
const ZEROS_A_TEXT_MAY_HOLD: usize = 100;

/// What the bytes of a text file hold, counted over all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Letters {
    /// Sequences that UTF-8 does not know.
    invalid: u64,
    /// Letters of two bytes and more that UTF-8 knows.
    long: u64,
    line_feeds: u64,
    carriage_returns: u64,
    /// The bytes of a letter that the next block ends.
    torn: [u8; 4],
    torn_length: usize,
}

impl Letters {
    /// Counts a block of bytes.
    pub(super) fn see(&mut self, block: &[u8]) {
        self.line_feeds += memchr::memchr_iter(b'\n', block).count() as u64;
        self.carriage_returns += memchr::memchr_iter(b'\r', block).count() as u64;
        if self.torn_length == 0 {
            self.count(block);
            return;
        }
        let mut joined = self.torn[..self.torn_length].to_vec();
        joined.extend_from_slice(block);
        self.torn_length = 0;
        self.count(&joined);
    }

    fn count(&mut self, mut rest: &[u8]) {
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.long += long_letters(text);
                    return;
                }
                Err(error) => {
                    let (sound, bad) = rest.split_at(error.valid_up_to());
                    self.long += std::str::from_utf8(sound).map_or(0, long_letters);
                    match error.error_len() {
                        Some(length) => {
                            self.invalid += 1;
                            rest = &bad[length..];
                        }
                        None => {
                            self.torn_length = bad.len();
                            self.torn[..bad.len()].copy_from_slice(bad);
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Whether lines end as old Macs wrote them.
    pub(super) fn ends_lines_by_return(&self) -> bool {
        self.line_feeds == 0 && self.carriage_returns > 0
    }
}

fn long_letters(text: &str) -> u64 {
    if text.is_ascii() {
        return 0;
    }
    text.bytes().filter(|b| *b >= 0xc0).count() as u64
}

/// The encoding that a user names.
pub(super) fn named(name: &str, path: &Path) -> Result<&'static Encoding> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        Error::usage(format!("'{name}' is no encoding"))
            .at(path)
            .help("name one like utf-8, utf-16le or windows-1252")
    })
}

/// The encoding that a file's first bytes show. `None` where they are no text.
pub(super) fn of_head(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding);
    }
    let sample = &head[..head.len().min(8192)];
    let zeros = |from: usize| {
        sample
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    // Latin letters in UTF-16 have a zero in every other byte, and none in the others.
    if odd * 4 > sample.len() && even * 16 < sample.len() {
        return Some(UTF_16LE);
    }
    if even * 4 > sample.len() && odd * 16 < sample.len() {
        return Some(UTF_16BE);
    }
    if is_binary(head) {
        return None;
    }
    let mut letters = Letters::default();
    letters.see(head);
    Some(of_letters(&letters))
}

/// Whether bytes hold more zeros than slips put into a text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr_iter(0, bytes).count() * ZEROS_A_TEXT_MAY_HOLD > bytes.len()
}

/// The encoding of a file without a mark whose letters were counted. Text that breaks UTF-8 more
/// often than it uses it is Windows-1252; a few torn letters among many sound ones are damage.
pub(super) fn of_letters(letters: &Letters) -> &'static Encoding {
    if letters.invalid > letters.long {
        WINDOWS_1252
    } else {
        UTF_8
    }
}

/// Gives the bytes of a reader as UTF-8, without a byte order mark. What is UTF-8 already is not
/// checked: torn letters stay, so that their record can be named.
pub(super) fn decoded(
    inner: Box<dyn Read + Send>,
    encoding: &'static Encoding,
    ends_lines_by_return: bool,
) -> Box<dyn Read + Send> {
    let text: Box<dyn Read + Send> = if encoding == UTF_8 {
        Box::new(Unmarked {
            inner,
            start: Some(Vec::new()),
        })
    } else {
        Box::new(Decoding {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: Vec::with_capacity(BLOCK),
            ready: Vec::new(),
            at: 0,
            is_done: false,
        })
    };
    if ends_lines_by_return {
        Box::new(Returns { inner: text })
    } else {
        text
    }
}

/// Passes over a byte order mark.
struct Unmarked {
    inner: Box<dyn Read + Send>,
    /// The first bytes, until they are looked at.
    start: Option<Vec<u8>>,
}

impl Read for Unmarked {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let Some(start) = &mut self.start else {
            return self.inner.read(into);
        };
        if start.is_empty() {
            Read::by_ref(&mut self.inner).take(3).read_to_end(start)?;
            if start == BOM {
                start.clear();
            }
        }
        let given = start.len().min(into.len());
        into[..given].copy_from_slice(&start[..given]);
        start.drain(..given);
        if start.is_empty() {
            self.start = None;
            if given == 0 && !into.is_empty() {
                return self.inner.read(into);
            }
        }
        Ok(given)
    }
}

/// Turns another encoding into UTF-8.
struct Decoding {
    inner: Box<dyn Read + Send>,
    decoder: Decoder,
    raw: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    is_done: bool,
}

impl Decoding {
    fn fill(&mut self) -> std::io::Result<()> {
        self.ready.clear();
        self.at = 0;
        self.raw.clear();
        Read::by_ref(&mut self.inner)
            .take(BLOCK as u64)
            .read_to_end(&mut self.raw)?;
        self.is_done = self.raw.len() < BLOCK;
        // Three bytes a letter is the most that any of these encodings needs.
        self.ready.resize(self.raw.len() * 3 + 16, 0);
        let (mut read, mut written) = (0, 0);
        loop {
            let (result, took, gave, _) = self.decoder.decode_to_utf8(
                &self.raw[read..],
                &mut self.ready[written..],
                self.is_done,
            );
            read += took;
            written += gave;
            match result {
                CoderResult::InputEmpty => break,
                CoderResult::OutputFull => self.ready.resize(self.ready.len() + BLOCK, 0),
            }
        }
        self.ready.truncate(written);
        Ok(())
    }
}

impl Read for Decoding {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.ready.len() {
            if self.is_done {
                return Ok(0);
            }
            self.fill()?;
        }
        let given = (self.ready.len() - self.at).min(into.len());
        into[..given].copy_from_slice(&self.ready[self.at..self.at + given]);
        self.at += given;
        Ok(given)
    }
}

/// Ends lines by a line feed where they end by a carriage return.
struct Returns {
    inner: Box<dyn Read + Send>,
}

impl Read for Returns {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let given = self.inner.read(into)?;
        for byte in into[..given].iter_mut().filter(|b| **b == b'\r') {
            *byte = b'\n';
        }
        Ok(given)
    }
}
