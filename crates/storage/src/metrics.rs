//! Posts' numbers, and when to read them next.

mod number;
mod reading;
mod row;

use async_trait::async_trait;
use rats_domain::{
    connection::Health,
    id::{AccountId, PostId, UserId},
    metrics::{Collection, DueMetrics, History, Metrics, MetricsRepository, Reading, Snapshot},
    receipt::Receipt,
    store::StoreError,
};
use time::OffsetDateTime;

pub(crate) use number::{NumberColumns, RatedColumns, number, stored};
pub(crate) use reading::Readings;
pub(crate) use row::{Begin, CollectionColumns};

use crate::{
    Store,
    backend::{read, transact},
    moment::{micros, moment},
    schema::metrics,
    timeline::{Timelines as _, about},
    trouble::Trouble,
};
use row::{CollectionRow, Later, SnapshotRow};

/// The last numbers, as a post is shown with them.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = metrics)]
pub(crate) struct Row {
    #[diesel(embed)]
    numbers: NumberColumns,
    measured_at: Option<i64>,
    oldest_at: Option<i64>,
    #[diesel(embed)]
    rated: RatedColumns,
}

#[async_trait]
impl MetricsRepository for Store {
    async fn take_due(&self, now: OffsetDateTime, limit: usize) -> Result<Vec<DueMetrics>, StoreError> {
        let (now, limit) = (micros(now), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = transact!(self, |conn| {
            let due = conn.take_readings(now, limit).await?;
            // Once a round, with its last batch, is often enough.
            if i64::try_from(due.len()).is_ok_and(|taken| taken < limit) {
                conn.pass_over(now).await?;
            }
            Ok(due)
        })?;
        // By now all of them are put off: a row that cannot be read must not take the others with it.
        Ok(rows.into_iter().filter_map(row::DueRow::readable).collect())
    }

    async fn put_off(&self, later: &[(PostId, OffsetDateTime)]) -> Result<(), StoreError> {
        if later.is_empty() {
            return Ok(());
        }
        let later: Vec<Later> = later.iter().map(|(post, at)| Later::new(post, micros(*at))).collect();
        transact!(self, |conn| conn.put_off(&later).await)?;
        Ok(())
    }

    async fn record(&self, post: &PostId, reading: &Reading) -> Result<(), StoreError> {
        let collection = CollectionRow::new(post, &reading.collection);
        let snapshot = reading.snapshot.as_ref().map(|snapshot| SnapshotRow::new(post, snapshot)).transpose()?;
        let (post, entries) = (post.clone(), reading.entries.clone());
        transact!(self, |conn| {
            conn.put_collection(&collection).await?;
            if let Some(snapshot) = snapshot {
                conn.put_snapshot(&snapshot).await?;
            }
            conn.append(&about(&post, &entries)).await
        })?;
        Ok(())
    }

    async fn others_read(&self, account: &AccountId, post: &PostId, since: OffsetDateTime) -> Result<bool, StoreError> {
        let (account, post, since) = (account.as_str().to_owned(), post.as_str().to_owned(), micros(since));
        Ok(read!(self, |conn| conn.is_other_read(&account, &post, since).await)?)
    }

    async fn history(&self, user: &UserId, post: &PostId) -> Result<Option<History>, StoreError> {
        let (user, post) = (user.as_str().to_owned(), post.as_str().to_owned());
        let found = read!(self, |conn| {
            let Some(kept) = conn.numbers_of(&user, &post).await? else { return Ok(None) };
            Ok(Some((kept, conn.snapshots(&post).await?)))
        })?;
        let Some(((receipt, row, collection, health), snapshots)) = found else { return Ok(None) };
        Ok(Some(History {
            receipt: receipt.map(Receipt::try_from).transpose()?,
            metrics: row.map(Row::into_metrics).transpose()?.flatten(),
            collection: collection.map(Collection::try_from).transpose()?.unwrap_or_default(),
            is_connected: is_connected(health.as_deref()),
            snapshots: snapshots.into_iter().map(Snapshot::try_from).collect::<Result<_, Trouble>>()?,
        }))
    }
}

/// Whether a connection of this health can be read through.
pub(crate) fn is_connected(health: Option<&str>) -> bool {
    health.and_then(Health::parse) == Some(Health::Working)
}

impl Row {
    /// The numbers, if ever read.
    pub(crate) fn into_metrics(self) -> Result<Option<Metrics>, Trouble> {
        let Some(measured_at) = self.measured_at else { return Ok(None) };
        Ok(Some(Metrics {
            numbers: self.numbers.try_into()?,
            measured_at: moment(measured_at)?,
            oldest_at: moment(self.oldest_at.unwrap_or(measured_at))?,
            rated: self.rated.into_rated()?,
        }))
    }
}
