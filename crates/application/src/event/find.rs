use std::sync::Arc;

use rats_domain::{
    event::{Event, EventFilter},
    id::{EventId, UserId},
    post::PostFilter,
    publication::Status,
};

use crate::{Ports, Refusal};

/// One event.
pub struct FindEvent(pub Arc<Ports>);

impl FindEvent {
    /// The user's event.
    pub async fn run(&self, user: &UserId, id: &EventId) -> Result<Event, Refusal> {
        super::message::find(&self.0, user, id).await
    }
}

/// Many events.
pub struct ListEvents(pub Arc<Ports>);

impl ListEvents {
    /// The user's events, by date ascending.
    pub async fn run(&self, user: &UserId, filter: EventFilter) -> Result<Vec<Event>, Refusal> {
        Ok(self.0.events.list(user, filter).await?)
    }

    /// The user's events of the next 30 days, today included.
    pub async fn upcoming(&self, user: &UserId) -> Result<Vec<Event>, Refusal> {
        let today = self.0.clock.now().date();
        self.run(user, EventFilter::Between(today, today + time::Duration::days(30))).await
    }
}

/// Events to be reminded of.
pub struct ListReminders(pub Arc<Ports>);

impl ListReminders {
    /// The user's active events for which today is a reminder day.
    pub async fn run(&self, user: &UserId) -> Result<Vec<Event>, Refusal> {
        let today = self.0.clock.now().date();
        let soon = EventFilter::Between(today, today + time::Duration::days(366));
        let events = self.0.events.list(user, soon).await?;
        Ok(events.into_iter().filter(|event| event.reminds_on(today)).collect())
    }
}

/// Deletes an event.
pub struct DeleteEvent(pub Arc<Ports>);

impl DeleteEvent {
    /// Deletes the user's event; its posts stay. Answers how many of them are still scheduled.
    pub async fn run(&self, user: &UserId, id: &EventId) -> Result<usize, Refusal> {
        let scheduled = PostFilter { status: Some(Status::Scheduled), ..PostFilter::default() };
        let scheduled = self.0.posts.list(user, &scheduled).await?;
        let staying = scheduled.iter().filter(|record| record.post.event.as_ref() == Some(id)).count();
        if self.0.events.delete(user, id).await? { Ok(staying) } else { Err(Refusal::NotFound("event")) }
    }
}
