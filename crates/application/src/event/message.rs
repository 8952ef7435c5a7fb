use std::sync::Arc;

use rats_domain::{
    event::{Event, Written},
    id::{EventId, UserId},
};
use time::{Duration, OffsetDateTime};

use crate::{Ports, Refusal, auto_post::look_now};

/// How often a change is tried anew when another one came between.
const TRIES: usize = 4;

/// Writes an event's message and plan again.
pub struct RegenerateMessage(pub Arc<Ports>);

impl RegenerateMessage {
    /// Writes another message and plan, keeps them with the event, and answers both with who wrote them. A post that the event became by
    /// itself follows.
    pub async fn run(&self, user: &UserId, id: &EventId) -> Result<Written, Refusal> {
        let written = self.write_another(&find(&self.0, user, id).await?).await;
        replace(&self.0, || async {
            let before = find(&self.0, user, id).await?;
            let expected = before.updated_at;
            Ok((Event { message: Some(written.message.clone()), plan: Some(written.plan.clone()), ..before }, expected))
        })
        .await?;
        look_now(&self.0, user, id).await;
        Ok(written)
    }

    /// Another wording than the present one, where the writer has one.
    async fn write_another(&self, event: &Event) -> Written {
        let variant = u32::try_from(self.0.clock.now().unix_timestamp().rem_euclid(1_000_000)).unwrap_or(1);
        let written = self.0.writer.write(event, variant).await;
        if event.message.as_deref() == Some(written.message.as_str()) {
            return self.0.writer.write(event, variant + 1).await;
        }
        written
    }
}

/// The user's event.
pub(super) async fn find(ports: &Ports, user: &UserId, id: &EventId) -> Result<Event, Refusal> {
    ports.events.find(user, id).await?.ok_or(Refusal::NotFound("event"))
}

/// Stores what `make` makes of the event as it is, again if another change came between.
pub(super) async fn replace<F, R>(ports: &Ports, make: F) -> Result<Event, Refusal>
where
    F: Fn() -> R,
    R: Future<Output = Result<(Event, OffsetDateTime), Refusal>>,
{
    for _ in 0..TRIES {
        let (mut event, expected) = make().await?;
        // Later than before even if the clock stood still, since it is what tells two versions apart.
        event.updated_at = ports.clock.now().max(expected + Duration::microseconds(1));
        if ports.events.replace(&event, expected).await? {
            return Ok(event);
        }
    }
    Err(Refusal::conflict("busy", "This event is being changed by someone else at the moment. Please try again."))
}
