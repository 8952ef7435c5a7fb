//! A post's engagement. Source: Instagram Platform, "Media Insights".
//!
//! A number that Instagram does not tell is none, never 0. One metric that it does not know fails the whole request, so the doubtful
//! ones are then asked for one by one.

use rats_domain::{
    id::MediaId,
    instagram::{Access, Advice, Engagement, PlatformError},
    metrics::Metrics,
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    answer,
    client::Inner,
    error::At,
    media::PublicCounts,
    request::{Base, Call},
};

const ALL: &str = "reach,likes,comments,shares,saved,views,total_interactions";
/// Known since the beginning for pictures of the feed, and one by one those that came or went with versions.
const APART: [&str; 4] = ["reach,likes,comments,saved", "shares", "views", "total_interactions"];

#[derive(Deserialize)]
struct Insights {
    data: Vec<Insight>,
}

#[derive(Deserialize)]
struct Insight {
    name: String,
    #[serde(default)]
    values: Vec<Point>,
    total_value: Option<Point>,
}

#[derive(Deserialize)]
struct Point {
    value: Option<Value>,
}

impl Inner {
    pub(crate) async fn engagement(&self, access: &Access, media: &MediaId) -> Result<Engagement, PlatformError> {
        let metrics = self.insights(access, media).await?;
        let counts = self.public_counts(access, media, "like_count,comments_count,permalink").await;
        let counts = match counts {
            // Insights alone are worth keeping.
            Err(_) if metrics != Metrics::default() => PublicCounts::default(),
            counts => counts?,
        };
        Ok(Engagement {
            metrics: Metrics {
                likes: metrics.likes.or(counts.like_count),
                comments: metrics.comments.or(counts.comments_count),
                measured_at: Some(self.clock.now()),
                ..metrics
            },
            permalink: counts.permalink,
        })
    }

    async fn insights(&self, access: &Access, media: &MediaId) -> Result<Metrics, PlatformError> {
        match self.metrics(access, media, ALL).await {
            Err(error) if is_bad_metric(&error) => self.insights_apart(access, media).await,
            Err(error) if error.advice == Advice::NoData => Ok(Metrics::default()),
            answer => answer,
        }
    }

    async fn insights_apart(&self, access: &Access, media: &MediaId) -> Result<Metrics, PlatformError> {
        let mut known = Metrics::default();
        for names in APART {
            match self.metrics(access, media, names).await {
                Ok(metrics) => known = known.or(&metrics),
                Err(error) if is_bad_metric(&error) || error.advice == Advice::NoData => {}
                Err(error) => return Err(error),
            }
        }
        Ok(known)
    }

    async fn metrics(&self, access: &Access, media: &MediaId, names: &str) -> Result<Metrics, PlatformError> {
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, media.as_str(), "insights"],
            query: &[("metric", names)],
            form: None,
            token: Some(&access.token),
            at: At::Insight,
        };
        let insights: Insights = answer::parse(&self.request(call).await?.body)?;
        let mut metrics = Metrics::default();
        for insight in &insights.data {
            if let Some(place) = place(&mut metrics, &insight.name) {
                *place = value(insight);
            }
        }
        Ok(metrics)
    }
}

/// A parameter that is not liked; not an object that cannot be read, nor an account without access.
fn is_bad_metric(error: &PlatformError) -> bool {
    error.code == Some(100) && matches!(error.advice, Advice::Stop | Advice::Fix)
}

fn place<'a>(metrics: &'a mut Metrics, name: &str) -> Option<&'a mut Option<u64>> {
    Some(match name {
        "reach" => &mut metrics.reach,
        "likes" => &mut metrics.likes,
        "comments" => &mut metrics.comments,
        "shares" => &mut metrics.shares,
        "saved" => &mut metrics.saved,
        "views" => &mut metrics.views,
        "total_interactions" => &mut metrics.total_interactions,
        _ => return None,
    })
}

fn value(insight: &Insight) -> Option<u64> {
    let point = insight.values.last().or(insight.total_value.as_ref())?;
    point.value.as_ref().and_then(answer::number)
}
