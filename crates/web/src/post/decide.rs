use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Payload},
};
use rats_application::post::{AdoptMedia, RepublishPost};
use rats_domain::id::PostId;

use super::{AdoptRequest, IfMatch, PostAnswer, RepublishRequest, publish::answer};
use crate::{
    Api,
    http::{body::JsonBody, if_match, problem::Problem, user::CurrentUser},
};

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
    let name = AdoptRequest::read(JsonBody::read(&request, payload).await?)?.platform_post_id;
    let record = AdoptMedia(api.ports().clone()).run(&user.0, &PostId::new(id.into_inner()), &name).await?;
    Ok(answer(&api, StatusCode::OK, &record))
}

/// Publishes a post in review again, after looking once more; with another text or picture where they are given.
#[utoipa::path(post, path = "/api/social-media/posts/{id}/republish", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path), IfMatch), request_body = Option<RepublishRequest>, responses((status = 202, body = PostAnswer)))]
pub(crate) async fn republish(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (changes, member, anyway) = RepublishRequest::read(JsonBody::read_optional(&request, payload).await?)?;
    let seen = if_match::agreed(if_match::version(&request)?, member)?;
    let id = PostId::new(id.into_inner());
    api.publishes().await?;
    let record = RepublishPost(api.ports().clone()).run(&user.0, &id, &changes, seen, anyway).await?;
    api.beside().start(&user.0, &record.post.id);
    Ok(answer(&api, StatusCode::ACCEPTED, &record))
}
