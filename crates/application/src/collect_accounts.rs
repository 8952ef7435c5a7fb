//! Reads connected accounts' own numbers once a day: followers, and the reach and views of days that have ended.

use std::{error::Error as _, sync::Arc};

use futures_util::{StreamExt as _, stream};
use rats_domain::{
    connection::Health,
    instagram::{Access, PlatformError},
    metrics::{AccountDay, DueAccount, days_to_read, first_kept},
};
use time::{Date, Duration, OffsetDateTime};

use crate::{Ports, Refusal, dead_token::bury_if_dead};

/// The most read in one run.
const BATCH: usize = 50;

/// How many are read at once.
const AT_ONCE: usize = 4;

/// From this part of a rate limit on numbers wait: staging and publishing come first.
const RESERVE_PERCENT: u64 = 60;

/// When to try again what failed or waits, at least; half as long more by chance.
const AGAIN: Duration = Duration::hours(1);

/// Reads the numbers of accounts that are due.
pub struct CollectAccounts(pub Arc<Ports>);

impl CollectAccounts {
    /// One run; answers how many accounts were read.
    ///
    /// Of each, three calls: the day that has settled, yesterday as far as it is known, and its followers now; after days on which it could not
    /// be read some more, until those are caught up with. What was read before a call fails is kept.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let due = self.0.account_metrics.take_due_accounts(self.0.clock.now(), BATCH).await?;
        let reads = due.into_iter().map(|due| async move { self.attempt(&due).await });
        let reads = stream::iter(reads).buffer_unordered(AT_ONCE);
        Ok(reads.fold(0, |sum, is_read| async move { sum + usize::from(is_read) }).await)
    }

    /// Reads one account, whatever becomes of the others; one that meets a fault of ours comes again when it was put off to.
    async fn attempt(&self, due: &DueAccount) -> bool {
        self.read(due).await.unwrap_or_else(|error| {
            tracing::warn!(account = %due.account, %error, source = ?error.source(), "the numbers of an account could not be dealt with");
            false
        })
    }

    async fn read(&self, due: &DueAccount) -> Result<bool, Refusal> {
        let (ports, now) = (&self.0, self.0.clock.now());
        let connection = ports.connections.find(&due.connection).await?;
        let working = connection.filter(|connection| connection.health == Health::Working);
        let Some(token) = working.and_then(|connection| connection.token) else { return Ok(false) };
        let again = now + AGAIN * (1.0 + ports.random.fraction() / 2.0);
        if ports.reader.used_percent(&due.account) >= RESERVE_PERCENT {
            ports.account_metrics.record_account(due, &[], again).await?;
            return Ok(false);
        }
        let access = Access { account: due.account.clone(), token: token.secret };
        let known = ports.account_metrics.account_days(&due.user, &due.account, first_kept(now), now.date()).await?;
        let mut days = Vec::new();
        match self.collect(&access, days_to_read(&known, now), &mut days).await {
            Ok(()) => {
                let next = DueAccount::next_reading(now, ports.random.fraction());
                ports.account_metrics.record_account(due, &days, next).await?;
                Ok(true)
            }
            Err(error) => {
                tracing::info!(account = %due.account, %error, code = error.code, "an account's numbers could not be read");
                ports.account_metrics.record_account(due, &days, again).await?;
                bury_if_dead(ports, &due.connection, &access.token, &error).await?;
                Ok(false)
            }
        }
    }

    /// Reads these days and how many follow the account now; what is told before a call fails is told all the same.
    async fn collect(
        &self,
        access: &Access,
        wanted: Vec<Date>,
        days: &mut Vec<AccountDay>,
    ) -> Result<(), PlatformError> {
        let (ports, reader) = (&self.0, &self.0.reader);
        for day in wanted {
            let numbers = reader.account_insights(access, start(day), start(day + Duration::DAY)).await?;
            days.push(AccountDay::read(day, numbers, ports.clock.now()));
        }
        let (followers, now) = (reader.followers(access).await?, ports.clock.now());
        days.extend(followers.map(|followers| AccountDay::counted(now.date(), Some(followers), now)));
        Ok(())
    }
}

fn start(day: Date) -> OffsetDateTime {
    day.midnight().assume_utc()
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rats_domain::{
        connection::Feature,
        id::{AccountId, ConnectionId, UserId},
        instagram::Advice,
        metrics::AccountNumbers,
        store::StoreError,
    };
    use time::macros::{date, datetime};

    use super::*;
    use crate::mock::{Mocks, NOW, connection};

    fn mocks(percent: u64) -> Mocks {
        let mut mocks = Mocks::default();
        let account = AccountId::new("1784");
        let due = DueAccount { connection: ConnectionId::new("c"), user: UserId::new("u"), account };
        mocks.account_metrics.expect_take_due_accounts().return_once(move |_, _| Ok(vec![due]));
        mocks.connections.expect_find().returning(|_| Ok(Some(connection(vec![Feature::Insights]))));
        mocks.reader.expect_used_percent().return_const(percent);
        mocks.account_metrics.expect_account_days().returning(|_, _, _, _| Ok(vec![]));
        mocks
    }

    fn run(mut mocks: Mocks, is_right: impl Fn(&[AccountDay], OffsetDateTime) -> bool + Send + 'static) -> usize {
        mocks
            .account_metrics
            .expect_record_account()
            .withf(move |_, days, next| is_right(days, *next))
            .times(1)
            .returning(|_, _, _| Ok(()));
        CollectAccounts(mocks.ports()).run().now_or_never().unwrap().unwrap()
    }

    #[test]
    fn followers_are_todays_and_numbers_those_of_days_that_have_ended() {
        let mut mocks = mocks(59);
        mocks.reader.expect_followers().times(1).returning(|_| Ok(Some(2_318)));
        mocks.reader.expect_account_insights().times(2).returning(|_, since, until| {
            assert_eq!(until - since, Duration::DAY);
            let reach = u64::from(since.day()) * 100;
            Ok(AccountNumbers { reach: Some(reach), views: None })
        });
        let day = |day, reach| AccountDay::read(day, AccountNumbers { reach: Some(reach), views: None }, NOW);
        let expected = [
            day(date!(2026 - 12 - 01), 100),
            day(date!(2026 - 12 - 03), 300),
            AccountDay::counted(date!(2026 - 12 - 04), Some(2_318), NOW),
        ];
        let tomorrow = datetime!(2026-12-05 0:00 UTC)..datetime!(2026-12-05 3:00 UTC);
        assert_eq!(run(mocks, move |days, next| days == expected && tomorrow.contains(&next)), 1);
    }

    #[test]
    fn what_was_read_before_a_call_fails_is_kept_and_the_rest_tried_again_in_an_hour() {
        let mut mocks = mocks(0);
        let first = AccountNumbers { reach: Some(7), views: None };
        let error = PlatformError::unnumbered(Advice::Retry, "It went wrong", "We try again.");
        let mut answers = vec![Err(error), Ok(first)];
        mocks.reader.expect_account_insights().times(2).returning(move |_, _, _| answers.pop().unwrap());
        let soon = NOW + Duration::hours(1)..NOW + Duration::minutes(90);
        let expected = [AccountDay::read(date!(2026 - 12 - 01), first, NOW)];
        assert_eq!(run(mocks, move |days, next| days == expected && soon.contains(&next)), 0);
    }

    #[test]
    fn days_that_were_missed_are_read_too() {
        let mut mocks = mocks(0);
        mocks.account_metrics.checkpoint();
        let account = AccountId::new("1784");
        let due = DueAccount { connection: ConnectionId::new("c"), user: UserId::new("u"), account };
        mocks.account_metrics.expect_take_due_accounts().return_once(move |_, _| Ok(vec![due]));
        let last = date!(2026 - 11 - 27);
        let known =
            AccountDay::read(last, AccountNumbers::default(), (last + Duration::days(3)).midnight().assume_utc());
        mocks
            .account_metrics
            .expect_account_days()
            .withf(|user, account, first, last| {
                (user.as_str(), account.as_str(), *first, *last)
                    == ("u", "1784", date!(2026 - 09 - 06), date!(2026 - 12 - 04))
            })
            .return_once(move |_, _, _, _| Ok(vec![known]));
        mocks.reader.expect_account_insights().times(5).returning(|_, _, _| Ok(AccountNumbers::default()));
        mocks.reader.expect_followers().times(1).returning(|_| Ok(None));
        let read = [28, 29, 30, 1, 3];
        assert_eq!(run(mocks, move |days, _| days.iter().map(|day| day.day.day()).eq(read)), 1);
    }

    #[test]
    fn an_account_that_meets_a_fault_stops_no_other() {
        let mut mocks = Mocks::default();
        let due = |n: u8| DueAccount {
            connection: ConnectionId::new("c"),
            user: UserId::new("u"),
            account: AccountId::new(n.to_string()),
        };
        mocks.account_metrics.expect_take_due_accounts().return_once(move |_, _| Ok((0..9).map(due).collect()));
        mocks.connections.expect_find().returning(|_| Ok(Some(connection(vec![Feature::Insights]))));
        mocks.reader.expect_used_percent().return_const(0_u64);
        mocks.account_metrics.expect_account_days().returning(|_, _, _, _| Ok(vec![]));
        mocks.reader.expect_followers().times(9).returning(|_| Ok(Some(1)));
        mocks.reader.expect_account_insights().returning(|_, _, _| Ok(AccountNumbers::default()));
        let stored = mocks.account_metrics.expect_record_account().times(9);
        stored.returning(|account, _, _| match account.account.as_str() {
            "0" => Err(StoreError::Damaged { what: "a number of metrics".into(), source: "too large".into() }),
            _ => Ok(()),
        });
        assert_eq!(CollectAccounts(mocks.ports()).run().now_or_never().unwrap().unwrap(), 8);
    }

    #[test]
    fn a_day_of_which_nothing_is_told_is_known_to_have_been_read() {
        let mut mocks = mocks(0);
        mocks.reader.expect_followers().returning(|_| Ok(None));
        mocks.reader.expect_account_insights().returning(|_, _, _| Ok(AccountNumbers::default()));
        let is_empty = |day: &AccountDay| day.followers.is_none() && day.numbers == AccountNumbers::default();
        assert_eq!(run(mocks, move |days, _| days.len() == 2 && days.iter().all(is_empty)), 1);
    }

    #[test]
    fn accounts_wait_while_the_rate_limits_are_wanted_for_publishing() {
        assert_eq!(run(mocks(60), |days, _| days.is_empty()), 0);
    }
}
