use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Payload},
};
use rats_application::post::{EditPost, PublishPost, RetryPost};
use rats_domain::id::PostId;
use utoipa::IntoParams;

use super::{
    EditRequest,
    publish::{AcceptedAnswer, accepted},
};
use crate::{
    Api,
    http::{body::JsonBody, if_match, problem::Problem, user::CurrentUser},
};

/// Which version the person saw.
#[expect(dead_code, reason = "describes the header to clients; `if_match` reads it")]
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IfMatch {
    /// The `ETag` of the post as the person saw it, or `*`; another version answers 409.
    #[param(rename = "If-Match", value_type = String, required = false, pattern = r#"^("[1-9][0-9]{0,14}"|\*)$"#)]
    if_match: Option<String>,
}

/// Changes a post: its text, event, picture or time.
#[utoipa::path(patch, path = "/api/social-media/posts/{id}", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path), IfMatch), request_body = EditRequest, responses((status = 200, body = AcceptedAnswer)))]
pub(crate) async fn edit_post(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let edit = EditRequest::read(JsonBody::read(&request, payload).await?)?;
    let seen = if_match::agreed(if_match::version(&request)?, edit.version)?;
    let id = PostId::new(id.into_inner());
    let edited = EditPost(api.ports().clone()).run(&user.0, &id, &edit.changes, &edit.time, seen).await?;
    Ok(accepted(&api, StatusCode::OK, edited))
}

/// Publishes a post that is there now: answers at once, its detail tells the rest.
#[utoipa::path(post, path = "/api/social-media/posts/{id}/publish", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path), IfMatch), responses((status = 202, body = AcceptedAnswer)))]
pub(crate) async fn publish_post(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    JsonBody::read_optional(&request, payload).await?.members().finish()?;
    let (id, seen) = (PostId::new(id.into_inner()), if_match::version(&request)?);
    api.publishes().await?;
    let due = PublishPost(api.ports().clone()).run(&user.0, &id, seen).await?;
    api.beside().start(&user.0, due.id());
    Ok(accepted(&api, StatusCode::ACCEPTED, due))
}

/// Tries a post that failed once more: at its own time if that is still ahead, else now.
#[utoipa::path(post, path = "/api/social-media/posts/{id}/retry", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path), IfMatch), responses((status = 202, body = AcceptedAnswer)))]
pub(crate) async fn retry_post(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    JsonBody::read_optional(&request, payload).await?.members().finish()?;
    let (id, seen) = (PostId::new(id.into_inner()), if_match::version(&request)?);
    api.publishes().await?;
    let due = RetryPost(api.ports().clone()).run(&user.0, &id, seen).await?;
    api.beside().start(&user.0, due.id());
    Ok(accepted(&api, StatusCode::ACCEPTED, due))
}
