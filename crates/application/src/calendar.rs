//! Posts and events by the day.

use std::{collections::BTreeMap, sync::Arc};

use rats_domain::{
    event::Event,
    id::{PostId, UserId},
    part::Part,
    post::PostRecord,
    publication::Stage,
    zone::Zone,
};
use time::Date;

use crate::{
    Ports, Refusal,
    post::{Change, EditPost, FindPost, PostChanges, Scheduled},
};

/// What is on a day.
#[derive(Clone, Debug)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// The first posts that went out or are to, the soonest first.
    pub posts: Part<PostRecord>,
    /// The first events.
    pub events: Part<Event>,
}

/// Shows some days.
pub struct ShowDays(pub Arc<Ports>);

impl ShowDays {
    /// The days from `first` to `last`, both included, in a time zone, each with at most `most` posts and as many events. Three queries.
    pub async fn run(
        &self,
        user: &UserId,
        (first, last): (Date, Date),
        zone: &Zone,
        most: usize,
    ) -> Result<Vec<Day>, Refusal> {
        let beyond = || Refusal::field("day", "This day is too close to an end of the calendar.");
        let after = last.next_day().ok_or_else(beyond)?;
        let dates = || std::iter::successors(Some(first), |day| day.next_day()).take_while(move |day| *day <= last);
        let starts: Option<Vec<_>> = dates().chain([after]).map(|day| zone.start_of(day)).collect();
        let posts = self.0.posts.by_day(user, &starts.ok_or_else(beyond)?, most).await?;
        let mut events: BTreeMap<_, _> = self.0.events.by_day(user, first, last, most).await?.into_iter().collect();
        let day = |(date, posts)| Day { date, posts, events: events.remove(&date).unwrap_or_default() };
        Ok(dates().zip(posts).map(day).collect())
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
        let moved = zone.first_from(day, zone.local(at).time());
        let moved = moved.ok_or_else(|| Refusal::field("day", "This day is too close to an end of the calendar."))?;
        EditPost(self.0.clone()).run(user, id, &PostChanges::default(), &Change::Set(moved), seen).await
    }
}

/// Whether a post goes out by itself and can still be moved.
#[must_use]
pub fn is_on_its_way(stage: Stage) -> bool {
    matches!(stage, Stage::Waiting | Stage::Staging | Stage::Staged | Stage::Held)
}
