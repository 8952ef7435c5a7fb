//! The ports to Instagram. Every call has a time-out and follows no redirect; only [`Publisher::publish`] has an effect that people see.

use async_trait::async_trait;
use time::OffsetDateTime;
use url::Url;

use super::PlatformError;
use crate::{
    clock::Monotonic,
    connection::{Feature, Token},
    id::{AccountId, ContainerId, MediaId},
    metrics::{AccountNumbers, Numbers},
    secret::Secret,
};

/// On whose behalf a call is made.
#[derive(Clone, Debug)]
pub struct Access {
    /// The account.
    pub account: AccountId,
    /// Its token.
    pub token: Secret,
}

/// What a code was exchanged for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The long-lived token.
    pub token: Token,
    /// What the person allowed; [`None`] where Instagram did not say.
    pub features: Option<Vec<Feature>>,
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The professional account's id, `/me.user_id`; none for a personal account.
    pub account: Option<AccountId>,
    /// The person's id for our app, `/me.id`.
    pub app_scoped_id: String,
    /// The handle, without `@`.
    pub username: String,
}

/// Why a code was not exchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizeError {
    /// The code is wrong, used or too old, or the app's id, secret or redirect address is wrong.
    #[error("{0}")]
    Refused(PlatformError),
    /// Instagram could not be asked.
    #[error("{0}")]
    Unavailable(PlatformError),
}

/// Instagram's login for businesses.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Authorizer: Send + Sync {
    /// Where to send the person. `state` comes back unchanged.
    fn authorize_url(&self, state: &Secret) -> Url;

    /// Exchanges a code for a short-lived token and that for a long-lived one. A code works once.
    async fn exchange(&self, code: &Secret) -> Result<Grant, AuthorizeError>;

    /// Gives a token that is at least 24 h old and has not ended another 60 days.
    async fn refresh(&self, token: &Secret) -> Result<Token, PlatformError>;

    /// Whose token it is.
    async fn profile(&self, token: &Secret) -> Result<Profile, PlatformError>;
}

/// A container's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerStatus {
    /// It is being processed.
    InProgress,
    /// It can be published.
    Finished,
    /// It is live.
    Published,
    /// It failed; what to do about it.
    Error(PlatformError),
    /// It was not published within 24 h.
    Expired,
}

/// An answer with Instagram's own clock, where its `Date` header could be read (whole seconds).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated<T> {
    /// The answer.
    pub value: T,
    /// Instagram's clock.
    pub date: Option<OffsetDateTime>,
}

/// How a publish request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishAnswer {
    /// It is live.
    Live(MediaId),
    /// Not a byte left: proven.
    NotSent(PlatformError),
    /// Refused by an answer that proves that it is not live because of this request.
    Refused(PlatformError),
    /// Anything else: it may be live.
    Unclear(PlatformError),
}

/// Makes containers and publishes them.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Makes a container for one image. It has no visible effect; an answer that is lost costs one of 400 a day.
    async fn create_image(&self, access: &Access, image: &Url, caption: &str) -> Result<ContainerId, PlatformError>;

    /// The container's status, with Instagram's clock.
    async fn status(&self, access: &Access, container: &ContainerId) -> Result<Dated<ContainerStatus>, PlatformError>;

    /// Makes a connection ready for the next [`publish`](Self::publish), if that is possible; it never matters whether it was.
    async fn prepare(&self);

    /// Sends one publish request, once. No byte of it leaves at or after `deadline` (on [`Clock::monotonic`](crate::clock::Clock::monotonic)).
    async fn publish(&self, access: &Access, container: &ContainerId, deadline: Monotonic) -> PublishAnswer;
}

/// One of the account's media, as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedMedia {
    /// Its id.
    pub id: MediaId,
    /// Its caption, as Instagram shows it.
    pub caption: Option<String>,
    /// Whether it is a single image of the feed.
    pub is_image: bool,
    /// When it went live, by Instagram's clock, whole seconds.
    pub published_at: OffsetDateTime,
    /// Its public address.
    pub permalink: Option<String>,
}

/// The account's recent media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Newest first, those published at or after the moment asked for.
    pub media: Vec<ListedMedia>,
    /// Whether all of them were read; if not, absence proves nothing.
    pub complete: bool,
}

/// How much of the publishing quota is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Publishes since the moment asked for.
    pub used: u32,
    /// The most in any 24 h, where Instagram says.
    pub total: Option<u32>,
}

/// What of a media's engagement is asked for. Likes and comments always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whether insights may be read; without, likes and comments are all there is.
    pub insights: bool,
    /// When the media went live: how old it is decides which numbers Instagram has.
    pub published_at: OffsetDateTime,
    /// Whether its public address is wanted, too.
    pub permalink: bool,
}

/// What was read about a media's engagement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// The numbers.
    pub numbers: Numbers,
    /// Its public address, where it was wanted and told.
    pub permalink: Option<String>,
}

/// Reads what is on the account.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MediaReader: Send + Sync {
    /// The account's media published at or after `since` by Instagram's clock.
    async fn recent(&self, access: &Access, since: OffsetDateTime) -> Result<Dated<Listing>, PlatformError>;

    /// How many publishes count against the quota since `since` (at most 24 h ago).
    async fn quota(&self, access: &Access, since: OffsetDateTime) -> Result<Quota, PlatformError>;

    /// The public address of a media.
    async fn permalink(&self, access: &Access, media: &MediaId) -> Result<Option<String>, PlatformError>;

    /// How much of Instagram's rate limits `account` has used, the app's or its own, whichever is more, as the answers of the last hour
    /// said: a percentage, at 100 calls are refused; 0 where nothing was told.
    fn used_percent(&self, account: &AccountId) -> u64;

    /// A media's engagement, in one call where nothing is lacking. What Instagram does not tell is `None`; a metric that it has retired
    /// costs only itself.
    async fn engagement(&self, access: &Access, media: &MediaId, wanted: Wanted) -> Result<Engagement, PlatformError>;

    /// How many followers the account has.
    async fn followers(&self, access: &Access) -> Result<Option<u64>, PlatformError>;

    /// The account's reach and views from `since` to `until`, at most 30 days. A metric that Instagram has retired costs only itself.
    async fn account_insights(
        &self,
        access: &Access,
        since: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<AccountNumbers, PlatformError>;
}
