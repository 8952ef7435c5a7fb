//! Occurrences: an event in one year, and the post that it became.
//!
//! An occurrence outlives its post, and its event's date: whatever became of the post, and wherever the event was moved, the same event is
//! not posted by itself twice for one year unless the person asks.

mod calendar;
mod port;

use time::{Date, OffsetDateTime};

use crate::{
    caption::Caption,
    id::{EventId, PictureId, PostId, UserId},
};

pub use port::*;

/// An event in one year, posted by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Whose it is.
    pub user: UserId,
    /// The event; it may be gone.
    pub event: EventId,
    /// The year of its day.
    pub year: i32,
    /// The post that it became; the person may have removed it.
    pub post: PostId,
    /// What we last wrote for it. A post whose text or picture or time is another was changed by hand.
    pub rendition: Rendition,
    /// Whether we cancelled the post, since its event was switched off, moved away or deleted: then it comes back with its event.
    pub is_withdrawn: bool,
    /// Whether there is nothing left to do about it.
    pub is_settled: bool,
}

/// What we last made of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// Of which of its days.
    pub day: Date,
    /// The text.
    pub caption: Caption,
    /// The picture.
    pub picture: PictureId,
    /// What the picture shows, in words that are the same for the same picture.
    pub shows: String,
    /// When it is to be live.
    pub publish_at: OffsetDateTime,
}

/// Why an event will not be posted, or not as its owner may expect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A stable word for it.
    pub code: String,
    /// What is in the way and what to do, for a person.
    pub message: String,
}

impl Problem {
    /// A problem.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}
