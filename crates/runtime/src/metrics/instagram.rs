//! How long Instagram takes, and what it says.

use std::sync::Arc;

use async_trait::async_trait;
use rats_domain::{
    clock::Monotonic,
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

use super::Watch;

/// Instagram did not do it, and said so.
const REFUSED: &str = "refused";
/// It could not be asked, or its answer not be read.
const UNCLEAR: &str = "unclear";

/// An error that is Instagram's answer, or the lack of one.
trait Answered {
    fn outcome(&self) -> &'static str;
}

impl Answered for PlatformError {
    fn outcome(&self) -> &'static str {
        if self.code.is_some() { REFUSED } else { UNCLEAR }
    }
}

impl Answered for AuthorizeError {
    fn outcome(&self) -> &'static str {
        match self {
            Self::Refused(_) => REFUSED,
            Self::Unavailable(_) => UNCLEAR,
        }
    }
}

impl Watch {
    /// Makes a call of Instagram and notes how long it took. A call that is dropped half way is not noted.
    async fn instagram<T, E: Answered>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let begun = self.clock.monotonic();
        let answer = call.await;
        self.called(name, answer.as_ref().err().map_or("ok", Answered::outcome), begun);
        answer
    }

    fn called(&self, name: &'static str, outcome: &'static str, begun: Monotonic) {
        let took = self.clock.monotonic().since(begun);
        self.meters.instagram_calls.get_or_create(&[("call", name), ("outcome", outcome)]).observe(took.as_secs_f64());
    }

    /// An answer told Instagram's time.
    fn dated<T>(&self, answer: &Result<Dated<T>, PlatformError>) {
        if let Ok(Dated { date: Some(date), .. }) = answer {
            let offset = (self.clock.now() - *date).as_seconds_f64();
            self.meters.clock_offset.get_or_create(&[("against", "instagram")]).set(offset);
        }
    }
}

/// Instagram's publishing.
pub(super) struct MeteredPublisher {
    inner: Arc<dyn Publisher>,
    watch: Watch,
}

impl MeteredPublisher {
    pub(super) fn new(inner: Arc<dyn Publisher>, watch: Watch) -> Self {
        Self { inner, watch }
    }
}

#[async_trait]
impl Publisher for MeteredPublisher {
    async fn create_image(&self, access: &Access, image: &Url, caption: &str) -> Result<ContainerId, PlatformError> {
        self.watch.instagram("create_image", self.inner.create_image(access, image, caption)).await
    }

    async fn status(&self, access: &Access, container: &ContainerId) -> Result<Dated<ContainerStatus>, PlatformError> {
        let answer = self.watch.instagram("status", self.inner.status(access, container)).await;
        self.watch.dated(&answer);
        answer
    }

    async fn prepare(&self) {
        self.inner.prepare().await;
    }

    async fn publish(&self, access: &Access, container: &ContainerId, deadline: Monotonic) -> PublishAnswer {
        let begun = self.watch.clock.monotonic();
        let answer = self.inner.publish(access, container, deadline).await;
        let (outcome, call_outcome) = match &answer {
            PublishAnswer::Live(_) => ("live", "ok"),
            PublishAnswer::Refused(_) => (REFUSED, REFUSED),
            PublishAnswer::Unclear(_) => (UNCLEAR, UNCLEAR),
            PublishAnswer::NotSent(_) => ("not_sent", "not_sent"),
        };
        self.watch.meters.requests.get_or_create(&[("outcome", outcome)]).inc();
        self.watch.called("publish", call_outcome, begun);
        answer
    }
}

/// What is on Instagram.
pub(super) struct MeteredReader {
    inner: Arc<dyn MediaReader>,
    watch: Watch,
}

impl MeteredReader {
    pub(super) fn new(inner: Arc<dyn MediaReader>, watch: Watch) -> Self {
        Self { inner, watch }
    }
}

#[async_trait]
impl MediaReader for MeteredReader {
    async fn recent(&self, access: &Access, since: OffsetDateTime) -> Result<Dated<Listing>, PlatformError> {
        let answer = self.watch.instagram("recent", self.inner.recent(access, since)).await;
        self.watch.dated(&answer);
        answer
    }

    async fn quota(&self, access: &Access, since: OffsetDateTime) -> Result<Quota, PlatformError> {
        self.watch.instagram("quota", self.inner.quota(access, since)).await
    }

    async fn permalink(&self, access: &Access, media: &MediaId) -> Result<Option<String>, PlatformError> {
        self.watch.instagram("permalink", self.inner.permalink(access, media)).await
    }

    fn used_percent(&self, account: &AccountId) -> u64 {
        self.inner.used_percent(account)
    }

    async fn engagement(&self, access: &Access, media: &MediaId, wanted: Wanted) -> Result<Engagement, PlatformError> {
        self.watch.instagram("engagement", self.inner.engagement(access, media, wanted)).await
    }

    async fn followers(&self, access: &Access) -> Result<Option<u64>, PlatformError> {
        self.watch.instagram("followers", self.inner.followers(access)).await
    }

    async fn account_insights(
        &self,
        access: &Access,
        since: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<AccountNumbers, PlatformError> {
        self.watch.instagram("account_insights", self.inner.account_insights(access, since, until)).await
    }
}

/// Instagram's login.
pub(super) struct MeteredAuthorizer {
    inner: Arc<dyn Authorizer>,
    watch: Watch,
}

impl MeteredAuthorizer {
    pub(super) fn new(inner: Arc<dyn Authorizer>, watch: Watch) -> Self {
        Self { inner, watch }
    }
}

#[async_trait]
impl Authorizer for MeteredAuthorizer {
    fn authorize_url(&self, state: &Secret) -> Url {
        self.inner.authorize_url(state)
    }

    async fn exchange(&self, code: &Secret) -> Result<Grant, AuthorizeError> {
        self.watch.instagram("exchange", self.inner.exchange(code)).await
    }

    async fn refresh(&self, token: &Secret) -> Result<Token, PlatformError> {
        self.watch.instagram("refresh", self.inner.refresh(token)).await
    }

    async fn profile(&self, token: &Secret) -> Result<Profile, PlatformError> {
        self.watch.instagram("profile", self.inner.profile(token)).await
    }
}
