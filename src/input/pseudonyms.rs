//! Patients exist only as keyed hashes: HMAC-SHA-256 of the trimmed identifier with the
//! workspace's key, as 64 hexadecimal digits.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Hashes patient identifiers with one key.
#[derive(Clone)]
pub struct Pseudonyms {
    keyed: Hmac<Sha256>,
}

impl Pseudonyms {
    /// Pseudonyms under a key.
    pub fn new(key: &[u8]) -> Self {
        // HMAC takes a key of any length, so this never fails; an empty key stands in if it did.
        let keyed = Hmac::new_from_slice(key)
            .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
        Self { keyed }
    }

    /// The pseudonym of an identifier.
    pub fn of(&self, identifier: &str) -> String {
        let mut mac = self.keyed.clone();
        mac.update(identifier.trim().as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)] as char);
        out.push(DIGITS[usize::from(byte & 15)] as char);
    }
    out
}
