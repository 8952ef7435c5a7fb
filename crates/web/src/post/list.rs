use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rats_application::post::{ListPosts, NameAccounts};
use rats_domain::{
    id::PostId,
    post::{PostFilter, PostRecord},
    publication::Status,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::PostView;
use crate::{
    Api,
    http::{
        problem::{Fault, Problem},
        query::Pairs,
        user::CurrentUser,
    },
};

/// The most posts of one answer, where a limit is asked for.
const MAX_LIMIT: usize = 100;

/// Posts, newest first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PostsAnswer {
    success: bool,
    posts: Vec<PostView>,
    /// Asks for what follows; `null` at the end.
    next_cursor: Option<String>,
}

/// Lists the user's posts, newest first; without `limit`, all of them.
#[utoipa::path(get, path = "/api/social-media/posts", tag = "posts", security(("bearer" = [])), params(
    ("status" = Option<String>, Query, pattern = "^(draft|scheduled|published|failed)$"),
    ("limit" = Option<usize>, Query, minimum = 1, maximum = 100),
    ("cursor" = Option<String>, Query, description = "An earlier answer's `nextCursor`."),
), responses((status = 200, body = PostsAnswer)))]
pub(crate) async fn list_posts(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
) -> Result<Json<PostsAnswer>, Problem> {
    let (filter, limit) = filter(&Pairs::of(&request)?)?;
    let mut records = ListPosts(api.ports().clone()).run(&user.0, &filter).await?;
    let next_cursor = cut(&mut records, limit);
    let names = NameAccounts(api.ports().clone()).run(&records).await?;
    let view = |record: &PostRecord| PostView::new(api.ports(), record).waiting_for(names.get(&record.post.id));
    let posts = records.iter().map(view).collect();
    Ok(Json(PostsAnswer { success: true, posts, next_cursor }))
}

/// What is asked for, with one more than the limit, to know whether more follows.
fn filter(pairs: &Pairs) -> Result<(PostFilter, Option<usize>), Problem> {
    let mut faults = Vec::new();
    let mut read = |name: &str, message: &str, found: Option<()>| {
        if pairs.has(name) && found.is_none() {
            faults.push(Fault::new(name, message));
        }
    };
    let status = pairs.only("status").and_then(Status::parse);
    let limit = pairs.only("limit").and_then(|text| text.parse().ok()).filter(|limit| (1..=MAX_LIMIT).contains(limit));
    let after = pairs.only("cursor").and_then(decode);
    read("status", "`status` must be one of draft, scheduled, published, failed.", status.map(drop));
    read("limit", "`limit` must be a whole number of 1 to 100.", limit.map(drop));
    read("cursor", "`cursor` must be the `nextCursor` of an earlier answer.", after.as_ref().map(|_| ()));
    if !faults.is_empty() {
        return Err(Problem::invalid(faults));
    }
    Ok((PostFilter { status, limit: limit.map(|limit| limit + 1), after }, limit))
}

/// Cuts the list at the limit and answers the cursor of what follows.
fn cut(records: &mut Vec<PostRecord>, limit: Option<usize>) -> Option<String> {
    let limit = limit.filter(|limit| records.len() > *limit)?;
    records.truncate(limit);
    records.last().map(|record| URL_SAFE_NO_PAD.encode(record.post.id.as_str()))
}

/// The post that a cursor names: a UUID.
fn decode(cursor: &str) -> Option<PostId> {
    let id = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let plausible = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    plausible.then(|| PostId::new(id))
}
