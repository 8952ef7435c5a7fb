//! Whether it was our being down that made a post too late.

use std::time::Duration;

use rats_domain::publication::Downtime;

use super::{
    person_time,
    work::{Stop, Work},
};

/// A post that had less than this before the service went down, or after it came back, had no chance to be made and sent.
const CHANCE: Duration = Duration::from_mins(1);

impl Work<'_> {
    /// A sentence, if no worker ran for as long as the post could have gone out.
    pub(super) async fn downtime(&self) -> Result<Option<String>, Stop> {
        let publication = self.publication();
        let Some((publish_at, useless_after)) = publication.publish_at.zip(publication.useless_after) else {
            return Ok(None);
        };
        // Where it had been moved, it could go out only from then on.
        let from = publication.due_at.map_or(publish_at, |due_at| due_at.max(publish_at));
        let down = self.ports.queue.downtime(from + CHANCE, useless_after - CHANCE).await?;
        let sentence = |Downtime { since, until }| {
            format!(" The service was down from {} to {}.", person_time(since), person_time(until))
        };
        Ok(down.map(sentence))
    }
}
