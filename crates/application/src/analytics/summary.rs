use std::sync::Arc;

use rats_domain::{
    analytics::{AccountSummary, Period, Summary},
    id::UserId,
    metrics::AccountDay,
};

use super::PeriodRequest;
use crate::{Ports, Refusal};

/// How many days it is of, where that is not said.
pub(super) const USUAL_DAYS: i64 = 28;

/// A period beside the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodSummary {
    /// The period.
    pub period: Period,
    /// The one before it.
    pub previous: Period,
    /// What their posts came to.
    pub summary: Summary,
    /// The connected account's own numbers in the period's days; `None` where none was ever connected.
    pub account: Option<AccountFigures>,
}

/// An account's own numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFigures {
    /// Its handle, without `@`.
    pub username: String,
    /// Its numbers.
    pub summary: AccountSummary,
}

/// What posts came to in a period.
pub struct SummarizePosts(pub Arc<Ports>);

impl SummarizePosts {
    /// The last 28 days where no others are asked for.
    pub async fn run(&self, user: &UserId, request: &PeriodRequest) -> Result<PeriodSummary, Refusal> {
        let (period, previous) = request.periods(&self.0, user, USUAL_DAYS).await?;
        let posts = self.0.analytics.published(user, previous.start(), period.end()).await?;
        let summary = Summary::of(&posts, &period, &previous);
        let account = account_days(&self.0, user, &period).await?;
        let account = account.map(|(username, days)| AccountFigures { username, summary: AccountSummary::of(&days) });
        Ok(PeriodSummary { period, previous, summary, account })
    }
}

/// The handle of the user's account, the connected one or else the last, and what is known of its days. Its days are UTC's.
pub(super) async fn account_days(
    ports: &Ports,
    user: &UserId,
    period: &Period,
) -> Result<Option<(String, Vec<AccountDay>)>, Refusal> {
    let Some(connection) = ports.connections.find_by_user(user).await? else { return Ok(None) };
    let days = ports.account_metrics.account_days(user, &connection.account, period.first(), period.last()).await?;
    Ok(Some((connection.username, days)))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use mockall::predicate::eq;
    use rats_domain::{analytics::Published, connection::Feature, id::PostId};
    use time::macros::{date, datetime};

    use super::*;
    use crate::mock::{Mocks, connection};

    #[test]
    fn both_periods_are_read_at_once_and_told_apart() {
        let mut mocks = Mocks::default();
        let post = |name: &str, sent_at| Published {
            post: PostId::new(name),
            sent_at,
            picture: None,
            event: None,
            metrics: None,
        };
        let posts = vec![post("a", datetime!(2026-11-30 12:00 UTC)), post("b", datetime!(2026-12-01 0:00 UTC))];
        let user = UserId::new("u");
        mocks
            .analytics
            .expect_published()
            .with(eq(user.clone()), eq(datetime!(2026-11-29 0:00 UTC)), eq(datetime!(2026-12-03 0:00 UTC)))
            .times(1)
            .return_once(move |_, _, _| Ok(posts));
        mocks.connections.expect_find_by_user().return_once(|_| Ok(Some(connection(vec![Feature::Insights]))));
        mocks
            .account_metrics
            .expect_account_days()
            .withf(|_, account, first, last| {
                (account.as_str(), *first, *last) == ("1784", date!(2026 - 12 - 01), date!(2026 - 12 - 02))
            })
            .return_once(|_, _, _, _| Ok(vec![]));
        let request = PeriodRequest {
            from: Some(date!(2026 - 12 - 01)),
            to: Some(date!(2026 - 12 - 02)),
            time_zone: Some("UTC".into()),
        };
        let found = SummarizePosts(mocks.ports()).run(&user, &request).now_or_never().unwrap().unwrap();
        assert_eq!((found.summary.whole.posts, found.summary.previous.posts), (1, 1));
        assert_eq!(found.account.unwrap().username, "anna");
    }
}
