//! One request, one effect, however often it arrives.

use crate::store::StoreError;

/// How long a key is remembered, in hours.
pub const KEPT_HOURS: u64 = 24;

/// A client's `Idempotency-Key`, with what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The route it was used on, `POST /api/events`.
    pub route: String,
    /// The client's word, 1 to 255 characters.
    pub key: String,
    /// A hash of the request's body, in hexadecimal.
    pub fingerprint: String,
}

/// What adding something under an [`IdempotencyKey`] came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added<T> {
    /// It was added now.
    New(T),
    /// It had been added before under the same key; this is what was answered then.
    Before(T),
}

impl<T> Added<T> {
    /// What was added, now or before.
    pub fn into_inner(self) -> T {
        match self {
            Self::New(value) | Self::Before(value) => value,
        }
    }
}

/// Why something was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The key was used before with another body.
    #[error("this idempotency key was used with a different request")]
    KeyReused {
        /// The id of what was added then.
        added: String,
    },
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}
