//! Metrics, and when to read them next.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName, SelectableHelper as _, sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl as _;
use rats_domain::{
    id::{AccountId, ConnectionId, PostId, UserId},
    metrics::{DueMetrics, Metrics, MetricsRepository},
    store::StoreError,
};
use time::OffsetDateTime;

use crate::{
    Store,
    backend::{Dialect, json, read, statements, transact},
    fixed::Fixed,
    moment::{micros, moment, moment_if},
    receipt,
    schema::metrics,
    trouble::Trouble,
};

/// By how much a reading that was handed out is put off, in microseconds: 5 minutes.
const PUT_OFF: i64 = 5 * 60 * 1_000_000;

/// Readings of living connections.
const READABLE: &str = "FROM metrics p JOIN receipt r ON r.post_id = p.post_id JOIN publication u ON u.post_id = p.post_id \
                        JOIN connection c ON c.id = u.connection_id \
                        WHERE c.health = 'working' AND p.next_at";

#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = metrics)]
pub(crate) struct Row {
    likes: Option<i64>,
    comments: Option<i64>,
    shares: Option<i64>,
    views: Option<i64>,
    reach: Option<i64>,
    saved: Option<i64>,
    total_interactions: Option<i64>,
    measured_at: Option<i64>,
}

#[derive(diesel::AsChangeset, diesel::Insertable)]
#[diesel(table_name = metrics, treat_none_as_null = true)]
struct Numbers {
    likes: Option<i64>,
    comments: Option<i64>,
    shares: Option<i64>,
    views: Option<i64>,
    reach: Option<i64>,
    saved: Option<i64>,
    total_interactions: Option<i64>,
    measured_at: Option<i64>,
}

#[derive(QueryableByName)]
pub(crate) struct DueRow {
    #[diesel(sql_type = Text)]
    user_id: String,
    #[diesel(sql_type = Text)]
    connection_id: String,
    #[diesel(embed)]
    receipt: receipt::Row,
}

/// When a post's readings begin.
#[derive(serde::Serialize)]
pub(crate) struct Begin {
    pub(crate) post_id: String,
    pub(crate) next_at: i64,
}

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = BigInt)]
    next_at: i64,
}

#[async_trait]
impl MetricsRepository for Store {
    async fn take_due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueMetrics>, StoreError> {
        let (now, limit) = (micros(now), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = transact!(self, |conn| conn.take_readings(now, limit).await)?;
        Ok(rows.into_iter().map(DueMetrics::try_from).collect::<Result<_, Trouble>>()?)
    }

    async fn next_due(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        let next = read!(self, |conn| conn.next_reading().await)?;
        Ok(moment_if(next)?)
    }

    async fn record<'a>(
        &self,
        post: &PostId,
        metrics: Option<&'a Metrics>,
        next: Option<OffsetDateTime>,
    ) -> Result<(), StoreError> {
        let (post, next) = (post.as_str().to_owned(), next.map(micros));
        let numbers = metrics.map(Numbers::try_from).transpose()?;
        transact!(self, |conn| {
            Fixed(
                diesel::insert_into(metrics::table)
                    .values((metrics::post_id.eq(post.clone()), metrics::next_at.eq(next)))
                    .on_conflict(metrics::post_id)
                    .do_update()
                    .set(metrics::next_at.eq(next)),
            )
            .execute(conn)
            .await?;
            if let Some(numbers) = numbers {
                diesel::update(metrics::table.find(post)).set(&numbers).execute(conn).await?;
            }
            Ok(())
        })?;
        Ok(())
    }

    async fn find(&self, post: &PostId) -> Result<Option<Metrics>, StoreError> {
        let post = post.as_str().to_owned();
        let row: Option<Row> = read!(self, |conn| {
            Ok(metrics::table.find(&post).select(Row::as_select()).first(conn).await.optional()?)
        })?;
        Ok(row.map(Row::into_metrics).transpose()?.flatten())
    }
}

statements! {
    /// What is done with readings.
    pub(crate) trait Readings {
        /// Lets posts' readings begin at a time each, unless they have begun.
        async fn begin_readings(conn, begin: &[Begin]) -> Result<(), Trouble> {
            Fixed(sql_query(format!(
                "INSERT INTO metrics (post_id, next_at) SELECT v.post_id, v.next_at FROM {} WHERE TRUE ON CONFLICT DO NOTHING",
                Self::records(&[("post_id", "TEXT"), ("next_at", "BIGINT")])
            ))
            .bind::<Text, _>(json(begin)?))
            .execute(conn)
            .await?;
            Ok(())
        }

        /// Hands out what is due and puts it off.
        async fn take_readings(conn, now: i64, limit: i64) -> Result<Vec<DueRow>, Trouble> {
            let rows: Vec<DueRow> = Fixed(sql_query(format!(
                "SELECT r.*, u.user_id, u.connection_id {READABLE} <= $1 \
                 ORDER BY p.next_at, p.post_id LIMIT $2{}",
                Self::SKIP_LOCKED
            ))
            .bind::<BigInt, _>(now)
            .bind::<BigInt, _>(limit))
            .load(conn)
            .await?;
            let ids: Vec<&str> = rows.iter().map(|row| row.receipt.post_id.as_str()).collect();
            diesel::update(metrics::table.filter(metrics::post_id.eq_any(ids)))
                .set(metrics::next_at.eq(now + PUT_OFF))
                .execute(conn)
                .await?;
            Ok(rows)
        }

        /// When the next reading is due.
        async fn next_reading(conn) -> Result<Option<i64>, Trouble> {
            let next: Option<Next> = Fixed(sql_query(format!(
                "SELECT p.next_at {READABLE} IS NOT NULL ORDER BY p.next_at, p.post_id LIMIT 1"
            )))
            .get_result(conn)
            .await
            .optional()?;
            Ok(next.map(|next| next.next_at))
        }
    }
}

impl Row {
    /// The numbers, if ever read.
    pub(crate) fn into_metrics(self) -> Result<Option<Metrics>, Trouble> {
        let Some(measured_at) = self.measured_at else { return Ok(None) };
        let number = |number: Option<i64>| {
            number.map(u64::try_from).transpose().map_err(|error| Trouble::damaged("a number of metrics", error))
        };
        Ok(Some(Metrics {
            likes: number(self.likes)?,
            comments: number(self.comments)?,
            shares: number(self.shares)?,
            views: number(self.views)?,
            reach: number(self.reach)?,
            saved: number(self.saved)?,
            total_interactions: number(self.total_interactions)?,
            measured_at: Some(moment(measured_at)?),
        }))
    }
}

impl TryFrom<&Metrics> for Numbers {
    type Error = Trouble;

    fn try_from(metrics: &Metrics) -> Result<Self, Trouble> {
        let number = |number: Option<u64>| {
            number.map(i64::try_from).transpose().map_err(|error| Trouble::damaged("a number of metrics", error))
        };
        Ok(Self {
            likes: number(metrics.likes)?,
            comments: number(metrics.comments)?,
            shares: number(metrics.shares)?,
            views: number(metrics.views)?,
            reach: number(metrics.reach)?,
            saved: number(metrics.saved)?,
            total_interactions: number(metrics.total_interactions)?,
            measured_at: metrics.measured_at.map(micros),
        })
    }
}

impl TryFrom<DueRow> for DueMetrics {
    type Error = Trouble;

    fn try_from(row: DueRow) -> Result<Self, Trouble> {
        Ok(Self {
            post: PostId::new(row.receipt.post_id.clone()),
            user: UserId::new(row.user_id),
            account: AccountId::new(row.receipt.account.clone()),
            connection: ConnectionId::new(row.connection_id),
            receipt: row.receipt.try_into()?,
        })
    }
}
