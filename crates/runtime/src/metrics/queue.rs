//! What happens to publications.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use rats_domain::{
    clock::Monotonic,
    id::{ContainerId, PostId},
    publication::{Allowance, Claim, Claims, Downtime, Publication, PublicationQueue, QueueError, Stage},
    receipt::{ConfirmedBy, Receipt},
    store::StoreError,
    timeline::Entry,
};
use time::OffsetDateTime;

use super::{
    Watch,
    flight::{Flight, Flying},
};

const PORT: &str = "queue";

/// Counts what is claimed, what becomes of it, and how late.
pub(super) struct MeteredQueue {
    inner: Arc<dyn PublicationQueue>,
    watch: Watch,
    flight: Arc<Flight>,
}

impl MeteredQueue {
    pub(super) fn new(inner: Arc<dyn PublicationQueue>, watch: Watch, flight: Arc<Flight>) -> Self {
        Self { inner, watch, flight }
    }

    fn now(&self) -> Monotonic {
        self.watch.clock.monotonic()
    }

    fn claimed(&self, claim: &Claim, now: Monotonic) {
        self.flight.begin(claim, now);
        if let Some(left) = quota_left(&claim.allowance) {
            self.watch.meters.quota_left.observe(left.into());
        }
    }

    /// The store's clock was just read.
    fn compare_clocks(&self, store: OffsetDateTime) {
        let offset = (self.watch.clock.now() - store).as_seconds_f64();
        self.watch.meters.clock_offset.get_or_create(&[("against", "database")]).set(offset);
    }

    fn recorded(&self, claim: &Claim, next: &Publication, keep_lease: bool) {
        self.watch.became(&claim.publication, next);
        if keep_lease && next.stage.is_open() {
            self.flight.go_on(claim, next);
        } else {
            self.flight.end(claim);
        }
    }

    fn not_recorded(&self, claim: &Claim, error: &QueueError) {
        let reason = match error {
            QueueError::LeaseLost => {
                self.flight.end(claim);
                "lease_lost"
            }
            QueueError::LaneTaken => "lane_taken",
            // Whether it happened, nobody knows; work goes on, or its lease ends.
            QueueError::Store(_) => return,
        };
        self.watch.meters.lost.get_or_create(&[("reason", reason)]).inc();
    }
}

#[async_trait]
impl PublicationQueue for MeteredQueue {
    async fn claim_due(&self, lease: Duration, limit: usize) -> Result<Claims, QueueError> {
        let claims = self.watch.database(PORT, "claim_due", self.inner.claim_due(lease, limit)).await?;
        let now = self.now();
        self.compare_clocks(claims.now);
        claims.claims.iter().for_each(|claim| self.claimed(claim, now));
        Ok(claims)
    }

    async fn claim(&self, post: &PostId, lease: Duration) -> Result<Option<Claim>, QueueError> {
        let claim = self.watch.database(PORT, "claim", self.inner.claim(post, lease)).await?;
        if let Some(claim) = &claim {
            self.compare_clocks(claim.now);
            self.claimed(claim, self.now());
        }
        Ok(claim)
    }

    async fn record(
        &self,
        claim: &Claim,
        next: &Publication,
        entries: &[Entry],
        keep_lease: bool,
    ) -> Result<(), QueueError> {
        let call = self.inner.record(claim, next, entries, keep_lease);
        let answer = self.watch.database(PORT, "record", call).await;
        match &answer {
            Ok(()) => self.recorded(claim, next, keep_lease),
            Err(error) => self.not_recorded(claim, error),
        }
        answer
    }

    async fn extend(&self, claim: &Claim, lease: Duration) -> Result<OffsetDateTime, QueueError> {
        let answer = self.watch.database(PORT, "extend", self.inner.extend(claim, lease)).await;
        match &answer {
            Ok(_) => self.flight.extend(claim, self.now(), lease),
            Err(error) => self.not_recorded(claim, error),
        }
        answer
    }

    async fn record_published(&self, post: &PostId, receipt: &Receipt, entries: &[Entry]) -> Result<bool, QueueError> {
        let call = self.inner.record_published(post, receipt, entries);
        let answer = self.watch.database(PORT, "record_published", call).await;
        if let Ok(changed) = &answer {
            let flying = self.flight.settle(post);
            if *changed && is_told(entries) {
                self.watch.published(receipt, flying, self.now());
            }
        }
        answer
    }

    async fn next_due(&self) -> Result<Option<Duration>, StoreError> {
        self.watch.database(PORT, "next_due", self.inner.next_due()).await
    }

    async fn changed(&self) {
        self.inner.changed().await;
    }

    async fn downtime(
        &self,
        began_by: OffsetDateTime,
        ended_after: OffsetDateTime,
    ) -> Result<Option<Downtime>, StoreError> {
        self.watch.database(PORT, "downtime", self.inner.downtime(began_by, ended_after)).await
    }

    async fn containers(&self, post: &PostId, since: OffsetDateTime) -> Result<Vec<ContainerId>, StoreError> {
        self.watch.database(PORT, "containers", self.inner.containers(post, since)).await
    }
}

impl Watch {
    /// A publication took a step that was stored.
    fn became(&self, before: &Publication, next: &Publication) {
        let (from, to, meters) = (before.stage, next.stage, &self.meters);
        let reason = next.attention.as_ref().map_or("other", |attention| attention.kind.as_str());
        match to {
            Stage::Failed => drop(meters.failed.get_or_create(&[("reason", reason)]).inc()),
            Stage::Held if from != Stage::Held => drop(meters.held.inc()),
            Stage::NeedsReview if from != Stage::NeedsReview => drop(meters.needs_review.inc()),
            Stage::Reconciling if from == Stage::PublishRequested => drop(meters.reconciliations.inc()),
            Stage::Waiting | Stage::Staging | Stage::Staged if is_put_off(before, next) => {
                meters.put_off.get_or_create(&[("reason", reason)]).inc();
            }
            _ => {}
        }
        if from == Stage::Reconciling {
            match to {
                Stage::NeedsReview => self.settled("needs_review"),
                Stage::PublishRequested => self.settled("sent_again"),
                Stage::Waiting => self.settled("not_live"),
                _ => {}
            }
        }
    }

    /// It is live, and that is stored.
    fn published(&self, receipt: &Receipt, flying: Option<Flying>, now: Monotonic) {
        let by = receipt.confirmed_by.as_str();
        self.meters.published.get_or_create(&[("confirmed_by", by)]).inc();
        let Some(flying) = flying else { return };
        if flying.reconciling && receipt.confirmed_by != ConfirmedBy::Person {
            self.settled(by);
        }
        if let Some(publish_at) = flying.publish_at {
            // By a witness nobody knows when exactly its request left.
            if receipt.confirmed_by == ConfirmedBy::Answer {
                self.meters.request_lateness.observe(seconds(publish_at, receipt.sent_at));
            }
            self.meters.published_lateness.observe(seconds(publish_at, flying.store_clock(now)));
        }
    }

    fn settled(&self, how: &'static str) {
        self.meters.settled.get_or_create(&[("how", how)]).inc();
    }
}

/// Whether that it is live is news, and not only an address that was missing.
fn is_told(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| matches!(entry.step.as_str(), "published" | "adopted"))
}

/// Whether it goes on later than it would have, for a reason that the person is told.
fn is_put_off(before: &Publication, next: &Publication) -> bool {
    next.attention.is_some() && (next.attention != before.attention || next.attempt > before.attempt)
}

/// What is left of the account's posts in 24 h, where Instagram told how many there are.
fn quota_left(allowance: &Allowance) -> Option<u32> {
    allowance.quota_total.map(|total| total.saturating_sub(allowance.published.count))
}

/// From one moment to another, not below zero: clocks differ by a little.
fn seconds(from: OffsetDateTime, to: OffsetDateTime) -> f64 {
    (to - from).as_seconds_f64().max(0.0)
}
