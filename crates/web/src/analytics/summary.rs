use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use rats_application::analytics::{AccountFigures, SummarizePosts};
use rats_domain::{analytics::Engagement, event::EventKind, picture::PictureSource};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use super::{
    query::Asked,
    view::{FiguresView, PeriodView, day, rounded},
};
use crate::{
    Api,
    http::{problem::Problem, user::CurrentUser},
};

/// A period beside the one before it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SummaryAnswer {
    success: bool,
    period: PeriodView,
    /// As many days right before it.
    previous_period: PeriodView,
    /// How `engagementRate` is made.
    engagement_rate_formula: &'static str,
    total: FiguresView,
    previous: FiguresView,
    /// The period by what posts' pictures are. The parts add up to `total`.
    by_kind: Vec<KindView>,
    /// The period by the kind of event that posts celebrated when they went out. The parts add up to `total`.
    by_event_kind: Vec<EventKindView>,
    /// The account's own numbers; `null` where none was ever connected.
    account: Option<AccountView>,
}

/// Posts of one kind.
#[derive(Serialize, ToSchema)]
pub(crate) struct KindView {
    /// `card` (rendered from an event), `photo` (a person's own), or `null` where that is not known any more.
    kind: Option<&'static str>,
    #[serde(flatten)]
    figures: FiguresView,
}

/// Posts that celebrate one kind of event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventKindView {
    /// `birthday`, `anniversary`, `holiday`, `other`, or `null` for posts without an event.
    event_kind: Option<&'static str>,
    #[serde(flatten)]
    figures: FiguresView,
}

/// An account's own numbers in the period's days (UTC).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountView {
    username: String,
    /// The first day of the period on which its followers are known.
    followers_first: Option<FollowersView>,
    /// The last such day.
    followers_last: Option<FollowersView>,
    /// Its views over the days of which they are known; `null` where of none.
    views: Option<u64>,
    /// How many days that are.
    views_days: u64,
    /// How many accounts it reached a day, on average over the days of which that is known; `null` where of none.
    daily_reach: Option<f64>,
    /// How many days that are.
    reach_days: u64,
    /// Of how many days views or reach may lack something, since Instagram's numbers lag by up to 48 hours.
    may_still_grow_days: u64,
}

/// How many followed an account on a day.
#[derive(Serialize, ToSchema)]
pub(crate) struct FollowersView {
    #[schema(format = Date)]
    day: String,
    followers: u64,
}

impl From<(Date, u64)> for FollowersView {
    fn from((date, followers): (Date, u64)) -> Self {
        Self { day: day(date), followers }
    }
}

impl From<AccountFigures> for AccountView {
    fn from(account: AccountFigures) -> Self {
        let summary = account.summary;
        Self {
            username: account.username,
            followers_first: summary.followers_first.map(FollowersView::from),
            followers_last: summary.followers_last.map(FollowersView::from),
            views: summary.views.value(),
            views_days: summary.views.count,
            daily_reach: summary.daily_reach().map(rounded),
            reach_days: summary.reach_days(),
            may_still_grow_days: summary.may_still_grow,
        }
    }
}

/// Sums up a period's posts beside those of the period before.
#[utoipa::path(get, path = "/api/social-media/analytics/summary", tag = "analytics", security(("bearer" = [])), params(
    ("from" = Option<String>, Query, format = Date, description = "The first day; 28 days in all without it."),
    ("to" = Option<String>, Query, format = Date, description = "The last day; today without it."),
    ("timeZone" = Option<String>, Query, description = "An IANA name, such as Europe/Lisbon; the user's own (`/api/social-media/settings`) without it."),
), responses((status = 200, body = SummaryAnswer)))]
pub(crate) async fn summarize(
    user: CurrentUser,
    api: Data<Api>,
    request: HttpRequest,
) -> Result<Json<SummaryAnswer>, Problem> {
    let mut asked = Asked::of(&request)?;
    let period = asked.period();
    asked.finish()?;
    let found = SummarizePosts(api.ports().clone()).run(&user.0, &period).await?;
    let kind = |(kind, figures): &(Option<PictureSource>, _)| KindView {
        kind: kind.map(PictureSource::as_str),
        figures: FiguresView::from(figures),
    };
    let event_kind = |(kind, figures): &(Option<EventKind>, _)| EventKindView {
        event_kind: kind.map(EventKind::as_str),
        figures: FiguresView::from(figures),
    };
    Ok(Json(SummaryAnswer {
        success: true,
        period: (&found.period).into(),
        previous_period: (&found.previous).into(),
        engagement_rate_formula: Engagement::FORMULA,
        total: (&found.summary.whole).into(),
        previous: (&found.summary.previous).into(),
        by_kind: found.summary.by_picture.iter().map(kind).collect(),
        by_event_kind: found.summary.by_event.iter().map(event_kind).collect(),
        account: found.account.map(AccountView::from),
    }))
}
