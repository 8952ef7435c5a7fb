//! The port that keeps posts' numbers.

use async_trait::async_trait;
use time::{Duration, OffsetDateTime};

use super::{Collection, Metric, Metrics, Snapshot, may_still_grow};
use crate::{
    id::{AccountId, ConnectionId, PostId, UserId},
    receipt::Receipt,
    store::StoreError,
    timeline::Entry,
};

/// For how long nobody else is handed a post that was handed out.
pub const HANDED_OUT: Duration = Duration::minutes(5);

/// A published post whose numbers are to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueMetrics {
    /// The post.
    pub post: PostId,
    /// Whose it is.
    pub user: UserId,
    /// The account it was published to.
    pub account: AccountId,
    /// The connection it was published through.
    pub connection: ConnectionId,
    /// What is known of its publication; where its media or permalink is unknown, that is looked for.
    pub receipt: Receipt,
    /// Where its collection stands; `next_at` is when this reading was due.
    pub collection: Collection,
}

/// What a reading came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What was read, if anything.
    pub snapshot: Option<Snapshot>,
    /// Where the collection stands from now on.
    pub collection: Collection,
    /// What the person is told of it.
    pub entries: Vec<Entry>,
}

/// Everything that is kept of a post's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// What is known of its publication; `None` before it is live.
    pub receipt: Option<Receipt>,
    /// Each number as Instagram last told it; `None` before it told any.
    pub metrics: Option<Metrics>,
    /// Where its collection stands.
    pub collection: Collection,
    /// Whether the connection that it was published through works.
    pub is_connected: bool,
    /// Every reading, the oldest first.
    pub snapshots: Vec<Snapshot>,
}

impl History {
    /// When Instagram last told this number.
    #[must_use]
    pub fn told_at(&self, metric: Metric) -> Option<OffsetDateTime> {
        let telling = |snapshot: &&Snapshot| metric.of(&snapshot.numbers).is_some();
        self.snapshots.iter().rfind(telling).map(|snapshot| snapshot.taken_at)
    }

    /// Whether its numbers may lack what had happened when interactions and reach were last told, since Instagram's lag; `None` before
    /// anything was read.
    #[must_use]
    pub fn may_still_grow(&self) -> Option<bool> {
        let (receipt, metrics) = (self.receipt.as_ref()?, self.metrics.as_ref()?);
        Some(may_still_grow(receipt.sent_at, metrics.told_at()))
    }
}

/// Keeps the numbers of each post, and when to read them next.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MetricsRepository: Send + Sync {
    /// Published posts whose next reading is at or before `now`, oldest due first, of living connections.
    ///
    /// Each one handed out is put off by [`HANDED_OUT`] in the same step, so that two processes do not read the same one. Those of other
    /// connections are put off by an hour and a part of another half, each by its own, so that they do not stand in the way and do not all come
    /// back at once; beyond [`LAST_AGE`](super::schedule::LAST_AGE) they are never read again. One that is damaged is put off and left out.
    async fn take_due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueMetrics>, StoreError>;

    /// Puts readings off to a time each.
    async fn put_off(&self, later: &[(PostId, OffsetDateTime)]) -> Result<(), StoreError>;

    /// Stores what a reading came to. A snapshot whose slot is known already is not stored again and changes no number, nor does an older one
    /// change a last number; so the same again is harmless, and every number is some snapshot's.
    async fn record(&self, post: &PostId, reading: &Reading) -> Result<(), StoreError>;

    /// Whether numbers of another post of `account` than `post` were read at or after `since`.
    async fn others_read(&self, account: &AccountId, post: &PostId, since: OffsetDateTime) -> Result<bool, StoreError>;

    /// Everything that is kept of the numbers of the user's post; `None` where they have no such post.
    async fn history(&self, user: &UserId, post: &PostId) -> Result<Option<History>, StoreError>;
}
