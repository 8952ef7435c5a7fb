use std::sync::Arc;

use rats_domain::{
    analytics::{Bucket, Figures, Period, Step, buckets, every_day},
    id::UserId,
    metrics::AccountDay,
};
use time::Date;

use super::{PeriodRequest, summary::account_days};
use crate::{Ports, Refusal};

/// How many days it is of, where that is not said.
const USUAL_DAYS: i64 = 28;

/// A period, part by part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodSeries {
    /// The period.
    pub period: Period,
    /// How it is cut.
    pub step: Step,
    /// Every part, the first first.
    pub buckets: Vec<Bucket>,
    /// What the parts add up to.
    pub whole: Figures,
    /// The connected account's own numbers by the day; `None` where none was ever connected.
    pub account: Option<AccountSeries>,
}

/// An account's own numbers by the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSeries {
    /// Its handle, without `@`.
    pub username: String,
    /// Every day (UTC) of the period, with what is known of it.
    pub days: Vec<(Date, Option<AccountDay>)>,
}

impl AccountSeries {
    pub(super) fn new(username: String, days: &[AccountDay], period: &Period) -> Self {
        Self { username, days: every_day(days, period.first(), period.last()) }
    }
}

/// What posts came to over time.
pub struct ChartPosts(pub Arc<Ports>);

impl ChartPosts {
    /// The last 28 days where no others are asked for. A post counts for the part in which it went out, with all that it has come to since.
    pub async fn run(&self, user: &UserId, request: &PeriodRequest, step: Step) -> Result<PeriodSeries, Refusal> {
        let (period, _) = request.periods(&self.0, user, USUAL_DAYS).await?;
        let posts = self.0.analytics.published(user, period.start(), period.end()).await?;
        let account = account_days(&self.0, user, &period).await?;
        let account = account.map(|(username, days)| AccountSeries::new(username, &days, &period));
        let buckets = buckets(&posts, &period, step);
        Ok(PeriodSeries { whole: Figures::of(&posts), buckets, period, step, account })
    }
}
