//! What a reading that failed leads to.

use std::sync::PoisonError;

use rats_domain::{
    id::MediaId,
    instagram::{Access, Advice, Dated, PlatformError},
    metrics::{Collection, DueMetrics, Reading, schedule},
};
use time::{Duration, OffsetDateTime};

use super::Round;
use crate::{Refusal, dead_token::bury_if_dead, publish::note};

/// Instagram's code and subcode for what does not exist or may not be read.
const MISSING: (i64, i64) = (100, 33);

/// Another post of the account must have been read within this for a missing one to be believed.
const OTHERS_READ: Duration = Duration::DAY;

/// How long an account is left alone that cannot be asked, where Instagram does not say.
const REST: Duration = Duration::hours(1);

/// How much longer its posts wait by chance, so that not all of them come back at once.
const JITTER: Duration = Duration::minutes(10);

impl Round<'_> {
    /// Nothing is stored of it but that it failed; it is tried again, ever later.
    pub(super) async fn failed(
        &self,
        due: &DueMetrics,
        access: &Access,
        media: &MediaId,
        error: &PlatformError,
    ) -> Result<bool, Refusal> {
        tracing::info!(post = %due.post, %error, code = error.code, "the numbers of a post could not be read");
        if is_of_account(error.advice) {
            self.rest(due, access, error).await?;
            return Ok(false);
        }
        let mut collection = self.again(due);
        if is_missing(error) {
            collection.missing_since.get_or_insert(self.now());
        }
        if is_missing(error) && self.is_gone(due, &collection, access, media).await? {
            self.give_up(due, collection).await?;
            return Ok(false);
        }
        self.ports.metrics.record(&due.post, &Reading { collection, ..Reading::default() }).await?;
        Ok(false)
    }

    /// Instagram answered and told nothing.
    pub(super) async fn told_nothing(&self, due: &DueMetrics) -> Result<bool, Refusal> {
        // It does not say any more that there is no such media.
        let collection = Collection { missing_since: None, ..self.again(due) };
        self.ports.metrics.record(&due.post, &Reading { collection, ..Reading::default() }).await?;
        Ok(false)
    }

    /// Counts one failure more, and tries again ever later.
    pub(super) async fn read_later(&self, due: &DueMetrics) -> Result<(), Refusal> {
        let reading = Reading { collection: self.again(due), ..Reading::default() };
        Ok(self.ports.metrics.record(&due.post, &reading).await?)
    }

    /// Leaves the account alone for a while. Whoever meets its refusal first finds out whether its token is dead.
    pub(super) async fn rest(&self, due: &DueMetrics, access: &Access, error: &PlatformError) -> Result<(), Refusal> {
        let asked = error.retry_after.and_then(|wait| Duration::try_from(wait).ok());
        let until = self.now() + asked.unwrap_or(REST);
        let is_first = {
            let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
            resting.insert(due.account.clone(), until).is_none()
        };
        self.put_off(&due.post, self.after(until)).await?;
        if is_first {
            bury_if_dead(self.ports, &due.connection, &access.token, error).await?;
        }
        Ok(())
    }

    /// `until` and a little longer by chance, so that not all that wait for it come back at once.
    pub(super) fn after(&self, until: OffsetDateTime) -> OffsetDateTime {
        until + JITTER * self.chance()
    }

    /// The collection with one failure more.
    fn again(&self, due: &DueMetrics) -> Collection {
        let failures = due.collection.failures.saturating_add(1);
        let next_at = schedule::retry(due.receipt.sent_at, self.now(), failures, self.chance());
        Collection { next_at, failures, ..due.collection }
    }

    /// Whether it is no longer on Instagram: it has said so for days while it showed others of the account, or the account's profile without
    /// it, and says so of the media itself.
    async fn is_gone(
        &self,
        due: &DueMetrics,
        collection: &Collection,
        access: &Access,
        media: &MediaId,
    ) -> Result<bool, Refusal> {
        let (ports, now) = (self.ports, self.now());
        if !collection.is_missing_long(now) {
            return Ok(false);
        }
        let others_read = ports.metrics.others_read(&due.account, &due.post, now - OTHERS_READ).await?;
        if !others_read && !self.is_unlisted(due, access, media).await {
            return Ok(false);
        }
        Ok(ports.reader.permalink(access, media).await.is_err_and(|error| is_missing(&error)))
    }

    /// Whether the account's profile can be read as far back as the post, and does not show it.
    async fn is_unlisted(&self, due: &DueMetrics, access: &Access, media: &MediaId) -> bool {
        let since = due.receipt.sent_at - self.ports.settings.publish.clock_tolerance;
        let Ok(Dated { value, .. }) = self.ports.reader.recent(access, since).await else { return false };
        value.complete && value.media.iter().all(|listed| listed.id != *media)
    }

    async fn give_up(&self, due: &DueMetrics, collection: Collection) -> Result<(), Refusal> {
        let (ports, now) = (self.ports, self.now());
        tracing::info!(post = %due.post, "a post is no longer on Instagram; its numbers are not read any more");
        let text = "For three days Instagram has not found this post, though the account can be read: it is no longer on Instagram. Its numbers are not read any more; those that were read stay.";
        let record = ports.posts.find(&due.user, &due.post).await?;
        let entries = record.map(|record| note(ports, now, "gone", &record.publication, text.to_owned()));
        let collection = Collection { next_at: None, gone_at: Some(now), ..collection };
        let reading = Reading { snapshot: None, collection, entries: entries.into_iter().collect() };
        Ok(ports.metrics.record(&due.post, &reading).await?)
    }
}

fn is_missing(error: &PlatformError) -> bool {
    error.code.zip(error.subcode) == Some(MISSING)
}

/// Whether every other post of the account would meet the same.
pub(super) fn is_of_account(advice: Advice) -> bool {
    matches!(advice, Advice::Wait | Advice::Refresh | Advice::Reconnect | Advice::ActInApp)
}
