//! The ports through which events become posts.

use async_trait::async_trait;
use time::{Date, OffsetDateTime};

use super::{Occurrence, Problem};
use crate::{
    event::Event,
    id::{EventId, UserId},
    post::{Post, PostRecord},
    publication::Publication,
    store::StoreError,
    timeline::Entry,
};

/// An event that was handed out to be looked at. It may be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueEvent {
    /// Whose it is.
    pub user: UserId,
    /// Which.
    pub event: EventId,
    /// Until when nobody else is given it: what this look is told from others by.
    pub until: OffsetDateTime,
}

/// Says which events are to be looked at, and what is in their way.
///
/// An event is due at once when it is added, changed or deleted and when a post of it goes live, in the same step, and when its owner's
/// preferences or account change.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait EventAgenda: Send + Sync {
    /// Hands out the event that is due at `now` for the longest and of none of the `busy` users, and nobody else before `until`, unless it
    /// becomes due at once meanwhile; `None` if there is none.
    async fn take_due_event(
        &self,
        now: OffsetDateTime,
        until: OffsetDateTime,
        busy: &[UserId],
    ) -> Result<Option<DueEvent>, StoreError>;

    /// Hands out this event of the user's in the same way, due or not; `None` if there never was one.
    async fn take_event(
        &self,
        user: &UserId,
        event: &EventId,
        until: OffsetDateTime,
    ) -> Result<Option<DueEvent>, StoreError>;

    /// Stores when to look again, never if `next` is none, and what is in the way; not if the event became due at once or was handed out
    /// again since, of which the answer tells.
    async fn looked_at<'a>(
        &self,
        due: &DueEvent,
        next: Option<OffsetDateTime>,
        problem: Option<&'a Problem>,
    ) -> Result<bool, StoreError>;

    /// Those of the user's events of the first day to the last that something stands in the way of, the nearest first, at most `limit`.
    async fn hindered(
        &self,
        user: &UserId,
        first: Date,
        last: Date,
        limit: usize,
    ) -> Result<Vec<(Event, Problem)>, StoreError>;

    /// What stands in the way of the user's events.
    async fn problems(&self, user: &UserId) -> Result<Vec<(EventId, Problem)>, StoreError>;
}

/// What making an occurrence came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    /// It and its post are there now.
    Made,
    /// It was there already; nothing was stored.
    Exists,
    /// The event is gone or another than was seen; nothing was stored.
    EventChanged,
    /// The connection is gone or no longer works; nothing was stored.
    NotConnected,
    /// Its time had passed when the database was adopted, so that the lost one may have posted it; nothing was stored.
    MayBeLive,
}

/// Keeps occurrences, and each one's post in step with it. Every method is atomic.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OccurrenceRepository: Send + Sync {
    /// The user's occurrences, of one event or of all, that are not settled or of `from_year` or a later one; by event and year.
    async fn occurrences<'a>(
        &self,
        user: &UserId,
        event: Option<&'a EventId>,
        from_year: i32,
    ) -> Result<Vec<Occurrence>, StoreError>;

    /// Adds an occurrence and its post with publication and timeline, if the event was last changed at `seen` and has none in that year.
    async fn make(
        &self,
        occurrence: &Occurrence,
        post: &Post,
        publication: &Publication,
        entries: &[Entry],
        seen: OffsetDateTime,
    ) -> Result<Making, StoreError>;

    /// Puts `occurrence` in its own place together with a change of its post, by the rules of
    /// [`PostRepository::change`](crate::post::PostRepository::change); answers whether it did.
    async fn tend(&self, occurrence: &Occurrence, record: &PostRecord, entries: &[Entry]) -> Result<bool, StoreError>;

    /// Stores that nothing is left to do about an occurrence, if its post is still at `epoch`, or still gone where that is none; answers whether
    /// it did.
    async fn settle(&self, occurrence: &Occurrence, epoch: Option<i64>) -> Result<bool, StoreError>;

    /// Forgets an occurrence, if it still has the same post: it may be made again. The event is due at once. A post that could be set on its
    /// way again is given as `left`, changed in the same step by the rules of [`PostRepository::change`](crate::post::PostRepository::change),
    /// so that whoever read it before does not send it beside the new one. Answers whether it did.
    async fn forget<'a>(
        &self,
        occurrence: &Occurrence,
        left: Option<&'a PostRecord>,
        entries: &[Entry],
    ) -> Result<bool, StoreError>;
}
