//! One reading.

use rats_domain::{
    connection::{Feature, Health},
    id::MediaId,
    instagram::{Access, Wanted},
    metrics::{Collection, DueMetrics, HANDED_OUT, Numbers, Reading, Slot, Snapshot, schedule},
    publication::QueueError,
    receipt::Receipt,
    timeline::Entry,
};
use time::Duration;

use super::Round;
use crate::Refusal;

/// A post is not begun with less time than this left until it is handed out again.
const ROOM: Duration = Duration::minutes(1);

impl Round<'_> {
    /// Reads one post; answers whether numbers were read.
    pub(super) async fn read(&self, due: &DueMetrics) -> Result<bool, Refusal> {
        // Soon another process may be handed the same post; who is slower than that leaves it to whoever comes next.
        if self.now() - self.began > HANDED_OUT - ROOM {
            return Ok(false);
        }
        if let Some(at) = self.reserved_until(&due.account) {
            self.put_off(&due.post, at).await?;
            return Ok(false);
        }
        let connection = self.ports.connections.find(&due.connection).await?;
        let working = connection.filter(|connection| connection.health == Health::Working);
        // Where it was lost meanwhile, it is looked at again when it was put off to.
        let Some((features, token)) = working.and_then(|connection| Some((connection.features, connection.token?)))
        else {
            return Ok(false);
        };
        let access = Access { account: due.account.clone(), token: token.secret };
        let Some(media) = &due.receipt.media else { return self.identify(due, &access).await };
        match Slot::reached(self.now() - due.receipt.sent_at) {
            Some(slot) => self.measure(due, &access, media, (slot, features.contains(&Feature::Insights))).await,
            None => self.find_permalink(due, &access, media).await,
        }
    }

    /// Reads the numbers and keeps them.
    async fn measure(
        &self,
        due: &DueMetrics,
        access: &Access,
        media: &MediaId,
        (slot, insights): (Slot, bool),
    ) -> Result<bool, Refusal> {
        let permalink = due.receipt.permalink.is_none();
        let wanted = Wanted { insights, published_at: due.receipt.sent_at, permalink };
        let engagement = match self.ports.reader.engagement(access, media, wanted).await {
            Ok(engagement) => engagement,
            Err(error) => return self.failed(due, access, media, &error).await,
        };
        if permalink && engagement.permalink.is_some() {
            self.learn(due, Receipt { permalink: engagement.permalink, ..due.receipt.clone() }, &[]).await?;
        }
        if engagement.numbers == Numbers::default() {
            return self.told_nothing(due).await;
        }
        let taken_at = self.now();
        let age = taken_at - due.receipt.sent_at;
        let snapshot = Some(Snapshot { slot, taken_at, age, numbers: engagement.numbers });
        let reading = Reading { snapshot, collection: self.planned(due), entries: vec![] };
        self.ports.metrics.record(&due.post, &reading).await?;
        Ok(true)
    }

    /// Before the first reading, only its address is looked for.
    async fn find_permalink(&self, due: &DueMetrics, access: &Access, media: &MediaId) -> Result<bool, Refusal> {
        if due.receipt.permalink.is_none()
            && let Ok(Some(permalink)) = self.ports.reader.permalink(access, media).await
        {
            self.learn(due, Receipt { permalink: Some(permalink), ..due.receipt.clone() }, &[]).await?;
        }
        let reading = Reading { collection: self.planned(due), ..Reading::default() };
        self.ports.metrics.record(&due.post, &reading).await?;
        Ok(false)
    }

    /// The collection with nothing wrong and its next planned reading.
    pub(super) fn planned(&self, due: &DueMetrics) -> Collection {
        let next_at = schedule::next_reading(due.receipt.sent_at, self.now(), self.chance());
        Collection { next_at, ..Collection::default() }
    }

    pub(super) async fn learn(&self, due: &DueMetrics, receipt: Receipt, entries: &[Entry]) -> Result<(), Refusal> {
        match self.ports.queue.record_published(&due.post, &receipt, entries).await {
            Ok(_) => Ok(()),
            Err(QueueError::Store(error)) => Err(error.into()),
            Err(error) => Err(Refusal::Broken(error.into())),
        }
    }
}
