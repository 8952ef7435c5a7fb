use std::sync::Arc;

use rats_domain::{
    id::UserId,
    idempotency::{Added, IdempotencyKey},
    post::{Origin, PostRecord},
};
use time::{Duration, OffsetDateTime};

use super::{
    compose::{Timing, compose},
    content::PostRequest,
    warning::{Scheduled, accepted},
};
use crate::{Ports, Refusal};

/// The furthest ahead that a post can be scheduled.
const FURTHEST: Duration = Duration::days(366);

/// How late a "scheduled for" may arrive: people press the button at the very minute.
const TOLERANCE: Duration = Duration::seconds(60);

/// Schedules a post.
pub struct SchedulePost(pub Arc<Ports>);

impl SchedulePost {
    /// Stores the post to go out at `scheduled_for`, at most a year ahead.
    ///
    /// # Errors
    ///
    /// [`Refusal::Invalid`] with what is wrong; [`Refusal::Conflict`] if no account is connected that can publish.
    pub async fn run(
        &self,
        user: &UserId,
        request: &PostRequest,
        scheduled_for: OffsetDateTime,
        key: Option<&IdempotencyKey>,
    ) -> Result<Scheduled, Refusal> {
        let ports = &self.0;
        if let Some(record) = added_before(ports, user, key).await? {
            return Ok(accepted(ports, record, vec![]).await);
        }
        check_time(ports, scheduled_for)?;
        let record = compose(ports, user, request, Timing::scheduled(ports, scheduled_for), key).await?.into_inner();
        Ok(accepted(ports, record, vec![]).await)
    }
}

/// A post can be scheduled for this time.
pub(super) fn check_time(ports: &Ports, at: OffsetDateTime) -> Result<(), Refusal> {
    let now = ports.clock.now();
    if at < now - TOLERANCE {
        return Err(Refusal::field("scheduledFor", "This time is in the past. Give one in the future."));
    }
    if at > now + FURTHEST {
        return Err(Refusal::field("scheduledFor", "This time is more than a year ahead. Give an earlier one."));
    }
    Ok(())
}

/// Publishes a post now.
pub struct PublishNow(pub Arc<Ports>);

impl PublishNow {
    /// Stores the post as due now. Whoever called then drives it with [`RunPost`](crate::publish::RunPost) in a task of its own.
    pub async fn run(
        &self,
        user: &UserId,
        request: &PostRequest,
        key: Option<&IdempotencyKey>,
    ) -> Result<Scheduled, Refusal> {
        let useless_after = self.0.settings.publish.useless_after_now;
        let record = store_now(&self.0, user, request, Origin::Now, useless_after, key).await?.into_inner();
        Ok(accepted(&self.0, record, vec![]).await)
    }
}

/// What was added under this key before. A repeat gets the same answer whatever has changed since: the time passed, the account disconnected.
pub(super) async fn added_before(
    ports: &Ports,
    user: &UserId,
    key: Option<&IdempotencyKey>,
) -> Result<Option<PostRecord>, Refusal> {
    match key {
        Some(key) => Ok(ports.posts.find_added(user, key).await?),
        None => Ok(None),
    }
}

/// Stores a post as due now.
pub(super) async fn store_now(
    ports: &Ports,
    user: &UserId,
    request: &PostRequest,
    origin: Origin,
    useless_after: std::time::Duration,
    key: Option<&IdempotencyKey>,
) -> Result<Added<PostRecord>, Refusal> {
    if let Some(record) = added_before(ports, user, key).await? {
        return Ok(Added::Before(record));
    }
    compose(ports, user, request, Timing::now(ports, origin, useless_after), key).await
}
