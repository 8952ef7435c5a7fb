use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path, Payload},
};
use rats_application::post::{AdoptMedia, PublishNow, RepublishPost, SchedulePost, Scheduled};
use rats_domain::{id::PostId, post::PostRecord};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    AdoptRequest, PostRequest, PostView, ScheduleRequest, WarningView,
    request::{read_now, read_scheduled},
    run_beside,
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
    let scheduled = PublishNow(api.ports().clone()).run(&user.0, &read_now(body)?, key.as_ref()).await?;
    run_beside(&api, &user.0, scheduled.id());
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

/// Records which media on Instagram a post in review is.
#[utoipa::path(post, path = "/api/social-media/posts/{id}/adopt", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path)), request_body = AdoptRequest, responses((status = 200, body = PostAnswer)))]
pub(crate) async fn adopt(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let media = AdoptRequest::read(JsonBody::read(&request, payload).await?)?.platform_post_id;
    let record = AdoptMedia(api.ports().clone()).run(&user.0, &PostId::new(id.into_inner()), &media).await?;
    Ok(answer(&api, StatusCode::OK, &record))
}

/// Publishes a post in review again, after looking once more.
#[utoipa::path(post, path = "/api/social-media/posts/{id}/republish", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 202, body = PostAnswer)))]
pub(crate) async fn republish(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    JsonBody::read_optional(&request, payload).await?.members().finish()?;
    let record = RepublishPost(api.ports().clone()).run(&user.0, &PostId::new(id.into_inner())).await?;
    run_beside(&api, &user.0, &record.post.id);
    Ok(answer(&api, StatusCode::ACCEPTED, &record))
}

fn accepted(api: &Api, status: StatusCode, scheduled: Scheduled) -> HttpResponse {
    let post = PostView::new(api.ports(), &scheduled.record);
    let warnings = scheduled.warnings.into_iter().map(WarningView::from).collect();
    HttpResponse::build(status).insert_header((header::ETAG, etag(&scheduled.record))).json(AcceptedAnswer {
        success: true,
        post,
        warnings,
    })
}

fn answer(api: &Api, status: StatusCode, record: &PostRecord) -> HttpResponse {
    let post = PostView::new(api.ports(), record);
    HttpResponse::build(status).insert_header((header::ETAG, etag(record))).json(PostAnswer { success: true, post })
}

/// The version, as `If-Match` takes it.
pub(super) fn etag(record: &PostRecord) -> String {
    format!("\"{}\"", record.post.version)
}
