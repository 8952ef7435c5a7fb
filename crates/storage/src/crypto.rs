//! Secrets at rest: AES-256-GCM under a ring of keys, one of which is primary.
//!
//! Each ciphertext is bound to its [`Place`] (table, column, row, account), so that one copied into another row does not open.
//! A new random 96-bit nonce is drawn for each encryption. Rotation: put a new key in front, let
//! [`Store::reencrypt`](crate::Store::reencrypt) run to its end, take the old key out.

mod key_ring;

pub use key_ring::{KeyError, KeyRing};

use aws_lc_rs::digest;

/// What a ciphertext belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
    /// The Instagram account.
    pub account: &'a str,
}

impl Place<'_> {
    /// The additional data: every part with its length in front, so that no two places read alike.
    fn to_bytes(self) -> Vec<u8> {
        [self.table, self.column, self.row, self.account]
            .iter()
            .flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.bytes()))
            .collect()
    }

    /// The place in words, for an error.
    pub(crate) fn name(self) -> String {
        format!("{}.{} of {}", self.table, self.column, self.row)
    }
}

/// A ciphertext with the id of the key that opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The key's id.
    pub key: String,
    /// Nonce, ciphertext and tag, in base64.
    pub text: String,
}

/// Why a ciphertext did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenSealedError {
    /// The key ring has no key with its id.
    #[error("its key is not in the key ring")]
    UnknownKey,
    /// It was altered, cut, or belongs to another place.
    #[error("it was altered or belongs elsewhere")]
    Altered,
}

/// SHA-256 in hexadecimal: how single-use names are kept.
pub(crate) fn hashed(text: &str) -> String {
    use std::fmt::Write as _;

    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The first 64 bits of SHA-256. Two texts that share it by chance look alike, which here only makes us more careful.
pub(crate) fn short_hash(text: &str) -> i64 {
    digest::digest(&digest::SHA256, text.as_bytes())
        .as_ref()
        .iter()
        .take(8)
        .fold(0, |hash: i64, byte| (hash << 8) | i64::from(*byte))
}
