use rats_domain::{
    caption::Caption,
    connection::{Connection, Health},
    event::Event,
    id::{EventId, PostId, UserId},
    idempotency::{Added, IdempotencyKey},
    picture::Fit,
    post::{Origin, Post, PostRecord},
    publication::{Publication, Step},
    text::is_blank,
};
use time::OffsetDateTime;

use crate::{
    FieldProblem, Ports, Refusal,
    picture::{self, PictureChoice},
    publish::note,
};

/// What a person says about a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostRequest {
    /// The text; without one, the event's message.
    pub content: Option<String>,
    /// The event it celebrates.
    pub event: Option<EventId>,
    /// Its picture.
    pub picture: PictureChoice,
    /// How the picture is brought into Instagram's range; without one, as it was uploaded.
    pub fit: Option<Fit>,
}

/// When and how a composed post is to go out.
pub(super) struct Timing {
    pub(super) origin: Origin,
    pub(super) publish_at: OffsetDateTime,
    pub(super) due_at: OffsetDateTime,
    pub(super) useless_after: OffsetDateTime,
}

/// The user's connection, if posts can go out through it.
///
/// # Errors
///
/// [`Refusal::Conflict`] or [`Refusal::Unavailable`] with what to do.
pub(super) async fn usable_connection(ports: &Ports, user: &UserId) -> Result<Connection, Refusal> {
    if let Some(reason) = &ports.settings.unreachable {
        return Err(Refusal::Unavailable { message: reason.clone(), source: None });
    }
    let connection = ports.connections.find_by_user(user).await?;
    let Some(connection) =
        connection.filter(|connection| !matches!(connection.health, Health::Disconnected | Health::LinkedElsewhere))
    else {
        return Err(Refusal::conflict(
            "not_connected",
            "No Instagram account is connected. Connect one in the settings, then try again.",
        ));
    };
    if connection.health == Health::NeedsReconnect || connection.token.is_none() {
        let message = format!(
            "Instagram no longer accepts our access to @{}. Connect the account again in the settings, then try again.",
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
    let event = find_event(ports, user, request).await?;
    let caption = caption(ports, request, event.as_ref())?;
    let picture = picture::choose(ports, user, &request.picture, request.fit, event.as_ref()).await?;
    let post = Post {
        id: PostId::new(ports.random.new_id(now)),
        user: user.clone(),
        event: event.as_ref().map(|event| event.id.clone()),
        caption,
        picture: picture.id,
        origin: timing.origin,
        scheduled_for: (timing.origin == Origin::Scheduled).then_some(timing.publish_at),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let publication = Publication::draft(post.id.clone(), user.clone())
        .after(Step::Scheduled {
            connection: connection.id,
            account: connection.account,
            publish_at: timing.publish_at,
            due_at: timing.due_at,
            useless_after: timing.useless_after,
            content_changed: false,
        })
        .map_err(|error| Refusal::Broken(error.into()))?;
    let entry =
        note(ports, ports.clock.now(), "scheduled", &publication, scheduled_text(timing.origin, timing.publish_at));
    Ok(ports.posts.add(&post, &publication, &[entry], key).await?)
}

fn scheduled_text(origin: Origin, publish_at: OffsetDateTime) -> String {
    match origin {
        Origin::Test | Origin::Now => "To be published now.".into(),
        Origin::Scheduled | Origin::Draft => format!("Scheduled for {}.", crate::publish::person_time(publish_at)),
    }
}

async fn find_event(ports: &Ports, user: &UserId, request: &PostRequest) -> Result<Option<Event>, Refusal> {
    let Some(id) = &request.event else { return Ok(None) };
    Ok(Some(ports.events.find(user, id).await?.ok_or(Refusal::NotFound("event"))?))
}

/// The person's text, or the event's message. A person's text is checked, never cut.
fn caption(ports: &Ports, request: &PostRequest, event: Option<&Event>) -> Result<Caption, Refusal> {
    let limits = &ports.settings.caption;
    // RATS' frontend sends empty texts for what was not given.
    if let Some(content) = request.content.as_ref().filter(|content| event.is_none() || !is_blank(content)) {
        return Caption::parse(content, limits).map_err(|broken| {
            Refusal::Invalid(
                broken
                    .0
                    .iter()
                    .map(|rule| FieldProblem { field: "content", message: sentence(&rule.to_string()) })
                    .collect(),
            )
        });
    }
    match event {
        None => Err(Refusal::field("content", "Give `content`, or an `eventId` whose message is to be posted.")),
        Some(Event { message: None, .. }) => {
            Err(Refusal::field("eventId", "This event has no message yet. Generate one first, or give `content`."))
        }
        Some(Event { message: Some(message), .. }) => Ok(Caption::fit(message, &[], limits)),
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str() + ".").unwrap_or_default()
}
