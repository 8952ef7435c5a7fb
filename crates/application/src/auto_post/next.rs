//! What an event's owner is told about its next post.

use std::{collections::BTreeMap, sync::Arc};

use rats_domain::{
    event::Event,
    id::{EventId, PostId, UserId},
    occurrence::{Occurrence, Problem},
    post::PostRecord,
    preference::Preferences,
    publication::Stage,
};
use time::{Duration, OffsetDateTime};

use super::{
    outlook::in_the_way,
    plan::{self, Planned},
};
use crate::{Ports, Refusal, post::usable_connection, publish::person_time};

/// For how long after its time a post that failed is told beside the next one.
const NEWS: Duration = Duration::days(30);

/// Two posts of an event that are nearer to each other than this celebrate the same day.
pub(crate) const BESIDE: Duration = Duration::days(3);

/// How many posts of those days are looked at.
const MOST_BESIDE: usize = 50;

/// The next post of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextPost {
    /// When it goes out; none if never.
    pub at: Option<OffsetDateTime>,
    /// The post, once it is made.
    pub post: Option<PostId>,
    /// Whether the year's post is over or was taken back, so that [`PostAgain`](super::PostAgain) makes another; `post` is that one then, `at` the next
    /// year's.
    pub is_over: bool,
    /// The post before it, where that failed not long ago and this is the problem that is told.
    pub failed: Option<PostId>,
    /// Why it will not go out, or not as one may expect.
    pub problem: Option<Problem>,
}

/// What becomes of events that are posted by themselves.
pub struct NextPosts(pub Arc<Ports>);

impl NextPosts {
    /// The next post of each of the user's `events` that is to be posted by itself.
    pub async fn run(&self, user: &UserId, events: &[Event]) -> Result<BTreeMap<EventId, NextPost>, Refusal> {
        let enabled: Vec<&Event> = events.iter().filter(|event| event.details.auto_post.enabled).collect();
        if enabled.is_empty() {
            return Ok(BTreeMap::new());
        }
        let known = Known::read(&self.0, user, &enabled).await?;
        let mut next: BTreeMap<_, _> = enabled.iter().map(|event| (event.id.clone(), known.next(event))).collect();
        if let ([event], Some(only)) = (&enabled[..], next.values_mut().next()) {
            self.mind_others(event, only).await?;
        }
        Ok(next)
    }

    /// Another post of the event, made by hand, that is to go out around the same time would celebrate it twice. Looked for where one event
    /// alone is asked for.
    async fn mind_others(&self, event: &Event, next: &mut NextPost) -> Result<(), Refusal> {
        let Some(at) = next.at.filter(|_| next.problem.is_none()) else { return Ok(()) };
        let (Some(from), Some(until)) = (at.checked_sub(BESIDE), at.checked_add(BESIDE)) else { return Ok(()) };
        let found = self.0.posts.by_day(&event.user, &[from, until], MOST_BESIDE).await?;
        let is_other = |record: &PostRecord| {
            let is_of_it = record.post.event.as_ref() == Some(&event.id) && Some(&record.post.id) != next.post.as_ref();
            is_of_it && record.publication.stage.is_open()
        };
        let other = found.into_iter().flat_map(|part| part.items).find(is_other);
        next.problem = other.and_then(|record| record.moment()).map(|moment| {
            let text = format!(
                "A post of this event goes out at {}, too: with this one it would be posted twice. Cancel that one, or switch this off.",
                person_time(moment)
            );
            Problem::new("posted_twice", text)
        });
        Ok(())
    }
}

/// What is known of a user, beside their events.
struct Known<'a> {
    ports: &'a Ports,
    now: OffsetDateTime,
    preferences: Preferences,
    /// By year.
    occurrences: BTreeMap<EventId, Vec<Occurrence>>,
    /// Their posts, but those that were removed.
    posts: BTreeMap<PostId, PostRecord>,
    problems: BTreeMap<EventId, Problem>,
    /// Why posts cannot go out, or until when Instagram's access lasts.
    access: Result<Option<OffsetDateTime>, Problem>,
}

impl<'a> Known<'a> {
    /// Reads what concerns `events` in as many queries for all as for one.
    async fn read(ports: &'a Ports, user: &UserId, events: &[&Event]) -> Result<Self, Refusal> {
        let now = ports.clock.now();
        let access = match usable_connection(ports, user).await {
            Ok(connection) => Ok(connection.token.map(|token| token.expires_at)),
            Err(refusal) => Err(in_the_way(refusal)?),
        };
        let of = match events {
            [event] => Some(&event.id),
            _ => None,
        };
        let (mut occurrences, mut ids): (BTreeMap<EventId, Vec<Occurrence>>, _) = (BTreeMap::new(), vec![]);
        for known in ports.occurrences.occurrences(user, of, now.year() - 1).await? {
            ids.push(known.post.clone());
            occurrences.entry(known.event.clone()).or_default().push(known);
        }
        let made = if ids.is_empty() { vec![] } else { ports.posts.find_all(user, &ids).await? };
        Ok(Self {
            preferences: ports.preferences.preferences(user).await?,
            occurrences,
            posts: made.into_iter().map(|record| (record.post.id.clone(), record)).collect(),
            problems: ports.agenda.problems(user).await?.into_iter().collect(),
            ports,
            now,
            access,
        })
    }

    fn next(&self, event: &Event) -> NextPost {
        if !event.details.is_active {
            return never("inactive", "The event is inactive, so it is not posted. Set it active.");
        }
        let useful = self.ports.settings.publish.useless_after;
        let planned = plan::next(event, &self.preferences, self.now, useful);
        if let Some(still) = self.still_to_come(event, planned) {
            return still;
        }
        let Some(planned) = planned else {
            return never(
                "over",
                "The event's day is over, or at the end of the year 9999, which no clock knows; so it is not posted. Give it another day.",
            );
        };
        let year = planned.day.year();
        let made = self.of(event).find(|known| known.year == year);
        let Some(made) = made else { return self.to_be_made(event, planned) };
        match self.posts.get(&made.post) {
            Some(record) if is_under_way(record.publication.stage) => self.made(event, record, planned),
            // It comes back with its event.
            Some(record) if made.is_withdrawn && record.publication.stage == Stage::Cancelled => {
                self.to_be_made(event, planned)
            }
            record => self.done(event, planned, made, record),
        }
    }

    /// The event's occurrences.
    fn of(&self, event: &Event) -> impl Iterator<Item = &Occurrence> {
        self.occurrences.get(&event.id).into_iter().flatten()
    }

    /// The post of a day whose planned time has passed, which is on its way all the same.
    fn still_to_come(&self, event: &Event, planned: Option<Planned>) -> Option<NextPost> {
        let year = planned.map(|planned| planned.day.year());
        let mut open = self.of(event).filter(|known| !known.is_settled);
        let known = open.find(|known| !known.is_withdrawn && Some(known.year) != year)?;
        let planned = plan::of_occurrence(event, known, planned, &self.preferences, self.now)?;
        let record = self.posts.get(&known.post).filter(|record| is_under_way(record.publication.stage))?;
        Some(self.made(event, record, planned))
    }

    fn to_be_made(&self, event: &Event, planned: Planned) -> NextPost {
        let passed = plan::on_or_after(event, &self.preferences, event.details.date)
            .filter(|passed| passed.day == self.preferences.zone.day(self.now) && passed.day != planned.day);
        // It was there today already, or it is too late.
        let year = passed.map(|passed| passed.day.year());
        let mut known = self.of(event).filter(|known| !known.is_withdrawn);
        let was_made = known.any(|known| Some(known.year) == year);
        let too_late = passed.filter(|_| !was_made).map(|passed| {
            let text = format!(
                "{} has passed, so it is not posted today. Its next time is {}.",
                person_time(passed.at),
                person_time(planned.at)
            );
            Problem::new("too_late_today", text)
        });
        let stored = self.problems.get(&event.id).cloned();
        let stands_in_the_way = self.access.as_ref().err().cloned().or(stored).or_else(|| self.ends_before(planned.at));
        let (failed, problem) = match stands_in_the_way.or(too_late) {
            None => self.failed_before(event, planned).unzip(),
            problem => (None, problem),
        };
        NextPost { at: Some(planned.at), failed, problem, ..NextPost::default() }
    }

    /// The post before this one failed, not long ago.
    fn failed_before(&self, event: &Event, planned: Planned) -> Option<(PostId, Problem)> {
        let last = self.of(event).filter(|known| known.year < planned.day.year()).last()?;
        let is_news = last.rendition.publish_at > self.now - NEWS;
        let record = self.posts.get(&last.post).filter(|_| is_news)?;
        let told = record.attention().filter(|_| record.publication.stage == Stage::Failed)?;
        let text = format!(
            "This event's post of {} failed: {} Its next time is {}.",
            last.year,
            told.message,
            person_time(planned.at)
        );
        Some((record.post.id.clone(), Problem::new("failed", text)))
    }

    fn made(&self, event: &Event, record: &PostRecord, planned: Planned) -> NextPost {
        let attention = record.attention().map(|told| Problem::new(told.kind.as_str(), told.message));
        let is_sent = record.publication.stage.is_unsettled();
        let sent = is_sent.then(|| {
            let text = "It is being published at this moment: changes of the event do not reach it any more.";
            Problem::new("too_late", text)
        });
        let at = record.publication.publish_at.unwrap_or(planned.at);
        let stored = self.problems.get(&event.id).cloned();
        let problem = attention.or(sent).or_else(|| self.ends_before(at)).or(stored);
        NextPost { at: Some(at), post: Some(record.post.id.clone()), problem, ..NextPost::default() }
    }

    /// There is nothing more to come in the planned year.
    fn done(&self, event: &Event, planned: Planned, made: &Occurrence, record: Option<&PostRecord>) -> NextPost {
        let next = planned.day.next_day().and_then(|from| plan::on_or_after(event, &self.preferences, from));
        let (code, what) = match record.map(|record| record.publication.stage) {
            None => ("removed", "was removed"),
            Some(Stage::Published) => ("posted", "is live already"),
            Some(Stage::Failed) => ("failed", "failed"),
            Some(Stage::Draft) => ("draft", "was made a draft"),
            Some(_) => ("cancelled", "was cancelled"),
        };
        // Once its moment has come that is no news.
        let is_news = code != "posted" || planned.at > self.now;
        let problem = is_news.then(|| {
            let next =
                next.map_or_else(String::new, |next| format!(" The next one goes out at {}.", person_time(next.at)));
            let text = format!(
                "This event's post of {} {what}, so no other is made for that year unless you ask for it.{next}",
                made.year
            );
            Problem::new(code, text)
        });
        let post = record.map(|record| record.post.id.clone());
        NextPost { at: next.map(|next| next.at), post, is_over: true, problem, failed: None }
    }

    /// Instagram's access ends before a post goes out: refreshing it has failed for long.
    fn ends_before(&self, at: OffsetDateTime) -> Option<Problem> {
        let ends = self.access.as_ref().ok().copied().flatten().filter(|ends| *ends <= at)?;
        // It is refreshed a month ahead; what ends later than that is no sign of anything.
        let is_soon = ends <= self.now + Duration::days(20);
        is_soon.then(|| {
            let text = format!(
                "Instagram's access to your account ends at {}, before this goes out, and could not be renewed. Connect the account again.",
                person_time(ends)
            );
            Problem::new("reconnect", text)
        })
    }
}

fn is_under_way(stage: Stage) -> bool {
    !matches!(stage, Stage::Draft | Stage::Cancelled | Stage::Failed | Stage::Published)
}

fn never(code: &str, message: &str) -> NextPost {
    NextPost { problem: Some(Problem::new(code, message)), ..NextPost::default() }
}
