use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Json, Path, Payload},
};
use rats_application::{
    Refusal,
    post::{TestMessage, TestOutcome},
};
use rats_domain::{
    connection::{Connection, Health},
    event::Event,
    id::EventId,
    post::PostRecord,
    publication::Stage,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::{Platform, TestRequest};
use crate::{
    Api,
    http::{body::JsonBody, idempotency, problem::Problem, user::CurrentUser},
};

/// How "test" ended, as RATS' frontend reads it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestAnswer {
    success: bool,
    /// True where nothing was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    simulation: Option<bool>,
    /// Whether Instagram is connected, where nothing was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    connected: Option<bool>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<String>,
    /// Its media on Instagram, where Instagram told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_post_id: Option<String>,
    content: String,
    recipient_info: RecipientInfo,
    #[serde(skip_serializing_if = "Option::is_none")]
    permalink: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_instructions: Option<&'static str>,
}

/// Whom it is about.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecipientInfo {
    name: String,
    platform: &'static str,
    /// Their name on the platform, or empty.
    handle: String,
}

/// Posts an event's message now and waits, at most 90 s, until Instagram has confirmed it.
///
/// The post runs in a task of its own: a closed browser changes nothing. Pressing again attaches to a post that is not settled.
#[utoipa::path(post, path = "/api/events/{id}/test-message", tag = "events", security(("bearer" = [])),
    params(("id" = String, Path)), request_body = TestRequest, responses((status = 200, body = TestAnswer)))]
pub(crate) async fn test_message(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<Json<TestAnswer>, Problem> {
    let body = JsonBody::read(&request, payload).await?;
    let key = idempotency::key(&request, body.canonical().as_bytes())?;
    let platform = TestRequest::read(body)?.platform;
    let id = EventId::new(id.into_inner());
    let test = TestMessage(api.ports().clone());
    let (event, connection) = test.prepare(&user.0, &id).await?;
    let connection = match connection {
        Some(connection) if platform == Platform::Instagram => connection,
        other => return Ok(Json(simulated(&event, platform, other.as_ref()))),
    };
    if connection.health == Health::NeedsReconnect || connection.token.is_none() {
        return Err(reconnect(&connection));
    }
    api.publishes().await?;
    let record = test.start(&user.0, &id, key.as_ref()).await.map_err(refused)?;
    api.beside().start(&user.0, &record.post.id);
    let outcome = test.wait(&user.0, &record.post.id).await.map_err(refused)?;
    answer(outcome, &event).map(Json)
}

/// What a post without anything to say about is at.
fn still(stage: Stage) -> String {
    match stage {
        Stage::Staging => "Instagram is still preparing the post.",
        Stage::Staged => "It is prepared, and goes out next.",
        _ => "It is not handed to Instagram yet.",
    }
    .to_owned()
}

fn answer(outcome: TestOutcome, event: &Event) -> Result<TestAnswer, Problem> {
    match outcome {
        TestOutcome::Live(record) => Ok(live(&record, event)),
        TestOutcome::NotConnected => Ok(simulated(event, Platform::Instagram, None)),
        TestOutcome::Held(message) => Err(not_posted(format!("{message} You find it in Settings → Social accounts."))),
        TestOutcome::Refused(message) => Err(not_posted(message)),
        TestOutcome::Failed(message) => Err(Problem::unavailable(message).real()),
        TestOutcome::Unconfirmed(record) if !record.publication.stage.is_unsettled() => {
            let why = record.attention().map_or(still(record.publication.stage), |attention| attention.message);
            Err(Problem::unavailable(format!(
                "Nothing is published so far: {why} Look at the post's page ({}). Trying again makes no second post as long as this \
                 one may still go out.",
                record.post.id
            ))
            .real())
        }
        TestOutcome::Unconfirmed(record) => Err(Problem::unavailable(format!(
            "Instagram has not confirmed this post yet. We keep checking: look at your Instagram profile, or at the post's page \
             ({}). Please do not send it again.",
            record.post.id
        ))
        .real()),
        TestOutcome::InReview(record) => {
            let told = record.publication.attention.as_ref().map_or("", |attention| attention.message.as_str());
            let message = format!(
                "We could not find out whether the test post {} is live. Look at your Instagram profile, then say on \
                 the post's page that it is live, with its link, or publish it again. {told}",
                record.post.id
            );
            Err(Problem::conflict("needs_review", message.trim_end()).real())
        }
    }
}

fn live(record: &PostRecord, event: &Event) -> TestAnswer {
    let receipt = record.receipt.as_ref();
    TestAnswer {
        success: true,
        simulation: None,
        connected: None,
        message: "Your message was published on Instagram.".into(),
        post_id: Some(record.post.id.to_string()),
        platform_post_id: receipt.and_then(|receipt| receipt.media.as_ref()).map(ToString::to_string),
        content: record.post.caption.as_str().to_owned(),
        recipient_info: recipient(event, Platform::Instagram),
        permalink: receipt.and_then(|receipt| receipt.permalink.clone()),
        connection_instructions: None,
    }
}

/// The answer where nothing is posted, which it says.
fn simulated(event: &Event, platform: Platform, connection: Option<&Connection>) -> TestAnswer {
    let name = platform.name();
    let (message, connection_instructions) = if platform == Platform::Instagram {
        (
            "Nothing was posted: no Instagram account is connected. This is only a preview of the message.".to_owned(),
            Some("Connect your Instagram account in Settings → Social accounts, then test again."),
        )
    } else {
        (
            format!(
                "Nothing was sent: messages by {name} are not supported, only Instagram is. This is only a preview of the message."
            ),
            None,
        )
    };
    TestAnswer {
        success: true,
        simulation: Some(true),
        connected: Some(platform == Platform::Instagram && connection.is_some()),
        message,
        post_id: None,
        platform_post_id: None,
        content: event.message.clone().unwrap_or_default(),
        recipient_info: recipient(event, platform),
        permalink: None,
        connection_instructions,
    }
}

fn recipient(event: &Event, platform: Platform) -> RecipientInfo {
    let (handles, contact) = (&event.details.handles, &event.details.contact);
    let handle = match platform {
        Platform::Instagram => &handles.instagram,
        Platform::Facebook => &handles.facebook,
        Platform::Twitter => &handles.twitter,
        Platform::Whatsapp => &handles.whatsapp,
        Platform::Email => &contact.email,
    };
    RecipientInfo {
        name: event.details.recipient_name.clone(),
        platform: platform.as_str(),
        handle: handle.clone().unwrap_or_default(),
    }
}

fn not_posted(message: String) -> Problem {
    Problem::conflict("refused", message).with_status(StatusCode::BAD_REQUEST).real()
}

fn reconnect(connection: &Connection) -> Problem {
    let message = format!(
        "Nothing was posted: Instagram no longer accepts our access to @{}. Please reconnect the account in Settings → Social accounts, then test again.",
        connection.username
    );
    Problem::conflict("reconnect", message).with_status(StatusCode::BAD_REQUEST).real()
}

/// A post that did not come to be: what is the person's to mend is a 400 here.
fn refused(refusal: Refusal) -> Problem {
    let conflict = matches!(refusal, Refusal::Conflict { .. });
    let problem = Problem::from(refusal).real();
    if conflict { problem.with_status(StatusCode::BAD_REQUEST) } else { problem }
}
