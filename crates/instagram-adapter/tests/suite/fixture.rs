//! What the tests share.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use rats_domain::{
    clock::{Clock, Monotonic},
    id::{AccountId, ContainerId, MediaId},
    instagram::{Access, PublishAnswer, Publisher, Wanted},
    secret::Secret,
};
use rats_instagram_adapter::{Instagram, Settings, boottime};
use time::{OffsetDateTime, macros::datetime};
use url::Url;

pub(crate) const TOKEN: &str = "IGAAsentineltoken";
pub(crate) const CODE: &str = "AQDsentinelcode";
pub(crate) const APP_SECRET: &str = "sentinelappsecret";
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-03 09:15:07 UTC);

/// A media's public counts.
pub(crate) const COUNTS: &str =
    r#"{"id":"1","like_count":7,"comments_count":2,"permalink":"https:\/\/www.instagram.com\/p\/x\/"}"#;

/// Its wall clock stands still.
pub(crate) struct StandingClock;

#[async_trait]
impl Clock for StandingClock {
    fn now(&self) -> OffsetDateTime {
        NOW
    }

    fn monotonic(&self) -> Monotonic {
        boottime()
    }

    async fn sleep_until(&self, moment: Monotonic) {
        tokio::time::sleep(moment.since(boottime())).await;
    }
}

pub(crate) fn settings(base: &Url) -> Settings {
    Settings {
        token_base: base.clone(),
        graph_base: base.clone(),
        ..Settings::instagram(
            "1234567890",
            Secret::new(APP_SECRET),
            Url::parse("https://rats.example/callback?from=instagram").unwrap(),
        )
    }
}

pub(crate) fn instagram(base: &Url) -> Instagram {
    client(settings(base))
}

pub(crate) fn client(settings: Settings) -> Instagram {
    Instagram::new(settings, Arc::new(StandingClock)).unwrap()
}

pub(crate) fn access() -> Access {
    Access { account: AccountId::new("17841400000000001"), token: Secret::new(TOKEN) }
}

pub(crate) fn container() -> ContainerId {
    ContainerId::new("17900000000000001")
}

pub(crate) fn media() -> MediaId {
    MediaId::new("17920000000000001")
}

/// All that there is of a media of today.
pub(crate) fn everything() -> Wanted {
    Wanted { insights: true, published_at: NOW, permalink: true }
}

pub(crate) fn soon() -> Monotonic {
    boottime() + Duration::from_secs(20)
}

pub(crate) async fn publish(base: &Url) -> PublishAnswer {
    instagram(base).publish(&access(), &container(), soon()).await
}

/// An error body as Instagram writes it.
pub(crate) fn error_body(code: i64, subcode: Option<i64>) -> String {
    let subcode = subcode.map(|subcode| format!(r#""error_subcode":{subcode},"#)).unwrap_or_default();
    format!(
        r#"{{"error":{{"message":"(#{code}) Something about {TOKEN}","type":"OAuthException","code":{code},{subcode}"fbtrace_id":"AbC_d-1"}}}}"#
    )
}
