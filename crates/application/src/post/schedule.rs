use std::sync::Arc;

use rats_domain::{
    id::{PostId, UserId},
    idempotency::{Added, IdempotencyKey},
    post::{Origin, PostRecord},
};
use time::{Duration, OffsetDateTime};

use super::compose::{PostRequest, Timing, compose};
use crate::{Ports, Refusal};

/// The furthest ahead that a post can be scheduled.
const FURTHEST: Duration = Duration::days(366);

/// How late a "scheduled for" may arrive: people press the button at the very minute.
const TOLERANCE: Duration = Duration::seconds(60);

/// Something to consider about a post that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A stable word for it.
    pub code: &'static str,
    /// What to consider.
    pub message: String,
}

/// A post that was accepted.
#[derive(Debug)]
pub struct Scheduled {
    /// The post.
    pub record: PostRecord,
    /// What to consider.
    pub warnings: Vec<Warning>,
}

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
        let (ports, now) = (&self.0, self.0.clock.now());
        if let Some(record) = added_before(ports, user, key).await? {
            return Ok(Scheduled { warnings: warnings(ports, &record), record });
        }
        if scheduled_for < now - TOLERANCE {
            return Err(Refusal::field("scheduledFor", "This time is in the past. Give one in the future."));
        }
        if scheduled_for > now + FURTHEST {
            return Err(Refusal::field("scheduledFor", "This time is more than a year ahead. Give an earlier one."));
        }
        let spans = &ports.settings.publish;
        let timing = Timing {
            origin: Origin::Scheduled,
            publish_at: scheduled_for,
            due_at: (scheduled_for - spans.lead).max(now),
            useless_after: scheduled_for + spans.useless_after,
        };
        let record = compose(ports, user, request, timing, key).await?.into_inner();
        Ok(Scheduled { warnings: warnings(ports, &record), record })
    }
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
        Ok(Scheduled { warnings: warnings(&self.0, &record), record })
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
    let now = ports.clock.now();
    let timing = Timing { origin, publish_at: now, due_at: now, useless_after: now + useless_after };
    compose(ports, user, request, timing, key).await
}

fn warnings(ports: &Ports, record: &PostRecord) -> Vec<Warning> {
    let (hashtags, limit) = (record.post.caption.hashtags(), ports.settings.caption.hashtags_warning);
    let message = format!(
        "The caption has {hashtags} hashtags. Instagram has announced that it will allow only {limit}; it may refuse the post."
    );
    (hashtags > limit).then_some(Warning { code: "many_hashtags", message }).into_iter().collect()
}

/// A post's id, for [`RunPost`](crate::publish::RunPost).
impl Scheduled {
    /// The post's id.
    #[must_use]
    pub fn id(&self) -> &PostId {
        &self.record.post.id
    }
}
