//! What can go wrong with any store.

use std::error::Error;

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be reached or is overloaded; the same call may succeed later. A write may or may not have happened.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// What is stored cannot be understood: a decryption that fails, an unknown word. Trying again does not help.
    #[error("what is stored for {what} cannot be read")]
    Damaged {
        /// Table, row and column, without content.
        what: String,
        /// What the reader said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}
