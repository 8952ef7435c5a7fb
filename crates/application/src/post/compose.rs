//! A new post, made and stored.

use rats_domain::{
    connection::{Connection, Health},
    id::{PostId, UserId},
    idempotency::{Added, IdempotencyKey},
    post::{Origin, Post, PostRecord},
    publication::{Publication, Step},
};
use time::OffsetDateTime;

use super::content::{Content, PostRequest};
use crate::{Ports, Refusal, publish::note};

/// When and how a composed post is to go out.
pub(crate) struct Timing {
    pub(super) origin: Origin,
    pub(crate) publish_at: OffsetDateTime,
    pub(crate) due_at: OffsetDateTime,
    pub(crate) useless_after: OffsetDateTime,
}

impl Timing {
    /// For the time that a person gave.
    pub(crate) fn scheduled(ports: &Ports, at: OffsetDateTime) -> Self {
        let spans = &ports.settings.publish;
        Self {
            origin: Origin::Scheduled,
            publish_at: at,
            due_at: spans.staging_begins(at, ports.random.fraction()).max(ports.clock.now()),
            useless_after: at + spans.useless_after,
        }
    }

    /// For now: it must not go live by surprise long after.
    pub(super) fn now(ports: &Ports, origin: Origin, useful_for: std::time::Duration) -> Self {
        let now = ports.clock.now();
        Self { origin, publish_at: now, due_at: now, useless_after: now + useful_for }
    }

    /// The step that gives a publication this time, through `connection`. A container that it still has is of use.
    pub(crate) fn through(&self, connection: &Connection) -> Step {
        Step::Scheduled {
            connection: connection.id.clone(),
            account: connection.account.clone(),
            publish_at: self.publish_at,
            due_at: self.due_at,
            useless_after: self.useless_after,
            content_changed: false,
        }
    }
}

/// The user's connection, if posts can go out through it.
///
/// # Errors
///
/// [`Refusal::Conflict`] or [`Refusal::Unavailable`] with what to do.
pub(crate) async fn usable_connection(ports: &Ports, user: &UserId) -> Result<Connection, Refusal> {
    if let Some(reason) = &ports.settings.unreachable {
        return Err(Refusal::Unavailable { message: reason.clone(), source: None });
    }
    let connection = ports.connections.find_by_user(user).await?;
    let Some(connection) =
        connection.filter(|connection| !matches!(connection.health, Health::Disconnected | Health::LinkedElsewhere))
    else {
        return Err(Refusal::conflict(
            "not_connected",
            "No Instagram account is connected. Connect one, then try again.",
        ));
    };
    if connection.health == Health::NeedsReconnect || connection.token.is_none() {
        let message = format!(
            "Instagram no longer accepts our access to @{}. Connect the account again, then try again.",
            connection.username
        );
        return Err(Refusal::conflict("reconnect", message));
    }
    if !connection.can_publish() {
        let message = format!(
            "You did not allow us to post to @{}. Connect the account again and leave “content publishing” ticked.",
            connection.username
        );
        return Err(Refusal::conflict("scope", message));
    }
    Ok(connection)
}

/// Makes the post and stores it with its publication.
pub(super) async fn compose(
    ports: &Ports,
    user: &UserId,
    request: &PostRequest,
    timing: Timing,
    key: Option<&IdempotencyKey>,
) -> Result<Added<PostRecord>, Refusal> {
    // Before the picture is drawn, which takes a while: whoever presses "test" twice at once began twice at once.
    let now = ports.clock.now();
    let connection = usable_connection(ports, user).await?;
    let content = Content::new(ports, user, request).await?;
    let mut post = new_post(ports, user, content, timing.origin, now);
    post.scheduled_for = (timing.origin == Origin::Scheduled).then_some(timing.publish_at);
    let text = match timing.origin {
        Origin::Test | Origin::Now => "To be published now.".into(),
        Origin::Scheduled | Origin::Draft => {
            format!("Scheduled for {}.", crate::publish::person_time(timing.publish_at))
        }
    };
    add(ports, &post, timing.through(&connection), ("scheduled", text), key).await
}

/// Makes a post without a time, which needs no connection, and stores it.
pub(super) async fn compose_draft(
    ports: &Ports,
    user: &UserId,
    request: &PostRequest,
    key: Option<&IdempotencyKey>,
) -> Result<Added<PostRecord>, Refusal> {
    let now = ports.clock.now();
    let content = Content::new(ports, user, request).await?;
    let post = new_post(ports, user, content, Origin::Draft, now);
    add(ports, &post, Step::Drafted, ("drafted", "Kept as a draft.".into()), key).await
}

fn new_post(ports: &Ports, user: &UserId, content: Content, origin: Origin, now: OffsetDateTime) -> Post {
    Post {
        id: PostId::new(ports.random.new_id(now)),
        user: user.clone(),
        event: content.event,
        caption: content.caption,
        picture: content.picture,
        origin,
        scheduled_for: None,
        created_at: now,
        updated_at: now,
    }
}

async fn add(
    ports: &Ports,
    post: &Post,
    first: Step,
    (step, text): (&str, String),
    key: Option<&IdempotencyKey>,
) -> Result<Added<PostRecord>, Refusal> {
    let publication = Publication::draft(post.id.clone(), post.user.clone())
        .after(first)
        .map_err(|error| Refusal::Broken(error.into()))?;
    let entry = note(ports, ports.clock.now(), step, &publication, text);
    Ok(ports.posts.add(post, &publication, &[entry], key).await?)
}
