use actix_web::web::{Data, Json, Path};
use rats_application::post::ReadMetrics;
use rats_domain::{
    id::PostId,
    metrics::{Collection, CollectionState, History, ImpressionsSource, Metric, Metrics, Numbers, Snapshot},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    http::{moment::wire, problem::Problem, user::CurrentUser},
};

/// A post's engagement, and where the reading of it stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricsAnswer {
    success: bool,
    metrics: MetricsView,
    /// When Instagram last told each number.
    as_of: AsOfView,
    /// Whether the numbers may lack what had happened when they were last read: Instagram's lag by up to 48 hours. `null` before they were
    /// read.
    may_still_grow: Option<bool>,
    /// Every reading, the oldest first.
    series: Vec<SnapshotView>,
    collection: CollectionView,
}

/// When Instagram last told each number; `null` where it never did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AsOfView {
    #[schema(format = DateTime)]
    likes: Option<String>,
    #[schema(format = DateTime)]
    comments: Option<String>,
    #[schema(format = DateTime)]
    shares: Option<String>,
    #[schema(format = DateTime)]
    impressions: Option<String>,
    #[schema(format = DateTime)]
    reach: Option<String>,
    #[schema(format = DateTime)]
    saved: Option<String>,
    #[schema(format = DateTime)]
    total_interactions: Option<String>,
}

impl From<&History> for AsOfView {
    fn from(history: &History) -> Self {
        let at = |metric| history.told_at(metric).map(wire);
        Self {
            likes: at(Metric::Likes),
            comments: at(Metric::Comments),
            shares: at(Metric::Shares),
            impressions: at(Metric::Impressions),
            reach: at(Metric::Reach),
            saved: at(Metric::Saved),
            total_interactions: at(Metric::TotalInteractions),
        }
    }
}

/// One reading.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SnapshotView {
    /// The age for which it was planned: `5m`, `12h`, `30d`.
    planned_age: String,
    /// The post's age when Instagram answered.
    age_seconds: i64,
    #[schema(format = DateTime)]
    measured_at: String,
    #[serde(flatten)]
    numbers: NumbersView,
}

impl From<&Snapshot> for SnapshotView {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            planned_age: snapshot.slot.word(),
            age_seconds: snapshot.age.whole_seconds(),
            measured_at: wire(snapshot.taken_at),
            numbers: NumbersView::from(&snapshot.numbers),
        }
    }
}

/// Shows a post's engagement as it was last read, and every reading before.
#[utoipa::path(get, path = "/api/social-media/posts/{id}/metrics", tag = "posts", security(("bearer" = [])),
    params(("id" = String, Path)), responses((status = 200, body = MetricsAnswer)))]
pub(crate) async fn read_metrics(
    user: CurrentUser,
    api: Data<Api>,
    id: Path<String>,
) -> Result<Json<MetricsAnswer>, Problem> {
    let history = ReadMetrics(api.ports().clone()).run(&user.0, &PostId::new(id.into_inner())).await?;
    let metrics = history.metrics.as_ref().map_or_else(MetricsView::unknown, MetricsView::from);
    Ok(Json(MetricsAnswer {
        success: true,
        metrics,
        as_of: AsOfView::from(&history),
        may_still_grow: history.may_still_grow(),
        series: history.snapshots.iter().map(SnapshotView::from).collect(),
        collection: CollectionView::from(&history),
    }))
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
    /// `not_live`, `collecting`, `paused` (its account is not connected), `ended` or `gone` (no longer on Instagram).
    state: &'static str,
    /// The same in a sentence.
    message: &'static str,
    /// When it is read next; `null` unless it is `collecting`.
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
        let state = history.collection.state(history.is_connected);
        let message = collection_words(state);
        let next_at = next_at.filter(|_| state == CollectionState::Collecting);
        Self { state: state.as_str(), message, next_at: next_at.map(wire) }
    }
}

/// Where the reading of a live post's numbers stands, for its person.
pub(crate) fn collection_words(state: CollectionState) -> &'static str {
    match state {
        CollectionState::Collecting => {
            "Its numbers are read again and again, ever more seldom, until it is 90 days old."
        }
        CollectionState::Paused => {
            "Its account is not connected: its numbers are read again once it is, until the post is 90 days old."
        }
        CollectionState::Ended => "Its numbers are not read any more; these are the last ones.",
        CollectionState::Gone => "It is no longer on Instagram. These are the last numbers from when it was.",
    }
}
