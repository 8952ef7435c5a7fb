//! The one call that people see.

use std::time::Duration;

use futures_util::{FutureExt as _, pin_mut, select_biased};
use rats_domain::{
    clock::Monotonic,
    id::{ContainerId, MediaId},
    instagram::{Access, Advice, ContainerStatus, PlatformError, PublishAnswer},
    publication::{Attention, AttentionKind, INTENT_AHEAD, Step},
    receipt::{ConfirmedBy, Receipt},
    timeline::Entry,
};
use time::OffsetDateTime;

use super::{
    note::because,
    remedy::{TOKEN_INVALID, TRY},
    work::{Flow, Stop, Work},
};
use crate::persist::persist;

/// In the timeline: once its outcome was not known, Instagram refused to publish it again.
const REFUSED_AGAIN: &str = "refused_again";

/// Why what is not live, as far as we can see, is not sent again.
pub(super) const NOT_LET: &str = "Instagram did not let us publish to this account: connect it again and allow everything that is asked for, unless you have since.";

/// How often a wrong clock is looked at again.
const CLOCK_LOOK: Duration = Duration::from_mins(1);

impl Work<'_> {
    /// Stores the intent, then sends one publish request, then stores what came of it.
    pub(super) async fn send(&mut self, access: &Access) -> Result<Flow, Stop> {
        let Some(container) = self.publication().container.as_ref().map(|container| container.id.clone()) else {
            return self.release().await;
        };
        if let Some(moved) = self.over_publishes(access).await? {
            return Ok(moved);
        }
        // What must be asked for it is asked before the wait.
        if let Some(flow) = self.clock_wrong(access, &container).await? {
            return Ok(flow);
        }
        self.stand_ready().await;
        self.keep_lease().await?;
        // The store's clock may have been read anew, and may have been set.
        self.wait_for_its_time(INTENT_AHEAD.unsigned_abs()).await;
        if let Some(flow) = self.clock_wrong(access, &container).await? {
            return Ok(flow);
        }
        let Some(deadline) = self.deadline(self.left_until_its_time()) else {
            // With too little of the lease left, whoever claims it next sends it.
            return if self.useful() < self.ports.settings.publish.least_time_to_send {
                self.too_late().await
            } else {
                self.release().await
            };
        };
        let entry =
            self.entry("publish_requested", "About to ask Instagram to publish it; from here on it cannot be changed.");
        let step = Step::Intended { at: self.now(), may_send_until: self.claim.lease_until };
        self.intend(step, entry).await?;
        self.wait_for_its_time(Duration::ZERO).await;
        self.publish(access, &container, deadline).await
    }

    /// Waits until the intent may be stored, with a connection to Instagram at hand.
    async fn stand_ready(&self) {
        let ahead = INTENT_AHEAD.unsigned_abs();
        if self.left_until_its_time() <= ahead {
            return;
        }
        let (prepared, time) = (self.ports.publisher.prepare().fuse(), self.wait_for_its_time(ahead).fuse());
        pin_mut!(prepared, time);
        // A host that does not answer makes nothing late.
        select_biased! { () = time => {}, () = prepared => time.await }
    }

    /// Waits until so much before the post's time.
    async fn wait_for_its_time(&self, before: Duration) {
        while let Some(left) = self.left_until_its_time().checked_sub(before).filter(|left| !left.is_zero()) {
            self.ports.clock.sleep_until(self.ports.clock.monotonic() + left).await;
        }
    }

    fn left_until_its_time(&self) -> Duration {
        let left = self.publication().publish_at.map(|publish_at| publish_at - self.now());
        left.and_then(|left| left.try_into().ok()).unwrap_or_default()
    }

    /// Stores an intent. Where that is not certain to be stored, nothing is sent.
    pub(super) async fn intend(&mut self, step: Step, entry: Entry) -> Result<(), Stop> {
        let next = self.publication().after(step)?;
        self.record(next, &[entry], true).await?;
        self.memory.forget(&self.publication().post.clone());
        Ok(())
    }

    /// Sends the request and stores what came of it.
    pub(super) async fn publish(
        &mut self,
        access: &Access,
        container: &ContainerId,
        deadline: Monotonic,
    ) -> Result<Flow, Stop> {
        let sent_at = self.now();
        match self.ports.publisher.publish(access, container, deadline).await {
            PublishAnswer::Live(media) => self.live_by_answer(container, media, sent_at).await,
            PublishAnswer::NotSent(error) => {
                let error = PlatformError { advice: Advice::Retry, ..error };
                self.remedy(access, &error).await
            }
            // Its container had read as finished, so "not ready" is no proof that it is not live.
            PublishAnswer::Refused(error) if error.advice == Advice::NotReady => self.unclear(&error).await,
            PublishAnswer::Refused(error) if self.publication().was_unclear() && !is_of_token(&error) => {
                self.refused_again(&error).await
            }
            PublishAnswer::Refused(error) => match self.remedy(access, &error).await {
                // Where what would mend it cannot be stored, it is refused once more; that nothing was published is kept.
                Err(Stop::Store(_)) => self.try_again(&error).await,
                done => done,
            },
            PublishAnswer::Unclear(error) => self.unclear(&error).await,
        }
    }

    /// No byte leaves after the end of the lease, nor after the post has become useless. `None` if too little time is left after `wait`.
    pub(super) fn deadline(&self, wait: Duration) -> Option<Monotonic> {
        let now = self.ports.clock.monotonic();
        let deadline = self.lease_ends.min(now + self.useful());
        (deadline.since(now) >= self.ports.settings.publish.least_time_to_send + wait).then_some(deadline)
    }

    /// How long until it is useless: at least so long, since the store may have read its clock at any moment since it was asked.
    fn useful(&self) -> Duration {
        let at_most = self.claim.lease_until - self.lease_ends.since(self.ports.clock.monotonic());
        let end = self.publication().useless_after;
        end.map_or(Duration::ZERO, |end| (end - at_most).try_into().unwrap_or_default())
    }

    /// Another worker, now dead, stored the intent; whether it sent the request, nobody knows.
    pub(super) async fn take_over(&mut self) -> Result<Flow, Stop> {
        let text =
            "The publishing of this post was interrupted before it was confirmed. We ask Instagram whether it is live.";
        let entry = self.entry("taken_over", text);
        let now = self.now();
        self.take(Step::Unclear { at: now, look_at: now, attention: Attention::unconfirmed() }, &[entry]).await
    }

    pub(super) async fn unclear(&mut self, error: &PlatformError) -> Result<Flow, Stop> {
        // Never what to change: who reads that sends it again.
        let text = format!("{}. Whether this post is live is not known; we ask Instagram.", error.what);
        let entry = because(self.entry("unclear", text), error);
        let now = self.now();
        let step =
            Step::Unclear { at: now, look_at: now + Duration::from_secs(1), attention: Attention::unconfirmed() };
        // The rest first: if this process dies before the outcome is stored, whoever goes on must not ask again too soon.
        if let Err(stop) = self.rest_after(error, true).await {
            tracing::warn!(error = %stop, "an account's rest could not be stored");
        }
        self.take(step, &[entry]).await
    }

    /// A refusal settles the request that it answers: what was unclear before is looked into at once, however long the refusal asks to wait.
    pub(super) async fn refused_again(&mut self, error: &PlatformError) -> Result<Flow, Stop> {
        let had_rest = self.claim.allowance.rest;
        if let Err(stop) = self.rest_after(error, false).await {
            tracing::warn!(error = %stop, "an account's rest could not be stored");
        }
        // After a rest it is sent once more: what began one is no word against the post.
        let word = if self.claim.allowance.rest == had_rest { REFUSED_AGAIN } else { "waiting" };
        let text = format!("Instagram refused to publish it when it was asked again: {}.", error.what);
        let entry = because(self.entry(word, text.clone()), error);
        let now = self.now();
        let step = Step::Unclear { at: now, look_at: now + Duration::from_secs(1), attention: unsettled(&text) };
        self.take(step, &[entry]).await
    }

    async fn live_by_answer(
        &mut self,
        container: &ContainerId,
        media: MediaId,
        sent_at: OffsetDateTime,
    ) -> Result<Flow, Stop> {
        let entry = self.entry("published", "Instagram confirmed that it is live.");
        let receipt = Receipt {
            container: Some(container.clone()),
            media: Some(media),
            permalink: None,
            sent_at,
            confirmed_at: self.now(),
            confirmed_by: ConfirmedBy::Answer,
        };
        self.store_live(receipt, &[entry]).await
    }

    /// Stores the fact that it is live, trying hard. Its address comes with its first numbers.
    pub(super) async fn store_live(&mut self, receipt: Receipt, entries: &[Entry]) -> Result<Flow, Stop> {
        let post = self.publication().post.clone();
        let store = || self.ports.queue.record_published(&post, &receipt, entries);
        persist(self.ports.clock.as_ref(), &format!("that post {post} is live"), store).await?;
        self.memory.forget(&post);
        self.claim.publication = self.publication().after(Step::Published { attention: None })?;
        Ok(Flow::Done)
    }

    /// Whether our clock is off Instagram's, or was never compared with it by this process.
    pub(super) fn clock_is_wrong(&self) -> bool {
        self.ahead().is_none_or(|ahead| ahead.unsigned_abs() > self.ports.settings.publish.clock_tolerance)
    }

    /// While our clock is not known to be right: reads the container's status once more, which tells Instagram's time anew, and waits where it is wrong.
    async fn clock_wrong(&mut self, access: &Access, container: &ContainerId) -> Result<Option<Flow>, Stop> {
        if !self.clock_is_wrong() {
            return Ok(None);
        }
        if let Ok(answer) = self.ports.publisher.status(access, container).await {
            match self.dated(answer) {
                ContainerStatus::Finished | ContainerStatus::InProgress => {}
                ContainerStatus::Published => return self.live_by_status().await.map(Some),
                ContainerStatus::Expired => {
                    let text = "Its preparation on Instagram expired; it is made anew.";
                    return self.discard(text).await.map(Some);
                }
                ContainerStatus::Error(error) => return self.container_failed(&error).await.map(Some),
            }
        }
        if !self.clock_is_wrong() {
            return Ok(None);
        }
        let Some(text) = self.wrong_clock() else { return Ok(None) };
        let entry = self.entry("waiting", text.clone());
        let at = self.now() + CLOCK_LOOK;
        let attention = Some(Attention::until(AttentionKind::ClockWrong, text, at));
        Ok(Some(self.take(Step::TryAgain { at, attention }, &[entry]).await?))
    }

    /// By how much the clock is wrong, for the person; tells the operator, too.
    pub(super) fn wrong_clock(&self) -> Option<String> {
        let ahead = self.ahead()?;
        let (minutes, side) =
            (ahead.unsigned_abs().as_secs() / 60, if ahead.is_positive() { "ahead of" } else { "behind" });
        tracing::error!(
            minutes,
            side,
            "the database server's clock is off Instagram's; nothing is published until it is right"
        );
        Some(format!(
            "This service's clock is {minutes} min {side} Instagram's, so nothing is published until whoever runs this service has set it right."
        ))
    }
}

/// What a person is told of a refusal that does not settle whether the request before it went through.
pub(super) fn unsettled(refusal: &str) -> Attention {
    let text =
        format!("{refusal} An earlier try may have made it live; we keep checking. Do not post it yourself meanwhile.");
    Attention::new(AttentionKind::Unconfirmed, text)
}

/// What a person is told where Instagram refused the last request of a post whose outcome is not known.
pub(super) fn last_refusal(timeline: &[Entry]) -> Option<&str> {
    // A new connection is another try.
    let connected = timeline.iter().rposition(|entry| entry.step == "reconnected").map_or(0, |at| at + 1);
    let mut requests = timeline[connected..].rsplit(|entry| entry.step == "publish_requested");
    let (last, before) = (requests.next()?, requests.next().unwrap_or_default());
    // A token that was refused and is not dead is fresh by now, unless that could not be done either.
    let is_still_refused = before.iter().any(is_token_refused);
    last.iter().rev().find_map(|entry| match entry.step.as_str() {
        REFUSED_AGAIN => Some(entry.message.as_str()),
        // Where a request was refused rather than not sent, it was for a permission or the token.
        TRY if entry.code.is_some() && (is_still_refused || !is_token_refused(entry)) => Some(NOT_LET),
        _ => None,
    })
}

fn is_token_refused(entry: &Entry) -> bool {
    entry.step == TRY && entry.code == Some(TOKEN_INVALID)
}

/// Whether the account has to be connected again or its token refreshed, which concerns all its posts.
fn is_of_token(error: &PlatformError) -> bool {
    matches!(error.advice, Advice::Refresh | Advice::Reconnect)
}
