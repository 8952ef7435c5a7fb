//! The simulated Instagram's state machine behind a network: the same answers in the same envelopes, read by the adapter's own rules.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::{FutureExt as _, pin_mut, select_biased};
use rats_domain::{
    clock::Monotonic,
    connection::Token,
    id::{AccountId, ContainerId, MediaId},
    instagram::{
        Access, Advice, AuthorizeError, Authorizer, ContainerStatus, Dated, Engagement, Grant, ListedMedia, Listing,
        MediaReader, PlatformError, Profile, PublishAnswer, Publisher, Quota, Wanted,
    },
    metrics::{AccountNumbers, Numbers},
    secret::Secret,
};
use rats_instagram_adapter::reading::{self, At};
use rats_instagram_sim as sim;
use rats_instagram_sim::{Failure, Instagram, PageRequest, Picture, Target};
use time::OffsetDateTime;
use tokio::sync::oneshot;
use url::Url;

use crate::{
    clock::BEGIN,
    executor::{OUTSIDE, World},
    gate::Gate,
};

/// The publish call's time-out.
const PUBLISH_TIMEOUT: Duration = Duration::from_secs(30);

/// Instagram and the way to it; shared by all processes.
pub(crate) struct Network {
    pub(crate) world: World,
    pub(crate) instagram: Instagram,
    /// How long after its sender's deadline a request may still be on its way.
    pub(crate) grace: Duration,
    /// How many publish requests in a thousand are on their way for as long as can be.
    pub(crate) late: AtomicU64,
    /// Whether every publish request is on its way for as long as can be.
    pub(crate) latest: AtomicBool,
    /// How much of its rate limits every account has used, in percent.
    pub(crate) used: AtomicU64,
    /// Publish requests on their way, by account.
    flying: Mutex<BTreeMap<AccountId, u32>>,
}

impl Network {
    pub(crate) fn new(world: &World, config: sim::Config, grace: Duration) -> Arc<Self> {
        let base = Url::parse("https://www.instagram.com").unwrap();
        Arc::new(Self {
            world: world.clone(),
            instagram: Instagram::new(config, base),
            grace,
            late: AtomicU64::new(0),
            latest: AtomicBool::new(false),
            used: AtomicU64::new(0),
            flying: Mutex::default(),
        })
    }

    /// Instagram's clock.
    pub(crate) fn now(&self) -> OffsetDateTime {
        BEGIN + self.world.now()
    }

    async fn way(&self) {
        let span = self.world.span(Duration::from_millis(5), Duration::from_millis(150));
        self.world.sleep(span).await;
    }

    fn takes_off(&self, account: &AccountId) {
        let mut flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
        let count = flying.entry(account.clone()).or_default();
        *count += 1;
        if *count > 1 {
            drop(flying);
            self.world.complain(format!("two publish requests are on their way for {account}"));
        }
    }

    fn lands(&self, account: &AccountId) {
        let mut flying = self.flying.lock().unwrap_or_else(PoisonError::into_inner);
        flying.entry(account.clone()).and_modify(|count| *count -= 1);
    }
}

/// Instagram as one process reaches it.
pub(crate) struct Graph {
    pub(crate) network: Arc<Network>,
    pub(crate) gate: Gate,
}

impl Graph {
    /// A call without a visible effect: there, and back.
    async fn call<T>(
        &self,
        name: &'static str,
        at: At,
        work: impl FnOnce(&Instagram) -> sim::Answer<T>,
    ) -> Result<T, PlatformError> {
        self.gate
            .pass(name, async {
                self.network.way().await;
                let answer = work(&self.network.instagram);
                self.network.way().await;
                answer.map_err(|failure| error(&failure, at))
            })
            .await
    }

    fn dated<T>(&self, value: T) -> Dated<T> {
        Dated { value, date: Some(self.network.now().replace_nanosecond(0).unwrap()) }
    }

    async fn send(&self, access: &Access, container: &ContainerId, deadline: Monotonic) -> PublishAnswer {
        let (network, world) = (self.network.clone(), self.network.world.clone());
        network.way().await;
        if world.now() >= deadline.since_start() {
            let what = "Instagram could not be reached in time, so the post was not sent";
            return PublishAnswer::NotSent(PlatformError::unnumbered(
                Advice::Retry,
                what,
                "We try again by ourselves.",
            ));
        }
        // From here on it is out of our hands.
        network.takes_off(&access.account);
        let (tell, told) = oneshot::channel();
        let (account, token, id) =
            (access.account.clone(), access.token.expose().to_owned(), number(container.as_str()));
        let latest = deadline.since_start() + network.grace;
        let dies = self.gate.dies_in_flight();
        world.spawn(OUTSIDE, async move {
            if dies || network.latest.load(Ordering::Relaxed) {
                network.world.sleep_until(latest).await;
            } else if network.world.happens(network.late.load(Ordering::Relaxed)) {
                let arrives = network.world.span(network.world.now(), latest);
                let is_last = network.world.happens(500);
                network.world.sleep_until(if is_last { latest } else { arrives }).await;
            } else {
                network.way().await;
            }
            let target = Target::Id(number(account.as_str()));
            let answer = network.instagram.publish(&token, target, sim::ContainerId(id), network.now());
            network.lands(&account);
            network.way().await;
            let _ = tell.send(answer);
        });
        if dies {
            self.gate.die().await;
        }
        let timeout = world.sleep(PUBLISH_TIMEOUT).fuse();
        let told = told.fuse();
        pin_mut!(timeout, told);
        select_biased! {
            answer = told => answer.map_or_else(|_| reading::no_answer_to_publish(), |answer| publish_answer(&answer)),
            () = timeout => reading::no_answer_to_publish(),
        }
    }
}

#[async_trait]
impl Publisher for Graph {
    async fn create_image(&self, access: &Access, _: &Url, caption: &str) -> Result<ContainerId, PlatformError> {
        let (now, token) = (self.network.now(), access.token.expose());
        self.call("create", At::Create, |instagram| {
            let account = instagram.check_creation(token, Target::Me, (caption, None), now).or_else(|failure| {
                // `me` is for reads alone.
                let target = Target::Id(number(access.account.as_str()));
                if matches!(&failure, Failure::Refused(error) if error.code == 100) {
                    instagram.check_creation(token, target, (caption, None), now)
                } else {
                    Err(failure)
                }
            })?;
            let new = sim::NewContainer { caption: caption.to_owned(), alt_text: None, picture: Picture::stand_in() };
            Ok(ContainerId::new(instagram.create_container(account, new, now).to_string()))
        })
        .await
    }

    /// Without an effect that can be lost.
    async fn prepare(&self) {}

    async fn status(&self, access: &Access, container: &ContainerId) -> Result<Dated<ContainerStatus>, PlatformError> {
        let id = sim::ContainerId(number(container.as_str()));
        let view = self
            .call("status", At::Read, |instagram| instagram.container(access.token.expose(), id, self.network.now()))
            .await?;
        let text = match view.status {
            sim::ContainerStatus::Error(subcode) => format!("Error: Media upload has failed with error code {subcode}"),
            _ => String::new(),
        };
        let status = reading::container_status(view.status.code(), &text).ok_or_else(reading::no_answer)?;
        Ok(self.dated(status))
    }

    async fn publish(&self, access: &Access, container: &ContainerId, deadline: Monotonic) -> PublishAnswer {
        self.gate.pass("publish", self.send(access, container, deadline)).await
    }
}

#[async_trait]
impl MediaReader for Graph {
    async fn recent(&self, access: &Access, since: OffsetDateTime) -> Result<Dated<Listing>, PlatformError> {
        let request = PageRequest { limit: Some(100), ..PageRequest::default() };
        let page = self
            .call("recent", At::Read, |instagram| {
                instagram.list_media(access.token.expose(), Target::Me, &request, self.network.now())
            })
            .await?;
        let media = page.media.into_iter().map(|media| ListedMedia {
            id: MediaId::new(media.id.to_string()),
            caption: Some(media.caption),
            is_image: true,
            published_at: media.timestamp.replace_nanosecond(0).unwrap(),
            permalink: Some(media.permalink.into()),
        });
        let media = media.filter(|media| media.published_at >= since).collect();
        Ok(self.dated(Listing { media, complete: !page.has_next }))
    }

    async fn quota(&self, access: &Access, since: OffsetDateTime) -> Result<Quota, PlatformError> {
        let since = since.replace_nanosecond(0).unwrap();
        let used = self
            .call("quota", At::Read, |instagram| {
                instagram.quota_usage(access.token.expose(), Target::Me, Some(since), self.network.now())
            })
            .await?;
        Ok(Quota { used, total: Some(self.network.instagram.config().quota_total) })
    }

    async fn permalink(&self, access: &Access, media: &MediaId) -> Result<Option<String>, PlatformError> {
        let id = sim::MediaId(number(media.as_str()));
        let media = self
            .call("permalink", At::Read, |instagram| instagram.media(access.token.expose(), id, self.network.now()))
            .await?;
        Ok(Some(media.permalink.into()))
    }

    fn used_percent(&self, _: &AccountId) -> u64 {
        self.network.used.load(Ordering::Relaxed)
    }

    async fn engagement(&self, access: &Access, media: &MediaId, _: Wanted) -> Result<Engagement, PlatformError> {
        let id = sim::MediaId(number(media.as_str()));
        let numbers = self
            .call("engagement", At::Insight, |instagram| {
                instagram.insights(access.token.expose(), id, self.network.now())
            })
            .await?;
        let of = |name: &str| numbers.and_then(|numbers| numbers.metric(name));
        let numbers = Numbers {
            likes: of("likes"),
            comments: of("comments"),
            shares: of("shares"),
            impressions: None,
            views: of("views"),
            reach: of("reach"),
            saved: of("saved"),
            total_interactions: of("total_interactions"),
        };
        Ok(Engagement { numbers, permalink: None })
    }

    async fn followers(&self, access: &Access) -> Result<Option<u64>, PlatformError> {
        let (token, now) = (access.token.expose(), self.network.now());
        let account = self.call("followers", At::Read, |instagram| instagram.profile(token, Target::Me, now)).await?;
        Ok(Some(self.network.instagram.followers(&account, now)))
    }

    async fn account_insights(
        &self,
        access: &Access,
        since: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<AccountNumbers, PlatformError> {
        let (token, now) = (access.token.expose(), self.network.now());
        let did = self
            .call("account_insights", At::Insight, |instagram| {
                instagram.account_insights(token, Target::Me, (since, until), now)
            })
            .await?;
        Ok(AccountNumbers { reach: Some(did.reach), views: Some(did.views) })
    }
}

#[async_trait]
impl Authorizer for Graph {
    fn authorize_url(&self, _: &Secret) -> Url {
        unreachable!("nobody connects by OAuth in this simulation")
    }

    async fn exchange(&self, _: &Secret) -> Result<Grant, AuthorizeError> {
        unreachable!("nobody connects by OAuth in this simulation")
    }

    async fn refresh(&self, token: &Secret) -> Result<Token, PlatformError> {
        let issued_at = self.network.now();
        let fresh = self
            .call("refresh", At::Refresh, |instagram| {
                instagram.refresh_token("ig_refresh_token", token.expose(), self.network.now())
            })
            .await?;
        let expires_at = issued_at + Duration::from_secs(fresh.expires_in.into());
        Ok(Token { secret: Secret::new(fresh.access_token), issued_at, expires_at })
    }

    async fn profile(&self, token: &Secret) -> Result<Profile, PlatformError> {
        let account = self
            .call("profile", At::Read, |instagram| instagram.profile(token.expose(), Target::Me, self.network.now()))
            .await?;
        Ok(Profile {
            account: Some(AccountId::new(account.id.to_string())),
            app_scoped_id: account.app_scoped_id.to_string(),
            username: account.username,
        })
    }
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or(0)
}

fn error(failure: &Failure, at: At) -> PlatformError {
    match failure {
        Failure::Refused(refused) => {
            let told = refused.regain_minutes.map(|minutes| Duration::from_mins(minutes.into()));
            let error = reading::error(refused.status, &envelope(refused), at);
            PlatformError { retry_after: told.filter(|_| error.advice == Advice::Wait), ..error }
        }
        Failure::Html(status) => reading::error(*status, b"<html>", at),
        Failure::Dropped | Failure::Cut | Failure::Empty => reading::no_answer(),
    }
}

fn publish_answer(answer: &sim::Answer<sim::MediaId>) -> PublishAnswer {
    match answer {
        Ok(id) => reading::publish_answer(200, format!("{{\"id\":\"{id}\"}}").as_bytes()),
        Err(Failure::Refused(refused)) => reading::publish_answer(refused.status, &envelope(refused)),
        Err(Failure::Html(status)) => reading::publish_answer(*status, b"<html>"),
        Err(Failure::Empty) => reading::publish_answer(200, b""),
        Err(Failure::Dropped | Failure::Cut) => reading::no_answer_to_publish(),
    }
}

fn envelope(error: &sim::GraphError) -> Vec<u8> {
    error.envelope("A1").to_string().into_bytes()
}
