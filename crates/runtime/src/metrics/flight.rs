//! Which posts this process has claimed, as far as the metrics need it.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rats_domain::{
    clock::Monotonic,
    id::PostId,
    publication::{Claim, Publication, Stage},
};
use time::OffsetDateTime;

/// A fact may be stored for so long after its lease; then the claim is forgotten.
const KEPT: Duration = Duration::from_mins(10);
/// Below this many nothing is looked through.
const FEW: usize = 4_096;

/// Claims that were neither given back nor lost. Posts are known by a hash: no id is kept, and nothing allocated for one.
#[derive(Default)]
pub(super) struct Flight {
    claims: Mutex<Claims>,
    hasher: RandomState,
}

#[derive(Default)]
struct Claims {
    by_post: HashMap<u64, Flying>,
    /// At so many those are forgotten whose lease ended long ago.
    sweep_at: usize,
}

/// A claim under which work goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flying {
    epoch: i64,
    /// When the post is to be live.
    pub(super) publish_at: Option<OffsetDateTime>,
    /// Whether an unclear outcome is looked into.
    pub(super) reconciling: bool,
    /// The store's clock when it was claimed.
    store_now: OffsetDateTime,
    claimed_at: Monotonic,
    ends: Monotonic,
}

impl Flying {
    /// The store's clock, by what it was at the claim.
    pub(super) fn store_clock(&self, now: Monotonic) -> OffsetDateTime {
        self.store_now + now.since(self.claimed_at)
    }
}

impl Flight {
    /// A claim was made.
    pub(super) fn begin(&self, claim: &Claim, now: Monotonic) {
        let publication = &claim.publication;
        let flying = Flying {
            epoch: publication.epoch,
            publish_at: publication.publish_at,
            reconciling: publication.stage == Stage::Reconciling,
            store_now: claim.now,
            claimed_at: now,
            ends: now + (claim.lease_until - claim.now).unsigned_abs(),
        };
        let post = self.hash(&publication.post);
        let mut claims = self.lock();
        claims.by_post.insert(post, flying);
        if claims.by_post.len() > claims.sweep_at.max(FEW) {
            claims.by_post.retain(|_, flying| flying.ends + KEPT > now);
            claims.sweep_at = claims.by_post.len() * 2;
        }
    }

    /// Work goes on with `next`.
    pub(super) fn go_on(&self, claim: &Claim, next: &Publication) {
        self.change(claim, |flying| flying.reconciling = next.stage == Stage::Reconciling);
    }

    /// The lease lasts for `lease` from now on.
    pub(super) fn extend(&self, claim: &Claim, now: Monotonic, lease: Duration) {
        self.change(claim, |flying| flying.ends = now + lease);
    }

    /// The claim was given back or lost.
    pub(super) fn end(&self, claim: &Claim) {
        let post = self.hash(&claim.publication.post);
        let mut claims = self.lock();
        if claims.by_post.get(&post).is_some_and(|flying| flying.epoch == claim.publication.epoch) {
            claims.by_post.remove(&post);
        }
    }

    /// The post is live, whoever holds it.
    pub(super) fn settle(&self, post: &PostId) -> Option<Flying> {
        let post = self.hash(post);
        self.lock().by_post.remove(&post)
    }

    /// How many are worked on under a lease that lasts.
    pub(super) fn count(&self, now: Monotonic) -> usize {
        self.lock().by_post.values().filter(|flying| flying.ends > now).count()
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.lock().by_post.len()
    }

    fn change(&self, claim: &Claim, change: impl FnOnce(&mut Flying)) {
        let post = self.hash(&claim.publication.post);
        let mut claims = self.lock();
        let flying = claims.by_post.get_mut(&post);
        if let Some(flying) = flying.filter(|flying| flying.epoch == claim.publication.epoch) {
            change(flying);
        }
    }

    fn hash(&self, post: &PostId) -> u64 {
        self.hasher.hash_one(post)
    }

    fn lock(&self) -> MutexGuard<'_, Claims> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
