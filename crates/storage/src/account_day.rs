//! Accounts' own numbers by the day, and when to read them next.

use async_trait::async_trait;
use diesel::{
    QueryableByName, sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    connection::Feature,
    id::{AccountId, ConnectionId, UserId},
    metrics::{AccountDay, AccountMetricsRepository, AccountNumbers, DueAccount},
    store::StoreError,
};
use time::{Date, OffsetDateTime};

use crate::{
    Store,
    backend::{Dialect, json, read, statements, transact},
    fixed::Fixed,
    metrics::{number, stored},
    moment::{micros, moment, moment_if},
    trouble::Trouble,
};

/// By how much a reading that was handed out is put off, in microseconds: an hour.
const PUT_OFF: i64 = 60 * 60 * 1_000_000;

const COLUMNS: [(&str, &str); 9] = [
    ("user_id", "TEXT"),
    ("account", "TEXT"),
    ("day", "BIGINT"),
    ("followers", "BIGINT"),
    ("reach", "BIGINT"),
    ("views", "BIGINT"),
    ("reach_at", "BIGINT"),
    ("views_at", "BIGINT"),
    ("measured_at", "BIGINT"),
];

#[derive(QueryableByName)]
struct DueRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    user_id: String,
    #[diesel(sql_type = Text)]
    account: String,
}

#[derive(QueryableByName, serde::Serialize)]
struct Row {
    #[diesel(sql_type = Text)]
    user_id: String,
    #[diesel(sql_type = Text)]
    account: String,
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    followers: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    reach: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    views: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    reach_at: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    views_at: Option<i64>,
    #[diesel(sql_type = BigInt)]
    measured_at: i64,
}

#[async_trait]
impl AccountMetricsRepository for Store {
    async fn take_due_accounts(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueAccount>, StoreError> {
        let (now, limit) = (micros(now), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = transact!(self, |conn| conn.take_accounts(now, limit).await)?;
        Ok(rows.into_iter().map(DueAccount::from).collect())
    }

    async fn record_account(
        &self,
        account: &DueAccount,
        days: &[AccountDay],
        next: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let rows = days.iter().map(|day| Row::new(account, day)).collect::<Result<Vec<_>, Trouble>>()?;
        let (id, next) = (account.connection.as_str().to_owned(), micros(next));
        transact!(self, |conn| {
            conn.put_days(&rows).await?;
            conn.read_next(&id, next).await
        })?;
        Ok(())
    }

    async fn account_days(
        &self,
        user: &UserId,
        account: &AccountId,
        first: Date,
        last: Date,
    ) -> Result<Vec<AccountDay>, StoreError> {
        let (user, account) = (user.as_str().to_owned(), account.as_str().to_owned());
        let (first, last) = (i64::from(first.to_julian_day()), i64::from(last.to_julian_day()));
        let rows = read!(self, |conn| conn.days(&user, &account, first, last).await)?;
        Ok(rows.into_iter().map(AccountDay::try_from).collect::<Result<_, Trouble>>()?)
    }
}

statements! {
    /// What is done with accounts' days.
    trait Days {
        /// Hands out which accounts are due and puts them off.
        async fn take_accounts(conn, now: i64, limit: i64) -> Result<Vec<DueRow>, Trouble> {
            let rows: Vec<DueRow> = Fixed(sql_query(format!(
                "SELECT p.id, p.user_id, p.account FROM connection p \
                 WHERE p.health = 'working' AND p.insights_at <= $1 AND p.features LIKE $2 \
                 ORDER BY p.insights_at, p.id LIMIT $3{}",
                Self::SKIP_LOCKED
            ))
            .bind::<BigInt, _>(now)
            .bind::<Text, _>(format!("%{}%", Feature::Insights.as_str()))
            .bind::<BigInt, _>(limit))
            .load(conn)
            .await?;
            for row in &rows {
                conn.read_next(&row.id, now + PUT_OFF).await?;
            }
            Ok(rows)
        }

        /// Sets when an account is read next.
        async fn read_next(conn, id: &str, next: i64) -> Result<(), Trouble> {
            Fixed(sql_query("UPDATE connection SET insights_at = $1 WHERE id = $2")
                .bind::<BigInt, _>(next)
                .bind::<Text, _>(id.to_owned()))
                .execute(conn)
                .await?;
            Ok(())
        }

        /// Writes days; what one lacks stays as it was.
        async fn put_days(conn, rows: &[Row]) -> Result<(), Trouble> {
            if rows.is_empty() {
                return Ok(());
            }
            let names = COLUMNS.map(|(name, _)| name).join(", ");
            let kept = ["followers", "reach", "views", "reach_at", "views_at"].map(|name| format!("{name} = COALESCE(excluded.{name}, account_day.{name})"));
            Fixed(sql_query(format!(
                "INSERT INTO account_day ({names}) SELECT {names} FROM {} WHERE TRUE \
                 ON CONFLICT (user_id, account, day) DO UPDATE SET {}, measured_at = excluded.measured_at",
                Self::records(&COLUMNS),
                kept.join(", ")
            ))
            .bind::<Text, _>(json(rows)?))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// What is known of an account's days.
        async fn days(conn, user: &str, account: &str, first: i64, last: i64) -> Result<Vec<Row>, Trouble> {
            Ok(Fixed(sql_query(
                "SELECT * FROM account_day WHERE user_id = $1 AND account = $2 AND day >= $3 AND day <= $4 ORDER BY day",
            )
            .bind::<Text, _>(user.to_owned())
            .bind::<Text, _>(account.to_owned())
            .bind::<BigInt, _>(first)
            .bind::<BigInt, _>(last))
            .load(conn)
            .await?)
        }
    }
}

impl From<DueRow> for DueAccount {
    fn from(row: DueRow) -> Self {
        Self {
            connection: ConnectionId::new(row.id),
            user: UserId::new(row.user_id),
            account: AccountId::new(row.account),
        }
    }
}

impl Row {
    fn new(account: &DueAccount, day: &AccountDay) -> Result<Self, Trouble> {
        Ok(Self {
            user_id: account.user.as_str().into(),
            account: account.account.as_str().into(),
            day: day.day.to_julian_day().into(),
            followers: stored(day.followers)?,
            reach: stored(day.numbers.reach)?,
            views: stored(day.numbers.views)?,
            reach_at: day.reach_at.map(micros),
            views_at: day.views_at.map(micros),
            measured_at: micros(day.measured_at),
        })
    }
}

impl TryFrom<Row> for AccountDay {
    type Error = Trouble;

    fn try_from(row: Row) -> Result<Self, Trouble> {
        let damaged = |error| Trouble::damaged(format!("account_day.day of {}", row.account), error);
        let day = i32::try_from(row.day).map_err(|error| damaged(error.to_string()))?;
        Ok(Self {
            day: Date::from_julian_day(day).map_err(|error| damaged(error.to_string()))?,
            followers: number(row.followers)?,
            numbers: AccountNumbers { reach: number(row.reach)?, views: number(row.views)? },
            reach_at: moment_if(row.reach_at)?,
            views_at: moment_if(row.views_at)?,
            measured_at: moment(row.measured_at)?,
        })
    }
}
