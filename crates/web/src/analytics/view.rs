//! What figures look like on the wire.

use rats_domain::{
    analytics::{Engagement, Figures, NoRate, Period, Sum},
    metrics::{AccountDay, Metric},
};
use serde::Serialize;
use time::{Date, OffsetDateTime, macros::format_description};
use utoipa::ToSchema;

use crate::http::moment::wire;

/// A span of days in a time zone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeriodView {
    /// The first day.
    #[schema(format = Date)]
    from: String,
    /// The last day.
    #[schema(format = Date)]
    to: String,
    /// The IANA name of the time zone in which the days are.
    time_zone: String,
    /// When the first day begins there.
    #[schema(format = DateTime)]
    start: String,
    /// When the last day is over there.
    #[schema(format = DateTime)]
    end: String,
}

impl From<&Period> for PeriodView {
    fn from(period: &Period) -> Self {
        Self {
            from: day(period.first()),
            to: day(period.last()),
            time_zone: period.zone().name().to_owned(),
            start: wire(period.start()),
            end: wire(period.end()),
        }
    }
}

/// A day as `YYYY-MM-DD`.
pub(super) fn day(day: Date) -> String {
    day.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

/// A sum, and of how many posts it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct SumView {
    /// `null` where no post told this number.
    value: Option<u64>,
    /// How many posts told it.
    posts: u64,
}

impl From<Sum> for SumView {
    fn from(sum: Sum) -> Self {
        Self { value: sum.value(), posts: sum.count }
    }
}

/// Interactions for each account reached.
#[derive(Serialize, ToSchema)]
pub(crate) struct RateView {
    /// `interactions` ÷ `reach`; `null` where that is not known.
    value: Option<f64>,
    /// Why it is `null`: `not_measured` or `nobody_reached`.
    why: Option<&'static str>,
    /// The interactions of the posts of which both numbers are known.
    interactions: u64,
    /// The reach of the same posts, added up.
    reach: u64,
    /// How many posts that are.
    posts: u64,
}

impl From<Engagement> for RateView {
    fn from(engagement: Engagement) -> Self {
        let rate = engagement.rate();
        Self {
            value: rate.ok().map(rounded),
            why: rate.err().map(NoRate::as_str),
            interactions: engagement.interactions,
            reach: engagement.reach,
            posts: engagement.posts,
        }
    }
}

/// To six places after the point, so that the same figures always look the same.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// What some posts came to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FiguresView {
    /// How many posts went out.
    posts: u64,
    /// Of how many of them any number is known.
    measured: u64,
    /// Of how many the numbers may lack what had happened when they were told: Instagram's lag by up to 48 hours.
    growing: u64,
    impressions: SumView,
    /// What `impressions` are: `impressions`, `views`, `mixed`, or `null` where none are known.
    impressions_source: Option<&'static str>,
    /// The posts' reach, added up: an account that two posts reached counts twice.
    reach: SumView,
    likes: SumView,
    comments: SumView,
    shares: SumView,
    saved: SumView,
    total_interactions: SumView,
    engagement_rate: RateView,
    /// When these numbers were read; `null` where none are known.
    as_of: Option<SpanView>,
}

/// From when to when.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpanView {
    #[schema(format = DateTime)]
    first: String,
    #[schema(format = DateTime)]
    last: String,
}

impl From<(OffsetDateTime, OffsetDateTime)> for SpanView {
    fn from((first, last): (OffsetDateTime, OffsetDateTime)) -> Self {
        Self { first: wire(first), last: wire(last) }
    }
}

impl From<&Figures> for FiguresView {
    fn from(figures: &Figures) -> Self {
        let sum = |metric| SumView::from(figures.sum(metric));
        Self {
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
            engagement_rate: figures.engagement.into(),
            as_of: figures.as_of.map(SpanView::from),
        }
    }
}

/// Which of Instagram's two numbers impressions are.
pub(super) fn impressions_source(figures: &Figures) -> Option<&'static str> {
    match figures.impressions_of {
        (0, 0) => None,
        (_, 0) => Some("impressions"),
        (0, _) => Some("views"),
        _ => Some("mixed"),
    }
}

/// An account's day (UTC). What is not known is `null`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountDayView {
    #[schema(format = Date)]
    day: String,
    /// How many followed it when they were counted on that day.
    followers: Option<u64>,
    /// Accounts that it reached on that day.
    reach: Option<u64>,
    /// Views on that day.
    views: Option<u64>,
    /// Whether reach and views may lack something, since Instagram's numbers lag by up to 48 hours; `null` where neither is known.
    may_still_grow: Option<bool>,
}

impl From<(Date, Option<AccountDay>)> for AccountDayView {
    fn from((date, known): (Date, Option<AccountDay>)) -> Self {
        let numbers = known.map(|known| known.numbers).unwrap_or_default();
        let has_numbers = numbers.reach.or(numbers.views).is_some();
        Self {
            day: day(date),
            followers: known.and_then(|known| known.followers),
            reach: numbers.reach,
            views: numbers.views,
            may_still_grow: known.filter(|_| has_numbers).map(|known| known.may_still_grow()),
        }
    }
}
