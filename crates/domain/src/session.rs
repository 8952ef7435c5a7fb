//! Sessions: who is signed in on the dashboard, and in which browser.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{id::UserId, secret::Secret, store::StoreError};

/// A browser that a user is signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub user: UserId,
    /// Since when.
    pub begun_at: OffsetDateTime,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
}

/// Keeps sessions under ids that only the browser knows: they are stored hashed.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Keeps a session under its `id`. Sessions that ended before `session.begun_at` are deleted.
    async fn begin(&self, id: &Secret, session: &Session) -> Result<(), StoreError>;

    /// The session of this id that has not ended; at its end it has.
    async fn find(&self, id: &Secret, now: OffsetDateTime) -> Result<Option<Session>, StoreError>;

    /// Ends the session of this id for good; nothing happens if there is none.
    async fn end(&self, id: &Secret) -> Result<(), StoreError>;

    /// Ends all sessions of the user.
    async fn end_all(&self, user: &UserId) -> Result<(), StoreError>;
}
