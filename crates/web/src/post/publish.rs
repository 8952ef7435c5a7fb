use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Payload},
};
use rats_application::post::{PublishNow, SaveDraft, SchedulePost, Scheduled};
use rats_domain::post::PostRecord;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    PostRequest, PostView, ScheduleRequest, WarningView,
    request::{read_post, read_scheduled},
};
use crate::{
    Api,
    http::{body::JsonBody, idempotency, problem::Problem, user::CurrentUser},
};

/// A post.
#[derive(Serialize, ToSchema)]
pub(crate) struct PostAnswer {
    pub(super) success: bool,
    pub(super) post: PostView,
}

/// A post that was accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct AcceptedAnswer {
    pub(super) success: bool,
    pub(super) post: PostView,
    /// What to consider.
    warnings: Vec<WarningView>,
}

/// Publishes a post now: answers at once, its detail tells the rest.
#[utoipa::path(post, path = "/api/social-media/post", tag = "posts", security(("bearer" = [])), request_body = PostRequest,
    responses((status = 202, body = AcceptedAnswer)))]
pub(crate) async fn publish_now(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = JsonBody::read(&request, payload).await?;
    let key = idempotency::key(&request, body.canonical().as_bytes())?;
    api.publishes().await?;
    let scheduled = PublishNow(api.ports().clone()).run(&user.0, &read_post(body)?, key.as_ref()).await?;
    api.beside().start(&user.0, scheduled.id());
    Ok(accepted(&api, StatusCode::ACCEPTED, scheduled))
}

/// Schedules a post.
#[utoipa::path(post, path = "/api/social-media/schedule", tag = "posts", security(("bearer" = [])), request_body = ScheduleRequest,
    responses((status = 201, body = AcceptedAnswer)))]
pub(crate) async fn schedule(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = JsonBody::read(&request, payload).await?;
    let key = idempotency::key(&request, body.canonical().as_bytes())?;
    let (post, at) = read_scheduled(body)?;
    let scheduled = SchedulePost(api.ports().clone()).run(&user.0, &post, at, key.as_ref()).await?;
    Ok(accepted(&api, StatusCode::CREATED, scheduled))
}

/// Keeps a post as a draft: it goes out once it is given a time or published.
#[utoipa::path(post, path = "/api/social-media/posts", tag = "posts", security(("bearer" = [])), request_body = PostRequest,
    responses((status = 201, body = AcceptedAnswer)))]
pub(crate) async fn save_draft(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let body = JsonBody::read(&request, payload).await?;
    let key = idempotency::key(&request, body.canonical().as_bytes())?;
    let draft = SaveDraft(api.ports().clone()).run(&user.0, &read_post(body)?, key.as_ref()).await?;
    Ok(accepted(&api, StatusCode::CREATED, draft))
}

/// The answer to a post that was accepted.
pub(super) fn accepted(api: &Api, status: StatusCode, scheduled: Scheduled) -> HttpResponse {
    let post = PostView::new(api.ports(), &scheduled.record);
    let warnings = scheduled.warnings.into_iter().map(WarningView::from).collect();
    HttpResponse::build(status).insert_header((header::ETAG, etag(&scheduled.record))).json(AcceptedAnswer {
        success: true,
        post,
        warnings,
    })
}

/// The answer that shows a post.
pub(super) fn answer(api: &Api, status: StatusCode, record: &PostRecord) -> HttpResponse {
    let post = PostView::new(api.ports(), record);
    HttpResponse::build(status).insert_header((header::ETAG, etag(record))).json(PostAnswer { success: true, post })
}

/// The version, as `If-Match` takes it.
pub(super) fn etag(record: &PostRecord) -> String {
    format!("\"{}\"", record.publication.version)
}
