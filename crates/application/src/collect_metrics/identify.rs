//! A post that is live by its container's status, but whose id Instagram did not tell: its listing may show it by now.

use rats_domain::{
    instagram::{Access, Dated, ListedMedia, Listing, PlatformError},
    metrics::{Collection, DueMetrics, Reading},
    receipt::Receipt,
};
use time::Duration;

use super::{Round, failure::is_of_account};
use crate::{
    Refusal,
    publish::{candidates, is_distinctive, note},
};

/// For how long the id of a live post is looked for; Instagram's listing lags by minutes.
const LONGEST_SEARCH: Duration = Duration::DAY;

/// What the profile says of a post's media.
enum Search {
    /// This one it must be.
    Found(ListedMedia),
    /// It shows none, or several, or nothing could tell ours from others.
    NotFound,
    /// It could not be read, or not far enough back: that says nothing.
    Unread(Option<PlatformError>),
}

impl Round<'_> {
    /// Looks for it. Once it is found its numbers are read at once; given up it is only after the whole profile was read.
    pub(super) async fn identify(&self, due: &DueMetrics, access: &Access) -> Result<bool, Refusal> {
        let (ports, now) = (self.ports, self.now());
        // Before that the profile may show one that was made by hand and not yet ours.
        let shown_from = due.receipt.confirmed_at + ports.settings.publish.witness_window;
        if now < shown_from {
            self.put_off(&due.post, shown_from).await?;
            return Ok(false);
        }
        let next_at = match self.search(due, access).await? {
            Search::Unread(Some(error)) if is_of_account(error.advice) => {
                self.rest(due, access, &error).await?;
                return Ok(false);
            }
            Search::Unread(_) => {
                self.read_later(due).await?;
                return Ok(false);
            }
            Search::Found(media) => {
                self.learn_media(due, media).await?;
                Some(now)
            }
            Search::NotFound if now > due.receipt.confirmed_at + LONGEST_SEARCH => None,
            Search::NotFound => self.planned(due).next_at,
        };
        let collection = Collection { next_at, ..Collection::default() };
        ports.metrics.record(&due.post, &Reading { collection, ..Reading::default() }).await?;
        Ok(false)
    }

    async fn learn_media(&self, due: &DueMetrics, media: ListedMedia) -> Result<(), Refusal> {
        let receipt = Receipt { media: Some(media.id), permalink: media.permalink, ..due.receipt.clone() };
        let Some(record) = self.ports.posts.find(&due.user, &due.post).await? else { return Ok(()) };
        let text = "The profile shows exactly one post with this text: it is this one.".to_owned();
        let entry = note(self.ports, self.now(), "identified", &record.publication, text);
        self.learn(due, receipt, &[entry]).await
    }

    /// Looks for the one media that the post must be, went live between its request and its confirmation.
    async fn search(&self, due: &DueMetrics, access: &Access) -> Result<Search, Refusal> {
        let (ports, receipt) = (self.ports, &due.receipt);
        let tolerance = ports.settings.publish.clock_tolerance;
        let (since, until) = (receipt.sent_at - tolerance, receipt.confirmed_at + tolerance);
        let Some(record) = ports.posts.find(&due.user, &due.post).await? else { return Ok(Search::NotFound) };
        let caption = &record.post.caption;
        if !is_distinctive(ports, &due.account, &due.post, caption).await? {
            return Ok(Search::NotFound);
        }
        let (media, date) = match ports.reader.recent(access, since).await {
            Ok(Dated { value: Listing { media, complete: true }, date: Some(date) }) => (media, date),
            Ok(_) => return Ok(Search::Unread(None)),
            Err(error) => return Ok(Search::Unread(Some(error))),
        };
        // By Instagram's clock, as when an outcome is looked into: what went live before the request is another's.
        let sent_at = receipt.sent_at - (self.now() - date) - Duration::SECOND;
        let alike = candidates(ports, &due.post, caption, since, media).await?;
        let only = <[ListedMedia; 1]>::try_from(alike).ok().map(|[one]| one);
        let only = only.filter(|one| (sent_at..=until).contains(&one.published_at));
        Ok(only.map_or(Search::NotFound, Search::Found))
    }
}
