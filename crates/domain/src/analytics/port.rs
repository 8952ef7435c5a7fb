//! The port that reads what figures are made of.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Aged, PageEnd, Published, SheetRow, Shown};
use crate::{
    id::{PostId, UserId},
    metrics::Slot,
    store::StoreError,
};

/// Reads what figures are made of. Nothing of another user is ever among it; no method makes more than one query.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AnalyticsRepository: Send + Sync {
    /// The user's posts that went out at or after `from` and before `until`, the oldest first.
    async fn published(
        &self,
        user: &UserId,
        from: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<Vec<Published>, StoreError>;

    /// The same posts, each with its reading for `slot`.
    async fn published_at(
        &self,
        user: &UserId,
        from: OffsetDateTime,
        until: OffsetDateTime,
        slot: Slot,
    ) -> Result<Vec<Aged>, StoreError>;

    /// What is shown of these posts, where they are the user's; in any order.
    async fn shown(&self, user: &UserId, posts: &[PostId]) -> Result<Vec<Shown>, StoreError>;

    /// At most `limit` of all the user's posts that went out, the newest first, those after `after` where it is given.
    async fn sheet<'a>(
        &self,
        user: &UserId,
        after: Option<&'a PageEnd>,
        limit: usize,
    ) -> Result<Vec<SheetRow>, StoreError>;
}
