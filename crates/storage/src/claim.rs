//! What a claim brings along, so that its worker reads nothing more.

use std::collections::BTreeMap;

use diesel::{
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    publication::{Allowance, Claim, Publication, Rest, RestCause, Spent},
    quota,
};

use crate::{
    KeyRing,
    backend::{Dialect, ids, json, statements},
    connection,
    fixed::Fixed,
    moment::{moment, moment_if},
    post,
    publication::Row,
    trouble::Trouble,
};

/// A leased publication with what belongs to it.
pub(crate) struct Leased {
    row: Row,
    post: post::Row,
    connection: Option<connection::Row>,
    account: Option<AccountRow>,
}

/// What an account has used, and what it is allowed.
#[derive(Clone, diesel::QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = Text)]
    account: String,
    #[diesel(sql_type = BigInt)]
    created: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_created: Option<i64>,
    #[diesel(sql_type = BigInt)]
    published: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_published: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    total: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    rest_until: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    rest_cause: Option<String>,
}

#[derive(serde::Serialize)]
struct AccountRef<'a> {
    account: &'a str,
}

impl Leased {
    /// Soonest due first.
    pub(crate) fn order(&self) -> (Option<i64>, &str) {
        (self.row.due_at, &self.row.post_id)
    }

    /// The claim, its token opened.
    pub(crate) fn claim(self, keys: &KeyRing, now: i64, lease_until: i64) -> Result<Claim, Trouble> {
        Ok(Claim {
            publication: Publication::try_from(self.row)?,
            post: self.post.try_into()?,
            connection: self.connection.map(|row| row.open(keys)).transpose()?,
            allowance: self.account.map(Allowance::try_from).transpose()?.unwrap_or_default(),
            now: moment(now)?,
            lease_until: moment(lease_until)?,
        })
    }
}

/// An account's rest, as it is stored.
pub(crate) fn rest(account: &str, until: i64, cause: &str) -> Result<Rest, Trouble> {
    let unknown = || Trouble::damaged(format!("account_rest.cause of {account}"), "unknown word");
    Ok(Rest { until: moment(until)?, cause: RestCause::parse(cause).ok_or_else(unknown)? })
}

impl TryFrom<AccountRow> for Allowance {
    type Error = Trouble;

    fn try_from(row: AccountRow) -> Result<Self, Trouble> {
        let spent = |count: i64, first: Option<i64>| {
            Ok::<_, Trouble>(Spent { count: u32::try_from(count).unwrap_or(u32::MAX), first_at: moment_if(first)? })
        };
        let rest = row.rest_until.zip(row.rest_cause).map(|(until, cause)| rest(&row.account, until, &cause));
        Ok(Self {
            created: spent(row.created, row.first_created)?,
            published: spent(row.published, row.first_published)?,
            quota_total: row.total.and_then(|total| u32::try_from(total).ok()),
            rest: rest.transpose()?,
        })
    }
}

statements! {
    /// What is read with a claim.
    pub(crate) trait Contents {
        /// The leased with what belongs to them.
        async fn with_content(conn, rows: Vec<Row>, now: i64) -> Result<Vec<Leased>, Trouble> {
            if rows.is_empty() {
                return Ok(vec![]);
            }
            let of: Vec<&str> = rows.iter().map(|row| row.post_id.as_str()).collect();
            let mut posts = conn.posts_of(&of).await?;
            let connections = conn.connections_of(&of).await?;
            let accounts = conn.accounts_of(&rows, now).await?;
            let leased = rows.into_iter().filter_map(|row| {
                Some(Leased {
                    post: posts.remove(&row.post_id)?,
                    connection: row.connection_id.as_ref().and_then(|id| connections.get(id)).cloned(),
                    account: row.account.as_ref().and_then(|account| accounts.get(account)).cloned(),
                    row,
                })
            });
            Ok(leased.collect())
        }
    }
}

statements! {
    /// The parts of it.
    trait Parts {
        async fn posts_of(conn, posts: &[&str]) -> Result<BTreeMap<String, post::Row>, Trouble> {
            let rows: Vec<post::Row> = Fixed(sql_query(format!(
                "SELECT {} FROM post WHERE id IN (SELECT v.post_id FROM {})",
                post::COLUMNS,
                Self::records(&[("post_id", "TEXT")])
            ))
            .bind::<Text, _>(ids(posts)?))
            .load(conn)
            .await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
        }

        async fn connections_of(conn, posts: &[&str]) -> Result<BTreeMap<String, connection::Row>, Trouble> {
            let rows: Vec<connection::Row> = Fixed(sql_query(format!(
                "SELECT {} FROM connection WHERE id IN \
                 (SELECT connection_id FROM publication WHERE post_id IN (SELECT v.post_id FROM {}))",
                connection::COLUMNS,
                Self::records(&[("post_id", "TEXT")])
            ))
            .bind::<Text, _>(ids(posts)?))
            .load(conn)
            .await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
        }

        async fn accounts_of(conn, rows: &[Row], now: i64) -> Result<BTreeMap<String, AccountRow>, Trouble> {
            let accounts: Vec<AccountRef<'_>> =
                rows.iter().filter_map(|row| Some(AccountRef { account: row.account.as_deref()? })).collect();
            let day_ago = now - i64::try_from(quota::SPAN.whole_microseconds()).unwrap_or(i64::MAX);
            let rows: Vec<AccountRow> = Fixed(sql_query(format!(
                "WITH a AS (SELECT DISTINCT v.account FROM {}) SELECT a.account, \
                 (SELECT COUNT(*) FROM container c WHERE c.account = a.account AND c.created_at > $2) AS created, \
                 (SELECT MIN(c.created_at) FROM container c WHERE c.account = a.account AND c.created_at > $2) AS first_created, \
                 (SELECT COUNT(*) FROM receipt r WHERE r.account = a.account AND r.sent_at > $2) AS published, \
                 (SELECT MIN(r.sent_at) FROM receipt r WHERE r.account = a.account AND r.sent_at > $2) AS first_published, \
                 q.total, r.until AS rest_until, r.cause AS rest_cause FROM a \
                 LEFT JOIN account_quota q ON q.account = a.account \
                 LEFT JOIN account_rest r ON r.account = a.account AND r.until > $3",
                Self::records(&[("account", "TEXT")])
            ))
            .bind::<Text, _>(json(&accounts)?)
            .bind::<BigInt, _>(day_ago)
            .bind::<BigInt, _>(now))
            .load(conn)
            .await?;
            Ok(rows.into_iter().map(|row| (row.account.clone(), row)).collect())
        }
    }
}
