//! An account's own numbers, once a day.

use async_trait::async_trait;
use time::{Date, Duration, OffsetDateTime, Time};

use super::may_still_grow;
use crate::{
    id::{AccountId, ConnectionId, UserId},
    store::StoreError,
};

/// How long after midnight accounts are read, at most: by chance, so that not all are read at once.
const SPREAD: Duration = Duration::hours(3);

/// How many days ago a day was whose numbers do not grow any more: Instagram's lag by up to 48 hours.
const SETTLED: Duration = Duration::days(3);

/// For how long Instagram keeps an account's days. Source: Instagram Platform, "Instagram User Insights": 90 days.
const KEPT: Duration = Duration::days(89);

/// How many days that were missed are read at once.
const AT_ONCE: usize = 7;

/// What an account's insights say of some span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountNumbers {
    /// Accounts reached, each counted once.
    pub reach: Option<u64>,
    /// Views.
    pub views: Option<u64>,
}

/// What is known of an account's day (UTC). What Instagram did not tell is `None`, never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountDay {
    /// The day.
    pub day: Date,
    /// Its followers when they were read on that day.
    pub followers: Option<u64>,
    /// What was read of the day as a whole.
    pub numbers: AccountNumbers,
    /// When its reach was last told.
    pub reach_at: Option<OffsetDateTime>,
    /// When its views were last told.
    pub views_at: Option<OffsetDateTime>,
    /// When the day's numbers, or before those its followers, were last read, whatever was told then.
    pub measured_at: OffsetDateTime,
}

impl AccountDay {
    /// A day whose followers were counted at `at`, if they were told.
    #[must_use]
    pub fn counted(day: Date, followers: Option<u64>, at: OffsetDateTime) -> Self {
        Self { followers, ..Self::read(day, AccountNumbers::default(), at) }
    }

    /// A day of which these numbers were told at `at`.
    #[must_use]
    pub fn read(day: Date, numbers: AccountNumbers, at: OffsetDateTime) -> Self {
        let (reach_at, views_at) = (numbers.reach.map(|_| at), numbers.views.map(|_| at));
        Self { day, followers: None, numbers, reach_at, views_at, measured_at: at }
    }

    /// Whether its reach or its views, where they are known, may lack something, since Instagram's numbers lag.
    #[must_use]
    pub fn may_still_grow(&self) -> bool {
        [self.reach_at, self.views_at].into_iter().flatten().any(|at| self.lagged(at))
    }

    /// Whether it was read when its numbers did not grow any more: what was not told then is not told later either.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        !self.lagged(self.measured_at)
    }

    /// Whether what was told of it at `at` may lack something.
    fn lagged(&self, at: OffsetDateTime) -> bool {
        let ends = self.day.next_day().map(|next| next.midnight().assume_utc());
        ends.is_some_and(|ends| may_still_grow(ends, at))
    }
}

/// Which days are to be read `now`, of an account of which these are known, the oldest first: those that have settled since the last one that was
/// read after it had settled, as far back as Instagram keeps them and a few at a time; and yesterday, as far as it is known.
#[must_use]
pub fn days_to_read(known: &[AccountDay], now: OffsetDateTime) -> Vec<Date> {
    let today = now.date();
    let settles = today.saturating_sub(SETTLED);
    let settled = known.iter().filter(|day| day.is_settled()).map(|day| day.day).max();
    let first = settled.map_or(settles, |last| last.saturating_add(Duration::DAY)).max(first_kept(now));
    let missed = std::iter::successors(Some(first), |day| day.next_day()).take_while(|day| *day <= settles);
    missed.take(AT_ONCE).chain(today.previous_day()).collect()
}

/// The first day that Instagram still tells of.
#[must_use]
pub fn first_kept(now: OffsetDateTime) -> Date {
    now.date().saturating_sub(KEPT)
}

/// A connected account whose numbers are to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueAccount {
    /// The connection.
    pub connection: ConnectionId,
    /// Whose it is.
    pub user: UserId,
    /// The account.
    pub account: AccountId,
}

impl DueAccount {
    /// When it is read again after `now`: early the next day (UTC), by chance.
    #[must_use]
    pub fn next_reading(now: OffsetDateTime, fraction: f64) -> OffsetDateTime {
        now.replace_time(Time::MIDNIGHT) + Duration::DAY + SPREAD * fraction
    }
}

/// Keeps accounts' numbers, and when to read them next.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AccountMetricsRepository: Send + Sync {
    /// Living connections that may read insights and whose next reading is at or before `now`; one never read is due. Each one handed out
    /// is put off by an hour in the same step.
    async fn take_due_accounts(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueAccount>, StoreError>;

    /// Stores what was read of some days and when to read the account next. What a day lacks is taken from what is known of it; what is
    /// told again replaces it. So the same again is harmless.
    async fn record_account(
        &self,
        account: &DueAccount,
        days: &[AccountDay],
        next: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// What was read of the days from `first` to `last` of the account while this user had it connected, oldest first. A day that was not
    /// read is left out.
    async fn account_days(
        &self,
        user: &UserId,
        account: &AccountId,
        first: Date,
        last: Date,
    ) -> Result<Vec<AccountDay>, StoreError>;
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn an_account_is_read_once_on_every_day() {
        for now in [datetime!(2026-12-04 0:00 UTC), datetime!(2026-12-04 23:59:59 UTC)] {
            assert_eq!(DueAccount::next_reading(now, 0.0), datetime!(2026-12-05 0:00 UTC));
            assert_eq!(DueAccount::next_reading(now, 1.0), datetime!(2026-12-05 3:00 UTC));
        }
    }

    const BOTH: AccountNumbers = AccountNumbers { reach: Some(1), views: Some(2) };

    #[test]
    fn a_day_may_grow_until_two_days_after_its_end() {
        let day = |at| AccountDay::read(date!(2026 - 12 - 04), BOTH, at);
        let (before, after) = (datetime!(2026-12-06 23:59 UTC), datetime!(2026-12-07 0:00 UTC));
        assert!(day(before).may_still_grow() && !day(before).is_settled());
        assert!(!day(after).may_still_grow() && day(after).is_settled());
        let views_are_older = AccountDay { views_at: Some(before), ..day(after) };
        assert!(views_are_older.may_still_grow() && views_are_older.is_settled());
        let views_are_unknown = AccountDay { views_at: None, ..day(after) };
        assert!(!views_are_unknown.may_still_grow());
    }

    /// `day` as it was read on the third day after it.
    fn settled(day: Date) -> AccountDay {
        AccountDay::read(day, AccountNumbers::default(), (day + SETTLED).midnight().assume_utc())
    }

    #[test]
    fn yesterday_is_read_and_the_day_that_has_settled_since() {
        let now = datetime!(2026-12-11 1:00 UTC);
        let expected = [date!(2026 - 12 - 08), date!(2026 - 12 - 10)];
        let unsettled = AccountDay::read(date!(2026 - 12 - 09), BOTH, now - Duration::DAY);
        let others = [unsettled, AccountDay::counted(now.date(), Some(1), now)];
        assert_eq!(days_to_read(&[], now), expected, "of a new account nothing older");
        assert_eq!(days_to_read(&[&[settled(date!(2026 - 12 - 07))][..], &others].concat(), now), expected);
        assert_eq!(days_to_read(&[settled(date!(2026 - 12 - 08))], now), expected[1..], "once");
    }

    #[test]
    fn days_that_were_missed_are_read_the_oldest_first_and_a_few_at_a_time() {
        let day = |day| date!(2026 - 12 - 01).replace_day(day).unwrap();
        // Nobody read from the 4th to the 14th.
        let mut known = vec![settled(day(1))];
        let mut read = Vec::new();
        for now in [datetime!(2026-12-15 1:00 UTC), datetime!(2026-12-16 1:00 UTC), datetime!(2026-12-17 1:00 UTC)] {
            let days = days_to_read(&known, now);
            known.extend(days.iter().map(|day| AccountDay::read(*day, BOTH, now)));
            read.push(days.iter().map(|day| day.day()).collect::<Vec<_>>());
        }
        assert_eq!(read, [vec![2, 3, 4, 5, 6, 7, 8, 14], vec![9, 10, 11, 12, 13, 15], vec![14, 16]]);
    }

    #[test]
    fn what_instagram_no_longer_keeps_is_not_asked_for() {
        let days = days_to_read(&[settled(date!(2026 - 01 - 01))], datetime!(2026-12-11 1:00 UTC));
        assert_eq!((days[0], days.len()), (date!(2026 - 09 - 13), AT_ONCE + 1));
    }
}
