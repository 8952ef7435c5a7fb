use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use super::call::GraphCall;
use super::{field, insight};
use crate::instagram::{refusal, status_text};
use crate::{
    Account, AccountType, Answer, ContainerId, GraphError, MediaId, MediaView, NewContainer, Page, PageRequest,
};

const ACCOUNT_FIELDS: [&str; 11] = [
    "id",
    "user_id",
    "username",
    "name",
    "account_type",
    "profile_picture_url",
    "followers_count",
    "follows_count",
    "media_count",
    "biography",
    "website",
];
const CONTAINER_FIELDS: [&str; 5] = ["id", "status", "status_code", "copyright_check_status", "video_status"];
const MEDIA_FIELDS: [&str; 19] = [
    "id",
    "caption",
    "alt_text",
    "media_type",
    "media_product_type",
    "media_url",
    "thumbnail_url",
    "permalink",
    "shortcode",
    "timestamp",
    "username",
    "owner",
    "like_count",
    "comments_count",
    "is_comment_enabled",
    "is_shared_to_feed",
    "children",
    "is_ai_generated",
    "comments",
];

/// The paths of graph.instagram.com, with and without a version.
pub(super) fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/access_token", web::get().to(exchange_token))
        .route("/refresh_access_token", web::get().to(refresh_token))
        .route(r"/{id:me|\d+}/media", web::get().to(list))
        .route(r"/{id:me|\d+}/media", web::post().to(create))
        .route(r"/{id:me|\d+}/media_publish", web::post().to(publish))
        .route(r"/{id:me|\d+}/content_publishing_limit", web::get().to(quota))
        .route(r"/{id:me|\d+}/insights", web::get().to(insights))
        .route(r"/{id:me|\d+}", web::get().to(read))
        .route(r"/{id:me|\d+}", web::delete().to(delete));
}

/// A versioned path that nothing answers.
pub(super) async fn unknown(call: GraphCall) -> HttpResponse {
    let path = call.request.path().trim_start_matches('/').split_once('/').map_or("", |(_, path)| path);
    call.deliver(Err(refusal::unknown_path(&format!("/{path}")).into()))
}

async fn exchange_token(call: GraphCall) -> HttpResponse {
    let (grant, secret) = (call.params.text("grant_type"), call.params.text("client_secret"));
    let answer = call.shared.instagram.exchange_token(grant, secret, &call.token, call.now);
    call.deliver(answer.map(|token| json!(token)))
}

async fn refresh_token(call: GraphCall) -> HttpResponse {
    let answer = call.shared.instagram.refresh_token(call.params.text("grant_type"), &call.token, call.now);
    call.deliver(answer.map(|token| json!(token)))
}

async fn create(call: GraphCall) -> HttpResponse {
    let answer = create_container(&call).await;
    call.deliver(answer.map(|id| json!({"id": id})))
}

async fn create_container(call: &GraphCall) -> Answer<ContainerId> {
    let (instagram, params) = (&call.shared.instagram, &call.params);
    let (caption, alt_text) = (params.text("caption"), params.get("alt_text"));
    let account = instagram.check_creation(&call.token, call.target(), (caption, alt_text), call.now)?;
    if !matches!(params.get("media_type"), None | Some("IMAGE")) {
        return Err(refusal::unknown_media_type().into());
    }
    let url = params.get("image_url").filter(|url| !url.is_empty()).ok_or_else(|| refusal::required("image_url"))?;
    let picture = call.shared.downloader.picture(url).await?;
    let new = NewContainer { caption: caption.to_owned(), alt_text: alt_text.map(str::to_owned), picture };
    let id = instagram.create_container(account, new, call.shared.clock.now());
    call.shared.clone().into_inner().stored().await;
    instagram.answer_creation(account, id)
}

async fn publish(call: GraphCall) -> HttpResponse {
    let delay = call.shared.instagram.publish_delay(&call.token);
    let target = call.target();
    let id = call.params.text("creation_id").parse().unwrap_or(ContainerId(0));
    let (shared, token) = (call.shared.clone(), call.token.clone());
    // A task of its own: a late request is worked on also when its sender has gone away.
    let work = actix_web::rt::spawn(async move {
        pause(delay.before).await;
        let answer = shared.instagram.publish(&token, target, id, shared.clock.now());
        shared.clone().into_inner().stored().await;
        answer
    });
    let answer = work.await.unwrap_or(Err(crate::Failure::Dropped));
    pause(delay.after).await;
    call.deliver(answer.map(|id| json!({"id": id})))
}

async fn read(call: GraphCall) -> HttpResponse {
    let instagram = &call.shared.instagram;
    let fields = call.params.get("fields");
    let id = call.id();
    let answer = if call.target() == crate::Target::Me || instagram.is_account(id) {
        let account = instagram.profile(&call.token, call.target(), call.now);
        account.and_then(|account| Ok(field::select(account_node(&call, &account), &ACCOUNT_FIELDS, "IGUser", fields)?))
    } else if instagram.is_container(id) {
        let container = instagram.container(&call.token, ContainerId(id), call.now);
        container.and_then(|found| {
            let status = found.status;
            let node = json!({"id": found.id, "status": status_text(status), "status_code": status.code()});
            Ok(field::select(members(node), &CONTAINER_FIELDS, "IGContainer", fields)?)
        })
    } else {
        let media = instagram.media(&call.token, MediaId(id), call.now);
        media.and_then(|media| Ok(field::select(media_node(&media), &MEDIA_FIELDS, "IGMedia", fields)?))
    };
    call.deliver(answer)
}

async fn list(call: GraphCall) -> HttpResponse {
    let params = &call.params;
    let answer = page_request(&call).map_err(Into::into).and_then(|request| {
        let page = call.shared.instagram.list_media(&call.token, call.target(), &request, call.now)?;
        let nodes: Result<Vec<_>, GraphError> = page
            .media
            .iter()
            .map(|media| field::select(media_node(media), &MEDIA_FIELDS, "IGMedia", params.get("fields")))
            .collect();
        let mut answer = json!({"data": nodes?});
        if let Some(paging) = paging(&call, &page) {
            answer["paging"] = paging;
        }
        Ok(answer)
    });
    call.deliver(answer)
}

async fn quota(call: GraphCall) -> HttpResponse {
    let answer = moment(&call, "since").map_err(Into::into).and_then(|since| {
        let usage = call.shared.instagram.quota_usage(&call.token, call.target(), since, call.now)?;
        let fields = field::names(call.params.get("fields").unwrap_or("quota_usage"));
        let config = json!({"quota_total": call.shared.instagram.config().quota_total, "quota_duration": 86_400});
        let mut node = Map::new();
        for name in fields {
            match name.as_str() {
                "quota_usage" => node.insert(name, json!(usage)),
                "config" => node.insert(name, config.clone()),
                _ => return Err(refusal::nonexistent_field(&name, "IGContentPublishingLimit").into()),
            };
        }
        Ok(json!({"data": [node]}))
    });
    call.deliver(answer)
}

async fn insights(call: GraphCall) -> HttpResponse {
    if call.target() == crate::Target::Me || call.shared.instagram.is_account(call.id()) {
        return account_insights(&call);
    }
    let id = MediaId(call.id());
    let engagement = call.shared.instagram.insights(&call.token, id, call.now);
    let answer =
        engagement.and_then(|engagement| Ok(insight::answer(&call.shared.instagram, &call.params, id, engagement)?));
    call.deliver(answer)
}

fn account_insights(call: &GraphCall) -> HttpResponse {
    let answer = (|| {
        let span = insight::span(moment(call, "since")?, moment(call, "until")?, call.now)?;
        let engagement = call.shared.instagram.account_insights(&call.token, call.target(), span, call.now)?;
        Ok(insight::answer_of_account(&call.shared.instagram, &call.params, &call.id().to_string(), engagement)?)
    })();
    call.deliver(answer)
}

/// With Instagram Login nothing can be deleted, although it can be read.
async fn delete(call: GraphCall) -> HttpResponse {
    call.deliver(Err(refusal::missing_object("delete", &call.id().to_string()).into()))
}

async fn pause(time: std::time::Duration) {
    if !time.is_zero() {
        actix_web::rt::time::sleep(time).await;
    }
}

fn account_node(call: &GraphCall, account: &Account) -> Map<String, Value> {
    let is_professional = account.account_type != AccountType::Personal;
    let mut picture = call.shared.instagram.base_url().clone();
    picture.set_path(&format!("/_avatar/{}.svg", account.username));
    members(json!({
        "id": account.app_scoped_id.to_string(),
        "user_id": is_professional.then_some(account.id),
        "username": account.username,
        "name": account.name,
        "account_type": account.account_type,
        "profile_picture_url": picture,
        "followers_count": call.shared.instagram.followers(account, call.now),
        "follows_count": account.follows,
        "media_count": account.media.len(),
        "biography": account.biography,
    }))
}

fn media_node(media: &MediaView) -> Map<String, Value> {
    members(json!({
        "id": media.id,
        "caption": Some(&media.caption).filter(|caption| !caption.is_empty()),
        "alt_text": media.alt_text,
        "media_type": "IMAGE",
        "media_product_type": "FEED",
        "media_url": media.media_url,
        "permalink": media.permalink,
        "shortcode": media.shortcode,
        "timestamp": graph_time(media.timestamp),
        "username": media.username,
        "owner": {"id": media.account},
        "like_count": media.engagement.likes(),
        "comments_count": media.engagement.comments(),
        "is_comment_enabled": true,
        "is_ai_generated": false,
    }))
}

fn members(node: Value) -> Map<String, Value> {
    match node {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn page_request(call: &GraphCall) -> Result<PageRequest, GraphError> {
    let text = |name: &str| call.params.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    let limit =
        text("limit").map(|limit| limit.parse().map_err(|_| refusal::invalid_parameter("limit"))).transpose()?;
    Ok(PageRequest {
        limit,
        after: text("after"),
        before: text("before"),
        since: moment(call, "since")?,
        until: moment(call, "until")?,
    })
}

/// A moment as Unix seconds or RFC 3339.
fn moment(call: &GraphCall, name: &str) -> Result<Option<OffsetDateTime>, GraphError> {
    let Some(text) = call.params.get(name) else { return Ok(None) };
    let unix = text.parse().ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let parsed = unix.or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok());
    parsed.map(Some).ok_or_else(|| refusal::invalid_parameter(name))
}

fn paging(call: &GraphCall, page: &Page) -> Option<Value> {
    let (before, after) = page.cursors.as_ref()?;
    let mut paging = json!({"cursors": {"before": before, "after": after}});
    if page.has_next {
        paging["next"] = json!(neighbour(call, "after", after));
    }
    if page.has_previous {
        paging["previous"] = json!(neighbour(call, "before", before));
    }
    Some(paging)
}

/// The address of the next or previous page, which embeds the token as Instagram's does.
fn neighbour(call: &GraphCall, direction: &str, cursor: &str) -> url::Url {
    let mut url = call.shared.instagram.base_url().clone();
    url.set_path(call.request.path());
    let kept = ["fields", "limit", "since", "until"];
    let kept = kept.iter().filter_map(|name| Some((*name, call.params.get(name)?)));
    url.query_pairs_mut().extend_pairs(kept).append_pair(direction, cursor).append_pair("access_token", &call.token);
    url
}

/// UTC, whole seconds, an offset without a colon.
fn graph_time(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]+0000");
    moment.to_offset(time::UtcOffset::UTC).format(&format).unwrap_or_default()
}
