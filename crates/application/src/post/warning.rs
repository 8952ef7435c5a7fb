//! What to consider about a post that was accepted.

use rats_domain::{
    connection::{Connection, Health},
    id::{AccountId, PostId},
    instagram::Access,
    post::PostRecord,
    quota::{Agenda, CAUTIOUS_TOTAL, SPAN},
};
use time::OffsetDateTime;

use crate::{Ports, Refusal, publish::person_time};

/// Something to consider about a post that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A stable word for it.
    pub code: &'static str,
    /// What to consider.
    pub message: String,
    /// When the account has room for it, where it has none at its time.
    pub next_free_at: Option<OffsetDateTime>,
}

impl Warning {
    /// Something to consider, without a time.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), next_free_at: None }
    }
}

/// A post that was accepted.
#[derive(Debug)]
pub struct Scheduled {
    /// The post.
    pub record: PostRecord,
    /// What to consider.
    pub warnings: Vec<Warning>,
}

impl Scheduled {
    /// The post's id, for [`RunPost`](crate::publish::RunPost).
    #[must_use]
    pub fn id(&self) -> &PostId {
        &self.record.post.id
    }
}

/// The post with what to consider about it, after `warnings` of the caller's own.
///
/// It is stored already: where the forecast cannot be made, it is accepted all the same.
pub(super) async fn accepted(ports: &Ports, record: PostRecord, mut warnings: Vec<Warning>) -> Scheduled {
    warnings.extend(many_hashtags(ports, &record));
    match quota(ports, &record).await {
        Ok(warning) => warnings.extend(warning),
        Err(error) => tracing::warn!(post = %record.post.id, %error, "the quota could not be forecast"),
    }
    Scheduled { record, warnings }
}

fn many_hashtags(ports: &Ports, record: &PostRecord) -> Option<Warning> {
    let (hashtags, limit) = (record.post.caption.hashtags(), ports.settings.caption.hashtags_warning);
    let message = format!(
        "The caption has {hashtags} hashtags. Instagram has announced that it will allow only {limit}; it may refuse the post."
    );
    (hashtags > limit).then(|| Warning::new("many_hashtags", message))
}

/// Whether the account has more posts around the post's time than Instagram allows.
async fn quota(ports: &Ports, record: &PostRecord) -> Result<Option<Warning>, Refusal> {
    let publication = &record.publication;
    let Some((account, at)) = publication.account.as_ref().zip(publication.publish_at) else { return Ok(None) };
    if !publication.stage.is_open() {
        return Ok(None);
    }
    let places = ports.history.places(account, at - SPAN).await?;
    let others: Agenda =
        places.into_iter().filter(|place| place.post != record.post.id).map(|place| place.at).collect();
    let planned = others.fullest_around(at);
    let is_too_many = |total: u32| u32::try_from(planned).is_ok_and(|planned| planned > total);
    let known = ports.history.quota_total(account).await?;
    if !is_too_many(known.unwrap_or(CAUTIOUS_TOTAL)) {
        return Ok(None);
    }
    // Only now is it worth asking.
    let told = match ask(ports, record, account).await? {
        Some(told) => Some(told),
        None => known,
    };
    let total = told.unwrap_or(CAUTIOUS_TOTAL);
    Ok(is_too_many(total).then(|| warning(planned, total, told.is_some(), others.next_free(at, total))))
}

fn warning(planned: usize, total: u32, is_told: bool, next_free_at: OffsetDateTime) -> Warning {
    let allows = if is_told { "allows" } else { "may allow only" };
    let message = format!(
        "With this post, {planned} posts of the account are planned within 24 hours; Instagram {allows} {total}. What is too many goes out \
         later, or not at all where that is too late. The next free time is {}.",
        person_time(next_free_at)
    );
    Warning { code: "quota", message, next_free_at: Some(next_free_at) }
}

/// How many posts Instagram allows the account now; `None` where it cannot be asked or does not say.
async fn ask(ports: &Ports, record: &PostRecord, account: &AccountId) -> Result<Option<u32>, Refusal> {
    let Some(id) = &record.publication.connection else { return Ok(None) };
    let works = |connection: &Connection| connection.health == Health::Working;
    let token = ports.connections.find(id).await?.filter(works).and_then(|connection| connection.token);
    let Some(token) = token else { return Ok(None) };
    let access = Access { account: account.clone(), token: token.secret };
    let Ok(quota) = ports.reader.quota(&access, ports.clock.now() - SPAN).await else { return Ok(None) };
    if let Some(total) = quota.total {
        ports.history.keep_quota_total(account, total).await?;
    }
    Ok(quota.total)
}
