//! Collects the engagement of published posts at growing intervals, and what Instagram did not tell when they went live.

use std::sync::Arc;

use rats_domain::{
    connection::{Feature, Health},
    id::MediaId,
    instagram::{Access, Advice, Dated, ListedMedia, Listing},
    metrics::{DueMetrics, Metrics},
    publication::QueueError,
    receipt::Receipt,
    timeline::Entry,
};
use time::{Duration, OffsetDateTime};

use crate::{
    Ports, Refusal,
    publish::{candidates, is_distinctive, note},
};

/// The most read in one run.
const BATCH: usize = 50;

/// From this part of a rate limit on numbers wait: staging and publishing come first.
const RESERVE_PERCENT: u64 = 60;

/// For how long the id of a live post is looked for; Instagram's listing lags by minutes.
const LONGEST_SEARCH: Duration = Duration::DAY;

/// When to read next the numbers of a post that went live at `published_at`: often while they move, then seldom, never after 90 days.
#[must_use]
pub fn next_reading(published_at: OffsetDateTime, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let age = now - published_at;
    let wait = match age {
        _ if age < Duration::hours(1) => Duration::minutes(5),
        _ if age < Duration::days(1) => Duration::hours(1),
        _ if age < Duration::days(7) => Duration::hours(6),
        _ if age < Duration::days(30) => Duration::days(1),
        _ if age < Duration::days(90) => Duration::days(7),
        _ => return None,
    };
    Some(now + wait)
}

/// Reads the numbers of published posts that are due, and looks for what is not known of them yet.
pub struct CollectMetrics(pub Arc<Ports>);

impl CollectMetrics {
    /// One run; answers how many posts were read.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let due = self.0.metrics.take_due(self.0.clock.now(), BATCH).await?;
        let mut read = 0;
        for post in &due {
            read += usize::from(self.read(post).await?);
        }
        Ok(read)
    }

    async fn read(&self, due: &DueMetrics) -> Result<bool, Refusal> {
        let ports = &self.0;
        let next = next_reading(due.receipt.sent_at, ports.clock.now());
        let connection = ports.connections.find(&due.connection).await?;
        let working = connection.filter(|connection| connection.health == Health::Working);
        let Some((features, token)) = working.and_then(|connection| Some((connection.features, connection.token?)))
        else {
            ports.metrics.record(&due.post, None, next).await?;
            return Ok(false);
        };
        let access = Access { account: due.account.clone(), token: token.secret };
        if ports.reader.used_percent(&due.account) >= RESERVE_PERCENT {
            ports.metrics.record(&due.post, None, next).await?;
            return Ok(false);
        }
        let Some(media) = &due.receipt.media else { return self.identify(due, &access, next).await };
        if !features.contains(&Feature::Insights) {
            self.find_permalink(due, &access, media).await?;
            ports.metrics.record(&due.post, None, next).await?;
            return Ok(false);
        }
        match ports.reader.engagement(&access, media).await {
            Ok(engagement) => {
                if let (None, Some(permalink)) = (&due.receipt.permalink, engagement.permalink) {
                    self.learn(due, Receipt { permalink: Some(permalink), ..due.receipt.clone() }, &[]).await?;
                }
                let known = ports.metrics.find(&due.post).await?.unwrap_or_default();
                let metrics = Metrics { measured_at: Some(ports.clock.now()), ..engagement.metrics }.or(&known);
                ports.metrics.record(&due.post, Some(&metrics), next).await?;
                Ok(true)
            }
            Err(error) => {
                tracing::info!(post = %due.post, %error, code = error.code, "the numbers of a post could not be read");
                let next = if error.advice == Advice::Wait { next.map(|next| next + Duration::hours(1)) } else { next };
                ports.metrics.record(&due.post, None, next).await?;
                Ok(false)
            }
        }
    }

    async fn find_permalink(&self, due: &DueMetrics, access: &Access, media: &MediaId) -> Result<(), Refusal> {
        if due.receipt.permalink.is_none()
            && let Ok(Some(permalink)) = self.0.reader.permalink(access, media).await
        {
            self.learn(due, Receipt { permalink: Some(permalink), ..due.receipt.clone() }, &[]).await?;
        }
        Ok(())
    }

    /// A post that is live by its container's status, but whose id Instagram did not tell: its listing may show it by now.
    async fn identify(&self, due: &DueMetrics, access: &Access, next: Option<OffsetDateTime>) -> Result<bool, Refusal> {
        let ports = &self.0;
        let found = self.only_candidate(due, access).await?;
        let is_found = found.is_some();
        if let Some(media) = found {
            let receipt = Receipt { media: Some(media.id), permalink: media.permalink, ..due.receipt.clone() };
            if let Some(record) = ports.posts.find(&due.user, &due.post).await? {
                let text = "The profile shows exactly one post with this text: it is this one.".to_owned();
                let entry = note(ports, ports.clock.now(), "identified", &record.publication, text);
                self.learn(due, receipt, &[entry]).await?;
            }
        }
        let given_up = ports.clock.now() > due.receipt.confirmed_at + LONGEST_SEARCH;
        ports.metrics.record(&due.post, None, next.filter(|_| is_found || !given_up)).await?;
        Ok(false)
    }

    /// The one media that the post must be, went live between its request and its confirmation.
    async fn only_candidate(&self, due: &DueMetrics, access: &Access) -> Result<Option<ListedMedia>, Refusal> {
        let (ports, receipt) = (&self.0, &due.receipt);
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

    async fn learn(&self, due: &DueMetrics, receipt: Receipt, entries: &[Entry]) -> Result<(), Refusal> {
        match self.0.queue.record_published(&due.post, &receipt, entries).await {
            Ok(_) => Ok(()),
            Err(QueueError::Store(error)) => Err(error.into()),
            Err(error) => Err(Refusal::Broken(error.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::{
        id::{AccountId, ConnectionId, ContainerId, PostId, UserId},
        instagram::Engagement,
        receipt::ConfirmedBy,
    };
    use time::macros::datetime;

    use super::*;
    use crate::mock::{Mocks, NOW, connection, post};

    fn due(media: Option<&str>) -> DueMetrics {
        DueMetrics {
            post: PostId::new("p"),
            user: UserId::new("u"),
            account: AccountId::new("1784"),
            connection: ConnectionId::new("c"),
            receipt: Receipt {
                container: Some(ContainerId::new("17")),
                media: media.map(MediaId::new),
                permalink: None,
                sent_at: NOW - Duration::minutes(10),
                confirmed_at: NOW - Duration::minutes(9),
                confirmed_by: ConfirmedBy::Status,
            },
        }
    }

    fn listed(id: &str, minutes_ago: i64) -> ListedMedia {
        ListedMedia {
            id: MediaId::new(id),
            caption: Some("Happy birthday, Anna!".into()),
            is_image: true,
            published_at: NOW - Duration::minutes(minutes_ago),
            permalink: Some(format!("https://www.instagram.com/p/{id}/")),
        }
    }

    /// Mocks that hand out `due` once, through a connection with `features`.
    fn mocks(due: DueMetrics, features: Vec<Feature>) -> Mocks {
        let mut mocks = Mocks::default();
        mocks.metrics.expect_take_due().return_once(move |_, _| Ok(vec![due]));
        mocks.metrics.expect_find().returning(|_| Ok(None));
        mocks.connections.expect_find().return_once(move |_| Ok(Some(connection(features))));
        mocks.posts.expect_find().returning(|_, _| Ok(Some(post())));
        mocks.history.expect_caption_repeats().returning(|_, _, _| Ok(false));
        mocks.history.expect_owned_by_others().returning(|_, _| Ok(vec![]));
        mocks.reader.expect_used_percent().return_const(59_u64);
        mocks
    }

    /// Runs once with `listing` on the profile and expects that `learnt` is recorded as the media.
    fn looks_for_its_id(listing: Vec<ListedMedia>, learnt: Option<&'static str>) {
        let mut mocks = mocks(due(None), vec![Feature::Basic]);
        mocks
            .reader
            .expect_recent()
            .return_once(move |_, _| Ok(Dated { value: Listing { media: listing, complete: true }, date: Some(NOW) }));
        let recorded = move |_: &PostId, receipt: &Receipt, entries: &[Entry]| {
            receipt.media.as_ref().map(MediaId::as_str) == learnt && receipt.permalink.is_some() && entries.len() == 1
        };
        mocks
            .queue
            .expect_record_published()
            .withf(recorded)
            .times(usize::from(learnt.is_some()))
            .returning(|_, _, _| Ok(true));
        mocks
            .metrics
            .expect_record()
            .withf(|_, metrics, next| metrics.is_none() && next.is_some())
            .returning(|_, _, _| Ok(()));

        CollectMetrics(mocks.ports()).run().now_or_never().unwrap().unwrap();
    }

    #[test]
    fn the_id_of_a_live_post_is_found_on_the_profile_later() {
        looks_for_its_id(vec![listed("m", 10)], Some("m"));
    }

    #[test]
    fn an_id_is_not_guessed() {
        looks_for_its_id(vec![], None);
        looks_for_its_id(vec![listed("m", 10), listed("n", 9)], None);
        // Went live long after ours was confirmed, or before it was sent.
        looks_for_its_id(vec![listed("m", 1)], None);
        looks_for_its_id(vec![listed("m", 60)], None);
    }

    #[test]
    fn an_address_that_was_missed_is_learnt_with_the_numbers() {
        let mut mocks = mocks(due(Some("m")), vec![Feature::Basic, Feature::Insights]);
        mocks.reader.expect_engagement().return_once(|_, _| {
            let metrics = Metrics { likes: Some(3), ..Metrics::default() };
            Ok(Engagement { metrics, permalink: Some("https://www.instagram.com/p/m/".into()) })
        });
        mocks
            .queue
            .expect_record_published()
            .withf(|_, receipt, _| receipt.permalink.is_some())
            .times(1)
            .returning(|_, _, _| Ok(true));
        mocks
            .metrics
            .expect_record()
            .withf(|_, metrics, _| metrics.is_some_and(|metrics| metrics.likes == Some(3)))
            .times(1)
            .returning(|_, _, _| Ok(()));

        assert_eq!(CollectMetrics(mocks.ports()).run().now_or_never().unwrap().unwrap(), 1);
    }

    #[test]
    fn an_address_is_looked_for_without_the_right_to_numbers() {
        let mut mocks = mocks(due(Some("m")), vec![Feature::Basic]);
        mocks.reader.expect_permalink().return_once(|_, _| Ok(Some("https://www.instagram.com/p/m/".into())));
        mocks.queue.expect_record_published().times(1).returning(|_, _, _| Ok(true));
        mocks.metrics.expect_record().times(1).returning(|_, _, _| Ok(()));

        CollectMetrics(mocks.ports()).run().now_or_never().unwrap().unwrap();
    }

    #[test]
    fn numbers_wait_while_the_rate_limits_are_wanted_for_publishing() {
        let mut mocks = mocks(due(Some("m")), vec![Feature::Basic, Feature::Insights]);
        mocks.reader.checkpoint();
        mocks.reader.expect_used_percent().return_const(60_u64);
        mocks
            .metrics
            .expect_record()
            .withf(|_, metrics, next| metrics.is_none() && next.is_some())
            .times(1)
            .returning(|_, _, _| Ok(()));

        assert_eq!(CollectMetrics(mocks.ports()).run().now_or_never().unwrap().unwrap(), 0);
    }

    #[test]
    fn readings_grow_apart_and_end() {
        let live = datetime!(2026-12-04 9:00 UTC);
        let waits = [0, 2, 48, 24 * 10, 24 * 40].map(|hours| {
            let now = live + Duration::hours(hours);
            next_reading(live, now).unwrap() - now
        });
        assert!(waits.is_sorted());
        assert_eq!(next_reading(live, live + Duration::days(91)), None);
    }
}
