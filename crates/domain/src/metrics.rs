//! Engagement of a published post.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{
    id::{AccountId, ConnectionId, PostId, UserId},
    receipt::Receipt,
    store::StoreError,
};

/// Engagement as Instagram last reported it. A member that Instagram has not reported is `None`, never 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Likes.
    pub likes: Option<u64>,
    /// Comments.
    pub comments: Option<u64>,
    /// Shares.
    pub shares: Option<u64>,
    /// Views, which replaced impressions for media made after 1 July 2024. RATS calls them impressions.
    pub views: Option<u64>,
    /// Accounts reached.
    pub reach: Option<u64>,
    /// Saves.
    pub saved: Option<u64>,
    /// Likes, saves, comments and shares together, less their undoing.
    pub total_interactions: Option<u64>,
    /// When Instagram last answered.
    pub measured_at: Option<OffsetDateTime>,
}

impl Metrics {
    /// These numbers, with what they lack taken from `older`.
    #[must_use]
    pub fn or(self, older: &Self) -> Self {
        Self {
            likes: self.likes.or(older.likes),
            comments: self.comments.or(older.comments),
            shares: self.shares.or(older.shares),
            views: self.views.or(older.views),
            reach: self.reach.or(older.reach),
            saved: self.saved.or(older.saved),
            total_interactions: self.total_interactions.or(older.total_interactions),
            measured_at: self.measured_at.or(older.measured_at),
        }
    }
}

/// A published post whose metrics are to be read.
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
}

/// Keeps the last metrics of each post and when to read them next.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MetricsRepository: Send + Sync {
    /// Published posts whose next reading is at or before `now`, oldest due first, of living connections.
    /// Each one handed out is put off by 5 minutes in the same step, so that two processes do not read the same one.
    async fn take_due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueMetrics>, StoreError>;

    /// When the next reading is due, if any is.
    async fn next_due(&self) -> Result<Option<OffsetDateTime>, StoreError>;

    /// Stores what was read (`None`: nothing new) and when to read next (`None`: never again).
    async fn record<'a>(
        &self,
        post: &PostId,
        metrics: Option<&'a Metrics>,
        next: Option<OffsetDateTime>,
    ) -> Result<(), StoreError>;

    /// The last metrics of a post, if ever read.
    async fn find(&self, post: &PostId) -> Result<Option<Metrics>, StoreError>;
}
