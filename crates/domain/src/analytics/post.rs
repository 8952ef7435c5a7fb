//! Posts as figures are made of them.

use time::OffsetDateTime;

use crate::{
    event::EventKind,
    id::{EventId, PictureId, PostId},
    metrics::{CollectionState, Metrics, Snapshot, may_still_grow},
    picture::PictureSource,
};

/// A post that went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The post.
    pub post: PostId,
    /// When its publish request left, which is when it went live within seconds: the moment that it counts for.
    pub sent_at: OffsetDateTime,
    /// What its picture is; `None` where that is not known any more.
    pub picture: Option<PictureSource>,
    /// What kind of event it celebrated when it went out; `None`: no event.
    pub event: Option<EventKind>,
    /// Each number as Instagram last told it, if it told any.
    pub metrics: Option<Metrics>,
}

impl Published {
    /// Whether its numbers may lack what had happened when interactions and reach were told, since Instagram's lag. Likes alone, which are
    /// told without the permission for insights, settle nothing.
    #[must_use]
    pub fn may_still_grow(&self) -> bool {
        self.metrics.is_none_or(|metrics| may_still_grow(self.sent_at, metrics.told_at()))
    }
}

/// A post that went out, with its numbers at a planned age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aged {
    /// The post.
    pub post: PostId,
    /// When its publish request left.
    pub sent_at: OffsetDateTime,
    /// The reading for that age, where there is one.
    pub snapshot: Option<Snapshot>,
}

/// What is shown of a post beside its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The post.
    pub post: PostId,
    /// Its text.
    pub caption: String,
    /// Its picture.
    pub picture: PictureId,
    /// Its public address, where it is known.
    pub permalink: Option<String>,
    /// Its event and that one's title, while it is there.
    pub event: Option<(EventId, String)>,
}

/// A line of a sheet of all posts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// The post with its numbers.
    pub published: Published,
    /// What is shown of it.
    pub shown: Shown,
    /// Where the reading of its numbers stands.
    pub state: CollectionState,
}

/// Where a page ended, so that the next one goes on after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageEnd {
    /// When its last post went out.
    pub sent_at: OffsetDateTime,
    /// Its last post.
    pub post: PostId,
}
