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
        // Before that the profile may show one that was made by hand and not yet ours.
        let shown_from = due.receipt.confirmed_at + ports.settings.publish.witness_window;
        if self.now() < shown_from {
            self.put_off(&due.post, shown_from).await?;
            return Ok(false);
        }
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
        let Ok(Dated { value: Listing { media, complete: true }, date: Some(date) }) =
            ports.reader.recent(access, since).await
        else {
            return Ok(None);
        };
        // By Instagram's clock, as when an outcome is looked into: what went live before the request is another's.
        let sent_at = receipt.sent_at - (self.now() - date) - Duration::SECOND;
        let alike = candidates(ports, &due.post, caption, since, media).await?;
        let only = <[ListedMedia; 1]>::try_from(alike).ok().map(|[one]| one);
        Ok(only.filter(|one| (sent_at..=until).contains(&one.published_at)))
    }
}
