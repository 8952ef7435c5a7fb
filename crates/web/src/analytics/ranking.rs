use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rats_application::{
    Ports,
    analytics::{RankPosts, RankRequest, RankedPosts},
};
use rats_domain::{
    analytics::{RankBy, Ranked, Shown},
    id::PostId,
    metrics::{Metric, Slot},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    query::Asked,
    view::{PeriodView, rounded},
};
use crate::{
    Api,
    http::{moment::wire, problem::Problem, user::CurrentUser},
    post::{EventRef, NumbersView},
};

/// How many posts an answer has where that is not said.
const USUAL_LIMIT: usize = 20;

/// The most posts of one answer.
const MAX_LIMIT: usize = 100;

/// Posts beside each other at equal age.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RankingAnswer {
    success: bool,
    period: PeriodView,
    /// At which age posts are compared.
    age: String,
    /// By what.
    by: &'static str,
    /// The posts, the highest value first.
    posts: Vec<RankedView>,
    /// How many posts are ranked in all.
    ranked: usize,
    /// How many posts of the period are not, and why.
    left_out: LeftOutView,
    /// Asks for what follows; `null` at the end.
    next_cursor: Option<String>,
}

/// How many posts are not ranked, and why.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeftOutView {
    /// They have not reached the age, or so lately that their reading is still to come.
    too_young: u64,
    /// They were not read at that age, or so late that it would not be fair.
    not_read: u64,
    /// Instagram did not tell the number then.
    not_told: u64,
    /// They had reached nobody then, and so have no rate.
    nobody_reached: u64,
}

/// A post with its place.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RankedView {
    /// From 1; posts of equal value share one.
    place: usize,
    #[serde(rename = "_id")]
    id: String,
    content: String,
    image_url: String,
    permalink: Option<String>,
    event: Option<EventRef>,
    /// When it went out.
    #[schema(format = DateTime)]
    sent_at: String,
    /// What it is ranked by.
    value: f64,
    /// Its numbers at that age.
    numbers: NumbersView,
    /// Its age when they were read.
    age_seconds: i64,
    #[schema(format = DateTime)]
    measured_at: String,
}

impl RankedView {
    fn new(ports: &Ports, ranked: &Ranked, shown: Shown) -> Self {
        Self {
            place: ranked.place,
            id: shown.post.to_string(),
            content: shown.caption,
            image_url: ports.picture_url(shown.picture.as_str()).into(),
            permalink: shown.permalink,
            event: shown.event.map(|(id, title)| EventRef::new(&id, title)),
            sent_at: wire(ranked.sent_at),
            value: rounded(ranked.value),
            numbers: NumbersView::from(&ranked.snapshot.numbers),
            age_seconds: ranked.snapshot.age.whole_seconds(),
            measured_at: wire(ranked.snapshot.taken_at),
        }
    }
}

/// Ranks a period's posts at equal age.
#[utoipa::path(get, path = "/api/social-media/analytics/posts", tag = "analytics", security(("bearer" = [])), params(
    ("from" = Option<String>, Query, format = Date, description = "The first day; 91 days in all without it."),
    ("to" = Option<String>, Query, format = Date, description = "The last day; today without it."),
    ("timeZone" = Option<String>, Query, description = "An IANA name, such as Europe/Lisbon; the user's own (`/api/social-media/settings`) without it."),
    ("age" = Option<String>, Query, pattern = "^(5m|15m|30m|1h|3h|6h|12h|[1-9]d|[12][0-9]d|30d|37d|44d|51d|58d|65d|72d|79d|86d)$", description = "At which age posts are compared, one at which they are read; `1d` without it."),
    ("by" = Option<String>, Query, pattern = "^(impressions|reach|likes|comments|shares|saved|totalInteractions|engagementRate)$", description = "`totalInteractions` without it."),
    ("limit" = Option<usize>, Query, minimum = 1, maximum = 100, description = "20 without it."),
    ("cursor" = Option<String>, Query, description = "An earlier answer's `nextCursor`, with all else as it was."),
), responses((status = 200, body = RankingAnswer)))]
pub(crate) async fn rank(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
) -> Result<Json<RankingAnswer>, Problem> {
    let asked = read(Asked::of(&request)?)?;
    let (slot, by) = (asked.slot, asked.by);
    let found = RankPosts(api.ports().clone()).run(&user.0, asked).await?;
    let next_cursor = next(&found);
    let RankedPosts { period, page, total, left_out, .. } = found;
    Ok(Json(RankingAnswer {
        success: true,
        period: (&period).into(),
        age: slot.word(),
        by: by.as_str(),
        posts: page.into_iter().map(|(ranked, shown)| RankedView::new(api.ports(), &ranked, shown)).collect(),
        ranked: total,
        left_out: LeftOutView {
            too_young: left_out.too_young,
            not_read: left_out.not_read,
            not_told: left_out.not_told,
            nobody_reached: left_out.nobody_reached,
        },
        next_cursor,
    }))
}

fn read(mut asked: Asked) -> Result<RankRequest, Problem> {
    let period = asked.period();
    let age = "an age at which posts are read: 5m, 15m, 30m, 1h, 3h, 6h, 12h, 1d to 30d, 37d, 44d and so on to 86d";
    let slot = asked.read("age", age, Slot::parse).or_else(|| Slot::parse("1d"));
    let words: Vec<&str> = RankBy::all().map(RankBy::as_str).collect();
    let by = asked.read("by", &format!("one of {}", words.join(", ")), RankBy::parse);
    let limit = asked.read("limit", "a whole number of 1 to 100", |text| {
        text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit))
    });
    let after = asked.read("cursor", "the `nextCursor` of an earlier answer", decode);
    asked.finish()?;
    Ok(RankRequest {
        period,
        slot: slot.ok_or_else(|| Problem::bad_request("There is no such age."))?,
        by: by.unwrap_or(RankBy::Metric(Metric::TotalInteractions)),
        limit: limit.unwrap_or(USUAL_LIMIT),
        after,
    })
}

/// The cursor of what follows: a value and a post, which is a place in any ranking and reveals nothing of another user's.
fn next(found: &RankedPosts) -> Option<String> {
    let (last, _) = found.page.last().filter(|_| found.has_more)?;
    Some(URL_SAFE_NO_PAD.encode(format!("{:016x}{}", last.value.to_bits(), last.post)))
}

fn decode(cursor: &str) -> Option<(f64, PostId)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (value, id) = text.split_at_checked(16)?;
    let value = f64::from_bits(u64::from_str_radix(value, 16).ok()?);
    let is_plausible = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    (value.is_finite() && is_plausible).then(|| (value, PostId::new(id)))
}
