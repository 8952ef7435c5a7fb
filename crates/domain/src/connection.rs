//! A user's linked Instagram account, with its token and its health.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{
    id::{AccountId, ConnectionId, UserId},
    secret::Secret,
    store::StoreError,
};

/// An access token and how long it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub secret: Secret,
    /// When Instagram issued or last refreshed it. A refresh is allowed from 24 h on.
    pub issued_at: OffsetDateTime,
    /// When it ends unless refreshed, some 60 days after.
    pub expires_at: OffsetDateTime,
}

/// What the person allowed us to do with the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Read the profile and media; always needed.
    Basic,
    /// Publish posts.
    Publish,
    /// Read and answer comments.
    Comments,
    /// Read engagement numbers.
    Insights,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 4] = [Self::Basic, Self::Publish, Self::Comments, Self::Insights];

    /// The word used in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Publish => "publish",
            Self::Comments => "comments",
            Self::Insights => "insights",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.as_str() == word)
    }
}

/// Whether a connection works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It works.
    Working,
    /// Its token is dead (expired, revoked, password changed): the person must connect again.
    NeedsReconnect,
    /// The person disconnected it; there is no token.
    Disconnected,
    /// The person disconnected it and the account is now linked by another user.
    LinkedElsewhere,
}

impl Health {
    /// The word used in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::NeedsReconnect => "needs_reconnect",
            Self::Disconnected => "disconnected",
            Self::LinkedElsewhere => "linked_elsewhere",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Working, Self::NeedsReconnect, Self::Disconnected, Self::LinkedElsewhere]
            .into_iter()
            .find(|health| health.as_str() == word)
    }
}

/// A user's linked Instagram account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its id; the same user linking the same account again keeps it.
    pub id: ConnectionId,
    /// Whose it is.
    pub user: UserId,
    /// The account.
    pub account: AccountId,
    /// Instagram's id of the person for our app (`/me.id`), named by its callbacks.
    pub app_scoped_id: String,
    /// The account's handle, without `@`.
    pub username: String,
    /// What the person allowed.
    pub features: Vec<Feature>,
    /// Whether it works.
    pub health: Health,
    /// Its token; none once disconnected.
    pub token: Option<Token>,
    /// When it was last connected.
    pub connected_at: OffsetDateTime,
}

impl Connection {
    /// Whether posts can go out through it now.
    #[must_use]
    pub fn can_publish(&self) -> bool {
        self.health == Health::Working && self.token.is_some() && self.features.contains(&Feature::Publish)
    }
}

/// What was learnt at the callback, kept until the person confirms on our page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingConnection {
    /// Who began it.
    pub user: UserId,
    /// The account.
    pub account: AccountId,
    /// Instagram's id of the person for our app.
    pub app_scoped_id: String,
    /// The account's handle.
    pub username: String,
    /// What the person allowed.
    pub features: Vec<Feature>,
    /// The long-lived token.
    pub token: Token,
    /// How the flow was begun, to be shown to whoever confirms.
    pub begun: Begun,
    /// When it can no longer be confirmed.
    pub expires_at: OffsetDateTime,
}

/// How a connect flow was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// When.
    pub at: OffsetDateTime,
    /// From which network address.
    pub address: String,
    /// With which browser, as it named itself; at most 200 characters.
    pub browser: String,
}

/// A connect flow that waits for its callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedConnection {
    /// Who began it.
    pub user: UserId,
    /// How it was begun.
    pub begun: Begun,
    /// When its state can no longer be used.
    pub expires_at: OffsetDateTime,
}

/// Keeps the two steps of a connect flow. States and pending names are stored hashed, pending tokens encrypted; both are single use.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ConnectFlowRepository: Send + Sync {
    /// Keeps a started flow under its `state`. Flows and pending connections that ended before `started.begun.at` are deleted.
    async fn start(&self, state: &Secret, started: &StartedConnection) -> Result<(), StoreError>;

    /// Takes a started flow out: the second call with the same state finds nothing, and so does one at or after its end.
    async fn take_started(&self, state: &Secret, now: OffsetDateTime) -> Result<Option<StartedConnection>, StoreError>;

    /// Keeps a pending connection under its `name`.
    async fn keep_pending(&self, name: &Secret, pending: &PendingConnection) -> Result<(), StoreError>;

    /// Reads a pending connection that has not ended.
    async fn find_pending(&self, name: &Secret, now: OffsetDateTime) -> Result<Option<PendingConnection>, StoreError>;

    /// Takes a pending connection out and deletes it: the second call finds nothing.
    async fn take_pending(&self, name: &Secret, now: OffsetDateTime) -> Result<Option<PendingConnection>, StoreError>;
}

/// Why an account was not connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Another user has this account linked.
    #[error("this Instagram account is linked by another user")]
    LinkedElsewhere,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps connections. Tokens are encrypted before they reach it and deleted, not hidden, when disconnected.
///
/// An account is linked by one user at a time; a user has one linked account at a time. A connection whose token cannot be opened any more, since
/// its key is gone, is read as [`Health::NeedsReconnect`] without a token, here and in claims: it stops nobody else.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ConnectionRepository: Send + Sync {
    /// The user's current connection, or the last one they had.
    async fn find_by_user(&self, user: &UserId) -> Result<Option<Connection>, StoreError>;

    /// The connection with this id.
    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError>;

    /// Which user has this account linked now ([`Health::Working`] or [`Health::NeedsReconnect`]).
    async fn linked_user(&self, account: &AccountId) -> Result<Option<UserId>, StoreError>;

    /// Links the account: a new connection with `id`, or the user's earlier one with the same account brought back to life with its own id.
    ///
    /// In the same step the user's other connection, if any, is disconnected as by [`disconnect`](Self::disconnect), earlier owners'
    /// connections with this account become [`Health::LinkedElsewhere`], the connection's held publications are released, and every one
    /// without a request gets a higher epoch, so that a worker that saw the old token decides nothing about it.
    async fn activate(
        &self,
        id: &ConnectionId,
        pending: &PendingConnection,
        now: OffsetDateTime,
    ) -> Result<Connection, ConnectError>;

    /// Deletes the token and holds or marks the publications in the same step ([`Step::Disconnected`](crate::publication::Step::Disconnected)).
    /// Answers the connection as it is now, `None` if the user has no linked one.
    async fn disconnect(&self, user: &UserId, now: OffsetDateTime) -> Result<Option<Connection>, StoreError>;

    /// Marks the token dead and holds the publications that have no unclear request, in the same step
    /// ([`Step::Held`](crate::publication::Step::Held)); only while `token` is still the stored one, else nothing happens. Answers whether it was.
    async fn mark_dead(&self, id: &ConnectionId, token: &Secret, now: OffsetDateTime) -> Result<bool, StoreError>;

    /// Connections that work, whose token was issued at or before `issued_before` and ends at or before `expires_before`, and of which no refresh
    /// was begun after `begun_before`; soonest end first. Those whose token cannot be opened are passed over.
    async fn due_for_refresh(
        &self,
        issued_before: OffsetDateTime,
        expires_before: OffsetDateTime,
        begun_before: OffsetDateTime,
        limit: usize,
    ) -> Result<Vec<Connection>, StoreError>;

    /// Takes the right to refresh `token` and notes that this was begun `now`; answers whether the caller has it: not if one was begun after
    /// `begun_before`, nor if `token` is no longer the stored one. A token put in its place may be refreshed at once.
    async fn begin_refresh(
        &self,
        id: &ConnectionId,
        token: &Secret,
        now: OffsetDateTime,
        begun_before: OffsetDateTime,
    ) -> Result<bool, StoreError>;

    /// Puts `fresh` in the place of `old`, if `old` is still the stored one; answers whether it was.
    async fn replace_token(&self, id: &ConnectionId, old: &Secret, fresh: &Token) -> Result<bool, StoreError>;
}
