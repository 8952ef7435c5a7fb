use std::sync::Arc;

use rats_domain::{
    event::{Event, EventDetails},
    id::{EventId, UserId},
};

use super::message::{find, replace};
use crate::{
    Ports, Refusal,
    auto_post::{check_picture, look_now},
};

/// Changes an event.
pub struct EditEvent(pub Arc<Ports>);

impl EditEvent {
    /// Applies `change` to the event's details. A new message and plan are written where the old ones would not fit any more, and a post that
    /// it became by itself follows.
    pub async fn run(
        &self,
        user: &UserId,
        id: &EventId,
        change: impl Fn(EventDetails) -> Result<EventDetails, Refusal> + Send + Sync,
    ) -> Result<Event, Refusal> {
        let event = replace(&self.0, || async {
            let before = find(&self.0, user, id).await?;
            let mut event = Event { details: change(before.details.clone())?, ..before.clone() };
            if event.details.auto_post != before.details.auto_post {
                check_picture(&self.0, user, &event.details).await?;
            }
            if event.details.needs_new_message(&before.details) {
                let written = self.0.writer.write(&event, 0).await;
                event.message = Some(written.message);
                event.plan = Some(written.plan);
            }
            Ok((event, before.updated_at))
        })
        .await?;
        look_now(&self.0, user, id).await;
        Ok(event)
    }
}
