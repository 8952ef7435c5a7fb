use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use rats_application::post::{CancelPost, Cancelled, FindPost, NameAccounts};
use rats_domain::id::PostId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    IfMatch, PostView,
    publish::{PostAnswer, etag},
};
use crate::{
    Api,
    http::{if_match, problem::Problem, user::CurrentUser},
};

/// What became of a post that was not to go out.
#[derive(Serialize, ToSchema)]
pub(crate) struct CancelAnswer {
    success: bool,
    message: &'static str,
    /// The post, where it stays as a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<PostView>,
}

/// Shows a post with what happened to it.
#[utoipa::path(get, path = "/api/social-media/posts/{id}", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = PostAnswer)))]
pub(crate) async fn show_post(user: CurrentUser, api: Data<Api>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (record, timeline) = FindPost(api.ports().clone()).run(&user.0, &PostId::new(id.into_inner())).await?;
    let names = NameAccounts(api.ports().clone()).run(std::slice::from_ref(&record)).await?;
    let post = PostView::detailed(api.ports(), &record, timeline).waiting_for(names.get(&record.post.id));
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag(&record))).json(PostAnswer { success: true, post }))
}

/// Cancels a post that is on its way, or removes one that is not.
#[utoipa::path(delete, path = "/api/social-media/posts/{id}", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path), IfMatch), responses((status = 200, body = CancelAnswer)))]
pub(crate) async fn cancel_post(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, seen) = (PostId::new(id.into_inner()), if_match::version(&request)?);
    let mut response = HttpResponse::Ok();
    let (message, post) = match CancelPost(api.ports().clone()).run(&user.0, &id, seen).await? {
        Cancelled::Cancelled(record) => {
            response.insert_header((header::ETAG, etag(&record)));
            ("The post was cancelled; nothing was published.", Some(PostView::new(api.ports(), &record)))
        }
        Cancelled::Removed => ("The post was removed.", None),
    };
    Ok(response.json(CancelAnswer { success: true, message, post }))
}
