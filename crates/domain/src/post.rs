//! Posts: what a person wants to be published.

mod list;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    caption::Caption,
    id::{EventId, PictureId, PostId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    metrics::Metrics,
    part::{Part, Span},
    publication::{Attention, AttentionKind, Publication, Rest, RestCause, Stage, Status},
    quota::Place,
    receipt::Receipt,
    store::StoreError,
    timeline::Entry,
};

pub use list::PostList;

/// How a post came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// For a time that the person gave.
    Scheduled,
    /// "Publish now".
    Now,
    /// The "test" button of an event.
    Test,
    /// Kept without a time.
    Draft,
}

impl Origin {
    /// The word used in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Now => "now",
            Self::Test => "test",
            Self::Draft => "draft",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Scheduled, Self::Now, Self::Test, Self::Draft].into_iter().find(|origin| origin.as_str() == word)
    }
}

/// One thing to be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Whose it is.
    pub user: UserId,
    /// The event it celebrates, if any.
    pub event: Option<EventId>,
    /// Its text.
    pub caption: Caption,
    /// Its picture.
    pub picture: PictureId,
    /// How it came to be.
    pub origin: Origin,
    /// The person's time; a moved time does not change it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub scheduled_for: Option<OffsetDateTime>,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When a person last changed it.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// A post with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRecord {
    /// The post.
    pub post: Post,
    /// Where its publication stands.
    pub publication: Publication,
    /// What is known of it being live.
    pub receipt: Option<Receipt>,
    /// Its engagement, if ever read.
    pub metrics: Option<Metrics>,
    /// Its event's title.
    pub event_title: Option<String>,
    /// The other post of its account that holds the lane: it is being published, or not confirmed yet.
    pub behind: Option<PostId>,
    /// When a person last changed it or something last happened to it, as its timeline tells.
    pub updated_at: OffsetDateTime,
}

impl PostRecord {
    /// When it went out; where it did not, when it was or is to.
    #[must_use]
    pub fn moment(&self) -> Option<OffsetDateTime> {
        self.receipt.as_ref().map(|receipt| receipt.sent_at).or(self.publication.publish_at)
    }

    /// What the person should know: what the publication says, or that it has to wait for another post.
    #[must_use]
    pub fn attention(&self) -> Option<Attention> {
        let waits = self.behind.is_some() && self.publication.stage == Stage::Staged;
        self.publication.attention.clone().or_else(|| {
            waits.then(|| {
                Attention::new(
                    AttentionKind::Behind,
                    "Another post of this account is being published and not confirmed yet. This one is ready; it goes out after that, at its time at the earliest, unless it is too late for it by then.",
                )
            })
        })
    }
}

/// Which posts to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostFilter {
    /// Only those with this status.
    pub status: Option<Status>,
    /// At most this many.
    pub limit: Option<usize>,
    /// Only those after this one in the list (a post id, as UUIDv7 ids are ordered by creation).
    pub after: Option<PostId>,
}

/// Why a post was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddPostError {
    /// The key was used before with another body.
    #[error("this idempotency key was used with a different request")]
    KeyReused {
        /// The id of what was added then.
        added: String,
    },
    /// A test post of the same event is not settled yet.
    #[error("a test post of this event is not settled yet")]
    TestUnsettled,
    /// The connection is gone or no longer works.
    #[error("the connection is gone")]
    NotConnected,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps posts, for people. Someone else's post is like one that does not exist.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PostRepository: Send + Sync {
    /// Adds a post with its publication and first timeline entries, all or nothing; with a key, at most once under it.
    ///
    /// A test post is refused while another test post of the same event is open
    /// ([`Stage::is_open`](crate::publication::Stage::is_open)), and if another one went live at or after its own creation: who pressed twice wanted one. A publication is refused if its connection is not
    /// [working](crate::connection::Health::Working) at that moment.
    async fn add<'a>(
        &self,
        post: &Post,
        publication: &Publication,
        entries: &[Entry],
        key: Option<&'a IdempotencyKey>,
    ) -> Result<Added<PostRecord>, AddPostError>;

    /// The post that was added under this key, as it was answered then.
    ///
    /// # Errors
    ///
    /// [`AddError::KeyReused`] if the key stands for another body.
    async fn find_added(&self, user: &UserId, key: &IdempotencyKey) -> Result<Option<PostRecord>, AddError>;

    /// The user's post with this id.
    async fn find(&self, user: &UserId, id: &PostId) -> Result<Option<PostRecord>, StoreError>;

    /// Those of the user's posts that have one of `ids`, in any order, in one query for each thousand.
    async fn find_all(&self, user: &UserId, ids: &[PostId]) -> Result<Vec<PostRecord>, StoreError>;

    /// The user's post with its timeline, oldest first, in one query.
    async fn find_with_timeline(
        &self,
        user: &UserId,
        id: &PostId,
    ) -> Result<Option<(PostRecord, Vec<Entry>)>, StoreError>;

    /// The user's posts, newest first, in one query.
    async fn list(&self, user: &UserId, filter: &PostFilter) -> Result<Vec<PostRecord>, StoreError>;

    /// A part of a list of the user's posts, in two queries.
    async fn part(&self, user: &UserId, list: &PostList, span: Span) -> Result<Part<PostRecord>, StoreError>;

    /// Of each of `days`, which begin where the one before ends, the first `most` of the user's posts that went out in it, or, where they did
    /// not, were or are to; in two queries. `days` are the beginnings, and the end of the last.
    async fn by_day(
        &self,
        user: &UserId,
        days: &[OffsetDateTime],
        most: usize,
    ) -> Result<Vec<Part<PostRecord>>, StoreError>;

    /// What tells whether anything moved that a person would want to see: a post that goes out, fails, is held or is to be decided, a change of
    /// a person's, an account that works or does not. Two are equal while nothing did; they say nothing else. It costs no more than the user's
    /// open posts, however many others there are.
    async fn pulse(&self, user: &UserId) -> Result<String, StoreError>;

    /// The open test post of the user's event, else the one that went live at or after `since`.
    async fn open_test(
        &self,
        user: &UserId,
        event: &EventId,
        since: OffsetDateTime,
    ) -> Result<Option<PostRecord>, StoreError>;

    /// Stores a person's change: `record.post` and `record.publication`, which took one step of a person since it was read, if neither
    /// its epoch nor its version has moved meanwhile. The epoch is raised and the lease ends. Answers whether it was stored: not either if a
    /// publish request has left meanwhile, which a worker stores without a new epoch, nor if it is to be on its way again through a
    /// connection that does not work, or as a second open test post of its event.
    async fn change(&self, record: &PostRecord, entries: &[Entry]) -> Result<bool, StoreError>;

    /// Removes the user's post with all that is known of it, if its epoch is still `epoch`; answers whether it did.
    async fn remove(&self, user: &UserId, id: &PostId, epoch: i64) -> Result<bool, StoreError>;
}

/// What the other posts of an account say: whether a caption is distinctive, whose a media is, how full a day is.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AccountHistory: Send + Sync {
    /// Whether another post bound to `account` (any user's, any stage) has the same [normalised](Caption::normalised) caption.
    async fn caption_repeats(
        &self,
        account: &crate::id::AccountId,
        post: &PostId,
        normalised: &str,
    ) -> Result<bool, StoreError>;

    /// Which of `media` belong to other posts than `post`.
    async fn owned_by_others(
        &self,
        post: &PostId,
        media: &[crate::id::MediaId],
    ) -> Result<Vec<crate::id::MediaId>, StoreError>;

    /// How many publications of `account` are known to have gone live at or after `since`.
    async fn confirmed_since(&self, account: &crate::id::AccountId, since: OffsetDateTime) -> Result<u32, StoreError>;

    /// The places that posts of `account` (any user's) take in its quota at or after `since`, soonest first: those that went out, at the
    /// time of their request, and those that are open, at their time or, where they were moved, at that.
    async fn places(&self, account: &crate::id::AccountId, since: OffsetDateTime) -> Result<Vec<Place>, StoreError>;

    /// How many posts in 24 h Instagram last allowed `account`; `None` before it told.
    async fn quota_total(&self, account: &crate::id::AccountId) -> Result<Option<u32>, StoreError>;

    /// Lets the account rest: nothing of it is published before `rest.until`. A longer rest that it has already stays.
    async fn rest(&self, account: &crate::id::AccountId, rest: Rest) -> Result<(), StoreError>;

    /// Ends a rest of this cause: what it waited for is done.
    async fn end_rest(&self, account: &crate::id::AccountId, cause: RestCause) -> Result<(), StoreError>;

    /// The rest that `account` has now; `None` once it is over.
    async fn resting(&self, account: &crate::id::AccountId) -> Result<Option<Rest>, StoreError>;

    /// Keeps how many posts in 24 h Instagram allows `account`.
    async fn keep_quota_total(&self, account: &crate::id::AccountId, total: u32) -> Result<(), StoreError>;
}
