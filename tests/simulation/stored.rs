//! The real store behind a gate.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use rats_domain::{
    connection::{ConnectError, Connection, ConnectionRepository, PendingConnection, Token},
    id::{AccountId, ConnectionId, ContainerId, EventId, MediaId, PostId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    metrics::{AccountDay, AccountMetricsRepository, DueAccount, DueMetrics, History, MetricsRepository, Reading},
    part::{Part, Span},
    post::{AccountHistory, AddPostError, Post, PostFilter, PostList, PostRecord, PostRepository},
    publication::{Claim, Claims, Downtime, Publication, PublicationQueue, QueueError, Rest, RestCause},
    quota::Place,
    receipt::Receipt,
    secret::Secret,
    store::StoreError,
    timeline::Entry,
};
use rats_storage::Store;
use time::{Date, OffsetDateTime};

use crate::{
    executor::World,
    gate::Gate,
    town::{Town, hostile, settings},
};

/// The store as one process reaches it.
pub(crate) struct Gated {
    pub(crate) store: Store,
    pub(crate) gate: Gate,
    pub(crate) watch: Watch,
}

/// Sees every claim and every decision at the moment that the store takes it.
#[derive(Clone)]
pub(crate) struct Watch {
    world: World,
    /// Each post's last claim.
    claims: Arc<Mutex<BTreeMap<PostId, Claimed>>>,
}

/// The last claim of a post.
struct Claimed {
    epoch: i64,
    /// By the store's clock; `None` once it is given back.
    lease_until: Option<OffsetDateTime>,
}

impl Watch {
    pub(crate) fn new(world: &World) -> Self {
        Self { world: world.clone(), claims: Arc::default() }
    }

    fn claims(&self) -> MutexGuard<'_, BTreeMap<PostId, Claimed>> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claimed(&self, claim: &Claim) {
        let (post, epoch) = (&claim.publication.post, claim.publication.epoch);
        let new = Claimed { epoch, lease_until: Some(claim.lease_until) };
        let Some(last) = self.claims().insert(post.clone(), new) else { return };
        if epoch <= last.epoch {
            self.world.complain(format!("{post} was claimed twice under epoch {epoch}"));
        }
        // A person's change, and the news that it is live, end a lease and raise the epoch.
        if epoch == last.epoch + 1 && last.lease_until.is_some_and(|until| until > claim.now) {
            self.world.complain(format!("{post} was claimed while another claim of it was valid"));
        }
    }

    fn extended(&self, claim: &Claim, until: OffsetDateTime) {
        let mut claims = self.claims();
        let last = claims.get_mut(&claim.publication.post).filter(|last| last.epoch == claim.publication.epoch);
        if let Some(last) = last {
            last.lease_until = Some(until);
        }
    }

    fn decided(&self, claim: &Claim, next: &Publication, keeps_lease: bool) {
        let (post, epoch) = (&next.post, claim.publication.epoch);
        if let Some(last) = self.claims().get_mut(post) {
            if epoch < last.epoch {
                self.world.complain(format!("{post}: who claimed it before decided about it after another claim"));
            }
            if !keeps_lease {
                last.lease_until = None;
            }
        }
        if claim.publication.was_unclear() && !next.was_unclear() {
            let stage = next.stage.as_str();
            self.world.complain(format!("{post} became {stage} although a request of it is unclear"));
        }
    }
}

macro_rules! gated {
    ($port:ident { $(fn $name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)* $(also { $($more:tt)* })? }) => {
        #[async_trait]
        impl $port for Gated {
            $(async fn $name(&self $(, $arg: $type)*) -> $answer {
                self.gate.stored(concat!(stringify!($port), "::", stringify!($name)), $port::$name(&self.store $(, $arg)*)).await
            })*
            $($($more)*)?
        }
    };
}

gated!(PublicationQueue {
    fn record_published(post: &PostId, receipt: &Receipt, entries: &[Entry]) -> Result<bool, QueueError>;
    fn next_due() -> Result<Option<Duration>, StoreError>;
    fn downtime(began_by: OffsetDateTime, ended_after: OffsetDateTime) -> Result<Option<Downtime>, StoreError>;
    fn containers(post: &PostId, since: OffsetDateTime) -> Result<Vec<ContainerId>, StoreError>;
    also {
        async fn claim_due(&self, lease: Duration, limit: usize) -> Result<Claims, QueueError> {
            let claims = async {
                let claims = self.store.claim_due(lease, limit).await?;
                for claim in &claims.claims {
                    self.watch.claimed(claim);
                }
                Ok(claims)
            };
            self.gate.stored("PublicationQueue::claim_due", claims).await
        }

        async fn claim(&self, post: &PostId, lease: Duration) -> Result<Option<Claim>, QueueError> {
            let claim = async {
                let claim = PublicationQueue::claim(&self.store, post, lease).await?;
                if let Some(claim) = &claim {
                    self.watch.claimed(claim);
                }
                Ok(claim)
            };
            self.gate.stored("PublicationQueue::claim", claim).await
        }

        async fn extend(&self, claim: &Claim, lease: Duration) -> Result<OffsetDateTime, QueueError> {
            let extended = async {
                let until = self.store.extend(claim, lease).await?;
                self.watch.extended(claim, until);
                Ok(until)
            };
            self.gate.stored("PublicationQueue::extend", extended).await
        }

        async fn record(
            &self,
            claim: &Claim,
            next: &Publication,
            entries: &[Entry],
            keep_lease: bool,
        ) -> Result<(), QueueError> {
            let recorded = async {
                PublicationQueue::record(&self.store, claim, next, entries, keep_lease).await?;
                self.watch.decided(claim, next, keep_lease);
                Ok(())
            };
            self.gate.stored("PublicationQueue::record", recorded).await
        }

        async fn changed(&self) {
            self.store.changed().await;
        }
    }
});

gated!(ConnectionRepository {
    fn find_by_user(user: &UserId) -> Result<Option<Connection>, StoreError>;
    fn find(id: &ConnectionId) -> Result<Option<Connection>, StoreError>;
    fn linked_user(account: &AccountId) -> Result<Option<UserId>, StoreError>;
    fn activate(id: &ConnectionId, pending: &PendingConnection, now: OffsetDateTime) -> Result<Connection, ConnectError>;
    fn disconnect(user: &UserId, now: OffsetDateTime) -> Result<Option<Connection>, StoreError>;
    fn mark_dead(id: &ConnectionId, token: &Secret, now: OffsetDateTime) -> Result<bool, StoreError>;
    fn due_for_refresh(issued: OffsetDateTime, expires: OffsetDateTime, begun: OffsetDateTime, limit: usize) -> Result<Vec<Connection>, StoreError>;
    fn begin_refresh(id: &ConnectionId, token: &Secret, now: OffsetDateTime, begun: OffsetDateTime) -> Result<bool, StoreError>;
    fn replace_token(id: &ConnectionId, old: &Secret, fresh: &Token) -> Result<bool, StoreError>;
});

gated!(MetricsRepository {
    fn take_due(now: OffsetDateTime, limit: usize) -> Result<Vec<DueMetrics>, StoreError>;
    fn put_off(later: &[(PostId, OffsetDateTime)]) -> Result<(), StoreError>;
    fn record(post: &PostId, reading: &Reading) -> Result<(), StoreError>;
    fn others_read(account: &AccountId, post: &PostId, since: OffsetDateTime) -> Result<bool, StoreError>;
    fn history(user: &UserId, post: &PostId) -> Result<Option<History>, StoreError>;
});

gated!(AccountMetricsRepository {
    fn take_due_accounts(now: OffsetDateTime, limit: usize) -> Result<Vec<DueAccount>, StoreError>;
    fn record_account(account: &DueAccount, days: &[AccountDay], next: OffsetDateTime) -> Result<(), StoreError>;
    fn account_days(user: &UserId, account: &AccountId, first: Date, last: Date) -> Result<Vec<AccountDay>, StoreError>;
});

gated!(AccountHistory {
    fn caption_repeats(account: &AccountId, post: &PostId, normalised: &str) -> Result<bool, StoreError>;
    fn owned_by_others(post: &PostId, media: &[MediaId]) -> Result<Vec<MediaId>, StoreError>;
    fn confirmed_since(account: &AccountId, since: OffsetDateTime) -> Result<u32, StoreError>;
    fn places(account: &AccountId, since: OffsetDateTime) -> Result<Vec<Place>, StoreError>;
    fn quota_total(account: &AccountId) -> Result<Option<u32>, StoreError>;
    fn end_rest(account: &AccountId, cause: RestCause) -> Result<(), StoreError>;
    fn resting(account: &AccountId) -> Result<Option<Rest>, StoreError>;
    fn keep_quota_total(account: &AccountId, total: u32) -> Result<(), StoreError>;
    fn rest(account: &AccountId, rest: Rest) -> Result<(), StoreError>;
});

gated!(PostRepository {
    fn find_all(user: &UserId, ids: &[PostId]) -> Result<Vec<PostRecord>, StoreError>;
    fn find_added(user: &UserId, key: &IdempotencyKey) -> Result<Option<PostRecord>, AddError>;
    fn find(user: &UserId, id: &PostId) -> Result<Option<PostRecord>, StoreError>;
    fn find_with_timeline(user: &UserId, id: &PostId) -> Result<Option<(PostRecord, Vec<Entry>)>, StoreError>;
    fn list(user: &UserId, filter: &PostFilter) -> Result<Vec<PostRecord>, StoreError>;
    fn part(user: &UserId, list: &PostList, span: Span) -> Result<Part<PostRecord>, StoreError>;
    fn by_day(user: &UserId, days: &[OffsetDateTime], most: usize) -> Result<Vec<Part<PostRecord>>, StoreError>;
    fn pulse(user: &UserId) -> Result<String, StoreError>;
    fn open_test(user: &UserId, event: &EventId, since: OffsetDateTime) -> Result<Option<PostRecord>, StoreError>;
    fn change(record: &PostRecord, entries: &[Entry]) -> Result<bool, StoreError>;
    fn remove(user: &UserId, id: &PostId, epoch: i64) -> Result<bool, StoreError>;
    also {
        async fn add<'a>(
            &self,
            post: &Post,
            publication: &Publication,
            entries: &[Entry],
            key: Option<&'a IdempotencyKey>,
        ) -> Result<Added<PostRecord>, AddPostError> {
            self.gate.stored("add", PostRepository::add(&self.store, post, publication, entries, key)).await
        }
    }
});

#[test]
fn a_claim_of_what_is_claimed_is_seen() {
    let lease = Duration::from_mins(1);
    let mut town = Town::new(1, hostile(), settings());
    let anna = town.person();
    let post = town.post(&anna, Duration::ZERO);
    let claim = |town: &Town| town.gates.wait(PublicationQueue::claim(&town.store, &post.id, lease)).unwrap().unwrap();
    let first = claim(&town);
    town.store_clock.set(time::Duration::seconds(61));
    let second = claim(&town);
    let seen = |second: &Claim| {
        let world = World::new(1);
        let watch = Watch::new(&world);
        watch.claimed(&first);
        watch.claimed(second);
        world.violation().is_some()
    };
    assert!(!seen(&second), "its lease had ended");
    assert!(seen(&Claim { now: first.now, ..second }), "its lease was valid");
    assert!(seen(&first), "its epoch was given out before");
}
