use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use rats_application::analytics::FindBestTimes;
use rats_domain::analytics::{Cell, ENOUGH_POSTS, Engagement};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    query::Asked,
    view::{PeriodView, SpanView, rounded},
};
use crate::{
    Api,
    http::{problem::Problem, user::CurrentUser},
};

/// At which hours of the week posts did well.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BestTimesAnswer {
    success: bool,
    period: PeriodView,
    /// How `engagementRate` is made.
    engagement_rate_formula: &'static str,
    /// With fewer measured posts an hour says nothing.
    enough_posts: u64,
    /// How many posts went out in the period.
    posts: u64,
    /// The up to three best hours of those with enough posts, the best first.
    best: Vec<HourView>,
    /// Why `best` is empty, in a sentence; `null` where it is not.
    why: Option<String>,
    /// Every hour of the week in the period's time zone, Monday's first hour first.
    cells: Vec<HourView>,
    /// How many posts are left out of the rates because their numbers were read within 48 hours and may still grow.
    too_young: u64,
    /// How many are left out because their interactions or reach are not known.
    not_measured: u64,
    /// When what the rates are made of was read; `null` where there are none.
    as_of: Option<SpanView>,
}

/// An hour of the week.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HourView {
    /// `monday` to `sunday`.
    weekday: String,
    /// 0 to 23.
    hour: u8,
    /// How many posts went out in it.
    posts: u64,
    /// On how many of them its rate rests.
    measured: u64,
    /// `null` where it rests on none, or they reached nobody.
    engagement_rate: Option<f64>,
    /// Whether it rests on enough posts to say anything.
    enough: bool,
}

impl From<&Cell> for HourView {
    fn from(cell: &Cell) -> Self {
        Self {
            weekday: cell.weekday.to_string().to_lowercase(),
            hour: cell.hour,
            posts: cell.posts,
            measured: cell.engagement.posts,
            engagement_rate: cell.engagement.rate().ok().map(rounded),
            enough: cell.is_enough(),
        }
    }
}

/// Shows at which hours of the week posts did well.
#[utoipa::path(get, path = "/api/social-media/analytics/best-times", tag = "analytics", security(("bearer" = [])), params(
    ("from" = Option<String>, Query, format = Date, description = "The first day; 182 days in all without it."),
    ("to" = Option<String>, Query, format = Date, description = "The last day; today without it."),
    ("timeZone" = Option<String>, Query, description = "An IANA name, such as Europe/Lisbon, by whose clocks the hours are; the user's own (`/api/social-media/settings`) without it."),
), responses((status = 200, body = BestTimesAnswer)))]
pub(crate) async fn best_times(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
) -> Result<Json<BestTimesAnswer>, Problem> {
    let mut asked = Asked::of(&request)?;
    let period = asked.period();
    asked.finish()?;
    let found = FindBestTimes(api.ports().clone()).run(&user.0, &period).await?;
    let best = found.times.best();
    let why = best.is_empty().then(|| {
        if found.times.is_any_enough() {
            "In every hour with enough posts they reached nobody, so there is no rate to compare.".to_owned()
        } else {
            format!("No hour of the week rests on {ENOUGH_POSTS} measured posts yet: too few to say which is best.")
        }
    });
    Ok(Json(BestTimesAnswer {
        success: true,
        period: (&found.period).into(),
        engagement_rate_formula: Engagement::FORMULA,
        enough_posts: ENOUGH_POSTS,
        posts: found.times.whole.posts,
        best: best.iter().map(HourView::from).collect(),
        why,
        cells: found.times.cells.iter().map(HourView::from).collect(),
        too_young: found.times.too_young,
        not_measured: found.times.not_measured,
        as_of: found.times.as_of.map(SpanView::from),
    }))
}
