//! How long the store takes, by port and operation.

use std::sync::Arc;

use async_trait::async_trait;
use rats_domain::{
    analytics::{Aged, AnalyticsRepository, PageEnd, Published, SheetRow, Shown},
    connection::{ConnectError, Connection, ConnectionRepository, PendingConnection, Token},
    id::{AccountId, ConnectionId, EventId, MediaId, PostId, UserId},
    idempotency::{AddError, Added, IdempotencyKey},
    metrics::{
        AccountDay, AccountMetricsRepository, DueAccount, DueMetrics, History, MetricsRepository, Reading, Slot,
    },
    part::{Part, Span},
    post::{AccountHistory, AddPostError, Post, PostFilter, PostList, PostRecord, PostRepository},
    publication::{Publication, QueueError, Rest, RestCause},
    quota::Place,
    secret::Secret,
    store::StoreError,
    timeline::Entry,
};
use time::{Date, OffsetDateTime};

use super::Watch;

/// An error that may be the store's, or an answer.
pub(super) trait MaybeStore {
    /// Whether the store could not answer.
    fn is_of_store(&self) -> bool;
}

impl MaybeStore for StoreError {
    fn is_of_store(&self) -> bool {
        true
    }
}

/// Of these, one variant is the store's.
macro_rules! maybe_store {
    ($($error:ident),*) => {$(
        impl MaybeStore for $error {
            fn is_of_store(&self) -> bool {
                matches!(self, Self::Store(_))
            }
        }
    )*};
}

maybe_store!(QueueError, AddPostError, AddError, ConnectError);

impl Watch {
    /// Makes a call of the store and notes how long it took. A call that is dropped half way is not noted.
    pub(super) async fn database<T, E: MaybeStore>(
        &self,
        port: &'static str,
        operation: &'static str,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let begun = self.clock.monotonic();
        let answer = call.await;
        let took = self.clock.monotonic().since(begun);
        let labels = [("port", port), ("operation", operation)];
        self.meters.database_calls.get_or_create(&labels).observe(took.as_secs_f64());
        if answer.as_ref().is_err_and(MaybeStore::is_of_store) {
            self.meters.database_errors.get_or_create(&labels).inc();
        }
        answer
    }
}

/// A decorator that times each method of a port and does nothing else.
macro_rules! metered {
    ($(#[$doc:meta])* $name:ident around $port:ident as $word:literal {
        $(async fn $method:ident $(<$life:lifetime>)? ($($arg:ident: $kind:ty),* $(,)?) -> $answer:ty;)*
    }) => {
        $(#[$doc])*
        pub(super) struct $name {
            inner: Arc<dyn $port>,
            watch: Watch,
        }

        impl $name {
            pub(super) fn new(inner: Arc<dyn $port>, watch: Watch) -> Self {
                Self { inner, watch }
            }
        }

        #[async_trait]
        impl $port for $name {
            $(async fn $method $(<$life>)? (&self, $($arg: $kind),*) -> $answer {
                self.watch.database($word, stringify!($method), self.inner.$method($($arg),*)).await
            })*
        }
    };
}

metered! {
    /// Posts, for people.
    MeteredPosts around PostRepository as "posts" {
        async fn add<'a>(
            post: &Post,
            publication: &Publication,
            entries: &[Entry],
            key: Option<&'a IdempotencyKey>,
        ) -> Result<Added<PostRecord>, AddPostError>;
        async fn find_added(user: &UserId, key: &IdempotencyKey) -> Result<Option<PostRecord>, AddError>;
        async fn find(user: &UserId, id: &PostId) -> Result<Option<PostRecord>, StoreError>;
        async fn find_with_timeline(
            user: &UserId,
            id: &PostId,
        ) -> Result<Option<(PostRecord, Vec<Entry>)>, StoreError>;
        async fn find_all(user: &UserId, ids: &[PostId]) -> Result<Vec<PostRecord>, StoreError>;
        async fn list(user: &UserId, filter: &PostFilter) -> Result<Vec<PostRecord>, StoreError>;
        async fn part(user: &UserId, list: &PostList, span: Span) -> Result<Part<PostRecord>, StoreError>;
        async fn by_day(
            user: &UserId,
            days: &[OffsetDateTime],
            most: usize,
        ) -> Result<Vec<Part<PostRecord>>, StoreError>;
        async fn pulse(user: &UserId) -> Result<String, StoreError>;
        async fn open_test(
            user: &UserId,
            event: &EventId,
            since: OffsetDateTime,
        ) -> Result<Option<PostRecord>, StoreError>;
        async fn change(record: &PostRecord, entries: &[Entry]) -> Result<bool, StoreError>;
        async fn remove(user: &UserId, id: &PostId, epoch: i64) -> Result<bool, StoreError>;
    }
}

metered! {
    /// What an account has published.
    MeteredHistory around AccountHistory as "history" {
        async fn caption_repeats(account: &AccountId, post: &PostId, normalised: &str) -> Result<bool, StoreError>;
        async fn owned_by_others(post: &PostId, media: &[MediaId]) -> Result<Vec<MediaId>, StoreError>;
        async fn confirmed_since(account: &AccountId, since: OffsetDateTime) -> Result<u32, StoreError>;
        async fn places(account: &AccountId, since: OffsetDateTime) -> Result<Vec<Place>, StoreError>;
        async fn quota_total(account: &AccountId) -> Result<Option<u32>, StoreError>;
        async fn rest(account: &AccountId, rest: Rest) -> Result<(), StoreError>;
        async fn end_rest(account: &AccountId, cause: RestCause) -> Result<(), StoreError>;
        async fn resting(account: &AccountId) -> Result<Option<Rest>, StoreError>;
        async fn keep_quota_total(account: &AccountId, total: u32) -> Result<(), StoreError>;
    }
}

metered! {
    /// Linked accounts.
    MeteredConnections around ConnectionRepository as "connections" {
        async fn find_by_user(user: &UserId) -> Result<Option<Connection>, StoreError>;
        async fn find(id: &ConnectionId) -> Result<Option<Connection>, StoreError>;
        async fn linked_user(account: &AccountId) -> Result<Option<UserId>, StoreError>;
        async fn activate(
            id: &ConnectionId,
            pending: &PendingConnection,
            now: OffsetDateTime,
        ) -> Result<Connection, ConnectError>;
        async fn disconnect(user: &UserId, now: OffsetDateTime) -> Result<Option<Connection>, StoreError>;
        async fn mark_dead(id: &ConnectionId, token: &Secret, now: OffsetDateTime) -> Result<bool, StoreError>;
        async fn due_for_refresh(
            issued_before: OffsetDateTime,
            expires_before: OffsetDateTime,
            begun_before: OffsetDateTime,
            limit: usize,
        ) -> Result<Vec<Connection>, StoreError>;
        async fn begin_refresh(
            id: &ConnectionId,
            token: &Secret,
            now: OffsetDateTime,
            begun_before: OffsetDateTime,
        ) -> Result<bool, StoreError>;
        async fn replace_token(id: &ConnectionId, old: &Secret, fresh: &Token) -> Result<bool, StoreError>;
    }
}

metered! {
    /// Engagement of posts.
    MeteredMetrics around MetricsRepository as "metrics" {
        async fn take_due(now: OffsetDateTime, limit: usize) -> Result<Vec<DueMetrics>, StoreError>;
        async fn put_off(later: &[(PostId, OffsetDateTime)]) -> Result<(), StoreError>;
        async fn record(post: &PostId, reading: &Reading) -> Result<(), StoreError>;
        async fn others_read(account: &AccountId, post: &PostId, since: OffsetDateTime) -> Result<bool, StoreError>;
        async fn history(user: &UserId, post: &PostId) -> Result<Option<History>, StoreError>;
    }
}

metered! {
    /// What figures are made of.
    MeteredAnalytics around AnalyticsRepository as "analytics" {
        async fn published(
            user: &UserId,
            from: OffsetDateTime,
            until: OffsetDateTime,
        ) -> Result<Vec<Published>, StoreError>;
        async fn published_at(
            user: &UserId,
            from: OffsetDateTime,
            until: OffsetDateTime,
            slot: Slot,
        ) -> Result<Vec<Aged>, StoreError>;
        async fn shown(user: &UserId, posts: &[PostId]) -> Result<Vec<Shown>, StoreError>;
        async fn sheet<'a>(
            user: &UserId,
            after: Option<&'a PageEnd>,
            limit: usize,
        ) -> Result<Vec<SheetRow>, StoreError>;
    }
}

metered! {
    /// Engagement of accounts.
    MeteredAccountMetrics around AccountMetricsRepository as "account_metrics" {
        async fn take_due_accounts(now: OffsetDateTime, limit: usize) -> Result<Vec<DueAccount>, StoreError>;
        async fn record_account(
            account: &DueAccount,
            days: &[AccountDay],
            next: OffsetDateTime,
        ) -> Result<(), StoreError>;
        async fn account_days(
            user: &UserId,
            account: &AccountId,
            first: Date,
            last: Date,
        ) -> Result<Vec<AccountDay>, StoreError>;
    }
}
