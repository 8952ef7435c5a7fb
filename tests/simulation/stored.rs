//! The real store behind a gate.

use std::time::Duration;

use async_trait::async_trait;
use rats_domain::{
    connection::{ConnectError, Connection, ConnectionRepository, PendingConnection, Token},
    id::{AccountId, ConnectionId, ContainerId, EventId, MediaId, PostId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    post::{AccountHistory, AddPostError, Post, PostFilter, PostRecord, PostRepository},
    publication::{Claim, Claims, Publication, PublicationQueue, QueueError, Rest},
    quota::Place,
    receipt::Receipt,
    secret::Secret,
    store::StoreError,
    timeline::Entry,
};
use rats_storage::Store;
use time::OffsetDateTime;

use crate::gate::Gate;

/// The store as one process reaches it.
pub(crate) struct Gated {
    pub(crate) store: Store,
    pub(crate) gate: Gate,
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
    fn claim_due(lease: Duration, limit: usize) -> Result<Claims, QueueError>;
    fn claim(post: &PostId, lease: Duration) -> Result<Option<Claim>, QueueError>;
    fn record(claim: &Claim, next: &Publication, entries: &[Entry], keep_lease: bool) -> Result<(), QueueError>;
    fn extend(claim: &Claim, lease: Duration) -> Result<OffsetDateTime, QueueError>;
    fn record_published(post: &PostId, receipt: &Receipt, entries: &[Entry]) -> Result<bool, QueueError>;
    fn next_due() -> Result<Option<Duration>, StoreError>;
    fn containers(post: &PostId) -> Result<Vec<ContainerId>, StoreError>;
    also {
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
    fn due_for_refresh(issued: OffsetDateTime, expires: OffsetDateTime, now: OffsetDateTime, limit: usize) -> Result<Vec<Connection>, StoreError>;
    fn begin_refresh(id: &ConnectionId, token: &Secret, now: OffsetDateTime, until: OffsetDateTime) -> Result<bool, StoreError>;
    fn replace_token(id: &ConnectionId, old: &Secret, fresh: &Token) -> Result<bool, StoreError>;
});

gated!(AccountHistory {
    fn caption_repeats(account: &AccountId, post: &PostId, normalised: &str) -> Result<bool, StoreError>;
    fn owned_by_others(post: &PostId, media: &[MediaId]) -> Result<Vec<MediaId>, StoreError>;
    fn confirmed_since(account: &AccountId, since: OffsetDateTime) -> Result<u32, StoreError>;
    fn places(account: &AccountId, since: OffsetDateTime) -> Result<Vec<Place>, StoreError>;
    fn quota_total(account: &AccountId) -> Result<Option<u32>, StoreError>;
    fn keep_quota_total(account: &AccountId, total: u32) -> Result<(), StoreError>;
    fn rest(account: &AccountId, rest: Rest) -> Result<(), StoreError>;
});

gated!(PostRepository {
    fn find_added(user: &UserId, key: &IdempotencyKey) -> Result<Option<PostRecord>, AddError>;
    fn find(user: &UserId, id: &PostId) -> Result<Option<PostRecord>, StoreError>;
    fn list(user: &UserId, filter: &PostFilter) -> Result<Vec<PostRecord>, StoreError>;
    fn open_test(user: &UserId, event: &EventId, since: OffsetDateTime) -> Result<Option<PostRecord>, StoreError>;
    fn timeline(user: &UserId, id: &PostId) -> Result<Vec<Entry>, StoreError>;
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
