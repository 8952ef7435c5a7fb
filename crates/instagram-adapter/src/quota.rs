//! The publishing quota. Source: Graph API, IG User Content Publishing Limit.

use rats_domain::instagram::{Access, PlatformError, Quota};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use crate::{
    answer,
    client::Inner,
    error::{self, At},
    request::{Base, Call},
};

#[derive(Deserialize)]
struct Limit {
    #[serde(default, deserialize_with = "answer::number_member")]
    quota_usage: Option<u64>,
    config: Option<Config>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default, deserialize_with = "answer::number_member")]
    quota_total: Option<u64>,
}

impl Inner {
    pub(crate) async fn quota(&self, access: &Access, since: OffsetDateTime) -> Result<Quota, PlatformError> {
        let since_text = since.unix_timestamp().to_string();
        let mut query = vec![("fields", "quota_usage,config")];
        // Without `since` it is the last 24 h; an older moment would be refused.
        if self.clock.now() - since < Duration::hours(24) {
            query.push(("since", since_text.as_str()));
        }
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, access.account.as_str(), "content_publishing_limit"],
            query: &query,
            form: None,
            token: Some(&access.token),
            at: At::Read,
        };
        let limit: Limit = answer::one(&self.request(call).await?.body)?;
        let used = limit.quota_usage.and_then(small).ok_or_else(error::unreadable)?;
        let total = limit.config.and_then(|config| config.quota_total).and_then(small);
        Ok(Quota { used, total })
    }
}

fn small(count: u64) -> Option<u32> {
    u32::try_from(count).ok()
}
