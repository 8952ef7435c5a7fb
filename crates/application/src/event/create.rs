use std::sync::Arc;

use rats_domain::{
    event::{Event, EventDetails},
    id::{EventId, UserId},
    idempotency::IdempotencyKey,
};

use crate::{
    Ports, Refusal,
    auto_post::{check_picture, look_now},
};

/// Creates an event.
pub struct CreateEvent(pub Arc<Ports>);

impl CreateEvent {
    /// Adds the event; for today, where its owner lives, or a later day its message and plan are written first.
    pub async fn run(
        &self,
        user: &UserId,
        details: EventDetails,
        key: Option<&IdempotencyKey>,
    ) -> Result<Event, Refusal> {
        check_picture(&self.0, user, &details).await?;
        let now = self.0.clock.now();
        let mut event = Event {
            id: EventId::new(self.0.random.new_id(now)),
            user: user.clone(),
            details,
            message: None,
            plan: None,
            last_message_sent: None,
            created_at: now,
            updated_at: now,
        };
        let today = self.0.preferences.preferences(user).await?.zone.day(now);
        if event.details.date >= today {
            let written = self.0.writer.write(&event, 0).await;
            event.message = Some(written.message);
            event.plan = Some(written.plan);
        }
        let event = self.0.events.add(&event, key).await?.into_inner();
        if event.details.posts_itself() {
            look_now(&self.0, user, &event.id).await;
        }
        Ok(event)
    }
}
