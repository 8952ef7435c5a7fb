//! Posts and events by the day.

use std::{collections::BTreeMap, sync::Arc};

use rats_domain::{
    event::{Event, EventFilter},
    id::{PostId, UserId},
    part::Part,
    post::PostRecord,
    publication::Stage,
    zone::Zone,
};
use time::{Date, Duration};

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
    /// The days from `first` to `last`, both included, in a time zone, each with at most `most` posts and as many events, those that come back a
    /// year after their next day included. Four queries.
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
        for (date, event) in self.that_come_back(user, first, last).await? {
            let part = events.entry(date).or_default();
            part.total += 1;
            if part.items.len() < most {
                part.items.push(event);
            }
        }
        let day = |(date, posts)| Day { date, posts, events: events.remove(&date).unwrap_or_default() };
        Ok(dates().zip(posts).map(day).collect())
    }
}

impl ShowDays {
    /// The events whose next day is a year before these days, and which are on one of them again.
    async fn that_come_back(&self, user: &UserId, first: Date, last: Date) -> Result<Vec<(Date, Event)>, Refusal> {
        // Wide enough for leap days; which day it is, each event says.
        let before = |day: Date, days| day.checked_sub(Duration::days(days));
        let (Some(from), Some(until)) = (before(first, 367), before(last, 363)) else { return Ok(vec![]) };
        let found = self.0.events.list(user, EventFilter::Between(from, until)).await?;
        let on = |event: Event| {
            let again = event.details.day_in(event.details.date.year() + 1)?;
            let is_shown = event.details.is_recurring && (first..=last).contains(&again);
            is_shown.then_some((again, event))
        };
        Ok(found.into_iter().filter_map(on).collect())
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use time::macros::date;

    use super::*;
    use crate::mock::Mocks;

    #[test]
    fn what_comes_back_every_year_is_on_its_day_of_the_next_one() {
        let mut mocks = Mocks::default();
        let (birthday, mut once) =
            (Event::example("b", "u", date!(2028 - 02 - 29)), Event::example("o", "u", date!(2028 - 02 - 29)));
        once.details.is_recurring = false;
        let known = [birthday, once, Event::example("m", "u", date!(2028 - 03 - 02))];
        mocks.posts.expect_by_day().returning(|_, starts, _| Ok(starts[1..].iter().map(|_| Part::default()).collect()));
        mocks.events.expect_by_day().returning(|_, _, _, _| Ok(vec![]));
        mocks.events.expect_list().returning(move |_, filter| {
            let EventFilter::Between(from, until) = filter else { panic!("{filter:?}") };
            Ok(known.iter().filter(|event| (from..=until).contains(&event.details.date)).cloned().collect())
        });
        let span = (date!(2029 - 02 - 01), date!(2029 - 03 - 01));
        let show = ShowDays(mocks.ports());
        let days = show.run(&UserId::new("u"), span, &Zone::utc(), 3).now_or_never().unwrap().unwrap();
        let shown: Vec<_> = days
            .iter()
            .filter(|day| day.events.total > 0)
            .map(|day| (day.date, day.events.items.iter().map(|event| event.id.as_str()).collect::<Vec<_>>()))
            .collect();
        assert_eq!(shown, [(date!(2029 - 02 - 28), vec!["b"])]);
    }
}
