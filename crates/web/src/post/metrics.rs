use actix_web::web::{Data, Json, Path};
use rats_application::post::ReadMetrics;
use rats_domain::{
    id::PostId,
    metrics::{Collection, CollectionState, History, ImpressionsSource, Metric, Metrics, Numbers},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    http::{moment::wire, problem::Problem, user::CurrentUser},
};

/// A post's engagement, and where the reading of it stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsAnswer {
    success: bool,
    metrics: MetricsView,
    collection: CollectionView,
}

/// Shows a post's engagement as it was last read.
#[utoipa::path(get, path = "/api/social-media/posts/{id}/metrics", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = MetricsAnswer)))]
pub(crate) async fn read_metrics(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
) -> Result<Json<MetricsAnswer>, Problem> {
    let history = ReadMetrics(api.ports().clone()).run(&user.0, &PostId::new(id.into_inner())).await?;
    let metrics = history.metrics.as_ref().map_or_else(MetricsView::unknown, MetricsView::from);
    Ok(Json(MetricsAnswer { success: true, metrics, collection: CollectionView::from(&history) }))
}

/// Numbers of a post. What Instagram has not told is `null`, never 0.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NumbersView {
    likes: Option<u64>,
    comments: Option<u64>,
    shares: Option<u64>,
    /// Instagram's impressions where it still has them, else its views.
    impressions: Option<u64>,
    /// Which of the two: `impressions` or `views`.
    impressions_source: Option<&'static str>,
    reach: Option<u64>,
    saved: Option<u64>,
    total_interactions: Option<u64>,
}

impl From<&Numbers> for NumbersView {
    fn from(numbers: &Numbers) -> Self {
        Self {
            likes: numbers.likes,
            comments: numbers.comments,
            shares: numbers.shares,
            impressions: Metric::Impressions.of(numbers),
            impressions_source: numbers.impressions_source().map(ImpressionsSource::as_str),
            reach: numbers.reach,
            saved: numbers.saved,
            total_interactions: numbers.total_interactions,
        }
    }
}

/// A post's engagement: each number as Instagram last told it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricsView {
    #[serde(flatten)]
    numbers: NumbersView,
    /// When Instagram last answered.
    #[schema(format = DateTime)]
    measured_at: Option<String>,
}

impl MetricsView {
    fn unknown() -> Self {
        Self { numbers: NumbersView::from(&Numbers::default()), measured_at: None }
    }
}

impl From<&Metrics> for MetricsView {
    fn from(metrics: &Metrics) -> Self {
        Self { numbers: NumbersView::from(&metrics.numbers), measured_at: Some(wire(metrics.measured_at)) }
    }
}

/// Where the reading of a post's numbers stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CollectionView {
    /// `not_live`, `collecting`, `ended` or `gone` (no longer on Instagram).
    state: &'static str,
    /// The same in a sentence.
    message: &'static str,
    /// When it is read next.
    #[schema(format = DateTime)]
    next_at: Option<String>,
}

impl From<&History> for CollectionView {
    fn from(history: &History) -> Self {
        let Collection { next_at, .. } = history.collection;
        if history.receipt.is_none() {
            return Self {
                state: "not_live",
                message: "This post is not live: there is nothing to read yet.",
                next_at: None,
            };
        }
        let state = history.collection.state();
        let message = match state {
            CollectionState::Collecting => {
                "Its numbers are read again and again, ever more seldom, until it is 90 days old."
            }
            CollectionState::Ended => "Its numbers are not read any more; these are the last ones.",
            CollectionState::Gone => "It is no longer on Instagram. These are the last numbers from when it was.",
        };
        Self { state: state.as_str(), message, next_at: next_at.map(wire) }
    }
}
