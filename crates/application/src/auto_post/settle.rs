//! What is left to do once a post is live, and once an event's day is over.

use rats_domain::{event::Event, occurrence::Occurrence, post::PostRecord};
use time::{Duration, OffsetDateTime};

use super::{
    look::Look,
    outlook::Outlook,
    plan::{self, Planned},
};
use crate::Refusal;

/// How long after its time a post that is not on its way is watched: its owner may give it another try.
const WATCHED: Duration = Duration::days(2);

/// Events of one day move on within a minute after it, not all at once.
const SPREAD: Duration = Duration::MINUTE;

impl Look<'_> {
    /// The post is live: its event says when its message went out.
    pub(super) async fn note_sent(&mut self, occurrence: &Occurrence, record: &PostRecord) -> Result<Outlook, Refusal> {
        let sent_at = record.receipt.as_ref().map(|receipt| receipt.sent_at);
        let told = self.event.as_ref().and_then(|event| event.last_message_sent);
        if let Some(event) = self.event.clone().filter(|_| told < sent_at) {
            let sent = Event { last_message_sent: sent_at, ..event };
            if !self.replace(sent).await? {
                return Ok(Outlook::came_between(self.now));
            }
        }
        self.settle(occurrence, Some(record)).await
    }

    /// Nothing is left to do about an occurrence whose post is as it was read, none where it was removed.
    pub(super) async fn settle(
        &self,
        occurrence: &Occurrence,
        record: Option<&PostRecord>,
    ) -> Result<Outlook, Refusal> {
        let settled = self.ports.occurrences.settle(occurrence, record.map(|record| record.publication.epoch)).await?;
        // Somebody set the post on its way again, at this very moment.
        Ok(if settled { Outlook::never() } else { Outlook::came_between(self.now) })
    }

    /// The post is not on its way, and that is its owner's doing or was told them: nothing is made of it again by itself.
    pub(super) async fn leave(&self, occurrence: &Occurrence, record: &PostRecord) -> Result<Outlook, Refusal> {
        let is_over = self.now >= occurrence.rendition.publish_at + WATCHED;
        if is_over || self.event.is_none() {
            return self.settle(occurrence, Some(record)).await;
        }
        Ok(self.watch(occurrence))
    }

    pub(super) fn watch(&self, occurrence: &Occurrence) -> Outlook {
        Outlook::on_its_way(self.ports).and(Outlook::at(occurrence.rendition.publish_at + WATCHED))
    }

    /// Moves an event on whose day is over, posted or not. A post that is on its way knows its day; of one that is still `to_be_made`, late,
    /// the event tells it, which waits until it is made or of no use any more, on the day after at the latest.
    pub(super) async fn move_on(&mut self, to_be_made: Option<Planned>) -> Result<Outlook, Refusal> {
        let Some(event) = self.event.clone().filter(|event| event.details.is_recurring) else {
            return Ok(Outlook::never());
        };
        let date = event.details.date;
        if let Some(late) = to_be_made.filter(|planned| planned.day == date && planned.at <= self.now) {
            return Ok(Outlook::at(late.at + self.ports.settings.publish.useless_after));
        }
        match plan::moves_on_to(&event, &self.preferences, self.now) {
            Some(day) => {
                let details = event.details.moved_on_to(day);
                self.replace(Event { details, ..event }).await?;
                Ok(Outlook::soon(self.now))
            }
            None => Ok(self.day_ends(date).map_or_else(Outlook::never, Outlook::at)),
        }
    }

    /// When a day that is not over yet is over, where the event's owner lives.
    fn day_ends(&self, day: time::Date) -> Option<OffsetDateTime> {
        let ends = self.preferences.zone.start_of(day.next_day()?)?;
        (ends > self.now).then(|| ends + SPREAD * self.ports.random.fraction())
    }
}
