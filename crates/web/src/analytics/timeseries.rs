use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use rats_application::analytics::{AccountSeries, ChartPosts};
use rats_domain::{
    analytics::{Bucket, Figures, Step},
    metrics::Metric,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    query::Asked,
    view::{AccountDayView, FiguresView, PeriodView, day, impressions_source, rounded},
};
use crate::{
    Api,
    http::{problem::Problem, user::CurrentUser},
};

/// A period, part by part.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimeseriesAnswer {
    success: bool,
    period: PeriodView,
    /// `day`, `week` (from Monday) or `month`.
    step: &'static str,
    /// Every part of the period. They add up to `total`.
    points: Vec<PointView>,
    total: FiguresView,
    /// The account's own numbers; `null` where none was ever connected.
    account: Option<AccountSeriesView>,
}

/// What the posts came to that went out in one part of the period. What no post told is `null`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PointView {
    /// Its first day.
    #[schema(format = Date)]
    from: String,
    /// Its last day.
    #[schema(format = Date)]
    to: String,
    posts: u64,
    measured: u64,
    /// Of how many the numbers may lack what had happened when they were told: Instagram's lag by up to 48 hours.
    growing: u64,
    impressions: Option<u64>,
    /// What `impressions` are: `impressions`, `views`, `mixed`, or `null` where none are known.
    impressions_source: Option<&'static str>,
    reach: Option<u64>,
    likes: Option<u64>,
    comments: Option<u64>,
    shares: Option<u64>,
    saved: Option<u64>,
    total_interactions: Option<u64>,
    engagement_rate: Option<f64>,
    /// How many posts told each of these.
    told: ToldView,
}

/// How many posts told each number; of the rate, of how many one reading told both of its parts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ToldView {
    impressions: u64,
    reach: u64,
    likes: u64,
    comments: u64,
    shares: u64,
    saved: u64,
    total_interactions: u64,
    engagement_rate: u64,
}

impl From<&Figures> for ToldView {
    fn from(figures: &Figures) -> Self {
        let count = |metric| figures.sum(metric).count;
        Self {
            impressions: count(Metric::Impressions),
            reach: count(Metric::Reach),
            likes: count(Metric::Likes),
            comments: count(Metric::Comments),
            shares: count(Metric::Shares),
            saved: count(Metric::Saved),
            total_interactions: count(Metric::TotalInteractions),
            engagement_rate: figures.engagement.posts,
        }
    }
}

impl From<Bucket> for PointView {
    fn from(bucket: Bucket) -> Self {
        let figures = &bucket.figures;
        let sum = |metric| figures.sum(metric).value();
        Self {
            from: day(bucket.first),
            to: day(bucket.last),
            posts: figures.posts,
            measured: figures.measured,
            growing: figures.may_still_grow,
            impressions: sum(Metric::Impressions),
            impressions_source: impressions_source(figures),
            reach: sum(Metric::Reach),
            likes: sum(Metric::Likes),
            comments: sum(Metric::Comments),
            shares: sum(Metric::Shares),
            saved: sum(Metric::Saved),
            total_interactions: sum(Metric::TotalInteractions),
            engagement_rate: figures.engagement.rate().ok().map(rounded),
            told: figures.into(),
        }
    }
}

/// An account's own numbers by the day (UTC).
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountSeriesView {
    username: String,
    /// Every day of the period.
    days: Vec<AccountDayView>,
}

impl From<AccountSeries> for AccountSeriesView {
    fn from(account: AccountSeries) -> Self {
        let days = account.days.into_iter().map(AccountDayView::from).collect();
        Self { username: account.username, days }
    }
}

/// Shows a period part by part: a post counts for the part in which it went out, with all that it has come to since.
#[utoipa::path(get, path = "/api/social-media/analytics/timeseries", tag = "analytics", security(("bearer" = [])), params(
    ("from" = Option<String>, Query, format = Date, description = "The first day; 28 days in all without it."),
    ("to" = Option<String>, Query, format = Date, description = "The last day; today without it."),
    ("timeZone" = Option<String>, Query, description = "An IANA name, such as Europe/Lisbon; the user's own (`/api/social-media/settings`) without it."),
    ("step" = Option<String>, Query, pattern = "^(day|week|month)$", description = "`day` without it."),
), responses((status = 200, body = TimeseriesAnswer)))]
pub(crate) async fn chart(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
) -> Result<Json<TimeseriesAnswer>, Problem> {
    let mut asked = Asked::of(&request)?;
    let period = asked.period();
    let step = asked.read("step", "one of day, week, month", Step::parse).unwrap_or(Step::Day);
    asked.finish()?;
    let found = ChartPosts(api.ports().clone()).run(&user.0, &period, step).await?;
    Ok(Json(TimeseriesAnswer {
        success: true,
        period: (&found.period).into(),
        step: found.step.as_str(),
        points: found.buckets.into_iter().map(PointView::from).collect(),
        total: (&found.whole).into(),
        account: found.account.map(AccountSeriesView::from),
    }))
}
