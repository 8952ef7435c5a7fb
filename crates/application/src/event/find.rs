use std::sync::Arc;

use rats_domain::{
    event::{Event, EventFilter},
    id::{EventId, UserId},
};
use time::Date;

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

    /// The user's events of the next 30 days, today, where they live, included.
    pub async fn upcoming(&self, user: &UserId) -> Result<Vec<Event>, Refusal> {
        let today = today(&self.0, user).await?;
        self.run(user, EventFilter::Between(today, today + time::Duration::days(30))).await
    }
}

/// Events to be reminded of.
pub struct ListReminders(pub Arc<Ports>);

impl ListReminders {
    /// The user's active events for which today, where they live, is a reminder day.
    pub async fn run(&self, user: &UserId) -> Result<Vec<Event>, Refusal> {
        let today = today(&self.0, user).await?;
        // Those before today may come back.
        let soon = EventFilter::Between(Date::MIN, today.saturating_add(time::Duration::days(366)));
        let events = self.0.events.list(user, soon).await?;
        Ok(events.into_iter().filter(|event| event.reminds_on(today)).collect())
    }
}

/// The day where the user lives.
async fn today(ports: &Ports, user: &UserId) -> Result<Date, Refusal> {
    Ok(ports.preferences.preferences(user).await?.zone.day(ports.clock.now()))
}
