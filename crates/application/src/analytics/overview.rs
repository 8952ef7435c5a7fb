use std::sync::Arc;

use futures_util::try_join;
use rats_domain::{
    analytics::{BestTimes, Bucket, Period, Published, Step, Summary, buckets},
    id::UserId,
};

use super::{AccountSeries, PeriodRequest, best_times, summary};
use crate::{Ports, Refusal};

/// What a period's posts came to, in all and over time, and the hours at which the posts of the last half year did well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The period.
    pub period: Period,
    /// The one before it.
    pub previous: Period,
    /// What their posts came to.
    pub summary: Summary,
    /// Every part of the period, the first first.
    pub buckets: Vec<Bucket>,
    /// The connected account's own numbers by the day; `None` where none was ever connected.
    pub account: Option<AccountSeries>,
    /// The hours of the last half year.
    pub times: BestTimes,
}

/// All figures of a period at once, by one reading of its posts.
pub struct FindOverview(pub Arc<Ports>);

impl FindOverview {
    /// The last 28 days where no others are asked for.
    pub async fn run(&self, user: &UserId, request: &PeriodRequest, step: Step) -> Result<Overview, Refusal> {
        let (period, previous) = request.periods(&self.0, user, summary::USUAL_DAYS).await?;
        let latest = PeriodRequest { time_zone: Some(period.zone().name().to_owned()), ..PeriodRequest::default() };
        let (half_year, _) = latest.periods(&self.0, user, best_times::USUAL_DAYS).await?;
        let (posts, account) = try_join!(
            self.posts(user, (&previous, &period), &half_year),
            summary::account_days(&self.0, user, &period)
        )?;
        Ok(Overview {
            summary: Summary::of(&posts, &period, &previous),
            buckets: buckets(&posts, &period, step),
            account: account.map(|(username, days)| AccountSeries::new(username, &days, &period)),
            times: BestTimes::of(&posts, &half_year),
            period,
            previous,
        })
    }

    /// The posts of both spans, each once; what lies between spans far from each other is not read.
    async fn posts(
        &self,
        user: &UserId,
        (first, last): (&Period, &Period),
        other: &Period,
    ) -> Result<Vec<Published>, Refusal> {
        let read = async |from, until| self.0.analytics.published(user, from, until).await;
        let apart = other.start() > last.end() || other.end() < first.start();
        if !apart {
            return Ok(read(first.start().min(other.start()), last.end().max(other.end())).await?);
        }
        let (mut posts, others) = try_join!(read(first.start(), last.end()), read(other.start(), other.end()))?;
        posts.extend(others);
        Ok(posts)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::id::PostId;
    use time::{
        Date, OffsetDateTime,
        macros::{date, datetime},
    };

    use super::*;
    use crate::mock::Mocks;

    /// The overview of these days, and which spans were read for it.
    fn overview(from: Date, to: Date, posts: &[OffsetDateTime]) -> (Overview, Vec<(Date, Date)>) {
        let mut mocks = Mocks::default();
        let read = Arc::new(std::sync::Mutex::new(vec![]));
        let post = |sent_at: &OffsetDateTime| Published {
            post: PostId::new(sent_at.to_string()),
            sent_at: *sent_at,
            picture: None,
            event: None,
            metrics: None,
        };
        let (posts, spans): (Vec<Published>, _) = (posts.iter().map(post).collect(), read.clone());
        mocks.analytics.expect_published().returning(move |_, from, until| {
            spans.lock().unwrap().push((from.date(), until.date()));
            Ok(posts.iter().filter(|post| (from..until).contains(&post.sent_at)).cloned().collect())
        });
        mocks.connections.expect_find_by_user().returning(|_| Ok(None));
        let request = PeriodRequest { from: Some(from), to: Some(to), time_zone: Some("UTC".into()) };
        let (find, user) = (FindOverview(mocks.ports()), UserId::new("u"));
        let found = find.run(&user, &request, Step::Day).now_or_never().unwrap().unwrap();
        let read = read.lock().unwrap().clone();
        (found, read)
    }

    #[test]
    fn posts_are_read_once_for_all_figures() {
        let posts = [datetime!(2026-11-30 8:00 UTC), datetime!(2026-11-28 8:00 UTC), datetime!(2026-07-01 8:00 UTC)];
        let (found, read) = overview(date!(2026 - 11 - 29), date!(2026 - 11 - 30), &posts);
        assert_eq!(read, [(date!(2026 - 06 - 06), date!(2026 - 12 - 05))]);
        assert_eq!((found.summary.whole.posts, found.summary.previous.posts, found.times.whole.posts), (1, 1, 3));
        assert_eq!(found.buckets.iter().map(|bucket| bucket.figures.posts).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn what_lies_between_is_not_read() {
        let posts = [datetime!(2024-01-02 8:00 UTC), datetime!(2025-01-01 8:00 UTC), datetime!(2026-12-01 8:00 UTC)];
        let (found, read) = overview(date!(2024 - 01 - 02), date!(2024 - 01 - 02), &posts);
        let spans = [(date!(2024 - 01 - 01), date!(2024 - 01 - 03)), (date!(2026 - 06 - 06), date!(2026 - 12 - 05))];
        assert_eq!(read, spans);
        assert_eq!((found.summary.whole.posts, found.times.whole.posts), (1, 1));
    }
}
