//! Looking into a request whose outcome is not known.

use std::time::Duration;

use rats_domain::{
    caption::Caption,
    connection::Health,
    id::ContainerId,
    instagram::{Access, Advice, ContainerStatus, ListedMedia, Listing, PlatformError},
    publication::{Attention, AttentionKind, Request, RestCause, Stage, Step},
    receipt::{ConfirmedBy, Receipt},
};
use time::OffsetDateTime;

use super::{
    allowance::{is_of_spam, resting},
    backoff,
    judge::{self, Evidence, Verdict, judge, testimony},
    note::because,
    remedy::TOKEN_INVALID,
    send::{NOT_LET, last_refusal},
    witness::{self, SECOND},
    work::{Flow, Stop, Work},
};

/// How long a rate limit is heeded while we look, where Instagram does not say.
const RATE_LIMIT: Duration = Duration::from_mins(2);

/// Within this span Instagram's counter may take what we sent before its window for what is in it: clocks are compared to a second, and a request may
/// take all of its time-out.
const EDGE: Duration = Duration::from_secs(35);
/// How far back the window is begun at most for that, counted in edges: an hour, in which an account may have published all that it may in a day.
const EDGES: u32 = 100;

impl Work<'_> {
    /// Asks the witnesses and does what follows.
    pub(super) async fn reconcile(&mut self) -> Result<Flow, Stop> {
        let publication = self.publication();
        let container = publication.container.clone().map(|container| container.id);
        let (container, request) = match (container, publication.request.clone()) {
            (container, Some(request)) if publication.is_in_doubt() => return self.doubt(container, request).await,
            (Some(container), Some(request)) => (container, request),
            _ => return self.release().await,
        };
        let waits = self.waits(&request);
        let Some((_, access)) = self.access() else { return self.cannot_look(&request, waits).await };
        self.keep_lease().await?;
        // Once a person is asked only the status may still settle it.
        let is_asked = self.publication().stage == Stage::NeedsReview;
        let mut evidence = self.look(&access, Some(&container), &request, waits.is_none() && !is_asked).await?;
        evidence.ends = self.now() >= first_unclear(&request) + self.ports.settings.publish.ends_after;
        // Only where the person is asked does it matter what stood in the way of another request.
        let refusal = if evidence.ends { self.refusal().await? } else { None };
        match judge(&evidence) {
            // Where the profile may not show it yet, its id is looked for later, with its numbers.
            Verdict::LiveByStatus(media) => {
                let entry = self.entry("published", "Instagram says that it is live.");
                let receipt = self.receipt(&container, &request, media, ConfirmedBy::Status);
                self.store_live(receipt, &[entry]).await
            }
            // Only "published" or the person: the lane was given back, others publish meanwhile.
            _ if is_asked => self.look_again(&request, waits).await,
            Verdict::LiveByListing(media) => {
                // It is concluded from what was read, not told: who was claimed after meanwhile, or whose person has decided, concludes nothing.
                self.renew_lease().await?;
                let entry = self.entry("published", "The profile shows exactly one post with this text: it is live.");
                let receipt = self.receipt(&container, &request, Some(media), ConfirmedBy::Listing);
                self.store_live(receipt, &[entry]).await
            }
            Verdict::SendAgain if self.clock_is_wrong() && evidence.ends => {
                let clock = self.wrong_clock().unwrap_or_default();
                self.review(&format!("{clock} {}", testimony(&evidence))).await
            }
            Verdict::SendAgain if self.clock_is_wrong() => self.wait_for_clock(&request).await,
            Verdict::SendAgain if self.is_refused() && !evidence.ends => self.look_again(&request, waits).await,
            Verdict::SendAgain if self.rests() && !self.is_refused() => self.wait_for_rest(&request).await,
            Verdict::SendAgain if let Some(refusal) = refusal => {
                self.review(&format!("{refusal} {}", testimony(&evidence))).await
            }
            Verdict::SendAgain => self.send_again(&access, &container, &request).await,
            Verdict::Review(testimony) => {
                let refusal = refusal.filter(|_| evidence.candidates.as_ref().is_none_or(Vec::is_empty));
                self.review(&refusal.map_or(testimony.clone(), |refusal| format!("{refusal} {testimony}"))).await
            }
            Verdict::LookAgain => self.look_again(&request, waits).await,
        }
    }

    /// What stands in the way of another request: what Instagram said where it refused the last one.
    async fn refusal(&self) -> Result<Option<String>, Stop> {
        if self.is_refused() {
            return Ok(Some(NOT_LET.to_owned()));
        }
        let post = &self.claim.post;
        let found = self.ports.posts.find_with_timeline(&post.user, &post.id).await?;
        Ok(found.and_then(|(_, timeline)| last_refusal(&timeline).map(str::to_owned)))
    }

    /// It is live by its status, although no request of ours is known to have been answered.
    pub(super) async fn live_by_status(&mut self) -> Result<Flow, Stop> {
        let Some(container) = self.publication().container.clone() else { return self.release().await };
        let receipt = Receipt {
            container: Some(container.id),
            media: None,
            permalink: None,
            sent_at: container.created_at,
            confirmed_at: self.now(),
            confirmed_by: ConfirmedBy::Status,
        };
        let entry = self.entry("published", "Instagram says that it is live.");
        self.store_live(receipt, &[entry]).await
    }

    /// How long until both waits are over: grace for a request that may still be in flight, then the witness window. `None` once they are.
    ///
    /// Counted on the store's clock from the end of the lease under which it was sent, and, since that clock may jump, on our own monotonic one
    /// from our first look: the sender's lease may have begun at that very moment.
    pub(super) fn waits(&self, request: &Request) -> Option<Duration> {
        let spans = &self.ports.settings.publish;
        let both = spans.grace + spans.witness_window;
        let wall: Duration = (request.may_send_until + both - self.now()).try_into().unwrap_or_default();
        let now = self.ports.clock.monotonic();
        let looked = now.since(self.memory.first_look(&self.publication().post, request.sent_at(), now));
        // Of what is in doubt the adoption has waited for both already, by its own clock.
        let own = if request.intent_at.is_none() { spans.lease } else { spans.lease + both };
        Some(wall.max(own.saturating_sub(looked))).filter(|left| !left.is_zero())
    }

    /// Asks status, listing and quota counter. `ends` is left for the caller.
    pub(super) async fn look(
        &mut self,
        access: &Access,
        container: Option<&ContainerId>,
        request: &Request,
        waits_over: bool,
    ) -> Result<Evidence, Stop> {
        let status = match container {
            Some(container) => self.status(access, container).await?,
            None => None,
        };
        let ports = self.ports;
        let caption = self.claim.post.caption.clone();
        let candidates = if waits_over { self.candidates(access, &caption, request).await? } else { None };
        let distinctive = match &candidates {
            Some(found) if !found.is_empty() => {
                witness::is_distinctive(ports, &access.account, &self.publication().post, &caption).await?
            }
            _ => false,
        };
        // Of what is in doubt it says nothing: the receipts of what went live meanwhile are lost with the old database.
        let counts = waits_over && request.intent_at.is_some();
        let unexplained = if counts { self.unexplained(access, request).await? } else { None };
        Ok(Evidence {
            status,
            candidates,
            adoptable_from: self.intent(request),
            distinctive,
            unexplained,
            waits_over,
            useless: self.is_useless(),
            ends: false,
        })
    }

    /// The container's status; `None` if it cannot be read.
    async fn status(&mut self, access: &Access, container: &ContainerId) -> Result<Option<ContainerStatus>, Stop> {
        match self.ports.publisher.status(access, container).await {
            Ok(answer) => Ok(Some(self.dated(answer))),
            Err(error) => {
                self.heed(access, &error).await?;
                self.trouble = Some(error);
                Ok(None)
            }
        }
    }

    /// A refusal while we look. What can be mended without the person is; else they are told, and what concerns every post of the account
    /// holds or delays them all.
    async fn heed(&mut self, access: &Access, error: &PlatformError) -> Result<(), Stop> {
        match error.advice {
            Advice::Reconnect if error.code == Some(TOKEN_INVALID) => self.mark_dead(access, error).await,
            Advice::Refresh => match self.refresh(access).await? {
                Some(refused) if refused.advice == Advice::ActInApp => self.rest_from_looking(&refused).await,
                Some(_) => self.mark_dead(access, error).await,
                None => Ok(()),
            },
            Advice::ActInApp => self.rest_from_looking(error).await,
            Advice::Wait if is_of_spam(error) => self.rest_from_looking(error).await,
            _ => Ok(()),
        }
    }

    async fn mark_dead(&mut self, access: &Access, error: &PlatformError) -> Result<(), Stop> {
        let Some(id) = &self.publication().connection else { return Ok(()) };
        if self.ports.connections.mark_dead(id, &access.token, self.now()).await? {
            self.tell_along(self.entry_because("refused", error));
        }
        Ok(())
    }

    /// The account rests. A rest that has begun is not made longer by looking.
    async fn rest_from_looking(&mut self, error: &PlatformError) -> Result<(), Stop> {
        if self.rests() { Ok(()) } else { self.rest_after(error, false).await }
    }

    /// Whether the person disconnected the account, rather than its token having died.
    async fn is_disconnected(&self) -> Result<bool, Stop> {
        let Some(id) = &self.publication().connection else { return Ok(true) };
        let connection = self.ports.connections.find(id).await?;
        Ok(connection
            .is_none_or(|connection| matches!(connection.health, Health::Disconnected | Health::LinkedElsewhere)))
    }

    /// The media that may be it; `None` if the listing cannot be read whole.
    async fn candidates(
        &mut self,
        access: &Access,
        caption: &Caption,
        request: &Request,
    ) -> Result<Option<Vec<ListedMedia>>, Stop> {
        let since = self.window(request);
        let answer = match self.ports.reader.recent(access, since).await {
            Ok(answer) => answer,
            Err(error) => {
                self.trouble = Some(error);
                return Ok(None);
            }
        };
        let Listing { media, complete: true } = self.dated(answer) else { return Ok(None) };
        Ok(Some(witness::candidates(self.ports, &self.publication().post, caption, since, media).await?))
    }

    /// Where the witnesses' window begins, by Instagram's clock. Who stored the intent may have had another clock than ours, off by as much as is tolerated.
    fn window(&self, request: &Request) -> OffsetDateTime {
        // Our clock may have been set since: whichever is earlier.
        self.intent(request).min(request.first_intent_at - SECOND) - self.ports.settings.publish.clock_tolerance
    }

    /// The first intent, by Instagram's clock.
    fn intent(&self, request: &Request) -> OffsetDateTime {
        request.first_intent_at - self.ahead().unwrap_or_default() - SECOND
    }

    /// Publishes since the intent that are not our own confirmed ones.
    async fn unexplained(&self, access: &Access, request: &Request) -> Result<Option<u32>, Stop> {
        // Instagram is asked in whole seconds: ours are counted from the same one.
        let since = whole_second(self.window(request));
        let unexplained = self.unexplained_since(access, since).await?;
        if unexplained.is_none_or(|unexplained| unexplained == 0) {
            return Ok(unexplained);
        }
        // One of ours so near to where it begins to count that it may count it: from where there is none, it certainly does.
        match self.gap_before(access, since).await? {
            gap if gap == since => Ok(unexplained),
            gap => self.unexplained_since(access, gap).await,
        }
    }

    async fn unexplained_since(&self, access: &Access, since: OffsetDateTime) -> Result<Option<u32>, Stop> {
        let Ok(quota) = self.ports.reader.quota(access, since).await else { return Ok(None) };
        let from = since + self.ahead().unwrap_or_default();
        let ours = self.ports.history.confirmed_since(&access.account, from).await?;
        Ok(Some(quota.used.saturating_sub(ours)))
    }

    /// The last moment, from `since` backwards, before which for as long as an [`EDGE`] none of ours was sent.
    async fn gap_before(&self, access: &Access, since: OffsetDateTime) -> Result<OffsetDateTime, Stop> {
        let (mut gap, ahead) = (since, self.ahead().unwrap_or_default());
        let mut ours = self.ports.history.confirmed_since(&access.account, gap + ahead).await?;
        for _ in 0..EDGES {
            let earlier = self.ports.history.confirmed_since(&access.account, gap + ahead - EDGE).await?;
            if earlier == ours {
                break;
            }
            (gap, ours) = (gap - EDGE, earlier);
        }
        Ok(gap)
    }

    /// The same container is sent again, under a new intent.
    async fn send_again(&mut self, access: &Access, container: &ContainerId, request: &Request) -> Result<Flow, Stop> {
        self.keep_lease().await?;
        let Some(deadline) = self.deadline(Duration::ZERO) else { return self.look_again(request, None).await };
        let entry = self.entry(
            "publish_requested",
            "Nothing shows that it is live; about to ask Instagram once more to publish the same prepared post.",
        );
        let step = Step::SendAgain { at: self.now(), may_send_until: self.claim.lease_until };
        self.intend(step, entry).await?;
        self.publish(access, container, deadline).await
    }

    pub(super) async fn review(&mut self, testimony: &str) -> Result<Flow, Stop> {
        let entry = self.entry("needs_review", testimony);
        // Where a witness could not be asked: what Instagram said.
        let entry = self.trouble.take().map_or(entry.clone(), |error| because(entry, &error));
        let look_at = self.now() + backoff::review_look(Duration::ZERO);
        self.take(Step::Review { look_at, attention: Attention::new(AttentionKind::Review, testimony) }, &[entry]).await
    }

    pub(super) async fn look_again(&mut self, request: &Request, waits: Option<Duration>) -> Result<Flow, Stop> {
        let since: Duration = (self.now() - first_unclear(request)).try_into().unwrap_or_default();
        if self.publication().stage == Stage::NeedsReview {
            let attention = self.publication().attention.clone().unwrap_or_else(Attention::unconfirmed);
            return self
                .take(Step::StillUnclear { look_at: self.now() + backoff::review_look(since), attention }, &[])
                .await;
        }
        let wait = backoff::reconcile_look(since).min(waits.unwrap_or(Duration::MAX)).max(Duration::from_millis(100));
        let wait = self.rate_limit(since).map_or(wait, |limit| wait.max(limit));
        let attention = self.publication().attention.clone();
        let attention = attention.filter(|told| {
            let is_lasting = told.kind == AttentionKind::Unconfirmed && told.until.is_none() && !self.is_restricted();
            is_lasting || request.intent_at.is_none() || self.is_refused()
        });
        let attention = attention.unwrap_or_else(|| self.unconfirmed());
        self.take(Step::StillUnclear { look_at: self.now() + wait, attention }, &[]).await
    }

    /// For how long Instagram wants to be asked nothing, at most until a person is asked: asking all the same makes it longer.
    fn rate_limit(&self, since: Duration) -> Option<Duration> {
        let limit = self.trouble.as_ref().filter(|error| error.advice == Advice::Wait)?;
        let limit = limit.retry_after.unwrap_or(RATE_LIMIT);
        Some(limit.min(self.ports.settings.publish.ends_after.checked_sub(since)?))
    }

    /// Whether Instagram refused again and again to publish it, although it lets us look: only the person can change that.
    fn is_refused(&self) -> bool {
        let attention = self.publication().attention.as_ref();
        attention.is_some_and(|attention| attention.kind == AttentionKind::UnconfirmedReconnect)
    }

    /// What the person is told while we look: before all what they can do so that we see.
    fn unconfirmed(&self) -> Attention {
        if !self.is_restricted() {
            return Attention::unconfirmed();
        }
        let text = "Instagram has restricted this account, and has not confirmed this post yet. Open the Instagram app and follow what it asks; we keep checking. Do not post it yourself meanwhile.";
        Attention::new(AttentionKind::ActInApp, text)
    }

    /// Whether it rests until its owner has acted in the Instagram app.
    fn is_restricted(&self) -> bool {
        self.rests() && self.claim.allowance.rest.is_some_and(|rest| rest.cause == RestCause::ActInApp)
    }

    fn rests(&self) -> bool {
        self.claim.allowance.rest.is_some_and(|rest| rest.until > self.now())
    }

    /// Nothing is live, but its account rests: it is sent again after that. Reading goes on meanwhile.
    async fn wait_for_rest(&mut self, request: &Request) -> Result<Flow, Stop> {
        let Some(rest) = self.claim.allowance.rest else { return self.release().await };
        let (_, reason) = resting(rest);
        let attention = if self.publication().useless_after.is_some_and(|end| end < rest.until) {
            let text = format!(
                "{}, and before that ends it is too late for this post. It is not live, as far as we can see; we keep looking, then ask you. Do not post it yourself meanwhile.",
                reason.what
            );
            Attention::new(AttentionKind::Unconfirmed, text)
        } else {
            let text = format!(
                "{} This post is not live, as far as we can see; we keep looking. Do not post it yourself meanwhile.",
                reason.sentence()
            );
            Attention::until(AttentionKind::Unconfirmed, text, rest.until)
        };
        let since: Duration = (self.now() - first_unclear(request)).try_into().unwrap_or_default();
        let look_at = rest.until.min(self.now() + backoff::reconcile_look(since));
        self.take(Step::StillUnclear { look_at, attention }, &[]).await
    }

    async fn wait_for_clock(&mut self, request: &Request) -> Result<Flow, Stop> {
        let Some(clock) = self.wrong_clock() else { return self.look_again(request, None).await };
        let look_at = self.now() + Duration::from_mins(1);
        let text = format!(
            "{clock} This post is not live, as far as we can see; we keep looking. Do not post it yourself meanwhile."
        );
        self.take(Step::StillUnclear { look_at, attention: Attention::new(AttentionKind::ClockWrong, text) }, &[]).await
    }

    /// The account is not connected: it cannot be looked into. After the waits a person decides.
    pub(super) async fn cannot_look(&mut self, request: &Request, waits: Option<Duration>) -> Result<Flow, Stop> {
        let late = if self.is_useless() { judge::TOO_LATE } else { "" };
        let unasked = format!(
            "We could not ask Instagram whether this post is live, since the account was not connected.{late} Connect it again if it still is not. {}",
            judge::DECIDE
        );
        if self.publication().stage == Stage::NeedsReview {
            return self.look_again(request, waits).await;
        }
        let ends = self.now() >= first_unclear(request) + self.ports.settings.publish.ends_after;
        if waits.is_none() && (ends || self.is_disconnected().await?) {
            return self.review(&unasked).await;
        }
        let text = "Instagram has not confirmed this post: it may be live. We cannot look while the account is not connected. Connect it again; if it stays so we ask you here. Do not post it yourself meanwhile.";
        // What it says already says why.
        let told = self.publication().attention.clone();
        let told = told.filter(|attention| attention.kind == AttentionKind::UnconfirmedReconnect);
        let attention = told.unwrap_or_else(|| Attention::new(AttentionKind::UnconfirmedReconnect, text));
        let wait = waits.unwrap_or(Duration::from_mins(2)).max(Duration::from_millis(100));
        self.take(Step::StillUnclear { look_at: self.now() + wait, attention }, &[]).await
    }

    pub(super) fn receipt(
        &self,
        container: &ContainerId,
        request: &Request,
        media: Option<ListedMedia>,
        by: ConfirmedBy,
    ) -> Receipt {
        let (media, permalink) = media.map_or((None, None), |media| (Some(media.id), media.permalink));
        Receipt {
            container: Some(container.clone()),
            media,
            permalink,
            // By its status alone, any of the requests may have been the one.
            sent_at: if by == ConfirmedBy::Status { request.first_intent_at } else { request.sent_at() },
            confirmed_at: self.now(),
            confirmed_by: by,
        }
    }
}

fn whole_second(at: OffsetDateTime) -> OffsetDateTime {
    at - time::Duration::nanoseconds(at.nanosecond().into())
}

pub(super) fn first_unclear(request: &Request) -> OffsetDateTime {
    request.first_unclear_at.unwrap_or(request.sent_at())
}
