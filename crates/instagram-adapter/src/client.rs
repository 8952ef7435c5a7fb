//! The client: one value that implements the three ports.

use std::sync::Arc;

use async_trait::async_trait;
use rats_domain::{
    clock::{Clock, Monotonic},
    connection::Token,
    id::{AccountId, ContainerId, MediaId},
    instagram::{
        Access, AuthorizeError, Authorizer, ContainerStatus, Dated, Engagement, Grant, Listing, MediaReader,
        PlatformError, Profile, PublishAnswer, Publisher, Quota, Wanted,
    },
    metrics::AccountNumbers,
    secret::Secret,
};
use time::OffsetDateTime;
use url::Url;

use crate::{
    retired::Retired,
    sender::Sender,
    settings::{Settings, SettingsError},
    tls,
    usage::{Board, Usage},
};

/// The Graph API behind the ports [`Authorizer`], [`Publisher`] and [`MediaReader`].
///
/// Cloning is cheap; clones share their connections and what is known of rate limits.
#[derive(Clone)]
pub struct Instagram {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) http: reqwest::Client,
    /// The publish call's.
    pub(crate) sender: Sender,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) usage: Board,
    /// What is not asked for any more.
    pub(crate) retired: Retired,
}

impl Instagram {
    /// A client for `settings`. `clock` dates tokens and metrics; deadlines are compared with [`boottime`](crate::boottime).
    ///
    /// # Errors
    ///
    /// [`SettingsError`] where a secret could leave in the open, or TLS cannot be set up.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        settings.check()?;
        let tls = tls::config(&settings)?;
        let http = pooled(&settings, tls.clone())?;
        let sender = Sender::new(&settings, Arc::new(tls)).ok_or_else(|| settings.unusable_graph_base())?;
        let (usage, retired) = (Board::default(), Retired::default());
        Ok(Self { inner: Arc::new(Inner { settings, http, sender, clock, usage, retired }) })
    }

    /// How much of Instagram's rate limits is used, as its last answers said.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.inner.usage.read()
    }
}

impl std::fmt::Debug for Instagram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instagram").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

/// The pooled client for everything but the publish call.
fn pooled(settings: &Settings, tls: rustls::ClientConfig) -> Result<reqwest::Client, SettingsError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(settings.connect_timeout)
        .user_agent(concat!("rats-instagram-adapter/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| SettingsError::Tls(Box::new(error)))
}

#[async_trait]
impl Authorizer for Instagram {
    fn authorize_url(&self, state: &Secret) -> Url {
        self.inner.authorize_url(state)
    }

    async fn exchange(&self, code: &Secret) -> Result<Grant, AuthorizeError> {
        self.inner.exchange(code).await
    }

    async fn refresh(&self, token: &Secret) -> Result<Token, PlatformError> {
        self.inner.refresh(token).await
    }

    async fn profile(&self, token: &Secret) -> Result<Profile, PlatformError> {
        self.inner.profile(token).await
    }
}

#[async_trait]
impl Publisher for Instagram {
    async fn create_image(&self, access: &Access, image: &Url, caption: &str) -> Result<ContainerId, PlatformError> {
        self.inner.create_image(access, image, caption).await
    }

    async fn status(&self, access: &Access, container: &ContainerId) -> Result<Dated<ContainerStatus>, PlatformError> {
        self.inner.status(access, container).await
    }

    async fn prepare(&self) {
        self.inner.prepare().await;
    }

    async fn publish(&self, access: &Access, container: &ContainerId, deadline: Monotonic) -> PublishAnswer {
        self.inner.publish(access, container, deadline).await
    }
}

#[async_trait]
impl MediaReader for Instagram {
    async fn recent(&self, access: &Access, since: OffsetDateTime) -> Result<Dated<Listing>, PlatformError> {
        self.inner.recent(access, since).await
    }

    async fn quota(&self, access: &Access, since: OffsetDateTime) -> Result<Quota, PlatformError> {
        self.inner.quota(access, since).await
    }

    async fn permalink(&self, access: &Access, media: &MediaId) -> Result<Option<String>, PlatformError> {
        self.inner.permalink(access, media).await
    }

    fn used_percent(&self, account: &AccountId) -> u64 {
        self.inner.usage.percent(account)
    }

    async fn engagement(&self, access: &Access, media: &MediaId, wanted: Wanted) -> Result<Engagement, PlatformError> {
        self.inner.engagement(access, media, wanted).await
    }

    async fn followers(&self, access: &Access) -> Result<Option<u64>, PlatformError> {
        self.inner.followers(access).await
    }

    async fn account_insights(
        &self,
        access: &Access,
        since: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<AccountNumbers, PlatformError> {
        self.inner.account_insights(access, since, until).await
    }
}
