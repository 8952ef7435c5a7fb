use std::sync::Arc;

use rats_domain::{
    event::{Event, EventFilter, EventOrder},
    id::{EventId, UserId},
    part::{Part, Span},
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

    /// A part of the user's events of today, where they live, and later: the nearest first.
    pub async fn coming(&self, user: &UserId, today: Date, span: Span) -> Result<Part<Event>, Refusal> {
        Ok(self.0.events.part(user, EventFilter::Between(today, Date::MAX), EventOrder::Soonest, span).await?)
    }

    /// A part of the user's events of the days before: the latest first.
    pub async fn past(&self, user: &UserId, today: Date, span: Span) -> Result<Part<Event>, Refusal> {
        let Some(yesterday) = today.previous_day() else { return Ok(Part::default()) };
        Ok(self.0.events.part(user, EventFilter::Between(Date::MIN, yesterday), EventOrder::Latest, span).await?)
    }

    /// A part of the user's events of a day.
    pub async fn on(&self, user: &UserId, day: Date, span: Span) -> Result<Part<Event>, Refusal> {
        Ok(self.0.events.part(user, EventFilter::Between(day, day), EventOrder::Soonest, span).await?)
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
