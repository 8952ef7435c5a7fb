use std::sync::Arc;

use rats_domain::{
    event::Event,
    id::{EventId, UserId},
    publication::Stage,
};

use super::{look::look_now, plan};
use crate::{Ports, Refusal, publish::person_time};

/// Has an event posted by itself once more in a year in which it was already.
pub struct PostAgain(pub Arc<Ports>);

impl PostAgain {
    /// Makes another post of the event's next day, where the one that there was is cancelled, removed, failed or live.
    ///
    /// # Errors
    ///
    /// [`Refusal::Conflict`] if the event is not posted by itself, or its post is on its way.
    pub async fn run(&self, user: &UserId, id: &EventId) -> Result<Event, Refusal> {
        let ports = &self.0;
        let event = ports.events.find(user, id).await?.ok_or(Refusal::NotFound("event"))?;
        if !event.details.posts_itself() {
            return Err(Refusal::conflict("off", "This event is not posted by itself. Switch that on first."));
        }
        let preferences = ports.preferences.preferences(user).await?;
        let useful = ports.settings.publish.useless_after;
        let Some(planned) = plan::next(&event, &preferences, ports.clock.now(), useful) else {
            return Err(Refusal::conflict("over", "This event is over. Give it another day first."));
        };
        let year = planned.day.year();
        let known = ports.occurrences.occurrences(user, Some(id), year).await?;
        let Some(known) = known.into_iter().find(|occurrence| occurrence.year == year) else {
            let text = format!("Nothing needs to be made again: it goes out by itself at {}.", person_time(planned.at));
            return Err(Refusal::conflict("on_its_way", text));
        };
        let record = ports.posts.find(user, &known.post).await?;
        let is_over = |stage| matches!(stage, Stage::Draft | Stage::Cancelled | Stage::Failed | Stage::Published);
        if record.is_some_and(|record| !is_over(record.publication.stage)) {
            let text = "The post of this event is on its way. Change that one, or cancel it first.";
            return Err(Refusal::conflict("on_its_way", text));
        }
        ports.occurrences.forget(&known).await?;
        look_now(ports, user, id).await;
        Ok(event)
    }
}
