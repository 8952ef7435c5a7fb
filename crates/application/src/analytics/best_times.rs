use std::sync::Arc;

use rats_domain::{
    analytics::{BestTimes, Period},
    id::UserId,
};

use super::PeriodRequest;
use crate::{Ports, Refusal};

/// How many days it is of, where that is not said: half a year.
pub(super) const USUAL_DAYS: i64 = 182;

/// At which hours of the week a period's posts did well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodTimes {
    /// The period, in whose time zone the hours are.
    pub period: Period,
    /// The hours.
    pub times: BestTimes,
}

/// At which hours of the week posts did well.
pub struct FindBestTimes(pub Arc<Ports>);

impl FindBestTimes {
    /// The last half year where no other days are asked for.
    pub async fn run(&self, user: &UserId, request: &PeriodRequest) -> Result<PeriodTimes, Refusal> {
        let (period, _) = request.periods(&self.0, user, USUAL_DAYS).await?;
        let posts = self.0.analytics.published(user, period.start(), period.end()).await?;
        Ok(PeriodTimes { times: BestTimes::of(&posts, &period), period })
    }
}
