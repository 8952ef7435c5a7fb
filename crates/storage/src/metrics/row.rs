//! Readings as rows.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Nullable, Text},
};
use rats_domain::{
    id::{AccountId, ConnectionId, PostId, UserId},
    metrics::{Collection, DueMetrics, Slot, Snapshot},
};
use time::Duration;

use super::number::NumberColumns;
use crate::{
    moment::{micros, moment, moment_if},
    receipt,
    schema::metrics,
    trouble::Trouble,
};

/// A reading that is due.
#[derive(QueryableByName)]
pub(crate) struct DueRow {
    #[diesel(sql_type = Text)]
    user_id: String,
    #[diesel(sql_type = Text)]
    connection_id: String,
    #[diesel(embed)]
    pub(super) receipt: receipt::Row,
    #[diesel(embed)]
    collection: CollectionColumns,
}

/// When a post's readings begin.
#[derive(serde::Serialize)]
pub(crate) struct Begin {
    pub(crate) post_id: String,
    pub(crate) next_at: i64,
}

/// To when a reading is put off.
#[derive(serde::Serialize)]
pub(crate) struct Later {
    post_id: String,
    /// `None`: never again.
    next_at: Option<i64>,
}

/// Where a post's collection stands.
#[derive(Debug, QueryableByName, diesel::Queryable, diesel::Selectable, serde::Serialize)]
#[diesel(table_name = metrics)]
pub(crate) struct CollectionColumns {
    #[diesel(sql_type = Nullable<BigInt>)]
    next_at: Option<i64>,
    #[diesel(sql_type = BigInt)]
    failures: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    missing_since: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    gone_at: Option<i64>,
}

/// The same of one post, to be written.
#[derive(serde::Serialize)]
pub(crate) struct CollectionRow {
    post_id: String,
    #[serde(flatten)]
    columns: CollectionColumns,
}

/// A snapshot.
#[derive(QueryableByName, serde::Serialize)]
pub(crate) struct SnapshotRow {
    #[diesel(sql_type = Text)]
    post_id: String,
    #[diesel(sql_type = BigInt)]
    slot: i64,
    #[diesel(sql_type = BigInt)]
    taken_at: i64,
    #[diesel(sql_type = BigInt)]
    age: i64,
    #[diesel(embed)]
    #[serde(flatten)]
    numbers: NumberColumns,
}

impl Later {
    pub(crate) fn new(post: &PostId, next_at: i64) -> Self {
        Self::of(post.as_str(), Some(next_at))
    }

    pub(super) fn of(post: &str, next_at: Option<i64>) -> Self {
        Self { post_id: post.to_owned(), next_at }
    }
}

impl CollectionRow {
    pub(crate) fn new(post: &PostId, collection: &Collection) -> Self {
        Self {
            post_id: post.as_str().into(),
            columns: CollectionColumns {
                next_at: collection.next_at.map(micros),
                failures: collection.failures.into(),
                missing_since: collection.missing_since.map(micros),
                gone_at: collection.gone_at.map(micros),
            },
        }
    }
}

impl TryFrom<CollectionColumns> for Collection {
    type Error = Trouble;

    fn try_from(row: CollectionColumns) -> Result<Self, Trouble> {
        Ok(Self {
            next_at: moment_if(row.next_at)?,
            failures: u32::try_from(row.failures).map_err(|error| Trouble::damaged("metrics.failures", error))?,
            missing_since: moment_if(row.missing_since)?,
            gone_at: moment_if(row.gone_at)?,
        })
    }
}

impl SnapshotRow {
    pub(crate) fn new(post: &PostId, snapshot: &Snapshot) -> Result<Self, Trouble> {
        Ok(Self {
            post_id: post.as_str().into(),
            slot: whole_micros(snapshot.slot.age()),
            taken_at: micros(snapshot.taken_at),
            age: whole_micros(snapshot.age),
            numbers: NumberColumns::try_from(&snapshot.numbers)?,
        })
    }
}

impl TryFrom<SnapshotRow> for Snapshot {
    type Error = Trouble;

    fn try_from(row: SnapshotRow) -> Result<Self, Trouble> {
        Ok(Self {
            slot: Slot::stored(Duration::microseconds(row.slot)),
            taken_at: moment(row.taken_at)?,
            age: Duration::microseconds(row.age),
            numbers: row.numbers.try_into()?,
        })
    }
}

pub(super) fn whole_micros(span: Duration) -> i64 {
    i64::try_from(span.whole_microseconds()).unwrap_or(i64::MAX)
}

impl DueRow {
    /// What is due, if that can be read; else it is only said.
    pub(super) fn readable(self) -> Option<DueMetrics> {
        let post = self.receipt.post_id.clone();
        let due = DueMetrics::try_from(self);
        due.inspect_err(|trouble| tracing::error!(%post, %trouble, "what is stored of a post cannot be read; its numbers are not collected"))
            .ok()
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
            collection: row.collection.try_into()?,
        })
    }
}
