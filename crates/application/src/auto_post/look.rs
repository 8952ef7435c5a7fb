//! One look at one event.

use std::sync::Arc;

use futures_util::{
    StreamExt as _,
    future::{Either, select},
    stream::FuturesUnordered,
};
use rats_domain::{
    event::Event,
    id::{EventId, UserId},
    occurrence::{DueEvent, Occurrence},
    preference::Preferences,
    publication::Stage,
};
use time::{Duration, OffsetDateTime};

use super::{
    outlook::Outlook,
    plan::{self, Planned},
};
use crate::{Ports, Refusal, meanwhile::meanwhile};

/// How many are looked at at once, each of another user: whose looks take long, since texts are written and cards drawn, keeps nobody else
/// waiting.
const AT_ONCE: usize = 4;

/// How soon it is asked again what is due while a look goes on.
const ASK_AGAIN: std::time::Duration = std::time::Duration::from_secs(5);

/// How long a look may take before somebody else begins anew, at least; half as long more by chance, which tells looks apart.
const LONGEST: Duration = Duration::minutes(2);

/// How often who changes an event looks at it at once when something comes between, such as a worker that takes its post.
const TRIES: usize = 4;

/// Looks at the events that are due.
pub struct LookAtEvents(pub Arc<Ports>);

impl LookAtEvents {
    /// Looks until nothing is due; answers at how many. One that fails stops none of the others and is looked at again in some minutes.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let ports = &self.0;
        let (mut looks, mut busy, mut looked) = (FuturesUnordered::new(), Vec::new(), 0);
        loop {
            while looks.len() < AT_ONCE {
                let mut done = Vec::new();
                let take = ports.agenda.take_due_event(ports.clock.now(), until(ports), &busy);
                let taken = meanwhile(take, &mut looks, |user| done.push(user)).await;
                busy.retain(|busy| !done.contains(busy));
                match taken {
                    Ok(Some(due)) => {
                        busy.push(due.user.clone());
                        looks.push(look_and_tell(ports, due));
                        looked += 1;
                    }
                    Ok(None) => break,
                    Err(error) => {
                        while looks.next().await.is_some() {}
                        return Err(error.into());
                    }
                }
            }
            if looks.is_empty() {
                return Ok(looked);
            }
            let asked_again = ports.clock.sleep_until(ports.clock.monotonic() + ASK_AGAIN);
            if let Either::Left((Some(user), _)) = select(looks.next(), asked_again).await {
                busy.retain(|busy| *busy != user);
            }
        }
    }
}

/// Looks at an event, and answers whose it is.
async fn look_and_tell(ports: &Ports, due: DueEvent) -> UserId {
    if let Err(error) = look(ports, &due).await {
        tracing::warn!(event = %due.event, %error, source = ?std::error::Error::source(&error), "an event could not be looked at");
    }
    due.user
}

/// Looks at one event at once, for whoever changed it. What does not succeed is left to the background: the change is stored.
pub(crate) async fn look_now(ports: &Ports, user: &UserId, event: &EventId) {
    for _ in 0..TRIES {
        let looked = async {
            match ports.agenda.take_event(user, event, until(ports)).await? {
                Some(due) => look(ports, &due).await,
                None => Ok(true),
            }
        };
        match looked.await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%event, %error, source = ?std::error::Error::source(&error), "an event is looked at again");
            }
        }
    }
}

/// Until when a look that begins now is nobody else's.
fn until(ports: &Ports) -> OffsetDateTime {
    ports.clock.now() + LONGEST * (1.0 + ports.random.fraction() / 2.0)
}

/// Looks; answers whether all is done for now, that is whether nothing came between.
async fn look(ports: &Ports, due: &DueEvent) -> Result<bool, Refusal> {
    let event = ports.events.find(&due.user, &due.event).await?;
    let preferences = ports.preferences.preferences(&due.user).await?;
    let mut look = Look { ports, user: &due.user, event, preferences, now: ports.clock.now() };
    let outlook = look.run(&due.event).await?;
    let is_last = ports.agenda.looked_at(due, outlook.again, outlook.problem.as_ref()).await?;
    Ok(is_last && !outlook.came_between)
}

/// What a look sees.
pub(super) struct Look<'a> {
    pub(super) ports: &'a Ports,
    pub(super) user: &'a UserId,
    /// None if it was deleted.
    pub(super) event: Option<Event>,
    pub(super) preferences: Preferences,
    pub(super) now: OffsetDateTime,
}

impl Look<'_> {
    async fn run(&mut self, id: &EventId) -> Result<Outlook, Refusal> {
        let planned = self.planned();
        let year = planned.map_or(i32::MAX, |planned| planned.day.year());
        let occurrences = self.ports.occurrences.occurrences(self.user, Some(id), year).await?;
        let mut outlook = Outlook::never();
        let is_wanted = self.event.as_ref().is_some_and(|event| event.details.posts_itself());
        // What was cancelled with its event comes back with it, however long nothing was left to do about it.
        let comes_back = |known: &Occurrence| is_wanted && known.is_withdrawn && known.year == year;
        for occurrence in occurrences.iter().filter(|known| !known.is_settled || comes_back(known)) {
            outlook = outlook.and(self.tend(occurrence, planned).await?);
        }
        let is_made = occurrences.iter().any(|occurrence| occurrence.year == year);
        let to_be_made = planned.filter(|_| is_wanted && !is_made);
        if let Some(planned) = to_be_made {
            outlook = outlook.and(self.make_in_time(planned).await?);
        }
        Ok(outlook.and(self.move_on(to_be_made).await?))
    }

    /// When the event is to be posted next; none if it is not.
    fn planned(&self) -> Option<Planned> {
        let useful = self.ports.settings.publish.useless_after;
        plan::next(self.event.as_ref()?, &self.preferences, self.now, useful)
    }

    /// Brings the occurrence's post in step with the event.
    async fn tend(&mut self, occurrence: &Occurrence, planned: Option<Planned>) -> Result<Outlook, Refusal> {
        let Some(record) = self.ports.posts.find(self.user, &occurrence.post).await? else {
            return self.settle(occurrence, None).await;
        };
        match record.publication.stage {
            Stage::Published => self.note_sent(occurrence, &record).await,
            Stage::PublishRequested | Stage::Reconciling | Stage::NeedsReview => Ok(Outlook::on_its_way(self.ports)),
            Stage::Waiting | Stage::Staging | Stage::Staged | Stage::Held => {
                self.keep_in_step(occurrence, record, planned).await
            }
            Stage::Draft | Stage::Failed | Stage::Cancelled => self.bring_back(occurrence, record, planned).await,
        }
    }

    /// Stores the event with something new about it; answers whether it was still the one that was seen.
    pub(super) async fn replace(&mut self, event: Event) -> Result<bool, Refusal> {
        let expected = event.updated_at;
        let next = Event { updated_at: self.now.max(expected + Duration::MICROSECOND), ..event };
        let replaced = self.ports.events.replace(&next, expected).await?;
        if replaced {
            self.event = Some(next);
        }
        Ok(replaced)
    }
}
