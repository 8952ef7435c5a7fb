//! Posts and events by the day.

use std::sync::Arc;

use rats_domain::{
    event::{Event, EventFilter},
    id::{PostId, UserId},
    post::PostRecord,
    publication::Stage,
    zone::Zone,
};
use time::Date;

use crate::{
    Ports, Refusal,
    post::{Change, EditPost, FindPost, PostChanges, Scheduled},
};

/// What is on some days.
#[derive(Clone, Debug)]
pub struct Days {
    /// The posts that went out or are to, the soonest first.
    pub posts: Vec<PostRecord>,
    /// The events, by date.
    pub events: Vec<Event>,
}

/// Shows some days.
pub struct ShowDays(pub Arc<Ports>);

impl ShowDays {
    /// What is on the days from `first` to `last`, both included, in a time zone. Two queries.
    pub async fn run(&self, user: &UserId, first: Date, last: Date, zone: &Zone) -> Result<Days, Refusal> {
        let beyond = || Refusal::field("day", "This day is too close to an end of the calendar.");
        let from = zone.start_of(first).ok_or_else(beyond)?;
        let until = last.next_day().and_then(|next| zone.start_of(next)).ok_or_else(beyond)?;
        Ok(Days {
            posts: self.0.posts.between(user, from, until).await?,
            events: self.0.events.list(user, EventFilter::Between(first, last)).await?,
        })
    }
}

/// Moves a post to another day.
pub struct MoveToDay(pub Arc<Ports>);

impl MoveToDay {
    /// Gives the post another day and leaves it the time of the day that it has in the time zone. `seen` is the version that the person saw.
    ///
    /// # Errors
    ///
    /// As [`EditPost`]'s; [`Refusal::Conflict`] for a post without a time, and for one that is not on its way.
    pub async fn run(
        &self,
        user: &UserId,
        id: &PostId,
        day: Date,
        zone: &Zone,
        seen: Option<i64>,
    ) -> Result<Scheduled, Refusal> {
        let (record, _) = FindPost(self.0.clone()).run(user, id).await?;
        let timeless = || Refusal::conflict("timeless", "This post has no time yet. Give it one on its own page.");
        let at = record.moment().ok_or_else(timeless)?;
        if !is_on_its_way(record.publication.stage) {
            // A day by itself must not bring back what was cancelled or failed.
            return Err(Refusal::conflict(
                "not_scheduled",
                "This post is not on its way. Give it a time on its own page.",
            ));
        }
        let moved = zone.at(day, zone.local(at).time());
        let moved = moved.ok_or_else(|| Refusal::field("day", "This day is too close to an end of the calendar."))?;
        EditPost(self.0.clone()).run(user, id, &PostChanges::default(), &Change::Set(moved), seen).await
    }
}

/// Whether a post goes out by itself and can still be moved.
#[must_use]
pub fn is_on_its_way(stage: Stage) -> bool {
    matches!(stage, Stage::Waiting | Stage::Staging | Stage::Staged | Stage::Held)
}
