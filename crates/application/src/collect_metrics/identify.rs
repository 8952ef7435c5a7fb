//! A post that is live by its container's status, but whose id Instagram did not tell: its listing may show it by now.

use rats_domain::{
    instagram::{Access, Dated, ListedMedia, Listing},
    metrics::{Collection, DueMetrics, Reading},
    receipt::Receipt,
};
use time::Duration;

use super::Round;
use crate::{
    Refusal,
    publish::{candidates, is_distinctive, note},
};

/// For how long the id of a live post is looked for; Instagram's listing lags by minutes.
const LONGEST_SEARCH: Duration = Duration::DAY;

impl Round<'_> {
    /// Looks for it; numbers are not read before the next time.
    pub(super) async fn identify(&self, due: &DueMetrics, access: &Access) -> Result<bool, Refusal> {
        let ports = self.ports;
        let found = self.only_candidate(due, access).await?;
        let is_found = found.is_some();
        if let Some(media) = found {
            let receipt = Receipt { media: Some(media.id), permalink: media.permalink, ..due.receipt.clone() };
            if let Some(record) = ports.posts.find(&due.user, &due.post).await? {
                let text = "The profile shows exactly one post with this text: it is this one.".to_owned();
                let entry = note(ports, self.now(), "identified", &record.publication, text);
                self.learn(due, receipt, &[entry]).await?;
            }
        }
        let given_up = self.now() > due.receipt.confirmed_at + LONGEST_SEARCH;
        let planned = self.planned(due);
        let next_at = planned.next_at.filter(|_| is_found || !given_up);
        let reading = Reading { collection: Collection { next_at, ..planned }, ..Reading::default() };
        ports.metrics.record(&due.post, &reading).await?;
        Ok(false)
    }

    /// The one media that the post must be, went live between its request and its confirmation.
    async fn only_candidate(&self, due: &DueMetrics, access: &Access) -> Result<Option<ListedMedia>, Refusal> {
        let (ports, receipt) = (self.ports, &due.receipt);
        let tolerance = ports.settings.publish.clock_tolerance;
        let (since, until) = (receipt.sent_at - tolerance, receipt.confirmed_at + tolerance);
        let Some(record) = ports.posts.find(&due.user, &due.post).await? else { return Ok(None) };
        let caption = &record.post.caption;
        if !is_distinctive(ports, &due.account, &due.post, caption).await? {
            return Ok(None);
        }
        let Ok(Dated { value: Listing { media, complete: true }, .. }) = ports.reader.recent(access, since).await
        else {
            return Ok(None);
        };
        let alike = candidates(ports, &due.post, caption, since, media).await?;
        Ok(<[ListedMedia; 1]>::try_from(alike).ok().map(|[one]| one).filter(|one| one.published_at <= until))
    }
}
