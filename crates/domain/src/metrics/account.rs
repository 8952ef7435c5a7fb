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
    /// What was read of the day as a whole, and when.
    pub numbers: AccountNumbers,
    /// When the day's numbers, or before those its followers, were last read.
    pub measured_at: OffsetDateTime,
}

impl AccountDay {
    /// Whether reach and views may lack something, since Instagram's numbers lag.
    #[must_use]
    pub fn may_still_grow(&self) -> bool {
        let ends = self.day.next_day().map(|next| next.midnight().assume_utc());
        ends.is_some_and(|ends| may_still_grow(ends, self.measured_at))
    }
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

    /// What is known of the days from `first` to `last` of the account while this user had it connected, oldest first. A day of which
    /// nothing is known is left out.
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

    #[test]
    fn a_day_may_grow_until_two_days_after_its_end() {
        let day = |measured_at| AccountDay {
            day: date!(2026 - 12 - 04),
            followers: None,
            numbers: AccountNumbers::default(),
            measured_at,
        };
        assert!(day(datetime!(2026-12-06 23:59 UTC)).may_still_grow());
        assert!(!day(datetime!(2026-12-07 0:00 UTC)).may_still_grow());
    }
}
