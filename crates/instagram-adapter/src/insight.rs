//! A post's engagement, and an account's. Source: Instagram Platform, "Media Insights" and "Instagram User Insights".
//!
//! A number that Instagram does not tell is none, never 0. One metric that it does not know fails the whole request, so they are then asked
//! for one by one, and what two of them refused is left out for a day.

use rats_domain::{
    id::MediaId,
    instagram::{Access, Advice, Engagement, PlatformError, Wanted},
    metrics::{AccountNumbers, Numbers},
};
use serde::Deserialize;
use serde_json::Value;
use time::{OffsetDateTime, macros::datetime};

use crate::{
    answer,
    client::Inner,
    clock::boottime,
    error::At,
    media::PublicCounts,
    request::{Base, Call},
    retired::Subject,
};

/// What there is of a picture in the feed; the last only of one made before [`IMPRESSIONS_END`].
const OF_MEDIA: [&str; 8] =
    ["reach", "likes", "comments", "shares", "saved", "views", "total_interactions", "impressions"];
/// Media made from here on have views and no impressions. Source: Graph API, changelog of version 22.0.
const IMPRESSIONS_END: OffsetDateTime = datetime!(2024-07-02 0:00 UTC);
/// What is asked of an account.
const OF_ACCOUNT: [&str; 2] = ["reach", "views"];

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

/// Whose insights are asked for, and how.
struct Question<'a> {
    access: &'a Access,
    subject: Subject,
    id: &'a str,
    query: &'a [(&'a str, &'a str)],
}

impl Inner {
    pub(crate) async fn engagement(
        &self,
        access: &Access,
        media: &MediaId,
        wanted: Wanted,
    ) -> Result<Engagement, PlatformError> {
        let numbers = if wanted.insights { self.insights(access, media, wanted).await? } else { Numbers::default() };
        let is_lacking = numbers.likes.is_none() || numbers.comments.is_none();
        if !is_lacking && !wanted.permalink {
            return Ok(Engagement { numbers, permalink: None });
        }
        let counts = match self.public_counts(access, media, "like_count,comments_count,permalink").await {
            // Insights alone are worth keeping.
            Err(_) if numbers != Numbers::default() => PublicCounts::default(),
            counts => counts?,
        };
        let (likes, comments) = (numbers.likes.or(counts.like_count), numbers.comments.or(counts.comments_count));
        Ok(Engagement {
            numbers: Numbers { likes, comments, ..numbers },
            permalink: counts.permalink.filter(|_| wanted.permalink),
        })
    }

    /// Reach and views of the account in a span.
    pub(crate) async fn account_insights(
        &self,
        access: &Access,
        since: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<AccountNumbers, PlatformError> {
        let (since, until) = (since.unix_timestamp().to_string(), until.unix_timestamp().to_string());
        let query = [("period", "day"), ("metric_type", "total_value"), ("since", &since), ("until", &until)];
        let question = Question { access, subject: Subject::Account, id: access.account.as_str(), query: &query };
        let told = self.metrics(&question, &OF_ACCOUNT).await?;
        let of = |name| told.iter().find(|insight| insight.name == name).and_then(value);
        Ok(AccountNumbers { reach: of("reach"), views: of("views") })
    }

    async fn insights(&self, access: &Access, media: &MediaId, wanted: Wanted) -> Result<Numbers, PlatformError> {
        let question = Question { access, subject: Subject::Media, id: media.as_str(), query: &[] };
        let has_impressions = wanted.published_at < IMPRESSIONS_END;
        let told = self.metrics(&question, &OF_MEDIA[..OF_MEDIA.len() - usize::from(!has_impressions)]).await?;
        let mut numbers = Numbers::default();
        for insight in &told {
            if let Some(place) = place(&mut numbers, &insight.name) {
                *place = value(insight);
            }
        }
        Ok(numbers)
    }

    /// Those of the metrics that there are; none where there is no data.
    async fn metrics(&self, question: &Question<'_>, names: &[&'static str]) -> Result<Vec<Insight>, PlatformError> {
        let is_left_out = |name: &&'static str| self.retired.has(question.subject, name, boottime());
        let asked: Vec<&'static str> = names.iter().copied().filter(|name| !is_left_out(name)).collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        match self.ask(question, &asked.join(",")).await {
            Err(error) if is_bad_metric(&error) => self.one_by_one(question, &asked).await,
            Err(error) if error.advice == Advice::NoData => Ok(Vec::new()),
            answer => answer,
        }
    }

    async fn one_by_one(&self, question: &Question<'_>, names: &[&'static str]) -> Result<Vec<Insight>, PlatformError> {
        let (mut told, mut refused, mut taken, mut failed) = (Vec::new(), Vec::new(), 0, None);
        // The one that was alone was refused just now.
        let names = if names.len() == 1 { &[] } else { names };
        for name in names {
            match self.ask(question, name).await {
                Ok(insights) => {
                    taken += 1;
                    told.extend(insights);
                }
                Err(error) if is_bad_metric(&error) => refused.push(*name),
                Err(error) if error.advice == Advice::NoData => taken += 1,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        // Where none is taken it is not the metrics. What was refused before a failure is known all the same: else a metric that is gone costs
        // a request for each while Instagram fails now and then.
        if taken > 0 {
            self.retired.note(question.subject, question.id, &refused, boottime());
        }
        failed.map_or(Ok(told), Err)
    }

    async fn ask(&self, question: &Question<'_>, names: &str) -> Result<Vec<Insight>, PlatformError> {
        let query: Vec<(&str, &str)> = [("metric", names)].iter().chain(question.query).copied().collect();
        let call = Call {
            base: Base::Graph,
            path: &[&self.settings.version, question.id, "insights"],
            query: &query,
            form: None,
            token: Some(&question.access.token),
            at: At::Insight,
        };
        let insights: Insights = answer::parse(&self.request(call).await?.body)?;
        Ok(insights.data)
    }
}

/// A parameter that is not liked; not an object that cannot be read, nor an account without access.
fn is_bad_metric(error: &PlatformError) -> bool {
    error.code == Some(100) && matches!(error.advice, Advice::Stop | Advice::Fix)
}

fn place<'a>(numbers: &'a mut Numbers, name: &str) -> Option<&'a mut Option<u64>> {
    Some(match name {
        "reach" => &mut numbers.reach,
        "likes" => &mut numbers.likes,
        "comments" => &mut numbers.comments,
        "shares" => &mut numbers.shares,
        "saved" => &mut numbers.saved,
        "impressions" => &mut numbers.impressions,
        "views" => &mut numbers.views,
        "total_interactions" => &mut numbers.total_interactions,
        _ => return None,
    })
}

fn value(insight: &Insight) -> Option<u64> {
    let point = insight.values.last().or(insight.total_value.as_ref())?;
    point.value.as_ref().and_then(answer::number)
}
